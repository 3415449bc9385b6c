//! What moves in the directory: what Teams shows of the first people of it, and what those of them who are agents do here.
//! The same for whoever has Teams switched on.

use super::board::display_word;
use crate::api::Instant;
use crate::center::Center;
use crate::edge::graph::presence::{Shown, reading};
use crate::problem::Problem;
use serde::Serialize;
use std::collections::BTreeMap;
use tandem_core::presence::Status;

/// What is told of the directory.
#[derive(Serialize)]
pub(super) struct DirectoryView {
    synced_at: Option<Instant>,
    behind_since: Option<Instant>,
    n_people: usize,
    /// By object id.
    people: BTreeMap<String, PersonView>,
}

/// What moves of somebody.
#[derive(Default, Serialize)]
struct PersonView {
    /// None where it is unknown.
    status: Option<&'static str>,
    doing: Option<&'static str>,
    status_since: Option<Instant>,
    /// Whether it was known, and is too old to be believed.
    is_stale: bool,
    /// Of an agent: as on the board, and since when.
    display: Option<&'static str>,
    since: Option<Instant>,
}

/// The first people, as many as the account shows (B-200).
pub(super) async fn directory_view(center: &Center) -> Result<DirectoryView, Problem> {
    let applied = center.teams.applied().await?;
    let applied = applied.ok_or_else(crate::api::no_teams_account)?;
    let directory = center.teams.directory.standing();
    let shown = center.teams.presences.standing();
    let reading = reading(center);
    let limit = usize::try_from(applied.account.drawer_limit).unwrap_or(usize::MAX);
    let first = directory.listed().iter().take(limit);
    let people = first.map(|person| {
        let read = shown.shown.get(&person.id);
        let fresh = read.filter(|it| !it.is_stale(reading));
        let view = PersonView {
            status: fresh.and_then(Shown::status).map(Status::word),
            doing: fresh.map(|it| it.doing().word()),
            status_since: fresh.map(|it| it.since.into()),
            is_stale: read.is_some() && fresh.is_none(),
            ..PersonView::default()
        };
        (person.id.clone(), view)
    });
    let mut people: BTreeMap<String, PersonView> = people.collect();
    center.engine.view().read(|projection| {
        for (_, agent) in projection.center.state().agents.iter() {
            if let Some(view) = people.get_mut(&agent.profile.address) {
                view.display = Some(display_word(agent.display));
                view.since = Some(agent.since.into());
            }
        }
    });
    Ok(DirectoryView {
        synced_at: directory.synced.map(Instant::from),
        behind_since: directory.behind_since.map(Instant::from),
        n_people: directory.listed().len(),
        people,
    })
}
