//! How Teams is set up for the users of the caller's tenant: above all the numbers of their lines, which stand nowhere else
//! (microsoft-graph.md 3.3).

use super::query::Filtering::{Basic, Never};
use super::query::{self, Kind, Options, Property, Query};
use super::refusal::Refusal;
use super::{Asked, page};
use crate::answer::Answer;
use crate::entra::directory::{License, Person};
use crate::entra::person;
use crate::world::World;
use serde_json::{Map, Value, json};

const fn property(name: &'static str) -> Property {
    Property {
        name,
        filtering: Never,
        is_default: true,
    }
}

const fn filtered(name: &'static str) -> Property {
    Property {
        filtering: Basic,
        ..property(name)
    }
}

const PROPERTIES: &[Property] = &[
    property("id"),
    property("tenantId"),
    property("userPrincipalName"),
    filtered("accountType"),
    filtered("isEnterpriseVoiceEnabled"),
    property("featureTypes"),
    property("telephoneNumbers"),
    property("effectivePolicyAssignments"),
    property("createdDateTime"),
    property("modifiedDateTime"),
];

/// Its sizes of a page are not published; those of users are taken, and what is beyond is refused as there.
const KIND: Kind = Kind {
    name: "teamsAdministration.teamsUserConfiguration",
    properties: PROPERTIES,
    page_default: 100,
    page_max: 999,
};
/// The service takes `$expand` and `$orderby` too.
const OPTIONS: Options = Options(&["$select", "$filter", "$top", "$skiptoken"]);

/// When everybody was set up.
const CREATED: &str = "2025-01-01T00:00:00Z";

/// `GET /admin/teams/userConfigurations`: everybody who has Teams, and resource accounts.
pub(super) fn list(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let query = Query::of(asked, &KIND, OPTIONS)?;
    let after: String = match &query.skip_token {
        None => String::new(),
        Some(token) => page::read("$skiptoken", token)?,
    };
    let people = world.directory.people.iter();
    let rest = people.filter(|(oid, person)| {
        let is_here = person.tenant.eq_ignore_ascii_case(&asked.caller.tenant);
        let fits = |it: &query::filter::Expression| it.fits(&|path| value(oid, person, path));
        let is_wanted = query.filter.as_ref().is_none_or(fits);
        is_here && is_set_up(person) && **oid > after && is_wanted
    });
    let mut found: Vec<(&String, &Person)> = rest.take(query.top + 1).collect();
    let has_more = found.len() > query.top;
    found.truncate(query.top);
    let mut body = Map::new();
    let path = "admin/teams/userConfigurations";
    body.insert("@odata.context".to_owned(), json!(asked.context(path)));
    if let Some((last, _)) = found.last().filter(|_| has_more) {
        let link = query::link(asked, path, ("$skiptoken", &page::token(last)));
        body.insert("@odata.nextLink".to_owned(), json!(link));
    }
    let value = found.iter().map(|(oid, person)| {
        let names = query.select.iter();
        let said = names.map(|name| ((*name).to_owned(), value(oid, person, name)));
        let mut shown: Map<String, Value> = said.collect();
        shown.insert("id".to_owned(), json!(oid));
        Value::Object(shown)
    });
    body.insert("value".to_owned(), value.collect());
    Ok(Answer::json(200, &Value::Object(body)))
}

fn is_set_up(person: &Person) -> bool {
    person.is_licensed(License::Teams) || person.is_licensed(License::TeamsPhoneResourceAccount)
}

fn has_phone(person: &Person) -> bool {
    person.is_licensed(License::TeamsPhone)
        || person.is_licensed(License::TeamsPhoneResourceAccount)
}

fn value(oid: &str, person: &Person, name: &str) -> Value {
    match name {
        "id" => json!(oid),
        "tenantId" => json!(person.tenant),
        "userPrincipalName" => json!(person.upn),
        "accountType" => match person.kind {
            person::Kind::Member => json!("user"),
            person::Kind::Guest => json!("guest"),
            person::Kind::ResourceAccount => json!("resourceAccount"),
        },
        "isEnterpriseVoiceEnabled" => json!(has_phone(person)),
        "featureTypes" => match (person.is_licensed(License::Teams), has_phone(person)) {
            (true, true) => json!(["Teams", "PhoneSystem"]),
            (true, false) => json!(["Teams"]),
            (false, true) => json!(["PhoneSystem"]),
            (false, false) => json!([]),
        },
        // Whose license for phones ran out has no line.
        "telephoneNumbers" => match person.profile.line_number.as_str() {
            number if !number.is_empty() && has_phone(person) => {
                json!([{"telephoneNumber": number, "assignmentCategory": "primary"}])
            }
            _ => json!([]),
        },
        "effectivePolicyAssignments" => json!([]),
        "createdDateTime" | "modifiedDateTime" => json!(CREATED),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::directory::PlanState;

    // B-079
    #[test]
    fn line_is_told_of_whoever_has_a_license_for_it_and_every_property_has_a_value() {
        let mut person = Person::new("x");
        "+12535550100".clone_into(&mut person.profile.line_number);
        person.licenses.insert(License::Teams, PlanState::Enabled);
        assert!(is_set_up(&person));
        assert_eq!(value("x", &person, "telephoneNumbers"), json!([]));
        person
            .licenses
            .insert(License::TeamsPhone, PlanState::Enabled);
        let numbers = value("x", &person, "telephoneNumbers");
        assert_eq!(numbers[0]["telephoneNumber"], "+12535550100");
        for property in PROPERTIES {
            assert!(
                !value("x", &person, property.name).is_null(),
                "{}",
                property.name
            );
        }
    }
}
