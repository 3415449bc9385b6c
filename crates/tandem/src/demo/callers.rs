//! Customers on phones: they ring in by the profile's rates and do what its distributions say. They act
//! over the emulator's control API, as anybody's script could.

use super::profile::{Dice, Profile};
use anyhow::Context;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How much busier the demo is than the real contact center was: it has more agents.
const BUSIER: f64 = 2.4;
/// Calls at the start, so that nobody looks at an empty floor.
const AT_START: u32 = 24;
/// Milliseconds that a caller takes to choose from the menu.
const CHOOSE_MS: u64 = 3_000;
/// What greeting and menu take before the wait begins; patience counts from the wait.
const MENU_S: f64 = 6.0;
/// The longest talk in the demo: visitors want to see an end.
const TALK_S_MAX: f64 = 420.0;

/// The emulator's control API.
#[derive(Clone)]
pub(crate) struct Phones {
    http: reqwest::Client,
    base: String,
}

impl Phones {
    pub(crate) fn new(base: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(15))
            .build()?;
        Ok(Self {
            http,
            base: base.trim_end_matches('/').to_owned(),
        })
    }

    /// Waits until the emulator serves.
    pub(crate) async fn ready(&self, wait_max: Duration) -> anyhow::Result<()> {
        let deadline = Instant::now() + wait_max;
        while self
            .http
            .get(format!("{}/_emulator/ready", self.base))
            .send()
            .await
            .is_err()
        {
            anyhow::ensure!(Instant::now() < deadline, "the emulator does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(reqwest::Method::POST, path, body).await
    }

    pub(super) async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(reqwest::Method::PUT, path, body).await
    }

    async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        body: &Value,
    ) -> anyhow::Result<Value> {
        let url = format!("{}{path}", self.base);
        let answer = self.http.request(method, url).json(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(
            status.is_success(),
            "the emulator refused {path}: {status} {text}"
        );
        serde_json::from_str(&text).context("the emulator's answer is not JSON")
    }
}

/// Rings in until told to stop.
pub(super) async fn ring(
    phones: Phones,
    profile: Arc<Profile>,
    number: String,
    seed: u64,
    stop: CancellationToken,
) {
    let mut dice = Dice::new(seed);
    let began = Instant::now();
    for _ in 0..AT_START {
        place(&phones, &profile, &number, &mut dice).await;
    }
    loop {
        let rate = profile.calls_per_second(began.elapsed().as_secs()) * BUSIER;
        let gap = Duration::from_secs_f64(dice.gap_s(rate).min(60.0));
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(gap) => {}
        }
        place(&phones, &profile, &number, &mut dice).await;
    }
}

async fn place(phones: &Phones, profile: &Profile, number: &str, dice: &mut Dice) {
    let call = call(profile, number, dice);
    if let Err(error) = phones.post("/_emulator/pstn-calls", &call).await {
        tracing::debug!(%error, "a caller could not ring");
    }
}

/// One caller.
fn call(profile: &Profile, number: &str, dice: &mut Dice) -> Value {
    let (index, subject) = profile.subject(dice);
    let patience_s = profile.patience_s(subject, dice) + MENU_S;
    let talk_s = profile.service_s(subject, dice).clamp(15.0, TALK_S_MAX);
    json!({
        "from": format!("+1206555{:04}", dice.below(10_000)),
        "to": number,
        "script": [
            { "do": "patience", "ms": ms(patience_s) },
            { "do": "digits", "keys": (index + 1).to_string(), "after_ms": CHOOSE_MS, "barge": true },
            { "do": "talk", "ms": ms(talk_s) },
        ],
        "voip_headers": { "X-Customer-Tier": if dice.happens(0.2) { "gold" } else { "standard" } },
    })
}

/// A caller of the benchmark: as any other, but of the patience of one who has nothing else to do, so
/// that many calls are under way at once.
pub(super) fn talker(profile: &Profile, number: &str, dice: &mut Dice) -> Value {
    let mut call = call(profile, number, dice);
    call["script"][0]["ms"] = json!(ms(dice.between(120.0, 300.0)));
    call
}

/// Whole milliseconds of a positive number of seconds.
fn ms(seconds: f64) -> u64 {
    u64::try_from(Duration::from_secs_f64(seconds.max(0.0)).as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caller_presses_the_key_of_a_queue_that_exists() {
        let profile = Profile::bank().unwrap();
        let mut dice = Dice::new(3);
        for _ in 0..500 {
            let call = call(&profile, "+14255550100", &mut dice);
            let key: usize = call["script"][1]["keys"].as_str().unwrap().parse().unwrap();
            assert!((1..=profile.queues.len()).contains(&key));
        }
    }
}
