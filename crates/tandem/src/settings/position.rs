//! Where in a file something stands.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Members by which the items of a list are meant as well as by their place.
const ITEM_KEYS: [&str; 2] = ["id", "name"];

/// The line, from 1, of a field: keys and places with points between them. What is not there is looked for as far as
/// it goes.
pub(super) fn line_of(text: &str, field: &str) -> usize {
    let Ok(table) = DeTable::parse(text) else {
        return 1;
    };
    let mut start = 0;
    let mut parts = field.split('.').filter(|part| !part.is_empty());
    let Some((found, value)) = parts.next().and_then(|part| member(table.get_ref(), part)) else {
        return 1;
    };
    start = start.max(found);
    let mut value = value;
    for part in parts {
        let (table, items) = (value.get_ref().as_table(), value.get_ref().as_array());
        let in_table = table.and_then(|table| member(table, part));
        let found = in_table.or_else(|| item(items?, part));
        let Some((found, inner)) = found else {
            break;
        };
        (start, value) = (found, inner);
    }
    line_at(text, start)
}

/// The line in which the byte at `offset` stands.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    let before = text.bytes().take(offset);
    before.filter(|byte| *byte == b'\n').count() + 1
}

type Found<'a, 'i> = (usize, &'a Spanned<DeValue<'i>>);

fn member<'a, 'i>(table: &'a DeTable<'i>, part: &str) -> Option<Found<'a, 'i>> {
    let mut members = table.iter();
    let (key, value) = members.find(|(key, _)| key.get_ref() == part)?;
    Some((key.span().start, value))
}

fn item<'a, 'i>(items: &'a [Spanned<DeValue<'i>>], part: &str) -> Option<Found<'a, 'i>> {
    let is_meant = |it: &&Spanned<DeValue<'i>>| {
        let table = it.get_ref().as_table();
        let mut keys = ITEM_KEYS.iter();
        keys.any(|key| {
            let found = table.and_then(|table| member(table, key));
            found.is_some_and(|(_, value)| value.get_ref().as_str() == Some(part))
        })
    };
    let found = match part.parse::<usize>() {
        Ok(place) => items.get(place),
        Err(_) => items.iter().find(is_meant),
    };
    found.map(|it| (it.span().start, it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_is_found_by_place_and_by_name_as_far_as_it_goes() {
        let text = "name = \"Main\"\nstart = \"a\"\n\n[[nodes]]\nid = \"a\"\nkind = \"end\"\n\n[[nodes]]\nid = \"b\"\nkind = \"play\"\nprompt = { text = \"x\" }\n";
        for (field, line) in [
            ("name", 1),
            ("start", 2),
            ("nodes.0.kind", 6),
            ("nodes.b.kind", 10),
            ("nodes.b.prompt.text", 11),
            ("nodes.b.prompt.url", 11),
            ("nothing", 1),
            ("", 1),
        ] {
            assert_eq!(line_of(text, field), line, "{field}");
        }
    }
}
