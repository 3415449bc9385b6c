//! Objects as TOML that people read: what names it first, short things in a line, long ones below.

use super::layout::KEYS;
use serde_json::{Map, Value};

/// Characters of a value that stays in its line.
const LINE_CHARS_MAX: usize = 100;

/// An object that has a file to itself.
pub(super) fn file(object: &Map<String, Value>) -> String {
    let mut text = String::new();
    let mut below = Vec::new();
    for (key, value) in ordered(object) {
        let written = inline(value);
        let is_long = written.chars().count() > LINE_CHARS_MAX;
        if is_long && (value.is_object() || is_list_of_objects(value)) {
            below.push((key, value));
        } else {
            text.push_str(&format!("{} = {written}\n", word(key)));
        }
    }
    for (key, value) in below {
        if let Some(items) = value.as_array() {
            for item in items {
                text.push_str(&format!("\n[[{}]]\n", word(key)));
                text.push_str(&members(item));
            }
        } else {
            text.push_str(&format!("\n[{}]\n", word(key)));
            text.push_str(&members(value));
        }
    }
    text
}

/// An object of a list.
pub(super) fn item(list: &str, object: &Map<String, Value>) -> String {
    let object = Value::Object(object.clone());
    format!("[[{list}]]\n{}", members(&object))
}

fn members(object: &Value) -> String {
    let object = object.as_object();
    let all = object.into_iter().flat_map(ordered);
    let lines = all.map(|(key, value)| format!("{} = {}\n", word(key), spread(value)));
    lines.collect()
}

/// As [`inline`], a long list with a line for each item.
fn spread(value: &Value) -> String {
    let written = inline(value);
    match value.as_array() {
        Some(items) if written.chars().count() > LINE_CHARS_MAX => {
            let lines = items.iter().map(|item| format!("  {},\n", inline(item)));
            format!("[\n{}]", lines.collect::<String>())
        }
        _ => written,
    }
}

/// In one line, but for texts that have several.
fn inline(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let members =
                ordered(object).map(|(key, value)| format!("{} = {}", word(key), inline(value)));
            let members: Vec<_> = members.collect();
            if members.is_empty() {
                "{}".to_owned()
            } else {
                format!("{{ {} }}", members.join(", "))
            }
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) => toml::Value::String(text.clone()).to_string(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn ordered(object: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let place = |key: &str| KEYS.iter().position(|it| *it == key).unwrap_or(KEYS.len());
    let mut members: Vec<_> = object.iter().collect();
    members.sort_by_key(|(key, _)| (place(key), key.as_str()));
    members.into_iter()
}

fn word(key: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(is_bare) {
        return key.to_owned();
    }
    toml::Value::String(key.to_owned()).to_string()
}

fn is_list_of_objects(value: &Value) -> bool {
    let items = value.as_array();
    items.is_some_and(|items| !items.is_empty() && items.iter().all(Value::is_object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_again() {
        let long = "so many words that they do not fit into a line of a hundred characters, quite certainly not";
        let object = json!({
            "name": "A \"queue\" with\nlines", "max": 3, "none": [], "nothing": {}, "is": true,
            "short": [{"skill": "English", "min_level": 5}],
            "nodes": [{"id": "a", "kind": "play", "prompt": {"text": long}, "save": {"a b": "/x"}}, {"id": "b", "kind": "end"}],
            "languages": {"de-DE": {"text": long}, "x y": {"text": "'''"}},
            "texts": [long, long],
        });
        let map = object.as_object().unwrap();
        let text = file(map);
        assert!(text.starts_with("name = "), "{text}");
        assert!(
            text.contains("\n[[nodes]]\nid = \"b\"\nkind = \"end\"\n"),
            "{text}"
        );
        let read: toml::Table = toml::from_str(&text).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), object, "{text}");
        let list = format!("{}\n{}", item("things", map), item("things", map));
        let read: toml::Table = toml::from_str(&list).unwrap();
        let read = serde_json::to_value(read).unwrap();
        assert_eq!(read, json!({ "things": [object, object] }), "{list}");
    }
}
