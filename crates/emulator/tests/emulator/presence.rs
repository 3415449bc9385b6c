//! Presence of Microsoft Graph: what speaks for a person, what applications may say, and how long it lasts.

use crate::graph::{ANN, Answered, BOB, Client};
use crate::stage::{Stage, text};
use serde_json::{Value, json};
use tandem_emulator::defaults;

const MINUTE: u64 = 60_000;

/// Holds a presence against spec/graph/presence.json: its members, and the words of both lists.
fn checked(presence: &Value) -> &Value {
    let spec: Value = serde_json::from_str(include_str!("../../testdata/presence.json")).unwrap();
    let members: Vec<String> = spec["presence_properties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| text(name).split('{').next().unwrap().to_owned())
        .collect();
    for (name, _) in presence.as_object().unwrap() {
        assert!(name == "@odata.context" || members.contains(name), "{name}");
    }
    for name in ["availability", "activity"] {
        let word = &presence[name];
        let read = spec[format!("{name}_read_values")].as_array().unwrap();
        let seen = spec["also_seen"][name].as_array().unwrap();
        assert!(read.contains(word) || seen.contains(word), "{word}");
    }
    presence
}

async fn pair_of(graph: &Client<'_>, oid: &str) -> String {
    let answered = graph.get(&format!("/v1.0/users/{oid}/presence")).await;
    assert_eq!(answered.status, 200, "{}", answered.body);
    let presence = checked(&answered.body);
    format!(
        "{}/{}",
        text(&presence["availability"]),
        text(&presence["activity"])
    )
}

async fn says(graph: &Client<'_>, oid: &str, operation: &str, body: Value) -> Answered {
    let version = if body["availability"] == "DoNotDisturb" {
        "beta"
    } else {
        "v1.0"
    };
    graph
        .post(
            &format!("/{version}/users/{oid}/presence/{operation}"),
            body,
        )
        .await
}

fn session(availability: &str, activity: &str, life: &str) -> Value {
    json!({"sessionId": defaults::APP, "availability": availability, "activity": activity, "expirationDuration": life})
}

async fn by_hand(stage: &Stage, oid: &str, change: Value) {
    let (status, shown) = stage
        .control("PUT", &format!("/people/{oid}/presence"), change)
        .await;
    assert_eq!(status, 200, "{shown}");
}

// B-190, B-191
#[tokio::test]
async fn presence_follows_calls_and_what_a_person_does_in_teams() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    assert_eq!(pair_of(&graph, ANN).await, "Available/Available");
    let (_, id) = stage.connect(json!([])).await;
    stage.add_agent(&id).await;
    assert_eq!(pair_of(&graph, ANN).await, "Busy/InACall");
    assert_eq!(pair_of(&graph, BOB).await, "Available/Available");
    stage
        .control("POST", &format!("/teams-users/{ANN}/hang-up"), Value::Null)
        .await;
    assert_eq!(pair_of(&graph, ANN).await, "Available/Available");
    for (change, pair) in [
        (json!({"calendar": "in_a_meeting"}), "Busy/InAMeeting"),
        (
            json!({"chosen": "do_not_disturb"}),
            "DoNotDisturb/DoNotDisturb",
        ),
        (json!({"chosen": "appear_offline"}), "Offline/OffWork"),
        (
            json!({"chosen": "nothing", "calendar": "free", "client": "away"}),
            "Away/Away",
        ),
        (
            json!({"client": "active", "automatic_reply": "On leave"}),
            "Available/OutOfOffice",
        ),
        (
            json!({"client": "signed_out", "automatic_reply": ""}),
            "Offline/Offline",
        ),
    ] {
        by_hand(&stage, BOB, change.clone()).await;
        assert_eq!(pair_of(&graph, BOB).await, pair, "{change}");
    }
    let wrong = json!({"client": "asleep"});
    assert_eq!(
        stage
            .control("PUT", &format!("/people/{BOB}/presence"), wrong)
            .await
            .0,
        400
    );
}

// microsoft-graph.md 4: setPresence, clearPresence
#[tokio::test]
async fn session_of_an_application_speaks_until_it_ends() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    by_hand(&stage, ANN, json!({"client": "signed_out"})).await;
    let answered = says(
        &graph,
        ANN,
        "setPresence",
        session("Busy", "InACall", "PT10M"),
    )
    .await;
    assert_eq!((answered.status, answered.body), (200, json!("")));
    assert_eq!(pair_of(&graph, ANN).await, "Busy/InACall");
    stage.advance(10 * MINUTE - 1).await;
    assert_eq!(pair_of(&graph, ANN).await, "Busy/InACall");
    stage.advance(1).await;
    assert_eq!(pair_of(&graph, ANN).await, "Offline/Offline");
    // Five minutes without a word, and Available fades before its end.
    says(
        &graph,
        ANN,
        "setPresence",
        session("Available", "Available", "PT1H"),
    )
    .await;
    stage.advance(5 * MINUTE).await;
    assert_eq!(pair_of(&graph, ANN).await, "Available/AvailableInactive");
    stage.advance(5 * MINUTE).await;
    assert_eq!(pair_of(&graph, ANN).await, "Away/Away");
    let id = json!({"sessionId": defaults::APP});
    assert_eq!(
        says(&graph, ANN, "clearPresence", id.clone()).await.status,
        200
    );
    assert_eq!(pair_of(&graph, ANN).await, "Offline/Offline");
    assert_eq!(says(&graph, ANN, "clearPresence", id).await.status, 200);
    let mut without_life = session("Away", "Away", "PT5M");
    without_life
        .as_object_mut()
        .unwrap()
        .remove("expirationDuration");
    says(&graph, ANN, "setPresence", without_life).await;
    stage.advance(5 * MINUTE).await;
    assert_eq!(pair_of(&graph, ANN).await, "Offline/Offline");
}

