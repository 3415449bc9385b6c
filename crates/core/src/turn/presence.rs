//! What Teams shows of agents: whom contacts reach because of it, and how both sides are kept in step (B-190).

use super::{OpenTurn, Reply};
use crate::agent::{Intent, NotReady};
use crate::event::Event;
use crate::ids::AgentId;
use crate::presence::{
    Origin, PresenceMapped, PresencePaused, PresenceRules, PresenceSeen, PresenceWanted,
    ReachChanged, Seen, Status, Step, Target,
};

impl OpenTurn<'_> {
    /// Somebody looked.
    pub(super) fn presence_seen(
        &mut self,
        id: AgentId,
        seen: Option<Seen>,
        known: Option<Origin>,
    ) -> Reply {
        let Some(agent) = self.state.agents.get(id) else {
            return Reply::Ignored;
        };
        let Some(origin) = agent.origin_of_news(self.now, seen, known) else {
            return Reply::Ignored;
        };
        let agent = id;
        self.record(Event::PresenceSeen(PresenceSeen {
            agent,
            seen,
            origin,
        }));
        let rules = self.state.settings.presence_rules();
        self.reach_follows(id, &rules);
        Reply::Done
    }

    /// Whoever nobody looks at is as if there were no Teams.
    pub(super) fn presence_unwatched(&mut self, id: AgentId) -> Reply {
        let agent = self.state.agents.get(id);
        if agent.is_none_or(|it| it.presence.is_none()) {
            return Reply::Ignored;
        }
        self.record(Event::PresenceUnwatched { agent: id });
        self.pull(id);
        Reply::Done
    }

    /// Other rules may let other contacts through. Whom they reach is known of everybody before anybody gets one: a choice
    /// in between would not know of those who come later. Of several the one whom a contact is for need not be the
    /// one who looked for it, so that contacts choose then, first come first served.
    pub(super) fn presence_rules_changed(&mut self) {
        let rules = self.state.settings.presence_rules();
        let watched = self.state.agents.watched().into_iter();
        let moved: Vec<_> = watched
            .filter(|agent| self.reach_moves(*agent, &rules))
            .collect();
        match moved.as_slice() {
            [] => {}
            [agent] => self.pull(*agent),
            _ => self.place_all(),
        }
    }

    /// Whoever can be reached again gets the next contact at once; what somebody is being offered stays.
    fn reach_follows(&mut self, id: AgentId, rules: &PresenceRules) {
        if self.reach_moves(id, rules) {
            self.pull(id);
        }
    }

    /// Answers whether other contacts reach the agent from now on.
    fn reach_moves(&mut self, agent: AgentId, rules: &PresenceRules) -> bool {
        let known = self.state.agents.get(agent);
        let Some(presence) = known.and_then(|it| it.presence.as_ref()) else {
            return false;
        };
        let reach = presence.reach_by(rules);
        let is_news = reach != presence.reach;
        if is_news {
            self.record(Event::ReachChanged(ReachChanged { agent, reach }));
        }
        is_news
    }

    /// Something has lasted long enough to be told to the other side (B-202).
    pub(super) fn presence_is_due(&mut self, id: AgentId) {
        let rules = self.state.settings.presence_rules();
        let step = { self.state.agents.get(id) }.and_then(|it| it.presence_step(&rules));
        match step.map(|(_, step)| step) {
            Some(Step::FromTeams(target)) => self.follows_teams(id, target),
            Some(Step::ToTeams(wanted)) => self.is_to_show(id, wanted),
            Some(Step::Force) => self.record(Event::PresenceForced { agent: id }),
            None => return,
        }
        self.guard_against_loops(id, &rules);
    }

    /// Teams is told. Whoever becomes available is offline for a moment (B-199).
    fn is_to_show(&mut self, agent: AgentId, wanted: Option<Status>) {
        let first = { wanted == Some(Status::Available) }.then_some(Some(Status::Offline));
        for wanted in first.into_iter().chain([wanted]) {
            self.record(Event::PresenceWanted(PresenceWanted { agent, wanted }));
        }
    }

    /// The agent becomes what Teams says.
    fn follows_teams(&mut self, id: AgentId, to: Target) {
        let agent = self.state.agents.get(id);
        let seen = { agent.and_then(|it| it.presence.as_ref()) }.and_then(|it| it.seen);
        let Some(seen) = seen else {
            return;
        };
        let agent = id;
        self.record(Event::PresenceMapped(PresenceMapped { agent, seen, to }));
        match to {
            Target::Available => {
                self.withdraw_petition(id);
                self.wants(id, Intent::Ready);
            }
            Target::NotReady { reason } => {
                // It may have become a heading since the rules were saved.
                if self.state.settings.reason_to_choose(reason).is_ok() {
                    self.withdraw_petition(id);
                    self.wants(id, Intent::NotReady(NotReady::Chosen(reason)));
                }
            }
            Target::SignedOut => self.record(Event::AgentSignedOut { agent }),
        }
    }

    /// An agent whose both sides answer each other is left alone, with a warning, until the next sign-in (B-203).
    fn guard_against_loops(&mut self, id: AgentId, rules: &PresenceRules) {
        let agent = self.state.agents.get(id);
        let presence = agent.and_then(|it| it.presence.as_ref());
        let looped = presence.filter(|it| it.paused.is_none());
        let looped = looped.and_then(|it| it.is_a_loop(self.now, rules));
        if let Some(n_changes) = looped {
            let agent = id;
            self.record(Event::PresencePaused(PresencePaused { agent, n_changes }));
        }
    }
}
