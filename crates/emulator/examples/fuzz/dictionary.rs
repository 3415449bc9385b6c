//! Words that the emulator may know: routes, members, headers and values. Routes come from its own tables, members from
//! the contract.

use serde_json::Value;
use std::collections::BTreeSet;

pub(crate) struct Dictionary {
    /// First lines of requests, with names in braces for what is there.
    pub(crate) routes: Vec<String>,
    pub(crate) members: Vec<String>,
    /// Bodies of the corpus, for requests that have none of their own.
    pub(crate) bodies: Vec<Vec<u8>>,
}

const CONTRACT: &str = include_str!("../../testdata/operations.json");

/// Parameters of templates, and what is there for them.
const PARAMETERS: [(&str, &str); 16] = [
    (
        "/v1.0/subscriptions/{subscription}",
        "/v1.0/subscriptions/{subscribed}",
    ),
    (
        "/graph/subscriptions/{id}",
        "/graph/subscriptions/{subscribed}",
    ),
    (
        "/applications/{application}",
        "/applications/ee123456-1234-1234-1234-eee123456789",
    ),
    ("{principal}", "bb123456-1234-1234-1234-bbb123456789"),
    ("/pstn-calls/{id}", "/pstn-calls/{phone}"),
    (
        "/event-subscriptions/{id}",
        "/event-subscriptions/{subscription}",
    ),
    ("/acs-users/{id}", "/acs-users/{identity}"),
    ("/identities/{id}", "/identities/{identity}"),
    ("/subscriptions/{id}", "/subscriptions/{subscription}"),
    ("/recordings/{id}", "/recordings/{recording}"),
    ("/faults/{id}", "/faults/1"),
    (
        "/groups/{id}",
        "/groups/dd123456-1234-1234-1234-ddd123456789",
    ),
    ("{number}", "+12065550123"),
    ("{oid}", "{user}"),
    ("{object}", "{account}"),
    ("{raw}", "4%3A%2B12065551212"),
];

pub(crate) const HEADERS: [&str; 24] = [
    "Authorization: Bearer {token}",
    "Authorization: Bearer",
    "Authorization: Bearer a.b.c",
    "Authorization: Basic eDp5",
    "Authorization: HMAC-SHA256",
    "Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAA",
    "x-ms-date: Thu, 01 Jan 1970 00:00:00 GMT",
    "x-ms-date: \u{ff}",
    "x-ms-content-sha256: x",
    "x-ms-host: us-storage.asm.skype.com",
    "Host: [::1]:99999",
    "Host:",
    "Content-Type: application/x-www-form-urlencoded; charset=\u{fffd}",
    "Content-Length: 18446744073709551616",
    "Cookie: ESTSAUTH=x; ESTSAUTH=y",
    "Cookie: ;=;;",
    "Origin: https://elsewhere.example",
    "Sec-Fetch-Site: cross-site",
    "Range: bytes=0-0",
    "Range: bytes=-1,5-4,99999999999999999999-",
    "Repeatability-Request-ID: 6a1b0f0c-0000-4000-8000-000000000001",
    "Repeatability-First-Sent: yesterday",
    "Expect: 100-continue",
    "Transfer-Encoding: chunked",
];

/// Values of members, as JSON.
pub(crate) const VALUES: [&str; 46] = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1",
    "1.5",
    "1e308",
    "-1e-308",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "4294967296",
    "\"\"",
    "\"x\"",
    "\" \"",
    "[]",
    "{}",
    "[[]]",
    "[null]",
    "{\"\":{}}",
    "\"\\u0000\"",
    "\"\\ud83d\\ude00\"",
    "\"%00%ff\"",
    "\"{call}\"",
    "\"{context}\"",
    "\"{recording}\"",
    "\"{invitation}\"",
    "\"{server_call}\"",
    "\"{identity}\"",
    "\"{former_identity}\"",
    "\"{former_call}\"",
    "\"4:+12065551212\"",
    "\"4:anonymous\"",
    "\"8:orgid:{user}\"",
    "\"8:acs:{resource}_{tenant}_{user}\"",
    "\"8:acs:_\"",
    "\"28:orgid:{account}\"",
    "\"8:\"",
    "\"+12065550177\"",
    "\"+0\"",
    "\"http://127.0.0.1:1/c\"",
    "\"wss://[::1\"",
    "\"http://127.0.0.1:1/gone.wav\"",
    "\"2026-13-45T99:99:99Z\"",
    "{\"rawId\":\"4:+12065551212\"}",
];

