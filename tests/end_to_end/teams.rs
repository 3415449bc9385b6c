//! The Teams account: the server and the emulated tenant over their sockets, with every way in which the tenant can say
//! no.

use crate::browser::Browser;
use crate::cloud::Cloud;
use crate::person::Person;
use crate::stage::{CENTER, Proofs, Seams, Server, first_administrator};
use crate::wait::until;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tandem_emulator::{ClockKind, defaults};
use tandem_server::engine::{Clock, SteppedClock, SystemClock};

pub(crate) const FAILED: &str = "Error: Failed to request refresh token";
/// A little more than between two looks at the connection.
pub(crate) const LOOK: Duration = Duration::from_secs(301);

pub(crate) struct World {
    pub(crate) cloud: Cloud,
    pub(crate) server: Server,
    pub(crate) clock: Arc<SteppedClock>,
    pub(crate) alex: Person,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn with_people(people: usize) -> Self {
        let clock = Arc::new(SteppedClock::at(SystemClock::default().now()));
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("cloud");
        let cloud = Cloud::with_people(data, ClockKind::Real, people).await;
        let seams = Seams::of(Arc::clone(&clock) as Arc<dyn Clock>);
        let home = folder.path().join("home");
        let centers = [(CENTER, &cloud)];
        let (server, tokens) = Server::found(&home, &centers, Proofs::KeyAndToken, seams).await;
        let alex = first_administrator(&server.url, CENTER, &tokens[0]).await;
        Self {
            cloud,
            server,
            clock,
            alex,
            _folder: folder,
        }
    }

    pub(crate) async fn connected() -> Self {
        let world = Self::with_people(0).await;
        world.alex.post("/teams-account", account(&[])).await;
        world.connection_is("connected").await;
        world
    }

    pub(crate) async fn put(&self, changes: &[(&str, Value)]) -> Value {
        let version = self.alex.get("/teams-account").await["version"].clone();
        let changed = self.tries_to_put(&version, account(changes)).await;
        assert_eq!(changed.0, StatusCode::OK, "{}", changed.1);
        changed.1
    }