// B-224
#[tokio::test]
async fn what_is_preferred_beats_sessions_until_it_is_over_or_cleared() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let busy = json!({"availability": "Busy", "activity": "Busy"});
    assert_eq!(
        says(&graph, ANN, "setUserPreferredPresence", busy)
            .await
            .status,
        200
    );
    assert_eq!(pair_of(&graph, ANN).await, "Busy/Busy");
    stage.advance(24 * 60 * MINUTE).await;
    assert_eq!(pair_of(&graph, ANN).await, "Available/Available");
    let away = json!({"availability": "BeRightBack", "activity": "BeRightBack", "expirationDuration": "PT15M"});
    says(&graph, ANN, "setUserPreferredPresence", away).await;
    assert_eq!(pair_of(&graph, ANN).await, "BeRightBack/BeRightBack");
    assert_eq!(
        says(&graph, ANN, "clearUserPreferredPresence", json!({}))
            .await
            .status,
        200
    );
    assert_eq!(pair_of(&graph, ANN).await, "Available/Available");
}

// B-224; spec/graph/presence.json
#[tokio::test]
async fn pair_or_duration_that_microsoft_does_not_take_is_refused() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    for body in [
        session("Busy", "Busy", "PT5M"),
        session("BeRightBack", "BeRightBack", "PT5M"),
        session("Offline", "Offline", "PT5M"),
        session("Available", "Available", "PT4M"),
        session("Available", "Available", "PT5H"),
        session("Available", "Available", "soon"),
        json!({"availability": "Available", "activity": "Available"}),
        json!({"sessionId": ANN, "availability": "Available", "activity": "Available"}),
        json!([]),
    ] {
        let refused = says(&graph, ANN, "setPresence", body.clone()).await;
        assert_eq!(refused.code(), (400, "BadRequest"), "{body}");
    }
    // What beta has and version 1.0 has not.
    let presenting = session("DoNotDisturb", "Presenting", "PT5M");
    let path = format!("/v1.0/users/{ANN}/presence/setPresence");
    assert_eq!(graph.post(&path, presenting.clone()).await.status, 400);
    assert_eq!(
        says(&graph, ANN, "setPresence", presenting).await.status,
        200
    );
    for body in [
        json!({"availability": "Busy", "activity": "InACall"}),
        json!({"availability": "Offline", "activity": "Offline"}),
        json!({"availability": "Away", "activity": "Away", "expirationDuration": "PT0S"}),
        json!({}),
    ] {
        assert_eq!(
            says(&graph, ANN, "setUserPreferredPresence", body)
                .await
                .status,
            400
        );
    }
    assert_eq!(pair_of(&graph, ANN).await, "DoNotDisturb/Presenting");
    // Nobody without Teams has a presence.
    let gone = json!({"licenses": {"teams": "deleted"}});
    stage
        .control("PUT", &format!("/entra/people/{BOB}"), gone)
        .await;
    assert_eq!(
        pair_of(&graph, BOB).await,
        "PresenceUnknown/PresenceUnknown"
    );
    let refused = says(&graph, BOB, "setPresence", session("Away", "Away", "PT5M")).await;
    assert_eq!(refused.code(), (403, "Forbidden"));
    assert_eq!(
        says(
            &graph,
            "nobody",
            "clearPresence",
            json!({"sessionId": defaults::APP})
        )
        .await
        .status,
        404
    );
}

