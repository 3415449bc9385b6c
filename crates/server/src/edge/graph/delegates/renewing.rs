//! Tokens in the name of the people who signed in. A new refresh token is stored before the old one is let go; one that
//! Microsoft refuses ends the sign-in of its person, and the next person speaks.

use super::problem::{LoginProblem, is_over};
use super::{Ended, Login, SignIn, keep, sign_ins};
use crate::edge::graph::link::{Applied, Link};
use crate::edge::graph::token::Grant;
use crate::edge::graph::trouble::Trouble;
use crate::edge::graph::watch::sender;
use secrecy::SecretString;
use std::collections::BTreeMap;
use tandem_core::ids::AccountId;
use tandem_core::time::Timestamp;
use tandem_microsoft::entra::sign_in::PersonTokens;

/// A token is renewed so long before it ends.
const MARGIN_S: u32 = 300;
/// A sign-in that nothing else uses is renewed so often: a back-up that has ended is none, and is found out at once.
const KEEP_ALIVE_S: u32 = 24 * 3_600;

/// A token that is kept until shortly before it ends.
pub(super) struct Spoken {
    token: SecretString,
    until: Timestamp,
    /// Of which version of the account it is.
    version: u64,
}

/// A token in the name of somebody.
pub(in super::super) struct Voice {
    pub(in super::super) account: AccountId,
    pub(in super::super) token: SecretString,
}

/// Why nobody speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Silent {
    /// Nobody signed in, or what they signed in for has ended.
    NobodySignedIn,
    /// It may work in a while.
    Trouble(Trouble),
}

/// A token in the name of the first who works: the owner, or else the back-up.
pub(in super::super) async fn voice(link: &Link, applied: &Applied) -> Result<Voice, Silent> {
    let mut spoken = link.delegation.voices.lock().await;
    let now = link.clock.now();
    let mut sign_ins = { sign_ins(link, applied).await }.map_err(|error| {
        tracing::warn!(center = %link.center, %error, "sign-ins to Teams were not read");
        Silent::Trouble(Trouble::Unexpected)
    })?;
    for account in applied.account.delegates.in_order() {
        let Some(sign_in) = sign_ins.remove(&account) else {
            continue;
        };
        if sign_in.ended.is_some() {
            continue;
        }
        let kept = spoken.get(&account);
        let is_good = |it: &&Spoken| now < it.until && it.version == applied.version;
        if let Some(kept) = kept.filter(is_good) {
            let token = kept.token.clone();
            return Ok(Voice { account, token });
        }
        match renewed(link, applied, &mut spoken, (account, sign_in)).await {
            Ok(token) => return Ok(Voice { account, token }),
            Err(trouble) if is_over(&trouble) => {}
            Err(trouble) => return Err(Silent::Trouble(trouble)),
        }
    }
    Err(Silent::NobodySignedIn)
}

/// The token of somebody was refused: the next one is fetched.
pub(in super::super) async fn forget_voice(link: &Link, account: AccountId) {
    link.delegation.voices.lock().await.remove(&account);
}

/// Renews those that nothing has used for a day.
pub(in super::super) async fn keep_alive(link: &Link, applied: &Applied) {
    if !super::is_needed(applied) {
        return;
    }
    let mut spoken = link.delegation.voices.lock().await;
    let now = link.clock.now();
    let Ok(sign_ins) = sign_ins(link, applied).await else {
        // It is looked at again with the connection.
        return;
    };
    let chosen = applied.account.delegates;
    for (account, sign_in) in sign_ins {
        let is_chosen = chosen.in_order().any(|it| it == account);
        let is_old = sign_in.used.plus_seconds(KEEP_ALIVE_S) <= now;
        if is_chosen && is_old && sign_in.ended.is_none() {
            // What came of it is kept with the sign-in.
            renewed(link, applied, &mut spoken, (account, sign_in))
                .await
                .ok();
        }
    }
}

/// Asks Microsoft with somebody's refresh token, and keeps what it says.
async fn renewed(
    link: &Link,
    applied: &Applied,
    spoken: &mut BTreeMap<AccountId, Spoken>,
    (account, sign_in): (AccountId, SignIn),
) -> Result<SecretString, Trouble> {
    let now = link.clock.now();
    let client = sender(applied)?;
    let grant = Grant::Refresh(&sign_in.refresh);
    let applicant = &client.tokens.applicant;
    let tokens = match applicant.ask_for_person(client.http(), grant, now).await {
        Ok(tokens) => tokens,
        Err(trouble) => {
            if is_over(&trouble) {
                spoken.remove(&account);
                end(link, account, sign_in, &trouble, now).await;
            }
            return Err(trouble);
        }
    };
    let kept = SignIn {
        refresh: tokens.refresh_token.clone().unwrap_or(sign_in.refresh),
        used: now,
        ..sign_in
    };
    // The old one is good for as long as the new one is not kept.
    { keep(link, account, &kept).await }.map_err(|_not_kept| Trouble::Unexpected)?;
    Ok(remember(spoken, account, &tokens, now, applied.version))
}

/// From now on this is the token of somebody.
pub(super) fn remember(
    spoken: &mut BTreeMap<AccountId, Spoken>,
    account: AccountId,
    tokens: &PersonTokens,
    now: Timestamp,
    version: u64,
) -> SecretString {
    let token = SecretString::from(tokens.access_token.clone());
    let life_s = u32::try_from(tokens.expires_in).unwrap_or(u32::MAX);
    let good_s = life_s.saturating_sub(MARGIN_S).max(life_s / 2);
    let kept = Spoken {
        token: token.clone(),
        until: now.plus_seconds(good_s),
        version,
    };
    spoken.insert(account, kept);
    token
}

async fn end(link: &Link, account: AccountId, sign_in: SignIn, why: &Trouble, now: Timestamp) {
    let problem = LoginProblem::of_trouble(why);
    let code = why.code();
    let at = match sign_in.login(now) {
        Login::Ended(ended) => ended.at,
        Login::Never | Login::Works { .. } => now,
    };
    tracing::warn!(center = %link.center, account = account.0, ?problem, code, "a sign-in to Teams is over");
    metrics::counter!("tandem_teams_sign_ins_ended_total").increment(1);
    let ended = SignIn {
        ended: Some(Ended { at, problem }),
        ..sign_in
    };
    // What was not kept is found out again with the next request.
    keep(link, account, &ended).await.ok();
}
