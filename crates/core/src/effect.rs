//! Effects: orders to the outside world. Each is recorded before it is carried out, carries a key
//! that never changes, and belongs to a class that says what a repetition may do.

use crate::flow::{Entry, HttpMethod, HttpRequest};
use crate::ids::{AgentId, CallbackId, ContactId, EffectId, QueueId, SubjectRef};
use crate::limits;
use crate::prompt::Heard;
use crate::recording::{Channels, Purpose, Quiet, Told};
use crate::talk::{Number, Who};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An order to the outside world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Answer the arrived call.
    Answer {
        /// The contact that the call becomes.
        contact: ContactId,
        /// What the edge needs to answer, among the personal data.
        arrival: SubjectRef,
    },
    /// Turn the arrived call away as busy; it never becomes a contact.
    RejectArrival {
        /// What the edge needs to reject, among the personal data.
        arrival: SubjectRef,
    },
    /// Play to everybody on the leg.
    Play {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// What.
        prompt: Heard,
        /// Again and again until the media is stopped.
        repeat: Repeat,
    },
    /// Play to the customer and collect digits.
    Collect {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// What is asked.
        prompt: Heard,
        /// At most this many digits.
        max_digits: u32,
        /// Silence before the customer's first digit, s.
        timeout_s: u32,
        /// How the digits are entered, and what becomes of them.
        #[serde(default, skip_serializing_if = "Entry::is_usual")]
        entry: Entry,
    },
    /// Stop whatever plays on the leg.
    StopMedia {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
    },
    /// Bring the agent into the call.
    AddAgent {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// Who.
        agent: AgentId,
        /// The agent's opaque address.
        address: String,
        /// How long the agent's client may ring, s.
        timeout_s: u32,
    },
    /// Stop ringing the agent.
    CancelAddAgent {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// The invitation that [`Effect::AddAgent`] was answered with.
        invitation: String,
    },
    /// Take the agent out of the call.
    RemoveAgent {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// The agent's opaque address.
        address: String,
    },
    /// Put a party of the call on hold; the others talk on.
    Hold {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// Whom.
        who: Who,
        /// What is heard meanwhile.
        music: Heard,
    },
    /// Let a party who is on hold back into the talk.
    Unhold {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// Whom.
        who: Who,
    },
    /// Bring a phone outside into the call (B-182).
    AddNumber {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// Which.
        number: Number,
        /// How long it may ring, s.
        timeout_s: u32,
    },
    /// Take a phone outside out of the call.
    RemoveNumber {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// Which.
        number: Number,
    },
    /// Give the customer to a phone outside: the customer leaves this call (B-183).
    TransferAway {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// To which phone.
        number: Number,
    },
    /// Send tones to a phone: the customer's, or that of the third party.
    SendDigits {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// To whom.
        who: Who,
        /// The digits, among the personal data: they may be a secret.
        digits: SubjectRef,
    },
    /// Ask a business system. Nothing of the call waits for it.
    Request {
        /// For whom.
        contact: ContactId,
        /// What.
        request: HttpRequest,
        /// The attributes that the answer gives values, and where in it.
        save: BTreeMap<String, String>,
        /// How long it may take, s.
        timeout_s: u32,
        /// The masked values that have places in its body, among the personal data.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        masked: BTreeMap<String, SubjectRef>,
    },
    /// Call the agent from an endpoint of ours: the call of an outbound contact begins with it.
    CallAgent {
        /// The contact that the call is for.
        contact: ContactId,
        /// The opaque address of the endpoint.
        from: String,
        /// Who.
        agent: AgentId,
        /// The agent's opaque address.
        address: String,
    },
    /// Call the customer from an endpoint of ours, before an agent is there: the call of an attempt begins with it.
    CallCustomer {
        /// The contact that the call is for.
        contact: ContactId,
        /// The opaque address of the endpoint.
        from: String,
        /// The customer's phone.
        number: Number,
    },
    /// Record the call.
    StartRecording {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// What for.
        purpose: Purpose,
        /// How the parties are kept apart.
        #[serde(default, skip_serializing_if = "Channels::is_mixed")]
        channels: Channels,
        /// By which queue's rule; by none when the flow wants it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<QueueId>,
    },
    /// Pause a recording. It is done when the other side says, asked, that it does not record.
    PauseRecording {
        /// Whose leg.
        contact: ContactId,
        /// What the other side calls it.
        reference: String,
    },
    /// Go on with a recording. It is done when the other side says, asked, that it records.
    ResumeRecording {
        /// Whose leg.
        contact: ContactId,
        /// What the other side calls it.
        reference: String,
    },
    /// Stop a recording.
    StopRecording {
        /// Whose leg.
        contact: ContactId,
        /// What [`Effect::StartRecording`] was answered with.
        reference: String,
    },
    /// Wait for a key of the customer, in silence.
    Listen {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// For how long, s.
        timeout_s: u32,
    },
    /// Fetch the file of a recording and keep it. Nothing of the call waits for it.
    FetchRecording {
        /// To which contact it belongs.
        contact: ContactId,
        /// The recording.
        recording: EffectId,
        /// The opaque place of the file.
        location: String,
        /// What must be silent in it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quiet: Option<Quiet>,
        /// How long the other side says that it is, ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told_ms: Option<u64>,
    },
    /// Erase what nobody may know any more.
    Forget {
        /// Whose it was.
        contact: ContactId,
        /// What, among the personal data.
        subjects: Vec<SubjectRef>,
    },
    /// Erase what a callback that came to nothing named, and no contact did.
    ForgetCallback {
        /// Which.
        callback: CallbackId,
        /// What, among the personal data.
        subjects: Vec<SubjectRef>,
    },
    /// End the call for everybody.
    HangUp {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
    },
    /// Ask what is true of the call, and of the recording that runs on it: reconciliation.
    Inquire {
        /// Whose leg.
        contact: ContactId,
        /// The leg.
        leg: String,
        /// What the other side calls the recording.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recording: Option<String>,
    },
}

