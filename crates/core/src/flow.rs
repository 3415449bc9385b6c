//! Flows: what a contact goes through before, beside and instead of an agent, as a graph of nodes.
//!
//! Owns the document and its validation at save time (`validation`); walking it is in [`crate::turn`]. A node that
//! cannot be executed is never saved, so that no contact can reach one.

mod answer;
mod entry;
pub(crate) mod fill;
mod http;
mod outside;
mod references;
mod validation;
mod warning;

pub use entry::{Digits, Entry, Retry};
pub use http::{HttpMethod, HttpRequest};
pub use outside::Phone;
pub use validation::validate_prompt;
pub(crate) use validation::{in_range, invalid, is_attribute};
pub use warning::{Suspicion, Warning};

use crate::ids::{FlowId, PromptId, QueueId, ScheduleId};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What is played or said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Spoken by the service.
    Text(String),
    /// An audio file that the service fetches.
    Url(String),
    /// One of those that are kept, in the language of the caller.
    #[serde(rename = "prompt_id")]
    Kept(PromptId),
}

/// A name of a node within its flow.
pub type NodeId = String;

/// A flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// What people call it.
    pub name: String,
    /// The node that a contact enters first.
    pub start: NodeId,
    /// The nodes.
    pub nodes: BTreeMap<NodeId, Node>,
}

