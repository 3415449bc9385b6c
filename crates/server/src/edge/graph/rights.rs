//! Which permissions Tandem knows, which feature fails without each, and which the tenant granted (B-035, B-036, B-039,
//! B-042). Only what a feature that is on needs is asked for; the rest is named, so that nobody grants it for nothing.

use super::account::{Account, Feature, NumberType};
use super::client::Patience;
use super::link::Applied;
use super::trouble::Trouble;
use super::watch::{registration, sender};
use secrecy::ExposeSecret;
use serde::Serialize;
use std::collections::BTreeSet;
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::Page;
use tandem_microsoft::graph::permission::{self, Kind, Permission};
use tandem_microsoft::graph::principal::{self, PermissionGrant, ServicePrincipal};
use utoipa::ToSchema;

/// What a permission is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamsPermissionFeature)]
pub(crate) enum Purpose {
    Directory,
    /// Numbers of the type `teams` in the directory.
    LineNumbers,
    PresenceRead,
    PresenceWrite,
    PresencePush,
    SecretExpiry,
    /// Calls by Graph, which Tandem does not make.
    GraphCalls,
    /// Sign-in of people, for which `openid`, `profile` and `offline_access` are enough.
    SignIn,
}

impl Purpose {
    /// The feature that somebody can switch on; none where Tandem has none.
    const fn feature(self) -> Option<Feature> {
        match self {
            Self::Directory | Self::LineNumbers => Some(Feature::Directory),
            Self::PresenceRead => Some(Feature::PresenceRead),
            Self::PresenceWrite => Some(Feature::PresenceWrite),
            Self::PresencePush => Some(Feature::PresencePush),
            Self::SecretExpiry => Some(Feature::SecretExpiry),
            Self::GraphCalls | Self::SignIn => None,
        }
    }

    /// Whether the account is used for it.
    fn is_on(self, account: &Account) -> bool {
        let is_shown = self != Self::LineNumbers || account.shows(NumberType::Teams);
        is_shown && self.feature().is_some_and(|it| account.has(it))
    }
}

/// What happens without a permission: a word, whose text is in the catalogue of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamsConsequence)]
pub(crate) enum Consequence {
    NobodyIsListed,
    NumbersLackCountry,
    TeamsNumbersAreUnknown,
    StatusIsUnknown,
    StatusIsNotSet,
    ChangesComeByPolling,
    SignInAgainDaily,
    ExpiryIsUnknown,
    /// Nothing: Tandem does not use it.
    None,
}

/// A permission that Tandem knows.
struct Known {
    permission: Permission,
    purposes: &'static [Purpose],
    consequence: Consequence,
}

const fn known(
    permission: Permission,
    purposes: &'static [Purpose],
    consequence: Consequence,
) -> Known {
    Known {
        permission,
        purposes,
        consequence,
    }
}

const CALLS: &[Purpose] = &[Purpose::GraphCalls];
const SIGN_IN: &[Purpose] = &[Purpose::SignIn];

const ALL: [Known; 15] = [
    known(
        permission::USERS_READ,
        &[Purpose::Directory],
        Consequence::NobodyIsListed,
    ),
    known(
        permission::ORGANIZATION_READ,
        &[Purpose::Directory],
        Consequence::NumbersLackCountry,
    ),
    known(
        permission::TEAMS_USERS_READ,
        &[Purpose::LineNumbers],
        Consequence::TeamsNumbersAreUnknown,
    ),
    known(
        permission::PRESENCE_READ,
        &[Purpose::PresenceRead, Purpose::PresenceWrite],
        Consequence::StatusIsUnknown,
    ),
    known(
        permission::PRESENCE_WRITE,
        &[Purpose::PresenceWrite],
        Consequence::StatusIsNotSet,
    ),
    known(
        permission::APPLICATION_READ,
        &[Purpose::SecretExpiry],
        Consequence::ExpiryIsUnknown,
    ),
    known(
        permission::PRESENCE_READ_DELEGATED,
        &[Purpose::PresencePush],
        Consequence::ChangesComeByPolling,
    ),
    known(
        permission::OFFLINE_ACCESS,
        &[Purpose::PresencePush],
        Consequence::SignInAgainDaily,
    ),
    known(permission::USER_READ_DELEGATED, SIGN_IN, Consequence::None),
    known(permission::USERS_READ_DELEGATED, SIGN_IN, Consequence::None),
    known(permission::CALLS_ACCESS_MEDIA, CALLS, Consequence::None),
    known(permission::CALLS_INITIATE, CALLS, Consequence::None),
    known(permission::CALLS_INITIATE_GROUP, CALLS, Consequence::None),
    known(permission::CALLS_JOIN_GROUP, CALLS, Consequence::None),
    known(
        permission::CALLS_JOIN_GROUP_AS_GUEST,
        CALLS,
        Consequence::None,
    ),
];

