//! Messages and recordings over the wire: what a caller says is recorded by the service, fetched from its
//! storage, put to an agent and heard through the API.

use crate::cloud::{CALLER, Phone};
use crate::path::told;
use crate::person::{Desk, Person};
use crate::stage::Stage;
use crate::wait::until;
use reqwest::{Method, header};
use serde_json::{Value, json};

const PROMPT: &str = "Leave a message after this sentence.";

async fn with_voicemail() -> Stage {
    let stage = Stage::new().await;
    let queue = json!({
        "name": "Support", "music": "Music.", "offer_by": "teams",
        "wrap_up": {"mode": "optional", "seconds": 0},
    });
    stage.alex.create("/queues", queue).await;
    let disposition = json!({"label": "Called back", "queue_ids": [1]});
    stage.alex.create("/dispositions", disposition).await;
    let nodes = json!([
        {"id": "message", "kind": "voicemail", "queue_id": 1, "prompt": {"text": PROMPT}, "max_s": 30,
         "stop": "#", "done": "thanks", "no_message": "bye", "failed": "sorry"},
        {"id": "thanks", "kind": "message", "prompt": {"text": "Thank you."}},
        {"id": "bye", "kind": "message", "prompt": {"text": "Good bye."}},
        {"id": "sorry", "kind": "message", "prompt": {"text": "We cannot record you."}},
    ]);
    stage.flow(nodes).await;
    stage
}

/// A caller who is being recorded, for two seconds at least.
async fn speaking<'a>(stage: &'a Stage, more: Value) -> Phone<'a> {
    let phone = stage.cloud.dial_from(CALLER, more).await;
    let look = async || {
        let contact = stage.alex.find_contact(1).await?;
        let timeline = contact["timeline"].as_array()?;
        let is_recorded = timeline.iter().any(|it| it["what"] == "recording_started");
        is_recorded.then_some(())
    };
    until("the recording", look).await;
    phone
}

async fn wav_of(person: &Person, contact: u64, range: Option<&str>) -> (u16, Vec<u8>) {
    let path = format!("/contacts/{contact}/message");
    let answer = person.fetches(&path, range).await;
    let status = answer.status().as_u16();
    if status == 200 {
        let headers = answer.headers();
        assert_eq!(headers[header::CONTENT_TYPE], "audio/wav");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    }
    (status, answer.bytes().await.unwrap().to_vec())
}

/// Accepts the message and waits until it is connected; answers the contact.
async fn takes(ann: &mut Desk) -> Value {
    let offer = ann.accept().await;
    assert_eq!(offer["channel"], "voicemail");
    ann.has("connected").await
}

#[tokio::test]
async fn caller_leaves_a_message_and_an_agent_hears_it_and_is_done_with_it() {
    let stage = with_voicemail().await;
    let phone = speaking(&stage, json!({})).await;
    stage.cloud.recorded_for(3_000).await;
    phone.hang_up().await;
    let caller = stage.ended(1).await;
    assert_eq!(told(&caller, "ended")["detail"]["reason"], "message_left");
    let left = told(&caller, "message_left")["detail"].clone();
    assert_eq!((&left["message"], &left["queue"]), (&json!(2), &json!(1)));

    let mut ann = stage.agent_who(0, "ann").await;
    ann.offered().await;
    let (status, _) = wav_of(&ann.person, 2, None).await;
    assert_eq!(status, 409, "who is only offered it does not hear it");
    let contact = takes(&mut ann).await;
    assert_eq!(contact["channel"], "voicemail");
    let message = &contact["message"];
    assert_eq!(
        (&message["state"], &message["from_contact_id"]),
        (&json!("ready"), &json!(1))
    );
    assert_eq!(contact["customer"]["number"], CALLER);
    let (status, file) = wav_of(&ann.person, 2, None).await;
    assert_eq!(status, 200);
    // Sixteen thousand samples of two bytes in a second, and a header.
    let seconds = (file.len() - 44) / 32_000;
    assert!((2..=6).contains(&seconds), "{seconds} s");
    assert_eq!(message["seconds"], seconds);
    let (status, head) = wav_of(&ann.person, 2, Some("bytes=0-3")).await;
    assert_eq!((status, head.as_slice()), (206, &b"RIFF"[..]));
    let (status, _) = wav_of(&stage.alex, 2, None).await;
    assert_eq!(status, 200, "who may supervise hears it");

    let hold = ann
        .person
        .asks(Method::POST, "/contacts/2/hold", Some(json!({})));
    let (status, refused) = hold.await;
    assert_eq!(
        (status.as_u16(), &refused["code"]),
        (409, &json!("not_a_call"))
    );
    ann.hang_up(2).await;
    ann.has("wrap_up").await;
    ann.complete(2, 1).await;
    ann.is("available").await;
    let story = stage.ended(2).await;
    let played = story["timeline"].as_array().unwrap().iter();
    assert_eq!(
        played.filter(|it| it["what"] == "message_played").count(),
        3
    );
    told(&story, "recording_kept");
    let board = stage.alex.get("/board").await;
    let figures = ["offered", "answered", "abandoned"].map(|it| board["today"][it].as_u64());
    assert_eq!(
        figures,
        [Some(0); 3],
        "a message counts in no figure of calls"
    );
    let kept = &stage.alex.get("/contacts/2/recordings").await["recordings"][0];
    let path = format!("/recordings/{}", kept["id"]);
    let reason = json!({"reason": "The caller asked for it"});
    let (status, _) = stage.alex.asks(Method::DELETE, &path, Some(reason)).await;
    assert_eq!(status, 200);
    let (status, _) = wav_of(&stage.alex, 2, None).await;
    assert_eq!(
        status, 410,
        "who hears an erased one is told that it is gone"
    );
    stage.cloud.all_went_well().await;
}

