//! Permissions: what one kind of act needs. A role is a set of them and nothing more, so that another role is
//! a line in [`Role::permissions`] and no condition anywhere. What a permission reaches is the scope's business.

use crate::access::{Access, Aim};
use crate::administration::Administration;
use crate::history::HistoryRead;
use crate::input::Request;
use crate::role::{Actor, Role};
use crate::settings::{Document, Kind};
use serde::{Deserialize, Serialize};

/// What one kind of act needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Have a desk: be offered contacts, talk, call out.
    TakeContacts,
    /// Watch the floor: the board, the waits, the decisions.
    SeeFloor,
    /// Read contacts and what they have been through.
    SeeContacts,
    /// Hear recordings and messages.
    HearRecordings,
    /// Take contacts away as a file.
    ExportContacts,
    /// Have the recording of somebody else's conversation pause.
    PauseRecordings,
    /// Change the places of those who wait.
    SteerWaiting,
    /// Say what other agents are: ready, not ready, signed out.
    DirectAgents,
    /// Close a schedule until it is reopened, and switch queues for a while.
    CloseHours,
    /// Keep the callback book: book, change and call off callbacks of others.
    KeepCallbacks,
    /// Keep the do-not-call list.
    KeepDoNotCall,
    /// Read the settings.
    ReadSettings,
    /// Change queues that there are.
    EditQueues,
    /// Make, change and remove flows with what they say and ask: prompts, sounds, schedules; and try them out.
    EditFlows,
    /// Make, change and remove settings.
    EditSettings,
    /// Read the events of a contact as the journal has them.
    ReadEvents,
    /// Set and release legal holds, and erase recordings.
    HoldRecordings,
    /// Have the chain of recordings verified.
    VerifyRecordings,
    /// Read the audit.
    ReadAudit,
    /// Say who may come in and do what: accounts, passwords, keys, webhooks, scopes.
    ManageAccess,
    /// Act on the running system: reconciliation.
    Operate,
    /// See how the system does.
    SeeHealth,
}

use Permission as P;

const SUPERVISOR: &[P] = &[
    P::SeeFloor,
    P::SeeContacts,
    P::HearRecordings,
    P::ExportContacts,
    P::PauseRecordings,
    P::SteerWaiting,
    P::DirectAgents,
    P::CloseHours,
    P::KeepCallbacks,
    P::KeepDoNotCall,
    P::ReadSettings,
    P::SeeHealth,
];

/// Everything but a desk.
const ADMINISTRATOR: &[P] = &[
    P::SeeFloor,
    P::SeeContacts,
    P::HearRecordings,
    P::ExportContacts,
    P::PauseRecordings,
    P::SteerWaiting,
    P::DirectAgents,
    P::CloseHours,
    P::KeepCallbacks,
    P::KeepDoNotCall,
    P::ReadSettings,
    P::EditQueues,
    P::EditFlows,
    P::EditSettings,
    P::ReadEvents,
    P::HoldRecordings,
    P::VerifyRecordings,
    P::ReadAudit,
    P::ManageAccess,
    P::Operate,
    P::SeeHealth,
];

