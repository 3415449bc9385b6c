//! Who may use the communication resource from Teams Phone: assignments of resource accounts and agents, and the
//! tokens that agents' clients sign in with (acs-call-automation.md 7.1 to 7.3).
//!
//! An assignment is more than a row: a resource account without one has no calls here.

use crate::acs::authenticate;
use crate::answer::Answer;
use crate::entra;
use crate::entra::directory::License;
use crate::identify::field;
use crate::identity::{parse, refused};
use crate::limits;
use crate::options::defaults;
use crate::pipeline::Received;
use crate::stamp;
use crate::tenant::Tenant;
use crate::world::World;
use jiff::SignedDuration;
use serde_json::json;
use std::collections::BTreeMap;
use tandem_microsoft::acs::extension::{
    API_VERSION, Assignment, AssignmentRequest, MANAGE_CALLS, PrincipalType, SCOPE_RESOURCE,
    TEAMS_MANAGE,
};
use tandem_microsoft::acs::identity::AccessToken;
use tandem_microsoft::entra::jwt::{Claims, bearer};

/// Life of an agent's token; the service takes that of the token that is exchanged.
const TOKEN_LIFE_S: u64 = 3600;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccessCall {
    Assign,
    GetAssignment,
    Unassign,
    Exchange,
    /// Of the preview, for clients of Entra without Teams.
    ExchangeEntra,
}

impl AccessCall {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Assign => "TeamsExtension_PutAssignment",
            Self::GetAssignment => "TeamsExtension_GetAssignment",
            Self::Unassign => "TeamsExtension_DeleteAssignment",
            Self::Exchange => "TeamsExtension_ExchangeAccessToken",
            Self::ExchangeEntra => "Entra_ExchangeAccessToken",
        }
    }
}

/// The assignments, by tenant and object.
#[derive(Debug, Clone)]
pub(crate) struct Assignments(BTreeMap<(String, String), Assignment>);

impl Assignments {
    /// The resource accounts of the emulated tenant are assigned from the start: a client that rings them needs no
    /// set-up. Agents are not.
    pub(crate) fn new(tenant: &Tenant) -> Self {
        let assigned = |oid: &String| {
            let assignment = Assignment {
                object_id: oid.clone(),
                tenant_id: defaults::TENANT.to_owned(),
                principal_type: PrincipalType::TeamsResourceAccount,
                client_ids: Vec::new(),
            };
            (key(defaults::TENANT, oid), assignment)
        };
        let oids = tenant.accounts.iter().map(|account| &account.oid);
        Self(oids.map(assigned).collect())
    }

    /// Whether the resource serves a resource account.
    pub(crate) fn serves(&self, oid: &str) -> bool {
        let found = self.0.get(&key(defaults::TENANT, oid));
        found.is_some_and(|it| it.principal_type == PrincipalType::TeamsResourceAccount)
    }

    /// Whether an agent may sign in with this application.
    fn lets_in(&self, tenant: &str, oid: &str, app: &str) -> bool {
        self.0.get(&key(tenant, oid)).is_some_and(|it| {
            it.principal_type == PrincipalType::User
                && it.client_ids.iter().any(|id| id.eq_ignore_ascii_case(app))
        })
    }
}

fn key(tenant: &str, oid: &str) -> (String, String) {
    (tenant.to_lowercase(), oid.to_lowercase())
}

pub(crate) fn request(
    world: &mut World,
    operation: AccessCall,
    parameters: &[String],
    received: &Received,
) -> Answer {
    let outcome = match operation {
        AccessCall::Exchange => version(received).and_then(|()| exchange(world, received)),
        AccessCall::ExchangeEntra => {
            let counted = world.counters.refused.entry(operation.name()).or_default();
            *counted += 1;
            let text = "the exchange of the preview is not built in the emulator; \
                        /access/teamsExtension/:exchangeAccessToken is";
            Err(refused(501, "NotImplemented", text))
        }
        AccessCall::Assign | AccessCall::GetAssignment | AccessCall::Unassign => {
            authenticate::check(world, received)
                .and_then(|()| version(received))
                .and_then(|()| assignment(world, operation, parameters, received))
        }
    };
    outcome.unwrap_or_else(|answer| answer)
}

fn version(received: &Received) -> Result<(), Answer> {
    if field(&received.query, "api-version").as_deref() == Some(API_VERSION) {
        return Ok(());
    }
    let text = format!("api-version is missing or not known; send {API_VERSION}");
    Err(refused(400, "InvalidApiVersion", text))
}

fn assignment(
    world: &mut World,
    operation: AccessCall,
    parameters: &[String],
    received: &Received,
) -> Result<Answer, Answer> {
    let [tenant, object] = parameters else {
        return Err(refused(400, "BadRequest", "the path names no principal"));
    };
    let is_guid = |text: &String| uuid::Uuid::parse_str(text).is_ok();
    if !is_guid(tenant) || !is_guid(object) {
        let text = "tenantId and objectId in the path must be GUIDs";
        return Err(refused(400, "BadRequest", text));
    }
    let key = key(tenant, object);
    match operation {
        AccessCall::Assign => assign(world, key, received),
        AccessCall::Unassign => {
            // What is not there is not there afterwards either.
            world.assignments.0.remove(&key);
            Ok(Answer::empty(204))
        }
        AccessCall::GetAssignment | AccessCall::Exchange | AccessCall::ExchangeEntra => {
            let found = world.assignments.0.get(&key);
            let text = "There is no assignment of this principal.";
            found
                .map(|found| Answer::model(200, found))
                .ok_or_else(|| refused(404, "NotFound", text))
        }
    }
}

