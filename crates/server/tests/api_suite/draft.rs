//! Settings as a draft: told and read again whole, held against what stands, and made so as a whole or not at all.

mod fields;

use crate::prompts::{tone, upload};
use crate::server::{Person, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tandem_server::config::{BusinessSystem, Config};

/// A draft with every field of every object.
const EVERYTHING: &str = include_str!("../testdata/draft.json");

fn with_a_business_system(config: &mut Config) {
    let system = BusinessSystem {
        base_url: "http://127.0.0.1:9".parse().unwrap(),
        secret_headers: Vec::new(),
    };
    config.centers[0]
        .business_systems
        .insert("crm".to_owned(), system);
}

/// A contact center with an agent and a sound, an administrator of it, and the draft of everything.
async fn stage() -> (Server, Person, Value) {
    let server = Server::configured(&[("contoso", "UTC")], with_a_business_system).await;
    let alex = server.administrator().await;
    alex.agent("ann", 1).await;
    let sound = upload(&alex, "audio/wav", tone(16_000, 500, 0.5)).await;
    let sound = sound.expect_status(StatusCode::CREATED);
    let draft = EVERYTHING.replace("SOUND", sound["id"].as_str().unwrap());
    let draft = serde_json::from_str(&draft).unwrap();
    (server, alex, draft)
}

async fn difference(by: &Person, draft: &Value) -> Value {
    let answer = by.post("/settings/difference", draft.clone()).await;
    answer.expect_status(StatusCode::OK)
}

/// Applies a draft on what stands.
async fn applied(by: &Person, draft: &Value) -> Value {
    let seen = difference(by, draft).await;
    assert_eq!(seen["problems"], json!([]));
    let mut draft = draft.clone();
    draft["mark"] = seen["mark"].clone();
    let answer = by.post("/settings/apply", draft).await;
    answer.expect_status(StatusCode::OK)
}

/// What stands, and its mark.
async fn standing(by: &Person) -> (Vec<Value>, Value) {
    let body = by.get("/settings").await.expect_status(StatusCode::OK);
    (sorted(&body), body["mark"].clone())
}

fn sorted(draft: &Value) -> Vec<Value> {
    let mut objects = draft["objects"].as_array().unwrap().clone();
    objects.sort_by_key(ToString::to_string);
    objects
}

/// The draft's object with this name, to change it.
fn object<'a>(draft: &'a mut Value, kind: &str, name: &str) -> &'a mut Value {
    let objects = draft["objects"].as_array_mut().unwrap();
    let mut found = objects.iter_mut().filter(|it| it["kind"] == kind);
    let is_it = |it: &&mut Value| it["settings"]["name"] == name || it["settings"]["label"] == name;
    &mut found.find(is_it).unwrap()["settings"]
}

fn leave_out(draft: &mut Value, kind: &str, name: &str) {
    let objects = draft["objects"].as_array_mut().unwrap();
    objects.retain(|it| it["kind"] != kind || it["settings"]["name"] != name);
}

