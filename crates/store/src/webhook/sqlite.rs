//! Webhooks on SQLite.

use sqlx::sqlite::SqliteRow;
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
    DELIVERIES_AT_ONCE_PER_WEBHOOK, DELIVERIES_PER_READ_MAX, DELIVERIES_WAITING_MAX,
    WEBHOOKS_PER_CENTER_MAX,
};
use tandem_core::ids::AccountId;

const COUNT: &str = "SELECT COUNT(*) FROM webhooks WHERE center = ?1";
const CREATE: &str = "INSERT INTO webhooks (center, url, events, secret, created_by, created_us)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const ALL: &str = "SELECT id, center, url, events, secret, created_by, created_us FROM webhooks
     WHERE center = ?1 ORDER BY id";
const REMOVE: &str = "DELETE FROM webhooks WHERE center = ?1 AND id = ?2";
const CURSOR: &str = "SELECT seq FROM webhook_cursors WHERE center = ?1";
const SET_CURSOR: &str = "INSERT INTO webhook_cursors (center, seq) VALUES (?1, ?2)
     ON CONFLICT (center) DO UPDATE SET seq = excluded.seq";
const COUNT_WAITING: &str =
    "SELECT COUNT(*) FROM deliveries WHERE webhook = ?1 AND due_us IS NOT NULL";
/// One whose webhook was removed meanwhile is for nobody.
const NOTE: &str =
    "INSERT INTO deliveries (webhook, event_key, event, body, created_us, due_us, answer)
     SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM webhooks WHERE id = ?1
     ON CONFLICT (webhook, event_key) DO NOTHING";
const DUE: &str = "SELECT id, webhook, event, body, created_us, n_attempts, due_us, tried_us,
     delivered, answer FROM (
         SELECT d.*, ROW_NUMBER() OVER (PARTITION BY d.webhook ORDER BY d.due_us, d.id) AS place
         FROM deliveries d JOIN webhooks w ON w.id = d.webhook
         WHERE d.due_us IS NOT NULL AND d.due_us <= ?2 AND w.center = ?1)
     WHERE place <= ?3 ORDER BY due_us, id";
const TRIED: &str = "UPDATE deliveries SET n_attempts = n_attempts + 1, tried_us = ?2, due_us = ?3,
     delivered = ?4, answer = ?5 WHERE id = ?1";
const PAGE: &str = "SELECT d.id, d.webhook, d.event, d.body, d.created_us, d.n_attempts, d.due_us,
     d.tried_us, d.delivered, d.answer FROM deliveries d JOIN webhooks w ON w.id = d.webhook
     WHERE w.center = ?1 AND w.id = ?2 AND d.id < ?3 ORDER BY d.id DESC LIMIT ?4";
const RESEND: &str = "UPDATE deliveries SET due_us = ?4, n_attempts = 0, delivered = 0
     WHERE id = ?3 AND webhook = (SELECT id FROM webhooks WHERE center = ?1 AND id = ?2)";
const PURGE: &str = "DELETE FROM deliveries WHERE due_us IS NULL AND created_us < ?1";

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
            let writer = &mut *self.main().writer().await?;
            let done = sqlx::query(REMOVE)
                .bind(center.as_str())
                .bind(signed("a webhook", id.0)?)
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
            for delivery in deliveries {
                let webhook = signed("a webhook", delivery.webhook.0)?;
                let waiting: i64 = sqlx::query_scalar(COUNT_WAITING)
                    .bind(webhook)
                    .fetch_one(&mut *transaction)
                    .await?;
                let is_full = waiting >= DELIVERIES_WAITING_MAX;
                sqlx::query(NOTE)
                    .bind(webhook)
                    .bind(delivery.event_key)
                    .bind(delivery.event)
                    .bind(delivery.body)
                    .bind(now.0)
                    .bind((!is_full).then_some(now.0))
                    .bind(is_full.then_some("too_many_waiting"))
                    .execute(&mut *transaction)
                    .await?;
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
            let writer = &mut *self.main().writer().await?;
            let done = sqlx::query(PURGE).bind(before.0).execute(writer).await?;
            self.main().checkpointer.written(1);
            Ok(done.rows_affected())
        })
    }
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
