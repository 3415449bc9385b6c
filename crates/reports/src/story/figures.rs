//! What a contact comes to in figures (B15.1, B15.5): sums of the spans of its story, in microseconds, and
//! what is counted once.

use super::course::{Doing, Lane, Span};
use super::entry::What;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tandem_core::flow::Key;
use tandem_core::ids::{AgentId, DispositionId, QueueId};
use tandem_core::talk::TransferResult;
use tandem_core::time::Timestamp;

/// Stays in queues of one contact that are remembered.
pub const QUEUES_MAX: usize = 32;
/// Choices in menus of one contact that are remembered.
pub const CHOICES_MAX: usize = 64;

/// The figures of one contact. Of a contact that goes on they count the spans that are over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// In queues: from entering until an agent joined or it left, all stays together.
    pub wait_us: i64,
    /// Customer and agent heard each other; of a message, an agent had it.
    pub talk_us: i64,
    /// The customer was on hold and the agent talked to nobody.
    pub hold_us: i64,
    /// The customer was on hold and the agent talked to a third party.
    pub consult_us: i64,
    /// Work after the conversation, of all agents together.
    pub wrap_up_us: i64,
    /// How long each agent talked to the customer.
    pub talk_us_by_agent: BTreeMap<AgentId, i64>,
    /// When it entered its first queue.
    pub enqueued_at: Option<Timestamp>,
    /// When customer and agent could talk first.
    pub connected_at: Option<Timestamp>,
    /// The queue of each stay, in order.
    pub queues: Vec<QueueId>,
    /// What was pressed in menus, in order.
    pub menu: Vec<Key>,
    /// What its agent chose last.
    pub disposition: Option<DispositionId>,
    /// Transfers that were completed.
    pub transfers: u32,
    /// Whether its caller left a message, or it is one.
    pub has_message: bool,
}

impl Figures {
    /// Takes a span that is over.
    pub(super) fn add(&mut self, span: &Span, is_message: bool) {
        let us = span.until.map_or(0, |until| until.micros_since(span.from));
        match (span.lane, span.doing) {
            (Lane::Queue(_), Doing::Waiting) => self.wait_us += us,
            (Lane::Customer, Doing::Talking) => self.talk_us += us,
            (Lane::Agent(agent), Doing::Talking) => {
                *self.talk_us_by_agent.entry(agent).or_default() += us;
                if is_message {
                    self.talk_us += us;
                }
            }
            (Lane::Agent(_), Doing::Holding) => self.hold_us += us,
            (Lane::Agent(_), Doing::Consulting) => self.consult_us += us,
            (Lane::Agent(_), Doing::WrapUp) => self.wrap_up_us += us,
            _ => {}
        }
    }

    /// Takes what is counted once.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other entries are counted nowhere"
    )]
    pub(super) fn note(&mut self, at: Timestamp, what: &What, is_message: bool) {
        match what {
            What::Enqueued { queue, .. } | What::Requeued { queue, .. } => self.entered(at, *queue),
            What::MessageLeft { queue, .. } => {
                self.has_message = true;
                if is_message {
                    self.entered(at, *queue);
                }
            }
            What::Dialed { queue, .. } | What::EarlyCalled { queue, .. } => self.is_of(*queue),
            What::Connected { .. } | What::CustomerReached { .. } => {
                self.connected_at.get_or_insert(at);
            }
            What::ExitTaken { exit, .. } => {
                let is_room = self.menu.len() < CHOICES_MAX;
                self.menu.extend(key(exit).filter(|_| is_room));
            }
            What::WrapUpEnded {
                disposition: Some(disposition),
                ..
            } => self.disposition = Some(*disposition),
            What::TransferEnded {
                result: TransferResult::Completed,
                ..
            } => self.transfers += 1,
            _ => {}
        }
    }

    fn entered(&mut self, at: Timestamp, queue: QueueId) {
        self.enqueued_at.get_or_insert(at);
        self.is_of(queue);
    }

    /// The last is the last, however many there were.
    fn is_of(&mut self, queue: QueueId) {
        if self.queues.len() >= QUEUES_MAX {
            self.queues.pop();
        }
        self.queues.push(queue);
    }
}

/// The key by which a node was left, if it was: only menus have exits of one key.
#[must_use]
pub fn key(exit: &str) -> Option<Key> {
    let mut chars = exit.chars();
    let key = chars.next().and_then(Key::new)?;
    chars.next().is_none().then_some(key)
}
