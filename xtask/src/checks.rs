//! `cargo xtask ci`: everything that must hold before a change is merged, each thing built once.

use std::time::Duration;

use anyhow::Result;

use crate::report::Report;
use crate::suite::{self, Part};
use crate::tally::{Runner, Tally};
use crate::tree::Tree;
use crate::{behaviours, generated, tidy};

const LINT_TIME_LIMIT: Duration = Duration::from_secs(20 * 60);

pub(crate) fn run() -> Result<()> {
    let tree = Tree::find()?;
    let mut report = Report::new(&tree);
    report.run(
        "Rust code is formatted",
        Runner::One,
        LINT_TIME_LIMIT,
        suite::cargo(&tree).args(["fmt", "--all", "--check"]),
    );
    report.check("the tree is tidy", || tidy::check(&tree));
    report.check("required behaviours have a test", || {
        behaviours::check(&tree, behaviours::REQUIRED)
    });
    let mut ground = suite::set_up(&mut report, &tree, Part::All);
    report.run(
        "Rust lints",
        Runner::One,
        LINT_TIME_LIMIT,
        suite::cargo(&tree).args([
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ]),
    );
    ground.build(&mut report, &tree, Part::All);
    if ground.is_built() {
        report.check("the API description is current", || {
            generated::check_api(&tree)?;
            Ok(Tally::one(true))
        });
    } else {
        report.not_run("the API description is current", "the build failed");
    }
    report.check("the web UI's API types are current", || {
        generated::check_web_types(&tree)?;
        Ok(Tally::one(true))
    });
    suite::steps(&mut report, &tree, Part::All, ground);
    report.close()
}