    async fn tries_to_put(&self, version: &Value, sent: Value) -> (StatusCode, Value) {
        let url = format!("{}/api/v1/{CENTER}/teams-account", self.server.url);
        let request = self.cloud.http.put(url).json(&sent);
        let request = request.header("if-match", format!("\"{version}\""));
        let token = self.alex.token.as_deref().unwrap();
        let answer = request.bearer_auth(token).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn test(&self) -> Value {
        self.alex.post("/teams-account/test", json!({})).await
    }

    /// What a test says of a step.
    async fn step(&self, name: &str) -> Value {
        let tested = self.test().await;
        let steps = tested["steps"].as_array().unwrap();
        let found = steps.iter().find(|it| it["step"] == name);
        found.cloned().unwrap()
    }

    pub(crate) async fn application(&self, says: Value) {
        self.cloud.entra("PUT", "/application", says).await;
    }

    /// Whoever is signed in has to do it again.
    async fn lives_on_for_a_day(&mut self) {
        self.clock.advance(Duration::from_secs(24 * 3_600));
        self.alex = self.alex.sign_in("alex").await;
    }

    async fn check_is(&self, id: &str, code: &str) {
        let look = async || {
            let health = self.alex.get("/system-health").await;
            let checks = health["checks"].as_array()?;
            let check = checks.iter().find(|it| it["id"] == id)?;
            (check["code"] == code).then_some(())
        };
        until(&format!("the check {id} that says {code}"), look).await;
    }

    pub(crate) async fn connection_is(&self, state: &str) {
        let look = async || {
            let rights = self.alex.get("/teams-account/rights").await;
            (rights["connection"]["state"] == state).then_some(())
        };
        until(&format!("a connection that is {state}"), look).await;
    }

    async fn right(&self, name: &str, kind: &str) -> Value {
        let rights = self.alex.get("/teams-account/rights").await;
        let all = rights["permissions"].as_array().unwrap();
        let found = all
            .iter()
            .find(|it| it["name"] == name && it["kind"] == kind);
        found.unwrap()["state"].clone()
    }
}

pub(crate) fn account(changes: &[(&str, Value)]) -> Value {
    let shown = |kind: &str| json!({"type": kind, "is_shown": true});
    let mut account = json!({
        "name": "Teams", "object_id": null, "tenant_id": defaults::TENANT,
        "client_id": defaults::APP, "secret": defaults::CLIENT_SECRET,
        "licensing_mode": "production", "licensing_acknowledged": true,
        "features": ["directory", "presence_read", "presence_write", "secret_expiry"],
        "number_types": [shown("teams"), shown("business"), shown("mobile"), shown("fax")],
        "messages": {
            "joined": "joined the session", "left": "left the session",
            "invitation": "You are invited to customer chat session, would you like to accept (YES/NO)?",
            "yes": "YES", "no": "NO", "ended": "Customer chat session ended", "bye": "BYE",
        },
        "drawer_limit": 300,
    });
    for (field, value) in changes {
        account[*field] = value.clone();
    }
    account
}

// B-065, B-066, B-070
#[tokio::test]
async fn connection_test_passes_step_by_step_with_what_was_applied() {
    let world = World::connected().await;
    let tested = world.test().await;
    assert_eq!(tested["message"], "ok", "{tested}");
    let steps = tested["steps"].as_array().unwrap();
    assert!(steps.iter().all(|it| it["outcome"] == "passed"), "{tested}");
    // A step that no feature needs is not tried.
    world.put(&[("features", json!(["presence_read"]))]).await;
    assert_eq!(world.test().await["message"], "ok");
    for skipped in [
        "organization",
        "directory",
        "presence_write",
        "secret_expiry",
    ] {
        assert_eq!(world.step(skipped).await["outcome"], "skipped", "{skipped}");
    }
}

// B-071, B-208
#[tokio::test]
async fn every_wrong_credential_gives_the_same_text_and_an_explanation_of_its_own() {
    let world = World::connected().await;
    let other = json!("11111111-44d7-43e1-9a83-5f2406dee5bd");
    let wrong = [
        ("secret", json!("wrong"), "AADSTS7000215", "secret_wrong"),
        (
            "client_id",
            other.clone(),
            "AADSTS700016",
            "application_not_found",
        ),
        ("tenant_id", other, "AADSTS90002", "tenant_not_found"),
    ];
    for (field, value, code, explanation) in wrong {
        world.put(&[(field, value)]).await;
        let tested = world.test().await;
        assert_eq!(tested["message"], FAILED, "{field}");
        let token = &tested["steps"][1];
        assert_eq!(
            (&token["code"], &token["explanation"]),
            (&json!(code), &json!(explanation)),
            "{tested}"
        );
        assert_eq!(tested["steps"][2]["outcome"], "skipped");
    }
    // What the token endpoint says besides, by order of a fault.
    world.put(&[]).await;
    for (aadsts, explanation) in [
        (7_000_222, "secret_expired"),
        (900_023, "tenant_malformed"),
        (7_000_112, "application_disabled"),
        (65_001, "consent_missing"),
        (700_027, "certificate_unknown"),
        (700_024, "clock_skew"),
    ] {
        world.cloud.without_faults().await;
        let fault = json!({"kind": "token_refused", "aadsts": aadsts, "count": 1000});
        world.cloud.fault(fault).await;
        let tested = world.test().await;
        assert_eq!(tested["message"], FAILED, "{aadsts}");
        assert_eq!(tested["steps"][1]["explanation"], explanation, "{aadsts}");
    }
    world.cloud.without_faults().await;
    assert_eq!(world.test().await["message"], "ok");
}

#[tokio::test]
async fn missing_permission_and_throttling_are_told_with_their_step() {
    let world = World::connected().await;
    world
        .application(json!({"application_permissions": ["User.Read.All", "Organization.Read.All"]}))
        .await;
    let tested = world.test().await;
    let denied = "Error: Microsoft Graph refused with 403: Forbidden";
    assert_eq!(tested["message"], denied, "{tested}");
    let step = world.step("presence_write").await;
    assert_eq!(step["permission"], "Presence.ReadWrite.All");
    assert_eq!(step["explanation"], "permission_missing");
    assert_eq!(world.step("directory").await["outcome"], "passed");
    world.application(json!({})).await;
    let fault = json!({
        "kind": "status", "status": 429, "retry_after_s": 1, "count": 5,
        "match": {"operation": "Graph_ListOrganization"},
    });
    world.cloud.fault(fault).await;
    let tested = world.test().await;
    assert_eq!(tested["message"], "Error: Microsoft asks to wait 1 s");
}

// B-064
#[tokio::test]
async fn object_id_of_the_service_principal_is_explained() {
    let world = World::connected().await;
    let principal = json!("ff123456-0000-1234-1234-eee123456789");
    world.put(&[("object_id", principal)]).await;
    let step = world.step("secret_expiry").await;
    assert_eq!(step["code"], "Request_ResourceNotFound");
    assert_eq!(step["explanation"], "object_id_unknown");
}

// B-068, B-069, B-209
#[tokio::test]
async fn expiry_is_the_directorys_and_is_announced_fifteen_days_ahead() {
    let mut world = World::connected().await;
    let end = after(&world.clock, Duration::from_secs(16 * 24 * 3_600));
    world.application(json!({ "secret_expires_at": end })).await;
    world
        .put(&[
            ("name", json!("Saved again")),
            ("secret", json!(defaults::CLIENT_SECRET)),
        ])
        .await;
    let source = async || {
        let account = world.alex.get("/teams-account").await;
        (account["expires_at_source"] == "directory").then_some(account)
    };
    let account = until("the end of the secret", source).await;
    assert_eq!(account["days_left"], 15);
    world.check_is("teams_secret", "teams_secret_good").await;
    world.lives_on_for_a_day().await;
    world
        .check_is("teams_secret", "teams_secret_expiring")
        .await;
    // A new secret is found at the daily look.
    world.application(json!({})).await;
    world.lives_on_for_a_day().await;
    world.check_is("teams_secret", "teams_secret_good").await;
    // Without the permission nobody knows.
    world
        .application(json!({"application_permissions": ["User.Read.All"]}))
        .await;
    world.lives_on_for_a_day().await;
    world.check_is("teams_secret", "teams_secret_unknown").await;
}

/// An instant as the directory writes it.
fn after(clock: &SteppedClock, by: Duration) -> String {
    let seconds = clock.now().as_micros() / 1_000_000 + i64::try_from(by.as_secs()).unwrap();
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}

// B-041
#[tokio::test]
async fn revoked_application_is_noticed_within_one_look_and_taken_back_when_it_is_let_in_again() {
    let world = World::connected().await;
    world.application(json!({"standing": "disabled"})).await;
    world.clock.advance(LOOK);
    world.connection_is("revoked").await;
    world.check_is("teams_connection", "teams_revoked").await;
    let rights = world.alex.get("/teams-account/rights").await;
    assert_eq!(
        (&rights["state"], &rights["problem"]),
        (&json!("revoked"), &json!(FAILED))
    );
    assert_eq!(rights["connection"]["code"], "AADSTS7000112");
    world.application(json!({})).await;
    let connected = async || {
        world.clock.advance(LOOK);
        let rights = world.alex.get("/teams-account/rights").await;
        (rights["connection"]["state"] == "connected").then_some(())
    };
    until("a connection that is there again", connected).await;
    world.check_is("teams_connection", "teams_connected").await;
}

// B-036, B-039, B-040, B-042
#[tokio::test]
async fn rights_are_compared_with_what_features_need() {
    let world = World::connected().await;
    let rights = world.alex.get("/teams-account/rights").await;
    assert_eq!(rights["state"], "granted", "{rights}");
    assert_eq!(rights["app_name"], "Tandem");
    assert_eq!(rights["client_id"], defaults::APP);
    for calls in ["Calls.AccessMedia.All", "Calls.Initiate.All"] {
        assert_eq!(world.right(calls, "application").await, "not_requested");
    }
    world.put(&[("features", json!(["directory"]))]).await;
    let unused = world.right("Presence.ReadWrite.All", "application").await;
    assert_eq!(unused, "granted_not_needed");
    world
        .application(json!({"application_permissions": ["User.Read.All"]}))
        .await;
    let missing = world.right("Organization.Read.All", "application").await;
    assert_eq!(missing, "missing");
    let rights = world.alex.get("/teams-account/rights").await;
    assert_eq!(rights["state"], "partly");
}

// B-037, B-038, B-041
#[tokio::test]
async fn administrator_consents_once_and_a_forged_answer_is_none() {
    let world = World::connected().await;
    world
        .application(json!({"consented": false, "application_permissions": []}))
        .await;
    let oid = world.cloud.users().await[0].clone();
    let path = format!("/people/{oid}");
    let administrator = json!({"is_administrator": true});
    world.cloud.entra("PUT", &path, administrator).await;
    let mut browser = Browser::new(&world.cloud, &world.server.url);
    let link = world.alex.post("/teams-account/consent", json!({})).await;
    let url = link["url"].as_str().unwrap().to_owned();
    assert!(
        url.contains(&format!("client_id={}", defaults::APP)),
        "{url}"
    );
    world
        .cloud
        .entra("POST", "/sign-ins", json!({ "oid": oid }))
        .await;
    let sent = browser.goes(&url).await;
    let back = sent.to.unwrap();
    let forged = back.replace("state=contoso.", "state=contoso.x");
    let shown = browser.goes(&forged).await;
    let page = "/admin/integrations/teams";
    assert_eq!(shown.to.unwrap(), format!("{page}?consent=forged"));
    let shown = browser.goes(&back).await;
    assert_eq!(shown.to.unwrap(), format!("{page}?consent=granted"));
    let again = browser.goes(&back).await;
    assert_eq!(again.to.unwrap(), format!("{page}?consent=forged"));
    let rights = world.alex.get("/teams-account/rights").await;
    assert_eq!(rights["consent"]["outcome"], "granted");
    assert_eq!(rights["consent"]["tenant"], defaults::TENANT);
    assert_eq!(rights["state"], "granted", "{rights}");
    // Somebody who may not consent.
    world
        .cloud
        .entra("PUT", &path, json!({"is_administrator": false}))
        .await;
    let link = world.alex.post("/teams-account/consent", json!({})).await;
    world
        .cloud
        .entra("POST", "/sign-ins", json!({ "oid": oid }))
        .await;
    let sent = browser.goes(link["url"].as_str().unwrap()).await;
    let shown = browser.goes(&sent.to.unwrap()).await;
    assert_eq!(shown.to.unwrap(), format!("{page}?consent=refused"));
    let rights = world.alex.get("/teams-account/rights").await;
    assert_eq!(rights["consent"]["error"], "access_denied");
}

#[tokio::test]
async fn certificate_proves_who_the_application_is_as_a_secret_does() {
    let world = World::connected().await;
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let params = rcgen::CertificateParams::new(vec!["tandem".to_owned()]).unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    let certificate = json!({"pem": pem, "key_pem": key.serialize_pem()});
    let mut sent = account(&[("certificate", certificate)]);
    sent.as_object_mut().unwrap().remove("secret");
    let version = world.alex.get("/teams-account").await["version"].clone();
    let (status, account) = world.tries_to_put(&version, sent).await;
    assert_eq!(status, StatusCode::OK, "{account}");
    assert_eq!(account["credential"]["kind"], "certificate");
    assert_eq!(account["expires_at_source"], "entered");
    let tested = world.test().await;
    assert_eq!(
        tested["steps"][1]["explanation"], "certificate_unknown",
        "{tested}"
    );
    world.application(json!({ "certificates": [pem] })).await;
    assert_eq!(world.test().await["message"], "ok");
}

#[tokio::test]
async fn account_and_what_was_found_out_outlast_a_restart() {
    let mut world = World::connected().await;
    let found = async |world: &World| {
        let account = world.alex.get("/teams-account").await;
        (account["expires_at_source"] == "directory").then_some(account)
    };
    let before = until("the end of the secret", async || found(&world).await).await;
    world
        .cloud
        .fault(json!({"kind": "token_refused", "aadsts": 90_055}))
        .await;
    world.server.stop().await;
    world.server.start_again().await;
    let (status, after) = world.alex.asks(Method::GET, "/teams-account", None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(after, before);
}
