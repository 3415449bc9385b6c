//! `tandem bench presence`: a contact center and an emulated tenant of many people as two processes. What it takes until
//! what Teams shows of everybody is known after a cold start, with Graph's published limits on, how soon a change in Teams is
//! shown here, and how long a search of the drawer takes. On virtual time besides: 20,000 people whose status is kept in step.

use super::calls;
use crate::demo::Office;
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use tandem_simulation::presence::{CrowdPlan, keep_crowd};

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

/// The smaller of the two directories that are searched.
const SEARCHED: u64 = 20_000;
/// How often each search is made.
const SEARCHES: usize = 50;
/// What 99 of 100 searches may take.
const SEARCH_MAX_MS: u64 = 150;
/// Numbers of lines have come when none was asked for in so many looks: twice as long as between two pages, and more.
const QUIET_LOOKS: usize = 20;

/// Measures with a tenant of `n` people.
pub(super) async fn presence(folder: &Path, n: u64) -> anyhow::Result<Value> {
    let mut measured = of_tenant(&folder.join("all"), n).await?;
    let mut searches = vec![measured["search"].take()];
    if SEARCHED < n {
        searches.insert(0, searched(&folder.join("some"), SEARCHED).await?);
    }
    measured["search"] = json!(searches);
    measured["kept_in_step"] = kept_in_step()?;
    Ok(measured)
}

async fn of_tenant(folder: &Path, n: u64) -> anyhow::Result<Value> {
    std::fs::create_dir_all(folder)?;
    let emulator = calls::start_emulator(folder, &["--people", &n.to_string()]).await?;
    let (server, office) = calls::start_office(folder, &emulator, "").await?;
    let id = server.id().context("the contact center has ended")?;
    let before_kb = calls::resident_kb(id)?;
    let cold = cold_start(&office).await?;
    let with_people_kb = calls::resident_kb(id)?;
    let lines = lines(&office).await?;
    let search = search(&office).await?;
    let changes = changes(&office).await?;
    for mut process in [server, emulator.process] {
        process.kill().await.ok();
    }
    Ok(json!({
        "people": n,
        "cold": cold,
        "bytes_per_person": with_people_kb.saturating_sub(before_kb) * 1024 / n.max(1),
        "lines": lines,
        "search": search,
        "changes": changes,
    }))
}

/// The same tenant with fewer people, of which only the search is measured.
async fn searched(folder: &Path, n: u64) -> anyhow::Result<Value> {
    std::fs::create_dir_all(folder)?;
    let emulator = calls::start_emulator(folder, &["--people", &n.to_string()]).await?;
    let (server, office) = calls::start_office(folder, &emulator, "").await?;
    cold_start(&office).await?;
    let search = search(&office).await?;
    for mut process in [server, emulator.process] {
        process.kill().await.ok();
    }
    Ok(search)
}

/// Two hours of 20,000 people with two changes a second, a rush of a tenth of them, and a minute in which nobody answers.
fn kept_in_step() -> anyhow::Result<Value> {
    let plan = CrowdPlan {
        seed: 1,
        people: 20_000,
        minutes: 120,
        changes_per_minute: 120,
        preferred_percent: 10,
        rush: 2_000,
        silence_s: 60,
    };
    let began = Instant::now();
    let report = keep_crowd(plan);
    let calm = keep_crowd(CrowdPlan {
        rush: 0,
        silence_s: 0,
        ..plan
    });
    Ok(json!({
        "people": plan.people,
        "minutes": plan.minutes,
        "changes_per_minute": plan.changes_per_minute,
        "calm": calm,
        "rush_and_silence": report,
        "cpu_ms": u64::try_from(began.elapsed().as_millis())?,
    }))
}

/// Numbers of lines come after presence: how many requests it takes until all are there.
async fn lines(office: &Office) -> anyhow::Result<Value> {
    let began = Instant::now();
    let (mut n, mut n_quiet) = (0, 0);
    while n == 0 || n_quiet < QUIET_LOOKS {
        let asked = office.asked().await?.of("Graph_ListUserConfigurations");
        n_quiet = if asked == n { n_quiet + 1 } else { 0 };
        n = asked;
        ensure!(began.elapsed() < COLD_MAX, "the lines are not read");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(json!({
        "requests": n,
        "after_presence_ms": began.elapsed().as_millis(),
    }))
}

/// What the drawer asks while somebody types: beginnings of names and addresses, one that finds nobody, and everybody.
async fn search(office: &Office) -> anyhow::Result<Value> {
    let all = office.directory("").await?;
    let first = &all["people"][0];
    let name = first["name"].as_str().context("people have names")?;
    let upn = first["upn"].as_str().context("people have addresses")?;
    let two: String = name.chars().take(2).collect();
    let part = name.split(' ').next().unwrap_or(name);
    let mut took = Vec::new();
    for word in ["", "a", &two, part, &name.replace(' ', "%20"), upn, "zzzz"] {
        for _ in 0..SEARCHES {
            let began = Instant::now();
            office.directory(word).await?;
            took.push(began.elapsed());
        }
    }
    took.sort_unstable();
    let ms = |percent: usize| {
        let last = took.len().saturating_sub(1);
        let at = took.get(last * percent / 100);
        at.map(|it| f64::from(u32::try_from(it.as_micros()).unwrap_or(u32::MAX)) / 1_000.0)
    };
    Ok(json!({
        "listed": all["n_people"],
        "searches": took.len(),
        "p50_ms": ms(50),
        "p99_ms": ms(99),
        "max_ms": ms(100),
        "limit_ms": SEARCH_MAX_MS,
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
