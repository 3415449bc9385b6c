//! Every route of the description against every role. A route that is not listed here fails.

use crate::server::{Person, Server, send};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Public,
    Anyone,
    Agent,
    Supervisor,
    Administrator,
    AgentOrSupervisor,
}

/// Who may ask what. A new line is reviewed as a change of who may do what.
const MATRIX: [(&str, &str, Who); 129] = [
    ("get", "/info", Who::Public),
    ("post", "/{center}/sign-in", Who::Public),
    ("post", "/{center}/setup", Who::Public),
    ("post", "/{center}/sign-out", Who::Anyone),
    ("get", "/{center}/me", Who::Anyone),
    ("get", "/{center}/me/sessions", Who::Anyone),
    ("delete", "/{center}/me/sessions/{session}", Who::Anyone),
    ("get", "/{center}/accounts", Who::Administrator),
    ("get", "/{center}/webhooks", Who::Administrator),
    ("post", "/{center}/webhooks", Who::Administrator),
    ("delete", "/{center}/webhooks/{id}", Who::Administrator),
    (
        "get",
        "/{center}/webhooks/{id}/deliveries",
        Who::Administrator,
    ),
    (
        "post",
        "/{center}/webhooks/{id}/deliveries/{delivery}/resend",
        Who::Administrator,
    ),
    ("get", "/{center}/api-keys", Who::Administrator),
    ("post", "/{center}/api-keys", Who::Administrator),
    ("delete", "/{center}/api-keys/{id}", Who::Administrator),
    (
        "put",
        "/{center}/accounts/{id}/standing",
        Who::Administrator,
    ),
    (
        "get",
        "/{center}/accounts/{id}/sessions",
        Who::Administrator,
    ),
    (
        "delete",
        "/{center}/accounts/{id}/sessions",
        Who::Administrator,
    ),
    ("get", "/{center}/live", Who::Anyone),
    ("post", "/{center}/me/state", Who::Agent),
    ("post", "/{center}/offers/{offer_id}/accept", Who::Agent),
    ("post", "/{center}/offers/{offer_id}/decline", Who::Agent),
    ("post", "/{center}/contacts/{id}/hang-up", Who::Agent),
    (
        "post",
        "/{center}/contacts/{id}/wrap-up/complete",
        Who::Agent,
    ),
    ("post", "/{center}/contacts/{id}/wrap-up/extend", Who::Agent),
    ("post", "/{center}/contacts/{id}/hold", Who::Agent),
    ("post", "/{center}/contacts/{id}/resume", Who::Agent),
    ("post", "/{center}/contacts/{id}/transfer", Who::Agent),
    ("post", "/{center}/contacts/{id}/consult", Who::Agent),
    ("post", "/{center}/contacts/{id}/consult/swap", Who::Agent),
    ("post", "/{center}/contacts/{id}/consult/merge", Who::Agent),
    (
        "post",
        "/{center}/contacts/{id}/consult/complete",
        Who::Agent,
    ),
    ("post", "/{center}/contacts/{id}/consult/cancel", Who::Agent),
    ("post", "/{center}/contacts/{id}/digits", Who::Agent),
    ("get", "/{center}/transfer-targets", Who::Agent),
    ("get", "/{center}/calling-out", Who::Agent),
    ("post", "/{center}/calling-out/check", Who::Agent),
    ("post", "/{center}/calls", Who::Agent),
    (
        "post",
        "/{center}/contacts/{id}/call-back",
        Who::AgentOrSupervisor,
    ),
    ("get", "/{center}/recordings", Who::Supervisor),
    (
        "get",
        "/{center}/recordings/{id}/sound",
        Who::AgentOrSupervisor,
    ),
    (
        "get",
        "/{center}/recordings/{id}/waveform",
        Who::AgentOrSupervisor,
    ),
    ("get", "/{center}/recordings/{id}/accesses", Who::Supervisor),
    ("get", "/{center}/recordings/verification", Who::Supervisor),
    ("post", "/{center}/recordings/verify", Who::Administrator),
    ("post", "/{center}/recordings/{id}/hold", Who::Administrator),
    (
        "delete",
        "/{center}/recordings/{id}/hold",
        Who::Administrator,
    ),
    ("delete", "/{center}/recordings/{id}", Who::Administrator),
    (
        "get",
        "/{center}/contacts/{id}/recordings",
        Who::AgentOrSupervisor,
    ),
    ("get", "/{center}/do-not-call", Who::Supervisor),
    ("post", "/{center}/do-not-call", Who::Supervisor),
    ("delete", "/{center}/do-not-call/{id}", Who::Supervisor),
    ("get", "/{center}/queues/{id}/waits", Who::Supervisor),
    ("get", "/{center}/contacts", Who::AgentOrSupervisor),
    ("get", "/{center}/contacts/summary", Who::AgentOrSupervisor),
    ("get", "/{center}/contacts/export", Who::Supervisor),
    ("get", "/{center}/contacts/{id}", Who::AgentOrSupervisor),
    ("get", "/{center}/contacts/{id}/events", Who::Administrator),
    (
        "get",
        "/{center}/contacts/{id}/message",
        Who::AgentOrSupervisor,
    ),
    (
        "post",
        "/{center}/contacts/{id}/recording/pause",
        Who::AgentOrSupervisor,
    ),
    (
        "post",
        "/{center}/contacts/{id}/recording/resume",
        Who::AgentOrSupervisor,
    ),
    (
        "post",
        "/{center}/contacts/{id}/payment",
        Who::AgentOrSupervisor,
    ),
    ("get", "/{center}/decisions", Who::Supervisor),
    ("get", "/{center}/board", Who::Supervisor),
    ("get", "/{center}/tv-tokens", Who::Supervisor),
    ("post", "/{center}/tv-tokens", Who::Supervisor),
    ("delete", "/{center}/tv-tokens/{id}", Who::Supervisor),
    ("get", "/{center}/audit", Who::Administrator),
    ("get", "/{center}/system-health", Who::Supervisor),
    ("post", "/{center}/reconciliations", Who::Administrator),
    ("post", "/{center}/agents/{id}/password", Who::Administrator),
    (
        "post",
        "/{center}/endpoints/{id}/test-call",
        Who::Administrator,
    ),
    ("get", "/{center}/queues", Who::Supervisor),
    ("post", "/{center}/queues", Who::Administrator),
    ("get", "/{center}/queues/{id}", Who::Supervisor),
    ("put", "/{center}/queues/{id}", Who::Administrator),
    ("delete", "/{center}/queues/{id}", Who::Administrator),
    ("get", "/{center}/skills", Who::Supervisor),
    ("post", "/{center}/skills", Who::Administrator),
    ("get", "/{center}/skills/{id}", Who::Supervisor),
    ("put", "/{center}/skills/{id}", Who::Administrator),
    ("delete", "/{center}/skills/{id}", Who::Administrator),
    ("get", "/{center}/agents", Who::Supervisor),
    ("post", "/{center}/agents", Who::Administrator),
    ("get", "/{center}/agents/{id}", Who::Supervisor),
    ("put", "/{center}/agents/{id}", Who::Administrator),
    ("delete", "/{center}/agents/{id}", Who::Administrator),
    ("get", "/{center}/endpoints", Who::Supervisor),
    ("post", "/{center}/endpoints", Who::Administrator),
    ("get", "/{center}/endpoints/{id}", Who::Supervisor),
    ("put", "/{center}/endpoints/{id}", Who::Administrator),
    ("delete", "/{center}/endpoints/{id}", Who::Administrator),
    ("get", "/{center}/flows", Who::Supervisor),
    ("post", "/{center}/flows", Who::Administrator),
    ("post", "/{center}/flows/check", Who::Administrator),
    (
        "post",
        "/{center}/flows/{id}/test-calls",
        Who::Administrator,
    ),
    (
        "get",
        "/{center}/flows/{id}/test-calls/{call_id}",
        Who::Administrator,
    ),
    (
        "post",
        "/{center}/flows/{id}/test-calls/{call_id}/keys",
        Who::Administrator,
    ),
    (
        "post",
        "/{center}/flows/{id}/test-calls/{call_id}/hang-up",
        Who::Administrator,
    ),
    ("get", "/{center}/flows/{id}", Who::Supervisor),
    ("put", "/{center}/flows/{id}", Who::Administrator),
    ("delete", "/{center}/flows/{id}", Who::Administrator),
    ("get", "/{center}/prompts", Who::Supervisor),
    ("post", "/{center}/prompts", Who::Administrator),
    ("get", "/{center}/prompts/{id}", Who::Supervisor),
    ("put", "/{center}/prompts/{id}", Who::Administrator),
    ("delete", "/{center}/prompts/{id}", Who::Administrator),
    ("post", "/{center}/sounds", Who::Administrator),
    ("get", "/{center}/sounds/{sound}", Who::Supervisor),
    ("get", "/{center}/schedules", Who::Supervisor),
    ("post", "/{center}/schedules", Who::Administrator),
    ("get", "/{center}/schedules/{id}", Who::Supervisor),
    ("put", "/{center}/schedules/{id}", Who::Administrator),
    ("delete", "/{center}/schedules/{id}", Who::Administrator),
    ("get", "/{center}/schedules/{id}/preview", Who::Supervisor),
    ("post", "/{center}/schedules/preview", Who::Supervisor),
    ("post", "/{center}/schedules/{id}/close", Who::Supervisor),
    ("post", "/{center}/schedules/{id}/reopen", Who::Supervisor),
    ("get", "/{center}/reasons", Who::Supervisor),
    ("post", "/{center}/reasons", Who::Administrator),
    ("get", "/{center}/reasons/{id}", Who::Supervisor),
    ("put", "/{center}/reasons/{id}", Who::Administrator),
    ("delete", "/{center}/reasons/{id}", Who::Administrator),
    ("get", "/{center}/dispositions", Who::Supervisor),
    ("post", "/{center}/dispositions", Who::Administrator),
    ("get", "/{center}/dispositions/{id}", Who::Supervisor),
    ("put", "/{center}/dispositions/{id}", Who::Administrator),
    ("delete", "/{center}/dispositions/{id}", Who::Administrator),
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

#[tokio::test]
async fn each_role_passes_its_own_doors_only() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let (agent_id, _) = alex.agent("ann", 1).await;
    let nobody = server.nobody();
    server
        .account("contoso", "sam", &["supervisor"], None)
        .await;
    server
        .account("contoso", "amy", &["agent"], Some(agent_id))
        .await;
    let people: [(&str, &[Who], Person); 4] = [
        ("nobody", &[], nobody.clone()),
        (
            "agent",
            &[Who::Anyone, Who::Agent, Who::AgentOrSupervisor],
            nobody.sign_in("amy").await,
        ),
        (
            "supervisor",
            &[Who::Anyone, Who::Supervisor, Who::AgentOrSupervisor],
            nobody.sign_in("sam").await,
        ),
        (
            "administrator",
            &[
                Who::Anyone,
                Who::Supervisor,
                Who::Administrator,
                Who::AgentOrSupervisor,
            ],
            alex,
        ),
    ];
    for (role, passes, person) in &people {
        for (method, path, who) in MATRIX {
            // Signing out would end the sign-in that the other routes are asked with.
            if who == Who::Public || (path.ends_with("/sign-out") && *role != "nobody") {
                continue;
            }
            let status = ask(person, method, path).await;
            let expected = match (*role, passes.contains(&who)) {
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

async fn ask(person: &Person, method: &str, path: &str) -> u16 {
    let path = path
        .replace("/{center}", "")
        .replace("{id}", "987654")
        .replace("{offer_id}", "9")
        .replace("{call_id}", "p1")
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
    assert_eq!(audit[0]["actor"], "ann");
    assert_eq!(audit[0]["outcome"], "denied");
    assert_eq!(audit[0]["detail"], "POST /api/v1/{center}/skills");
}

/// What keys open; everything else is closed to them.
const KEY_ROUTES: [(&str, &str, &str); 2] = [
    ("get", "/{center}/contacts/{id}", "contacts.read"),
    ("get", "/{center}/board", "board.read"),
];

#[tokio::test]
async fn key_opens_the_routes_of_its_scope_only() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    for scope in ["contacts.read", "board.read"] {
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
