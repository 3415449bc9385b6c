//! People sign in with their Microsoft account, and may what Entra says: the server and the emulated Entra
//! over their sockets, with a browser between them.

use crate::browser::{Browser, Shown};
use crate::cloud::Cloud;
use crate::person::{PASSWORD, Person};
use crate::stage::{CENTER, GROUP, Proofs, Seams, Server, first_administrator};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tandem_emulator::ClockKind;
use tandem_server::engine::{Clock, SteppedClock, SystemClock};

/// A little more than Entra's word holds (`session_minutes = 10`).
const STALE: Duration = Duration::from_secs(11 * 60);

struct World {
    cloud: Cloud,
    server: Server,
    clock: Arc<SteppedClock>,
    alex: Person,
    users: Vec<String>,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let clock = Arc::new(SteppedClock::at(SystemClock::default().now()));
        let folder = tempfile::tempdir().unwrap();
        let cloud = Cloud::start(folder.path().join("cloud"), ClockKind::Real).await;
        let seams = Seams::of(Arc::clone(&clock) as Arc<dyn Clock>);
        let home = folder.path().join("home");
        let centers = [(CENTER, &cloud)];
        let (server, tokens) = Server::found(&home, &centers, Proofs::KeyAndToken, seams).await;
        let alex = first_administrator(&server.url, CENTER, &tokens[0]).await;
        let users = cloud.users().await;
        Self {
            cloud,
            server,
            clock,
            alex,
            users,
            _folder: folder,
        }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.cloud, &self.server.url)
    }

    async fn assign(&self, oid: &str, change: Value) {
        self.cloud
            .entra("PUT", &format!("/people/{oid}"), change)
            .await;
    }

    /// Somebody who was let in.
    async fn comes(&self, oid: &str) -> Person {
        let mut browser = self.browser();
        let shown = browser.signs_in(&self.cloud, oid).await;
        assert_eq!(
            (shown.status, shown.to.as_deref()),
            (303, Some("/contoso/desk")),
            "{}",
            shown.page
        );
        self.as_person(&browser)
    }

    fn as_person(&self, browser: &Browser) -> Person {
        Person::new(&self.server.url, CENTER).with_session(browser.session())
    }

    /// The page of somebody who was not.
    async fn is_shown(&self, oid: &str) -> Shown {
        let mut browser = self.browser();
        let shown = browser.signs_in(&self.cloud, oid).await;
        assert_eq!(browser.session(), None);
        assert_eq!(browser.cookies.len(), 0, "the sign-in is forgotten");
        shown
    }
}

async fn status(person: &Person, path: &str) -> StatusCode {
    person.asks(Method::GET, path, None).await.0
}

// B-043
#[tokio::test]
async fn person_assigned_in_entra_has_the_role_at_the_next_sign_in_and_unassigned_has_not() {
    let world = World::new().await;
    let ann = &world.users[0];
    let nobody_yet = world.is_shown(ann).await;
    assert_eq!(nobody_yet.status, 403);
    for words in [
        "You have no role here",
        "Users and groups",
        "Administrator, Agent, Analyst, Auditor, Quality, QueueAdministrator, Supervisor",
    ] {
        assert!(
            nobody_yet.page.contains(words),
            "{words}: {}",
            nobody_yet.page
        );
    }
    world
        .assign(ann, json!({"app_roles": ["Administrator"]}))
        .await;
    let person = world.comes(ann).await;
    let me = person.get("/me").await;
    assert_eq!(me["account"]["roles"], json!(["administrator"]));
    assert_eq!(me["account"]["username"], "adele.vance@tandem.example");
    assert_eq!(me["account"]["name"], "Adele Vance");
    assert_eq!(me["account"]["origin"], "microsoft");
    let listed = person.get("/accounts").await;
    let origins: Vec<&Value> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["origin"])
        .collect();
    assert_eq!(origins, [&json!("local"), &json!("microsoft")]);
    world.assign(ann, json!({"app_roles": []})).await;
    assert_eq!(world.is_shown(ann).await.status, 403);
    // What was open before is over as well.
    assert_eq!(status(&person, "/me").await, 401);
    let audit = world.alex.get("/audit?limit=1").await;
    assert_eq!(
        audit["items"][0]["detail"],
        "sign in with Microsoft: no role"
    );
}

