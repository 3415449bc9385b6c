//! `tandem bench sip`: a contact center as a process of its own with a carrier's trunk and agents on SIP phones; callers
//! and phones are made by this process, on the same cores. How fast a caller is put through, what a queued call takes of
//! the processor, how many come through in a second, how long an agent is idle while callers wait, and what a call that
//! waits takes of memory. Sound is not sent by anybody but by the contact center.

mod tally;
mod traffic;
mod world;

use super::calls::{cpu_seconds, resident_kb};
use super::hundredths;
use anyhow::ensure;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use traffic::{Place, Traffic};
use world::World;

/// Whatever is waited for comes within it, or the benchmark has failed.
const DEADLINE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Agents of the ladder: enough of them that they are not what is measured.
const LADDER_AGENTS: u32 = 400;
/// The rates that are tried one after the other, calls a second, each so long.
const LADDER: [u32; 9] = [80, 160, 240, 320, 400, 500, 600, 800, 1_000];
/// While it is looked whether calls leave something behind.
const GROWTH_PER_SECOND: u32 = 160;
const STEP: Duration = Duration::from_secs(10);
/// A step is met when 99 of 100 callers are put through by then.
const SET_UP_MAX_MS: f64 = 50.0;
/// Agents who are never idle for long.
const BUSY_AGENTS: u32 = 50;
/// How long the idle agents are watched.
const WATCHED: Duration = Duration::from_secs(30);
/// Callers who wait beside the busy agents.
const WAITING: [u32; 3] = [10, 1_000, 10_000];
/// The open calls of the peer whose memory was measured.
const OPEN_CALLS: u64 = 1_050;

/// Measures; the ladder ends with the first rate that is not met.
pub(super) async fn sip(folder: &Path, n: u64) -> anyhow::Result<Value> {
    let free_agent = free_agent(&folder.join("free")).await?;
    let (ladder, growth) = ladder(&folder.join("ladder"), n).await?;
    let mut idle_gap = Vec::new();
    for n_waiting in WAITING {
        let folder = folder.join(format!("gap-{n_waiting}"));
        idle_gap.push(gap(&folder, n_waiting).await?);
    }
    let waiting = memory(&folder.join("memory")).await?;
    Ok(json!({
        "free_agent": free_agent,
        "ladder": ladder,
        "growth": growth,
        "idle_gap": idle_gap,
        "memory": waiting,
    }))
}

/// 10 callers a second for whom an agent is free at once; talk of 2 s.
async fn free_agent(folder: &Path) -> anyhow::Result<Value> {
    let world = World::open(folder, 100).await?;
    let traffic = world.traffic([2_000_000, 2_000_000])?;
    let row = step(&world, &traffic, 10, Duration::from_secs(30)).await?;
    traffic.stop().await;
    world.close().await;
    Ok(row)
}

async fn ladder(folder: &Path, n: u64) -> anyhow::Result<(Vec<Value>, Value)> {
    let world = World::open(folder, LADDER_AGENTS).await?;
    // While nobody was overtaxed: after that agents have missed calls.
    let growth = growth(&world, n).await?;
    let mut rows = Vec::new();
    for per_second in LADDER {
        // Agents are busy for four fifths of their time at most.
        let talk = (i64::from(LADDER_AGENTS) * 800_000 / i64::from(per_second)).min(1_000_000);
        let traffic = world.traffic([talk, talk])?;
        let row = step(&world, &traffic, per_second, STEP).await?;
        traffic.stop().await;
        let is_met = row["is_met"] == json!(true);
        rows.push(row);
        if !is_met {
            break;
        }
    }
    world.close().await;
    Ok((rows, growth))
}

/// What `n` calls leave behind in memory.
async fn growth(world: &World, n: u64) -> anyhow::Result<Value> {
    let traffic = world.traffic([500_000, 500_000])?;
    let per_second = GROWTH_PER_SECOND;
    let place = |n| Place {
        n,
        per_second,
        is_kept: false,
    };
    let id = world.server_id()?;
    let half = n / 2;
    traffic.place(place(half))?;
    settled(&traffic, half).await?;
    let before_kb = resident_kb(id)?;
    traffic.place(place(half))?;
    settled(&traffic, half * 2).await?;
    let after_kb = resident_kb(id)?;
    let n_put_through = traffic.tally().put_through.len() as u64;
    traffic.stop().await;
    Ok(json!({
        "calls": half * 2,
        "per_second": per_second,
        "resident_kb_at_half": before_kb,
        "resident_kb": after_kb,
        "bytes_per_call": (after_kb.saturating_sub(before_kb)) * 1_024 / half.max(1),
        "not_put_through": half * 2 - n_put_through,
    }))
}

