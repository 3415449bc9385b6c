//! `tandem check`: what is wrong with a configuration file, with key, line and fix.

use crate::outcome::{Outcome, line};
use serde_json::json;
use std::path::PathBuf;
use tandem_server::config::{self, Config, Problems, emulator, trial};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The configuration file.
    #[arg(long, value_name = "FILE", env = "TANDEM_CONFIG")]
    config: PathBuf,
    /// Looks at the file alone: nothing is reached over the network.
    #[arg(long)]
    offline: bool,
    /// For machines.
    #[arg(long)]
    json: bool,
    /// Accepts the emulator's published secrets, as `serve --allow-emulator` does.
    #[arg(long)]
    allow_emulator: bool,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let checked = config::load(&arguments.config, &config::environment).and_then(|config| {
        if !arguments.allow_emulator {
            emulator::refuse(&config)?;
        }
        Ok(config)
    });
    let config = match checked {
        Ok(config) => config,
        Err(problems) => return explain(&arguments, &problems),
    };
    let findings = if arguments.offline {
        Vec::new()
    } else {
        trial::all(&config).await
    };
    let earlier = rows_under_earlier_keys(&config).await?;
    let failed = findings
        .iter()
        .filter(|finding| finding.trouble.is_some())
        .count();
    if arguments.json {
        let findings: Vec<_> = findings
            .iter()
            .map(|it| json!({ "what": it.what, "ok": it.trouble.is_none(), "trouble": it.trouble }))
            .collect();
        let report = json!({ "ok": failed == 0, "problems": [], "trials": findings, "rows_under_earlier_keys": earlier });
        line(&report.to_string())?;
    } else {
        line(&format!(
            "{}: the file is right ({})",
            arguments.config.display(),
            summary(&config)
        ))?;
        for finding in &findings {
            match &finding.trouble {
                None => line(&format!("ok      {}", finding.what))?,
                Some(trouble) => line(&format!("FAILED  {}: {trouble}", finding.what))?,
            };
        }
        if let Some(earlier) = earlier {
            line(&format!(
                "store: {earlier} rows are sealed with an earlier data key"
            ))?;
        }
        if arguments.offline {
            line("credentials were not tried (--offline)")?;
        }
    }
    Ok(if failed == 0 {
        Outcome::Done
    } else {
        Outcome::Failed
    })
}

/// None while there is no data, or there is one key alone.
async fn rows_under_earlier_keys(config: &Config) -> anyhow::Result<Option<u64>> {
    let store = &config.store;
    if store.key_files.len() < 2 || !store.data_dir.join("tandem.db").is_file() {
        return Ok(None);
    }
    let rows = tandem_server::rows_by_key(&store.data_dir).await?;
    let earlier = rows
        .iter()
        .filter(|(key_id, _)| *key_id != store.keys.current_id());
    Ok(Some(earlier.map(|(_, n_rows)| n_rows).sum()))
}

fn summary(config: &Config) -> String {
    let ids: Vec<&str> = config
        .centers
        .iter()
        .map(|center| center.id.as_str())
        .collect();
    format!("{} on {}", ids.join(", "), config.server.public_base_url)
}

fn explain(arguments: &Arguments, problems: &Problems) -> anyhow::Result<Outcome> {
    if arguments.json {
        let problems: Vec<_> = problems
            .0
            .iter()
            .map(|it| json!({ "key": it.key, "line": it.line, "what": it.what, "fix": it.fix }))
            .collect();
        let report = json!({ "ok": false, "problems": problems, "trials": [] });
        line(&report.to_string())?;
    } else {
        let n = problems.0.len();
        line(&format!("{}: {n} to mend", arguments.config.display()))?;
        line(&problems.to_string())?;
    }
    Ok(Outcome::Failed)
}
