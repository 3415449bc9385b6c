//! The operations of Microsoft Graph that the emulator has: route, what it costs, and which permissions open it.
//!
//! One table for v1.0 and beta. Names of paths are read in any case, with or without their namespace, and keys as a segment or in
//! parentheses (microsoft-graph.md 2). `/me` is the person whose token it is.

use crate::identify::decode;

/// Where a request's cost is counted (microsoft-graph.md 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meter {
    /// Parts of a batch are counted by themselves, subscriptions have no published rate; what these open depends on the resource.
    Free,
    /// Identity and access, in resource units before `$select` and its like.
    Identity(u64),
    /// The same, and a write beside it.
    IdentityWrite(u64),
    Presence,
}

/// How far a delegated permission goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// To the signed-in person.
    Own,
    All,
}

pub(crate) struct Route {
    pub(crate) call: GraphCall,
    pub(crate) method: &'static str,
    /// As version 1.0 has it.
    pub(crate) template: &'static str,
    pub(crate) meter: Meter,
    pub(crate) application: &'static [&'static str],
    pub(crate) delegated: &'static [(&'static str, Reach)],
}

macro_rules! routes {
    ($($variant:ident $name:literal $method:literal $template:literal $meter:expr,
        [$($application:literal)*] [$($delegated:literal $reach:ident)*];)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum GraphCall { $($variant,)+ Unknown }

        impl GraphCall {
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ Self::Unknown => "Unknown" }
            }
        }

        pub(crate) const TABLE: &[Route] = &[$(Route {
            call: GraphCall::$variant, method: $method, template: $template, meter: $meter,
            application: &[$($application,)*], delegated: &[$(($delegated, Reach::$reach),)*],
        },)+];
    };
}

routes! {
    Batch "Graph_Batch" "POST" "/v1.0/$batch" Meter::Free, [] [];
    ListUsers "Graph_ListUsers" "GET" "/v1.0/users" Meter::Identity(2), ["User.Read.All"] ["User.Read.All" All];
    CountUsers "Graph_CountUsers" "GET" "/v1.0/users/$count" Meter::Identity(1), ["User.Read.All"] ["User.Read.All" All];
    UsersDelta "Graph_UsersDelta" "GET" "/v1.0/users/delta" Meter::Identity(1), ["User.Read.All"] ["User.Read.All" All];
    GetUser "Graph_GetUser" "GET" "/v1.0/users/{user}" Meter::Identity(1), ["User.Read.All"] ["User.Read" Own "User.Read.All" All];
    ListLicenseDetails "Graph_ListLicenseDetails" "GET" "/v1.0/users/{user}/licenseDetails" Meter::Identity(2), ["User.Read.All" "LicenseAssignment.Read.All"] ["User.Read" Own "User.Read.All" All];
    ListOrganization "Graph_ListOrganization" "GET" "/v1.0/organization" Meter::Identity(1), ["Organization.Read.All"] ["User.Read" All];
    ListUserConfigurations "Graph_ListUserConfigurations" "GET" "/v1.0/admin/teams/userConfigurations" Meter::Free, ["TeamsUserConfiguration.Read.All"] ["TeamsUserConfiguration.Read.All" All];
    ListApplications "Graph_ListApplications" "GET" "/v1.0/applications" Meter::Identity(2), ["Application.Read.All"] [];
    GetApplication "Graph_GetApplication" "GET" "/v1.0/applications/{application}" Meter::Identity(2), ["Application.Read.All"] [];
    ListServicePrincipals "Graph_ListServicePrincipals" "GET" "/v1.0/servicePrincipals" Meter::Identity(1), ["Application.Read.All"] [];
    GetServicePrincipal "Graph_GetServicePrincipal" "GET" "/v1.0/servicePrincipals/{principal}" Meter::Identity(1), ["Application.Read.All"] [];
    ListAppRoleAssignments "Graph_ListAppRoleAssignments" "GET" "/v1.0/servicePrincipals/{principal}/appRoleAssignments" Meter::Identity(2), ["Application.Read.All"] [];
    DeleteAppRoleAssignment "Graph_DeleteAppRoleAssignment" "DELETE" "/v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}" Meter::IdentityWrite(1), ["AppRoleAssignment.ReadWrite.All"] [];
    ListAppRoleAssignedTo "Graph_ListAppRoleAssignedTo" "GET" "/v1.0/servicePrincipals/{principal}/appRoleAssignedTo" Meter::Identity(1), ["Application.Read.All"] [];
    ListPermissionGrants "Graph_ListPermissionGrants" "GET" "/v1.0/servicePrincipals/{principal}/oauth2PermissionGrants" Meter::Identity(1), ["Application.Read.All"] [];
    CreateSubscription "Graph_CreateSubscription" "POST" "/v1.0/subscriptions" Meter::Free, [] [];
    ListSubscriptions "Graph_ListSubscriptions" "GET" "/v1.0/subscriptions" Meter::Free, [] [];
    GetSubscription "Graph_GetSubscription" "GET" "/v1.0/subscriptions/{subscription}" Meter::Free, [] [];
    UpdateSubscription "Graph_UpdateSubscription" "PATCH" "/v1.0/subscriptions/{subscription}" Meter::Free, [] [];
    DeleteSubscription "Graph_DeleteSubscription" "DELETE" "/v1.0/subscriptions/{subscription}" Meter::Free, [] [];
    ReauthorizeSubscription "Graph_ReauthorizeSubscription" "POST" "/v1.0/subscriptions/{subscription}/reauthorize" Meter::Free, [] [];
    GetPresence "Graph_GetPresence" "GET" "/v1.0/users/{user}/presence" Meter::Presence, ["Presence.Read.All" "Presence.ReadWrite.All"] ["Presence.Read" Own "Presence.Read.All" All];
    GetPresenceById "Graph_GetPresenceById" "GET" "/v1.0/communications/presences/{user}" Meter::Presence, ["Presence.Read.All" "Presence.ReadWrite.All"] ["Presence.Read" Own "Presence.Read.All" All];
    GetPresencesByUserId "Graph_GetPresencesByUserId" "POST" "/v1.0/communications/getPresencesByUserId" Meter::Presence, ["Presence.Read.All" "Presence.ReadWrite.All"] ["Presence.Read.All" All];
    SetPresence "Graph_SetPresence" "POST" "/v1.0/users/{user}/presence/setPresence" Meter::Presence, ["Presence.ReadWrite.All"] ["Presence.ReadWrite" Own];
    ClearPresence "Graph_ClearPresence" "POST" "/v1.0/users/{user}/presence/clearPresence" Meter::Presence, ["Presence.ReadWrite.All"] ["Presence.ReadWrite" Own];
    SetUserPreferredPresence "Graph_SetUserPreferredPresence" "POST" "/v1.0/users/{user}/presence/setUserPreferredPresence" Meter::Presence, ["Presence.ReadWrite.All"] ["Presence.ReadWrite" Own];
    ClearUserPreferredPresence "Graph_ClearUserPreferredPresence" "POST" "/v1.0/users/{user}/presence/clearUserPreferredPresence" Meter::Presence, ["Presence.ReadWrite.All"] ["Presence.ReadWrite" Own];
    SetStatusMessage "Graph_SetStatusMessage" "POST" "/v1.0/users/{user}/presence/setStatusMessage" Meter::Presence, ["Presence.ReadWrite.All"] ["Presence.ReadWrite" Own];
}

