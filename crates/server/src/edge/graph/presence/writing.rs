//! Carries out what the keeper wants written, and looks at somebody before that where it says so (B-190, B-224 to B-226).
//! What is wanted of whom is read from what is durable, as it changes.
//!
//! Once the account is gone, or is not to write any more, what was written in its name is taken back with the credential
//! that it had, which is kept in memory until then and no longer.

use super::{pacer, rules, shown, tell};
use crate::center::Center;
use crate::edge::graph::account::Feature;
use crate::edge::graph::client::Patience;
use crate::edge::graph::link::Applied;
use crate::edge::graph::trouble::Trouble;
use crate::edge::graph::watch::sender;
use crate::engine::Change;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use std::sync::Arc;
use tandem_core::ids::AgentId;
use tandem_core::presence::keeper::{Act, Outcome, Pace, Session, Write};
use tandem_core::presence::{AgentPresence, Status};
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::presence::{self as wire, PreferredPair, Presence, SessionPair};
use tandem_microsoft::request::Request;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Acts under way at once.
const UNDER_WAY_MAX: usize = 32;
/// Renewals a second, at most: the rest of what may be asked is for changes and for rounds.
pub(super) const RENEWALS_PER_S: u32 = pacer::PER_SECOND - 5;
/// After an act that did not come about because nobody answered, s.
const AGAIN_S: u32 = 10;
/// After one that was refused, s: somebody has to do something about it.
const REFUSED_S: u32 = 300;
/// After one for which there was no token, s.
const NO_TOKEN_S: u32 = 60;

/// Who writes.
enum Hand {
    /// Nobody yet: what the process before this one wrote may still be shown.
    New,
    Writes(Arc<Applied>),
    /// Takes back what it wrote.
    LetsGo(Arc<Applied>),
    Rests,
}

/// Writes until told to stop.
pub(crate) async fn keep(center: Arc<Center>, stop: CancellationToken) {
    let link = &center.teams;
    let mut changed = link.changed.subscribe();
    let mut changes = center.engine.view().changes();
    let mut hand = Hand::New;
    let mut under_way = FuturesUnordered::new();
    let mut turn = None;
    hand.looks_at_account(&center).await;
    loop {
        let may_begin = hand.account().is_some() && under_way.len() < UNDER_WAY_MAX;
        tokio::select! {
            () = stop.cancelled() => return,
            _ = changed.changed() => hand.looks_at_account(&center).await,
            () = link.presences.woken.notified() => hand.looks_at_account(&center).await,
            change = changes.recv() => match change {
                Ok(change) => hand.follows(&center, &change),
                Err(RecvError::Lagged(_)) => hand.follows_all(&center),
                Err(RecvError::Closed) => return,
            },
            Some(()) = under_way.next(), if !under_way.is_empty() => {}
            () = its_turn(&center, &mut turn), if may_begin => {
                if let Some(act) = hand.begins(&center) {
                    turn = None;
                    under_way.push(act);
                }
            }
        }
    }
}

/// Until the keeper has something to do and its turn has come. What is done with it is said only then: whatever is wanted
/// meanwhile waits for nobody who is less urgent. A turn that was not used is kept.
async fn its_turn(center: &Center, turn: &mut Option<Instant>) {
    due(center).await;
    let pacer = &center.teams.presences.pacer;
    let at = *turn.get_or_insert_with(|| pacer.take(Instant::now()));
    tokio::time::sleep_until(at).await;
}

/// Until the keeper has something to do.
async fn due(center: &Center) {
    let at = center.teams.presences.keeper().next_deadline();
    match at {
        Some(at) => center.clock.until(at).await,
        None => std::future::pending().await,
    }
}

impl Hand {
    const fn account(&self) -> Option<&Arc<Applied>> {
        match self {
            Self::Writes(applied) | Self::LetsGo(applied) => Some(applied),
            Self::New | Self::Rests => None,
        }
    }

    /// Whether it is to write, and for whom. Presence that nobody reads is not written either: what the person chose would
    /// not show.
    async fn looks_at_account(&mut self, center: &Center) {
        let Ok(applied) = center.teams.applied().await else {
            // It is looked at again with the next round.
            return;
        };
        let does = [Feature::PresenceRead, Feature::PresenceWrite];
        let applied = applied.filter(|it| does.iter().all(|feature| it.account.has(*feature)));
        set_pace(center);
        let before = std::mem::replace(self, Self::Rests);
        *self = match (before, applied) {
            (Self::New, Some(applied)) => {
                resume(center);
                Self::Writes(applied)
            }
            (Self::Writes(_), Some(applied)) => Self::Writes(applied),
            (Self::LetsGo(_) | Self::Rests, Some(applied)) => {
                want_all(center, |presence| presence.wanted);
                Self::Writes(applied)
            }
            (Self::Writes(last), None) => {
                want_all(center, |_| None);
                Self::LetsGo(last)
            }
            (Self::LetsGo(last), None) if !center.teams.presences.keeper().is_empty() => {
                Self::LetsGo(last)
            }
            (Self::New | Self::LetsGo(_) | Self::Rests, None) => Self::Rests,
        };
    }

