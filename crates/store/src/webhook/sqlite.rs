//! Webhooks on SQLite.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Row};

use super::{
    Delivery, DeliveryId, DeliveryState, NewDelivery, NewWebhook, Webhook, WebhookError, WebhookId,
    Webhooks,
};
use crate::Pending;
use crate::center::{CenterId, UnixMicros};
use crate::database::{BEGIN, Store};
use crate::error::{Error, signed, unsigned};
use crate::limits::{
    DELIVERIES_AT_ONCE_PER_WEBHOOK, DELIVERIES_FORGOTTEN_AT_ONCE, DELIVERIES_PER_READ_MAX,
    DELIVERIES_WAITING_MAX, WEBHOOKS_PER_CENTER_MAX,
};
use tandem_core::ids::AccountId;

const COUNT: &str = "SELECT COUNT(*) FROM webhooks WHERE center = ?1";
const CREATE: &str = "INSERT INTO webhooks (center, url, events, secret, created_by, created_us)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const ALL: &str = "SELECT id, center, url, events, secret, created_by, created_us FROM webhooks
     WHERE center = ?1 ORDER BY id";
const REMOVE: &str = "DELETE FROM webhooks WHERE center = ?1 AND id = ?2";
const FORGET_LOG: &str = "DELETE FROM deliveries WHERE id IN (
         SELECT d.id FROM deliveries d JOIN webhooks w ON w.id = d.webhook
         WHERE w.center = ?1 AND w.id = ?2 LIMIT ?3)";
const CURSOR: &str = "SELECT seq FROM webhook_cursors WHERE center = ?1";
const SET_CURSOR: &str = "INSERT INTO webhook_cursors (center, seq) VALUES (?1, ?2)
     ON CONFLICT (center) DO UPDATE SET seq = excluded.seq";
const COUNT_WAITING: &str = "SELECT COUNT(*) FROM deliveries INDEXED BY deliveries_waiting
     WHERE webhook = ?1 AND due_us IS NOT NULL";
/// One whose webhook was removed meanwhile is for nobody.
const NOTE: &str =
    "INSERT INTO deliveries (webhook, event_key, event, body, created_us, due_us, answer)
     SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM webhooks WHERE id = ?1
     ON CONFLICT (webhook, event_key) DO NOTHING";
/// Places are given to numbers: bodies are read of those alone that are wanted.
const DUE: &str = "SELECT id, webhook, event, body, created_us, n_attempts, due_us, tried_us,
     delivered, answer FROM deliveries WHERE id IN (SELECT id FROM (
         SELECT d.id, ROW_NUMBER() OVER (PARTITION BY d.webhook ORDER BY d.due_us, d.id) AS place
         FROM webhooks w JOIN deliveries d INDEXED BY deliveries_waiting ON d.webhook = w.id
         WHERE d.due_us IS NOT NULL AND d.due_us <= ?2 AND w.center = ?1)
     WHERE place <= ?3) ORDER BY due_us, id";
const TRIED: &str = "UPDATE deliveries SET n_attempts = n_attempts + 1, tried_us = ?2, due_us = ?3,
     delivered = ?4, answer = ?5 WHERE id = ?1";
const PAGE: &str = "SELECT d.id, d.webhook, d.event, d.body, d.created_us, d.n_attempts, d.due_us,
     d.tried_us, d.delivered, d.answer FROM deliveries d JOIN webhooks w ON w.id = d.webhook
     WHERE w.center = ?1 AND w.id = ?2 AND d.id < ?3 ORDER BY d.id DESC LIMIT ?4";
const RESEND: &str = "UPDATE deliveries SET due_us = ?4, n_attempts = 0, delivered = 0
     WHERE id = ?3 AND webhook = (SELECT id FROM webhooks WHERE center = ?1 AND id = ?2)";
const PURGE: &str = "DELETE FROM deliveries WHERE id IN (
         SELECT id FROM deliveries WHERE due_us IS NULL AND created_us < ?1 LIMIT ?2)";
/// Assumed cost of one delivery in pages.
const ROW_BYTES: u64 = 1_024;