// B-044
#[tokio::test]
async fn member_of_an_assigned_group_has_its_role() {
    let world = World::new().await;
    let (ann, bea) = (&world.users[0], &world.users[1]);
    let group = "dd123456-1234-1234-1234-ddd123456789";
    let roles = json!({"app_roles": ["Administrator"]});
    world
        .cloud
        .entra("PUT", &format!("/groups/{group}"), roles)
        .await;
    world.assign(ann, json!({ "groups": [group] })).await;
    let me = world.comes(ann).await.get("/me").await;
    assert_eq!(me["account"]["roles"], json!(["administrator"]));
    // A group that the configuration names gives its role without an app role.
    world.assign(bea, json!({ "groups": [GROUP] })).await;
    let me = world.comes(bea).await.get("/me").await;
    assert_eq!(me["account"]["roles"], json!(["supervisor"]));
}

// B-045
#[tokio::test]
async fn each_app_role_is_one_role_here() {
    let world = World::new().await;
    let ann = &world.users[0];
    for (value, word) in [
        ("Agent", "agent"),
        ("Supervisor", "supervisor"),
        ("Administrator", "administrator"),
        ("QueueAdministrator", "queue_administrator"),
        ("Quality", "quality"),
        ("Analyst", "analyst"),
        ("Auditor", "auditor"),
    ] {
        world
            .assign(ann, json!({ "app_roles": [value, "Unknown"] }))
            .await;
        let person = world.comes(ann).await;
        let me = person.get("/me").await;
        assert_eq!(me["account"]["roles"], json!([word]));
        let may_list = status(&person, "/accounts").await == 200;
        assert_eq!(may_list, word == "administrator");
    }
}

#[tokio::test]
async fn agent_signs_in_with_microsoft_and_the_local_password_ends() {
    let world = World::new().await;
    let ann = &world.users[0];
    let agent = json!({
        "name": "Ann", "username": "ann", "password": PASSWORD, "teams_user_id": ann,
    });
    let id = world.alex.create("/agents", agent).await;
    let local = world.alex.sign_in("ann").await;
    world.assign(ann, json!({"app_roles": ["Agent"]})).await;
    let person = world.comes(ann).await;
    let me = person.get("/me").await;
    assert_eq!(me["account"]["agent_id"], id);
    assert_eq!(me["account"]["name"], "Ann");
    assert_eq!(status(&local, "/me").await, 401);
    let credentials = json!({"username": "adele.vance@tandem.example", "password": PASSWORD});
    let refused = local
        .asks(Method::POST, "/sign-in", Some(credentials))
        .await;
    assert_eq!(refused.0, 401);
    let agent = world.alex.get(&format!("/agents/{id}")).await;
    assert_eq!(agent["username"], "adele.vance@tandem.example");
    let promoted = json!({
        "name": "Ann", "teams_user_id": ann, "roles": ["agent", "administrator"],
    });
    let path = format!("/agents/{id}");
    let (answered, body) = world.alex.tries_to_change(&path, &agent, promoted).await;
    assert_eq!(answered, 422, "{body}");
}

#[tokio::test]
async fn people_of_another_organization_are_told_so() {
    let world = World::new().await;
    let ann = &world.users[0];
    let other = json!({
        "tenant": "99999999-44d7-43e1-9a83-5f2406dee5bd", "app_roles": ["Administrator"],
    });
    world.assign(ann, other).await;
    let shown = world.is_shown(ann).await;
    assert_eq!(shown.status, 403);
    assert!(
        shown.page.contains("Your organization has no access"),
        "{}",
        shown.page
    );
}

