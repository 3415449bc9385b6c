//! Refusals: why an impossible request changed nothing. The code is stable, the text names the fix.

use crate::permission::{Permission, lacking};
use crate::presence::Shown;
use crate::switch::Position;
use thiserror::Error;

/// Why a request changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The actor's roles do not allow it.
    #[error("{}", lacking(needs))]
    Forbidden {
        /// The permissions of which one is needed.
        needs: &'static [Permission],
    },
    /// The actor's roles allow it, but not for this.
    #[error("{what} is out of your scope; an administrator can widen it")]
    OutOfScope {
        /// What, in words.
        what: String,
    },
    /// The account is not an agent.
    #[error("this account is not an agent; an administrator can make it one")]
    NotAnAgent,
    /// The presence rules answer each other for ever.
    #[error(
        "what Teams shows and what Tandem says would change each other for ever; change one of these rules, or set \
         allow_loop"
    )]
    PresenceLoop {
        /// The changes, each because of the one before, the first because of the last.
        cycle: Vec<Shown>,
    },
    /// There is no such object.
    #[error("there is no {what} {id}")]
    NotFound {
        /// What kind of object.
        what: &'static str,
        /// Its number.
        id: u64,
    },
    /// The object was changed by somebody else in the meantime.
    #[error(
        "somebody else changed this {what} in the meantime: it is at version {actual} now; load it again"
    )]
    Conflict {
        /// What kind of object.
        what: &'static str,
        /// The version that stands.
        actual: u64,
    },
    /// Settings were changed after changes of them were planned.
    #[error("the settings were changed in the meantime; see again what would change, then apply")]
    SettingsMoved,
    /// A field is not acceptable.
    #[error("{field}: {detail}")]
    Invalid {
        /// The field, or the place within a flow.
        field: String,
        /// What is wrong, and what would be right.
        detail: String,
    },
    /// The object is still used.
    #[error("{used_by} still uses this {what}; change that first")]
    InUse {
        /// What kind of object.
        what: &'static str,
        /// Who uses it.
        used_by: String,
    },
    /// A limit of [`crate::limits`] is reached.
    #[error("there can be at most {max} {what}; remove one first")]
    LimitReached {
        /// What kind of object.
        what: &'static str,
        /// How many there can be.
        max: usize,
    },
    /// The offer is no longer open.
    #[error("this offer is no longer open: the customer hung up, or its time ran out")]
    OfferGone,
    /// The offer is accepted by answering in the Teams client.
    #[error("this queue rings your Teams client; answer there")]
    AnswerInTeams,
    /// The contact is not the agent's, or not at this point.
    #[error("this contact is not yours at this moment")]
    NotYourContact,
    /// The colleague cannot take a call now.
    #[error("this colleague cannot take a call at this moment: signed out, or busy with another")]
    ColleagueNotFree,
    /// The queue cannot take the contact now, and the customer stays with the agent (R-02f).
    #[error("this queue cannot take the customer now: {}; choose another", why.words())]
    QueueCannotServe {
        /// Why not.
        why: CannotServe,
    },
    /// A third party is called or in the call already.
    #[error("somebody else is in this call, or being called; complete that or take them out first")]
    ThirdInCall,
    /// There is no third party in the call.
    #[error("nobody else is in this call; call somebody first")]
    NoThird,
    /// The number is that of the customer in the call, who could not be told apart from the third party.
    #[error(
        "this is the customer's own number; the customer is in the call already, choose another"
    )]
    OwnNumber,
    /// A queue is nobody to talk to.
    #[error("a queue cannot be talked to; transfer to it, or call a colleague or a number")]
    QueueIsNobody,
    /// The call is not at a point at which this can be done.
    #[error("the call is not up yet; try again in a moment")]
    CallNotUp,
    /// The agent has something else to do, or is not here.
    #[error("sign in and finish what you have first; then call")]
    AgentNotFree,
    /// The agent does not serve the queue.
    #[error("you do not serve this queue; choose one of yours")]
    NotYourQueue,
    /// No number is set for calls from the queue.
    #[error("nobody is called from this queue; an administrator can set a number for it")]
    NoCallerId,
    /// The queue's settings do not allow the number's country.
    #[error(
        "numbers of this country are not called from this queue; an administrator can allow it"
    )]
    CountryNotAllowed,
    /// The customer asked not to be called.
    #[error("this number is on the do-not-call list; a supervisor can take it off")]
    OnDoNotCallList,
    /// The queue calls nobody back.
    #[error("this queue calls nobody back; an administrator can set it up")]
    NoCallbacks,
    /// The queue is switched so that it takes no new callbacks.
    #[error("this queue takes no new callbacks until its switch ends; see there why")]
    NoNewCallbacks,
    /// Nobody could call the caller back.
    #[error("the number of this caller is not known, so that nobody could call back")]
    NumberUnknown,
    /// The caller is being told or asked something.
    #[error(
        "the caller is hearing an announcement or a question at this moment; try again when it is over"
    )]
    BeingTold,
    /// The queue is switched in this matter already.
    #[error("position: this queue is switched to {} already; end that first", position.word())]
    AlreadySwitched {
        /// To what.
        position: Position,
    },
    /// The queue is not, or no longer, switched like this.
    #[error(
        "this queue is not switched like this any more: its time was over, or somebody ended it"
    )]
    NotSwitched,
    /// No switch opens what an emergency closed.
    #[error(
        "position: the schedule of this queue is closed by an emergency; reopen the schedule first"
    )]
    ClosedByEmergency,
    /// The customer has a callback pending in the queue.
    #[error("this customer is called back by this queue already; change that callback instead")]
    CallbackPending,
    /// The callback is an agent's own, or nobody's desk is asked for it.
    #[error("this callback is not yours; it is put to whoever serves its queue")]
    NotYourCallback,
    /// The queue's rules say that the customer is not called now.
    #[error(
        "customers of this queue are not called at this time of their day, or not as often; choose another time"
    )]
    NotAtThisTime,
    /// The customer is being called.
    #[error("this customer is being called at this moment; wait for what comes of it")]
    CallbackUnderWay,
    /// What was asked needs a call, and the contact is a message.
    #[error(
        "this is a message, not a call: listen to it, then end it; it can be neither held nor handed over"
    )]
    NotACall,
    /// The contact does not wait.
    #[error("this contact does not wait any more; its place cannot be changed")]
    NotWaiting,
    /// An agent is being offered the contact.
    #[error(
        "an agent is being offered this contact; wait for the answer, or for the offer to run out"
    )]
    BeingOffered,
    /// Nobody is on the line: it is the attempt of a callback.
    #[error(
        "nobody is on the line: this is a callback; change it, or call it off, in the callback book"
    )]
    IsCallback,
    /// The agent cannot be offered anything now.
    #[error(
        "this agent is not ready, or has no room for another contact; choose one who is available"
    )]
    AgentNotReady,
    /// Nothing is being recorded.
    #[error("this call is not being recorded, so there is nothing to pause")]
    NotRecorded,
    /// The recording pauses, or is about to.
    #[error("this recording is paused, or about to be; wait until it says so")]
    AlreadyPaused,
    /// The recording does not pause.
    #[error("this recording is not paused")]
    NotPaused,
    /// The flow asks for what nobody is to know.
    #[error(
        "the caller is being asked for something that nobody may record; try again when that is over"
    )]
    SecretAsked,
    /// The agent has a contact.
    #[error("finish your contact first")]
    OnContact,
    /// The agent whom it is about is not here.
    #[error("this agent is signed out; only the agent can sign in")]
    AgentSignedOut,
    /// The agent whom it is about has a contact.
    #[error(
        "this agent has a contact, or is offered one; sign them out when it is over, or have them not ready after it"
    )]
    AgentOnContact,
    /// The wrap-up needs a disposition.
    #[error("choose a disposition first")]
    DispositionNeeded,
    /// The queue's wrap-up comes, or does not, without being asked for.
    #[error(
        "this queue has no wrap-up on request: its settings say what follows a conversation; an administrator can change them"
    )]
    WrapUpNotOnRequest,
    /// The wrap-up may not be ended before its time.
    #[error("this queue's wrap-up has a fixed length")]
    WrapUpFixed,
    /// The wrap-up was extended as often as allowed, or has no end to extend.
    #[error("this wrap-up cannot be extended further")]
    NoExtension,
    /// The process is about to stop; the next one takes it.
    #[error("this contact center is about to stop; ask again in a moment")]
    Draining,
    /// Others stand under the reason, and nobody is not ready for it.
    #[error("this reason is the heading of others; choose one of those")]
    ReasonIsHeading,
    /// The agent does not ask for the reason.
    #[error(
        "this agent does not ask for this any more: it was answered, taken back, or the agent signed out"
    )]
    NoPetition,
    /// The agent is disabled.
    #[error("this agent is disabled; an administrator can enable it")]
    AgentDisabled,
}

