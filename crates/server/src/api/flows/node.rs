//! Nodes of flows as the API has them. What the core has is made of them in [`super::parsed`], and they of it
//! in [`super::told`].

use super::case::{QueueCase, SwitchCase};
use super::http::HttpMethod;
use super::outside::Outside;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tandem_core::flow;
use tandem_core::ids::PromptId;
use tandem_core::limits;
use utoipa::ToSchema;

/// A node: its id, and what it does.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct Node {
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) body: NodeBody,
}

/// What a node does. Exits name nodes.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::api) enum NodeBody {
    /// Answers the call. A flow without such a node has its calls answered before it begins; in one with it, only
    /// decisions and `end`, which turns the call away, come before.
    Answer { next: String },
    /// Says or plays something.
    Play {
        prompt: Prompt,
        next: String,
        failed: String,
    },
    /// Asks for digits.
    Collect {
        prompt: Prompt,
        /// The question when it is asked again; the same when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_prompt: Option<Prompt>,
        max_digits: u32,
        timeout_s: u32,
        /// What the digits are called afterwards; the node's id when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attribute: Option<String>,
        /// The key that ends the digits: `#`, `*` or `none`. When left out `#`, and `none` for a single digit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terminator: Option<String>,
        /// Silence between two digits that ends them, 1 to 30; 5 when left out.
        #[serde(default = "five")]
        between_digits_s: u32,
        /// Whether nobody is to know the digits: only the `body` of an `http` node may have them.
        #[serde(default)]
        masked: bool,
        /// How often it is asked again when nothing is pressed, 0 to 5; 0 when left out.
        #[serde(default, skip_serializing_if = "never")]
        retries: u32,
        next: String,
        failed: String,
        no_input: String,
    },
    /// Asks for one key, again when none or another is pressed, and goes on by it.
    Menu {
        prompt: Prompt,
        /// The question when it is asked again; the same when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_prompt: Option<Prompt>,
        choices: Vec<Choice>,
        timeout_s: u32,
        /// How often it is asked again, 0 to 5; 2 when left out.
        #[serde(default = "two")]
        retries: u32,
        no_input: String,
        invalid: String,
        failed: String,
    },
    /// Gives an attribute a value.
    Set {
        attribute: String,
        value: String,
        next: String,
    },
    /// Goes on by the first case that holds.
    Switch {
        cases: Vec<SwitchCase>,
        otherwise: String,
    },
    /// Goes another round so many times, and then on.
    Loop {
        times: u32,
        again: String,
        done: String,
    },
    /// Goes on by how a queue stands at this moment.
    QueueStatus {
        queue_id: u64,
        cases: Vec<QueueCase>,
        otherwise: String,
    },
    /// Says something last, and hangs up.
    Message { prompt: Prompt },
    /// Goes on by what an attribute says.
    Branch {
        attribute: String,
        cases: Vec<Case>,
        otherwise: String,
    },
    /// Asks a business system that the configuration names. `{attribute}` in `path`, and in the texts of
    /// `body`, is what the contact's attribute says.
    Http {
        /// The system's name in the configuration.
        system: String,
        /// `get` when left out.
        #[serde(default)]
        method: HttpMethod,
        /// Path and query below the system's address.
        path: String,
        /// A JSON document; with `post` only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<serde_json::Value>,
        /// What is heard meanwhile, again and again; silence when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prompt: Option<Prompt>,
        /// How long it may take, 1 to 30.
        timeout_s: u32,
        /// Attributes that become values of the JSON answer: for each the JSON pointer of its value.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        save: BTreeMap<String, String>,
        /// When it answered with a status of 2xx and everything to be saved was there.
        next: String,
        failed: String,
    },
    /// Waits for an agent.
    Queue {
        queue_id: u64,
        timeout: String,
        full: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<String>,
        /// When the queue is closed; `timeout` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closed: Option<String>,
        /// When an emergency closed it; `closed` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emergency: Option<String>,
        /// Whether who waited in another queue before goes on waiting since then.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        keep_age: bool,
        /// The key by which who waits goes on elsewhere; none when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<QueueKey>,
    },
    /// Books a callback for the caller, at the number of this call.
    Callback {
        queue_id: u64,
        /// `virtual_hold` when left out: who waited in the queue keeps that place.
        #[serde(default)]
        when: CallbackWhen,
        /// With `scheduled`: the window begins so long from now, up to 2592000.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_s: Option<u32>,
        /// With `scheduled`: and lasts so long, 300 to 86400; 3600 when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within_s: Option<u32>,
        /// After it was booked, or when one that is pending counts for it.
        booked: String,
        /// When it cannot be booked.
        refused: String,
    },
    /// Has the caller leave a message, which waits in a queue as a contact of its own.
    Voicemail {
        queue_id: u64,
        /// What is said before. There is no tone: say that the caller speaks after this sentence.
        prompt: Prompt,
        /// How long the message may be, 5 to 300; 120 when left out.
        #[serde(default = "two_minutes")]
        max_s: u32,
        /// The key that ends it: `0` to `9`, `*` or `#`; `#` when left out.
        #[serde(default = "hash")]
        stop: String,
        /// After a message.
        done: String,
        /// When nothing was said, or less than two seconds.
        no_message: String,
        failed: String,
    },
    /// Says that calls are recorded, or asks whether this one may be.
    Consent {
        prompt: Prompt,
        /// How it is answered; when left out, that it was heard to its end is enough.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ask: Option<AskConsent>,
        /// After it was heard, or agreed to.
        given: String,
        /// When it was refused, or not answered: then the call is not recorded.
        refused: String,
        failed: String,
    },
    /// Begins or ends the recording of the call; at the latest it ends with the call.
    Record {
        action: RecordAction,
        next: String,
        failed: String,
    },
    /// Has a phone outside called, and leaves the customer to whoever answers there: nothing of the flow comes
    /// after that.
    Transfer {
        to: Outside,
        /// How long it rings, 10 to 120; 60 when left out.
        #[serde(default = "usual_ring_s")]
        ring_s: u32,
        /// What is heard meanwhile, again and again; silence when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prompt: Option<Prompt>,
        /// When nobody answered there, or it may not be called.
        failed: String,
    },
    /// Goes through another flow, in the version that stands then, and on where that one ends.
    SubFlow {
        flow_id: u64,
        /// After the other flow's `end`.
        next: String,
        /// When it cannot be entered; `next` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<String>,
    },
    /// Goes on by what a schedule says.
    Hours {
        schedule_id: u64,
        open: String,
        closed: String,
        /// When it is closed for the whole day; `closed` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holiday: Option<String>,
        /// When it is closed until somebody reopens it; `closed` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emergency: Option<String>,
    },
    /// Hangs up; in a sub-flow, goes back to the flow that led into it.
    End {},
}

