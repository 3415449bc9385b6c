//! The people of the tenant, for whoever has Teams switched on: one row for each, merged with the agent that the person
//! is (B-188, B-197), with the numbers that may be dialed in the order that an administrator gave.

use super::body::Query;
use super::teams_account::delegates::{LoginWord, own};
use super::teams_account::{applied, no_account};
use super::time::Instant;
use crate::center::Center;
use crate::edge::graph::account::{Account, Feature, NumberType};
use crate::edge::graph::directory::{Country, Person, Standing};
use crate::edge::graph::presence::{Reading, Shown, reading};
use crate::problem::Problem;
use crate::sign_in::{Anyone, SettingsEditor};
use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tandem_core::ids::{AccountId, AgentId, SubjectRef, TeamId};
use tandem_core::presence::Status;
use tandem_core::state::State;
use tandem_store::{Favorites, TeamsAccounts};
use utoipa::ToSchema;

/// The people.
#[derive(Serialize, ToSchema)]
pub(super) struct DirectoryPage {
    /// When the directory was read last; none before the first time.
    synced_at: Option<Instant>,
    /// Since when it could not be read.
    behind_since: Option<Instant>,
    problem: Option<String>,
    /// Why numbers of the type `teams` are missing or old.
    lines_problem: Option<String>,
    /// All whom the search finds.
    n_people: usize,
    /// Those of this page.
    n_shown: usize,
    /// How many of them are shown at all.
    limit: u32,
    /// Whether whoever asks is to sign in to Teams for the contact center (B-218).
    login: LoginWord,
    people: Vec<PersonView>,
}

/// Somebody.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts that do not follow from each other"
)]
#[derive(Serialize, ToSchema)]
#[schema(as = DirectoryPerson)]
struct PersonView {
    /// The object id of Entra.
    id: String,
    name: String,
    upn: String,
    mail: Option<String>,
    title: Option<String>,
    department: Option<String>,
    is_in_teams: bool,
    has_teams_phone: bool,
    /// `available`, `busy`, `do_not_disturb`, `be_right_back`, `away` or `offline`; none where it is unknown.
    status: Option<&'static str>,
    /// What it adds: `nothing`, `call`, `conference_call`, `meeting`, `presenting`, `out_of_office` or `other`.
    doing: Option<&'static str>,
    status_since: Option<Instant>,
    /// Whether it was known, and is too old to be believed.
    is_stale: bool,
    /// The agent who the person is.
    agent: Option<DirectoryAgent>,
    /// Whether the agent has signed in with this Microsoft account.
    has_signed_in: bool,
    numbers: Vec<PersonNumber>,
    /// Whether whoever asks keeps the person at the top.
    is_favorite: bool,
}

/// An agent of the directory.
#[derive(Serialize, ToSchema)]
struct DirectoryAgent {
    id: u64,
    name: String,
    /// As on the board.
    display: &'static str,
    since: Instant,
    team: Option<String>,
    /// Whether it is in the team of whoever asks.
    is_mine: bool,
}

/// A number that may be dialed.
#[derive(Serialize, ToSchema)]
struct PersonNumber {
    #[serde(rename = "type")]
    kind: NumberType,
    /// E.164.
    number: String,
    /// The first one: a call goes there unless another is chosen.
    is_default: bool,
}

/// Which people.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Beginnings of words of the name or the address; everybody when left out.
    #[serde(default)]
    search: String,
    /// How many at most; the limit of the account when left out.
    limit: Option<usize>,
    /// The id after which the page begins.
    after: Option<String>,
}

