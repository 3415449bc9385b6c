//! Relative links of the documents lead to a file, and their fragment to a heading in it.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;

pub(super) fn broken(files: &[String], texts: &BTreeMap<String, String>) -> Vec<Finding> {
    let files: BTreeSet<&str> = files.iter().map(String::as_str).collect();
    let mut findings = Vec::new();
    for (path, text) in texts.iter().filter(|(path, _)| path.ends_with(".md")) {
        for (line, link) in links_in(text) {
            if let Some(what) = fault(path, &link, &files, texts) {
                findings.push(Finding::new(path, line, what));
            }
        }
    }
    findings
}

fn fault(
    path: &str,
    link: &str,
    files: &BTreeSet<&str>,
    texts: &BTreeMap<String, String>,
) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() {
        path.to_owned()
    } else {
        resolve(path, file)
    };
    let is_directory = files
        .iter()
        .any(|known| known.starts_with(&format!("{target}/")));
    if !files.contains(target.as_str()) && !is_directory {
        return Some(format!("`{link}` leads nowhere"));
    }
    let text = texts.get(&target)?;
    let is_missing = !fragment.is_empty()
        && target.ends_with(".md")
        && !headings_in(text).iter().any(|heading| heading == fragment);
    is_missing.then(|| format!("`{link}`: there is no such heading"))
}

fn resolve(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Targets of `[text](target)` and `![text](target)` outside code, with their line numbers.
fn links_in(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    for (number, line) in prose(text) {
        let without_code: String = line.split('`').step_by(2).collect();
        for piece in without_code.split("](").skip(1) {
            let target: String = piece.chars().take_while(|c| !") ".contains(*c)).collect();
            links.push((number, target));
        }
    }
    links
}

/// Headings as the anchors that Git forges make of them.
fn headings_in(text: &str) -> Vec<String> {
    prose(text)
        .filter(|(_, line)| line.starts_with('#'))
        .map(|(_, line)| {
            line.trim_start_matches('#')
                .trim()
                .chars()
                .filter_map(|c| match c {
                    ' ' => Some('-'),
                    c if c.is_alphanumeric() || c == '-' || c == '_' => {
                        Some(c.to_ascii_lowercase())
                    }
                    _ => None,
                })
                .collect()
        })
        .collect()
}

/// Lines outside fenced code.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
            return None;
        }
        (!is_code).then_some((index + 1, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let files = ["README.md", "docs/a.md", "docs/shots/tv.png"];
        let files: Vec<String> = files.iter().map(|path| (*path).to_owned()).collect();
        let texts = BTreeMap::from([
            (
                "README.md".to_owned(),
                "# Tandem\n## What works today\n".to_owned(),
            ),
            ("docs/a.md".to_owned(), text.to_owned()),
        ]);
        let found: Vec<String> = broken(&files, &texts)
            .into_iter()
            .map(|finding| finding.what)
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn links_to_files_folders_and_headings_resolve() {
        check(
            "# Own\n[a](../README.md) [b](../README.md#what-works-today) ![c](shots/tv.png) [d](shots) [e](#own)",
            &[],
        );
        check(
            "[w](https://example.com/x.md) `[x](gone.md)`\n```\n[y](gone.md)\n```",
            &[],
        );
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        check("[a](gone.md)", &["`gone.md` leads nowhere"]);
        check(
            "[a](../README.md#gone)",
            &["`../README.md#gone`: there is no such heading"],
        );
    }
}
