//! The messages of a neighbor as they went over the wire, with secrets masked: a bounded ring.

use serde_json::{Value, json};
use std::collections::VecDeque;
use tandem_transport::sip::{Direction, Wire};

const MESSAGES_MAX: usize = 1_000;
const MESSAGE_BYTES_MAX: usize = 16 * 1_024;

#[derive(Debug, Default)]
pub(super) struct Log {
    messages: VecDeque<Kept>,
    n_received: u64,
    n_sent: u64,
}

#[derive(Debug)]
struct Kept {
    at_us: i64,
    direction: Direction,
    remote: String,
    call_id: String,
    text: String,
}

impl Log {
    pub(super) fn keep(&mut self, wire: &Wire) {
        match wire.direction {
            Direction::Received => self.n_received += 1,
            Direction::Sent => self.n_sent += 1,
        }
        let bytes = wire.bytes.get(..MESSAGE_BYTES_MAX).unwrap_or(&wire.bytes);
        let text = String::from_utf8_lossy(bytes).into_owned();
        if self.messages.len() == MESSAGES_MAX {
            self.messages.pop_front();
        }
        self.messages.push_back(Kept {
            at_us: wire.at,
            direction: wire.direction,
            remote: wire.remote.map(|it| it.to_string()).unwrap_or_default(),
            call_id: call_id(&text).to_owned(),
            text,
        });
    }

    pub(super) fn show(&self, call_id: Option<&str>) -> Value {
        let kept = self.messages.iter();
        let wanted = kept.filter(|it| call_id.is_none_or(|wanted| wanted == it.call_id));
        let shown = wanted.map(|it| {
            json!({
                "at_us": it.at_us, "remote": it.remote, "call_id": it.call_id, "text": it.text,
                "direction": match it.direction {
                    Direction::Received => "received",
                    Direction::Sent => "sent",
                },
            })
        });
        shown.collect()
    }

    pub(super) fn counters(&self) -> Value {
        json!({"received": self.n_received, "sent": self.n_sent})
    }
}

fn call_id(text: &str) -> &str {
    let mut lines = text.split("\r\n").take_while(|line| !line.is_empty());
    let found = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let name = name.trim();
        let is_it = name.eq_ignore_ascii_case("call-id") || name.eq_ignore_ascii_case("i");
        is_it.then(|| value.trim())
    });
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tandem_sip::flow::FlowId;

    #[test]
    fn newest_messages_are_kept_and_found_by_their_call() {
        let mut log = Log::default();
        for n in 0..=MESSAGES_MAX {
            log.keep(&Wire {
                at: 1,
                flow: FlowId::Accepted(1),
                direction: Direction::Sent,
                remote: None,
                bytes: format!("OPTIONS sip:a SIP/2.0\r\nCALL-ID: c{n}\r\n\r\ncall-id: no")
                    .into_bytes(),
            });
        }
        assert_eq!(log.show(None).as_array().unwrap().len(), MESSAGES_MAX);
        assert_eq!(log.show(Some("c0")), json!([]));
        assert_eq!(log.show(Some("c7"))[0]["direction"], "sent");
        assert_eq!(
            log.counters(),
            json!({"received": 0, "sent": MESSAGES_MAX + 1})
        );
    }
}