/// The profile of an agent: a message may lie while there is a call.
async fn lets_messages_lie(stage: &Stage, agent: u64) {
    let channels = json!({
        "voice": {"max": 1, "interrupts": ["voicemail"]}, "voicemail": {"max": 2},
    });
    let profile = json!({"name": "Messages beside", "channels": channels});
    let profile = stage.alex.create("/capacity-profiles", profile).await;
    let path = format!("/agents/{agent}");
    let standing = stage.alex.get(&path).await;
    let fields = json!({"capacity_profile_id": profile});
    stage.alex.change(&path, &standing, fields).await;
}

// the list says what the rule says.
#[tokio::test]
async fn colleague_with_a_message_open_can_be_called_if_the_profile_has_room_and_the_list_says_so()
{
    let stage = with_voicemail().await;
    let phone = speaking(&stage, json!({})).await;
    stage.cloud.recorded_for(3_000).await;
    phone.hang_up().await;
    stage.ended(1).await;
    let mut ann = stage.agent_who(0, "ann").await;
    takes(&mut ann).await;
    let bob = stage.seated(1, "bob").await;
    let is_free = async || {
        let targets = bob.person.get("/transfer-targets?search=ann").await;
        targets["colleagues"][0]["is_free"].clone()
    };
    assert_eq!(is_free().await, false);
    lets_messages_lie(&stage, ann.id).await;
    assert_eq!(is_free().await, true);
}

#[tokio::test]
async fn stop_key_ends_the_message_and_the_caller_is_thanked() {
    let stage = with_voicemail().await;
    let script = json!({"script": [{"do": "digits", "keys": "#", "after_ms": 2_500}]});
    let phone = speaking(&stage, script).await;
    phone.hears("Thank you.").await;
    phone.is("ended").await;
    let caller = stage.ended(1).await;
    assert_eq!(told(&caller, "ended")["detail"]["reason"], "message_left");
    told(&caller, "recording_stopped");
    let mut ann = stage.agent_who(0, "ann").await;
    takes(&mut ann).await;
    let (status, file) = wav_of(&ann.person, 2, None).await;
    assert_eq!((status, &file[..4]), (200, &b"RIFF"[..]));
    stage.cloud.all_went_well().await;
}

// B-235
#[tokio::test]
async fn call_that_cannot_be_recorded_takes_the_exit_for_failures() {
    let stage = with_voicemail().await;
    let refused = json!({
        "kind": "status", "status": 400, "match": {"operation": "StartRecording"}, "count": 1,
    });
    stage.cloud.fault(refused).await;
    let phone = stage.cloud.dial().await;
    phone.hears("We cannot record you.").await;
    phone.is("ended").await;
    let contact = stage.ended(1).await;
    told(&contact, "recording_failed");
    assert_eq!(told(&contact, "exit_taken")["detail"]["exit"], "failed");
}

// B-235
#[tokio::test]
async fn recording_that_turns_out_to_be_none_takes_the_exit_for_failures() {
    let stage = with_voicemail().await;
    stage
        .cloud
        .fault(json!({"kind": "start_recording_failed", "count": 1}))
        .await;
    let phone = stage.cloud.dial().await;
    phone.hears("We cannot record you.").await;
    phone.is("ended").await;
}

#[tokio::test]
async fn agent_gets_the_message_whose_sound_is_not_to_be_had() {
    let stage = with_voicemail().await;
    let gone = json!({
        "kind": "status", "status": 404, "match": {"operation": "FetchRecording"}, "count": 1,
    });
    stage.cloud.fault(gone).await;
    let phone = speaking(&stage, json!({})).await;
    stage.cloud.recorded_for(3_000).await;
    phone.hang_up().await;
    let mut ann = stage.agent_who(0, "ann").await;
    let contact = takes(&mut ann).await;
    assert_eq!(contact["message"]["state"], "missing");
    let (status, _) = wav_of(&ann.person, 2, None).await;
    assert_eq!(status, 404);
    told(&stage.alex.contact(2).await, "recording_lost");
}

