//! Facts about callbacks.

use crate::callback::{
    EarlyEnd, End, Forecast, Kind, Origin, Owner, Person, Place, PutOff, Window,
};
use crate::dialing::Checked;
use crate::ids::{
    AccountId, AgentId, CallbackId, ContactId, CustomerHash, EndpointId, QueueId, SubjectRef,
};
use crate::talk::Number;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A callback was booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackBooked {
    /// Its number.
    pub callback: CallbackId,
    /// What kind.
    pub kind: Kind,
    /// Who booked it.
    pub origin: Origin,
    /// By which queue the customer is called.
    pub queue: QueueId,
    /// Whom.
    pub person: Person,
    /// Where it stands among those who wait.
    pub place: Place,
    /// When, if that was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// The agent who wants to call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// When it is looked at first.
    pub next_at: Timestamp,
    /// When the first attempt was promised.
    pub promised_by: Timestamp,
    /// When nobody is called any more.
    pub expires_at: Timestamp,
}

/// Whether what was promised of a callback was kept became known: its first attempt began, or it ended without any
/// after it was promised (B15.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseJudged {
    /// Which.
    pub callback: CallbackId,
    /// By which queue.
    pub queue: QueueId,
    /// The attempt that was under way, if one was.
    pub contact: Option<ContactId>,
    /// What came of it.
    pub promise: Promise,
}

/// What came of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// The first attempt began in time.
    Kept,
    /// It began later, or there was none.
    Broken,
}

/// Somebody had a caller who waits asked whether to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackOffered {
    /// Who is asked.
    pub contact: ContactId,
    /// In which queue the caller waits.
    pub queue: QueueId,
    /// By which question.
    pub question: Question,
    /// Who had it asked.
    pub by: AccountId,
}

/// By which question a caller is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// That of the flow, whose key leads to a callback.
    OfFlow,
    /// Tandem's own.
    Own,
}

/// What came of Tandem's own question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackOfferEnded {
    /// Who was asked.
    pub contact: ContactId,
    /// The answer.
    pub answer: OfferAnswer,
}

/// How a caller answered whether to be called back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferAnswer {
    /// Yes: the place is traded.
    Taken,
    /// The caller waits on.
    NotTaken,
    /// Yes, or nobody knows, and nothing came of it: the caller waits on.
    Refused {
        /// A short code of why.
        code: String,
    },
}

/// A callback is due: its attempt waits in the queue, at the place that was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackDue {
    /// Which.
    pub callback: CallbackId,
    /// The attempt.
    pub contact: ContactId,
    /// In which queue.
    pub queue: QueueId,
    /// The endpoint whose number the customer will see.
    pub endpoint: EndpointId,
    /// What an edge and the screens need of the customer, among the personal data.
    pub arrival: SubjectRef,
    /// The customer's phone.
    pub number: Number,
    /// The customer's keyed hash.
    pub customer: CustomerHash,
    /// The place among those who wait.
    pub place: Place,
    /// The priority band.
    pub band: u8,
    /// When it is over.
    pub until: Timestamp,
    /// Who gave up the attempt before, and until when this one is not put to the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apart: Option<Apart>,
}

/// Who is not asked, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    /// Who.
    pub agent: AgentId,
    /// Until when.
    pub until: Timestamp,
}

/// The agent accepted, and the agent's client is being called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackDialed {
    /// Which.
    pub callback: CallbackId,
    /// The attempt.
    pub contact: ContactId,
    /// Who calls.
    pub agent: AgentId,
    /// From which queue.
    pub queue: QueueId,
    /// The endpoint whose number the customer sees.
    pub endpoint: EndpointId,
    /// How long the customer's phone will ring, s.
    pub ring_s: u32,
    /// Until when the core waits for the agent.
    pub until: Timestamp,
    /// What was looked at before.
    pub checked: Checked,
}

/// It is looked at again whether the customer of an attempt is called before an agent is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlyPlanned {
    /// The attempt.
    pub contact: ContactId,
    /// When; none where the queue calls nobody early any more.
    pub at: Option<Timestamp>,
}

/// The customer's phone is called, and no agent is there yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlyCalled {
    /// Of which callback.
    pub callback: CallbackId,
    /// The attempt.
    pub contact: ContactId,
    /// By which queue.
    pub queue: QueueId,
    /// The endpoint whose number the customer sees.
    pub endpoint: EndpointId,
    /// Until when the core waits for word.
    pub until: Timestamp,
    /// Why an agent will be free by the answer.
    pub forecast: Forecast,
    /// What was looked at before.
    pub checked: Checked,
}

/// The customer answered an early call, and waits for an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlyAnswered {
    /// Of which callback.
    pub callback: CallbackId,
    /// The attempt.
    pub contact: ContactId,
    /// In which queue.
    pub queue: QueueId,
    /// How long the phone rang, ms.
    pub rang_ms: u32,
    /// Until when the customer waits.
    pub until: Timestamp,
}

/// An early call came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlyFailed {
    /// Of which callback.
    pub callback: CallbackId,
    /// The attempt.
    pub contact: ContactId,
    /// By which queue.
    pub queue: QueueId,
    /// How.
    pub why: EarlyEnd,
}

/// A callback is booked again, for later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackPutOff {
    /// Which.
    pub callback: CallbackId,
    /// In which queue.
    pub queue: QueueId,
    /// The attempt that ended with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// Why.
    pub why: PutOff,
    /// When it is looked at again.
    pub next_at: Timestamp,
    /// What was agreed, when somebody chose another time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Agreed>,
}

/// Another time that somebody chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// When.
    pub window: Window,
    /// The agent who wants to call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// When nobody is called any more.
    pub expires_at: Timestamp,
    /// Who chose it.
    pub by: AccountId,
}

/// A callback is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackEnded {
    /// Which.
    pub callback: CallbackId,
    /// In which queue.
    pub queue: QueueId,
    /// The attempt that ended with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// How.
    pub end: End,
}

/// A caller booked once more, and the callback that was pending counts for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackJoined {
    /// In which contact.
    pub contact: ContactId,
    /// Which counts.
    pub callback: CallbackId,
    /// In which queue.
    pub queue: QueueId,
}
