//! Event Grid: both ways of validation, secrets, Entra delivery and the retry schedule.

use crate::stage::{CALLER, Stage, text};
use serde_json::{Value, json};
use tandem_emulator::defaults;
use tandem_microsoft::entra::jwt::{Expected, Jwks, bearer, verify};
use tandem_microsoft::event_grid::{Payload, parse};

// B-165
#[tokio::test]
async fn webhook_is_validated_by_its_answer() {
    let stage = Stage::stepped().await;
    let (status, subscription) = stage.subscribe().await;
    assert_eq!(
        (status, subscription["state"].as_str()),
        (201, Some("active")),
        "{subscription}"
    );
    let arrived = stage.arrived().remove(0);
    assert_eq!(arrived.headers["aeg-event-type"], "SubscriptionValidation");
    let parsed = parse(arrived.body.to_string().as_bytes()).unwrap();
    assert!(matches!(
        parsed[0].payload,
        Payload::SubscriptionValidation { .. }
    ));
}

#[tokio::test]
async fn webhook_is_validated_by_its_validation_url() {
    let stage = Stage::stepped().await;
    stage.receiver_validates(false);
    let (status, subscription) = stage.subscribe().await;
    assert_eq!(
        (status, subscription["state"].as_str()),
        (202, Some("awaiting_manual_validation"))
    );
    let url = text(&stage.arrived()[0].data()["validationUrl"]);
    assert_eq!(
        stage
            .http
            .get(format!("{url}x"))
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    assert_eq!(stage.http.get(url).send().await.unwrap().status(), 200);
    let (_, list) = stage
        .control("GET", "/event-subscriptions", Value::Null)
        .await;
    assert_eq!(list[0]["state"], "active");
}

#[tokio::test]
async fn endpoint_that_accepts_with_202_is_not_validated() {
    let stage = Stage::stepped().await;
    stage.receiver_answers(&[202]);
    let (status, refusal) = stage.subscribe().await;
    assert_eq!(status, 400);
    assert!(
        text(&refusal["error"]).contains("answered 202"),
        "{refusal}"
    );
    let (_, list) = stage
        .control("GET", "/event-subscriptions", Value::Null)
        .await;
    assert_eq!(list, json!([]));
}

// B-167, B-168, B-169, B-170
#[tokio::test]
async fn incoming_call_is_delivered_with_every_field() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    stage.arrived();
    let order = json!({"from": CALLER, "to": "+14255550100", "voip_headers": {"X-myCustomVoipHeaderName": "myValue"}});
    let (_, phone) = stage.control("POST", "/pstn-calls", order).await;
    assert_eq!(phone["notified_subscriptions"], 1);
    stage.advance(0).await;
    let arrived = stage.arrived().remove(0);
    assert_eq!(arrived.headers["aeg-event-type"], "Notification");
    let notification = parse(arrived.body.to_string().as_bytes())
        .unwrap()
        .remove(0);
    let Payload::IncomingCall(call) = notification.payload else {
        panic!("another event")
    };
    assert_eq!(
        call.to.raw_id.as_deref(),
        Some("28:orgid:cc123456-5678-5678-1234-ccc123456789")
    );
    assert_eq!(arrived.data()["to"]["kind"], "unknown");
    assert_eq!(call.from.phone().as_deref(), Some(CALLER));
    assert_eq!(call.caller_display_name, CALLER);
    assert_eq!(
        call.custom_context.voip_headers["X-myCustomVoipHeaderName"],
        "myValue"
    );
    assert!(call.incoming_call_context.len() > 1000 && !call.server_call_id.is_empty());
}

