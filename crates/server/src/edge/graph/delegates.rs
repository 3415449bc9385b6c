//! People who sign in to Teams for the contact center (B-205, B-206): Microsoft tells of presence by itself to a person
//! alone. What a sign-in leaves is kept sealed; here is how each stands, and a token in the name of the first who works.

pub(crate) mod login;
mod problem;
mod renewing;

pub(crate) use problem::LoginProblem;
pub(super) use renewing::{Silent, Voice, forget_voice, keep_alive, voice};

use super::account::Feature;
use super::link::{Applied, Link};
use login::Visits;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tandem_core::ids::AccountId;
use tandem_core::time::Timestamp;
use tandem_store::{SealedFor, TeamsAccounts};

/// A refresh token that nobody uses ends after so long (microsoft-graph.md 1.4).
const LIFE_S: u32 = 90 * 24 * 3_600;
/// People are told so long before (B-205, B-206).
const DUE_S: u32 = 14 * 24 * 3_600;

/// What there is in memory about the people who sign in for one contact center.
#[derive(Default)]
pub(crate) struct Delegation {
    visits: Visits,
    /// What was wrong with the last sign-in of each that came to nothing, until one does not.
    refused: Mutex<BTreeMap<AccountId, LoginProblem>>,
    /// Tokens of people; whoever asks for one waits for whoever is being asked.
    voices: tokio::sync::Mutex<BTreeMap<AccountId, renewing::Spoken>>,
}

/// What a sign-in left, as it is sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SignIn {
    /// Who it is at Microsoft's, by object id, lower case.
    object: String,
    /// Of whose application the refresh token is.
    tenant: String,
    client_id: String,
    refresh: String,
    /// When Microsoft took it last.
    used: Timestamp,
    /// Why it is over.
    ended: Option<Ended>,
}

/// Why a sign-in is over, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ended {
    pub(crate) at: Timestamp,
    pub(crate) problem: LoginProblem,
}

/// How somebody's sign-in stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// There is none.
    Never,
    Ended(Ended),
    /// It works, and ends then if nobody uses it.
    Works {
        until: Timestamp,
    },
}

impl Login {
    /// Whether somebody is to be told by now.
    pub(crate) fn is_due(self, now: Timestamp) -> bool {
        match self {
            Self::Never | Self::Ended(_) => true,
            Self::Works { until } => until <= now.plus_seconds(DUE_S),
        }
    }

    pub(crate) const fn is_needed(self) -> bool {
        match self {
            Self::Never | Self::Ended(_) => true,
            Self::Works { .. } => false,
        }
    }
}

impl SignIn {
    fn login(&self, now: Timestamp) -> Login {
        let until = self.used.plus_seconds(LIFE_S);
        match self.ended {
            Some(ended) => Login::Ended(ended),
            None if until <= now => Login::Ended(Ended {
                at: until,
                problem: LoginProblem::Expired,
            }),
            None => Login::Works { until },
        }
    }
}

/// How one of those who were chosen stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delegate {
    pub(crate) account: AccountId,
    pub(crate) duty: Duty,
    pub(crate) login: Login,
}

/// What somebody was chosen as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamsDuty)]
pub(crate) enum Duty {
    Owner,
    Backup,
}

/// Whether anything that is on needs a person's sign-in.
pub(crate) fn is_needed(applied: &Applied) -> bool {
    applied.account.has(Feature::PresencePush)
}

/// Those who were chosen, in the order in which they count.
pub(crate) async fn all(
    link: &Link,
    applied: &Applied,
) -> Result<Vec<Delegate>, tandem_store::Error> {
    let sign_ins = sign_ins(link, applied).await?;
    let now = link.clock.now();
    let chosen = applied.account.delegates;
    let duties = [(chosen.owner, Duty::Owner), (chosen.backup, Duty::Backup)];
    let duties = duties.into_iter();
    let chosen = duties.filter_map(|(account, duty)| Some((account?, duty)));
    let all = chosen.map(|(account, duty)| Delegate {
        account,
        duty,
        login: sign_ins
            .get(&account)
            .map_or(Login::Never, |it| it.login(now)),
    });
    Ok(all.collect())
}

