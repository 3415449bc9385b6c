//! What an administrator sees of applications: registrations with the ends of their credentials, service principals, and what
//! was consented to (microsoft-graph.md 1.7 and 1.8).
//!
//! The facts are the directory's (`entra::directory::Application`): a secret that has expired here has expired at the token
//! endpoint, and what was revoked is in no later token.

use super::permission::{self, Permission};
use super::query::{self, Filtering, Kind, Property, Query};
use super::refusal::Refusal;
use super::{APP as GRAPH, Asked, collection};
use crate::answer::Answer;
use crate::entra::assertion;
use crate::options::defaults;
use crate::world::World;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The registration; in portals it stands beside the id of the service principal, and is mistaken for it.
const APPLICATION_ID: &str = "ee123456-1234-1234-1234-eee123456789";
const SECRET_ID: &str = "ab123456-1234-1234-1234-abb123456789";
const GRAPH_PRINCIPAL: &str = "99123456-1234-1234-1234-999123456789";
const CREATED: &str = "2025-01-01T00:00:00Z";
/// An end of the secret that nobody set.
const SECRET_ENDS: &str = "2099-12-31T00:00:00Z";
/// The domain of whoever registered the application.
const PUBLISHER: &str = "tandem.example";
/// Roles that the application gives people, whoever has them.
const APP_ROLES: [&str; 3] = ["Administrator", "Supervisor", "Agent"];

const fn property(name: &'static str, filtering: Filtering) -> Property {
    Property {
        name,
        filtering,
        is_default: true,
    }
}

const APPLICATION: Kind = Kind {
    name: "application",
    properties: &[
        property("id", Filtering::Basic),
        property("appId", Filtering::Basic),
        property("displayName", Filtering::Basic),
        property("createdDateTime", Filtering::Basic),
        property("publisherDomain", Filtering::Basic),
        property("signInAudience", Filtering::Basic),
        property("identifierUris", Filtering::Basic),
        property("appRoles", Filtering::Never),
        property("passwordCredentials", Filtering::Never),
        property("keyCredentials", Filtering::Never),
        property("requiredResourceAccess", Filtering::Never),
    ],
    page_default: 100,
    page_max: 999,
};

const SERVICE_PRINCIPAL: Kind = Kind {
    name: "servicePrincipal",
    properties: &[
        property("id", Filtering::Basic),
        property("appId", Filtering::Basic),
        property("displayName", Filtering::Basic),
        property("accountEnabled", Filtering::Basic),
        property("appRoleAssignmentRequired", Filtering::Basic),
        property("servicePrincipalType", Filtering::Basic),
        property("appOwnerOrganizationId", Filtering::Basic),
        property("appRoles", Filtering::Never),
        property("oauth2PermissionScopes", Filtering::Never),
    ],
    page_default: 100,
    page_max: 999,
};

const OF_OBJECTS: query::Options = query::Options(&["$select", "$filter", "$top", "$count"]);

/// `GET /applications`: those that are registered in the tenant of the token.
pub(super) fn list(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    objects(
        asked,
        &APPLICATION,
        "applications",
        &registrations(world, asked),
    )
}

/// `GET /applications/{id}`, `GET /applications(appId='...')`
pub(super) fn get(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    object(
        asked,
        &APPLICATION,
        "applications",
        &registrations(world, asked),
    )
}

/// `GET /servicePrincipals`
pub(super) fn principals(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    objects(
        asked,
        &SERVICE_PRINCIPAL,
        "servicePrincipals",
        &all_principals(world),
    )
}

/// `GET /servicePrincipals/{id}`, `GET /servicePrincipals(appId='...')`
pub(super) fn principal(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    object(
        asked,
        &SERVICE_PRINCIPAL,
        "servicePrincipals",
        &all_principals(world),
    )
}

/// `GET /servicePrincipals/{id}/appRoleAssignments`: application permissions that were consented to.
pub(super) fn role_assignments(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    Query::of(asked, &SERVICE_PRINCIPAL, query::NONE)?;
    let principal = find(&all_principals(world), asked)?;
    let granted: Vec<Value> = if principal["appId"] == defaults::APP {
        granted_permissions(world).map(granted).collect()
    } else {
        Vec::new()
    };
    Ok(collection(asked, "appRoleAssignments", granted))
}

/// `GET /servicePrincipals/{id}/appRoleAssignedTo`: who has roles of the application.
pub(super) fn assigned_to(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    Query::of(asked, &SERVICE_PRINCIPAL, query::NONE)?;
    let principal = find(&all_principals(world), asked)?;
    let assigned = if principal["appId"] == GRAPH {
        granted_permissions(world).map(granted).collect()
    } else {
        people_assigned(world, asked)
    };
    Ok(collection(asked, "appRoleAssignments", assigned))
}

