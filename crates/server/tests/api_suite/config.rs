//! Configuration files: what is refused, with key, line and fix.

use std::path::Path;
use tandem_server::config::{self, Problems, RecordingPlace, emulator};
use tandem_server::setup;
use tempfile::TempDir;

const GOOD: &str = r#"[server]
listen = "127.0.0.1:8080"
public_base_url = "https://calls.example.com"
trusted_proxies = ["127.0.0.1"]

[store]
data_dir = "data"
key_file = "data.key"

[[centers]]
id = "contoso"
name = "Contoso"
time_zone = "Europe/Berlin"

[centers.acs]
endpoint = "https://contoso.communication.azure.com"
resource_id = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111"
tenant_id = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
access_key_file = "acs.key"

[centers.event_grid.secret_header]
name = "x-secret"
value_env = "EVENT_GRID_SECRET"
"#;

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    setup::write_data_key(&folder.path().join("data.key")).unwrap();
    setup::write_secret(&folder.path().join("acs.key"), "c2VjcmV0").unwrap();
    folder
}

fn parse(text: &str, folder: &Path) -> Result<config::Config, Problems> {
    config::parse(text, folder, &|name| {
        (name == "EVENT_GRID_SECRET").then(|| "secret".to_owned())
    })
}

/// Key and line of every problem after one line was replaced.
fn problems(from: &str, to: &str) -> Vec<(String, Option<usize>)> {
    assert!(GOOD.contains(from), "{from}");
    let folder = folder();
    let problems = parse(&GOOD.replace(from, to), folder.path()).unwrap_err();
    problems.0.into_iter().map(|it| (it.key, it.line)).collect()
}

#[test]
fn good_file_is_accepted() {
    let folder = folder();
    let config = parse(GOOD, folder.path()).unwrap();
    assert_eq!(
        config.centers[0].callback_keys_url.as_str(),
        config::CALLBACK_KEYS_URL
    );
    assert!(
        !format!("{config:?}").contains("c2VjcmV0"),
        "secrets are not shown"
    );
}

#[test]
fn names_of_other_sides_may_be_given_addresses_and_each_has_to_be_one() {
    let folder = folder();
    let with_host = |address: &str| {
        let trunks = format!(
            "[direct_routing]\nname = \"127.0.0.1\"\nudp = \"127.0.0.1:0\"\nmedia_address = \"127.0.0.1\"\n\
             hosts = {{ \"sip.pstnhub.microsoft.com\" = \"{address}\" }}\n"
        );
        parse(&format!("{GOOD}{trunks}"), folder.path())
    };
    let config = with_host("127.0.0.1:15062").unwrap();
    let hosts = config.direct_routing.unwrap().hosts;
    assert_eq!(
        hosts["sip.pstnhub.microsoft.com"].to_string(),
        "127.0.0.1:15062"
    );
    let problems = with_host("127.0.0.1").unwrap_err();
    assert_eq!(
        problems.0[0].key,
        "direct_routing.hosts.sip.pstnhub.microsoft.com"
    );
}

const SIGN_IN: &str = r#"
[centers.sign_in]
tenants = ["87D349ED-44d7-43e1-9a83-5f2406dee5bd"]
client_id = "aa123456-1234-1234-1234-aaa123456789"
client_secret_file = "acs.key"
"#;

#[test]
fn sign_in_with_microsoft_is_read_with_every_role_and_an_hour() {
    let folder = folder();
    let config = parse(&format!("{GOOD}{SIGN_IN}"), folder.path()).unwrap();
    let sign_in = &config.centers[0].sign_in;
    assert_eq!(sign_in.password, config::PasswordSignIn::Allowed);
    let microsoft = sign_in.microsoft.as_ref().unwrap();
    let roles: Vec<&str> = microsoft.roles.keys().map(String::as_str).collect();
    let every = "Administrator Agent Analyst Auditor Quality QueueAdministrator Supervisor";
    assert_eq!(roles.join(" "), every);
    assert!(
        microsoft
            .tenants
            .contains("87d349ed-44d7-43e1-9a83-5f2406dee5bd")
    );
    assert_eq!(microsoft.confirmed_for.as_secs(), 3_600);
    assert!(
        !format!("{config:?}").contains("c2VjcmV0"),
        "secrets are not shown"
    );
    let alone = parse(GOOD, folder.path()).unwrap();
    assert!(alone.centers[0].sign_in.microsoft.is_none());
}

