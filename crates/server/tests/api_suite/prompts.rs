//! Prompts and their sounds: what is kept, what is refused with the fix, and who may listen.

use crate::server::{Answer, Person, Server, send};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tandem_media::wav::{Channels, Wav};

/// Bytes of a WAV file with a tone of this length and level.
#[expect(clippy::cast_possible_truncation, reason = "a level is at most one")]
pub(crate) fn tone(sample_rate: u32, ms: u32, level: f64) -> Vec<u8> {
    let turn = std::f64::consts::TAU * 1_000.0 / f64::from(sample_rate);
    let samples = (0..sample_rate * ms / 1_000).map(|at| level * (turn * f64::from(at)).sin());
    let wav = Wav {
        sample_rate,
        channels: Channels::Mono,
        samples: samples.map(|it| (it * 32_767.0) as i16).collect(),
    };
    wav.to_bytes().unwrap()
}

pub(crate) async fn upload(person: &Person, kind: &str, file: Vec<u8>) -> Answer {
    let request = person.request(Method::POST, "/sounds");
    send(request.header("content-type", kind).body(file)).await
}

fn welcome(sound: &Value) -> Value {
    json!({
        "name": "Welcome", "default_language": "en-US",
        "languages": {"en-US": {"text": "Welcome."}, "de-de": {"sound_id": sound}},
    })
}

#[tokio::test]
async fn uploaded_sound_is_made_playable_and_listened_to() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let answer = upload(&alex, "audio/wav", tone(44_100, 1_500, 0.5)).await;
    let made = answer.expect_status(StatusCode::CREATED);
    assert_eq!(made["seconds"], 1.5);
    assert_eq!(made["loudness_note"], Value::Null);
    assert_eq!(
        made["was"],
        json!({"rate_hz": 44_100, "channels": 1, "bits": 16})
    );
    let peak = made["peak_dbfs"].as_f64().unwrap();
    assert!((-6.2..=-5.9).contains(&peak), "{peak}");
    let path = format!("/sounds/{}", made["id"].as_str().unwrap());
    let heard = alex.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(heard.headers()["content-type"], "audio/wav");
    let wav = Wav::parse(&heard.bytes().await.unwrap()).unwrap();
    assert_eq!((wav.sample_rate, wav.channels), (16_000, Channels::Mono));
    assert_eq!(wav.samples.len(), 24_000);
    // The same file is the same sound.
    let again = upload(&alex, "audio/wav", tone(44_100, 1_500, 0.5)).await;
    assert_eq!(again.expect_status(StatusCode::CREATED)["id"], made["id"]);
    let quiet = upload(&alex, "audio/x-wav", tone(16_000, 500, 0.02)).await;
    let quiet = quiet.expect_status(StatusCode::CREATED);
    assert_eq!(quiet["loudness_note"], "too_quiet");
}

#[tokio::test]
async fn file_that_cannot_be_played_is_refused_with_the_fix() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    let mut cut = tone(16_000, 500, 0.5);
    cut.truncate(1_000);
    let silence = tone(16_000, 500, 0.0);
    let (wav, too_large) = ("audio/wav", vec![0; 25 * 1024 * 1024 + 1]);
    let long = Wav {
        sample_rate: 8_000,
        channels: Channels::Mono,
        samples: vec![1_000; 8_000 * 601],
    };
    for (kind, file, status, code, fix) in [
        (wav, png, 422, "not_a_sound", "export"),
        (wav, cut, 422, "cut_off", "upload it once more"),
        (wav, silence, 422, "silent", "record it once more"),
        (wav, long.to_bytes().unwrap(), 422, "too_long", "cut it"),
        (wav, Vec::new(), 422, "not_a_sound", "export"),
        (wav, too_large, 413, "too_large", "larger than"),
        (
            "text/plain",
            b"Hello".to_vec(),
            415,
            "unsupported_media_type",
            "audio/wav",
        ),
    ] {
        let answer = upload(&alex, kind, file).await;
        answer.expect_problem(status, code);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains(fix), "{detail}");
    }
    let missing = alex.get(&format!("/sounds/{}", "a".repeat(64))).await;
    missing.expect_problem(404, "not_found");
    alex.get("/sounds/x").await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn prompt_comes_back_with_its_sound_and_can_be_sent_back_as_it_was_read() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let sound = upload(&alex, "audio/wav", tone(16_000, 3_200, 0.7)).await;
    let sound = sound.expect_status(StatusCode::CREATED);
    let made = alex.create("/prompts", welcome(&sound["id"])).await;
    let expected = json!({
        "id": 1, "version": 1, "name": "Welcome", "default_language": "en-US",
        "languages": {
            "en-US": {"text": "Welcome."},
            "de-DE": {"sound": {"id": sound["id"], "seconds": 3.2, "peak_dbfs": sound["peak_dbfs"]}},
        },
    });
    assert_eq!(made, expected);
    let changed = alex.put("/prompts/1", 1, made).await;
    assert_eq!(changed.expect_status(StatusCode::OK)["version"], 2);
    let listed = alex.get("/prompts").await.expect_status(StatusCode::OK);
    assert_eq!(listed["items"][0]["languages"], expected["languages"]);
    let stale = alex.put("/prompts/1", 1, welcome(&sound["id"])).await;
    stale.expect_problem(409, "conflict");
    assert_eq!(alex.delete("/prompts/1", 2).await.status, 204);
}

