//! The trace of a call, its export, and the operator's page.

use crate::socket::Application;
use crate::stage::{Stage, text};
use crate::streaming::streaming;
use serde_json::{Value, json};
use tandem_microsoft::acs::media::{PlayRequest, PlaySource, play};
use tandem_microsoft::acs::streaming::{AudioChannel, MediaStreamingOptions};

async fn get(stage: &Stage, path: &str) -> reqwest::Response {
    let url = format!("{}/_emulator{path}", stage.running.http_url());
    stage.http.get(url).send().await.unwrap()
}

fn of(steps: &[Value], kind: &str, member: &str) -> Vec<String> {
    let steps = steps.iter().filter(|step| step["kind"] == kind);
    steps.map(|step| text(&step[member])).collect()
}

#[tokio::test]
async fn trace_has_requests_callbacks_events_people_and_frames_in_their_order() {
    let stage = Stage::stepped().await;
    let application = Application::start().await;
    let options = MediaStreamingOptions::audio(&application.url, AudioChannel::Mixed);
    let (phone, id) = streaming(&stage, options).await;
    let digits = json!({"digits": "4"});
    let path = format!("/pstn-calls/{phone}/digits");
    stage.control("POST", &path, digits).await;
    let path = format!("/pstn-calls/{phone}/hang-up");
    stage.control("POST", &path, Value::Null).await;
    stage.advance(0).await;
    let path = format!("/calls/{id}/trace");
    let (status, trace) = stage.control("GET", &path, Value::Null).await;
    assert_eq!(status, 200);
    let steps = trace.as_array().unwrap();
    let numbers: Vec<u64> = steps
        .iter()
        .map(|step| step["n"].as_u64().unwrap())
        .collect();
    assert!(numbers.is_sorted());
    assert_eq!(
        of(steps, "event", "event"),
        ["Microsoft.Communication.IncomingCall"]
    );
    assert_eq!(of(steps, "request", "operation"), ["AnswerCall"]);
    let callbacks = of(steps, "callback", "event");
    assert_eq!(callbacks.first().map(String::as_str), Some("CallConnected"));
    assert_eq!(
        callbacks.last().map(String::as_str),
        Some("CallDisconnected")
    );
    assert_eq!(of(steps, "frames", "frame"), ["AudioMetadata", "AudioData"]);
    let sound = steps
        .iter()
        .find(|step| step["frame"] == "AudioData")
        .unwrap();
    assert_eq!(
        (&sound["frames"], &sound["what"]),
        (&json!(3), &json!("silence"))
    );
    let people = steps.iter().filter(|step| step["kind"] == "person");
    let did: Vec<&Value> = people.collect();
    assert_eq!(did[0]["joins"], true);
    assert_eq!(did[1]["keys"], "4");
    assert_eq!(did[2]["hangs_up"], true);
    assert_eq!(get(&stage, "/calls/none/trace").await.status(), 404);
}

#[tokio::test]
async fn export_names_the_call_what_was_asked_and_what_came_back() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let body = PlayRequest {
        play_sources: vec![PlaySource::text("It's \"you\"", None, None)],
        ..PlayRequest::default()
    };
    assert_eq!(stage.acs(&play(&id, &body)).await.0, 202);
    stage.advance(2_000).await;
    let response = get(&stage, &format!("/calls/{id}/test")).await;
    assert_eq!(response.status(), 200);
    let program = response.text().await.unwrap();
    for wanted in [
        r#""do": "call", "from": "+12065551212", "to": "+14255550100""#,
        r#""operation": "AnswerCall""#,
        r#""operation": "CallMedia_Play""#,
        r#""do": "await", "event": "PlayCompleted""#,
        r#"It's \"you\""#,
    ] {
        assert!(program.contains(wanted), "{wanted}");
    }
    assert!(!program.contains("ACCESS_KEY_OF_THE_EMULATOR"));
}

#[tokio::test]
async fn page_and_its_parts_are_served_and_run_nothing_of_others() {
    let stage = Stage::stepped().await;
    for (path, kind) in [
        ("", "text/html"),
        ("/page.css", "text/css"),
        ("/page.js", "text/javascript"),
        ("/diagram.js", "text/javascript"),
    ] {
        let response = get(&stage, path).await;
        let headers = response.headers().clone();
        assert!(headers["content-type"].to_str().unwrap().starts_with(kind));
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"));
    }
}