fn assign(world: &mut World, key: (String, String), received: &Received) -> Result<Answer, Answer> {
    let request: AssignmentRequest = parse(received)?;
    let is_guid = |text: &String| uuid::Uuid::parse_str(text).is_ok();
    if request.client_ids.len() > limits::CLIENT_IDS_MAX || !request.client_ids.iter().all(is_guid)
    {
        let text = "clientIds must be at most 100 GUIDs";
        return Err(refused(400, "BadRequest", text));
    }
    let is_new = !world.assignments.0.contains_key(&key);
    if is_new && world.assignments.0.len() >= limits::ASSIGNMENTS_MAX {
        return Err(refused(429, "TooManyRequests", "too many assignments"));
    }
    let assignment = Assignment {
        tenant_id: key.0.clone(),
        object_id: key.1.clone(),
        principal_type: request.principal_type,
        client_ids: request.client_ids,
    };
    let answer = Answer::model(if is_new { 201 } else { 200 }, &assignment);
    world.assignments.0.insert(key, assignment);
    Ok(answer)
}

/// `POST /access/teamsExtension/:exchangeAccessToken`: an agent's client signs in for the calls of its resource
/// accounts.
fn exchange(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let token = bearer(received.header("authorization"))
        .map_err(|error| refused(401, "Unauthorized", error.to_string()))?
        .to_owned();
    let person = person(world, &token, &[MANAGE_CALLS])?;
    if !world
        .assignments
        .lets_in(&person.tenant, &person.oid, &person.app)
    {
        let text =
            "The user is not assigned to this application: PUT the assignment of the user first.";
        return Err(refused(403, "Forbidden", text));
    }
    let resource = defaults::ACS_RESOURCE;
    let id = format!("8:acs:{resource}_{}_{}", person.tenant, person.oid);
    let token = signed(world, &id);
    let body = json!({
        "identity": {"id": id, "rawId": id, "teamsExtensionUser": {
            "userId": person.oid, "tenantId": person.tenant, "resourceId": resource, "cloud": "public",
        }},
        "accessToken": token,
    });
    Ok(Answer::json(200, &body))
}

/// `POST /teamsUser/:exchangeAccessToken` of the identity service: a custom client signs in as a Teams user.
pub(crate) fn exchange_teams_token(
    world: &mut World,
    received: &Received,
) -> Result<Answer, Answer> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Exchange {
        token: String,
        app_id: String,
        user_id: String,
    }
    let request: Exchange = parse(received)?;
    let person = person(world, &request.token, &TEAMS_MANAGE)?;
    if !person.app.eq_ignore_ascii_case(&request.app_id)
        || !person.oid.eq_ignore_ascii_case(&request.user_id)
    {
        let text = "appId and userId must be those of the token";
        return Err(refused(400, "BadRequest", text));
    }
    let id = format!("8:orgid:{}", person.oid);
    let token = signed(world, &id);
    Ok(Answer::model(200, &token))
}

/// Whose token it is.
struct TokenOf {
    tenant: String,
    oid: String,
    app: String,
}

/// A person of Teams, with one of these permissions.
fn person(world: &World, token: &str, scopes: &[&str]) -> Result<TokenOf, Answer> {
    let claims = entra::verify(world, token, &[SCOPE_RESOURCE])
        .map_err(|error| refused(401, "Unauthorized", error.to_string()))?;
    let Claims {
        tid: Some(tenant),
        oid: Some(oid),
        scp,
        appid,
        ..
    } = claims
    else {
        return Err(refused(401, "Unauthorized", "the token is not a person's"));
    };
    let scp = scp.unwrap_or_default();
    let has = |wanted: &&str| scp.split_whitespace().any(|it| it.ends_with(*wanted));
    if !scopes.iter().any(has) {
        let text = format!("the token lacks the permission {}", scopes.join(" or "));
        return Err(refused(403, "Forbidden", text));
    }
    let oid = oid.to_lowercase();
    if !world.directory.has_license(&oid, License::TeamsPhone) {
        let text = "Teams is not enabled for the user.";
        return Err(refused(403, "UserLicenseNotPresentForbidden", text));
    }
    Ok(TokenOf {
        tenant: tenant.to_lowercase(),
        oid,
        app: appid.unwrap_or_default(),
    })
}

fn signed(world: &mut World, id: &str) -> AccessToken {
    let now = stamp::unix_s(world.wall);
    let uti = world.dice.uuid();
    let token = world.setup.callbacks.sign(&json!({
        "skypeid": id.strip_prefix("8:").unwrap_or(id), "scp": 1792, "csi": now.to_string(),
        "iat": now, "exp": now + TOKEN_LIFE_S, "acsScope": "voip", "uti": uti,
        "resourceId": defaults::ACS_RESOURCE, "resourceLocation": world.locations.resource,
    }));
    let life = SignedDuration::from_secs(i64::try_from(TOKEN_LIFE_S).unwrap_or(i64::MAX));
    let expires_on = world.wall.saturating_add(life).unwrap_or(world.wall);
    AccessToken {
        token,
        expires_on: stamp::callback(expires_on),
    }
}
