//! Decision records: numbered without a gap, each with its four parts.

use std::collections::BTreeMap;

use super::Finding;

const DIRECTORY: &str = "docs/decisions/";
const PARTS: &[&str] = &["## Context", "## Options", "## Choice", "## Consequence"];

pub(super) fn numbering(files: &[String], texts: &BTreeMap<String, String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let records: Vec<&String> = files
        .iter()
        .filter(|path| path.starts_with(DIRECTORY) && !path.ends_with("/README.md"))
        .collect();
    for (index, path) in records.iter().enumerate() {
        let number = format!("{:04}", index + 1);
        let name = path.strip_prefix(DIRECTORY).unwrap_or(path);
        if !name.starts_with(&format!("{number}-")) || !name.ends_with(".md") {
            findings.push(Finding::new(
                path,
                1,
                format!("the next decision record is {number}-name.md"),
            ));
            continue;
        }
        let text = texts.get(*path).map_or("", String::as_str);
        if !text.starts_with(&format!("# {number} ")) {
            findings.push(Finding::new(
                path,
                1,
                format!("its title starts with `# {number} `"),
            ));
        }
        for part in PARTS
            .iter()
            .filter(|part| !text.lines().any(|line| line == **part))
        {
            findings.push(Finding::new(
                path,
                1,
                format!("a decision record has a part `{part}`"),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(records: &[(&str, &str)]) -> Vec<Finding> {
        let texts: BTreeMap<String, String> = records
            .iter()
            .map(|(name, text)| (format!("{DIRECTORY}{name}"), (*text).to_owned()))
            .collect();
        numbering(&texts.keys().cloned().collect::<Vec<_>>(), &texts)
    }

    #[test]
    fn gap_and_missing_part_are_found() {
        let whole = format!("# 0001 A\n\n{}\n", PARTS.join("\n\n"));
        assert_eq!(check(&[("0001-a.md", &whole)]), []);
        assert_eq!(check(&[("0001-a.md", "# 0001 A\n")]).len(), PARTS.len());
        assert_eq!(
            check(&[("0001-a.md", &whole), ("0003-b.md", "# 0003 B")]).len(),
            1
        );
    }
}
