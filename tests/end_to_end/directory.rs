//! The people of the tenant, as agents see them: who is listed, as it changes, and what is shown while Microsoft does not
//! answer.

use crate::teams::{FAILED, LOOK, World, account};
use crate::wait::until;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// A little more than between two rounds of the directory.
const ROUND: Duration = Duration::from_secs(901);

impl World {
    /// One whose directory was read, of which Alex sees the people.
    async fn with_directory(people: usize) -> Self {
        let world = Self::with_people(people).await;
        world.alex.post("/teams-account", account(&[])).await;
        let on = json!({"is_enabled": true});
        world.alex.asks(Method::PUT, "/me/teams", Some(on)).await;
        world
            .directory_when("a directory that was read", |it| !it["synced_at"].is_null())
            .await;
        world
    }

    async fn directory(&self, search: &str) -> Value {
        self.alex.get(&format!("/directory?search={search}")).await
    }

    async fn directory_when(&self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let look = async || Some(self.directory("").await).filter(|it| is_it(it));
        until(what, look).await
    }

    async fn person(&self, oid: &str, says: Value) {
        self.cloud
            .entra("PUT", &format!("/people/{oid}"), says)
            .await;
    }
}

fn has(directory: &Value, oid: &str) -> bool {
    found(directory, oid).is_some()
}

fn found(directory: &Value, oid: &str) -> Option<Value> {
    let people = directory["people"].as_array();
    people?.iter().find(|it| it["id"] == oid).cloned()
}

