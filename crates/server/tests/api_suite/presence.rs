//! The presence rules over the API (B-214 to B-216, B-203).

use crate::server::Server;
use reqwest::StatusCode;
use serde_json::json;

// B-214, B-215, B-216
#[tokio::test]
async fn presence_rules_are_the_usual_ones_until_somebody_changes_them_on_the_version_that_was_read()
 {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let usual = alex
        .get("/presence-rules")
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(usual["version"], 0);
    assert_eq!(usual["to_teams"]["is_on"], false);
    assert_eq!(usual["ignore_shorter_than_s"], 15);
    assert_eq!(
        usual["gate"][0],
        json!({"when": "call", "voice": "no_route", "messages": "route"})
    );
    let lunch = alex
        .create("/reasons", json!({"label": "Lunch", "productive": false}))
        .await;
    let mut rules = usual.clone();
    rules["to_teams"]["is_on"] = json!(true);
    let from = json!({"kind": "reason", "reason_id": lunch["id"]});
    let away = json!({"from": from, "to": "away"});
    rules["to_teams"]["map"]
        .as_array_mut()
        .unwrap()
        .push(away.clone());
    let refused = alex.put("/presence-rules", 3, rules.clone()).await;
    refused.expect_problem(409, "conflict");
    let saved = alex.put("/presence-rules", 0, rules.clone()).await;
    let saved = saved.expect_status(StatusCode::OK);
    assert_eq!(saved["version"], 1);
    let map = saved["to_teams"]["map"].as_array().unwrap();
    assert_eq!(map.last(), Some(&away));
    // What is read is what is written, but for its version.
    let mut read = alex.get("/presence-rules").await.body;
    assert_eq!(read, saved);
    assert_eq!(read["id"], serde_json::Value::Null);
    read.as_object_mut().unwrap().remove("version");
    let start = json!({"side": "teams", "status": "away"});
    let asked = json!({"start": start, "rules": read.clone()});
    let told = alex.post("/presence-rules/chain", asked).await;
    told.expect_status(StatusCode::OK);
    let again = alex.put("/presence-rules", 1, read).await;
    again.expect_status(StatusCode::OK);

    rules["gate"][0]["when"] = json!("sleeping");
    let refused = alex.put("/presence-rules", 2, rules.clone()).await;
    refused.expect_problem(422, "invalid");
    assert_eq!(refused.body["errors"][0]["field"], "gate[0].when");
    let detail = refused.body["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("conference_call"), "{detail}");
    rules["gate"] = json!([]);
    rules["to_teams"]["map"][0]["from"] = json!({"kind": "reason", "reason_id": 99});
    let refused = alex.put("/presence-rules", 2, rules).await;
    refused.expect_problem(422, "invalid");
    assert_eq!(
        refused.body["errors"][0]["field"],
        "to_teams.map[0].from.reason_id"
    );
}

// B-203
#[tokio::test]
async fn chain_tells_what_follows_and_rules_that_never_end_are_refused_with_each_change() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/reasons", json!({"label": "Lunch", "productive": false}))
        .await;
    let mut rules = alex
        .get("/presence-rules")
        .await
        .expect_status(StatusCode::OK);
    let system = |standing: &str| json!({"kind": "system", "standing": standing});
    let lunch = json!({"kind": "reason", "reason_id": 1});
    let not_ready = json!({"kind": "not_ready", "reason_id": 1});
    rules["to_teams"] = json!({"is_on": true, "map": [
        {"from": system("available"), "to": "away"}, {"from": lunch, "to": "available"}
    ]});
    rules["from_teams"] = json!({"is_on": true, "map": [
        {"from": "away", "to": not_ready}, {"from": "available", "to": {"kind": "available"}}
    ]});
    let refused = alex.put("/presence-rules", 0, rules.clone()).await;
    refused.expect_problem(422, "presence_loop");
    assert_eq!(refused.body["errors"].as_array().map(Vec::len), Some(4));

    rules.as_object_mut().unwrap().remove("version");
    let asked = json!({"rules": rules, "start": {"side": "teams", "status": "away"}});
    let told = alex.post("/presence-rules/chain", asked).await;
    let told = told.expect_status(StatusCode::OK);
    assert_eq!(told["ends"], "loops");
    assert_eq!(told["cycle"].as_array().map(Vec::len), Some(4));
    let first = &told["steps"][0];
    assert_eq!(
        (&first["at_s"], &first["why"]),
        (&json!(0), &json!("presence.why.start"))
    );
    assert_eq!(first["shows"], json!({"side": "teams", "status": "away"}));

    rules["allow_loop"] = json!(true);
    alex.put("/presence-rules", 0, rules)
        .await
        .expect_status(StatusCode::OK);
    let standing = json!({"side": "tandem", "standing": system("ringing")});
    let told = alex
        .post("/presence-rules/chain", json!({"start": standing}))
        .await;
    let told = told.expect_status(StatusCode::OK);
    assert_eq!(told["ends"], "settled");
    assert_eq!(told["steps"][1]["why"], "presence.why.no_rule");
}
