//! Settings objects: made, read, changed on a version, removed; and what is refused.

use crate::server::{PASSWORD, Server, send};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn skill_is_made_read_changed_and_removed() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let made = alex.create("/skills", json!({"name": "German"})).await;
    assert_eq!(made, json!({"id": 1, "version": 1, "name": "German"}));
    // An object can be sent back as it was read.
    let changed = alex
        .put(
            "/skills/1",
            1,
            json!({"id": 1, "version": 1, "name": "Dutch"}),
        )
        .await;
    let changed = changed.expect_status(StatusCode::OK);
    assert_eq!(changed, json!({"id": 1, "version": 2, "name": "Dutch"}));
    assert_eq!(
        alex.get("/skills/1").await.expect_status(StatusCode::OK),
        changed
    );
    assert_eq!(
        alex.delete("/skills/1", 2).await.status,
        StatusCode::NO_CONTENT
    );
    alex.get("/skills/1").await.expect_problem(404, "not_found");
    let items = alex.get("/skills").await.expect_status(StatusCode::OK);
    assert_eq!(items, json!({"items": []}));
}

#[tokio::test]
async fn change_on_an_old_version_is_a_conflict_and_without_one_is_refused() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/skills", json!({"name": "German"})).await;
    alex.put("/skills/1", 1, json!({"name": "Dutch"}))
        .await
        .expect_status(StatusCode::OK);
    let stale = alex.put("/skills/1", 1, json!({"name": "Danish"})).await;
    stale.expect_problem(409, "conflict");
    let request = alex
        .request(Method::PUT, "/skills/1")
        .json(&json!({"name": "Danish"}));
    send(request).await.expect_problem(428, "version_missing");
    let read = alex.get("/skills/1").await.expect_status(StatusCode::OK);
    assert_eq!(read["name"], "Dutch");
}

#[tokio::test]
async fn what_is_used_is_not_removed() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/skills", json!({"name": "German"})).await;
    let requirements = json!([{"skill_id": 1, "min_level": 3}]);
    alex.create(
        "/queues",
        json!({"name": "Sales", "requirements": requirements}),
    )
    .await;
    alex.delete("/skills/1", 1)
        .await
        .expect_problem(409, "in_use");
}

#[tokio::test]
async fn queue_keeps_what_was_sent_and_has_defaults_for_the_rest() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let made = alex
        .create("/queues", json!({"name": "Everyday banking"}))
        .await;
    assert_eq!(made["short_name"], "Everyday b");
    assert_eq!(made["offer_timeout_s"], 20);
    assert_eq!(
        made["service_level"],
        json!({"threshold_s": 20, "target_percent": 80})
    );
    let music = "https://example.com/music.wav";
    let mut changed = made;
    changed["music"] = json!(music);
    changed["offer_by"] = json!("teams");
    changed["wrap_up"] = json!({"mode": "required_timeboxed", "seconds": 30});
    let read = alex
        .put("/queues/1", 1, changed)
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(
        (&read["music"], &read["offer_by"]),
        (&json!(music), &json!("teams"))
    );
}

//
#[tokio::test]
async fn capacity_profile_is_kept_given_to_agents_and_refused_where_it_cannot_be_carried_out() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let sent = json!({
        "name": "Messages too",
        "channels": {
            "voice": {"max": 1, "interrupts": ["voicemail"]},
            "voicemail": {"max": 5, "beside": "any_channel"}
        },
        "labels": [{"label": "vip", "max": 2}]
    });
    let made = alex.create("/capacity-profiles", sent.clone()).await;
    assert_eq!(made["units_total"], json!(null));
    assert_eq!(made["channels"]["voice"]["beside"], "same_channel");
    assert_eq!(made["channels"]["voicemail"]["max"], 5);
    assert_eq!(made["labels"], sent["labels"]);
    let mut two_calls = sent.clone();
    two_calls["name"] = json!("Two calls");
    two_calls["channels"]["voice"]["max"] = json!(2);
    let refused = alex.post("/capacity-profiles", two_calls).await;
    refused.expect_problem(422, "invalid");
    assert_eq!(refused.body["errors"][0]["field"], "channels.voice.max");
    let demand =
        json!({"units": 25, "label": "vip", "exclusive": "nothing", "message_wrap_up": "frees"});
    let preferred = json!({"last_agent_days": 30, "for_s": 45, "max_not_ready_s": 300, "max_wait_if_busy_s": 120});
    let queue = json!({"name": "VIP", "demand": demand, "preferred": preferred, "strategy": "least_active"});
    let queue = alex.create("/queues", queue).await;
    assert_eq!(
        (&queue["demand"], &queue["preferred"]),
        (&demand, &preferred)
    );
}

