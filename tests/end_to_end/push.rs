//! Somebody signs in to Teams for the contact center, and Microsoft tells of presence by itself: the server and the emulated
//! tenant over their sockets. Both clocks stand still but for what a test moves them on.

use crate::browser::{Browser, Shown};
use crate::person::{Desk, Person};
use crate::presence::{CYCLE, Office};
use crate::stage::CENTER;
use crate::teams::account;
use crate::token::{Signer, event_grid_claims, signed};
use crate::wait::until;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tandem_emulator::{ClockKind, defaults};

/// A little more than half of a subscription's life (B-228).
const HALF_LIFE: Duration = Duration::from_secs(31 * 60);
/// The longest step of the cloud's clock.
const WEEK_MS: u64 = 7 * 24 * 3_600_000;
const FEATURES: [&str; 5] = [
    "directory",
    "presence_read",
    "presence_write",
    "presence_push",
    "secret_expiry",
];
const READ: &str = "Graph_GetPresencesByUserId";

/// A floor whose agents have Teams, and whose administrator may sign in for all of them.
struct Told {
    office: Office,
}

impl Told {
    /// Alex is the owner; nobody signed in yet.
    async fn open() -> Self {
        let told = Self {
            office: Office::open_with(ClockKind::Stepped).await,
        };
        told.switches_push_on().await;
        let owner = told.number(told.alex()).await;
        told.chooses(owner, None).await;
        told
    }

    /// Alex signed in, and changes of everybody are told.
    async fn works() -> (Self, Desk) {
        let told = Self::open().await;
        let ann = told.office.stage.agent(0, "ann").await;
        let on = json!({"is_enabled": true});
        ann.person.asks(Method::PUT, "/me/teams", Some(on)).await;
        let alex = told.signs_in(told.alex(), &told.users()[2]).await;
        assert_eq!(alex, "/profile?teams=done");
        told.office.check_is("presence_told", json!(1)).await;
        told.settles().await;
        (told, ann)
    }

    fn alex(&self) -> &Person {
        &self.office.stage.alex
    }

    fn users(&self) -> &[String] {
        &self.office.stage.users
    }

    async fn switches_push_on(&self) {
        self.changes_account(&[]).await;
    }

    async fn changes_account(&self, changes: &[(&str, Value)]) {
        let version = self.alex().get("/teams-account").await["version"].clone();
        let push = [("features", json!(FEATURES))];
        let sent = account(&[&push, changes].concat());
        let put = self.puts("/teams-account", &version, sent).await;
        assert_eq!(put.0, StatusCode::OK, "{}", put.1);
    }

    async fn chooses(&self, owner: u64, backup: Option<u64>) {
        let delegates = self.alex().get("/teams-account/delegates").await;
        let sent = json!({"owner": owner, "backup": backup});
        let path = "/teams-account/delegates";
        let put = self.puts(path, &delegates["version"], sent).await;
        assert_eq!(put.0, StatusCode::OK, "{}", put.1);
    }

