//! Every key that the configuration file may have stands in the operator's reference.

use std::collections::BTreeMap;

use super::Finding;

const SHAPE: &str = "crates/server/src/config/file.rs";
const REFERENCE: &str = "docs/operating/configuration.md";

pub(super) fn undocumented(texts: &BTreeMap<String, String>) -> Vec<Finding> {
    let (Some(shape), Some(reference)) = (texts.get(SHAPE), texts.get(REFERENCE)) else {
        return vec![Finding::new(
            REFERENCE,
            1,
            format!("compared with {SHAPE}: one of them is gone"),
        )];
    };
    let mut findings = Vec::new();
    for (index, line) in shape.lines().enumerate() {
        let field = line
            .trim()
            .strip_prefix("pub(super) ")
            .and_then(|rest| rest.split_once(": "));
        if let Some((key, _)) = field
            && !key.contains(' ')
            && !is_named(reference, key)
        {
            findings.push(Finding::new(
                SHAPE,
                index + 1,
                format!("`{key}` is missing in {REFERENCE}"),
            ));
        }
    }
    findings
}

/// As a key in a table, or as the name of a section.
fn is_named(reference: &str, key: &str) -> bool {
    [
        format!("`{key}`"),
        format!("`[{key}]`"),
        format!("`[[{key}]]`"),
        format!("`[centers.{key}]`"),
    ]
    .iter()
    .any(|spelling| reference.contains(spelling))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_that_the_reference_does_not_name_is_found() {
        let texts = BTreeMap::from([
            (
                SHAPE.to_owned(),
                "pub(super) fn read(text: &str) {}\npub(super) struct Server {\n    pub(super) listen: String,\n    pub(super) tls: Tls,\n}\n".to_owned(),
            ),
            (REFERENCE.to_owned(), "| `listen` | needed |\n".to_owned()),
        ]);
        let lines: Vec<usize> = undocumented(&texts)
            .into_iter()
            .map(|finding| finding.line)
            .collect();
        assert_eq!(lines, [4]);
    }
}
