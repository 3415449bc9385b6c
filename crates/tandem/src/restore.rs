//! `tandem restore`: a backup becomes a data directory.

use crate::outcome::{Outcome, line};
use crate::replay;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use tandem_server::engine::SystemClock;
use tandem_server::restore::{Restored, restore};

#[derive(clap::Args)]
#[command(after_help = "Examples:
  tandem restore /mnt/backups/2026-11-25 --config /etc/tandem/tandem.toml
  tandem restore ./backup --config tandem.toml --json")]
pub(crate) struct Arguments {
    /// A directory that `tandem backup` wrote.
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,
    /// The configuration file; it names the data directory, which must be empty, and the key files.
    #[arg(long, value_name = "FILE", env = "TANDEM_CONFIG")]
    config: PathBuf,
    /// For machines.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let shows_progress = std::io::stderr().is_terminal();
    let progress = |center: &str, records: u64| {
        if shows_progress {
            // Progress that cannot be shown is no failure.
            drop(write!(std::io::stderr(), "\r{center}: {records} records"));
        }
    };
    let (backup, config) = (&arguments.backup, &arguments.config);
    let restored = restore(backup, config, &SystemClock::default(), progress).await;
    if shows_progress {
        drop(writeln!(std::io::stderr()));
    }
    say(&restored?, arguments.json)
}

fn say(restored: &Restored, is_json: bool) -> anyhow::Result<Outcome> {
    if is_json {
        return line(&serde_json::to_string(restored)?);
    }
    line(&format!("{}: restored", restored.data_dir.display()))?;
    for center in &restored.centers {
        replay::say(&center.replayed, false)?;
        if let Some(digest) = &center.digest_of_backup {
            let last = center.last_seq_of_backup;
            line(&format!(
                "  up to record {last}, the backup's last: sha256 {digest}"
            ))?;
        }
    }
    line(
        "Everybody signs in anew. Before `tandem serve`: the machine that was backed up must not run any more.",
    )
}
