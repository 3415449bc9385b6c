//! Subscriptions of Microsoft Graph: handshake, notices with and without resource data, renewal, end and lifecycle.

use crate::graph::{ANN, BOB, Client};
use crate::stage::{Stage, text};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};

const MINUTE: u64 = 60_000;
const READ: &str = "https%3A%2F%2Fgraph.microsoft.com%2FPresence.Read.All";

fn in_minutes(minutes: i64) -> String {
    (Timestamp::now() + SignedDuration::from_mins(minutes)).to_string()
}

fn order(stage: &Stage, resource: &str) -> Value {
    json!({
        "changeType": "updated", "notificationUrl": format!("{}/notices", stage.receiver),
        "lifecycleNotificationUrl": format!("{}/lifecycle", stage.receiver), "resource": resource,
        "expirationDateTime": in_minutes(59), "clientState": "s3cret",
    })
}

fn of_presence(oid: &str) -> String {
    format!("/communications/presences/{oid}")
}

async fn busy(stage: &Stage, oid: &str) {
    let change = json!({"chosen": "busy"});
    assert_eq!(
        stage
            .control("PUT", &format!("/people/{oid}/presence"), change)
            .await
            .0,
        200
    );
    stage.advance(0).await;
}

/// What arrived at a path, each item by itself.
fn items(stage: &Stage, path: &str) -> Vec<Value> {
    let arrived = stage.arrived();
    let there = arrived.iter().filter(|one| one.path == path);
    there
        .flat_map(|one| one.body["value"].as_array().unwrap().clone())
        .collect()
}

// B-228, B-229; microsoft-graph.md 5
#[tokio::test]
async fn subscriber_is_told_of_presence_after_the_handshake() {
    let stage = Stage::stepped().await;
    let ann = Client::of_person(&stage, ANN, READ).await;
    let created = ann
        .post("/v1.0/subscriptions", order(&stage, &of_presence(BOB)))
        .await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(
        (&created.body["clientState"], &created.body["creatorId"]),
        (&json!("s3cret"), &json!(ANN))
    );
    assert!(!created.header("request-id").is_empty());
    let id = text(&created.body["id"]);
    // Both endpoints were asked, and nothing is told of what there was already.
    assert!(items(&stage, "/notices").is_empty());
    busy(&stage, ANN).await;
    assert!(items(&stage, "/notices").is_empty());
    busy(&stage, BOB).await;
    let told = items(&stage, "/notices");
    assert_eq!(told.len(), 1);
    let item = &told[0];
    assert_eq!(
        (
            &item["subscriptionId"],
            &item["clientState"],
            &item["changeType"]
        ),
        (&json!(id), &json!("s3cret"), &json!("updated"))
    );
    assert_eq!(item["resourceData"]["id"], BOB);
    assert!(item.get("encryptedContent").is_none());
    let (_, requests) = stage.control("GET", "/requests", Value::Null).await;
    assert!(!requests.to_string().contains("s3cret"));
    assert!(
        requests
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["operation"] == "Graph_CreateSubscription" && one["status"] == 201)
    );
    // A call is a change too.
    let (_, call) = stage.connect(json!([])).await;
    let answers = json!({"chosen": "nothing"});
    stage
        .control("PUT", &format!("/people/{BOB}/presence"), answers)
        .await;
    stage.advance(0).await;
    assert_eq!(items(&stage, "/notices").len(), 1);
    drop(call);
    let gone = ann
        .send("DELETE", &format!("/v1.0/subscriptions/{id}"), &[], None)
        .await;
    assert_eq!(gone.status, 204);
    busy(&stage, BOB).await;
    assert!(items(&stage, "/notices").is_empty());
    assert_eq!(
        ann.get(&format!("/v1.0/subscriptions/{id}")).await.code(),
        (404, "ResourceNotFound")
    );
}

