//! `tandem bench calls`: contact center and emulator as two processes with many calls at once; what the
//! contact center's process takes of a core and of memory, idle and under way. `tandem bench reconcile`:
//! how long it takes after a kill to know the truth of every call again. `tandem bench memory`: what a call
//! that waits takes.

use crate::demo::{Load, Office, Phones};
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// How long each state is watched.
const WATCHED: Duration = Duration::from_secs(30);
/// How long the two processes may take to answer.
const START_MAX: Duration = Duration::from_secs(30);
/// Calls that ring in each second while the floor fills.
const RAMP_PER_SECOND: u64 = 20;
/// The same where nobody is served meanwhile.
const FAST_RAMP_PER_SECOND: u64 = 80;

/// Measures with `n` calls at once.
pub(super) async fn calls(folder: &Path, n: u64) -> anyhow::Result<Value> {
    let emulator = start_emulator(folder, &[]).await?;
    let Server {
        process: server,
        load,
        ..
    } = start_server(folder, &emulator).await?;
    let idle = watch(&server).await?;
    load.fill(n, RAMP_PER_SECOND).await?;
    let busy_from = load.calls_now().await?;
    let busy = watch(&server).await?;
    let busy_to = load.calls_now().await?;
    load.end().await;
    for mut process in [server, emulator.process] {
        process.kill().await.ok();
    }
    Ok(json!({
        "idle": idle,
        "busy": busy,
        "calls_at_start": busy_from,
        "calls_at_end": busy_to,
        "watched_s": WATCHED.as_secs(),
    }))
}

/// Measures what `n` calls that wait in their flow take of the contact center's memory.
pub(super) async fn memory(folder: &Path, n: u64) -> anyhow::Result<Value> {
    let emulator = start_emulator(folder, &[]).await?;
    let server = start_server(folder, &emulator).await?;
    let id = server
        .process
        .id()
        .context("the contact center has ended")?;
    let before_kb = resident_kb(id)?;
    server.load.wait_in_line(n, FAST_RAMP_PER_SECOND).await?;
    let with_calls_kb = resident_kb(id)?;
    for mut process in [server.process, emulator.process] {
        process.kill().await.ok();
    }
    Ok(json!({
        "calls": n,
        "resident_before_kb": before_kb,
        "resident_kb": with_calls_kb,
        "kb_per_call": with_calls_kb.saturating_sub(before_kb) / n.max(1),
    }))
}

/// Measures how long a contact center that is killed and started again takes to learn the truth of `n`
/// open calls from the other side.
pub(super) async fn reconcile(folder: &Path, n: u64) -> anyhow::Result<Value> {
    let emulator = start_emulator(folder, &[]).await?;
    let mut server = start_server(folder, &emulator).await?;
    server.load.wait_in_line(n, RAMP_PER_SECOND).await?;
    server.process.kill().await?;

    let began = Instant::now();
    server.process = serve(&server.config)?;
    server.load.ready(START_MAX).await?;
    let ready_ms = began.elapsed().as_millis();
    let (mut confirmed, mut of) = server.load.calls_confirmed().await?;
    let at_ready = confirmed;
    while confirmed < of {
        ensure!(began.elapsed() < START_MAX, "{confirmed} of {of} confirmed");
        tokio::time::sleep(LOOK_EVERY).await;
        (confirmed, of) = server.load.calls_confirmed().await?;
    }
    let confirmed_ms = began.elapsed().as_millis();
    ensure!(of >= n, "{of} calls are open of {n}");
    let counters = server.load.counters().await?;
    for mut process in [server.process, emulator.process] {
        process.kill().await.ok();
    }
    Ok(json!({
        "calls": of,
        "ready_ms": ready_ms,
        "confirmed_when_ready": at_ready,
        "confirmed_ms": confirmed_ms,
        "refused": counters["refused"],
    }))
}

/// Between two looks at what is confirmed.
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(super) struct Emulator {
    pub(super) process: Child,
    https: String,
    pub(super) http: String,
    ca_pem: PathBuf,
}

