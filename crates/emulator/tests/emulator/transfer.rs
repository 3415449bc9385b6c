//! Transfers: who goes, who stays, and what ends.

use crate::stage::{AGENT, CALLER, Stage, agent};
use serde_json::{Value, json};
use tandem_microsoft::Request;
use tandem_microsoft::acs::call;
use tandem_microsoft::acs::identifier::{Identifier, PhoneNumber, phone_number, teams_user};
use tandem_microsoft::acs::transfer::{TransferRequest, transfer};

const EXPERT: &str = "+12065550177";

fn to(target: Identifier) -> TransferRequest {
    TransferRequest {
        target_participant: target,
        operation_context: Some("t-1".to_owned()),
        ..TransferRequest::default()
    }
}

fn transferring(stage: &Stage, id: &str, body: &TransferRequest) -> Request {
    transfer(id, body, stage.once())
}

async fn begin(stage: &Stage, id: &str, body: &TransferRequest) {
    let (status, answer) = stage.acs(&transferring(stage, id, body)).await;
    assert_eq!(
        (status, answer["operationContext"].as_str()),
        (202, Some("t-1"))
    );
}

#[tokio::test]
async fn caller_is_put_through_to_a_phone_and_the_call_of_two_ends() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([{"do": "talk", "ms": 5_000}])).await;
    begin(&stage, &id, &to(phone_number(EXPERT))).await;
    assert_eq!(
        stage.acs(&call::get(&id)).await.1["callConnectionState"],
        "transferring"
    );
    stage.advance(1_200).await;
    let arrived = stage.arrived();
    let kinds: Vec<String> = arrived.iter().map(crate::stage::Arrived::kind).collect();
    assert_eq!(
        kinds,
        [
            "CallTransferAccepted",
            "ParticipantsUpdated",
            "CallDisconnected"
        ]
    );
    let accepted = arrived[0].data();
    assert_eq!(accepted["operationContext"], "t-1");
    assert_eq!(accepted["transferTarget"]["rawId"], format!("4:{EXPERT}"));
    assert_eq!(accepted["transferee"]["rawId"], format!("4:{CALLER}"));
    assert_eq!(arrived[2].data()["resultInformation"]["subCode"], 7000);

    let hears = &stage.phone(&phone).await["hears"];
    assert_eq!(hears["with"], json!([EXPERT]));
    assert_eq!(hears["application_in_call"], false);
    assert_eq!(stage.acs(&call::get(&id)).await.0, 404);
    stage.advance(5_000).await;
    assert_eq!(
        stage.phone(&phone).await["ended"],
        "the conversation was over"
    );
    assert_eq!(stage.phone_of(EXPERT).await, Value::Null);
    assert!(stage.arrived().is_empty());
}

#[tokio::test]
async fn target_that_does_not_answer_fails_the_transfer_and_the_caller_stays() {
    for (behaviour, wait, code, sub_code) in [
        (json!({"do": "decline"}), 1_200, 603, 8538),
        (json!({"do": "busy"}), 1_200, 486, 8539),
        (json!({"do": "no_answer"}), 60_000, 408, 10_057),
    ] {
        let stage = Stage::stepped().await;
        let habit = json!({ "behaviour": behaviour });
        stage
            .control("PUT", &format!("/phones/{EXPERT}/behaviour"), habit)
            .await;
        let (phone, id) = stage.connect(json!([])).await;
        begin(&stage, &id, &to(phone_number(EXPERT))).await;
        stage.advance(wait).await;
        let failed = stage.arrived().remove(0);
        assert_eq!(failed.kind(), "CallTransferFailed");
        let result = &failed.data()["resultInformation"];
        assert_eq!(
            (&result["code"], &result["subCode"]),
            (&json!(code), &json!(sub_code))
        );
        assert_eq!(failed.data()["operationContext"], "t-1");
        assert_eq!(
            stage.acs(&call::get(&id)).await.1["callConnectionState"],
            "connected"
        );
        assert_eq!(stage.phone(&phone).await["state"], "in_call");
    }
}

