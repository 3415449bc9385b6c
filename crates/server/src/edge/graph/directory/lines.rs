//! The numbers of people's lines in Teams: read once a day and when somebody asks for it, which the directory does not
//! tell, and only where they are shown (B-079). They come after what Teams shows of people, and never before it. Without
//! the permission for it everything else of the directory goes on.

use super::Standing;
use super::number::line;
use super::sync::{PAGES_MAX, People, follow};
use crate::center::Center;
use crate::edge::graph::account::{Feature, NumberType};
use crate::edge::graph::client::Patience;
use crate::edge::graph::link::{Applied, Link};
use crate::edge::graph::trouble::{Explanation, Trouble};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::Page;
use tandem_microsoft::graph::permission::TEAMS_USERS_READ;
use tandem_microsoft::graph::user_configuration::{self, AssignedNumber, UserConfiguration};
use tokio_util::sync::CancellationToken;

/// They are read anew after so long, s.
const WHOLE_S: u32 = 24 * 3_600;
/// Between two pages: four a second, where Graph takes thirty of an application that reads from Teams
/// (microsoft-graph.md 13), and nobody waits for them.
const BETWEEN_PAGES: Duration = Duration::from_millis(250);
/// Lines that are kept of one person.
const LINES_MAX: usize = 4;

/// By object id, lower case; who has none is not in it.
#[derive(Default)]
pub(super) struct Lines(BTreeMap<String, Vec<String>>);

impl Lines {
    pub(super) fn of(&self, id: &str) -> &[String] {
        self.0.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Of whoever is one of the people: others are not kept.
    fn take(&mut self, people: &People, said: &UserConfiguration) {
        let id = said.id.to_lowercase();
        let public = said.telephone_numbers.iter().filter(|it| it.is_public());
        let numbers = public.filter_map(
            |AssignedNumber {
                 telephone_number, ..
             }| line(telephone_number),
        );
        let numbers: Vec<String> = numbers.take(LINES_MAX).collect();
        if !numbers.is_empty() && people.contains_key(&id) {
            self.0.insert(id, numbers);
        }
    }

    /// Gives everybody theirs; of whom nothing changed, nothing is copied.
    pub(super) fn give(&self, people: &mut People) {
        for person in people.values_mut() {
            if !person.has_lines_of(self) {
                Arc::make_mut(person).take_lines(self);
            }
        }
    }
}

/// What was read last.
#[derive(Default)]
struct Place {
    /// The tenant that it was read of.
    tenant: Option<String>,
    read: Option<Timestamp>,
    /// Somebody asked for it, or the account was applied, since.
    is_asked: bool,
    /// The round of the directory in which it could not be read: in the next one it is tried again.
    failed_in: Option<u64>,
}

/// Reads until told to stop.
pub(crate) async fn keep(center: Arc<Center>, stop: CancellationToken) {
    let link = &center.teams;
    let mut changed = link.changed.subscribe();
    let mut people = link.directory.watch();
    let mut seen = link.presences.rounds();
    let mut place = Place::default();
    loop {
        changed.borrow_and_update();
        people.borrow_and_update();
        seen.borrow_and_update();
        tokio::select! {
            () = stop.cancelled() => return,
            () = look(link, &mut place) => {}
        }
        // What is late is tried again when something else happens.
        let (until, now) = (
            place.read.map(|at| at.plus_seconds(WHOLE_S)),
            link.clock.now(),
        );
        let until = until.filter(|at| now < *at);
        tokio::select! {
            () = stop.cancelled() => return,
            _ = changed.changed() => {
                place.is_asked = true;
                place.failed_in = None;
            }
            _ = people.changed() => {}
            _ = seen.changed() => {}
            () = at_its_time(link, until) => {}
        }
    }
}

async fn at_its_time(link: &Link, until: Option<Timestamp>) {
    match until {
        Some(until) => link.clock.until(until).await,
        None => std::future::pending().await,
    }
}

/// Reads them, if it is time.
async fn look(link: &Link, place: &mut Place) {
    let applied = link.applied().await.ok().flatten();
    let wanted = applied
        .filter(|it| it.account.has(Feature::Directory) && it.account.shows(NumberType::Teams));
    let Some(applied) = wanted else {
        if place.tenant.is_some() {
            link.directory.lines_are(Lines::default());
        }
        *place = Place::default();
        return;
    };
    if place.tenant != applied.account.tenant_id {
        link.directory.lines_are(Lines::default());
        *place = Place {
            tenant: applied.account.tenant_id.clone(),
            ..Place::default()
        };
    }
    let (standing, now) = (link.directory.standing(), link.clock.now());
    let is_old = place.read.is_none_or(|at| at.plus_seconds(WHOLE_S) <= now);
    let is_due = (is_old || place.is_asked) && place.failed_in != Some(standing.n_rounds);
    if !is_due || !is_their_turn(link, &applied, &standing) {
        return;
    }
    match all(link, &applied, &standing.people).await {
        Ok(lines) => {
            place.read = Some(now);
            place.is_asked = false;
            place.failed_in = None;
            link.directory.lines_are(lines);
        }
        Err(trouble) => {
            place.failed_in = Some(standing.n_rounds);
            let problem = told(&trouble);
            tracing::info!(center = %link.center, problem, "the numbers of Teams lines were not read");
            link.directory.lines_are_behind(problem);
        }
    }
}

/// Whether there are people, and a round of presence was over since they are there: whoever waits for the drawer after a
/// start waits for that, and not for numbers.
fn is_their_turn(link: &Link, applied: &Applied, standing: &Standing) -> bool {
    let is_seen = || {
        let followed = link.presences.standing().followed;
        !applied.account.has(Feature::PresenceRead) || followed >= standing.n_rounds
    };
    standing.synced.is_some() && is_seen()
}

/// Page by page. Where the service does not take the filter or the size of a page, everybody is asked about in pages as it
/// makes them.
async fn all(link: &Link, applied: &Applied, people: &People) -> Result<Lines, Trouble> {
    let now = link.clock.now();
    let ask = async |request| applied.ask(&request, Patience::Some, now).await;
    let mut page: Page<UserConfiguration> = match ask(user_configuration::list_with_phone()).await {
        Err(Trouble::Graph { status: 400, .. }) => ask(user_configuration::list()).await?,
        read => read?,
    };
    let mut lines = Lines::default();
    for _ in 0..PAGES_MAX {
        page.value.iter().for_each(|said| lines.take(people, said));
        let Some(following) = page.next_link else {
            return Ok(lines);
        };
        tokio::time::sleep(BETWEEN_PAGES).await;
        page = follow(link, applied, &following).await?;
    }
    Err(Trouble::Unexpected)
}

fn told(trouble: &Trouble) -> String {
    if trouble.explanation() != Explanation::PermissionMissing {
        return format!("Teams numbers were not read. {}", trouble.message());
    }
    let name = TEAMS_USERS_READ.name;
    format!(
        "Teams numbers are not read: grant the application {name}, or hide the number type teams"
    )
}

#[cfg(test)]
mod tests {
    use super::super::Person;
    use super::*;
    use serde_json::json;