/// One that has a single worker, so that what it does is what a core does.
pub(super) async fn start_emulator(folder: &Path, flags: &[&str]) -> anyhow::Result<Emulator> {
    let data = folder.join("emulator");
    let process = Command::new(std::env::current_exe()?)
        .args([
            "emulator",
            "--listen",
            "127.0.0.1:0",
            "--http",
            "127.0.0.1:0",
            "--data",
        ])
        .arg(&data)
        .args(flags)
        .env("TOKIO_WORKER_THREADS", "1")
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let addresses = wait_for_json(&data.join("addresses.json")).await?;
    let word = |name: &str| addresses[name].as_str().map(ToOwned::to_owned);
    let emulator = Emulator {
        process,
        https: word("https").context("addresses.json names no https address")?,
        http: word("http").context("addresses.json names no http address")?,
        ca_pem: data.join("ca.pem"),
    };
    Phones::new(&emulator.http)?.ready(START_MAX).await?;
    Ok(emulator)
}

/// The contact center, the file that configures it, and its people.
struct Server {
    process: Child,
    config: PathBuf,
    load: Load,
}

async fn start_server(folder: &Path, emulator: &Emulator) -> anyhow::Result<Server> {
    let New {
        process,
        config,
        url,
        token,
    } = start_new(folder, emulator, "").await?;
    let load = Load::start(&url, &emulator.http, &token, START_MAX).await?;
    Ok(Server {
        process,
        config,
        load,
    })
}

/// A contact center with nobody but its administrator, and with what a text adds to its configuration.
pub(super) async fn start_office(
    folder: &Path,
    emulator: &Emulator,
    more: &str,
) -> anyhow::Result<(Child, Office)> {
    let new = start_new(folder, emulator, more).await?;
    let office = Office::open(&new.url, &emulator.http, &new.token, START_MAX).await?;
    Ok((new.process, office))
}

/// A contact center that nobody has set up yet.
struct New {
    process: Child,
    config: PathBuf,
    url: String,
    token: String,
}

async fn start_new(folder: &Path, emulator: &Emulator, more: &str) -> anyhow::Result<New> {
    let listen = free_address()?;
    let (https, http) = (&emulator.https, &emulator.http);
    let prepared = crate::demo::prepare(folder, listen, https, http, &emulator.ca_pem)?;
    let mut config = std::fs::OpenOptions::new()
        .append(true)
        .open(&prepared.config)?;
    config.write_all(more.as_bytes())?;
    let token = prepared.setup_token().await?;
    let token = token.context("the contact center is not new")?;
    let process = serve(&prepared.config)?;
    let (config, url) = (prepared.config, prepared.url);
    Ok(New {
        process,
        config,
        url,
        token,
    })
}

fn serve(config: &Path) -> anyhow::Result<Child> {
    let process = Command::new(std::env::current_exe()?)
        .args(["serve", "--allow-emulator", "--config"])
        .arg(config)
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    Ok(process)
}

/// The configuration names the address, so that a free one is looked for before it is written.
fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

async fn wait_for_json(path: &Path) -> anyhow::Result<Value> {
    let deadline = Instant::now() + START_MAX;
    loop {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if let Ok(value) = serde_json::from_str(&text) {
            return Ok(value);
        }
        ensure!(
            Instant::now() < deadline,
            "{} does not appear",
            path.display()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What a process takes while it is watched.
async fn watch(process: &Child) -> anyhow::Result<Value> {
    let id = process.id().context("the contact center has ended")?;
    let (before, began) = (cpu_seconds(id)?, Instant::now());
    tokio::time::sleep(WATCHED).await;
    let share = (cpu_seconds(id)? - before) / began.elapsed().as_secs_f64();
    Ok(json!({
        "core_percent": (share * 1_000.0).round() / 10.0,
        "resident_mb": resident_kb(id)? / 1_024,
    }))
}

/// User and system time of a process, from its `stat` (fields 14 and 15, in ticks of 10 ms).
pub(super) fn cpu_seconds(id: u32) -> anyhow::Result<f64> {
    cpu_seconds_in(Path::new(&format!("/proc/{id}/stat")))
}

/// The same of any such file: a thread has one, too.
pub(super) fn cpu_seconds_in(stat: &Path) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(stat)?;
    let (_, after_name) = stat.rsplit_once(')').context("stat has no name")?;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<u32>().ok())
    };
    let (user, system) = (
        ticks(11).context("no user time")?,
        ticks(12).context("no system time")?,
    );
    Ok(f64::from(user + system) / 100.0)
}

pub(super) fn resident_kb(id: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line
        .and_then(|line| line.split_whitespace().next())
        .context("no VmRSS")?;
    Ok(number.parse()?)
}