    async fn puts(&self, path: &str, version: &Value, sent: Value) -> (StatusCode, Value) {
        let stage = &self.office.stage;
        let url = format!("{}/api/v1/{CENTER}{path}", stage.server.url);
        let request = stage.cloud.http.put(url).json(&sent);
        let request = request.header("if-match", format!("\"{version}\""));
        let token = self.alex().token.as_deref().unwrap();
        let answer = request.bearer_auth(token).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn number(&self, person: &Person) -> u64 {
        person.get("/me").await["account"]["id"].as_u64().unwrap()
    }

    /// Where Microsoft's page sends the browser of somebody who is this person there.
    async fn is_sent_back(&self, person: &Person, oid: &str) -> String {
        let link = person.post("/me/teams/login", json!({})).await;
        let url = link["url"].as_str().unwrap();
        let sent = self.browser().presses(url, oid).await;
        sent.to.expect(&sent.page)
    }

    fn browser(&self) -> Browser {
        let stage = &self.office.stage;
        Browser::new(&stage.cloud, &stage.server.url)
    }

    async fn goes(&self, url: &str) -> Shown {
        self.browser().goes(url).await
    }

    /// The whole way; answers the page on which it ends.
    async fn signs_in(&self, person: &Person, oid: &str) -> String {
        let back = self.is_sent_back(person, oid).await;
        self.goes(&back).await.to.unwrap()
    }

    /// Both clocks move on.
    async fn passes(&self, time: Duration) {
        let mut ms = u64::try_from(time.as_millis()).unwrap();
        while ms > 0 {
            let step = ms.min(WEEK_MS);
            self.office.stage.cloud.advance(step).await;
            ms -= step;
        }
        self.office.passes(time);
    }

    async fn check_is(&self, id: &str, code: &str) {
        let look = async || {
            let health = self.alex().get("/system-health").await;
            let checks = health["checks"].as_array()?;
            let check = checks.iter().find(|it| it["id"] == id)?;
            (check["code"] == code).then_some(())
        };
        until(&format!("the check {id} that says {code}"), look).await;
    }

    async fn n_requests(&self, operation: &str) -> usize {
        self.office.stage.cloud.requests(operation).await.len()
    }

    /// Waits until there is one more request of an operation than so many.
    async fn asks_again(&self, operation: &str, n: usize) {
        let look = async || (self.n_requests(operation).await > n).then_some(());
        until(&format!("one more {operation}"), look).await;
    }

    /// Waits until nobody has to be asked about: rounds pass without a request.
    async fn settles(&self) {
        let look = async || {
            let n = self.n_requests(READ).await;
            for _ in 0..3 {
                self.passes(CYCLE).await;
                self.office.check_is("presence_told", json!(1)).await;
            }
            (self.n_requests(READ).await == n).then_some(())
        };
        until("rounds in which nobody is asked about", look).await;
    }

    async fn subscriptions(&self) -> Vec<Value> {
        let graph = self.office.stage.cloud.get("/_emulator/graph").await;
        graph["subscriptions"].as_array().unwrap().clone()
    }

    async fn lifecycle(&self, event: &str) {
        let id = self.subscriptions().await[0]["id"].clone();
        let id = id.as_str().unwrap();
        let path = format!("/_emulator/graph/subscriptions/{id}/lifecycle");
        let cloud = &self.office.stage.cloud;
        let (status, answer) = cloud.post(&path, json!({ "event": event })).await;
        assert_eq!(status, 204, "{answer}");
    }

    async fn is_in_a_meeting(&self, ann: &Desk) {
        let meeting = json!({"calendar": "in_a_meeting"});
        self.office.by_hand(&ann.oid, meeting).await;
    }

    async fn login(&self, person: &Person) -> Value {
        person.get("/me/teams").await["login"].clone()
    }
}

// B-205, B-206, B-218, B-219
#[tokio::test]
async fn owner_is_asked_to_sign_in_once_and_nobody_else_is() {
    let told = Told::open().await;
    let ann = told.office.stage.agent(0, "ann").await;
    let on = json!({"is_enabled": true});
    for person in [told.alex(), &ann.person] {
        person
            .asks(Method::PUT, "/me/teams", Some(on.clone()))
            .await;
    }
    assert_eq!(told.login(told.alex()).await, "needed");
    assert_eq!(told.login(&ann.person).await, "not_needed");
    let drawer = told.alex().get("/directory").await;
    assert_eq!(drawer["login"], "needed");
    assert_eq!(ann.person.get("/directory").await["login"], "not_needed");
    let refused = ann
        .person
        .asks(Method::POST, "/me/teams/login", Some(json!({})));
    assert_eq!(refused.await.1["code"], "login_not_needed");
    told.check_is("teams_login", "teams_login_ended").await;
    told.check_is("presence", "presence_polled").await;
    // Nobody here asked for this one.
    let server = &told.office.stage.server.url;
    let forged = format!("{server}/auth/teams/login?code=x&state={CENTER}.x");
    let shown = told.goes(&forged).await;
    assert_eq!(shown.to.unwrap(), "/profile?teams=forged");
    let back = told.is_sent_back(told.alex(), &told.users()[2]).await;
    assert_eq!(told.goes(&back).await.to.unwrap(), "/profile?teams=done");
    assert_eq!(told.goes(&back).await.to.unwrap(), "/profile?teams=forged");
    let mine = told.alex().get("/me/teams").await;
    assert_eq!(
        (&mine["login"], &mine["is_owner"]),
        (&json!("done"), &json!("owner"))
    );
    told.check_is("teams_login", "teams_login_good").await;
    told.check_is("presence", "presence_told").await;
    let audit = told.alex().get("/audit?limit=20").await.to_string();
    assert!(audit.contains("teams_signed_in"), "{audit}");
}

// B-205, B-219
#[tokio::test]
async fn refused_sign_in_says_why_and_changes_nothing() {
    let told = Told::open().await;
    let ann = told.office.stage.agent(0, "ann").await;
    let backup = told.number(&ann.person).await;
    let owner = told.number(told.alex()).await;
    told.chooses(owner, Some(backup)).await;
    let cloud = &told.office.stage.cloud;
    let says = async |person: &Person| person.get("/me/teams").await["login_problem"].clone();
    // An agent is known at Microsoft's: nobody else signs in for her.
    let to = told.signs_in(&ann.person, &told.users()[1]).await;
    assert_eq!(to, "/profile?teams=refused");
    assert_eq!(says(&ann.person).await, "other_person");
    for (aadsts, problem) in [
        (50_011, "redirect_unregistered"),
        (54_005, "code_spent"),
        (65_001, "consent_missing"),
        (50_173, "sign_in_again"),
        (7_000_222, "credential_refused"),
    ] {
        let back = told.is_sent_back(told.alex(), &told.users()[2]).await;
        cloud
            .fault(json!({"kind": "token_refused", "aadsts": aadsts, "count": 5}))
            .await;
        let shown = told.goes(&back).await;
        assert_eq!(shown.to.unwrap(), "/profile?teams=refused", "{aadsts}");
        assert_eq!(says(told.alex()).await, problem);
        cloud.without_faults().await;
    }
    assert_eq!(told.login(told.alex()).await, "needed");
    // One that Microsoft notices on its own page: the profile names what to register.
    let elsewhere = json!({"redirect_uris": ["https://elsewhere.example/auth/teams/login"]});
    cloud.entra("PUT", "/application", elsewhere).await;
    let link = told.alex().post("/me/teams/login", json!({})).await;
    let shown = told.goes(link["url"].as_str().unwrap()).await;
    assert!(shown.page.contains("AADSTS50011"), "{}", shown.page);
    let mine = told.alex().get("/me/teams").await;
    let ours = format!("{}/auth/teams/login", told.office.stage.server.url);
    assert_eq!(mine["login_redirect_uri"], ours);
    cloud.entra("PUT", "/application", json!({})).await;
    let to = told.signs_in(told.alex(), &told.users()[2]).await;
    assert_eq!(to, "/profile?teams=done");
    assert_eq!(says(told.alex()).await, Value::Null);
}

// B-028, B-228, B-229, B-230
#[tokio::test]
async fn change_that_is_told_reaches_routing_within_two_seconds_and_nobody_is_asked_about() {
    let (told, mut ann) = Told::works().await;
    let taken = r#"tandem_graph_notices_total{result="taken"}"#;
    let n_taken = told.office.stage.metric(taken).await;
    let n_read = told.n_requests(READ).await;
    let began = Instant::now();
    told.is_in_a_meeting(&ann).await;
    ann.is("in_teams").await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(told.office.stage.metric(taken).await > n_taken);
    for _ in 0..5 {
        told.passes(CYCLE).await;
        told.office.check_is("presence_told", json!(1)).await;
    }
    ann.is("in_teams").await;
    assert_eq!(told.n_requests(READ).await, n_read);
    let free = json!({"calendar": "free"});
    told.office.by_hand(&ann.oid, free).await;
    ann.is("available").await;
    // A notice can be lost without a word: once an hour somebody looks.
    told.passes(HALF_LIFE).await;
    told.passes(HALF_LIFE).await;
    told.asks_again(READ, n_read).await;
}

// B-076: whatever was asked of Graph in either mode, its compliance model was not.
#[tokio::test]
async fn model_of_compliance_archives_is_never_asked_for() {
    let (told, ann) = Told::works().await;
    for mode in ["evaluation", "production"] {
        let read = ("licensing_acknowledged", json!(true));
        told.changes_account(&[("licensing_mode", json!(mode)), read])
            .await;
        told.is_in_a_meeting(&ann).await;
        told.passes(HALF_LIFE).await;
        told.office.check_is("presence_told", json!(1)).await;
    }
    let asked = told.office.stage.cloud.get("/_emulator/requests").await;
    let asked = asked.to_string();
    assert!(asked.contains("Subscriptions"), "nothing was subscribed to");
    assert!(!asked.to_ascii_lowercase().contains("model=a"));
}

// B-230
#[tokio::test]
async fn forged_notice_is_accepted_counted_and_ignored() {
    let (told, mut ann) = Told::works().await;
    let stage = &told.office.stage;
    let forged = r#"tandem_graph_notices_total{result="forged"}"#;
    let before = stage.metric(forged).await;
    let word = stage.server.client_state(CENTER);
    let certificate = told.subscriptions().await[0]["encryptionCertificateId"].clone();
    let sealed = json!({
        "data": "AAAA", "dataSignature": "AAAA", "dataKey": "AAAA", "encryptionCertificateId": certificate,
    });
    let item = |state: &str| json!({"subscriptionId": "s", "clientState": state, "changeType": "updated", "encryptedContent": sealed});
    let token = signed(&stage.cloud, Signer::Entra, &event_grid_claims(json!({}))).await;
    let notifier = json!({
        "iss": format!("https://sts.windows.net/{}/", defaults::TENANT),
        "azp": "0bf30f3b-4a52-48df-9a82-234910c4a086",
    });
    let vouches = signed(&stage.cloud, Signer::Entra, &event_grid_claims(notifier)).await;
    let notices = [
        // All is right but the signature of the data.
        json!({"value": [item(&word)], "validationTokens": [vouches]}),
        json!({"value": [item("guessed")]}),
        json!({"value": [item(&word)]}),
        json!({"value": [item(&word)], "validationTokens": ["a.b.c"]}),
        // Signed by Entra, and not for Graph's notifier.
        json!({"value": [item(&word)], "validationTokens": [token]}),
    ];
    let url = format!("{}/api/graph/{CENTER}", stage.server.url);
    for notice in &notices {
        let answer = stage.cloud.http.post(&url).json(notice).send().await;
        assert_eq!(answer.unwrap().status(), StatusCode::ACCEPTED, "{notice}");
    }
    let counted = async || (stage.metric(forged).await >= before + 5).then_some(());
    until("five forged notices", counted).await;
    ann.feed.glance().await;
    ann.is("available").await;
    let nonsense = stage.cloud.http.post(&url).body("nonsense").send().await;
    assert_eq!(nonsense.unwrap().status(), StatusCode::BAD_REQUEST);
    told.is_in_a_meeting(&ann).await;
    ann.is("in_teams").await;
}

// B-231
#[tokio::test]
async fn each_word_about_a_subscription_leads_to_its_request() {
    let (told, mut ann) = Told::works().await;
    let n = told.n_requests("UpdateSubscription").await;
    told.lifecycle("reauthorizationRequired").await;
    told.asks_again("UpdateSubscription", n).await;
    // What was lost is found by asking.
    let lost = json!({"kind": "event_lost", "count": 1, "match": {"event": "GraphNotification"}});
    told.office.stage.cloud.fault(lost).await;
    told.is_in_a_meeting(&ann).await;
    told.lifecycle("missed").await;
    ann.is("in_teams").await;
    let n = told.n_requests("CreateSubscription").await;
    told.lifecycle("subscriptionRemoved").await;
    told.asks_again("CreateSubscription", n).await;
    told.check_is("presence", "presence_told").await;
    let free = json!({"calendar": "free"});
    told.office.by_hand(&ann.oid, free).await;
    ann.is("available").await;
}

// B-230, B-231: POSTs pile up behind one whose signature cannot be looked at yet, and one of them tells of the meeting
#[tokio::test]
async fn more_notices_than_can_wait_have_everybody_asked_about() {
    let (told, mut ann) = Told::works().await;
    let stage = &told.office.stage;
    // The account is applied anew, so that Entra's keys are fetched with the next notice, which takes its time.
    told.switches_push_on().await;
    told.settles().await;
    let token = signed(&stage.cloud, Signer::Entra, &event_grid_claims(json!({}))).await;
    let slow = json!({"kind": "latency", "ms": 10_000, "match": {"operation": "EntraKeys"}});
    stage.cloud.fault(slow).await;
    let lost = json!({"kind": "event_lost", "count": 1, "match": {"event": "GraphNotification"}});
    stage.cloud.fault(lost).await;
    told.is_in_a_meeting(&ann).await;
    let word = stage.server.client_state(CENTER);
    let item = json!({"subscriptionId": "s", "clientState": word, "changeType": "updated"});
    let notice = json!({"value": [item], "validationTokens": [token]});
    let url = format!("{}/api/graph/{CENTER}", stage.server.url);
    let overflow = r#"tandem_graph_notices_total{result="overflow"}"#;
    let (before, n) = (stage.metric(overflow).await, told.n_requests(READ).await);
    let posted = async || {
        for _ in 0..64 {
            let answer = stage.cloud.http.post(&url).json(&notice).send().await;
            assert_eq!(answer.unwrap().status(), StatusCode::ACCEPTED);
        }
        (stage.metric(overflow).await > before).then_some(())
    };
    until("more notices than can wait", posted).await;
    told.asks_again(READ, n).await;
    ann.is("in_teams").await;
}

// B-228
#[tokio::test]
async fn subscription_that_cannot_be_renewed_is_fallen_back_from_and_made_again() {
    let (told, mut ann) = Told::works().await;
    let cloud = &told.office.stage.cloud;
    for operation in ["Graph_UpdateSubscription", "Graph_CreateSubscription"] {
        let fault = json!({"kind": "status", "status": 500, "count": 1000, "match": {"operation": operation}});
        cloud.fault(fault).await;
    }
    told.passes(HALF_LIFE).await;
    told.check_is("presence", "presence_polled").await;
    told.passes(HALF_LIFE).await;
    let none = async || told.subscriptions().await.is_empty().then_some(());
    until("no subscription", none).await;
    told.is_in_a_meeting(&ann).await;
    told.passes(CYCLE).await;
    ann.is("in_teams").await;
    cloud.without_faults().await;
    told.passes(CYCLE).await;
    told.check_is("presence", "presence_told").await;
    let free = json!({"calendar": "free"});
    told.office.by_hand(&ann.oid, free).await;
    ann.is("available").await;
}

// B-205, B-206
#[tokio::test]
async fn backup_stands_in_when_the_owners_sign_in_is_over() {
    let (told, mut ann) = Told::works().await;
    let owner = told.number(told.alex()).await;
    let backup = told.number(&ann.person).await;
    told.chooses(owner, Some(backup)).await;
    assert_eq!(told.login(&ann.person).await, "needed");
    told.check_is("teams_login", "teams_login_no_backup").await;
    let to = told.signs_in(&ann.person, &told.users()[0]).await;
    assert_eq!(to, "/profile?teams=done");
    let path = format!("/people/{}/revoke", told.users()[2]);
    told.office
        .stage
        .cloud
        .entra("POST", &path, json!({}))
        .await;
    told.passes(HALF_LIFE).await;
    told.passes(HALF_LIFE).await;
    told.check_is("teams_login", "teams_login_backup_used")
        .await;
    let hers = async || {
        let all = told.subscriptions().await;
        all.iter()
            .any(|it| it["creatorId"] == told.users()[0].as_str())
            .then_some(())
    };
    until("a subscription of the back-up", hers).await;
    told.check_is("presence", "presence_told").await;
    let mine = told.alex().get("/me/teams").await;
    assert_eq!(
        (&mine["login"], &mine["login_problem"]),
        (&json!("needed"), &json!("sign_in_again"))
    );
    told.is_in_a_meeting(&ann).await;
    ann.is("in_teams").await;
}

// B-205, B-218
#[tokio::test]
async fn sign_in_that_nobody_used_for_ninety_days_ends_and_one_restores_it_for_all() {
    let (mut told, ann) = Told::works().await;
    let refused = json!({"kind": "token_refused", "aadsts": 90_055, "count": 10_000});
    let day = Duration::from_secs(24 * 3_600);
    told.office.stage.cloud.fault(refused).await;
    told.passes(77 * day).await;
    told.comes_again().await;
    told.check_is("teams_login", "teams_login_due").await;
    told.passes(14 * day).await;
    told.comes_again().await;
    told.check_is("teams_login", "teams_login_ended").await;
    told.office.stage.cloud.without_faults().await;
    assert_eq!(told.login(told.alex()).await, "needed");
    let problem = told.alex().get("/me/teams").await["login_problem"].clone();
    assert_eq!(problem, "expired");
    let to = told.signs_in(told.alex(), &told.users()[2]).await;
    assert_eq!(to, "/profile?teams=done");
    told.check_is("presence", "presence_told").await;
    drop(ann);
}

impl Told {
    /// Whoever is signed in has to do it again.
    async fn comes_again(&mut self) {
        let again = self.office.stage.alex.sign_in("alex").await;
        self.office.stage.alex = again;
    }
}

// B-228
#[tokio::test]
async fn process_that_follows_takes_away_what_the_one_before_subscribed_to() {
    let (mut told, ann) = Told::works().await;
    let before = told.subscriptions().await[0]["id"].clone();
    told.office.stage.server.die().await;
    told.office.stage.server.start_again().await;
    let other = async || {
        let all = told.subscriptions().await;
        (all.len() == 1 && all[0]["id"] != before).then_some(())
    };
    until("another subscription in its place", other).await;
    told.check_is("presence", "presence_told").await;
    told.is_in_a_meeting(&ann).await;
    let feed = ann.person.watch("me").await;
    let mut ann = Desk { feed, ..ann };
    ann.is("in_teams").await;
}