// R-15, B-004
#[tokio::test]
async fn balance_group_is_kept_and_its_balance_told_and_refused_where_it_makes_no_sense() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    for name in ["Sales", "Service"] {
        alex.create("/queues", json!({"name": name})).await;
    }
    let borrowing = json!({"below_percent": 70, "above_percent": 85, "factor": 3, "dwell_s": 300});
    let members = json!([{"queue_id": 1, "weight": 3}, {"queue_id": 2, "weight": 1}]);
    let sent = json!({"name": "Front", "members": members, "borrowing": borrowing});
    let made = alex.create("/balance-groups", sent.clone()).await;
    assert_eq!(made["objective"], "fifo_fair");
    assert_eq!(made["bound_s"], 600);
    assert_eq!(made["borrowing"], borrowing);
    let mut flapping = sent.clone();
    flapping["borrowing"]["above_percent"] = json!(70);
    let refused = alex.put("/balance-groups/1", 1, flapping).await;
    refused.expect_problem(422, "invalid");
    let field = &refused.body["errors"][0]["field"];
    assert_eq!(field, "borrowing.above_percent");
    let used = alex.delete("/queues/2", 1).await;
    used.expect_problem(409, "in_use");
    let balances = alex.get("/balances").await.expect_status(StatusCode::OK);
    let balance = &balances["items"][0];
    assert_eq!(balance["group"]["name"], "Front");
    let shares = |field: &str| [0, 1].map(|n| balance["queues"][n][field].clone());
    assert_eq!(shares("weight_permille"), [json!(750), json!(250)]);
    let of_nothing = [json!(null), json!(null)];
    assert_eq!(shares("time_permille"), of_nothing);
    assert_eq!(shares("agents_now"), [json!(0), json!(0)]);
}

#[tokio::test]
async fn mistakes_are_named_by_field() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let field = |answer: crate::server::Answer| {
        answer.expect_problem(422, "invalid");
        answer.body["errors"][0]["field"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let too_long = json!({"name": "Sales", "offer_timeout_s": 121});
    assert_eq!(
        field(alex.post("/queues", too_long).await),
        "offer_timeout_s"
    );
    let no_skill = json!({"name": "Sales", "requirements": [{"skill_id": 9, "min_level": 1}]});
    assert_eq!(field(alex.post("/queues", no_skill).await), "requirements");
    let wrong_type =
        json!({"name": "Sales", "service_level": {"threshold_s": "x", "target_percent": 1}});
    assert_eq!(
        field(alex.post("/queues", wrong_type).await),
        "service_level.threshold_s"
    );
    let no_guid = json!({"name": "Main", "resource_account_id": "+1425", "flow_id": 1});
    assert_eq!(
        field(alex.post("/endpoints", no_guid).await),
        "resource_account_id"
    );
    let unknown = json!({"name": "Sales", "color": "red"});
    field(alex.post("/queues", unknown).await);
}

#[tokio::test]
async fn agent_whose_account_cannot_be_made_leaves_nothing_behind() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.agent("ann", 1).await;
    let agent = |username: &str, user: &str| json!({"name": "Bob", "username": username, "password": PASSWORD, "teams_user_id": user});
    let other = "00000000-0000-0000-0000-000000000002";
    alex.post("/agents", agent("ANN", other))
        .await
        .expect_problem(422, "invalid");
    let same_user = "00000000-0000-0000-0000-000000000001";
    alex.post("/agents", agent("bob", same_user))
        .await
        .expect_problem(422, "invalid");
    let agents = alex.get("/agents").await.expect_status(StatusCode::OK);
    assert_eq!(agents["items"].as_array().unwrap().len(), 1, "{agents}");
    // The name that was refused is not taken.
    alex.create("/agents", agent("bob", other)).await;
}