#[tokio::test]
async fn forged_state_foreign_browser_and_replayed_answer_are_refused() {
    let world = World::new().await;
    let ann = &world.users[0];
    world
        .assign(ann, json!({"app_roles": ["Administrator"]}))
        .await;
    let mut browser = world.browser();
    let address = browser.begins("").await;
    let form = browser.picks(&world.cloud, &address, ann).await;
    let mut stranger = world.browser();
    let shown = stranger.posts(&form).await;
    assert_eq!((shown.status, stranger.session()), (400, None));
    assert!(shown.page.contains("This sign-in cannot go on"));
    let cookies = browser.cookies.clone();
    let mut forged = form.clone();
    forged
        .fields
        .insert("state".to_owned(), "forged".to_owned());
    let shown = browser.posts(&forged).await;
    assert_eq!((shown.status, browser.session()), (400, None));
    browser.cookies.clone_from(&cookies);
    assert_eq!(browser.posts(&form).await.to.as_deref(), Some("/"));
    // Whoever kept the cookie and the answer gets nothing for them a second time.
    let mut thief = world.browser();
    thief.cookies = cookies;
    let shown = thief.posts(&form).await;
    assert_eq!((shown.status, thief.session()), (403, None));
    assert!(
        shown.page.contains("This sign-in was used already"),
        "{}",
        shown.page
    );
    assert!(shown.page.contains("AADSTS54005") && shown.page.contains("Correlation ID"));
}

#[tokio::test]
async fn token_for_another_sign_in_is_refused_by_its_nonce() {
    let world = World::new().await;
    let ann = &world.users[0];
    world
        .assign(ann, json!({"app_roles": ["Administrator"]}))
        .await;
    let mut browser = world.browser();
    let address = browser.begins("").await.replace("&nonce=", "&nonce=x");
    let form = browser.picks(&world.cloud, &address, ann).await;
    let shown = browser.posts(&form).await;
    assert_eq!((shown.status, browser.session()), (400, None));
    assert!(shown.page.contains("could not be verified"));
}

#[tokio::test]
async fn sign_in_that_took_too_long_or_leads_elsewhere_does_not_go_on() {
    let world = World::new().await;
    let ann = &world.users[0];
    world.assign(ann, json!({"app_roles": ["Agent"]})).await;
    let mut browser = world.browser();
    let address = browser.begins("?return_to=//evil.example").await;
    let form = browser.picks(&world.cloud, &address, ann).await;
    let cookies = browser.cookies.clone();
    assert_eq!(browser.posts(&form).await.to.as_deref(), Some("/"));
    let mut late = world.browser();
    late.cookies = cookies;
    world.clock.advance(Duration::from_secs(600));
    assert_eq!(late.posts(&form).await.status, 400);
}

#[tokio::test]
async fn refusals_of_entra_are_explained() {
    let world = World::new().await;
    let ann = &world.users[0];
    let fault = json!({"kind": "conditional_access", "match": {"operation": "Authorize"}});
    world.cloud.fault(fault).await;
    let shown = world.is_shown(ann).await;
    for words in [
        "A rule of your organization",
        "managed device",
        "AADSTS53003",
        "Correlation ID",
    ] {
        assert!(shown.page.contains(words), "{words}: {}", shown.page);
    }
    world.assign(ann, json!({"disabled": true})).await;
    let shown = world.is_shown(ann).await;
    assert!(shown.page.contains("Your Microsoft account is disabled"));
    world.assign(ann, json!({"disabled": false})).await;
    let strict = json!({"assignment_required": true});
    world.cloud.entra("PUT", "/application", strict).await;
    let shown = world.is_shown(ann).await;
    assert!(
        shown
            .page
            .contains("You are not assigned to this application")
    );
    world
        .cloud
        .entra("PUT", "/application", json!({"consented": false}))
        .await;
    let shown = world.is_shown(ann).await;
    assert!(shown.page.contains("has not approved this application"));
}

#[tokio::test]
async fn session_goes_on_as_long_as_entra_says_yes_and_with_what_it_says() {
    let world = World::new().await;
    let ann = &world.users[0];
    world
        .assign(ann, json!({"app_roles": ["Administrator"]}))
        .await;
    let person = world.comes(ann).await;
    world
        .assign(ann, json!({"app_roles": ["Supervisor"]}))
        .await;
    assert_eq!(
        person.get("/me").await["account"]["roles"],
        json!(["administrator"])
    );
    world.clock.advance(STALE);
    assert_eq!(
        person.get("/me").await["account"]["roles"],
        json!(["supervisor"])
    );
    assert_eq!(status(&person, "/accounts").await, 403);
    world.assign(ann, json!({"disabled": true})).await;
    world.clock.advance(STALE);
    let (answered, body) = person.asks(Method::GET, "/me", None).await;
    assert_eq!(answered, 401);
    assert_eq!(
        body["detail"],
        "Microsoft no longer confirms your sign-in; sign in again"
    );
    world.assign(ann, json!({"disabled": false})).await;
    assert_eq!(status(&person, "/me").await, 401);
}

