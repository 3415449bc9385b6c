//! Keeps subscriptions to presence there: makes them, renews each at half of its life (B-228), makes them again when they are
//! gone, and in the name of another person when the first one's sign-in is over.

use super::certificate::OwnCertificate;
use super::{Push, Pushed, Subscription, client_state, hook};
use crate::center::Center;
use crate::edge::graph::account::Feature;
use crate::edge::graph::delegates::{Silent, Voice, forget_voice, voice};
use crate::edge::graph::link::Applied;
use crate::edge::graph::presence::rounds::{Whom, asked_about};
use crate::edge::graph::presence::watched::Watched;
use crate::edge::graph::trouble::Trouble;
use crate::edge::graph::watch::sender;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::sync::Arc;
use tandem_core::ids::AccountId;
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::Page;
use tandem_microsoft::graph::presence::IDS_MAX;
use tandem_microsoft::graph::subscription::{self as wire, PRESENCE_LIFE_S, Wanted};
use tandem_microsoft::request::Request;
use tokio_util::sync::CancellationToken;

/// After something that failed.
const AGAIN_S: u32 = 60;
/// When nothing is to be done.
const QUIET_S: u32 = 3_600;

/// What is remembered from one look to the next.
#[derive(Default)]
struct Keeper {
    /// In whose name it was looked whether the process before left subscriptions.
    swept: BTreeSet<AccountId>,
    /// Who spoke last, to take back what was subscribed to.
    last: Option<(Arc<Applied>, Voice)>,
}

/// Keeps them until told to stop.
pub(crate) async fn keep(center: Arc<Center>, stop: CancellationToken) {
    let link = &center.teams;
    let mut changed = link.changed.subscribe();
    let mut read = link.directory.watch();
    let mut switched = link.switched.subscribe();
    let mut keeper = Keeper::default();
    loop {
        changed.borrow_and_update();
        read.borrow_and_update();
        switched.borrow_and_update();
        let until = tokio::select! {
            () = stop.cancelled() => return,
            until = keeper.looks(&center) => until,
        };
        tokio::select! {
            () = stop.cancelled() => return,
            _ = changed.changed() => {}
            _ = read.changed() => {}
            _ = switched.changed() => {}
            () = link.presences.push.woken.notified() => {}
            () = link.clock.until(until) => {}
        }
    }
}

impl Keeper {
    /// One look; answers when the next one is.
    async fn looks(&mut self, center: &Center) -> Timestamp {
        let link = &center.teams;
        let push = &link.presences.push;
        let now = link.clock.now();
        let Ok(applied) = link.applied().await else {
            return now.plus_seconds(AGAIN_S);
        };
        let wants = [Feature::PresencePush, Feature::PresenceRead];
        let applied = applied.filter(|it| wants.iter().all(|it_is| it.account.has(*it_is)));
        let Some(applied) = applied else {
            self.lets_go(push).await;
            return now.plus_seconds(QUIET_S);
        };
        match self.subscribes(center, &applied).await {
            // What failed is tried again at its time, and counts until then.
            Ok(()) if push.all().iter().any(|it| it.is_overdue) => {}
            Ok(()) => push.stands(Pushed::Works),
            Err(why) => {
                fails(center, why);
                return now.plus_seconds(AGAIN_S);
            }
        }
        let next = push.all().iter().map(|it| it.renew).min();
        next.unwrap_or_else(|| now.plus_seconds(QUIET_S))
    }

    /// Nobody wants to be told any more. What cannot be taken back ends within an hour.
    async fn lets_go(&mut self, push: &Push) {
        let ids = push.ids();
        push.all().clear();
        push.stands(Pushed::Off);
        self.swept.clear();
        let Some((applied, voice)) = self.last.take() else {
            return;
        };
        for id in ids {
            if let Ok(client) = sender(&applied) {
                client.ask_as(&voice.token, &wire::delete(&id)).await.ok();
            }
        }
    }

    /// Everybody is subscribed to afterwards, or it says why not.
    async fn subscribes(&mut self, center: &Center, applied: &Arc<Applied>) -> Result<(), String> {
        let link = &center.teams;
        let push = &link.presences.push;
        let own = own_certificate(push).await?;
        let voice = voice(link, applied).await.map_err(|silent| match silent {
            Silent::NobodySignedIn => {
                "Nobody is signed in to Teams for the contact center".to_owned()
            }
            Silent::Trouble(trouble) => trouble.message(),
        })?;
        let done = self.does(center, applied, &voice, &own).await;
        if let Err(Trouble::Graph { status: 401, .. }) = &done {
            // A token can be withdrawn before it ends.
            forget_voice(link, voice.account).await;
        }
        self.last = Some((Arc::clone(applied), voice));
        done.map_err(|trouble| trouble.message())
    }

