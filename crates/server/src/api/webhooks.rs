//! Webhooks: who is told of what, with a log of what became of it.

use super::administration::note;
use super::body::{At, Body, Query, Within};
use super::settings::Items;
use super::time::Instant;
use crate::app::App;
use crate::problem::Problem;
use crate::sign_in::AccessManager;
use crate::webhooks::{EVENTS, check};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use tandem_core::administration::Administration;
use tandem_store::{
    Delivery, DeliveryId, DeliveryState, Journal, NewWebhook, SealedFor, Token, UnixMicros,
    Webhook, WebhookError, WebhookId, Webhooks,
};
use utoipa::ToSchema;

/// Deliveries of a page, which is full when there may be more.
const PAGE: usize = 100;

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookWish {
    /// https, on the public network.
    url: String,
    /// At least one of `contact.arrived`, `contact.dialed`, `contact.queued`, `contact.connected`,
    /// `contact.handed_over` and `contact.ended`.
    events: BTreeSet<String>,
}

/// A webhook that was just made: its secret is shown once.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeWebhook {
    id: u64,
    /// What deliveries are signed with.
    secret: String,
}

/// A webhook.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhookView {
    id: u64,
    url: String,
    events: Vec<String>,
    /// The account of whoever made it.
    created_by: u64,
    created_at: Instant,
}

impl From<Webhook> for WebhookView {
    fn from(webhook: Webhook) -> Self {
        Self {
            id: webhook.id.0,
            url: webhook.url,
            events: webhook.events,
            created_by: webhook.created_by.0,
            created_at: webhook.created.into(),
        }
    }
}

/// What became of a delivery.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StateWord {
    Waiting,
    Delivered,
    /// Tried as often as allowed.
    Dead,
}

/// A delivery.
#[derive(Serialize, ToSchema)]
pub(super) struct DeliveryView {
    id: u64,
    event: String,
    /// What is sent.
    body: String,
    state: StateWord,
    created_at: Instant,
    n_attempts: u32,
    last_attempt_at: Option<Instant>,
    next_attempt_at: Option<Instant>,
    /// What the last attempt came to: a status, or `timeout`, `unreachable`, `broken_off`,
    /// `address_refused`, `secret_unreadable`, `too_many_waiting`.
    answer: Option<String>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        let (state, due) = match delivery.state {
            DeliveryState::Waiting { due } => (StateWord::Waiting, Some(due)),
            DeliveryState::Delivered => (StateWord::Delivered, None),
            DeliveryState::Dead => (StateWord::Dead, None),
        };
        Self {
            id: delivery.id.0,
            event: delivery.event,
            body: delivery.body,
            state,
            created_at: delivery.created.into(),
            n_attempts: delivery.n_attempts,
            last_attempt_at: delivery.tried.map(Instant::from),
            next_attempt_at: due.map(Instant::from),
            answer: delivery.answer,
        }
    }
}

/// A page of deliveries, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct DeliveryPage {
    items: Vec<DeliveryView>,
    /// For `before`, when there may be more.
    next_before: Option<u64>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Before {
    /// The id before which the page begins; from the newest when left out.
    before: Option<u64>,
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::NotFound => Self::not_found("there is no such webhook or delivery"),
            WebhookError::TooMany { .. } => Self::conflict("limit_reached", &error.to_string()),
            WebhookError::Store(error) => error.into(),
        }
    }
}

/// Makes a webhook; it is told of what happens from now on. Permission: manage_access.
#[utoipa::path(post, path = "/{center}/webhooks", tag = "webhooks", operation_id = "webhooks_create",
    params(("center" = String, Path)), request_body = WebhookWish,
    responses((status = 201, body = MadeWebhook),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    by: AccessManager,
    Body(sent): Body<WebhookWish>,
) -> Result<(StatusCode, Json<MadeWebhook>), Problem> {
    let center = &by.center;
    let url = check(&sent.url, center.config.webhook_reach);
    let url = url.map_err(|bad| Problem::invalid("url", bad.to_string()))?;
    let is_known = |event: &String| EVENTS.contains(&event.as_str());
    if sent.events.is_empty() || !sent.events.iter().all(is_known) {
        let detail = format!("name at least one of {}, and no other", EVENTS.join(", "));
        return Err(Problem::invalid("events", detail));
    }
    let secret = format!("whsec_{}", Token::generate()?.reveal());
    let sealed = center
        .keys
        .seal_text(center.id(), SealedFor::Webhook, &secret);
    let sealed = sealed.map_err(|error| {
        tracing::error!(%error, "a webhook's secret could not be sealed");
        Problem::unavailable("the secret could not be sealed; try again in a moment")
    })?;
    let events: Vec<String> = sent.events.into_iter().collect();
    let new = NewWebhook {
        center: center.id().clone(),
        url: url.to_string(),
        events: events.clone(),
        secret: sealed,
        created_by: by.account.id,
        after_seq: app.store.tail(center.id()).await?,
    };
    let now = UnixMicros(app.clock.now().as_micros());
    let id = app.store.create_webhook(new, now).await?;
    let act = Administration::WebhookMade {
        webhook: id.0,
        events,
    };
    if let Err(problem) = note(&by, act).await {
        // Nobody has its secret: it goes as it came.
        app.store.remove_webhook(center.id(), id).await?;
        return Err(problem);
    }
    tracing::info!(center = %center.id(), webhook = id.0, by = by.account.id.0, "webhook made");
    Ok((StatusCode::CREATED, Json(MadeWebhook { id: id.0, secret })))
}

