//! Somebody of a directory: who they are, how they are reached, and what they are licensed for.
//!
//! Facts of the first people follow from their number, so that documents, tests and configurations can name them.

use crate::options::defaults;
use crate::tenant::{self, ResourceAccount};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody with an account in a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) upn: String,
    pub(crate) tenant: String,
    pub(crate) kind: Kind,
    pub(crate) app_roles: BTreeSet<String>,
    pub(crate) groups: BTreeSet<String>,
    pub(crate) disabled: bool,
    /// May consent for the tenant.
    pub(crate) is_administrator: bool,
    #[serde(flatten)]
    pub(crate) profile: Profile,
    pub(crate) licenses: BTreeMap<License, PlanState>,
    /// The directory's version when something about this person changed last; nobody sets it by hand.
    #[serde(skip)]
    pub(super) changed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Member,
    /// Of another organization, invited.
    Guest,
    /// An account of a phone line: nobody signs in with it.
    ResourceAccount,
}

/// What a directory says of somebody beside the name; a text that is empty is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Profile {
    pub(crate) given_name: String,
    pub(crate) surname: String,
    pub(crate) mail: String,
    pub(crate) job_title: String,
    pub(crate) department: String,
    pub(crate) office_location: String,
    pub(crate) business_phone: String,
    pub(crate) mobile_phone: String,
    pub(crate) fax_number: String,
    pub(crate) usage_location: String,
    /// Of the line in Teams, which the directory itself does not tell.
    pub(crate) line_number: String,
}

/// A license that can be assigned, with the service plan that it contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum License {
    Teams,
    TeamsPhone,
    TeamsPhoneResourceAccount,
}

/// What is left of a service plan; `Warning` still works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlanState {
    Enabled,
    Warning,
    Suspended,
    Deleted,
    LockedOut,
}

impl License {
    /// Ids of the service plan (microsoft-graph.md 3.3).
    pub(crate) const fn plan_id(self) -> &'static str {
        match self {
            Self::Teams => "57ff2da0-773e-42df-b2af-ffb7a2317929",
            Self::TeamsPhone => "4828c8ec-dc2e-4779-b502-87ac9ce28ab7",
            Self::TeamsPhoneResourceAccount => "f47330e9-c134-43b3-9993-e7f004506889",
        }
    }

    pub(crate) const fn plan_name(self) -> &'static str {
        match self {
            Self::Teams => "TEAMS1",
            Self::TeamsPhone => "MCOEV",
            Self::TeamsPhoneResourceAccount => "MCOEV_VIRTUALUSER",
        }
    }

    pub(crate) const fn service(self) -> &'static str {
        match self {
            Self::Teams => "TeamspaceAPI",
            Self::TeamsPhone | Self::TeamsPhoneResourceAccount => "MicrosoftCommunicationsOnline",
        }
    }

    /// Ids of what is sold (microsoft-graph.md 12.1); that of Teams alone is unconfirmed.
    pub(crate) const fn sku_id(self) -> &'static str {
        match self {
            Self::Teams => "7e31c0d9-9551-471d-836f-32ee72be4a01",
            Self::TeamsPhone => "e43b5b99-8dfb-405f-9987-dc307f34bcbd",
            Self::TeamsPhoneResourceAccount => "440eaaa8-b3e0-484b-a8be-62870b9ba70a",
        }
    }

    pub(crate) const fn sku_part_number(self) -> &'static str {
        match self {
            Self::Teams => "Microsoft_Teams_Enterprise_New",
            Self::TeamsPhone => "MCOEV",
            Self::TeamsPhoneResourceAccount => "PHONESYSTEM_VIRTUALUSER",
        }
    }
}

impl PlanState {
    pub(crate) const fn works(self) -> bool {
        match self {
            Self::Enabled | Self::Warning => true,
            Self::Suspended | Self::Deleted | Self::LockedOut => false,
        }
    }

    /// `capabilityStatus` of an assigned plan.
    pub(crate) const fn capability(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Warning => "Warning",
            Self::Suspended => "Suspended",
            Self::Deleted => "Deleted",
            Self::LockedOut => "LockedOut",
        }
    }
}

const JOBS: [(&str, &str); 8] = [
    ("Account Manager", "Sales"),
    ("Support Engineer", "Service"),
    ("Accountant", "Finance"),
    ("Dispatcher", "Operations"),
    ("Team Lead", "Service"),
    ("Buyer", "Purchasing"),
    ("Consultant", "Sales"),
    ("Technician", "Operations"),
];
const OFFICES: [&str; 4] = ["Seattle 18/2111", "Dublin 2", "Munich 4", "Remote"];

/// Of a hundred people of a large directory the last but one is a guest, and one in fifty has left.
const GUEST_OF_100: usize = 98;
const LEFT_OF_50: usize = 49;

impl Person {
    /// Nobody in particular.
    pub(crate) fn new(oid: &str) -> Self {
        Self {
            name: "Somebody".to_owned(),
            upn: format!("{oid}@tandem.example"),
            tenant: defaults::TENANT.to_owned(),
            kind: Kind::Member,
            app_roles: BTreeSet::new(),
            groups: BTreeSet::new(),
            disabled: false,
            is_administrator: false,
            profile: Profile::default(),
            licenses: BTreeMap::new(),
            changed: 0,
        }
    }

