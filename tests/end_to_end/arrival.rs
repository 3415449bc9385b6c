//! How calls come in: the handshake, the event, its fields, the answer.

use crate::cloud::CALLER;
use crate::path::number;
use crate::stage::{CENTER, Stage};
use crate::token::{Signer, callback_claims, event_grid_claims, signed};
use crate::wait::until;
use serde_json::{Value, json};
use std::path::Path;
use tandem_emulator::{ClockKind, defaults};

const SECOND_ACCOUNT: &str = "cc123456-5678-5678-1234-ccc123456790";
const SECOND_NUMBER: &str = "+14255550101";

// B-165
#[tokio::test]
async fn subscription_is_active_after_its_handshake_and_calls_are_delivered() {
    let stage = Stage::unsubscribed(ClockKind::Real).await;
    stage.floor("tandem").await;
    let (status, subscription) = stage.cloud.subscribe(&stage.server.url, CENTER).await;
    assert_eq!((status, &subscription["state"]), (201, &json!("active")));
    let handshake = stage.cloud.deliveries("SubscriptionValidationEvent").await;
    assert_eq!((handshake.len(), &handshake[0]["status"]), (1, &json!(200)));
    let phone = stage.cloud.dial().await;
    phone.hears("Hi.").await;
    let delivered = stage.cloud.deliveries("IncomingCall").await;
    assert_eq!((delivered.len(), &delivered[0]["status"]), (1, &json!(200)));
}

// B-166, B-171
#[tokio::test]
async fn call_is_answered_with_its_callback_address_and_goes_on_when_connected() {
    let stage = Stage::with_floor("tandem").await;
    let phone = stage.cloud.dial().await;
    phone.hears("Soft piano music.").await;
    let answers = stage.cloud.requests("AnswerCall").await;
    assert_eq!((answers.len(), &answers[0]["status"]), (1, &json!(200)));
    let body = &answers[0]["body"];
    let base = format!("{}/api/callbacks/", stage.server.url);
    let callback = body["callbackUri"].as_str().unwrap();
    assert!(callback.starts_with(&base), "{callback}");
    assert!(body["incomingCallContext"].as_str().unwrap().len() > 1000);
    let connected = stage.cloud.deliveries("CallConnected").await;
    assert_eq!((connected.len(), &connected[0]["status"]), (1, &json!(200)));
    assert_eq!(connected[0]["to"], callback);
    let contact = stage.alex.contact(1).await;
    assert_eq!(contact["state"], "queued");
    crate::path::told(&contact, "answered");
    stage.cloud.all_went_well().await;
}

// B-166
#[tokio::test]
async fn event_of_an_unknown_type_is_acknowledged_and_counted_without_effect() {
    let stage = Stage::with_floor("tandem").await;
    let phone = stage.cloud.dial().await;
    phone.hears("Soft piano music.").await;
    let call = phone.look().await["call_connection_id"].clone();
    let before = stage.alex.contact(1).await;
    let counter = "tandem_callbacks_total{result=\"unknown_type\"}";
    let count = stage.metric(counter).await;
    let event = json!([{
        "id": "1", "source": "calling/callConnections/x", "specversion": "1.0",
        "type": "Microsoft.Communication.SomethingNew", "subject": "calling/callConnections/x",
        "time": "2026-01-01T00:00:00Z", "datacontenttype": "application/json",
        "data": {"callConnectionId": call, "serverCallId": "s", "correlationId": "c"},
    }]);
    let token = signed(&stage.cloud, Signer::Callbacks, &callback_claims(json!({}))).await;
    let answer = stage
        .deliver("/api/callbacks/contoso/1", Some(&token), event.to_string())
        .await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    assert!(stage.metric(counter).await > count);
    let after = stage.alex.contact(1).await;
    assert_eq!(after["timeline"], before["timeline"]);
    assert_eq!(phone.look().await["state"], "in_call");
}

