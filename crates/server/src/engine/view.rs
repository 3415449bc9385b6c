//! What is visible of a contact center: a copy of the state and the reports, fed from durable
//! records alone. Reading it never holds up the loop.

use super::record::RecordBody;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::{Arc, RwLock};
use tandem_core::ContactCenter;
use tandem_core::contact::Contact;
use tandem_core::event::Event;
use tandem_core::ids::{AgentId, ContactId};
use tandem_core::time::Timestamp;
use tandem_reports::{live::Board, story::Stories};
use tokio::sync::{broadcast, watch};

/// Changes that a slow subscriber may miss before it has to look at everything again.
const CHANGES_KEPT: usize = 1_024;

/// What the events so far amount to, for those who look.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Projection {
    /// The last record in it.
    pub seq: u64,
    /// When its last turn was taken.
    pub now: Timestamp,
    /// The contact center.
    pub center: ContactCenter,
    /// Its live figures.
    pub board: Board,
    /// What happened to its contacts lately.
    pub stories: Stories,
}

impl Projection {
    /// That of a contact center in which nothing has happened.
    #[must_use]
    pub fn new(board: Board) -> Self {
        Self {
            seq: 0,
            now: Timestamp::default(),
            center: ContactCenter::new(),
            board,
            stories: Stories::default(),
        }
    }

    /// Takes a record.
    pub fn apply(&mut self, record: &RecordBody) {
        for turn in &record.turns {
            for event in &turn.events {
                self.board.apply(turn.now, event);
                self.stories.apply(turn.now, event);
            }
            self.center.apply(turn.now, &turn.events);
            self.now = turn.now;
        }
        self.seq = record.seq;
    }
}

/// What a record changed.
#[derive(Clone, Debug)]
pub struct Change {
    /// The record.
    pub seq: u64,
    /// The agents whose own view it changed.
    pub agents: BTreeSet<AgentId>,
    /// Whether it changed settings, which everybody's view shows.
    pub settings: bool,
}

/// The visible contact center. Cheap to clone.
#[derive(Clone)]
pub struct View {
    projection: Arc<RwLock<Projection>>,
    seq: watch::Sender<u64>,
    changes: broadcast::Sender<Arc<Change>>,
}

impl View {
    pub(crate) fn new(projection: Projection) -> Self {
        Self {
            seq: watch::Sender::new(projection.seq),
            projection: Arc::new(RwLock::new(projection)),
            changes: broadcast::Sender::new(CHANGES_KEPT),
        }
    }

    /// Looks at it.
    pub fn read<T>(&self, look: impl FnOnce(&Projection) -> T) -> T {
        let projection = self
            .projection
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        look(&projection)
    }

    /// The changes from now on. Whoever lags is told so, and looks at everything again.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Arc<Change>> {
        self.changes.subscribe()
    }

    /// The last record in it, as it goes on.
    pub(crate) fn seqs(&self) -> watch::Receiver<u64> {
        self.seq.subscribe()
    }

    /// Waits until record `seq` is in it.
    pub async fn reaches(&self, seq: u64) {
        let mut watched = self.seq.subscribe();
        // The sender lives in `self`, so that waiting cannot fail.
        drop(watched.wait_for(|reached| *reached >= seq).await);
    }

    pub(crate) fn take(&self, record: &RecordBody) {
        let change = {
            let mut projection = self
                .projection
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let mut change = Change::of(record, &projection);
            projection.apply(record);
            change.add_holders(record, &projection);
            change
        };
        self.seq.send_replace(record.seq);
        // Nobody listening is fine.
        drop(self.changes.send(Arc::new(change)));
    }

    /// Starts over from a rebuilt state.
    pub(crate) fn replace(&self, rebuilt: Projection) {
        let seq = rebuilt.seq;
        *self
            .projection
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = rebuilt;
        self.seq.send_replace(seq);
        let change = Change {
            seq,
            agents: BTreeSet::new(),
            settings: true,
        };
        drop(self.changes.send(Arc::new(change)));
    }
}

impl Change {
    fn of(record: &RecordBody, before: &Projection) -> Self {
        let mut change = Self {
            seq: record.seq,
            agents: BTreeSet::new(),
            settings: false,
        };
        change.add_holders(record, before);
        change
    }

    /// Adds the agents who hold the contacts that the record speaks of.
    fn add_holders(&mut self, record: &RecordBody, projection: &Projection) {
        let state = projection.center.state();
        for event in record.turns.iter().flat_map(|turn| &turn.events) {
            self.settings |= matches!(
                event,
                Event::Saved { .. } | Event::Removed { .. } | Event::TrunkSecretSet(_)
            );
            if let Some(agent) = event.agent() {
                self.agents.insert(agent);
            }
            let holder = event
                .contact()
                .and_then(|id: ContactId| state.contacts.get(id));
            let third = holder.and_then(Contact::third);
            let third = third.and_then(tandem_core::talk::Third::agent);
            self.agents.extend(holder.and_then(Contact::agent));
            self.agents.extend(third);
        }
    }
}