/// Words of enumerations and kinds.
pub(crate) const WORDS: [&str; 40] = [
    "file",
    "text",
    "ssml",
    "dtmf",
    "speech",
    "choices",
    "speechOrDtmf",
    "zero",
    "pound",
    "asterisk",
    "audio",
    "audioVideo",
    "wav",
    "mp3",
    "mp4",
    "mixed",
    "unmixed",
    "busy",
    "none",
    "forbidden",
    "serverCallLocator",
    "groupCallLocator",
    "roomCallLocator",
    "websocket",
    "pcm24KMono",
    "phoneNumber",
    "communicationUser",
    "microsoftTeamsUser",
    "teamsExtensionUser",
    "unknown",
    "PUBLIC",
    "azureBlobStorage",
    "user",
    "answer",
    "decline",
    "forward",
    "no_answer",
    "status",
    "callback_reordered",
    "StringIn",
];

/// Members of models within models, and of the control API and the other services.
const OTHER_MEMBERS: &str = "
    rawId kind value userId tenantId resourceId appId cloud id loop uri file ssml ssmlText voiceName transportUrl
    transportType audioChannelType audioFormat startMediaStreaming startTranscription enableIntermediateResults
    enableDtmfTones enableBidirectional locale label phrases tone dtmfOptions stopTones maxTonesToCollect
    interToneTimeoutInSeconds initialSilenceTimeoutInSeconds voipHeaders sipHeaders teamsPhoneCallDetails callTopic
    additionalCallerInformation channel participant serverCallId from to script do ms after_ms keys behaviour endpoint
    filter advancedFilters operatorType key values schema dead_letter entra audience count probability match sub_code
    principalType clientIds scopes createTokenWithScopes expiresInMinutes token
";

impl Dictionary {
    pub(crate) fn new(corpus: &[Vec<u8>]) -> Self {
        let routes = tandem_emulator::door::routes().map(first_line).collect();
        let bodies = corpus
            .iter()
            .flat_map(|file| crate::mutation::parts(file))
            .map(|part| part.body)
            .filter(|body| !body.is_empty())
            .collect();
        Self {
            routes,
            members: members(),
            bodies,
        }
    }
}

fn first_line((method, template): (&'static str, &'static str)) -> String {
    let mut path = template.to_owned();
    for (parameter, there) in PARAMETERS {
        path = path.replace(parameter, there);
    }
    if path.starts_with("/calling/") || path.starts_with("/_emulator/calls/") {
        path = path.replace("{id}", "{call}");
    }
    let version = match template {
        _ if template.starts_with("/calling/") => "?api-version=2026-03-12",
        _ if template.starts_with("/identities") || template.starts_with("/teamsUser") => {
            "?api-version=2023-10-01"
        }
        _ if template.starts_with("/access/") => "?api-version=2025-06-30",
        _ => "",
    };
    format!("{method} {path}{version}")
}

fn members() -> Vec<String> {
    let contract: Value = serde_json::from_str(CONTRACT).unwrap_or_default();
    let mut names = BTreeSet::new();
    for operation in contract["operations"].as_array().into_iter().flatten() {
        for field in operation["requestFields"].as_array().into_iter().flatten() {
            names.extend(field.as_str().map(str::to_owned));
        }
    }
    names.extend(OTHER_MEMBERS.split_whitespace().map(str::to_owned));
    names.into_iter().collect()
}
