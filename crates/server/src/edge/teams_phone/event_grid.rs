//! Deliveries of Event Grid come in here: the handshake (B-165), and calls that want to be answered
//! (B-167 to B-170, B-172).

use super::callbacks::{CLOCK_LEEWAY_S, now_s, unauthorized};
use super::settings::EventGridAuthentication;
use super::{Edges, TeamsPhone};
use crate::arrival::ArrivalDetail;
use crate::health::Went;
use crate::phone::{self, PhoneNumber};
use crate::problem::Problem;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use std::collections::BTreeMap;
use tandem_core::contact::Caller;
use tandem_core::input::{Arrival, Input};
use tandem_core::turn::Reply;
use tandem_microsoft::acs::identifier::resource_account_oid;
use tandem_microsoft::entra::jwt::{Expected, bearer};
use tandem_microsoft::event_grid::{
    self, DELIVERY_APP_ID, IncomingCall, ParseError, Payload, RecordingFile, validation_response,
};

/// `POST /api/event-grid/{center}`.
pub(super) async fn deliver(
    State(edges): State<Edges>,
    Path(center): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let edge = edges
        .get(&center)
        .ok_or_else(|| Problem::not_found("there is no such path"))?;
    let admitted = authenticate(edge, &headers).await;
    match &admitted {
        Ok(()) => edge.signals.webhook(Went::Well),
        // A sender that cannot be judged now was not refused.
        Err(problem) if problem.code == "unavailable" => {}
        Err(_) => edge.signals.webhook(Went::Badly),
    }
    admitted?;
    let body = body.map_err(|rejection| Problem::from_body(&rejection))?;
    let notifications = event_grid::parse(&body).map_err(|error| parse_problem(&error))?;
    for notification in notifications {
        let result = match notification.payload {
            Payload::SubscriptionValidation {
                validation_code, ..
            } => {
                let json = [(header::CONTENT_TYPE, "application/json")];
                return Ok((json, validation_response(&validation_code)).into_response());
            }
            Payload::IncomingCall(call) => arrive(edge, *call).await?,
            Payload::RecordingFile(file) => file_is_there(edge, file).await?,
            Payload::Unknown { .. } => "unknown_type",
        };
        metrics::counter!("tandem_event_grid_events_total", "result" => result).increment(1);
    }
    Ok(StatusCode::OK.into_response())
}

async fn authenticate(edge: &TeamsPhone, headers: &HeaderMap) -> Result<(), Problem> {
    match &edge.settings.event_grid {
        EventGridAuthentication::SecretHeader { name, value } => {
            let given = headers
                .get(name.as_str())
                .map(axum::http::HeaderValue::as_bytes);
            let wanted = value.expose_secret().as_bytes();
            if given.is_some_and(|given| verify_slices_are_equal(given, wanted).is_ok()) {
                return Ok(());
            }
            metrics::counter!("tandem_webhooks_refused_total").increment(1);
            Err(Problem::unauthorized(
                "the delivery does not carry the secret of the subscription",
            ))
        }
        EventGridAuthentication::Entra {
            audience, issuer, ..
        } => {
            let keys = edge.event_grid_keys.as_ref();
            let keys = keys.ok_or_else(|| Problem::unavailable("there are no keys"))?;
            let value = headers
                .get(header::AUTHORIZATION)
                .and_then(|value| value.to_str().ok());
            let token = bearer(value).map_err(|error| unauthorized(&error.into()))?;
            let expected = Expected {
                issuers: &[issuer],
                audiences: &[audience],
                now_s: now_s(),
                leeway_s: CLOCK_LEEWAY_S,
            };
            let claims = keys
                .verify(token, &expected)
                .await
                .map_err(|rejected| unauthorized(&rejected))?;
            // Any application of the tenant could get a token for this audience; Event Grid's own it
            // must be.
            if claims.application() == Some(DELIVERY_APP_ID) {
                return Ok(());
            }
            metrics::counter!("tandem_webhooks_refused_total").increment(1);
            Err(Problem::forbidden("the token was not given to Event Grid"))
        }
    }
}

fn parse_problem(error: &ParseError) -> Problem {
    match error {
        ParseError::TooLong { .. } | ParseError::TooMany { .. } => {
            Problem::too_large(&error.to_string())
        }
        ParseError::Json(_) | ParseError::Data { .. } | ParseError::ContextTooLong { .. } => {
            Problem::bad_request(&error.to_string())
        }
    }
}

