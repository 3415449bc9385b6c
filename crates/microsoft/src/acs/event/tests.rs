//! The recorded envelope of the reference, and what a consumer must survive.

use super::*;
use crate::acs::error::subcode;
use crate::acs::identifier::phone_number;

/// acs-call-automation.md 4, as recorded.
const RECORDED: &str = r#"{ "id": "f9ee7654-f7ac-47e3-ad69-2f4107d75843",
  "source": "calling/callConnections/401f4580",
  "type": "Microsoft.Communication.CallConnected",
  "data": { "version": "2025-08-15-preview", "resultInformation": {"code":200,"subCode":0,"message":""},
            "callConnectionId": "401f4580", "serverCallId": "aHR0cHM6", "correlationId": "6d1b", "operationContext": "k",
            "publicEventType": "Microsoft.Communication.CallConnected" },
  "time": "2025-09-11T19:14:11.8932953+00:00", "specversion": "1.0",
  "datacontenttype": "application/json", "subject": "calling/callConnections/401f4580" }"#;

// B-166
#[test]
fn recorded_envelope_is_read_alone_and_in_an_array() {
    for body in [RECORDED.to_owned(), format!("[{RECORDED}]")] {
        let events = parse(body.as_bytes()).unwrap();
        assert_eq!(events.len(), 1);
        let callback = &events[0];
        assert_eq!(callback.id, "f9ee7654-f7ac-47e3-ad69-2f4107d75843");
        assert_eq!(callback.event, Event::CallConnected);
        assert_eq!(callback.call_connection_id.as_deref(), Some("401f4580"));
        assert_eq!(callback.operation_context.as_deref(), Some("k"));
        assert_eq!(
            callback.result.as_ref().map(|r| (r.code, r.sub_code)),
            Some((200, 0))
        );
    }
}

// B-166
#[test]
fn unknown_type_is_a_value_and_not_an_error() {
    let events =
        parse(br#"[{"id":"1","type":"Microsoft.Communication.HologramStarted","data":{"x":1}}]"#)
            .unwrap();
    assert_eq!(
        events[0].event,
        Event::Unknown {
            event_type: "Microsoft.Communication.HologramStarted".into()
        }
    );
}

#[test]
fn participants_updated_carries_the_list_and_its_number() {
    let body = br#"[{"id":"1","type":"Microsoft.Communication.ParticipantsUpdated","data":{"callConnectionId":"c","sequenceNumber":3,
      "participants":[{"identifier":{"rawId":"4:+12065551212","kind":"phoneNumber","phoneNumber":{"value":"+12065551212"}},"isMuted":false,"isOnHold":true}]}}]"#;
    let Event::ParticipantsUpdated {
        participants,
        sequence_number,
    } = &parse(body).unwrap()[0].event
    else {
        panic!("another event")
    };
    assert_eq!(*sequence_number, 3);
    assert_eq!(participants[0].identifier, phone_number("+12065551212"));
    assert!(participants[0].is_on_hold);
}

#[test]
fn recognized_tones_speech_and_choice_are_told_apart() {
    let read = |data: &str| {
        let body = format!(
            r#"[{{"id":"1","type":"Microsoft.Communication.RecognizeCompleted","data":{data}}}]"#
        );
        parse(body.as_bytes()).unwrap().remove(0).event
    };
    assert_eq!(
        read(r#"{"recognitionType":"dtmf","dtmfResult":{"tones":["five","POUND"]}}"#),
        Event::RecognizeCompleted {
            recognized: Recognized::Dtmf {
                tones: vec![Tone::Five, Tone::Pound]
            }
        }
    );
    assert_eq!(
        read(
            r#"{"recognitionType":"speech","speechResult":{"speech":"billing please","confidence":0.9}}"#
        ),
        Event::RecognizeCompleted {
            recognized: Recognized::Speech {
                text: "billing please".into(),
                confidence: Some(0.9)
            }
        }
    );
    assert_eq!(
        read(r#"{"choiceResult":{"label":"Billing","recognizedPhrase":"bill"}}"#),
        Event::RecognizeCompleted {
            recognized: Recognized::Choice {
                label: "Billing".into(),
                phrase: Some("bill".into()),
                confidence: None
            }
        }
    );
    assert_eq!(
        read("{}"),
        Event::RecognizeCompleted {
            recognized: Recognized::Nothing
        }
    );
}

#[test]
fn failed_play_names_its_source_and_reason() {
    let body = br#"{"id":"1","type":"Microsoft.Communication.PlayFailed","data":{"failedPlaySourceIndex":0,
      "resultInformation":{"code":400,"subCode":8535,"message":"Action failed, file format is invalid."}}}"#;
    let callback = parse(body).unwrap().remove(0);
    assert_eq!(
        callback.event,
        Event::PlayFailed {
            failed_play_source_index: Some(0)
        }
    );
    assert_eq!(
        callback.result.unwrap().sub_code,
        i32::try_from(subcode::INVALID_FILE_FORMAT).unwrap()
    );
}