impl Role {
    /// What the role allows.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Agent => &[P::TakeContacts],
            Self::Supervisor => SUPERVISOR,
            Self::Administrator => ADMINISTRATOR,
            Self::QueueAdministrator => &[
                P::SeeFloor,
                P::ReadSettings,
                P::EditQueues,
                P::EditFlows,
                P::CloseHours,
            ],
            Self::Quality => &[P::SeeContacts, P::HearRecordings],
            Self::Analyst => &[P::SeeFloor, P::SeeContacts, P::ExportContacts],
            Self::Auditor => &[P::ReadAudit, P::SeeContacts, P::VerifyRecordings],
        }
    }

    /// The roles that allow one of `permissions`, for people.
    #[must_use]
    pub fn that_allow(permissions: &[Permission]) -> Vec<Self> {
        let allows = |role: &Self| role.permissions().iter().any(|it| permissions.contains(it));
        Self::ALL.into_iter().filter(allows).collect()
    }
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::TakeContacts,
        Self::SeeFloor,
        Self::SeeContacts,
        Self::HearRecordings,
        Self::ExportContacts,
        Self::PauseRecordings,
        Self::SteerWaiting,
        Self::DirectAgents,
        Self::CloseHours,
        Self::KeepCallbacks,
        Self::KeepDoNotCall,
        Self::ReadSettings,
        Self::EditQueues,
        Self::EditFlows,
        Self::EditSettings,
        Self::ReadEvents,
        Self::HoldRecordings,
        Self::VerifyRecordings,
        Self::ReadAudit,
        Self::ManageAccess,
        Self::Operate,
        Self::SeeHealth,
    ];

    /// The word that the API uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TakeContacts => "take_contacts",
            Self::SeeFloor => "see_floor",
            Self::SeeContacts => "see_contacts",
            Self::HearRecordings => "hear_recordings",
            Self::ExportContacts => "export_contacts",
            Self::PauseRecordings => "pause_recordings",
            Self::SteerWaiting => "steer_waiting",
            Self::DirectAgents => "direct_agents",
            Self::CloseHours => "close_hours",
            Self::KeepCallbacks => "keep_callbacks",
            Self::KeepDoNotCall => "keep_do_not_call",
            Self::ReadSettings => "read_settings",
            Self::EditQueues => "edit_queues",
            Self::EditFlows => "edit_flows",
            Self::EditSettings => "edit_settings",
            Self::ReadEvents => "read_events",
            Self::HoldRecordings => "hold_recordings",
            Self::VerifyRecordings => "verify_recordings",
            Self::ReadAudit => "read_audit",
            Self::ManageAccess => "manage_access",
            Self::Operate => "operate",
            Self::SeeHealth => "see_health",
        }
    }
}

/// The roles of which one is missing, as a sentence.
#[must_use]
pub fn lacking(permissions: &[Permission]) -> String {
    let roles = Role::that_allow(permissions);
    let words: Vec<_> = roles.into_iter().map(Role::word).collect();
    format!(
        "this needs the role {}; an administrator can grant it",
        words.join(" or ")
    )
}

/// Whether the actor's roles allow what is asked. What the scope says comes on top.
///
/// # Errors
/// The permissions of which one is needed.
pub fn admits(actor: &Actor, request: &Request) -> Result<(), &'static [Permission]> {
    let needs = needed(request);
    if actor.may_any(needs) {
        return Ok(());
    }
    Err(needs)
}

/// The permissions of which a request needs one. With a desk alone, the turn looks whether the contact is the
/// agent's own.
#[must_use]
pub const fn needed(request: &Request) -> &'static [Permission] {
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
        | Request::TakeCallback { .. }
        | Request::WishWrapUp { .. }
        | Request::CompleteWrapUp { .. }
        | Request::ExtendWrapUp { .. } => &[P::TakeContacts],
        Request::PlayMessage { .. } => &[P::TakeContacts, P::HearRecordings],
        Request::PauseRecording { .. }
        | Request::ResumeRecording { .. }
        | Request::NotePayment { .. } => &[P::TakeContacts, P::PauseRecordings],
        Request::AccessRecording { access, .. } => needed_for(access),
        Request::BookCallback(_)
        | Request::CancelCallback { .. }
        | Request::RescheduleCallback { .. } => &[P::TakeContacts, P::KeepCallbacks],
        Request::ForgetCallbacks { .. } => &[P::HoldRecordings],
        Request::AdjustPriority { .. } | Request::Steer { .. } | Request::OfferCallback { .. } => {
            &[P::SteerWaiting]
        }
        Request::Direct { .. } | Request::AnswerPetition { .. } => &[P::DirectAgents],
        Request::CloseSchedule { .. }
        | Request::ReopenSchedule { .. }
        | Request::SwitchQueue(_)
        | Request::EndSwitch { .. } => &[P::CloseHours],
        Request::SetDoNotCall { .. } | Request::RemoveDoNotCall { .. } => &[P::KeepDoNotCall],
        Request::ReadHistory(HistoryRead::Export { .. }) => &[P::ExportContacts],
        Request::ReadHistory(HistoryRead::Events { .. }) => &[P::ReadEvents],
        Request::Save {
            id: Some(_),
            document: Document::Queue(_),
            ..
        } => &[P::EditQueues],
        Request::Save {
            document: Document::Flow(_) | Document::Prompt(_) | Document::Schedule(_),
            ..
        }
        | Request::Remove {
            kind: Kind::Flow | Kind::Prompt | Kind::Schedule,
            ..
        } => &[P::EditFlows],
        Request::Save { .. }
        | Request::Remove { .. }
        | Request::ApplySettings { .. }
        | Request::SetTrunkSecret { .. } => &[P::EditSettings],
        Request::NoteAdministration(act) => needed_to(act),
        Request::SetScope { .. } => &[P::ManageAccess],
        Request::Reconcile => &[P::Operate],
    }
}