// B-172
#[tokio::test]
async fn event_that_is_not_taken_comes_again_by_the_schedule() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    stage.arrived();
    stage.receiver_answers(&[500, 503, 200]);
    stage
        .control(
            "POST",
            "/pstn-calls",
            json!({"from": CALLER, "to": "+14255550100"}),
        )
        .await;
    stage.advance(0).await;
    assert_eq!(stage.arrived().len(), 1);
    stage.advance(9_999).await;
    assert_eq!(stage.arrived().len(), 0);
    stage.advance(1).await;
    let again = stage.arrived();
    assert_eq!(again[0].headers["aeg-delivery-count"], "1");
    stage.advance(30_000).await;
    assert_eq!(stage.arrived().len(), 1);
    stage.advance(3_600_000).await;
    assert_eq!(stage.arrived().len(), 0);
}

const S: u64 = 1_000;
const MIN: u64 = 60 * S;
const HOUR: u64 = 60 * MIN;
/// Reference 6.1: after each attempt this long, and hourly from then on.
const WAITS_MS: [u64; 7] = [10 * S, 30 * S, MIN, 5 * MIN, 10 * MIN, 30 * MIN, HOUR];

/// A subscription whose endpoint fails whatever comes, with dead letters, and an event for it.
async fn failing(stage: &Stage, options: Value) {
    let mut order = json!({"endpoint": format!("{}/events", stage.receiver), "dead_letter": true});
    for (name, value) in options.as_object().unwrap() {
        order[name] = value.clone();
    }
    assert_eq!(
        stage.control("POST", "/event-subscriptions", order).await.0,
        201
    );
    stage.receiver_answers(&[500; 40]);
    let call = json!({"from": CALLER, "to": "+14255550100"});
    stage.control("POST", "/pstn-calls", call).await;
    stage.advance(0).await;
}

/// Each wait ends with one more attempt, and not a moment earlier.
async fn tried_after(stage: &Stage, waits_ms: &[u64]) {
    let first = stage.arrived().pop().unwrap();
    assert_eq!(first.headers["aeg-delivery-count"], "0");
    for (at, wait_ms) in waits_ms.iter().enumerate() {
        stage.advance(wait_ms - 1).await;
        assert_eq!(stage.arrived().len(), 0, "attempt {} is early", at + 2);
        stage.advance(1).await;
        let again = stage.arrived();
        assert_eq!(again.len(), 1, "attempt {} is late", at + 2);
        let count = (at + 1).to_string();
        assert_eq!(again[0].headers["aeg-delivery-count"], count.as_str());
    }
}

async fn dead_letter(stage: &Stage) -> Value {
    stage.advance(5 * MIN).await;
    let (_, letters) = stage.control("GET", "/dead-letters", Value::Null).await;
    letters[0].clone()
}

// B-172, acs-call-automation.md 6.1
#[tokio::test]
async fn event_is_tried_thirty_times_over_the_whole_schedule_and_then_given_up() {
    let stage = Stage::stepped().await;
    failing(&stage, json!({})).await;
    let mut waits_ms = WAITS_MS.to_vec();
    waits_ms.resize(29, HOUR);
    tried_after(&stage, &waits_ms).await;
    let letter = dead_letter(&stage).await;
    assert_eq!(letter["deadLetterReason"], "MaxDeliveryAttemptsExceeded");
    assert_eq!(letter["deliveryAttempts"], 30);
    stage.advance(24 * HOUR).await;
    assert_eq!(stage.arrived().len(), 0);
}

#[tokio::test]
async fn event_whose_time_to_live_would_be_over_is_not_tried_again() {
    let stage = Stage::stepped().await;
    failing(&stage, json!({"ttl_minutes": 60})).await;
    // The attempt after these would come an hour and three quarters after the event.
    tried_after(&stage, &WAITS_MS[..6]).await;
    let letter = dead_letter(&stage).await;
    assert_eq!(letter["deadLetterReason"], "TimeToLiveExceeded");
    assert_eq!(letter["deliveryAttempts"], 7);
    stage.advance(24 * HOUR).await;
    assert_eq!(stage.arrived().len(), 0);
}

