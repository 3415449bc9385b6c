//! `tandem bench emulator`: what the Microsoft cloud on a laptop costs. Each part has an emulator process of its own
//! with a single worker, so that a figure is one of a core; the load and the applications are this process.

use super::calls::{Emulator, cpu_seconds, cpu_seconds_in, resident_kb, start_emulator};
use anyhow::Context;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use tandem_emulator::bench::{Arrivals, Listener, Load, floor};
use tandem_server::bench::Latency;

/// Requests of a run for each call, and at most: plays and cancels, each with a callback.
const REQUESTS_PER_CALL: u64 = 4;
const REQUESTS_MAX: u64 = 20_000;
/// Media streams.
const STREAMS: u64 = 300;
/// How long streams settle, and are then watched.
const SETTLED: Duration = Duration::from_secs(3);
const WATCHED: Duration = Duration::from_secs(10);
/// A frame is late when it is later than the next one should be.
const LATE: Duration = Duration::from_millis(20);
/// How the threads of the floor are called, so that their work can be told from that of the applications.
const FLOOR: &str = "bench-floor";

/// Measures start, requests with `n` calls up, memory and streams.
pub(super) async fn emulator(folder: &Path, n: u64) -> anyhow::Result<Value> {
    let start = start(&folder.join("start")).await?;
    let n_requests = (n * REQUESTS_PER_CALL).min(REQUESTS_MAX);
    let many = requests(&folder.join("many"), n, n_requests, &[]).await?;
    // The same load, so that nothing but the signatures differs.
    let flags = ["--tokens", "per-event"];
    let per_event = requests(&folder.join("per-event"), n, n_requests, &flags).await?;
    Ok(json!({
        "start": start,
        "calls": many["calls"],
        "requests_token_cached": many["requests"],
        "requests_token_per_event": per_event["requests"],
        "streams": streams(&folder.join("streams"), STREAMS.min(n)).await?,
    }))
}

/// From the start of the process to its first answer, the first time and with what that left.
async fn start(folder: &Path) -> anyhow::Result<Value> {
    std::fs::create_dir_all(folder)?;
    let mut times_ms = Vec::new();
    for _ in 0..2 {
        // A start before has left its addresses, which are no longer true.
        std::fs::remove_file(folder.join("emulator/addresses.json")).ok();
        let began = Instant::now();
        let mut emulator = start_emulator(folder, &[]).await?;
        times_ms.push(began.elapsed().as_millis());
        emulator.process.kill().await.ok();
    }
    Ok(json!({"first_ms": times_ms[0], "existing_ms": times_ms[1]}))
}

/// So many calls at once, and requests over them.
async fn requests(folder: &Path, calls: u64, n: u64, flags: &[&str]) -> anyhow::Result<Value> {
    let Run {
        mut emulator,
        id,
        mut load,
    } = begin(folder, flags).await?;
    let (before_kb, began) = (resident_kb(id)?, Instant::now());
    load.take_calls(calls, None).await.map_err(failed)?;
    let (took_s, with_calls_kb) = (began.elapsed().as_secs_f64(), resident_kb(id)?);
    let cpu_before = cpu_seconds(id)?;
    let served = load.serve(n).await.map_err(failed)?;
    let cpu_s = cpu_seconds(id)? - cpu_before;
    emulator.process.kill().await.ok();
    let (seconds, n_requests) = (served.took.as_secs_f64(), served.answers.len());
    Ok(json!({
        "calls": {
            "at_once": calls,
            "answered_per_s": per(calls, took_s),
            "resident_before_kb": before_kb,
            "resident_kb": with_calls_kb,
            "kb_per_call": with_calls_kb.saturating_sub(before_kb) / calls.max(1),
        },
        "requests": {
            "calls": calls,
            "requests": n_requests,
            "callbacks": served.callbacks,
            "requests_per_s": per(n_requests, seconds),
            "requests_per_core_s": per(n_requests, cpu_s),
            "core_percent": percent(cpu_s, seconds),
            "answers": Latency::of(served.answers),
        },
    }))
}