// B-190
#[tokio::test]
async fn call_of_a_teams_user_is_told_when_it_begins_and_ends() {
    let stage = Stage::stepped().await;
    let bob = Client::of_person(&stage, BOB, READ).await;
    let resource = format!("communications/presences?$filter=id in ('{ANN}','{BOB}')");
    assert_eq!(
        bob.post("/v1.0/subscriptions", order(&stage, &resource))
            .await
            .status,
        201
    );
    let (_, id) = stage.connect(json!([])).await;
    let body = tandem_microsoft::acs::participant::AddParticipantRequest {
        participant_to_add: crate::stage::agent(),
        ..tandem_microsoft::acs::participant::AddParticipantRequest::default()
    };
    let request = tandem_microsoft::acs::participant::add(&id, &body, stage.once());
    assert_eq!(stage.acs(&request).await.0, 202);
    stage.advance(1_200).await;
    let told = items(&stage, "/notices");
    assert_eq!(
        (told.len(), &told[0]["resourceData"]["id"]),
        (1, &json!(ANN))
    );
    stage
        .control("POST", &format!("/teams-users/{ANN}/hang-up"), Value::Null)
        .await;
    stage.advance(0).await;
    assert_eq!(items(&stage, "/notices").len(), 1);
}

// B-229
#[tokio::test]
async fn endpoint_that_does_not_answer_the_handshake_gets_no_subscription() {
    let stage = Stage::stepped().await;
    let ann = Client::of_person(&stage, ANN, READ).await;
    stage.receiver_validates(false);
    let refused = ann
        .post("/v1.0/subscriptions", order(&stage, &of_presence(BOB)))
        .await;
    assert_eq!(refused.code(), (400, "ValidationError"));
    stage.receiver_validates(true);
    // The second endpoint is asked too.
    stage.receiver_answers(&[200, 500]);
    let refused = ann
        .post("/v1.0/subscriptions", order(&stage, &of_presence(BOB)))
        .await;
    assert_eq!(refused.code(), (400, "ValidationError"));
    stage.receiver_answers(&[]);
    assert_eq!(
        ann.get("/v1.0/subscriptions").await.body["value"],
        json!([])
    );
    let mut nowhere = order(&stage, &of_presence(BOB));
    nowhere["notificationUrl"] = json!("http://127.0.0.1:9/notices");
    assert_eq!(ann.post("/v1.0/subscriptions", nowhere).await.status, 400);
}

// microsoft-graph.md 5.1
#[tokio::test]
async fn presence_is_told_to_people_alone_and_only_as_microsoft_takes_it() {
    let stage = Stage::stepped().await;
    let application = Client::of(&stage).await;
    let refused = application
        .post("/v1.0/subscriptions", order(&stage, &of_presence(BOB)))
        .await;
    assert_eq!(refused.code(), (403, "ExtensionError"));
    let ann = Client::of_person(&stage, ANN, READ).await;
    let with = |name: &str, value: Value| {
        let mut order = order(&stage, &of_presence(BOB));
        order[name] = value;
        order
    };
    for (name, value) in [
        ("changeType", json!("created")),
        ("changeType", json!("sometimes")),
        ("changeType", Value::Null),
        ("notificationUrl", json!("ftp://x")),
        ("notificationUrl", json!("http://elsewhere.example/x")),
        ("lifecycleNotificationUrl", json!("x")),
        ("resource", json!("communications/presences/bob")),
        (
            "resource",
            json!("communications/presences?$filter=id eq 'x'"),
        ),
        ("expirationDateTime", json!(in_minutes(-1))),
        ("expirationDateTime", json!(in_minutes(70))),
        ("expirationDateTime", json!("soon")),
        ("clientState", json!("x".repeat(129))),
        ("includeResourceData", json!(true)),
        ("latestSupportedTlsVersion", json!("v9")),
    ] {
        let refused = ann
            .post("/v1.0/subscriptions", with(name, value.clone()))
            .await;
        assert_eq!(
            refused.code(),
            (400, "ValidationError"),
            "{name} {value}: {}",
            refused.body
        );
    }
    let elsewhere = with("resource", json!("chats/getAllMessages"));
    assert_eq!(
        ann.post("/v1.0/subscriptions", elsewhere).await.code(),
        (501, "NotImplemented")
    );
    // One of a person and an application.
    assert_eq!(
        ann.post("/v1.0/subscriptions", order(&stage, &of_presence(BOB)))
            .await
            .status,
        201
    );
    assert_eq!(
        ann.post("/v1.0/subscriptions", order(&stage, &of_presence(BOB)))
            .await
            .code(),
        (409, "ExtensionError")
    );
    // In a batch nobody waits for endpoints.
    let part = json!({"id": "1", "method": "POST", "url": "/subscriptions", "headers": {"Content-Type": "application/json"},
        "body": order(&stage, &of_presence(ANN))});
    let answered = ann.post("/v1.0/$batch", json!({"requests": [part]})).await;
    assert_eq!(answered.body["responses"][0]["status"], 501);
}

