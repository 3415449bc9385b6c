//! `cargo xtask coverage-of-behaviours`: which test shows which required behaviour (B-nnn) or rule (R-nn).
//! An id counts where it stands in a test's name, in the comment above it or in its body.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use crate::tally::Tally;
use crate::tree::Tree;

/// What is delivered so far; a change that delivers more adds its ids here.
pub(crate) const REQUIRED: &[&str] = &[
    "B-002", "B-003", "B-005", "B-006", "B-017", "B-020", "B-046", "B-056", "B-142", "B-163",
    "B-164", "B-165", "B-166", "B-167", "B-168", "B-169", "B-170", "B-171", "B-172", "B-173",
    "B-174", "B-181", "B-182", "B-183", "B-235",
];

const LAST_BEHAVIOUR: u32 = 237;
const LAST_RULE: u32 = 32;

/// Id to the tests that show it.
type Coverage = BTreeMap<String, BTreeSet<String>>;

pub(crate) fn parse(arguments: &[String]) -> Result<Vec<String>, String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let list = match words[..] {
        [] => return Ok(Vec::new()),
        ["--require", list] => list,
        _ => {
            return Err(format!(
                "`coverage-of-behaviours` does not know `{}`",
                words.join(" ")
            ));
        }
    };
    list.split(',')
        .map(|id| {
            if is_known(id) {
                Ok(id.to_owned())
            } else {
                Err(format!(
                    "`{id}` is no behaviour (B-001 to B-237) and no rule (R-01 to R-32)"
                ))
            }
        })
        .collect()
}

pub(crate) fn run(required: &[String]) -> Result<()> {
    let coverage = scan(&Tree::find()?)?;
    for (id, tests) in &coverage {
        println!("{id}");
        for test in tests {
            println!("    {test}");
        }
    }
    println!("{} ids in tests", coverage.len());
    let required: Vec<&str> = required.iter().map(String::as_str).collect();
    all_there(&coverage, &required).map(drop)
}

/// One pass per required id.
pub(crate) fn check(tree: &Tree, required: &[&str]) -> Result<Tally> {
    all_there(&scan(tree)?, required)
}

fn all_there(coverage: &Coverage, required: &[&str]) -> Result<Tally> {
    let missing: Vec<&str> = required
        .iter()
        .filter(|id| !coverage.contains_key(**id))
        .copied()
        .collect();
    if missing.is_empty() {
        return Ok(Tally {
            passed: u64::try_from(required.len())?,
            failed: 0,
        });
    }
    bail!("no test shows {}", missing.join(", "));
}

fn scan(tree: &Tree) -> Result<Coverage> {
    let mut coverage = Coverage::new();
    let mut unknown = Vec::new();
    for (path, text) in tree.texts(|path| Language::of(path).is_some())? {
        let Some(language) = Language::of(&path) else {
            continue;
        };
        for (name, region) in tests_in(language, &text) {
            for id in ids_in(&region) {
                if is_known(&id) {
                    coverage
                        .entry(id)
                        .or_default()
                        .insert(format!("{path}: {name}"));
                } else {
                    unknown.push(format!("{path}: {name}: {id}"));
                }
            }
        }
    }
    if unknown.is_empty() {
        return Ok(coverage);
    }
    bail!("ids that stand for nothing:\n{}", unknown.join("\n"));
}

#[derive(Clone, Copy)]
enum Language {
    Rust,
    TypeScript,
    Python,
    Scenario,
}

impl Language {
    /// The language of a file that may hold tests.
    fn of(path: &str) -> Option<Self> {
        let is_within = |places: &[&str]| places.iter().any(|place| path.starts_with(place));
        let (_, extension) = path.rsplit_once('.')?;
        match extension {
            "rs" if is_within(&["crates/", "tests/"]) => Some(Self::Rust),
            "ts" | "tsx" | "js" | "mjs"
                if is_within(&["web/e2e/", "conformance/"])
                    || (is_within(&["web/"])
                        && (path.contains(".test.") || path.contains(".spec."))) =>
            {
                Some(Self::TypeScript)
            }
            "py" if is_within(&["conformance/"]) => Some(Self::Python),
            "txt" if is_within(&["tests/"]) => Some(Self::Scenario),
            _ => None,
        }
    }

    /// The name of the test that this line opens. In Rust `is_marked` says that a test attribute came before.
    fn test_opened_by(self, line: &str, is_marked: bool) -> Option<String> {
        let line = line.trim_start();
        match self {
            Self::Rust if is_marked => {
                let (_, rest) = line.split_once("fn ")?;
                Some(identifier(rest))
            }
            Self::Python => {
                let rest = line
                    .strip_prefix("async ")
                    .unwrap_or(line)
                    .strip_prefix("def ")?;
                rest.starts_with("test").then(|| identifier(rest))
            }
            Self::TypeScript => [
                "test(",
                "it(",
                "test.describe(",
                "describe(",
                "test.each(",
                "it.each(",
            ]
            .iter()
            .find_map(|opening| line.strip_prefix(opening))
            .map(|rest| quoted(rest).unwrap_or_else(|| "unnamed".to_owned())),
            Self::Rust | Self::Scenario => None,
        }
    }

    fn is_mark(self, line: &str) -> bool {
        let line = line.trim();
        matches!(self, Self::Rust)
            && (line == "#[test]"
                || line.starts_with("#[tokio::test")
                || line.starts_with("proptest!"))
    }

