use super::*;
use flate2::read::DeflateDecoder;
use std::collections::BTreeMap;
use std::io::Read;

fn two(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))
}

fn four(bytes: &[u8], at: usize) -> usize {
    let part = bytes[at..at + 4].try_into().unwrap();
    usize::try_from(u32::from_le_bytes(part)).unwrap()
}

/// The entries of an archive, found by its list and checked by their sums.
fn unpacked(archive: &[u8]) -> BTreeMap<String, String> {
    let end = archive.len() - 22;
    assert_eq!(four(archive, end), usize::try_from(END).unwrap());
    let mut at = four(archive, end + 16);
    let mut entries = BTreeMap::new();
    for _ in 0..two(archive, end + 10) {
        assert_eq!(four(archive, at), usize::try_from(CENTRAL).unwrap());
        let n_name = two(archive, at + 28);
        let name = String::from_utf8(archive[at + 46..at + 46 + n_name].to_vec()).unwrap();
        let (packed, offset) = (four(archive, at + 20), four(archive, at + 42));
        assert_eq!(four(archive, offset), usize::try_from(LOCAL).unwrap());
        let data = offset + 30 + two(archive, offset + 26);
        let mut text = String::new();
        DeflateDecoder::new(&archive[data..data + packed])
            .read_to_string(&mut text)
            .unwrap();
        let mut sum = Crc::new();
        sum.update(text.as_bytes());
        assert_eq!(usize::try_from(sum.sum()).unwrap(), four(archive, at + 16));
        assert_eq!(text.len(), four(archive, at + 24));
        assert_eq!(four(archive, data + packed + 8), packed);
        entries.insert(name, text);
        at += 46 + n_name;
    }
    assert_eq!(at, end);
    entries
}

#[test]
fn workbook_holds_names_and_rows_whatever_pieces_it_went_out_in() {
    let column = super::super::Column {
        name: "contact_id".into(),
        kind: super::super::Kind::Number,
    };
    let heading = Heading {
        name: "contacts",
        columns: vec![column],
    };
    let mut workbook = Workbook::begin(&heading).unwrap();
    let mut archive = workbook.take();
    for n in 0..5_000 {
        let cells = [Cell::Number(n), Cell::Empty, Cell::Flag(true)];
        workbook.row(&cells).unwrap();
        archive.extend(workbook.take());
    }
    archive.extend(workbook.end().unwrap());
    let entries = unpacked(&archive);
    assert_eq!(entries.len(), 5);
    let sheet = &entries[SHEET];
    assert_eq!(sheet.matches("<row>").count(), 5_001);
    assert!(sheet.contains("contact_id"));
    assert!(entries[WORKBOOK].contains("sheet name=\"contacts\""));
    assert!(sheet.contains(r#"<row><c><v>4999</v></c><c/><c t="b"><v>1</v></c></row>"#));
    assert!(sheet.ends_with(SHEET_END));
}

#[test]
fn text_is_a_string_and_never_a_formula_or_markup() {
    let mut out = String::new();
    written(&Cell::Text("=1+1<b>&\u{1}".into()), &mut out);
    let expected = r#"<c t="inlineStr"><is><t>=1+1&lt;b&gt;&amp;</t></is></c>"#;
    assert_eq!(out, expected);
}
