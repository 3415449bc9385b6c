//! What is there, for inputs that name it: ids of calls, people and recordings, tokens and codes, as answers and
//! deliveries told them last. It decides nothing.

use crate::answer::Answer;
use crate::options::defaults;
use serde_json::Value;
use std::collections::BTreeMap;

/// The longest name.
const NAME_BYTES_MAX: usize = 20;

/// The longest answer that tells a name: longer ones are lists of what is there.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// Members of answers, and the name that an input calls them by.
const OF_ANSWERS: [(&str, &str); 9] = [
    ("/callConnectionId", "call"),
    ("/serverCallId", "server_call"),
    ("/recordingId", "recording"),
    ("/invitationId", "invitation"),
    ("/identity/id", "identity"),
    ("/access_token", "token"),
    ("/refresh_token", "refresh"),
    ("/device_code", "device"),
    ("/user_code", "user_code"),
];

/// The same for what the control API and Graph make.
const OF_CONTROL: [(&str, &str, &str); 4] = [
    ("PlaceCall", "/id", "phone"),
    ("Subscribe", "/id", "subscription"),
    ("PhoneCalls", "/0/id", "ringing"),
    ("Graph_CreateSubscription", "/id", "subscribed"),
];

/// Names whose former meaning is kept: what has to do with two calls or with two users.
const FORMER: [(&str, &str); 2] = [("call", "former_call"), ("identity", "former_identity")];

#[derive(Debug, Clone)]
pub(super) struct Names(BTreeMap<&'static str, String>);

impl Default for Names {
    fn default() -> Self {
        Self(BTreeMap::from([
            ("user", defaults::FIRST_TEAMS_USER.to_owned()),
            ("tenant", defaults::TENANT.to_owned()),
            ("app", defaults::APP.to_owned()),
            ("secret", defaults::CLIENT_SECRET.to_owned()),
            ("account", defaults::RESOURCE_ACCOUNT.to_owned()),
            ("resource", defaults::ACS_RESOURCE.to_owned()),
        ]))
    }
}

impl Names {
    /// The text, with what is there for each name in braces; what is no name stays.
    pub(super) fn put_into(&self, text: &[u8]) -> Vec<u8> {
        let mut put = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.iter().position(|byte| *byte == b'{') {
            let (before, from) = rest.split_at(at);
            put.extend_from_slice(before);
            match self.at_head(from) {
                Some((value, length)) => {
                    put.extend_from_slice(value.as_bytes());
                    rest = &from[length..];
                }
                None => {
                    put.push(b'{');
                    rest = &from[1..];
                }
            }
        }
        put.extend_from_slice(rest);
        put
    }

    /// What the name at the head stands for, and the bytes that the name takes.
    fn at_head(&self, text: &[u8]) -> Option<(&str, usize)> {
        let end = text
            .iter()
            .take(NAME_BYTES_MAX)
            .position(|byte| *byte == b'}')?;
        let name = std::str::from_utf8(text.get(1..end)?).ok()?;
        Some((self.0.get(name)?, end + 1))
    }

    pub(super) fn learn_of_answer(&mut self, operation: &str, answer: &Answer) {
        for (name, value) in &answer.headers {
            if *name == "location"
                && let Some(code) = crate::identify::field(after_question_mark(value), "code")
            {
                self.0.insert("code", code);
            }
        }
        let body = answer.body.bytes();
        if body.len() > ANSWER_BYTES_MAX || !matches!(body.first(), Some(b'{' | b'[')) {
            return;
        }
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        self.learn(&body, &OF_ANSWERS);
        for (control, pointer, name) in OF_CONTROL {
            if control == operation {
                self.learn(&body, &[(pointer, name)]);
            }
        }
    }

    pub(super) fn learn_of_delivery(&mut self, body: &Value) {
        let data = &body[0]["data"];
        self.learn(data, &[("/incomingCallContext", "context")]);
        self.learn(data, &[("/validationCode", "validation")]);
        let chunk = "/recordingStorageInfo/recordingChunks/0/documentId";
        self.learn(data, &[(chunk, "document")]);
    }

    fn learn(&mut self, body: &Value, members: &[(&str, &'static str)]) {
        for &(pointer, name) in members {
            let Some(value) = body.pointer(pointer).and_then(Value::as_str) else {
                continue;
            };
            let former = self.0.insert(name, value.to_owned());
            let kept = FORMER.iter().find(|(it, _)| *it == name);
            if let (Some((_, kept)), Some(former)) = (kept, former.filter(|it| it != value)) {
                self.0.insert(kept, former);
            }
        }
    }
}

fn after_question_mark(address: &str) -> &str {
    address.split_once('?').map_or("", |(_, query)| query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_braces_are_put_in_and_everything_else_stays() {
        let mut names = Names::default();
        names.learn(&serde_json::json!({"callConnectionId": "c1"}), &OF_ANSWERS);
        let put = names.put_into(br#"{"a":"{call}","b":{"c":"{nobody}"},"d":"{call"#);
        assert_eq!(put, br#"{"a":"c1","b":{"c":"{nobody}"},"d":"{call"#);
    }
}