#[tokio::test]
async fn mistakes_in_a_prompt_are_named_with_their_place() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let unknown = json!("a".repeat(64));
    for (path, value, field, words) in [
        (
            "/languages/de-DE",
            json!({"sound_id": unknown}),
            "languages.de-DE.sound_id",
            "upload it",
        ),
        (
            "/languages/de-DE",
            json!({"sound_id": "x"}),
            "languages.de-DE.sound_id",
            "64 digits",
        ),
        (
            "/languages/de-DE",
            json!({"text": ""}),
            "languages.de-DE.text",
            "write what is said",
        ),
        (
            "/languages/de",
            json!({"text": "Hallo."}),
            "languages.de",
            "de-DE",
        ),
        (
            "/languages/German",
            json!({"text": "Hallo."}),
            "languages.German",
            "de-DE",
        ),
        (
            "/default_language",
            json!("fr-FR"),
            "default_language",
            "add it",
        ),
    ] {
        let mut sent = json!({
            "name": "Welcome", "default_language": "en-US", "languages": {"en-US": {"text": "Hi."}},
        });
        let (place, key) = path.rsplit_once('/').unwrap();
        sent.pointer_mut(place).unwrap()[key] = value;
        let answer = alex.post("/prompts", sent).await;
        answer.expect_problem(422, "invalid");
        let error = &answer.body["errors"][0];
        assert_eq!(error["field"], field);
        let detail = error["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{detail}");
    }
    let twice = json!({
        "name": "Welcome", "default_language": "en-US",
        "languages": {"en-US": {"text": "Hi."}, "EN-us": {"text": "Hello."}},
    });
    let answer = alex.post("/prompts", twice).await;
    answer.expect_problem(422, "invalid");
}

#[tokio::test]
async fn prompt_that_a_flow_or_the_music_of_a_queue_names_is_kept() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let sent = json!({
        "name": "Welcome", "default_language": "en-US", "languages": {"en-US": {"text": "Hi."}},
    });
    alex.create("/prompts", sent).await;
    let queue = json!({"name": "Sales", "music": {"prompt_id": 1}});
    let queue = alex.create("/queues", queue).await;
    assert_eq!(queue["music"], json!({"prompt_id": 1}));
    let unknown = json!({"name": "Service", "music": {"prompt_id": 9}});
    let answer = alex.post("/queues", unknown).await;
    assert_eq!(answer.body["errors"][0]["field"], "music");
    let nodes = json!([
        {"id": "end", "kind": "end"},
        {"id": "hi", "kind": "play", "prompt": {"prompt_id": 1}, "next": "end", "failed": "end"},
    ]);
    let flow = json!({"name": "Main", "start": "hi", "nodes": nodes});
    let flow = alex.create("/flows", flow).await;
    assert_eq!(flow["nodes"], nodes);
    for used_by in ["Sales", "Main"] {
        let answer = alex.delete("/prompts/1", 1).await;
        answer.expect_problem(409, "in_use");
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains(used_by), "{detail}");
        alex.put("/queues/1", 1, json!({"name": "Sales"})).await;
    }
}