const fn needed_for(access: &Access) -> &'static [Permission] {
    match access {
        Access::Played {
            purpose: Aim::OwnContact,
            ..
        } => &[P::TakeContacts, P::HearRecordings],
        Access::Played { .. } | Access::Downloaded { .. } => &[P::HearRecordings],
        Access::HoldSet { .. }
        | Access::HoldReleased { .. }
        | Access::Erased { .. }
        | Access::Expired => &[P::HoldRecordings],
    }
}

const fn needed_to(act: &Administration) -> &'static [Permission] {
    match act {
        Administration::TvLinkMade { .. } | Administration::TvLinkRevoked { .. } => &[P::SeeFloor],
        Administration::AuditExported { .. } => &[P::ReadAudit],
        Administration::EmergencyCalled { .. } => &[P::EditSettings],
        Administration::VerificationBegun => &[P::VerifyRecordings],
        Administration::CustomerLookedUp { .. }
        | Administration::CustomerExported { .. }
        | Administration::CustomerErased { .. }
        | Administration::CustomersExpired { .. } => &[P::HoldRecordings],
        Administration::Teams(_) => &[P::EditSettings],
        Administration::AccountMade { .. }
        | Administration::AccountOpened { .. }
        | Administration::AccountClosed { .. }
        | Administration::RolesSet { .. }
        | Administration::PasswordSet { .. }
        | Administration::SessionsEnded { .. }
        | Administration::ViewBegun { .. }
        | Administration::ViewEnded { .. }
        | Administration::ApiKeyMade { .. }
        | Administration::ApiKeyRevoked { .. }
        | Administration::WebhookMade { .. }
        | Administration::WebhookRemoved { .. }
        | Administration::DeliveryResent { .. } => &[P::ManageAccess],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_given_by_a_role_and_named_once() {
        for permission in Permission::ALL {
            assert!(
                !Role::that_allow(&[permission]).is_empty(),
                "{permission:?}"
            );
            let written = serde_json::to_value(permission).unwrap();
            assert_eq!(written, permission.word());
        }
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.word());
        }
    }

    // separation of duties.
    #[test]
    fn who_reads_the_audit_changes_nothing_and_hears_nothing() {
        let auditor = Role::Auditor.permissions();
        for not in [
            P::HearRecordings,
            P::EditSettings,
            P::ManageAccess,
            P::HoldRecordings,
        ] {
            assert!(!auditor.contains(&not), "{not:?}");
        }
    }

    #[test]
    fn administrators_have_everything_but_a_desk() {
        let lacks: Vec<_> = Permission::ALL
            .into_iter()
            .filter(|it| !ADMINISTRATOR.contains(it))
            .collect();
        assert_eq!(lacks, [P::TakeContacts]);
        assert!(SUPERVISOR.iter().all(|it| ADMINISTRATOR.contains(it)));
    }

    #[test]
    fn refusal_names_the_roles_that_would_do() {
        assert_eq!(
            lacking(&[P::EditQueues]),
            "this needs the role administrator or queue_administrator; an administrator can grant it"
        );
    }
}
