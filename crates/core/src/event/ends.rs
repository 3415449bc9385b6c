//! Why calls, offers, conversations and contacts end: closed sets, of which a word is never removed.

use serde::{Deserialize, Serialize};

/// Why a call never became a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// No endpoint has the called address.
    UnknownAddress,
    /// As many contacts are alive as can be.
    TooManyContacts,
}

/// Why an offer ended without a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferEnd {
    /// The agent declined.
    Declined,
    /// The agent did not answer in time.
    Missed,
    /// The agent accepted, but the agent's client did not answer.
    NotJoined,
    /// The agent's client could not be rung.
    RingFailed,
    /// The customer left.
    CustomerLeft,
    /// It was taken back: the customer is not to be called now.
    Withdrawn,
}

/// A side of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The customer.
    Customer,
    /// The agent.
    Agent,
    /// Neither: the rule of the queue, because what has to be recorded could not be.
    Rule,
}

/// Why a contact is over: the closed set of R-01, as far as this version can reach it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// An agent talked to the customer.
    Handled,
    /// The customer left in the flow.
    AbandonedFlow,
    /// The customer left in the queue.
    AbandonedQueue,
    /// The customer left in the queue before it counts.
    ShortAbandon,
    /// The customer left while an agent was being offered the contact.
    AbandonedRinging,
    /// The customer left while on hold.
    AbandonedHold,
    /// The flow served the customer to its end.
    Contained,
    /// The flow left the customer to a phone outside.
    OverflowExternal,
    /// The longest wait was over.
    Timeout,
    /// The queue held as many as it may.
    QueueFull,
    /// The customer came, or waited, outside the opening hours.
    ClosedHours,
    /// The flow turned the call away before it was answered.
    RejectedSpam,
    /// The customer's phone was called and not answered, or the customer declined.
    OutboundNoAnswer,
    /// The customer's phone was busy.
    OutboundBusy,
    /// The number could not be called.
    OutboundInvalid,
    /// The agent was gone, or did not come, before the customer was reached.
    OutboundCancelled,
    /// The customer was called, answered, and talked to nobody.
    OutboundAbandoned,
    /// The caller left a message.
    MessageLeft,
    /// Somebody took it out of its queue.
    AdminRemoved,
    /// The caller booked a callback.
    CallbackConverted,
    /// An attempt ended before anybody was called: there will be another one.
    CallbackPutOff,
    /// An attempt ended because the callback was called off.
    CallbackCancelled,
    /// An attempt ended because the time of the callback was over.
    CallbackExpired,
    /// The call could not be answered or was lost.
    ErrorMedia,
    /// The flow went on without end.
    ErrorInternal,
}

impl EndReason {
    /// Whether the customer gave up waiting for an agent, however long that was: left the queue, or left while an
    /// agent was being rung. Whoever leaves a flow, or while on hold, waited in no queue.
    #[must_use]
    pub const fn gives_up_waiting(self) -> bool {
        match self {
            Self::AbandonedQueue | Self::ShortAbandon | Self::AbandonedRinging => true,
            Self::Handled
            | Self::MessageLeft
            | Self::AbandonedFlow
            | Self::AbandonedHold
            | Self::Contained
            | Self::OverflowExternal
            | Self::Timeout
            | Self::QueueFull
            | Self::ClosedHours
            | Self::RejectedSpam
            | Self::OutboundNoAnswer
            | Self::OutboundBusy
            | Self::OutboundInvalid
            | Self::OutboundCancelled
            | Self::OutboundAbandoned
            | Self::AdminRemoved
            | Self::CallbackConverted
            | Self::CallbackPutOff
            | Self::CallbackCancelled
            | Self::CallbackExpired
            | Self::ErrorMedia
            | Self::ErrorInternal => false,
        }
    }
}