/// A certificate with an RSA key, as a subscriber sends it.
fn certificate() -> String {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'static> = pair.as_der().unwrap();
    let own = KeyPair::try_from(der.as_ref()).unwrap();
    STANDARD.encode(
        CertificateParams::default()
            .self_signed(&own)
            .unwrap()
            .der(),
    )
}

// B-230
#[tokio::test]
async fn resource_data_is_sealed_and_vouched_for() {
    let stage = Stage::stepped().await;
    let ann = Client::of_person(&stage, ANN, READ).await;
    let mut wanted = order(&stage, &of_presence(BOB));
    wanted["includeResourceData"] = json!(true);
    wanted["encryptionCertificate"] = json!(certificate());
    wanted["encryptionCertificateId"] = json!("c1");
    let created = ann.post("/v1.0/subscriptions", wanted).await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(
        (
            &created.body["includeResourceData"],
            &created.body["encryptionCertificate"]
        ),
        (&json!(true), &Value::Null)
    );
    stage.arrived();
    busy(&stage, BOB).await;
    let arrived = stage.arrived().pop().unwrap();
    let content = &arrived.body["value"][0]["encryptedContent"];
    assert_eq!(content["encryptionCertificateId"], "c1");
    for name in [
        "data",
        "dataSignature",
        "dataKey",
        "encryptionCertificateThumbprint",
    ] {
        assert!(!text(&content[name]).is_empty(), "{name}");
    }
    let token = text(&arrived.body["validationTokens"][0]);
    let told = crate::sign_in::claims(&json!({ "id_token": token }));
    assert_eq!(told["appid"], "0bf30f3b-4a52-48df-9a82-234910c4a086");
    assert_eq!(told["aud"], tandem_emulator::defaults::APP);
    // Certificates rotate.
    let path = format!("/v1.0/subscriptions/{}", text(&created.body["id"]));
    let rotated = json!({"encryptionCertificate": certificate(), "encryptionCertificateId": "c2"});
    let rotated = ann.send("PATCH", &path, &[], Some(rotated)).await;
    assert_eq!(
        (rotated.status, &rotated.body["encryptionCertificateId"]),
        (200, &json!("c2"))
    );
}