// B-167, B-169
#[tokio::test]
async fn all_fields_of_the_event_are_kept_with_the_contact() {
    let stage = Stage::with_floor("tandem").await;
    let mut ann = stage.agent(0, "ann").await;
    let voip = json!({"X-Customer-Tier": "gold", "X-myCustomVoipHeaderName": "myValue"});
    let more = json!({"voip_headers": voip, "sip_headers": {"User-To-User": "4f7573"}});
    let phone = stage.cloud.dial_from(CALLER, more).await;
    let offer = ann.offered().await;
    assert_eq!(
        offer["customer"],
        json!({"number": "+12065551212", "name": null})
    );
    assert_eq!(offer["attributes"], json!({"X-Customer-Tier": "gold"}));
    let contact = stage.alex.contact(1).await;
    assert_eq!(contact["customer"]["number"], "+12065551212");
    let call = phone.look().await["call_connection_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let call = stage.cloud.call(&call).await;
    assert_eq!(contact["correlation_id"], call["correlation_id"]);
    let kept = stage.server.arrival(CENTER, 1).await;
    let answered = &stage.cloud.requests("AnswerCall").await[0]["body"];
    assert_eq!(kept.number.as_deref(), Some("+12065551212"));
    assert_eq!(kept.from_raw_id, "4:+12065551212");
    assert_eq!(
        kept.to_raw_id,
        format!("28:orgid:{}", defaults::RESOURCE_ACCOUNT)
    );
    assert_eq!(answered["incomingCallContext"], *kept.incoming_call_context);
    let connected = &stage.cloud.deliveries("CallConnected").await[0]["data"];
    assert_eq!(connected["serverCallId"], *kept.server_call_id);
    assert_eq!(contact["correlation_id"], *kept.correlation_id);
    assert_eq!(json!(kept.voip_headers), voip);
    assert_eq!(kept.sip_headers["User-To-User"], "4f7573");
}

// B-168
#[tokio::test]
async fn resource_account_that_was_called_decides_the_endpoint() {
    let stage = Stage::with_floor("tandem").await;
    let endpoint = json!({
        "name": "Second number", "resource_account_id": SECOND_ACCOUNT.to_uppercase(), "flow_id": 1,
    });
    let endpoint = stage.alex.create("/endpoints", endpoint).await;
    let phone = stage
        .cloud
        .dial_from(CALLER, json!({"to": SECOND_NUMBER}))
        .await;
    phone.hears("Hi.").await;
    let contact = stage.alex.contact(1).await;
    assert_eq!(
        contact["endpoint"],
        json!({"id": endpoint, "name": "Second number"})
    );
    let kept = stage.server.arrival(CENTER, 1).await;
    assert_eq!(kept.to_raw_id, format!("28:orgid:{SECOND_ACCOUNT}"));
    // A number without an endpoint is not left ringing.
    let other = stage
        .cloud
        .dial_from(CALLER, json!({"to": "+14255550102"}))
        .await;
    other.is("ended").await;
    assert_eq!(stage.cloud.requests("RejectCall").await.len(), 1);
}

// B-056: the flow that the account's GUID is bound to leads to the queue.
#[tokio::test]
async fn call_to_a_bound_resource_account_lands_in_its_queue() {
    let stage = Stage::new().await;
    let queue = json!({"name": "Billing", "music": "Billing's music."});
    stage.alex.create("/queues", queue).await;
    let nodes = json!([
        {"id": "queue", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end"},
        {"id": "end", "kind": "end"},
    ]);
    stage.flow(nodes).await;
    let phone = stage.cloud.dial().await;
    phone.hears("Billing's music.").await;
    let kept = stage.server.arrival(CENTER, 1).await;
    let account = defaults::RESOURCE_ACCOUNT;
    assert_eq!(kept.to_raw_id, format!("28:orgid:{account}"));
    let contact = stage.alex.contact(1).await;
    assert_eq!(contact["queue"], json!({"id": 1, "name": "Billing"}));
}

// B-170
#[tokio::test]
async fn named_context_header_decides_the_queue_and_no_other_reaches_the_journal() {
    let mut stage = Stage::new().await;
    for name in ["Service", "Gold"] {
        let queue = json!({"name": name, "music": format!("The music of {name}.")});
        stage.alex.create("/queues", queue).await;
    }
    let nodes = json!([
        {"id": "tier", "kind": "branch", "attribute": "X-Customer-Tier", "cases": [{"equals": "gold-4711", "next": "gold"}], "otherwise": "service"},
        {"id": "service", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end"},
        {"id": "gold", "kind": "queue", "queue_id": 2, "timeout": "end", "full": "end"},
        {"id": "end", "kind": "end"},
    ]);
    stage.flow(nodes).await;
    let gold =
        json!({"voip_headers": {"X-Customer-Tier": "gold-4711", "X-Account-Secret": "hush-90210"}});
    let first = stage.cloud.dial_from(CALLER, gold).await;
    first.hears("The music of Gold.").await;
    let other = json!({"voip_headers": {"X-Other-Tier": "gold-4711"}});
    let second = stage.cloud.dial_from(CALLER, other).await;
    second.hears("The music of Service.").await;
    assert_eq!(stage.alex.contact(1).await["queue"]["name"], "Gold");
    stage.server.stop().await;
    let data = bytes_of(&stage.server.data_dir());
    assert!(has(&data, b"gold-4711"), "the named header is journalled");
    for secret in ["hush-90210", "X-Account-Secret", "12065551212", CALLER] {
        assert!(!has(&data, secret.as_bytes()), "{secret} lies open");
    }
}

// B-172
#[tokio::test]
async fn event_that_comes_twice_gives_one_contact_and_one_answer() {
    let stage = Stage::with_floor("tandem").await;
    stage.cloud.fault(json!({"kind": "event_doubled"})).await;
    let counter = "tandem_event_grid_events_total{result=\"repeated\"}";
    let count = stage.metric(counter).await;
    let phone = stage.cloud.dial().await;
    phone.hears("Soft piano music.").await;
    until("the second delivery", async || {
        (stage.metric(counter).await > count).then_some(())
    })
    .await;
    one_answer(&stage, 1).await;
    stage.cloud.all_went_well().await;
}

// B-172
#[tokio::test]
async fn equal_deliveries_at_the_same_time_give_one_answer() {
    let stage = Stage::with_floor("tandem").await;
    let body = incoming_call("a-context-of-one-call").to_string();
    let token = signed(&stage.cloud, Signer::Entra, &event_grid_claims(json!({}))).await;
    let post = || stage.deliver("/api/event-grid/contoso", Some(&token), body.clone());
    let (one, two, three) = tokio::join!(post(), post(), post());
    assert_eq!([one.status, two.status, three.status], [200; 3]);
    // The cloud knows nothing of this call: the answer is refused, and the contact is over.
    stage.ended(1).await;
    assert_eq!(post().await.status, 200);
    one_answer(&stage, 1).await;
}

/// There is one contact, the first, and one answer was asked for.
async fn one_answer(stage: &Stage, id: u64) {
    assert_eq!(stage.cloud.requests("AnswerCall").await.len(), 1);
    assert_eq!(number(&stage.alex.contact(id).await), id);
    let path = format!("/contacts/{}", id + 1);
    let (status, _) = stage.alex.asks(reqwest::Method::GET, &path, None).await;
    assert_eq!(status, 404);
}

/// An event as Event Grid delivers it.
pub(crate) fn incoming_call(context: &str) -> Value {
    let to = format!("28:orgid:{}", defaults::RESOURCE_ACCOUNT);
    json!([{
        "id": "e80026e7-e298-46ba-bc34-7d3e3c0b3a5e",
        "topic": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Communication/CommunicationServices/c",
        "subject": format!("/caller/4:{CALLER}/recipient/{to}"),
        "data": {
            "to": {"kind": "unknown", "rawId": to},
            "from": {"kind": "phoneNumber", "rawId": format!("4:{CALLER}"), "phoneNumber": {"value": CALLER}},
            "serverCallId": "aHR0cHM6Ly9jb252", "callerDisplayName": "", "customContext": {},
            "incomingCallContext": context, "correlationId": "d6dd4d5f-c2a0-4cf0-a5ac-3f6e1a8e6f1c",
        },
        "eventType": "Microsoft.Communication.IncomingCall", "dataVersion": "1.0",
        "metadataVersion": "1", "eventTime": "2026-01-01T00:00:00.0000000Z",
    }])
}

/// All that lies in a directory.
fn bytes_of(directory: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes.extend(bytes_of(&path));
        } else {
            bytes.extend(std::fs::read(path).unwrap());
        }
    }
    bytes
}

fn has(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
