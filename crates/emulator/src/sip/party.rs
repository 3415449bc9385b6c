//! One call of a neighbor, from the neighbor's side: who is in it, how far it is, what they say, hear and do.

use super::ear::Ear;
use super::habit::{Habit, Step};
use serde_json::{Value, json};
use std::collections::VecDeque;
use tandem_sip::Micros;
use tandem_sip::message::Request;
use tandem_sip::sdp::Direction;
use tandem_sip::user_agent::{CallId, Cause, End};
use tandem_transport::description::Described;
use tandem_transport::media::ConversationId;

/// Statuses that are remembered of one call, and digits.
const STATUSES_MAX: usize = 32;
const DIGITS_MAX: usize = 1_000;
const BODY_BYTES_MAX: usize = 64 * 1_024;

pub(super) struct Party {
    pub(super) id: String,
    pub(super) call: CallId,
    pub(super) call_id: String,
    pub(super) way: Way,
    /// Who is at this end: a number, or a phone's user.
    pub(super) own: String,
    /// Who is at the other.
    pub(super) other: String,
    /// Of a Teams user.
    pub(super) oid: Option<String>,
    pub(super) stage: Stage,
    pub(super) media: Option<(ConversationId, Described)>,
    /// What came with the INVITE, and waits for our answer.
    pub(super) offer: Option<Vec<u8>>,
    /// Our answer, where it was given before the call was taken.
    pub(super) answer: Option<Vec<u8>>,
    pub(super) tone_hz: Option<u32>,
    pub(super) ear: Ear,
    pub(super) habit: Habit,
    pub(super) script: VecDeque<Step>,
    pub(super) is_holding: bool,
    /// What the other side last said of its direction.
    pub(super) other_direction: Direction,
    pub(super) allows_transfer: bool,
    digits: String,
    /// Of what the call that we began heard, with the tag of the fork.
    progress: VecDeque<(u16, String)>,
    transfer: VecDeque<u16>,
    invite: Option<Value>,
    end: Option<End>,
    began_at: Micros,
    ended_at: Option<Micros>,
}

/// Who began it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Calls,
    IsCalled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It rings at whoever is called; theirs is the next word.
    Ringing,
    /// Answered by us, and not confirmed yet.
    Answering,
    Up,
    Ended,
}

impl Stage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::Answering => "answering",
            Self::Up => "in_call",
            Self::Ended => "ended",
        }
    }
}

/// What a party begins with.
pub(super) struct Beginning {
    pub(super) id: String,
    pub(super) call: CallId,
    pub(super) way: Way,
    pub(super) own: String,
    pub(super) other: String,
    pub(super) at: Micros,
}

impl Party {
    pub(super) fn new(beginning: Beginning) -> Self {
        let Beginning {
            id,
            call,
            way,
            own,
            other,
            at,
        } = beginning;
        Self {
            id,
            call,
            call_id: String::new(),
            way,
            own,
            other,
            oid: None,
            stage: Stage::Ringing,
            media: None,
            offer: None,
            answer: None,
            tone_hz: None,
            ear: Ear::default(),
            habit: Habit::default(),
            script: VecDeque::new(),
            is_holding: false,
            other_direction: Direction::SendReceive,
            allows_transfer: false,
            digits: String::new(),
            progress: VecDeque::new(),
            transfer: VecDeque::new(),
            invite: None,
            end: None,
            began_at: at,
            ended_at: None,
        }
    }

    pub(super) const fn is_live(&self) -> bool {
        !matches!(self.stage, Stage::Ended)
    }

    /// Keeps what came: headers and body, as they came.
    pub(super) fn received(&mut self, request: &Request) {
        let headers = request.headers.iter();
        let headers: Vec<Value> = headers
            .map(|field| json!([field.name.as_str(), field.value()]))
            .collect();
        let body = request.body.get(..BODY_BYTES_MAX).unwrap_or(&request.body);
        self.invite = Some(json!({
            "uri": request.uri.to_string(), "headers": headers, "body": String::from_utf8_lossy(body),
        }));
    }

    pub(super) fn pressed(&mut self, keys: impl Iterator<Item = char>) {
        let room = DIGITS_MAX.saturating_sub(self.digits.len());
        self.digits.extend(keys.take(room));
    }

    pub(super) fn heard(&mut self, status: u16, fork: &str) {
        if self.progress.len() == STATUSES_MAX {
            self.progress.pop_front();
        }
        self.progress.push_back((status, fork.to_owned()));
    }

    pub(super) fn transfer_is(&mut self, status: u16) {
        if self.transfer.len() == STATUSES_MAX {
            self.transfer.pop_front();
        }
        self.transfer.push_back(status);
    }

    pub(super) fn ended(&mut self, at: Micros, end: End) {
        self.stage = Stage::Ended;
        self.ended_at = Some(at);
        self.end = Some(end);
    }

    pub(super) fn show(&self, now: Micros) -> Value {
        let progress = self.progress.iter();
        let progress = progress.map(|(status, fork)| json!({"status": status, "fork": fork}));
        json!({
            "id": self.id, "call_id": self.call_id, "state": self.stage.as_str(), "oid": self.oid,
            "direction": match self.way { Way::Calls => "calls", Way::IsCalled => "is_called" },
            "own": self.own, "other": self.other, "says_hz": self.tone_hz, "hears": self.ear.show(),
            "digits": self.digits, "is_holding": self.is_holding,
            "other_direction": self.other_direction.as_str(), "progress": progress.collect::<Value>(),
            "transfer": self.transfer, "received": self.invite, "end": self.end.as_ref().map(show_end),
            "ms": (self.ended_at.unwrap_or(now) - self.began_at) / 1_000,
        })
    }
}

fn show_end(end: &End) -> Value {
    let by = match end.cause {
        Cause::Ours => "us",
        Cause::HungUp | Cause::Cancelled | Cause::Refused | Cause::Replaced => "other",
        Cause::Unreachable
        | Cause::NotAcknowledged
        | Cause::NoPrack
        | Cause::Expired
        | Cause::Gone
        | Cause::Unusable
        | Cause::NotAnswered => "trouble",
    };
    json!({
        "by": by, "cause": format!("{:?}", end.cause), "status": end.status,
        "reason": end.reason.as_ref().map(ToString::to_string),
    })
}