#[test]
fn bodies_above_the_limits_and_other_json_are_refused() {
    assert!(matches!(
        parse(&vec![b' '; limits::CALLBACK_BYTES_MAX + 1]),
        Err(ParseError::TooLong { .. })
    ));
    let many = format!(
        "[{}]",
        vec![r#"{"id":"1","type":"x"}"#; limits::CALLBACK_EVENTS_MAX + 1].join(",")
    );
    assert!(matches!(
        parse(many.as_bytes()),
        Err(ParseError::TooMany { .. })
    ));
    for body in [
        &b""[..],
        b"null",
        b"[1]",
        b"{}",
        b"\xff\xfe",
        b"[{\"id\":7}]",
    ] {
        assert!(matches!(parse(body), Err(ParseError::Json(_))));
    }
}

#[test]
fn damaged_bytes_are_refused_and_never_panic() {
    let good = RECORDED.as_bytes();
    for at in 0..good.len() {
        assert!(parse(&good[..at]).is_err());
        for byte in [0, b'"', b'}', b'[', 0xff] {
            let mut damaged = good.to_vec();
            damaged[at] = byte;
            drop(parse(&damaged));
        }
    }
}

fn of(name: &str, data: &str) -> Event {
    let body = format!(r#"[{{"id":"1","type":"Microsoft.Communication.{name}","data":{data}}}]"#);
    parse(body.as_bytes()).unwrap().remove(0).event
}

#[test]
fn transfer_says_who_went_where() {
    let data = r#"{"callConnectionId":"c","operationContext":"k","resultInformation":{"code":200,"subCode":0,"message":""},
      "transferTarget":{"rawId":"4:+12065550000","kind":"phoneNumber","phoneNumber":{"value":"+12065550000"}},
      "transferee":{"rawId":"4:+12065551212","kind":"phoneNumber","phoneNumber":{"value":"+12065551212"}}}"#;
    assert_eq!(
        of("CallTransferAccepted", data),
        Event::CallTransferAccepted {
            transfer_target: Box::new(phone_number("+12065550000")),
            transferee: Box::new(phone_number("+12065551212")),
        }
    );
    assert_eq!(of("CallTransferFailed", "{}"), Event::CallTransferFailed);
}

#[test]
fn every_tone_of_continuous_recognition_has_its_number() {
    assert_eq!(
        of(
            "ContinuousDtmfRecognitionToneReceived",
            r#"{"sequenceId":2,"tone":"asterisk"}"#
        ),
        Event::ContinuousDtmfRecognitionToneReceived {
            tone: Tone::Asterisk,
            sequence_id: 2,
        }
    );
    for (name, event) in [
        (
            "ContinuousDtmfRecognitionToneFailed",
            Event::ContinuousDtmfRecognitionToneFailed,
        ),
        (
            "ContinuousDtmfRecognitionStopped",
            Event::ContinuousDtmfRecognitionStopped,
        ),
        ("SendDtmfTonesCompleted", Event::SendDtmfTonesCompleted),
        ("SendDtmfTonesFailed", Event::SendDtmfTonesFailed),
        ("HoldFailed", Event::HoldFailed),
        ("CreateCallFailed", Event::CreateCallFailed),
    ] {
        assert_eq!(of(name, "{}"), event);
    }
}

#[test]
fn recording_is_told_by_its_own_id() {
    let data = r#"{"callConnectionId":"recorder","recordingId":"r","state":"inactive",
      "startDateTime":"2026-08-01T10:00:00.0000000+00:00","recordingKind":"AzureCommunicationServices"}"#;
    assert_eq!(
        of("RecordingStateChanged", data),
        Event::RecordingStateChanged {
            recording_id: "r".into(),
            state: RecordingState::Inactive,
            kind: Some(RecordingKind::AzureCommunicationServices),
            started_at: Some("2026-08-01T10:00:00.0000000+00:00".into()),
        }
    );
    assert_eq!(
        of("StartRecordingFailed", r#"{"recordingId":"r"}"#),
        Event::StartRecordingFailed {
            recording_id: "r".into()
        }
    );
}
