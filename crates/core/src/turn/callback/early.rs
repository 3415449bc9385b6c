//! Early calls: whether the customer of an attempt that waits is called before an agent is there, and what
//! becomes of the call. The attempt keeps its place in the line; who answered waits in it like a caller, for no longer
//! than the queue says, and is told when nobody came (decision 0036).

use super::super::{OpenTurn, Reply};
use super::NotNow;
use crate::callback::CustomerFirst;
use crate::callback::{Early, EarlyEnd, End, Forecast, PutOff};
use crate::contact::State as Stands;
use crate::dialing::{Line, NotReached};
use crate::effect::{Effect, Repeat};
use crate::event::{
    EarlyAnswered, EarlyCalled, EarlyFailed, EarlyPlanned, EndReason, Event, OfferEnd,
};
use crate::ids::{CallbackId, ContactId, QueueId};
use crate::input::NotJoined;
use crate::limits;
use crate::time::Timestamp;

/// What was found when an attempt was looked at.
enum Looked {
    /// An agent is there first: the queue calls nobody early, or not this customer.
    Never,
    /// Not yet; it is looked at again.
    Again(Timestamp),
    /// Nobody is to be called at this time.
    Not(CallbackId, NotNow),
    /// An agent will be free by the answer.
    Now(CallbackId, Line, Forecast),
}

