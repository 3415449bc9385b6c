//! Looks at what Graph told, one POST after the other: who vouches for it, what is sealed in it, and what follows. Nothing is
//! used before all of that holds (B-230).

use super::{Told, count};
use crate::center::Center;
use crate::edge::graph::account::Feature;
use crate::edge::graph::link::Applied;
use crate::edge::graph::presence::shown::Shown;
use crate::edge::graph::presence::watched::Watched;
use crate::edge::graph::presence::{reading, tell};
use crate::edge::graph::watch::sender;
use crate::edge::teams_phone::{Rejected, now_s};
use std::sync::Arc;
use tandem_core::ids::AgentId;
use tandem_core::presence::Seen;
use tandem_microsoft::entra::jwt::Expected;
use tandem_microsoft::graph::notice::{Lifecycle, NOTIFIER_APP_ID, Notice, Unopened};
use tandem_microsoft::graph::presence::Presence;
use tokio_util::sync::CancellationToken;

/// Tolerated difference between Entra's clock and ours, s.
const LEEWAY_S: u64 = 300;
/// POSTs that are looked at together: what is known of everybody is copied once for them.
const TOGETHER_MAX: usize = 64;

/// Looks until told to stop.
pub(crate) async fn keep(center: Arc<Center>, stop: CancellationToken) {
    let mut waiting = center.teams.presences.push.waiting.lock().await;
    let mut told = Vec::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            n = waiting.recv_many(&mut told, TOGETHER_MAX) => if n == 0 { return },
        }
        look(&center, std::mem::take(&mut told)).await;
    }
}

async fn look(center: &Center, told: Vec<Told>) {
    let applied = center.teams.applied().await.ok().flatten();
    let applied = applied.filter(|it| it.account.has(Feature::PresencePush));
    let Some(applied) = applied else {
        let n = told.iter().map(|it| it.items.len()).sum();
        return count("not_wanted", n);
    };
    let mut people = Vec::new();
    for Told {
        items,
        validation_tokens,
    } in told
    {
        let (about_itself, changes): (Vec<Notice>, Vec<Notice>) = items
            .into_iter()
            .partition(|it| it.lifecycle_event.is_some());
        for item in &about_itself {
            lives_on(center, item);
        }
        if changes.is_empty() {
            continue;
        }
        match is_vouched_for(&applied, &validation_tokens).await {
            Vouched::Yes => people.extend(opened(center, &changes)),
            Vouched::No => {
                count("forged", changes.len());
                tracing::info!(center = %center.id(), "notices that Microsoft does not vouch for");
            }
            Vouched::Unknown => {
                count("unjudged", changes.len());
                center.teams.presences.push.doubt();
            }
        }
    }
    show(center, people).await;
}

/// What becomes of a subscription (B-231). There is no seal on it: whoever says it has the word of our subscriptions, and has
/// us ask Microsoft at most.
fn lives_on(center: &Center, item: &Notice) {
    let push = &center.teams.presences.push;
    let word = match item.lifecycle_event {
        Some(Lifecycle::ReauthorizationRequired) => {
            let now = center.clock.now();
            let mut all = push.all();
            let its = all.iter_mut().find(|it| it.id == item.subscription_id);
            if let Some(its) = its {
                its.renew = now;
            }
            "reauthorization_required"
        }
        Some(Lifecycle::SubscriptionRemoved) => {
            push.all().retain(|it| it.id != item.subscription_id);
            push.doubt();
            "subscription_removed"
        }
        Some(Lifecycle::Missed) => {
            push.doubt();
            "missed"
        }
        Some(Lifecycle::Other) | None => "unknown_word",
    };
    count(word, 1);
    tracing::info!(center = %center.id(), word, "word about a subscription to presence");
    push.woken.notify_one();
}

enum Vouched {
    Yes,
    No,
    /// The keys cannot be had now.
    Unknown,
}

/// Whether one of the tokens is Microsoft's notifier's, for our application and tenant (microsoft-graph.md 5.3).
async fn is_vouched_for(applied: &Applied, tokens: &[String]) -> Vouched {
    let Ok(client) = sender(applied) else {
        return Vouched::No;
    };
    let Ok(published) = client.documents.published().await else {
        return Vouched::Unknown;
    };
    let applicant = &client.tokens.applicant;
    let first = format!("https://sts.windows.net/{}/", applicant.tenant);
    let second = published.issuer.replace("{tenantid}", &applicant.tenant);
    let expected = Expected {
        issuers: &[&first, &second],
        audiences: &[&applicant.client_id],
        now_s: now_s(),
        leeway_s: LEEWAY_S,
    };
    for token in tokens {
        match published.keys.verify(token, &expected).await {
            Ok(claims) if claims.application() == Some(NOTIFIER_APP_ID) => return Vouched::Yes,
            Ok(_) | Err(Rejected::Token(_)) => {}
            Err(Rejected::Keys(_)) => return Vouched::Unknown,
        }
    }
    Vouched::No
}

fn opened(center: &Center, changes: &[Notice]) -> Vec<Presence> {
    let Some(own) = center.teams.presences.push.certificate.get() else {
        // It is sealed for the process before.
        count("other_certificate", changes.len());
        return Vec::new();
    };
    let open = |item: &Notice| {
        let Some(sealed) = &item.encrypted_content else {
            count("unreadable", 1);
            return None;
        };
        match own.opener.open::<Presence>(sealed) {
            Ok(presence) => Some(presence),
            Err(error) => {
                count(word(error), 1);
                tracing::info!(center = %center.id(), %error, "a notice that cannot be opened");
                None
            }
        }
    };
    changes.iter().filter_map(open).collect()
}

const fn word(error: Unopened) -> &'static str {
    match error {
        Unopened::OtherCertificate => "other_certificate",
        Unopened::Forged => "forged",
        Unopened::Unexpected => "unreadable",
    }
}

/// From now on this is what Teams shows of them; agents are told of to the core at once.
async fn show(center: &Center, people: Vec<Presence>) {
    if people.is_empty() {
        return;
    }
    let Ok(watched) = Watched::of(center).await else {
        return center.teams.presences.push.doubt();
    };
    let reading = reading(center);
    let mut sights: Vec<(AgentId, Option<Seen>)> = Vec::new();
    let mut n_unknown = 0;
    let n_all = people.len();
    center.teams.presences.change(|standing| {
        let shown = Arc::make_mut(&mut standing.shown);
        for presence in people {
            let id = presence.id.to_lowercase();
            let (before, agent) = (shown.get(&id), watched.agent(&id));
            if before.is_none() && agent.is_none() {
                // Nobody who is listed.
                n_unknown += 1;
                continue;
            }
            let now = Shown::after(before, &presence, reading);
            sights.extend(agent.map(|agent| (agent, now.seen)));
            shown.insert(id, now);
        }
    });
    count("unknown_person", n_unknown);
    count("taken", n_all - n_unknown);
    for sight in sights {
        // In their order: one person may be told of twice.
        tell::sights(center, vec![sight]).await;
    }
}
