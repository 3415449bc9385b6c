//! What those who wait are told: their position and how long it will take, at intervals (R-18, R-19, B-017).

use super::OpenTurn;
use crate::contact::State;
use crate::effect::{Effect, Repeat};
use crate::estimate::{Announcement, Estimate, announce_position, announce_wait};
use crate::event::{Announced, Event};
use crate::ids::{ContactId, QueueId};
use crate::queue::Announce;

/// What is told at one time.
struct Told {
    position: Option<u32>,
    wait: Option<Announcement>,
    estimate: Option<Estimate>,
}

impl OpenTurn<'_> {
    /// Somebody entered a queue: the first announcement is planned, if its queue makes any.
    pub(super) fn plan_announcement(&mut self, id: ContactId, queue: QueueId) {
        let Some(first_s) = self.announce_of(queue).map(|it| it.first_s) else {
            return;
        };
        self.record(Event::AnnouncementPlanned {
            contact: id,
            at: self.now.plus_seconds(first_s),
        });
    }

    fn announce_of(&self, queue: QueueId) -> Option<&Announce> {
        self.state.settings.queue(queue)?.announce.as_deref()
    }

    /// Says what is to be said now. Without anything to say the music plays on, and it is looked at again.
    pub(super) fn announce(&mut self, id: ContactId) {
        let Some(State::Queued(stay)) = self.contact(id).map(|it| &it.state) else {
            return;
        };
        let queue = stay.queue;
        let Some(announce) = self.announce_of(queue).cloned() else {
            self.record(Event::Announced(Announced {
                contact: id,
                position: None,
                wait: None,
                estimate: None,
                next_at: None,
            }));
            return;
        };
        let told = self.what_to_tell(id, &announce);
        self.record(Event::Announced(Announced {
            contact: id,
            position: told.position,
            wait: told.wait,
            estimate: told.estimate,
            next_at: Some(self.now.plus_seconds(announce.every_s)),
        }));
        let attributes = self.contact(id).map(|it| &it.attributes);
        let heard = attributes.and_then(|it| announce.heard(it, told.position, told.wait));
        if let (Some(prompt), Some(leg)) = (heard, self.leg(id)) {
            self.order(Effect::Play {
                contact: id,
                leg,
                prompt,
                repeat: Repeat::Once,
            });
        }
    }

    fn what_to_tell(&self, id: ContactId, announce: &Announce) -> Told {
        let line = self.state.line_of(id);
        let before = self.contact(id).map(|it| it.told).unwrap_or_default();
        let position = line
            .as_ref()
            .filter(|_| announce.sentences.position.is_some());
        let position = position
            .map(|line| announce_position(line.position(), before.position, announce.growth));
        let estimate = self.state.estimate_of(self.now, id);
        let estimate = estimate.filter(|_| announce.sentences.wait.is_some());
        let wait = estimate.map(|it| announce_wait(it.p80_s, before.wait, announce.growth));
        Told {
            position,
            wait,
            estimate,
        }
    }

    /// An announcement is over: the music goes on.
    pub(super) fn announcement_over(&mut self, id: ContactId) {
        let stay = match self.contact(id).map(|it| &it.state) {
            Some(State::Queued(stay) | State::Offering(stay, _)) => *stay,
            Some(_) | None => return,
        };
        if !self.say_postponed(id) {
            self.play_music(id, stay.queue);
        }
    }
}
