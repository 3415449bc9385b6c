//! The history: every contact that there was, one at a time, as a fold over the journal that can stop
//! anywhere and go on. It holds the contacts that are open; whoever keeps the others gives one back when a
//! late fact concerns it (R-31 d). Nothing here depends on where it stopped.

use crate::story::{Shelf, Story, Teller};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tandem_core::event::Event;
use tandem_core::ids::ContactId;
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
}

/// The fold.
#[derive(Clone, Debug, Default)]
pub struct History {
    teller: Teller,
    pasts: Pasts,
    changed: BTreeSet<ContactId>,
    /// Those that are over and still here.
    over: VecDeque<ContactId>,
}

/// What the fold has to know beside the contacts, to go on after a pause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread(Teller);

impl History {
    /// Goes on where a fold was paused.
    #[must_use]
    pub fn resumed(thread: Thread) -> Self {
        Self {
            teller: thread.0,
            ..Self::default()
        }
    }

    /// What is needed to go on from here.
    #[must_use]
    pub fn thread(&self) -> Thread {
        Thread(self.teller.clone())
    }

    /// The contacts that have to be given back before the fact is taken.
    #[must_use]
    pub fn missing(&self, event: &Event) -> Option<ContactId> {
        let mut concerned = self.teller.concerned(event);
        concerned.find(|contact| !self.pasts.0.contains_key(contact))
    }

    /// Gives a contact back.
    pub fn give_back(&mut self, contact: ContactId, past: Past) {
        self.pasts.0.insert(contact, past);
    }

    /// Takes a fact of a record.
    pub fn apply(&mut self, record: u64, now: Timestamp, event: &Event) {
        let mut about: BTreeSet<ContactId> = self.teller.concerned(event).collect();
        let over = about.iter().filter_map(|contact| {
            let past = self.pasts.0.get(contact).filter(|it| it.is_over())?;
            Some((*contact, past.story.clone()))
        });
        let over: Vec<(ContactId, Story)> = over.collect();
        self.teller.tell(&mut self.pasts, now, event);
        about.extend(event.contact());
        for contact in about {
            let Some(past) = self.pasts.0.get_mut(&contact) else {
                continue;
            };
            past.is_in(record);
            self.changed.insert(contact);
        }
        for (contact, before) in over {
            let past = self.pasts.0.get_mut(&contact);
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

    /// The contacts that changed since this was asked last. Of those that are over the last few stay: what
    /// comes late mostly comes soon.
    pub fn changes(&mut self) -> Vec<(ContactId, Past)> {
        let changed = std::mem::take(&mut self.changed);
        let changes: Vec<(ContactId, Past)> = changed
            .into_iter()
            .filter_map(|contact| Some((contact, self.pasts.0.get(&contact)?.clone())))
            .collect();
        for (contact, past) in &changes {
            if past.is_over() && !self.over.contains(contact) {
                self.over.push_back(*contact);
            }
        }
        while self.over.len() > OVER_MAX {
            let oldest = self.over.pop_front();
            oldest.and_then(|oldest| self.pasts.0.remove(&oldest));
        }
        changes
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

/// The contacts that the fold holds.
#[derive(Clone, Debug, Default)]
struct Pasts(BTreeMap<ContactId, Past>);

impl Shelf for Pasts {
    fn story(&mut self, contact: ContactId) -> Option<&mut Story> {
        self.0.get_mut(&contact).map(|past| &mut past.story)
    }

    fn begin(&mut self, contact: ContactId, story: Story) {
        let past = Past {
            story,
            records: Vec::new(),
            version: 1,
        };
        self.0.insert(contact, past);
    }
}
