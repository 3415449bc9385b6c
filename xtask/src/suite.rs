//! `cargo xtask test`: everything the README promises, with the set-up it needs.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::report::Report;
use crate::tally::{Runner, Tally};
use crate::tree::{self, Tree};
use crate::web::{BUILD_TIME_LIMIT, Web};
use crate::{browser, conformance, peers, process};

const RUST_BUILD_TIME_LIMIT: Duration = Duration::from_secs(25 * 60);
/// Some seven minutes on two cores that have nothing else to do.
const TESTS_TIME_LIMIT: Duration = Duration::from_secs(20 * 60);
/// Whole calls wait for the sounds that they hear: twice as many as the cores they are meant for.
const WHOLE_CALLS_AT_ONCE: &str = "--test-threads=4";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    All,
    Web,
    Rust,
    Conformance,
    Browser,
}

impl Part {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match words[..] {
            [] => Ok(Self::All),
            ["--only", "web"] => Ok(Self::Web),
            ["--only", "rust"] => Ok(Self::Rust),
            ["--only", "conformance"] => Ok(Self::Conformance),
            ["--only", "browser"] => Ok(Self::Browser),
            _ => Err(format!(
                "`test` does not know `{}` (--only web|rust|conformance|browser)",
                words.join(" ")
            )),
        }
    }

    fn has(self, part: Self) -> bool {
        self == Self::All || self == part
    }
}

/// What is there for the tests.
pub(crate) struct Ground {
    has_peers: bool,
    has_web: bool,
    is_built: bool,
    clients: Option<conformance::SetUp>,
}

pub(crate) fn run(part: Part) -> Result<()> {
    let tree = Tree::find()?;
    let mut report = Report::new(&tree);
    let mut ground = set_up(&mut report, &tree, part);
    ground.build(&mut report, &tree, part);
    steps(&mut report, &tree, part, ground);
    report.close()
}

/// All that comes before the first Rust build: the server embeds the web UI's bundle, so a bundle made
/// later would have the server built twice.
pub(crate) fn set_up(report: &mut Report<'_>, tree: &Tree, part: Part) -> Ground {
    let needs_peers = part.has(Part::Conformance) || part.has(Part::Browser);
    let needs_web = part.has(Part::Web) || part.has(Part::Browser);
    let has_peers = !needs_peers
        || report.check("browser and Python are there", || {
            peers::install_missing()?;
            Ok(Tally::one(true))
        });
    let mut clients = None;
    if has_peers && part.has(Part::Conformance) {
        report.check("what conformance needs begins to come", || {
            clients = Some(conformance::SetUp::begin(tree)?);
            Ok(Tally::one(true))
        });
    }
    let has_web = !needs_web || web_steps(report, tree, part);
    Ground {
        has_peers,
        has_web,
        is_built: false,
        clients,
    }
}

impl Ground {
    /// Builds every Rust target once, with the features that all later steps use.
    pub(crate) fn build(&mut self, report: &mut Report<'_>, tree: &Tree, part: Part) {
        if part == Part::Web {
            return;
        }
        self.is_built = report.run(
            "Tandem and its tests build",
            Runner::One,
            RUST_BUILD_TIME_LIMIT,
            cargo(tree).args(["build", "--locked", "--workspace", "--all-targets"]),
        );
    }

    pub(crate) fn is_built(&self) -> bool {
        self.is_built
    }

    pub(crate) fn serves_browser(&self) -> bool {
        self.is_built && self.has_peers && self.has_web
    }
}

/// All steps of the part; what an earlier failure took away is counted as failed.
pub(crate) fn steps(report: &mut Report<'_>, tree: &Tree, part: Part, mut ground: Ground) {
    if part.has(Part::Rust) {
        if ground.is_built {
            rust_tests(report, tree);
            storm(report, tree);
        } else {
            report.not_run("Rust tests", "the build failed");
        }
    }
    if part.has(Part::Conformance) {
        if ground.is_built && ground.has_peers {
            conformance::run(report, tree, ground.clients.take());
        } else {
            report.not_run("conformance", "the build or the set-up failed");
        }
    }
    if part.has(Part::Browser) {
        if ground.serves_browser() {
            browser::run(report, tree);
        } else {
            report.not_run("browser tests", "the build or the set-up failed");
        }
    }
}

fn web_steps(report: &mut Report<'_>, tree: &Tree, part: Part) -> bool {
    let web = match Web::new(tree) {
        Ok(web) => web,
        Err(error) => {
            report.not_run("web UI", &format!("{error:#}"));
            return false;
        }
    };
    let is_installed = report.check("web UI: packages", || {
        web.install()?;
        Ok(Tally::one(true))
    });
    if !is_installed {
        report.not_run("web UI: tests and bundle", "its packages are missing");
        return false;
    }
    if part.has(Part::Web) {
        report.run(
            "web UI: lint",
            Runner::One,
            BUILD_TIME_LIMIT,
            &mut web.npm(&["run", "lint"]),
        );
        report.run(
            "web UI: unit tests",
            Runner::Vitest,
            TESTS_TIME_LIMIT,
            &mut web.npm(&["test"]),
        );
    }
    report.check("web UI: types and bundle", || {
        web.build()?;
        Ok(Tally::one(true))
    })
}

fn rust_tests(report: &mut Report<'_>, tree: &Tree) {
    let (runner, arguments): (_, &[&str]) = if process::find("cargo-nextest").is_some() {
        (
            Runner::Nextest,
            &[
                "nextest",
                "run",
                "--locked",
                "--workspace",
                "--no-fail-fast",
            ],
        )
    } else {
        (
            Runner::Cargo,
            &[
                "test",
                "--locked",
                "--workspace",
                "--all-targets",
                "--no-fail-fast",
            ],
        )
    };
    report.run(
        "Rust tests",
        runner,
        TESTS_TIME_LIMIT,
        cargo(tree).args(arguments),
    );
}

/// Whole calls once more, with every callback doubled and one in ten late, reordered or lost. The crash
/// matrix has weather of its own.
fn storm(report: &mut Report<'_>, tree: &Tree) {
    report.run(
        "whole calls in callback weather",
        Runner::Cargo,
        TESTS_TIME_LIMIT,
        cargo(tree).env("TANDEM_WEATHER", "stormy").args([
            "test",
            "--locked",
            "--package",
            "tandem-tests",
            "--test",
            "end_to_end",
            "--",
            WHOLE_CALLS_AT_ONCE,
            "--skip",
            "crash::",
        ]),
    );
}

pub(crate) fn cargo(tree: &Tree) -> Command {
    let mut command = process::command(tree::cargo());
    command
        .current_dir(&tree.root)
        .env("CARGO_TERM_COLOR", "never")
        .env("NO_COLOR", "1");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_chosen_by_name() {
        let parse = |words: &[&str]| {
            Part::parse(
                &words
                    .iter()
                    .map(|word| (*word).to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(parse(&[]), Ok(Part::All));
        assert_eq!(parse(&["--only", "rust"]), Ok(Part::Rust));
        assert!(parse(&["--only", "sip"]).is_err());
        assert!(Part::All.has(Part::Web) && !Part::Rust.has(Part::Web));
    }
}
