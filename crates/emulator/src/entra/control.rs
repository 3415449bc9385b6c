//! The control API's side of Entra: people, groups, the application, and sign-ins without a page.

use super::assertion::is_certificate;
use super::directory::{Application, Group, License, Person, PlanState, Removal};
use super::person::Profile;
use crate::answer::Answer;
use crate::control::body;
use crate::graph::permission::{self, Permission};
use crate::identify::field;
use crate::limits;
use crate::pipeline::Received;
use crate::world::World;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What is said of a person; what is left out stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonChange {
    name: Option<String>,
    upn: Option<String>,
    tenant: Option<String>,
    app_roles: Option<BTreeSet<String>>,
    groups: Option<BTreeSet<String>>,
    disabled: Option<bool>,
    is_administrator: Option<bool>,
    given_name: Option<String>,
    surname: Option<String>,
    mail: Option<String>,
    job_title: Option<String>,
    department: Option<String>,
    office_location: Option<String>,
    business_phone: Option<String>,
    mobile_phone: Option<String>,
    fax_number: Option<String>,
    usage_location: Option<String>,
    line_number: Option<String>,
    /// Given, taken away or run out; a license that is left out stays.
    licenses: Option<BTreeMap<License, PlanState>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    oid: String,
}

pub(crate) fn show(world: &World) -> Value {
    json!({
        "application": world.directory.application,
        "groups": world.directory.groups,
        "people": world.directory.people,
    })
}

pub(crate) fn put_person(
    world: &mut World,
    oid: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let change: PersonChange = body(received)?;
    let oid = oid.to_lowercase();
    let is_guid = |text: &str| uuid::Uuid::parse_str(text).is_ok();
    if !is_guid(&oid) || change.tenant.as_deref().is_some_and(|it| !is_guid(it)) {
        return Err(Answer::refused(400, "oid and tenant must be GUIDs"));
    }
    let groups = change.groups.as_ref().map_or(0, BTreeSet::len);
    let roles = change.app_roles.as_ref().map_or(0, BTreeSet::len);
    if groups > limits::GROUPS_MAX || roles > limits::APP_ROLES_MAX {
        return Err(Answer::refused(400, "at most 1000 groups and 100 roles"));
    }
    let known = world.directory.people.get(&oid).cloned();
    if known.is_none() && world.directory.people.len() >= limits::PEOPLE_MAX {
        return Err(Answer::refused(409, "there are too many people"));
    }
    let texts = change.texts();
    if texts
        .iter()
        .any(|text| text.len() > limits::PROFILE_BYTES_MAX)
    {
        let text = format!("a text may have {} bytes", limits::PROFILE_BYTES_MAX);
        return Err(Answer::refused(400, text));
    }
    let before = known.unwrap_or_else(|| Person::new(&oid));
    let person = changed(before, change);
    let shown = json!(person);
    world.directory.put(oid, person);
    Ok(Answer::json(200, &shown))
}

impl PersonChange {
    fn texts(&self) -> Vec<&str> {
        let all = [
            &self.name,
            &self.upn,
            &self.given_name,
            &self.surname,
            &self.mail,
            &self.job_title,
            &self.department,
            &self.office_location,
            &self.business_phone,
            &self.mobile_phone,
            &self.fax_number,
            &self.usage_location,
            &self.line_number,
        ];
        all.into_iter().filter_map(Option::as_deref).collect()
    }
}

fn changed(before: Person, change: PersonChange) -> Person {
    let profile = before.profile.clone();
    let mut licenses = before.licenses.clone();
    licenses.extend(change.licenses.unwrap_or_default());
    Person {
        name: change.name.unwrap_or(before.name),
        upn: change.upn.unwrap_or(before.upn),
        tenant: change.tenant.unwrap_or(before.tenant).to_lowercase(),
        app_roles: change.app_roles.unwrap_or(before.app_roles),
        groups: change.groups.unwrap_or(before.groups),
        disabled: change.disabled.unwrap_or(before.disabled),
        is_administrator: change.is_administrator.unwrap_or(before.is_administrator),
        profile: Profile {
            given_name: change.given_name.unwrap_or(profile.given_name),
            surname: change.surname.unwrap_or(profile.surname),
            mail: change.mail.unwrap_or(profile.mail),
            job_title: change.job_title.unwrap_or(profile.job_title),
            department: change.department.unwrap_or(profile.department),
            office_location: change.office_location.unwrap_or(profile.office_location),
            business_phone: change.business_phone.unwrap_or(profile.business_phone),
            mobile_phone: change.mobile_phone.unwrap_or(profile.mobile_phone),
            fax_number: change.fax_number.unwrap_or(profile.fax_number),
            usage_location: change.usage_location.unwrap_or(profile.usage_location),
            line_number: change.line_number.unwrap_or(profile.line_number),
        },
        licenses,
        ..before
    }
}

