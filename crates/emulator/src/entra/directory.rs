//! Who can sign in to the emulated Entra: people, groups, the roles that the application gives them, and
//! what is open because of it (browsers, codes, refresh tokens). It knows no wire form.

use crate::limits;
use crate::options::defaults;
use crate::tenant;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Somebody with an account in a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) upn: String,
    pub(crate) tenant: String,
    pub(crate) app_roles: BTreeSet<String>,
    pub(crate) groups: BTreeSet<String>,
    pub(crate) disabled: bool,
    /// May consent for the tenant.
    pub(crate) is_administrator: bool,
}

/// A group, and the roles of the application that it was assigned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    #[serde(default)]
    pub(crate) app_roles: BTreeSet<String>,
}

/// What the administrator of the tenant set on the application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Application {
    /// Whoever has no role may not sign in (AADSTS50105).
    pub(crate) assignment_required: bool,
    /// Without it nobody gets in (AADSTS65001).
    pub(crate) consented: bool,
    /// Whether tokens name groups.
    pub(crate) group_claims: bool,
    /// Where browsers may be sent back to; empty means any https and any loopback address.
    pub(crate) redirect_uris: Vec<String>,
    /// PEM of the certificates that client assertions may be signed with.
    pub(crate) certificates: Vec<String>,
    /// From then on the secret has expired (AADSTS7000222); RFC 3339.
    pub(crate) secret_expires_at: Option<String>,
}

impl Default for Application {
    fn default() -> Self {
        Self {
            assignment_required: false,
            consented: true,
            group_claims: true,
            redirect_uris: Vec::new(),
            certificates: Vec::new(),
            secret_expires_at: None,
        }
    }
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    pub(crate) oid: String,
    pub(crate) sid: String,
}

/// What an authorization code stands for.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) oid: String,
    pub(crate) sid: String,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) issued_ms: u64,
    pub(crate) is_redeemed: bool,
}

/// What a refresh token stands for.
#[derive(Debug, Clone)]
pub(crate) struct Refresh {
    pub(crate) oid: String,
    pub(crate) sid: String,
    pub(crate) scope: String,
    pub(crate) used_ms: u64,
    pub(crate) is_revoked: bool,
}

/// Whether somebody has signed in for a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeviceState {
    Waiting,
    Approved { oid: String },
    Declined,
    Redeemed,
}

/// What a device code stands for.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub(crate) user_code: String,
    pub(crate) tenant: String,
    pub(crate) scope: String,
    pub(crate) issued_ms: u64,
    pub(crate) asked_ms: Option<u64>,
    pub(crate) state: DeviceState,
}

/// A map that forgets its oldest entry when it is full.
#[derive(Debug, Clone)]
pub(crate) struct Kept<T> {
    by_key: BTreeMap<String, T>,
    order: VecDeque<String>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            by_key: BTreeMap::new(),
            order: VecDeque::new(),
        }
    }
}

impl<T> Kept<T> {
    pub(crate) fn insert(&mut self, key: String, value: T) {
        if self.order.len() >= limits::SIGN_INS_KEPT_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_key.remove(&oldest);
        }
        self.order.push_back(key.clone());
        self.by_key.insert(key, value);
    }

    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.by_key.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.by_key.get_mut(key)
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<T> {
        self.order.retain(|kept| kept != key);
        self.by_key.remove(key)
    }

    fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.by_key.retain(|_, value| keep(value));
        let by_key = &self.by_key;
        self.order.retain(|key| by_key.contains_key(key));
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.by_key.values_mut()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Directory {
    pub(crate) people: BTreeMap<String, Person>,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) application: Application,
    /// Who signs in next without the page being shown.
    pub(crate) scripted: VecDeque<String>,
    pub(crate) browsers: Kept<Browser>,
    pub(crate) codes: Kept<Code>,
    pub(crate) refreshes: Kept<Refresh>,
    pub(crate) devices: Kept<Device>,
}

impl Directory {
    /// The Teams users are people of the tenant; none has a role, and the first is its administrator.
    pub(crate) fn new(teams_users: usize) -> Self {
        let person = |index: usize| {
            let (oid, name, upn) = tenant::teams_user(index);
            let person = Person {
                name,
                upn,
                tenant: defaults::TENANT.to_owned(),
                app_roles: BTreeSet::new(),
                groups: BTreeSet::new(),
                disabled: false,
                is_administrator: index == 0,
            };
            (oid, person)
        };
        Self {
            people: (0..teams_users).map(person).collect(),
            groups: BTreeMap::new(),
            application: Application::default(),
            scripted: VecDeque::new(),
            browsers: Kept::default(),
            codes: Kept::default(),
            refreshes: Kept::default(),
            devices: Kept::default(),
        }
    }

    /// A tenant is there when somebody is in it.
    pub(crate) fn has_tenant(&self, tenant: &str) -> bool {
        tenant.eq_ignore_ascii_case(defaults::TENANT)
            || self
                .people
                .values()
                .any(|person| person.tenant.eq_ignore_ascii_case(tenant))
    }

    /// The roles that somebody has in the application, by name or through a group (B-044). Groups do
    /// not nest.
    pub(crate) fn roles(&self, person: &Person) -> BTreeSet<String> {
        let through_groups = person
            .groups
            .iter()
            .filter_map(|id| self.groups.get(id))
            .flat_map(|group| &group.app_roles);
        person
            .app_roles
            .iter()
            .chain(through_groups)
            .cloned()
            .collect()
    }

    /// Whom a scripted sign-in is for, if one waits that fits the hint.
    pub(crate) fn take_scripted(&mut self, hint: Option<&str>) -> Option<String> {
        let fits = |oid: &String| {
            let upn = self.people.get(oid).map(|person| person.upn.as_str());
            hint.is_none_or(|hint| upn.is_some_and(|upn| upn.eq_ignore_ascii_case(hint)))
        };
        let at = self.scripted.iter().position(fits)?;
        self.scripted.remove(at)
    }

    /// Ends what is open for somebody, as "revoke sessions" does in the admin center.
    pub(crate) fn revoke(&mut self, oid: &str) {
        self.browsers.retain(|browser| browser.oid != oid);
        for refresh in self.refreshes.values_mut() {
            refresh.is_revoked |= refresh.oid == oid;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_come_by_name_and_through_groups() {
        let mut directory = Directory::new(1);
        let (oid, _, upn) = tenant::teams_user(0);
        let roles = |directory: &Directory| directory.roles(&directory.people[&oid]);
        assert!(roles(&directory).is_empty());
        let group = Group {
            app_roles: ["Supervisor".to_owned()].into(),
        };
        directory.groups.insert("g1".into(), group);
        let person = directory.people.get_mut(&oid).unwrap();
        person.app_roles = ["Agent".to_owned()].into();
        person.groups = ["g1".to_owned(), "unknown".to_owned()].into();
        let both = BTreeSet::from(["Agent".to_owned(), "Supervisor".to_owned()]);
        assert_eq!(roles(&directory), both);
        directory.scripted.push_back(oid.clone());
        assert_eq!(directory.take_scripted(Some("nobody@x.example")), None);
        assert_eq!(
            directory.take_scripted(Some(&upn.to_uppercase())),
            Some(oid)
        );
    }

    #[test]
    fn oldest_is_forgotten_when_there_are_too_many() {
        let mut kept = Kept::default();
        for n in 0..=limits::SIGN_INS_KEPT_MAX {
            kept.insert(n.to_string(), n);
        }
        assert!(kept.get("0").is_none() && kept.get("1").is_some());
        assert_eq!(kept.remove("1"), Some(1));
    }
}
