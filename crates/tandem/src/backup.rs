//! `tandem backup`: one consistent copy of what must not be lost, taken while the service runs.

use crate::outcome::{Outcome, line};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use tandem_server::backup::{BackedUp, DATABASE, back_up};
use tandem_server::engine::{Clock, SystemClock};

#[derive(clap::Args)]
#[command(after_help = "Examples:
  tandem backup --config /etc/tandem/tandem.toml --to /mnt/backups/2026-11-25
  tandem backup --config tandem.toml --to ./backup --json")]
pub(crate) struct Arguments {
    /// The configuration file.
    #[arg(long, value_name = "FILE", env = "TANDEM_CONFIG")]
    config: PathBuf,
    /// Where the backup is written: a directory that does not exist, or an empty one.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// For machines.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let shows_progress = std::io::stderr().is_terminal();
    let progress = move |at: tandem_server::backup::Progress| {
        if shows_progress {
            // Progress that cannot be shown is no failure.
            drop(write!(
                std::io::stderr(),
                "\r{}",
                bar(at.bytes_done, at.bytes_total)
            ));
        }
    };
    let now = SystemClock::default().now();
    let backed_up = back_up(&arguments.config, &arguments.to, now, progress).await;
    if shows_progress {
        drop(writeln!(std::io::stderr()));
    }
    say(&backed_up?, arguments.json)
}

/// A bar of forty places.
fn bar(done: u64, total: u64) -> String {
    const PLACES: u64 = 40;
    let filled = (done.min(total) * PLACES).checked_div(total).unwrap_or(0);
    let places: String = (0..PLACES)
        .map(|place| if place < filled { '=' } else { ' ' })
        .collect();
    let (done, total) = (done / 1_000_000, total / 1_000_000);
    format!("[{places}] {done} of {total} MB")
}

fn say(backed_up: &BackedUp, is_json: bool) -> anyhow::Result<Outcome> {
    if is_json {
        return line(&serde_json::to_string(backed_up)?);
    }
    let BackedUp {
        directory,
        sheet,
        key_files,
    } = backed_up;
    line(&format!("{}: whole", directory.display()))?;
    for center in &sheet.centers {
        line(&format!("  {}: {} records", center.id, center.last_seq))?;
    }
    for file in &sheet.files {
        line(&format!(
            "  {}: {} bytes, sha256 {}",
            file.name, file.bytes, file.sha256
        ))?;
    }
    line(&format!(
        "No key is in it, and without these nobody reads a name or a number in {DATABASE}; keep copies elsewhere:"
    ))?;
    for file in key_files {
        line(&format!("  {}", file.display()))?;
    }
    Ok(Outcome::Done)
}
