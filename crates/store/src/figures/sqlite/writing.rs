//! Facts as rows of tables, written in the transaction of the history.

use super::codes;
use crate::error::{Error, signed};
use crate::figures::NewFacts;
use crate::history::sqlite::row::{Insert, ROWS_PER_STATEMENT, insert};
use sqlx::sqlite::SqliteConnection;
use tandem_core::contact::Direction;
use tandem_core::ids::AgentId;
use tandem_core::performance::{AgentSpan, Engagement, OfferFact, PromiseFact, Stay};
use tandem_core::time::Timestamp;

const PUT_STAY: &str =
    "INSERT OR REPLACE INTO stays (center, queue, entered_us, contact, nr, left_us, outcome, ring_us,
     version, threshold_s, short_abandon_s) VALUES ";
const PUT_ENGAGEMENT: &str =
    "INSERT OR REPLACE INTO engagements (center, agent, handled_us, contact, nr, queue, is_outbound,
     began_us, talk_us, hold_us, consult_us, wrap_up_us, disposition, transfer) VALUES ";
const PUT_OFFER: &str =
    "INSERT OR REPLACE INTO offers (center, agent, ended_us, contact, nr, queue, offered_us, outcome,
     ring_us) VALUES ";
const PUT_SPAN: &str =
    "INSERT OR REPLACE INTO agent_spans (center, agent, from_us, until_us, state, why, reason,
     is_productive, reason_version, is_unpaid) VALUES ";
const PUT_PROMISE: &str = "INSERT OR REPLACE INTO callback_promises (center, queue, judged_us, callback, promise) VALUES ";
const PUT_THREAD: &str =
    "INSERT OR REPLACE INTO agent_threads (center, agent, body) VALUES (?1, ?2, ?3)";
const FORGET_THREAD: &str = "DELETE FROM agent_threads WHERE center = ?1 AND agent = ?2";

pub(crate) async fn put(
    connection: &mut SqliteConnection,
    nr: i64,
    new: NewFacts,
) -> Result<(), Error> {
    let NewFacts { mut facts, agents } = new;
    // In the order of the tables, whose pages are then gone to once. What is told twice is told last as it is: the sort
    // is stable.
    facts
        .stays
        .sort_by_key(|it| (it.queue, it.entered_at, it.contact, it.nr));
    put_each(connection, (PUT_STAY, 11), &facts.stays, |put, stay| {
        bind_stay(put, nr, stay)
    })
    .await?;
    facts
        .engagements
        .sort_by_key(|it| (it.agent, it.handled_at, it.contact, it.nr));
    let engagements = (PUT_ENGAGEMENT, 14);
    put_each(connection, engagements, &facts.engagements, |put, it| {
        bind_engagement(put, nr, it)
    })
    .await?;
    facts
        .offers
        .sort_by_key(|it| (it.agent, it.ended_at, it.contact, it.nr));
    put_each(connection, (PUT_OFFER, 9), &facts.offers, |put, offer| {
        bind_offer(put, nr, offer)
    })
    .await?;
    facts.spans.sort_by_key(|it| (it.agent, it.from));
    put_each(connection, (PUT_SPAN, 10), &facts.spans, |put, span| {
        bind_span(put, nr, span)
    })
    .await?;
    facts
        .promises
        .sort_by_key(|it| (it.queue, it.judged_at, it.callback));
    put_each(connection, (PUT_PROMISE, 5), &facts.promises, |put, it| {
        bind_promise(put, nr, it)
    })
    .await?;
    put_threads(connection, nr, agents).await
}

async fn put_each<T>(
    connection: &mut SqliteConnection,
    (text, n_columns): (&'static str, usize),
    facts: &[T],
    bind: impl Fn(Insert, &T) -> Result<Insert, Error>,
) -> Result<(), Error> {
    for facts in facts.chunks(ROWS_PER_STATEMENT) {
        let put = insert(text, n_columns, facts.len());
        let put = facts.iter().try_fold(put, &bind)?;
        put.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn put_threads(
    connection: &mut SqliteConnection,
    nr: i64,
    agents: Vec<(AgentId, Option<Vec<u8>>)>,
) -> Result<(), Error> {
    for (agent, body) in agents {
        let agent = id(agent.0)?;
        let put = match body {
            Some(body) => sqlx::query(PUT_THREAD).bind(nr).bind(agent).bind(body),
            None => sqlx::query(FORGET_THREAD).bind(nr).bind(agent),
        };
        put.execute(&mut *connection).await?;
    }
    Ok(())
}

fn bind_stay(put: Insert, nr: i64, stay: &Stay) -> Result<Insert, Error> {
    Ok(put
        .bind(nr)
        .bind(id(stay.queue.0)?)
        .bind(stay.entered_at.as_micros())
        .bind(id(stay.contact.0)?)
        .bind(i64::from(stay.nr))
        .bind(stay.left.map(|(at, _)| at.as_micros()))
        .bind(stay.left.map(|(_, end)| codes::of_stay_end(end)))
        .bind(stay.ring_us)
        .bind(id(stay.thresholds.version)?)
        .bind(i64::from(stay.thresholds.threshold_s))
        .bind(i64::from(stay.thresholds.short_abandon_s)))
}

fn bind_engagement(put: Insert, nr: i64, it: &Engagement) -> Result<Insert, Error> {
    let disposition = it.disposition.map(|it| id(it.0)).transpose()?;
    Ok(put
        .bind(nr)
        .bind(id(it.agent.0)?)
        .bind(it.handled_at.map(Timestamp::as_micros))
        .bind(id(it.contact.0)?)
        .bind(i64::from(it.nr))
        .bind(id(it.queue.0)?)
        .bind(it.direction == Direction::Outbound)
        .bind(it.began_at.as_micros())
        .bind(it.talk_us)
        .bind(it.hold_us)
        .bind(it.consult_us)
        .bind(it.wrap_up_us)
        .bind(disposition)
        .bind(it.transfer.map(codes::of_transfer)))
}

fn bind_offer(put: Insert, nr: i64, offer: &OfferFact) -> Result<Insert, Error> {
    Ok(put
        .bind(nr)
        .bind(id(offer.agent.0)?)
        .bind(offer.ended_at.as_micros())
        .bind(id(offer.contact.0)?)
        .bind(i64::from(offer.nr))
        .bind(id(offer.queue.0)?)
        .bind(offer.offered_at.as_micros())
        .bind(offer.end.map(codes::of_offer_end))
        .bind(offer.ring_us))
}

fn bind_span(put: Insert, nr: i64, span: &AgentSpan) -> Result<Insert, Error> {
    let (why, chosen) = codes::of_reason(span.reason);
    Ok(put
        .bind(nr)
        .bind(id(span.agent.0)?)
        .bind(span.from.as_micros())
        .bind(span.until.map(Timestamp::as_micros))
        .bind(codes::of_state(span.state))
        .bind(why)
        .bind(chosen.map(id).transpose()?)
        .bind(span.is_productive)
        .bind(id(span.reason_version)?)
        .bind(span.is_unpaid))
}

fn bind_promise(put: Insert, nr: i64, it: &PromiseFact) -> Result<Insert, Error> {
    Ok(put
        .bind(nr)
        .bind(id(it.queue.0)?)
        .bind(it.judged_at.as_micros())
        .bind(id(it.callback.0)?)
        .bind(codes::of_promise(it.promise)))
}

fn id(id: u64) -> Result<i64, Error> {
    signed("a number of a fact", id)
}
