//! Differences and problems in words.

use super::folder::{FileProblem, Folder};
use serde_json::{Value, json};
use std::path::PathBuf;

/// When it happens.
#[derive(Clone, Copy)]
pub(super) enum Tense {
    /// It would.
    Planned,
    /// It did.
    Done,
}

pub(super) fn has_problems(difference: &Value) -> bool {
    list(difference, "problems").next().is_some()
}

pub(super) fn is_nothing(difference: &Value) -> bool {
    list(difference, "changes").next().is_none()
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

/// What is wrong with files themselves.
pub(super) fn files(folder: &Folder) -> String {
    let lines: Vec<String> = folder.problems().iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// The same for machines.
pub(super) fn files_for_machines(folder: &Folder) -> Value {
    let problems: Vec<Value> = folder.problems().iter().map(FileProblem::told).collect();
    json!({ "changes": [], "problems": problems })
}

/// With the places in the files, for machines.
pub(super) fn for_machines(folder: &Folder, difference: &Value) -> Value {
    let problems: Vec<_> = placed(folder, difference).map(|it| it.told()).collect();
    json!({ "mark": difference["mark"], "changes": difference["changes"], "problems": problems })
}

pub(super) fn problems(folder: &Folder, difference: &Value) -> String {
    let lines: Vec<_> = placed(folder, difference)
        .map(|it| it.to_string())
        .collect();
    lines.join("\n")
}

fn placed<'a>(folder: &'a Folder, difference: &'a Value) -> impl Iterator<Item = FileProblem> + 'a {
    list(difference, "problems").map(|problem| {
        let field = text(problem, "field");
        let object = problem["object"].as_u64();
        let object = object.and_then(|n| usize::try_from(n).ok());
        let place = object.and_then(|n| folder.find(n, field));
        let (kind, name) = (spoken(text(problem, "kind")), text(problem, "name"));
        let detail = text(problem, "detail");
        let (file, line, detail) = match place {
            Some((file, line)) => (file.to_owned(), line, detail.to_owned()),
            None => (
                PathBuf::from(super::layout::MANIFEST),
                1,
                format!("{kind} \"{name}\", which these files do not have: {detail}"),
            ),
        };
        FileProblem {
            file,
            line,
            field: field.to_owned(),
            detail,
        }
    })
}

/// Every change, field by field, and how many there are.
pub(super) fn changes(difference: &Value, tense: Tense) -> String {
    let mut lines = Vec::new();
    for change in list(difference, "changes") {
        let (what, kind) = (text(change, "what"), spoken(text(change, "kind")));
        let name = text(change, "name");
        let before = change["renamed_from"].as_str();
        let before = before.map_or_else(String::new, |it| format!(", now \"{it}\""));
        lines.push(format!("{what} {kind} \"{name}\"{before}"));
        for field in list(change, "fields") {
            let (before, after) = (said(&field["before"]), said(&field["after"]));
            lines.push(format!("    {}: {before} -> {after}", text(field, "field")));
        }
    }
    let count = |what: &str| {
        list(difference, "changes")
            .filter(|it| it["what"] == what)
            .count()
    };
    let counts = [
        (count("create"), "created"),
        (count("change"), "changed"),
        (count("remove"), "removed"),
    ];
    let counts: Vec<_> = counts
        .iter()
        .map(|(n, what)| format!("{n} {what}"))
        .collect();
    let counts = counts.join(", ");
    let mark = text(difference, "mark");
    lines.push(match (is_nothing(difference), tense) {
        (true, Tense::Planned) => "nothing would change".to_owned(),
        (true, Tense::Done) => "nothing to change".to_owned(),
        (false, Tense::Done) => format!("applied: {counts}"),
        (false, Tense::Planned) => format!(
            "would be {counts}; on {mark} (`tandem apply DIR --on {mark}` applies it only while nothing else changes)"
        ),
    });
    lines.join("\n")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn spoken(kind: &str) -> String {
    kind.replace('_', " ")
}

fn said(value: &Value) -> String {
    if value.is_null() {
        "(nothing)".to_owned()
    } else {
        value.to_string()
    }
}