    async fn does(
        &mut self,
        center: &Center,
        applied: &Applied,
        voice: &Voice,
        own: &OwnCertificate,
    ) -> Result<(), Trouble> {
        let link = &center.teams;
        let asking = Asking {
            center,
            applied,
            voice,
        };
        let push = &link.presences.push;
        let now = link.clock.now();
        // Nobody renews a subscription of somebody else.
        push.all()
            .retain(|it| it.by == voice.account && now < it.expires);
        if !self.swept.contains(&voice.account) {
            asking.sweeps().await?;
            self.swept.insert(voice.account);
        }
        asking.renews().await?;
        let Ok(watched) = Watched::of(center).await else {
            return Err(Trouble::Unexpected);
        };
        let wanted = asked_about(center, &watched, Whom::Everybody);
        let agents = watched.iter().map(|(id, _)| id.to_owned()).collect();
        let batches = loose(&push.all(), &wanted, &agents);
        for batch in batches {
            for id in batch.instead_of {
                asking.tells(&wire::delete(&id)).await.or_else(gone)?;
                push.all().retain(|it| it.id != id);
            }
            asking.makes(own, batch.people).await?;
        }
        Ok(())
    }
}

/// Whoever asks, in whose name.
struct Asking<'a> {
    center: &'a Center,
    applied: &'a Applied,
    voice: &'a Voice,
}

