//! What is due next to keep an agent in step with Teams, and when: a pure function of the agent and the rules.

use super::{AgentPresence, PresenceRules, Status, Target};
use crate::agent::{Agent, Intent, NotReady};
use crate::ids::AgentId;
use crate::state::State;
use crate::time::Timestamp;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The agent becomes something because of what Teams shows.
    FromTeams(Target),
    /// Teams is to show something of the agent, or nothing of ours.
    ToTeams(Option<Status>),
    /// Teams is told the same again, and the shown time starts again.
    Force,
}

impl Agent {
    /// What is due next, and when. What Teams changed comes first: until that is dealt with, Teams is told nothing else.
    pub(crate) fn presence_step(&self, rules: &PresenceRules) -> Option<(Timestamp, Step)> {
        let presence = self.presence.as_ref()?;
        let has_lasted = |since: Timestamp| since.plus_seconds(rules.ignore_shorter_than_s);
        if let Some(target) = self.becomes(presence, rules) {
            return Some((has_lasted(presence.since), Step::FromTeams(target)));
        }
        let wanted = presence.is_to_show(rules);
        if wanted != presence.wanted {
            let at = has_lasted(presence.standing_since);
            return Some((at, Step::ToTeams(wanted)));
        }
        let is_forced = rules.resets_timer_on_force && presence.wanted.is_some();
        let force_at = presence.synced_at.plus_seconds(rules.force_every_s);
        is_forced.then_some((force_at, Step::Force))
    }

    /// What the agent is to become. Whatever is said in Tandem after a status has lasted counts more than that status.
    fn becomes(&self, presence: &AgentPresence, rules: &PresenceRules) -> Option<Target> {
        if presence.paused.is_some() || presence.is_dealt_with || self.session.is_none() {
            return None;
        }
        let seen = presence.theirs()?;
        if presence.word_at >= presence.since.plus_seconds(rules.ignore_shorter_than_s) {
            return None;
        }
        let target = rules.target_of(seen)?;
        let wants = self.pending.unwrap_or(self.intent);
        let is_new = match target {
            Target::Available => self.profile.enabled && wants != Intent::Ready,
            Target::NotReady { reason } => wants != Intent::NotReady(NotReady::Chosen(reason)),
            // Nobody is taken from a customer.
            Target::SignedOut => self.slots.is_empty(),
        };
        is_new.then_some(target)
    }
}

impl AgentPresence {
    /// What Teams is to show by the rules. What it shows by itself needs no word of ours, unless there is another one already,
    /// and where something counts more than Tandem nothing is changed until that is over.
    fn is_to_show(&self, rules: &PresenceRules) -> Option<Status> {
        if self.paused.is_some() {
            return None;
        }
        let status = rules.status_of(self.standing?)?;
        let theirs = self.theirs();
        let is_shown = self.wanted.is_none() && theirs.is_some_and(|it| it.status == status);
        let is_held = theirs.is_some_and(|it| rules.counts_more_than_tandem(it));
        if is_shown || is_held {
            return self.wanted;
        }
        Some(status)
    }
}

impl State {
    /// When something is to be done to keep an agent in step with Teams. Where nobody said anything of presence, nothing
    /// is kept in step, but for what is left of rules that are gone. O(rules); nothing is looked up in an index.
    #[must_use]
    pub fn presence_due(&self, agent: &Agent) -> Option<Timestamp> {
        let step = match self.settings.presences.values().next() {
            Some(said) => agent.presence_step(&said.document),
            None if agent.presence.as_ref()?.wanted.is_none() => None,
            None => agent.presence_step(&PresenceRules::default()),
        };
        step.map(|(at, _)| at)
    }

    /// Sets the alarm of an agent anew.
    pub(crate) fn keep_in_step(&mut self, id: AgentId) {
        let due = { self.agents.get(id) }.and_then(|agent| self.presence_due(agent));
        self.in_step.set(id, due);
    }

    /// Whoever was not kept in step is again, and everybody's alarm is set anew.
    pub(crate) fn presence_rules_changed(&mut self) {
        for agent in self.agents.watched() {
            self.agents.goes_on(agent);
            self.keep_in_step(agent);
        }
    }
}
