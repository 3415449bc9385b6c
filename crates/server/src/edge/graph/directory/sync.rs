//! Reads the directory: everybody at first and once a day, what changed every quarter of an hour (B-196). A round that
//! breaks off changes nothing and is begun again by itself; a token that expires half-way is renewed under it (B-232).

use super::{Person, take};
use crate::center::Center;
use crate::edge::graph::account::Feature;
use crate::edge::graph::client::Patience;
use crate::edge::graph::link::{Applied, Link};
use crate::edge::graph::trouble::Trouble;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::Page;
use tandem_microsoft::graph::organization::{self, Organization};
use tandem_microsoft::graph::user::{self, UserSaid};
use tokio_util::sync::CancellationToken;

/// Between two rounds; new people appear within the hour (B-196).
const ROUND_S: u32 = 900;
/// A change of licenses alone may be late in what changed (microsoft-graph.md 3.2): everybody is read anew.
const WHOLE_S: u32 = 24 * 3_600;
/// After a round that broke off; doubled each time, up to a round's pause.
const AGAIN_S: u32 = 30;
/// Pages of a round: more than the people that are kept have.
pub(super) const PAGES_MAX: usize = 4_000;

/// Where the next round begins.
#[derive(Default)]
struct Place {
    /// The tenant that is read.
    tenant: Option<String>,
    /// Tells what changed since the last round.
    link: Option<String>,
    whole: Option<Timestamp>,
    n_failed: u32,
}

/// Reads until told to stop.
pub(crate) async fn keep(center: Arc<Center>, stop: CancellationToken) {
    let link = &center.teams;
    let mut changed = link.changed.subscribe();
    let mut place = Place::default();
    loop {
        changed.borrow_and_update();
        let began = link.clock.now();
        let pause_s = tokio::select! {
            () = stop.cancelled() => return,
            pause_s = look(link, &mut place) => pause_s,
        };
        let until = began.plus_seconds(pause_s);
        tokio::select! {
            () = stop.cancelled() => return,
            _ = changed.changed() => {}
            () = link.clock.until(until) => {}
        }
    }
}

/// One round, if there is anything to read; answers when the next one is.
async fn look(link: &Link, place: &mut Place) -> u32 {
    let applied = link.applied().await.ok().flatten();
    let wanted = applied.filter(|it| it.account.has(Feature::Directory));
    let Some(applied) = wanted else {
        link.directory.is_nobody();
        *place = Place::default();
        return ROUND_S;
    };
    if place.tenant != applied.account.tenant_id {
        // Nobody of another tenant is shown any longer.
        link.directory.is_nobody();
        *place = Place {
            tenant: applied.account.tenant_id.clone(),
            ..Place::default()
        };
    }
    let now = link.clock.now();
    match round(link, &applied, place, now).await {
        Ok(people) => {
            place.n_failed = 0;
            link.directory.is(people, now);
            ROUND_S
        }
        Err(trouble) => {
            let problem = trouble.message();
            tracing::info!(center = %link.center, problem, "the directory was not read");
            link.directory.is_behind(problem, now);
            place.n_failed = place.n_failed.saturating_add(1);
            AGAIN_S
                .saturating_mul(1 << place.n_failed.min(5))
                .min(ROUND_S)
        }
    }
}

pub(super) type People = BTreeMap<String, Arc<Person>>;

async fn round(
    link: &Link,
    applied: &Applied,
    place: &mut Place,
    now: Timestamp,
) -> Result<People, Trouble> {
    let is_fresh = |at: Timestamp| now < at.plus_seconds(WHOLE_S);
    if let Some(since) = place
        .link
        .clone()
        .filter(|_| place.whole.is_some_and(is_fresh))
    {
        match changes(link, applied, &since).await {
            Ok((people, next)) => {
                place.link = Some(next);
                return Ok(people);
            }
            // The link is not known any more: everybody again (B-232).
            Err(Trouble::Graph { status: 410, .. }) => place.link = None,
            Err(trouble) => return Err(trouble),
        }
    }
    let (people, next) = whole(link, applied).await?;
    place.link = Some(next);
    place.whole = Some(now);
    Ok(people)
}

/// Everybody, and where to ask for what changes from before that on.
async fn whole(link: &Link, applied: &Applied) -> Result<(People, String), Trouble> {
    let now = link.clock.now();
    let request = user::changes_from_now();
    let begun: Page<UserSaid> = applied.ask(&request, Patience::Some, now).await?;
    let next = begun.delta_link.ok_or(Trouble::Unexpected)?;
    let request = organization::list();
    let organization = applied.ask(&request, Patience::Some, now).await;
    link.note_country(
        organization
            .ok()
            .and_then(|it: Page<Organization>| it.value.into_iter().next()),
    );
    let mut people = People::new();
    let mut page: Page<UserSaid> = applied.ask(&user::list(), Patience::Some, now).await?;
    for _ in 0..PAGES_MAX {
        page.value
            .into_iter()
            .for_each(|said| take(&mut people, said));
        let Some(following) = page.next_link else {
            return Ok((people, next));
        };
        page = follow(link, applied, &following).await?;
    }
    Err(Trouble::Unexpected)
}

/// What changed, and where to ask next.
async fn changes(link: &Link, applied: &Applied, since: &str) -> Result<(People, String), Trouble> {
    let mut people = link.directory.everybody();
    let mut following = since.to_owned();
    for _ in 0..PAGES_MAX {
        let page: Page<UserSaid> = follow(link, applied, &following).await?;
        page.value
            .into_iter()
            .for_each(|said| take(&mut people, said));
        match (page.next_link, page.delta_link) {
            (Some(next), _) => following = next,
            (None, Some(next)) => return Ok((people, next)),
            (None, None) => return Err(Trouble::Unexpected),
        }
    }
    Err(Trouble::Unexpected)
}

pub(super) async fn follow<T: DeserializeOwned>(
    link: &Link,
    applied: &Applied,
    following: &str,
) -> Result<T, Trouble> {
    let client = applied.client.as_ref().map_err(Clone::clone)?;
    let body = client
        .follow(following, Patience::Some, link.clock.now())
        .await?;
    serde_json::from_slice(&body).map_err(|_not_one| Trouble::Unexpected)
}
