//! Outgoing webhooks: who wants to be told of what, how far the journal was looked through, and what became
//! of each delivery. It must not know what a record or a body says; secrets arrive sealed.

mod sqlite;

use crate::Pending;
use crate::center::{CenterId, UnixMicros};
use crate::error::Error;
use std::fmt;
use tandem_core::ids::AccountId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebhookId(pub u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(pub u64);

#[derive(Clone, PartialEq, Eq)]
pub struct NewWebhook {
    pub center: CenterId,
    pub url: String,
    pub events: Vec<String>,
    /// Sealed by the caller.
    pub secret: String,
    pub created_by: AccountId,
    /// The last record of the journal: nothing up to it is told.
    pub after_seq: u64,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: WebhookId,
    pub center: CenterId,
    pub url: String,
    pub events: Vec<String>,
    pub secret: String,
    pub created_by: AccountId,
    pub created: UnixMicros,
}

impl fmt::Debug for NewWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewWebhook").finish_non_exhaustive()
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Something that a webhook is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    pub webhook: WebhookId,
    /// The same for the same event: it is noted once, however often the journal is looked through.
    pub event_key: String,
    pub event: String,
    pub body: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub webhook: WebhookId,
    pub event: String,
    pub body: String,
    pub created: UnixMicros,
    pub n_attempts: u32,
    pub tried: Option<UnixMicros>,
    pub state: DeliveryState,
    /// What the last attempt came to: a status, or a short code.
    pub answer: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    Waiting {
        due: UnixMicros,
    },
    Delivered,
    /// Tried as often as allowed.
    Dead,
}

#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    #[error("there is no such webhook or delivery")]
    NotFound,
    #[error("there are already {max} webhooks: remove some first")]
    TooMany { max: i64 },
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sqlx::Error> for WebhookError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

pub trait Webhooks: Send + Sync {
    fn create_webhook(
        &self,
        webhook: NewWebhook,
        now: UnixMicros,
    ) -> Pending<'_, Result<WebhookId, WebhookError>>;

    fn webhooks<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Vec<Webhook>, WebhookError>>;

    /// With all its deliveries.
    fn remove_webhook<'a>(
        &'a self,
        center: &'a CenterId,
        id: WebhookId,
    ) -> Pending<'a, Result<(), WebhookError>>;

    /// Up to which record the journal was looked through; `None` before the first webhook.
    fn webhook_cursor<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<u64>, WebhookError>>;

    /// Notes what is to be told, and how far the journal was looked through, both or neither.
    fn note_deliveries<'a>(
        &'a self,
        center: &'a CenterId,
        up_to_seq: u64,
        deliveries: Vec<NewDelivery>,
        now: UnixMicros,
    ) -> Pending<'a, Result<(), WebhookError>>;

    /// Some of those that are due, the oldest of each webhook first.
    fn due_deliveries<'a>(
        &'a self,
        center: &'a CenterId,
        now: UnixMicros,
    ) -> Pending<'a, Result<Vec<Delivery>, WebhookError>>;

    /// Notes an attempt and what it came to.
    fn note_attempt(
        &self,
        id: DeliveryId,
        state: DeliveryState,
        answer: String,
        now: UnixMicros,
    ) -> Pending<'_, Result<(), WebhookError>>;

    /// Newest first, from the one before `before` on, a page at a time.
    fn deliveries<'a>(
        &'a self,
        center: &'a CenterId,
        webhook: WebhookId,
        before: Option<DeliveryId>,
    ) -> Pending<'a, Result<Vec<Delivery>, WebhookError>>;

    /// Has one tried again from the beginning, whatever became of it.
    fn resend<'a>(
        &'a self,
        center: &'a CenterId,
        webhook: WebhookId,
        id: DeliveryId,
        now: UnixMicros,
    ) -> Pending<'a, Result<(), WebhookError>>;

    /// Forgets those from before an instant with which nothing more is done.
    fn purge_deliveries(&self, before: UnixMicros) -> Pending<'_, Result<u64, WebhookError>>;
}