    fn is_comment_or_attribute(self, line: &str) -> bool {
        let line = line.trim_start();
        match self {
            Self::Rust => line.starts_with("//") || line.starts_with("#["),
            Self::TypeScript => ["//", "/*", "*"].iter().any(|mark| line.starts_with(mark)),
            Self::Python => line.starts_with(['#', '@']),
            Self::Scenario => false,
        }
    }
}

/// Every test with its text: the comments above it, its name, its body up to the next test's comments.
fn tests_in(language: Language, text: &str) -> Vec<(String, String)> {
    if matches!(language, Language::Scenario) {
        return vec![("scenario".to_owned(), text.to_owned())];
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut starts: Vec<(usize, String)> = Vec::new();
    let mut is_marked = false;
    for (number, line) in lines.iter().enumerate() {
        is_marked |= language.is_mark(line);
        let Some(name) = language.test_opened_by(line, is_marked) else {
            continue;
        };
        is_marked = false;
        let above = lines[..number]
            .iter()
            .rev()
            .take_while(|line| language.is_comment_or_attribute(line))
            .count();
        starts.push((number - above, name));
    }
    let mut tests = Vec::new();
    for (index, (start, name)) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(lines.len(), |next| next.0);
        tests.push((name.clone(), lines[*start..end].join("\n")));
    }
    tests
}

fn identifier(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn quoted(text: &str) -> Option<String> {
    let quote = text
        .chars()
        .next()
        .filter(|c| ['\'', '"', '`'].contains(c))?;
    text.chars()
        .skip(1)
        .map(|c| (c != quote).then_some(c))
        .take_while(Option::is_some)
        .collect()
}

/// `B-nnn` and `R-nn`, also as `b_nnn` and `r_nn` inside a function's name.
fn ids_in(text: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        if let Some((kind, digits)) = word.split_once('-')
            && let Some(id) = id_of(kind, digits)
        {
            ids.insert(id);
        }
    }
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    for pair in parts.windows(2) {
        let is_name = pair[0] == "b" || pair[0] == "r";
        if is_name
            && text.contains(&format!("{}_{}", pair[0], pair[1]))
            && let Some(id) = id_of(&pair[0].to_uppercase(), pair[1])
        {
            ids.insert(id);
        }
    }
    ids
}

fn id_of(kind: &str, digits: &str) -> Option<String> {
    let wanted = match kind {
        "B" => 3,
        "R" => 2,
        _ => return None,
    };
    let is_id = digits.len() == wanted && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then(|| format!("{kind}-{digits}"))
}

fn is_known(id: &str) -> bool {
    let Some((kind, digits)) = id.split_once('-') else {
        return false;
    };
    let last = if kind == "B" {
        LAST_BEHAVIOUR
    } else {
        LAST_RULE
    };
    id_of(kind, digits).is_some()
        && digits
            .parse()
            .is_ok_and(|number: u32| (1..=last).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: Language, text: &str, expected: &[(&str, &[&str])]) {
        let found: Vec<(String, Vec<String>)> = tests_in(language, text)
            .into_iter()
            .map(|(name, region)| (name, ids_in(&region).into_iter().collect()))
            .collect();
        let expected: Vec<(String, Vec<String>)> = expected
            .iter()
            .map(|(name, ids)| {
                (
                    (*name).to_owned(),
                    ids.iter().map(|id| (*id).to_owned()).collect(),
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn rust_comment_above_belongs_to_the_test_below() {
        check(
            Language::Rust,
            "// B-001\nfn not_a_test() {}\n\n#[test]\nfn first() {\n    // R-07\n}\n\n// B-165, B-166\n#[tokio::test]\nasync fn second_b_002() {}\n",
            &[
                ("first", &["R-07"]),
                ("second_b_002", &["B-002", "B-165", "B-166"]),
            ],
        );
    }

    #[test]
    fn typescript_title_and_python_comment_count() {
        check(
            Language::TypeScript,
            "import x from 'y' // B-001\n\n// R-16\ntest('agent accepts (B-181)', async () => {})\n",
            &[("agent accepts (B-181)", &["B-181", "R-16"])],
        );
        check(
            Language::Python,
            "# B-001\nx = 1\n\n# B-171\n@mark\nasync def test_answer():\n    '''B-172'''\n",
            &[("test_answer", &["B-171", "B-172"])],
        );
    }

    #[test]
    fn look_alikes_are_no_ids() {
        assert!(ids_in("AB-123 B-12 B-1234 r_7 rb_123 a-B-123").is_empty());
    }

    #[test]
    fn missing_required_id_fails_by_name() {
        let mut coverage = Coverage::new();
        coverage
            .entry("B-002".to_owned())
            .or_default()
            .insert("a".to_owned());
        assert_eq!(all_there(&coverage, &["B-002"]).unwrap().passed, 1);
        let error = all_there(&coverage, &["B-002", "B-003"]).unwrap_err();
        assert_eq!(error.to_string(), "no test shows B-003");
    }

    #[test]
    fn unknown_id_cannot_be_required() {
        assert!(parse(&["--require".to_owned(), "B-165,R-32".to_owned()]).is_ok());
        assert!(parse(&["--require".to_owned(), "B-238".to_owned()]).is_err());
    }
}
