//! Every route of the description against every role. A route that is not listed here fails.

use crate::server::{Person, Server, send};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Who passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Public,
    Anyone,
    /// One of these permissions.
    Needs(&'static [&'static str]),
}

const DESK: Who = Who::Needs(&["take_contacts"]);
const FLOOR: Who = Who::Needs(&["see_floor"]);
const CONTACTS: Who = Who::Needs(&["take_contacts", "see_contacts"]);
const EXPORT: Who = Who::Needs(&["export_contacts"]);
const LISTEN: Who = Who::Needs(&["take_contacts", "hear_recordings"]);
const PAUSE: Who = Who::Needs(&["take_contacts", "pause_recordings"]);
const RECORDINGS: Who = Who::Needs(&["hear_recordings", "verify_recordings"]);
const ACCESSES: Who = Who::Needs(&["hear_recordings", "read_audit"]);
const VERIFY: Who = Who::Needs(&["verify_recordings"]);
const HOLD: Who = Who::Needs(&["hold_recordings"]);
const STEER: Who = Who::Needs(&["steer_waiting"]);
const DIRECT: Who = Who::Needs(&["direct_agents"]);
const CLOSE_HOURS: Who = Who::Needs(&["close_hours"]);
const BOOK: Who = Who::Needs(&["take_contacts", "keep_callbacks"]);
const CALLBACKS: Who = Who::Needs(&["keep_callbacks"]);
const DO_NOT_CALL: Who = Who::Needs(&["keep_do_not_call"]);
const NAMES: Who = Who::Needs(&["read_settings", "see_floor", "see_contacts"]);
const READ: Who = Who::Needs(&["read_settings"]);
const QUEUES: Who = Who::Needs(&["edit_queues"]);
const FLOWS: Who = Who::Needs(&["edit_flows"]);
const SETTINGS: Who = Who::Needs(&["edit_settings"]);
const EVENTS: Who = Who::Needs(&["read_events"]);
const AUDIT: Who = Who::Needs(&["read_audit"]);
const ACCESS: Who = Who::Needs(&["manage_access"]);
const OPERATE: Who = Who::Needs(&["operate"]);
const HEALTH: Who = Who::Needs(&["see_health"]);

/// What each role allows, written out: a change here is reviewed as one of who may do what.
const ROLES: [(&str, &[&str]); 7] = [
    ("agent", &["take_contacts"]),
    (
        "supervisor",
        &[
            "see_floor",
            "see_contacts",
            "hear_recordings",
            "export_contacts",
            "pause_recordings",
            "steer_waiting",
            "direct_agents",
            "close_hours",
            "keep_callbacks",
            "keep_do_not_call",
            "read_settings",
            "see_health",
        ],
    ),
    (
        "administrator",
        &[
            "see_floor",
            "see_contacts",
            "hear_recordings",
            "export_contacts",
            "pause_recordings",
            "steer_waiting",
            "direct_agents",
            "close_hours",
            "keep_callbacks",
            "keep_do_not_call",
            "read_settings",
            "see_health",
            "edit_queues",
            "edit_flows",
            "edit_settings",
            "read_events",
            "hold_recordings",
            "verify_recordings",
            "read_audit",
            "manage_access",
            "operate",
        ],
    ),
    (
        "queue_administrator",
        &[
            "see_floor",
            "read_settings",
            "edit_queues",
            "edit_flows",
            "close_hours",
        ],
    ),
    ("quality", &["see_contacts", "hear_recordings"]),
    ("analyst", &["see_floor", "see_contacts", "export_contacts"]),
    (
        "auditor",
        &["read_audit", "see_contacts", "verify_recordings"],
    ),
];

