//! `tandem bench media`: what the media plane takes of a core, in this process: a relayed packet plain and with SRTP, the
//! talk of three, calls that are recorded, and a leg that waits with music. Times are CPU times of the threads that do the
//! work, as the kernel counts them, so what drives the load does not count though it shares the cores. Each relay stands
//! beside the floor of the same run: a bare `recv_from` and `send_to` for each packet.

mod floor;
mod phones;
mod sink;

use super::hundredths;
use anyhow::Context;
use phones::{Call, Phone, calls, drive, plane, protection, socket};
use serde_json::{Value, json};
use sink::Files;
use std::path::Path;
use std::time::Duration;
use tandem_media::codec::Codec;
use tandem_media::leg::Payloads;
use tandem_media::mixer::{Mixer, Supervision};
use tandem_media::player::Repeat;
use tandem_media::srtp::Suite;
use tandem_media::tone;
use tandem_transport::media::{
    Agreed, Control, Direction, Key, Latching, LegSettings, Remote, Sound, Target, Track,
};

/// How long each load is driven, frames of 20 ms.
const TICKS: u64 = 250;
/// Before anything is measured.
const WARM_TICKS: u64 = 10;
/// The thread of the plane that has all legs here, and that of its recordings.
const MEDIA: &str = "media-0";
const RECORDINGS: &str = "recordings-0";
/// What is usual between Teams and an SBC.
const USUAL: Suite = Suite::AesCm128HmacSha1Tag80;
const MIXES: u32 = 200_000;

/// Measures with `n` calls of two legs.
pub(super) fn media(folder: &Path, n: usize) -> anyhow::Result<Value> {
    // First, while nothing that was given back lies about.
    let waiting = waiting()?;
    let floor_us = floor::bare(n, TICKS)?;
    let tasks_us = floor::tasks(n, TICKS)?;
    let suites = [
        ("plain", None),
        ("AES_CM_128_HMAC_SHA1_80", Some(USUAL)),
        ("AEAD_AES_128_GCM", Some(Suite::AeadAes128Gcm)),
    ];
    let mut relays = Vec::new();
    for (name, suite) in suites {
        relays.push(relay(name, suite, n, floor_us)?);
    }
    Ok(json!({
        "calls": n,
        "floor_us_per_packet": hundredths(floor_us),
        "task_for_each_socket_us_per_packet": hundredths(tasks_us),
        "relay": relays,
        "mix_of_three_us_per_frame": hundredths(mix()?),
        "talk_of_three": talk_of_three(n)?,
        "recorded": recorded(folder, n)?,
        "waiting_with_music": waiting,
    }))
}

fn relay(name: &str, suite: Option<Suite>, n: usize, floor_us: f64) -> anyhow::Result<Value> {
    let plane = plane()?;
    let mut phones = phones_of(calls(&plane, n, 2, suite)?);
    drive(&mut phones, WARM_TICKS)?;
    let before = cpu_s(&[MEDIA])?;
    let n_back = drive(&mut phones, TICKS)?;
    let used_us = (cpu_s(&[MEDIA])? - before) * 1e6 / n_back.max(1) as f64;
    let n_sent = TICKS * phones.len() as u64;
    plane.shut_down();
    Ok(json!({
        "protection": name,
        "us_per_packet": hundredths(used_us),
        "floors": hundredths(used_us / floor_us),
        "packets": n_sent,
        "not_come": n_sent.saturating_sub(n_back),
    }))
}

/// The arithmetic alone, us a frame.
fn mix() -> anyhow::Result<f64> {
    let mut mixer = Mixer::new(160)?;
    let parties = [mixer.join()?, mixer.join()?, mixer.join()?];
    let [customer, agent, supervisor] = parties;
    mixer.connect(customer, agent)?;
    mixer.supervise(customer, agent, supervisor, Supervision::Whisper)?;
    let sound = tone::sine(8_000, 400.0, 6_000.0, 0, 160);
    let mut frame = Vec::new();
    let begin = this_thread_s()?;
    for _ in 0..MIXES {
        for party in parties {
            mixer.say(party, &sound)?;
        }
        for party in parties {
            mixer.hear(party, &mut frame)?;
        }
        mixer.end_frame();
    }
    Ok((this_thread_s()? - begin) * 1e6 / f64::from(MIXES))
}

/// A supervisor whispers in each call, over SRTP.
fn talk_of_three(n: usize) -> anyhow::Result<Value> {
    let plane = plane()?;
    let calls = calls(&plane, n, 3, Some(USUAL))?;
    for call in &calls {
        let [customer, agent, supervisor] = call.phones.as_slice() else {
            anyhow::bail!("a talk of three has three");
        };
        let whisper = Supervision::Whisper;
        let legs = (customer.leg, agent.leg, supervisor.leg);
        let answer = plane.supervise(call.conversation, legs.0, legs.1, legs.2, whisper);
        answer.wait()?;
    }
    let mut phones = phones_of(calls);
    drive(&mut phones, WARM_TICKS)?;
    let before = cpu_s(&[MEDIA])?;
    let n_back = drive(&mut phones, TICKS)?;
    let used_us = (cpu_s(&[MEDIA])? - before) * 1e6;
    let n_late = plane.counts().n_frames_late;
    plane.shut_down();
    Ok(json!({
        "us_per_frame": hundredths(used_us * 3.0 / n_back.max(1) as f64),
        "frames_late": n_late,
    }))
}

