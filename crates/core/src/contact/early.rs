//! What facts make of an early call.

use super::{Contact, State};
use crate::callback::{Early, EarlyEnd};
use crate::event::{EarlyAnswered, EarlyCalled, EarlyFailed, EarlyPlanned, Event};
use crate::input::NotJoined;
use crate::offer::RING_GRACE_S;
use crate::time::Timestamp;

impl Contact {
    /// Whether the phone of its customer rings, and no agent is there.
    #[must_use]
    pub const fn rings_early(&self) -> bool {
        matches!(self.early, Some(Early::Ringing { .. }))
    }

    /// Whether its customer is called, or answered and waits: for no longer than that call says.
    #[must_use]
    pub const fn is_called_early(&self) -> bool {
        match self.early {
            Some(Early::Ringing { .. } | Early::Waiting { .. }) => true,
            Some(Early::Planned { .. } | Early::Parting) | None => false,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "four facts are about it")]
    pub(super) fn called_early(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::EarlyPlanned(EarlyPlanned { at, .. }) => {
                self.early = at.map(|at| Early::Planned { at });
            }
            Event::EarlyCalled(EarlyCalled {
                endpoint, until, ..
            }) => {
                self.endpoint = *endpoint;
                self.early = Some(Early::Ringing {
                    since: now,
                    until: *until,
                    ended: None,
                });
            }
            Event::EarlyAnswered(EarlyAnswered { until, .. }) => {
                let (since, until) = (now, *until);
                self.early = Some(Early::Waiting { since, until });
            }
            Event::EarlyFailed(EarlyFailed { why, .. }) => self.early_failed(*why),
            _ => {}
        }
    }

    /// Who is told that nobody came waits no more.
    fn early_failed(&mut self, why: EarlyEnd) {
        match why {
            EarlyEnd::NobodyFree => {
                self.early = Some(Early::Parting);
                self.state = State::InFlow;
            }
            EarlyEnd::NotReached(_) | EarlyEnd::GaveUp => self.early = None,
        }
    }

    /// The call is being asked about; should nobody answer that, it is given up all the same.
    pub(super) fn early_ring_ended(&mut self, now: Timestamp, why: NotJoined) {
        if let Some(Early::Ringing { until, ended, .. }) = &mut self.early {
            *until = now.plus_seconds(RING_GRACE_S);
            *ended = Some(why);
        }
    }
}