/// One step of a flow. Every exit is declared: there is no way out that the document does not name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Node {
    /// Answer the call. A flow without such a node has its calls answered before it begins; one with it decides
    /// first, and may turn them away.
    Answer {
        /// When the call is up.
        next: NodeId,
    },
    /// Play a prompt to the customer.
    Play {
        /// What.
        prompt: Prompt,
        /// After its end.
        next: NodeId,
        /// When it cannot be played (B-235).
        failed: NodeId,
    },
    /// Ask, and collect digits into an attribute.
    Collect {
        /// The question.
        prompt: Prompt,
        /// At most this many digits.
        max_digits: u32,
        /// Silence before the first digit, s.
        timeout_s: u32,
        /// The attribute that the digits become.
        attribute: String,
        /// How they are entered, and what becomes of them.
        #[serde(default, skip_serializing_if = "Entry::is_usual")]
        entry: Entry,
        /// How often it is asked again when nothing is entered; not at all without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry: Option<Box<Retry>>,
        /// With digits.
        next: NodeId,
        /// Without.
        no_input: NodeId,
        /// When the question cannot be asked or the answer not heard (B-235).
        failed: NodeId,
    },
    /// Ask for one key, and go on by it. A key that leads nowhere and silence are asked again.
    Menu {
        /// The question.
        prompt: Prompt,
        /// The question when it is asked again; the same when there is none.
        again: Option<Prompt>,
        /// Where each key leads.
        choices: BTreeMap<Key, Choice>,
        /// Silence before a key, s.
        timeout_s: u32,
        /// How often it is asked again.
        retries: u32,
        /// After the last time, when no key was pressed.
        no_input: NodeId,
        /// After the last time, when the key led nowhere.
        invalid: NodeId,
        /// When the question cannot be asked or the answer not heard (B-235).
        failed: NodeId,
    },
    /// Give an attribute a value.
    Set {
        /// Which.
        attribute: String,
        /// What it is from now on.
        value: String,
        /// Afterwards.
        next: NodeId,
    },
    /// Go on by the first case that holds.
    Switch {
        /// In this order.
        cases: Vec<Case>,
        /// When none holds.
        otherwise: NodeId,
    },
    /// Go another round, so many times; then on, and the count begins anew.
    Loop {
        /// Rounds.
        times: u32,
        /// Each round.
        again: NodeId,
        /// After the last.
        done: NodeId,
    },
    /// Go on by how a queue stands at this moment.
    QueueStatus {
        /// Which.
        queue: QueueId,
        /// In this order.
        cases: Vec<QueueCase>,
        /// When none holds.
        otherwise: NodeId,
    },
    /// Say something last, and end the contact.
    Message {
        /// What.
        prompt: Prompt,
    },
    /// Go on by the value of an attribute.
    Branch {
        /// Which.
        attribute: String,
        /// Where each value leads.
        cases: BTreeMap<String, NodeId>,
        /// Where every other value, and none, leads.
        otherwise: NodeId,
    },
    /// Ask a business system, and go on by whether it answered.
    Http {
        /// What.
        request: HttpRequest,
        /// What is heard meanwhile, again and again; silence without.
        prompt: Option<Prompt>,
        /// How long it may take, s.
        timeout_s: u32,
        /// The attributes that its answer gives values: for each where in the document, a JSON pointer.
        save: BTreeMap<String, String>,
        /// When it answered and everything to be saved was there.
        next: NodeId,
        /// Else.
        failed: NodeId,
    },
    /// Wait in a queue for an agent.
    Queue {
        /// Which.
        queue: QueueId,
        /// After the queue's longest wait.
        timeout: NodeId,
        /// When the queue holds as many as it may.
        full: NodeId,
        /// When the music cannot be played; without it the contact waits in silence (B-235).
        failed: Option<NodeId>,
        /// When the queue is closed; `timeout` without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closed: Option<NodeId>,
        /// When an emergency closed it; `closed` without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emergency: Option<NodeId>,
        /// Whether who waited in another queue before goes on waiting since then.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        keep_age: bool,
        /// The key by which who waits may go on elsewhere; without, only the queue lets go.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Box<QueueKey>>,
    },
    /// Have the caller leave a message, which waits in a queue as a contact of its own.
    Voicemail {
        /// In which queue.
        queue: QueueId,
        /// What is said before.
        prompt: Prompt,
        /// How long the message may be, s.
        max_s: u32,
        /// The key that ends it.
        stop: Key,
        /// After a message.
        done: NodeId,
        /// When nothing was said, or next to nothing.
        no_message: NodeId,
        /// When the prompt cannot be played or the call not recorded (B-235).
        failed: NodeId,
    },
    /// Say that calls are recorded, or ask whether this one may be (B-237).
    Consent {
        /// What.
        prompt: Prompt,
        /// How it is answered; without, that it was heard to the end is enough.
        ask: Option<AskConsent>,
        /// After it was heard, or agreed to.
        given: NodeId,
        /// When it was refused, or not answered.
        refused: NodeId,
        /// When it cannot be said or the answer not heard (B-235).
        failed: NodeId,
    },
    /// Begin or end the recording of the call.
    Record {
        /// Which.
        action: RecordAction,
        /// Afterwards.
        next: NodeId,
        /// When the call cannot be recorded (B-235).
        failed: NodeId,
    },
    /// Call a phone outside, and leave the customer to whoever answers there.
    Transfer {
        /// Which.
        to: Phone,
        /// How long it rings, s.
        ring_s: u32,
        /// What is heard meanwhile, again and again; silence without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prompt: Option<Prompt>,
        /// When nobody took the call there.
        failed: NodeId,
    },
    /// Book a callback for the caller. What is asked and said is in the nodes before and after.
    Callback {
        /// By which queue.
        queue: QueueId,
        /// When.
        when: CallbackWhen,
        /// After it was booked, or one that is pending counts for it.
        booked: NodeId,
        /// When it cannot be: no number, too many, not from this country, the queue calls nobody back.
        refused: NodeId,
    },
    /// Go through another flow, and on where it ends.
    SubFlow {
        /// Which; the version that stands when it is entered.
        flow: FlowId,
        /// After its `end` node.
        next: NodeId,
        /// When it cannot be entered; `next` without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<NodeId>,
    },
    /// Go on by what a schedule says now.
    Hours {
        /// Which.
        schedule: ScheduleId,
        /// When it is open.
        open: NodeId,
        /// Outside the hours of the day.
        closed: NodeId,
        /// When it is closed for the whole day; `closed` without.
        holiday: Option<NodeId>,
        /// When it is closed until somebody reopens it; `closed` without.
        emergency: Option<NodeId>,
    },
    /// End the contact; in a sub-flow, go on in the flow that led into it.
    End,
}

/// When a caller is called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackWhen {
    /// When the caller's turn comes: who waited in the queue before keeps that place.
    VirtualHold,
    /// As soon as somebody has time, behind those who wait already.
    Asap,
    /// Within a window of time.
    Later {
        /// It begins so long from now, s.
        after_s: u32,
        /// And lasts so long, s.
        within_s: u32,
    },
}

