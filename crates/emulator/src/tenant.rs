//! The emulated tenant: names and ids of its people, resource accounts and numbers.
//!
//! Fixed by arithmetic, so that documentation, tests and configurations can name them.

use crate::options::defaults;
use serde_json::{Value, json};

#[derive(Debug, Clone)]
pub(crate) struct ResourceAccount {
    pub(crate) oid: String,
    pub(crate) number: String,
    pub(crate) name: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    pub(crate) accounts: Vec<ResourceAccount>,
}

const SPARE_ACCOUNTS: [&str; 5] = [
    "Sales line",
    "Service line",
    "Billing line",
    "Orders line",
    "Emergency repairs",
];

const GIVEN: [&str; 40] = [
    "Adele",
    "Alex",
    "Amara",
    "Anton",
    "Bianca",
    "Carlos",
    "Chidi",
    "Christie",
    "Debra",
    "Diego",
    "Elena",
    "Emil",
    "Fatima",
    "Grady",
    "Hana",
    "Henrietta",
    "Ingrid",
    "Irvin",
    "Isaiah",
    "Johanna",
    "Joni",
    "Kenji",
    "Lee",
    "Lidia",
    "Lynne",
    "Megan",
    "Miriam",
    "Nestor",
    "Noor",
    "Olga",
    "Patti",
    "Pradeep",
    "Quentin",
    "Rosa",
    "Sofia",
    "Tariq",
    "Ulla",
    "Viktor",
    "Wanda",
    "Yusuf",
];
const FAMILY: [&str; 20] = [
    "Vance", "Wilber", "Okafor", "Berg", "Ferrari", "Mendes", "Anagonye", "Cline", "Lopez",
    "Ramos", "Petrova", "Lind", "Haddad", "Archie", "Sato", "Mueller", "Dahl", "Sayers", "Langer",
    "Lorenz",
];

impl Tenant {
    pub(crate) fn new() -> Self {
        let mut accounts = vec![ResourceAccount {
            oid: defaults::RESOURCE_ACCOUNT.to_owned(),
            number: defaults::RESOURCE_ACCOUNT_NUMBER.to_owned(),
            name: "Contact center".to_owned(),
        }];
        for (index, name) in SPARE_ACCOUNTS.iter().enumerate() {
            accounts.push(ResourceAccount {
                oid: format!("cc123456-5678-5678-1234-ccc12345679{index}"),
                number: format!("+1425555010{}", index + 1),
                name: (*name).to_owned(),
            });
        }
        Self { accounts }
    }

    pub(crate) fn account_of_number(&self, number: &str) -> Option<&ResourceAccount> {
        self.accounts
            .iter()
            .find(|account| account.number == number)
    }

    pub(crate) fn account(&self, oid: &str) -> Option<&ResourceAccount> {
        self.accounts
            .iter()
            .find(|account| account.oid.eq_ignore_ascii_case(oid))
    }

    pub(crate) fn accounts_json(&self) -> Value {
        let account = |account: &ResourceAccount| json!({"oid": account.oid, "number": account.number, "name": account.name});
        self.accounts.iter().map(account).collect()
    }
}

/// Who somebody of the tenant is; the first of them are the Teams users.
pub(crate) struct Named {
    pub(crate) oid: String,
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    pub(crate) upn: String,
}

impl Named {
    pub(crate) fn full(&self) -> String {
        format!("{} {}", self.given, self.family)
    }
}

/// The n-th person of the tenant.
pub(crate) fn person(index: usize) -> Named {
    let (head, tail) = defaults::FIRST_TEAMS_USER
        .rsplit_once('-')
        .expect("the constant is a uuid");
    let first = u64::from_str_radix(tail, 16).expect("the constant is a uuid");
    let oid = format!(
        "{head}-{:012x}",
        first.wrapping_add(u64::try_from(index).unwrap_or(0))
    );
    let given = GIVEN[index % GIVEN.len()];
    let family = FAMILY[(index + index / GIVEN.len()) % FAMILY.len()];
    let number = if index < GIVEN.len() {
        String::new()
    } else {
        (index / GIVEN.len()).to_string()
    };
    let upn = format!(
        "{}.{}{number}@tandem.example",
        given.to_lowercase(),
        family.to_lowercase()
    );
    Named {
        oid,
        given,
        family,
        upn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn people_count_up_from_the_fixed_id_and_have_names_of_their_own() {
        assert_eq!(person(0).oid, "0269be4d-5be0-4770-bf9c-a1bf50ee78d5");
        assert_eq!(person(1).oid, "0269be4d-5be0-4770-bf9c-a1bf50ee78d6");
        let names: BTreeSet<String> = (0..40).map(|index| person(index).full()).collect();
        assert_eq!(names.len(), 40);
        let sign_ins: BTreeSet<String> = (0..20_000).map(|index| person(index).upn).collect();
        assert_eq!(sign_ins.len(), 20_000);
    }

    #[test]
    fn default_number_belongs_to_the_default_account() {
        let tenant = Tenant::new();
        assert_eq!(
            tenant.account_of_number("+14255550100").unwrap().oid,
            "cc123456-5678-5678-1234-ccc123456789"
        );
        assert_eq!(tenant.accounts.len(), 6);
    }
}