/// `DELETE /_emulator/entra/people/{oid}`: somebody leaves; with `for_good=true` they cannot be restored.
pub(crate) fn remove_person(
    world: &mut World,
    oid: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let reason = match field(&received.query, "for_good").as_deref() {
        Some("true") => Removal::ForGood,
        Some(_) | None => Removal::Restorable,
    };
    if !world.directory.remove(&oid.to_lowercase(), reason) {
        return Err(Answer::refused(404, "there is no such person"));
    }
    Ok(Answer::empty(204))
}

pub(crate) fn put_group(
    world: &mut World,
    id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let group: Group = body(received)?;
    if group.app_roles.len() > limits::APP_ROLES_MAX {
        return Err(Answer::refused(400, "at most 100 roles"));
    }
    let is_new = !world.directory.groups.contains_key(id);
    if is_new && world.directory.groups.len() >= limits::GROUPS_MAX {
        return Err(Answer::refused(409, "there are too many groups"));
    }
    let shown = json!(group);
    world.directory.groups.insert(id.to_owned(), group);
    Ok(Answer::json(200, &shown))
}

pub(crate) fn put_application(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let application: Application = body(received)?;
    if application.redirect_uris.len() > limits::REDIRECT_URIS_MAX {
        return Err(Answer::refused(400, "at most 100 redirect_uris"));
    }
    let certificates = &application.certificates;
    if certificates.len() > limits::CERTIFICATES_MAX
        || !certificates.iter().all(|pem| is_certificate(pem))
    {
        let text = "certificates must be at most 10 with RSA keys, in PEM";
        return Err(Answer::refused(400, text));
    }
    let expires = application.secret_expires_at.as_deref();
    if expires.is_some_and(|at| at.parse::<jiff::Timestamp>().is_err()) {
        let text = "secret_expires_at must be a time like 2026-12-31T23:59:59Z";
        return Err(Answer::refused(400, text));
    }
    check_permissions(
        "application_permissions",
        permission::APPLICATION,
        &application.application_permissions,
    )?;
    check_permissions(
        "delegated_permissions",
        permission::DELEGATED,
        &application.delegated_permissions,
    )?;
    let shown = json!(application);
    world.directory.application = application;
    Ok(Answer::json(200, &shown))
}

fn check_permissions(
    field: &str,
    known: &'static [Permission],
    names: &BTreeSet<String>,
) -> Result<(), Answer> {
    let is_unknown = |name: &&String| permission::named(known, name).is_none();
    match names.iter().find(is_unknown) {
        None => Ok(()),
        Some(name) => {
            let text =
                format!("{field}: '{name}' is no permission of Graph that the emulator knows");
            Err(Answer::refused(400, text))
        }
    }
}

/// The next browser that comes is signed in as this person, without the page.
pub(crate) fn script(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let SignIn { oid } = body(received)?;
    let oid = oid.to_lowercase();
    if !world.directory.people.contains_key(&oid) {
        return Err(Answer::refused(404, "there is no such person"));
    }
    if world.directory.scripted.len() >= limits::SIGN_INS_SCRIPTED_MAX {
        return Err(Answer::refused(409, "too many sign-ins wait already"));
    }
    world.directory.scripted.push_back(oid);
    Ok(Answer::empty(204))
}

/// Ends what is open for a person.
pub(crate) fn revoke(world: &mut World, oid: &str) -> Result<Answer, Answer> {
    let oid = oid.to_lowercase();
    if !world.directory.people.contains_key(&oid) {
        return Err(Answer::refused(404, "there is no such person"));
    }
    world.directory.revoke(&oid);
    Ok(Answer::empty(204))
}
