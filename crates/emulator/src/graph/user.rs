//! Users of the directory: people and resource accounts of the caller's tenant (microsoft-graph.md 3.1 and 3.3).

use super::query::Filtering::{Advanced, Basic, Never};
use super::query::{self, Direction, Filtering, Kind, Property, Query};
use super::refusal::Refusal;
use super::{Asked, collection, page};
use crate::answer::Answer;
use crate::entra::directory::{License, Person, PlanState};
use crate::entra::person;
use crate::world::World;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

const fn property(name: &'static str, filtering: Filtering, is_default: bool) -> Property {
    Property {
        name,
        filtering,
        is_default,
    }
}

/// Those that are there without `$select` come first.
const PROPERTIES: &[Property] = &[
    property("businessPhones", Advanced, true),
    property("displayName", Basic, true),
    property("givenName", Basic, true),
    property("jobTitle", Basic, true),
    property("mail", Basic, true),
    property("mobilePhone", Advanced, true),
    property("officeLocation", Advanced, true),
    property("preferredLanguage", Advanced, true),
    property("surname", Basic, true),
    property("userPrincipalName", Basic, true),
    property("id", Basic, true),
    property("accountEnabled", Basic, false),
    property("assignedLicenses", Basic, false),
    property("assignedPlans", Advanced, false),
    property("createdDateTime", Basic, false),
    property("department", Basic, false),
    property("faxNumber", Advanced, false),
    property("imAddresses", Basic, false),
    property("isResourceAccount", Never, false),
    property("mailNickname", Basic, false),
    property("usageLocation", Basic, false),
    property("userType", Basic, false),
];

pub(super) const USER: Kind = Kind {
    name: "user",
    properties: PROPERTIES,
    page_default: 100,
    page_max: 999,
};

/// When everybody of the emulated tenant came.
const CREATED: &str = "2025-01-01T00:00:00Z";

/// How a list goes on.
#[derive(Serialize, Deserialize)]
enum Skip {
    /// After this id.
    After(String),
    /// After so many of a sorted list.
    Skipped(usize),
}

/// `GET /users`
pub(super) fn list(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let query = Query::of(asked, &USER, query::OF_LIST)?;
    let (found, next) = match query.order {
        None => by_id(world, asked, &query)?,
        Some(order) => sorted(world, asked, &query, order)?,
    };
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), json!(asked.context("users")));
    if query.counts {
        body.insert(
            "@odata.count".to_owned(),
            json!(fitting(world, asked, &query).count()),
        );
    }
    if let Some(next) = next {
        let link = query::link(asked, "users", ("$skiptoken", &page::token(&next)));
        body.insert("@odata.nextLink".to_owned(), json!(link));
    }
    let value: Vec<Value> = found
        .iter()
        .map(|(oid, person)| show(oid, person, &query.select))
        .collect();
    body.insert("value".to_owned(), json!(value));
    Ok(Answer::json(200, &Value::Object(body)))
}

type Found<'a> = (Vec<(&'a String, &'a Person)>, Option<Skip>);

fn by_id<'a>(world: &'a World, asked: &Asked<'_>, query: &Query) -> Result<Found<'a>, Refusal> {
    let after = match &query.skip_token {
        None => String::new(),
        Some(token) => match page::read("$skiptoken", token)? {
            Skip::After(after) => after,
            Skip::Skipped(_) => return Err(Refusal::request("The $skiptoken is of another list.")),
        },
    };
    let rest = fitting(world, asked, query).filter(|(oid, _)| **oid > after);
    let mut found: Vec<_> = rest.take(query.top + 1).collect();
    let has_more = found.len() > query.top;
    found.truncate(query.top);
    let last = found.last().filter(|_| has_more);
    let next = last.map(|(oid, _)| Skip::After((*oid).clone()));
    Ok((found, next))
}

fn sorted<'a>(
    world: &'a World,
    asked: &Asked<'_>,
    query: &Query,
    (name, direction): (&str, Direction),
) -> Result<Found<'a>, Refusal> {
    let skipped = match &query.skip_token {
        None => 0,
        Some(token) => match page::read("$skiptoken", token)? {
            Skip::Skipped(skipped) => skipped,
            Skip::After(_) => return Err(Refusal::request("The $skiptoken is of another list.")),
        },
    };
    let mut all: Vec<_> = fitting(world, asked, query).collect();
    all.sort_by_key(|(_, person)| match name {
        "displayName" => person.name.to_lowercase(),
        _ => person.upn.to_lowercase(),
    });
    if direction == Direction::Down {
        all.reverse();
    }
    let end = skipped.saturating_add(query.top);
    let next = (all.len() > end).then_some(Skip::Skipped(end));
    Ok((
        all.into_iter().skip(skipped).take(query.top).collect(),
        next,
    ))
}

fn fitting<'a>(
    world: &'a World,
    asked: &Asked<'_>,
    query: &Query,
) -> impl Iterator<Item = (&'a String, &'a Person)> {
    let tenant = asked.caller.tenant.clone();
    let filter = query.filter.clone();
    let here = world
        .directory
        .people
        .iter()
        .filter(move |(_, person)| person.tenant.eq_ignore_ascii_case(&tenant));
    here.filter(move |(oid, person)| {
        let fits =
            |filter: &query::filter::Expression| filter.fits(&|path| value(oid, person, path));
        filter.as_ref().is_none_or(fits)
    })
}

/// `GET /users/$count`: a text.
pub(super) fn count(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let query = Query::of(asked, &USER, query::OF_COUNT)?;
    let level = asked.received.header("consistencylevel");
    if !level.is_some_and(|level| level.eq_ignore_ascii_case("eventual")) {
        return Err(Refusal::request("$count is not currently supported."));
    }
    let n_found = fitting(world, asked, &query).count();
    Ok(Answer::text(200, "text/plain", n_found.to_string()))
}