#[tokio::test]
async fn protected_endpoint_gets_a_token_and_its_secret_header() {
    let stage = Stage::stepped().await;
    let tenant = defaults::TENANT;
    let path = format!("{}/{tenant}/discovery/v2.0/keys", stage.running.https_url());
    let keys = stage
        .http
        .get(path)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let keys = Jwks::parse(&keys).unwrap();
    // A client id takes v2 tokens, an application URI v1 tokens.
    for (audience, issuer) in [
        ("api://tandem", format!("https://sts.windows.net/{tenant}/")),
        (
            defaults::APP,
            format!("https://login.microsoftonline.com/{tenant}/v2.0"),
        ),
    ] {
        let order = json!({
            "endpoint": format!("{}/events", stage.receiver),
            "entra": {"audience": audience}, "headers": {"x-secret": "hush"},
        });
        let (status, _) = stage.control("POST", "/event-subscriptions", order).await;
        assert_eq!(status, 201);
        let arrived = stage.arrived().remove(0);
        assert_eq!(arrived.headers["x-secret"], "hush");
        let now_s = u64::try_from(jiff::Timestamp::now().as_second()).unwrap();
        let expected = Expected {
            issuers: &[&issuer],
            audiences: &[audience],
            now_s,
            leeway_s: 5,
        };
        let token = bearer(Some(arrived.headers["authorization"].to_str().unwrap())).unwrap();
        let claims = verify(token, &keys, &expected).unwrap();
        assert_eq!(
            claims.application(),
            Some("4962773b-9cdb-44cf-a8bf-237846a00ab7")
        );
    }
}