/// All webhooks. Permission: manage_access.
#[utoipa::path(get, path = "/{center}/webhooks", tag = "webhooks", operation_id = "webhooks_list",
    params(("center" = String, Path)),
    responses((status = 200, body = Items<WebhookView>),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    by: AccessManager,
) -> Result<Json<Items<WebhookView>>, Problem> {
    let webhooks = app.store.webhooks(by.center.id()).await?;
    let items = webhooks.into_iter().map(WebhookView::from).collect();
    Ok(Json(Items { items }))
}

/// Removes a webhook with its log; nothing more is delivered. Permission: manage_access.
#[utoipa::path(delete, path = "/{center}/webhooks/{id}", tag = "webhooks",
    operation_id = "webhooks_remove", params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 204), (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    by: AccessManager,
    At(id): At<u64>,
) -> Result<StatusCode, Problem> {
    known(&app, &by, WebhookId(id)).await?;
    note(&by, Administration::WebhookRemoved { webhook: id }).await?;
    app.store
        .remove_webhook(by.center.id(), WebhookId(id))
        .await?;
    tracing::info!(center = %by.center.id(), webhook = id, by = by.account.id.0, "webhook removed");
    Ok(StatusCode::NO_CONTENT)
}

/// What a webhook was told within the last seven days, newest first. Permission: manage_access.
#[utoipa::path(get, path = "/{center}/webhooks/{id}/deliveries", tag = "webhooks",
    operation_id = "webhooks_deliveries",
    params(("center" = String, Path), ("id" = u64, Path), Before),
    responses((status = 200, body = DeliveryPage),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn deliveries(
    State(app): State<Arc<App>>,
    by: AccessManager,
    At(id): At<u64>,
    Query(Before { before }): Query<Before>,
) -> Result<Json<DeliveryPage>, Problem> {
    let (center, webhook) = (by.center.id(), WebhookId(id));
    known(&app, &by, webhook).await?;
    let before = before.map(DeliveryId);
    let page = app.store.deliveries(center, webhook, before).await?;
    let last = page.last().map(|delivery| delivery.id.0);
    Ok(Json(DeliveryPage {
        next_before: last.filter(|_| page.len() >= PAGE),
        items: page.into_iter().map(DeliveryView::from).collect(),
    }))
}

/// Has a delivery tried again at once, as often as a new one. Permission: manage_access.
#[utoipa::path(post, path = "/{center}/webhooks/{id}/deliveries/{delivery}/resend", tag = "webhooks",
    operation_id = "webhooks_resend",
    params(("center" = String, Path), ("id" = u64, Path), ("delivery" = u64, Path)),
    responses((status = 204), (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn resend(
    State(app): State<Arc<App>>,
    by: AccessManager,
    Within(id, delivery): Within,
) -> Result<StatusCode, Problem> {
    let now = UnixMicros(app.clock.now().as_micros());
    let (webhook, delivery) = (WebhookId(id), DeliveryId(delivery));
    known(&app, &by, webhook).await?;
    let act = Administration::DeliveryResent {
        webhook: id,
        delivery: delivery.0,
    };
    note(&by, act).await?;
    app.store
        .resend(by.center.id(), webhook, delivery, now)
        .await?;
    by.center.webhooker.look();
    Ok(StatusCode::NO_CONTENT)
}

/// Whether there is such a webhook.
async fn known(app: &App, by: &AccessManager, webhook: WebhookId) -> Result<(), Problem> {
    let known = app.store.webhooks(by.center.id()).await?;
    if known.iter().any(|it| it.id == webhook) {
        return Ok(());
    }
    Err(WebhookError::NotFound.into())
}
