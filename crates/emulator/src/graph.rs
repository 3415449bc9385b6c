//! Microsoft Graph, v1.0 and beta: the directory, licenses, presence and what an administrator sees of applications.
//!
//! Every request goes the same way: who asks (`caller`), how much they ask (`throttle`), whether they may, then the operation.
//! Facts are read from whoever has them (Entra's directory, the calls), and nothing here is a second copy. What Microsoft
//! has and the emulator has not is 501 and counted.

mod application;
mod batch;
mod caller;
pub(crate) mod control;
mod delta;
mod organization;
mod page;
pub(crate) mod permission;
pub(crate) mod presence;
mod query;
mod refusal;
pub(crate) mod route;
pub(crate) mod subscription;
mod throttle;
mod user;
mod user_configuration;

pub(crate) use refusal::Refusal;
pub(crate) use throttle::{Throttle, Throttling};

use crate::answer::Answer;
use crate::pipeline::Received;
use crate::stamp;
use crate::world::World;
use caller::Caller;
use refusal::Trace;
use route::{GraphCall, Version};
use serde_json::{Value, json};
use throttle::Demand;

const CONTENT_TYPE: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
const DIAGNOSTIC: &str = r#"{"ServerInfo":{"DataCenter":"Emulator","Slice":"E","Ring":"1","ScaleUnit":"001","RoleInstance":"TANDEM"}}"#;

/// Graph as an application of every tenant.
pub(crate) const APP: &str = "00000003-0000-0000-c000-000000000000";

/// Whether a token with this audience opens Graph.
pub(crate) fn is_audience(audience: &str) -> bool {
    caller::AUDIENCES.contains(&audience)
}

/// A request to Graph, as its operations see it.
pub(crate) struct Asked<'a> {
    version: Version,
    /// What stands in the path: ids, user principal names.
    keys: &'a [String],
    received: &'a Received,
    caller: Caller,
    trace: &'a Trace,
}

/// The path of a request.
pub(crate) fn request(
    world: &mut World,
    call: GraphCall,
    keys: &[String],
    received: &Received,
) -> Answer {
    let trace = trace(world, received);
    let mut headers = Vec::new();
    let outcome = served(world, call, keys, (received, &trace), &mut headers);
    let mut answer = outcome.unwrap_or_else(|refusal| refusal.answer(&trace));
    answer.headers.extend(headers);
    dressed(answer, &trace)
}

/// What a fault of the control API answers in Graph's words.
pub(crate) fn faulted(
    world: &mut World,
    received: &Received,
    status: u16,
    retry_after_s: Option<u32>,
) -> Answer {
    let trace = trace(world, received);
    let mut refusal = Refusal::fault(status);
    if let Some(seconds) = retry_after_s {
        refusal = refusal.with_header("retry-after", seconds.to_string());
    }
    dressed(refusal.answer(&trace), &trace)
}

