//! Calls by SIP trunks: `SIPp`, which is not ours, is the carrier and the agent's phone; what they say and hear goes over
//! sockets of the test's own, so that who hears whom is told by tones (B-007, B-024, B-026, B-027, B-029, B-030).

mod by_neighbors;
mod peer;
mod sound;
mod speech;
mod town;
mod trunk;

use crate::path::told;
use crate::stage::Stage;
use crate::wait::until;
use peer::{Call, Sipp};
use serde_json::{Value, json};
use sound::{Mouth, Voice};
use trunk::{NUMBER, World};

// B-007, B-024, B-026, B-027, B-029
#[tokio::test]
async fn caller_of_a_trunk_waits_with_music_and_talks_to_an_agent_on_a_sip_phone() {
    let world = World::new().await;
    let mut ann = world.agent("ann").await;
    let phone = world.phone_answers(&Call::agent()).await;
    let mut caller = Voice::new(Mouth::Hertz(700)).await;
    let call = world.call(NUMBER, &caller);
    caller.hears(world.music).await;
    ann.accept().await;
    ann.has("connected").await;
    let mut agent = phone.voice();
    agent.says(Mouth::Hertz(1_300));
    caller.hears(1_300).await;
    agent.hears(700).await;
    let story = world.stage.alex.contact(1).await;
    assert_eq!(story["customer"]["number"], trunk::CALLER);
    ann.hang_up(1).await;
    phone.ended().await;
    call.ended().await;
    let story = world.stage.ended(1).await;
    assert_eq!(told(&story, "ended")["detail"]["reason"], "handled");
    let requests = world.stage.cloud.get("/_emulator/requests").await;
    let calls = requests.as_array().unwrap().iter();
    let calls = calls.filter(|it| {
        it["path"]
            .as_str()
            .is_some_and(|it| it.contains("/calling/"))
    });
    assert_eq!(
        calls.count(),
        0,
        "Microsoft was not asked for anything about the call"
    );
}

//
#[tokio::test]
async fn customer_on_hold_hears_music_and_the_agent_hears_nothing_of_it() {
    let world = World::new().await;
    let mut ann = world.agent("ann").await;
    let phone = world.phone_answers(&Call::agent()).await;
    let mut caller = Voice::new(Mouth::Hertz(700)).await;
    let call = world.call(NUMBER, &caller);
    caller.hears(world.music).await;
    ann.accept().await;
    ann.has("connected").await;
    let mut agent = phone.voice();
    agent.says(Mouth::Hertz(1_300));
    caller.hears(1_300).await;
    ann.person.post("/contacts/1/hold", json!({})).await;
    caller.hears(world.music).await;
    agent.hears_no(700).await;
    ann.person.post("/contacts/1/resume", json!({})).await;
    caller.hears(1_300).await;
    agent.hears(700).await;
    ann.hang_up(1).await;
    phone.ended().await;
    call.ended().await;
}

#[tokio::test]
async fn conversation_ends_when_the_caller_hangs_up() {
    let world = World::new().await;
    let mut ann = world.agent("ann").await;
    let phone = world.phone_answers(&Call::agent()).await;
    let mut caller = Voice::new(Mouth::Hertz(700)).await;
    let call = world.call_for(NUMBER, &caller, &Call::caller_who_hangs_up());
    caller.hears(world.music).await;
    ann.accept().await;
    ann.has("connected").await;
    let mut agent = phone.voice();
    agent.hears(700).await;
    caller.falls_silent();
    call.ended().await;
    phone.ended().await;
    world.stage.ended(1).await;
}

//
#[tokio::test]
async fn offer_ends_when_the_phone_is_busy_or_declines() {
    for (status, reason) in [(486, "busy"), (603, "declined")] {
        let world = World::new().await;
        let mut ann = world.agent("ann").await;
        let phone = world.phone_answers(&Call::refusing(status)).await;
        let caller = Voice::new(Mouth::Hertz(700)).await;
        let _call = world.call(NUMBER, &caller);
        ann.accept().await;
        phone.ended().await;
        // Whoever declines stays ready, and is not asked about this one again at once.
        ann.is("available").await;
        let story = world.stage.alex.contact(1).await;
        let timeline = story["timeline"].to_string();
        assert!(timeline.contains("offer"), "{reason}: {timeline}");
        assert!(story["state"] == "queued", "{story:#}");
    }
}

// B-024
#[tokio::test]
async fn agent_without_a_phone_is_not_rung_and_the_story_says_why() {
    let world = World::new().await;
    let mut bob = world.stage.agent(1, "bob").await;
    let caller = Voice::new(Mouth::Hertz(700)).await;
    let _call = world.call(NUMBER, &caller);
    bob.accept().await;
    bob.is("not_ready").await;
    let told = async || {
        let story = world.stage.alex.contact(1).await;
        story
            .to_string()
            .contains("agent-has-no-phone")
            .then_some(())
    };
    until("the reason", told).await;
}

