//! Offers: placing contacts with agents, and what agents make of it.

use super::{OpenTurn, Reply};
use crate::agent;
use crate::balance::Balanced;
use crate::contact::{Channel, State, Stay};
use crate::effect::Effect;
use crate::event::{Event, OfferEnd};
use crate::ids::{AgentId, ContactId, OfferId, QueueId};
use crate::input::NotJoined;
use crate::offer::{Offer, Stage};
use crate::refusal::Refusal;
use crate::role::Actor;
use crate::routing;

impl OpenTurn<'_> {
    /// Offers a waiting contact to the best free agent, if there is one.
    pub(super) fn place(&mut self, id: ContactId) {
        self.try_place(id, Silence::Kept, None);
    }

    /// As [`Self::place`], for a contact that just entered its queue: that nobody is free is said too.
    pub(super) fn place_first(&mut self, id: ContactId) {
        self.try_place(id, Silence::Explained, None);
    }

    fn try_place(&mut self, id: ContactId, silence: Silence, pulled: Option<Pulled>) {
        if self.state.is_draining {
            return;
        }
        let Some(contact) = self.contact(id) else {
            return;
        };
        let State::Queued(stay) = contact.state else {
            return;
        };
        if contact.is_held_back() || self.state.watch.is_leaving(id) || !self.may_be_put(id) {
            return;
        }
        let Some(contact) = self.contact(id) else {
            return;
        };
        let draw = routing::draw(self.state.next.offer());
        let cooling: Vec<_> = contact.cooling().collect();
        let who = (id, contact.channel());
        let floor = &self.state.floor;
        let mut decision = match contact.preferred {
            Some(preferred) => floor.decide_alone(who, &cooling, &stay, preferred.agent),
            None => floor.decide(who, &cooling, &stay, draw),
        };
        let chosen = decision.chosen;
        if let (Some(pulled), Some(to)) = (pulled, chosen) {
            decision.balanced = self.balanced_for(id, to.agent, pulled);
        }
        if chosen.is_some() || silence == Silence::Explained {
            self.record(Event::Decided(decision));
        }
        if let Some(candidate) = chosen {
            self.offer(id, stay, candidate.agent);
        }
    }

    /// Why the contact comes before the others of its group for the agent who gets it: often, not always, who pulled it.
    fn balanced_for(&self, id: ContactId, to: AgentId, pulled: Pulled) -> Option<Box<Balanced>> {
        if pulled.by == to {
            return pulled.balanced;
        }
        pulled.balanced?;
        let (contact, balanced) = self.best_for(to, None)?;
        balanced.filter(|_| contact == id)
    }

    /// Gives a free agent the contact that has waited longest, as long as there is one.
    pub(super) fn pull(&mut self, agent: AgentId) {
        self.pull_but(agent, None);
    }

    /// As [`Self::pull`], leaving out a contact that is about to leave its queue.
    fn pull_but(&mut self, agent: AgentId, leaving: Option<ContactId>) {
        while !self.state.is_draining {
            let Some((contact, balanced)) = self.best_for(agent, leaving) else {
                break;
            };
            let by = agent;
            self.try_place(contact, Silence::Kept, Some(Pulled { by, balanced }));
        }
    }

    /// The contact that an agent with room for it gets next, and what its balance group says for it.
    fn best_for(
        &self,
        agent: AgentId,
        leaving: Option<ContactId>,
    ) -> Option<(ContactId, Option<Box<Balanced>>)> {
        let is_kept_away = |contact| {
            Some(contact) == leaving
                || self.state.watch.is_leaving(contact)
                || self
                    .contact(contact)
                    .is_some_and(|contact| contact.is_cooling(agent) || contact.is_held_back())
        };
        let weighing = self.state.weighing(self.now);
        self.state.floor.best_for(agent, weighing, is_kept_away)
    }

    pub(super) fn offer(&mut self, contact: ContactId, stay: Stay, agent: AgentId) {
        let Some(queue) = self.state.settings.queue(stay.queue) else {
            return;
        };
        let (by, timeout_s) = (
            self.asked_where(contact, queue.offer_by),
            queue.offer_timeout_s,
        );
        let offer = self.state.next.offer();
        let expires_at = self.now.plus_seconds(timeout_s);
        let channel = self.contact(contact).map(|it| it.channel());
        let load = queue.demand.load(channel.unwrap_or(Channel::Voice));
        let interrupts = self.state.interrupted_by(agent, &load);
        let queue = stay.queue;
        self.record(Event::Offered {
            offer,
            contact,
            agent,
            queue,
            by,
            expires_at,
            load: Box::new(load),
            interrupts,
        });
        if agent::rings_at_offer(by) {
            self.ring(contact, agent, timeout_s);
        }
    }

    /// Brings the agent into the call: the agent's Teams client rings (B-181).
    fn ring(&mut self, contact: ContactId, agent: AgentId, timeout_s: u32) {
        let leg = self.contact(contact).and_then(|it| it.call.leg.clone());
        let model = self.state.model_of(contact);
        let address = self
            .state
            .agents
            .get(agent)
            .map(|it| it.profile.address_on(model));
        if let (Some(leg), Some(address)) = (leg, address) {
            self.order(Effect::AddAgent {
                contact,
                leg,
                agent,
                address,
                timeout_s,
            });
        }
    }

    /// The open offer with this number, if it is the actor's.
    fn own_offer(
        &self,
        actor: &Actor,
        offer: OfferId,
    ) -> Result<(ContactId, QueueId, Offer), Refusal> {
        let (_, agent) = self.agent_of(actor)?;
        agent
            .slots
            .iter()
            .find_map(|slot| match &self.contact(slot.contact)?.state {
                State::Offering(stay, it) if it.id == offer => {
                    Some((slot.contact, stay.queue, it.clone()))
                }
                State::Created
                | State::InFlow
                | State::Queued(_)
                | State::Dialing(..)
                | State::Offering(..)
                | State::Connected(..)
                | State::Outside(..)
                | State::WrapUp(..) => None,
            })
            .ok_or(Refusal::OfferGone)
    }

    pub(super) fn accept(&mut self, actor: &Actor, offer: OfferId) -> Result<Reply, Refusal> {
        let (contact, queue, it) = self.own_offer(actor, offer)?;
        match it.stage {
            Stage::InTeams(_) => Err(Refusal::AnswerInTeams),
            // Asked again: the answer is the same, so that a lost reply can be asked for twice.
            Stage::Joining { .. } => Ok(Reply::Done),
            Stage::InTandem => {
                let timeout_s = self.join_timeout_s(queue);
                let join_until = self.now.plus_seconds(timeout_s);
                let agent = it.agent;
                if self.is_attempt(contact) {
                    return self.dial_attempt(contact, agent, offer);
                }
                self.record(Event::OfferAccepted {
                    offer,
                    contact,
                    agent,
                    join_until,
                });
                if self.is_message(contact) {
                    self.joined(contact);
                } else {
                    self.ring(contact, agent, timeout_s);
                }
                Ok(Reply::Done)
            }
        }
    }

    pub(super) fn join_timeout_s(&self, queue: QueueId) -> u32 {
        const DEFAULT_S: u32 = 60;
        self.state
            .settings
            .queue(queue)
            .map_or(DEFAULT_S, |queue| queue.join_timeout_s)
    }

    pub(super) fn decline(&mut self, actor: &Actor, offer: OfferId) -> Result<Reply, Refusal> {
        let (contact, _, _) = self.own_offer(actor, offer)?;
        self.end_offer(contact, OfferEnd::Declined);
        Ok(Reply::Done)
    }

    pub(super) fn offer_runs_out(&mut self, id: ContactId) {
        let Some(State::Offering(_, offer)) = self.contact(id).map(|it| &it.state) else {
            return;
        };
        let ended = offer.ring().and_then(|ring| ring.ended);
        self.not_joined(id, ended.unwrap_or(NotJoined::NoAnswer));
    }

    /// The customer is still there: that the ringing ended is for the agent to answer for.
    pub(super) fn ring_is_over(&mut self, id: ContactId) {
        let Some(State::Offering(_, offer)) = self.contact(id).map(|it| &it.state) else {
            return;
        };
        if let Some(why) = offer.ring().and_then(|ring| ring.ended) {
            self.not_joined(id, why);
        }
    }

    pub(super) fn not_joined(&mut self, id: ContactId, why: NotJoined) {
        let Some(State::Offering(_, offer)) = self.contact(id).map(|it| &it.state) else {
            return;
        };
        let end = match (why, &offer.stage) {
            (NotJoined::Declined | NotJoined::Busy, _) => OfferEnd::Declined,
            (NotJoined::Failed, _) => OfferEnd::RingFailed,
            (NotJoined::NoAnswer, Stage::Joining { .. }) => OfferEnd::NotJoined,
            (NotJoined::NoAnswer, Stage::InTandem | Stage::InTeams(_)) => OfferEnd::Missed,
        };
        self.end_offer(id, end);
    }

    /// The offer came to nothing: the contact waits on at its old place, the agent is dealt with by
    /// R-07, and the next agent is asked.
    fn end_offer(&mut self, id: ContactId, why: OfferEnd) {
        let Some(agent) = self.withdraw(id, why) else {
            return;
        };
        if self.is_let_off(id, agent, why) {
            self.wish_comes_true(agent);
        } else {
            self.agent_after_offer(agent, why);
        }
        // The agent first: whatever the contact does next may come back to the agent, who owes others more.
        let overdue = self.is_overdue(id).then_some(id);
        self.pull_but(agent, overdue);
        if !self.leave_when_overdue(id) {
            self.place(id);
            self.consider_early(id);
        }
    }

    /// Whether an agent who missed a message has not missed as many in a row as its queue bears.
    fn is_let_off(&self, id: ContactId, agent: AgentId, why: OfferEnd) -> bool {
        let message = self.contact(id).filter(|it| {
            let is_message = it.channel() == Channel::Voicemail;
            is_message && why == OfferEnd::Missed
        });
        let stay = message.and_then(|it| it.stay());
        let queue = stay.and_then(|stay| self.state.settings.queue(stay.queue));
        let missed = self.state.agents.get(agent).map(|it| it.missed_messages);
        { queue.zip(missed) }.is_some_and(|(queue, missed)| missed < queue.message_misses)
    }

    /// Ends the offer itself; answers whom it was put to.
    pub(super) fn withdraw(&mut self, id: ContactId, why: OfferEnd) -> Option<AgentId> {
        let State::Offering(stay, offer) = self.contact(id).map(|it| it.state.clone())? else {
            return None;
        };
        self.stop_ringing(id, &offer);
        let cooldown_s = self
            .state
            .settings
            .queue(stay.queue)
            .map_or(0, |queue| queue.cooldown_s);
        let keeps_away =
            cooldown_s > 0 && !matches!(why, OfferEnd::CustomerLeft | OfferEnd::Withdrawn);
        let excluded_until = keeps_away.then(|| self.now.plus_seconds(cooldown_s));
        let (offer, agent) = (offer.id, offer.agent);
        self.record(Event::OfferEnded {
            offer,
            contact: id,
            agent,
            why,
            excluded_until,
        });
        Some(agent)
    }

    pub(super) fn stop_ringing(&mut self, id: ContactId, offer: &Offer) {
        let invitation = offer.ring().and_then(|ring| ring.invitation.clone());
        self.cancel_ringing(id, invitation);
    }

    /// Whoever rings is to ring no more; what the other side has no name for rings out by itself.
    pub(super) fn cancel_ringing(&mut self, id: ContactId, invitation: Option<String>) {
        if let (Some(invitation), Some(leg)) = (invitation, self.leg(id)) {
            self.order(Effect::CancelAddAgent {
                contact: id,
                leg,
                invitation,
            });
        }
    }

    pub(super) fn agent_after_offer(&mut self, agent: AgentId, why: OfferEnd) {
        match agent::intent_after(why) {
            Some(intent) => self.record(Event::IntentSet { agent, intent }),
            None => self.wish_comes_true(agent),
        }
    }

    /// Customer and agent can talk.
    pub(super) fn joined(&mut self, id: ContactId) {
        let Some(contact) = self.contact(id) else {
            return;
        };
        let State::Offering(_, offer) = &contact.state else {
            return;
        };
        let (agent, offer) = (offer.agent, offer.id);
        self.stop_media(id);
        self.record(Event::Connected {
            contact: id,
            agent,
            offer,
        });
        self.attempt_reached(id);
        self.supersedes(id);
        self.owner_changed(id);
    }
}

/// Whether a decision for nobody is recorded: once, when the contact starts to wait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Silence {
    Kept,
    Explained,
}

/// Who had a contact put to somebody by becoming free, and why it came first for this agent.
struct Pulled {
    by: AgentId,
    balanced: Option<Box<Balanced>>,
}