fn served(
    world: &mut World,
    call: GraphCall,
    keys: &[String],
    (received, trace): (&Received, &Trace),
    headers: &mut Vec<(&'static str, String)>,
) -> Result<Answer, Refusal> {
    let Some(route) = call.route() else {
        *world.counters.refused.entry("Unknown").or_default() += 1;
        let what = format!("{} {}", received.method, received.path);
        return Err(Refusal::not_built(&what));
    };
    let caller = Caller::of(world, received)?;
    let demand = Demand {
        tenant: &caller.tenant,
        // The size of the directory is that of its one large tenant.
        n_people: world.directory.people.len(),
        meter: route.meter,
        query: &received.query,
        now_ms: world.now_ms(),
    };
    headers.extend(world.throttle.take(demand)?);
    let key = match keys.first() {
        Some(given) if route.template.contains("{user}") => Some(caller.key(given)?),
        Some(_) | None => None,
    };
    caller.may(route, key)?;
    let version = Version::split(&received.path).map_or(Version::V1, |(version, _)| version);
    let asked = Asked {
        version,
        keys,
        received,
        caller,
        trace,
    };
    operate(world, call, &asked)
}

fn operate(world: &mut World, call: GraphCall, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    match call {
        GraphCall::Batch => batch::carry_out(world, asked),
        GraphCall::ListUsers => user::list(world, asked),
        GraphCall::CountUsers => user::count(world, asked),
        GraphCall::UsersDelta => delta::users(world, asked),
        GraphCall::GetUser => user::get(world, asked),
        GraphCall::ListLicenseDetails => user::license_details(world, asked),
        GraphCall::GetPresence | GraphCall::GetPresenceById => presence::get(world, asked),
        GraphCall::GetPresencesByUserId => presence::by_user_id(world, asked),
        GraphCall::SetPresence => presence::write::set(world, asked),
        GraphCall::ClearPresence => presence::write::clear(world, asked),
        GraphCall::SetUserPreferredPresence => presence::write::prefer(world, asked),
        GraphCall::ClearUserPreferredPresence => presence::write::prefer_nothing(world, asked),
        GraphCall::SetStatusMessage => presence::write::set_message(world, asked),
        GraphCall::ListApplications => application::list(world, asked),
        GraphCall::GetApplication => application::get(world, asked),
        GraphCall::ListServicePrincipals => application::principals(world, asked),
        GraphCall::GetServicePrincipal => application::principal(world, asked),
        GraphCall::ListAppRoleAssignments => application::role_assignments(world, asked),
        GraphCall::ListAppRoleAssignedTo => application::assigned_to(world, asked),
        GraphCall::DeleteAppRoleAssignment => application::revoke(world, asked),
        GraphCall::ListPermissionGrants => application::permission_grants(world, asked),
        GraphCall::CreateSubscription => subscription::create(world, asked),
        GraphCall::ListSubscriptions => Ok(subscription::list(world, asked)),
        GraphCall::GetSubscription => subscription::get(world, asked),
        GraphCall::UpdateSubscription => subscription::update(world, asked),
        GraphCall::DeleteSubscription => subscription::delete(world, asked),
        GraphCall::ReauthorizeSubscription => subscription::reauthorize(world, asked),
        GraphCall::ListOrganization => organization::list(world, asked),
        GraphCall::ListUserConfigurations => user_configuration::list(world, asked),
        GraphCall::Unknown => Err(Refusal::not_built(&asked.received.path)),
    }
}

impl Asked<'_> {
    /// The address that links of an answer begin with: that of the request, so that a client finds its way back.
    fn base(&self) -> String {
        let scheme = if self.received.tls { "https" } else { "http" };
        format!("{scheme}://{}/{}", self.received.host, self.version.name())
    }

    /// `@odata.context` of an answer.
    fn context(&self, what: &str) -> String {
        format!(
            "https://graph.microsoft.com/{}/$metadata#{what}",
            self.version.name()
        )
    }

    /// The key of the path, with `me` made an object id.
    fn key(&self) -> Result<&str, Refusal> {
        self.caller
            .key(self.keys.first().map_or("", String::as_str))
    }

    /// The body, which must be an object.
    fn body(&self) -> Result<Value, Refusal> {
        let unreadable = || {
            Refusal::bad(
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
            )
        };
        let value: Value =
            serde_json::from_slice(&self.received.body).map_err(|_error| unreadable())?;
        if value.is_object() {
            Ok(value)
        } else {
            Err(unreadable())
        }
    }
}

/// A collection as Graph answers it.
fn collection(asked: &Asked<'_>, what: &str, value: Vec<Value>) -> Answer {
    Answer::json(
        200,
        &json!({"@odata.context": asked.context(what), "value": value}),
    )
}

fn trace(world: &mut World, received: &Received) -> Trace {
    let request_id = world.dice.uuid();
    let given = received.header("client-request-id");
    let is_sound =
        |id: &&str| (1..=100).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    let client_request_id = given
        .filter(is_sound)
        .map_or_else(|| request_id.clone(), str::to_owned);
    Trace {
        date: stamp::graph_error(world.wall),
        request_id,
        client_request_id,
    }
}

/// What every answer has.
fn dressed(mut answer: Answer, trace: &Trace) -> Answer {
    for (name, value) in &mut answer.headers {
        if *name == "content-type" && value == "application/json" {
            CONTENT_TYPE.clone_into(value);
        }
    }
    answer
        .with_header("request-id", trace.request_id.clone())
        .with_header("client-request-id", trace.client_request_id.clone())
        .with_header("x-ms-ags-diagnostic", DIAGNOSTIC.to_owned())
        .with_header("odata-version", "4.0".to_owned())
        .with_header("cache-control", "no-cache".to_owned())
}