/// How a permission stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamsPermissionState)]
pub(crate) enum RightState {
    Granted,
    /// A feature that is on needs it.
    Missing,
    /// Nothing that is on needs it, and it is not there.
    NotRequested,
    /// Nothing that is on needs it, and it could be taken back.
    GrantedNotNeeded,
    /// A feature that is on needs it; whether it is there may not be read.
    Unknown,
}

/// How one permission stands, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Right {
    pub(crate) permission: Permission,
    pub(crate) purposes: &'static [Purpose],
    pub(crate) state: RightState,
    pub(crate) consequence: Consequence,
}

impl Right {
    /// Whether Tandem does anything with it at all.
    pub(crate) fn is_used(&self) -> bool {
        self.purposes.iter().any(|it| it.feature().is_some())
    }
}

/// How all of them stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamsRightsState)]
pub(crate) enum RightsState {
    /// They cannot be looked at: something of the account is missing.
    Unknown,
    Granted,
    Partly,
    /// The tenant let the application go (B-041).
    Revoked,
    Missing,
    Unreachable,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rights {
    pub(crate) state: RightsState,
    pub(crate) problem: Option<String>,
    /// Whose application it is, as its registration says (B-040).
    pub(crate) publisher: Option<String>,
    pub(crate) app_name: Option<String>,
    pub(crate) rights: Vec<Right>,
}

/// What was granted; none where it may not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Granted {
    application: Option<BTreeSet<String>>,
    delegated: Option<BTreeSet<String>>,
}

/// Looks at what is granted now.
pub(crate) async fn read(applied: &Applied, now: Timestamp) -> Rights {
    let application = match roles(applied, now).await {
        Ok(roles) => roles,
        Err(trouble) => return without_token(applied, &trouble),
    };
    let registered = registration(applied, Patience::None, now).await.ok();
    let registered = registered.map(|(application, _)| application);
    let granted = Granted {
        application,
        delegated: delegated(applied, now).await.ok(),
    };
    let rights = compared(&applied.account, &granted);
    Rights {
        state: summed(&rights),
        problem: None,
        publisher: registered
            .as_ref()
            .and_then(|it| it.publisher_domain.clone()),
        app_name: registered.and_then(|it| it.display_name),
        rights,
    }
}

fn without_token(applied: &Applied, trouble: &Trouble) -> Rights {
    let state = match trouble {
        Trouble::Incomplete | Trouble::Unreadable => RightsState::Unknown,
        Trouble::Token { .. } if trouble.is_revocation() => RightsState::Revoked,
        Trouble::Token { .. } => RightsState::Unknown,
        Trouble::Graph { .. }
        | Trouble::Throttled { .. }
        | Trouble::Unreachable { .. }
        | Trouble::Unexpected => RightsState::Unreachable,
    };
    Rights {
        state,
        problem: Some(trouble.message()),
        publisher: None,
        app_name: None,
        rights: compared(&applied.account, &Granted::default()),
    }
}

async fn roles(applied: &Applied, now: Timestamp) -> Result<Option<BTreeSet<String>>, Trouble> {
    let client = sender(applied)?;
    let token = client.tokens.fresh(client.http(), now).await?;
    Ok(roles_of(token.expose_secret()))
}

fn roles_of(token: &str) -> Option<BTreeSet<String>> {
    principal::roles_in(token).map(|roles| lower(roles.iter().map(String::as_str)))
}

/// What everybody's sessions may do.
async fn delegated(applied: &Applied, now: Timestamp) -> Result<BTreeSet<String>, Trouble> {
    let client_id = applied.account.client_id.as_deref().unwrap_or_default();
    let request = principal::by_client(client_id);
    let principal: ServicePrincipal = applied.ask(&request, Patience::None, now).await?;
    let request = principal::grants(&principal.id);
    let grants: Page<PermissionGrant> = applied.ask(&request, Patience::None, now).await?;
    let of_everybody = grants
        .value
        .iter()
        .filter(|it| it.consent_type == "AllPrincipals");
    Ok(lower(
        of_everybody.flat_map(|it| it.scope.split_whitespace()),
    ))
}

/// Names are compared in any case (microsoft-graph.md 14).
fn lower<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    names.map(str::to_lowercase).collect()
}

fn compared(account: &Account, granted: &Granted) -> Vec<Right> {
    let is_on = |purpose: &Purpose| purpose.is_on(account);
    let right = |known: &Known| {
        let held = match known.permission.kind {
            Kind::Application => &granted.application,
            Kind::Delegated => &granted.delegated,
        };
        let is_held = held
            .as_ref()
            .map(|it| it.contains(&known.permission.name.to_lowercase()));
        let state = match (known.purposes.iter().any(is_on), is_held) {
            (true, Some(true)) => RightState::Granted,
            (true, Some(false)) => RightState::Missing,
            (true, None) => RightState::Unknown,
            (false, Some(true)) => RightState::GrantedNotNeeded,
            (false, Some(false) | None) => RightState::NotRequested,
        };
        Right {
            permission: known.permission,
            purposes: known.purposes,
            state,
            consequence: known.consequence,
        }
    };
    ALL.iter().map(right).collect()
}

