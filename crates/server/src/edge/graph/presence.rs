//! What Teams shows of people, read and written for one contact center (B-094, B-188, B-190, B-201). What is read lies in
//! memory alone, and of each person only what is so now: nobody's past is kept. What follows from it is the core's
//! business, and what is to be written the keeper's.

mod crowd;
mod pacer;
pub(crate) mod push;
mod rounds;
mod shown;
mod tell;
mod watched;
mod writing;

pub(crate) use crowd::Crowd;
pub(crate) use rounds::keep as keep_reading;
pub(crate) use shown::{Reading, Shown};
pub(crate) use writing::keep as keep_writing;

use crate::center::Center;
use pacer::Pacer;
use push::Push;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tandem_core::presence::PresenceRules;
use tandem_core::presence::keeper::{Keeper, Pace};
use tandem_core::time::Timestamp;
use tokio::sync::{Notify, watch};

/// What is known of everybody, and what is to be written.
pub(crate) struct Presences {
    standing: RwLock<Arc<Standing>>,
    keeper: Mutex<Keeper>,
    /// The keeper may have something to do.
    woken: Notify,
    /// Rules were saved: how often people are read may be another.
    ruled: Notify,
    pacer: Pacer,
    /// A round of reading is over, well or not.
    round: watch::Sender<()>,
    /// What Microsoft tells of by itself.
    pub(crate) push: Push,
}

/// How it stands at one moment.
#[derive(Clone, Default)]
pub(crate) struct Standing {
    /// What was read, by object id, lower case.
    pub(crate) shown: Arc<BTreeMap<String, Shown>>,
    /// When the last round ended well.
    pub(crate) read: Option<Timestamp>,
    /// Up to which round of the directory its people were asked about, well or not.
    pub(super) followed: u64,
    /// Since when it could not be read.
    pub(crate) behind_since: Option<Timestamp>,
    /// What is wrong with reading, in words.
    pub(crate) problem: Option<String>,
    /// What is wrong with writing, in words, since when: nothing was written since.
    pub(crate) unwritten: Option<(Timestamp, String)>,
}

impl Default for Presences {
    fn default() -> Self {
        Self {
            standing: RwLock::default(),
            keeper: Mutex::new(Keeper::new(Pace::of(&PresenceRules::default()))),
            woken: Notify::new(),
            ruled: Notify::new(),
            pacer: Pacer::default(),
            round: watch::Sender::new(()),
            push: Push::default(),
        }
    }
}

/// The rules that stand.
fn rules(center: &Center) -> PresenceRules {
    let view = center.engine.view();
    view.read(|projection| projection.center.state().settings.presence_rules())
}

/// A look at what was read, now.
pub(crate) fn reading(center: &Center) -> Reading {
    Reading::by(&rules(center), center.clock.now())
}

impl Presences {
    /// As it stands now.
    pub(crate) fn standing(&self) -> Arc<Standing> {
        Arc::clone(&self.standing.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whoever waits for the end of a round.
    pub(super) fn rounds(&self) -> watch::Receiver<()> {
        self.round.subscribe()
    }

    /// Other rules hold.
    pub(crate) fn rules_saved(&self) {
        self.ruled.notify_one();
    }

    fn change(&self, change: impl FnOnce(&mut Standing)) {
        let mut standing = self
            .standing
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut standing));
    }

    /// Never held while anything is waited for.
    fn keeper(&self) -> MutexGuard<'_, Keeper> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
