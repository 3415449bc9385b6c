//! `tandem verify`: whether the recordings are what was written, all of them.

use crate::outcome::{Outcome, line};
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use tandem_server::config;
use tandem_server::recordings::verification::{Findings, What, verify};

#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  tandem verify --config /etc/tandem/tandem.toml\n  tandem verify --config tandem.toml --json\n\nIt reads beside a running service, needs no data key and changes nothing. Exit code 1: something was changed, or is missing."
)]
pub(crate) struct Arguments {
    /// The configuration file.
    #[arg(long, value_name = "FILE", env = "TANDEM_CONFIG")]
    config: PathBuf,
    /// For machines.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let config = config::load(&arguments.config, &config::environment)?;
    let files = config.store.recordings.open()?;
    let mut is_sound = true;
    for center in &config.centers {
        let shows_progress = std::io::stderr().is_terminal();
        let id = &center.id;
        let progress = |findings: &Findings| {
            if shows_progress {
                // Progress that cannot be shown is no failure.
                drop(write!(
                    std::io::stderr(),
                    "\r{id}: {} recordings",
                    findings.n_checked
                ));
            }
        };
        let found = verify(&config.store.data_dir, &files, id, progress).await;
        if shows_progress {
            drop(writeln!(std::io::stderr()));
        }
        let findings = found?;
        is_sound &= findings.is_sound();
        say(id.as_str(), &findings, arguments.json)?;
    }
    Ok(if is_sound {
        Outcome::Done
    } else {
        Outcome::Failed
    })
}

fn say(center: &str, findings: &Findings, is_json: bool) -> anyhow::Result<()> {
    if is_json {
        let mut said = json!(findings);
        if let Some(said) = said.as_object_mut() {
            said.insert("center".to_owned(), json!(center));
            said.insert("ok".to_owned(), json!(findings.is_sound()));
        }
        line(&said.to_string())?;
        return Ok(());
    }
    let (n, n_erased) = (findings.n_checked, findings.n_erased);
    line(&format!(
        "{center}: {n} recordings, {n_erased} of them erased"
    ))?;
    for fault in &findings.faults {
        let what = match fault.what {
            What::Changed => "its file is not what was written",
            What::Missing => "its file is not there",
            What::ChainBroken => "its row does not follow from the one before",
        };
        line(&format!("FAULT   recording {}: {what}", fault.id))?;
    }
    if findings.n_more_faults > 0 {
        line(&format!("and {} more faults", findings.n_more_faults))?;
    }
    if let Some(link) = &findings.last_link {
        line(&format!("last link {link}"))?;
    }
    if findings.is_sound() {
        line("nothing was changed")?;
    }
    Ok(())
}