/// Who may ask what. A new line is reviewed as a change of who may do what.
const MATRIX: [(&str, &str, Who); 221] = [
    ("get", "/{center}/teams-account/delegates", READ),
    ("put", "/{center}/teams-account/delegates", SETTINGS),
    ("get", "/{center}/teams-account/candidates", SETTINGS),
    ("post", "/{center}/me/teams/login", Who::Anyone),
    ("get", "/{center}/directory", Who::Anyone),
    ("post", "/{center}/directory/sync", SETTINGS),
    ("get", "/{center}/teams-account", READ),
    ("post", "/{center}/teams-account", SETTINGS),
    ("put", "/{center}/teams-account", SETTINGS),
    ("delete", "/{center}/teams-account", SETTINGS),
    ("post", "/{center}/teams-account/test", SETTINGS),
    ("get", "/{center}/teams-account/rights", READ),
    ("post", "/{center}/teams-account/consent", SETTINGS),
    ("put", "/{center}/me/favorites/{person}", Who::Anyone),
    ("delete", "/{center}/me/favorites/{person}", Who::Anyone),
    ("get", "/{center}/me/teams", Who::Anyone),
    ("put", "/{center}/me/teams", Who::Anyone),
    ("get", "/{center}/callbacks", CALLBACKS),
    ("get", "/{center}/settings", READ),
    ("post", "/{center}/settings/difference", SETTINGS),
    ("post", "/{center}/settings/apply", SETTINGS),
    ("post", "/{center}/callbacks", BOOK),
    ("get", "/{center}/callbacks/figures", FLOOR),
    ("get", "/{center}/callbacks/own", DESK),
    ("delete", "/{center}/callbacks/{id}", BOOK),
    ("post", "/{center}/callbacks/{id}/reschedule", BOOK),
    ("post", "/{center}/callbacks/{id}/take", DESK),
    ("get", "/info", Who::Public),
    ("post", "/{center}/contacts/{id}/priority", STEER),
    ("post", "/{center}/contacts/{id}/move", STEER),
    ("post", "/{center}/contacts/{id}/assign", STEER),
    ("post", "/{center}/contacts/{id}/remove", STEER),
    ("post", "/{center}/contacts/{id}/offer-callback", STEER),
    ("post", "/{center}/sign-in", Who::Public),
    ("post", "/{center}/setup", Who::Public),
    ("post", "/{center}/sign-out", Who::Anyone),
    ("get", "/{center}/me", Who::Anyone),
    ("get", "/{center}/me/sessions", Who::Anyone),
    ("delete", "/{center}/me/sessions/{session}", Who::Anyone),
    ("get", "/{center}/accounts", ACCESS),
    ("get", "/{center}/webhooks", ACCESS),
    ("post", "/{center}/webhooks", ACCESS),
    ("delete", "/{center}/webhooks/{id}", ACCESS),
    ("get", "/{center}/webhooks/{id}/deliveries", ACCESS),
    (
        "post",
        "/{center}/webhooks/{id}/deliveries/{delivery}/resend",
        ACCESS,
    ),
    ("get", "/{center}/api-keys", ACCESS),
    ("post", "/{center}/api-keys", ACCESS),
    ("delete", "/{center}/api-keys/{id}", ACCESS),
    ("put", "/{center}/accounts/{id}/standing", ACCESS),
    ("get", "/{center}/accounts/{id}/sessions", ACCESS),
    ("delete", "/{center}/accounts/{id}/sessions", ACCESS),
    ("get", "/{center}/live", Who::Anyone),
    ("post", "/{center}/me/state", DESK),
    ("post", "/{center}/offers/{offer_id}/accept", DESK),
    ("post", "/{center}/offers/{offer_id}/decline", DESK),
    ("post", "/{center}/contacts/{id}/hang-up", DESK),
    ("post", "/{center}/contacts/{id}/wrap-up/complete", DESK),
    ("post", "/{center}/contacts/{id}/wrap-up/ask", DESK),
    ("post", "/{center}/contacts/{id}/wrap-up/waive", DESK),
    ("post", "/{center}/contacts/{id}/wrap-up/extend", DESK),
    ("post", "/{center}/contacts/{id}/hold", DESK),
    ("post", "/{center}/contacts/{id}/resume", DESK),
    ("post", "/{center}/contacts/{id}/transfer", DESK),
    ("post", "/{center}/contacts/{id}/consult", DESK),
    ("post", "/{center}/contacts/{id}/consult/swap", DESK),
    ("post", "/{center}/contacts/{id}/consult/merge", DESK),
    ("post", "/{center}/contacts/{id}/consult/complete", DESK),
    ("post", "/{center}/contacts/{id}/consult/cancel", DESK),
    ("post", "/{center}/contacts/{id}/digits", DESK),
    ("get", "/{center}/transfer-targets", DESK),
    ("get", "/{center}/calling-out", DESK),
    ("post", "/{center}/calling-out/check", DESK),
    ("post", "/{center}/calls", DESK),
    ("post", "/{center}/contacts/{id}/call-back", DESK),
    ("get", "/{center}/recordings", RECORDINGS),
    ("get", "/{center}/recordings/{id}/sound", LISTEN),
    ("get", "/{center}/recordings/{id}/waveform", LISTEN),
    ("get", "/{center}/recordings/{id}/accesses", ACCESSES),
    ("get", "/{center}/recordings/verification", RECORDINGS),
    ("post", "/{center}/recordings/verify", VERIFY),
    ("post", "/{center}/recordings/{id}/hold", HOLD),
    ("delete", "/{center}/recordings/{id}/hold", HOLD),
    ("delete", "/{center}/recordings/{id}", HOLD),
    ("get", "/{center}/contacts/{id}/recordings", CONTACTS),
    ("get", "/{center}/do-not-call", DO_NOT_CALL),
    ("post", "/{center}/do-not-call", DO_NOT_CALL),
    ("delete", "/{center}/do-not-call/{id}", DO_NOT_CALL),
    ("get", "/{center}/queues/{id}/waits", FLOOR),
    ("get", "/{center}/queues/{id}/would", FLOOR),
    ("get", "/{center}/queues/{id}/line", FLOOR),
    ("get", "/{center}/queues/{id}/switches", FLOOR),
    ("post", "/{center}/queues/{id}/switches", CLOSE_HOURS),
    ("post", "/{center}/queues/{id}/switches/end", CLOSE_HOURS),
    ("get", "/{center}/figures/queues", FLOOR),
    ("get", "/{center}/figures/queues/export", FLOOR),
    ("get", "/{center}/figures/agents/export", FLOOR),
    ("get", "/{center}/figures/agents", FLOOR),
    ("get", "/{center}/contacts", CONTACTS),
    ("get", "/{center}/contacts/summary", CONTACTS),
    ("get", "/{center}/contacts/export", EXPORT),
    ("get", "/{center}/contacts/{id}", CONTACTS),
    ("get", "/{center}/contacts/{id}/events", EVENTS),
    ("get", "/{center}/contacts/{id}/message", LISTEN),
    ("post", "/{center}/contacts/{id}/recording/pause", PAUSE),
    ("post", "/{center}/contacts/{id}/recording/resume", PAUSE),
    ("post", "/{center}/contacts/{id}/payment", PAUSE),
    ("get", "/{center}/decisions", FLOOR),
    ("get", "/{center}/board", FLOOR),
    ("get", "/{center}/tv-tokens", FLOOR),
    ("post", "/{center}/tv-tokens", FLOOR),
    ("delete", "/{center}/tv-tokens/{id}", FLOOR),
    ("post", "/{center}/persons/find", HOLD),
    ("post", "/{center}/persons/export", HOLD),
    ("post", "/{center}/persons/erase", HOLD),
    ("get", "/{center}/audit", AUDIT),
    ("get", "/{center}/audit/export", AUDIT),
    ("get", "/{center}/audit/{n}", AUDIT),
    ("get", "/{center}/system-health", HEALTH),
    ("post", "/{center}/reconciliations", OPERATE),
    ("post", "/{center}/agents/{id}/password", ACCESS),
    ("post", "/{center}/agents/{id}/state", DIRECT),
    ("post", "/{center}/agents/{id}/petition", DIRECT),
    ("post", "/{center}/endpoints/{id}/test-call", FLOWS),
    ("get", "/{center}/queues", NAMES),
    ("post", "/{center}/queues", SETTINGS),
    ("get", "/{center}/queues/{id}", NAMES),
    ("put", "/{center}/queues/{id}", QUEUES),
    ("delete", "/{center}/queues/{id}", SETTINGS),
    ("get", "/{center}/skills", READ),
    ("post", "/{center}/skills", SETTINGS),
    ("get", "/{center}/skills/{id}", READ),
    ("put", "/{center}/skills/{id}", SETTINGS),
    ("delete", "/{center}/skills/{id}", SETTINGS),
    ("get", "/{center}/agents", NAMES),
    ("post", "/{center}/agents", ACCESS),
    ("get", "/{center}/agents/{id}", NAMES),
    ("put", "/{center}/agents/{id}", ACCESS),
    ("delete", "/{center}/agents/{id}", ACCESS),
    ("get", "/{center}/endpoints", READ),
    ("post", "/{center}/endpoints", SETTINGS),
    ("get", "/{center}/endpoints/{id}", READ),
    ("put", "/{center}/endpoints/{id}", SETTINGS),
    ("delete", "/{center}/endpoints/{id}", SETTINGS),
    ("get", "/{center}/flows", READ),
    ("post", "/{center}/flows", FLOWS),
    ("post", "/{center}/flows/check", FLOWS),
    ("post", "/{center}/flows/{id}/test-calls", FLOWS),
    ("get", "/{center}/flows/{id}/test-calls/{call_id}", FLOWS),
    (
        "post",
        "/{center}/flows/{id}/test-calls/{call_id}/keys",
        FLOWS,
    ),
    (
        "post",
        "/{center}/flows/{id}/test-calls/{call_id}/hang-up",
        FLOWS,
    ),
    ("get", "/{center}/flows/{id}", READ),
    ("get", "/{center}/flows/{id}/versions", READ),
    ("get", "/{center}/flows/{id}/versions/{version}", READ),
    ("put", "/{center}/flows/{id}", FLOWS),
    ("delete", "/{center}/flows/{id}", FLOWS),
    ("get", "/{center}/prompts", READ),
    ("post", "/{center}/prompts", FLOWS),
    ("get", "/{center}/prompts/{id}", READ),
    ("put", "/{center}/prompts/{id}", FLOWS),
    ("delete", "/{center}/prompts/{id}", FLOWS),
    ("post", "/{center}/sounds", FLOWS),
    ("get", "/{center}/sounds/{sound}", READ),
    ("get", "/{center}/schedules", READ),
    ("post", "/{center}/schedules", FLOWS),
    ("get", "/{center}/schedules/{id}", READ),
    ("put", "/{center}/schedules/{id}", FLOWS),
    ("delete", "/{center}/schedules/{id}", FLOWS),
    ("get", "/{center}/schedules/{id}/preview", READ),
    ("post", "/{center}/schedules/preview", READ),
    ("post", "/{center}/schedules/{id}/close", CLOSE_HOURS),
    ("post", "/{center}/schedules/{id}/reopen", CLOSE_HOURS),
    ("get", "/{center}/reasons", READ),
    ("post", "/{center}/reasons", SETTINGS),
    ("get", "/{center}/reasons/{id}", READ),
    ("put", "/{center}/reasons/{id}", SETTINGS),
    ("delete", "/{center}/reasons/{id}", SETTINGS),
    ("get", "/{center}/dispositions", NAMES),
    ("post", "/{center}/dispositions", SETTINGS),
    ("get", "/{center}/dispositions/{id}", NAMES),
    ("put", "/{center}/dispositions/{id}", SETTINGS),
    ("delete", "/{center}/dispositions/{id}", SETTINGS),
    ("put", "/{center}/accounts/{id}/scope", ACCESS),
    ("post", "/{center}/accounts/{id}/view", ACCESS),
    ("delete", "/{center}/view", Who::Anyone),
    ("get", "/{center}/privacy", READ),
    ("put", "/{center}/privacy", SETTINGS),
    ("get", "/{center}/presence-rules", READ),
    ("put", "/{center}/presence-rules", SETTINGS),
    ("post", "/{center}/presence-rules/chain", READ),
    ("get", "/{center}/accounts/{id}/may", ACCESS),
    ("get", "/{center}/permissions", ACCESS),
    ("get", "/{center}/teams", NAMES),
    ("post", "/{center}/teams", SETTINGS),
    ("get", "/{center}/teams/{id}", NAMES),
    ("put", "/{center}/teams/{id}", SETTINGS),
    ("delete", "/{center}/teams/{id}", SETTINGS),
    ("get", "/{center}/capacity-profiles", READ),
    ("post", "/{center}/capacity-profiles", SETTINGS),
    ("get", "/{center}/capacity-profiles/{id}", READ),
    ("put", "/{center}/capacity-profiles/{id}", SETTINGS),
    ("delete", "/{center}/capacity-profiles/{id}", SETTINGS),
    ("get", "/{center}/trunks", READ),
    ("post", "/{center}/trunks", SETTINGS),
    ("get", "/{center}/trunks/{id}", READ),
    ("put", "/{center}/trunks/{id}", SETTINGS),
    ("delete", "/{center}/trunks/{id}", SETTINGS),
    ("put", "/{center}/trunks/{id}/secrets/{user}", SETTINGS),
    ("get", "/{center}/trunk-health", READ),
    ("get", "/{center}/trunks/{id}/health", READ),
    ("post", "/{center}/trunks/{id}/test", SETTINGS),
    ("get", "/{center}/balance-groups", READ),
    ("post", "/{center}/balance-groups", SETTINGS),
    ("get", "/{center}/balance-groups/{id}", READ),
    ("put", "/{center}/balance-groups/{id}", SETTINGS),
    ("delete", "/{center}/balance-groups/{id}", SETTINGS),
    ("get", "/{center}/balances", FLOOR),
    ("get", "/{center}/sites", READ),
    ("post", "/{center}/sites", SETTINGS),
    ("get", "/{center}/sites/{id}", READ),
    ("put", "/{center}/sites/{id}", SETTINGS),
    ("delete", "/{center}/sites/{id}", SETTINGS),
];

