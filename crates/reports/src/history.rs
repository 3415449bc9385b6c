//! The history: every contact that there was, one at a time, as a fold over the journal that can stop
//! anywhere and go on. It holds the contacts that are open; whoever keeps the others gives one back when a
//! late fact concerns it (R-31 d). Nothing here depends on where it stopped.

use crate::performance::{AgentStates, AgentThread, Passage, Promises, ReasonSeen};
use crate::story::{Shelf, Span, Story, Teller};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tandem_core::event::Event;
use tandem_core::ids::{AgentId, ContactId, ReasonId};
use tandem_core::performance::{Facts, PromiseFact};
use tandem_core::time::Timestamp;

/// Records of one contact that are remembered; its later facts are in the journal all the same.
pub const RECORDS_MAX: usize = 10_000;

/// Contacts that are over and stay with the fold for what comes late.
const OVER_MAX: usize = 1_000;

/// One contact of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// What happened, and what it comes to.
    pub story: Story,
    /// The records of the journal that speak of it, in order.
    pub records: Vec<u64>,
    /// 1, and one more for each fact that came after its end.
    pub version: u64,
    /// Its stays and engagements that are not over.
    pub passage: Passage,
}

/// The fold.
#[derive(Clone, Debug, Default)]
pub struct History {
    teller: Teller,
    pasts: Pasts,
    agents: AgentStates,
    /// Of callbacks, not given away yet.
    judged: Vec<PromiseFact>,
    changed: BTreeSet<ContactId>,
    /// Those that are over and still here.
    over: VecDeque<ContactId>,
}

/// What the fold has to know beside the contacts and agents, to go on after a pause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    teller: Teller,
    promises: Promises,
    reasons: BTreeMap<ReasonId, ReasonSeen>,
}

/// What changed of a history.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Contacts.
    pub contacts: Vec<(ContactId, Past)>,
    /// What queues and agents did.
    pub facts: Facts,
    /// How to go on with agents; none for those who are gone.
    pub agents: Vec<(AgentId, Option<AgentThread>)>,
}

impl History {
    /// Goes on where a fold was paused.
    #[must_use]
    pub fn resumed(
        thread: Thread,
        agents: impl IntoIterator<Item = (AgentId, AgentThread)>,
    ) -> Self {
        let pasts = Pasts {
            promises: thread.promises,
            ..Pasts::default()
        };
        Self {
            teller: thread.teller,
            pasts,
            agents: AgentStates::resumed(thread.reasons, agents),
            ..Self::default()
        }
    }

    /// What is needed to go on from here.
    #[must_use]
    pub fn thread(&self) -> Thread {
        Thread {
            teller: self.teller.clone(),
            promises: self.pasts.promises.clone(),
            reasons: self.agents.reasons().clone(),
        }
    }

    /// The contacts that have to be given back before the fact is taken.
    #[must_use]
    pub fn missing(&self, event: &Event) -> Option<ContactId> {
        let mut concerned = self.teller.concerned(event);
        concerned.find(|contact| !self.pasts.by_contact.contains_key(contact))
    }

    /// Gives a contact back.
    pub fn give_back(&mut self, contact: ContactId, past: Past) {
        self.pasts.by_contact.insert(contact, past);
    }

    /// Takes a fact of a record.
    pub fn apply(&mut self, record: u64, now: Timestamp, event: &Event) {
        let mut about: BTreeSet<ContactId> = self.teller.concerned(event).collect();
        let over = about.iter().filter_map(|contact| {
            let past = self
                .pasts
                .by_contact
                .get(contact)
                .filter(|it| it.is_over())?;
            Some((*contact, past.story.clone()))
        });
        let over: Vec<(ContactId, Story)> = over.collect();
        self.pasts.promises.apply(event);
        self.agents.apply(now, event);
        if let Event::PromiseJudged(it) = event {
            self.judged.push(PromiseFact {
                callback: it.callback,
                queue: it.queue,
                judged_at: now,
                promise: it.promise,
            });
        }
        self.teller.tell(&mut self.pasts, now, event);
        about.extend(event.contact());
        for contact in about {
            let Some(past) = self.pasts.by_contact.get_mut(&contact) else {
                continue;
            };
            past.is_in(record);
            self.changed.insert(contact);
        }
        for (contact, before) in over {
            let past = self.pasts.by_contact.get_mut(&contact);
            if let Some(past) = past.filter(|it| it.story != before) {
                past.version += 1;
            }
        }
    }

    /// How many contacts changed since they were asked for last.
    #[must_use]
    pub fn n_changed(&self) -> usize {
        self.changed.len()
    }

    /// What changed since this was asked last. Of the contacts that are over the last few stay: what comes late mostly
    /// comes soon.
    pub fn changes(&mut self) -> Changes {
        let mut facts = Facts::default();
        let mut contacts = Vec::with_capacity(self.changed.len());
        for contact in std::mem::take(&mut self.changed) {
            let Some(past) = self.pasts.by_contact.get_mut(&contact) else {
                continue;
            };
            facts.extend(past.passage.fresh());
            contacts.push((contact, past.clone()));
        }
        for (contact, past) in &contacts {
            if past.is_over() && !self.over.contains(contact) {
                self.over.push_back(*contact);
            }
        }
        while self.over.len() > OVER_MAX {
            let oldest = self.over.pop_front();
            oldest.and_then(|oldest| self.pasts.by_contact.remove(&oldest));
        }
        let (spans, agents) = self.agents.changes();
        facts.spans = spans;
        facts.promises = std::mem::take(&mut self.judged);
        Changes {
            contacts,
            facts,
            agents,
        }
    }
}

impl Past {
    const fn is_over(&self) -> bool {
        self.story.ended.is_some()
    }

    fn is_in(&mut self, record: u64) {
        if self.records.last() != Some(&record) && self.records.len() < RECORDS_MAX {
            self.records.push(record);
        }
    }
}

/// The contacts that the fold holds, and by what their waits are judged.
#[derive(Clone, Debug, Default)]
struct Pasts {
    by_contact: BTreeMap<ContactId, Past>,
    promises: Promises,
}

impl Shelf for Pasts {
    fn story(&mut self, contact: ContactId) -> Option<&mut Story> {
        self.by_contact
            .get_mut(&contact)
            .map(|past| &mut past.story)
    }

    fn begin(&mut self, contact: ContactId, story: Story) {
        let past = Past {
            story,
            records: Vec::new(),
            version: 1,
            passage: Passage::default(),
        };
        self.by_contact.insert(contact, past);
    }

    fn told(&mut self, contact: ContactId, now: Timestamp, event: &Event, spans: &[Span]) {
        if let Some(past) = self.by_contact.get_mut(&contact) {
            past.passage
                .take(contact, now, event, spans, &self.promises);
        }
    }
}
