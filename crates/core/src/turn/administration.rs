//! Settings: saved and removed with versions, and the floor adjusted to them at once.

use super::{OpenTurn, Reply};
use crate::administration::Administration;
use crate::event::Event;
use crate::flow::Flow;
use crate::history::HistoryRead;
use crate::ids::{AgentId, CapacityProfileId, EffectId, QueueId, TeamId};
use crate::limits;
use crate::refusal::Refusal;
use crate::role::Actor;
use crate::settings::{self, Document, Kind};

impl OpenTurn<'_> {
    pub(super) fn save(
        &mut self,
        actor: &Actor,
        id: Option<u64>,
        expected: Option<u64>,
        document: Document,
    ) -> Result<Reply, Refusal> {
        let kind = document.kind();
        let version = self.next_version(kind, id, expected)?;
        self.state.settings.validate(id, &document)?;
        self.validate_address(id, &document)?;
        self.validate_chances(&document)?;
        if let Document::Flow(flow) = &document {
            self.state.validate_phones(self.now, flow)?;
        }
        let id = id.unwrap_or_else(|| self.state.next.settings(kind));
        self.record(Event::Saved {
            id,
            version,
            document,
            by: actor.account,
        });
        self.settle_floor(kind, id);
        Ok(Reply::Saved { id, version })
    }

    /// What is taken out of the history is no business of the core; that it was taken is on record.
    pub(super) fn read_history(&mut self, actor: &Actor, what: HistoryRead) -> Reply {
        let what = match what {
            HistoryRead::Events { .. } => what,
            HistoryRead::Export {
                format,
                filter,
                contacts,
            } => HistoryRead::Export {
                format,
                filter: filter.chars().take(limits::HISTORY_FILTER_CHARS).collect(),
                contacts,
            },
        };
        self.record(Event::HistoryRead {
            by: actor.account,
            what,
        });
        Reply::Done
    }

    /// The same of what administrators do elsewhere.
    pub(super) fn note_administration(&mut self, actor: &Actor, act: Administration) -> Reply {
        self.record(Event::AdministrationNoted {
            by: actor.account,
            act: act.bounded(),
        });
        Reply::Done
    }

    pub(super) fn remove(
        &mut self,
        actor: &Actor,
        kind: Kind,
        id: u64,
        expected: u64,
    ) -> Result<Reply, Refusal> {
        self.next_version(kind, Some(id), Some(expected))?;
        if let Some(used_by) = self.used_by(kind, id) {
            return Err(Refusal::InUse {
                what: kind.word(),
                used_by,
            });
        }
        self.record(Event::Removed {
            kind,
            id,
            by: actor.account,
        });
        Ok(Reply::Done)
    }

    /// The version that a change makes, if it was made on the one that stands.
    fn next_version(
        &self,
        kind: Kind,
        id: Option<u64>,
        expected: Option<u64>,
    ) -> Result<u64, Refusal> {
        let what = kind.word();
        let (count, standing) = self.standing(kind, id.unwrap_or(0));
        let Some(id) = id else {
            let (max, plural) = kind.limit();
            if count >= max {
                return Err(Refusal::LimitReached { what: plural, max });
            }
            return Ok(1);
        };
        let actual = standing.ok_or(Refusal::NotFound { what, id })?;
        if expected == Some(actual) {
            return Ok(actual + 1);
        }
        Err(Refusal::Conflict { what, actual })
    }

    fn standing(&self, kind: Kind, id: u64) -> (usize, Option<u64>) {
        if kind == Kind::Agent {
            let agents = &self.state.agents;
            return (
                agents.len(),
                agents.get(AgentId(id)).map(|agent| agent.version),
            );
        }
        self.state.settings.standing(kind, id)
    }

    /// No two agents with one address: a call would ring somewhere else.
    fn validate_address(&self, id: Option<u64>, document: &Document) -> Result<(), Refusal> {
        let Document::Agent(profile) = document else {
            return Ok(());
        };
        let twin = self
            .state
            .agents
            .iter()
            .any(|(other, it)| Some(other.0) != id && it.profile.address == profile.address);
        if twin {
            let detail = "is already used by another agent; choose a different one".to_owned();
            return Err(Refusal::Invalid {
                field: "teams_user_id".to_owned(),
                detail,
            });
        }
        Ok(())
    }

    /// Chance goes by agents who are there.
    fn validate_chances(&self, document: &Document) -> Result<(), Refusal> {
        let Document::Queue(queue) = document else {
            return Ok(());
        };
        for (n, chance) in queue.chances.iter().enumerate() {
            let is_known = self.state.agents.get(chance.agent).is_some();
            let field = format!("chances[{n}].agent_id");
            settings::exists(&field, "agent", chance.agent.0, is_known)?;
        }
        Ok(())
    }

    fn used_by(&self, kind: Kind, id: u64) -> Option<String> {
        let state = &self.state;
        let by_settings = state.settings.used_by(kind, id);
        let by_floor = match kind {
            Kind::Agent => {
                let here = state
                    .agents
                    .get(AgentId(id))
                    .is_some_and(|it| it.session.is_some());
                here.then(|| "the agent, signed in,".to_owned())
            }
            Kind::Skill => state
                .agents
                .iter()
                .find(|(_, agent)| agent.profile.skills.iter().any(|have| have.skill.0 == id))
                .map(|(agent, _)| format!("the agent {agent}")),
            Kind::Queue => {
                let holds = |stay: &crate::contact::Stay| stay.queue == QueueId(id);
                let any = state
                    .contacts
                    .iter()
                    .any(|(_, it)| it.stay().is_some_and(holds));
                let has_callbacks = state.callbacks.n_in(QueueId(id)) > 0;
                let has_callbacks = has_callbacks.then(|| "a callback that is pending".to_owned());
                any.then(|| "a contact".to_owned()).or(has_callbacks)
            }
            Kind::Endpoint => {
                let any = state.contacts.iter().any(|(_, it)| it.endpoint.0 == id);
                any.then(|| "a contact".to_owned())
            }
            Kind::Schedule => {
                self.used_by_a_run(|flow| flow.schedules().any(|schedule| schedule.0 == id))
            }
            Kind::Prompt => {
                self.used_by_a_run(|flow| flow.kept_prompts().any(|(_, prompt)| prompt.0 == id))
            }
            Kind::Flow => self.used_by_a_run(|flow| flow.sub_flows().any(|(_, it)| it.0 == id)),
            Kind::Team => {
                let in_team = |agent: &crate::agent::Agent| agent.profile.team == Some(TeamId(id));
                let mut agents = state.agents.iter();
                let member = agents.find(|(_, agent)| in_team(agent));
                member.map(|(agent, _)| format!("the agent {agent}"))
            }
            Kind::CapacityProfile => {
                let has =
                    |it: &crate::agent::Agent| it.profile.capacity == Some(CapacityProfileId(id));
                let mut agents = state.agents.iter();
                let holder = agents.find(|(_, agent)| has(agent));
                holder.map(|(agent, _)| format!("the agent {agent}"))
            }
            Kind::Reason | Kind::Disposition | Kind::Site | Kind::Privacy | Kind::BalanceGroup => {
                None
            }
        };
        by_settings.or(by_floor)
    }

    /// A contact may be in an older version of a flow.
    fn used_by_a_run(&self, uses: impl Fn(&Flow) -> bool) -> Option<String> {
        let state = &self.state;
        let mut runs = state.contacts.iter().filter_map(|(_, it)| it.run.as_ref());
        let any = runs.any(|run| {
            let flows = run.places();
            let mut flows =
                flows.filter_map(|(id, version, _)| state.settings.flow_at(id, version));
            flows.any(&uses)
        });
        any.then(|| "a contact".to_owned())
    }

    /// After a change of who may serve whom: nobody waits for an agent who is free now.
    fn settle_floor(&mut self, kind: Kind, id: u64) {
        match kind {
            Kind::Agent => self.pull(AgentId(id)),
            Kind::Queue => {
                self.look_again();
                self.plan_anew(QueueId(id));
                let waiting: Vec<_> = self.state.waiting_in(QueueId(id)).collect();
                for contact in waiting {
                    self.place(contact);
                }
            }
            Kind::Schedule => self.look_again(),
            Kind::CapacityProfile => self.place_all(),
            Kind::Skill
            | Kind::Flow
            | Kind::Endpoint
            | Kind::Reason
            | Kind::Disposition
            | Kind::Prompt
            | Kind::Team
            | Kind::Site
            | Kind::Privacy
            | Kind::BalanceGroup => {}
        }
    }

    /// Offers that were held back by a drain are made now, first come first served.
    pub(super) fn service_started(&mut self) -> Reply {
        self.record(Event::ServiceStarted);
        self.look_again();
        self.place_all();
        Reply::Done
    }

    /// Offers whoever waits to whoever is free, first come first served.
    fn place_all(&mut self) {
        for contact in self.state.floor.placeable() {
            self.place(contact);
        }
    }

    /// The machine that was backed up went on giving orders, and the keys of orders follow from their
    /// numbers. So the numbers go on from where that machine cannot have come to.
    pub(super) fn restored(&mut self) -> Reply {
        let seconds = self.now.as_micros() / 1_000_000 - limits::EFFECTS_COUNTED_FROM_S;
        let beyond = u64::try_from(seconds)
            .unwrap_or(0)
            .saturating_mul(limits::EFFECTS_PER_SECOND_MAX);
        let effects_from = self.state.next.effect().max(EffectId(beyond));
        self.record(Event::Restored { effects_from });
        Reply::Done
    }
}
