//! Who still uses a document: other settings, and the floor. What is used is not removed.

use super::whole::Prospect;
use super::{Kind, Settings};
use crate::agent::Profile;
use crate::flow::{Flow, Prompt};
use crate::ids::{CapacityProfileId, FlowId, PromptId, QueueId, ReasonId, ScheduleId, TeamId};
use crate::state::State;

impl Settings {
    /// Which of the other documents uses it, in words.
    fn used_by(&self, kind: Kind, id: u64) -> Option<String> {
        match kind {
            Kind::Skill => self.queues.values().find_map(|queue| {
                let uses = queue.document.skills_named().any(|it| it.0 == id);
                uses.then(|| format!("the queue \"{}\"", queue.document.name))
            }),
            Kind::Queue => self.queue_used_by(QueueId(id)),
            Kind::Flow => self.flow_used_by(FlowId(id)),
            Kind::Schedule => self.schedule_used_by(ScheduleId(id)),
            Kind::Endpoint => self.queues.values().find_map(|queue| {
                let rules = queue.document.calling_out.as_ref();
                let uses = rules.is_some_and(|it| it.endpoint.0 == id);
                uses.then(|| format!("the queue \"{}\"", queue.document.name))
            }),
            Kind::Prompt => self.prompt_used_by(PromptId(id)),
            Kind::Site => self.site_used_by(crate::ids::SiteId(id)),
            Kind::Reason => self.reason_used_by(ReasonId(id)),
            Kind::Team => self.queues.values().find_map(|queue| {
                let uses = queue.document.teams_named().any(|(_, it)| it.0 == id);
                uses.then(|| format!("the queue \"{}\"", queue.document.name))
            }),
            Kind::Trunk => self.trunk_used_by(crate::ids::TrunkId(id)),
            Kind::Agent
            | Kind::Disposition
            | Kind::Privacy
            | Kind::Presence
            | Kind::CapacityProfile
            | Kind::BalanceGroup => None,
        }
    }

    fn queue_used_by(&self, id: QueueId) -> Option<String> {
        let by_flow = self.flows.values().find_map(|it| {
            let uses = it.document.queues().any(|queue| queue == id);
            uses.then(|| format!("the flow \"{}\"", it.document.name))
        });
        let by_disposition = || {
            self.dispositions.values().find_map(|it| {
                let uses = it.document.queues.contains(&id);
                uses.then(|| format!("the disposition \"{}\"", it.document.label))
            })
        };
        by_flow
            .or_else(by_disposition)
            .or_else(|| self.balanced_by(id))
    }

    fn schedule_used_by(&self, id: ScheduleId) -> Option<String> {
        let by_queue = self.queues.values().find_map(|queue| {
            let uses = queue.document.keeps_to(id);
            uses.then(|| format!("the queue \"{}\"", queue.document.name))
        });
        let by_flow = || {
            self.flows.values().find_map(|it| {
                let uses = it.document.schedules().any(|schedule| schedule == id);
                uses.then(|| format!("the flow \"{}\"", it.document.name))
            })
        };
        by_queue.or_else(by_flow)
    }

    fn flow_used_by(&self, id: FlowId) -> Option<String> {
        let by_endpoint = self.endpoints.values().find_map(|endpoint| {
            let uses = endpoint.document.flow == id;
            uses.then(|| format!("the endpoint \"{}\"", endpoint.document.name))
        });
        let by_flow = || {
            self.flows.values().find_map(|it| {
                let uses = it.document.sub_flows().any(|(_, inner)| inner == id);
                uses.then(|| format!("the flow \"{}\"", it.document.name))
            })
        };
        by_endpoint.or_else(by_flow)
    }

