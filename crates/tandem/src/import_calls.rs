//! `tandem import-calls`: a record of calls becomes the journal of a contact center that serves as the source did.

use crate::outcome::{Outcome, line};
use anyhow::{Context, bail, ensure};
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use tandem_core::event::Event;
use tandem_core::input::Input;
use tandem_core::time::Timestamp;
use tandem_server::config::create;
use tandem_server::engine::TurnRecord;
use tandem_server::journal::JournalWriter;
use tandem_server::setup;
use tandem_simulation::call_records;
use tandem_simulation::comparison::{Comparison, DayCompared, patience_by_kind};
use tandem_simulation::import::Import;
use tandem_simulation::rerun::Lived;
use tokio::sync::mpsc;

/// The contact center's id.
pub(crate) const CENTER: &str = "bank";
/// Turns that wait to be written.
const TURNS_WAITING_MAX: usize = 4_096;

#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  tandem import-calls calls.csv --out ./bank\n  tandem replay ./bank\n  tandem import-calls calls.csv --table --seeds 10\n\nThe columns of the file stand in docs/replay.md. A row that cannot be used is named with its field,\nand then nothing is written."
)]
pub(crate) struct Arguments {
    /// The record of calls, comma-separated.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where the contact center is written: a folder that is not there, or is empty.
    #[arg(long, value_name = "DIR", required_unless_present = "table")]
    out: Option<PathBuf>,
    /// Compares each day on record with the same day lived through by Tandem.
    #[arg(long)]
    table: bool,
    /// For --table: so many seeds of what is not on record.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    seeds: u64,
    /// Chance, for what is not on record of the calls that are written.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// For machines.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let file = &arguments.file;
    let text = read(file)?;
    let records = call_records::parse(&text);
    let records = records.map_err(|why| anyhow::anyhow!("{}: {why}", file.display()))?;
    let left_out = (records.n_phantom, records.n_negative);
    let import = Import::of(records);
    if let Some(out) = &arguments.out {
        let written = write(&import, arguments.seed, out).await?;
        say(&arguments, &import, left_out, &written)?;
    }
    if arguments.table {
        let seeds: Vec<u64> = (1..=arguments.seeds).collect();
        let compared = Comparison::of(&import, &seeds).map_err(anyhow::Error::msg)?;
        let patience = patience_by_kind(&import);
        if arguments.json {
            line(&json!({ "comparison": compared, "patience": patience }).to_string())?;
        } else {
            line(&table(&compared)?)?;
            line(&patience_table(&patience)?)?;
        }
    }
    Ok(Outcome::Done)
}

/// The text of a record of calls.
pub(crate) fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// What was written.
struct Written {
    records: u64,
    lived: Lived,
}

/// Writes beside the folder and moves it there when it is whole: nothing is ever half-written.
async fn write(import: &Import, seed: u64, out: &Path) -> anyhow::Result<Written> {
    let is_free = match std::fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    ensure!(
        is_free,
        "{} is there already; name a folder that is not, or is empty",
        out.display()
    );
    let name = out
        .file_name()
        .context("--out needs the name of a folder")?;
    let mut partial = name.to_owned();
    partial.push(".partial");
    let partial = out.with_file_name(partial);
    if partial.exists() {
        bail!(
            "{} is left of an import that was stopped; remove it",
            partial.display()
        );
    }
    let written = write_into(import, seed, &partial).await;
    let moved = match written {
        Ok(written) => std::fs::rename(&partial, out)
            .with_context(|| format!("{} cannot be made", out.display()))
            .map(|()| written),
        Err(error) => Err(error),
    };
    if moved.is_err() {
        std::fs::remove_dir_all(&partial).ok();
    }
    moved
}

async fn write_into(import: &Import, seed: u64, folder: &Path) -> anyhow::Result<Written> {
    let data = folder.join("data");
    std::fs::create_dir_all(&data).with_context(|| format!("{} cannot be made", data.display()))?;
    setup::write_data_key(&folder.join("data.key"))?;
    std::fs::write(folder.join("tandem.toml"), configuration())?;
    let store = tandem_server::open_store(&data).await?;
    let (records, lived) = write_journal(import, seed, &store).await?;
    store.close().await?;
    Ok(Written { records, lived })
}