// B-022: the process is gone in mid-call. Nobody else has the sound, so everybody is told, and nothing is lost of the contact.
#[tokio::test]
async fn process_that_is_killed_in_mid_call_is_followed_by_one_that_ends_the_call_at_both_phones() {
    let mut world = World::new().await;
    let mut ann = world.agent("ann").await;
    let phone = world.phone_answers(&Call::agent()).await;
    let mut caller = Voice::new(Mouth::Hertz(700)).await;
    let call = world.call(NUMBER, &caller);
    caller.hears(world.music).await;
    ann.accept().await;
    ann.has("connected").await;
    world.stage.server.die().await;
    world.stage.server.start_again().await;
    phone.ended().await;
    call.ended().await;
    let story = world.stage.ended(1).await;
    assert_eq!(told(&story, "connected")["detail"]["agent"], 1);
    assert_eq!(told(&story, "conversation_ended")["detail"]["agent"], 1);
}

#[tokio::test]
async fn number_that_is_none_of_ours_is_refused() {
    let world = World::new().await;
    let caller = Voice::new(Mouth::Silence).await;
    let refused = world.call_for("+4989999", &caller, &Call::caller_of_nobody());
    refused.ended().await;
}

// B-022, R-24
#[tokio::test]
async fn recorded_conversation_has_a_file_with_customer_and_agent_apart() {
    let world = World::recorded().await;
    let mut ann = world.agent("ann").await;
    let phone = world.phone_answers(&Call::agent()).await;
    let mut caller = Voice::new(Mouth::Hertz(700)).await;
    let call = world.call(NUMBER, &caller);
    ann.accept().await;
    ann.has("connected").await;
    let mut agent = phone.voice();
    agent.says(Mouth::Hertz(1_300));
    let state = |me: &Value| me["contacts"][0]["recording"]["state"] == "recording";
    ann.feed.until("a recording", state).await;
    caller.hears(1_300).await;
    agent.hears(700).await;
    ann.hang_up(1).await;
    call.ended().await;
    let look = async || {
        let story = world.stage.alex.find_contact(1).await?;
        (story["recordings"][0]["state"] == "kept").then_some(story)
    };
    let story = until("the file", look).await;
    let file = world.stage.alex.fetches("/contacts/1/message", None).await;
    let file = file.bytes().await.unwrap();
    let [customer, agent] = sound::channels(&file);
    assert!(sound::has(&customer, 700) && !sound::has(&customer, 1_300));
    assert!(sound::has(&agent, 1_300) && !sound::has(&agent, 700));
    let seconds = story["recordings"][0]["seconds"].as_u64().unwrap();
    assert_eq!(seconds, customer.len() as u64 / 8_000);
}

// B-030
#[tokio::test]
async fn trunk_is_up_when_its_host_answers_and_down_when_nobody_does() {
    let world = World::new().await;
    let answering = Sipp::run("options.xml", world.carrier_address(), &[]);
    let state = async |wanted: &str| {
        let path = format!("/trunks/{}/health", world.carrier);
        let look = async || {
            let health = world.stage.alex.get(&path).await;
            (health["state"] == wanted).then_some(health)
        };
        until(wanted, look).await
    };
    let health = state("up").await;
    assert_eq!(health["hosts"][0]["state"], "up");
    drop(answering);
}

// B-030
#[tokio::test]
async fn trunk_is_tried_while_somebody_waits() {
    let world = World::new().await;
    let alex = &world.stage.alex;
    let silent = alex
        .post(&format!("/trunks/{}/test", world.carrier), json!({}))
        .await;
    assert_eq!(silent["items"][0]["status"], Value::Null);
    let advice = silent["items"][0]["advice"].as_str().unwrap();
    assert!(advice.starts_with("nobody answers"), "{advice}");
    let _answering = Sipp::run("options.xml", world.carrier_address(), &[]);
    let tries = async || {
        let path = format!("/trunks/{}/test", world.carrier);
        let tried = alex.post(&path, json!({})).await;
        (tried["items"][0]["status"] == 200).then_some(tried)
    };
    let tried = until("an answer", tries).await;
    assert_eq!(tried["items"].as_array().unwrap().len(), 1);
    assert!(tried["items"][0]["took_ms"].is_u64(), "{tried}");
}

#[tokio::test]
async fn trunk_toward_teams_is_labelled_and_needs_a_way_for_emergency_calls() {
    let stage = Stage::with_trunks("").await;
    let mut teams = json!({
        "name": "Teams", "kind": "teams", "hosts": ["sip.pstnhub.microsoft.com"], "transport": "tls",
        "sources": ["52.112.0.0/14"], "own_name": "sbc.contoso.com", "srtp": "required",
    });
    let refused = stage
        .alex
        .asks(reqwest::Method::POST, "/trunks", Some(teams.clone()))
        .await;
    assert_eq!(refused.0.as_u16(), 422, "{}", refused.1);
    assert!(refused.1.to_string().contains("emergency"), "{}", refused.1);
    teams["emergency"] =
        json!({"waived": {"signed_by": "Ada", "why": "Mobile phones are at hand."}});
    let made = stage.alex.post("/trunks", teams).await;
    assert_eq!(made["support"], "not certified, unsupported by Microsoft");
}
