//! Microsoft tells of presence by itself (B-228 to B-231): what is subscribed to, and whether that works. Whoever is not
//! told of is asked about, so that nothing rests on a notice that may be lost.

mod certificate;
pub(crate) mod hook;
mod notices;
mod subscribing;

pub(crate) use notices::keep as keep_notices;
pub(crate) use subscribing::keep as keep_subscribed;

use certificate::OwnCertificate;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tandem_core::ids::AccountId;
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::notice::Notice;
use tandem_store::{CenterId, KeyFamily};
use tokio::sync::{Notify, mpsc};

/// POSTs that wait to be looked at. When there are more, everybody is asked about instead.
const WAITING_MAX: usize = 256;

/// What is known of being told.
pub(crate) struct Push {
    subscriptions: Mutex<Vec<Subscription>>,
    standing: Mutex<Pushed>,
    /// Subscriptions have to be looked at.
    woken: Notify,
    /// Something may not have been told.
    missed: Notify,
    given: mpsc::Sender<Told>,
    waiting: tokio::sync::Mutex<mpsc::Receiver<Told>>,
    certificate: OnceLock<Arc<OwnCertificate>>,
}

/// Whether Microsoft tells by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// Nobody wants it to.
    #[default]
    Off,
    Works,
    /// People are asked about instead, since then, because of this.
    Fails {
        since: Timestamp,
        why: String,
    },
}

/// What came in one POST and said the word that only Microsoft knows.
struct Told {
    items: Vec<Notice>,
    validation_tokens: Vec<String>,
}

/// A subscription that is there, as far as is known.
#[derive(Clone, Debug)]
struct Subscription {
    id: String,
    /// Object ids.
    people: Arc<BTreeSet<String>>,
    /// In whose name.
    by: AccountId,
    expires: Timestamp,
    /// When it is renewed: at half of its life, or again after that failed.
    renew: Timestamp,
    /// It could not be renewed when its time had come.
    is_overdue: bool,
    /// All of its people were read since it is there: from then on what is not told has not changed.
    is_settled: bool,
}

impl Default for Push {
    fn default() -> Self {
        let (given, waiting) = mpsc::channel(WAITING_MAX);
        Self {
            subscriptions: Mutex::default(),
            standing: Mutex::default(),
            woken: Notify::new(),
            missed: Notify::new(),
            given,
            waiting: tokio::sync::Mutex::new(waiting),
            certificate: OnceLock::new(),
        }
    }
}

/// What a notice has to say besides: the same for all subscriptions of a contact center, whoever made them when.
fn client_state(keys: &KeyFamily, center: &CenterId) -> String {
    format!("{:032x}", keys.keyed_hash(center, "graph notices"))
}

impl Push {
    pub(crate) fn standing(&self) -> Pushed {
        let standing = self.standing.lock();
        standing.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Something may not have been told: everybody is asked about.
    pub(super) async fn missed(&self) {
        self.missed.notified().await;
    }

    /// Those of whom changes are told, and who were read since.
    pub(super) fn covered(&self, now: Timestamp) -> Vec<Arc<BTreeSet<String>>> {
        let all = self.all();
        let live = all.iter().filter(|it| it.is_settled && now < it.expires);
        live.map(|it| Arc::clone(&it.people)).collect()
    }

    /// The subscriptions that are there when a round begins.
    pub(super) fn ids(&self) -> Vec<String> {
        self.all().iter().map(|it| it.id.clone()).collect()
    }

    /// Everybody was asked about since these were there.
    pub(super) fn settle(&self, ids: &[String]) {
        for subscription in self.all().iter_mut() {
            if ids.contains(&subscription.id) {
                subscription.is_settled = true;
            }
        }
    }

    /// What was not told is not known until somebody looks.
    fn doubt(&self) {
        for subscription in self.all().iter_mut() {
            subscription.is_settled = false;
        }
        self.missed.notify_one();
    }

    fn all(&self) -> MutexGuard<'_, Vec<Subscription>> {
        { self.subscriptions.lock() }.unwrap_or_else(PoisonError::into_inner)
    }

    fn stands(&self, standing: Pushed) {
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner) = standing;
    }

    /// A POST to be looked at. Answers whether there was room.
    fn give(&self, told: Told) -> bool {
        let has_room = self.given.try_send(told).is_ok();
        if !has_room {
            self.doubt();
        }
        has_room
    }
}

/// Counts what came, by what it was worth.
fn count(result: &'static str, n: usize) {
    let n = u64::try_from(n).unwrap_or(u64::MAX);
    metrics::counter!("tandem_graph_notices_total", "result" => result).increment(n);
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000);

    fn subscription(id: &str) -> Subscription {
        Subscription {
            id: id.to_owned(),
            people: Arc::new(BTreeSet::from(["a".to_owned()])),
            by: AccountId(1),
            expires: NOW.plus_seconds(3_600),
            renew: NOW.plus_seconds(1_800),
            is_overdue: false,
            is_settled: false,
        }
    }

    fn told() -> Told {
        Told {
            items: Vec::new(),
            validation_tokens: Vec::new(),
        }
    }

    // B-228
    #[test]
    fn people_count_as_told_of_once_they_were_read_and_until_the_subscription_ends() {
        let push = Push::default();
        push.all().push(subscription("s"));
        assert!(push.covered(NOW).is_empty());
        push.settle(&["other".to_owned()]);
        assert!(push.covered(NOW).is_empty());
        push.settle(&push.ids());
        assert_eq!(push.covered(NOW).len(), 1);
        assert!(push.covered(NOW.plus_seconds(3_600)).is_empty());
    }

    // B-230
    #[test]
    fn more_than_can_wait_has_everybody_asked_about() {
        let push = Push::default();
        let mut settled = subscription("s");
        settled.is_settled = true;
        push.all().push(settled);
        for _ in 0..WAITING_MAX {
            assert!(push.give(told()));
        }
        assert_eq!(push.covered(NOW).len(), 1);
        assert!(!push.give(told()));
        assert!(push.covered(NOW).is_empty());
    }
}
