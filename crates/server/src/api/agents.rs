//! Agents: a profile in the core, a name among the personal data, an account to sign in with. What
//! is made in three places is made in an order that a failure leaves nothing usable half-made.

pub(super) mod direct;
mod licenses;
pub(super) mod petition;
pub(super) mod settings;

use super::administration::note;
use super::body::{At, Object, Version};
use super::endpoints::object_id;
use super::settings::{Items, not_found, remove as remove_document, save as save_document};
use crate::app::App;
use crate::center::Center;
use crate::people::Login;
use crate::problem::Problem;
use crate::sign_in::{AccessManager, NamesReader};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_core::administration::Administration;
use tandem_core::agent::Profile;
use tandem_core::ids::{AgentId, CapacityProfileId, SkillId, SubjectRef, TeamId, TrunkId};
use tandem_core::role::{Actor, Role};
use tandem_core::settings::{Document, Kind};
use tandem_core::skill::{Level, Proficiency};
use tandem_core::trunk;
use tandem_store::{
    AccountChange, AccountError, AccountId, Accounts, NewAccount, Standing, UnixMicros,
};
use utoipa::ToSchema;

/// An agent.
#[derive(Serialize, ToSchema)]
pub(super) struct AgentView {
    id: u64,
    version: u64,
    name: String,
    /// None when the account is gone.
    username: Option<String>,
    /// The Teams user that is rung: its object id.
    teams_user_id: String,
    /// The phone by which Direct Routing reaches the agent; none: calls that come by trunks do not.
    phone: Option<Phone>,
    skills: Vec<SkillLevel>,
    enabled: bool,
    /// The team that the agent is in.
    team_id: Option<u64>,
    /// How much the agent may have at once; one contact without.
    capacity_profile_id: Option<u64>,
    roles: Vec<RoleWord>,
    /// What the agent's Teams user lacks, as the directory says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<licenses::Warning>,
}

/// A phone that is called by a trunk: one that registers there, or a number (of a Teams user, for instance).
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Phone {
    trunk_id: u64,
    /// Who registered, or the number, international with a plus.
    user: String,
}

impl Phone {
    fn of(it: &trunk::Phone) -> Self {
        Self {
            trunk_id: it.trunk.0,
            user: it.user.clone(),
        }
    }

    fn into_core(self) -> trunk::Phone {
        trunk::Phone {
            trunk: TrunkId(self.trunk_id),
            user: self.user,
        }
    }
}

/// A skill that an agent has.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SkillLevel {
    skill_id: u64,
    /// 1 to 10.
    level: u8,
}

/// A role of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum RoleWord {
    Agent,
    Supervisor,
    Administrator,
    QueueAdministrator,
    Quality,
    Analyst,
    Auditor,
}

/// What is sent to create an agent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAgent {
    name: String,
    username: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    teams_user_id: String,
    /// The phone by which Direct Routing reaches the agent.
    #[serde(default)]
    phone: Option<Phone>,
    #[serde(default)]
    skills: Vec<SkillLevel>,
    #[serde(default = "yes")]
    enabled: bool,
    /// The team that the agent is in.
    team_id: Option<u64>,
    /// How much the agent may have at once; one contact without.
    capacity_profile_id: Option<u64>,
    /// Agents have the role of one, whatever stands here.
    #[serde(default)]
    roles: Vec<RoleWord>,
}

/// What is sent to change an agent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentChange {
    name: String,
    /// Cannot be changed: may be left out.
    username: Option<String>,
    teams_user_id: String,
    /// As it is when left out; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Phone>)]
    phone: Option<Option<Phone>>,
    #[serde(default)]
    skills: Vec<SkillLevel>,
    #[serde(default = "yes")]
    enabled: bool,
    /// As it is when left out; null takes the agent out of the team.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u64>)]
    team_id: Option<Option<u64>>,
    /// As it is when left out; null for one contact at a time.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u64>)]
    capacity_profile_id: Option<Option<u64>>,
    /// As they are when left out.
    roles: Option<Vec<RoleWord>>,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// What stands there, null included, is something else than nothing.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    sent: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(sent).map(Some)
}