/// People who have Teams: favorites first, then by name. Anybody who has Teams switched on.
#[utoipa::path(get, path = "/{center}/directory", tag = "teams", operation_id = "directory",
    params(("center" = String, Path), Wanted),
    responses((status = 200, body = DirectoryPage),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(
    by: Anyone,
    Query(wanted): Query<Wanted>,
) -> Result<Json<DirectoryPage>, Problem> {
    let center = &by.center;
    let applied = applied(center).await?;
    must_have_teams(center, by.account.id).await?;
    let standing = center.teams.directory.standing();
    let limit = applied.account.drawer_limit;
    let favorites = center.store.favorites(center.id(), by.account.id).await?;
    let (n_people, people) = page(&standing, &wanted, &favorites, limit);
    let merging = Merging::of(&by, &people, favorites).await?;
    let country = center.teams.country();
    let view = center.engine.view();
    let people: Vec<PersonView> = view.read(|projection| {
        let state = projection.center.state();
        let people = people.iter();
        people
            .map(|person| merging.view(center, state, person, &applied.account, country))
            .collect()
    });
    Ok(Json(DirectoryPage {
        synced_at: standing.synced.map(Instant::from),
        behind_since: standing.behind_since.map(Instant::from),
        problem: standing.problem.clone(),
        lines_problem: standing.lines_problem.clone(),
        n_people,
        n_shown: people.len(),
        limit,
        login: own(center, by.account.id).await?.login,
        people,
    }))
}

/// Has the directory read now. Permission: edit_settings.
#[utoipa::path(post, path = "/{center}/directory/sync", tag = "teams", operation_id = "directory_sync",
    params(("center" = String, Path)),
    responses((status = 202, description = "It is being read."),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn sync(by: SettingsEditor) -> Result<StatusCode, Problem> {
    let center = &by.center;
    let applied = applied(center).await?;
    if !applied.account.has(Feature::Directory) {
        let detail = "switch the feature directory of the Teams account on first";
        return Err(Problem::conflict("feature_off", detail));
    }
    center.teams.look();
    Ok(StatusCode::ACCEPTED)
}

/// Whether an account has Teams switched on.
pub(crate) async fn must_have_teams(center: &Center, account: AccountId) -> Result<(), Problem> {
    if center.teams.applied().await?.is_none() {
        return Err(no_account());
    }
    let users = center.store.teams_users(center.id()).await?;
    if users.contains(&account) {
        return Ok(());
    }
    let detail = "Teams is switched off in your profile; switch it on first";
    Err(Problem::conflict("teams_off", detail))
}

/// How many there are, and those of the page. More than the limit are not shown, on all pages together (B-200); whoever is
/// kept at the top is among the first.
fn page(
    standing: &Standing,
    wanted: &Wanted,
    favorites: &BTreeSet<String>,
    limit: u32,
) -> (usize, Vec<Arc<Person>>) {
    let mut found: Vec<&Arc<Person>> = standing.search(&wanted.search).collect();
    let n_people = found.len();
    if !favorites.is_empty() {
        found.sort_by_key(|person| !favorites.contains(&person.id));
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let shown = found.into_iter().take(limit);
    let is_before =
        |person: &&Arc<Person>| wanted.after.as_ref().is_some_and(|it| *it != person.id);
    let skipped = usize::from(wanted.after.is_some());
    let page = shown.skip_while(is_before).skip(skipped);
    let n_page = wanted.limit.unwrap_or(limit);
    (n_people, page.take(n_page).cloned().collect())
}

/// What people are merged with.
struct Merging {
    /// Agents by the object id of their Teams user.
    agents: BTreeMap<String, AgentId>,
    /// Agents who come in with their Microsoft account.
    signed_in: Vec<AgentId>,
    favorites: BTreeSet<String>,
    own_team: Option<TeamId>,
    shown: Arc<BTreeMap<String, Shown>>,
    reading: Reading,
}

impl Merging {
    async fn of(
        by: &Anyone,
        people: &[Arc<Person>],
        favorites: BTreeSet<String>,
    ) -> Result<Self, Problem> {
        let center = &by.center;
        let wanted: BTreeMap<&str, ()> = people.iter().map(|it| (it.id.as_str(), ())).collect();
        let (agents, persons, own_team) = center.engine.view().read(|projection| {
            let state = projection.center.state();
            let all = state.agents.iter();
            let found = all.filter(|(_, it)| wanted.contains_key(it.profile.address.as_str()));
            let found: Vec<(String, AgentId, SubjectRef)> = found
                .map(|(id, it)| (it.profile.address.clone(), id, it.profile.person))
                .collect();
            let own = by.actor.agent.and_then(|id| state.agents.get(id));
            let persons: Vec<SubjectRef> = found.iter().map(|(_, _, it)| *it).collect();
            let agents = found.into_iter().map(|(address, id, _)| (address, id));
            let agents: BTreeMap<String, AgentId> = agents.collect();
            (agents, persons, own.and_then(|it| it.profile.team))
        });
        center.people.open(&persons).await?;
        let logins = center.people.logins().await?;
        let vouched = logins.iter().filter(|(_, login)| login.is_vouched_for);
        Ok(Self {
            agents,
            signed_in: vouched.map(|(id, _)| *id).collect(),
            own_team,
            favorites,
            shown: Arc::clone(&center.teams.presences.standing().shown),
            reading: reading(center),
        })
    }

    fn view(
        &self,
        center: &Center,
        state: &State,
        person: &Person,
        account: &Account,
        country: Option<Country>,
    ) -> PersonView {
        let id = self.agents.get(&person.id).copied();
        let shown = self.shown.get(&person.id);
        let fresh = shown.filter(|it| !it.is_stale(self.reading));
        PersonView {
            id: person.id.clone(),
            name: person.name().to_owned(),
            upn: person.upn.clone(),
            mail: person.mail.clone(),
            title: person.title.clone(),
            department: person.department.clone(),
            is_in_teams: person.has_teams,
            has_teams_phone: person.has_teams_phone,
            status: fresh.and_then(Shown::status).map(Status::word),
            doing: fresh.map(|it| it.doing().word()),
            status_since: fresh.map(|it| it.since.into()),
            is_stale: shown.is_some() && fresh.is_none(),
            agent: id.and_then(|id| self.agent(center, state, id)),
            has_signed_in: id.is_some_and(|id| self.signed_in.binary_search(&id).is_ok()),
            numbers: numbers(person, account, country),
            is_favorite: self.favorites.contains(&person.id),
        }
    }

    fn agent(&self, center: &Center, state: &State, id: AgentId) -> Option<DirectoryAgent> {
        let agent = state.agents.get(id)?;
        let team = agent.profile.team;
        let named = team.and_then(|team| state.settings.teams.get(&team));
        Some(DirectoryAgent {
            id: id.0,
            name: super::agent_named(center, state, id).name,
            display: crate::live::board::display_word(agent.display),
            since: agent.since.into(),
            team: named.map(|it| it.document.name.clone()),
            is_mine: team.is_some() && team == self.own_team,
        })
    }
}

/// Of the types that are shown, in their order; each once (B-079 to B-081).
fn numbers(person: &Person, account: &Account, country: Option<Country>) -> Vec<PersonNumber> {
    let mut numbers: Vec<PersonNumber> = Vec::new();
    for shown in account.number_types.iter().filter(|it| it.is_shown) {
        for number in person.numbers(shown.kind, country) {
            if numbers.iter().all(|it| it.number != number) {
                numbers.push(PersonNumber {
                    kind: shown.kind,
                    number,
                    is_default: numbers.is_empty(),
                });
            }
        }
    }
    numbers
}