/// `GET /users/{id or userPrincipalName}`
pub(super) fn get(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let query = Query::of(asked, &USER, query::OF_ONE)?;
    let (oid, person) = find(world, asked)?;
    let mut body = show(oid, person, &query.select);
    body["@odata.context"] = json!(asked.context("users/$entity"));
    Ok(Answer::json(200, &body))
}

/// Whom the path names, by object id or by user principal name.
pub(super) fn find<'a>(
    world: &'a World,
    asked: &Asked<'_>,
) -> Result<(&'a String, &'a Person), Refusal> {
    let key = asked.key()?;
    let people = &world.directory.people;
    let found = people.get_key_value(&key.to_lowercase()).or_else(|| {
        let named = |person: &Person| person.upn.eq_ignore_ascii_case(key);
        people.iter().find(|(_, person)| named(person))
    });
    let here =
        |(_, person): &(&String, &Person)| person.tenant.eq_ignore_ascii_case(&asked.caller.tenant);
    found.filter(here).ok_or_else(|| Refusal::not_found(key))
}

/// `GET /users/{id}/licenseDetails`
pub(super) fn license_details(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    Query::of(asked, &USER, query::NONE)?;
    let (oid, person) = find(world, asked)?;
    let held = person
        .licenses
        .iter()
        .filter(|(_, state)| **state != PlanState::Deleted);
    let details = held.map(|(license, state)| {
        let provisioning = if state.works() { "Success" } else { "Disabled" };
        json!({
            "id": format!("{}_{}", oid, license.sku_id()),
            "skuId": license.sku_id(), "skuPartNumber": license.sku_part_number(),
            "servicePlans": [{
                "servicePlanId": license.plan_id(), "servicePlanName": license.plan_name(),
                "provisioningStatus": provisioning, "appliesTo": "User",
            }],
        })
    });
    let what = format!("users('{oid}')/licenseDetails");
    Ok(collection(asked, &what, details.collect()))
}

/// Somebody, with the properties that were asked for; the id is always there.
pub(super) fn show(oid: &str, person: &Person, select: &[&str]) -> Value {
    let mut shown = Map::new();
    for name in select {
        shown.insert((*name).to_owned(), value(oid, person, name));
    }
    shown.insert("id".to_owned(), json!(oid));
    Value::Object(shown)
}

fn value(oid: &str, person: &Person, name: &str) -> Value {
    let profile = &person.profile;
    let text = |text: &str| {
        if text.is_empty() {
            Value::Null
        } else {
            json!(text)
        }
    };
    match name {
        "id" => json!(oid),
        "displayName" => text(&person.name),
        "userPrincipalName" => text(&person.upn),
        "mailNickname" => text(person.upn.split('@').next().unwrap_or_default()),
        "imAddresses" => json!([person.upn]),
        "givenName" => text(&profile.given_name),
        "surname" => text(&profile.surname),
        "mail" => text(&profile.mail),
        "jobTitle" => text(&profile.job_title),
        "department" => text(&profile.department),
        "officeLocation" => text(&profile.office_location),
        "mobilePhone" => text(&profile.mobile_phone),
        "faxNumber" => text(&profile.fax_number),
        "usageLocation" => text(&profile.usage_location),
        "businessPhones" => match profile.business_phone.as_str() {
            "" => json!([]),
            phone => json!([phone]),
        },
        "accountEnabled" => json!(!person.disabled),
        "createdDateTime" => json!(CREATED),
        "userType" => match person.kind {
            person::Kind::Guest => json!("Guest"),
            person::Kind::Member | person::Kind::ResourceAccount => json!("Member"),
        },
        // Null for everybody, also in the service: it is reserved (Graph, user resource).
        "isResourceAccount" | "preferredLanguage" => Value::Null,
        "assignedPlans" => plans(person),
        "assignedLicenses" => licenses(person),
        _ => Value::Null,
    }
}

fn plans(person: &Person) -> Value {
    let plan = |(license, state): (&License, &PlanState)| {
        json!({
            "assignedDateTime": CREATED, "capabilityStatus": state.capability(),
            "service": license.service(), "servicePlanId": license.plan_id(),
        })
    };
    person.licenses.iter().map(plan).collect()
}

fn licenses(person: &Person) -> Value {
    let held = person
        .licenses
        .iter()
        .filter(|(_, state)| **state != PlanState::Deleted);
    held.map(|(license, _)| json!({"disabledPlans": [], "skuId": license.sku_id()}))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // microsoft-graph.md 3.1
    #[test]
    fn default_properties_are_those_of_the_reference_and_every_property_has_a_value_of_its_own() {
        let mut defaults: Vec<&str> = PROPERTIES
            .iter()
            .filter(|it| it.is_default)
            .map(|it| it.name)
            .collect();
        defaults.sort_unstable();
        let wanted = "businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName";
        assert_eq!(defaults.join(" "), wanted);
        let mut person = Person::new("x");
        for text in [
            &mut person.profile.given_name,
            &mut person.profile.surname,
            &mut person.profile.mail,
            &mut person.profile.job_title,
            &mut person.profile.department,
            &mut person.profile.office_location,
            &mut person.profile.mobile_phone,
            &mut person.profile.fax_number,
            &mut person.profile.usage_location,
        ] {
            "said".clone_into(text);
        }
        for property in PROPERTIES {
            let is_null = value("x", &person, property.name).is_null();
            let may_be = ["isResourceAccount", "preferredLanguage"].contains(&property.name);
            assert_eq!(is_null, may_be, "{}", property.name);
        }
    }
}
