//! What Teams shows of the people of the directory, asked for in batches (B-094, B-188, B-201). In memory alone, and of
//! each only what is so now: nobody's past is kept. What was not read for three cycles is not known any more.

use super::account::Feature;
use super::client::Patience;
use super::link::{Applied, Link};
use super::trouble::Trouble;
use crate::center::Center;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::Page;
use tandem_microsoft::graph::presence::{self, Activity, Availability, IDS_MAX, Presence};
use tokio_util::sync::CancellationToken;

/// Between two cycles.
const CYCLE_S: u32 = 60;
/// Older than so many cycles is unknown.
const CYCLES_MAX: u32 = 3;

/// What was read of everybody.
#[derive(Default)]
pub(crate) struct Presences {
    read: RwLock<Arc<BTreeMap<String, Shown>>>,
}

/// What Teams showed of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    availability: Availability,
    activity: Activity,
    is_out_of_office: bool,
    pub(crate) since: Timestamp,
    read: Timestamp,
}

impl Shown {
    /// Whether it is too old to be believed.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        self.read.plus_seconds(CYCLE_S * CYCLES_MAX) < now
    }

    /// The top-level status; none where Teams does not know it either.
    pub(crate) const fn status(&self) -> Option<&'static str> {
        match self.availability {
            Availability::Available | Availability::AvailableIdle => Some("available"),
            Availability::Busy | Availability::BusyIdle => Some("busy"),
            Availability::DoNotDisturb => Some("do_not_disturb"),
            Availability::BeRightBack => Some("be_right_back"),
            Availability::Away => Some("away"),
            Availability::Offline => Some("offline"),
            Availability::PresenceUnknown => None,
        }
    }

    /// What it adds.
    pub(crate) const fn doing(&self) -> &'static str {
        match self.activity {
            Activity::InACall => "call",
            Activity::InAConferenceCall => "conference_call",
            Activity::InAMeeting => "meeting",
            Activity::Presenting => "presenting",
            Activity::OutOfOffice => "out_of_office",
            Activity::UrgentInterruptionsOnly | Activity::Other => "other",
            Activity::Available
            | Activity::Away
            | Activity::BeRightBack
            | Activity::Busy
            | Activity::DoNotDisturb
            | Activity::Inactive
            | Activity::AvailableInactive
            | Activity::Offline
            | Activity::OffWork
            | Activity::PresenceUnknown => {
                if self.is_out_of_office {
                    "out_of_office"
                } else {
                    "nothing"
                }
            }
        }
    }

    /// What was read anew, with since when it is so.
    fn after(before: Option<&Self>, presence: &Presence, now: Timestamp) -> Self {
        let out_of_office = presence.out_of_office_settings.as_ref();
        let shown = Self {
            availability: presence.availability,
            activity: presence.activity,
            is_out_of_office: out_of_office.is_some_and(|it| it.is_out_of_office),
            since: now,
            read: now,
        };
        let is_same = |it: &&Self| {
            it.status() == shown.status() && it.doing() == shown.doing() && !it.is_stale(now)
        };
        match before.filter(is_same) {
            Some(same) => Self {
                since: same.since,
                ..shown
            },
            None => shown,
        }
    }
}

impl Presences {
    /// What was read of everybody, as it stands now.
    pub(crate) fn standing(&self) -> Arc<BTreeMap<String, Shown>> {
        Arc::clone(&self.read.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, standing: BTreeMap<String, Shown>) {
        *self.read.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(standing);
    }
}

/// Asks until told to stop.
pub(crate) async fn keep(center: Arc<Center>, stop: CancellationToken) {
    let link = &center.teams;
    let mut changed = link.changed.subscribe();
    let mut read = link.directory.watch();
    loop {
        changed.borrow_and_update();
        read.borrow_and_update();
        let began = link.clock.now();
        tokio::select! {
            () = stop.cancelled() => return,
            () = cycle(link) => {}
        }
        let until = began.plus_seconds(CYCLE_S);
        tokio::select! {
            () = stop.cancelled() => return,
            _ = changed.changed() => {}
            _ = read.changed() => {}
            () = link.clock.until(until) => {}
        }
    }
}

async fn cycle(link: &Link) {
    let applied = link.applied().await.ok().flatten();
    let wanted = applied.filter(|it| it.account.has(Feature::PresenceRead));
    let Some(applied) = wanted else {
        link.presences.put(BTreeMap::new());
        return;
    };
    if let Err(trouble) = read_all(link, &applied).await {
        // What was read stays until it is too old to be believed.
        let problem = trouble.message();
        tracing::info!(center = %link.center, problem, "the status of people was not read");
    }
}

/// Everybody who is listed, as many at once as the service takes.
async fn read_all(link: &Link, applied: &Applied) -> Result<(), Trouble> {
    let directory = link.directory.standing();
    let ids: Vec<&str> = directory.listed().iter().map(|it| it.id.as_str()).collect();
    let before = link.presences.standing();
    let mut standing = BTreeMap::new();
    for batch in ids.chunks(IDS_MAX) {
        let now = link.clock.now();
        let request = presence::read(batch);
        let page: Page<Presence> = match applied.ask(&request, Patience::Some, now).await {
            Ok(page) => page,
            Err(trouble) => {
                keep_rest(&mut standing, &before, &ids);
                link.presences.put(standing);
                return Err(trouble);
            }
        };
        for presence in page.value {
            let id = presence.id.to_lowercase();
            let shown = Shown::after(before.get(&id), &presence, now);
            standing.insert(id, shown);
        }
    }
    keep_rest(&mut standing, &before, &ids);
    link.presences.put(standing);
    Ok(())
}

/// Whoever was not told of this time is as before, until that is too old.
fn keep_rest(
    standing: &mut BTreeMap<String, Shown>,
    before: &BTreeMap<String, Shown>,
    ids: &[&str],
) {
    for id in ids {
        if let Some(shown) = before.get(*id) {
            standing.entry((*id).to_owned()).or_insert(*shown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presence(availability: Availability, activity: Activity) -> Presence {
        Presence {
            id: "a".to_owned(),
            availability,
            activity,
            sequence_number: None,
            out_of_office_settings: None,
        }
    }

    // B-223
    #[test]
    fn status_is_since_it_changed_and_unknown_when_it_is_old() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let busy = presence(Availability::Busy, Activity::InACall);
        let first = Shown::after(None, &busy, at(0));
        assert_eq!((first.status(), first.doing()), (Some("busy"), "call"));
        let same = Shown::after(Some(&first), &busy, at(60));
        assert_eq!((same.since, same.read), (at(0), at(60)));
        assert!(!same.is_stale(at(240)) && same.is_stale(at(241)));
        let meeting = presence(Availability::Busy, Activity::InAMeeting);
        assert_eq!(Shown::after(Some(&same), &meeting, at(120)).since, at(120));
        // What was not known for a while has not been so all the time.
        assert_eq!(Shown::after(Some(&same), &busy, at(900)).since, at(900));
        let unknown = presence(Availability::PresenceUnknown, Activity::PresenceUnknown);
        assert_eq!(Shown::after(None, &unknown, at(0)).status(), None);
    }
}