impl GraphCall {
    /// Whether a batch may have it as a part.
    pub(crate) fn is_part(self) -> bool {
        self != Self::Batch
    }

    /// The row of an operation; what is unknown has none.
    pub(crate) fn route(self) -> Option<&'static Route> {
        TABLE.iter().find(|route| route.call == self)
    }
}

/// The two versions; they differ where Microsoft says so, and nowhere else here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    Beta,
}

impl Version {
    /// What a path is below, with the rest of it.
    pub(crate) fn split(path: &str) -> Option<(Self, &str)> {
        let versions = [("/v1.0/", Self::V1), ("/beta/", Self::Beta)];
        versions.into_iter().find_map(|(prefix, version)| {
            let head = path.get(..prefix.len())?;
            head.eq_ignore_ascii_case(prefix)
                .then(|| (version, path.get(prefix.len()..).unwrap_or_default()))
        })
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1.0",
            Self::Beta => "beta",
        }
    }
}

/// `None` when a path is not Graph's at all.
pub(crate) fn identify(method: &str, path: &str) -> Option<(GraphCall, Vec<String>)> {
    let (_, rest) = Version::split(path)?;
    let given = segments(rest);
    let found = TABLE.iter().filter(|route| route.method == method);
    let found = found.filter_map(|route| Some((route.call, matches(route.template, &given)?)));
    // A literal goes before a key: `users/delta` is not somebody called delta.
    Some(
        found
            .min_by_key(|(_, keys)| keys.len())
            .unwrap_or((GraphCall::Unknown, Vec::new())),
    )
}

