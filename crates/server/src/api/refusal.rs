//! From refusals of the core, the store and the people to problem documents. The internal side of a
//! failure goes to the log alone.

use crate::engine::{Committed, Unavailable};
use crate::people::PeopleError;
use crate::problem::{FieldProblem, Problem};
use crate::sign_in::PasswordProblem;
use axum::http::StatusCode;
use tandem_core::refusal::Refusal;
use tandem_core::turn::Reply;
use tandem_store::AccountError;

const fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Forbidden { .. } | Refusal::OutOfScope { .. } | Refusal::NotAnAgent => {
            StatusCode::FORBIDDEN
        }
        Refusal::NotFound { .. } => StatusCode::NOT_FOUND,
        Refusal::Invalid { .. }
        | Refusal::PresenceLoop { .. }
        | Refusal::QueueIsNobody
        | Refusal::OwnNumber => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Conflict { .. }
        | Refusal::SettingsMoved
        | Refusal::InUse { .. }
        | Refusal::LimitReached { .. }
        | Refusal::OfferGone
        | Refusal::AnswerInTeams
        | Refusal::NotYourContact
        | Refusal::ColleagueNotFree
        | Refusal::QueueCannotServe { .. }
        | Refusal::ThirdInCall
        | Refusal::NoThird
        | Refusal::CallNotUp
        | Refusal::NoCallbacks
        | Refusal::NoNewCallbacks
        | Refusal::NumberUnknown
        | Refusal::BeingTold
        | Refusal::AlreadySwitched { .. }
        | Refusal::NotSwitched
        | Refusal::ClosedByEmergency
        | Refusal::CallbackPending
        | Refusal::NotYourCallback
        | Refusal::CallbackUnderWay
        | Refusal::NotAtThisTime
        | Refusal::NotACall
        | Refusal::NotWaiting
        | Refusal::BeingOffered
        | Refusal::IsCallback
        | Refusal::AgentNotReady
        | Refusal::NotRecorded
        | Refusal::AlreadyPaused
        | Refusal::NotPaused
        | Refusal::SecretAsked
        | Refusal::OnContact
        | Refusal::AgentSignedOut
        | Refusal::AgentOnContact
        | Refusal::AgentNotFree
        | Refusal::NotYourQueue
        | Refusal::NoCallerId
        | Refusal::CountryNotAllowed
        | Refusal::OnDoNotCallList
        | Refusal::DispositionNeeded
        | Refusal::WrapUpFixed
        | Refusal::WrapUpNotOnRequest
        | Refusal::NoExtension
        | Refusal::ReasonIsHeading
        | Refusal::NoPetition
        | Refusal::AgentDisabled => StatusCode::CONFLICT,
        Refusal::Draining => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = status_of(&refusal);
        let problem = Self::new(status, refusal.code(), refusal.to_string());
        if let Refusal::Invalid { field, detail } = refusal {
            return problem.with_field(&field, detail);
        }
        if let Refusal::PresenceLoop { cycle } = refusal {
            let told = cycle.into_iter().map(super::presence_rules::change_told);
            return told.fold(problem, |problem, (field, detail)| {
                problem.with_field(field, detail)
            });
        }
        if refusal == Refusal::OwnNumber {
            return problem.with_field("number", refusal.to_string());
        }
        problem
    }
}

impl Problem {
    /// 422 about one field.
    pub(super) fn invalid(field: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            format!("{field}: {detail}"),
        )
        .with_field(field, detail)
    }

    /// 409 with a code of its own.
    pub(super) fn conflict(code: &'static str, detail: &str) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    fn with_field(mut self, field: &str, detail: String) -> Self {
        self.errors.push(FieldProblem {
            field: field.to_owned(),
            detail,
        });
        self
    }
}

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        Self::unavailable(&error.to_string())
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::UsernameTaken => Self::invalid(
                "username",
                "is taken in this contact center; choose another",
            ),
            AccountError::NotFound => Self::not_found("there is no such account"),
            AccountError::Disabled => Self::conflict("account_disabled", &error.to_string()),
            AccountError::SetupTokenInvalid => Self::conflict("link_invalid", &error.to_string()),
            AccountError::TooMany { .. } => Self::conflict("limit_reached", &error.to_string()),
            AccountError::Store(error) => error.into(),
        }
    }
}

impl From<tandem_store::Error> for Problem {
    fn from(error: tandem_store::Error) -> Self {
        if let tandem_store::Error::Invalid {
            what: "the username",
            reason,
        } = &error
        {
            return Self::invalid("username", reason.clone());
        }
        if let tandem_store::Error::TooLarge {
            what: "the username in bytes",
            ..
        } = &error
        {
            return Self::invalid("username", "is too long");
        }
        tracing::error!(%error, "the store did not do what a request needed");
        Self::unavailable("the store is not available; try again in a moment")
    }
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Store(error) => error.into(),
            PeopleError::Account(error) => error.into(),
            PeopleError::Seal(error) => {
                tracing::error!(%error, "a name could not be sealed or opened");
                Self::unavailable("names cannot be read at this moment")
            }
        }
    }
}

impl From<PasswordProblem> for Problem {
    fn from(error: PasswordProblem) -> Self {
        match error {
            PasswordProblem::Unacceptable => Self::invalid("password", error.to_string()),
            PasswordProblem::Busy => Self {
                retry_after_s: Some(2),
                ..Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "rate_limited",
                    error.to_string(),
                )
            },
            PasswordProblem::Failed => Self::unavailable(&error.to_string()),
        }
    }
}

/// What a request of a person came to: done, or the refusal.
pub(super) fn done(committed: Committed) -> Result<(), Problem> {
    match committed.reply {
        Reply::Done | Reply::Learned | Reply::Saved { .. } | Reply::Reconciling { .. } => Ok(()),
        Reply::Refused(refusal) => Err(refusal.into()),
        Reply::Arrived(_)
        | Reply::ArrivedBefore(_)
        | Reply::Dialed(_)
        | Reply::Petitioned
        | Reply::Booked(_)
        | Reply::Ignored => Err(Problem::unavailable("the request was overtaken; try again")),
    }
}