/// A key by which a customer who waits goes on elsewhere. It is asked for between the music, again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueKey {
    /// Which.
    pub key: Key,
    /// What is said.
    pub prompt: Prompt,
    /// After so long for the first time, s.
    pub first_s: u32,
    /// And again after so long, s.
    pub every_s: u32,
    /// Where it leads.
    pub next: NodeId,
}

/// How a caller answers whether the call may be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskConsent {
    /// The key for yes.
    pub accept: Key,
    /// The key for no.
    pub refuse: Key,
    /// Silence before a key, s.
    pub timeout_s: u32,
    /// How often it is asked again.
    pub retries: u32,
}

/// What becomes of the recording of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordAction {
    /// It begins.
    Start,
    /// It ends.
    Stop,
}

/// A key of a telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "char", into = "char")]
pub struct Key(char);

impl Key {
    /// The key that ends an entry by custom.
    pub const HASH: Self = Self('#');

    /// None when telephones have no such key.
    #[must_use]
    pub const fn new(key: char) -> Option<Self> {
        match key {
            '0'..='9' | '*' | '#' => Some(Self(key)),
            _ => None,
        }
    }
}

impl From<Key> for char {
    fn from(key: Key) -> Self {
        key.0
    }
}

impl TryFrom<char> for Key {
    type Error = &'static str;

    fn try_from(key: char) -> Result<Self, Self::Error> {
        Self::new(key).ok_or("is not a key of a telephone: use 0 to 9, * or #")
    }
}

/// A way out of a menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What people call it.
    pub label: String,
    /// Where it leads.
    pub next: NodeId,
}

/// A case of a switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The attribute that is looked at.
    pub attribute: String,
    /// What must be so.
    pub test: Test,
    /// Where it leads.
    pub next: NodeId,
}

/// What must be so of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// It has this value.
    Equals(String),
    /// Its value begins so.
    StartsWith(String),
    /// It has a value.
    IsSet,
}

impl Test {
    /// Whether it holds of a value; none is no value.
    #[must_use]
    pub fn holds(&self, value: Option<&str>) -> bool {
        match (self, value) {
            (Self::Equals(wanted), Some(value)) => wanted == value,
            (Self::StartsWith(wanted), Some(value)) => value.starts_with(wanted),
            (Self::IsSet, Some(_)) => true,
            (Self::Equals(_) | Self::StartsWith(_) | Self::IsSet, None) => false,
        }
    }
}

/// A case of a look at a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueCase {
    /// What must be so.
    pub when: QueueTest,
    /// Where it leads.
    pub next: NodeId,
}

/// What must be so of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueTest {
    /// At least so many wait.
    WaitingAtLeast(u32),
    /// Somebody waits for at least so long, s.
    LongestWaitAtLeast(u32),
    /// Who joined it now would wait for at least so long, s, as it would be told: four of five wait at most as long.
    /// While nothing is known of its waits this does not hold (R-18: no data, no number).
    EstimateAtLeast(u32),
    /// Of those who may serve it nobody is ready, not even somebody who is busy now.
    NoAgentReady,
}

impl QueueTest {
    /// The name of the exit.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WaitingAtLeast(_) => "waiting_at_least",
            Self::LongestWaitAtLeast(_) => "longest_wait_at_least",
            Self::EstimateAtLeast(_) => "estimate_at_least",
            Self::NoAgentReady => "no_agent_ready",
        }
    }
}

