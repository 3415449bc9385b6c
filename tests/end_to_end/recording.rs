//! Recording by the rule of a queue, over the wire: what the service is asked, what the agent sees, and what lies
//! in the file that comes of it (R-24, B-022, B-023, B-184 to B-187, B-237).

use crate::cloud::Phone;
use crate::disk::files_with;
use crate::path::told;
use crate::person::Desk;
use crate::stage::Stage;
use crate::wait::until;
use reqwest::Method;
use serde_json::{Value, json};

/// Samples of one channel in a millisecond.
const PER_MS: usize = 16;

/// A queue with this rule, and a flow that leads into it.
async fn recorded(rule: Value) -> Stage {
    with_flow(
        rule,
        json!([
            {"id": "wait", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end"},
            {"id": "end", "kind": "end"},
        ]),
    )
    .await
}

async fn with_flow(rule: Value, nodes: Value) -> Stage {
    on(Stage::new().await, rule, nodes).await
}

async fn on(stage: Stage, rule: Value, nodes: Value) -> Stage {
    let queue = json!({
        "name": "Support", "music": "Music.", "recording": rule,
        "wrap_up": {"mode": "optional", "seconds": 0},
    });
    stage.alex.create("/queues", queue).await;
    stage.flow(nodes).await;
    stage
}

/// Waits until the contact's recording stands so; answers what the agent sees of it.
async fn stands(ann: &mut Desk, state: &str) -> Value {
    let of = |me: &Value| me["contacts"][0]["recording"].clone();
    let seen = ann.feed.until(state, |me| of(me)["state"] == state).await;
    of(&seen)
}

/// Ann talks to a customer who called.
async fn talking<'a>(stage: &'a Stage, ann: &mut Desk) -> Phone<'a> {
    let phone = stage.cloud.dial().await;
    ann.accept().await;
    ann.has("connected").await;
    phone
}

/// Waits until the file of the contact's recording is kept, and answers it and its story.
async fn kept(stage: &Stage, contact: u64) -> (Vec<u8>, Value) {
    let look = async || {
        let story = stage.alex.find_contact(contact).await?;
        (story["recordings"][0]["state"] == "kept").then_some(story)
    };
    let story = until("the file", look).await;
    let path = format!("/contacts/{contact}/message");
    let file = stage.alex.fetches(&path, None).await;
    (file.bytes().await.unwrap().to_vec(), story)
}

async fn asks(ann: &Desk, path: &str) -> (u16, Value) {
    let (status, answer) = ann.person.asks(Method::POST, path, None).await;
    (status.as_u16(), answer["code"].clone())
}

/// Whether a mono file is silent from here to there, ms.
fn is_silent(file: &[u8], from_ms: u64, until_ms: u64) -> bool {
    let at = |ms: u64| 44 + usize::try_from(ms).unwrap() * PER_MS * 2;
    file[at(from_ms)..at(until_ms)].iter().all(|it| *it == 0)
}

fn length_ms(file: &[u8]) -> u64 {
    u64::try_from((file.len() - 44) / (PER_MS * 2)).unwrap()
}

// B-022, B-184, B-186
#[tokio::test]
async fn recorded_call_has_a_file_as_long_as_the_conversation() {
    let stage = recorded(json!({})).await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = talking(&stage, &mut ann).await;
    let seen = stands(&mut ann, "recording").await;
    assert_eq!(seen["required"], true);
    stage.cloud.recorded_for(2_000).await;
    phone.hang_up().await;
    let (file, story) = kept(&stage, 1).await;
    let asked = &stage.cloud.requests("StartRecording").await[0]["body"];
    assert!(asked["callConnectionId"].is_string() && asked["callLocator"].is_null());
    let kind = ["Content", "Channel", "Format"].map(|it| &asked[format!("recording{it}Type")]);
    assert_eq!(kind, [&json!("audio"), &json!("mixed"), &json!("wav")]);
    let recordings = stage.cloud.get("/_emulator/recordings").await;
    assert_eq!(recordings[0]["duration_ms"], length_ms(&file));
    assert!(!is_silent(&file, 0, 100));
    let recording = &story["recordings"][0];
    assert_eq!(recording["seconds"], length_ms(&file) / 1_000);
    assert!(recording["from"].is_string() && recording["until"].is_string());
    let codes = ["recording_asked", "recording_started", "recording_kept"];
    codes.iter().for_each(|code| drop(told(&story, code)));
    stage.cloud.all_went_well().await;
}

