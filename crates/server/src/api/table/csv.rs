//! Rows as CSV (RFC 4180), in UTF-8. A text that a spreadsheet would take for a formula gets an apostrophe
//! before it; a phone number in international form is none and stays as it is.

use super::{Cell, Column, written};
use std::fmt::Write;

/// Characters with which spreadsheets begin a formula, or skip to one.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The line of the names.
pub(super) fn head(columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|it| &*it.name).collect();
    let mut line = names.join(",");
    line.push_str("\r\n");
    line
}

pub(super) fn line(cells: &[Cell], out: &mut String) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        match cell {
            Cell::Empty => {}
            // Writing into a string does not fail.
            Cell::Number(number) => drop(write!(out, "{number}")),
            Cell::Instant(us) => out.push_str(&written(*us)),
            Cell::Flag(is) => out.push_str(if *is { "true" } else { "false" }),
            Cell::Word(word) => out.push_str(word),
            Cell::Text(it) => text(it, out),
        }
    }
    out.push_str("\r\n");
}

/// A cell with a text that somebody else wrote.
pub(in crate::api) fn text(text: &str, out: &mut String) {
    quoted(&guarded(text), out);
}

/// A text that no spreadsheet runs.
pub(super) fn guarded(text: &str) -> std::borrow::Cow<'_, str> {
    if text.starts_with(FORMULA) && !is_number(text) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// `+` and digits alone.
fn is_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn quoted(text: &str, out: &mut String) {
    if !text.contains(['"', ',', '\n', '\r', '\'']) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for character in text.chars() {
        if character == '"' {
            out.push('"');
        }
        out.push(character);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    fn alone(text: &str) -> String {
        let mut out = String::new();
        line(&[Cell::Text(text.to_owned())], &mut out);
        out
    }

    #[test]
    fn text_that_would_be_a_formula_is_none() {
        assert_eq!(alone("=1+1"), "\"'=1+1\"\r\n");
        assert_eq!(alone("@SUM(A1)"), "\"'@SUM(A1)\"\r\n");
        assert_eq!(alone("-2"), "\"'-2\"\r\n");
        assert_eq!(
            alone("+1+cmd|' /C calc'!A0"),
            "\"'+1+cmd|' /C calc'!A0\"\r\n"
        );
        assert_eq!(alone("\tx"), "\"'\tx\"\r\n");
    }

    #[test]
    fn phone_number_stays_usable() {
        assert_eq!(alone("+12065550100"), "+12065550100\r\n");
    }

    #[test]
    fn commas_quotes_and_lines_stay_in_their_cell() {
        assert_eq!(alone("a,b"), "\"a,b\"\r\n");
        assert_eq!(alone("say \"yes\""), "\"say \"\"yes\"\"\"\r\n");
        assert_eq!(alone("two\nlines"), "\"two\nlines\"\r\n");
    }

    #[test]
    fn cells_are_written_by_their_kind() {
        let cells = [
            Cell::Number(7),
            Cell::Empty,
            Cell::Flag(true),
            Cell::Word("1;3".into()),
        ];
        let mut out = String::new();
        line(&cells, &mut out);
        assert_eq!(out, "7,,true,1;3\r\n");
        let columns = ["one", "two"].map(|name| Column {
            name: name.into(),
            kind: Kind::Number,
        });
        assert_eq!(head(&columns), "one,two\r\n");
    }
}
