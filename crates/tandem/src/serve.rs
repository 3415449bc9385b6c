//! `tandem serve`: production.

use crate::outcome::Outcome;
use anyhow::Context;
use std::path::PathBuf;
use std::time::Duration;
use tandem_server::{Emulator, Options, config, telemetry};

/// A drain that takes longer than this is cut off: nothing that was shown is lost.
const DRAIN_MAX: Duration = Duration::from_secs(10);

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The configuration file.
    #[arg(long, value_name = "FILE", env = "TANDEM_CONFIG")]
    config: PathBuf,
    /// Accepts the emulator's published secrets: for trials, never for customers.
    #[arg(long)]
    allow_emulator: bool,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let path = &arguments.config;
    let config = config::load(path, &config::environment);
    let config = config
        .map_err(|problems| anyhow::anyhow!("{} cannot be used:\n{problems}", path.display()))?;
    telemetry::log(config.log.filter.as_deref()).map_err(anyhow::Error::msg)?;
    let emulator = if arguments.allow_emulator {
        Emulator::Allowed
    } else {
        Emulator::Refused
    };
    let told = told()?;
    let running = tandem_server::start(Options {
        emulator,
        ..Options::new(config)
    })
    .await?;
    told.await?;
    if tokio::time::timeout(DRAIN_MAX, running.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("the drain took too long and was cut off");
    }
    Ok(Outcome::Done)
}

/// Waits for SIGTERM or ctrl-c.
pub(crate) async fn until_told() -> anyhow::Result<()> {
    told()?.await
}

/// Listens for SIGTERM and ctrl-c from now on: whoever is told while starting drains as well.
fn told() -> anyhow::Result<impl Future<Output = anyhow::Result<()>>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be awaited")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be awaited")?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => Ok(()),
                _ = interrupt.recv() => Ok(()),
            }
        })
    }
    #[cfg(not(unix))]
    {
        Ok(async { Ok(tokio::signal::ctrl_c().await?) })
    }
}
