//! `tandem replay`: a recorded journal, lived through again.

mod what_if;

use crate::outcome::{Outcome, line};
use anyhow::{Context, bail};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use tandem_server::replay::{Replayed, replay};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A data directory that no process has open, the folder of a demo, or the journal file itself.
    #[arg(value_name = "DIR|JOURNAL")]
    journal: PathBuf,
    /// Which contact center; those of the configuration beside the data when left out.
    #[arg(long, value_name = "ID")]
    center: Vec<String>,
    /// Tells what would have changed, several at once when it is given again: `agent:NUMBER` (one more agent, with the
    /// skills and the shifts of this one), `skill:AGENT:SKILL[:LEVEL]`, `strategy:NAME[:QUEUE]`,
    /// `callbacks:after=SECONDS:share=PERCENT` (who waits so long is asked; `estimate=SECONDS` instead of `after`, and
    /// `reached=PERCENT` and `queue=QUEUE` if wanted).
    #[arg(long, value_name = "CHANGE")]
    what_if: Vec<String>,
    /// For --what-if: so many seeds of what is not on record.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..=1_000))]
    seeds: u64,
    /// For machines.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let directory = data_directory(&arguments.journal)?;
    let ids = if arguments.center.is_empty() {
        configured(&directory)?
    } else {
        arguments.center.clone()
    };
    let store = tandem_server::open_store(&directory).await?;
    for id in ids {
        if !arguments.what_if.is_empty() {
            let Arguments { seeds, json, .. } = arguments;
            what_if::run(&store, &id, &arguments.what_if, seeds, json).await?;
            continue;
        }
        let center = tandem_server::center_id(&id)?;
        let shows_progress = std::io::stderr().is_terminal();
        let progress = |records| {
            if shows_progress {
                // Progress that cannot be shown is no failure.
                drop(write!(std::io::stderr(), "\r{id}: {records} records"));
            }
        };
        let outcome = replay(&store, &center, progress).await;
        if shows_progress {
            drop(writeln!(std::io::stderr()));
        }
        say(&outcome?, arguments.json)?;
    }
    store.close().await?;
    Ok(Outcome::Done)
}

fn data_directory(path: &Path) -> anyhow::Result<PathBuf> {
    let is_journal = |path: &Path| path.join("tandem.db").is_file();
    if path.is_file() {
        let parent = path.parent().filter(|parent| is_journal(parent));
        let parent = parent.context("the journal is the file tandem.db of a data directory")?;
        return Ok(parent.to_owned());
    }
    let candidates = [path.to_owned(), path.join("data")];
    match candidates.into_iter().find(|path| is_journal(path)) {
        Some(directory) => Ok(directory),
        None => bail!(
            "{} holds no journal (tandem.db); name a data directory",
            path.display()
        ),
    }
}

/// The contact centers of the configuration in the data directory's folder, or the one above.
fn configured(directory: &Path) -> anyhow::Result<Vec<String>> {
    let folders = [Some(directory), directory.parent()];
    let files = folders
        .into_iter()
        .flatten()
        .map(|folder| folder.join("tandem.toml"));
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else {
            continue;
        };
        let ids = tandem_server::config::center_ids(&text);
        if !ids.is_empty() {
            return Ok(ids);
        }
    }
    bail!("there is no tandem.toml beside the data; name the contact center with --center")
}

pub(crate) fn say(replayed: &Replayed, is_json: bool) -> anyhow::Result<Outcome> {
    if is_json {
        return line(&serde_json::to_string(replayed)?);
    }
    let Replayed {
        center,
        records,
        turns,
        events,
        digest,
        core_versions,
        turns_folded_only,
    } = replayed;
    line(&format!(
        "{center}: identical: {records} records, {turns} turns, {events} events"
    ))?;
    for (seq, version) in core_versions {
        line(&format!("  from record {seq} on: core version {version}"))?;
    }
    if *turns_folded_only > 0 {
        line(&format!(
            "  {turns_folded_only} turns of other versions: only their events were applied"
        ))?;
    }
    line(&format!("  sha256 {digest}"))
}
