//! Runs clients that we did not write against the emulator and the server: Microsoft's SDKs, unmodified.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::report::Report;
use crate::tally::{Runner, Tally};
use crate::tree::Tree;
use crate::{peers, process};

const INSTALL_TIME_LIMIT: Duration = Duration::from_secs(10 * 60);
const TESTS_TIME_LIMIT: Duration = Duration::from_secs(10 * 60);

pub(crate) fn run(report: &mut Report<'_>, tree: &Tree) {
    let directory = tree.root.join("conformance/python");
    let environment = directory.join(".venv");
    let is_installed = report.check("Microsoft's Python SDK: packages", || {
        install(tree, &directory, &environment)?;
        Ok(Tally::one(true))
    });
    let name = "Microsoft's Python SDK against the emulator";
    if !is_installed {
        report.not_run(name, "its packages are missing");
        return;
    }
    report.run(
        name,
        Runner::Pytest,
        TESTS_TIME_LIMIT,
        process::command(environment.join("bin/python"))
            .current_dir(&directory)
            .env("TANDEM_BIN", tree.tandem("debug"))
            .env("NO_COLOR", "1")
            .args(["-m", "pytest", "--quiet", "--color=no"]),
    );
}

fn install(tree: &Tree, directory: &Path, environment: &Path) -> Result<()> {
    let requirements = directory.join("requirements.txt");
    let stamp = fs::read_to_string(&requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    let is_current = tree.has_stamp("conformance-python.stamp", &stamp)
        && environment.join("bin/python").is_file();
    if is_current {
        return Ok(());
    }
    let python = peers::python().context("no Python with its venv module")?;
    process::output_of(
        process::command(python)
            .args(["-m", "venv", "--clear"])
            .arg(environment),
    )?;
    let log = tree.scratch("log/conformance-python.log");
    let mut pip = process::command(environment.join("bin/python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
    ])
    .arg(&requirements);
    let finished = process::run_logged(&mut pip, &log, INSTALL_TIME_LIMIT)?;
    anyhow::ensure!(
        finished.is_success,
        "{}\npip: {}",
        finished.output,
        finished.ending
    );
    tree.keep_stamp("conformance-python.stamp", &stamp)
}