/// Takes a call that wants to be answered; 200 only once it is durable.
async fn arrive(edge: &TeamsPhone, call: IncomingCall) -> Result<&'static str, Problem> {
    let Some(address) = resource_account_oid(&call.to) else {
        tracing::warn!(center = %edge.engine.center(), "a call for something that is no resource account");
        return Ok("no_resource_account");
    };
    let unavailable = |detail: &dyn std::fmt::Display| {
        tracing::error!(center = %edge.engine.center(), %detail, "an arrival cannot be kept");
        Problem::unavailable("the arrival cannot be kept at the moment")
    };
    let center = edge.engine.center();
    let subject = edge
        .subjects
        .draw(center)
        .await
        .map_err(|error| unavailable(&error))?;
    let detail = detail(call);
    let plain = serde_json::to_vec(&detail).map_err(|error| unavailable(&error))?;
    let sealed = edge
        .keys
        .seal(center, subject, &plain)
        .map_err(|error| unavailable(&error))?;
    let input = Input::Arrived(arrival(edge, address, subject, &detail));
    let committed = edge.engine.submit_with(input, vec![sealed]).await;
    match committed.map_err(|error| unavailable(&error))?.reply {
        Reply::Arrived(contact) => {
            tracing::info!(%center, %contact, correlation = detail.correlation_id, "call arrived");
            Ok("arrived")
        }
        Reply::ArrivedBefore(_) => Ok("repeated"),
        Reply::Done
        | Reply::Learned
        | Reply::Dialed(_)
        | Reply::Petitioned
        | Reply::Booked(_)
        | Reply::Saved { .. }
        | Reply::Reconciling { .. }
        | Reply::Ignored => Ok("rejected"),
        // Event Grid delivers it again, and the process that follows answers it.
        Reply::Refused(refusal) => Err(Problem::unavailable(&refusal.to_string())),
    }
}

/// The file of a recording can be fetched; one of a recording that is not ours, or was told of before, is
/// nobody's.
async fn file_is_there(edge: &TeamsPhone, file: RecordingFile) -> Result<&'static str, Problem> {
    let Some(reference) = file.recording_id else {
        return Ok("no_recording");
    };
    let mut locations = file.content_locations.into_iter();
    let location = locations.next().filter(|_| locations.next().is_none());
    let input = Input::RecordingFile {
        reference,
        location,
        told_ms: file.duration_ms,
    };
    let committed = edge.engine.submit(input).await;
    let committed = committed.map_err(|error| Problem::unavailable(&error.to_string()))?;
    Ok(match committed.reply {
        Reply::Done => "recording",
        Reply::Ignored
        | Reply::Arrived(_)
        | Reply::ArrivedBefore(_)
        | Reply::Dialed(_)
        | Reply::Petitioned
        | Reply::Booked(_)
        | Reply::Learned
        | Reply::Saved { .. }
        | Reply::Reconciling { .. }
        | Reply::Refused(_) => "unknown_recording",
    })
}

fn arrival(
    edge: &TeamsPhone,
    address: String,
    subject: tandem_core::ids::SubjectRef,
    detail: &ArrivalDetail,
) -> Arrival {
    let center = edge.engine.center();
    let customer = detail.number.as_deref().unwrap_or(&detail.from_raw_id);
    Arrival {
        address: address.to_ascii_lowercase(),
        arrival: subject,
        key: hash(edge, &format!("arrival/{}", detail.incoming_call_context)),
        customer: edge.keys.phone_hash(center, customer).customer(),
        correlation: detail.correlation_id.clone(),
        attributes: attributes(edge, detail),
        caller: caller(edge, detail),
    }
}

/// The phone that can be called back; none where the number is withheld, or is none that may be called (B-236).
fn caller(edge: &TeamsPhone, detail: &ArrivalDetail) -> Option<Caller> {
    let number = PhoneNumber::dialable(detail.number.as_deref()?).ok()?;
    Some(Caller {
        address: phone::address(&edge.keys, edge.engine.center(), number.e164()),
        country: number.calling_code().to_owned(),
    })
}

/// The upper half of a keyed hash: enough to tell apart all that one contact center sees.
fn hash(edge: &TeamsPhone, text: &str) -> u64 {
    let hash = edge.keys.keyed_hash(edge.engine.center(), text);
    u64::try_from(hash >> 64).unwrap_or(u64::MAX)
}

/// The context headers that the settings let into the journal (B-170).
fn attributes(edge: &TeamsPhone, detail: &ArrivalDetail) -> BTreeMap<String, String> {
    detail
        .voip_headers
        .iter()
        .chain(&detail.sip_headers)
        .filter(|(name, _)| {
            edge.settings
                .context_headers
                .contains(&name.to_ascii_lowercase())
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn detail(call: IncomingCall) -> ArrivalDetail {
    let number = call.from.phone();
    let name = Some(call.caller_display_name)
        .filter(|name| !name.is_empty() && number.as_deref() != Some(name.as_str()));
    ArrivalDetail {
        number,
        name,
        from_raw_id: call.from.raw_id().unwrap_or_default(),
        to_raw_id: call.to.raw_id().unwrap_or_default(),
        on_behalf_of_raw_id: call.on_behalf_of_callee.and_then(|callee| callee.raw_id()),
        incoming_call_context: call.incoming_call_context,
        server_call_id: call.server_call_id,
        correlation_id: call.correlation_id,
        voip_headers: call.custom_context.voip_headers,
        sip_headers: call.custom_context.sip_headers,
    }
}
