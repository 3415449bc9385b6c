//! Which crate may depend on which: design and code agree, or this fails.
//! The table is an allow-list of edges, whatever the kind of dependency (normal, build, dev).

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Finding;

/// Our crates and the ones of ours that each may use.
const FLOORS: &[(&str, &[&str])] = &[
    ("tandem-core", &[]),
    ("tandem-sip", &[]),
    ("tandem-media", &[]),
    ("tandem-microsoft", &[]),
    ("tandem-store", &["tandem-core"]),
    ("tandem-reports", &["tandem-core"]),
    ("tandem-simulation", &["tandem-core", "tandem-reports"]),
    ("tandem-transport", &["tandem-sip", "tandem-media"]),
    (
        "tandem-emulator",
        &[
            "tandem-microsoft",
            "tandem-sip",
            "tandem-media",
            "tandem-transport",
        ],
    ),
    (
        "tandem-server",
        &[
            "tandem-core",
            "tandem-sip",
            "tandem-media",
            "tandem-transport",
            "tandem-microsoft",
            "tandem-store",
            "tandem-reports",
        ],
    ),
    // Composition only; `core` for `replay` and the benchmarks, and what calls are made of for those of calls.
    (
        "tandem",
        &[
            "tandem-server",
            "tandem-emulator",
            "tandem-simulation",
            "tandem-core",
            "tandem-sip",
            "tandem-media",
            "tandem-transport",
        ],
    ),
    ("xtask", &[]),
];

/// Tests may look at everything.
const UNLIMITED: &[&str] = &["tandem-tests"];

/// Crates that bring an executor, sockets, a database, a clock or chance: nothing of floor 0 may name one.
const IMPURE: &[&str] = &[
    "async-std",
    "axum",
    "axum-server",
    "chrono",
    "getrandom",
    "hyper",
    "hyper-util",
    "jiff",
    CLOCKLESS,
    "mio",
    "rand",
    "reqwest",
    "rustls",
    "smol",
    "socket2",
    "sqlx",
    "time",
    "tokio",
    "tokio-rustls",
    "tokio-tungstenite",
    "tokio-util",
    "tower",
    "tower-http",
];

/// Time zones and calendars alone: `jiff` that can ask neither a clock nor the machine's files.
const CLOCKLESS: &str = "jiff without a clock";

/// Features of `jiff` that bring neither: the database of time zones is part of the program.
const CLOCKLESS_FEATURES: &[&str] = &[
    "alloc",
    "perf-inline",
    "serde",
    "tz-fat",
    "tzdb-bundle-always",
];

/// What one crate may have for a reason of its own.
const PERMITTED: &[(&str, &str)] = &[
    // Opening hours are decided in the core (decision 0011).
    ("tandem-core", CLOCKLESS),
    // Records of calls tell days.
    ("tandem-simulation", CLOCKLESS),
];

const FLOOR_0: &[&str] = &[
    "tandem-core",
    "tandem-sip",
    "tandem-media",
    "tandem-microsoft",
];

/// Per crate of floor 1, what only the floors above may have.
const FLOOR_1: &[(&str, &[&str])] = &[
    (
        "tandem-store",
        &[
            "axum",
            "axum-server",
            "hyper",
            "reqwest",
            "rustls",
            "tower-http",
        ],
    ),
    (
        "tandem-reports",
        &[
            "axum",
            "axum-server",
            "hyper",
            "reqwest",
            "rustls",
            "sqlx",
            "tokio",
        ],
    ),
    // SIP and RTP alone.
    (
        "tandem-transport",
        &[
            "axum",
            "axum-server",
            "hyper",
            "reqwest",
            "sqlx",
            "tower-http",
        ],
    ),
    // Time is virtual and chance comes from the seed.
    ("tandem-simulation", IMPURE),
];

/// One crate speaks to the database; everybody else goes through it.
const ONLY_IN: &[(&str, &str)] = &[("sqlx", "tandem-store")];

/// Dependencies by package: (manifest path inside the tree, names).
fn dependencies(metadata: &Value) -> Result<BTreeMap<String, (String, Vec<String>)>> {
    let root = metadata["workspace_root"]
        .as_str()
        .context("no workspace_root")?;
    let mut packages = BTreeMap::new();
    for package in metadata["packages"].as_array().context("no packages")? {
        let name = package["name"].as_str().context("a package has no name")?;
        let manifest = package["manifest_path"]
            .as_str()
            .context("no manifest_path")?;
        let names = package["dependencies"]
            .as_array()
            .context("no dependencies")?
            .iter()
            .filter_map(|dependency| Some(name_of(dependency)?.to_owned()))
            .collect();
        let path = manifest
            .strip_prefix(root)
            .unwrap_or(manifest)
            .trim_start_matches('/');
        packages.insert(name.to_owned(), (path.to_owned(), names));
    }
    Ok(packages)
}

/// The name of a dependency, by what it can do where that makes a difference.
fn name_of(dependency: &Value) -> Option<&str> {
    let name = dependency["name"].as_str()?;
    let features = dependency["features"].as_array();
    let mut features = features.into_iter().flatten().filter_map(Value::as_str);
    let is_clockless = name == "jiff"
        && dependency["uses_default_features"] == Value::Bool(false)
        && features.all(|it| CLOCKLESS_FEATURES.contains(&it));
    Some(if is_clockless { CLOCKLESS } else { name })
}

