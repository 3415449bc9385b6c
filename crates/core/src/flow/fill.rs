//! Texts with places for attributes: `{name}` is replaced by what the contact's attribute of that name says.
//! Braces around anything else stand for themselves; an attribute without a value says nothing.

use super::is_attribute;
use crate::limits;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What a place is filled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within<'a> {
    /// Words that are said.
    Speech,
    /// A path or query: a value never adds a segment, a parameter or a host.
    Address,
    /// A string of a JSON document: a value never ends it. Some places are left for values that are not
    /// known here: they have these names.
    JsonHiding(&'a BTreeMap<String, String>),
}

/// Around the name of a value that is not known here. No JSON text has it, and no value that was filled in.
const HIDDEN: char = '\u{1a}';

/// The place of a value that is not known here.
pub(super) fn hide(name: &str) -> String {
    format!("{HIDDEN}{name}{HIDDEN}")
}

/// Fills the places that [`hide`] made.
pub(super) fn reveal(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut filled = String::with_capacity(text.len());
    for (n, part) in text.split(HIDDEN).enumerate() {
        match (n % 2, values.get(part)) {
            (0, _) => filled.push_str(part),
            (_, Some(value)) => value.chars().for_each(|it| json(&mut filled, it)),
            (_, None) => {}
        }
    }
    filled
}

/// The names that have places in a text.
pub(super) fn names(text: &str) -> Vec<&str> {
    let parts = text.split('{').skip(1);
    let names = parts.filter_map(|part| Some(part.split_once('}')?.0));
    names.filter(|name| is_attribute(name)).collect()
}

/// The words with the attributes in them, cut to what the service speaks.
pub(crate) fn spoken(text: &str, attributes: &BTreeMap<String, String>) -> String {
    let said = fill(text, attributes, Within::Speech);
    said.chars().take(limits::PROMPT_CHARS_MAX).collect()
}

pub(super) fn fill(
    text: &str,
    attributes: &BTreeMap<String, String>,
    within: Within<'_>,
) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let place = after.split_once('}');
        match place.filter(|(name, _)| is_attribute(name)) {
            Some((name, behind)) => {
                if let Within::JsonHiding(hidden) = within
                    && let Some(place) = hidden.get(name)
                {
                    filled.push_str(place);
                } else if let Some(value) = attributes.get(name) {
                    write(&mut filled, value, within);
                }
                rest = behind;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn write(filled: &mut String, value: &str, within: Within<'_>) {
    match within {
        Within::Speech => filled.push_str(value),
        Within::Address => value.bytes().for_each(|byte| percent(filled, byte)),
        Within::JsonHiding(_) => value.chars().for_each(|it| json(filled, it)),
    }
}

/// Unreserved characters (RFC 3986 2.3) stand for themselves.
fn percent(filled: &mut String, byte: u8) {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
        filled.push(char::from(byte));
    } else {
        // Writing to a string cannot fail.
        write!(filled, "%{byte:02X}").ok();
    }
}

/// As a JSON string has it (RFC 8259 7).
fn json(filled: &mut String, it: char) {
    match it {
        '"' | '\\' => filled.extend(['\\', it]),
        '\u{0}'..='\u{1f}' => drop(write!(filled, "\\u{:04x}", u32::from(it))),
        _ => filled.push(it),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, within: Within<'_>) -> String {
        let values = [("a", "4/2 ü&\"\\\n"), ("plain", "7"), ("dots", "..")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
        fill(text, &values.into(), within)
    }

    #[test]
    fn place_is_filled_and_other_braces_stay() {
        let said = filled(
            "{plain}, {none}, {not a name}, {} {{plain} {",
            Within::Speech,
        );
        assert_eq!(said, "7, , {not a name}, {} {7 {");
    }

    #[test]
    fn value_in_an_address_adds_no_segment_and_no_parameter() {
        let address = filled("/x/{a}?y={plain}", Within::Address);
        assert_eq!(address, "/x/4%2F2%20%C3%BC%26%22%5C%0A?y=7");
    }

    #[test]
    fn value_in_json_does_not_end_its_string() {
        let body = filled(r#"{"x":"{a}"}"#, Within::JsonHiding(&BTreeMap::new()));
        assert_eq!(body, r#"{"x":"4/2 ü&\"\\\u000a"}"#);
    }

    #[test]
    fn words_are_cut_to_what_is_spoken() {
        let long = [("x".to_owned(), "y".repeat(256))].into();
        let said = spoken("{x}{x}", &long);
        assert_eq!(said.chars().count(), limits::PROMPT_CHARS_MAX);
    }
}
