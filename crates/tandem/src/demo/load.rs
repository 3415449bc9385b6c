//! The demo's people as a load: for benchmarks that run the contact center as a process of its own.

use super::callers::{Phones, talker};
use super::company::{self, CENTER, Company};
use super::profile::{Dice, Profile};
use super::{read_tenant, staff};
use crate::api::Api;
use anyhow::Context as _;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tandem_emulator::defaults;
use tokio_util::sync::CancellationToken;

/// Longer than any benchmark.
const LONG_PATIENCE_MS: u64 = 3_600_000;

/// The company at work on a contact center that runs elsewhere.
pub(crate) struct Load {
    phones: Phones,
    api: Api,
    stop: CancellationToken,
    callers: std::sync::Mutex<Vec<tokio::task::JoinHandle<()>>>,
}

impl Load {
    /// Waits for the contact center, makes the company and sends its robots to work.
    pub(crate) async fn start(
        url: &str,
        emulator: &str,
        setup_token: &str,
        start_max: Duration,
    ) -> anyhow::Result<Self> {
        let phones = Phones::new(emulator)?;
        let anybody = Api::new(url, CENTER)?;
        anybody.ready(start_max).await?;
        let api = company::open(&anybody, Some(setup_token)).await?;
        let tenant = read_tenant(&phones.get("/_emulator/tenant").await?);
        let Company { robots, breaks } = company::found(&api, &Profile::bank()?, &tenant).await?;
        company::subscribe(&phones, url).await?;
        let stop = CancellationToken::new();
        for (n, robot) in (1_u64..).zip(robots) {
            let day = staff::work(anybody.clone(), robot, breaks.clone(), n, stop.clone());
            tokio::spawn(day);
        }
        Ok(Self {
            phones,
            api,
            stop,
            callers: std::sync::Mutex::default(),
        })
    }

    /// Lets people ring in until `n` are in a call, and goes on replacing those who leave.
    pub(crate) async fn fill(&self, n: u64, per_second: u64) -> anyhow::Result<()> {
        let deadline = Instant::now() + Duration::from_secs(60 + n / per_second.max(1) * 2);
        let (phones, stop) = (self.phones.clone(), self.stop.clone());
        let keeping = tokio::spawn(keep(phones, n, per_second, stop));
        if let Ok(mut callers) = self.callers.lock() {
            callers.push(keeping);
        }
        while self.calls_now().await? < n * 95 / 100 {
            anyhow::ensure!(Instant::now() < deadline, "the floor does not fill");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Ok(())
    }

    /// Lets `n` people ring in who wait in a long line, and nobody serves them.
    pub(crate) async fn wait_in_line(&self, n: u64, per_second: u64) -> anyhow::Result<()> {
        let to = company::open_long_line(&self.api, &self.phones).await?;
        let script = json!([{ "do": "patience", "ms": LONG_PATIENCE_MS }]);
        let deadline = Instant::now() + Duration::from_secs(60 + n / per_second.max(1) * 2);
        let mut tick = tokio::time::interval(Duration::from_secs(1) / u32::try_from(per_second)?);
        for customer in 0..n {
            tick.tick().await;
            let call = json!({ "from": format!("+1206{customer:07}"), "to": to, "script": script });
            self.phones.post("/_emulator/pstn-calls", &call).await?;
        }
        while self.calls_confirmed().await?.0 < n {
            anyhow::ensure!(Instant::now() < deadline, "the line does not fill");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// How many open calls the contact center knows to be as it believes, and how many there are.
    pub(crate) async fn calls_confirmed(&self) -> anyhow::Result<(u64, u64)> {
        let health = self.api.get("/system-health").await?;
        let mut checks = health["checks"].as_array().into_iter().flatten();
        let calls = checks.find(|check| check["id"] == "calls");
        let calls = calls.context("system health says nothing of calls")?;
        let params = &calls["params"];
        let count = |name: &str| params[name].as_u64().unwrap_or_default();
        Ok(if calls["code"] == "calls_confirmed" {
            (count("n"), count("n"))
        } else {
            (count("of").saturating_sub(count("n")), count("of"))
        })
    }

    /// What the emulated cloud counted.
    pub(crate) async fn counters(&self) -> anyhow::Result<Value> {
        self.phones.get("/_emulator/counters").await
    }

    /// Waits until the contact center takes calls.
    pub(crate) async fn ready(&self, wait_max: Duration) -> anyhow::Result<()> {
        self.api.ready(wait_max).await
    }

    /// How many calls are under way.
    pub(crate) async fn calls_now(&self) -> anyhow::Result<u64> {
        calls_now(&self.phones).await
    }

    /// Sends everybody home.
    pub(crate) async fn end(self) {
        self.stop.cancel();
        for caller in self.callers.into_inner().unwrap_or_default() {
            caller.await.ok();
        }
    }
}

async fn calls_now(phones: &Phones) -> anyhow::Result<u64> {
    let live = phones.get("/_emulator/pstn-calls?live=true").await?;
    let calls = live["calls"]
        .as_array()
        .or_else(|| live.as_array())
        .map_or(0, Vec::len);
    Ok(u64::try_from(calls)?)
}

/// Keeps `n` calls under way.
async fn keep(phones: Phones, n: u64, per_second: u64, stop: CancellationToken) {
    let Ok(profile) = Profile::bank() else { return };
    let mut dice = Dice::new(1);
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        let Ok(now) = calls_now(&phones).await else {
            continue;
        };
        for _ in now..n.min(now + per_second) {
            let call: Value = talker(&profile, defaults::RESOURCE_ACCOUNT_NUMBER, &mut dice);
            if let Err(error) = phones.post("/_emulator/pstn-calls", &call).await {
                tracing::debug!(%error, "a caller could not ring");
            }
        }
    }
}