    // B-079
    #[test]
    fn lines_are_given_to_those_who_have_them_and_taken_from_those_who_have_none_any_more() {
        let ids = ["a", "b"];
        let mut people: People = { ids.into_iter() }
            .map(|id| (id.to_owned(), Arc::new(Person::new(id.to_owned()))))
            .collect();
        let mut lines = Lines::default();
        for said in [
            json!({"id": "A", "telephoneNumbers": [
                {"telephoneNumber": "+14255550109", "assignmentCategory": "private"},
                {"telephoneNumber": "14255550101", "assignmentCategory": "primary"}]}),
            json!({"id": "b", "telephoneNumbers": []}),
            json!({"id": "stranger", "telephoneNumbers": [{"telephoneNumber": "+14255550105"}]}),
        ] {
            lines.take(&people, &serde_json::from_value(said).unwrap());
        }
        lines.give(&mut people);
        let of = |people: &People, id: &str| people[id].numbers(NumberType::Teams, None);
        assert_eq!(of(&people, "a"), ["+14255550101"]);
        assert!(of(&people, "b").is_empty() && lines.0.len() == 1);
        Lines::default().give(&mut people);
        assert!(of(&people, "a").is_empty());
    }

    #[test]
    fn what_is_missing_is_named_with_what_to_do() {
        let denied = Trouble::Graph {
            status: 403,
            code: "Authorization_RequestDenied".to_owned(),
        };
        assert!(told(&denied).contains("TeamsUserConfiguration.Read.All"));
        assert!(told(&Trouble::Unexpected).contains("cannot be read"));
    }
}