#[tokio::test]
async fn session_outlives_a_short_silence_of_entra_and_no_long_one() {
    let world = World::new().await;
    let ann = &world.users[0];
    world
        .assign(ann, json!({"app_roles": ["Supervisor"]}))
        .await;
    let person = world.comes(ann).await;
    let silent = json!({
        "kind": "status", "status": 503, "match": {"operation": "Token"}, "count": 1000,
    });
    world.cloud.fault(silent).await;
    world.clock.advance(STALE);
    assert_eq!(status(&person, "/me").await, 200);
    world.clock.advance(STALE);
    assert_eq!(status(&person, "/me").await, 401);
}

#[tokio::test]
async fn role_and_account_taken_away_here_are_refused_at_once() {
    let world = World::new().await;
    let (ann, bea) = (&world.users[0], &world.users[1]);
    world
        .assign(ann, json!({"app_roles": ["Administrator"]}))
        .await;
    world
        .assign(bea, json!({"app_roles": ["Supervisor"]}))
        .await;
    let (person, other) = (world.comes(ann).await, world.comes(bea).await);
    let second = world.comes(bea).await;
    let id = other.get("/me").await["account"]["id"].clone();
    let sessions = other.get("/me/sessions").await;
    let current = |it: &Value| it["is_current"] == true;
    let listed = sessions["items"].as_array().unwrap();
    assert_eq!(listed.len(), 2, "{sessions}");
    let open = listed.iter().find(|it| !current(it)).unwrap();
    assert!(open["confirmed_until"].is_string());
    let path = format!("/me/sessions/{}", open["id"].as_str().unwrap());
    assert_eq!(other.asks(Method::DELETE, &path, None).await.0, 204);
    assert_eq!(status(&second, "/me").await, 401);
    let closed = json!({"standing": "disabled"});
    let path = format!("/accounts/{id}/standing");
    let done = person.asks(Method::PUT, &path, Some(closed.clone())).await;
    assert_eq!(done.0, 204, "{}", done.1);
    assert_eq!(status(&other, "/me").await, 401);
    let shown = world.is_shown(bea).await;
    assert!(
        shown.page.contains("Your account is closed here"),
        "{}",
        shown.page
    );
    let own = person.get("/me").await["account"]["id"].clone();
    let path = format!("/accounts/{own}/standing");
    assert_eq!(person.asks(Method::PUT, &path, Some(closed)).await.0, 409);
    let path = format!("/accounts/{own}/sessions");
    assert_eq!(world.alex.asks(Method::DELETE, &path, None).await.0, 204);
    assert_eq!(status(&person, "/me").await, 401);
}

#[tokio::test]
async fn signing_out_leads_on_to_microsoft_and_back() {
    let world = World::new().await;
    let info = world.alex.at("info").get("").await;
    let ways = json!({"password": true, "microsoft": true});
    assert_eq!(info["centers"][0]["sign_in"], ways);
    let ann = &world.users[0];
    world.assign(ann, json!({"app_roles": ["Agent"]})).await;
    let mut browser = world.browser();
    browser.signs_in(&world.cloud, ann).await;
    let person = world.as_person(&browser);
    let (answered, body) = person.asks(Method::POST, "/sign-out", None).await;
    assert_eq!(answered, 200);
    assert_eq!(status(&person, "/me").await, 401);
    let shown = browser.goes(body["continue_at"].as_str().unwrap()).await;
    let home = format!("{}/{CENTER}/sign-in", world.server.url);
    assert_eq!(shown.to, Some(home));
    let (answered, _) = world.alex.asks(Method::POST, "/sign-out", None).await;
    assert_eq!(answered, 204);
}

#[tokio::test]
async fn check_of_the_configuration_tries_the_secret_of_the_sign_in() {
    let world = World::new().await;
    assert_eq!(world.server.troubles().await, [""; 0]);
    world.server.writes_secret("the secret's id");
    let troubles = world.server.troubles().await;
    assert_eq!(troubles, ["centers[contoso].sign_in.client_secret"]);
}
