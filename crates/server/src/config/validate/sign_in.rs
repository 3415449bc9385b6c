//! `[centers.sign_in]`: who may sign in, and what Entra's roles mean here.

use super::super::{MicrosoftSignIn, PasswordSignIn, SignIn, file};
use super::{Secret, Validator};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tandem_core::role::Role;
use toml::Spanned;

/// Tenants whose people may sign in to one center.
const TENANTS_MAX: usize = 32;
/// Roles and groups of Entra that give a role here.
const MAPPINGS_MAX: usize = 200;
/// Minutes for which Entra's word holds, unless the file says otherwise.
const SESSION_MINUTES: u32 = 60;

impl Validator<'_> {
    pub(super) fn sign_in(
        &mut self,
        key: &str,
        section: Option<Spanned<file::SignIn>>,
    ) -> Option<SignIn> {
        let Some(section) = section else {
            return Some(SignIn::default());
        };
        let place = section.span().start;
        let section = section.into_inner();
        let password = match section.password {
            None | Some(true) => PasswordSignIn::Allowed,
            Some(false) => PasswordSignIn::Refused,
        };
        let names_application = section.client_id.is_some()
            || section.client_secret_file.is_some()
            || section.client_secret_env.is_some()
            || !section.tenants.is_empty();
        if !names_application {
            if password == PasswordSignIn::Refused {
                let fix = "write `tenants`, `client_id` and `client_secret_file` (or `_env`), \
                           or allow passwords";
                self.problem(key, Some(place), "lets nobody sign in", fix);
                return None;
            }
            return Some(SignIn::default());
        }
        let microsoft = self.microsoft(key, place, section)?;
        Some(SignIn {
            password,
            microsoft: Some(microsoft),
        })
    }

    fn microsoft(
        &mut self,
        key: &str,
        place: usize,
        section: file::SignIn,
    ) -> Option<MicrosoftSignIn> {
        let tenants = self.tenants(key, place, &section.tenants);
        let secret = self.secret(
            &format!("{key}.client_secret"),
            section.client_secret_file,
            section.client_secret_env,
        );
        if matches!(secret, Secret::Absent) {
            let fix = "write `client_secret_file` or `client_secret_env`";
            self.problem(key, Some(place), "has no client secret", fix);
        }
        let Some(client_id) = section.client_id else {
            let fix = "write the application (client) id of the app registration";
            self.problem(key, Some(place), "has no `client_id`", fix);
            return None;
        };
        self.guid(&format!("{key}.client_id"), &client_id);
        let minutes = section.session_minutes;
        if let Some(minutes) = &minutes
            && !(5..=720).contains(minutes.get_ref())
        {
            let fix = "write 5 to 720";
            let key = format!("{key}.session_minutes");
            self.at(&key, minutes, "is too short or too long", fix);
        }
        let minutes = minutes.map_or(SESSION_MINUTES, Spanned::into_inner);
        let roles = match section.roles {
            Some(roles) => self.mapping(&format!("{key}.roles"), roles),
            None => default_roles(),
        };
        let groups = self.mapping(&format!("{key}.groups"), section.groups);
        let Secret::Given(client_secret) = secret else {
            return None;
        };
        Some(MicrosoftSignIn {
            tenants,
            client_id: client_id.into_inner().to_lowercase(),
            client_secret,
            confirmed_for: Duration::from_secs(u64::from(minutes) * 60),
            roles,
            groups: groups
                .into_iter()
                .map(|(id, role)| (id.to_lowercase(), role))
                .collect(),
        })
    }

    fn tenants(
        &mut self,
        key: &str,
        place: usize,
        tenants: &[Spanned<String>],
    ) -> BTreeSet<String> {
        let key = format!("{key}.tenants");
        if tenants.is_empty() {
            let fix = "name the tenants whose people may sign in, such as [\"87d349ed-...\"]";
            self.problem(&key, Some(place), "names nobody", fix);
        }
        if let Some(extra) = tenants.get(TENANTS_MAX) {
            self.at(
                &key,
                extra,
                "are too many",
                &format!("name at most {TENANTS_MAX}"),
            );
        }
        for tenant in tenants {
            self.guid(&key, tenant);
        }
        tenants
            .iter()
            .map(|it| it.get_ref().to_lowercase())
            .collect()
    }

    fn mapping(
        &mut self,
        key: &str,
        roles: BTreeMap<String, Spanned<String>>,
    ) -> BTreeMap<String, Role> {
        if let Some(extra) = roles.values().nth(MAPPINGS_MAX) {
            self.at(
                key,
                extra,
                "are too many",
                &format!("name at most {MAPPINGS_MAX}"),
            );
        }
        let mut mapping = BTreeMap::new();
        for (name, word) in roles {
            match Role::named(word.get_ref()) {
                Some(role) => {
                    mapping.insert(name, role);
                }
                None => {
                    let words = Role::ALL.map(Role::word).join(", ");
                    let fix = format!("write one of {words}");
                    self.at(&format!("{key}.{name}"), &word, "is not a role", &fix);
                }
            }
        }
        mapping
    }
}

/// B-045: each app role maps to one role of the product.
fn default_roles() -> BTreeMap<String, Role> {
    [
        ("Administrator", Role::Administrator),
        ("Supervisor", Role::Supervisor),
        ("Agent", Role::Agent),
        ("QueueAdministrator", Role::QueueAdministrator),
        ("Quality", Role::Quality),
        ("Analyst", Role::Analyst),
        ("Auditor", Role::Auditor),
    ]
    .map(|(value, role)| (value.to_owned(), role))
    .into()
}
