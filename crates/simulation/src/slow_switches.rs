//! B4.6 once more, by going through every fact: how each queue is switched, and when that has to end. It reads what a
//! queue's schedule says from the schedule, and keeps no index.

use crate::slow_router;
use tandem_core::callback::Origin;
use tandem_core::event::{Event, SwitchEnd};
use tandem_core::ids::QueueId;
use tandem_core::limits;
use tandem_core::schedule::Hours;
use tandem_core::settings::Kind;
use tandem_core::state::State;
use tandem_core::switch::Position;
use tandem_core::time::Timestamp;

/// A switch that was told of, and whose end was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Standing {
    queue: QueueId,
    position: Position,
    until: Timestamp,
}

/// What is remembered of the facts.
#[derive(Debug, Default)]
pub(crate) struct SlowSwitches(Vec<Standing>);

impl SlowSwitches {
    /// Whether a fact agrees with how queues are switched, given the state right before it.
    pub(crate) fn follow(
        &mut self,
        now: Timestamp,
        before: &State,
        event: &Event,
    ) -> Result<(), String> {
        let agrees = self.check(now, before, event);
        self.note(event);
        agrees
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no switch"
    )]
    fn check(&self, now: Timestamp, before: &State, event: &Event) -> Result<(), String> {
        let is_right = match event {
            Event::QueueSwitched(it) => {
                let is_bounded = now < it.until
                    && it.until <= now.plus_seconds(limits::SWITCH_SECONDS_MAX)
                    && !it.reason.trim().is_empty();
                let is_alone = self.of_matter(it.queue, it.to).is_none();
                is_bounded && is_alone && it.before == slow_router::hours(before, now, it.queue)
            }
            Event::SwitchEnded(it) => {
                let standing = self.of_matter(it.queue, it.position);
                standing.is_some_and(|standing| {
                    let is_in_time = match it.why {
                        SwitchEnd::Over => standing.until <= now,
                        SwitchEnd::Early(_) => now < standing.until,
                    };
                    is_in_time && standing.position == it.position
                })
            }
            Event::SwitchMet(it) => {
                let standing = self.of_matter(it.queue, it.position);
                let hours = slow_router::hours(before, now, it.queue);
                hours != Hours::Open
                    && standing.is_some_and(|it| now < it.until && it.position != Position::Open)
            }
            Event::CallbackBooked(it) if matches!(it.origin, Origin::Caller(_)) => {
                let standing = self.of_matter(it.queue, Position::NoCallbacks);
                standing.is_none_or(|it| it.until <= now)
            }
            _ => true,
        };
        is_right
            .then_some(())
            .ok_or_else(|| format!("{event:?}, while {:?}", self.0))
    }

    fn of_matter(&self, queue: QueueId, to: Position) -> Option<&Standing> {
        let is_about = |it: &&Standing| it.queue == queue && it.position.matter() == to.matter();
        self.0.iter().find(is_about)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no switch"
    )]
    fn note(&mut self, event: &Event) {
        match event {
            Event::QueueSwitched(it) => self.0.push(Standing {
                queue: it.queue,
                position: it.to,
                until: it.until,
            }),
            Event::SwitchEnded(ended) => self
                .0
                .retain(|it| it.queue != ended.queue || it.position != ended.position),
            Event::Removed {
                kind: Kind::Queue,
                id,
                ..
            } => self.0.retain(|it| it.queue.0 != *id),
            _ => {}
        }
    }
}