impl Node {
    /// Every exit with its name.
    #[must_use]
    #[expect(
        clippy::too_many_lines,
        reason = "a table: one arm for each kind of node"
    )]
    pub fn exits(&self) -> Vec<(Cow<'_, str>, &NodeId)> {
        match self {
            Self::Play { next, failed, .. }
            | Self::Http { next, failed, .. }
            | Self::Record { next, failed, .. } => named([("next", next), ("failed", failed)]),
            Self::Consent {
                given,
                refused,
                failed,
                ..
            } => named([("given", given), ("refused", refused), ("failed", failed)]),
            Self::Voicemail {
                done,
                no_message,
                failed,
                ..
            } => named([
                ("done", done),
                ("no_message", no_message),
                ("failed", failed),
            ]),
            Self::Collect {
                next,
                no_input,
                failed,
                ..
            } => named([("next", next), ("no_input", no_input), ("failed", failed)]),
            Self::Menu {
                choices,
                no_input,
                invalid,
                failed,
                ..
            } => {
                let choices = choices.iter();
                let keys = choices.map(|(key, it)| (Cow::Owned(char::from(*key).into()), &it.next));
                let others = [
                    ("no_input", no_input),
                    ("invalid", invalid),
                    ("failed", failed),
                ];
                keys.chain(named(others)).collect()
            }
            Self::Answer { next } | Self::Set { next, .. } => named([("next", next)]),
            Self::Switch { cases, otherwise } => {
                let cases = cases.iter().enumerate();
                let cases = cases.map(|(n, case)| (Cow::Owned(format!("cases.{n}")), &case.next));
                cases.chain(named([("otherwise", otherwise)])).collect()
            }
            Self::Loop { again, done, .. } => named([("again", again), ("done", done)]),
            Self::QueueStatus {
                cases, otherwise, ..
            } => {
                let cases = cases.iter();
                let cases = cases.map(|case| (Cow::Borrowed(case.when.name()), &case.next));
                cases.chain(named([("otherwise", otherwise)])).collect()
            }
            Self::Branch {
                cases, otherwise, ..
            } => {
                let cases = cases.iter();
                let cases = cases.map(|(value, to)| (Cow::Borrowed(value.as_str()), to));
                cases.chain(named([("otherwise", otherwise)])).collect()
            }
            Self::Queue {
                timeout,
                full,
                failed,
                closed,
                emergency,
                key,
                ..
            } => {
                let exits = named([("timeout", timeout), ("full", full)]);
                let beside = [
                    ("failed", failed),
                    ("closed", closed),
                    ("emergency", emergency),
                ];
                let mut exits = optional(exits, beside);
                exits.extend(key.iter().map(|key| (Cow::Borrowed("key"), &key.next)));
                exits
            }
            Self::Transfer { failed, .. } => named([("failed", failed)]),
            Self::Callback {
                booked, refused, ..
            } => named([("booked", booked), ("refused", refused)]),
            Self::SubFlow { next, failed, .. } => {
                optional(named([("next", next)]), [("failed", failed)])
            }
            Self::Hours {
                open,
                closed,
                holiday,
                emergency,
                ..
            } => optional(
                named([("open", open), ("closed", closed)]),
                [("holiday", holiday), ("emergency", emergency)],
            ),
            Self::Message { .. } | Self::End => Vec::new(),
        }
    }

    /// The prompts in it, by the names of their fields.
    pub(crate) fn prompts(&self) -> Vec<(&'static str, &Prompt)> {
        match self {
            Self::Play { prompt, .. }
            | Self::Message { prompt }
            | Self::Consent { prompt, .. }
            | Self::Voicemail { prompt, .. } => vec![("prompt", prompt)],
            Self::Collect { prompt, retry, .. } => {
                let again = retry.iter().filter_map(|it| it.again.as_ref());
                let again = again.map(|again| ("retry_prompt", again));
                std::iter::once(("prompt", prompt)).chain(again).collect()
            }
            Self::Menu { prompt, again, .. } => {
                let again = again.iter().map(|again| ("retry_prompt", again));
                std::iter::once(("prompt", prompt)).chain(again).collect()
            }
            Self::Http { prompt, .. } | Self::Transfer { prompt, .. } => {
                prompt.iter().map(|it| ("prompt", it)).collect()
            }
            Self::Queue { key, .. } => key.iter().map(|it| ("key.prompt", &it.prompt)).collect(),
            Self::Answer { .. }
            | Self::Set { .. }
            | Self::Switch { .. }
            | Self::Loop { .. }
            | Self::QueueStatus { .. }
            | Self::Branch { .. }
            | Self::Hours { .. }
            | Self::Record { .. }
            | Self::Callback { .. }
            | Self::SubFlow { .. }
            | Self::End => Vec::new(),
        }
    }

    /// The name of its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Answer { .. } => "answer",
            Self::Play { .. } => "play",
            Self::Collect { .. } => "collect",
            Self::Menu { .. } => "menu",
            Self::Set { .. } => "set",
            Self::Switch { .. } => "switch",
            Self::Loop { .. } => "loop",
            Self::QueueStatus { .. } => "queue_status",
            Self::Message { .. } => "message",
            Self::Branch { .. } => "branch",
            Self::Http { .. } => "http",
            Self::Queue { .. } => "queue",
            Self::Voicemail { .. } => "voicemail",
            Self::Consent { .. } => "consent",
            Self::Record { .. } => "record",
            Self::Transfer { .. } => "transfer",
            Self::SubFlow { .. } => "sub_flow",
            Self::Callback { .. } => "callback",
            Self::Hours { .. } => "hours",
            Self::End => "end",
        }
    }

    /// Whether a contact's way through the flow is over in it.
    pub(crate) const fn is_last(&self) -> bool {
        matches!(self, Self::Message { .. } | Self::End)
    }

    /// The attributes that it gives values.
    pub(crate) fn attributes(&self) -> Vec<&str> {
        match self {
            Self::Collect { attribute, .. } | Self::Set { attribute, .. } => vec![attribute],
            Self::Http { save, .. } => save.keys().map(String::as_str).collect(),
            Self::Answer { .. }
            | Self::Play { .. }
            | Self::Menu { .. }
            | Self::Switch { .. }
            | Self::Loop { .. }
            | Self::QueueStatus { .. }
            | Self::Message { .. }
            | Self::Branch { .. }
            | Self::Queue { .. }
            | Self::Voicemail { .. }
            | Self::Consent { .. }
            | Self::Record { .. }
            | Self::Transfer { .. }
            | Self::Callback { .. }
            | Self::SubFlow { .. }
            | Self::Hours { .. }
            | Self::End => Vec::new(),
        }
    }

    /// Whether something is said in it that has an end.
    pub(crate) const fn is_heard_once(&self) -> bool {
        self.asks()
            || matches!(
                self,
                Self::Play { .. }
                    | Self::Message { .. }
                    | Self::Voicemail { .. }
                    | Self::Consent { .. }
            )
    }

    /// Whether it asks the customer for keys.
    pub(crate) const fn asks(&self) -> bool {
        matches!(
            self,
            Self::Collect { .. } | Self::Menu { .. } | Self::Consent { ask: Some(_), .. }
        )
    }

    /// Whether time passes in the node, so that a cycle through it cannot spin.
    const fn takes_time(&self) -> bool {
        match self {
            Self::Play { .. }
            | Self::Collect { .. }
            | Self::Menu { .. }
            | Self::Http { .. }
            | Self::Queue { .. }
            | Self::Voicemail { .. }
            | Self::Consent { .. }
            | Self::Message { .. } => true,
            // A call that is up already is not answered again.
            Self::Answer { .. }
            | Self::Set { .. }
            | Self::Switch { .. }
            | Self::Loop { .. }
            | Self::QueueStatus { .. }
            | Self::Branch { .. }
            | Self::Record { .. }
            | Self::Callback { .. }
            // A number that may not be called is not called, at once.
            | Self::Transfer { .. }
            // Nobody can say what another flow will be when it is entered.
            | Self::SubFlow { .. }
            | Self::Hours { .. }
            | Self::End => false,
        }
    }
}

/// With the exits that need not be there.
fn optional<'a, const N: usize>(
    mut exits: Vec<(Cow<'a, str>, &'a NodeId)>,
    others: [(&'a str, &'a Option<NodeId>); N],
) -> Vec<(Cow<'a, str>, &'a NodeId)> {
    let there = others.into_iter();
    exits.extend(there.filter_map(|(name, to)| Some((Cow::Borrowed(name), to.as_ref()?))));
    exits
}

/// Exits with names of their own.
fn named<'a, const N: usize>(
    exits: [(&'static str, &'a NodeId); N],
) -> Vec<(Cow<'a, str>, &'a NodeId)> {
    let exits = exits.into_iter();
    exits.map(|(name, to)| (Cow::Borrowed(name), to)).collect()
}
