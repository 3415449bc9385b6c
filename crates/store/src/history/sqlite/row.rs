//! One contact as rows of tables.

use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

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
     arrival, queues, agents, menu, correlation) VALUES ";
const PUT_COLUMNS: usize = 27;
/// Queues and agents of a contact only ever become more.
const PUT_QUEUE: &str =
    "INSERT OR REPLACE INTO contact_queues (center, queue, contact, is_outbound, is_message,
     has_recording, is_open, wait_ms, end_reason, disposition) VALUES ";
const PUT_AGENT: &str =
    "INSERT OR REPLACE INTO contact_agents (center, agent, contact, is_outbound, is_message,
     has_recording, is_open, wait_ms, end_reason, disposition) VALUES ";
const PUT_BESIDE_COLUMNS: usize = 10;
const PUT_DETAIL: &str = "INSERT OR REPLACE INTO details (center, contact, body) VALUES ";
const PUT_DETAIL_COLUMNS: usize = 3;
/// Rows of one statement: each statement is a trip to SQLite's thread.
pub(crate) const ROWS_PER_STATEMENT: usize = 64;

pub(super) async fn put(
    connection: &mut SqliteConnection,
    nr: i64,
    entries: &[HistoryEntry],
) -> Result<(), Error> {
    for entries in entries.chunks(ROWS_PER_STATEMENT) {
        let mut facts = insert(PUT, PUT_COLUMNS, entries.len());
        let mut details = insert(PUT_DETAIL, PUT_DETAIL_COLUMNS, entries.len());
        for HistoryEntry { row, detail } in entries {
            let contact = signed("a contact", row.contact.0)?;
            facts = bind_facts(facts, nr, contact, row)?;
            details = details.bind(nr).bind(contact).bind(detail.as_slice());
        }
        facts.execute(&mut *connection).await?;
        details.execute(&mut *connection).await?;
    }
    let rows = || entries.iter().map(|entry| &entry.row);
    let queues = rows().flat_map(|row| row.queues.iter().map(move |queue| (queue.0, row)));
    put_beside(connection, nr, PUT_QUEUE, queues.collect()).await?;
    let agents = rows().flat_map(|row| row.agents.iter().map(move |(agent, _)| (agent.0, row)));
    put_beside(connection, nr, PUT_AGENT, agents.collect()).await
}

/// What lists ask of a contact, beside each of its queues or agents.
async fn put_beside(
    connection: &mut SqliteConnection,
    nr: i64,
    text: &'static str,
    mut beside: Vec<(u64, &HistoryRow)>,
) -> Result<(), Error> {
    // In the order of the table, whose pages are then gone to once.
    beside.sort_by_key(|(id, row)| (*id, row.contact));
    for beside in beside.chunks(ROWS_PER_STATEMENT) {
        let mut put = insert(text, PUT_BESIDE_COLUMNS, beside.len());
        for (id, row) in beside {
            put = put
                .bind(nr)
                .bind(signed("a queue or an agent", *id)?)
                .bind(signed("a contact", row.contact.0)?)
                .bind(row.direction == Direction::Outbound)
                .bind(row.channel == Channel::Voicemail)
                .bind(row.has_recording)
                .bind(row.ended.is_none())
                .bind(stored(row.wait_ms))
                .bind(row.end_reason.map(word_of))
                .bind(row.disposition.map(|it| stored(it.0)));
        }
        put.execute(&mut *connection).await?;
    }
    Ok(())
}

/// A statement that rows are bound to.
pub(crate) type Insert = sqlx::query::Query<'static, Sqlite, SqliteArguments>;

/// A statement for so many rows. One that is full is kept prepared.
pub(crate) fn insert(text: &str, n_columns: usize, n_rows: usize) -> Insert {
    let row = format!("({})", vec!["?"; n_columns].join(", "));
    let text = text.to_owned() + &vec![row; n_rows].join(", ");
    let is_full = n_rows == ROWS_PER_STATEMENT || n_rows == 1;
    sqlx::query(AssertSqlSafe(text)).persistent(is_full)
}

fn bind_facts(put: Insert, nr: i64, contact: i64, row: &HistoryRow) -> Result<Insert, Error> {
    Ok(put
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
        .bind(row.menu.as_str())
        .bind(row.correlation.as_str()))
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
