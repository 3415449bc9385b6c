//! Rows as a workbook (ECMA-376), written as it goes out: a sheet of inline strings in a ZIP archive whose
//! lengths follow the data (APPNOTE 4.3.9). Our own few lines, because the writers that there are keep the
//! whole sheet in memory or lay customers' numbers in plain files beside it.

use super::{Cell, Heading, written as at};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::fmt::Write as _;
use std::io::{Error, Write};

/// Rows of a sheet, the names not counted: what spreadsheets open.
pub(in crate::api) const ROWS_MAX: u64 = 1_048_575;

const SHEET: &str = "xl/worksheets/sheet1.xml";
const SHEET_HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#;
const SHEET_END: &str = "</sheetData></worksheet>";
/// What a workbook has beside its sheet.
const PARTS: [(&str, &str); 3] = [
    (
        "[Content_Types].xml",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];

/// The one part that has a name in it.
const WORKBOOK: &str = "xl/workbook.xml";

fn workbook(sheet: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    )
}

/// Signatures and fields of the archive (APPNOTE 4.3).
const LOCAL: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const VERSION: u16 = 20;
/// Lengths follow the data; names are UTF-8.
const FLAGS: u16 = 0x0808;
const DEFLATED: u16 = 8;
/// 1980-01-01: no entry tells when it was made.
const NO_DATE: u16 = 0x0021;

/// A workbook that is being written. What is ready is taken out piece by piece.
pub(super) struct Workbook {
    sheet: Entry,
    done: Vec<Done>,
    /// Bytes that were taken out.
    n_out: u64,
    ready: Vec<u8>,
    /// Room for a row's text.
    row: String,
}

/// An entry of the archive that is being written.
struct Entry {
    name: &'static str,
    offset: u64,
    sum: Crc,
    encoder: DeflateEncoder<Vec<u8>>,
    n_packed: u64,
}

/// One that is written.
struct Done {
    name: &'static str,
    offset: u64,
    sum: u32,
    n_packed: u64,
    n_plain: u64,
}

impl Workbook {
    pub(super) fn begin(heading: &Heading) -> Result<Self, Error> {
        let mut ready = Vec::new();
        let mut done = Vec::new();
        let workbook = workbook(heading.name);
        let parts = PARTS.into_iter().chain([(WORKBOOK, workbook.as_str())]);
        for (name, text) in parts {
            let mut entry = Entry::begin(name, length(&ready), &mut ready);
            entry.write(text.as_bytes(), &mut ready)?;
            done.push(entry.end(&mut ready)?);
        }
        let mut sheet = Entry::begin(SHEET, length(&ready), &mut ready);
        sheet.write(SHEET_HEAD.as_bytes(), &mut ready)?;
        let mut workbook = Self {
            sheet,
            done,
            n_out: 0,
            ready,
            row: String::new(),
        };
        let names = heading.columns.iter();
        let names: Vec<Cell> = names.map(|it| Cell::Word(it.name.clone())).collect();
        workbook.row(&names)?;
        Ok(workbook)
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), Error> {
        let mut row = std::mem::take(&mut self.row);
        row.push_str("<row>");
        for cell in cells {
            written(cell, &mut row);
        }
        row.push_str("</row>");
        let packed = self.sheet.write(row.as_bytes(), &mut self.ready);
        row.clear();
        self.row = row;
        packed
    }

    /// What is ready to go out.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.n_out += length(&self.ready);
        std::mem::take(&mut self.ready)
    }

    /// The rest.
    pub(super) fn end(self) -> Result<Vec<u8>, Error> {
        let Self {
            mut sheet,
            mut done,
            n_out,
            mut ready,
            row: _,
        } = self;
        sheet.write(SHEET_END.as_bytes(), &mut ready)?;
        done.push(sheet.end(&mut ready)?);
        let begins = n_out + length(&ready);
        for entry in &done {
            entry.listed(&mut ready);
        }
        let n_listed = n_out + length(&ready) - begins;
        numbers(
            &mut ready,
            &[Field::Four(END), Field::Two(0), Field::Two(0)],
        );
        let n = u16::try_from(done.len()).unwrap_or(u16::MAX);
        let fields = [
            Field::Two(n),
            Field::Two(n),
            Field::Four(small(n_listed)),
            Field::Four(small(begins)),
            Field::Two(0),
        ];
        numbers(&mut ready, &fields);
        Ok(ready)
    }
}