#[test]
fn mistake_in_sign_in_is_named_with_its_key() {
    let cases = [
        ("87D349ED-44d7-43e1-9a83-5f2406dee5bd", "contoso", "tenants"),
        (
            "[\"87D349ED-44d7-43e1-9a83-5f2406dee5bd\"]",
            "[]",
            "tenants",
        ),
        (
            "\"aa123456-1234-1234-1234-aaa123456789\"",
            "\"app\"",
            "client_id",
        ),
        ("acs.key", "no.key", "client_secret_file"),
        (
            "\"acs.key\"",
            "\"acs.key\"\nsession_minutes = 1",
            "session_minutes",
        ),
        (
            "\"acs.key\"",
            "\"acs.key\"\nroles = { Boss = \"owner\" }",
            "roles.Boss",
        ),
    ];
    let folder = folder();
    for (from, to, key) in cases {
        let text = format!("{GOOD}{}", SIGN_IN.replace(from, to));
        let problems = parse(&text, folder.path()).unwrap_err();
        let key = format!("centers[0].sign_in.{key}");
        assert_eq!(problems.0[0].key, key, "{to}: {problems}");
    }
    let nobody = format!("{GOOD}\n[centers.sign_in]\npassword = false\n");
    let problems = parse(&nobody, folder.path()).unwrap_err();
    assert_eq!(problems.0[0].key, "centers[0].sign_in");
}

const SYSTEM: &str = r#"
[[centers.business_systems]]
name = "crm"
base_url = "https://crm.example.com/api"
secret_headers = [{ name = "x-key", value_file = "acs.key" }]
"#;

#[test]
fn business_system_is_read_with_its_secrets_and_shows_none() {
    let folder = folder();
    let config = parse(&format!("{GOOD}{SYSTEM}"), folder.path()).unwrap();
    let system = &config.centers[0].business_systems["crm"];
    assert_eq!(system.base_url.as_str(), "https://crm.example.com/api");
    assert_eq!(system.secret_headers[0].0, "x-key");
    let shown = format!("{config:?}");
    assert!(!shown.contains("c2VjcmV0"), "secrets are not shown");
}

#[test]
fn mistake_in_a_business_system_is_named_with_its_key() {
    let cases = [
        ("\"crm\"", "\"the crm\"", "name"),
        ("https://", "http://", "base_url"),
        ("/api", "/api?key=1", "base_url"),
        ("crm.example", "ann:pw@crm.example", "base_url"),
        ("x-key", "x key", "secret_headers[0].name"),
        ("acs.key", "no.key", "secret_headers[0].value_file"),
        (", value_file = \"acs.key\"", "", "secret_headers[0]"),
        ("acs.key", "two.lines", "secret_headers[0]"),
    ];
    let folder = folder();
    setup::write_secret(&folder.path().join("two.lines"), "a\nb").unwrap();
    for (from, to, key) in cases {
        let text = format!("{GOOD}{}", SYSTEM.replace(from, to));
        let problems = parse(&text, folder.path()).unwrap_err();
        let key = format!("centers[0].business_systems[0].{key}");
        assert_eq!(problems.0[0].key, key, "{to}: {problems}");
    }
    let twice = parse(&format!("{GOOD}{SYSTEM}{SYSTEM}"), folder.path()).unwrap_err();
    assert_eq!(twice.0[0].key, "centers[0].business_systems[1].name");
}

#[test]
fn each_mistake_is_named_with_key_and_line() {
    let cases = [
        ("\"127.0.0.1:8080\"", "\"here\"", "server.listen", 2),
        ("https://calls", "http://calls", "server.public_base_url", 3),
        (
            "calls.example.com",
            "calls.example.com/tandem",
            "server.public_base_url",
            3,
        ),
        (
            "[\"127.0.0.1\"]",
            "[\"proxy\"]",
            "server.trusted_proxies",
            4,
        ),
        ("\"data.key\"", "\"missing.key\"", "store.key_file", 8),
        ("\"contoso\"", "\"Contoso\"", "centers[0].id", 11),
        (
            "Europe/Berlin",
            "Europe/Atlantis",
            "centers[0].time_zone",
            13,
        ),
        ("e5b7f628-", "", "centers[0].acs.resource_id", 17),
        (
            "access_key_file = \"acs.key\"",
            "access_key_file = \"no.key\"",
            "centers[0].acs.access_key_file",
            19,
        ),
        (
            "\"EVENT_GRID_SECRET\"",
            "\"NOT_SET\"",
            "centers[0].event_grid.secret_header.value_env",
            23,
        ),
        ("name = \"Contoso\"", "title = \"Contoso\"", "title", 12),
    ];
    for (from, to, key, line) in cases {
        assert_eq!(
            problems(from, to),
            [(key.to_owned(), Some(line))],
            "{from} -> {to}"
        );
    }
}

#[test]
fn all_mistakes_are_named_at_once() {
    let folder = folder();
    let text = GOOD
        .replace("Europe/Berlin", "Mars")
        .replace("127.0.0.1:8080", "x");
    assert_eq!(parse(&text, folder.path()).unwrap_err().0.len(), 2);
}