impl Webhooks for Store {
    fn create_webhook(
        &self,
        webhook: NewWebhook,
        now: UnixMicros,
    ) -> Pending<'_, Result<WebhookId, WebhookError>> {
        Box::pin(async move {
            let center = webhook.center.as_str();
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let found: i64 = sqlx::query_scalar(COUNT)
                .bind(center)
                .fetch_one(&mut *transaction)
                .await?;
            if found >= WEBHOOKS_PER_CENTER_MAX {
                let max = WEBHOOKS_PER_CENTER_MAX;
                return Err(WebhookError::TooMany { max });
            }
            if found == 0 {
                // Whoever looked through the journal for an earlier one stopped somewhere.
                sqlx::query(SET_CURSOR)
                    .bind(center)
                    .bind(signed("a record's number", webhook.after_seq)?)
                    .execute(&mut *transaction)
                    .await?;
            }
            let done = sqlx::query(CREATE)
                .bind(center)
                .bind(&webhook.url)
                .bind(serde_json::Value::from(webhook.events.clone()).to_string())
                .bind(&webhook.secret)
                .bind(signed("an account's number", webhook.created_by.0)?)
                .bind(now.0)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            let id = unsigned("a webhook", done.last_insert_rowid())?;
            Ok(WebhookId(id))
        })
    }

    fn webhooks<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Vec<Webhook>, WebhookError>> {
        Box::pin(async move {
            let rows = sqlx::query(ALL)
                .bind(center.as_str())
                .fetch_all(&self.main().readers)
                .await?;
            Ok(rows.iter().map(webhook).collect::<Result<_, _>>()?)
        })
    }

    fn remove_webhook<'a>(
        &'a self,
        center: &'a CenterId,
        id: WebhookId,
    ) -> Pending<'a, Result<(), WebhookError>> {
        Box::pin(async move {
            let webhook = signed("a webhook", id.0)?;
            while self.forget_some_of(center, webhook).await? > 0 {}
            // What was noted since goes with it.
            let writer = &mut *self.main().writer().await?;
            let done = sqlx::query(REMOVE)
                .bind(center.as_str())
                .bind(webhook)
                .execute(writer)
                .await?;
            self.main().checkpointer.written(1);
            found(done.rows_affected())
        })
    }

    fn webhook_cursor<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<u64>, WebhookError>> {
        Box::pin(async move {
            let seq: Option<i64> = sqlx::query_scalar(CURSOR)
                .bind(center.as_str())
                .fetch_optional(&self.main().readers)
                .await?;
            let seq = seq.map(|seq| unsigned("a record's number", seq));
            Ok(seq.transpose()?)
        })
    }

    fn note_deliveries<'a>(
        &'a self,
        center: &'a CenterId,
        up_to_seq: u64,
        deliveries: Vec<NewDelivery>,
        now: UnixMicros,
    ) -> Pending<'a, Result<(), WebhookError>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let mut waiting = BTreeMap::new();
            for delivery in deliveries {
                let n_waiting = match waiting.entry(delivery.webhook) {
                    Entry::Occupied(counted) => counted.into_mut(),
                    Entry::Vacant(free) => {
                        free.insert(count_waiting(&mut transaction, delivery.webhook).await?)
                    }
                };
                let due = (*n_waiting < DELIVERIES_WAITING_MAX).then_some(now);
                if note(&mut transaction, delivery, now, due).await? && due.is_some() {
                    *n_waiting += 1;
                }
            }
            sqlx::query(SET_CURSOR)
                .bind(center.as_str())
                .bind(signed("a record's number", up_to_seq)?)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }

    fn due_deliveries<'a>(
        &'a self,
        center: &'a CenterId,
        now: UnixMicros,
    ) -> Pending<'a, Result<Vec<Delivery>, WebhookError>> {
        Box::pin(async move {
            let rows = sqlx::query(DUE)
                .bind(center.as_str())
                .bind(now.0)
                .bind(DELIVERIES_AT_ONCE_PER_WEBHOOK)
                .fetch_all(&self.main().readers)
                .await?;
            Ok(rows.iter().map(delivery).collect::<Result<_, _>>()?)
        })
    }

    fn note_attempt(
        &self,
        id: DeliveryId,
        state: DeliveryState,
        answer: String,
        now: UnixMicros,
    ) -> Pending<'_, Result<(), WebhookError>> {
        Box::pin(async move {
            let due = match state {
                DeliveryState::Waiting { due } => Some(due.0),
                DeliveryState::Delivered | DeliveryState::Dead => None,
            };
            let writer = &mut *self.main().writer().await?;
            sqlx::query(TRIED)
                .bind(signed("a delivery", id.0)?)
                .bind(now.0)
                .bind(due)
                .bind(state == DeliveryState::Delivered)
                .bind(answer)
                .execute(writer)
                .await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }

    fn deliveries<'a>(
        &'a self,
        center: &'a CenterId,
        webhook: WebhookId,
        before: Option<DeliveryId>,
    ) -> Pending<'a, Result<Vec<Delivery>, WebhookError>> {
        Box::pin(async move {
            let before = before.map(|id| signed("a delivery", id.0)).transpose()?;
            let rows = sqlx::query(PAGE)
                .bind(center.as_str())
                .bind(signed("a webhook", webhook.0)?)
                .bind(before.unwrap_or(i64::MAX))
                .bind(DELIVERIES_PER_READ_MAX)
                .fetch_all(&self.main().readers)
                .await?;
            Ok(rows.iter().map(delivery).collect::<Result<_, _>>()?)
        })
    }

    fn resend<'a>(
        &'a self,
        center: &'a CenterId,
        webhook: WebhookId,
        id: DeliveryId,
        now: UnixMicros,
    ) -> Pending<'a, Result<(), WebhookError>> {
        Box::pin(async move {
            let writer = &mut *self.main().writer().await?;
            let done = sqlx::query(RESEND)
                .bind(center.as_str())
                .bind(signed("a webhook", webhook.0)?)
                .bind(signed("a delivery", id.0)?)
                .bind(now.0)
                .execute(writer)
                .await?;
            self.main().checkpointer.written(1);
            found(done.rows_affected())
        })
    }

    fn purge_deliveries(&self, before: UnixMicros) -> Pending<'_, Result<u64, WebhookError>> {
        Box::pin(async move {
            let mut n_gone = 0;
            loop {
                let n_more = self.purge_some(before).await?;
                if n_more == 0 {
                    return Ok(n_gone);
                }
                n_gone += n_more;
            }
        })
    }
}

