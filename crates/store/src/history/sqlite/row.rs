//! One contact as rows of tables.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::center::UnixMicros;
use crate::error::{Error, signed, unsigned};
use crate::history::filter::stored;
use crate::history::{HistoryEntry, HistoryRow};
use tandem_core::contact::{Channel, Direction};
use tandem_core::event::EndReason;
use tandem_core::ids::{
    AgentId, ContactId, CustomerHash, DispositionId, EndpointId, QueueId, SubjectRef,
};

/// What [`row_of`] reads, in its order.
pub(super) const COLUMNS: &str =
    "c.contact, c.version, c.arrived_us, c.enqueued_us, c.connected_us,
     c.left_us, c.ended_us, c.is_outbound, c.is_message, c.has_message, c.has_recording, c.endpoint,
     c.wait_ms, c.talk_ms, c.hold_ms, c.consult_ms, c.wrap_up_ms, c.transfers, c.end_reason,
     c.disposition, c.customer, c.arrival, c.queues, c.agents, c.menu, c.correlation";

const PUT: &str = "INSERT OR REPLACE INTO contacts (center, contact, version, arrived_us, enqueued_us,
     connected_us, left_us, ended_us, is_outbound, is_message, has_message, has_recording, endpoint,
     wait_ms, talk_ms, hold_ms, consult_ms, wrap_up_ms, transfers, end_reason, disposition, customer,
     arrival, queues, agents, menu, correlation)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
     ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)";
/// Queues and agents of a contact only ever become more.
const PUT_QUEUE: &str = "INSERT INTO contact_queues (center, queue, contact) VALUES (?1, ?2, ?3)
     ON CONFLICT DO NOTHING";
const PUT_AGENT: &str = "INSERT INTO contact_agents (center, agent, contact) VALUES (?1, ?2, ?3)
     ON CONFLICT DO NOTHING";
const PUT_DETAIL: &str = "INSERT INTO details (center, contact, body) VALUES (?1, ?2, ?3)
     ON CONFLICT (center, contact) DO UPDATE SET body = ?3";

pub(super) async fn put(
    connection: &mut SqliteConnection,
    nr: i64,
    entry: HistoryEntry,
) -> Result<(), Error> {
    let HistoryEntry { row, detail } = entry;
    let contact = signed("a contact", row.contact.0)?;
    put_facts(connection, nr, contact, &row).await?;
    for queue in &row.queues {
        sqlx::query(PUT_QUEUE)
            .bind(nr)
            .bind(signed("a queue", queue.0)?)
            .bind(contact)
            .execute(&mut *connection)
            .await?;
    }
    for (agent, _) in &row.agents {
        sqlx::query(PUT_AGENT)
            .bind(nr)
            .bind(signed("an agent", agent.0)?)
            .bind(contact)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(PUT_DETAIL)
        .bind(nr)
        .bind(contact)
        .bind(detail)
        .execute(connection)
        .await?;
    Ok(())
}

async fn put_facts(
    connection: &mut SqliteConnection,
    nr: i64,
    contact: i64,
    row: &HistoryRow,
) -> Result<(), Error> {
    sqlx::query(PUT)
        .bind(nr)
        .bind(contact)
        .bind(stored(row.version))
        .bind(row.arrived.0)
        .bind(row.enqueued.map(|at| at.0))
        .bind(row.connected.map(|at| at.0))
        .bind(row.left.map(|at| at.0))
        .bind(row.ended.map(|at| at.0))
        .bind(row.direction == Direction::Outbound)
        .bind(row.channel == Channel::Voicemail)
        .bind(row.has_message)
        .bind(row.has_recording)
        .bind(stored(row.endpoint.0))
        .bind(stored(row.wait_ms))
        .bind(stored(row.talk_ms))
        .bind(stored(row.hold_ms))
        .bind(stored(row.consult_ms))
        .bind(stored(row.wrap_up_ms))
        .bind(i64::from(row.transfers))
        .bind(row.end_reason.map(word_of))
        .bind(row.disposition.map(|it| stored(it.0)))
        // A hash has all 64 bits.
        .bind(row.customer.map(|it| it.0.cast_signed()))
        .bind(stored(row.arrival.0))
        .bind(json(&row.queues)?)
        .bind(json(&row.agents)?)
        .bind(&row.menu)
        .bind(&row.correlation)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) fn row_of(row: &SqliteRow) -> Result<HistoryRow, Error> {
    let number = |place: usize| -> Result<u64, Error> {
        unsigned("a number of the history", row.try_get(place)?)
    };
    let instant = |place: usize| -> Result<Option<UnixMicros>, Error> {
        Ok(row.try_get::<Option<i64>, _>(place)?.map(UnixMicros))
    };
    let transfers: i64 = row.try_get(17)?;
    let reason: Option<&str> = row.try_get(18)?;
    let disposition: Option<i64> = row.try_get(19)?;
    let customer: Option<i64> = row.try_get(20)?;
    Ok(HistoryRow {
        contact: ContactId(number(0)?),
        version: number(1)?,
        arrived: UnixMicros(row.try_get(2)?),
        enqueued: instant(3)?,
        connected: instant(4)?,
        left: instant(5)?,
        ended: instant(6)?,
        direction: if row.try_get(7)? {
            Direction::Outbound
        } else {
            Direction::Inbound
        },
        channel: if row.try_get(8)? {
            Channel::Voicemail
        } else {
            Channel::Voice
        },
        has_message: row.try_get(9)?,
        has_recording: row.try_get(10)?,
        endpoint: EndpointId(number(11)?),
        wait_ms: number(12)?,
        talk_ms: number(13)?,
        hold_ms: number(14)?,
        consult_ms: number(15)?,
        wrap_up_ms: number(16)?,
        transfers: u32::try_from(transfers).unwrap_or(u32::MAX),
        end_reason: reason.map(reason_of).transpose()?,
        disposition: disposition
            .map(|it| unsigned("a disposition", it))
            .transpose()?
            .map(DispositionId),
        customer: customer.map(|it| CustomerHash(it.cast_unsigned())),
        arrival: SubjectRef(number(21)?),
        queues: read::<Vec<QueueId>>(row.try_get(22)?)?,
        agents: read::<Vec<(AgentId, u64)>>(row.try_get(23)?)?,
        menu: row.try_get(24)?,
        correlation: row.try_get(25)?,
    })
}

fn json(list: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(list).map_err(|error| Error::Invalid {
        what: "a list of the history",
        reason: error.to_string(),
    })
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text)
        .map_err(|error| Error::damaged("a list of the history", error.to_string()))
}

/// The word of an end reason, as events spell it.
pub(super) fn word_of(reason: EndReason) -> String {
    match serde_json::to_value(reason) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

pub(super) fn reason_of(word: &str) -> Result<EndReason, Error> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|error| Error::damaged("an end reason of the history", error.to_string()))
}
