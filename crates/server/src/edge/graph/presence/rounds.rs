//! Asks what Teams shows of people, in rounds: everybody who is listed, and every agent who has Teams switched on, 650 in
//! a request (B-094, B-201). Of whom Microsoft tells changes by itself is asked about once an hour, and when something may
//! not have been told. A round that breaks off is begun again soon; meanwhile what was seen grows old, and is not
//! known any more after as many cycles as the rules say.

use super::shown::{Reading, Shown};
use super::watched::Watched;
use super::{Standing, rules, tell};
use crate::center::Center;
use crate::edge::graph::account::Feature;
use crate::edge::graph::client::Patience;
use crate::edge::graph::link::Applied;
use crate::edge::graph::trouble::Trouble;
use std::collections::BTreeSet;
use std::sync::Arc;
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::Page;
use tandem_microsoft::graph::presence::{self, IDS_MAX, Presence};
use tokio_util::sync::CancellationToken;

/// After a round that broke off, where Microsoft did not ask for a longer wait.
const AGAIN_S: u32 = 10;
/// When the store does not answer.
const STORE_S: u32 = 5;
/// Everybody is asked about so often, whatever is told by itself: a notice can be lost without a word.
const WHOLE_S: u32 = 3_600;

/// Who is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    Everybody,
    /// Of whom nothing is told.
    Untold,
    /// Agents who have just switched Teams on: in the morning many do, and nobody else is asked about because of it.
    New,
}

/// Asks until told to stop.
pub(crate) async fn keep(center: Arc<Center>, stop: CancellationToken) {
    let link = &center.teams;
    let mut changed = link.changed.subscribe();
    let mut read = link.directory.watch();
    let mut switched = link.switched.subscribe();
    let (mut whom, mut until, mut whole) = (Whom::Everybody, link.clock.now(), link.clock.now());
    loop {
        changed.borrow_and_update();
        read.borrow_and_update();
        switched.borrow_and_update();
        let began = link.clock.now();
        let Pause { after_s, is_whole } = tokio::select! {
            () = stop.cancelled() => return,
            pause = round(&center, whom) => pause,
        };
        if whom != Whom::New {
            until = began.plus_seconds(after_s);
        }
        if is_whole {
            whole = began.plus_seconds(WHOLE_S);
        }
        link.presences.round.send_replace(());
        // The writer looks at the account, and at how many people there are.
        link.presences.woken.notify_one();
        whom = tokio::select! {
            () = stop.cancelled() => return,
            _ = changed.changed() => Whom::Everybody,
            _ = read.changed() => at_its_time(link.clock.now(), whole),
            _ = switched.changed() => Whom::New,
            () = link.presences.push.missed() => {
                // Until it is done, each round is one of everybody.
                whole = began;
                Whom::Everybody
            }
            () = link.presences.ruled.notified() => at_its_time(link.clock.now(), whole),
            () = link.clock.until(until) => at_its_time(link.clock.now(), whole),
        };
    }
}

/// Who is asked about when nothing else has happened.
fn at_its_time(now: Timestamp, whole: Timestamp) -> Whom {
    if whole <= now {
        Whom::Everybody
    } else {
        Whom::Untold
    }
}

/// Until the next round.
struct Pause {
    /// After the beginning of this one.
    after_s: u32,
    /// Everybody was asked about.
    is_whole: bool,
}

impl Pause {
    const fn of(after_s: u32) -> Self {
        Self {
            after_s,
            is_whole: false,
        }
    }
}

/// One round, if there is anything to read.
async fn round(center: &Center, whom: Whom) -> Pause {
    let link = &center.teams;
    let cycle_s = rules(center).cycle_s;
    let applied = match link.applied().await {
        Ok(applied) => applied.filter(|it| it.account.has(Feature::PresenceRead)),
        Err(error) => {
            tracing::warn!(center = %link.center, %error, "the Teams account was not read");
            return Pause::of(STORE_S);
        }
    };
    let Some(applied) = applied else {
        link.presences.change(|it| *it = Standing::default());
        tell::unwatched(center, &Watched::default()).await;
        return Pause::of(cycle_s);
    };
    let watched = match Watched::of(center).await {
        Ok(watched) => watched,
        Err(error) => {
            tracing::warn!(center = %link.center, %error, "who has Teams switched on was not read");
            return Pause::of(STORE_S);
        }
    };
    tell::unwatched(center, &watched).await;
    let subscribed = link.presences.push.ids();
    let followed = link.directory.standing().n_rounds;
    let ended = read_all(center, &applied, &watched, whom).await;
    forget_old(center, &watched).await;
    if whom != Whom::New {
        link.presences.change(|it| it.followed = followed);
    }
    match ended {
        Ok(()) => {
            let is_whole = whom == Whom::Everybody;
            if is_whole {
                link.presences.push.settle(&subscribed);
            }
            Pause {
                after_s: cycle_s,
                is_whole,
            }
        }
        Err(trouble) => Pause::of(is_behind(center, &trouble).min(cycle_s)),
    }
}