    fn follows(&self, center: &Center, change: &Change) {
        if change.settings {
            return self.follows_all(center);
        }
        if !matches!(self, Self::Writes(_)) {
            return;
        }
        let now = center.clock.now();
        let wanted: Vec<(AgentId, Option<Status>)> = center.engine.view().read(|projection| {
            let agents = &projection.center.state().agents;
            let changed = change.agents.iter().copied();
            let wanted = changed.map(|id| {
                let presence = agents.get(id).and_then(|it| it.presence.as_ref());
                (id, presence.and_then(|it| it.wanted))
            });
            wanted.collect()
        });
        let mut keeper = center.teams.presences.keeper();
        for (agent, wanted) in wanted {
            keeper.want(now, agent, wanted);
        }
    }

    /// Changes were missed, or may concern everybody.
    fn follows_all(&self, center: &Center) {
        if matches!(self, Self::Writes(_)) {
            want_all(center, |presence| presence.wanted);
        }
    }

    fn begins(&self, center: &Arc<Center>) -> Option<impl Future<Output = ()> + use<>> {
        let applied = Arc::clone(self.account()?);
        let due = center.teams.presences.keeper().next(center.clock.now());
        let (agent, act) = due?;
        Some(carry_out(Arc::clone(center), applied, agent, act))
    }
}

fn set_pace(center: &Center) {
    let pace = Pace::of(&rules(center));
    let mut keeper = center.teams.presences.keeper();
    keeper.set_pace(center.clock.now(), pace, RENEWALS_PER_S);
}

/// What is wanted of everybody.
fn want_all(center: &Center, wanted: impl Fn(&AgentPresence) -> Option<Status>) {
    let now = center.clock.now();
    let all: Vec<(AgentId, Option<Status>)> = center.engine.view().read(|projection| {
        let agents = projection.center.state().agents.iter();
        let all = agents.map(|(id, it)| (id, it.presence.as_ref().and_then(|it| wanted(it))));
        all.collect()
    });
    let mut keeper = center.teams.presences.keeper();
    for (agent, wanted) in all {
        keeper.want(now, agent, wanted);
    }
}

/// What the process before this one wrote may be shown, and is known again.
fn resume(center: &Center) {
    let now = center.clock.now();
    let all: Vec<_> = center.engine.view().read(|projection| {
        let agents = projection.center.state().agents.iter();
        let all = agents.filter_map(|(id, it)| {
            let presence = it.presence.as_ref()?;
            Some((id, presence.wanted, presence.wanted_before))
        });
        all.collect()
    });
    let mut keeper = center.teams.presences.keeper();
    for (agent, wanted, before) in all {
        keeper.resume(now, agent, wanted, before);
    }
}

/// The first act has had its turn. What was looked at is written before that is old, whoever else waits.
async fn carry_out(center: Arc<Center>, applied: Arc<Applied>, agent: AgentId, first: Act) {
    let presences = &center.teams.presences;
    let mut act = first;
    loop {
        let outcome = perform(&center, &applied, agent, act).await;
        let next = {
            let now = center.clock.now();
            let mut keeper = presences.keeper();
            keeper.done(now, agent, outcome);
            keeper.next_of(now, agent)
        };
        let Some(next) = next else {
            return;
        };
        presences.pacer.turn().await;
        act = next;
    }
}

async fn perform(center: &Center, applied: &Applied, agent: AgentId, act: Act) -> Outcome {
    let id = center.engine.view().read(|projection| {
        let agent = projection.center.state().agents.get(agent)?;
        Some(agent.profile.address.clone())
    });
    let Some(id) = id else {
        return Outcome::Again { after_s: REFUSED_S };
    };
    let now = center.clock.now();
    match act {
        Act::Look => {
            let request = wire::read_one(&id);
            let asked: Result<Presence, Trouble> = applied.ask(&request, Patience::None, now).await;
            match asked {
                Ok(presence) => {
                    tell::sights(center, vec![(agent, shown::seen(&presence))]).await;
                    Outcome::Done
                }
                Err(trouble) => of_look(&trouble),
            }
        }
        Act::Write(write) => {
            let client_id = applied.account.client_id.as_deref().unwrap_or_default();
            let written = send(applied, &request(&id, client_id, write), now).await;
            note(center, &written);
            written.map_or_else(|trouble| of_write(&trouble), |()| Outcome::Done)
        }
    }
}