/// Both sides of each call, decrypted, decoded, mixed back, and written as it comes.
fn recorded(folder: &Path, n: usize) -> anyhow::Result<Value> {
    let plane = plane()?;
    let calls = calls(&plane, n, 2, Some(USUAL))?;
    for (at, call) in calls.iter().enumerate() {
        let files = Box::new(Files::below(folder.join(format!("recording-{at}"))));
        plane.record(call.conversation, Key(1), files).wait()?;
    }
    let mut phones = phones_of(calls);
    drive(&mut phones, WARM_TICKS)?;
    let threads = [MEDIA, RECORDINGS];
    let (before, media_before) = (cpu_s(&threads)?, cpu_s(&[MEDIA])?);
    let n_back = drive(&mut phones, TICKS)?;
    // A machine that is busy with something else skips frames: what counts is what a frame costs.
    let done = n_back as f64 / (TICKS * phones.len() as u64) as f64;
    let seconds = TICKS as f64 / 50.0 * done;
    let share = (cpu_s(&threads)? - before) / seconds;
    let media = (cpu_s(&[MEDIA])? - media_before) / seconds;
    let n_late = plane.counts().n_frames_late;
    plane.shut_down();
    Ok(json!({
        "calls_per_core": (n as f64 / share).round(),
        "media_cores": hundredths(media),
        "files_cores": hundredths(share - media),
        "came_percent": hundredths(done * 100.0),
        "frames_late": n_late,
    }))
}

/// A leg by itself that hears music.
fn waiting() -> anyhow::Result<Value> {
    const FEW: u32 = 100;
    const MANY: u32 = 1_000;
    let plane = plane()?;
    let nobody = socket()?;
    let music = Sound::new(8_000, &tone::sine(8_000, 400.0, 6_000.0, 0, 80_000))?;
    let wait = |n: u32| -> anyhow::Result<u64> {
        for _ in 0..n {
            let conversation = plane.conversation()?;
            let agreed = Agreed {
                payloads: Payloads::of(Codec::Pcma),
                protection: protection(Some(USUAL), 2, 1)?,
                remote: Some(Remote::at(nobody.local_addr()?)),
                direction: Direction::SendReceive,
            };
            let settings = LegSettings {
                control: Control::Multiplexed,
                latching: Latching::SignalledNetwork,
                track: Track::Own,
                ice: None,
                agreed: Some(agreed),
            };
            plane.open_leg(conversation, settings)?;
            let listener = Target::Conversation(conversation);
            let answer = plane.play(listener, &music, Repeat::Forever, Key(1));
            answer.wait()?;
        }
        std::thread::sleep(Duration::from_millis(500));
        super::calls::resident_kb(std::process::id())
    };
    let few = wait(FEW)?;
    let many = wait(MANY)?;
    let before = cpu_s(&[MEDIA])?;
    let watched = Duration::from_secs(2);
    std::thread::sleep(watched);
    let cores = (cpu_s(&[MEDIA])? - before) / watched.as_secs_f64();
    plane.shut_down();
    Ok(json!({
        "legs": FEW + MANY,
        "kb_per_leg": hundredths(many.saturating_sub(few) as f64 / f64::from(MANY)),
        "media_cores": hundredths(cores),
    }))
}

fn phones_of(calls: Vec<Call>) -> Vec<Phone> {
    calls.into_iter().flat_map(|it| it.phones).collect()
}

/// What threads of this process with these names have used, s.
fn cpu_s(names: &[&str]) -> anyhow::Result<f64> {
    let mut nanos = 0;
    for task in std::fs::read_dir("/proc/self/task").context("threads are told by Linux alone")? {
        let task = task?.path();
        // A thread may end while it is looked at.
        let read = |file: &str| std::fs::read_to_string(task.join(file)).unwrap_or_default();
        if names.contains(&read("comm").trim()) {
            nanos += own_nanos(&read("schedstat"));
        }
    }
    Ok(nanos as f64 / 1e9)
}

fn this_thread_s() -> anyhow::Result<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat");
    Ok(own_nanos(&told.context("threads are told by Linux alone")?) as f64 / 1e9)
}

fn own_nanos(schedstat: &str) -> u64 {
    let first = schedstat.split_ascii_whitespace().next();
    first.and_then(|it| it.parse().ok()).unwrap_or(0)
}
