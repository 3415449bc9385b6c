//! What Teams shows of agents, and what Tandem has Teams show: the server and the emulated tenant over their sockets. The
//! server's clock stands still but for what a test moves it on.

use crate::person::Desk;
use crate::stage::{CENTER, Stage};
use crate::teams::account;
use crate::wait::until;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tandem_emulator::{ClockKind, defaults};
use tandem_server::engine::{Clock, SteppedClock, SystemClock};

/// A little more than between two rounds.
pub(crate) const CYCLE: Duration = Duration::from_secs(61);
/// A little more than what is ignored (B-202).
const LASTS: Duration = Duration::from_secs(16);
/// What was seen before it is not known any more.
const TOO_OLD: Duration = Duration::from_secs(181);

/// A floor whose agents have Teams.
pub(crate) struct Office {
    pub(crate) stage: Stage,
    clock: Arc<SteppedClock>,
}

impl Office {
    /// One that tells Teams what the usual rules say, and more by reasons.
    async fn open() -> Self {
        Self::open_with(ClockKind::Real).await
    }

    /// The same, of a cloud with such a clock.
    pub(crate) async fn open_with(cloud: ClockKind) -> Self {
        let clock = Arc::new(SteppedClock::at(SystemClock::default().now()));
        let stage = Stage::with_times(cloud, Arc::clone(&clock)).await;
        stage.floor("tandem").await;
        stage.alex.post("/teams-account", account(&[])).await;
        let office = Self { stage, clock };
        office.rules(json!([])).await;
        office
    }

    /// The usual rules, told to Teams, with these besides.
    async fn rules(&self, more: Value) {
        let alex = &self.stage.alex;
        let now = alex.get("/presence-rules").await;
        let mut map = now["to_teams"]["map"].as_array().unwrap().clone();
        map.extend(more.as_array().unwrap().iter().cloned());
        let to_teams = json!({"is_on": true, "map": map});
        alex.change("/presence-rules", &now, json!({"to_teams": to_teams}))
            .await;
    }

    /// Ann is ready, has Teams, and what it shows of her is known.
    async fn ann(&self) -> Desk {
        let ann = self.stage.agent(0, "ann").await;
        let on = json!({"is_enabled": true});
        ann.person.asks(Method::PUT, "/me/teams", Some(on)).await;
        self.check_is("presence_good", json!(1)).await;
        ann
    }

