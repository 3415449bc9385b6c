//! Tells the core what was seen, where that is news: most of what is read is not, and need not go through its loop.

use super::watched::Watched;
use crate::center::Center;
use tandem_core::ids::AgentId;
use tandem_core::input::Input;
use tandem_core::presence::{Origin, Seen};

/// What was seen of an agent; none: it is not known.
pub(super) type Sight = (AgentId, Option<Seen>);

/// Tells what was seen of agents, and waits until it shows.
pub(super) async fn sights(center: &Center, sights: Vec<Sight>) {
    if sights.is_empty() {
        return;
    }
    let presences = &center.teams.presences;
    let now = center.clock.now();
    let judged: Vec<(Sight, Option<Origin>)> = {
        let mut keeper = presences.keeper();
        let sights = sights.into_iter();
        let judged = sights.map(|(agent, seen)| {
            let is_echo = keeper.read(now, agent, seen).is_echo;
            ((agent, seen), is_echo.then_some(Origin::Tandem))
        });
        judged.collect()
    };
    presences.woken.notify_one();
    let news = center.engine.view().read(|projection| {
        let agents = &projection.center.state().agents;
        let is_news = |((id, seen), known): &(Sight, Option<Origin>)| {
            let agent = agents.get(*id);
            agent.is_some_and(|it| it.origin_of_news(now, *seen, *known).is_some())
        };
        let news = judged.into_iter().filter(is_news);
        let news = news.map(|((agent, seen), known)| Input::PresenceSeen {
            agent,
            seen,
            is_echo: known.is_some(),
        });
        news.collect()
    });
    give(center, news).await;
}

/// Nobody looks any more at the presence of whoever is not watched.
pub(super) async fn unwatched(center: &Center, watched: &Watched) {
    let gone = center.engine.view().read(|projection| {
        let agents = projection.center.state().agents.iter();
        let gone = agents.filter(|(id, it)| it.presence.is_some() && !watched.has(*id));
        gone.map(|(agent, _)| Input::PresenceUnwatched { agent })
            .collect()
    });
    give(center, gone).await;
}

/// What is not taken is found again in the next round: it is news until the core has it.
async fn give(center: &Center, inputs: Vec<Input>) {
    let given = inputs.into_iter().map(|input| center.engine.submit(input));
    let mut last = None;
    for answer in futures::future::join_all(given).await {
        match answer {
            Ok(committed) => last = last.max(Some(committed.seq)),
            Err(error) => {
                tracing::info!(center = %center.id(), %error, "what Teams shows was not taken");
                return;
            }
        }
    }
    if let Some(seq) = last {
        center.engine.view().reaches(seq).await;
    }
}