/// One of them.
pub(crate) async fn of(
    link: &Link,
    applied: &Applied,
    account: AccountId,
) -> Result<Option<Delegate>, tandem_store::Error> {
    if !applied.account.delegates.in_order().any(|it| it == account) {
        return Ok(None);
    }
    let all = all(link, applied).await?;
    Ok(all.into_iter().find(|it| it.account == account))
}

/// Forgets sign-ins of whoever is not chosen any more.
pub(crate) async fn forget_others(
    link: &Link,
    applied: &Applied,
) -> Result<(), tandem_store::Error> {
    let _turn = link.delegation.voices.lock().await;
    let chosen = applied.account.delegates;
    for account in link.store.teams_sign_ins(&link.center).await?.into_keys() {
        if !chosen.in_order().any(|it| it == account) {
            link.store
                .forget_teams_sign_in(&link.center, account)
                .await?;
        }
    }
    Ok(())
}

/// What sign-ins left. One for another application is worth nothing for this one, and one that cannot be opened is none.
async fn sign_ins(
    link: &Link,
    applied: &Applied,
) -> Result<BTreeMap<AccountId, SignIn>, tandem_store::Error> {
    let sealed = link.store.teams_sign_ins(&link.center).await?;
    let account = &applied.account;
    let opened = sealed.into_iter().filter_map(|(of, sealed)| {
        let text = link
            .keys
            .open_text(&link.center, SealedFor::TeamsSignIn, &sealed)?;
        let sign_in: SignIn = serde_json::from_str(&text).ok()?;
        let is_its = account.tenant_id.as_ref() == Some(&sign_in.tenant)
            && account.client_id.as_ref() == Some(&sign_in.client_id);
        is_its.then_some((of, sign_in))
    });
    Ok(opened.collect())
}

/// It could not be kept: what was kept before still counts.
#[derive(Debug)]
struct NotKept;

async fn keep(link: &Link, account: AccountId, sign_in: &SignIn) -> Result<(), NotKept> {
    let text = serde_json::to_string(sign_in).expect("it has string keys only");
    let said = |error: &dyn std::fmt::Display| {
        tracing::error!(center = %link.center, %error, "a sign-in to Teams could not be kept");
        NotKept
    };
    let sealed = link
        .keys
        .seal_text(&link.center, SealedFor::TeamsSignIn, &text);
    let sealed = sealed.map_err(|error| said(&error))?;
    let kept = link.store.keep_teams_sign_in(&link.center, account, sealed);
    kept.await.map_err(|error| said(&error))
}

impl Delegation {
    /// Why somebody's last sign-in came to nothing.
    pub(crate) fn refused(&self, account: AccountId) -> Option<LoginProblem> {
        self.all_refused().get(&account).copied()
    }

    fn all_refused(&self) -> std::sync::MutexGuard<'_, BTreeMap<AccountId, LoginProblem>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_S: u32 = 24 * 3_600;

    // B-205, B-206
    #[test]
    fn sign_in_lasts_ninety_days_after_it_was_used_and_is_due_fourteen_days_before() {
        let used = Timestamp::from_micros(1_000_000);
        let sign_in = SignIn {
            object: "o".to_owned(),
            tenant: "t".to_owned(),
            client_id: "c".to_owned(),
            refresh: "r".to_owned(),
            used,
            ended: None,
        };
        let after = |days: u32| used.plus_seconds(days * DAY_S);
        let at = |days| sign_in.login(after(days));
        assert!(!at(75).is_due(after(75)) && !at(75).is_needed());
        assert!(at(76).is_due(after(76)) && !at(76).is_needed());
        let ended = Ended {
            at: after(90),
            problem: LoginProblem::Expired,
        };
        assert_eq!(at(90), Login::Ended(ended));
        assert!(at(90).is_needed());
    }
}
