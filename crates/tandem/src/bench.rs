//! `tandem bench NAME`: what the hot paths cost on this machine, beside a floor of the same run.

mod calls;
mod day;
mod emulator;
mod media;
mod presence;
mod sip;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The benchmarks that there are.
const NAMES: [&str; 22] = [
    "engine",
    "flow",
    "business",
    "memory",
    "ingest",
    "calls",
    "reconcile",
    "emulator",
    "backup",
    "start",
    "estimates",
    "presence",
    "prompts",
    "recordings",
    "routing",
    "sip",
    "media",
    "agents",
    "story",
    "day",
    "replay",
    "fortnight",
];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which.
    #[arg(value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(NAMES))]
    name: String,
    /// How much work; each benchmark has its own default.
    #[arg(long, value_name = "N")]
    n: Option<u64>,
    /// For `start`: contacts that are open, 10,000 when left out. For `story`: contacts in the history, 1,000,000
    /// when left out.
    #[arg(long, value_name = "N")]
    contacts: Option<u64>,
    /// For `start`: events in the journal.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    events: u64,
    /// For `estimates` and `fortnight`: the record of a contact center's calls; docs/replay.md has its columns.
    #[arg(long, value_name = "FILE")]
    calls: Option<PathBuf>,
    /// For machines.
    #[arg(long)]
    json: bool,
}

/// Runs one benchmark and prints what it measured.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("tandem-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = measure(arguments, &folder).await;
    std::fs::remove_dir_all(&folder).ok();
    let report = json!({
        "bench": arguments.name,
        "version": env!("CARGO_PKG_VERSION"),
        "measured": measured?,
    });
    if arguments.json {
        println!("{report}");
    } else {
        print(&report["measured"], "");
    }
    Ok(())
}

async fn measure(arguments: &Arguments, folder: &Path) -> anyhow::Result<Value> {
    use tandem_server::bench;
    let n = |default: u64| arguments.n.unwrap_or(default);
    match arguments.name.as_str() {
        "engine" => told(bench::engine(folder, n(20_000)).await),
        "flow" => told(bench::flow(n(5_000))),
        "ingest" => told(bench::ingest(folder, n(10_000)).await),
        "business" => told(bench::business(folder, n(1_000)).await),
        "memory" => calls::memory(folder, n(5_000)).await,
        "calls" => calls::calls(folder, n(500)).await,
        "reconcile" => calls::reconcile(folder, n(1_000)).await,
        "emulator" => emulator::emulator(folder, n(5_000)).await,
        "backup" => told(bench::backup(folder, n(1_000_000)).await),
        "start" => {
            let (contacts, events) = (arguments.contacts.unwrap_or(10_000), arguments.events);
            told(bench::start(folder, contacts, events).await)
        }
        "estimates" => {
            let report = tandem_simulation::estimates(&calls_of(arguments)?);
            Ok(serde_json::to_value(report.map_err(anyhow::Error::msg)?)?)
        }
        "presence" => presence::presence(folder, n(100_000)).await,
        "prompts" => told(bench::prompts(folder, n(50_000)).await),
        "recordings" => told(bench::recordings(folder, n(1_000)).await),
        "routing" => told(bench::routing(n(100_000))),
        "sip" => sip::sip(folder, n(20_000)).await,
        "media" => {
            let (folder, n) = (folder.to_owned(), usize::try_from(n(500))?);
            tokio::task::spawn_blocking(move || media::media(&folder, n)).await?
        }
        "agents" => told(bench::agents(n(100_000))),
        "story" => {
            let contacts = arguments.contacts.unwrap_or(1_000_000);
            told(bench::story(folder, contacts).await)
        }
        "day" => day::day(n(100_000)),
        "replay" => day::replay(folder, n(20_000)).await,
        "fortnight" => day::fortnight(folder, &calls_of(arguments)?).await,
        other => bail!(
            "there is no benchmark \"{other}\"; choose one of {}",
            NAMES.join(", ")
        ),
    }
}

fn told<T: serde::Serialize>(
    report: Result<T, tandem_server::bench::Error>,
) -> anyhow::Result<Value> {
    let report = report.map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(serde_json::to_value(report)?)
}

/// As precise as people read it.
fn hundredths(figure: f64) -> f64 {
    (figure * 100.0).round() / 100.0
}

fn calls_of(arguments: &Arguments) -> anyhow::Result<String> {
    let file = arguments.calls.as_ref();
    crate::import_calls::read(file.context("name the record of calls with --calls FILE")?)
}

fn print(value: &Value, indent: &str) {
    for (name, value) in value.as_object().into_iter().flatten() {
        if value.is_object() {
            println!("{indent}{name}");
            print(value, &format!("{indent}  "));
        } else if let Some(rows) = value.as_array() {
            println!("{indent}{name}");
            print_rows(rows, &format!("{indent}  "));
        } else {
            println!("{indent}{name:<28} {value}");
        }
    }
}

/// Rows that have the same fields, one of which is a text and names the row, as a table.
fn print_rows(rows: &[Value], indent: &str) {
    let line = |row: &serde_json::Map<String, Value>, cell: fn((&String, &Value)) -> String| {
        let (names, figures): (Vec<_>, Vec<_>) = row.iter().partition(|it| it.1.is_string());
        let name = names.into_iter().map(cell).collect::<String>();
        let figures = figures.into_iter().map(|it| format!("{:>18}", cell(it)));
        println!("{indent}{name:<28}{}", figures.collect::<String>());
    };
    let mut rows = rows.iter().filter_map(Value::as_object).peekable();
    if let Some(first) = rows.peek() {
        line(first, |(name, _)| name.clone());
    }
    for row in rows {
        line(row, |(_, value)| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), ToOwned::to_owned)
        });
    }
}
