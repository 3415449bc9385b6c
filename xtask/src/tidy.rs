//! `cargo xtask tidy`: the rules of the tree that a compiler does not check.
//! Each rule is a pure function from text to findings; this file only fans out and prints.

mod configuration;
mod decisions;
mod floors;
mod links;
mod metrics;
mod names;
mod text;

use std::fmt;

use anyhow::{Result, bail};

use crate::tally::Tally;
use crate::tree::Tree;

/// One place that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

pub(crate) fn run() -> Result<()> {
    let tally = check(&Tree::find()?)?;
    println!("{} rules hold", tally.passed);
    Ok(())
}

/// One pass per rule, or an error with every finding.
pub(crate) fn check(tree: &Tree) -> Result<Tally> {
    let files = tree.files()?;
    let texts = tree.texts(|_| true)?;
    let rules: [Vec<Finding>; 13] = [
        floors::between_crates(&tree.metadata)?,
        floors::outside_crates(&tree.metadata)?,
        floors::lints_of_the_workspace(&texts),
        names::of_files(&files),
        names::of_modules(&texts),
        text::lengths(&texts),
        text::marks(&texts),
        text::skipped_tests(&texts),
        text::sleeps_in_tests(&texts),
        text::machine_paths(&texts),
        configuration::undocumented(&texts),
        metrics::undocumented(&texts),
        [
            links::broken(&files, &texts),
            decisions::numbering(&files, &texts),
        ]
        .concat(),
    ];
    let n_rules = u64::try_from(rules.len())?;
    let mut findings: Vec<Finding> = rules.into_iter().flatten().collect();
    if findings.is_empty() {
        return Ok(Tally {
            passed: n_rules,
            failed: 0,
        });
    }
    findings.sort();
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    bail!("{}\n{} places are not tidy", lines.join("\n"), lines.len());
}