// B-186
#[tokio::test]
async fn start_that_is_answered_without_a_name_is_recorded_and_kept() {
    let stage = recorded(json!({})).await;
    stage
        .cloud
        .fault(json!({"kind": "start_recording_unnamed", "count": 1}))
        .await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = talking(&stage, &mut ann).await;
    stands(&mut ann, "recording").await;
    phone.hang_up().await;
    kept(&stage, 1).await;
}

// B-023
#[tokio::test]
async fn paused_span_is_silent_in_the_file_although_the_service_recorded_it() {
    let stage = recorded(json!({})).await;
    stage
        .cloud
        .fault(json!({"kind": "recording_ignores_pause", "count": 1}))
        .await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = talking(&stage, &mut ann).await;
    stands(&mut ann, "recording").await;
    stage.cloud.recorded_for(1_500).await;
    assert_eq!(asks(&ann, "/contacts/1/recording/pause").await.0, 204);
    let seen = stands(&mut ann, "paused").await;
    assert_eq!(seen["paused_by"], "agent");
    assert!(seen["resumes_at"].is_string());
    let again = asks(&ann, "/contacts/1/recording/pause").await;
    assert_eq!(again, (409, json!("already_paused")));
    stage.cloud.recorded_for(3_000).await;
    assert_eq!(asks(&ann, "/contacts/1/recording/resume").await.0, 204);
    stands(&mut ann, "recording").await;
    let again = asks(&ann, "/contacts/1/recording/resume").await;
    assert_eq!(again, (409, json!("not_paused")));
    stage.cloud.recorded_for(5_000).await;
    phone.hang_up().await;

    let (file, story) = kept(&stage, 1).await;
    let recordings = stage.cloud.get("/_emulator/recordings").await;
    let pause = &recordings[0]["pauses"][0];
    let from = pause["start_ms"].as_u64().unwrap();
    let until = from + pause["duration_ms"].as_u64().unwrap();
    assert!(is_silent(&file, from, until), "{from} to {until} ms");
    let end = length_ms(&file);
    assert!(!is_silent(&file, 0, 300) && !is_silent(&file, end - 300, end));
    let url = format!(
        "/_emulator/recordings/{}/content",
        recordings[0]["id"].as_str().unwrap()
    );
    let url = format!("{}{url}", stage.cloud.running.http_url());
    let theirs = stage.cloud.http.get(url).send().await.unwrap();
    assert!(!is_silent(&theirs.bytes().await.unwrap(), from, until));
    let pause = &story["recordings"][0]["pauses"][0];
    assert!(pause["from"].is_string() && pause["until"].is_string());
    assert_eq!(pause["cause"], "agent");
    assert_eq!(told(&story, "recording_resumed")["detail"]["by"], "agent");
}

// B-023
#[tokio::test]
async fn pause_that_the_service_refuses_stops_the_recording_and_raises_the_alarm() {
    let stage = recorded(json!({})).await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = talking(&stage, &mut ann).await;
    stands(&mut ann, "recording").await;
    let refused = json!({
        "kind": "status", "status": 400, "match": {"operation": "PauseRecording"}, "count": 1,
    });
    stage.cloud.fault(refused).await;
    asks(&ann, "/contacts/1/recording/pause").await;
    let seen = stands(&mut ann, "failed").await;
    assert_eq!(seen["code"], "pause_failed");
    let look = async || {
        let recordings = stage.cloud.get("/_emulator/recordings").await;
        (recordings[0]["ended"] == true).then_some(())
    };
    until("the end of the recording", look).await;
    let act = (json!("act"), json!("recordings_failed"));
    assert_eq!(alarm(&stage).await, act);
    phone.hang_up().await;
    told(&stage.alex.contact(1).await, "recording_pause_failed");
}

// B-023: kill -9 in mid-pause
#[tokio::test]
async fn pause_outlives_the_process() {
    let mut stage = recorded(json!({})).await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = stage.cloud.dial().await.id;
    ann.accept().await;
    ann.has("connected").await;
    stands(&mut ann, "recording").await;
    asks(&ann, "/contacts/1/recording/pause").await;
    stands(&mut ann, "paused").await;
    stage.server.die().await;
    stage.server.start_again().await;
    ann.feed = ann.person.watch("me").await;
    let seen = stands(&mut ann, "paused").await;
    assert_eq!(seen["paused_by"], "agent");
    assert_eq!(asks(&ann, "/contacts/1/recording/resume").await.0, 204);
    stands(&mut ann, "recording").await;
    let path = format!("/_emulator/pstn-calls/{phone}/hang-up");
    stage.cloud.post(&path, json!({})).await;
    let (file, story) = kept(&stage, 1).await;
    let recordings = stage.cloud.get("/_emulator/recordings").await;
    let pause = &recordings[0]["pauses"][0];
    let from = pause["start_ms"].as_u64().unwrap();
    let until = from + pause["duration_ms"].as_u64().unwrap();
    assert!(is_silent(&file, from, until));
    assert_eq!(
        story["recordings"][0]["pauses"].as_array().unwrap().len(),
        1
    );
}

