//! What a subscription must be: the body of its request, checked member by member (microsoft-graph.md 5.1).

use super::sealed::Certificate;
use super::{ChangeType, Subject, Subscription};
use crate::acs::callback;
use crate::graph::Asked;
use crate::graph::caller::Who;
use crate::graph::query::filter::{self, Expression};
use crate::graph::refusal::Refusal;
use crate::limits;
use crate::stamp;
use crate::world::World;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// An end that is nearer is moved here (microsoft-graph.md 5.1).
const LIFE_MIN: SignedDuration = SignedDuration::from_mins(45);
/// People of one presence subscription.
const IDS_MAX: usize = 650;
const TEXT_MAX: usize = 128;
const TLS_VERSIONS: [&str; 4] = ["v1_0", "v1_1", "v1_2", "v1_3"];

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Order {
    change_type: Option<String>,
    notification_url: Option<String>,
    lifecycle_notification_url: Option<String>,
    resource: Option<String>,
    expiration_date_time: Option<String>,
    client_state: Option<String>,
    include_resource_data: Option<bool>,
    encryption_certificate: Option<String>,
    encryption_certificate_id: Option<String>,
    latest_supported_tls_version: Option<String>,
}

fn invalid(text: impl Into<String>) -> Refusal {
    Refusal::new(400, "ValidationError", text)
}

pub(super) fn read(asked: &Asked<'_>) -> Result<Order, Refusal> {
    serde_json::from_value(asked.body()?)
        .map_err(|error| invalid(format!("The subscription cannot be read: {error}.")))
}

/// A new subscription of whoever asks.
pub(super) fn subscription(
    world: &mut World,
    asked: &Asked<'_>,
    order: Order,
) -> Result<Subscription, Refusal> {
    let required = |value: Option<String>, name: &str| {
        value
            .filter(|value| !value.is_empty())
            .ok_or_else(|| invalid(format!("{name} is required.")))
    };
    let resource = required(order.resource, "resource")?;
    let subject = subject(&resource)?;
    allowed(asked, &subject)?;
    let change_types = change_types(&required(order.change_type, "changeType")?, &subject)?;
    let notification_url = required(order.notification_url, "notificationUrl")?;
    check_url(world, "notificationUrl", &notification_url)?;
    if let Some(url) = &order.lifecycle_notification_url {
        check_url(world, "lifecycleNotificationUrl", url)?;
    }
    let expires = required(order.expiration_date_time, "expirationDateTime")?;
    let expires = end(world, &subject, &expires)?;
    check_text("clientState", order.client_state.as_deref())?;
    let certificate = match order.include_resource_data {
        Some(true) => Some(certificate(
            &subject,
            order.encryption_certificate,
            order.encryption_certificate_id,
        )?),
        Some(false) | None => None,
    };
    let creator = match &asked.caller.who {
        Who::Person { oid, .. } => oid.clone(),
        Who::Application { .. } => crate::options::defaults::APP_PRINCIPAL.to_owned(),
    };
    Ok(Subscription {
        id: world.dice.uuid(),
        tenant: asked.caller.tenant.clone(),
        app: asked.caller.app.clone(),
        creator,
        subject,
        resource,
        change_types,
        notification_url,
        lifecycle_url: order.lifecycle_notification_url,
        client_state: order.client_state,
        certificate,
        latest_tls: tls(order.latest_supported_tls_version.as_deref())?,
        expires,
        is_announced: false,
        told: BTreeMap::new(),
    })
}

/// What may be changed later: the end, the endpoint, the certificate.
pub(super) fn change(
    world: &World,
    mut before: Subscription,
    order: Order,
) -> Result<Subscription, Refusal> {
    let fixed = [
        ("changeType", order.change_type.is_some()),
        ("resource", order.resource.is_some()),
        (
            "lifecycleNotificationUrl",
            order.lifecycle_notification_url.is_some(),
        ),
        ("clientState", order.client_state.is_some()),
        ("includeResourceData", order.include_resource_data.is_some()),
    ];
    if let Some((name, _)) = fixed.iter().find(|(_, is_given)| *is_given) {
        return Err(invalid(format!("{name} cannot be changed.")));
    }
    if let Some(expires) = &order.expiration_date_time {
        before.expires = end(world, &before.subject, expires)?;
        // A renewal reauthorizes too (microsoft-graph.md 5.4).
        before.is_announced = false;
    }
    if let Some(url) = order.notification_url {
        check_url(world, "notificationUrl", &url)?;
        before.notification_url = url;
    }
    if order.encryption_certificate.is_some() || order.encryption_certificate_id.is_some() {
        if before.certificate.is_none() {
            return Err(invalid("The subscription has no resource data to encrypt."));
        }
        before.certificate = Some(certificate(
            &before.subject,
            order.encryption_certificate,
            order.encryption_certificate_id,
        )?);
    }
    Ok(before)
}

/// `communications/presences/{id}`, `communications/presences?$filter=id in ('a','b')`, `users`
fn subject(resource: &str) -> Result<Subject, Refusal> {
    let path = resource.trim_start_matches('/');
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let lower: Vec<String> = segments
        .iter()
        .map(|segment| segment.to_lowercase())
        .collect();
    let words: Vec<&str> = lower.iter().map(String::as_str).collect();
    let ids = match words.as_slice() {
        ["users"] if query.is_empty() => return Ok(Subject::Users),
        ["communications", "presences", id] if query.is_empty() => vec![(*id).to_owned()],
        ["communications", "presences"] => filtered(query)?,
        _ => {
            let text = format!("subscriptions to '{resource}'");
            return Err(Refusal::not_built(&text));
        }
    };
    let is_id = |id: &String| uuid::Uuid::parse_str(id).is_ok();
    if !(1..=IDS_MAX).contains(&ids.len()) || !ids.iter().all(is_id) {
        return Err(invalid(format!(
            "resource must name 1 to {IDS_MAX} object ids."
        )));
    }
    Ok(Subject::Presences(ids.into_iter().collect()))
}