    pub(crate) fn passes(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Waits until the check of presence says this, of so many.
    pub(crate) async fn check_is(&self, code: &str, n: Value) {
        let look = async || {
            let health = self.stage.alex.get("/system-health").await;
            let checks = health["checks"].as_array()?;
            let check = checks.iter().find(|it| it["id"] == "presence")?;
            (check["code"] == code && check["params"]["n"] == n).then_some(())
        };
        until(&format!("a check that says {code} of {n}"), look).await;
    }

    async fn in_teams(&self, oid: &str) -> Value {
        let path = format!("/_emulator/people/{oid}/presence");
        self.stage.cloud.get(&path).await
    }

    /// Waits until Teams shows something.
    async fn shows(&self, oid: &str, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let look = async || Some(self.in_teams(oid).await).filter(|it| is_it(it));
        until(&format!("a person who shows {what}"), look).await
    }

    /// Waits until our session says this; nothing: there is none.
    async fn session_is(&self, oid: &str, availability: Option<&str>) -> Value {
        let is_it = |it: &Value| {
            let sessions = it["sessions"].as_array();
            let sessions = sessions.map(Vec::as_slice).unwrap_or_default();
            let says = sessions.first().map(|it| &it["status"]["availability"]);
            says.and_then(Value::as_str) == availability
        };
        let what = format!("a session that says {availability:?}");
        self.shows(oid, &what, is_it).await
    }

    pub(crate) async fn by_hand(&self, oid: &str, change: Value) {
        self.stage.cloud.presence(oid, change).await;
    }
}

// B-028, R-04, R-08
#[tokio::test]
async fn agent_who_is_in_a_meeting_is_not_rung_and_is_rung_when_it_is_over() {
    let office = Office::open().await;
    let mut ann = office.ann().await;
    office
        .by_hand(&ann.oid, json!({"calendar": "in_a_meeting"}))
        .await;
    office.passes(CYCLE);
    ann.is("in_teams").await;
    let phone = office.stage.cloud.dial().await;
    phone.hears("Soft piano music.").await;
    ann.feed.glance().await;
    assert_eq!(ann.feed.picture["offers"], json!([]));
    office.by_hand(&ann.oid, json!({"calendar": "free"})).await;
    office.passes(CYCLE);
    ann.accept().await;
    ann.has("connected").await;
    office.stage.cloud.all_went_well().await;
}

// B-094
#[tokio::test]
async fn shorter_cycle_holds_from_the_moment_in_which_it_is_saved() {
    let office = Office::open().await;
    let mut ann = office.ann().await;
    let alex = &office.stage.alex;
    let now = alex.get("/presence-rules").await;
    alex.change("/presence-rules", &now, json!({"cycle_s": 5}))
        .await;
    office
        .by_hand(&ann.oid, json!({"calendar": "in_a_meeting"}))
        .await;
    office.passes(Duration::from_secs(6));
    ann.is("in_teams").await;
}

// B-190, B-191, B-226
#[tokio::test]
async fn teams_shows_busy_on_a_contact_and_what_the_client_says_after_the_sign_out() {
    let office = Office::open().await;
    let mut ann = office.ann().await;
    let phone = office.stage.cloud.dial().await;
    ann.accept().await;
    let contact = ann.has("connected").await;
    let contact = contact["id"].as_u64().unwrap();
    office.passes(LASTS);
    let shown = office.session_is(&ann.oid, Some("Busy")).await;
    assert_eq!(shown["sessions"][0]["id"], defaults::APP);
    assert_eq!(shown["status"]["availability"], "Busy");
    // The own call stands in nobody's way when somebody looks at it.
    office.passes(CYCLE);
    phone.hang_up().await;
    ann.has("wrap_up").await;
    ann.complete(contact, 1).await;
    ann.is("available").await;
    office.passes(LASTS);
    office.session_is(&ann.oid, Some("Available")).await;
    office.by_hand(&ann.oid, json!({"client": "away"})).await;
    ann.wants("signed_out").await;
    ann.is("signed_out").await;
    office.passes(LASTS);
    let shown = office.session_is(&ann.oid, None).await;
    assert_eq!(shown["status"]["availability"], "Away");
    office.stage.cloud.all_went_well().await;
}

// B-060
#[tokio::test]
async fn account_that_is_deleted_leaves_no_session_behind() {
    let office = Office::open().await;
    let mut ann = office.ann().await;
    let _phone = office.stage.cloud.dial().await;
    ann.accept().await;
    ann.has("connected").await;
    office.passes(LASTS);
    office.session_is(&ann.oid, Some("Busy")).await;
    let alex = &office.stage.alex;
    let version = alex.get("/teams-account").await["version"].clone();
    let url = format!("{}/api/v1/{CENTER}/teams-account", office.stage.server.url);
    let request = office.stage.cloud.http.delete(url);
    let request = request.bearer_auth(alex.token.as_deref().unwrap());
    let answer = request.header("if-match", format!("\"{version}\"")).send();
    assert_eq!(answer.await.unwrap().status(), 204);
    office.session_is(&ann.oid, None).await;
    office.check_is("presence_none", Value::Null).await;
    let mine = ann.person.get("/me/teams").await;
    assert_eq!(
        (&mine["has_account"], &mine["is_enabled"]),
        (&json!(false), &json!(false))
    );
    ann.has("connected").await;
}

// B-224
#[tokio::test]
async fn what_somebody_chose_in_teams_is_neither_written_over_nor_cleared() {
    let office = Office::open().await;
    let focus = json!({"label": "Focus", "productive": true});
    let focus = office.stage.alex.create("/reasons", focus).await;
    let from = json!({"kind": "reason", "reason_id": focus});
    office
        .rules(json!([{"from": from, "to": "do_not_disturb"}]))
        .await;
    let mut ann = office.ann().await;
    let focuses = json!({"intent": "not_ready", "reason_id": focus});
    ann.person.post("/me/state", focuses).await;
    ann.is("not_ready").await;
    office.passes(LASTS);
    let ours = |it: &Value| it["preferred"]["by"] == "application";
    let shown = office.shows(&ann.oid, "what we prefer", ours).await;
    assert_eq!(shown["status"]["availability"], "DoNotDisturb");
    assert_eq!(shown["sessions"][0]["status"]["availability"], "Away");
    let longest = shown["preferred"]["ends_in_ms"].as_u64().unwrap();
    assert!(longest <= 600_000, "it ends by itself after a crash");
    office
        .by_hand(&ann.oid, json!({"chosen": "be_right_back"}))
        .await;
    office.passes(CYCLE);
    let looked = async || {
        let n = office
            .stage
            .cloud
            .requests("Graph_GetPresencesByUserId")
            .await;
        Some(()).filter(|()| n.len() > 1)
    };
    until("another round", looked).await;
    // Longer than after which ours is written again.
    for _ in 0..9 {
        office.passes(CYCLE);
        office.check_is("presence_good", json!(1)).await;
    }
    ann.wants("ready").await;
    office.passes(LASTS);
    let shown = office.in_teams(&ann.oid).await;
    assert_eq!(shown["preferred"]["by"], "person");
    assert_eq!(shown["status"]["availability"], "BeRightBack");
    // Once nothing is chosen any more, Teams shows what Tandem says.
    office.by_hand(&ann.oid, json!({"chosen": "nothing"})).await;
    office.passes(CYCLE);
    office.passes(LASTS);
    let shown = office.session_is(&ann.oid, Some("Available")).await;
    assert_eq!(shown["preferred"], Value::Null);
}

//
#[tokio::test]
async fn agent_of_unknown_presence_is_offered_nothing_until_it_is_known_again() {
    let office = Office::open().await;
    let mut ann = office.ann().await;
    let away = json!({
        "kind": "status", "status": 500, "count": 1000, "match": {"operation": "Graph_GetPresencesByUserId"},
    });
    office.stage.cloud.fault(away).await;
    office.passes(CYCLE);
    office.check_is("presence_behind", Value::Null).await;
    office.passes(TOO_OLD);
    ann.is("presence_unknown").await;
    office.check_is("presence_unknown", Value::Null).await;
    let phone = office.stage.cloud.dial().await;
    phone.hears("Soft piano music.").await;
    ann.feed.glance().await;
    assert_eq!(ann.feed.picture["offers"], json!([]));
    office.stage.cloud.without_faults().await;
    office.passes(CYCLE);
    ann.offered().await;
    office.check_is("presence_good", json!(1)).await;
}

// B-227
#[tokio::test]
async fn nothing_is_asked_of_graph_in_the_seven_seconds_that_it_asks_to_wait() {
    let office = Office::open().await;
    let mut ann = office.ann().await;
    let cloud = &office.stage.cloud;
    let read = "Graph_GetPresencesByUserId";
    let throttled = json!({
        "kind": "status", "status": 429, "retry_after_s": 7, "match": {"operation": read},
    });
    cloud.fault(throttled).await;
    office
        .by_hand(&ann.oid, json!({"calendar": "in_a_meeting"}))
        .await;
    office.passes(CYCLE);
    // By the server's clock a round is due again and again meanwhile; seven seconds of the cloud's go by.
    let again = async || {
        office.passes(Duration::from_millis(250));
        let asked = cloud.requests(read).await;
        let refused = asked.iter().position(|it| it["status"] == 429)?;
        asked.get(refused + 1)?;
        Some((asked[refused]["n"].clone(), asked[refused]["time"].clone()))
    };
    let (n, refused_at) = until("a round after the one that was put off", again).await;
    let all = cloud.get("/_emulator/requests").await;
    let of_graph = |it: &&Value| {
        let operation = it["operation"].as_str().unwrap_or_default();
        operation.starts_with("Graph_") && it["n"].as_u64() > n.as_u64()
    };
    let next = all.as_array().unwrap().iter().find(of_graph).unwrap();
    let instant = |it: &Value| -> jiff::Timestamp { it.as_str().unwrap().parse().unwrap() };
    let waited = instant(&next["time"]).duration_since(instant(&refused_at));
    let (least, most) = (Duration::from_secs(7), Duration::from_secs(12));
    let waited = Duration::try_from(waited).unwrap();
    assert!((least..most).contains(&waited), "{waited:?}");
    ann.is("in_teams").await;
}

// B-060, B-061
#[tokio::test]
async fn agent_who_switches_teams_off_is_as_if_there_were_none() {
    let office = Office::open().await;
    let mut ann = office.ann().await;
    office
        .by_hand(&ann.oid, json!({"calendar": "in_a_meeting"}))
        .await;
    office.passes(CYCLE);
    ann.is("in_teams").await;
    let off = json!({"is_enabled": false});
    ann.person.asks(Method::PUT, "/me/teams", Some(off)).await;
    ann.is("available").await;
    office.check_is("presence_good", json!(0)).await;
}

// B-224, B-226
#[tokio::test]
async fn status_that_was_written_before_a_crash_is_known_again_and_kept_true() {
    let mut office = Office::open().await;
    let lunch = json!({"label": "Lunch", "productive": false});
    let lunch = office.stage.alex.create("/reasons", lunch).await;
    let from = json!({"kind": "reason", "reason_id": lunch});
    office.rules(json!([{"from": from, "to": "busy"}])).await;
    let ann = office.ann().await;
    let leaves = json!({"intent": "not_ready", "reason_id": lunch});
    ann.person.post("/me/state", leaves).await;
    office.passes(LASTS);
    office.session_is(&ann.oid, Some("Busy")).await;
    let n_before = office.stage.cloud.requests("Graph_SetPresence").await.len();
    office.stage.server.die().await;
    office.stage.server.start_again().await;
    let again = async || {
        let written = office.stage.cloud.requests("Graph_SetPresence").await;
        (written.len() > n_before).then_some(())
    };
    until("the same written again", again).await;
    office.passes(CYCLE);
    office.check_is("presence_good", json!(1)).await;
    let feed = ann.person.watch("me").await;
    let mut ann = Desk { feed, ..ann };
    // Busy is our own word: it stands in nobody's way.
    ann.wants("ready").await;
    ann.is("available").await;
    office.passes(LASTS);
    office.session_is(&ann.oid, Some("Available")).await;
}

// B-188, B-191
#[tokio::test]
async fn who_watches_the_directory_sees_what_teams_shows_as_it_changes() {
    let office = Office::open().await;
    let ann = office.ann().await;
    let mut feed = ann.person.watch("directory").await;
    let oid = ann.oid.clone();
    let person = |it: &Value| it["people"][&oid].clone();
    let free = feed.until("ann", |it| person(it)["status"] == "available");
    let free = free.await;
    assert_eq!(free["n_people"], 4, "{free}");
    assert_eq!(person(&free)["display"], "available");
    office
        .by_hand(&oid, json!({"calendar": "in_a_meeting"}))
        .await;
    office.passes(CYCLE);
    let busy = feed.until("a meeting", |it| person(it)["doing"] == "meeting");
    let busy = busy.await;
    assert_eq!(person(&busy)["status"], "busy");
    let shown = feed.until("who is not called", |it| {
        person(it)["display"] == "in_teams"
    });
    shown.await;
}