    /// The n-th person of the tenant. The Teams users come first; the first of them is the administrator.
    pub(super) fn of_tenant(index: usize, teams_users: usize) -> (String, Self) {
        let named = tenant::person(index);
        let is_teams_user = index < teams_users;
        let kind = if !is_teams_user && index % 100 == GUEST_OF_100 {
            Kind::Guest
        } else {
            Kind::Member
        };
        let person = Self {
            name: named.full(),
            upn: named.upn.clone(),
            kind,
            disabled: !is_teams_user && index % 50 == LEFT_OF_50,
            is_administrator: index == 0,
            profile: profile(index, &named),
            licenses: licenses(index, is_teams_user, kind),
            ..Self::new(&named.oid)
        };
        (named.oid, person)
    }

    /// A resource account: an ordinary user that is disabled (microsoft-graph.md 3.1).
    pub(super) fn of_account(account: &ResourceAccount) -> (String, Self) {
        let alias = account.name.to_lowercase().replace(' ', ".");
        let person = Self {
            name: account.name.clone(),
            upn: format!("{alias}@tandem.example"),
            kind: Kind::ResourceAccount,
            disabled: true,
            profile: Profile {
                business_phone: account.number.clone(),
                usage_location: "US".to_owned(),
                line_number: account.number.clone(),
                ..Profile::default()
            },
            licenses: [(License::TeamsPhoneResourceAccount, PlanState::Enabled)].into(),
            ..Self::new(&account.oid)
        };
        (account.oid.clone(), person)
    }

    /// Whether somebody could sign in with it: resource accounts have nobody.
    pub(crate) const fn signs_in(&self) -> bool {
        match self.kind {
            Kind::Member | Kind::Guest => true,
            Kind::ResourceAccount => false,
        }
    }

    pub(crate) fn is_licensed(&self, license: License) -> bool {
        let state = self.licenses.get(&license);
        state.is_some_and(|state| state.works())
    }
}

/// Numbers have no fixed form in a directory (microsoft-graph.md 3.1), and not everybody has each.
fn profile(index: usize, named: &tenant::Named) -> Profile {
    let (job_title, department) = JOBS[index % JOBS.len()];
    let line = 5_560_000 + index % 1_000_000;
    let business_phone = if index % 3 == 1 {
        let (exchange, last) = (line / 10_000, line % 10_000);
        format!("(425) {exchange:03}-{last:04}")
    } else {
        format!("+1425{line}")
    };
    // Who has no mobile phone has a number in Teams.
    let (mobile_phone, line_number) = if index % 4 == 3 {
        (String::new(), format!("+1253{line}"))
    } else {
        (format!("+1206{line}"), String::new())
    };
    let fax_number = if index.is_multiple_of(5) {
        format!("+1360{line}")
    } else {
        String::new()
    };
    Profile {
        given_name: named.given.to_owned(),
        surname: named.family.to_owned(),
        mail: named.upn.clone(),
        job_title: job_title.to_owned(),
        department: department.to_owned(),
        office_location: OFFICES[index % OFFICES.len()].to_owned(),
        business_phone,
        mobile_phone,
        fax_number,
        usage_location: "US".to_owned(),
        line_number,
    }
}

/// Every Teams user has Teams Phone; of the others one in ten has no Teams, and three in ten have Teams Phone.
fn licenses(index: usize, is_teams_user: bool, kind: Kind) -> BTreeMap<License, PlanState> {
    let has_teams = is_teams_user || (kind == Kind::Member && index % 10 != 9);
    let has_phone = is_teams_user || (has_teams && index % 10 < 3);
    let held = [
        (License::Teams, has_teams),
        (License::TeamsPhone, has_phone),
    ];
    held.into_iter()
        .filter(|(_, is_held)| *is_held)
        .map(|(license, _)| (license, PlanState::Enabled))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    // spec: teams-numbers-and-licences.json
    #[test]
    fn plans_and_skus_have_the_ids_that_microsoft_publishes() {
        let published: Value = serde_json::from_str(include_str!(
            "../../testdata/teams-numbers-and-licenses.json"
        ))
        .unwrap();
        for license in [
            License::Teams,
            License::TeamsPhone,
            License::TeamsPhoneResourceAccount,
        ] {
            let plans = published["service_plans"].as_array().unwrap();
            let plan = plans
                .iter()
                .find(|plan| plan["name"] == license.plan_name());
            let plan = plan.unwrap();
            assert_eq!(plan["id"], license.plan_id());
            let service = plan["assignedPlans_service"].as_str();
            assert!(service.is_none_or(|service| service == license.service()));
            let skus = published["sku_names"].as_array().unwrap();
            let sku = skus
                .iter()
                .find(|sku| sku["skuPartNumber"] == license.sku_part_number());
            assert!(sku.is_none_or(|sku| sku["skuId"] == license.sku_id()));
        }
    }

    #[test]
    fn teams_users_come_first_and_have_everything_and_the_others_are_a_mixed_company() {
        let people: Vec<Person> = (0..200).map(|n| Person::of_tenant(n, 40).1).collect();
        let has_phone = |person: &Person| person.is_licensed(License::TeamsPhone);
        assert!(people[..40].iter().all(|it| has_phone(it) && !it.disabled));
        let others = &people[40..];
        let n_without_teams = others
            .iter()
            .filter(|it| !it.is_licensed(License::Teams))
            .count();
        assert!((16..=20).contains(&n_without_teams), "{n_without_teams}");
        assert!(others.iter().any(|it| it.kind == Kind::Guest));
        assert!(others.iter().any(|it| it.disabled));
        assert!(!people[1].profile.business_phone.starts_with('+'));
    }
}
