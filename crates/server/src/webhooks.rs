//! Outgoing webhooks: the journal is followed by a cursor of its own, what a webhook wants to know is noted
//! as a delivery in the same transaction, and deliveries are tried until they are taken or dead. At least
//! once: whoever is told twice knows it by the event's id.

mod address;
mod event;
mod send;

pub(crate) use address::check;
pub use address::{BadAddress, Reach};
pub use event::{EVENTS, Told, told};

use crate::center::Center;
use crate::engine::RecordBody;
use event::body;
use futures::StreamExt;
use send::Sender;
use std::sync::Arc;
use std::time::Duration;
use tandem_core::time::Timestamp;
use tandem_store::UnixMicros;
use tandem_store::{
    Delivery, DeliveryState, Journal, NewDelivery, ReadLimit, Webhook, WebhookError, Webhooks,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How long the follower gathers before it looks: many records are looked through at once.
const GATHER: Duration = Duration::from_millis(200);
/// How often it is looked whether something is due, beside being told.
const LOOK: Duration = Duration::from_secs(1);
/// Records that are looked through at once.
const RECORDS_AT_ONCE: usize = 500;
/// Bytes of them.
const BYTES_AT_ONCE: usize = 16 * 1024 * 1024;
/// Attempts under way at a time.
const ATTEMPTS_AT_ONCE: usize = 32;
/// How long the log is kept, s.
const LOG_KEPT_S: i64 = 7 * 24 * 3_600;
/// How often it is tidied, in looks.
const TIDY_EVERY: u32 = 600;

/// Waits between attempts: the last of them is a little more than a day after the first.
const WAITS_S: [u32; 10] = [10, 30, 120, 300, 900, 3_600, 7_200, 14_400, 28_800, 28_800];

/// Why the journal could not be followed.
#[derive(Debug, thiserror::Error)]
enum FollowError {
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    #[error(transparent)]
    Store(#[from] tandem_store::Error),
    #[error(transparent)]
    Record(#[from] crate::engine::RecordError),
}

/// Whoever follows, and whoever wants it to look at once.
#[derive(Clone, Default)]
pub struct Webhooker {
    look: Arc<Notify>,
}

impl Webhooker {
    /// Something is due, or may be.
    pub fn look(&self) {
        self.look.notify_one();
    }

    /// Follows the journal and delivers, until the process stops.
    pub async fn run(self, center: Arc<Center>, stop: CancellationToken) {
        let follow = self.follow(&center);
        let deliver = self.deliver(&center);
        tokio::select! {
            () = stop.cancelled() => {}
            () = follow => {}
            () = deliver => {}
        }
    }

    async fn follow(&self, center: &Center) {
        use tokio::sync::broadcast::error::RecvError;
        let mut changes = center.engine.view().changes();
        loop {
            match catch_up(center).await {
                Ok(0) => {}
                Ok(_) => self.look(),
                Err(error) => {
                    tracing::warn!(center = %center.id(), %error, "webhooks do not follow");
                    tokio::time::sleep(LOOK).await;
                    continue;
                }
            }
            match changes.recv().await {
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
            tokio::time::sleep(GATHER).await;
        }
    }

    async fn deliver(&self, center: &Center) {
        let Some(sender) = Sender::of(center) else {
            tracing::error!(center = %center.id(), "webhooks cannot be delivered: no HTTP client");
            return;
        };
        let mut looks = 0_u32;
        loop {
            match deliver_due(center, &sender).await {
                Ok(0) => {
                    tokio::select! {
                        () = self.look.notified() => {}
                        () = tokio::time::sleep(LOOK) => {}
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(center = %center.id(), %error, "webhooks are not delivered");
                    tokio::time::sleep(LOOK).await;
                }
            }
            looks = looks.wrapping_add(1);
            if looks.is_multiple_of(TIDY_EVERY) {
                tidy(center).await;
            }
        }
    }
}

/// Looks through the records that were not looked through yet; answers how many deliveries it noted.
async fn catch_up(center: &Center) -> Result<usize, FollowError> {
    let mut n_noted = 0;
    loop {
        let webhooks = center.store.webhooks(center.id()).await?;
        if webhooks.is_empty() {
            return Ok(n_noted);
        }
        let cursor = center.store.webhook_cursor(center.id()).await?;
        let from = cursor.unwrap_or(0).saturating_add(1);
        let limit = ReadLimit {
            records: RECORDS_AT_ONCE,
            bytes: BYTES_AT_ONCE,
        };
        let records = center.store.read(center.id(), from, limit).await?;
        let Some(last) = records.last().map(|record| record.seq) else {
            return Ok(n_noted);
        };
        let mut deliveries = Vec::new();
        for record in records {
            let record = RecordBody::read(record.seq, &record.body)?;
            deliveries.extend(of_record(center, &webhooks, &record));
        }
        n_noted += deliveries.len();
        let now = UnixMicros(center.clock.now().as_micros());
        let noted = center
            .store
            .note_deliveries(center.id(), last, deliveries, now);
        noted.await?;
    }
}

fn of_record(center: &Center, webhooks: &[Webhook], record: &RecordBody) -> Vec<NewDelivery> {
    let mut deliveries = Vec::new();
    for (n, turn) in record.turns.iter().enumerate() {
        for (m, event) in turn.events.iter().enumerate() {
            let Some(told) = told(event) else { continue };
            let event_key = format!("{}-{n}-{m}", record.seq);
            // Whoever asked later is not told of what was before.
            let wanted = webhooks.iter().filter(|webhook| {
                turn.now.as_micros() >= webhook.created.0
                    && webhook.events.iter().any(|it| it == told.word)
            });
            deliveries.extend(wanted.map(|webhook| NewDelivery {
                webhook: webhook.id,
                event: told.word.to_owned(),
                body: body(center.id(), &event_key, turn.now, &told),
                event_key: event_key.clone(),
            }));
        }
    }
    deliveries
}

/// Tries what is due; answers how many that were.
async fn deliver_due(center: &Center, sender: &Sender) -> Result<usize, WebhookError> {
    let now = UnixMicros(center.clock.now().as_micros());
    let due = center.store.due_deliveries(center.id(), now).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let webhooks = center.store.webhooks(center.id()).await?;
    let n_due = due.len();
    let attempts = futures::stream::iter(due).map(|delivery| {
        let webhook = webhooks.iter().find(|it| it.id == delivery.webhook);
        attempt(center, sender, webhook, delivery)
    });
    let outcomes: Vec<_> = attempts.buffer_unordered(ATTEMPTS_AT_ONCE).collect().await;
    outcomes.into_iter().collect::<Result<(), _>>()?;
    Ok(n_due)
}

async fn attempt(
    center: &Center,
    sender: &Sender,
    webhook: Option<&Webhook>,
    delivery: Delivery,
) -> Result<(), WebhookError> {
    // It was removed between two looks, and its deliveries with it.
    let Some(webhook) = webhook else {
        return Ok(());
    };
    let outcome = sender.send(center, webhook, &delivery).await;
    let now = center.clock.now();
    let state = match &outcome {
        Ok(_) => DeliveryState::Delivered,
        Err(_) => after_failure(delivery.n_attempts, now),
    };
    let word = match &outcome {
        Ok(_) => "delivered",
        Err(_) => "failed",
    };
    metrics::counter!("tandem_webhook_attempts_total", "outcome" => word).increment(1);
    if state == DeliveryState::Dead {
        tracing::warn!(
            center = %center.id(), webhook = webhook.id.0, delivery = delivery.id.0,
            "a webhook was not delivered and is not tried again"
        );
    }
    let answer = outcome.unwrap_or_else(|code| code);
    let now = UnixMicros(now.as_micros());
    center
        .store
        .note_attempt(delivery.id, state, answer, now)
        .await
}

fn after_failure(n_attempts_before: u32, now: Timestamp) -> DeliveryState {
    let wait = usize::try_from(n_attempts_before).ok();
    match wait.and_then(|n| WAITS_S.get(n)) {
        Some(seconds) => DeliveryState::Waiting {
            due: UnixMicros(now.plus_seconds(*seconds).as_micros()),
        },
        None => DeliveryState::Dead,
    }
}

async fn tidy(center: &Center) {
    let kept_us = LOG_KEPT_S * 1_000_000;
    let before = UnixMicros(center.clock.now().as_micros().saturating_sub(kept_us));
    if let Err(error) = center.store.purge_deliveries(before).await {
        tracing::warn!(center = %center.id(), %error, "the log of webhooks was not tidied");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivery_is_tried_eleven_times_within_a_little_more_than_a_day() {
        let now = Timestamp::from_micros(0);
        let mut at = now;
        let mut n_attempts = 0;
        while let DeliveryState::Waiting { due } = after_failure(n_attempts, at) {
            at = Timestamp::from_micros(due.0);
            n_attempts += 1;
        }
        assert_eq!(n_attempts + 1, 11);
        let hours = at.micros_since(now) / 3_600_000_000;
        assert!((23..=26).contains(&hours), "{hours}");
    }
}