#[test]
fn public_address_without_tls_is_refused() {
    let folder = folder();
    let text = GOOD
        .replace("127.0.0.1:8080", "0.0.0.0:80")
        .replace("trusted_proxies", "#");
    let problems = parse(&text, folder.path()).unwrap_err();
    assert!(
        problems.to_string().contains("public without TLS"),
        "{problems}"
    );
}

#[test]
fn key_beside_what_it_seals_and_key_that_others_read_are_refused() {
    let folder = folder();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    setup::write_data_key(&data.join("inside.key")).unwrap();
    let text = GOOD.replace("\"data.key\"", "\"data/inside.key\"");
    let problems = parse(&text, folder.path()).unwrap_err();
    assert!(
        problems.to_string().contains("lies in the data directory"),
        "{problems}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let key = folder.path().join("data.key");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        let problems = parse(GOOD, folder.path()).unwrap_err();
        assert!(problems.to_string().contains("chmod 600"), "{problems}");
    }
}

#[test]
fn published_secrets_of_the_emulator_are_refused() {
    let folder = folder();
    let refused = |text: &str| {
        let config = parse(text, folder.path()).unwrap();
        emulator::refuse(&config).unwrap_err().to_string()
    };
    setup::write_secret(&folder.path().join("acs.key"), emulator::ACCESS_KEY).unwrap();
    assert!(refused(GOOD).contains("centers[contoso].acs.access_key"));
    setup::write_secret(&folder.path().join("client"), emulator::CLIENT_SECRET).unwrap();
    let entra = "client_id = \"app\"\nclient_secret_file = \"client\"";
    let text = GOOD.replace("access_key_file = \"acs.key\"", entra);
    assert!(refused(&text).contains("client secret"));
}

#[test]
fn earlier_keys_come_first_and_each_mistake_with_them_is_named() {
    let folder = folder();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let named = |names: &str| {
        let line = format!("key_file = \"data.key\"\nearlier_key_files = [{names}]");
        parse(
            &GOOD.replace("key_file = \"data.key\"", &line),
            folder.path(),
        )
    };
    let old = |byte: &str| format!("{}=\n", byte.repeat(43));
    write("old.key", &old("A"));
    write("older.key", &old("B").replace("B=", "A="));
    write("short.key", "AAAA\n");
    for name in ["old.key", "older.key", "short.key"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(folder.path().join(name), mode).unwrap();
    }
    let config = named("\"older.key\", \"old.key\"").unwrap();
    assert_eq!(config.store.keys.current_id(), 3);
    let files = config.store.key_files.iter().map(|it| it.file_name());
    let files: Vec<_> = files.map(|name| name.unwrap().to_str().unwrap()).collect();
    assert_eq!(files, ["older.key", "old.key", "data.key"]);
    for (names, what) in [
        ("\"old.key\", \"old.key\"", "holds the same key as"),
        ("\"data.key\"", "holds the same key as"),
        ("\"lost.key\"", "bring the file back"),
        ("\"short.key\"", "does not hold 32 bytes"),
    ] {
        let problems = named(names).unwrap_err();
        let problem = &problems.0[0];
        assert!(problem.line.is_some() && problem.key.starts_with("store."));
        assert!(problems.to_string().contains(what), "{problems}");
    }
}

const S3: &str = r#"
[store.recordings.s3]
bucket = "recordings"
region = "eu-central-1"
endpoint = "ENDPOINT"
access_key_id = "AKIA"
secret_access_key_file = "acs.key"
"#;

#[test]
fn storage_is_asked_without_tls_on_this_machine_alone() {
    let read = |endpoint: &str| {
        let folder = folder();
        let s3 = S3.replace("ENDPOINT", endpoint);
        let config = parse(&format!("{GOOD}{s3}"), folder.path())?;
        match config.store.recordings {
            RecordingPlace::S3(s3) => Ok((s3.endpoint, s3.allow_http)),
            other @ (RecordingPlace::Directory(_) | RecordingPlace::Azure(_)) => {
                panic!("{other:?}")
            }
        }
    };
    for (endpoint, allow_http) in [
        ("http://127.0.0.2:9000", true),
        ("http://store.localhost:9000", true),
        ("https://store.example", false),
        // Azurite has the account in the path.
        ("http://127.0.0.1:10000/devstoreaccount1", true),
    ] {
        let expected = (Some(endpoint.to_owned()), allow_http);
        assert_eq!(read(endpoint).unwrap(), expected);
    }
    for endpoint in [
        "http://127.0.0.1.example",
        "http://localhost.example",
        "https://store.example/?sig=secret",
    ] {
        let refused: Problems = read(endpoint).unwrap_err();
        assert_eq!(refused.0[0].key, "store.recordings.s3.endpoint");
    }
}