const fn yes() -> bool {
    true
}

impl RoleWord {
    const ALL: [Self; 7] = [
        Self::Agent,
        Self::Supervisor,
        Self::Administrator,
        Self::QueueAdministrator,
        Self::Quality,
        Self::Analyst,
        Self::Auditor,
    ];

    const fn role(self) -> Role {
        match self {
            Self::Agent => Role::Agent,
            Self::Supervisor => Role::Supervisor,
            Self::Administrator => Role::Administrator,
            Self::QueueAdministrator => Role::QueueAdministrator,
            Self::Quality => Role::Quality,
            Self::Analyst => Role::Analyst,
            Self::Auditor => Role::Auditor,
        }
    }

    /// The store's words for roles, the agent's own among them.
    fn words(roles: &[Self]) -> Vec<String> {
        let held = Self::ALL
            .into_iter()
            .filter(|it| *it == Self::Agent || roles.contains(it));
        held.map(|it| it.role().word().to_owned()).collect()
    }

    fn of(words: &[String]) -> Vec<Self> {
        let held = |it: &Self| words.iter().any(|word| word == it.role().word());
        Self::ALL.into_iter().filter(held).collect()
    }
}

/// All agents, in order of their ids. Permission: read_settings, see_floor or see_contacts; agents in scope.
#[utoipa::path(get, path = "/{center}/agents", tag = "agents", operation_id = "agents_list",
    params(("center" = String, Path)),
    responses((status = 200, body = Items<AgentView>),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(by: NamesReader) -> Result<Json<Items<AgentView>>, Problem> {
    let sight = by.sight();
    let profiles: Vec<(AgentId, u64, Profile)> = by.center.engine.view().read(|projection| {
        let agents = projection.center.state().agents.iter();
        agents
            .filter(|(id, _)| sight.has_agent(*id))
            .map(|(id, agent)| (id, agent.version, agent.profile.clone()))
            .collect()
    });
    let persons: Vec<SubjectRef> = profiles.iter().map(|(_, _, it)| it.person).collect();
    by.center.people.open(&persons).await?;
    let logins = by.center.people.logins().await?;
    let items = profiles
        .into_iter()
        .map(|(id, version, profile)| view(&by.center, id, version, profile, &logins));
    Ok(Json(Items {
        items: items.collect(),
    }))
}

/// One agent. Permission: read_settings, see_floor or see_contacts; agents in scope.
#[utoipa::path(get, path = "/{center}/agents/{id}", tag = "agents", operation_id = "agents_read",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = AgentView),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn read(by: NamesReader, At(id): At<u64>) -> Result<Json<AgentView>, Problem> {
    let agent = AgentId(id);
    let found = one(&by.center, agent).await?;
    if !by.sight().has_agent(agent) {
        return Err(by.out_of_scope(format!("agent {id}")).await);
    }
    Ok(Json(found))
}

async fn one(center: &Center, id: AgentId) -> Result<AgentView, Problem> {
    let (version, profile) = standing(center, id)?;
    center.people.open(&[profile.person]).await?;
    let logins = center.people.logins().await?;
    Ok(view(center, id, version, profile, &logins))
}

fn standing(center: &Center, id: AgentId) -> Result<(u64, Profile), Problem> {
    let found = center.engine.view().read(|projection| {
        let agent = projection.center.state().agents.get(id)?;
        Some((agent.version, agent.profile.clone()))
    });
    found.ok_or_else(|| not_found(Kind::Agent, id.0))
}

fn view(
    center: &Center,
    id: AgentId,
    version: u64,
    profile: Profile,
    logins: &BTreeMap<AgentId, Login>,
) -> AgentView {
    let login = logins.get(&id);
    let name = center.people.known(profile.person);
    let skills = profile.skills.iter();
    AgentView {
        warnings: licenses::warnings(center, &profile.address),
        id: id.0,
        version,
        name: name.map_or_else(|| format!("Agent {id}"), |name| name.to_string()),
        username: login.map(|login| login.username.clone()),
        teams_user_id: profile.address,
        phone: profile.phone.as_ref().map(Phone::of),
        skills: skills
            .map(|it| SkillLevel {
                skill_id: it.skill.0,
                level: it.level.0,
            })
            .collect(),
        enabled: profile.enabled,
        team_id: profile.team.map(|team| team.0),
        capacity_profile_id: profile.capacity.map(|it| it.0),
        roles: login
            .map(|login| RoleWord::of(&login.roles))
            .unwrap_or_default(),
    }
}