impl OpenTurn<'_> {
    /// An attempt waits that nobody is free for.
    pub(in crate::turn) fn consider_early(&mut self, id: ContactId) {
        match self.look_early(id) {
            // What was planned under other settings would be due for ever.
            Looked::Never if matches!(self.early(id), Some(Early::Planned { .. })) => {
                self.plan_early(id, None);
            }
            Looked::Never => {}
            Looked::Again(at) => self.plan_early(id, Some(at)),
            Looked::Not(callback, why) => self.not_now(callback, why),
            Looked::Now(callback, line, forecast) => self.call_early(id, callback, line, forecast),
        }
    }

    fn plan_early(&mut self, contact: ContactId, at: Option<Timestamp>) {
        self.record(Event::EarlyPlanned(EarlyPlanned { contact, at }));
    }

    /// Whether four of five who stand at this place would have an agent by the time that the customer answered and waited
    /// as long as the queue lets them. Without an estimate nobody is called: an agent is there first then.
    fn look_early(&self, id: ContactId) -> Looked {
        let waits = self.contact(id).filter(|it| {
            let is_looked_at = matches!(it.early, None | Some(Early::Planned { .. }));
            it.is_attempt() && is_looked_at && matches!(it.state, Stands::Queued(_))
        });
        let found = waits.and_then(|_| self.state.callbacks.of_attempt(id));
        let Some((callback, it)) = found.filter(|(_, it)| !it.met_nobody) else {
            return Looked::Never;
        };
        let Some(rules) = self.customer_first(it.queue) else {
            return Looked::Never;
        };
        let (soonest_s, latest_s) = limits::EARLY_LOOK_SECONDS;
        let again = |seconds| Looked::Again(self.now.plus_seconds(seconds));
        let known = self.state.estimate_of(self.now, id);
        let (Some(estimate), Some(line)) = (known, self.state.line_of(id)) else {
            return again(latest_s);
        };
        let pacing = self.state.callbacks.pacing(it.queue);
        let answer_s = pacing.answer_s();
        let in_time_s = answer_s.saturating_add(rules.wait_s);
        if estimate.p80_s > in_time_s {
            let half_s = (estimate.p80_s - in_time_s) / 2;
            return again(half_s.clamp(soonest_s, latest_s));
        }
        if self.state.is_draining || !pacing.allows(rules.at_once_max, line.servers) {
            return again(soonest_s);
        }
        let forecast = Forecast {
            position: line.position(),
            wait_p80_s: estimate.p80_s,
            answer_s,
            servers: line.servers,
            n_called: pacing.n_called(),
        };
        match self.line_now(callback) {
            Ok(line) => Looked::Now(callback, line, forecast),
            Err(why) => Looked::Not(callback, why),
        }
    }

    fn customer_first(&self, queue: QueueId) -> Option<&CustomerFirst> {
        let rules = self.state.settings.queue(queue)?.callbacks.as_deref()?;
        rules.customer_first.as_deref()
    }

    fn call_early(&mut self, id: ContactId, callback: CallbackId, line: Line, forecast: Forecast) {
        let Some(it) = self.state.callbacks.get(callback) else {
            return;
        };
        let (queue, number) = (it.queue, it.person.number.clone());
        self.record(Event::EarlyCalled(EarlyCalled {
            callback,
            contact: id,
            queue,
            endpoint: line.endpoint,
            until: self.now.plus_seconds(line.ring_s),
            forecast,
            checked: line.checked,
        }));
        self.order(Effect::CallCustomer {
            contact: id,
            from: line.address,
            number,
        });
    }

    fn early(&self, id: ContactId) -> Option<Early> {
        self.contact(id)?.early
    }

    /// The customer answered: who calls is said at once, and whoever is free comes.
    pub(in crate::turn) fn early_answered(&mut self, id: ContactId, leg: String) -> Reply {
        let found = self.state.callbacks.of_attempt(id);
        let (Some(Early::Ringing { since, .. }), Some((callback, it))) = (self.early(id), found)
        else {
            return Reply::Ignored;
        };
        let queue = it.queue;
        let rules = self.customer_first(queue).cloned();
        let wait_s = rules
            .as_ref()
            .map_or(limits::EARLY_WAIT_SECONDS.0, |it| it.wait_s);
        let rang_ms = self.now.micros_since(since).max(0) / 1_000;
        self.record(Event::LegUp { contact: id, leg });
        self.record(Event::EarlyAnswered(EarlyAnswered {
            callback,
            contact: id,
            queue,
            rang_ms: u32::try_from(rang_ms).unwrap_or(u32::MAX),
            until: self.now.plus_seconds(wait_s),
        }));
        match rules {
            Some(rules) => self.say(id, &rules.greeting),
            None => self.play_music(id, queue),
        }
        self.place(id);
        Reply::Done
    }

    /// What is due for an early call.
    pub(in crate::turn) fn early_is_due(&mut self, id: ContactId) {
        match self.early(id) {
            Some(Early::Planned { .. }) => self.consider_early(id),
            Some(Early::Ringing { ended: None, .. }) if self.leg(id).is_some() => {
                // That the customer answered may be the word that was lost: it is asked once.
                let why = NotJoined::NoAnswer;
                self.record(Event::RingEnded { contact: id, why });
                self.ask(id);
            }
            Some(Early::Ringing { ended, .. }) => {
                let why = ended.map_or(NotReached::NoAnswer, NotReached::of);
                self.early_not_reached(id, why);
            }
            Some(Early::Waiting { .. }) => self.early_parts(id),
            Some(Early::Parting) | None => {}
        }
    }

    /// The service told why the call that we began did not come up.
    pub(in crate::turn) fn not_answered_early(&mut self, id: ContactId, why: NotJoined) -> Reply {
        if matches!(self.early(id), Some(Early::Ringing { .. })) {
            self.early_not_reached(id, NotReached::of(why));
            return Reply::Done;
        }
        self.leg_down(id)
    }

    /// The service did not place the call. A repeated order may fail because the first one was carried out: a call that
    /// came up is the stronger word.
    pub(in crate::turn) fn customer_not_called(&mut self, id: ContactId) {
        if matches!(self.early(id), Some(Early::Ringing { .. })) {
            self.early_not_reached(id, NotReached::NotPlaced);
        }
    }

    fn early_not_reached(&mut self, id: ContactId, why: NotReached) {
        self.early_fails(id, EarlyEnd::NotReached(why));
        self.close(id, why.reason());
    }

    /// Whether a customer who answered waits for no longer than until now.
    pub(in crate::turn) fn early_wait_is_over(&self, id: ContactId) -> bool {
        let waits =
            matches!(self.early(id), Some(Early::Waiting { until, .. }) if until <= self.now);
        waits
            && matches!(
                self.contact(id).map(|it| &it.state),
                Some(Stands::Queued(_))
            )
    }

    pub(in crate::turn) fn waits_after_early_call(&self, id: ContactId) -> bool {
        matches!(self.early(id), Some(Early::Waiting { .. }))
    }

    /// Nobody came in time: the customer is told, and nobody is left on a silent line.
    pub(in crate::turn) fn early_parts(&mut self, id: ContactId) {
        let queue = self.state.callbacks.of_attempt(id).map(|(_, it)| it.queue);
        let rules = queue.and_then(|queue| self.customer_first(queue));
        let words = rules.map(|it| it.nobody_free.clone());
        self.early_fails(id, EarlyEnd::NobodyFree);
        match words {
            Some(words) => self.play(id, &words, Repeat::Once),
            None => self.close(id, EndReason::OutboundAbandoned),
        }
    }

    /// What the customer was told is over; answers whether it was that.
    pub(in crate::turn) fn early_has_parted(&mut self, id: ContactId) -> bool {
        let has = matches!(self.early(id), Some(Early::Parting));
        if has {
            self.close(id, EndReason::OutboundAbandoned);
        }
        has
    }

    /// The call is over for everybody; answers whether it was an early one.
    pub(in crate::turn) fn early_is_down(&mut self, id: ContactId) -> bool {
        match self.early(id) {
            None | Some(Early::Planned { .. }) => return false,
            Some(Early::Ringing { ended, .. }) => {
                let why = ended.map_or(NotReached::NoAnswer, NotReached::of);
                self.early_fails(id, EarlyEnd::NotReached(why));
                self.end(id, why.reason());
            }
            Some(Early::Waiting { .. }) => {
                let agent = self.withdraw(id, OfferEnd::CustomerLeft);
                self.early_fails(id, EarlyEnd::GaveUp);
                self.end(id, EndReason::OutboundAbandoned);
                if let Some(agent) = agent {
                    self.agent_after_offer(agent, OfferEnd::CustomerLeft);
                    self.pull(agent);
                }
            }
            Some(Early::Parting) => self.end(id, EndReason::OutboundAbandoned),
        }
        true
    }

    /// The contact ends by something else while its customer is called, or waits: the callback is not forgotten.
    pub(in crate::turn) fn early_is_left(&mut self, event: &Event) {
        let Event::ContactEnded { contact, .. } = event else {
            return;
        };
        match self.early(*contact) {
            Some(Early::Ringing { .. }) => {
                let why = EarlyEnd::NotReached(NotReached::Withdrawn);
                self.early_fails(*contact, why);
            }
            Some(Early::Waiting { .. }) => self.early_fails(*contact, EarlyEnd::GaveUp),
            Some(Early::Planned { .. } | Early::Parting) | None => {}
        }
    }

    /// The call came to nothing: the callback is booked again, or over. A phone that rang counts.
    fn early_fails(&mut self, id: ContactId, why: EarlyEnd) {
        let Some((callback, it)) = self.state.callbacks.of_attempt(id) else {
            return;
        };
        let queue = it.queue;
        self.record(Event::EarlyFailed(EarlyFailed {
            callback,
            contact: id,
            queue,
            why,
        }));
        let Some(it) = self.state.callbacks.get(callback) else {
            return;
        };
        let n_rang = u32::try_from(it.rang_at.len()).unwrap_or(u32::MAX);
        let rules = self.state.settings.queue(queue);
        let rules = rules.and_then(|it| it.callbacks.as_deref());
        let attempts = rules.map(|rules| rules.attempts);
        if it.expires_at <= self.now {
            self.end_callback(callback, End::Expired);
            return;
        }
        let (put_off, wait_s) = match (why, attempts) {
            (EarlyEnd::NotReached(why @ NotReached::NotPlaced), _) => {
                let wait_s = limits::CALLBACK_NOT_PLACED_SECONDS;
                (PutOff::NotReached(why), wait_s)
            }
            (_, Some(rules)) if n_rang < rules.max => match why {
                EarlyEnd::NotReached(why) => {
                    (PutOff::NotReached(why), super::spacing_s(&rules, why))
                }
                EarlyEnd::NobodyFree => (PutOff::NobodyFree, rules.busy_s),
                EarlyEnd::GaveUp => (PutOff::GaveUp, rules.declined_s),
            },
            (_, Some(_) | None) => {
                self.end_callback(callback, End::Exhausted);
                return;
            }
        };
        let next_at = self.now.plus_seconds(wait_s);
        self.put_off(callback, self.not_before_owner(callback, next_at), put_off);
    }
}