#[test]
fn every_route_is_in_the_matrix() {
    let document: Value = serde_json::from_str(&tandem_server::api::openapi()).unwrap();
    let mut described = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let path = path
            .strip_prefix("/api/v1")
            .expect("routes stand under /api/v1");
        for method in operations.as_object().unwrap().keys() {
            described.insert((method.clone(), path.to_owned()));
        }
    }
    let listed: BTreeSet<_> = MATRIX
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(described, listed);
}

// each role against each operation.
#[tokio::test]
async fn each_role_passes_its_own_doors_only() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let (agent_id, _) = alex.agent("ann", 1).await;
    let nobody = server.nobody();
    let mut people = vec![("nobody", &[][..], nobody.clone())];
    for (role, permissions) in ROLES {
        let agent = (role == "agent").then_some(agent_id);
        server.account("contoso", role, &[role], agent).await;
        people.push((role, permissions, nobody.sign_in(role).await));
    }
    for (role, permissions, person) in &people {
        for (method, path, who) in MATRIX {
            // Signing out would end the sign-in that the other routes are asked with.
            if who == Who::Public || (path.ends_with("/sign-out") && *role != "nobody") {
                continue;
            }
            let status = ask(person, method, path).await;
            let passes = match who {
                Who::Public | Who::Anyone => true,
                Who::Needs(needs) => needs.iter().any(|it| permissions.contains(it)),
            };
            let expected = match (*role, passes) {
                ("nobody", _) => status == 401,
                (_, true) => status != 401 && status != 403,
                (_, false) => status == 403,
            };
            assert!(
                expected,
                "{role}: {method} {path} answered {status}, the door is {who:?}"
            );
        }
    }
}

