//! Recordings over the API: found, heard, held, erased and verified, each on record (R-24 e to h).

use crate::server::{Answer, Person, Server, send};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use tandem_core::ids::{AgentId, ContactId, EffectId, QueueId};
use tandem_core::time::Timestamp;
use tandem_media::wav::{Channels, Wav};
use tandem_server::center::Center;
use tandem_server::recordings::verification::{What, verify};
use tandem_server::recordings::{About, Begun};
use tandem_store::{CenterId, Channel, MAIN_FILE, Pause, RecordingFiles};

/// 2026-01-31T08:00:00Z.
const BEGAN: i64 = 1_769_846_400_000_000;

/// Two seconds of two channels: the left one loud, the right one silent.
fn sound() -> Vec<u8> {
    let samples = [8_000_i16, 0].repeat(16_000);
    let wav = Wav {
        sample_rate: 8_000,
        channels: Channels::Stereo,
        samples,
    };
    wav.to_bytes().expect("it is within the limit")
}

async fn keep(server: &Server, id: u64, keep_days: Option<u32>) {
    let center = Arc::clone(server.running.centers().get("contoso").unwrap());
    let began = BEGAN + 60_000_000 * i64::try_from(id).unwrap();
    let about = About {
        recording: EffectId(id),
        contact: ContactId(100 + id),
        queue: Some(QueueId(id % 2)),
        agents: vec![AgentId(7)],
        started: Timestamp::from_micros(began),
        ended: Timestamp::from_micros(began + 2_000_000),
        length_ms: 2_000,
        told_ms: None,
        channels: vec![Channel::Customer, Channel::Agent(Some(AgentId(7)))],
        pauses: vec![Pause {
            from_ms: 500,
            until_ms: 900,
            cause: "agent".to_owned(),
        }],
        keep_days,
    };
    keep_sound(&center, &sound(), about).await;
}

/// A recording of a second that is of nobody yet, of this contact.
pub(crate) fn second_of(contact: u64) -> About {
    let began = Timestamp::from_micros(1_769_846_400_000_000);
    About {
        recording: EffectId(900 + contact),
        contact: ContactId(contact),
        queue: None,
        agents: Vec::new(),
        started: began,
        ended: began.plus_seconds(1),
        length_ms: 1_000,
        told_ms: None,
        channels: vec![Channel::Mixed],
        pauses: Vec::new(),
        keep_days: None,
    }
}

/// Keeps it.
pub(crate) async fn keep_second(center: &Center, about: About) {
    let wav = Wav {
        sample_rate: 8_000,
        channels: Channels::Mono,
        samples: vec![1_000; 8_000],
    };
    keep_sound(center, &wav.to_bytes().unwrap(), about).await;
}

/// Keeps a recording as the edge does it.
pub(crate) async fn keep_sound(center: &Center, sound: &[u8], about: About) {
    let begun = center.recordings.begin(about.recording).await.unwrap();
    let Begun::Keeping(mut keeping) = begun else {
        panic!("it is kept already");
    };
    keeping.write(sound).await.unwrap();
    keeping.finish(about).await.unwrap();
}

async fn supervisor(server: &Server) -> Person {
    server
        .account("contoso", "sam", &["supervisor"], None)
        .await;
    server.nobody().sign_in("sam").await
}

async fn with_recordings(ids: &[u64]) -> (Server, Person, Person) {
    let server = Server::start().await;
    let administrator = server.administrator().await;
    let supervisor = supervisor(&server).await;
    for id in ids {
        keep(&server, *id, None).await;
    }
    (server, administrator, supervisor)
}

async fn erase(by: &Person, path: &str, reason: Value) -> Answer {
    send(by.request(Method::DELETE, path).json(&reason)).await
}

