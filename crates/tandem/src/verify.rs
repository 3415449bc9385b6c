//! `tandem verify`: whether the recordings and the audit are what was written, all of them.

use crate::outcome::{Outcome, line};
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use tandem_server::audit;
use tandem_server::config;
use tandem_server::recordings::verification::{Findings, What, verify};

#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  tandem verify --config /etc/tandem/tandem.toml\n  tandem verify --config tandem.toml --json\n\nIt goes through recordings and audit beside a running service, needs no data key and changes nothing. Exit code 1: something was changed, or is missing."
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
        let noted = audit::verify(&config.store.data_dir, id).await?;
        is_sound &= findings.is_sound() && noted.is_sound();
        if arguments.json {
            say_json(id.as_str(), &findings, &noted)?;
        } else {
            say(id.as_str(), &findings)?;
            say_audit(id.as_str(), &noted)?;
        }
    }
    Ok(if is_sound {
        Outcome::Done
    } else {
        Outcome::Failed
    })
}

fn say_json(center: &str, findings: &Findings, noted: &audit::Findings) -> anyhow::Result<()> {
    let mut said = json!(findings);
    if let Some(said) = said.as_object_mut() {
        let is_sound = findings.is_sound() && noted.is_sound();
        said.insert("center".to_owned(), json!(center));
        said.insert("audit".to_owned(), json!(noted));
        said.insert("ok".to_owned(), json!(is_sound));
    }
    line(&said.to_string())?;
    Ok(())
}

fn say(center: &str, findings: &Findings) -> anyhow::Result<()> {
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

fn say_audit(center: &str, findings: &audit::Findings) -> anyhow::Result<()> {
    let n = findings.n_checked;
    let state = match findings.state {
        audit::State::Missing => {
            let advice = "the service makes it from the journal when it starts";
            line(&format!("{center}: the audit is not here yet; {advice}"))?;
            return Ok(());
        }
        audit::State::Present => "",
        audit::State::BeingMade => " so far; it is being made from the journal",
    };
    line(&format!("{center}: {n} entries of the audit{state}"))?;
    if let Some(fault) = &findings.first_fault {
        let what = match fault.what {
            audit::What::ChainBroken => "it does not follow from the one before",
            audit::What::ToldOtherwise => "what is told of it is not what its event says",
        };
        line(&format!("FAULT   entry {} of the audit: {what}", fault.n))?;
        let advice = "stop the service, delete history.db and start it: the audit is made again from the journal";
        line(&format!("{} faults; {advice}", findings.n_faults))?;
    } else {
        line("the audit was not changed")?;
    }
    if let Some(link) = &findings.last_link {
        line(&format!("last link of the audit {link}"))?;
    }
    Ok(())
}