#[tokio::test]
async fn message_is_read_by_everybody_and_its_times_by_the_person() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(30);
    let until = until
        .to_zoned(jiff::tz::TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%S")
        .to_string();
    let message = json!({"statusMessage": {
        "message": {"content": "At lunch", "contentType": "text"},
        "expiryDateTime": {"dateTime": until, "timeZone": "UTC"},
    }});
    assert_eq!(
        says(&graph, ANN, "setStatusMessage", message).await.status,
        200
    );
    let path = format!("/v1.0/users/{ANN}/presence");
    let seen = graph.get(&path).await.body["statusMessage"].clone();
    assert_eq!(
        seen,
        json!({"message": {"content": "At lunch", "contentType": "text"}})
    );
    let ann = Client::of_person(&stage, ANN, "Presence.Read%20Presence.ReadWrite").await;
    let own = ann.get("/v1.0/me/presence").await.body["statusMessage"].clone();
    assert_eq!(own["expiryDateTime"]["timeZone"], "UTC");
    assert!(own["publishedDateTime"].is_string());
    assert_eq!(
        ann.get(&format!("/v1.0/users/{BOB}/presence")).await.code(),
        (403, "Forbidden")
    );
    stage.advance(31 * MINUTE).await;
    assert_eq!(graph.get(&path).await.body["statusMessage"], Value::Null);
    for wrong in [
        json!({}),
        json!({"statusMessage": {"message": {"content": "x", "contentType": "html"}}}),
        json!({"statusMessage": {"message": {"content": "x".repeat(2000)}}}),
        json!({"statusMessage": {"message": {"content": "x"}, "expiryDateTime": {"dateTime": "soon"}}}),
    ] {
        assert_eq!(
            says(&graph, ANN, "setStatusMessage", wrong.clone())
                .await
                .status,
            400,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn end_of_a_message_in_another_zone_is_not_built_and_said() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let end = json!({"dateTime": "2099-01-01T00:00:00", "timeZone": "Pacific Standard Time"});
    let message = json!({"statusMessage": {"message": {"content": "x"}, "expiryDateTime": end}});
    let refused = says(&graph, ANN, "setStatusMessage", message).await;
    assert_eq!(refused.code(), (501, "NotImplemented"));
}

// microsoft-graph.md 4: getPresencesByUserId
#[tokio::test]
async fn presence_of_six_hundred_and_fifty_people_is_one_request() {
    let stage = Stage::with(|options| options.people = 700).await;
    let graph = Client::of(&stage).await;
    let users = graph.get("/v1.0/users?$select=id&$top=651").await.body;
    let ids: Vec<Value> = users["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["id"].clone())
        .collect();
    let path = "/v1.0/communications/getPresencesByUserId";
    assert_eq!(
        graph.post(path, json!({ "ids": ids })).await.code(),
        (400, "BadRequest")
    );
    let answered = graph.post(path, json!({"ids": ids[..650]})).await.body;
    let found = answered["value"].as_array().unwrap();
    assert_eq!(found.len(), 650);
    for (presence, id) in found.iter().zip(&ids) {
        assert_eq!(&checked(presence)["id"], id);
    }
    // Some have no Teams, and whoever is not there is unknown.
    assert!(
        found
            .iter()
            .any(|one| one["availability"] == "PresenceUnknown")
    );
    let nobody = "11111111-1111-2222-3333-444444444444";
    let unknown = graph.post(path, json!({"ids": [nobody]})).await.body;
    assert_eq!(unknown["value"][0]["activity"], "PresenceUnknown");
    for wrong in [
        json!({}),
        json!({"ids": []}),
        json!({"ids": [1]}),
        json!({"ids": "x"}),
    ] {
        assert_eq!(graph.post(path, wrong).await.code(), (400, "BadRequest"));
    }
    let one = graph
        .get(&format!("/beta/communications/presences('{ANN}')"))
        .await;
    assert_eq!(checked(&one.body)["id"], ANN);
}

#[tokio::test]
async fn sequence_numbers_grow_with_each_change() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let number = async || {
        text(&graph.get(&format!("/v1.0/users/{ANN}/presence")).await.body["sequenceNumber"])
    };
    let first = number().await;
    assert_eq!(number().await, first);
    by_hand(&stage, ANN, json!({"chosen": "busy"})).await;
    assert!(number().await > first);
}

#[tokio::test]
async fn chance_changes_presence_as_its_seed_says() {
    let mut told = Vec::new();
    for _ in 0..2 {
        let stage = Stage::stepped().await;
        let graph = Client::of(&stage).await;
        let order = json!({"every_ms": 100, "seed": 7});
        assert_eq!(stage.control("PUT", "/presence/wander", order).await.0, 200);
        stage.advance(20_000).await;
        assert_eq!(
            stage
                .control("PUT", "/presence/wander", json!({"every_ms": 0}))
                .await
                .0,
            200
        );
        let users = graph.get("/v1.0/users?$select=id").await.body;
        let ids: Vec<Value> = users["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["id"].clone())
            .collect();
        let path = "/v1.0/communications/getPresencesByUserId";
        let presences = graph.post(path, json!({ "ids": ids })).await.body["value"].clone();
        stage.advance(60_000).await;
        assert_eq!(
            graph.post(path, json!({ "ids": ids })).await.body["value"],
            presences
        );
        told.push(presences);
    }
    assert_eq!(told[0], told[1]);
    let pairs: std::collections::BTreeSet<String> = told[0]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["activity"].to_string())
        .collect();
    assert!(pairs.len() >= 4, "{pairs:?}");
}