#[tokio::test]
async fn message_waits_for_the_next_process_and_can_be_heard_there() {
    let mut stage = with_voicemail().await;
    let phone = speaking(&stage, json!({})).await;
    stage.cloud.recorded_for(3_000).await;
    phone.hang_up().await;
    stage.ended(1).await;
    // Where the file is may not be known yet, or it may be on its way.
    stage.server.stop().await;
    stage.server.start_again().await;
    let mut ann = stage.agent_who(0, "ann").await;
    let contact = takes(&mut ann).await;
    assert_eq!(contact["message"]["state"], "ready");
    stage.server.stop().await;
    stage.server.start_again().await;
    let (status, file) = wav_of(&ann.person, 2, None).await;
    assert_eq!((status, &file[..4]), (200, &b"RIFF"[..]));
}

/// The recording of a call, as its contact's story and the other side have it.
#[tokio::test]
async fn call_is_recorded_from_one_step_of_the_flow_to_another_and_a_supervisor_hears_it() {
    let stage = Stage::new().await;
    let nodes = json!([
        {"id": "start", "kind": "record", "action": "start", "next": "ask", "failed": "sorry"},
        {"id": "ask", "kind": "collect", "prompt": {"text": "Press 1."}, "max_digits": 1, "timeout_s": 30,
         "next": "stop", "no_input": "sorry", "failed": "sorry"},
        {"id": "stop", "kind": "record", "action": "stop", "next": "bye", "failed": "sorry"},
        {"id": "bye", "kind": "message", "prompt": {"text": "Good bye."}},
        {"id": "sorry", "kind": "message", "prompt": {"text": "We cannot record you."}},
    ]);
    stage.flow(nodes).await;
    let phone = stage.cloud.dial().await;
    phone.hears("Press 1.").await;
    stage.cloud.recorded_for(1_000).await;
    let path = format!("/_emulator/pstn-calls/{}/digits", phone.id);
    stage.cloud.post(&path, json!({"digits": "1"})).await;
    phone.is("ended").await;
    let contact = stage.ended(1).await;
    assert_eq!(told(&contact, "ended")["detail"]["reason"], "contained");
    assert_eq!(
        told(&contact, "recording_started")["detail"]["purpose"],
        "call"
    );
    assert_eq!(
        told(&contact, "recording_stopped")["detail"]["is_kept"],
        true
    );
    let started = stage.cloud.requests("StartRecording").await;
    let stopped = stage.cloud.requests("StopRecording").await;
    assert_eq!((started.len(), stopped.len()), (1, 1));
    let is_kept = async || {
        let contact = stage.alex.contact(1).await;
        let timeline = contact["timeline"].as_array()?.iter();
        let mut kept = timeline.filter(|it| it["what"] == "recording_kept");
        kept.next().map(drop)
    };
    until("the file of the recording", is_kept).await;
    let (status, file) = wav_of(&stage.alex, 1, None).await;
    assert_eq!((status, &file[..4]), (200, &b"RIFF"[..]));
    stage.cloud.all_went_well().await;
}

// B-235
#[tokio::test]
async fn call_of_which_no_recording_can_be_started_goes_on_by_the_exit_for_failures() {
    let stage = Stage::new().await;
    let nodes = json!([
        {"id": "start", "kind": "record", "action": "start", "next": "bye", "failed": "sorry"},
        {"id": "bye", "kind": "message", "prompt": {"text": "Good bye."}},
        {"id": "sorry", "kind": "message", "prompt": {"text": "We cannot record you."}},
    ]);
    stage.flow(nodes).await;
    let refused = json!({
        "kind": "status", "status": 400, "match": {"operation": "StartRecording"}, "count": 1,
    });
    stage.cloud.fault(refused).await;
    let phone = stage.cloud.dial().await;
    phone.hears("We cannot record you.").await;
    phone.is("ended").await;
}

#[tokio::test]
async fn flow_with_voicemail_comes_back_as_it_was_sent_and_mistakes_name_their_place() {
    let stage = with_voicemail().await;
    let kept = stage.alex.get("/flows/1").await;
    let node = kept["nodes"].as_array().unwrap().iter();
    let node = node.clone().find(|it| it["id"] == "message").unwrap();
    assert_eq!(
        (&node["kind"], &node["stop"], &node["max_s"]),
        (&json!("voicemail"), &json!("#"), &json!(30))
    );
    for (field, wrong, place) in [
        ("max_s", json!(4), "nodes.message.max_s"),
        ("stop", json!("##"), "nodes.message.stop"),
        ("done", json!("nowhere"), "nodes.message.done"),
        ("queue_id", json!(9), "nodes"),
    ] {
        let mut nodes = kept["nodes"].clone();
        let node = nodes.as_array_mut().unwrap().iter_mut();
        node.into_iter().find(|it| it["id"] == "message").unwrap()[field] = wrong;
        let flow = json!({"name": "Wrong", "start": "message", "nodes": nodes});
        let (status, refused) = stage.alex.asks(Method::POST, "/flows", Some(flow)).await;
        assert_eq!(status, 422, "{field}: {refused}");
        assert_eq!(refused["errors"][0]["field"], place, "{refused}");
    }
}
