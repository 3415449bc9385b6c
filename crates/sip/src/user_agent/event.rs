//! What a user agent tells whoever owns it.

use super::CallId;
use crate::flow::{Flow, FlowId, Hop};
use crate::header::Reason;
use crate::message::{Request, Response};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A connection is wanted; what is sent on it waits until it is open. Where it cannot be opened
    /// or breaks, [`super::UserAgent::handle_flow_failed`] is told.
    Open { flow: FlowId, hop: Hop },
    /// Nothing new is sent on this connection: close it once what is under way has had its time.
    Retire { flow: FlowId },
    /// A call comes in. It is ringing nowhere until it is told so.
    Incoming {
        call: CallId,
        flow: Flow,
        request: Box<Request>,
        /// Without one we make the offer when we answer.
        sdp: Option<Vec<u8>>,
        /// The call of ours that this one takes the place of once it is answered (RFC 3891).
        replaces: Option<CallId>,
    },
    /// 18x for a call of ours. Each fork (by its tag) has early media of its own.
    Progress {
        call: CallId,
        fork: String,
        sdp: Option<Vec<u8>>,
        response: Box<Response>,
    },
    /// Our call is answered, and acknowledged.
    Answered {
        call: CallId,
        sdp: Vec<u8>,
        response: Box<Response>,
    },
    /// Our answer is acknowledged; with the other side's answer, where the offer was ours.
    Confirmed { call: CallId, sdp: Option<Vec<u8>> },
    /// The other side makes a new offer, or asks for one: to be answered with
    /// [`super::UserAgent::agree`] or [`super::UserAgent::refuse`].
    Offered { call: CallId, sdp: Option<Vec<u8>> },
    /// A later offer has been answered: ours by them, or ours in a call-back of theirs by its ACK.
    Agreed { call: CallId, sdp: Vec<u8> },
    /// Our new offer was refused; the call stands as it was.
    OfferRefused { call: CallId, status: u16 },
    /// The other side wants us to call somebody else (RFC 3515). Both values are as they came:
    /// Teams wants them back byte for byte (Direct Routing A.8).
    ReferAsked {
        call: CallId,
        refer_to: String,
        referred_by: Option<String>,
    },
    /// How the transfer goes that we asked the other side for.
    ReferProgress { call: CallId, status: u16 },
    /// The last event of a call.
    Ended { call: CallId, end: End },
    /// A REGISTER of a phone, for [`super::UserAgent::reply`].
    RegisterAsked {
        id: crate::stack::TransactionId,
        flow: Flow,
        request: Box<Request>,
    },
    /// An OPTIONS outside of a call: somebody looks whether we are there. It has been answered, unless there is a number
    /// for [`super::UserAgent::reply`] ([`super::Probes::Asked`]).
    Probed {
        id: Option<crate::stack::TransactionId>,
        flow: Flow,
        request: Box<Request>,
    },
    /// A probe or a registration of ours has been answered, or not (`None`: by nobody).
    ProbeEnded { probe: u64, status: Option<u16> },
}

impl Event {
    /// Whose event it is; none of those that belong to no call.
    #[must_use]
    pub const fn call(&self) -> Option<CallId> {
        match self {
            Self::Incoming { call, .. }
            | Self::Progress { call, .. }
            | Self::Answered { call, .. }
            | Self::Confirmed { call, .. }
            | Self::Offered { call, .. }
            | Self::Agreed { call, .. }
            | Self::OfferRefused { call, .. }
            | Self::ReferAsked { call, .. }
            | Self::ReferProgress { call, .. }
            | Self::Ended { call, .. } => Some(*call),
            Self::Open { .. }
            | Self::Retire { .. }
            | Self::RegisterAsked { .. }
            | Self::Probed { .. }
            | Self::ProbeEnded { .. } => None,
        }
    }
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub cause: Cause,
    /// The failure status, where there is one.
    pub status: Option<u16>,
    /// What the other side's Reason said.
    pub reason: Option<Reason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// We hung up, gave up calling or refused.
    Ours,
    /// The other side hung up.
    HungUp,
    /// The caller gave up before we answered.
    Cancelled,
    /// The other side refused our call.
    Refused,
    /// No target of our call answered in time, or could be reached.
    Unreachable,
    /// Our answer was never acknowledged.
    NotAcknowledged,
    /// A reliable provisional response of ours was never acknowledged.
    NoPrack,
    /// No refresh came in time (RFC 4028 10).
    Expired,
    /// The other side knows nothing of the call any more.
    Gone,
    /// What the other side answered is of no use: no description, no way to reach it.
    Unusable,
    /// Nobody answered the call that came in, within the limit.
    NotAnswered,
    /// Another call took its place (RFC 3891).
    Replaced,
}

impl End {
    pub(crate) const fn new(cause: Cause) -> Self {
        Self {
            cause,
            status: None,
            reason: None,
        }
    }

    pub(crate) const fn with_status(cause: Cause, status: u16) -> Self {
        Self {
            cause,
            status: Some(status),
            reason: None,
        }
    }
}
