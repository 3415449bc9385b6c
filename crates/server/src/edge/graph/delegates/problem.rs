//! Why a person's sign-in came to nothing, or is over: a word for programs, whose text is in the catalogue of messages.

use crate::edge::graph::trouble::Trouble;
use serde::{Deserialize, Serialize};
use tandem_microsoft::entra::aadsts;
use tandem_microsoft::entra::sign_in::Trouble as Kind;
use utoipa::ToSchema;

/// What is wrong. Each has one thing to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamsLoginProblem)]
pub(crate) enum LoginProblem {
    /// The address that the browser comes back to is not registered for the application (AADSTS50011).
    RedirectUnregistered,
    /// Nobody used it for ninety days (AADSTS700082).
    Expired,
    /// The password was changed, or an administrator ended all sessions (AADSTS50173).
    SignInAgain,
    /// Presence.Read.All or `offline_access` was not granted for people's sessions (AADSTS65001).
    ConsentMissing,
    /// The person broke off.
    Cancelled,
    /// The application is for those alone who were assigned to it (AADSTS50105).
    NotAssigned,
    /// A rule of the organization stands against it (AADSTS53003 and others).
    ConditionalAccess,
    AccountDisabled,
    /// Somebody of another tenant than the account's.
    OtherTenant,
    /// Somebody else than who asked.
    OtherPerson,
    /// The answer was used before, or too late (AADSTS54005).
    CodeSpent,
    /// The application's own credential is not accepted.
    CredentialRefused,
    /// The tenant does not know the application, or has disabled it.
    ApplicationRefused,
    /// What came cannot be verified.
    NotVerified,
    Unreachable,
    Other,
}

impl LoginProblem {
    /// By what Entra says; the words of [`Kind::of`] for the address that a browser comes back with.
    pub(super) fn of_words(error: &str, description: &str) -> Self {
        let code = tandem_microsoft::entra::sign_in::code_of(description);
        Self::of(error, code)
    }

    pub(super) fn of_trouble(trouble: &Trouble) -> Self {
        match trouble {
            Trouble::Token { error, code } => Self::of(error, *code),
            Trouble::Incomplete | Trouble::Unreadable => Self::CredentialRefused,
            Trouble::Unexpected | Trouble::Graph { .. } => Self::NotVerified,
            Trouble::Throttled { .. } | Trouble::Unreachable { .. } => Self::Unreachable,
        }
    }

    fn of(error: &str, code: Option<u32>) -> Self {
        match code {
            Some(aadsts::REDIRECT_MISMATCH) => return Self::RedirectUnregistered,
            Some(aadsts::REFRESH_INACTIVE) => return Self::Expired,
            Some(_) | None => {}
        }
        let description = code.map_or_else(String::new, |code| format!("AADSTS{code}"));
        match Kind::of(error, &description) {
            Kind::NotAssigned => Self::NotAssigned,
            Kind::ConsentMissing => Self::ConsentMissing,
            Kind::ConditionalAccess => Self::ConditionalAccess,
            Kind::AccountDisabled => Self::AccountDisabled,
            Kind::OtherTenant => Self::OtherTenant,
            Kind::SignInAgain => Self::SignInAgain,
            Kind::CodeSpent => Self::CodeSpent,
            Kind::Secret => Self::CredentialRefused,
            Kind::Application => Self::ApplicationRefused,
            Kind::Cancelled => Self::Cancelled,
            Kind::Other => Self::Other,
        }
    }
}

/// Whether a refused renewal ends the sign-in: the word is about the person's grant, and not about the application, which
/// another sign-in would not help (microsoft-graph.md 1.6).
pub(super) fn is_over(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Token { error, .. } => matches!(
            error.as_str(),
            "invalid_grant" | "interaction_required" | "consent_required" | "login_required"
        ),
        Trouble::Incomplete
        | Trouble::Unreadable
        | Trouble::Graph { .. }
        | Trouble::Throttled { .. }
        | Trouble::Unreachable { .. }
        | Trouble::Unexpected => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(error: &str, code: u32) -> Trouble {
        Trouble::Token {
            error: error.to_owned(),
            code: Some(code),
        }
    }

    // B-205; aadsts-errors.json
    #[test]
    fn each_refusal_has_a_word_of_its_own_and_only_those_of_the_person_end_a_sign_in() {
        let of = |error, code| LoginProblem::of_trouble(&refused(error, code));
        let grant = "invalid_grant";
        assert_eq!(of(grant, 700_082), LoginProblem::Expired);
        assert_eq!(of(grant, 50_173), LoginProblem::SignInAgain);
        assert_eq!(of(grant, 65_001), LoginProblem::ConsentMissing);
        assert_eq!(of(grant, 54_005), LoginProblem::CodeSpent);
        assert_eq!(of(grant, 50_057), LoginProblem::AccountDisabled);
        assert_eq!(of(grant, 53_003), LoginProblem::ConditionalAccess);
        let request = of("invalid_request", 50_011);
        assert_eq!(request, LoginProblem::RedirectUnregistered);
        let words = LoginProblem::of_words("access_denied", "AADSTS50105: Not assigned.");
        assert_eq!(words, LoginProblem::NotAssigned);
        assert!(is_over(&refused(grant, 700_082)));
        assert!(is_over(&refused("interaction_required", 53_003)));
        assert!(!is_over(&refused("invalid_client", 7_000_222)));
        assert!(!is_over(&refused("unauthorized_client", 7_000_112)));
        let detail = "no answer in time".to_owned();
        assert!(!is_over(&Trouble::Unreachable { detail }));
    }
}
