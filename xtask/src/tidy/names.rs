//! Names that say nothing: a file or module is named by the domain noun or wire resource it owns.

use std::collections::BTreeMap;

use super::Finding;

const BANNED: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "base", "types", "models",
    "impl",
];

fn is_code(path: &str) -> bool {
    [".rs", ".ts", ".tsx"]
        .iter()
        .any(|extension| path.ends_with(extension))
}

pub(super) fn of_files(files: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for path in files.iter().filter(|path| is_code(path)) {
        if path.ends_with("/mod.rs") {
            findings.push(Finding::new(
                path,
                1,
                "a module is noun.rs beside noun/, never mod.rs",
            ));
        }
        for part in path.split('/') {
            let stem = part.split('.').next().unwrap_or(part);
            if BANNED.contains(&stem) {
                findings.push(Finding::new(
                    path,
                    1,
                    format!("`{stem}` names nothing: say what it owns"),
                ));
            }
        }
    }
    findings
}

/// Modules written inside a file.
pub(super) fn of_modules(texts: &BTreeMap<String, String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in texts.iter().filter(|(path, _)| path.ends_with(".rs")) {
        for (index, line) in text.lines().enumerate() {
            let mut words = line
                .split_whitespace()
                .skip_while(|word| word.starts_with("pub"));
            if words.next() != Some("mod") {
                continue;
            }
            let name = words.next().unwrap_or("").trim_end_matches([';', '{']);
            if BANNED.contains(&name) {
                findings.push(Finding::new(
                    path,
                    index + 1,
                    format!("`{name}` names nothing: say what it owns"),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nameless_files_and_folders_are_found() {
        let files = [
            "crates/core/src/utils.rs",
            "web/src/helpers/a.ts",
            "crates/core/src/mod.rs",
            "crates/core/src/base64.rs",
            "docs/common/a.md",
        ];
        let files: Vec<String> = files.iter().map(|path| (*path).to_owned()).collect();
        let found: Vec<String> = of_files(&files)
            .into_iter()
            .map(|finding| finding.path)
            .collect();
        assert_eq!(found, &files[..3]);
    }

    #[test]
    fn nameless_inline_module_is_found() {
        let texts = BTreeMap::from([(
            "a.rs".to_owned(),
            "pub(crate) mod helpers {\n}\nmod contact;\nmod types;\n".to_owned(),
        )]);
        let lines: Vec<usize> = of_modules(&texts)
            .into_iter()
            .map(|finding| finding.line)
            .collect();
        assert_eq!(lines, [1, 4]);
    }
}
