//! Sessions that Entra vouches for are asked about again when its word is no longer fresh: before the first
//! request that comes after that, so that nothing is served on an old word. A no ends the session.

use super::account::{admit, confirm};
use super::refusal::Refused;
use super::{Microsoft, Vouched};
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use secrecy::SecretString;
use std::time::Duration;
use tandem_core::input::Input;
use tandem_core::time::Timestamp;
use tandem_store::{Accounts, Renewal, SealedFor, Session, SignIns, TokenHash, UnixMicros};
use tokio::sync::{Mutex, MutexGuard};

/// Sessions that may be renewed at the same time; those of one token never are.
const TURNS: usize = 64;
/// While Entra does not answer it is asked again after so long ...
const AGAIN: Duration = Duration::from_secs(60);
/// ... and its last word holds so many times as long as it would have.
const PATIENCE: i64 = 2;

/// One renewal of a token at a time.
pub(super) struct Turns([Mutex<()>; TURNS]);

impl Default for Turns {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::new(())))
    }
}

impl Turns {
    async fn of(&self, token: TokenHash) -> MutexGuard<'_, ()> {
        let n = tandem_store::SessionId::of(token).0 % u64::try_from(TURNS).unwrap_or(1);
        let turn = self.0.get(usize::try_from(n).unwrap_or(0));
        turn.unwrap_or(&self.0[0]).lock().await
    }
}

/// The session, if Entra still vouches for whoever has it.
///
/// # Errors
/// 401 when it does not any more.
pub(crate) async fn still_vouched(
    app: &App,
    center: &Center,
    token: TokenHash,
    session: Session,
) -> Result<Session, Problem> {
    let now = app.clock.now();
    if is_fresh(&session, now) {
        return Ok(session);
    }
    let Some(microsoft) = &center.microsoft else {
        let why = "sign-in with Microsoft was switched off";
        return Err(ended(app, center, token, why).await);
    };
    let _turn = microsoft.turns.of(token).await;
    // Whoever was before may have asked already.
    let session = super::super::admitted::open_session(app, center, token, now).await?;
    let Some(renewal) = session.renewal.clone().filter(|_| !is_fresh(&session, now)) else {
        return Ok(session);
    };
    match renewed(app, center, microsoft, &session, &renewal, now).await {
        Ok(vouched) => {
            let confirmed = confirm(app, center, microsoft, token, &vouched, now).await;
            confirmed.map_err(|_refused| Problem::unavailable("the store does not answer"))?;
            super::super::admitted::open_session(app, center, token, now).await
        }
        Err(Refused::Unreachable(detail)) if is_patient(microsoft, &renewal, now) => {
            tracing::warn!(center = %center.id(), detail, "a session could not be renewed yet");
            let later = now.plus_micros(micros(AGAIN));
            let due = UnixMicros(later.as_micros());
            app.store
                .confirm_session(token, Renewal { due, ..renewal })
                .await?;
            Ok(session)
        }
        Err(Refused::Store) => Err(Problem::unavailable("the store does not answer")),
        Err(refused) => {
            if refused.is_denial() {
                denied(center, &session).await;
            }
            Err(ended(app, center, token, refused.word()).await)
        }
    }
}

fn is_fresh(session: &Session, now: Timestamp) -> bool {
    let renewal = session.renewal.as_ref();
    renewal.is_none_or(|renewal| now.as_micros() < renewal.due.0)
}

fn is_patient(microsoft: &Microsoft, renewal: &Renewal, now: Timestamp) -> bool {
    let held = micros(microsoft.confirmed_for()).saturating_mul(PATIENCE);
    now.as_micros() < renewal.confirmed.0.saturating_add(held)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Asks Entra, and brings the account up to what it says.
async fn renewed(
    app: &App,
    center: &Center,
    microsoft: &Microsoft,
    session: &Session,
    renewal: &Renewal,
    now: Timestamp,
) -> Result<Vouched, Refused> {
    let opened = center
        .keys
        .open_text(center.id(), SealedFor::Renewal, &renewal.sealed);
    let refresh = opened.filter(|it| !it.is_empty());
    let refresh = refresh.ok_or(Refused::Forged("the session cannot be renewed"))?;
    let vouched = microsoft
        .ask_again(&SecretString::from(refresh), now)
        .await?;
    if session.account.person.as_ref() != Some(&vouched.person) {
        return Err(Refused::Forged("the answer is about somebody else"));
    }
    admit(app, center, &vouched, now).await?;
    Ok(vouched)
}

async fn denied(center: &Center, session: &Session) {
    let denied = Input::TurnedAway {
        actor: Some(crate::sign_in::actor_of(&session.account)),
        action: "go on after Microsoft was asked again".to_owned(),
    };
    if let Err(error) = center.engine.submit(denied).await {
        tracing::warn!(center = %center.id(), %error, "a denial could not be recorded");
    }
}

async fn ended(app: &App, center: &Center, token: TokenHash, why: &str) -> Problem {
    tracing::info!(center = %center.id(), why, "a session was not renewed");
    metrics::counter!("tandem_sessions_ended_by_entra_total").increment(1);
    if let Err(error) = app.store.revoke_session(token).await {
        tracing::warn!(center = %center.id(), %error, "an ended session is left in the store");
        return Problem::unavailable("the store does not answer");
    }
    Problem::unauthorized("Microsoft no longer confirms your sign-in; sign in again")
}