#[tokio::test]
async fn agent_is_renamed_disabled_and_given_roles() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let (id, ann) = alex.agent("ann", 1).await;
    let path = format!("/agents/{id}");
    let mut agent = alex.get(&path).await.expect_status(StatusCode::OK);
    assert_eq!(agent["roles"], json!(["agent"]));
    ann.get("/board").await.expect_problem(403, "forbidden");
    agent["name"] = json!("Ann Other");
    agent["roles"] = json!(["agent", "supervisor"]);
    let agent = alex
        .put(&path, 1, agent)
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(
        (&agent["name"], &agent["version"]),
        (&json!("Ann Other"), &json!(2))
    );
    ann.get("/board").await.expect_status(StatusCode::OK);
    let mut renamed = agent.clone();
    renamed["username"] = json!("anna");
    alex.put(&path, 2, renamed)
        .await
        .expect_problem(422, "invalid");
    let mut disabled = agent;
    disabled["enabled"] = json!(false);
    alex.put(&path, 2, disabled)
        .await
        .expect_status(StatusCode::OK);
    ann.get("/me").await.expect_problem(401, "not_signed_in");
}

// B-046
#[tokio::test]
async fn second_endpoint_with_the_same_resource_account_is_refused() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let nodes = json!([{"id": "end", "kind": "end"}]);
    let flow = json!({"name": "Bye", "start": "end", "nodes": nodes});
    alex.create("/flows", flow).await;
    let account = "cc123456-5678-5678-1234-ccc123456789";
    let endpoint =
        |name: &str, id: &str| json!({"name": name, "resource_account_id": id, "flow_id": 1});
    alex.create("/endpoints", endpoint("Main", account)).await;
    let again = endpoint("Second", &account.to_uppercase());
    let answer = alex.post("/endpoints", again).await;
    answer.expect_problem(422, "invalid");
    assert_eq!(answer.body["errors"][0]["field"], "resource_account_id");
    let endpoints = alex.get("/endpoints").await;
    assert_eq!(endpoints.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn ringing_an_endpoint_without_an_emulator_is_refused_with_the_fix() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let nodes = json!([{"id": "end", "kind": "end"}]);
    alex.create(
        "/flows",
        json!({"name": "Bye", "start": "end", "nodes": nodes}),
    )
    .await;
    let account = "cc123456-5678-5678-1234-CCC123456789";
    let sent = json!({"name": "Main", "resource_account_id": account, "flow_id": 1});
    let endpoint = alex.create("/endpoints", sent).await;
    assert_eq!(endpoint["resource_account_id"], account.to_lowercase());
    let call = alex.post("/endpoints/1/test-call", json!({})).await;
    call.expect_problem(409, "test_calls_not_configured");
}

