//! The floor, as supervisors see it while calls come in.

use crate::stage::Stage;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What the floor may lag behind.
const LAG_MAX: Duration = Duration::from_secs(2);

// B-002
#[tokio::test]
async fn wallboard_shows_three_waiting_calls_and_every_agent_within_two_seconds() {
    let stage = Stage::with_floor("tandem").await;
    // The lag of the board is measured, not that of word that has to be asked for.
    stage.cloud.without_faults().await;
    let mut board = stage.alex.watch("board").await;
    board
        .until("an empty floor", |it| {
            it["headlines"]["waiting"]["value"] == 0
        })
        .await;
    stage
        .alex
        .create("/reasons", json!({"label": "Lunch"}))
        .await;
    let mut ann = stage.seated(0, "ann").await;
    let bob = stage.seated(1, "bob").await;
    stage.seated(2, "cat").await;
    bob.wants("not_ready").await;
    ann.wants("ready").await;
    let talking = stage.cloud.dial_from("+12065550100", json!({})).await;
    ann.accept().await;
    ann.has("connected").await;
    for n in 1..=3 {
        let phone = stage
            .cloud
            .dial_from(&format!("+1206555010{n}"), json!({}))
            .await;
        phone.hears("Soft piano music.").await;
    }
    let queued = Instant::now();
    let expected = [
        "Agent ann on_contact",
        "Agent bob not_ready",
        "Agent cat signed_out",
    ];
    let seen = board.until("three waiting", |it| {
        it["headlines"]["waiting"]["value"] == 3
            && it["queues"][0]["waiting"] == 3
            && states(it) == expected
    });
    let seen = seen.await;
    assert!(queued.elapsed() < LAG_MAX, "it took {:?}", queued.elapsed());
    assert!(seen["headlines"]["longest_wait"]["since"].is_string());
    assert_eq!(seen["agents"]["on_contact"], 1);
    talking.hang_up().await;
    let changed = Instant::now();
    board
        .until("the wrap-up", |it| states(it)[0] == "Agent ann wrap_up")
        .await;
    assert!(
        changed.elapsed() < LAG_MAX,
        "it took {:?}",
        changed.elapsed()
    );
}

fn states(board: &Value) -> Vec<String> {
    let agents = board["agent_list"].as_array().into_iter().flatten();
    let word = |agent: &Value, name: &str| agent[name].as_str().unwrap().to_owned();
    let mut states: Vec<String> = agents
        .map(|agent| format!("{} {}", word(agent, "name"), word(agent, "state")))
        .collect();
    states.sort();
    states
}

// B-003
#[tokio::test]
async fn call_reaches_the_agent_with_the_higher_skill_and_the_next_while_that_one_is_busy() {
    let stage = Stage::with_floor("teams").await;
    let spanish = stage.alex.create("/skills", json!({"name": "es"})).await;
    let queue = stage.alex.get("/queues/1").await;
    let skilled = json!({
        "strategy": "best_skill", "requirements": [{"skill_id": spanish, "min_level": 1}],
    });
    stage.alex.change("/queues/1", &queue, skilled).await;
    // Ann waits longer, but Bob speaks better; Cat speaks nothing.
    let mut ann = stage.agent(0, "ann").await;
    let mut bob = stage.agent(1, "bob").await;
    let cat = stage.agent(2, "cat").await;
    for (desk, level) in [(&ann, 4), (&bob, 9)] {
        let path = format!("/agents/{}", desk.id);
        let agent = stage.alex.get(&path).await;
        let skills = json!({"skills": [{"skill_id": spanish, "level": level}]});
        stage.alex.change(&path, &agent, skills).await;
    }
    stage.cloud.dial_from("+12065550101", json!({})).await;
    bob.has("connected").await;
    stage.cloud.dial_from("+12065550102", json!({})).await;
    ann.has("connected").await;
    let third = stage.cloud.dial_from("+12065550103", json!({})).await;
    third.hears("Soft piano music.").await;
    let decisions = stage.alex.get("/decisions").await;
    let chosen: Vec<&Value> = decisions
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["chosen"]["name"])
        .collect();
    assert_eq!(
        chosen,
        [&Value::Null, &json!("Agent ann"), &json!("Agent bob")],
        "{decisions:#}"
    );
    assert_eq!(cat.feed.picture["offers"], json!([]));
}