#[tokio::test]
async fn customer_leaves_a_group_for_a_phone_and_the_agent_stays() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    stage.add_agent(&id).await;
    let named = TransferRequest {
        transferee: Some(phone_number(CALLER)),
        ..to(phone_number(EXPERT))
    };
    begin(&stage, &id, &named).await;
    stage.advance(1_200).await;
    let arrived = stage.arrived();
    let kinds: Vec<String> = arrived.iter().map(crate::stage::Arrived::kind).collect();
    assert_eq!(kinds, ["CallTransferAccepted", "ParticipantsUpdated"]);
    assert_eq!(
        arrived[1].data()["participants"].as_array().unwrap().len(),
        1
    );
    assert_eq!(stage.phone(&phone).await["hears"]["with"], json!([EXPERT]));
    assert_eq!(
        stage.acs(&call::get(&id)).await.1["callConnectionState"],
        "connected"
    );
    stage
        .control(
            "POST",
            &format!("/teams-users/{AGENT}/hang-up"),
            Value::Null,
        )
        .await;
    stage.advance(0).await;
    assert_eq!(stage.kinds(), ["ParticipantsUpdated", "CallDisconnected"]);
    assert_eq!(stage.phone(&phone).await["state"], "in_call");
}

#[tokio::test]
async fn caller_is_put_through_to_an_agent() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    begin(&stage, &id, &to(agent())).await;
    stage.advance(1_200).await;
    assert_eq!(
        stage.kinds(),
        [
            "CallTransferAccepted",
            "ParticipantsUpdated",
            "CallDisconnected"
        ]
    );
    assert_eq!(
        stage.phone(&phone).await["hears"]["with"],
        json!(["Adele Vance"])
    );
    let (_, user) = stage
        .control("GET", &format!("/teams-users/{AGENT}"), Value::Null)
        .await;
    assert_eq!(user["state"], "in_call");
}

#[tokio::test]
async fn caller_who_hangs_up_meanwhile_ends_the_transfer_too() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    stage.add_agent(&id).await;
    let named = TransferRequest {
        transferee: Some(phone_number(CALLER)),
        ..to(phone_number(EXPERT))
    };
    begin(&stage, &id, &named).await;
    stage
        .control("POST", &format!("/pstn-calls/{phone}/hang-up"), Value::Null)
        .await;
    stage.advance(5_000).await;
    assert_eq!(stage.kinds(), ["ParticipantsUpdated", "CallTransferFailed"]);
    assert_eq!(stage.phone_of(EXPERT).await, Value::Null);
}

#[tokio::test]
async fn fault_fails_a_transfer_before_anybody_rings() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    stage
        .fault(json!({"kind": "transfer_failed", "sub_code": 8541}))
        .await;
    begin(&stage, &id, &to(phone_number(EXPERT))).await;
    stage.advance(0).await;
    let failed = stage.arrived().remove(0);
    assert_eq!(failed.kind(), "CallTransferFailed");
    assert_eq!(failed.data()["resultInformation"]["subCode"], 8541);
    assert_eq!(stage.phone_of(EXPERT).await, Value::Null);
}

#[tokio::test]
async fn transfers_that_extensibility_does_not_know_are_refused() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let shown = TransferRequest {
        source_caller_id_number: Some(PhoneNumber {
            value: "+14255550100".to_owned(),
            is_anonymous: None,
            asserted_id: None,
        }),
        ..to(phone_number(EXPERT))
    };
    let absent = TransferRequest {
        transferee: Some(phone_number("+12065559999")),
        ..to(phone_number(EXPERT))
    };
    for (body, expected) in [
        (&shown, (400, "8523")),
        (&to(teams_user(AGENT)), (400, "8523")),
        (&to(phone_number("12")), (400, "8523")),
        (&to(phone_number(CALLER)), (400, "8559")),
        (&absent, (404, "8558")),
    ] {
        let (status, code) = stage.refused(&transferring(&stage, &id, body)).await;
        assert_eq!((status, code.as_str()), expected);
    }
    stage.add_agent(&id).await;
    let (status, code) = stage
        .refused(&transferring(&stage, &id, &to(phone_number(EXPERT))))
        .await;
    assert_eq!(
        (status, code.as_str()),
        (400, "8523"),
        "transferee is needed in a group"
    );
    let named = TransferRequest {
        transferee: Some(phone_number(CALLER)),
        ..to(phone_number(EXPERT))
    };
    begin(&stage, &id, &named).await;
    let other = TransferRequest {
        transferee: Some(phone_number(CALLER)),
        ..to(phone_number("+12065550178"))
    };
    let (status, code) = stage.refused(&transferring(&stage, &id, &other)).await;
    assert_eq!((status, code.as_str()), (409, "8607"));
}