impl Store {
    /// Forgets some of what a webhook was told, in a transaction of their own; answers how many.
    async fn forget_some_of(&self, center: &CenterId, webhook: i64) -> Result<u64, Error> {
        let mut writer = self.main().writer().await?;
        let done = sqlx::query(FORGET_LOG)
            .bind(center.as_str())
            .bind(webhook)
            .bind(DELIVERIES_FORGOTTEN_AT_ONCE)
            .execute(&mut *writer)
            .await?;
        drop(writer);
        Ok(self.gone(done.rows_affected()))
    }

    /// The same for those from before an instant with which nothing more is done.
    async fn purge_some(&self, before: UnixMicros) -> Result<u64, Error> {
        let mut writer = self.main().writer().await?;
        let done = sqlx::query(PURGE)
            .bind(before.0)
            .bind(DELIVERIES_FORGOTTEN_AT_ONCE)
            .execute(&mut *writer)
            .await?;
        drop(writer);
        Ok(self.gone(done.rows_affected()))
    }

    fn gone(&self, n_gone: u64) -> u64 {
        self.main().checkpointer.written(n_gone * ROW_BYTES);
        n_gone
    }
}

async fn count_waiting(
    connection: &mut SqliteConnection,
    webhook: WebhookId,
) -> Result<i64, Error> {
    let waiting = sqlx::query_scalar(COUNT_WAITING)
        .bind(signed("a webhook", webhook.0)?)
        .fetch_one(connection)
        .await?;
    Ok(waiting)
}

/// Notes a delivery, which is not tried when it is never due; answers whether it is new.
async fn note(
    connection: &mut SqliteConnection,
    delivery: NewDelivery,
    now: UnixMicros,
    due: Option<UnixMicros>,
) -> Result<bool, Error> {
    let done = sqlx::query(NOTE)
        .bind(signed("a webhook", delivery.webhook.0)?)
        .bind(delivery.event_key)
        .bind(delivery.event)
        .bind(delivery.body)
        .bind(now.0)
        .bind(due.map(|due| due.0))
        .bind(due.is_none().then_some("too_many_waiting"))
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

fn found(rows: u64) -> Result<(), WebhookError> {
    if rows == 0 {
        Err(WebhookError::NotFound)
    } else {
        Ok(())
    }
}

fn webhook(row: &SqliteRow) -> Result<Webhook, Error> {
    let events: &str = row.try_get(3)?;
    Ok(Webhook {
        id: WebhookId(unsigned("a webhook", row.try_get(0)?)?),
        center: CenterId::parse(row.try_get(1)?)?,
        url: row.try_get(2)?,
        events: serde_json::from_str(events)
            .map_err(|source| Error::damaged("the events of a webhook", source.to_string()))?,
        secret: row.try_get(4)?,
        created_by: AccountId(unsigned("an account's number", row.try_get(5)?)?),
        created: UnixMicros(row.try_get(6)?),
    })
}

fn delivery(row: &SqliteRow) -> Result<Delivery, Error> {
    let (due, is_delivered): (Option<i64>, bool) = (row.try_get(6)?, row.try_get(8)?);
    let tried: Option<i64> = row.try_get(7)?;
    Ok(Delivery {
        id: DeliveryId(unsigned("a delivery", row.try_get(0)?)?),
        webhook: WebhookId(unsigned("a webhook", row.try_get(1)?)?),
        event: row.try_get(2)?,
        body: row.try_get(3)?,
        created: UnixMicros(row.try_get(4)?),
        n_attempts: row.try_get(5)?,
        tried: tried.map(UnixMicros),
        state: match (due, is_delivered) {
            (Some(due), _) => DeliveryState::Waiting {
                due: UnixMicros(due),
            },
            (None, true) => DeliveryState::Delivered,
            (None, false) => DeliveryState::Dead,
        },
        answer: row.try_get(9)?,
    })
}
