//! `tandem bench NAME`: what the hot paths cost on this machine, beside a floor of the same run.

mod calls;

use anyhow::bail;
use serde_json::{Value, json};
use std::path::Path;

/// The benchmarks that there are.
const NAMES: [&str; 7] = [
    "engine",
    "flow",
    "ingest",
    "calls",
    "reconcile",
    "backup",
    "start",
];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which.
    #[arg(value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(NAMES))]
    name: String,
    /// How much work; each benchmark has its own default.
    #[arg(long, value_name = "N")]
    n: Option<u64>,
    /// For `start`: contacts that are open.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    contacts: u64,
    /// For `start`: events in the journal.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    events: u64,
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
    let failed = |error: tandem_server::bench::Error| anyhow::anyhow!("{error}");
    let n = |default: u64| arguments.n.unwrap_or(default);
    match arguments.name.as_str() {
        "engine" => {
            let report = tandem_server::bench::engine(folder, n(20_000)).await;
            Ok(serde_json::to_value(report.map_err(failed)?)?)
        }
        "flow" => {
            let report = tandem_server::bench::flow(n(5_000));
            Ok(serde_json::to_value(report.map_err(failed)?)?)
        }
        "ingest" => {
            let report = tandem_server::bench::ingest(folder, n(10_000)).await;
            Ok(serde_json::to_value(report.map_err(failed)?)?)
        }
        "calls" => calls::calls(folder, n(500)).await,
        "reconcile" => calls::reconcile(folder, n(1_000)).await,
        "backup" => {
            let report = tandem_server::bench::backup(folder, n(1_000_000)).await;
            Ok(serde_json::to_value(report.map_err(failed)?)?)
        }
        "start" => {
            let (contacts, events) = (arguments.contacts, arguments.events);
            let report = tandem_server::bench::start(folder, contacts, events).await;
            Ok(serde_json::to_value(report.map_err(failed)?)?)
        }
        other => bail!(
            "there is no benchmark \"{other}\"; choose one of {}",
            NAMES.join(", ")
        ),
    }
}

fn print(value: &Value, indent: &str) {
    for (name, value) in value.as_object().into_iter().flatten() {
        if value.is_object() {
            println!("{indent}{name}");
            print(value, &format!("{indent}  "));
        } else {
            println!("{indent}{name:<28} {value}");
        }
    }
}
