//! Scenes that an input sets with one word, so that what follows reaches deep and a corpus says only what is its own.

use super::{BETWEEN_PARTS, split_once};

/// The requests of a script, when the head of a part is the name of one.
pub(super) fn named(head: &[u8]) -> Option<&'static str> {
    SCRIPTS
        .iter()
        .find_map(|(name, script)| (name.as_bytes() == head).then_some(*script))
}

/// Names of the scripts that an input begins with, and what follows.
pub(super) fn at_head(input: &[u8]) -> (Vec<&'static str>, Option<&[u8]>) {
    let mut names = Vec::new();
    let mut rest = Some(input);
    while let Some(input) = rest.filter(|_| names.len() < AT_HEAD_MAX) {
        let (part, after) = split_once(input, BETWEEN_PARTS);
        let (head, _) = split_once(part, b"\n");
        let Some((name, _)) = SCRIPTS
            .iter()
            .find(|(name, _)| name.as_bytes() == head.trim_ascii())
        else {
            break;
        };
        names.push(*name);
        rest = after;
    }
    (names, rest)
}

/// Scripts that make a scene together.
const AT_HEAD_MAX: usize = 3;

const SCRIPTS: [(&str, &str); 8] = [
    ("CALL", CALL),
    ("AGENT", AGENT),
    ("STREAM", STREAM),
    ("USERS", USERS),
    ("RECORD", RECORD),
    ("TOKEN", TOKEN),
    ("GRAPH", GRAPH),
    ("SIGN-IN", SIGN_IN),
];

/// A customer's call, answered, with a media stream and a transcription that can be started.
const CALL: &str = r#"POST /_emulator/event-subscriptions
{"endpoint":"http://127.0.0.1:1/e"}
---
POST /_emulator/pstn-calls
{"from":"+12065551212","to":"+14255550100"}
---
POST /calling/callConnections:answer?api-version=2026-03-12
{"incomingCallContext":"{context}","callbackUri":"http://127.0.0.1:1/c","operationContext":"o",
"callIntelligenceOptions":{"cognitiveServicesEndpoint":"https://x"},
"mediaStreamingOptions":{"transportType":"websocket","transportUrl":"ws://127.0.0.1:1/","audioChannelType":"unmixed",
"enableBidirectional":true,"enableDtmfTones":true},
"transcriptionOptions":{"transportType":"websocket","transportUrl":"ws://127.0.0.1:1/","locale":"en-US"}}"#;

/// An agent joins it.
const AGENT: &str = r#"POST /calling/callConnections/{call}/participants:add?api-version=2026-03-12
{"participantToAdd":{"rawId":"8:acs:{resource}_{tenant}_{user}"}}
---
GET /_emulator/calls"#;

/// A call whose application has a WebSocket in both directions.
const STREAM: &str = r#"PUT /_emulator/phones/+12065550123/behaviour
{"behaviour":{"do":"answer","after_ms":1}}
---
POST /calling/callConnections?api-version=2026-03-12
{"targets":[{"phoneNumber":{"value":"+12065550123"}}],"callbackUri":"http://127.0.0.1:1/c",
"teamsAppSource":{"appId":"{account}"},"mediaStreamingOptions":{"transportType":"websocket",
"transportUrl":"ws://127.0.0.1:1/","contentType":"audio","audioChannelType":"mixed","startMediaStreaming":true,
"enableBidirectional":true,"enableDtmfTones":true}}"#;

/// A call with a user of the communication resource, and another user.
const USERS: &str = r#"POST /identities?api-version=2023-10-01
{}
---
POST /calling/callConnections?api-version=2026-03-12
{"targets":[{"rawId":"{identity}"}],"callbackUri":"http://127.0.0.1:1/c"}
---
GET /_emulator/acs-users
---
GET /_emulator/calls"#;

/// A recording of the call, and its file.
const RECORD: &str = r#"POST /calling/recordings?api-version=2026-03-12
{"callConnectionId":"{call}","recordingStateCallbackUri":"http://127.0.0.1:1/c","recordingContentType":"audio",
"recordingFormatType":"wav","recordingChannelType":"unmixed"}
---
DELETE /calling/recordings/{recording}?api-version=2026-03-12
---
GET /_emulator/recordings
---
GET /_emulator/recordings
---
POST /calling/recordings?api-version=2026-03-12
{"callConnectionId":"{call}","recordingContentType":"audio","recordingFormatType":"wav"}"#;

/// A token of Entra for Call Automation.
const TOKEN: &str = "POST /{tenant}/oauth2/v2.0/token
grant_type=client_credentials&client_id={app}&client_secret={secret}&scope=https://communication.azure.com//.default";

/// The same for Microsoft Graph.
const GRAPH: &str = "POST /{tenant}/oauth2/v2.0/token
grant_type=client_credentials&client_id={app}&client_secret={secret}&scope=https://graph.microsoft.com/.default";

/// A person signs in: a code, a token and a refresh token.
const SIGN_IN: &str = r#"POST /_emulator/entra/sign-ins
{"oid":"{user}"}
---
GET /{tenant}/oauth2/v2.0/authorize?client_id={app}&response_type=code&redirect_uri=https%3A%2F%2F127.0.0.1%2Fback&scope=openid%20offline_access%20https%3A%2F%2Fauth.msft.communication.azure.com%2FTeamsExtension.ManageCalls&state=s&nonce=n
---
POST /{tenant}/oauth2/v2.0/token
grant_type=authorization_code&client_id={app}&client_secret={secret}&code={code}&redirect_uri=https%3A%2F%2F127.0.0.1%2Fback&client_info=1"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::Door;

    // What a fuzzer begins with works: a scene that is refused would reach nothing behind it.
    #[test]
    fn every_script_is_answered_with_success() {
        let whole: Vec<&str> = SCRIPTS.iter().map(|(name, _)| *name).collect();
        let mut door = Door::default();
        door.run(whole.join("\n---\n").as_bytes());
        for (operation, status) in door.answered() {
            assert!((200..400).contains(status), "{operation}: {status}");
        }
        let n_requests: usize = SCRIPTS
            .iter()
            .map(|(_, script)| script.split("\n---\n").count())
            .sum();
        assert_eq!(door.answered().len(), n_requests);
    }
}