/// A key by which who waits goes on elsewhere. It is asked for between the music.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct QueueKey {
    /// `0` to `9`, `*` or `#`.
    pub(super) key: String,
    /// What is said: "Press 1 to be called back."
    pub(super) prompt: Prompt,
    /// After so many seconds for the first time, 1 to 600.
    pub(super) first_s: u32,
    /// And again after so many, 15 to 600.
    pub(super) every_s: u32,
    /// Where it leads.
    pub(super) next: String,
}

/// When a caller is called back.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum CallbackWhen {
    /// When the turn comes: who waited in the queue before keeps that place.
    #[default]
    VirtualHold,
    /// As soon as somebody has time, behind those who wait already.
    Asap,
    /// Within a window of time.
    Scheduled,
}

/// How a caller answers whether the call may be recorded.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AskConsent {
    /// The key for yes; `1` when left out.
    #[serde(default = "one")]
    pub(super) accept: String,
    /// The key for no; `2` when left out.
    #[serde(default = "two_key")]
    pub(super) refuse: String,
    /// Silence before a key, 1 to 60.
    pub(super) timeout_s: u32,
    /// How often it is asked again, 0 to 5; 2 when left out.
    #[serde(default = "two")]
    pub(super) retries: u32,
}

/// What becomes of the recording of a call.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum RecordAction {
    Start,
    Stop,
}

const fn never(times: &u32) -> bool {
    *times == 0
}

const fn five() -> u32 {
    5
}

const fn two_minutes() -> u32 {
    120
}

const fn usual_ring_s() -> u32 {
    limits::NUMBER_RING_SECONDS
}

fn one() -> String {
    "1".to_owned()
}

fn two_key() -> String {
    "2".to_owned()
}

fn hash() -> String {
    "#".to_owned()
}

/// What is heard: a text that is spoken, the address of a sound file, or a prompt that is kept.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum Prompt {
    Text(String),
    Url(String),
    /// The number of a prompt: each caller hears the own language.
    #[serde(rename = "prompt_id")]
    Kept(u64),
}

/// One way out of a branch.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Case {
    pub(super) equals: String,
    pub(super) next: String,
}

/// A way out of a menu.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Choice {
    /// `0` to `9`, `*` or `#`.
    pub(super) key: String,
    /// What people call it.
    #[serde(default)]
    pub(super) label: String,
    pub(super) next: String,
}

const fn two() -> u32 {
    2
}

impl From<Prompt> for flow::Prompt {
    fn from(prompt: Prompt) -> Self {
        match prompt {
            Prompt::Text(text) => Self::Text(text),
            Prompt::Url(url) => Self::Url(url),
            Prompt::Kept(id) => Self::Kept(PromptId(id)),
        }
    }
}

impl From<flow::Prompt> for Prompt {
    fn from(prompt: flow::Prompt) -> Self {
        match prompt {
            flow::Prompt::Text(text) => Self::Text(text),
            flow::Prompt::Url(url) => Self::Url(url),
            flow::Prompt::Kept(id) => Self::Kept(id.0),
        }
    }
}
