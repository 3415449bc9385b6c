//! One contact as a row of a file: the same columns in every format. Units stand in the names; a cell is typed,
//! and each format writes it in its own way.

use super::super::list::{channel_word, disposition_label};
use super::super::{CustomerView, Named, agent_named, queue_named, view::endpoint_named};
use crate::api::table::{Cell, Column, Heading, Kind};
use crate::center::Center;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Write as _};
use tandem_core::contact::Direction;
use tandem_core::ids::{AgentId, QueueId, SubjectRef};
use tandem_core::privacy::AgentFigures;
use tandem_core::state::State;
use tandem_store::{HistoryRow, UnixMicros};

/// The names of the columns, in their order.
const COLUMNS: [&str; 32] = [
    "contact_id",
    "version",
    "arrived_at",
    "enqueued_at",
    "connected_at",
    "conversation_ended_at",
    "ended_at",
    "direction",
    "channel",
    "endpoint_id",
    "endpoint",
    "first_queue_id",
    "first_queue",
    "last_queue_id",
    "last_queue",
    "agent_ids",
    "agents",
    "agent_talk_ms",
    "customer_number",
    "customer_name",
    "wait_ms",
    "talk_ms",
    "hold_ms",
    "consult_ms",
    "wrap_up_ms",
    "menu",
    "end_reason",
    "disposition_id",
    "disposition",
    "transfers",
    "has_recording",
    "has_message",
];

/// The kinds of the columns, in their order.
const KINDS: [Kind; COLUMNS.len()] = [
    Kind::Number,
    Kind::Number,
    Kind::Instant,
    Kind::Instant,
    Kind::Instant,
    Kind::Instant,
    Kind::Instant,
    Kind::Text,
    Kind::Text,
    Kind::Number,
    Kind::Text,
    Kind::Number,
    Kind::Text,
    Kind::Number,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Number,
    Kind::Number,
    Kind::Number,
    Kind::Number,
    Kind::Number,
    Kind::Text,
    Kind::Text,
    Kind::Number,
    Kind::Text,
    Kind::Number,
    Kind::Flag,
    Kind::Flag,
];

/// What the table is of.
pub(super) fn heading() -> Heading {
    let columns = COLUMNS.into_iter().zip(KINDS);
    let columns = columns.map(|(name, kind)| Column {
        name: name.into(),
        kind,
    });
    Heading {
        name: "contacts",
        columns: columns.collect(),
    }
}

/// A row.
pub(super) type Cells = [Cell; COLUMNS.len()];

/// The cells of a contact. Names of agents are those that were opened before.
pub(super) fn cells(
    center: &Center,
    state: &State,
    row: &HistoryRow,
    customers: &BTreeMap<SubjectRef, CustomerView>,
    figures: AgentFigures,
) -> Cells {
    let customer = customers.get(&row.arrival);
    let endpoint = endpoint_named(state, row.endpoint);
    let (first_id, first) = queue(state, row.queues.first());
    let (last_id, last) = queue(state, row.queues.last());
    let (agent_ids, agents, agent_talk) = match figures {
        AgentFigures::Each => people(center, state, &row.agents),
        AgentFigures::Team => (Cell::Empty, teams(state, &row.agents), Cell::Empty),
    };
    [
        Cell::Number(row.contact.0),
        Cell::Number(row.version),
        at(Some(row.arrived)),
        at(row.enqueued),
        at(row.connected),
        at(row.left),
        at(row.ended),
        Cell::Word(Cow::Borrowed(match row.direction {
            Direction::Inbound => "in",
            Direction::Outbound => "out",
        })),
        Cell::Word(Cow::Borrowed(channel_word(row.channel))),
        Cell::Number(endpoint.id),
        Cell::Text(endpoint.name),
        first_id,
        first,
        last_id,
        last,
        agent_ids,
        agents,
        agent_talk,
        text(customer.and_then(|it| it.number.clone())),
        text(customer.and_then(|it| it.name.clone())),
        Cell::Number(row.wait_ms),
        Cell::Number(row.talk_ms),
        Cell::Number(row.hold_ms),
        Cell::Number(row.consult_ms),
        Cell::Number(row.wrap_up_ms),
        joined(row.menu.chars()),
        end_reason(row),
        row.disposition.map_or(Cell::Empty, |id| Cell::Number(id.0)),
        row.disposition
            .map_or(Cell::Empty, |id| Cell::Text(disposition_label(state, id))),
        Cell::Number(u64::from(row.transfers)),
        Cell::Flag(row.has_recording),
        Cell::Flag(row.has_message),
    ]
}

fn at(at: Option<UnixMicros>) -> Cell {
    at.map_or(Cell::Empty, |at| Cell::Instant(at.0))
}

/// Choices such as `*` and `#` stand between semicolons, or alone.
fn joined(parts: impl Iterator<Item = impl Display>) -> Cell {
    let mut whole = String::new();
    for part in parts {
        if !whole.is_empty() {
            whole.push(';');
        }
        write!(whole, "{part}").expect("writing into a string does not fail");
    }
    if whole.is_empty() {
        Cell::Empty
    } else {
        Cell::Word(Cow::Owned(whole))
    }
}

fn text(text: Option<String>) -> Cell {
    text.map_or(Cell::Empty, Cell::Text)
}

fn end_reason(row: &HistoryRow) -> Cell {
    let written = row.end_reason.map(serde_json::to_value);
    match written {
        Some(Ok(serde_json::Value::String(word))) => Cell::Word(Cow::Owned(word)),
        Some(_) | None => Cell::Empty,
    }
}

fn queue(state: &State, id: Option<&QueueId>) -> (Cell, Cell) {
    id.map_or((Cell::Empty, Cell::Empty), |id| {
        let Named { id, name } = queue_named(state, *id);
        (Cell::Number(id), Cell::Text(name))
    })
}

/// In place of the agents, where figures are of teams: nobody's are worked out from a file.
fn teams(state: &State, agents: &[(AgentId, u64)]) -> Cell {
    let teams = agents.iter().filter_map(|(agent, _)| {
        let team = state.agents.get(*agent)?.profile.team?;
        Some(state.settings.teams.get(&team)?.document.name.as_str())
    });
    let teams: BTreeSet<&str> = teams.collect();
    if teams.is_empty() {
        return Cell::Empty;
    }
    let names = teams.into_iter().map(|name| name.replace(';', ","));
    Cell::Text(names.collect::<Vec<_>>().join(";"))
}

fn people(center: &Center, state: &State, agents: &[(AgentId, u64)]) -> (Cell, Cell, Cell) {
    if agents.is_empty() {
        return (Cell::Empty, Cell::Empty, Cell::Empty);
    }
    let ids = agents.iter().map(|(id, _)| id);
    let names = agents.iter().map(|(id, _)| {
        let name = agent_named(center, state, *id).name;
        // A name with the separator in it must not become two.
        name.replace(';', ",")
    });
    let names: Vec<String> = names.collect();
    let talk = agents.iter().map(|(_, ms)| ms);
    (joined(ids), Cell::Text(names.join(";")), joined(talk))
}
