//! What the Teams account of a contact center says (B-063 to B-089): values with their defaults, as they are kept. The
//! secret itself is elsewhere, sealed.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tandem_core::ids::AccountId;
use tandem_core::time::Timestamp;
use utoipa::ToSchema;

/// The account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) name: String,
    /// Of the registered application, as its tenant shows it; not of its service principal.
    pub(crate) object_id: Option<String>,
    pub(crate) tenant_id: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) proof: Option<Proof>,
    /// When the secret expires, as somebody entered it.
    pub(crate) expires: Option<Timestamp>,
    pub(crate) licensing_mode: LicensingMode,
    pub(crate) licensing_acknowledged: Option<Timestamp>,
    pub(crate) features: BTreeSet<Feature>,
    /// All types, in the order in which numbers are shown.
    pub(crate) number_types: Vec<ShownType>,
    pub(crate) messages: Messages,
    /// People whom the drawer lists (B-200).
    pub(crate) drawer_limit: u32,
    /// Who signs in to Teams for the contact center.
    #[serde(default)]
    pub(crate) delegates: Delegates,
}

/// Who signs in to Teams for the contact center, where Microsoft wants a person (B-205).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delegates {
    /// Whose sign-in counts first.
    pub(crate) owner: Option<AccountId>,
    /// Whose counts when the owner's has ended.
    pub(crate) backup: Option<AccountId>,
}

impl Delegates {
    /// Those who were chosen, in the order in which they count.
    pub(crate) fn in_order(self) -> impl Iterator<Item = AccountId> {
        [self.owner, self.backup].into_iter().flatten()
    }
}

/// What the account proves with who it is, without what is secret about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(crate) enum Proof {
    Secret {
        /// The first three characters, by which the directory tells secrets apart too.
        hint: String,
        set: Timestamp,
    },
    Certificate {
        /// SHA-256 of the certificate, hexadecimal.
        thumbprint: String,
        not_after: Timestamp,
        set: Timestamp,
    },
}

/// What the account is used for; each feature needs permissions of its own (B-035).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamsFeature)]
pub(crate) enum Feature {
    /// People of the tenant are listed.
    Directory,
    /// Their status is read.
    PresenceRead,
    /// Agents' status is set.
    PresenceWrite,
    /// Microsoft tells of changes, instead of being asked.
    PresencePush,
    /// The directory says when the secret expires, and what was granted to people's sessions.
    SecretExpiry,
}

/// How Microsoft metered messages until 25 August 2025; kept because the requirement has it (B-073 to B-078).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LicensingMode {
    Evaluation,
    /// Model B.
    Production,
}

/// Which numbers of somebody are shown (B-079).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NumberType {
    Business,
    Mobile,
    Fax,
    Teams,
}

impl NumberType {
    pub(crate) const ALL: [Self; 4] = [Self::Teams, Self::Business, Self::Mobile, Self::Fax];
}

/// Whether numbers of a type are shown; the place in the list is the place on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShownType {
    #[serde(rename = "type")]
    pub(crate) kind: NumberType,
    pub(crate) is_shown: bool,
}

/// The texts for conferencing Teams users to a customer's chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TeamsMessages)]
pub(crate) struct Messages {
    pub(crate) joined: String,
    pub(crate) left: String,
    pub(crate) invitation: String,
    /// Accepts the invitation.
    pub(crate) yes: String,
    /// Declines it.
    pub(crate) no: String,
    pub(crate) ended: String,
    /// Leaves at any time.
    pub(crate) bye: String,
}

impl Default for Messages {
    fn default() -> Self {
        let invitation =
            "You are invited to customer chat session, would you like to accept (YES/NO)?";
        Self {
            joined: "joined the session".to_owned(),
            left: "left the session".to_owned(),
            invitation: invitation.to_owned(),
            yes: "YES".to_owned(),
            no: "NO".to_owned(),
            ended: "Customer chat session ended".to_owned(),
            bye: "BYE".to_owned(),
        }
    }
}

impl Messages {
    /// All, with the names of their fields.
    pub(crate) fn all(&self) -> [(&'static str, &String); 7] {
        [
            ("joined", &self.joined),
            ("left", &self.left),
            ("invitation", &self.invitation),
            ("yes", &self.yes),
            ("no", &self.no),
            ("ended", &self.ended),
            ("bye", &self.bye),
        ]
    }
}

/// When the credential ends, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) at: Timestamp,
    pub(crate) source: EndsBy,
}

/// Who says when a credential ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndsBy {
    Directory,
    /// Somebody entered it, or the certificate in which it stands.
    Entered,
}

impl Account {
    /// What was entered: the certificate's own end, or a date.
    pub(crate) fn entered_end(&self) -> Option<Ends> {
        let at = match &self.proof {
            Some(Proof::Certificate { not_after, .. }) => Some(*not_after),
            Some(Proof::Secret { .. }) => self.expires,
            None => None,
        };
        at.map(|at| Ends {
            at,
            source: EndsBy::Entered,
        })
    }

    pub(crate) fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Whether numbers of a type are shown (B-079).
    pub(crate) fn shows(&self, kind: NumberType) -> bool {
        { self.number_types.iter() }.any(|it| it.kind == kind && it.is_shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // B-083, B-084, B-085, B-086, B-087, B-088, B-089
    #[test]
    fn colleagues_are_told_these_texts_until_somebody_writes_others() {
        let texts = Messages::default();
        let told = texts.all().map(|(_, text)| text.as_str());
        let expected = [
            "joined the session",
            "left the session",
            "You are invited to customer chat session, would you like to accept (YES/NO)?",
            "YES",
            "NO",
            "Customer chat session ended",
            "BYE",
        ];
        assert_eq!(told, expected);
    }
}