#[tokio::test]
async fn subscription_gets_only_what_its_filter_wants() {
    let stage = Stage::stepped().await;
    let subscription = |account: &str| {
        json!({
            "endpoint": format!("{}/events", stage.receiver),
            "filter": {
                "includedEventTypes": ["Microsoft.Communication.IncomingCall"],
                "advancedFilters": [{
                    "operatorType": "StringIn", "key": "data.to.rawId",
                    "values": [format!("28:orgid:{account}")],
                }],
            },
        })
    };
    let other = subscription("cc123456-5678-5678-1234-ccc123456790");
    let (status, shown) = stage.control("POST", "/event-subscriptions", other).await;
    assert_eq!(status, 201, "{shown}");
    assert_eq!(
        shown["filter"]["advancedFilters"][0]["operatorType"],
        "StringIn"
    );
    let order = json!({"from": CALLER, "to": "+14255550100"});
    let (_, phone) = stage.control("POST", "/pstn-calls", order.clone()).await;
    assert_eq!(phone["notified_subscriptions"], 0);
    let own = subscription(defaults::RESOURCE_ACCOUNT);
    stage.control("POST", "/event-subscriptions", own).await;
    let (_, phone) = stage.control("POST", "/pstn-calls", order).await;
    assert_eq!(phone["notified_subscriptions"], 1);
    let wrong = json!({
        "endpoint": format!("{}/events", stage.receiver), "filter": {"advancedFilters": [{"operatorType": "Smells", "key": "x"}]},
    });
    let (status, _) = stage.control("POST", "/event-subscriptions", wrong).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn event_that_is_given_up_becomes_a_dead_letter_after_five_minutes() {
    let stage = Stage::stepped().await;
    let order = json!({
        "endpoint": format!("{}/events", stage.receiver), "dead_letter": true, "max_attempts": 2,
    });
    assert_eq!(
        stage.control("POST", "/event-subscriptions", order).await.0,
        201
    );
    for (answers, reason, attempts, outcome) in [
        (vec![400], "UndeliverableDueToBadRequest", 1, "BadRequest"),
        (
            vec![413],
            "UndeliverableDueToBadRequest",
            1,
            "RequestEntityTooLarge",
        ),
        (vec![500, 503], "MaxDeliveryAttemptsExceeded", 2, "Busy"),
    ] {
        stage.receiver_answers(&answers);
        let call = json!({"from": CALLER, "to": "+14255550100"});
        stage.control("POST", "/pstn-calls", call).await;
        stage.advance(60_000).await;
        let (_, before) = stage.control("GET", "/dead-letters", Value::Null).await;
        stage.advance(5 * 60_000).await;
        let (_, letters) = stage.control("GET", "/dead-letters", Value::Null).await;
        let letters = letters.as_array().unwrap();
        assert_eq!(letters.len(), before.as_array().unwrap().len() + 1);
        let letter = letters.last().unwrap();
        assert_eq!(letter["eventType"], "Microsoft.Communication.IncomingCall");
        assert_eq!(letter["deadLetterReason"], reason);
        assert_eq!(letter["deliveryAttempts"], attempts);
        assert_eq!(letter["lastDeliveryOutcome"], outcome);
        assert!(letter["publishTime"].is_string() && letter["lastDeliveryAttemptTime"].is_string());
    }
}

fn cloud_events(stage: &Stage) -> Value {
    json!({
        "endpoint": format!("{}/events", stage.receiver), "schema": "cloud_events", "dead_letter": true,
        "max_attempts": 1,
    })
}

// acs-call-automation.md 6.1
#[tokio::test]
async fn cloud_events_are_asked_for_by_options_and_delivered_one_by_one() {
    let stage = Stage::stepped().await;
    stage.receiver_allows("eventgrid.azure.net");
    let order = cloud_events(&stage);
    let (status, subscription) = stage.control("POST", "/event-subscriptions", order).await;
    assert_eq!(
        (status, &subscription["state"]),
        (201, &json!("active")),
        "{subscription}"
    );
    let asked = stage.arrived().remove(0);
    assert_eq!(
        asked.headers["webhook-request-origin"],
        "eventgrid.azure.net"
    );
    assert!(asked.headers.contains_key("webhook-request-callback"));
    let call = json!({"from": CALLER, "to": "+14255550100"});
    stage.control("POST", "/pstn-calls", call.clone()).await;
    stage.advance(0).await;
    let arrived = stage.arrived().remove(0);
    assert_eq!(
        arrived.headers["content-type"],
        "application/cloudevents+json; charset=utf-8"
    );
    let event = &arrived.body;
    assert_eq!(event["specversion"], "1.0");
    assert_eq!(event["type"], "Microsoft.Communication.IncomingCall");
    assert_eq!(event["data"]["from"]["phoneNumber"]["value"], CALLER);
    assert!(
        event["source"]
            .as_str()
            .unwrap()
            .contains("/communicationservices/")
    );

    stage.receiver_answers(&[400]);
    stage.control("POST", "/pstn-calls", call).await;
    stage.advance(300_000).await;
    let (_, letters) = stage.control("GET", "/dead-letters", Value::Null).await;
    assert_eq!(
        letters[0]["deadletterreason"],
        "UndeliverableDueToBadRequest"
    );
    assert_eq!(letters[0]["specversion"], "1.0");
}

#[tokio::test]
async fn endpoint_that_allows_another_origin_gets_no_cloud_events() {
    let stage = Stage::stepped().await;
    let order = cloud_events(&stage);
    let (status, waiting) = stage.control("POST", "/event-subscriptions", order).await;
    assert_eq!(
        (status, &waiting["state"]),
        (202, &json!("awaiting_manual_validation"))
    );
    let callback = stage.arrived().remove(0).headers["webhook-request-callback"].clone();
    let callback = callback.to_str().unwrap().to_owned();
    assert_eq!(stage.http.get(callback).send().await.unwrap().status(), 200);
    let (_, list) = stage
        .control("GET", "/event-subscriptions", Value::Null)
        .await;
    assert_eq!(list[0]["state"], "active");
    stage.receiver_allows("other.example");
    let order = cloud_events(&stage);
    let (status, refusal) = stage.control("POST", "/event-subscriptions", order).await;
    assert_eq!(status, 400, "{refusal}");
}