/// Lives through the calls on a thread of its own, while its turns are written.
pub(crate) async fn write_journal(
    import: &Import,
    seed: u64,
    store: &tandem_server::Store,
) -> anyhow::Result<(u64, Lived)> {
    let center = tandem_server::center_id(CENTER)?;
    let mut writer = JournalWriter::begin(store, &center).await?;
    let (turns, mut waiting) = mpsc::channel(TURNS_WAITING_MAX);
    let import = import.clone();
    let living = tokio::task::spawn_blocking(move || {
        let mut keep = |now: Timestamp, input: Input, events: Vec<Event>| {
            // Whoever reads has failed, and says so.
            turns.blocking_send(TurnRecord { now, input, events }).ok();
        };
        import.rerun(seed, Some(&mut keep))
    });
    while let Some(turn) = waiting.recv().await {
        writer.add(turn).await?;
    }
    let lived = living.await?.map_err(anyhow::Error::msg)?;
    Ok((writer.finish().await?, lived))
}

/// As `tandem init` writes one; the contact center is there to be looked at.
fn configuration() -> String {
    let fill_in = || crate::init::FILL_IN.to_owned();
    create::text(&create::Draft {
        listen: "127.0.0.1:8080".to_owned(),
        public_base_url: fill_in(),
        data_dir: "data".to_owned(),
        center: CENTER.to_owned(),
        name: "Imported calls".to_owned(),
        time_zone: "Asia/Jerusalem".to_owned(),
        acs_endpoint: fill_in(),
        acs_resource_id: fill_in(),
        tenant_id: fill_in(),
        event_grid_audience: fill_in(),
    })
}

fn say(
    arguments: &Arguments,
    import: &Import,
    (n_phantom, n_negative): (u64, u64),
    written: &Written,
) -> anyhow::Result<()> {
    let Written { records, lived } = written;
    let figures = lived.figures();
    let (days, calls) = (import.days().len(), import.calls.len());
    let (agents, shifts) = (import.staffing.agents.len(), import.staffing.shifts.len());
    if arguments.json {
        let told = json!({
            "center": CENTER, "days": days, "calls": calls, "phantoms_left_out": n_phantom,
            "negative_flow_times": n_negative, "agents": agents, "shifts": shifts,
            "records": records, "turns": lived.n_turns, "events": lived.n_events, "figures": figures,
        });
        line(&told.to_string())?;
        return Ok(());
    }
    line(&format!(
        "{CENTER}: {calls} calls of {days} days, {agents} agents in {shifts} shifts, inferred"
    ))?;
    line(&format!(
        "  left out    {n_phantom} phantoms; {n_negative} negative times in the flow count as none"
    ))?;
    line(&format!(
        "  journal     {records} records, {} turns, {} events",
        lived.n_turns, lived.n_events
    ))?;
    line(&format!(
        "  in line     {}, {} answered, mean wait {:.1} s, {:.1} % left",
        figures.offered, figures.answered, figures.wait_s, figures.abandoned_percent
    ))?;
    Ok(())
}

fn table(compared: &Comparison) -> anyhow::Result<String> {
    let mut text = String::new();
    writeln!(
        text,
        "| day | calls | agents | wait, s | rerun | ± | left, % | rerun | min an agent | rerun | moved, % |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    )?;
    for day in &compared.days {
        let DayCompared {
            day,
            calls,
            agents,
            wait_s,
            rerun_wait_s,
            wait_spread_s,
            abandoned_percent,
            rerun_abandoned_percent,
            load_min,
            rerun_load_min,
            load_moved_percent,
        } = day;
        writeln!(
            text,
            "| {day} | {calls} | {agents} | {wait_s:.1} | {rerun_wait_s:.1} | {wait_spread_s:.1} \
             | {abandoned_percent:.1} | {rerun_abandoned_percent:.1} | {load_min:.0} \
             | {rerun_load_min:.0} | {load_moved_percent:.1} |"
        )?;
    }
    let all = &compared.all;
    writeln!(
        text,
        "\n{} seeds. Over the days: wait off by {:.1} s (mean {:+.1} s), left off by {:.1} points \
         (mean {:+.1}), conversations with another agent {:.1} %.",
        compared.seeds.len(),
        all.wait_mae_s,
        all.wait_bias_s,
        all.abandoned_mae,
        all.abandoned_bias,
        all.load_moved_percent
    )?;
    Ok(text)
}

fn patience_table(
    kinds: &[tandem_simulation::comparison::PatienceOfKind],
) -> anyhow::Result<String> {
    let mut text = String::new();
    writeln!(
        text,
        "| type | waited | left | median, s | observed to, s | held out | exponential mean, s | distance | held out |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|"
    )?;
    for it in kinds {
        writeln!(
            text,
            "| {} | {} | {} | {:.0} | {:.0} | {:.3} | {:.0} ± {:.0} | {:.3} | {:.3} |",
            it.kind,
            it.waited,
            it.gave_up,
            it.median_s,
            it.observed_s,
            it.held_out_distance,
            it.exponential_mean_s,
            it.exponential_error_s,
            it.exponential_distance,
            it.exponential_held_out_distance
        )?;
    }
    Ok(text)
}