fn filtered(query: &str) -> Result<Vec<String>, Refusal> {
    let filter = crate::identify::field(query, "$filter").unwrap_or_default();
    let wrong = || invalid("resource must be communications/presences?$filter=id in ('...').");
    match filter::parse(&filter) {
        Ok(Expression::In(path, ids)) if path == "id" => {
            let ids: Option<Vec<String>> = ids
                .iter()
                .map(|id| id.as_str().map(str::to_lowercase))
                .collect();
            ids.ok_or_else(wrong)
        }
        Ok(_) | Err(_) => Err(wrong()),
    }
}

/// Presence is told to people alone, whoever they let act for them (microsoft-graph.md 5.1).
fn allowed(asked: &Asked<'_>, subject: &Subject) -> Result<(), Refusal> {
    let (application, delegated): (&[&str], &[&str]) = match subject {
        Subject::Presences(_) => (&[], &["Presence.Read.All"]),
        Subject::Users => (&["User.Read.All"], &["User.Read.All"]),
    };
    let (held, wanted) = match &asked.caller.who {
        Who::Application { roles } => (roles, application),
        Who::Person { scopes, .. } => (scopes, delegated),
    };
    let has = |wanted: &&str| held.iter().any(|held| held.eq_ignore_ascii_case(wanted));
    if wanted.iter().any(has) {
        return Ok(());
    }
    let text = "Operation: Create; Exception: [Status Code: Forbidden; Reason: Caller does not have the permission to subscribe to this resource.]";
    Err(Refusal::new(403, "ExtensionError", text))
}

fn change_types(text: &str, subject: &Subject) -> Result<BTreeSet<ChangeType>, Refusal> {
    let known = |word: &str| match word.trim() {
        "created" => Some(ChangeType::Created),
        "updated" => Some(ChangeType::Updated),
        "deleted" => Some(ChangeType::Deleted),
        _ => None,
    };
    let types: Option<BTreeSet<ChangeType>> = text.split(',').map(known).collect();
    let types = types.ok_or_else(|| {
        invalid("changeType must be created, updated or deleted, or several with commas.")
    })?;
    let is_taken = |kind: &ChangeType| match subject {
        Subject::Presences(_) => *kind == ChangeType::Updated,
        Subject::Users => true,
    };
    if types.iter().all(is_taken) {
        return Ok(types);
    }
    Err(invalid("changeType of presence must be updated."))
}

fn check_url(world: &World, name: &str, url: &str) -> Result<(), Refusal> {
    if url.len() > limits::NOTIFICATION_URL_BYTES_MAX {
        return Err(invalid(format!("{name} is too long.")));
    }
    callback::check_url(world, url).map_err(|why| invalid(format!("{name}: {why}.")))
}

fn check_text(name: &str, text: Option<&str>) -> Result<(), Refusal> {
    if text.is_some_and(|text| text.chars().count() > TEXT_MAX) {
        return Err(invalid(format!("{name} may have {TEXT_MAX} characters.")));
    }
    Ok(())
}

fn tls(version: Option<&str>) -> Result<&'static str, Refusal> {
    let wanted = version.unwrap_or("v1_2");
    let found = TLS_VERSIONS.into_iter().find(|known| *known == wanted);
    found.ok_or_else(|| invalid("latestSupportedTlsVersion must be v1_0, v1_1, v1_2 or v1_3."))
}

fn end(world: &World, subject: &Subject, text: &str) -> Result<Timestamp, Refusal> {
    let wanted: Timestamp = text.parse().map_err(|_error| {
        invalid("expirationDateTime must be a time like 2026-08-01T12:00:00Z.")
    })?;
    let now = world.time();
    let life = wanted.duration_since(now);
    if life <= SignedDuration::ZERO {
        return Err(invalid(format!(
            "expirationDateTime has passed; it is {}.",
            stamp::graph(now)
        )));
    }
    let max = subject.life_max();
    // Clients count from their own clock.
    if life > max.saturating_add(SignedDuration::from_secs(60)) {
        let minutes = max.as_mins();
        return Err(invalid(format!(
            "Subscription expiration can only be {minutes} minutes in the future."
        )));
    }
    Ok(wanted.max(now.saturating_add(LIFE_MIN).unwrap_or(wanted)))
}

fn certificate(
    subject: &Subject,
    given: Option<String>,
    id: Option<String>,
) -> Result<Certificate, Refusal> {
    if *subject == Subject::Users {
        return Err(invalid("includeResourceData is not supported for users."));
    }
    let (Some(given), Some(id)) = (given, id) else {
        return Err(invalid(
            "includeResourceData needs encryptionCertificate and encryptionCertificateId.",
        ));
    };
    check_text("encryptionCertificateId", Some(&id))?;
    Certificate::read(&given, id).ok_or_else(|| invalid("encryptionCertificate must be an X.509 certificate in base64, with an RSA key of 2048 to 4096 bits."))
}