fn summed(rights: &[Right]) -> RightsState {
    let has = |state: RightState| rights.iter().any(|it| it.state == state);
    match (has(RightState::Granted), has(RightState::Missing)) {
        (true, false) => RightsState::Granted,
        (true, true) => RightsState::Partly,
        (false, true) => RightsState::Missing,
        // Nothing is asked for, or nothing may be read.
        (false, false) if has(RightState::Unknown) => RightsState::Unknown,
        (false, false) => RightsState::Granted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::graph::account::{Delegates, LicensingMode, Messages, ShownType};

    const SHOWN: ShownType = ShownType {
        kind: NumberType::Teams,
        is_shown: true,
    };
    const HIDDEN: ShownType = ShownType {
        kind: NumberType::Teams,
        is_shown: false,
    };

    fn account(features: &[Feature], teams_numbers: ShownType) -> Account {
        Account {
            name: String::new(),
            object_id: None,
            tenant_id: None,
            client_id: None,
            proof: None,
            expires: None,
            licensing_mode: LicensingMode::Production,
            licensing_acknowledged: None,
            features: features.iter().copied().collect(),
            number_types: vec![teams_numbers],
            messages: Messages::default(),
            drawer_limit: 300,
            delegates: Delegates::default(),
        }
    }

    fn granted(application: &[&str], delegated: &[&str]) -> Granted {
        Granted {
            application: Some(lower(application.iter().copied())),
            delegated: Some(lower(delegated.iter().copied())),
        }
    }

    fn state(rights: &[Right], permission: Permission) -> RightState {
        let found = rights.iter().find(|it| it.permission == permission);
        found.unwrap().state
    }

    // B-079
    #[test]
    fn lines_are_asked_for_where_their_numbers_are_shown_alone() {
        let permission = permission::TEAMS_USERS_READ;
        let of = |account: &Account, held: &[&str]| {
            state(&compared(account, &granted(held, &[])), permission)
        };
        let shown = account(&[Feature::Directory], SHOWN);
        let hidden = account(&[Feature::Directory], HIDDEN);
        let switched_off = account(&[], SHOWN);
        assert_eq!(of(&shown, &[]), RightState::Missing);
        assert_eq!(of(&shown, &[permission.name]), RightState::Granted);
        assert_eq!(of(&hidden, &[]), RightState::NotRequested);
        assert_eq!(
            of(&hidden, &[permission.name]),
            RightState::GrantedNotNeeded
        );
        assert_eq!(of(&switched_off, &[]), RightState::NotRequested);
    }

    // B-035, B-039
    #[test]
    fn only_what_a_feature_that_is_on_needs_is_asked_for() {
        let account = account(&[Feature::Directory, Feature::PresencePush], HIDDEN);
        let granted = granted(&["user.read.all", "Presence.ReadWrite.All"], &["openid"]);
        let rights = compared(&account, &granted);
        let of = |permission| state(&rights, permission);
        assert_eq!(of(permission::USERS_READ), RightState::Granted);
        assert_eq!(of(permission::ORGANIZATION_READ), RightState::Missing);
        assert_eq!(of(permission::PRESENCE_WRITE), RightState::GrantedNotNeeded);
        assert_eq!(of(permission::PRESENCE_READ), RightState::NotRequested);
        assert_eq!(of(permission::PRESENCE_READ_DELEGATED), RightState::Missing);
        assert_eq!(summed(&rights), RightsState::Partly);
        // The six of the requirement are known, and those that nothing uses are not asked for.
        for calls in [
            permission::CALLS_ACCESS_MEDIA,
            permission::CALLS_INITIATE,
            permission::CALLS_INITIATE_GROUP,
            permission::CALLS_JOIN_GROUP,
            permission::CALLS_JOIN_GROUP_AS_GUEST,
        ] {
            assert_eq!(of(calls), RightState::NotRequested, "{}", calls.name);
        }
    }

    #[test]
    fn what_may_not_be_read_is_unknown_and_no_loss() {
        let account = account(&[Feature::Directory, Feature::PresencePush], HIDDEN);
        let opaque = Granted {
            delegated: None,
            ..granted(&["User.Read.All", "Organization.Read.All"], &[])
        };
        let rights = compared(&account, &opaque);
        assert_eq!(
            state(&rights, permission::OFFLINE_ACCESS),
            RightState::Unknown
        );
        assert_eq!(summed(&rights), RightsState::Granted);
        let nothing = compared(&account, &Granted::default());
        assert_eq!(summed(&nothing), RightsState::Unknown);
    }
}
