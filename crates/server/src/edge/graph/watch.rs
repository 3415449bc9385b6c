//! Looks now and then whether the tenant still lets the account in, and when its secret expires: after every change,
//! every five minutes, and the expiry once a day. It asks once each time, so that an application that was let go is
//! not asked about without end (B-041).

use super::account::{Feature, Proof};
use super::client::{Client, Patience};
use super::delegates;
use super::expiry::{self, Found};
use super::findings::{Connection, ConnectionState, ExpiryFound, Findings};
use super::link::{Applied, Link};
use super::trouble::Trouble;
use crate::center::Center;
use std::sync::Arc;
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::application::{self, Application, Registration};
use tokio_util::sync::CancellationToken;

/// Between two looks.
const LOOK_S: u32 = 300;
/// Between two looks where an administrator has just consented: the tenant may take a minute to know of it
/// (microsoft-graph.md 1.5).
const LOOK_AFTER_CONSENT_S: u32 = 10;
/// For so long after consent.
const CONSENT_SETTLES_S: u32 = 60;
/// The expiry is read so often (B-069).
const EXPIRY_S: u32 = 24 * 3_600;
/// When the store does not answer.
const STORE_S: u32 = 5;

/// Looks until told to stop.
pub(crate) async fn keep(center: Arc<Center>, stop: CancellationToken) {
    let link = &center.teams;
    let mut changed = link.changed.subscribe();
    loop {
        changed.borrow_and_update();
        let began = link.clock.now();
        let pause_s = tokio::select! {
            () = stop.cancelled() => return,
            pause_s = look_at_any(link) => pause_s,
        };
        let until = began.plus_seconds(pause_s);
        tokio::select! {
            () = stop.cancelled() => return,
            _ = changed.changed() => {}
            () = link.clock.until(until) => {}
        }
    }
}

/// Looks at the account, if there is one; answers when to look again.
async fn look_at_any(link: &Link) -> u32 {
    match link.applied().await {
        Ok(None) => LOOK_S,
        Ok(Some(applied)) => look(link, &applied).await,
        Err(error) => {
            tracing::warn!(center = %link.center, %error, "the Teams account was not read");
            STORE_S
        }
    }
}

/// Looks at the connection, and at the expiry when that is due; answers when to look again.
async fn look(link: &Link, applied: &Applied) -> u32 {
    let now = link.clock.now();
    let found = connection(applied, now).await;
    let is_connected = found.is_ok();
    note_connection(link, applied, found, now).await;
    let findings = applied.findings.lock().await.clone();
    if is_connected && expiry_is_due(applied, &findings, now) {
        read_expiry(link, applied, now).await;
    }
    let settles = |consent: &super::findings::Consent| {
        let answered = consent.answered?;
        Some(now < answered.plus_seconds(CONSENT_SETTLES_S))
    };
    delegates::keep_alive(link, applied).await;
    match findings.consent.as_ref().and_then(settles) {
        Some(true) => LOOK_AFTER_CONSENT_S,
        Some(false) | None => LOOK_S,
    }
}

/// Whether Entra gives a token now: a kept one says nothing of that.
async fn connection(applied: &Applied, now: Timestamp) -> Result<(), Trouble> {
    let client = applied.client.as_ref().map_err(Clone::clone)?;
    client.tokens.fresh(client.http(), now).await.map(drop)
}

async fn note_connection(
    link: &Link,
    applied: &Applied,
    found: Result<(), Trouble>,
    now: Timestamp,
) {
    let (state, trouble) = match found {
        Ok(()) => (ConnectionState::Connected, None),
        Err(trouble) => (state_of(&trouble), Some(trouble)),
    };
    let said = |findings: &mut Findings| {
        let code = trouble.as_ref().and_then(Trouble::code);
        let before = findings.connection.take();
        let same = before.filter(|it| it.state == state && it.code == code);
        if same.is_none() {
            tracing::info!(center = %link.center, ?state, code, "the Teams account's connection");
        }
        findings.connection = Some(Connection {
            checked: now,
            since: same.map_or(now, |it| it.since),
            state,
            problem: trouble.as_ref().map(Trouble::message),
            code,
        });
    };
    link.note(applied, said).await;
}

fn state_of(trouble: &Trouble) -> ConnectionState {
    match trouble {
        Trouble::Incomplete | Trouble::Unreadable => ConnectionState::Incomplete,
        Trouble::Token { .. } if trouble.is_revocation() => ConnectionState::Revoked,
        Trouble::Token { .. } | Trouble::Graph { .. } => ConnectionState::Refused,
        Trouble::Throttled { .. } | Trouble::Unreachable { .. } | Trouble::Unexpected => {
            ConnectionState::Unreachable
        }
    }
}

fn expiry_is_due(applied: &Applied, findings: &Findings, now: Timestamp) -> bool {
    let is_secret = matches!(applied.account.proof, Some(Proof::Secret { .. }));
    let is_old = |found: &ExpiryFound| found.read.plus_seconds(EXPIRY_S) <= now;
    let is_wanted = applied.account.has(Feature::SecretExpiry);
    is_secret && is_wanted && findings.expiry.as_ref().is_none_or(is_old)
}

async fn read_expiry(link: &Link, applied: &Applied, now: Timestamp) {
    match registration(applied, Patience::Some, now).await {
        Ok((_, found)) => {
            let ends = match found {
                Found::Certain(at) | Found::Uncertain(at) => Some(at),
                Found::NotListed => None,
            };
            let expiry = ExpiryFound {
                read: now,
                ends,
                is_uncertain: matches!(found, Found::Uncertain(_)),
            };
            link.note(applied, |findings| findings.expiry = Some(expiry))
                .await;
        }
        Err(trouble) => {
            let why = trouble.message();
            tracing::debug!(center = %link.center, why, "when the secret expires was not read");
            // Without the permission it is unknown (microsoft-graph.md 1.7), and stays what it was in passing.
            if matches!(trouble, Trouble::Graph { .. }) {
                link.note(applied, |findings| findings.expiry = None).await;
            }
        }
    }
}

/// The registration of the application, and what it says of the secret.
pub(super) async fn registration(
    applied: &Applied,
    patience: Patience,
    now: Timestamp,
) -> Result<(Application, Found), Trouble> {
    let account = &applied.account;
    let client_id = account.client_id.as_deref().unwrap_or_default();
    let registration = match &account.object_id {
        Some(object) => Registration::Object(object),
        None => Registration::Client(client_id),
    };
    let request = application::read(registration);
    let read: Application = applied.ask(&request, patience, now).await?;
    let hint = match &account.proof {
        Some(Proof::Secret { hint, .. }) => hint.as_str(),
        Some(Proof::Certificate { .. }) | None => "",
    };
    let found = expiry::of_secret(hint, &read.password_credentials, now);
    Ok((read, found))
}

/// Who sends, if anybody can.
pub(super) fn sender(applied: &Applied) -> Result<&Client, Trouble> {
    applied.client.as_ref().map_err(Clone::clone)
}
