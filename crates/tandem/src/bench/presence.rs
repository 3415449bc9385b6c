//! `tandem bench presence`: a contact center and an emulated tenant of many people as two processes. What it takes until
//! what Teams shows of everybody is known after a cold start, with Graph's published limits on, and how soon a change in
//! Teams is shown here.

use super::calls;
use crate::demo::Office;
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// People whom one request for presence asks about at most.
const IDS_MAX: usize = 650;
/// What a cold start may take.
const COLD_MAX: Duration = Duration::from_secs(300);
/// Between two looks at how far it is.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often presence is read while changes are watched.
const CYCLE_S: u32 = 10;
/// Changes that are watched, one after the other.
const CHANGES: usize = 12;

/// Measures with a tenant of `n` people.
pub(super) async fn presence(folder: &Path, n: u64) -> anyhow::Result<Value> {
    let emulator = calls::start_emulator(folder, &["--people", &n.to_string()]).await?;
    let (server, office) = calls::start_office(folder, &emulator).await?;
    let id = server.id().context("the contact center has ended")?;
    let before_kb = calls::resident_kb(id)?;
    let cold = cold_start(&office).await?;
    let with_people_kb = calls::resident_kb(id)?;
    let changes = changes(&office).await?;
    for mut process in [server, emulator.process] {
        process.kill().await.ok();
    }
    Ok(json!({
        "people": n,
        "cold": cold,
        "bytes_per_person": with_people_kb.saturating_sub(before_kb) * 1024 / n.max(1),
        "changes": changes,
    }))
}

async fn cold_start(office: &Office) -> anyhow::Result<Value> {
    let began = Instant::now();
    office.connect().await?;
    let listed = loop {
        let directory = office.directory("").await?;
        if directory["synced_at"].is_string() {
            break directory["n_people"].as_u64().unwrap_or(0);
        }
        ensure!(began.elapsed() < COLD_MAX, "the directory is not read");
        tokio::time::sleep(LOOK_EVERY).await;
    };
    let directory_ms = began.elapsed().as_millis();
    let floor = usize::try_from(listed)?.div_ceil(IDS_MAX);
    let asked = loop {
        let asked = office.asked().await?;
        if asked.of(READ) >= floor {
            break asked;
        }
        ensure!(began.elapsed() < COLD_MAX, "presence is not read");
        tokio::time::sleep(LOOK_EVERY).await;
    };
    Ok(json!({
        "listed": listed,
        "directory_ms": directory_ms,
        "known_ms": began.elapsed().as_millis(),
        "requests": asked.by_operation,
        "presence_requests": asked.of(READ),
        "presence_requests_floor": floor,
        "throttled": asked.throttled,
    }))
}

/// The operation that reads presence.
const READ: &str = "Graph_GetPresencesByUserId";

/// Somebody changes in Teams, and it is watched until that shows here.
async fn changes(office: &Office) -> anyhow::Result<Value> {
    office.read_every(CYCLE_S).await?;
    let directory = office.directory("").await?;
    let people = directory["people"]
        .as_array()
        .context("people are a list")?;
    let mut took: Vec<u128> = Vec::new();
    for person in people.iter().take(CHANGES) {
        let word = |name: &str| person[name].as_str().unwrap_or_default();
        let (oid, before) = (word("id"), word("status"));
        let (says, shown) = if before == "away" {
            ("available", "available")
        } else {
            ("away", "away")
        };
        office.client_says(oid, says).await?;
        took.push(shown_after(office, word("upn"), shown).await?.as_millis());
    }
    took.sort_unstable();
    Ok(json!({
        "cycle_s": CYCLE_S,
        "watched": took.len(),
        "p50_ms": took.get(took.len() / 2),
        "max_ms": took.last(),
        "limit_ms": (CYCLE_S + 1) * 1_000,
    }))
}

async fn shown_after(office: &Office, upn: &str, shown: &str) -> anyhow::Result<Duration> {
    let began = Instant::now();
    loop {
        let found = office.directory(upn).await?;
        if found["people"][0]["status"] == shown {
            return Ok(began.elapsed());
        }
        let is_late = began.elapsed() > Duration::from_secs(u64::from(10 * CYCLE_S));
        ensure!(!is_late, "{upn} is never shown as {shown}: {found}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