// B-228, B-231; microsoft-graph.md 5.4
#[tokio::test]
async fn subscription_asks_to_be_renewed_and_ends_when_nobody_does() {
    let stage = Stage::stepped().await;
    let ann = Client::of_person(&stage, ANN, READ).await;
    let created = ann
        .post("/v1.0/subscriptions", order(&stage, &of_presence(BOB)))
        .await
        .body;
    let id = text(&created["id"]);
    let path = format!("/v1.0/subscriptions/{id}");
    stage.arrived();
    stage.advance(50 * MINUTE).await;
    let told = items(&stage, "/lifecycle");
    assert_eq!(
        (told.len(), &told[0]["lifecycleEvent"]),
        (1, &json!("reauthorizationRequired"))
    );
    assert_eq!(told[0]["clientState"], "s3cret");
    assert_eq!(
        ann.send("POST", &format!("{path}/reauthorize"), &[], None)
            .await
            .status,
        204
    );
    let renewal = json!({"expirationDateTime": in_minutes(105)});
    let renewed = ann.send("PATCH", &path, &[], Some(renewal)).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    stage.advance(40 * MINUTE).await;
    busy(&stage, BOB).await;
    assert_eq!(items(&stage, "/notices").len(), 1);
    let fixed = ann
        .send("PATCH", &path, &[], Some(json!({"clientState": "other"})))
        .await;
    assert_eq!(fixed.code(), (400, "ValidationError"));
    stage.advance(20 * MINUTE).await;
    assert_eq!(ann.get(&path).await.status, 404);
    // Nearer than 45 minutes is moved there.
    let mut near = order(&stage, &of_presence(BOB));
    near["expirationDateTime"] = json!(in_minutes(115));
    let created = ann.post("/v1.0/subscriptions", near).await.body;
    let expires: Timestamp = text(&created["expirationDateTime"]).parse().unwrap();
    let left = expires.duration_since(Timestamp::now()).as_mins();
    assert!((154..=156).contains(&left), "{left}");
}

// B-231
#[tokio::test]
async fn what_becomes_of_a_subscription_is_told_by_hand() {
    let stage = Stage::stepped().await;
    let ann = Client::of_person(&stage, ANN, READ).await;
    let id = text(
        &ann.post("/v1.0/subscriptions", order(&stage, &of_presence(BOB)))
            .await
            .body["id"],
    );
    stage.arrived();
    let path = format!("/graph/subscriptions/{id}/lifecycle");
    for event in ["missed", "reauthorizationRequired", "subscriptionRemoved"] {
        assert_eq!(
            stage
                .control("POST", &path, json!({ "event": event }))
                .await
                .0,
            204
        );
        stage.advance(0).await;
        assert_eq!(items(&stage, "/lifecycle")[0]["lifecycleEvent"], event);
    }
    assert_eq!(
        stage
            .control("POST", &path, json!({"event": "missed"}))
            .await
            .0,
        409
    );
    assert_eq!(
        ann.get("/v1.0/subscriptions").await.body["value"],
        json!([])
    );
}

#[tokio::test]
async fn notice_that_is_not_taken_comes_again_for_four_hours() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let mut users = order(&stage, "users");
    users["changeType"] = json!("updated,deleted");
    users["expirationDateTime"] = json!(in_minutes(2_000));
    assert_eq!(graph.post("/v1.0/subscriptions", users).await.status, 201);
    stage.arrived();
    stage.receiver_answers(&[500, 503]);
    stage
        .control(
            "PUT",
            &format!("/entra/people/{ANN}"),
            json!({"name": "Ann"}),
        )
        .await;
    stage.advance(0).await;
    stage.advance(MINUTE).await;
    let told = items(&stage, "/notices");
    assert_eq!(
        (told.len(), &told[2]["resourceData"]["id"]),
        (3, &json!(ANN))
    );
    stage.advance(10 * MINUTE).await;
    assert!(items(&stage, "/notices").is_empty());
    stage.receiver_answers(&[500; 40]);
    stage
        .control("DELETE", &format!("/entra/people/{BOB}"), Value::Null)
        .await;
    stage.advance(5 * 60 * MINUTE).await;
    let told = items(&stage, "/notices");
    assert!((8..=11).contains(&told.len()), "{}", told.len());
    assert_eq!(told[0]["changeType"], "deleted");
    let (_, counters) = stage.control("GET", "/counters", Value::Null).await;
    assert_eq!(counters["events_given_up"], 1);
    // Faults strike notices too.
    stage.receiver_answers(&[]);
    stage
        .fault(json!({"kind": "event_doubled", "match": {"event": "GraphNotification"}}))
        .await;
    stage
        .control(
            "PUT",
            &format!("/entra/people/{ANN}"),
            json!({"name": "Anna"}),
        )
        .await;
    stage.advance(0).await;
    assert_eq!(items(&stage, "/notices").len(), 2);
}