/// The segments of a path in one form: decoded, without namespaces, keys by themselves, and `me` as a key of users.
fn segments(rest: &str) -> Vec<String> {
    let mut segments = Vec::new();
    for raw in rest.split('/').filter(|segment| !segment.is_empty()) {
        let segment = decode(raw);
        let segment = segment.strip_prefix("microsoft.graph.").unwrap_or(&segment);
        let segment = segment
            .rsplit_once("microsoft.graph.")
            .map_or(segment, |(_, name)| name);
        match segment
            .split_once('(')
            .and_then(|(name, key)| Some((name, key.strip_suffix(')')?)))
        {
            Some((name, "")) => segments.push(name.to_owned()),
            Some((name, key)) => segments.extend([name.to_owned(), unquoted(key)]),
            None => segments.push(segment.to_owned()),
        }
    }
    if segments
        .first()
        .is_some_and(|first| first.eq_ignore_ascii_case("me"))
    {
        segments.insert(0, "users".to_owned());
    }
    segments
}

/// `'x'` as x, and `appId='x'` as appId=x: an alternate key.
fn unquoted(key: &str) -> String {
    let (name, value) = key
        .split_once('=')
        .map_or(("", key), |(name, value)| (name, value));
    let bare = value
        .strip_prefix('\'')
        .and_then(|value| value.strip_suffix('\''))
        .unwrap_or(value);
    match name {
        "" => bare.to_owned(),
        name => format!("{name}={bare}"),
    }
}

fn matches(template: &str, given: &[String]) -> Option<Vec<String>> {
    let wanted: Vec<&str> = template.split('/').skip(2).collect();
    if wanted.len() != given.len() {
        return None;
    }
    let mut keys = Vec::new();
    for (wanted, given) in wanted.iter().zip(given) {
        if wanted.starts_with('{') {
            keys.push(given.clone());
        } else if !wanted.eq_ignore_ascii_case(given) {
            return None;
        }
    }
    Some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    fn found(method: &str, path: &str) -> (GraphCall, Vec<String>) {
        identify(method, path).unwrap()
    }

    #[test]
    fn paths_are_read_in_every_form_that_clients_write() {
        let somebody = |key: &str| (GraphCall::GetUser, vec![key.to_owned()]);
        for path in [
            "/v1.0/users/u1",
            "/beta/Users('u1')",
            "/v1.0/users%28%27u1%27%29",
        ] {
            assert_eq!(found("GET", path), somebody("u1"), "{path}");
        }
        assert_eq!(found("GET", "/v1.0/me"), somebody("me"));
        assert_eq!(
            found("GET", "/v1.0/me/licensedetails").0,
            GraphCall::ListLicenseDetails
        );
        assert_eq!(
            found("GET", "/v1.0/users/ann%40tandem.example"),
            somebody("ann@tandem.example")
        );
        for path in [
            "/v1.0/users/delta",
            "/v1.0/users/microsoft.graph.delta()",
            "/beta/users/delta()",
        ] {
            assert_eq!(found("GET", path).0, GraphCall::UsersDelta, "{path}");
        }
        assert_eq!(
            found("GET", "/v1.0/users/%24count").0,
            GraphCall::CountUsers
        );
        let by_app = (GraphCall::GetApplication, vec!["appId=a1".to_owned()]);
        assert_eq!(found("GET", "/v1.0/applications(appId='a1')"), by_app);
        assert_eq!(found("POST", "/v1.0/users").0, GraphCall::Unknown);
        assert_eq!(identify("GET", "/v1/users"), None);
    }

    // spec: permissions.json
    #[test]
    fn every_permission_is_one_of_the_catalogue() {
        let catalogue: Value =
            serde_json::from_str(include_str!("../../testdata/permissions.json")).unwrap();
        let of = |kind: &str| -> BTreeSet<String> {
            let all = catalogue["permissions"].as_array().unwrap().iter();
            let all = all.filter(|one| one["type"] == kind);
            all.map(|one| one["name"].as_str().unwrap().to_owned())
                .collect()
        };
        let (application, delegated) = (of("Application"), of("Delegated"));
        for route in TABLE {
            for name in route.application {
                let is_known = application.contains(*name) || UNLISTED.contains(name);
                assert!(is_known, "{name} of {}", route.call.name());
            }
            for (name, _) in route.delegated {
                assert!(delegated.contains(*name), "{name} of {}", route.call.name());
            }
        }
    }

    /// Named by the reference (microsoft-graph.md 3.4), but not by the catalogue's extract.
    const UNLISTED: [&str; 1] = ["Organization.Read.All"];

    #[test]
    fn every_operation_stands_in_the_documentation_and_was_used_by_a_client_that_is_not_ours() {
        let page = include_str!("../../../../docs/emulator.md");
        let table = include_str!("../../../../docs/emulator-conformance.md");
        for route in TABLE {
            let name = route.call.name();
            assert!(
                page.contains(&format!("| {name} |")),
                "{name} in docs/emulator.md"
            );
            assert!(
                table.contains(&format!("\n| {name} | ")),
                "{name} in docs/emulator-conformance.md"
            );
        }
    }
}