/// Creates an agent with its account. Permission: manage_access and edit_settings.
#[utoipa::path(post, path = "/{center}/agents", tag = "agents", operation_id = "agents_create",
    params(("center" = String, Path)), request_body = NewAgent,
    responses((status = 201, body = AgentView),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    by: AccessManager,
    sent: Object,
) -> Result<(StatusCode, Json<AgentView>), Problem> {
    let sent: NewAgent = sent.typed()?;
    let center = &by.center;
    let name = name(&sent.name)?;
    let revived = free_account(&app, center, &sent.username).await?;
    let password_hash = app.passwords.hash(sent.password).await?;
    let (person, sealed) = center.people.seal(name).await?;
    let mut profile = profile(person, &sent.teams_user_id, &sent.skills, sent.enabled)?;
    profile.team = sent.team_id.map(TeamId);
    profile.capacity = sent.capacity_profile_id.map(CapacityProfileId);
    profile.phone = sent.phone.map(Phone::into_core);
    let document = Document::Agent(profile);
    let (id, version) =
        save_document(center, by.actor.clone(), None, document, vec![sealed]).await?;
    let account = NewAccount {
        center: center.id().clone(),
        username: sent.username,
        password_hash,
        roles: RoleWord::words(&sent.roles),
        agent: Some(AgentId(id)),
        name: Some(person),
    };
    // That there is such an agent is on record already; what it may do is as well before anybody hears of it.
    let made = match put_account(&app, revived, account, sent.enabled).await {
        Ok(made) => made,
        Err(error) => {
            undo(center, by.actor, id, version).await;
            return Err(error.into());
        }
    };
    let act = Administration::AccountMade {
        account: made,
        roles: RoleWord::words(&sent.roles),
    };
    if let Err(problem) = note(&by, act).await {
        close(&app, made).await?;
        return Err(problem);
    }
    center.people.accounts_changed();
    Ok((StatusCode::CREATED, Json(one(center, AgentId(id)).await?)))
}

/// Without an account nobody could sign in as this agent: it goes again.
async fn undo(center: &Center, actor: Actor, id: u64, version: u64) {
    if let Err(problem) = remove_document(center, actor, Kind::Agent, id, version).await {
        tracing::warn!(
            center = %center.id(), agent = id, code = problem.code,
            "an agent without an account is left; remove it and make it again"
        );
    }
}

/// The account of a removed agent by this name, which may be used again.
async fn free_account(
    app: &App,
    center: &Center,
    username: &str,
) -> Result<Option<AccountId>, Problem> {
    let username_problem = |detail: &str| Problem::invalid("username", detail);
    if username.trim() != username || username.is_empty() {
        return Err(username_problem("is empty, or begins or ends with a space"));
    }
    match app.store.account_by_username(center.id(), username).await? {
        None => Ok(None),
        Some(account)
            if account.standing == Standing::Disabled
                && account.agent.is_none()
                && account.person.is_none()
                && !account.is_key =>
        {
            Ok(Some(account.id))
        }
        Some(_) => Err(username_problem(
            "is taken in this contact center; choose another",
        )),
    }
}

/// Makes the account, or gives the one of a removed agent to the new one; it is opened last.
async fn put_account(
    app: &App,
    revived: Option<AccountId>,
    account: NewAccount,
    enabled: bool,
) -> Result<AccountId, AccountError> {
    let id = match revived {
        None => {
            let now = UnixMicros(app.clock.now().as_micros());
            app.store.create_account(account, now).await?
        }
        Some(id) => {
            let changes = [
                AccountChange::PasswordHash(account.password_hash),
                AccountChange::Roles(account.roles),
                AccountChange::Name(account.name),
                AccountChange::Agent(account.agent),
                AccountChange::Standing(Standing::Active),
            ];
            for change in changes {
                app.store.change_account(id, change).await?;
            }
            id
        }
    };
    if !enabled {
        close(app, id).await?;
    }
    Ok(id)
}

