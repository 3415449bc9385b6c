//! What was found out about the Teams account, kept beside it so that a restart forgets nothing: when its secret
//! expires, whether its tenant lets it in, what came of a request for consent.

use serde::{Deserialize, Serialize};
use tandem_core::administration::ConsentOutcome;
use tandem_core::ids::AccountId;
use tandem_core::time::Timestamp;
use utoipa::ToSchema;

/// Everything that was found out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Findings {
    pub(crate) expiry: Option<ExpiryFound>,
    pub(crate) connection: Option<Connection>,
    pub(crate) consent: Option<Consent>,
}

/// What the directory says of the secret's end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExpiryFound {
    pub(crate) read: Timestamp,
    /// None when no secret of the registration begins like ours.
    pub(crate) ends: Option<Timestamp>,
    /// Several secrets begin like ours.
    pub(crate) is_uncertain: bool,
}

/// How the tenant answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Connection {
    pub(crate) checked: Timestamp,
    /// Since when it has been so.
    pub(crate) since: Timestamp,
    pub(crate) state: ConnectionState,
    /// The text of what is wrong.
    pub(crate) problem: Option<String>,
    /// Microsoft's code for it.
    pub(crate) code: Option<String>,
}

/// Whether the tenant lets the application in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamsConnectionState)]
pub(crate) enum ConnectionState {
    Connected,
    /// Ids or the credential are missing.
    Incomplete,
    /// The credential is not accepted.
    Refused,
    /// The application was disabled or removed, or consent was taken back (B-041).
    Revoked,
    /// Nobody answers.
    Unreachable,
}

/// A request for an administrator's consent, and what came of it (B-038).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Consent {
    pub(crate) asked: Timestamp,
    pub(crate) asked_by: AccountId,
    /// SHA-256 of the state that the browser has to bring back; gone when it did.
    pub(crate) state_hash: Option<Vec<u8>>,
    pub(crate) answered: Option<Timestamp>,
    pub(crate) outcome: Option<ConsentOutcome>,
    /// The word of the error.
    pub(crate) error: Option<String>,
    /// As the browser brought it: a hint and no proof.
    pub(crate) tenant: Option<String>,
}
