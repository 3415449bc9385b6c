//! Runs what we did not write against the emulator and the server: Microsoft's SDKs, unmodified, and the storages of
//! recordings.
//! How a client is set up and started is its own `run.sh`'s business.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::process::{self, Background};
use crate::report::Report;
use crate::tally::{Runner, Tally};
use crate::tree::{self, Tree};

/// The first run installs the SDKs.
const TIME_LIMIT: Duration = Duration::from_secs(15 * 60);

/// Microsoft's clients in one language.
struct Clients {
    name: &'static str,
    script: &'static str,
    runner: Runner,
}

const CLIENTS: [Clients; 2] = [
    Clients {
        name: "Microsoft's Python clients against the emulator",
        script: "conformance/python/run.sh",
        runner: Runner::Unittest,
    },
    Clients {
        name: "Microsoft's JavaScript clients against the emulator",
        script: "conformance/javascript/run.sh",
        runner: Runner::Node,
    },
];
const STORAGE: &str = "conformance/storage/run.sh";

/// What the clients did, and the script that makes it of the shares that their runs write.
const TABLE: &str = "docs/emulator-conformance.md";
const TABLE_SCRIPT: &str = "conformance/table.sh";

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
        CLIENTS
            .iter()
            .map(|clients| clients.script)
            .chain([STORAGE])
            .map(begin)
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
    clients(report, tree);
    storage(report, tree);
}

/// Every client, and then whether the table in the documents is what they did.
fn clients(report: &mut Report<'_>, tree: &Tree) {
    let binary = match leashed(tree) {
        Ok(binary) => binary,
        Err(error) => return report.not_run("Microsoft's clients", &format!("{error:#}")),
    };
    let mut shares = Vec::new();
    for clients in &CLIENTS {
        let share = tree.scratch(&format!("{}.share", clients.script.replace('/', "-")));
        let mut command = process::command(tree.root.join(clients.script));
        command
            .arg("--table")
            .arg(&share)
            .env("TANDEM_BIN", &binary);
        if report.run(clients.name, clients.runner, TIME_LIMIT, &mut command) {
            shares.push(share);
        }
    }
    let name = format!("{TABLE} is what the clients did");
    if shares.len() == CLIENTS.len() {
        report.check(&name, || same_table(tree, &shares));
    } else {
        report.not_run(&name, "a client's run failed");
    }
}

fn same_table(tree: &Tree, shares: &[PathBuf]) -> Result<Tally> {
    let made = process::output_of(Command::new(tree.root.join(TABLE_SCRIPT)).args(shares))?;
    let kept = fs::read_to_string(tree.root.join(TABLE)).with_context(|| format!("no {TABLE}"))?;
    if made == kept {
        return Ok(Tally::one(true));
    }
    let path = tree.scratch("emulator-conformance.md");
    fs::write(&path, made)?;
    let path = path.display();
    bail!(
        "the clients did something else: look at `diff {TABLE} {path}`, and when it is meant, `cp {path} {TABLE}`"
    );
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
