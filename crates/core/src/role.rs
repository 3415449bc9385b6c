//! Who asks, and what each role may ask. A request outside the role is refused and recorded.

use crate::access::{Access, Aim};
use crate::history::HistoryRead;
use crate::ids::{AccountId, AgentId};
use crate::input::Request;
use serde::{Deserialize, Serialize};

/// A role of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes contacts.
    Agent,
    /// Watches and steers the floor.
    Supervisor,
    /// Changes settings; has the supervisor's rights as well.
    Administrator,
}

impl Role {
    /// The word that the API and the screens use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Administrator => "administrator",
        }
    }
}

/// The person, or the system itself, on whose behalf an input comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account; 0 is the system itself.
    pub account: AccountId,
    /// The account's roles.
    pub roles: Vec<Role>,
    /// The agent that the account is, if it is one.
    pub agent: Option<AgentId>,
}

impl Actor {
    /// The system itself: first settings, the command line.
    #[must_use]
    pub fn system() -> Self {
        Self {
            account: AccountId(0),
            roles: vec![Role::Administrator, Role::Supervisor],
            agent: None,
        }
    }

    /// Whether the actor holds `role`, or one that includes it.
    #[must_use]
    pub fn holds(&self, role: Role) -> bool {
        self.roles.contains(&role)
            || (role == Role::Supervisor && self.roles.contains(&Role::Administrator))
    }
}

/// Whether the actor may ask this; else the role that is missing.
///
/// # Errors
/// The role that the request needs.
pub fn admits(actor: &Actor, request: &Request) -> Result<(), Role> {
    let needs = required(request);
    // Who watches the floor may hear what an agent may hear, and keep from being recorded what an agent may.
    let is_shared = matches!(
        request,
        Request::PlayMessage { .. }
            | Request::PauseRecording { .. }
            | Request::ResumeRecording { .. }
            | Request::NotePayment { .. }
    );
    if actor.holds(needs) || (is_shared && actor.holds(Role::Supervisor)) {
        return Ok(());
    }
    Err(needs)
}

/// The role that a request needs.
#[must_use]
pub const fn required(request: &Request) -> Role {
    match request {
        Request::SetIntent { .. }
        | Request::SignOut
        | Request::AcceptOffer { .. }
        | Request::DeclineOffer { .. }
        | Request::HangUp { .. }
        | Request::Hold { .. }
        | Request::Resume { .. }
        | Request::Transfer { .. }
        | Request::Consult { .. }
        | Request::Swap { .. }
        | Request::Merge { .. }
        | Request::CompleteTransfer { .. }
        | Request::DropThird { .. }
        | Request::SendDigits { .. }
        | Request::CallOut(_)
        | Request::PlayMessage { .. }
        | Request::PauseRecording { .. }
        | Request::ResumeRecording { .. }
        | Request::NotePayment { .. }
        | Request::CompleteWrapUp { .. }
        | Request::ExtendWrapUp { .. } => Role::Agent,
        Request::AccessRecording { access, .. } if access.is_change() => Role::Administrator,
        Request::AccessRecording {
            access:
                Access::Played {
                    purpose: Aim::OwnContact,
                    ..
                },
            ..
        } => Role::Agent,
        Request::AccessRecording { .. }
        | Request::CloseSchedule { .. }
        | Request::ReadHistory(HistoryRead::Export { .. })
        | Request::ReopenSchedule { .. }
        | Request::SetDoNotCall { .. }
        | Request::RemoveDoNotCall { .. } => Role::Supervisor,
        Request::Save { .. }
        | Request::Remove { .. }
        | Request::ReadHistory(HistoryRead::Events { .. })
        | Request::Reconcile => Role::Administrator,
    }
}