impl Entry {
    fn begin(name: &'static str, offset: u64, out: &mut Vec<u8>) -> Self {
        let fields = [
            Field::Four(LOCAL),
            Field::Two(VERSION),
            Field::Two(FLAGS),
            Field::Two(DEFLATED),
            Field::Two(0),
            Field::Two(NO_DATE),
            Field::Four(0),
            Field::Four(0),
            Field::Four(0),
            Field::Two(name_length(name)),
            Field::Two(0),
        ];
        numbers(out, &fields);
        out.extend_from_slice(name.as_bytes());
        Self {
            name,
            offset,
            sum: Crc::new(),
            encoder: DeflateEncoder::new(Vec::new(), Compression::fast()),
            n_packed: 0,
        }
    }

    fn write(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        self.sum.update(plain);
        self.encoder.write_all(plain)?;
        let packed = self.encoder.get_mut();
        self.n_packed += length(packed);
        out.append(packed);
        Ok(())
    }

    fn end(mut self, out: &mut Vec<u8>) -> Result<Done, Error> {
        self.encoder.try_finish()?;
        let n_plain = self.encoder.total_in();
        let packed = self.encoder.get_mut();
        self.n_packed += length(packed);
        out.append(packed);
        let done = Done {
            name: self.name,
            offset: self.offset,
            sum: self.sum.sum(),
            n_packed: self.n_packed,
            n_plain,
        };
        let fields = [
            Field::Four(DESCRIPTOR),
            Field::Four(done.sum),
            Field::Four(small(done.n_packed)),
            Field::Four(small(done.n_plain)),
        ];
        numbers(out, &fields);
        Ok(done)
    }
}

impl Done {
    /// As the archive's list has it.
    fn listed(&self, out: &mut Vec<u8>) {
        let fields = [
            Field::Four(CENTRAL),
            Field::Two(VERSION),
            Field::Two(VERSION),
            Field::Two(FLAGS),
            Field::Two(DEFLATED),
            Field::Two(0),
            Field::Two(NO_DATE),
            Field::Four(self.sum),
            Field::Four(small(self.n_packed)),
            Field::Four(small(self.n_plain)),
            Field::Two(name_length(self.name)),
            Field::Two(0),
            Field::Two(0),
            Field::Two(0),
            Field::Two(0),
            Field::Four(0),
            Field::Four(small(self.offset)),
        ];
        numbers(out, &fields);
        out.extend_from_slice(self.name.as_bytes());
    }
}

/// A number of the archive, least significant byte first.
#[derive(Clone, Copy)]
enum Field {
    Two(u16),
    Four(u32),
}

fn numbers(out: &mut Vec<u8>, fields: &[Field]) {
    for field in fields {
        match field {
            Field::Two(number) => out.extend_from_slice(&number.to_le_bytes()),
            Field::Four(number) => out.extend_from_slice(&number.to_le_bytes()),
        }
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn name_length(name: &str) -> u16 {
    u16::try_from(name.len()).unwrap_or(u16::MAX)
}

/// A sheet of [`ROWS_MAX`] rows stays far below four gibibytes, for each row has a few hundred bytes.
fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn written(cell: &Cell, out: &mut String) {
    // Writing into a string does not fail.
    match cell {
        Cell::Empty => out.push_str("<c/>"),
        Cell::Number(number) => drop(write!(out, "<c><v>{number}</v></c>")),
        Cell::Flag(is) => drop(write!(out, r#"<c t="b"><v>{}</v></c>"#, u8::from(*is))),
        // A string is never run as a formula, whatever it begins with.
        Cell::Word(text) => string(text, out),
        Cell::Text(text) => string(text, out),
        Cell::Instant(us) => string(&at(*us), out),
    }
}

fn string(text: &str, out: &mut String) {
    out.push_str(r#"<c t="inlineStr"><is><t"#);
    // Most have no space that a reader of XML would drop.
    if text.trim() != text {
        out.push_str(r#" xml:space="preserve""#);
    }
    out.push('>');
    escaped(text, out);
    out.push_str("</t></is></c>");
}

/// What XML 1.0 has no place for is left out.
fn escaped(text: &str, out: &mut String) {
    // The two that are no characters begin with EF.
    let is_plain = |byte: u8| !matches!(byte, b'&' | b'<' | b'>' | 0..=0x1f | 0xef);
    if text.bytes().all(is_plain) {
        out.push_str(text);
        return;
    }
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' | '\r' => out.push(character),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests;