/// Callers at a rate for a while, and what became of them.
async fn step(
    world: &World,
    traffic: &Traffic,
    per_second: u32,
    during: Duration,
) -> anyhow::Result<Value> {
    let id = world.server_id()?;
    let n = u64::from(per_second) * during.as_secs();
    let (own, server, began) = (
        cpu_seconds(std::process::id())?,
        cpu_seconds(id)?,
        Instant::now(),
    );
    traffic.place(Place {
        n,
        per_second,
        is_kept: false,
    })?;
    settled(traffic, n).await?;
    let lasted = began.elapsed().as_secs_f64();
    let server_s = cpu_seconds(id)? - server;
    let own_s = cpu_seconds(std::process::id())? - own;
    let tally = traffic.tally();
    let put_through = tally::figures(&tally.put_through);
    let not_put_through = n.saturating_sub(tally.put_through.len() as u64);
    let is_met = not_put_through == 0
        && tally.n_repeated == 0
        && put_through["p99_ms"]
            .as_f64()
            .is_some_and(|it| it <= SET_UP_MAX_MS);
    Ok(json!({
        "rate": format!("{per_second} calls/s"),
        "calls": n,
        "not_put_through": not_put_through,
        "repeated_messages": tally.n_repeated,
        "answered_p50_ms": tally::figures(&tally.answered)["p50_ms"],
        "p50_ms": put_through["p50_ms"],
        "p99_ms": put_through["p99_ms"],
        "max_ms": put_through["max_ms"],
        "cpu_ms_per_call": hundredths(server_s * 1_000.0 / n as f64),
        "server_cores": hundredths(server_s / lasted),
        "callers_cores": hundredths(own_s / lasted),
        "is_met": is_met,
    }))
}

/// From an agent's BYE to the next INVITE to that agent, while so many wait.
async fn gap(folder: &Path, n_waiting: u32) -> anyhow::Result<Value> {
    let world = World::open(folder, BUSY_AGENTS).await?;
    let traffic = world.traffic([1_000_000, 3_000_000])?;
    let n = u64::from(n_waiting + BUSY_AGENTS);
    traffic.place(Place {
        n,
        per_second: 200,
        is_kept: true,
    })?;
    until("all callers are answered", || {
        traffic.tally().answered.len() as u64 >= n
    })
    .await?;
    drop(traffic.tally().take());
    let id = world.server_id()?;
    let (before, began) = (cpu_seconds(id)?, Instant::now());
    tokio::time::sleep(WATCHED).await;
    let cores = (cpu_seconds(id)? - before) / began.elapsed().as_secs_f64();
    let gaps = tally::figures(&traffic.tally().take().gaps);
    traffic.stop().await;
    world.close().await;
    Ok(json!({
        "waiting": format!("{n_waiting} waiting"),
        "n": gaps["n"],
        "p50_ms": gaps["p50_ms"],
        "p99_ms": gaps["p99_ms"],
        "max_ms": gaps["max_ms"],
        "server_cores": hundredths(cores),
    }))
}

/// What a caller who waits takes of memory.
async fn memory(folder: &Path) -> anyhow::Result<Value> {
    let world = World::open(folder, 0).await?;
    let traffic = world.traffic([1_000_000, 1_000_000])?;
    let id = world.server_id()?;
    let before_kb = resident_kb(id)?;
    traffic.place(Place {
        n: OPEN_CALLS,
        per_second: 100,
        is_kept: false,
    })?;
    until("all callers are answered", || {
        traffic.tally().answered.len() as u64 >= OPEN_CALLS
    })
    .await?;
    let with_kb = resident_kb(id)?;
    traffic.stop().await;
    world.close().await;
    Ok(json!({
        "calls": OPEN_CALLS,
        "resident_before_kb": before_kb,
        "resident_kb": with_kb,
        "kb_per_call": with_kb.saturating_sub(before_kb) / OPEN_CALLS,
    }))
}

/// So many calls are over, however they ended.
async fn settled(traffic: &Traffic, n: u64) -> anyhow::Result<()> {
    let is_over = || traffic.tally().n_ended >= n;
    let mut last = 0;
    let mut since = Instant::now();
    while !is_over() {
        let n_ended = traffic.tally().n_ended;
        if n_ended > last {
            (last, since) = (n_ended, Instant::now());
        }
        ensure!(since.elapsed() < DEADLINE, "{n_ended} of {n} calls ended");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

async fn until(what: &str, is_so: impl Fn() -> bool) -> anyhow::Result<()> {
    let began = Instant::now();
    while !is_so() {
        ensure!(
            began.elapsed() < DEADLINE * 3,
            "it is waited in vain until {what}"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}