fn ids(page: &Value) -> Vec<u64> {
    let rows = page["recordings"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn supervisor_finds_recordings_a_page_at_a_time() {
    let (_server, _, supervisor) = with_recordings(&[1, 2, 3, 4, 5]).await;
    let ask = async |query: &str| {
        let answer = supervisor.get(&format!("/recordings{query}")).await;
        answer.expect_status(StatusCode::OK)
    };
    let page = ask("?limit=2").await;
    assert_eq!(ids(&page), [5, 4]);
    assert_eq!(page["count"], json!({"exact": true, "n": 5}));
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = ask(&format!("?limit=2&cursor={cursor}")).await;
    assert_eq!(ids(&next), [3, 2]);
    assert_eq!(ids(&ask("?queue_id=1").await), [5, 3, 1]);
    assert_eq!(ids(&ask("?agent_id=8").await), [0_u64; 0]);
    let from = "?from=2026-01-31T08:04:00Z&to=2026-01-31T08:05:00Z";
    assert_eq!(ids(&ask(from).await), [4]);
    let row = &ask("?limit=1").await["recordings"][0];
    assert_eq!(row["pauses"][0]["from_s"], 0.5);
    assert_eq!(row["channels"][1]["who"], "agent");
    assert_eq!(row["state"], "kept");
    assert_eq!(row["sha256"].as_str().unwrap().len(), 64);
    let bad = supervisor.get("/recordings?from=yesterday").await;
    bad.expect_status(StatusCode::UNPROCESSABLE_ENTITY);
    let bad = supervisor.get("/recordings?cursor=x").await;
    bad.expect_status(StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn who_hears_a_recording_says_what_for_and_it_is_on_record() {
    let (_server, _, supervisor) = with_recordings(&[1]).await;
    let without = supervisor.get("/recordings/1/sound").await;
    let refused = without.expect_status(StatusCode::BAD_REQUEST);
    assert_eq!(refused["code"], "purpose_missing");
    let place = "/recordings/1/sound?purpose=quality&note=Second%20look";
    let heard = supervisor.request(Method::GET, place).send().await;
    let heard = heard.unwrap();
    assert_eq!(heard.status(), StatusCode::OK);
    assert_eq!(heard.bytes().await.unwrap(), sound());
    let part = supervisor.request(Method::GET, place);
    let part = part.header("range", "bytes=10-19").send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(
        part.headers()["content-range"],
        format!("bytes 10-19/{}", sound().len())
    );
    assert_eq!(part.bytes().await.unwrap(), sound()[10..20]);
}

/// Facts on record.
fn facts(server: &Server) -> u64 {
    let center = server.running.centers().get("contoso").unwrap();
    center.engine.view().read(|projection| projection.seq)
}

// R-24 e
#[tokio::test]
async fn part_of_a_recording_is_not_heard_unrecorded_wherever_it_begins() {
    let (server, _, supervisor) = with_recordings(&[1]).await;
    let asks = async |range: &'static str| {
        let place = "/recordings/1/sound?purpose=quality";
        let request = supervisor.request(Method::GET, place);
        let answer = request.header("range", range).send().await.unwrap();
        answer.status()
    };
    let before = facts(&server);
    assert_eq!(asks("bytes=1-").await, StatusCode::PARTIAL_CONTENT);
    assert_eq!(facts(&server), before + 1);
    assert_eq!(
        asks("bytes=9000000-").await,
        StatusCode::RANGE_NOT_SATISFIABLE
    );
    assert_eq!(facts(&server), before + 1, "nothing was heard");
}

#[tokio::test]
async fn recording_that_is_erased_is_not_put_on_hold_and_nothing_says_so() {
    let (server, administrator, _) = with_recordings(&[1]).await;
    let reason = json!({"reason": "Case 12"});
    let erased = erase(&administrator, "/recordings/1", reason.clone());
    erased.await.expect_status(StatusCode::OK);
    let before = facts(&server);
    let refused = administrator.post("/recordings/1/hold", reason).await;
    let refused = refused.expect_status(StatusCode::CONFLICT);
    assert_eq!(refused["code"], "erased");
    assert_eq!(facts(&server), before);
}

#[tokio::test]
async fn shape_of_a_recording_has_a_line_for_each_channel() {
    let (_server, _, supervisor) = with_recordings(&[1]).await;
    let answer = supervisor.get("/recordings/1/waveform").await;
    let shape = answer.expect_status(StatusCode::OK);
    assert_eq!(shape["seconds"], 2.0);
    assert_eq!(shape["channels"][0], json!(vec![62; 20]));
    assert_eq!(shape["channels"][1], json!(vec![0; 20]));
}

#[tokio::test]
async fn recording_on_legal_hold_is_not_erased() {
    let (server, administrator, supervisor) = with_recordings(&[1]).await;
    let reason = json!({"reason": "Case 12"});
    let held = administrator.post("/recordings/1/hold", reason.clone());
    held.await.expect_status(StatusCode::OK);
    let page = supervisor.get("/recordings?on_hold=true").await;
    let page = page.expect_status(StatusCode::OK);
    assert_eq!(page["recordings"][0]["hold"]["reason"], "Case 12");
    assert_eq!(page["recordings"][0]["hold"]["by"], "alex");
    let refused = erase(&administrator, "/recordings/1", reason.clone());
    let refused = refused.await.expect_status(StatusCode::CONFLICT);
    assert_eq!(refused["code"], "on_legal_hold");
    let denied = erase(&supervisor, "/recordings/1/hold", reason.clone());
    denied.await.expect_status(StatusCode::FORBIDDEN);
    let released = erase(&administrator, "/recordings/1/hold", reason.clone());
    released.await.expect_status(StatusCode::OK);
    let no_reason = erase(&administrator, "/recordings/1", json!({"reason": " "}));
    no_reason
        .await
        .expect_status(StatusCode::UNPROCESSABLE_ENTITY);
    let erased = erase(&administrator, "/recordings/1", reason);
    erased.await.expect_status(StatusCode::OK);
    let gone = supervisor.get("/recordings/1/sound?purpose=legal").await;
    gone.expect_status(StatusCode::GONE);
    assert!(files(&server).is_empty());
    let page = supervisor.get("/recordings").await;
    let page = page.expect_status(StatusCode::OK);
    assert_eq!(page["recordings"][0]["state"], "erased");
}

/// The files of recordings that there are.
fn files(server: &Server) -> Vec<PathBuf> {
    let folder = server.folder.path().join("data/recordings/contoso");
    let entries = std::fs::read_dir(folder);
    entries.map_or_else(
        |_none| Vec::new(),
        |entries| entries.map(|it| it.unwrap().path()).collect(),
    )
}

#[tokio::test]
async fn recording_whose_time_is_over_is_erased_by_itself() {
    let (server, _, supervisor) = with_recordings(&[1]).await;
    // It was made months ago, and was to be kept for a day.
    keep(&server, 2, Some(1)).await;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let page = supervisor.get("/recordings").await;
        let page = page.expect_status(StatusCode::OK);
        if page["recordings"][0]["state"] == "erased" {
            assert_eq!(page["recordings"][1]["state"], "kept");
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{page}");
        // poll: until retention has had its turn
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn verification_names_the_recording_in_which_one_byte_was_flipped() {
    let (server, administrator, supervisor) = with_recordings(&[1, 2, 3]).await;
    let never = supervisor.get("/recordings/verification").await;
    assert_eq!(never.expect_status(StatusCode::OK)["state"], "never");
    let second = files(&server);
    let second = second
        .iter()
        .find(|it| it.file_name().unwrap().to_string_lossy().starts_with("2-"));
    let second = second.unwrap();
    let mut bytes = std::fs::read(second).unwrap();
    bytes[33_000] ^= 1;
    std::fs::write(second, bytes).unwrap();
    let begun = administrator.post("/recordings/verify", json!({})).await;
    begun.expect_status(StatusCode::ACCEPTED);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let found = loop {
        let found = supervisor.get("/recordings/verification").await;
        let found = found.expect_status(StatusCode::OK);
        if found["state"] == "done" {
            break found;
        }
        assert!(std::time::Instant::now() < deadline, "{found}");
        // poll: until everything was gone through
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!((&found["checked"], &found["total"]), (&json!(3), &json!(3)));
    assert_eq!(found["faults"].as_array().unwrap().len(), 1);
    assert_eq!(found["faults"][0]["id"], 2);
    assert_eq!(found["faults"][0]["what"], "changed");
    let heard = supervisor.get("/recordings/2/sound?purpose=legal").await;
    let refused = heard.expect_status(StatusCode::CONFLICT);
    assert_eq!(refused["code"], "recording_changed");
}

/// Where something begins.
fn place_of(bytes: &[u8], text: &str) -> usize {
    let mut windows = bytes.windows(text.len());
    let place = windows.position(|window| window == text.as_bytes());
    place.expect("it is in the file")
}

#[tokio::test]
async fn verification_names_each_sheet_whose_bytes_were_changed_and_comes_to_the_end() {
    let (server, _, _) = with_recordings(&[1, 2, 3, 4]).await;
    let Server {
        running, folder, ..
    } = server;
    running.shutdown().await;
    let data_dir = folder.path().join("data");
    let database = data_dir.join(MAIN_FILE);
    let mut bytes = std::fs::read(&database).unwrap();
    // The second says what it said, in other bytes; the third says nothing any more.
    let second = place_of(&bytes, "{\"recording\":2,");
    let (sha, sealed) = ("\"sha256\":\"", "\"sealed_sha256\":\"");
    let from = second + place_of(&bytes[second..], sha);
    let until = from + place_of(&bytes[from..], sealed);
    let length = until - from - 1;
    let other = until + sealed.len() + 64 + 1;
    let exchanged = [&bytes[until..other], b",", &bytes[from..from + length]].concat();
    bytes[from..other].copy_from_slice(&exchanged);
    let third = place_of(&bytes, "{\"recording\":3,");
    bytes[third] = b'x';
    std::fs::write(&database, bytes).unwrap();

    let files = RecordingFiles::in_directory(&data_dir.join("recordings")).unwrap();
    let contoso = CenterId::parse("contoso").unwrap();
    let found = verify(&data_dir, &files, &contoso, |_| {}).await.unwrap();
    assert_eq!((found.n_checked, found.n_more_faults), (4, 0));
    let faults: Vec<_> = found.faults.iter().map(|it| (it.id, it.what)).collect();
    assert_eq!(faults, [(2, What::ChainBroken), (3, What::ChainBroken)]);
}
