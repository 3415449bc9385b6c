//! The kinds of orders to the outside world, as stories tell of those that came to nothing.

use serde::{Deserialize, Serialize};
use tandem_core::effect::Effect;

/// The kinds of orders to the outside world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of the orders")]
pub enum OrderKind {
    Answer,
    RejectArrival,
    Play,
    Collect,
    StopMedia,
    AddAgent,
    CancelAddAgent,
    RemoveAgent,
    Hold,
    Unhold,
    AddNumber,
    RemoveNumber,
    TransferAway,
    SendDigits,
    Request,
    CallAgent,
    CallCustomer,
    StartRecording,
    PauseRecording,
    ResumeRecording,
    StopRecording,
    Listen,
    FetchRecording,
    Forget,
    ForgetCallback,
    HangUp,
    Inquire,
}

impl OrderKind {
    /// Whether a fact of its own tells that the order came to nothing.
    pub(crate) const fn tells_by_itself(self) -> bool {
        matches!(
            self,
            Self::Request
                | Self::StartRecording
                | Self::PauseRecording
                | Self::ResumeRecording
                | Self::FetchRecording
        )
    }

    pub(crate) const fn of(effect: &Effect) -> Self {
        match effect {
            Effect::Answer { .. } => Self::Answer,
            Effect::RejectArrival { .. } => Self::RejectArrival,
            Effect::Play { .. } => Self::Play,
            Effect::Collect { .. } => Self::Collect,
            Effect::StopMedia { .. } => Self::StopMedia,
            Effect::AddAgent { .. } => Self::AddAgent,
            Effect::CancelAddAgent { .. } => Self::CancelAddAgent,
            Effect::RemoveAgent { .. } => Self::RemoveAgent,
            Effect::Hold { .. } => Self::Hold,
            Effect::Unhold { .. } => Self::Unhold,
            Effect::AddNumber { .. } => Self::AddNumber,
            Effect::RemoveNumber { .. } => Self::RemoveNumber,
            Effect::TransferAway { .. } => Self::TransferAway,
            Effect::SendDigits { .. } => Self::SendDigits,
            Effect::Request { .. } => Self::Request,
            Effect::CallAgent { .. } => Self::CallAgent,
            Effect::CallCustomer { .. } => Self::CallCustomer,
            Effect::StartRecording { .. } => Self::StartRecording,
            Effect::PauseRecording { .. } => Self::PauseRecording,
            Effect::ResumeRecording { .. } => Self::ResumeRecording,
            Effect::StopRecording { .. } => Self::StopRecording,
            Effect::Listen { .. } => Self::Listen,
            Effect::FetchRecording { .. } => Self::FetchRecording,
            Effect::Forget { .. } => Self::Forget,
            Effect::ForgetCallback { .. } => Self::ForgetCallback,
            Effect::HangUp { .. } => Self::HangUp,
            Effect::Inquire { .. } => Self::Inquire,
        }
    }
}