async fn close(app: &App, account: AccountId) -> Result<(), AccountError> {
    let closed = AccountChange::Standing(Standing::Disabled);
    app.store.change_account(account, closed).await
}

fn name(name: &str) -> Result<&str, Problem> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(Problem::invalid("name", "write a name")),
        n if n > tandem_core::limits::NAME_CHARS_MAX => {
            let max = tandem_core::limits::NAME_CHARS_MAX;
            Err(Problem::invalid(
                "name",
                format!("is longer than {max} characters"),
            ))
        }
        _ => Ok(name),
    }
}

fn profile(
    person: SubjectRef,
    teams_user_id: &str,
    skills: &[SkillLevel],
    enabled: bool,
) -> Result<Profile, Problem> {
    let address = object_id("teams_user_id", teams_user_id)?;
    let skills = skills
        .iter()
        .map(|it| Proficiency {
            skill: SkillId(it.skill_id),
            level: Level(it.level),
        })
        .collect();
    Ok(Profile {
        person,
        address,
        phone: None,
        skills,
        enabled,
        team: None,
        capacity: None,
    })
}

/// Changes an agent, on the version that was read. Permission: manage_access and edit_settings.
#[utoipa::path(put, path = "/{center}/agents/{id}", tag = "agents", operation_id = "agents_update",
    params(("center" = String, Path), ("id" = u64, Path), ("If-Match" = String, Header)),
    request_body = AgentChange,
    responses((status = 200, body = AgentView),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn update(
    State(app): State<Arc<App>>,
    by: AccessManager,
    At(id): At<u64>,
    Version(version): Version,
    sent: Object,
) -> Result<Json<AgentView>, Problem> {
    let sent: AgentChange = sent.typed()?;
    let center = &by.center;
    let agent = AgentId(id);
    let (_, before) = standing(center, agent)?;
    let login = center.people.logins().await?.get(&agent).cloned();
    let is_same = |username: &String| login.as_ref().is_some_and(|it| it.username == *username);
    if sent
        .username
        .as_ref()
        .is_some_and(|username| !is_same(username))
    {
        let detail = "cannot be changed; make a new agent with the other name";
        return Err(Problem::invalid("username", detail));
    }
    if let (Some(login), Some(roles)) = (&login, &sent.roles) {
        check_roles(login, roles)?;
    }
    let name = name(&sent.name)?;
    let (person, subjects) = renamed(center, before.person, name).await?;
    let mut profile = profile(person, &sent.teams_user_id, &sent.skills, sent.enabled)?;
    profile.team = match sent.team_id {
        Some(team) => team.map(TeamId),
        None => before.team,
    };
    profile.phone = match sent.phone.clone() {
        Some(phone) => phone.map(Phone::into_core),
        None => before.phone.clone(),
    };
    profile.capacity = match sent.capacity_profile_id {
        Some(capacity) => capacity.map(CapacityProfileId),
        None => before.capacity,
    };
    let document = Document::Agent(profile);
    let actor = by.actor.clone();
    save_document(center, actor, Some((id, version)), document, subjects).await?;
    if let Some(login) = login {
        follow(&app, &by, &login, person, &sent).await?;
        center.people.accounts_changed();
    }
    one(center, agent).await.map(Json)
}

/// What Microsoft Entra gives is changed there.
fn check_roles(login: &Login, sent: &[RoleWord]) -> Result<(), Problem> {
    let of_agent = Role::Agent.word();
    let given = login.roles.iter().filter(|word| *word != of_agent);
    let sent = RoleWord::words(sent);
    let sent = sent.iter().filter(|word| *word != of_agent);
    if login.is_vouched_for && !given.eq(sent) {
        let detail = "come from Microsoft Entra; change the assignment there";
        return Err(Problem::invalid("roles", detail));
    }
    Ok(())
}

/// A new name gets a reference of its own, so that a refused change leaves the old one alone.
async fn renamed(
    center: &Center,
    person: SubjectRef,
    name: &str,
) -> Result<(SubjectRef, Vec<tandem_store::SealedSubject>), Problem> {
    if center.people.name(person).await?.as_deref() == Some(name) {
        return Ok((person, Vec::new()));
    }
    let (person, sealed) = center.people.seal(name).await?;
    Ok((person, vec![sealed]))
}

/// The account follows the profile.
async fn follow(
    app: &App,
    by: &AccessManager,
    login: &Login,
    person: SubjectRef,
    sent: &AgentChange,
) -> Result<(), Problem> {
    let account = login.account;
    let (standing, act) = if sent.enabled {
        let act = Administration::AccountOpened { account };
        (Standing::Active, act)
    } else {
        let act = Administration::AccountClosed { account };
        (Standing::Disabled, act)
    };
    let mut changes = vec![AccountChange::Name(Some(person))];
    if let Some(roles) = sent.roles.as_deref().filter(|_| !login.is_vouched_for) {
        let roles = RoleWord::words(roles);
        if roles != login.roles {
            let act = Administration::RolesSet {
                account,
                roles: roles.clone(),
            };
            note(by, act).await?;
        }
        changes.push(AccountChange::Roles(roles));
    }
    if standing != login.standing {
        note(by, act).await?;
        changes.push(AccountChange::Standing(standing));
    }
    for change in changes {
        app.store.change_account(login.account, change).await?;
    }
    Ok(())
}

/// Removes an agent, on the version that was read; the account is closed. Permission: manage_access and edit_settings.
#[utoipa::path(delete, path = "/{center}/agents/{id}", tag = "agents",
    operation_id = "agents_remove",
    params(("center" = String, Path), ("id" = u64, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    by: AccessManager,
    At(id): At<u64>,
    Version(version): Version,
) -> Result<StatusCode, Problem> {
    let login = by.center.people.logins().await?.get(&AgentId(id)).cloned();
    let actor = by.actor.clone();
    remove_document(&by.center, actor, Kind::Agent, id, version).await?;
    if let Some(login) = login {
        if !login.is_vouched_for {
            let account = login.account;
            note(&by, Administration::AccountClosed { account }).await?;
        }
        // Whether somebody of Microsoft's may still come is decided there, by their roles.
        let closed = (!login.is_vouched_for).then_some(AccountChange::Standing(Standing::Disabled));
        for change in closed.into_iter().chain([AccountChange::Agent(None)]) {
            app.store.change_account(login.account, change).await?;
        }
        by.center.people.accounts_changed();
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Sets an agent's password; all its sign-ins end. Permission: manage_access.
#[utoipa::path(post, path = "/{center}/agents/{id}/password", tag = "agents",
    operation_id = "agents_password", request_body = NewPassword,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 204), (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn set_password(
    State(app): State<Arc<App>>,
    by: AccessManager,
    At(id): At<u64>,
    sent: Object,
) -> Result<StatusCode, Problem> {
    let sent: NewPassword = sent.typed()?;
    standing(&by.center, AgentId(id))?;
    let logins = by.center.people.logins().await?;
    let Some(login) = logins.get(&AgentId(id)) else {
        let detail = "this agent has no account; remove it and make it again";
        return Err(Problem::conflict("no_account", detail));
    };
    if login.is_vouched_for {
        let detail = "this agent signs in with Microsoft and has no password here";
        return Err(Problem::conflict("microsoft_account", detail));
    }
    let hash = app.passwords.hash(sent.password).await?;
    let account = login.account;
    note(&by, Administration::PasswordSet { account }).await?;
    app.store
        .change_account(account, AccountChange::PasswordHash(hash))
        .await?;
    tracing::info!(
        center = %by.center.id(), agent = id, by = by.actor.account.0, "password set"
    );
    Ok(StatusCode::NO_CONTENT)
}
