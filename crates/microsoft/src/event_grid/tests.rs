//! The samples of the requirement B-165 to B-170.

use super::*;
use crate::acs::identifier::{Kind, resource_account_oid};

const TOPIC: &str = "/subscriptions/s/resourcegroups/rg/providers/microsoft.communication/communicationservices/tandem";

fn incoming_call() -> Vec<u8> {
    serde_json::json!([{
        "id": "e80026e7-e298-46ba-bc41-dab0eda92581",
        "topic": TOPIC,
        "subject": "/caller/4:+12065551212/recipient/28:orgid:cc123456-5678-5678-1234-ccc123456789",
        "data": {
            "to": {"kind": "unknown", "rawId": "28:orgid:cc123456-5678-5678-1234-ccc123456789"},
            "from": {"kind": "phoneNumber", "rawId": "4:+12065551212", "phoneNumber": {"value": "+12065551212"}},
            "serverCallId": "aHR0cHM6Ly9hcGkuZmxpZ2h0cHJveHkudGVhbXMubWljcm9zb2Z0LmNvbQ",
            "callerDisplayName": "+12065551212",
            "customContext": {"voipHeaders": {"X-myCustomVoipHeaderName": "myValue"}, "sipHeaders": {"User-To-User": "00"}},
            "incomingCallContext": "eyJhbGciOiJub25lIn0.e30.",
            "correlationId": "96ba8a7b-1bd7-4a9e-b5ab-0bd3d4a5d2c1"
        },
        "eventType": "Microsoft.Communication.IncomingCall",
        "dataVersion": "1.0", "metadataVersion": "1", "eventTime": "2025-05-14T15:05:15.1842853Z"
    }])
    .to_string()
    .into_bytes()
}

// B-165
#[test]
fn validation_event_is_answered_with_its_code() {
    let body = br#"[{"id":"2d1781af","topic":"/subscriptions/x","subject":"","data":{"validationCode":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6","validationUrl":"https://rp-eastus2.eventgrid.azure.net:553/eventsubscriptions/x/validate?id=512d38b6"},"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2018-01-25T22:12:19.4556811Z","metadataVersion":"1","dataVersion":"1"}]"#;
    let Payload::SubscriptionValidation {
        validation_code,
        validation_url,
    } = &parse(body).unwrap()[0].payload
    else {
        panic!("another payload")
    };
    assert_eq!(
        validation_response(validation_code),
        br#"{"validationResponse":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}"#
    );
    assert!(validation_url.as_deref().unwrap().contains(":553/"));
}

// B-167, B-168, B-169, B-170
#[test]
fn incoming_call_of_a_resource_account_is_read_with_every_field() {
    let notification = parse(&incoming_call()).unwrap().remove(0);
    let Payload::IncomingCall(call) = notification.payload else {
        panic!("another payload")
    };
    assert_eq!(call.to.kind, Some(Kind::Unknown));
    assert_eq!(
        resource_account_oid(&call.to).as_deref(),
        Some("cc123456-5678-5678-1234-ccc123456789")
    );
    assert_eq!(call.from.kind, Some(Kind::PhoneNumber));
    assert_eq!(call.from.raw_id.as_deref(), Some("4:+12065551212"));
    assert_eq!(call.from.phone().as_deref(), Some("+12065551212"));
    assert_eq!(call.caller_display_name, "+12065551212");
    assert_eq!(
        call.custom_context.voip_headers["X-myCustomVoipHeaderName"],
        "myValue"
    );
    assert_eq!(call.custom_context.sip_headers["User-To-User"], "00");
    assert!(call.incoming_call_context.starts_with("eyJ"));
    assert_eq!(call.correlation_id, "96ba8a7b-1bd7-4a9e-b5ab-0bd3d4a5d2c1");
    assert!(!call.server_call_id.is_empty());
}

#[test]
fn incoming_call_without_custom_context_is_read() {
    let body = br#"[{"id":"1","eventType":"Microsoft.Communication.IncomingCall","data":{"to":{"rawId":"28:orgid:x"},"from":{"rawId":"4:anonymous"},"serverCallId":"s","customContext":null,"incomingCallContext":"c","correlationId":"k"}}]"#;
    assert!(matches!(
        parse(body).unwrap()[0].payload,
        Payload::IncomingCall(_)
    ));
}

#[test]
fn other_types_are_unknown_and_damaged_calls_are_refused() {
    let other =
        parse(br#"[{"id":"1","eventType":"Microsoft.Communication.CallStarted","data":{}}]"#)
            .unwrap();
    assert!(matches!(other[0].payload, Payload::Unknown { .. }));
    let damaged =
        br#"[{"id":"1","eventType":"Microsoft.Communication.IncomingCall","data":{"to":{}}}]"#;
    assert!(matches!(parse(damaged), Err(ParseError::Data { .. })));
    assert!(matches!(parse(b"[[]]"), Err(ParseError::Json(_))));
    assert!(matches!(
        parse(&vec![b' '; limits::EVENT_GRID_BYTES_MAX + 1]),
        Err(ParseError::TooLong { .. })
    ));
}

#[test]
fn damaged_bytes_are_refused_and_never_panic() {
    let good = incoming_call();
    for at in 0..good.len() {
        assert!(parse(&good[..at]).is_err());
        for byte in [0, b'"', b'}', b'[', 0xff] {
            let mut damaged = good.clone();
            damaged[at] = byte;
            drop(parse(&damaged));
        }
    }
}

#[test]
fn file_of_a_recording_is_told_with_the_recording_that_the_subject_names() {
    let body = serde_json::json!([{
        "id": "1", "topic": "t", "dataVersion": "1.0", "metadataVersion": "1", "eventTime": "",
        "subject": "/recording/call/c/serverCallId/s/recordingId/r-1",
        "eventType": RECORDING_FILE_EVENT,
        "data": {"recordingStorageInfo": {"recordingChunks": [
            {"documentId": "d", "index": 1, "endReason": "SessionEnded",
             "contentLocation": "https://storage/b", "metadataLocation": "m", "deleteLocation": "x"},
            {"documentId": "d", "index": 0, "contentLocation": "https://storage/a"},
        ]}, "recordingDurationMs": 4000},
    }]);
    let notifications = parse(body.to_string().as_bytes()).unwrap();
    let Payload::RecordingFile(file) = &notifications[0].payload else {
        panic!("{notifications:?}")
    };
    assert_eq!(file.recording_id.as_deref(), Some("r-1"));
    assert_eq!(file.duration_ms, Some(4_000));
    assert_eq!(
        file.content_locations,
        ["https://storage/a", "https://storage/b"]
    );
}
