//! Who can sign in to the emulated Entra: people, groups, the roles that the application gives them, and
//! what is open because of it (browsers, codes, refresh tokens). It knows no wire form.

pub(crate) use super::person::{License, Person, PlanState};
use crate::graph::permission;
use crate::limits;
use crate::options::defaults;
use crate::tenant::Tenant;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

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
    /// Whether it is there, and works.
    pub(crate) standing: Standing,
    /// Permissions of Graph that an administrator has granted the application itself.
    pub(crate) application_permissions: BTreeSet<String>,
    /// The same for what it does in the name of people.
    pub(crate) delegated_permissions: BTreeSet<String>,
}

/// What became of the application in the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    Enabled,
    /// Under Enterprise applications: it has no tokens (AADSTS7000112).
    Disabled,
    /// It was deleted there (AADSTS700016).
    Absent,
}

impl Application {
    pub(crate) fn is_enabled(&self) -> bool {
        self.standing == Standing::Enabled
    }

    /// An administrator accepts all that the registration asks for.
    pub(crate) fn consent(&mut self) {
        let granted = Self::default();
        self.consented = true;
        self.standing = Standing::Enabled;
        self.application_permissions = granted.application_permissions;
        self.delegated_permissions = granted.delegated_permissions;
    }
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
            standing: Standing::Enabled,
            application_permissions: permission::REQUESTED.map(str::to_owned).into(),
            delegated_permissions: permission::REQUESTED_OF_PEOPLE.map(str::to_owned).into(),
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

/// Somebody who is not there any more.
#[derive(Debug, Clone)]
pub(crate) struct Removed {
    oid: String,
    pub(crate) tenant: String,
    pub(crate) reason: Removal,
}

/// Whether somebody who left can be restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removal {
    Restorable,
    ForGood,
}

/// One change of the people.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change<'a> {
    pub(crate) version: u64,
    pub(crate) oid: &'a str,
    pub(crate) what: What<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum What<'a> {
    Is(&'a Person),
    Left(&'a Removed),
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
    /// By object id; whoever changes somebody does it by `put`, `remove` or `set_license`, which tell the time.
    pub(crate) people: BTreeMap<String, Person>,
    /// Who was removed, by the version of it.
    removed: BTreeMap<u64, Removed>,
    /// Counts the changes of people.
    version: u64,
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
    /// So many people of the tenant, and its resource accounts. The Teams users are the first people; none has a role.
    pub(crate) fn new(teams_users: usize, people: usize, tenant: &Tenant) -> Self {
        let people = people.max(teams_users).min(limits::PEOPLE_MAX);
        let accounts = tenant.accounts.iter().map(Person::of_account);
        Self {
            people: (0..people)
                .map(|index| Person::of_tenant(index, teams_users))
                .chain(accounts)
                .collect(),
            removed: BTreeMap::new(),
            version: 0,
            groups: BTreeMap::new(),
            application: Application::default(),
            scripted: VecDeque::new(),
            browsers: Kept::default(),
            codes: Kept::default(),
            refreshes: Kept::default(),
            devices: Kept::default(),
        }
    }

    /// The number of the last change.
    pub(crate) const fn version(&self) -> u64 {
        self.version
    }

    /// Adds somebody, or says something else of them.
    pub(crate) fn put(&mut self, oid: String, mut person: Person) {
        self.version += 1;
        person.changed = self.version;
        self.removed.retain(|_, removed| removed.oid != oid);
        self.people.insert(oid, person);
    }

    /// Somebody leaves; `false` when nobody has this id.
    pub(crate) fn remove(&mut self, oid: &str, reason: Removal) -> bool {
        let Some(person) = self.people.remove(oid) else {
            return false;
        };
        self.revoke(oid);
        self.version += 1;
        if self.removed.len() >= limits::REMOVED_PEOPLE_KEPT_MAX {
            self.removed.pop_first();
        }
        let removed = Removed {
            oid: oid.to_owned(),
            tenant: person.tenant,
            reason,
        };
        self.removed.insert(self.version, removed);
        true
    }

    pub(crate) fn has_license(&self, oid: &str, license: License) -> bool {
        let person = self.people.get(oid);
        person.is_some_and(|person| person.is_licensed(license))
    }

    /// A license is given, taken away or runs out.
    pub(crate) fn set_license(&mut self, oid: &str, license: License, state: PlanState) {
        let Some(mut person) = self.people.get(oid).cloned() else {
            return;
        };
        if state == PlanState::Deleted && !person.licenses.contains_key(&license) {
            return;
        }
        person.licenses.insert(license, state);
        self.put(oid.to_owned(), person);
    }

    /// Who changed, came or left after a version, in the order of it.
    pub(crate) fn changes_after(&self, version: u64) -> Vec<Change<'_>> {
        let changed = self.people.iter().filter(|(_, it)| it.changed > version);
        let changed = changed.map(|(oid, person)| Change {
            version: person.changed,
            oid,
            what: What::Is(person),
        });
        let left = self.removed.range(version.saturating_add(1)..);
        let left = left.map(|(version, removed)| Change {
            version: *version,
            oid: &removed.oid,
            what: What::Left(removed),
        });
        let mut changes: Vec<Change<'_>> = changed.chain(left).collect();
        changes.sort_by_key(|change| change.version);
        changes
    }

    /// Whether all that happened after a version is still known.
    pub(crate) fn remembers(&self, version: u64) -> bool {
        let is_full = self.removed.len() >= limits::REMOVED_PEOPLE_KEPT_MAX;
        let oldest = self.removed.keys().next().copied().unwrap_or(0);
        version <= self.version && (!is_full || version >= oldest)
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
    use crate::tenant;

    #[test]
    fn changes_are_told_in_their_order_and_only_what_came_after() {
        let mut directory = Directory::new(3, 3, &Tenant::new());
        let oid = |index| tenant::person(index).oid;
        assert!(directory.changes_after(0).is_empty());
        directory.set_license(&oid(2), License::TeamsPhone, PlanState::Deleted);
        assert!(directory.remove(&oid(0), Removal::Restorable));
        assert!(!directory.remove(&oid(0), Removal::ForGood));
        let told = |version| -> Vec<String> {
            let changes = directory.changes_after(version);
            changes.iter().map(|change| change.oid.to_owned()).collect()
        };
        assert_eq!(told(0), [oid(2), oid(0)]);
        assert_eq!(told(1), [oid(0)]);
        assert!(directory.remembers(0) && !directory.remembers(3));
        // Who comes back has not left.
        directory.put(oid(0), Person::new(&oid(0)));
        assert_eq!(directory.changes_after(1).len(), 1);
    }

    #[test]
    fn roles_come_by_name_and_through_groups() {
        let mut directory = Directory::new(1, 1, &Tenant::new());
        let tenant::Named { oid, upn, .. } = tenant::person(0);
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