pub(super) fn between_crates(metadata: &Value) -> Result<Vec<Finding>> {
    let packages = dependencies(metadata)?;
    let mut findings = Vec::new();
    for (name, (path, names)) in &packages {
        if UNLIMITED.contains(&name.as_str()) {
            continue;
        }
        let Some((_, allowed)) = FLOORS.iter().find(|(known, _)| known == name) else {
            findings.push(Finding::new(
                path,
                1,
                format!("crate {name} stands on no floor: a new crate needs a decision record"),
            ));
            continue;
        };
        for used in names {
            if packages.contains_key(used) && !allowed.contains(&used.as_str()) {
                findings.push(Finding::new(
                    path,
                    1,
                    format!("{name} must not depend on {used}"),
                ));
            }
        }
    }
    Ok(findings)
}

pub(super) fn outside_crates(metadata: &Value) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (name, (path, names)) in dependencies(metadata)? {
        let banned: &[&str] = if FLOOR_0.contains(&name.as_str()) {
            IMPURE
        } else {
            FLOOR_1
                .iter()
                .find(|(known, _)| *known == name)
                .map_or(&[], |(_, banned)| banned)
        };
        for used in names {
            let is_elsewhere = ONLY_IN
                .iter()
                .any(|(only, owner)| *only == used && *owner != name);
            let is_permitted = PERMITTED.contains(&(name.as_str(), used.as_str()));
            if (banned.contains(&used.as_str()) && !is_permitted) || is_elsewhere {
                findings.push(Finding::new(
                    &path,
                    1,
                    format!("{name} must not depend on {used}: that is for another floor"),
                ));
            }
        }
    }
    Ok(findings)
}

/// Every crate opts into the workspace's lints; one that is a workspace of its own (fuzzing) cannot.
pub(super) fn lints_of_the_workspace(texts: &BTreeMap<String, String>) -> Vec<Finding> {
    texts
        .iter()
        .filter(|(path, text)| path.ends_with("Cargo.toml") && text.contains("[package]"))
        .filter(|(_, text)| !text.lines().any(|line| line.trim() == "[workspace]"))
        .filter(|(_, text)| {
            let mut lines = text
                .lines()
                .map(str::trim)
                .skip_while(|line| *line != "[lints]");
            lines.nth(1) != Some("workspace = true")
        })
        .map(|(path, _)| Finding::new(path, 1, "the crate does not use the workspace's lints"))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn metadata(package: &str, dependencies: &[&str]) -> Value {
        let names = [
            "tandem-core",
            "tandem-store",
            "tandem-reports",
            "tandem-emulator",
            package,
        ];
        let packages: Vec<Value> = names
            .iter()
            .map(|name| {
                let used: Vec<Value> = dependencies
                    .iter()
                    .filter(|_| *name == package)
                    .map(|dependency| json!({ "name": dependency }))
                    .collect();
                json!({"name": name, "manifest_path": format!("/r/{name}/Cargo.toml"), "dependencies": used})
            })
            .collect();
        json!({"workspace_root": "/r", "packages": packages})
    }

    #[test]
    fn edge_that_the_design_does_not_have_is_found() {
        let findings = between_crates(&metadata("tandem-server", &["tandem-emulator"])).unwrap();
        assert_eq!(
            findings,
            [Finding::new(
                "tandem-server/Cargo.toml",
                1,
                "tandem-server must not depend on tandem-emulator"
            )]
        );
        let found = between_crates(&metadata("tandem-reports", &["tandem-store"])).unwrap();
        assert_eq!(found.len(), 1);
        let allowed =
            between_crates(&metadata("tandem-reports", &["tandem-core", "serde"])).unwrap();
        assert_eq!(allowed, []);
    }

    #[test]
    fn crate_without_a_floor_is_found() {
        let findings = between_crates(&metadata("tandem-extras", &[])).unwrap();
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn executor_on_floor_0_and_database_outside_the_store_are_found() {
        assert_eq!(
            outside_crates(&metadata("tandem-core", &["tokio"]))
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            outside_crates(&metadata("tandem-server", &["sqlx"]))
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            outside_crates(&metadata("tandem-store", &["sqlx", "tokio"])).unwrap(),
            []
        );
        assert_eq!(
            outside_crates(&metadata("tandem-reports", &["tokio"]))
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn core_may_know_time_zones_but_no_clock() {
        let package = |name: &str, features: &[&str]| {
            let jiff =
                json!({"name": "jiff", "uses_default_features": false, "features": features});
            json!({"workspace_root": "/r", "packages": [
                {"name": name, "manifest_path": "/r/c/Cargo.toml", "dependencies": [jiff]}
            ]})
        };
        let found = |name, features: &[&str]| outside_crates(&package(name, features)).unwrap();
        assert_eq!(found("tandem-core", &["serde", "tzdb-bundle-always"]), []);
        assert_eq!(found("tandem-core", &["std"]).len(), 1);
        assert_eq!(found("tandem-sip", &["serde"]).len(), 1);
    }

    #[test]
    fn crate_outside_the_lints_is_found() {
        let texts = BTreeMap::from([
            (
                "a/Cargo.toml".to_owned(),
                "[package]\n[lints]\nworkspace = true\n".to_owned(),
            ),
            (
                "fuzz/Cargo.toml".to_owned(),
                "[package]\n[workspace]\n".to_owned(),
            ),
            (
                "b/Cargo.toml".to_owned(),
                "[package]\n[dependencies]\n".to_owned(),
            ),
        ]);
        let findings = lints_of_the_workspace(&texts);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].path, "b/Cargo.toml");
    }
}