/// Why a queue cannot take a contact now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CannotServe {
    /// Its hours say so.
    Closed,
    /// As many wait as may.
    Full,
    /// Nobody who may serve it is ready.
    NobodyReady,
}

impl CannotServe {
    /// For people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Closed => "it is closed",
            Self::Full => "it is full",
            Self::NobodyReady => "nobody who serves it is ready",
        }
    }
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Forbidden { .. } => "forbidden",
            Self::OutOfScope { .. } => "out_of_scope",
            Self::NotAnAgent => "not_an_agent",
            Self::NotFound { .. } => "not_found",
            Self::Conflict { .. } => "conflict",
            Self::SettingsMoved => "settings_moved",
            Self::Invalid { .. } => "invalid",
            Self::InUse { .. } => "in_use",
            Self::LimitReached { .. } => "limit_reached",
            Self::OfferGone => "offer_gone",
            Self::AnswerInTeams => "answer_in_teams",
            Self::NotYourContact => "not_your_contact",
            Self::ColleagueNotFree => "colleague_not_free",
            Self::QueueCannotServe { .. } => "queue_cannot_serve",
            Self::ThirdInCall => "third_in_call",
            Self::NoThird => "no_third",
            Self::OwnNumber => "own_number",
            Self::QueueIsNobody => "queue_is_nobody",
            Self::CallNotUp => "call_not_up",
            Self::AgentNotFree => "agent_not_free",
            Self::NotYourQueue => "not_your_queue",
            Self::NoCallerId => "no_caller_id",
            Self::CountryNotAllowed => "country_not_allowed",
            Self::OnDoNotCallList => "on_do_not_call_list",
            Self::NoCallbacks => "no_callbacks",
            Self::NoNewCallbacks => "no_new_callbacks",
            Self::NumberUnknown => "number_unknown",
            Self::BeingTold => "being_told",
            Self::AlreadySwitched { .. } => "already_switched",
            Self::NotSwitched => "not_switched",
            Self::ClosedByEmergency => "closed_by_emergency",
            Self::CallbackPending => "callback_pending",
            Self::NotYourCallback => "not_your_callback",
            Self::NotAtThisTime => "not_at_this_time",
            Self::CallbackUnderWay => "callback_under_way",
            Self::NotACall => "not_a_call",
            Self::NotWaiting => "not_waiting",
            Self::BeingOffered => "being_offered",
            Self::IsCallback => "is_callback",
            Self::AgentNotReady => "agent_not_ready",
            Self::NotRecorded => "not_recorded",
            Self::AlreadyPaused => "already_paused",
            Self::NotPaused => "not_paused",
            Self::SecretAsked => "secret_asked",
            Self::OnContact => "on_contact",
            Self::AgentSignedOut => "agent_signed_out",
            Self::AgentOnContact => "agent_on_contact",
            Self::DispositionNeeded => "disposition_needed",
            Self::WrapUpNotOnRequest => "wrap_up_not_on_request",
            Self::WrapUpFixed => "wrap_up_fixed",
            Self::NoExtension => "no_extension",
            Self::Draining => "draining",
            Self::ReasonIsHeading => "reason_is_heading",
            Self::NoPetition => "no_petition",
            Self::AgentDisabled => "agent_disabled",
            Self::PresenceLoop { .. } => "presence_loop",
        }
    }
}