#[tokio::test]
async fn settings_are_told_wiped_and_made_again_the_same() {
    let (server, alex, draft) = stage().await;
    let made = applied(&alex, &draft).await;
    assert_eq!(
        made["changes"].as_array().unwrap().len(),
        sorted(&draft).len()
    );
    let (objects, mark) = standing(&alex).await;
    assert_eq!(objects, sorted(&draft));
    assert_eq!(mark, made["mark"]);
    let told = alex.get("/settings").await.expect_status(StatusCode::OK);
    let again = json!({ "kinds": told["kinds"], "objects": told["objects"] });
    let same = difference(&alex, &again).await;
    assert_eq!(
        (&same["changes"], &same["problems"]),
        (&json!([]), &json!([]))
    );

    fields::all_differ_from_what_is_usual(&server);

    let people = draft["objects"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["kind"] == "agent");
    let mut people: Vec<_> = people.cloned().collect();
    for field in ["team", "capacity_profile", "skills", "phone"] {
        people[0]["settings"].as_object_mut().unwrap().remove(field);
    }
    let nothing = json!({ "kinds": draft["kinds"], "objects": people });
    let wiped = applied(&alex, &nothing).await;
    let removed = wiped["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["what"] == "remove");
    assert_eq!(removed.count(), objects.len() - 1);
    assert_eq!(standing(&alex).await.0.len(), 1);
    applied(&alex, &draft).await;
    assert_eq!(standing(&alex).await.0, objects);
}

#[tokio::test]
async fn one_bad_field_changes_nothing_and_every_one_is_named() {
    let (_server, alex, mut draft) = stage().await;
    let before = standing(&alex).await;
    object(&mut draft, "queue", "Support")["cooldown_s"] = json!(9_999);
    object(&mut draft, "queue", "Billing")["hours"] = json!("Nights");
    object(&mut draft, "flow", "Main")["nodes"][1]["next"] = json!("nowhere");
    object(&mut draft, "schedule", "Office")["weekly"]["monday"][0]["to"] = json!("25:00");
    object(&mut draft, "skill", "German")["level"] = json!(3);
    object(&mut draft, "disposition", "Solved")["queue_ids"] = json!([1]);
    let seen = difference(&alex, &draft).await;
    let problems = seen["problems"].as_array().unwrap();
    let told: Vec<_> = problems
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), it["field"].as_str().unwrap()))
        .collect();
    // What the core would say follows when every object can be read.
    let expected = [
        ("German", "level"),
        ("Office", "weekly.monday.0.to"),
        ("Billing", "hours"),
        ("Solved", "queue_ids"),
    ];
    assert_eq!(told, expected, "{problems:?}");
    draft["mark"] = seen["mark"].clone();
    let refused = alex.post("/settings/apply", draft.clone()).await;
    refused.expect_problem(422, "invalid");
    assert_eq!(refused.body["errors"].as_array().unwrap().len(), 4);
    object(&mut draft, "schedule", "Office")["weekly"]["monday"][0]["to"] = json!("12:00");
    object(&mut draft, "queue", "Billing")["hours"] = json!("office");
    object(&mut draft, "skill", "German")
        .as_object_mut()
        .unwrap()
        .remove("level");
    object(&mut draft, "disposition", "Solved")
        .as_object_mut()
        .unwrap()
        .remove("queue_ids");
    draft.as_object_mut().unwrap().remove("mark");
    let seen = difference(&alex, &draft).await;
    let problems = seen["problems"].as_array().unwrap();
    let told: Vec<_> = problems
        .iter()
        .map(|it| it["field"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["cooldown_s", "nodes.b_play.next"], "{problems:?}");
    assert_eq!(standing(&alex).await, before);
}

#[tokio::test]
async fn change_is_told_field_by_field_and_others_stay() {
    let (_server, alex, mut draft) = stage().await;
    applied(&alex, &draft).await;
    let queue = alex.get("/queues/1").await.expect_status(StatusCode::OK);
    object(&mut draft, "queue", "Support")["max_wait_s"] = json!(600);
    object(&mut draft, "queue", "Support")["requirements"][0]["min_level"] = json!(4);
    object(&mut draft, "queue", "Support")["hours"].take();
    let support = object(&mut draft, "queue", "Support")
        .as_object_mut()
        .unwrap();
    support.remove("hours");
    leave_out(&mut draft, "queue", "Billing");
    draft["kinds"] = json!(["queue", "skill"]);
    let objects = draft["objects"].as_array_mut().unwrap();
    objects.retain(|it| it["kind"] == "queue" || it["kind"] == "skill");
    let seen = difference(&alex, &draft).await;
    let fields = json!([
        {"field": "hours", "before": "Office", "after": null},
        {"field": "max_wait_s", "before": 900, "after": 600},
        {"field": "requirements.English.min_level", "before": 3, "after": 4},
    ]);
    let changes = json!([
        {"what": "change", "kind": "queue", "name": "Support", "fields": fields},
        {"what": "remove", "kind": "queue", "name": "Billing", "fields": []},
    ]);
    assert_eq!(seen["changes"], changes);
    applied(&alex, &draft).await;
    let changed = alex.get("/queues/1").await.expect_status(StatusCode::OK);
    assert_eq!(
        (&queue["version"], &changed["version"]),
        (&json!(1), &json!(2))
    );
    let flows = alex.get("/flows").await.expect_status(StatusCode::OK);
    assert_eq!(flows["items"][0]["version"], 1);
}

#[tokio::test]
async fn renamed_object_keeps_its_number_and_those_that_name_it() {
    let (_server, alex, mut draft) = stage().await;
    applied(&alex, &draft).await;
    let renamed = object(&mut draft, "skill", "German");
    *renamed = json!({ "name": "Deutsch", "renamed_from": "German" });
    let text = draft
        .to_string()
        .replace("\"skill\":\"German\"", "\"skill\":\"Deutsch\"");
    let draft: Value = serde_json::from_str(&text).unwrap();
    let made = applied(&alex, &draft).await;
    assert_eq!(made["changes"][0]["renamed_from"], "German");
    assert_eq!(made["changes"].as_array().unwrap().len(), 1, "{made}");
    let skill = alex.get("/skills/2").await.expect_status(StatusCode::OK);
    assert_eq!(skill, json!({"id": 2, "version": 2, "name": "Deutsch"}));
    assert_eq!(difference(&alex, &draft).await["changes"], json!([]));
}

