//! `tandem bench NAME`: what the hot paths cost on this machine, beside a floor of the same run.

mod calls;

use anyhow::bail;
use serde_json::{Value, json};
use std::path::Path;

/// The benchmarks that there are.
pub(crate) const NAMES: [&str; 3] = ["engine", "ingest", "calls"];

/// Runs one benchmark and prints what it measured.
pub(crate) async fn run(name: &str, n: Option<u64>, is_json: bool) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("tandem-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = measure(name, n, &folder).await;
    std::fs::remove_dir_all(&folder).ok();
    let report =
        json!({ "bench": name, "version": env!("CARGO_PKG_VERSION"), "measured": measured? });
    if is_json {
        println!("{report}");
    } else {
        print(&report["measured"], "");
    }
    Ok(())
}

async fn measure(name: &str, n: Option<u64>, folder: &Path) -> anyhow::Result<Value> {
    let failed = |error: tandem_server::bench::Error| anyhow::anyhow!("{error}");
    match name {
        "engine" => {
            let report = tandem_server::bench::engine(folder, n.unwrap_or(20_000)).await;
            Ok(serde_json::to_value(report.map_err(failed)?)?)
        }
        "ingest" => {
            let report = tandem_server::bench::ingest(folder, n.unwrap_or(10_000)).await;
            Ok(serde_json::to_value(report.map_err(failed)?)?)
        }
        "calls" => calls::calls(folder, n.unwrap_or(500)).await,
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