/// `DELETE /servicePrincipals/{id}/appRoleAssignments/{assignment}`: a permission is taken back.
pub(super) fn revoke(world: &mut World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let principal = find(&all_principals(world), asked)?;
    let id = asked.keys.get(1).map_or("", String::as_str);
    let is_it =
        |permission: &&Permission| assignment_id(defaults::APP_PRINCIPAL, permission.id) == id;
    let name = granted_permissions(world)
        .find(is_it)
        .map(|permission| permission.name);
    let Some(name) = name.filter(|_| principal["appId"] == defaults::APP) else {
        return Err(Refusal::not_found(id));
    };
    world
        .directory
        .application
        .application_permissions
        .retain(|granted| granted != name);
    Ok(Answer::empty(204))
}

/// `GET /servicePrincipals/{id}/oauth2PermissionGrants`: what people let the application do, all of them at once.
pub(super) fn permission_grants(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    Query::of(asked, &SERVICE_PRINCIPAL, query::NONE)?;
    let principal = find(&all_principals(world), asked)?;
    let application = &world.directory.application;
    let scopes: Vec<&str> = application
        .delegated_permissions
        .iter()
        .map(String::as_str)
        .collect();
    let is_there =
        principal["appId"] == defaults::APP && application.consented && !scopes.is_empty();
    let grant = json!({
        "id": assignment_id(defaults::APP_PRINCIPAL, GRAPH), "clientId": defaults::APP_PRINCIPAL,
        "consentType": "AllPrincipals", "principalId": null, "resourceId": GRAPH_PRINCIPAL, "scope": scopes.join(" "),
    });
    let grants = is_there.then_some(grant).into_iter().collect();
    Ok(collection(asked, "oauth2PermissionGrants", grants))
}

fn objects(asked: &Asked<'_>, kind: &Kind, what: &str, all: &[Value]) -> Result<Answer, Refusal> {
    let query = Query::of(asked, kind, OF_OBJECTS)?;
    let fits = |object: &&Value| {
        query
            .filter
            .as_ref()
            .is_none_or(|filter| filter.fits(&|path| object[path].clone()))
    };
    let found = all.iter().filter(fits).take(query.top);
    Ok(collection(
        asked,
        what,
        found
            .map(|object| selected(object, &query.select))
            .collect(),
    ))
}

fn object(asked: &Asked<'_>, kind: &Kind, what: &str, all: &[Value]) -> Result<Answer, Refusal> {
    let query = Query::of(asked, kind, query::OF_ONE)?;
    let mut body = selected(&find(all, asked)?, &query.select);
    body["@odata.context"] = json!(asked.context(&format!("{what}/$entity")));
    Ok(Answer::json(200, &body))
}

fn selected(object: &Value, select: &[&str]) -> Value {
    let members = select
        .iter()
        .map(|name| ((*name).to_owned(), object[*name].clone()));
    let mut selected: Map<String, Value> = members.collect();
    selected.insert("id".to_owned(), object["id"].clone());
    Value::Object(selected)
}

/// The object that the path names, by its id or by the application's.
fn find(all: &[Value], asked: &Asked<'_>) -> Result<Value, Refusal> {
    let key = asked.keys.first().map_or("", String::as_str);
    let (name, wanted) = match key.split_once('=') {
        Some((name, wanted)) if name.eq_ignore_ascii_case("appId") => ("appId", wanted),
        Some(_) | None => ("id", key),
    };
    let is_it = |object: &&Value| {
        object[name]
            .as_str()
            .is_some_and(|found| found.eq_ignore_ascii_case(wanted))
    };
    all.iter()
        .find(is_it)
        .cloned()
        .ok_or_else(|| Refusal::not_found(wanted))
}

/// A registration lies in one tenant.
fn registrations(world: &World, asked: &Asked<'_>) -> Vec<Value> {
    if !asked.caller.tenant.eq_ignore_ascii_case(defaults::TENANT) {
        return Vec::new();
    }
    let application = &world.directory.application;
    let ends = application
        .secret_expires_at
        .as_deref()
        .unwrap_or(SECRET_ENDS);
    // The first three characters of the value (microsoft-graph.md 1.7).
    let hint = defaults::CLIENT_SECRET.get(..3).unwrap_or_default();
    let secret = json!({
        "keyId": SECRET_ID, "displayName": "Tandem", "hint": hint, "startDateTime": CREATED, "endDateTime": ends,
        "secretText": null, "customKeyIdentifier": null,
    });
    let certificates: Vec<Value> = application
        .certificates
        .iter()
        .filter_map(|pem| certificate(pem))
        .collect();
    let requested = |list: &'static [Permission], names: &[&str], kind: &str| -> Vec<Value> {
        let known = names
            .iter()
            .filter_map(|name| permission::named(list, name));
        known
            .map(|permission| json!({"id": permission.id, "type": kind}))
            .collect()
    };
    let mut access = requested(permission::APPLICATION, &permission::REQUESTED, "Role");
    access.extend(requested(
        permission::DELEGATED,
        &permission::REQUESTED_OF_PEOPLE,
        "Scope",
    ));
    vec![json!({
        "id": APPLICATION_ID, "appId": defaults::APP, "displayName": "Tandem", "createdDateTime": CREATED,
        "publisherDomain": PUBLISHER, "signInAudience": "AzureADMultipleOrgs", "identifierUris": [format!("api://{}", defaults::APP)],
        "appRoles": app_roles(world), "passwordCredentials": [secret], "keyCredentials": certificates,
        "requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": access}],
    })]
}

