//! Admin consent (microsoft-graph.md 1.5): an administrator of a tenant lets the application in, or does not, and the
//! browser goes back with what came of it. The tenant of the answer is a hint; nothing signs it.

use super::authorize::registered_redirect;
use super::{description, is_any_tenant, page};
use crate::answer::Answer;
use crate::identify::field;
use crate::options::defaults;
use crate::pipeline::Received;
use crate::world::World;
use tandem_microsoft::entra::aadsts;
use tandem_microsoft::entra::sign_in::append_query;

/// The two endpoints: the first asks for every permission of the registration, the second for scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    V1,
    V2,
}

impl Endpoint {
    const fn path(self) -> &'static str {
        match self {
            Self::V1 => "adminconsent",
            Self::V2 => "v2.0/adminconsent",
        }
    }
}

/// `GET /{tenant}/adminconsent` or `/{tenant}/v2.0/adminconsent`
pub(crate) fn show(
    world: &mut World,
    endpoint: Endpoint,
    tenant: &str,
    received: &Received,
) -> Answer {
    let query = received.query.clone();
    if let Err(answer) = checked(world, endpoint, tenant, &query) {
        return answer;
    }
    if let Some(oid) = world.directory.take_scripted(None) {
        return accept(world, endpoint, tenant, &query, &oid);
    }
    let here = |it: &str| is_any_tenant(tenant) || it.eq_ignore_ascii_case(tenant);
    let people = world.directory.people.iter();
    let people = people.filter(|(_, person)| person.signs_in() && here(&person.tenant));
    let scope = field(&query, "scope");
    let action = format!("/{tenant}/{}", endpoint.path());
    page::consent(&action, &query, scope.as_deref(), people)
}

/// `POST` to the same: a button was pressed.
pub(crate) fn pressed(
    world: &mut World,
    endpoint: Endpoint,
    tenant: &str,
    received: &Received,
) -> Answer {
    let form = String::from_utf8_lossy(&received.body).into_owned();
    let query = field(&form, "query").unwrap_or_default();
    match field(&form, "oid") {
        Some(oid) => accept(world, endpoint, tenant, &query, &oid.to_lowercase()),
        None => match checked(world, endpoint, tenant, &query) {
            Ok(redirect_uri) => {
                let text = "the administrator declined to consent";
                let why = ("access_denied", aadsts::CONSENT_DECLINED, text);
                declined(world, &redirect_uri, &query, why)
            }
            Err(answer) => answer,
        },
    }
}

/// Where the browser goes back to, when everything is right before.
fn checked(world: &World, endpoint: Endpoint, tenant: &str, query: &str) -> Result<String, Answer> {
    let redirect_uri = registered_redirect(world, tenant, query)?;
    let has_scope = field(query, "scope").is_some_and(|scope| !scope.trim().is_empty());
    if endpoint == Endpoint::V2 && !has_scope {
        let text = "the request has no 'scope'";
        let text = description(world, aadsts::PARAMETER_MISSING, text);
        return Err(page::trouble(400, &text));
    }
    Ok(redirect_uri)
}

fn accept(world: &mut World, endpoint: Endpoint, tenant: &str, query: &str, oid: &str) -> Answer {
    let redirect_uri = match checked(world, endpoint, tenant, query) {
        Ok(redirect_uri) => redirect_uri,
        Err(answer) => return answer,
    };
    let person = world.directory.people.get(oid);
    let Some(person) =
        person.filter(|it| is_any_tenant(tenant) || it.tenant.eq_ignore_ascii_case(tenant))
    else {
        let text = "the account does not exist in this tenant";
        let why = ("access_denied", aadsts::USER_OF_OTHER_TENANT, text);
        return declined(world, &redirect_uri, query, why);
    };
    if !person.is_administrator {
        let text = "the permissions need the consent of an administrator";
        let why = ("access_denied", aadsts::ADMIN_CONSENT_REQUIRED, text);
        return declined(world, &redirect_uri, query, why);
    }
    let of = person.tenant.clone();
    if of.eq_ignore_ascii_case(defaults::TENANT) {
        world.directory.application.consent();
    }
    let scope = field(query, "scope").filter(|_| endpoint == Endpoint::V2);
    let mut fields = vec![("admin_consent", "True".to_owned()), ("tenant", of)];
    fields.extend(scope.map(|scope| ("scope", scope)));
    back(&redirect_uri, query, fields)
}

fn declined(
    world: &World,
    redirect_uri: &str,
    query: &str,
    (error, code, text): (&str, u32, &str),
) -> Answer {
    let fields = vec![
        ("error", error.to_owned()),
        ("error_description", description(world, code, text)),
        ("admin_consent", "True".to_owned()),
    ];
    back(redirect_uri, query, fields)
}

fn back(redirect_uri: &str, query: &str, mut fields: Vec<(&'static str, String)>) -> Answer {
    fields.extend(field(query, "state").map(|state| ("state", state)));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    Answer::empty(302)
        .with_header("location", append_query(redirect_uri, &fields))
        .with_header("cache-control", "no-store".to_owned())
}
