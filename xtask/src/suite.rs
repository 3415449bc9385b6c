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
const TESTS_TIME_LIMIT: Duration = Duration::from_secs(10 * 60);

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

pub(crate) fn run(part: Part) -> Result<()> {
    let tree = Tree::find()?;
    let mut report = Report::new(&tree);
    let is_built = build(&mut report, &tree, part);
    steps(&mut report, &tree, part, is_built);
    report.close()
}

/// Builds every Rust target once, with the features that all later steps use.
pub(crate) fn build(report: &mut Report<'_>, tree: &Tree, part: Part) -> bool {
    if part == Part::Web {
        return true;
    }
    report.run(
        "Tandem and its tests build",
        Runner::One,
        RUST_BUILD_TIME_LIMIT,
        cargo(tree).args(["build", "--locked", "--workspace", "--all-targets"]),
    )
}

/// All steps of the part; those that need the binary are not run when it did not build.
pub(crate) fn steps(report: &mut Report<'_>, tree: &Tree, part: Part, is_built: bool) {
    let has_peers =
        !(part.has(Part::Conformance) || part.has(Part::Browser)) || install_peers(report);
    let has_web = if part.has(Part::Web) || part.has(Part::Browser) {
        web_steps(report, tree, part)
    } else {
        true
    };
    if part.has(Part::Rust) {
        if is_built {
            rust_tests(report, tree);
        } else {
            report.not_run("Rust tests", "the build failed");
        }
    }
    let is_ready = is_built && has_peers;
    if part.has(Part::Conformance) {
        if is_ready {
            conformance::run(report, tree);
        } else {
            report.not_run("conformance", "the build or the set-up failed");
        }
    }
    if part.has(Part::Browser) {
        if is_ready && has_web {
            browser::run(report, tree);
        } else {
            report.not_run("browser tests", "the build or the set-up failed");
        }
    }
}

/// Everything that a browser run needs; true if it is there.
pub(crate) fn set_up_browser(report: &mut Report<'_>, tree: &Tree) -> bool {
    let has_peers = install_peers(report);
    let has_web = web_steps(report, tree, Part::Browser);
    has_peers && has_web && build(report, tree, Part::Browser)
}

fn install_peers(report: &mut Report<'_>) -> bool {
    report.check("browser and Python are there", || {
        peers::install_missing()?;
        Ok(Tally::one(true))
    })
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