/// Media streams both ways, and the same frames over bare WebSockets.
async fn streams(folder: &Path, n: u64) -> anyhow::Result<Value> {
    let Run {
        mut emulator,
        id,
        mut load,
    } = begin(folder, &[]).await?;
    let listener = Listener::start().await.map_err(failed)?;
    load.take_calls(n, Some(&listener.url))
        .await
        .map_err(failed)?;
    listener.opened(n).await.map_err(failed)?;
    let watched = watch(&listener, n, || cpu_seconds(id)).await?;
    let heard = load.heard().await.map_err(failed)?;
    emulator.process.kill().await.ok();
    let floor = bare(n).await?;
    let quotient = match (
        watched["core_percent"].as_f64(),
        floor["core_percent"].as_f64(),
    ) {
        (Some(ours), Some(floor)) if floor > 0.0 => json!(super::hundredths(ours / floor)),
        _ => Value::Null,
    };
    Ok(json!({
        "emulator": watched,
        "bare_websockets": floor,
        "core_to_bare_websockets": quotient,
        "application_heard_ms_least": heard.least_ms,
        "application_frames_ignored": heard.frames_ignored,
    }))
}

/// The floor has an executor of its own, with one worker, as the emulator has.
async fn bare(n: u64) -> anyhow::Result<Value> {
    let listener = Listener::start().await.map_err(failed)?;
    let floor_runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name(FLOOR)
        .enable_all()
        .build()?;
    let url = listener.url.clone();
    let sockets = floor_runtime.spawn(async move { floor(&url, n).await });
    let sockets = sockets.await?.map_err(failed)?;
    let watched = watch(&listener, n, floor_cpu_seconds).await?;
    drop(sockets);
    floor_runtime.shutdown_background();
    Ok(watched)
}

async fn watch(
    listener: &Listener,
    n: u64,
    cpu_seconds: impl Fn() -> anyhow::Result<f64>,
) -> anyhow::Result<Value> {
    tokio::time::sleep(SETTLED).await;
    let (before, began) = (cpu_seconds()?, Instant::now());
    listener.watch();
    tokio::time::sleep(WATCHED).await;
    let core = percent(cpu_seconds()? - before, began.elapsed().as_secs_f64());
    let Arrivals {
        streams,
        frames,
        missing,
        late,
    } = listener.seen(usize::try_from(n)?).await;
    let too_late = late.iter().filter(|it| **it > LATE).count();
    Ok(json!({
        "streams_wanted": n,
        "streams": streams,
        "frames": frames,
        "frames_missing": missing,
        // A frame that never came is later than any.
        "frames_over_20ms_late": too_late + missing,
        "core_percent": core,
        "lateness": Latency::of(late),
    }))
}

/// An emulator, its process, and a client of it.
struct Run {
    emulator: Emulator,
    id: u32,
    load: Load,
}

async fn begin(folder: &Path, flags: &[&str]) -> anyhow::Result<Run> {
    std::fs::create_dir_all(folder)?;
    let emulator = start_emulator(folder, flags).await?;
    let id = emulator.process.id().context("the emulator has ended")?;
    let load = Load::start(&emulator.http).await.map_err(failed)?;
    Ok(Run { emulator, id, load })
}

fn failed(error: tandem_emulator::bench::Error) -> anyhow::Error {
    anyhow::anyhow!("{error}")
}

/// What the threads of the floor have worked.
fn floor_cpu_seconds() -> anyhow::Result<f64> {
    let mut sum = 0.0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let task = task?.path();
        // A thread may have ended meanwhile.
        let name = std::fs::read_to_string(task.join("comm")).unwrap_or_default();
        if name.trim() == FLOOR {
            sum += cpu_seconds_in(&task.join("stat"))?;
        }
    }
    Ok(sum)
}

/// So many in so long, in each second.
fn per(n: impl TryInto<u32>, seconds: f64) -> f64 {
    let n = f64::from(n.try_into().unwrap_or(u32::MAX));
    (n / seconds.max(f64::MIN_POSITIVE)).round()
}

/// How much of a core that is, to a tenth of a percent.
fn percent(cpu_s: f64, seconds: f64) -> f64 {
    (cpu_s / seconds.max(f64::MIN_POSITIVE) * 1_000.0).round() / 10.0
}
