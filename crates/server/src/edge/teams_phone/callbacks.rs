//! Callbacks of Call Automation come in here: authenticated by their token (acs-call-automation 4.3),
//! parsed, and acknowledged once what followed is durable.

use super::keys::Rejected;
use super::{Edges, TeamsPhone, translate};
use crate::health::Went;
use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use std::time::{SystemTime, UNIX_EPOCH};
use tandem_core::contact::State as Stage;
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::input::{CallFact, Collected, Input};
use tandem_core::turn::Reply;
use tandem_microsoft::acs::event::{self, Callback, ParseError};
use tandem_microsoft::entra::jwt::{Expected, bearer};

/// Tolerated difference between the clocks, s.
pub(super) const CLOCK_LEEWAY_S: u64 = 60;

/// `POST /api/callbacks/{center}/{contact}` (B-166). Word that is late, repeated, of an unknown type
/// or of an unknown call is acknowledged, counted, and changes nothing.
pub(super) async fn receive(
    State(edges): State<Edges>,
    Path((center, contact)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let edge = edges
        .get(&center)
        .ok_or_else(|| Problem::not_found("there is no such path"))?;
    authenticate(edge, &headers).await?;
    edge.signals.callback(Went::Well);
    let body = body.map_err(|rejection| Problem::from_body(&rejection))?;
    let callbacks = event::parse(&body).map_err(|error| parse_problem(&error))?;
    let contact = contact.parse().map(ContactId);
    for callback in &callbacks {
        let result = match &contact {
            Ok(contact) => take(edge, *contact, callback).await?,
            Err(_) => "unknown_call",
        };
        metrics::counter!("tandem_callbacks_total", "result" => result).increment(1);
    }
    Ok(StatusCode::OK)
}

async fn authenticate(edge: &TeamsPhone, headers: &HeaderMap) -> Result<(), Problem> {
    let header = headers.get(axum::http::header::AUTHORIZATION);
    let authorization = header.and_then(|value| value.to_str().ok());
    let token = bearer(authorization).map_err(|error| unauthorized(&error.into()))?;
    let expected = Expected {
        issuers: &[&edge.settings.callback_issuer],
        audiences: &[&edge.settings.resource_id],
        now_s: now_s(),
        leeway_s: CLOCK_LEEWAY_S,
    };
    match edge.callback_keys.verify(token, &expected).await {
        Ok(_) => Ok(()),
        Err(rejected) => {
            if matches!(rejected, Rejected::Token(_)) {
                edge.signals.callback(Went::Badly);
            }
            Err(unauthorized(&rejected))
        }
    }
}

/// 401 for a token that is not acceptable, 503 while none can be judged: then the sender tries again.
pub(super) fn unauthorized(rejected: &Rejected) -> Problem {
    metrics::counter!("tandem_webhooks_refused_total").increment(1);
    match rejected {
        Rejected::Token(error) => Problem::unauthorized(&error.to_string()),
        Rejected::Keys(error) => {
            tracing::warn!(%error, "tokens cannot be judged");
            Problem::unavailable("the signing keys cannot be fetched at the moment")
        }
    }
}

fn parse_problem(error: &ParseError) -> Problem {
    match error {
        ParseError::TooLong { .. } | ParseError::TooMany { .. } => {
            Problem::too_large(&error.to_string())
        }
        ParseError::Json(_) => Problem::bad_request(&error.to_string()),
    }
}

async fn take(
    edge: &TeamsPhone,
    contact: ContactId,
    callback: &Callback,
) -> Result<&'static str, Problem> {
    if let Some((effect, digits)) = translate::masked_digits(callback) {
        return if is_of_this_call(edge, contact, callback) {
            take_masked(edge, contact, effect, &digits).await
        } else {
            Ok("unknown_call")
        };
    }
    let fact = edge.telling_phones_apart(contact, |phones| translate::fact(callback, phones));
    let Some(fact) = fact else {
        let is_unknown = matches!(callback.event, event::Event::Unknown { .. });
        return Ok(if is_unknown {
            "unknown_type"
        } else {
            "nothing_follows"
        });
    };
    if !is_of_this_call(edge, contact, callback) {
        return Ok("unknown_call");
    }
    if let (CallFact::Roster { .. }, Some(leg)) = (&fact, &callback.call_connection_id)
        && is_not_up(edge, contact)
    {
        // Only a call that came up has a roster: word of that was lost, or is late.
        let fact = CallFact::LegUp { leg: leg.clone() };
        submit(edge, contact, fact).await?;
    }
    if let Some(correlation) = callback.correlation_id.clone()
        && has_no_name(edge, contact)
    {
        submit(edge, contact, CallFact::Correlated { correlation }).await?;
    }
    match submit(edge, contact, fact).await? {
        Reply::Ignored => Ok("ignored"),
        Reply::Done
        | Reply::Arrived(_)
        | Reply::ArrivedBefore(_)
        | Reply::Dialed(_)
        | Reply::Petitioned
        | Reply::Booked(_)
        | Reply::Saved { .. }
        | Reply::Learned
        | Reply::Reconciling { .. }
        | Reply::Refused(_) => Ok("taken"),
    }
}