/// Whether a prompt starts again when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// Played once; its end is reported.
    Once,
    /// Played until stopped.
    Loop,
}

/// What a repetition may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The other side recognizes the key: repeated under the same key, carried out once.
    Keyed,
    /// Asked again until it is true.
    TargetState,
    /// Started anew, media, questions and what is looked up: answers to older keys are ignored.
    Restart,
}

impl Effect {
    /// The class.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Answer { .. }
            | Self::RejectArrival { .. }
            | Self::AddAgent { .. }
            | Self::CancelAddAgent { .. }
            | Self::RemoveAgent { .. }
            | Self::AddNumber { .. }
            | Self::RemoveNumber { .. }
            | Self::TransferAway { .. }
            | Self::CallAgent { .. }
            | Self::CallCustomer { .. }
            | Self::SendDigits { .. }
            | Self::StartRecording { .. } => Class::Keyed,
            Self::HangUp { .. }
            | Self::StopMedia { .. }
            | Self::StopRecording { .. }
            | Self::PauseRecording { .. }
            | Self::ResumeRecording { .. }
            | Self::Hold { .. }
            | Self::Unhold { .. }
            | Self::Forget { .. }
            | Self::ForgetCallback { .. }
            | Self::FetchRecording { .. } => Class::TargetState,
            Self::Play { .. }
            | Self::Collect { .. }
            | Self::Listen { .. }
            | Self::Inquire { .. } => Class::Restart,
            Self::Request { request, .. } => match request.method {
                HttpMethod::Get => Class::Restart,
                HttpMethod::Post => Class::Keyed,
            },
        }
    }

    /// The contact that the order is for; a rejected arrival and a callback that came to nothing have none.
    #[must_use]
    pub const fn contact(&self) -> Option<ContactId> {
        match self {
            Self::RejectArrival { .. } | Self::ForgetCallback { .. } => None,
            Self::Answer { contact, .. }
            | Self::Play { contact, .. }
            | Self::Collect { contact, .. }
            | Self::StopMedia { contact, .. }
            | Self::AddAgent { contact, .. }
            | Self::CancelAddAgent { contact, .. }
            | Self::RemoveAgent { contact, .. }
            | Self::Hold { contact, .. }
            | Self::Unhold { contact, .. }
            | Self::AddNumber { contact, .. }
            | Self::RemoveNumber { contact, .. }
            | Self::TransferAway { contact, .. }
            | Self::SendDigits { contact, .. }
            | Self::Request { contact, .. }
            | Self::CallAgent { contact, .. }
            | Self::CallCustomer { contact, .. }
            | Self::StartRecording { contact, .. }
            | Self::StopRecording { contact, .. }
            | Self::PauseRecording { contact, .. }
            | Self::ResumeRecording { contact, .. }
            | Self::Listen { contact, .. }
            | Self::FetchRecording { contact, .. }
            | Self::Forget { contact, .. }
            | Self::HangUp { contact, .. }
            | Self::Inquire { contact, .. } => Some(*contact),
        }
    }

    /// How long media that was taken may last until its end is told; as long as any for other orders.
    pub(crate) fn media_seconds_max(&self) -> u32 {
        match self {
            Self::Play { prompt, .. } => prompt.seconds_max(),
            Self::Collect {
                prompt,
                max_digits,
                timeout_s,
                entry,
                ..
            } => prompt
                .seconds_max()
                .saturating_add(*timeout_s)
                .saturating_add(max_digits.saturating_mul(entry.between_digits_s)),
            Self::Answer { .. }
            | Self::RejectArrival { .. }
            | Self::StopMedia { .. }
            | Self::AddAgent { .. }
            | Self::CancelAddAgent { .. }
            | Self::RemoveAgent { .. }
            | Self::Hold { .. }
            | Self::Unhold { .. }
            | Self::AddNumber { .. }
            | Self::RemoveNumber { .. }
            | Self::TransferAway { .. }
            | Self::SendDigits { .. }
            | Self::Request { .. }
            | Self::CallAgent { .. }
            | Self::CallCustomer { .. }
            | Self::StartRecording { .. }
            | Self::PauseRecording { .. }
            | Self::ResumeRecording { .. }
            | Self::StopRecording { .. }
            | Self::Listen { .. }
            | Self::FetchRecording { .. }
            | Self::Forget { .. }
            | Self::ForgetCallback { .. }
            | Self::HangUp { .. }
            | Self::Inquire { .. } => limits::PROMPT_SECONDS_MAX,
        }
    }
}

