//! Who may do what, in the simulation: teams and sites, scopes, and somebody who acts within one. The model beside is a
//! scan over every queue.

use crate::day::Day;
use crate::invariant::{Broken, Invariant};
use crate::office::N_SCHEDULES;
use crate::office::reasons::N_REASONS;
use std::collections::BTreeSet;
use tandem_core::agent::{Direction, Stage};
use tandem_core::ids::{
    AccountId, AgentId, ContactId, QueueId, ReasonId, ScheduleId, SiteId, SubjectRef, TeamId,
};
use tandem_core::input::{Input, Request};
use tandem_core::refusal::Refusal;
use tandem_core::role::{Actor, Role};
use tandem_core::scope::{Parts, Scope};
use tandem_core::settings::Document;
use tandem_core::team::{Site, Team};
use tandem_core::turn::Reply;

const SITES: u64 = 2;
pub(crate) const TEAMS: u64 = 3;

impl Day {
    /// Sites, and teams at them.
    pub(crate) fn found_teams(&mut self) -> Result<(), Broken> {
        for n in 1..=SITES {
            let name = format!("site {n}");
            self.create(Document::Site(Site { name }))?;
        }
        for n in 1..=TEAMS {
            let name = format!("team {n}");
            let site = (n < TEAMS).then(|| SiteId(1 + n % SITES));
            self.create(Document::Team(Team { name, site }))?;
        }
        Ok(())
    }

    pub(crate) fn some_team(&mut self) -> Option<TeamId> {
        let team = TeamId(1 + self.dice.below(TEAMS));
        let is_there = self.state().settings.teams.contains_key(&team);
        (is_there && self.dice.chance(70)).then_some(team)
    }

    /// Somebody is given a scope, and somebody acts within one.
    pub(crate) fn change_access(&mut self) -> Result<(), Broken> {
        let parts = self.some_parts();
        let scope = if self.dice.chance(20) {
            Scope::Everything
        } else {
            Scope::Parts(parts.clone())
        };
        let request = Request::SetScope {
            account: AccountId(8),
            scope,
        };
        let actor = Actor::system();
        let reply = self.give(Input::Asked { actor, request })?;
        if let Some(Reply::Refused(_)) = reply
            && self.has_all(&parts)
        {
            let detail = format!("a scope of what is there was refused: {parts:?}");
            self.look(Invariant::ReplyIsTrue, Err(detail))?;
        }
        if self.dice.chance(25) {
            self.direct_somebody()?;
        }
        self.act_within(parts)
    }

    /// A supervisor says what an agent is; nobody who talks to a customer is signed out.
    fn direct_somebody(&mut self) -> Result<(), Broken> {
        let agent = AgentId(1 + self.dice.below(self.n_agents_max));
        let to = match self.dice.below(3) {
            0 => Direction::Ready,
            1 => Direction::NotReady(ReasonId(1 + self.dice.below(N_REASONS))),
            _ => Direction::SignedOut,
        };
        let has_customer = self.state().agents.get(agent).is_some_and(|it| {
            let mut stages = it.slots.iter().map(|slot| slot.stage);
            stages.any(|stage| stage != Stage::WrapUp)
        });
        let request = Request::Direct {
            agent,
            to,
            why: SubjectRef(1),
        };
        let actor = Actor::system();
        let reply = self.give(Input::Asked { actor, request })?;
        let is_wrong = to == Direction::SignedOut && has_customer && reply == Some(Reply::Done);
        let is_right = (!is_wrong)
            .then_some(())
            .ok_or_else(|| format!("{agent} was signed out in a contact"));
        self.look(Invariant::ReplyIsTrue, is_right)
    }

    fn some_parts(&mut self) -> Parts {
        let mut some = |n: u64| -> BTreeSet<u64> {
            let dice = &mut self.dice;
            (1..=n).filter(|_| dice.chance(40)).collect()
        };
        Parts {
            queues: some(4).into_iter().map(QueueId).collect(),
            teams: some(TEAMS).into_iter().map(TeamId).collect(),
            sites: some(SITES).into_iter().map(SiteId).collect(),
        }
    }

    fn has_all(&self, parts: &Parts) -> bool {
        let settings = &self.state().settings;
        let queues = parts.queues.iter();
        let teams = parts.teams.iter();
        let mut sites = parts.sites.iter();
        { queues }.all(|it| settings.queues.contains(*it))
            && { teams }.all(|it| settings.teams.contains_key(it))
            && sites.all(|it| settings.sites.contains_key(it))
    }

    /// A supervisor with a scope reopens a schedule, or has a recording pause: refused exactly where it is beyond.
    fn act_within(&mut self, parts: Parts) -> Result<(), Broken> {
        let (request, is_within) = if self.dice.chance(50) {
            let schedule = ScheduleId(1 + self.dice.below(N_SCHEDULES));
            let is_within = self.keeps_to(&parts, schedule);
            (Request::ReopenSchedule { schedule }, is_within)
        } else {
            let contact = ContactId(1 + self.dice.below(40));
            let is_within = self.was_with(&parts, contact);
            (Request::PauseRecording { contact }, is_within)
        };
        let actor = Actor {
            account: AccountId(8),
            roles: vec![Role::Supervisor],
            agent: None,
            scope: Scope::Parts(parts),
        };
        let what = format!("{actor:?} asks {request:?}");
        let reply = self.give(Input::Asked { actor, request })?;
        let is_right = match (&reply, is_within) {
            (None, _) | (_, None) => Ok(()),
            (Some(reply), Some(is_within)) => {
                let is_beyond = matches!(reply, Reply::Refused(Refusal::OutOfScope { .. }));
                let is_right = is_beyond != is_within;
                is_right
                    .then_some(())
                    .ok_or_else(|| format!("{what}: {reply:?}"))
            }
        };
        self.look(Invariant::ReplyIsTrue, is_right)
    }

    /// None: there is no such schedule.
    fn keeps_to(&self, parts: &Parts, schedule: ScheduleId) -> Option<bool> {
        let settings = &self.state().settings;
        settings.schedules.get(&schedule)?;
        let mut named = parts.queues.iter().filter_map(|id| settings.queue(*id));
        Some(named.any(|queue| queue.hours == Some(schedule)))
    }

    /// None: it is over, or was never there.
    fn was_with(&self, parts: &Parts, id: ContactId) -> Option<bool> {
        let state = self.state();
        let contact = state.contacts.get(id)?;
        let is_named = |queue: &QueueId| parts.queues.contains(queue);
        let in_teams = |agent: &AgentId| {
            let team = state.agents.get(*agent).and_then(|it| it.profile.team);
            let site = team.and_then(|it| state.settings.teams.get(&it)?.document.site);
            team.is_some_and(|it| parts.teams.contains(&it))
                || site.is_some_and(|it| parts.sites.contains(&it))
        };
        let queues = contact.touched.queues.iter().any(is_named);
        let stays = contact.stay().is_some_and(|stay| is_named(&stay.queue));
        let third = contact.third().and_then(tandem_core::talk::Third::agent);
        let present = contact.agent().iter().chain(&third).any(in_teams);
        Some(queues || stays || present || contact.touched.agents.iter().any(in_teams))
    }
}