//
#[tokio::test]
async fn condition_preferences_and_plan_are_kept_and_refused_by_their_places() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/skills", json!({"name": "German"})).await;
    alex.create("/skills", json!({"name": "Loans"})).await;
    let asks = json!({
        "name": "Sales",
        "strategy": "fewest_contacts",
        "condition": {"all": [
            {"has": {"skill_id": 1, "min_level": 3, "max_level": 10}},
            {"not": {"has": {"skill_id": 2, "min_level": 1, "max_level": 4}}}
        ]},
        "preferences": [{"skill_id": 2, "weight": 5}],
        "plan": [
            {"after_s": 30, "strategy": "round_robin", "boost_s": 60},
            {"after_s": 90, "condition": {"all": []}, "preferences": [], "priority": 1}
        ]
    });
    let made = alex.create("/queues", asks.clone()).await;
    for field in ["strategy", "condition", "preferences", "plan"] {
        assert_eq!(made[field], asks[field], "{field}");
    }
    // An object can be sent back as it was read.
    let again = alex.put("/queues/1", 1, made.clone()).await;
    assert_eq!(again.expect_status(StatusCode::OK)["plan"], made["plan"]);

    let field = |answer: crate::server::Answer| {
        answer.expect_problem(422, "invalid");
        answer.body["errors"][0]["field"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let mut unknown = made.clone();
    unknown["condition"]["all"][1]["not"]["has"]["skill_id"] = json!(77);
    assert_eq!(
        field(alex.put("/queues/1", 2, unknown).await),
        "condition.all[1].not.has.skill_id"
    );
    let mut never = made.clone();
    never["requirements"] = json!([{"skill_id": 2, "min_level": 1}]);
    never["condition"] = json!({"not": {"has": {"skill_id": 2}}});
    assert_eq!(field(alex.put("/queues/1", 2, never).await), "condition");
    let mut starving = made;
    starving["plan"] =
        json!([{"after_s": 30, "condition": {"has": {"skill_id": 1, "min_level": 9}}}]);
    assert_eq!(
        field(alex.put("/queues/1", 2, starving).await),
        "plan[0].condition"
    );
}

//
#[tokio::test]
async fn place_of_a_contact_that_does_not_wait_is_not_changed() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let change = json!({"priority": 0, "age_s": 60});
    let answer = alex.post("/contacts/7/priority", change).await;
    answer.expect_problem(404, "not_found");
}

#[tokio::test]
async fn contact_that_does_not_wait_is_sent_nowhere_and_a_reason_is_needed() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    for (way, sent) in [
        ("move", json!({"queue_id": 1, "why": "Wants to buy"})),
        ("assign", json!({"agent_id": 1, "why": "Knows him"})),
        ("remove", json!({"why": "Prank call"})),
    ] {
        let path = format!("/contacts/7/{way}");
        let answer = alex.post(&path, sent.clone()).await;
        answer.expect_problem(404, "not_found");
        let mut silent = sent;
        silent["why"] = json!("  ");
        let answer = alex.post(&path, silent).await;
        answer.expect_problem(422, "invalid");
        assert_eq!(answer.body["errors"][0]["field"], "why");
    }
}

//
#[tokio::test]
async fn where_a_contact_would_go_is_told_for_each_step_and_why_not_to_an_agent() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/skills", json!({"name": "German"})).await;
    let queue = json!({
        "name": "Support",
        "requirements": [{"skill_id": 1, "min_level": 3}],
        "plan": [{"after_s": 30, "condition": {"all": []}}],
    });
    alex.create("/queues", queue).await;
    alex.agent("ann", 1).await;
    let told = alex.get("/queues/1/would?agent_id=1").await;
    let told = told.expect_status(StatusCode::OK);
    let steps = told["steps"].as_array().expect("steps").iter();
    let steps = steps.map(|it| {
        let (decision, agent) = (&it["decision"], &it["agent"]);
        json!([
            it["after_s"],
            decision["plan_step"],
            decision["chosen"],
            agent["excluded"]
        ])
    });
    assert_eq!(
        steps.collect::<Vec<_>>(),
        [
            json!([0, 0, null, "lacks_skill"]),
            json!([30, 1, null, "signed_out"])
        ]
    );
    let unknown = alex.get("/queues/9/would").await;
    unknown.expect_problem(404, "not_found");
    let nobody = alex.get("/queues/1/would?agent_id=9").await;
    nobody.expect_problem(404, "not_found");
}
