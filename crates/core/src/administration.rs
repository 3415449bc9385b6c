//! What administrators do to what the core does not keep: accounts, keys, webhooks, links, files of the audit, what
//! is known of a customer, the Teams account.
//! It goes on record with numbers and words alone: never a secret, a name or the address of a webhook.

use crate::ids::{AccountId, CustomerHash, SubjectRef, TrunkId};
use crate::limits;
use serde::{Deserialize, Serialize};

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Administration {
    /// An account was made.
    AccountMade {
        /// Which.
        account: AccountId,
        /// The words of its roles.
        roles: Vec<String>,
    },
    /// An account may be used again.
    AccountOpened {
        /// Which.
        account: AccountId,
    },
    /// An account may not be used, and its sessions end.
    AccountClosed {
        /// Which.
        account: AccountId,
    },
    /// An account has other roles.
    RolesSet {
        /// Which.
        account: AccountId,
        /// The words of all that it has from now on.
        roles: Vec<String>,
    },
    /// An account has another password.
    PasswordSet {
        /// Which.
        account: AccountId,
    },
    /// All sessions of an account end.
    SessionsEnded {
        /// Which.
        account: AccountId,
    },
    /// An administrator looks as another account, to see what it sees.
    ViewBegun {
        /// As which.
        account: AccountId,
    },
    /// And does not any more.
    ViewEnded {
        /// As which.
        account: AccountId,
    },
    /// An API key was made; whoever made it has not seen it yet.
    ApiKeyMade {
        /// Which.
        key: u64,
        /// The words of what it may do.
        scopes: Vec<String>,
    },
    /// An API key opens nothing any more.
    ApiKeyRevoked {
        /// Which.
        key: u64,
    },
    /// A webhook was made.
    WebhookMade {
        /// Which.
        webhook: u64,
        /// What it is told of.
        events: Vec<String>,
    },
    /// A webhook is told nothing more.
    WebhookRemoved {
        /// Which.
        webhook: u64,
    },
    /// A delivery is tried again.
    DeliveryResent {
        /// Of which webhook.
        webhook: u64,
        /// Which.
        delivery: u64,
    },
    /// A link for a TV was made; whoever made it has not seen it yet.
    TvLinkMade {
        /// Which.
        link: u64,
        /// Which board it shows.
        board: String,
    },
    /// A link for a TV shows nothing any more.
    TvLinkRevoked {
        /// Which.
        link: u64,
    },
    /// The audit was taken out as a file.
    AuditExported {
        /// Which entries, in words of the API.
        filter: String,
        /// How many.
        entries: u64,
    },
    /// An emergency call of a Teams user was led on (B-236): the system itself notes it.
    EmergencyCalled {
        /// By which trunk it came.
        trunk: TrunkId,
    },
    /// All recordings are being verified.
    VerificationBegun,
    /// Somebody looked at how much is kept of a customer.
    CustomerLookedUp {
        /// Whom.
        customer: CustomerHash,
        /// How many contacts there are.
        contacts: u64,
    },
    /// All that is kept of a customer was taken out as a file.
    CustomerExported {
        /// Whose.
        customer: CustomerHash,
        /// How many contacts there are.
        contacts: u64,
    },
    /// A customer is being erased.
    CustomerErased {
        /// Whom.
        customer: CustomerHash,
        /// How many contacts there are.
        contacts: u64,
        /// Why, among the personal data.
        reason: SubjectRef,
    },
    /// What was known of customers was erased because its time was over.
    CustomersExpired {
        /// Of how many contacts.
        contacts: u64,
        /// How many pieces.
        subjects: u64,
    },
    /// Something of the Teams account.
    Teams(TeamsAct),
}

/// What was done to the Teams account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TeamsAct {
    /// It was made.
    AccountMade,
    /// It says something else.
    AccountChanged {
        /// The words of what does.
        fields: Vec<String>,
    },
    /// It is gone, and Teams is switched off for everybody (B-060).
    AccountRemoved {
        /// How many accounts had it switched on.
        accounts: u64,
    },
    /// An administrator goes to Microsoft to consent to what Tandem asks for.
    ConsentAsked,
    /// And comes back.
    ConsentAnswered {
        /// With what.
        outcome: ConsentOutcome,
    },
    /// Who signs in to Teams for the contact center was chosen (B-205).
    DelegatesSet {
        /// Whose sign-in counts first.
        owner: Option<AccountId>,
        /// Whose counts when the owner's has ended.
        backup: Option<AccountId>,
    },
    /// One of them did.
    SignedIn,
}

/// What came of a request for consent (B-038).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentOutcome {
    /// Microsoft says that it was given.
    Granted,
    /// It was not.
    Refused,
}

impl ConsentOutcome {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Refused => "refused",
        }
    }
}

impl Administration {
    /// Within the limits of what one record says.
    pub(crate) fn bounded(mut self) -> Self {
        match &mut self {
            Self::AccountMade { roles: words, .. }
            | Self::RolesSet { roles: words, .. }
            | Self::ApiKeyMade { scopes: words, .. }
            | Self::WebhookMade { events: words, .. }
            | Self::Teams(TeamsAct::AccountChanged { fields: words }) => {
                words.truncate(limits::ACT_WORDS_MAX);
                words.iter_mut().for_each(bound);
            }
            Self::TvLinkMade { board: word, .. } | Self::AuditExported { filter: word, .. } => {
                bound(word);
            }
            Self::AccountOpened { .. }
            | Self::AccountClosed { .. }
            | Self::PasswordSet { .. }
            | Self::SessionsEnded { .. }
            | Self::ViewBegun { .. }
            | Self::ViewEnded { .. }
            | Self::ApiKeyRevoked { .. }
            | Self::WebhookRemoved { .. }
            | Self::DeliveryResent { .. }
            | Self::TvLinkRevoked { .. }
            | Self::EmergencyCalled { .. }
            | Self::VerificationBegun
            | Self::CustomerLookedUp { .. }
            | Self::CustomerExported { .. }
            | Self::CustomerErased { .. }
            | Self::CustomersExpired { .. }
            | Self::Teams(
                TeamsAct::AccountMade
                | TeamsAct::AccountRemoved { .. }
                | TeamsAct::ConsentAsked
                | TeamsAct::ConsentAnswered { .. }
                | TeamsAct::DelegatesSet { .. }
                | TeamsAct::SignedIn,
            ) => {}
        }
        self
    }
}

fn bound(word: &mut String) {
    if let Some((end, _)) = word.char_indices().nth(limits::HISTORY_FILTER_CHARS) {
        word.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn act_on_record_is_bounded() {
        let act = Administration::AuditExported {
            filter: "ü".repeat(100_000),
            entries: 1,
        };
        let Administration::AuditExported { filter, .. } = act.bounded() else {
            panic!("it is another act");
        };
        assert_eq!(filter.chars().count(), limits::HISTORY_FILTER_CHARS);
        let act = Administration::WebhookMade {
            webhook: 1,
            events: vec!["contact.ended".to_owned(); 1_000],
        };
        let Administration::WebhookMade { events, .. } = act.bounded() else {
            panic!("it is another act");
        };
        assert_eq!(events.len(), limits::ACT_WORDS_MAX);
    }
}