async fn send(applied: &Applied, request: &Request, now: Timestamp) -> Result<(), Trouble> {
    let client = sender(applied)?;
    client.ask(request, Patience::None, now).await.map(drop)
}

fn request(id: &str, client_id: &str, write: Write) -> Request {
    match write {
        Write::SetSession { session, for_s } => {
            let pair = match session {
                Session::Available => SessionPair::Available,
                Session::Call => SessionPair::InACall,
                Session::Away => SessionPair::Away,
            };
            wire::set_session(id, client_id, pair, for_s)
        }
        Write::ClearSession => wire::clear_session(id, client_id),
        Write::SetPreferred { status, for_s } => {
            let pair = match status {
                Status::Available => PreferredPair::Available,
                Status::Busy => PreferredPair::Busy,
                Status::DoNotDisturb => PreferredPair::DoNotDisturb,
                Status::BeRightBack => PreferredPair::BeRightBack,
                Status::Away => PreferredPair::Away,
                Status::Offline => PreferredPair::Offline,
            };
            wire::set_preferred(id, pair, for_s)
        }
        Write::ClearPreferred => wire::clear_preferred(id),
    }
}

/// When it is tried again.
fn of_look(trouble: &Trouble) -> Outcome {
    let after_s = match trouble {
        Trouble::Throttled { wait } => {
            let wait_s = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
            wait_s.saturating_add(1)
        }
        Trouble::Graph { .. } => REFUSED_S,
        Trouble::Incomplete | Trouble::Unreadable | Trouble::Token { .. } => NO_TOKEN_S,
        Trouble::Unreachable { .. } | Trouble::Unexpected => AGAIN_S,
    };
    Outcome::Again { after_s }
}

/// A write to which no answer came may have been done.
fn of_write(trouble: &Trouble) -> Outcome {
    match trouble {
        Trouble::Unreachable { .. } | Trouble::Unexpected => Outcome::Unknown,
        Trouble::Throttled { .. }
        | Trouble::Graph { .. }
        | Trouble::Incomplete
        | Trouble::Unreadable
        | Trouble::Token { .. } => of_look(trouble),
    }
}

/// Since when nothing is written: one person whom Graph refuses is not all of them, and the next write tells.
fn note(center: &Center, written: &Result<(), Trouble>) {
    let presences = &center.teams.presences;
    let before = presences.standing().unwritten.is_some();
    match written {
        Ok(()) if before => presences.change(|it| it.unwritten = None),
        Ok(()) | Err(Trouble::Throttled { .. }) => {}
        Err(_) if before => {}
        Err(trouble) => {
            let (now, problem) = (center.clock.now(), trouble.message());
            tracing::info!(center = %center.id(), problem, "a status was not written");
            presences.change(|it| it.unwritten = Some((now, problem)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    // B-224, B-226
    #[test]
    fn each_write_is_the_operation_that_takes_it() {
        let of = |write| request("u", "app", write).path_and_query;
        let (session, for_s) = (Session::Call, 900);
        let paths = [
            of(Write::SetSession { session, for_s }),
            of(Write::ClearSession),
            of(Write::SetPreferred {
                status: Status::DoNotDisturb,
                for_s,
            }),
            of(Write::ClearPreferred),
        ];
        let operations = paths.map(|it| it.rsplit('/').next().unwrap_or_default().to_owned());
        assert_eq!(
            operations,
            [
                "setPresence",
                "clearPresence",
                "setUserPreferredPresence",
                "clearUserPreferredPresence"
            ]
        );
    }

    // B-227
    #[test]
    fn refused_write_waits_as_microsoft_asks_and_one_without_an_answer_may_have_been_done() {
        let wait = Duration::from_secs(30);
        let throttled = Trouble::Throttled { wait };
        assert_eq!(of_write(&throttled), Outcome::Again { after_s: 31 });
        let (status, code) = (403, "Forbidden".to_owned());
        let refused = Trouble::Graph { status, code };
        assert_eq!(of_write(&refused), Outcome::Again { after_s: REFUSED_S });
        let detail = "no answer in time".to_owned();
        let silent = Trouble::Unreachable { detail };
        assert_eq!(of_write(&silent), Outcome::Unknown);
        assert_eq!(of_look(&silent), Outcome::Again { after_s: AGAIN_S });
    }
}
