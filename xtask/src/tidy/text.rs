//! Rules on the text of files: length, unfinished marks, skipped tests, sleeps in tests, paths of one machine.
//! The words looked for are put together here from parts, so that this file does not find itself.

use std::collections::BTreeMap;

use super::Finding;

const LINES_MAX: usize = 800;

const MARKS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("X", "XX"),
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
];

const SKIPS: &[&str] = &[
    concat!("#[ig", "nore"),
    concat!("test.sk", "ip("),
    concat!("it.sk", "ip("),
    concat!("describe.sk", "ip("),
    concat!("test.fix", "me("),
    concat!("test.on", "ly("),
    concat!("it.on", "ly("),
    concat!("describe.on", "ly("),
    concat!("pytest.mark.sk", "ip"),
    concat!("pytest.sk", "ip("),
];

const SLEEPS: &[&str] = &[
    concat!("thread::sl", "eep("),
    concat!("time::sl", "eep("),
    concat!("waitForTime", "out("),
];

/// A look at a condition again and again needs a pause between two looks; this comment at the line says so.
const POLL_COMMENT: &str = "// poll:";

const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/fa", "rm/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/tmp/", "plan"),
];

type Texts = BTreeMap<String, String>;

fn has_extension(path: &str, extensions: &[&str]) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| extensions.contains(&extension))
}

/// Code written by hand; declarations made from the API description are not.
fn is_code(path: &str) -> bool {
    has_extension(path, &["rs", "ts", "tsx", "js", "mjs", "py", "sh", "css"])
        && !path.ends_with(".d.ts")
}

pub(super) fn lengths(texts: &Texts) -> Vec<Finding> {
    texts
        .iter()
        .filter(|(path, _)| has_extension(path, &["rs", "ts", "tsx"]) && is_code(path))
        .filter_map(|(path, text)| {
            let n_lines = text.lines().count();
            (n_lines > LINES_MAX).then(|| {
                Finding::new(
                    path,
                    LINES_MAX,
                    format!("{n_lines} lines, at most {LINES_MAX}"),
                )
            })
        })
        .collect()
}

pub(super) fn marks(texts: &Texts) -> Vec<Finding> {
    each_line(texts, is_code, |line| {
        MARKS
            .iter()
            .find(|mark| has_word(line, mark))
            .map(|mark| format!("{mark}: finish it, or refuse it with a clear error"))
    })
}

pub(super) fn skipped_tests(texts: &Texts) -> Vec<Finding> {
    each_line(texts, is_code, |line| {
        SKIPS
            .iter()
            .find(|skip| line.contains(**skip))
            .map(|skip| format!("`{skip}`: every test runs, or it is deleted"))
    })
}

pub(super) fn sleeps_in_tests(texts: &Texts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in texts.iter().filter(|(path, _)| is_code(path)) {
        let mut is_test = path.starts_with("tests/")
            || path.contains("/tests/")
            || path.ends_with("/tests.rs")
            || path.contains("/e2e/");
        let mut previous = "";
        for (index, line) in text.lines().enumerate() {
            is_test |= line.trim() == "#[cfg(test)]";
            let is_poll = previous.contains(POLL_COMMENT) || line.contains(POLL_COMMENT);
            if is_test && !is_poll && SLEEPS.iter().any(|sleep| line.contains(sleep)) {
                findings.push(Finding::new(
                    path,
                    index + 1,
                    "a test waits on a condition with a deadline, it does not sleep",
                ));
            }
            previous = line;
        }
    }
    findings
}

pub(super) fn machine_paths(texts: &Texts) -> Vec<Finding> {
    each_line(
        texts,
        |_| true,
        |line| {
            MACHINE_PATHS
                .iter()
                .find(|path| line.contains(**path))
                .map(|path| format!("`{path}` is a path of one machine"))
        },
    )
}

fn each_line(
    texts: &Texts,
    wants: impl Fn(&str) -> bool,
    rule: impl Fn(&str) -> Option<String>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in texts.iter().filter(|(path, _)| wants(path)) {
        for (index, line) in text.lines().enumerate() {
            if let Some(what) = rule(line) {
                findings.push(Finding::new(path, index + 1, what));
            }
        }
    }
    findings
}

fn has_word(line: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let after = line
            .get(start + word.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(path: &str, text: &str) -> Texts {
        BTreeMap::from([(path.to_owned(), text.to_owned())])
    }

    fn lines(findings: Vec<Finding>) -> Vec<usize> {
        findings.into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn file_over_the_limit_is_found_and_generated_declarations_are_not() {
        let long = "x\n".repeat(LINES_MAX + 1);
        assert_eq!(lengths(&texts("a.rs", &long)).len(), 1);
        assert_eq!(lengths(&texts("a.rs", &"x\n".repeat(LINES_MAX))), []);
        assert_eq!(lengths(&texts("web/src/api/schema.d.ts", &long)), []);
    }

    #[test]
    fn marks_count_as_whole_words_in_code_only() {
        let text = format!(
            "// {}: later\nlet methodology = \"{}S\";\n",
            MARKS[0], MARKS[0]
        );
        assert_eq!(lines(marks(&texts("a.rs", &text))), [1]);
        assert_eq!(marks(&texts("a.md", &text)), []);
    }

    #[test]
    fn skipped_tests_are_found_in_every_language() {
        for skip in SKIPS {
            assert_eq!(
                lines(skipped_tests(&texts(
                    "web/e2e/a.spec.ts",
                    &format!("\n{skip}")
                ))),
                [2]
            );
        }
    }

    #[test]
    fn sleep_counts_in_tests_and_not_between_two_looks() {
        let sleep = format!("std::{}POLL);", SLEEPS[0]);
        let text = format!(
            "{sleep}\n#[cfg(test)]\nmod tests {{\n{sleep}\n// poll: until ready\n{sleep}\n}}"
        );
        assert_eq!(
            lines(sleeps_in_tests(&texts("crates/a/src/lib.rs", &text))),
            [4]
        );
        assert_eq!(
            lines(sleeps_in_tests(&texts("tests/src/lib.rs", &sleep))),
            [1]
        );
    }

    #[test]
    fn path_of_one_machine_is_found_in_prose_too() {
        let text = format!("see {}a", MACHINE_PATHS[0]);
        assert_eq!(lines(machine_paths(&texts("docs/a.md", &text))), [1]);
    }
}