/// An order with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The number; the idempotency key is derived from it.
    pub id: EffectId,
    /// What to do.
    pub effect: Effect,
}

/// How an order ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The other side took it. Some orders are answered with a reference: the leg of an answered call, the
    /// invitation of an added agent.
    Done {
        /// The reference, if the order has one.
        reference: Option<String>,
    },
    /// The other side refused it, for this stated reason.
    Failed {
        /// A short code of the other side.
        code: String,
    },
    /// A business system answered.
    Answered {
        /// The attributes' values; one that was not in the answer is missing.
        values: BTreeMap<String, String>,
    },
    /// The file of a recording was fetched and is kept.
    Kept {
        /// How long it is, s.
        seconds: u32,
        /// Its parts, in order, among the personal data: where recordings had no place of their own.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        parts: Vec<SubjectRef>,
        /// The link of the recordings' chain that vouches for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
        /// How long the other side said that it is, s, when it is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told_s: Option<u32>,
    },
    /// The other side was asked about a call and told.
    Observed {
        /// What is true of the call.
        call: Observation,
    },
    /// Whether it was carried out is not known; the other side must be asked.
    Unknown,
}

/// What the other side told about a call when it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Observation {
    /// There is no such call any more.
    Gone,
    /// It is coming up.
    Connecting,
    /// It is up.
    Up {
        /// Whether the customer is in it.
        customer: bool,
        /// The opaque addresses of the agents who are.
        agents: Vec<String>,
        /// What runs on it; none when that was not asked, or could not be told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recording: Option<Told>,
    },
}

impl Observation {
    /// Whether the customer is in the call.
    pub(crate) const fn has_customer(&self) -> bool {
        match self {
            Self::Gone | Self::Connecting => false,
            Self::Up { customer, .. } => *customer,
        }
    }

    /// What was told of the recording.
    pub(crate) const fn recording(&self) -> Option<Told> {
        match self {
            Self::Gone | Self::Connecting => None,
            Self::Up { recording, .. } => *recording,
        }
    }
}
