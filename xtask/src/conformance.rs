//! Runs what we did not write against the emulator and the server: Microsoft's SDKs, unmodified, and the storages of
//! recordings.
//! How a client is set up and started is its own `run.sh`'s business.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use crate::process::{self, Background};
use crate::report::Report;
use crate::tally::Runner;
use crate::tree::{self, Tree};

/// The first run installs the SDK.
const TIME_LIMIT: Duration = Duration::from_secs(15 * 60);

/// The scripts that start what is not ours.
const SCRIPTS: [&str; 2] = [SDK, STORAGE];
const SDK: &str = "conformance/python/run.sh";
const STORAGE: &str = "conformance/storage/run.sh";

/// What the scripts need, being installed: that waits for the network while Rust is linted and built.
pub(crate) struct SetUp(Vec<Background>);

impl SetUp {
    pub(crate) fn begin(tree: &Tree) -> Result<Self> {
        let begin = |script: &str| {
            let name = script.replace('/', "-");
            let log = tree.scratch(&format!("log/{name}.log"));
            let mut command = process::command(tree.root.join(script));
            Background::start(command.arg("--set-up"), &log)
        };
        SCRIPTS
            .iter()
            .map(|script| begin(script))
            .collect::<Result<_>>()
            .map(Self)
    }

    /// Waits for it. Whatever failed fails again, and says why, when the script is run.
    fn wait(&mut self) -> Result<()> {
        for script in &mut self.0 {
            script.wait(TIME_LIMIT)?;
        }
        Ok(())
    }
}

pub(crate) fn run(report: &mut Report<'_>, tree: &Tree, set_up: Option<SetUp>) {
    let waited = set_up.map_or(Ok(()), |mut set_up| set_up.wait());
    if let Err(error) = waited {
        return report.not_run("conformance", &format!("{error:#}"));
    }
    sdk(report, tree);
    storage(report, tree);
}

/// Whole calls whose recordings lie in storages that are not ours.
fn storage(report: &mut Report<'_>, tree: &Tree) {
    let mut command = process::command(tree.root.join(STORAGE));
    command
        .current_dir(&tree.root)
        .env("CARGO_TERM_COLOR", "never")
        .arg(tree::cargo())
        .args(["test", "--locked", "--package", "tandem-tests"])
        .args(["--test", "end_to_end", "--", "recording::", "voicemail::"]);
    report.run(
        "recordings in Azure Blob Storage and in S3",
        Runner::Cargo,
        TIME_LIMIT,
        &mut command,
    );
}

fn sdk(report: &mut Report<'_>, tree: &Tree) {
    let name = "Microsoft's Python SDK against the emulator";
    let binary = match leashed(tree) {
        Ok(binary) => binary,
        Err(error) => return report.not_run(name, &format!("{error:#}")),
    };
    report.run(
        name,
        Runner::Unittest,
        TIME_LIMIT,
        process::command(tree.root.join(SDK)).env("TANDEM_BIN", binary),
    );
}

/// The clients start `tandem` themselves. Through this script it ends with the client that started it,
/// even when that one is killed.
fn leashed(tree: &Tree) -> Result<PathBuf> {
    let tandem = tree.tandem("debug");
    if process::find("setpriv").is_none() {
        return Ok(tandem);
    }
    let script = tree.scratch("tandem-leashed");
    write_script(&script, &tandem)?;
    Ok(script)
}

fn write_script(script: &Path, tandem: &Path) -> Result<()> {
    let text = format!(
        "#!/bin/sh\nexec setpriv --pdeathsig TERM -- '{}' \"$@\"\n",
        tandem.display()
    );
    if let Some(parent) = script.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(script, text)?;
    fs::set_permissions(script, fs::Permissions::from_mode(0o755))?;
    Ok(())
}