// B-185
#[tokio::test]
async fn customer_and_agent_have_a_channel_each_where_the_rule_keeps_them_apart() {
    let stage = recorded(json!({"channels": "unmixed"})).await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = talking(&stage, &mut ann).await;
    stands(&mut ann, "recording").await;
    stage.cloud.recorded_for(500).await;
    phone.hang_up().await;
    let (file, _) = kept(&stage, 1).await;
    let recordings = stage.cloud.get("/_emulator/recordings").await;
    let channels = recordings[0]["channel_of"].as_array().unwrap();
    let who: Vec<_> = { channels.iter() }
        .map(|it| it["participant"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(channels[0]["channel"], 0);
    assert!(
        who[0].starts_with("4:+") && who[1].contains(&ann.oid),
        "{who:?}"
    );
    assert_eq!(u16::from_le_bytes([file[22], file[23]]), 2);
    let left_and_right = file[44..].chunks_exact(4);
    let differ = left_and_right.filter(|it| it[..2] != it[2..]).count();
    assert!(differ > 0, "each party has a tone of its own");
}

// B-187
#[tokio::test]
async fn recording_that_fails_to_start_is_told_to_the_agent_and_ends_the_call_where_the_rule_says_so()
 {
    let failed = json!({"kind": "start_recording_failed", "sub_code": 8608, "count": 1});
    let stage = recorded(json!({"on_failure": "warn"})).await;
    stage.cloud.fault(failed.clone()).await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = talking(&stage, &mut ann).await;
    let seen = stands(&mut ann, "failed").await;
    assert_eq!(seen["code"], "8608");
    phone.is("in_call").await;

    let stage = recorded(json!({"on_failure": "end_call"})).await;
    stage.cloud.fault(failed).await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = stage.cloud.dial().await;
    ann.accept().await;
    phone.is("ended").await;
    ann.has("wrap_up").await;
    stands(&mut ann, "failed").await;
    let story = stage.alex.contact(1).await;
    assert_eq!(told(&story, "conversation_ended")["detail"]["by"], "rule");
    assert_eq!(told(&story, "not_recorded")["detail"]["why"], "failed");
}

#[tokio::test]
async fn recording_that_stops_by_itself_is_told_to_the_agent() {
    let stage = recorded(json!({})).await;
    stage
        .cloud
        .fault(json!({"kind": "recording_stops", "ms": 300, "count": 1}))
        .await;
    let mut ann = stage.agent(0, "ann").await;
    let _phone = talking(&stage, &mut ann).await;
    let seen = stands(&mut ann, "failed").await;
    assert_eq!(seen["code"], "stopped");
    kept(&stage, 1).await;
}

/// The alarm of recordings that went wrong.
async fn alarm(stage: &Stage) -> (Value, Value) {
    let health = stage.alex.get("/system-health").await;
    let checks = health["checks"].as_array().unwrap();
    let check = checks.iter().find(|it| it["id"] == "recordings").unwrap();
    (check["level"].clone(), check["code"].clone())
}

#[tokio::test]
async fn file_whose_download_breaks_off_is_fetched_on_from_there_and_kept_whole() {
    let stage = recorded(json!({})).await;
    let breaks = json!({"kind": "download_breaks_off", "count": 2});
    stage.cloud.fault(breaks).await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = talking(&stage, &mut ann).await;
    stands(&mut ann, "recording").await;
    stage.cloud.recorded_for(2_000).await;
    phone.hang_up().await;
    let (file, _) = kept(&stage, 1).await;
    let recordings = stage.cloud.get("/_emulator/recordings").await;
    assert_eq!(recordings[0]["duration_ms"], length_ms(&file));
    let asked = stage.cloud.requests("FetchRecording").await;
    let ranges: Vec<_> = asked.iter().map(|it| &it["headers"]["range"]).collect();
    assert_eq!((ranges.len(), ranges[0]), (3, &Value::Null));
    let from = |range: &Value| {
        let from = range.as_str().unwrap().strip_prefix("bytes=").unwrap();
        from.strip_suffix('-').unwrap().parse::<usize>().unwrap()
    };
    assert!(0 < from(ranges[1]) && from(ranges[1]) < from(ranges[2]));
    assert!(from(ranges[2]) < file.len());
}

#[tokio::test]
async fn file_that_is_shorter_than_it_says_is_not_claimed_to_be_the_recording() {
    let stage = recorded(json!({})).await;
    let truncated = json!({"kind": "recording_truncated", "count": 1});
    stage.cloud.fault(truncated).await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = talking(&stage, &mut ann).await;
    stands(&mut ann, "recording").await;
    stage.cloud.recorded_for(1_000).await;
    phone.hang_up().await;
    let look = async || {
        let story = stage.alex.find_contact(1).await?;
        (story["recordings"][0]["state"] == "lost").then_some(story)
    };
    let story = until("the loss", look).await;
    let why = &told(&story, "recording_lost")["detail"]["why"];
    assert_eq!(why["refused"]["code"], "truncated");
    let act = (json!("act"), json!("recordings_failed"));
    assert_eq!(alarm(&stage).await, act);
    let listed = stage.alex.get("/contacts/1/recordings").await;
    let listed = &listed["recordings"][0];
    assert_eq!(
        (&listed["state"], &listed["code"]),
        (&json!("lost"), &json!("truncated"))
    );
}

#[tokio::test]
async fn file_of_another_length_than_was_told_is_kept_and_not_said_to_be_whole() {
    let stage = recorded(json!({})).await;
    let shortened = json!({"kind": "recording_shortened", "count": 1});
    stage.cloud.fault(shortened).await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = talking(&stage, &mut ann).await;
    stands(&mut ann, "recording").await;
    stage.cloud.recorded_for(5_000).await;
    phone.hang_up().await;
    let look = async || {
        let story = stage.alex.find_contact(1).await?;
        (story["recordings"][0]["state"] == "kept").then_some(story)
    };
    let story = until("the file", look).await;
    let detail = &told(&story, "recording_kept")["detail"];
    let (told_s, seconds) = (&detail["told_s"], &detail["seconds"]);
    assert!(told_s.as_u64().unwrap() >= 5, "{detail}");
    assert!(seconds.as_u64().unwrap() < 4, "{detail}");
    let act = (json!("act"), json!("recordings_failed"));
    assert_eq!(alarm(&stage).await, act);
    let listed = stage.alex.get("/contacts/1/recordings").await;
    let listed = &listed["recordings"][0];
    assert_eq!(listed["state"], "kept");
    assert!(listed["told_seconds"].as_f64().unwrap() >= 5.0, "{listed}");
}

fn consenting(ask: &Value) -> Value {
    json!([
        {"id": "consent", "kind": "consent", "prompt": {"text": "Calls are recorded."}, "ask": ask,
         "given": "wait", "refused": "wait", "failed": "end"},
        {"id": "wait", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end"},
        {"id": "end", "kind": "end"},
    ])
}

/// The places of these lines in a story, in their order.
fn places(story: &Value, codes: &[&str]) -> Vec<usize> {
    let timeline = story["timeline"].as_array().unwrap();
    let place = |code: &&str| timeline.iter().position(|it| it["what"] == **code);
    codes.iter().map(|code| place(code).expect(code)).collect()
}

// B-237
#[tokio::test]
async fn file_begins_after_the_announcement() {
    let stage = with_flow(json!({"consent": "announced"}), consenting(&Value::Null)).await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = stage.cloud.dial().await;
    phone.hears("Calls are recorded.").await;
    assert!(stage.cloud.requests("StartRecording").await.is_empty());
    ann.accept().await;
    let contact = ann.has("connected").await;
    assert_eq!(contact["consent"], "announced");
    stands(&mut ann, "recording").await;
    phone.hang_up().await;
    let (_, story) = kept(&stage, 1).await;
    let at = places(
        &story,
        &["consent_announced", "recording_asked", "recording_started"],
    );
    assert!(at.is_sorted(), "{at:?}");
}

// B-237
#[tokio::test]
async fn caller_who_refuses_is_served_and_there_is_no_file() {
    let ask = json!({"accept": "1", "refuse": "2", "timeout_s": 5});
    let stage = with_flow(json!({"consent": "asked"}), consenting(&ask)).await;
    let mut ann = stage.agent(0, "ann").await;
    let script = json!({"script": [{"do": "digits", "keys": "2", "after_ms": 50}]});
    let phone = stage.cloud.dial_from(crate::cloud::CALLER, script).await;
    ann.accept().await;
    let contact = ann.has("connected").await;
    assert_eq!(contact["consent"], "refused");
    let seen = stands(&mut ann, "not_allowed").await;
    assert_eq!(
        (&seen["code"], &seen["required"]),
        (&json!("refused"), &json!(true))
    );
    phone.hang_up().await;
    ann.has("wrap_up").await;
    let story = stage.alex.contact(1).await;
    assert_eq!(told(&story, "not_recorded")["detail"]["why"], "refused");
    assert_eq!(story["recordings"], json!([]));
    assert!(stage.cloud.requests("StartRecording").await.is_empty());
    assert_eq!(stage.cloud.get("/_emulator/recordings").await, json!([]));
}

// R-24 c, B-023: kill -9 while a card number is asked for
#[tokio::test]
async fn card_number_is_entered_in_a_pause_and_lies_nowhere() {
    const CARD: &str = "4929860013574286";
    let mut stage = on(
        Stage::in_clear_weather().await,
        Value::Null,
        json!([
            {"id": "record", "kind": "record", "action": "start", "next": "card", "failed": "end"},
            {"id": "card", "kind": "collect", "prompt": {"text": "Your card number."}, "max_digits": 19,
             "timeout_s": 30, "attribute": "card", "masked": true, "between_digits_s": 20,
             "next": "thanks", "no_input": "end", "failed": "end"},
            {"id": "thanks", "kind": "message", "prompt": {"text": "Thank you."}},
            {"id": "end", "kind": "end"},
        ]),
    )
    .await;
    let phone = stage.cloud.dial().await.id;
    let path = format!("/_emulator/pstn-calls/{phone}");
    let hears = async |stage: &Stage| {
        let look = async || {
            let phone = stage.cloud.get(&path).await;
            let text = phone["hears"]["text"].as_str()?.to_owned();
            text.contains("Your card number.").then_some(())
        };
        until("the question", look).await;
    };
    hears(&stage).await;
    stage.server.die().await;
    stage.server.start_again().await;
    hears(&stage).await;
    let pressed = json!({"digits": format!("{CARD}#")});
    let (status, answer) = stage.cloud.post(&format!("{path}/digits"), pressed).await;
    assert!(status < 300, "{answer}");
    let (file, story) = kept(&stage, 1).await;
    told(&story, "masked_digits_collected");
    assert_eq!(story["recordings"][0]["pauses"][0]["cause"], "flow");
    assert!(!story.to_string().contains(CARD));
    let at = places(
        &story,
        &[
            "recording_paused",
            "masked_digits_collected",
            "recording_resumed",
        ],
    );
    assert!(at.is_sorted(), "{at:?}");
    let recordings = stage.cloud.get("/_emulator/recordings").await;
    let pause = &recordings[0]["pauses"][0];
    let from = pause["start_ms"].as_u64().unwrap();
    let until = from + pause["duration_ms"].as_u64().unwrap();
    assert!(is_silent(&file, from, until));
    stage.server.stop().await;
    let with_it = files_with(&stage.server.data_dir(), CARD);
    assert!(with_it.is_empty(), "the digits are in {with_it:?}");
}

#[tokio::test]
async fn rule_comes_back_as_it_was_sent_and_mistakes_name_their_place() {
    let rule = json!({
        "when": "always", "channels": "unmixed", "consent": "asked", "on_failure": "end_call",
        "pause_max_s": 30, "after_transfer": "strictest", "keep_days": 90,
    });
    let stage = recorded(rule.clone()).await;
    let kept = stage.alex.get("/queues/1").await;
    assert_eq!(kept["recording"], rule);
    for (field, wrong) in [("pause_max_s", json!(29)), ("keep_days", json!(0))] {
        let mut rule = rule.clone();
        rule[field] = wrong;
        let queue = json!({"name": "Wrong", "recording": rule});
        let (status, refused) = stage.alex.asks(Method::POST, "/queues", Some(queue)).await;
        assert_eq!(status, 422, "{refused}");
        let place = format!("recording.{field}");
        assert_eq!(refused["errors"][0]["field"], place, "{refused}");
    }
    let flow = json!({"name": "Wrong", "start": "consent", "nodes": consenting(&json!({
        "accept": "1", "refuse": "1", "timeout_s": 5,
    }))});
    let (status, refused) = stage.alex.asks(Method::POST, "/flows", Some(flow)).await;
    assert_eq!(status, 422, "{refused}");
    assert_eq!(
        refused["errors"][0]["field"], "nodes.consent.ask.refuse",
        "{refused}"
    );
}