// B-079, B-080, B-081, B-188, B-195, B-196, B-197, B-222
#[tokio::test]
async fn directory_lists_who_has_teams_as_it_changes_and_once_with_the_agent() {
    let world = World::with_directory(0).await;
    let users = world.cloud.users().await;
    let sent = json!({
        "name": "Ann", "username": "ann", "password": crate::person::PASSWORD,
        "teams_user_id": users[1],
    });
    world.alex.create("/agents", sent).await;
    let directory = world.directory("").await;
    assert_eq!(directory["n_people"], 4, "{directory}");
    let ann = found(&directory, &users[1]).unwrap();
    assert_eq!(
        (&ann["agent"]["name"], &ann["has_signed_in"]),
        (&json!("Ann"), &json!(false))
    );
    let numbers = |person: &Value| -> Vec<String> {
        let numbers = person["numbers"].as_array().unwrap().iter();
        numbers
            .map(|it| it["type"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(numbers(&ann), ["business", "mobile"], "{ann}");
    assert_eq!(ann["numbers"][0]["number"], "+14255560001");
    // Another order, and one type less.
    let types = json!([
        {"type": "mobile", "is_shown": true}, {"type": "business", "is_shown": false},
        {"type": "fax", "is_shown": true}, {"type": "teams", "is_shown": true},
    ]);
    world.put(&[("number_types", types)]).await;
    let changed = |it: &Value| numbers(&found(it, &users[1]).unwrap()) == ["mobile"];
    world
        .directory_when("numbers in another order", changed)
        .await;
    // Somebody is new, and somebody has no license any more.
    let new = "11111111-1111-4111-8111-111111111111";
    let zoe = json!({"name": "Zoe Newman", "upn": "zoe@tandem.example", "licenses": {"teams": "enabled"}});
    world.person(new, zoe).await;
    world
        .person(&users[2], json!({"licenses": {"teams": "deleted"}}))
        .await;
    world.clock.advance(ROUND);
    let changed = |it: &Value| has(it, new) && !has(it, &users[2]);
    let directory = world
        .directory_when("the changes of the tenant", changed)
        .await;
    let zoe = found(&directory, new).unwrap();
    assert_eq!((&zoe["numbers"], &zoe["agent"]), (&json!([]), &Value::Null));
    let searched = world.directory("new%20zo").await;
    assert_eq!(
        (&searched["n_people"], &searched["people"][0]["id"]),
        (&json!(1), &json!(new))
    );
}

/// The types and numbers of somebody, in their order.
fn numbered(directory: &Value, oid: &str) -> Vec<(String, String)> {
    let person = found(directory, oid).unwrap();
    let numbers = person["numbers"].as_array().unwrap().iter();
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    numbers
        .map(|it| (text(&it["type"]), text(&it["number"])))
        .collect()
}

/// Whether the first number of somebody is that of a line in Teams.
fn is_line(directory: &Value, oid: &str, number: &str) -> bool {
    let line = ("teams".to_owned(), number.to_owned());
    numbered(directory, oid).first() == Some(&line)
}

/// How often the lines were asked for.
async fn n_asked(world: &World) -> usize {
    let asked = world.cloud.requests("Graph_ListUserConfigurations").await;
    asked.len()
}

// B-079, B-080, B-081
#[tokio::test]
async fn number_of_a_line_in_teams_is_read_when_somebody_asks_for_it_and_once_a_day() {
    let mut world = World::with_directory(0).await;
    let users = world.cloud.users().await;
    // The fourth user has a line from the first on, and the second gets one.
    let has_first = |it: &Value| is_line(it, &users[3], "+12535560003");
    let directory = world
        .directory_when("the line of the fourth", has_first)
        .await;
    assert_eq!(directory["lines_problem"], Value::Null);
    assert_eq!(n_asked(&world).await, 1);
    world
        .person(&users[1], json!({"line_number": "+12535550199"}))
        .await;
    // They are not read with each round, but when somebody asks for it, and once a day.
    let synced = world.directory("").await["synced_at"].clone();
    world.clock.advance(ROUND);
    let has_gone_on = |it: &Value| it["synced_at"] != synced;
    world.directory_when("another round", has_gone_on).await;
    assert_eq!(n_asked(&world).await, 1);
    // Where Graph does not take the filter, everybody is asked about.
    let refused = json!({
        "kind": "status", "status": 400, "match": {"operation": "Graph_ListUserConfigurations"},
    });
    world.cloud.fault(refused).await;
    world.alex.asks(Method::POST, "/directory/sync", None).await;
    let has_line = |it: &Value| is_line(it, &users[1], "+12535550199");
    world
        .directory_when("the line of the second", has_line)
        .await;
    assert_eq!(n_asked(&world).await, 3);
    world
        .person(&users[1], json!({"line_number": "+12535550198"}))
        .await;
    world.clock.advance(Duration::from_secs(24 * 3_600));
    // Whoever is signed in has to do it again after so long.
    world.alex = world.alex.sign_in("alex").await;
    let has_line = |it: &Value| is_line(it, &users[1], "+12535550198");
    world
        .directory_when("the line of a day later", has_line)
        .await;
}

// B-079, B-080, B-081
#[tokio::test]
async fn number_of_a_line_in_teams_is_read_where_it_is_shown_and_its_permission_granted() {
    let world = World::with_directory(0).await;
    let users = world.cloud.users().await;
    let has_line = |it: &Value| is_line(it, &users[3], "+12535560003");
    world
        .directory_when("the line of the fourth", has_line)
        .await;
    // Without the permission the directory goes on, with the lines that it knows, and says what is missing.
    let permissions = ["User.Read.All", "Organization.Read.All"];
    world
        .application(json!({"application_permissions": permissions}))
        .await;
    // Until a token comes that knows of it.
    let is_told = async || {
        world.clock.advance(ROUND);
        world.alex.asks(Method::POST, "/directory/sync", None).await;
        let directory = world.directory("").await;
        (!directory["lines_problem"].is_null()).then_some(directory)
    };
    let directory = until("what is missing", is_told).await;
    let problem = directory["lines_problem"].as_str().unwrap();
    assert!(
        problem.contains("TeamsUserConfiguration.Read.All"),
        "{problem}"
    );
    assert!(
        has_line(&directory) && directory["behind_since"].is_null(),
        "{directory}"
    );
    // Where they are not shown nobody asks for them, and nothing is missing.
    let types = json!([
        {"type": "mobile", "is_shown": true}, {"type": "business", "is_shown": true},
        {"type": "fax", "is_shown": true}, {"type": "teams", "is_shown": false},
    ]);
    world.put(&[("number_types", types)]).await;
    world.clock.advance(ROUND);
    let is_told_no_more = |it: &Value| it["lines_problem"].is_null();
    world
        .directory_when("nothing that is missing", is_told_no_more)
        .await;
    let before = n_asked(&world).await;
    world.alex.asks(Method::POST, "/directory/sync", None).await;
    world.clock.advance(ROUND);
    let directory = world.directory("").await;
    assert!(!has_line(&directory), "{directory}");
    assert_eq!(n_asked(&world).await, before);
}

#[tokio::test]
async fn favorites_are_shown_first_whoever_else_is_cut_off_and_are_each_ones_own() {
    let world = World::with_directory(0).await;
    let order = |it: &Value| -> Vec<String> {
        let people = it["people"].as_array().unwrap().iter();
        people
            .map(|it| it["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let before = order(&world.directory("").await);
    let last = before.last().unwrap().clone();
    let path = format!("/me/favorites/{}", last.to_uppercase());
    let (status, _) = world.alex.asks(Method::PUT, &path, None).await;
    assert_eq!(status.as_u16(), 204);
    world.put(&[("drawer_limit", json!(2))]).await;
    let directory = world.directory("").await;
    assert_eq!(order(&directory), [last.clone(), before[0].clone()]);
    let is_favorite = |n: usize| directory["people"][n]["is_favorite"].clone();
    assert_eq!(
        (is_favorite(0), is_favorite(1)),
        (json!(true), json!(false))
    );
    let (status, _) = world.alex.asks(Method::DELETE, &path, None).await;
    assert_eq!(status.as_u16(), 204);
    assert_eq!(order(&world.directory("").await), before[..2]);
    let nobody = "/me/favorites/22222222-2222-4222-8222-222222222222";
    let (status, _) = world.alex.asks(Method::PUT, nobody, None).await;
    assert_eq!(status.as_u16(), 404);
}

// B-031
#[tokio::test]
async fn agent_without_the_license_of_teams_phone_is_flagged() {
    let world = World::with_directory(0).await;
    let users = world.cloud.users().await;
    world
        .person(&users[1], json!({"licenses": {"teams_phone": "suspended"}}))
        .await;
    let strangers = "22222222-2222-4222-8222-222222222222";
    for (name, oid) in [
        ("ann", users[1].as_str()),
        ("ben", &users[2]),
        ("cid", strangers),
    ] {
        let sent = json!({
            "name": name, "username": name, "password": crate::person::PASSWORD, "teams_user_id": oid,
        });
        world.alex.create("/agents", sent).await;
    }
    world.alex.asks(Method::POST, "/directory/sync", None).await;
    let flagged = async || {
        let agents = world.alex.get("/agents").await;
        let all = agents["items"].as_array()?;
        let warnings = |n: usize| all[n]["warnings"].clone();
        (warnings(0) == json!(["no_teams_phone"])).then(|| (warnings(1), warnings(2)))
    };
    let (ben, cid) = until("an agent who is flagged", flagged).await;
    assert_eq!((ben, cid), (Value::Null, json!(["not_in_directory"])));
}

// B-060, B-061
#[tokio::test]
async fn directory_is_for_those_who_switched_teams_on() {
    let world = World::with_directory(0).await;
    world
        .alex
        .asks(Method::PUT, "/me/teams", Some(json!({"is_enabled": false})))
        .await;
    let (status, refused) = world.alex.asks(Method::GET, "/directory", None).await;
    assert_eq!(
        (status.as_u16(), &refused["code"]),
        (409, &json!("teams_off"))
    );
}

// B-200, B-201, B-227, B-232
#[tokio::test]
async fn people_of_many_pages_all_arrive_though_the_token_is_refused_and_the_pace_too() {
    let world = World::with_people(2_500).await;
    let on = |operation: &str, more: Value| {
        let mut fault = json!({"kind": "status", "match": {"operation": operation}});
        fault
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        fault
    };
    // A page is refused once for the token, and once for the pace.
    let expired = on("Graph_ListUsers", json!({"status": 401, "count": 1}));
    let throttled = on(
        "Graph_ListUsers",
        json!({"status": 429, "retry_after_s": 1, "count": 1}),
    );
    world.cloud.fault(expired).await;
    world.cloud.fault(throttled).await;
    world.alex.post("/teams-account", account(&[])).await;
    let on = json!({"is_enabled": true});
    world.alex.asks(Method::PUT, "/me/teams", Some(on)).await;
    let read = |it: &Value| !it["synced_at"].is_null();
    let directory = world
        .directory_when("a directory of many pages", read)
        .await;
    assert_eq!(
        (&directory["n_shown"], &directory["limit"]),
        (&json!(300), &json!(300))
    );
    let n_people = directory["n_people"].as_u64().unwrap();
    assert!((1_800..2_500).contains(&n_people), "{n_people}");
    let pages = world.cloud.requests("Graph_ListUsers").await;
    assert_eq!(pages.len(), 5, "three pages, and two that were refused");
    // A token of the delta that is not known any more begins everything anew.
    world.cloud.fault(json!({"kind": "sync_state_lost"})).await;
    world.clock.advance(ROUND);
    let again = async || {
        let pages = world.cloud.requests("Graph_ListUsers").await;
        (pages.len() == 8).then_some(())
    };
    until("everybody read again", again).await;
    let directory = world.directory("").await;
    assert_eq!(directory["n_people"], n_people);
}

#[tokio::test]
async fn directory_says_since_when_it_is_behind_and_goes_on_by_itself() {
    let world = World::with_directory(0).await;
    let synced = world.directory("").await["synced_at"].clone();
    world.application(json!({"standing": "disabled"})).await;
    world.clock.advance(LOOK);
    world.connection_is("revoked").await;
    world.clock.advance(ROUND);
    let behind = |it: &Value| !it["behind_since"].is_null();
    let directory = world
        .directory_when("a directory that is behind", behind)
        .await;
    assert_eq!(
        (&directory["behind_since"], &directory["problem"]),
        (&synced, &json!(FAILED))
    );
    assert_eq!(directory["n_people"], 4, "what was known is shown");
    world.application(json!({})).await;
    let caught_up = async || {
        world.clock.advance(ROUND);
        let directory = world.directory("").await;
        directory["behind_since"].is_null().then_some(())
    };
    until("a directory that has caught up", caught_up).await;
}

// B-094, B-188
#[tokio::test]
async fn status_of_people_is_what_teams_shows_and_unknown_when_it_is_old() {
    let world = World::with_directory(0).await;
    let users = world.cloud.users().await;
    let status = |it: &Value| found(it, &users[1]).unwrap()["status"].clone();
    world
        .directory_when("a status", |it| !status(it).is_null())
        .await;
    let by_hand = json!({"client": "active", "chosen": "do_not_disturb"});
    world.cloud.presence(&users[1], by_hand).await;
    world.clock.advance(Duration::from_secs(61));
    world
        .directory_when("another status", |it| status(it) == "do_not_disturb")
        .await;
    let fault = json!({
        "kind": "status", "status": 500, "count": 1000, "match": {"operation": "Graph_GetPresencesByUserId"},
    });
    world.cloud.fault(fault).await;
    world.clock.advance(Duration::from_secs(181));
    let stale = |it: &Value| {
        let person = found(it, &users[1]).unwrap();
        person["status"].is_null() && person["is_stale"] == true
    };
    world
        .directory_when("a status that is unknown", stale)
        .await;
}