fn certificate(pem: &str) -> Option<Value> {
    let known = assertion::certificate(pem)?;
    Some(json!({
        "keyId": guid(&known.thumbprint), "displayName": known.subject, "type": "AsymmetricX509Cert", "usage": "Verify",
        "customKeyIdentifier": known.thumbprint, "startDateTime": known.not_before, "endDateTime": known.not_after, "key": null,
    }))
}

/// The application and Graph itself, as the tenant has them.
fn all_principals(world: &World) -> Vec<Value> {
    let application = &world.directory.application;
    let role = |permission: &Permission| {
        json!({
            "id": permission.id, "value": permission.name, "displayName": permission.name, "description": permission.name,
            "allowedMemberTypes": ["Application"], "isEnabled": true, "origin": "Application",
        })
    };
    let scope = |permission: &Permission| {
        json!({
            "id": permission.id, "value": permission.name, "type": "Admin", "isEnabled": true,
            "adminConsentDisplayName": permission.name, "adminConsentDescription": permission.name,
        })
    };
    let roles: Vec<Value> = permission::APPLICATION.iter().map(role).collect();
    let scopes: Vec<Value> = permission::DELEGATED.iter().map(scope).collect();
    vec![
        json!({
            "id": defaults::APP_PRINCIPAL, "appId": defaults::APP, "displayName": "Tandem", "servicePrincipalType": "Application",
            "accountEnabled": application.is_enabled(), "appRoleAssignmentRequired": application.assignment_required,
            "appOwnerOrganizationId": defaults::TENANT, "appRoles": app_roles(world), "oauth2PermissionScopes": [],
        }),
        json!({
            "id": GRAPH_PRINCIPAL, "appId": GRAPH, "displayName": "Microsoft Graph", "servicePrincipalType": "Application",
            "accountEnabled": true, "appRoleAssignmentRequired": false,
            "appOwnerOrganizationId": "f8cdef31-a31e-4b4a-93e4-5f571e91255a", "appRoles": roles, "oauth2PermissionScopes": scopes,
        }),
    ]
}

fn granted_permissions(world: &World) -> impl Iterator<Item = &'static Permission> {
    let names = world.directory.application.application_permissions.iter();
    names.filter_map(|name| permission::named(permission::APPLICATION, name))
}

fn granted(permission: &Permission) -> Value {
    assignment(
        (defaults::APP_PRINCIPAL, "Tandem", "ServicePrincipal"),
        (GRAPH_PRINCIPAL, "Microsoft Graph"),
        permission.id,
    )
}

/// Everybody who has a role, by name or through a group.
fn people_assigned(world: &World, asked: &Asked<'_>) -> Vec<Value> {
    let resource = (defaults::APP_PRINCIPAL, "Tandem");
    let here = |tenant: &str| tenant.eq_ignore_ascii_case(&asked.caller.tenant);
    let people = world
        .directory
        .people
        .iter()
        .filter(|(_, person)| here(&person.tenant));
    let people = people.flat_map(|(oid, person)| {
        let roles = person.app_roles.iter();
        roles.map(move |role| assignment((oid, &person.name, "User"), resource, &role_id(role)))
    });
    let groups = world.directory.groups.iter().flat_map(|(id, group)| {
        let roles = group.app_roles.iter();
        roles.map(move |role| assignment((id, id, "Group"), resource, &role_id(role)))
    });
    people.chain(groups).collect()
}

fn assignment(
    (principal, name, kind): (&str, &str, &str),
    (resource, resource_name): (&str, &str),
    role: &str,
) -> Value {
    json!({
        "id": assignment_id(principal, role), "appRoleId": role, "createdDateTime": CREATED, "deletedDateTime": null,
        "principalDisplayName": name, "principalId": principal, "principalType": kind,
        "resourceDisplayName": resource_name, "resourceId": resource,
    })
}

/// Roles are words here: those that the application always has, and those that somebody was given.
fn app_roles(world: &World) -> Vec<Value> {
    let of_people = world
        .directory
        .people
        .values()
        .flat_map(|person| &person.app_roles);
    let of_groups = world
        .directory
        .groups
        .values()
        .flat_map(|group| &group.app_roles);
    let given: BTreeSet<&str> = of_people.chain(of_groups).map(String::as_str).collect();
    let all: BTreeSet<&str> = given.into_iter().chain(APP_ROLES).collect();
    let role = |value: &str| {
        json!({
            "id": role_id(value), "value": value, "displayName": value, "description": value,
            "allowedMemberTypes": ["User"], "isEnabled": true, "origin": "Application",
        })
    };
    all.into_iter().map(role).collect()
}

fn role_id(value: &str) -> String {
    guid(&format!("role {value}"))
}

/// The same text always has the same id.
fn guid(text: &str) -> String {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(
        hash.as_ref()
            .get(..16)
            .expect("a SHA-256 hash has 32 bytes"),
    );
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}

fn assignment_id(principal: &str, role: &str) -> String {
    let text = format!("{principal} {role}");
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}