    fn prompt_used_by(&self, id: PromptId) -> Option<String> {
        let by_queue = self.queues.values().find_map(|queue| {
            let uses = queue
                .document
                .prompts()
                .any(|(_, it)| *it == Prompt::Kept(id));
            uses.then(|| format!("the queue \"{}\"", queue.document.name))
        });
        let by_flow = || {
            self.flows.values().find_map(|it| {
                let uses = it.document.kept_prompts().any(|(_, prompt)| prompt == id);
                uses.then(|| format!("the flow \"{}\"", it.document.name))
            })
        };
        by_queue.or_else(by_flow)
    }
}

impl State {
    /// Who uses a document, in words: other settings as they would be, or the floor as it is.
    pub(crate) fn used_by(&self, prospect: &Prospect<'_>, kind: Kind, id: u64) -> Option<String> {
        let by_settings = prospect.settings.used_by(kind, id);
        by_settings.or_else(|| self.used_by_floor(prospect, kind, id))
    }

    fn used_by_floor(&self, prospect: &Prospect<'_>, kind: Kind, id: u64) -> Option<String> {
        let used_by_agent = |uses: &dyn Fn(&Profile) -> bool| {
            let mut agents = self.agents.iter();
            let user = agents.find(|(id, agent)| uses(prospect.profile(*id, agent)));
            user.map(|(agent, _)| format!("the agent {agent}"))
        };
        match kind {
            Kind::Agent => {
                let agent = self.agents.get(crate::ids::AgentId(id));
                let is_here = agent.is_some_and(|it| it.session.is_some());
                is_here.then(|| "the agent, signed in,".to_owned())
            }
            Kind::Skill => used_by_agent(&|it| it.skills.iter().any(|have| have.skill.0 == id)),
            Kind::Queue => self.queue_used_by_floor(QueueId(id)),
            Kind::Endpoint => {
                let any = self.contacts.iter().any(|(_, it)| it.endpoint.0 == id);
                any.then(|| "a contact".to_owned())
            }
            Kind::Schedule => {
                self.used_by_a_run(|flow| flow.schedules().any(|schedule| schedule.0 == id))
            }
            Kind::Prompt => {
                self.used_by_a_run(|flow| flow.kept_prompts().any(|(_, prompt)| prompt.0 == id))
            }
            Kind::Flow => self.used_by_a_run(|flow| flow.sub_flows().any(|(_, it)| it.0 == id)),
            Kind::Team => used_by_agent(&|it| it.team == Some(TeamId(id))),
            Kind::CapacityProfile => {
                used_by_agent(&|it| it.capacity == Some(CapacityProfileId(id)))
            }
            Kind::Trunk => {
                used_by_agent(&|it| it.phone.as_ref().is_some_and(|it| it.trunk.0 == id))
            }
            Kind::Reason => {
                let mut agents = self.agents.iter();
                let user = agents.find(|(_, agent)| agent.has_reason(ReasonId(id)));
                user.map(|(agent, _)| format!("the agent {agent}"))
            }
            Kind::Disposition
            | Kind::Site
            | Kind::Privacy
            | Kind::Presence
            | Kind::BalanceGroup => None,
        }
    }

    fn queue_used_by_floor(&self, id: QueueId) -> Option<String> {
        let holds = |stay: &crate::contact::Stay| stay.queue == id;
        let mut contacts = self.contacts.iter();
        let any = contacts.any(|(_, it)| it.stay().is_some_and(holds));
        let has_callbacks = self.callbacks.n_in(id) > 0;
        let by_callback = has_callbacks.then(|| "a callback that is pending".to_owned());
        any.then(|| "a contact".to_owned()).or(by_callback)
    }

    /// A contact may be in an older version of a flow.
    fn used_by_a_run(&self, uses: impl Fn(&Flow) -> bool) -> Option<String> {
        let mut runs = self.contacts.iter().filter_map(|(_, it)| it.run.as_ref());
        let any = runs.any(|run| {
            let flows = run.places();
            let mut flows = flows.filter_map(|(id, version, _)| self.settings.flow_at(id, version));
            flows.any(&uses)
        });
        any.then(|| "a contact".to_owned())
    }
}