impl Asking<'_> {
    async fn asks<T: DeserializeOwned>(&self, request: &Request) -> Result<T, Trouble> {
        let body = self.tells(request).await?;
        serde_json::from_slice(&body).map_err(|_not_one| Trouble::Unexpected)
    }

    async fn tells(&self, request: &Request) -> Result<Vec<u8>, Trouble> {
        self.center.teams.presences.pacer.turn().await;
        sender(self.applied)?
            .ask_as(&self.voice.token, request)
            .await
    }

    /// What the process before subscribed to is sealed for a certificate that is gone.
    async fn sweeps(&self) -> Result<(), Trouble> {
        let ours = hook::address(self.center);
        let there: Page<wire::Subscription> = self.asks(&wire::list()).await?;
        let known = self.center.teams.presences.push.ids();
        let left = there.value.into_iter();
        let left = left.filter(|it| it.notification_url == ours && !known.contains(&it.id));
        for subscription in left {
            let request = wire::delete(&subscription.id);
            self.tells(&request).await.or_else(gone)?;
        }
        Ok(())
    }

    /// Those whose time has come. One that is gone is made again.
    async fn renews(&self) -> Result<(), Trouble> {
        let link = &self.center.teams;
        let push = &link.presences.push;
        let now = link.clock.now();
        let due = push
            .all()
            .iter()
            .filter(|it| it.renew <= now)
            .cloned()
            .collect::<Vec<_>>();
        let mut failed = None;
        for subscription in due {
            let id = &subscription.id;
            let request = wire::renew(id, &written(now.plus_seconds(PRESENCE_LIFE_S)));
            let renewed: Result<wire::Subscription, Trouble> = self.asks(&request).await;
            let mut all = push.all();
            let Some(at) = all.iter().position(|it| it.id == *id) else {
                continue;
            };
            match renewed {
                Ok(renewed) => {
                    let (expires, renew) = life(&renewed, now);
                    (all[at].expires, all[at].renew) = (expires, renew);
                    all[at].is_overdue = false;
                }
                Err(Trouble::Graph { status: 404, .. }) => {
                    all.remove(at);
                }
                Err(trouble) => {
                    all[at].renew = now.plus_seconds(AGAIN_S);
                    all[at].is_overdue = true;
                    failed = Some(trouble);
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// From then on changes are told; what is so already is asked about.
    async fn makes(&self, own: &OwnCertificate, people: BTreeSet<String>) -> Result<(), Trouble> {
        let link = &self.center.teams;
        let push = &link.presences.push;
        let now = link.clock.now();
        let ids: Vec<&str> = people.iter().map(String::as_str).collect();
        let request = wire::create(Wanted {
            ids: &ids,
            notification_url: &hook::address(self.center),
            client_state: &client_state(&self.center.keys, self.center.id()),
            expires: &written(now.plus_seconds(PRESENCE_LIFE_S)),
            certificate: &own.certificate,
            certificate_id: &own.id,
        });
        let made: wire::Subscription = self.asks(&request).await?;
        let (expires, renew) = life(&made, now);
        tracing::info!(center = %self.center.id(), n_people = people.len(), "Microsoft tells of presence");
        push.all().push(Subscription {
            id: made.id,
            people: Arc::new(people),
            by: self.voice.account,
            expires,
            renew,
            is_overdue: false,
            is_settled: false,
        });
        push.missed.notify_one();
        Ok(())
    }
}

/// What is to be subscribed to.
struct Batch {
    people: BTreeSet<String>,
    /// Which makes these needless.
    instead_of: Vec<String>,
}

/// Those to whom nobody subscribed, 650 together, agents first. What fits beside the people of another subscription becomes one
/// with it, so that there are not more and more of them.
fn loose(all: &[Subscription], wanted: &BTreeSet<String>, agents: &BTreeSet<String>) -> Vec<Batch> {
    let is_loose = |id: &&String| all.iter().all(|it| !it.people.contains(*id));
    let loose: Vec<&String> = wanted.iter().filter(is_loose).collect();
    let (first, last): (Vec<&String>, Vec<&String>) =
        loose.into_iter().partition(|id| agents.contains(*id));
    let loose: Vec<String> = first.into_iter().chain(last).cloned().collect();
    let batches = loose.chunks(IDS_MAX).map(|people| Batch {
        people: people.iter().cloned().collect(),
        instead_of: Vec::new(),
    });
    let mut batches: Vec<Batch> = batches.collect();
    let Some(smallest) = batches.last_mut() else {
        return batches;
    };
    for subscription in all {
        let still: BTreeSet<String> = subscription.people.intersection(wanted).cloned().collect();
        if smallest.people.len() + still.len() <= IDS_MAX {
            smallest.people.extend(still);
            smallest.instead_of.push(subscription.id.clone());
        }
    }
    batches
}

/// What is gone already need not be taken away.
fn gone(trouble: Trouble) -> Result<Vec<u8>, Trouble> {
    if matches!(trouble, Trouble::Graph { status: 404, .. }) {
        return Ok(Vec::new());
    }
    Err(trouble)
}

/// Until when it lives, and when it is renewed (B-228).
fn life(subscription: &wire::Subscription, now: Timestamp) -> (Timestamp, Timestamp) {
    let said: Option<jiff::Timestamp> = subscription.expiration_date_time.parse().ok();
    let said = said.map(|it| Timestamp::from_micros(it.as_microsecond()));
    let longest = now.plus_seconds(PRESENCE_LIFE_S);
    let expires = said.map_or(longest, |it| it.min(longest));
    let half = expires.micros_since(now).max(0) / 2;
    (expires, now.plus_micros(half))
}

fn written(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_microsecond(at.as_micros());
    at.map(|it| it.to_string()).unwrap_or_default()
}

async fn own_certificate(push: &Push) -> Result<Arc<OwnCertificate>, String> {
    if let Some(own) = push.certificate.get() {
        return Ok(Arc::clone(own));
    }
    let made = tokio::task::spawn_blocking(OwnCertificate::make).await;
    let made = made.map_err(|error| error.to_string())?;
    let made = made.map_err(|error| error.to_string())?;
    Ok(Arc::clone(push.certificate.get_or_init(|| Arc::new(made))))
}

/// From now on people are asked about; since when it fails stays.
fn fails(center: &Center, why: String) {
    let push = &center.teams.presences.push;
    let since = match push.standing() {
        Pushed::Fails { since, .. } => since,
        Pushed::Off | Pushed::Works => {
            tracing::warn!(center = %center.id(), why, "Microsoft does not tell of presence by itself");
            center.clock.now()
        }
    };
    push.stands(Pushed::Fails { since, why });
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000);

    fn ids(range: std::ops::Range<u32>) -> BTreeSet<String> {
        range.map(|n| format!("{n:05}")).collect()
    }

    fn subscribed(id: &str, people: BTreeSet<String>) -> Subscription {
        Subscription {
            id: id.to_owned(),
            people: Arc::new(people),
            by: AccountId(1),
            expires: NOW,
            renew: NOW,
            is_overdue: false,
            is_settled: true,
        }
    }

    // B-228
    #[test]
    fn people_are_subscribed_to_650_together_agents_first_and_small_ones_become_one() {
        let agents = ids(1_990..2_000);
        let batches = loose(&[], &ids(0..2_000), &agents);
        let sizes: Vec<usize> = batches.iter().map(|it| it.people.len()).collect();
        assert_eq!(sizes, [650, 650, 650, 50]);
        assert!(agents.is_subset(&batches[0].people));
        let all = [
            subscribed("full", ids(0..650)),
            subscribed("small", ids(650..700)),
        ];
        assert!(loose(&all, &ids(0..700), &agents).is_empty());
        let batches = loose(&all, &ids(0..701), &agents);
        assert_eq!(batches.len(), 1);
        assert_eq!(batches[0].instead_of, ["small"]);
        assert_eq!(batches[0].people, ids(650..701));
    }

    // B-228
    #[test]
    fn subscription_is_renewed_at_half_of_its_life() {
        let said = |text: &str| wire::Subscription {
            id: "s".to_owned(),
            notification_url: String::new(),
            expiration_date_time: text.to_owned(),
        };
        let hour = NOW.plus_seconds(PRESENCE_LIFE_S);
        assert_eq!(
            life(&said(&written(hour)), NOW),
            (hour, NOW.plus_seconds(1_800))
        );
        let shorter = NOW.plus_seconds(2_700);
        assert_eq!(
            life(&said(&written(shorter)), NOW),
            (shorter, NOW.plus_seconds(1_350))
        );
        assert_eq!(life(&said("later"), NOW).0, hour);
    }
}