#[tokio::test]
async fn permission_sets_are_told_as_they_hold() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let told = alex.get("/permissions").await;
    let told = told.expect_status(reqwest::StatusCode::OK);
    let sets = told["roles"].as_array().unwrap();
    assert_eq!(sets.len(), ROLES.len());
    for (role, permissions) in ROLES {
        let set = sets.iter().find(|it| it["role"] == role).unwrap();
        let words = set["permissions"].as_array().unwrap().iter();
        let words: BTreeSet<&str> = words.filter_map(Value::as_str).collect();
        assert_eq!(words, permissions.iter().copied().collect(), "{role}");
    }
}

async fn ask(person: &Person, method: &str, path: &str) -> u16 {
    let path = path
        .replace("/{center}", "")
        .replace("{id}", "987654")
        .replace("{offer_id}", "9")
        .replace("{call_id}", "p1")
        .replace("{version}", "1")
        .replace("{delivery}", "9");
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let request = person
        .request(method, &path)
        .header("if-match", "\"1\"")
        .json(&json!({}));
    send(request).await.status.as_u16()
}

#[tokio::test]
async fn denial_names_the_role_and_is_audited() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let (_, ann) = alex.agent("ann", 1).await;
    let answer = ann.post("/skills", json!({"name": "German"})).await;
    answer.expect_problem(403, "forbidden");
    assert!(
        answer.body["detail"]
            .as_str()
            .unwrap()
            .contains("administrator")
    );
    let audit = alex
        .get("/audit?limit=1")
        .await
        .expect_status(reqwest::StatusCode::OK);
    assert_eq!(audit["items"][0]["actor"], "ann");
    assert_eq!(audit["items"][0]["outcome"], "denied");
    assert_eq!(audit["items"][0]["detail"], "POST /api/v1/{center}/skills");
}