/// Digits that nobody is to know are among the personal data before anything else hears of them. Where they
/// come late, or twice, they are gone again.
async fn take_masked(
    edge: &TeamsPhone,
    contact: ContactId,
    effect: EffectId,
    digits: &str,
) -> Result<&'static str, Problem> {
    let center = edge.engine.center();
    let unavailable = |error: &dyn std::fmt::Display| {
        tracing::error!(%center, %error, "masked digits cannot be kept");
        Problem::unavailable("personal data cannot be kept at the moment")
    };
    let subject = edge.subjects.draw(center).await;
    let subject = subject.map_err(|error| unavailable(&error))?;
    let sealed = edge.keys.seal(center, subject, digits.as_bytes());
    let sealed = sealed.map_err(|error| unavailable(&error))?;
    let result = Collected::Masked(subject);
    let fact = CallFact::Collected { effect, result };
    let input = Input::Call { contact, fact };
    let committed = edge.engine.submit_with(input, vec![sealed]).await;
    let committed = committed.map_err(|error| Problem::unavailable(&error.to_string()))?;
    if committed.reply == Reply::Ignored {
        let erased = edge.subjects.erase(center, subject).await;
        erased.map_err(|error| unavailable(&error))?;
        return Ok("ignored");
    }
    Ok("taken")
}

async fn submit(edge: &TeamsPhone, contact: ContactId, fact: CallFact) -> Result<Reply, Problem> {
    let committed = edge.engine.submit(Input::Call { contact, fact }).await;
    let committed = committed.map_err(|error| Problem::unavailable(&error.to_string()))?;
    Ok(committed.reply)
}

/// Whether nobody said yet that the contact's call came up. What is visible may be a moment behind;
/// then it is said twice, which changes nothing.
fn is_not_up(edge: &TeamsPhone, contact: ContactId) -> bool {
    edge.engine.view().read(|projection| {
        let contact = projection.center.state().contacts.get(contact);
        contact.is_some_and(|contact| {
            let is_coming = matches!(contact.state, Stage::Created | Stage::Dialing(..))
                || contact.rings_early();
            is_coming && !contact.call.is_up
        })
    })
}

/// Whether it is not known yet what the service calls the contact's call: it is one that we began.
fn has_no_name(edge: &TeamsPhone, contact: ContactId) -> bool {
    edge.engine.view().read(|projection| {
        let contact = projection.center.state().contacts.get(contact);
        contact.is_some_and(|it| it.correlation.is_empty())
    })
}

/// Whether the callback speaks of the call that the contact has. A contact number of an earlier
/// installation must not touch a contact of this one.
fn is_of_this_call(edge: &TeamsPhone, contact: ContactId, callback: &Callback) -> bool {
    let leg = edge.engine.view().read(|projection| {
        let contact = projection.center.state().contacts.get(contact)?;
        contact.call.leg.clone()
    });
    // The recorder has a connection of its own; the recording is named, and that is looked at.
    let is_recorder = matches!(
        callback.event,
        event::Event::RecordingStateChanged { .. } | event::Event::StartRecordingFailed { .. }
    );
    match (leg, &callback.call_connection_id) {
        (Some(_), Some(_)) if is_recorder => true,
        (Some(leg), Some(named)) => leg == *named,
        (None, _) | (Some(_), None) => true,
    }
}

pub(crate) fn now_s() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
