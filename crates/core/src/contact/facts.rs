//! What facts make of a contact. Only these lines change one.

use super::{
    CallbackOffer, Contact, Cooldown, Engagement, HOURS_EXIT, Outside, QUEUE_EXIT, Run, State,
    Stay, Told, WrapUp,
};
use crate::call::Customer;
use crate::dialing::{self, Dial};
use crate::event::{
    CallbackOfferEnded, CallbackOffered, Event, NumberDialed, OfferAnswer, Question,
    RequestAnswered, SubFlowEntered,
};
use crate::ids::AgentId;
use crate::input::NotJoined;
use crate::limits;
use crate::offer::{Offer, RING_GRACE_S, Ring, Stage};
use crate::preferred::Preferring;
use crate::talk::{Number, Talk, Target, Third};
use crate::time::Timestamp;

impl Contact {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "contact_of names the facts that concern contacts"
    )]
    pub(super) fn take(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::EffectOrdered { id, effect } => self.ordered(now, *id, effect),
            Event::LegReferenced { leg, .. } => {
                self.call.leg = Some(leg.clone());
                self.call.heard(now);
            }
            Event::LegUp { leg, .. } => self.is_up(now, leg),
            Event::CallCorrelated { correlation, .. } => self.correlation.clone_from(correlation),
            Event::LegPresumed { .. } => self.call.presumed(),
            Event::RosterSeen(_) => self.roster_seen(now, event),
            Event::FlowStarted { .. }
            | Event::NodeEntered { .. }
            | Event::NumberDialed(_)
            | Event::SubFlowEntered(_)
            | Event::SubFlowLeft { .. }
            | Event::MenuMissed { .. }
            | Event::LoopCounted { .. } => self.walked(now, event),
            Event::AttributeSet {
                attribute, value, ..
            } => {
                self.attributes.insert(attribute.clone(), value.clone());
            }
            Event::RequestAnswered(it) => self.learned(it),
            Event::MediaEnded { effect, end, .. } => self.media_ended(now, *effect, end),
            Event::DigitsCollected {
                attribute, digits, ..
            } => {
                self.attributes.insert(attribute.clone(), digits.clone());
            }
            Event::MaskedDigitsCollected {
                attribute, digits, ..
            } => {
                self.masked.insert(attribute.clone(), *digits);
            }
            Event::Enqueued { .. }
            | Event::Requeued { .. }
            | Event::LeftQueue { .. }
            | Event::AgentPreferred(_)
            | Event::PreferredPassed(_)
            | Event::PlanStepEntered(_)
            | Event::PriorityAdjusted(_) => self.stands_in_line(now, event),
            Event::AnnouncementPlanned { .. }
            | Event::Announced(_)
            | Event::QueueKeyPlanned(_)
            | Event::StepPromptPostponed { .. } => self.announced(event),
            Event::CallbackBooked(booked) => self.booked = Some(booked.callback),
            Event::CallbackJoined(joined) => self.booked = Some(joined.callback),
            Event::HoursChecked(crate::event::HoursChecked { exit, .. })
            | Event::SwitchMet(crate::event::SwitchMet { exit, .. }) => {
                self.attributes.insert(HOURS_EXIT.to_owned(), exit.clone());
            }
            Event::CooldownEnded { agent, .. } => self.cooldowns.retain(|it| it.agent != *agent),
            Event::ConsentNoted { .. }
            | Event::NotRecorded { .. }
            | Event::RecordingTaken(_)
            | Event::RecordingStarted { .. }
            | Event::RecordingFailed { .. }
            | Event::RecordingDoubted(_)
            | Event::RecordingStopped { .. }
            | Event::MessageReleased { .. }
            | Event::RecordingKept(_)
            | Event::RecordingLost { .. } => self.recorded(now, event),
            other => self.take_outside(now, other),
        }
    }

    /// The call was answered.
    fn is_up(&mut self, now: Timestamp, leg: &str) {
        self.call.leg = Some(leg.to_owned());
        self.call.is_up = true;
        self.call.heard(now);
        // A flow that decided before the call was answered goes on.
        if self.run.is_some() {
            self.state = State::InFlow;
        }
    }

    /// A business system answered.
    fn learned(&mut self, answer: &RequestAnswered) {
        self.attributes.extend(answer.values.clone());
        self.went_round.clear();
        if let Some(run) = &mut self.run {
            run.awaits = None;
        }
    }

    /// A phone outside rings or has the customer; the recording pauses.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about an agent's part in it"
    )]
    fn take_outside(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::NumberReached { number, .. } => {
                self.call.heard(now);
                self.is_left_to(None, number);
            }
            Event::RingEnded { why, .. } if self.third().is_some() => {
                if let Some(third) = self.third_mut() {
                    third.ring_ended(*why, now.plus_seconds(RING_GRACE_S));
                }
            }
            Event::RecordingPauseAsked(_)
            | Event::RecordingPaused { .. }
            | Event::RecordingPauseFailed { .. }
            | Event::RecordingResumeAsked(_)
            | Event::RecordingResumed { .. } => self.pauses(now, event),
            Event::EarlyPlanned(_)
            | Event::EarlyCalled(_)
            | Event::EarlyAnswered(_)
            | Event::EarlyFailed(_) => self.called_early(now, event),
            Event::CallbackOffered(_) | Event::CallbackOfferEnded(_) => self.announced(event),
            other => self.take_engagement(now, other),
        }
    }

    /// Somebody at a phone outside has the customer from now on.
    fn is_left_to(&mut self, stay: Option<Stay>, number: &Number) {
        let is_seen = self.third().is_some_and(Third::is_seen);
        if let Some(run) = &mut self.run {
            run.third = None;
        }
        self.state = State::Outside(Outside {
            stay,
            number: number.clone(),
            is_seen,
        });
    }

    /// What was not said this time is still what was heard last.
    #[expect(clippy::wildcard_enum_match_arm, reason = "six facts are about it")]
    fn announced(&mut self, event: &Event) {
        match event {
            Event::AnnouncementPlanned { at, .. } => self.told.next_at = Some(*at),
            Event::StepPromptPostponed { step, .. } => self.told.step = Some(*step),
            Event::QueueKeyPlanned(planned) => self.told.asked_at = Some(planned.at),
            Event::Announced(it) => {
                self.told = Told {
                    next_at: it.next_at,
                    position: it.position.or(self.told.position),
                    wait: it.wait.or(self.told.wait),
                    ..self.told
                };
            }
            Event::CallbackOffered(CallbackOffered {
                question: Question::Own,
                ..
            }) => self.told.offer = Some(CallbackOffer::Made),
            Event::CallbackOfferEnded(CallbackOfferEnded { answer, .. }) => {
                self.told.offer = match answer {
                    OfferAnswer::Taken => Some(CallbackOffer::Taken),
                    OfferAnswer::NotTaken | OfferAnswer::Refused { .. } => None,
                };
            }
            _ => {}
        }
    }

    /// A stay in a queue begins, goes on at another place, or ends without an agent.
    #[expect(clippy::wildcard_enum_match_arm, reason = "seven facts are about it")]
    fn stands_in_line(&mut self, now: Timestamp, event: &Event) {
        self.preferred = Preferring::after(self.preferred, event);
        match event {
            Event::Enqueued {
                queue,
                seq,
                band,
                until,
                since,
                ..
            } => {
                let since = since.unwrap_or(now);
                let stay = Stay::begun(*queue, since, *band, *seq, *until);
                self.told = Told::default();
                self.state = State::Queued(stay);
            }
            Event::Requeued { .. } => self.requeued(event),
            Event::PlanStepEntered(entered) => {
                if let Some(stay) = self.waits_mut() {
                    stay.step = entered.step;
                    stay.band = entered.band;
                    stay.boost_s = entered.boost_s;
                    stay.next_step_at = entered.next_at;
                }
            }
            Event::PriorityAdjusted(adjusted) => {
                if let Some(stay) = self.waits_mut() {
                    stay.adjustment = adjusted.adjustment;
                }
            }
            Event::LeftQueue { queue, exit, .. } => {
                if let State::Queued(stay) = self.state {
                    self.stayed = Some(Box::new(stay));
                }
                self.went_round.insert((*queue, exit.clone()));
                self.attributes.insert(QUEUE_EXIT.to_owned(), exit.clone());
                self.state = State::InFlow;
                self.cooldowns.clear();
            }
            _ => {}
        }
    }

    fn requeued(&mut self, event: &Event) {
        let Event::Requeued {
            queue,
            since,
            seq,
            band,
            until,
            from,
            apart_until,
            ..
        } = event
        else {
            return;
        };
        self.cool_down(*from, *apart_until);
        self.told = Told::default();
        let mut stay = Stay::begun(*queue, *since, *band, *seq, *until);
        // At its old place, what somebody changed of it holds.
        let before = self
            .stay()
            .filter(|it| (it.queue, it.seq) == (*queue, *seq));
        stay.adjustment = before.map(|it| it.adjustment).unwrap_or_default();
        self.state = State::Queued(stay);
    }

    fn walked(&mut self, now: Timestamp, event: &Event) {
        match (event, &mut self.run) {
            (Event::FlowStarted { flow, version, .. }, run) => {
                *run = Some(Run::new(*flow, *version));
                if self.call.is_up {
                    self.state = State::InFlow;
                }
            }
            (Event::NodeEntered { node, .. }, Some(run)) => run.enter(node),
            (Event::NumberDialed(NumberDialed { number, until, .. }), Some(run)) => {
                run.dials(now, number, *until);
                self.call.offered(now);
            }
            (Event::SubFlowEntered(SubFlowEntered { flow, version, .. }), Some(run)) => {
                run.step_in(*flow, *version);
            }
            (Event::SubFlowLeft { .. }, Some(run)) => run.step_out(),
            (Event::MenuMissed { .. }, Some(run)) => run.misses += 1,
            (Event::LoopCounted { node, round, .. }, Some(run)) => {
                self.went_round.clear();
                run.rounds.remove(node);
                run.rounds.extend(round.map(|round| (node.clone(), round)));
            }
            (_, _) => {}
        }
    }

    fn roster_seen(&mut self, now: Timestamp, event: &Event) {
        let Event::RosterSeen(crate::event::RosterSeen {
            sequence,
            customer,
            agent,
            third,
            ..
        }) = event
        else {
            return;
        };
        match &mut self.state {
            State::Connected(_, _, talk) => talk.roster_seen(*third),
            State::Outside(outside) => outside.is_seen = *third,
            State::Created
            | State::InFlow
            | State::Queued(_)
            | State::Offering(..)
            | State::Dialing(..)
            | State::WrapUp(..) => {}
        }
        self.call.roster = *sequence;
        if *customer {
            self.call.customer = Customer::Listed;
        }
        self.call.agent_left = !*agent && (self.call.agent_seen || self.call.agent_left);
        self.call.agent_seen = *agent;
        self.call.heard(now);
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the second half of take")]
    fn take_engagement(&mut self, now: Timestamp, event: &Event) {
        let Some(stay) = self.stay().copied() else {
            return;
        };
        match event {
            Event::Offered {
                offer,
                agent,
                by,
                expires_at,
                ..
            } => {
                let offer = Offer::open(*offer, *agent, *by, now, *expires_at);
                self.state = State::Offering(stay, offer);
                self.call.agent_seen = false;
                self.call.offered(now);
            }
            Event::RingEnded { why, .. } if self.dial().is_some() => {
                self.dial_ring_ended(now, *why)
            }
            Event::RingEnded { why, .. } if self.rings_early() => self.early_ring_ended(now, *why),
            Event::OfferAccepted { .. } | Event::RingEnded { .. } => self.rings(now, event),
            Event::CallbackDialed(dialed) => {
                self.endpoint = dialed.endpoint;
                self.state = State::Dialing(stay, Dial::begun(now, dialed));
            }
            Event::CustomerDialed { until, .. } => self.customer_dialed(now, *until),
            Event::CustomerReached { agent, .. } => self.customer_reached(now, stay, *agent),
            Event::OfferEnded {
                agent,
                excluded_until,
                ..
            } => {
                self.state = State::Queued(stay);
                if let Some(until) = excluded_until {
                    self.cool_down(*agent, *until);
                }
            }
            Event::Connected { agent, offer, .. } => {
                self.early = None;
                self.call.heard(now);
                self.call.agent_left = false;
                let engagement = Engagement {
                    agent: *agent,
                    offer: Some(*offer),
                    since: now,
                };
                self.state = State::Connected(stay, engagement, Talk::default());
            }
            Event::WrapUpStarted { until, .. } => self.wraps_up(now, stay, *until),
            Event::WrapUpExtended { agent, until, .. } => {
                if let State::WrapUp(_, engagement, wrap_up) = &mut self.state
                    && engagement.agent == *agent
                {
                    wrap_up.until = Some(*until);
                    wrap_up.extensions += 1;
                }
            }
            Event::HandedOver { to, .. } => self.handed_over(now, stay, to),
            other => {
                // It lasts no longer than the call.
                self.recording
                    .take_if(|_| matches!(other, Event::ConversationEnded { .. }));
                if let State::Connected(_, _, talk) = &mut self.state {
                    talk.take(now, other);
                }
            }
        }
    }

    fn wraps_up(&mut self, now: Timestamp, stay: Stay, until: Option<Timestamp>) {
        if let State::Connected(_, engagement, talk) = &self.state {
            let wrap_up = WrapUp {
                since: now,
                until,
                extensions: 0,
                reason: talk.end_reason(),
            };
            self.state = State::WrapUp(stay, *engagement, wrap_up);
        }
    }

    /// That the customer answered is as good as an answer to a question about the call.
    fn customer_reached(&mut self, now: Timestamp, stay: Stay, agent: AgentId) {
        self.call.heard(now);
        self.call.customer = self.call.customer.max(Customer::Met);
        let engagement = Engagement {
            agent,
            offer: None,
            since: now,
        };
        self.state = State::Connected(stay, engagement, Talk::default());
    }

    fn customer_dialed(&mut self, now: Timestamp, until: Timestamp) {
        if let State::Dialing(_, dial) = &mut self.state {
            dial.stage = dialing::Stage::Customer(Ring::default());
            dial.since = now;
            dial.until = until;
        }
    }

    /// The call is being asked about; should nobody answer that, it is given up all the same.
    fn dial_ring_ended(&mut self, now: Timestamp, why: NotJoined) {
        if let State::Dialing(_, dial) = &mut self.state {
            dial.until = now.plus_seconds(RING_GRACE_S);
            if let Some(ring) = dial.ring_mut() {
                ring.ended = Some(why);
            }
        }
    }

    /// The agent's client begins to ring, or ends.
    fn rings(&mut self, now: Timestamp, event: &Event) {
        if matches!(event, Event::OfferAccepted { .. }) {
            self.call.agent_seen = false;
            self.call.offered(now);
        }
        let State::Offering(_, offer) = &mut self.state else {
            return;
        };
        match (event, offer.ring_mut()) {
            (Event::OfferAccepted { join_until, .. }, _) => {
                offer.stage = Stage::Joining {
                    until: *join_until,
                    ring: Ring::default(),
                };
            }
            (Event::RingEnded { why, .. }, Some(ring)) => ring.ended = Some(*why),
            (_, _) => {}
        }
    }

    /// To a queue it goes on with the fact that it waits there.
    fn handed_over(&mut self, now: Timestamp, stay: Stay, to: &Target) {
        let State::Connected(_, engagement, _) = &self.state else {
            return;
        };
        self.unrecorded = None;
        match to {
            Target::Agent(agent) => {
                let engagement = Engagement {
                    agent: *agent,
                    since: now,
                    ..*engagement
                };
                self.call.agent_seen = false;
                self.call.agent_left = false;
                self.state = State::Connected(stay, engagement, Talk::default());
            }
            Target::Number(number) => self.is_left_to(Some(stay), number),
            Target::Queue(_) => {}
        }
    }

    pub(super) fn cool_down(&mut self, agent: AgentId, until: Timestamp) {
        self.cooldowns.retain(|it| it.agent != agent);
        if self.cooldowns.len() >= limits::EXCLUDED_PER_CONTACT_MAX {
            self.cooldowns.remove(0);
        }
        self.cooldowns.push(Cooldown { agent, until });
    }
}
