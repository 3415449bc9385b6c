//! A contact waits for one agent alone, as long as that can come true in time. It is decided when the contact
//! joins the queue, and looked at again whenever something is said of the agent.

use super::OpenTurn;
use crate::agent::{Agent, Intent, NotReady};
use crate::contact::{Channel, State, Stay};
use crate::event::Event;
use crate::ids::{AgentId, ContactId};
use crate::preferred::{
    AgentPreferred, PREFERRED_AGENT, PassedBecause, PreferredBy, PreferredPassed, PreferredRule,
};
use crate::presence::Reach;

impl OpenTurn<'_> {
    /// A contact joined a queue, which may wait for somebody in particular.
    pub(super) fn prefer(&mut self, id: ContactId) {
        let Some((stay, rule)) = self.preference_of(id) else {
            return;
        };
        let Some((agent, by)) = self.wished_for(id, &rule) else {
            return;
        };
        if let Err(why) = self.comes_true(id, &stay, &rule, agent) {
            self.pass_over(id, &stay, agent, why);
            return;
        }
        self.record(Event::AgentPreferred(AgentPreferred {
            contact: id,
            queue: stay.queue,
            agent,
            by,
            until: self.now.plus_seconds(rule.for_s),
        }));
    }

    /// The stay of a call that waits, and what its queue prefers.
    fn preference_of(&self, id: ContactId) -> Option<(Stay, PreferredRule)> {
        let contact = self.contact(id)?;
        let State::Queued(stay) = contact.state else {
            return None;
        };
        let rule = self
            .state
            .settings
            .queue(stay.queue)?
            .preferred
            .as_deref()?;
        (contact.channel() == Channel::Voice).then_some((stay, *rule))
    }

    fn wished_for(&self, id: ContactId, rule: &PreferredRule) -> Option<(AgentId, PreferredBy)> {
        let contact = self.contact(id)?;
        let named = contact.attributes.get(PREFERRED_AGENT);
        if let Some(agent) = named.and_then(|it| it.trim().parse().ok()) {
            return Some((AgentId(agent), PreferredBy::Attribute));
        }
        let since = self.now.minus_days(rule.last_agent_days?);
        let agent = self.state.last_agents.of(contact.customer, since)?;
        Some((agent, PreferredBy::LastAgent))
    }

    /// Whether the agent will be there in time, as far as anybody knows.
    fn comes_true(
        &self,
        id: ContactId,
        stay: &Stay,
        rule: &PreferredRule,
        agent_id: AgentId,
    ) -> Result<(), PassedBecause> {
        let agent = self.state.agents.get(agent_id);
        let Some(agent) = agent.filter(|it| it.profile.enabled) else {
            return Err(PassedBecause::Gone);
        };
        let floor = &self.state.floor;
        if !floor.meets(agent_id, stay) {
            return Err(PassedBecause::LacksSkill);
        }
        if agent.session.is_none() {
            return Err(PassedBecause::SignedOut);
        }
        if { self.contact(id) }.is_some_and(|it| it.is_cooling(agent_id)) {
            return Err(PassedBecause::CoolingDown);
        }
        self.is_ready_in_time(agent, rule)?;
        if floor.has_room_for(agent_id, stay) {
            return Ok(());
        }
        if agent.slots.is_empty() {
            // Who is not ready has nothing; the reason's time was looked at.
            let has_never = match agent.reach() {
                Reach::Everything => PassedBecause::NoCapacity,
                Reach::Calls | Reach::Messages | Reach::Nothing | Reach::Unknown => {
                    PassedBecause::Busy
                }
            };
            let has_never = agent.is_willing().then_some(has_never);
            return has_never.map_or(Ok(()), Err);
        }
        let bound_ms = u64::from(rule.max_wait_if_busy_s).saturating_mul(1_000);
        let busy_ms = self.state.busy_ms(self.now, (agent_id, agent), (id, stay));
        match busy_ms {
            Some(ms) if ms <= bound_ms => Ok(()),
            Some(_) | None => Err(PassedBecause::Busy),
        }
    }

    /// Who is not ready is waited for as long as the reason allows it, not the clock: breaks are overrun.
    fn is_ready_in_time(&self, agent: &Agent, rule: &PreferredRule) -> Result<(), PassedBecause> {
        let wants = agent.pending.unwrap_or(agent.intent);
        let reason = match wants {
            Intent::Ready => return Ok(()),
            Intent::NotReady(NotReady::Chosen(reason)) => self.state.settings.reasons.get(&reason),
            Intent::NotReady(NotReady::SignedIn | NotReady::MissedOffer | NotReady::RingFailed) => {
                None
            }
        };
        let longest = reason.and_then(|it| it.document.max_minutes);
        let longest_s = longest.map(|it| it.saturating_mul(60));
        if longest_s.is_some_and(|it| it <= rule.max_not_ready_s) {
            return Ok(());
        }
        Err(PassedBecause::NotReady)
    }

    fn pass_over(&mut self, contact: ContactId, stay: &Stay, agent: AgentId, why: PassedBecause) {
        self.record(Event::PreferredPassed(PreferredPassed {
            contact,
            queue: stay.queue,
            agent,
            why,
        }));
    }

    /// The time for one agent alone is up.
    pub(super) fn preference_is_over(&mut self, id: ContactId) {
        let waited = self
            .contact(id)
            .and_then(|it| Some((*it.waits()?, it.preferred?)));
        if let Some((stay, preferred)) = waited {
            self.pass_over(id, &stay, preferred.agent, PassedBecause::TimeIsUp);
            self.place_first(id);
        }
    }

    /// Who waits for an agent of whom something was said in this turn is looked at again. What follows from that
    /// may say something of other agents: those stand behind in the turn. It ends, for each passing over is final.
    pub(super) fn review_preferences(&mut self) {
        let mut place = 0;
        while let Some(event) = self.events.get(place) {
            place += 1;
            if self.state.floor.nobody_is_preferred() {
                return;
            }
            let is_said = matches!(event, Event::Saved { .. } | Event::Removed { .. });
            let waiting = match event.agent() {
                Some(agent) => self.state.floor.waiting_for(agent),
                None if is_said => self.state.floor.waiting_for_anyone(),
                None => continue,
            };
            for contact in waiting {
                self.review(contact);
            }
        }
    }

    /// Looks again at a contact that waits for one agent alone.
    pub(super) fn review(&mut self, id: ContactId) {
        let Some(preferred) = self.contact(id).and_then(|it| it.preferred) else {
            return;
        };
        let Some(stay) = self.contact(id).and_then(|it| it.waits()).copied() else {
            return;
        };
        let why = match self.preference_of(id) {
            Some((stay, rule)) => self.comes_true(id, &stay, &rule, preferred.agent).err(),
            None => Some(PassedBecause::TimeIsUp),
        };
        if let Some(why) = why {
            self.pass_over(id, &stay, preferred.agent, why);
            self.place_first(id);
        }
    }
}