/// What was read stays until it is too old to be believed.
fn is_behind(center: &Center, trouble: &Trouble) -> u32 {
    let link = &center.teams;
    let (now, problem) = (link.clock.now(), trouble.message());
    tracing::info!(center = %link.center, problem, "what Teams shows of people was not read");
    link.presences.change(|standing| {
        let since = standing.behind_since.or(standing.read).unwrap_or(now);
        standing.behind_since = Some(since);
        standing.problem = Some(problem);
    });
    match trouble {
        Trouble::Throttled { wait } => {
            let wait_s = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
            wait_s.saturating_add(1).max(AGAIN_S)
        }
        Trouble::Incomplete
        | Trouble::Unreadable
        | Trouble::Token { .. }
        | Trouble::Graph { .. }
        | Trouble::Unreachable { .. }
        | Trouble::Unexpected => AGAIN_S,
    }
}

/// As many at once as the service takes. What was seen of agents is told at once, whatever comes after.
async fn read_all(
    center: &Center,
    applied: &Applied,
    watched: &Watched,
    whom: Whom,
) -> Result<(), Trouble> {
    let presences = &center.teams.presences;
    let ids = asked_about(center, watched, whom);
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut ended = Ok(());
    for batch in ids.chunks(IDS_MAX) {
        match read(center, applied, batch).await {
            Ok((reading, people)) => {
                let sights = note(center, watched, reading, people);
                tell::sights(center, sights).await;
            }
            Err(trouble) => {
                ended = Err(trouble);
                break;
            }
        }
    }
    let now = center.clock.now();
    presences.change(|standing| {
        if ended.is_ok() && whom != Whom::New {
            standing.read = Some(now);
            standing.behind_since = None;
            standing.problem = None;
        }
    });
    ended
}

/// Whoever is not listed any more, and no agent, is forgotten. The others are as before, until that is too old.
fn keep_only(center: &Center, ids: &BTreeSet<String>) {
    center.teams.presences.change(|standing| {
        Arc::make_mut(&mut standing.shown).retain(|id, _| ids.contains(id));
    });
}

/// What was read, but of whom somebody told meanwhile; answers what is to be said of agents.
fn note(
    center: &Center,
    watched: &Watched,
    reading: Reading,
    people: Vec<Presence>,
) -> Vec<tell::Sight> {
    let mut sights = Vec::new();
    center.teams.presences.change(|standing| {
        let shown = Arc::make_mut(&mut standing.shown);
        for presence in people {
            let id = presence.id.to_lowercase();
            let before = shown.get(&id);
            if before.is_some_and(|it| it.is_later_than(reading.at)) {
                continue;
            }
            let now = Shown::after(before, &presence, reading);
            sights.extend(watched.agent(&id).map(|agent| (agent, now.seen)));
            shown.insert(id, now);
        }
    });
    sights
}

/// Their object ids. Of whom Microsoft tells, what was known before is known now.
pub(super) fn asked_about(center: &Center, watched: &Watched, whom: Whom) -> BTreeSet<String> {
    let agents = watched.iter();
    match whom {
        Whom::Everybody => everybody(center, watched),
        Whom::Untold => {
            let mut ids = everybody(center, watched);
            keep_only(center, &ids);
            confirm(center, &mut ids);
            ids
        }
        Whom::New => center.engine.view().read(|projection| {
            let state = projection.center.state();
            let is_new = |agent| {
                let agent = state.agents.get(agent);
                agent.is_some_and(|it| it.presence.is_none())
            };
            let new = agents.filter(|(_, agent)| is_new(*agent));
            new.map(|(id, _)| id.to_owned()).collect()
        }),
    }
}

fn everybody(center: &Center, watched: &Watched) -> BTreeSet<String> {
    let directory = center.teams.directory.standing();
    let listed = directory.listed().iter().map(|it| it.id.clone());
    let agents = watched.iter().map(|(id, _)| id.to_owned());
    listed.chain(agents).collect()
}

/// Takes those away of whom changes are told: what was seen of them is so still.
fn confirm(center: &Center, ids: &mut BTreeSet<String>) {
    let presences = &center.teams.presences;
    let now = center.clock.now();
    let covered = presences.push.covered(now);
    if covered.is_empty() {
        return;
    }
    presences.change(|standing| {
        let shown = Arc::make_mut(&mut standing.shown);
        for (id, it) in shown.iter_mut() {
            if covered.iter().any(|people| people.contains(id)) && ids.remove(id) {
                it.confirm(now);
            }
        }
    });
}

async fn read(
    center: &Center,
    applied: &Applied,
    ids: &[&str],
) -> Result<(Reading, Vec<Presence>), Trouble> {
    center.teams.presences.pacer.turn().await;
    let reading = super::reading(center);
    let request = presence::read(ids);
    let page: Page<Presence> = applied.ask(&request, Patience::None, reading.at).await?;
    Ok((reading, page.value))
}

/// What was seen too long ago, or never, is not known.
async fn forget_old(center: &Center, watched: &Watched) {
    let reading = super::reading(center);
    let shown = Arc::clone(&center.teams.presences.standing().shown);
    let old = watched.iter().filter(|(id, _)| {
        let last = shown.get(*id);
        last.is_none_or(|it| it.is_stale(reading))
    });
    let old = old.map(|(_, agent)| (agent, None)).collect();
    tell::sights(center, old).await;
}