/// What keys open; everything else is closed to them.
const KEY_ROUTES: [(&str, &str, &str); 9] = [
    ("get", "/{center}/settings", "settings.apply"),
    ("post", "/{center}/settings/difference", "settings.apply"),
    ("post", "/{center}/settings/apply", "settings.apply"),
    ("post", "/{center}/callbacks", "callbacks.book"),
    ("get", "/{center}/contacts/{id}", "contacts.read"),
    ("get", "/{center}/board", "board.read"),
    (
        "post",
        "/{center}/contacts/{id}/recording/pause",
        "recording.pause",
    ),
    (
        "post",
        "/{center}/contacts/{id}/recording/resume",
        "recording.pause",
    ),
    ("post", "/{center}/contacts/{id}/payment", "recording.pause"),
];

#[tokio::test]
async fn key_opens_the_routes_of_its_scope_only() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    for scope in [
        "contacts.read",
        "board.read",
        "recording.pause",
        "callbacks.book",
        "settings.apply",
    ] {
        let sent = json!({"name": scope, "scopes": [scope]});
        let made = alex.post("/api-keys", sent).await;
        let made = made.expect_status(reqwest::StatusCode::CREATED);
        let key = Person {
            token: made["key"].as_str().map(str::to_owned),
            ..server.nobody()
        };
        for (method, path, who) in MATRIX {
            if who == Who::Public || path.ends_with("/live") {
                continue;
            }
            let status = ask(&key, method, path).await;
            let opens = KEY_ROUTES.contains(&(method, path, scope));
            let is_open = status != 401 && status != 403;
            assert_eq!(is_open, opens, "{scope}: {method} {path} answered {status}");
        }
    }
}
