//! Why Microsoft did not do what it was asked, in the words that people are shown (B-071, B-072) and the codes that
//! explain them.

use std::time::Duration;
use tandem_microsoft::entra::aadsts;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// An id or the credential is missing, or was not applied yet.
    Incomplete,
    /// The credential that is kept cannot be opened with the data keys.
    Unreadable,
    /// Entra gives no token.
    Token {
        /// The word of the error, which is what clients may branch by (microsoft-graph.md 1.6).
        error: String,
        /// Its number, for help texts alone.
        code: Option<u32>,
    },
    /// Graph refuses.
    Graph { status: u16, code: String },
    /// Nothing may be asked for a while.
    Throttled { wait: Duration },
    /// No answer came.
    Unreachable { detail: String },
    /// What came is not what was asked for.
    Unexpected,
}

/// What to do about it: a word for programs, whose text is in the catalogue of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamsExplanation)]
pub(crate) enum Explanation {
    Incomplete,
    CredentialUnreadable,
    SecretWrong,
    SecretExpired,
    CertificateUnknown,
    ClockSkew,
    ApplicationNotFound,
    ApplicationDisabled,
    TenantNotFound,
    TenantMalformed,
    ConsentMissing,
    CredentialRefused,
    PermissionMissing,
    ObjectIdUnknown,
    SecretNotListed,
    Throttled,
    Unreachable,
    Unexpected,
}

impl Trouble {
    /// The text that is shown.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Incomplete => "Error: Account credentials are incomplete".to_owned(),
            Self::Token { .. } => "Error: Failed to request refresh token".to_owned(),
            Self::Unreadable => {
                "Error: The stored credential cannot be opened; enter it again".to_owned()
            }
            Self::Graph { status, code } => {
                format!("Error: Microsoft Graph refused with {status}: {code}")
            }
            Self::Throttled { wait } => {
                format!("Error: Microsoft asks to wait {} s", wait.as_secs().max(1))
            }
            Self::Unreachable { .. } => "Error: Microsoft cannot be reached".to_owned(),
            Self::Unexpected => "Error: Microsoft answered what cannot be read".to_owned(),
        }
    }

    /// Microsoft's own code, if it gave one.
    pub(crate) fn code(&self) -> Option<String> {
        match self {
            Self::Token {
                code: Some(code), ..
            } => Some(format!("AADSTS{code}")),
            Self::Token { error, code: None } => Some(error.clone()),
            Self::Graph { code, .. } => Some(code.clone()),
            Self::Incomplete
            | Self::Unreadable
            | Self::Throttled { .. }
            | Self::Unreachable { .. }
            | Self::Unexpected => None,
        }
    }

    pub(crate) fn explanation(&self) -> Explanation {
        match self {
            Self::Incomplete => Explanation::Incomplete,
            Self::Unreadable => Explanation::CredentialUnreadable,
            Self::Token { code, .. } => of_token(*code),
            Self::Graph { status: 403, .. } => Explanation::PermissionMissing,
            Self::Graph { .. } | Self::Unexpected => Explanation::Unexpected,
            Self::Throttled { .. } => Explanation::Throttled,
            Self::Unreachable { .. } => Explanation::Unreachable,
        }
    }

    /// Whether somebody has to do something about it: nothing is gained by asking again in a moment.
    pub(crate) const fn is_for_good(&self) -> bool {
        match self {
            Self::Incomplete | Self::Unreadable | Self::Token { .. } => true,
            Self::Graph { .. }
            | Self::Throttled { .. }
            | Self::Unreachable { .. }
            | Self::Unexpected => false,
        }
    }

    /// Whether the tenant let the application go: disabled, removed, or consent taken back (B-041).
    pub(crate) fn is_revocation(&self) -> bool {
        match self.explanation() {
            Explanation::ApplicationNotFound
            | Explanation::ApplicationDisabled
            | Explanation::ConsentMissing => true,
            Explanation::Incomplete
            | Explanation::CredentialUnreadable
            | Explanation::SecretWrong
            | Explanation::SecretExpired
            | Explanation::CertificateUnknown
            | Explanation::ClockSkew
            | Explanation::TenantNotFound
            | Explanation::TenantMalformed
            | Explanation::CredentialRefused
            | Explanation::PermissionMissing
            | Explanation::ObjectIdUnknown
            | Explanation::SecretNotListed
            | Explanation::Throttled
            | Explanation::Unreachable
            | Explanation::Unexpected => false,
        }
    }
}

const fn of_token(code: Option<u32>) -> Explanation {
    match code {
        Some(aadsts::WRONG_SECRET) => Explanation::SecretWrong,
        Some(aadsts::SECRET_EXPIRED) => Explanation::SecretExpired,
        Some(aadsts::WRONG_CERTIFICATE) => Explanation::CertificateUnknown,
        Some(aadsts::ASSERTION_TIME | aadsts::ASSERTION_EXPIRED) => Explanation::ClockSkew,
        Some(aadsts::APP_NOT_FOUND) => Explanation::ApplicationNotFound,
        Some(aadsts::APP_DISABLED) => Explanation::ApplicationDisabled,
        Some(aadsts::TENANT_NOT_FOUND) => Explanation::TenantNotFound,
        Some(aadsts::TENANT_MALFORMED) => Explanation::TenantMalformed,
        Some(aadsts::NO_CONSENT) => Explanation::ConsentMissing,
        Some(_) | None => Explanation::CredentialRefused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // B-071, B-072
    #[test]
    fn messages_are_those_that_are_required() {
        assert_eq!(
            Trouble::Incomplete.message(),
            "Error: Account credentials are incomplete"
        );
        for code in [7_000_215, 7_000_222, 700_016, 90_002, 900_023] {
            let trouble = Trouble::Token {
                error: "invalid_client".to_owned(),
                code: Some(code),
            };
            assert_eq!(
                trouble.message(),
                "Error: Failed to request refresh token",
                "{code}"
            );
            assert_ne!(trouble.explanation(), Explanation::CredentialRefused);
            assert_eq!(trouble.code(), Some(format!("AADSTS{code}")));
        }
    }
}
