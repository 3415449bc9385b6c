//! A center on which traffic is lived through: the settings of the journal's end without what people obeyed already, and
//! each change made in them or in the traffic.

use super::change::Change;
use super::offer::Offer;
use crate::floor_plan;
use crate::import::flow;
use crate::rerun::{Assumed, Lived, Rerun};
use crate::retrospect::{Recorded, line_of};
use crate::traffic::{Shift, Traffic};
use std::collections::BTreeMap;
use tandem_core::ContactCenter;
use tandem_core::agent::Profile;
use tandem_core::event::Event;
use tandem_core::flow::Prompt;
use tandem_core::ids::{AccountId, AgentId, EndpointId, FlowId, QueueId, ReasonId};
use tandem_core::queue::{Queue, WrapUpMode, WrapUpRule};
use tandem_core::settings::Document;
use tandem_core::skill::Proficiency;
use tandem_core::time::Timestamp;

/// A center with its traffic.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    documents: Vec<(u64, Document)>,
    traffic: Traffic,
    /// Of the queues in which callers are asked whether to be called back.
    pub(super) assumed: BTreeMap<QueueId, Assumed>,
}

impl Stage {
    /// The settings as they were in the end hold for all of it. Each queue is reached by a line of its own; what
    /// people did already obeyed opening hours and rules of wrap-up, and nothing is recorded or announced.
    pub(super) fn of(recorded: &Recorded) -> Self {
        let state = recorded.lived.center.state();
        let settings = &state.settings;
        let mut documents = Vec::new();
        for (id, skill) in &settings.skills {
            documents.push((id.0, Document::Skill(skill.document.clone())));
        }
        for (id, queue) in settings.queues.iter() {
            documents.push((id.0, Document::Queue(plain(&queue.document))));
        }
        for (n, id) in (1..).zip(settings.queues.keys()) {
            let line = line_of(id);
            documents.push((n, Document::Flow(flow(&line, id))));
            let endpoint = floor_plan::endpoint(&line, &line, FlowId(n));
            documents.push((n, Document::Endpoint(endpoint)));
        }
        for (id, agent) in state.agents.iter() {
            let profile = Profile {
                team: None,
                phone: None,
                enabled: true,
                ..agent.profile.clone()
            };
            documents.push((id.0, Document::Agent(profile)));
        }
        documents.push((1, Document::Reason(floor_plan::reason("break"))));
        let mut traffic = recorded.traffic.clone();
        traffic.break_reason = ReasonId(1);
        Self {
            documents,
            traffic,
            assumed: BTreeMap::new(),
        }
    }

    pub(super) fn make(&mut self, change: Change) {
        match change {
            Change::OneMoreLike(agent) => self.one_more_like(agent),
            Change::Skill {
                agent,
                skill,
                level,
            } => self.teach(agent, Proficiency { skill, level }),
            Change::Strategy { queue, strategy } => {
                for (id, document) in &mut self.documents {
                    if let Document::Queue(it) = document
                        && queue.is_none_or(|queue| queue.0 == *id)
                    {
                        it.strategy = strategy;
                    }
                }
            }
            Change::Callbacks(offer) => self.offer_callbacks(offer),
        }
    }

    /// By the flow of each queue, as an administrator would.
    fn offer_callbacks(&mut self, offer: Offer) {
        let queues = self.documents.iter().filter_map(|(id, document)| {
            matches!(document, Document::Queue(_)).then_some(QueueId(*id))
        });
        let queues: Vec<QueueId> = queues.collect();
        let asking = (1..).zip(queues);
        for (n, queue) in asking.filter(|(_, it)| offer.queue.is_none_or(|own| own == *it)) {
            self.assumed.insert(queue, offer.assumed);
            for (id, document) in &mut self.documents {
                if let Document::Queue(it) = document
                    && *id == queue.0
                {
                    offer.open(it, EndpointId(n));
                } else if let Document::Flow(it) = document
                    && *id == n
                {
                    *it = offer.flow(&line_of(queue), queue);
                }
            }
        }
    }

    fn profiles(&mut self) -> impl Iterator<Item = (AgentId, &mut Profile)> {
        self.documents.iter_mut().filter_map(|(id, document)| {
            if let Document::Agent(profile) = document {
                return Some((AgentId(*id), profile));
            }
            None
        })
    }

    fn one_more_like(&mut self, agent: AgentId) {
        let newest = self.profiles().map(|(id, _)| id.0).max().unwrap_or(0);
        let own = self.profiles().find(|(id, _)| *id == agent);
        let Some(profile) = own.map(|(_, it)| it.clone()) else {
            return;
        };
        let id = AgentId(newest + 1);
        let profile = Profile {
            address: format!("{}-one-more-{id}", profile.address),
            phone: None,
            ..profile
        };
        self.documents.push((id.0, Document::Agent(profile)));
        let shifts = self.traffic.shifts.iter().filter(|it| it.agent == agent);
        let more: Vec<_> = shifts.cloned().collect();
        let more = more.into_iter();
        self.traffic
            .shifts
            .extend(more.map(|it| Shift { agent: id, ..it }));
    }

    fn teach(&mut self, agent: AgentId, known: Proficiency) {
        let own = self.profiles().find(|(id, _)| *id == agent);
        if let Some((_, profile)) = own {
            profile.skills.retain(|it| it.skill != known.skill);
            profile.skills.push(known);
            profile.skills.sort_by_key(|it| it.skill);
        }
    }

    pub(super) fn live(&self, seed: u64) -> Lived {
        self.rerun(seed).live()
    }

    pub(super) fn rerun(&self, seed: u64) -> Rerun<'_> {
        let mut center = ContactCenter::new();
        center.apply(self.begins(), &self.saved());
        let rerun = Rerun::new(&self.traffic, seed, center);
        rerun.asking(self.assumed.clone())
    }

    pub(super) fn begins(&self) -> Timestamp {
        let first = self.traffic.calls.iter().map(|it| it.arrives).min();
        first.unwrap_or(Timestamp::from_micros(0))
    }

    /// The settings, as facts.
    pub(super) fn saved(&self) -> Vec<Event> {
        let saved = |(id, document): &(u64, Document)| Event::Saved {
            id: *id,
            version: 1,
            document: document.clone(),
            by: AccountId(0),
        };
        self.documents.iter().map(saved).collect()
    }

    /// Whether the customer of a call would not be called back, asked or not.
    pub(super) fn stays_on_the_line(&self, seed: u64, n: usize, queue: Option<QueueId>) -> bool {
        let assumed = queue.and_then(|it| self.assumed.get(&it));
        let number = self.traffic.calls.get(n).map_or(0, |it| it.number);
        !assumed.is_some_and(|it| it.says_yes(seed, number))
    }
}

/// A queue with what it asks of agents, and nothing that the traffic has obeyed already.
fn plain(queue: &Queue) -> Queue {
    Queue {
        wrap_up: WrapUpRule {
            mode: WrapUpMode::Optional,
            seconds: 0,
        },
        music: Prompt::Text("Music.".to_owned()),
        hours: None,
        announce: None,
        recording: None,
        ..queue.clone()
    }
}