#[tokio::test]
async fn draft_seen_on_other_settings_is_not_applied() {
    let (_server, alex, mut draft) = stage().await;
    draft["mark"] = difference(&alex, &draft).await["mark"].clone();
    alex.create("/skills", json!({"name": "Dutch"})).await;
    let stale = alex.post("/settings/apply", draft.clone()).await;
    stale.expect_problem(409, "settings_moved");
    let (objects, _) = standing(&alex).await;
    assert_eq!(objects.len(), 2, "the agent and Dutch");
}

#[tokio::test]
async fn emergency_closure_is_no_setting_and_stays() {
    let (_server, alex, mut draft) = stage().await;
    applied(&alex, &draft).await;
    let reason = json!({"reason": "Water in the cellar"});
    let closed = alex.post("/schedules/1/close", reason.clone()).await;
    closed.expect_status(StatusCode::OK);
    assert_eq!(difference(&alex, &draft).await["changes"], json!([]));
    object(&mut draft, "schedule", "Office")["time_zone"] = json!("Europe/Paris");
    applied(&alex, &draft).await;
    let schedule = alex.get("/schedules/1").await.expect_status(StatusCode::OK);
    assert_eq!(
        (&schedule["time_zone"], &schedule["closed_now"]),
        (&json!("Europe/Paris"), &reason)
    );
}

#[tokio::test]
async fn agents_are_neither_made_nor_removed_nor_renamed() {
    let (_server, alex, draft) = stage().await;
    applied(&alex, &draft).await;
    let mut without = draft.clone();
    without["objects"]
        .as_array_mut()
        .unwrap()
        .retain(|it| it["kind"] != "agent");
    assert_eq!(difference(&alex, &without).await["changes"], json!([]));
    let mut other = draft.clone();
    object(&mut other, "agent", "Agent ann")["name"] = json!("Agent Ann Marie");
    let seen = difference(&alex, &other).await;
    assert_eq!(seen["problems"][0]["field"], "name");
    let mut unknown = draft;
    let ann = object(&mut unknown, "agent", "Agent ann");
    ann["teams_user_id"] = json!("00000000-0000-0000-0000-000000000077");
    let seen = difference(&alex, &unknown).await;
    assert_eq!(seen["problems"][0]["field"], "teams_user_id");
}

#[tokio::test]
async fn what_is_used_is_not_removed_and_twins_are_told() {
    let (_server, alex, mut draft) = stage().await;
    applied(&alex, &draft).await;
    leave_out(&mut draft, "team", "North");
    draft["kinds"] = json!(["team"]);
    draft["objects"]
        .as_array_mut()
        .unwrap()
        .retain(|it| it["kind"] == "team");
    let seen = difference(&alex, &draft).await;
    let problem = &seen["problems"][0];
    assert_eq!(
        (&problem["name"], &problem["object"]),
        (&json!("North"), &Value::Null)
    );
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("still uses this team"), "{detail}");
    alex.create("/reasons", json!({"label": "lunch"})).await;
    let told = alex.get("/settings").await;
    told.expect_problem(409, "settings_nameless");
}

//
#[tokio::test]
async fn changes_are_in_the_audit_and_a_part_of_the_center_is_not_enough() {
    let (server, alex, draft) = stage().await;
    let ben = server
        .account("contoso", "ben", &["supervisor"], None)
        .await;
    applied(&alex, &draft).await;
    let audit = alex
        .get("/audit?limit=200")
        .await
        .expect_status(StatusCode::OK);
    let acts = audit["items"].as_array().unwrap().iter();
    let acts = acts.filter(|it| it["action"] == "saved").count();
    assert_eq!(
        acts,
        sorted(&draft).len() + 1,
        "and the agent was made before: {audit}"
    );
    let scope = json!({"queues": [1]});
    let set = alex
        .put(&format!("/accounts/{}/scope", ben.0), 1, scope)
        .await;
    assert_eq!(set.status, StatusCode::NO_CONTENT, "{}", set.body);
    let ben = server.nobody().sign_in("ben").await;
    ben.get("/settings")
        .await
        .expect_problem(403, "out_of_scope");
    let refused = ben.post("/settings/difference", draft).await;
    refused.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn program_with_a_key_applies_settings_and_does_nothing_else() {
    let (server, alex, draft) = stage().await;
    let sent = json!({"name": "Settings repository", "scopes": ["settings.apply"]});
    let made = alex.create("/api-keys", sent).await;
    let program = Person {
        token: made["key"].as_str().map(str::to_owned),
        ..server.nobody()
    };
    applied(&program, &draft).await;
    assert_eq!(standing(&program).await.0, sorted(&draft));
    let audit = alex
        .get("/audit?limit=1")
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(audit["items"][0]["actor"], "API key Settings repository");
    let refused = program.post("/skills", json!({"name": "Dutch"})).await;
    refused.expect_problem(403, "key_scope");
}
