//! The directory of Microsoft Graph: users, pages, filters, deltas, licenses, batches, and who may ask for them.

use crate::sign_in::Browser;
use crate::stage::{Stage, text};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tandem_emulator::defaults;
use tandem_microsoft::acs::ENTRA_SCOPE;
use tandem_microsoft::entra::client_credentials;

pub(crate) const SCOPE: &str = "https://graph.microsoft.com/.default";
pub(crate) const ANN: &str = defaults::FIRST_TEAMS_USER;
pub(crate) const BOB: &str = "0269be4d-5be0-4770-bf9c-a1bf50ee78d6";
const TEAMS_USERS: &str = "$filter=assignedPlans/any(p:p/servicePlanId%20eq%2057ff2da0-773e-42df-b2af-ffb7a2317929%20and%20p/capabilityStatus%20eq%20'Enabled')&$count=true";

/// A client of Graph with a token.
pub(crate) struct Client<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) token: String,
}

pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answered {
    pub(crate) fn code(&self) -> (u16, &str) {
        (
            self.status,
            self.body["error"]["code"].as_str().unwrap_or_default(),
        )
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

impl<'a> Client<'a> {
    /// The application itself.
    pub(crate) async fn of(stage: &'a Stage) -> Self {
        Self::with_scope(stage, SCOPE).await
    }

    async fn with_scope(stage: &'a Stage, scope: &str) -> Self {
        let (app, secret) = (defaults::APP, defaults::CLIENT_SECRET);
        let request = client_credentials(defaults::TENANT, app, secret, scope);
        let (status, tokens) = Browser::of(stage)
            .token(defaults::TENANT, request.body)
            .await;
        assert_eq!(status, 200, "{tokens}");
        let token = text(&tokens["access_token"]);
        Self { stage, token }
    }

    /// Somebody who signed in and let the application do something.
    pub(crate) async fn of_person(stage: &'a Stage, oid: &str, scope: &str) -> Self {
        let browser = Browser::of(stage);
        let (app, secret) = (defaults::APP, defaults::CLIENT_SECRET);
        let device = format!("client_id={app}&scope={scope}");
        let device = browser_form(&browser, "devicecode", device).await;
        let form = [
            ("user_code", text(&device["user_code"])),
            ("oid", oid.to_owned()),
        ];
        let page = text(&device["verification_uri"]);
        browser.http.post(page).form(&form).send().await.unwrap();
        let code = text(&device["device_code"]);
        let asked = format!(
            "grant_type=device_code&client_id={app}&client_secret={secret}&device_code={code}"
        );
        let (status, tokens) = browser.token(defaults::TENANT, asked).await;
        assert_eq!(status, 200, "{tokens}");
        let token = text(&tokens["access_token"]);
        Self { stage, token }
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answered {
        let url = if path.starts_with("https://") {
            path.to_owned()
        } else {
            format!("{}{path}", self.stage.running.https_url())
        };
        let mut request = self.stage.http.request(method.parse().unwrap(), url);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap();
        let body =
            serde_json::from_slice(&body).unwrap_or_else(|_| json!(String::from_utf8_lossy(&body)));
        Answered {
            status,
            headers,
            body,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send("GET", path, &[], None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answered {
        self.send("POST", path, &[], Some(body)).await
    }

    async fn eventually(&self, path: &str) -> Answered {
        self.send("GET", path, &[("consistencylevel", "eventual")], None)
            .await
    }

    /// All pages of a list, with the last one's link of a delta.
    async fn pages(&self, first: &str) -> (Vec<Value>, usize, String) {
        let (mut next, mut all, mut n_pages) = (first.to_owned(), Vec::new(), 0);
        loop {
            let page = self.get(&next).await;
            assert_eq!(page.status, 200, "{}", page.body);
            all.extend(page.body["value"].as_array().unwrap().clone());
            n_pages += 1;
            match page.body["@odata.nextLink"].as_str() {
                Some(link) => next = link.to_owned(),
                None => {
                    let link = page.body["@odata.deltaLink"].as_str().unwrap_or_default();
                    return (all, n_pages, link.to_owned());
                }
            }
        }
    }
}

async fn browser_form(browser: &Browser, endpoint: &str, body: String) -> Value {
    let url = format!(
        "{}/{}/oauth2/v2.0/{endpoint}",
        browser.base,
        defaults::TENANT
    );
    let request = browser.http.post(url).body(body);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let response = request.send().await.unwrap();
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

// microsoft-graph.md 3.1
#[tokio::test]
async fn teams_users_and_resource_accounts_are_the_users_of_the_tenant() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let (users, n_pages, _) = graph.pages("/v1.0/users").await;
    assert_eq!((users.len(), n_pages), (46, 1));
    let ann = users.iter().find(|user| user["id"] == ANN).unwrap();
    let members: BTreeSet<&str> = ann
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(members.len(), 11);
    assert_eq!(ann["displayName"], "Adele Vance");
    assert_eq!(ann["businessPhones"], json!(["+14255560000"]));
    // By name as by id, in either version, and nothing but what was asked for.
    let path = "/beta/users/ADELE.vance@tandem.example?$select=userPrincipalName,accountEnabled,usageLocation";
    let found = graph.get(path).await.body;
    assert_eq!(found["id"], ANN);
    assert_eq!(
        (&found["accountEnabled"], &found["usageLocation"]),
        (&json!(true), &json!("US"))
    );
    assert!(found.get("displayName").is_none());
    let account = format!(
        "/v1.0/users/{}?$select=accountEnabled,displayName",
        defaults::RESOURCE_ACCOUNT
    );
    let account = graph.get(&account).await.body;
    assert_eq!(
        (&account["accountEnabled"], &account["displayName"]),
        (&json!(false), &json!("Contact center"))
    );
    assert_eq!(
        graph.get("/v1.0/users/nobody").await.code(),
        (404, "Request_ResourceNotFound")
    );
}

// B-232
#[tokio::test]
async fn thousands_of_users_come_by_pages_and_each_once() {
    let stage = Stage::with(|options| options.people = 2_494).await;
    let graph = Client::of(&stage).await;
    let (users, n_pages, _) = graph.pages("/v1.0/users?$select=id&$top=999").await;
    assert_eq!((users.len(), n_pages), (2_500, 3));
    let ids: BTreeSet<String> = users.iter().map(|user| text(&user["id"])).collect();
    assert_eq!(ids.len(), 2_500);
    let (sorted, _, _) = graph
        .pages("/v1.0/users?$orderby=displayName%20desc&$top=500&$select=displayName")
        .await;
    let names: Vec<String> = sorted
        .iter()
        .map(|user| text(&user["displayName"]).to_lowercase())
        .collect();
    assert_eq!(names.len(), 2_500);
    assert!(names.is_sorted_by(|one, other| one >= other));
    // Not all of a large company have Teams.
    let counted = graph
        .eventually(&format!("/v1.0/users?{TEAMS_USERS}&$select=id&$top=1"))
        .await
        .body;
    let n_with_teams = counted["@odata.count"].as_u64().unwrap();
    assert!((2_000..2_400).contains(&n_with_teams), "{n_with_teams}");
    let count = graph.eventually("/v1.0/users/$count").await;
    assert_eq!(
        (count.body, count.headers["content-type"].to_str().unwrap()),
        (json!(2_500), "text/plain")
    );
}

// microsoft-graph.md 2: advanced queries
#[tokio::test]
async fn advanced_query_needs_the_consistency_level_and_the_count() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let path = format!("/v1.0/users?{TEAMS_USERS}");
    assert_eq!(
        graph.get(&path).await.code(),
        (400, "Request_UnsupportedQuery")
    );
    let without_count = path.replace("&$count=true", "");
    assert_eq!(
        graph.eventually(&without_count).await.code(),
        (400, "Request_UnsupportedQuery")
    );
    assert_eq!(graph.eventually(&path).await.body["@odata.count"], 40);
    assert_eq!(
        graph.get("/v1.0/users/$count").await.code(),
        (400, "Request_BadRequest")
    );
    let basic = "/v1.0/users?$filter=startswith(displayName,'adele')%20and%20accountEnabled%20eq%20true&$select=id";
    assert_eq!(graph.get(basic).await.body["value"], json!([{"id": ANN}]));
}

#[tokio::test]
async fn option_that_cannot_be_meant_is_refused_and_not_ignored() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    for (query, status, code) in [
        ("$select=shoeSize", 400, "Request_BadRequest"),
        ("$top=1000", 400, "Request_BadRequest"),
        ("$top=x", 400, "Request_BadRequest"),
        ("$filter=displayName", 400, "Request_BadRequest"),
        ("$filter=shoeSize%20eq%201", 400, "Request_BadRequest"),
        (
            "$filter=isResourceAccount%20eq%20true",
            400,
            "Request_UnsupportedQuery",
        ),
        ("$orderby=jobTitle", 400, "Request_UnsupportedQuery"),
        ("$skiptoken=x", 400, "Request_BadRequest"),
        ("$skip=5", 400, "Request_BadRequest"),
        ("$search=%22displayName:ann%22", 501, "NotImplemented"),
        ("$expand=manager", 501, "NotImplemented"),
        ("$nothing=1", 400, "BadRequest"),
    ] {
        let answered = graph.get(&format!("/v1.0/users?{query}")).await;
        assert_eq!(
            answered.code(),
            (status, code),
            "{query}: {}",
            answered.body
        );
    }
    let unknown = graph.get("/v1.0/users/x/manager").await;
    assert_eq!(unknown.code(), (501, "NotImplemented"));
    assert!(text(&unknown.body["error"]["message"]).contains("/v1.0/users/x/manager"));
    let (_, counters) = stage.control("GET", "/counters", Value::Null).await;
    assert_eq!(counters["refused"]["Unknown"], 1);
}

// B-232; microsoft-graph.md 3.2
#[tokio::test]
async fn delta_tells_what_changed_who_came_and_who_left() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let (users, n_pages, link) = graph
        .pages("/v1.0/users/delta?$select=displayName,assignedPlans&$top=20")
        .await;
    assert_eq!((users.len(), n_pages), (46, 3));
    let (nothing, _, link) = graph.pages(&link).await;
    assert!(nothing.is_empty());
    let new = "11111111-1111-2222-3333-444444444444";
    let change = json!({"name": "Ann Vance"});
    stage
        .control("PUT", &format!("/entra/people/{ANN}"), change)
        .await;
    let behaviour = format!("/teams-users/{BOB}/behaviour");
    stage
        .control("PUT", &behaviour, json!({"teams_phone": false}))
        .await;
    stage
        .control(
            "PUT",
            &format!("/entra/people/{new}"),
            json!({"name": "Newcomer"}),
        )
        .await;
    let third = "0269be4d-5be0-4770-bf9c-a1bf50ee78d7";
    assert_eq!(
        stage
            .control("DELETE", &format!("/entra/people/{third}"), Value::Null)
            .await
            .0,
        204
    );
    let fourth = "0269be4d-5be0-4770-bf9c-a1bf50ee78d8";
    stage
        .control(
            "DELETE",
            &format!("/entra/people/{fourth}?for_good=true"),
            Value::Null,
        )
        .await;
    let (changes, n_pages, again) = graph.pages(&link).await;
    assert_eq!((changes.len(), n_pages), (5, 1));
    assert_eq!(
        (&changes[0]["id"], &changes[0]["displayName"]),
        (&json!(ANN), &json!("Ann Vance"))
    );
    assert_eq!(
        changes[1]["assignedPlans"][1]["capabilityStatus"],
        "Deleted"
    );
    assert_eq!(
        (&changes[2]["id"], &changes[2]["displayName"]),
        (&json!(new), &json!("Newcomer"))
    );
    assert_eq!(
        changes[3],
        json!({"id": third, "@removed": {"reason": "changed"}})
    );
    assert_eq!(changes[4]["@removed"]["reason"], "deleted");
    assert!(graph.pages(&again).await.0.is_empty());
    // The same link tells the same again.
    assert_eq!(graph.pages(&link).await.0.len(), 5);
    let (_, _, latest) = graph.pages("/v1.0/users/delta?$deltatoken=latest").await;
    assert!(graph.pages(&latest).await.0.is_empty());
}

// B-232
#[tokio::test]
async fn delta_that_is_too_old_is_gone_and_begins_again() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let (_, _, link) = graph.pages("/v1.0/users/delta?$select=id").await;
    stage.fault(json!({"kind": "sync_state_lost"})).await;
    let gone = graph.get(&link).await;
    assert_eq!(gone.code(), (410, "syncStateNotFound"));
    let (users, _, _) = graph.pages(gone.header("location")).await;
    assert_eq!(users.len(), 46);
    assert_eq!(graph.get(&link).await.status, 200);
    for _ in 0..2 {
        stage.advance(4 * 24 * 3_600_000).await;
    }
    assert_eq!(graph.get(&link).await.status, 410);
    let damaged = graph.get("/v1.0/users/delta?$deltatoken=x").await;
    assert_eq!(damaged.code(), (400, "Request_BadRequest"));
}

// B-195: microsoft-graph.md 3.3
#[tokio::test]
async fn licenses_are_those_that_teams_users_have() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let path = format!("/v1.0/users/{ANN}/licenseDetails");
    let details = graph.get(&path).await.body;
    let names = |details: &Value| -> Vec<String> {
        let all = details["value"].as_array().unwrap().iter();
        all.map(|one| text(&one["servicePlans"][0]["servicePlanName"]))
            .collect()
    };
    assert_eq!(names(&details), ["TEAMS1", "MCOEV"]);
    assert_eq!(
        details["value"][0]["servicePlans"][0]["servicePlanId"],
        "57ff2da0-773e-42df-b2af-ffb7a2317929"
    );
    let gone = json!({"licenses": {"teams": "deleted", "teams_phone": "warning"}});
    let (status, _) = stage
        .control("PUT", &format!("/entra/people/{ANN}"), gone)
        .await;
    assert_eq!(status, 200);
    assert_eq!(names(&graph.get(&path).await.body), ["MCOEV"]);
    let user = graph
        .get(&format!(
            "/v1.0/users/{ANN}?$select=assignedPlans,assignedLicenses"
        ))
        .await
        .body;
    let states: Vec<&Value> = user["assignedPlans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|plan| &plan["capabilityStatus"])
        .collect();
    assert_eq!(states, ["Deleted", "Warning"]);
    assert_eq!(user["assignedLicenses"].as_array().unwrap().len(), 1);
    // What warns still works.
    let (_, shown) = stage
        .control("GET", &format!("/teams-users/{ANN}"), Value::Null)
        .await;
    assert_eq!(shown["teams_phone"], true);
}

// microsoft-graph.md 2 and 14
#[tokio::test]
async fn token_is_checked_and_what_it_lacks_is_said() {
    let stage = Stage::stepped().await;
    for (token, message) in [
        ("", "Access token is empty."),
        (
            "no.token.atall",
            "CompactToken parsing failed with error code: 80049217",
        ),
    ] {
        let client = Client {
            stage: &stage,
            token: token.to_owned(),
        };
        let refused = client.get("/v1.0/users").await;
        assert_eq!(refused.code(), (401, "InvalidAuthenticationToken"));
        assert_eq!(refused.body["error"]["message"], message);
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
        let inner = &refused.body["error"]["innerError"];
        assert_eq!(inner["request-id"], refused.header("request-id"));
        assert_eq!(text(&inner["date"]).len(), "2026-08-01T12:00:00".len());
    }
    let other = Client::with_scope(&stage, ENTRA_SCOPE).await;
    let refused = other.get("/v1.0/users").await;
    assert_eq!(
        refused.body["error"]["message"],
        "Access token validation failure. Invalid audience."
    );
    // A person's token opens what the person let it open, and `me` is nobody for an application.
    let ann = Client::of_person(&stage, ANN, "https%3A%2F%2Fgraph.microsoft.com%2FUser.Read").await;
    let refused = ann.get("/v1.0/users").await;
    assert_eq!(refused.code(), (403, "Authorization_RequestDenied"));
    assert_eq!(ann.get("/v1.0/me").await.body["id"], ANN);
    assert_eq!(
        ann.get(&format!("/v1.0/users/{ANN}/licenseDetails"))
            .await
            .status,
        200
    );
    assert_eq!(ann.get(&format!("/v1.0/users/{BOB}")).await.status, 403);
    let application = Client::of(&stage).await;
    assert_eq!(
        application.get("/v1.0/me").await.code(),
        (400, "BadRequest")
    );
}

#[tokio::test]
async fn application_sees_the_people_of_the_tenant_whose_token_it_has() {
    let stage = Stage::stepped().await;
    let other = "99999999-1111-2222-3333-444444444444";
    let oid = "11111111-1111-2222-3333-444444444444";
    let there = json!({"tenant": other, "name": "Else"});
    stage
        .control("PUT", &format!("/entra/people/{oid}"), there)
        .await;
    let request = client_credentials(other, defaults::APP, defaults::CLIENT_SECRET, SCOPE);
    let (_, tokens) = Browser::of(&stage).token(other, request.body).await;
    let client = Client {
        stage: &stage,
        token: text(&tokens["access_token"]),
    };
    let users = client.get("/v1.0/users?$select=displayName").await.body;
    assert_eq!(users["value"], json!([{"id": oid, "displayName": "Else"}]));
    assert_eq!(client.get(&format!("/v1.0/users/{ANN}")).await.status, 404);
    assert_eq!(
        client.get("/v1.0/organization").await.body["value"][0]["id"],
        other
    );
}

#[tokio::test]
async fn every_answer_has_the_headers_that_support_asks_for() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let mine = [("client-request-id", "a1b2")];
    let answered = graph
        .send("GET", "/v1.0/users?$select=id", &mine, None)
        .await;
    assert_eq!(
        (
            answered.header("client-request-id"),
            answered.header("odata-version")
        ),
        ("a1b2", "4.0")
    );
    assert_eq!(answered.header("x-ms-resource-unit"), "1");
    assert!(
        answered
            .header("content-type")
            .starts_with("application/json;odata.metadata=minimal")
    );
    let other = graph.get("/v1.0/users?$select=id").await;
    assert_eq!(
        other.header("client-request-id"),
        other.header("request-id")
    );
    assert_ne!(other.header("request-id"), answered.header("request-id"));
}

// microsoft-graph.md 2
#[tokio::test]
async fn parts_of_a_batch_are_answered_each_by_itself() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let part = |id: &str, url: &str| json!({"id": id, "method": "GET", "url": url});
    stage.fault(json!({"kind": "status", "status": 429, "retry_after_s": 7, "match": {"operation": "ListOrganization"}})).await;
    let mut late = part("4", "/users?$select=id");
    late["dependsOn"] = json!(["2"]);
    let mut counted = part("5", "/users/$count");
    counted["headers"] = json!({"ConsistencyLevel": "eventual"});
    let batch = json!({"requests": [
        part("1", &format!("/users/{ANN}?$select=displayName")), part("2", "users/nobody"), part("3", "/organization"),
        late, counted, part("6", "/$batch"),
    ]});
    let answered = graph.post("/v1.0/$batch", batch).await;
    let answers = answered.body["responses"].as_array().unwrap();
    let statuses: Vec<u64> = answers
        .iter()
        .map(|one| one["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [200, 404, 429, 424, 200, 501]);
    assert_eq!(answers[0]["body"]["displayName"], "Adele Vance");
    assert_eq!(
        answers[1]["body"]["error"]["code"],
        "Request_ResourceNotFound"
    );
    assert_eq!(answers[2]["headers"]["Retry-After"], "7");
    assert_eq!(answers[4]["body"], 46);
}

#[tokio::test]
async fn batch_that_is_none_is_refused_as_a_whole() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    let part = |id: String| json!({"id": id, "method": "GET", "url": "/organization"});
    let of = |ids: &[&str]| -> Value { ids.iter().map(|id| part((*id).to_owned())).collect() };
    let many: Value = (0..21).map(|n| part(n.to_string())).collect();
    let mut without_type = part("1".to_owned());
    without_type["body"] = json!({});
    let mut backwards = of(&["1", "2"]);
    backwards[0]["dependsOn"] = json!(["2"]);
    for requests in [
        of(&[]),
        many,
        of(&["a", "A"]),
        json!([without_type]),
        backwards,
        json!(1),
    ] {
        let refused = graph
            .post("/v1.0/$batch", json!({ "requests": requests }))
            .await;
        assert_eq!(refused.code(), (400, "BadRequest"), "{requests}");
    }
    assert_eq!(graph.post("/v1.0/$batch", json!([])).await.status, 400);
    let allowed: Value = (0..20).map(|n| part(n.to_string())).collect();
    let answered = graph
        .post("/v1.0/$batch", json!({ "requests": allowed }))
        .await;
    assert_eq!(answered.body["responses"].as_array().unwrap().len(), 20);
}

// B-227
#[tokio::test]
async fn directory_is_throttled_by_its_published_limit_until_it_is_switched_off() {
    let stage = Stage::stepped().await;
    let graph = Client::of(&stage).await;
    // 46 people: 3500 units in 10 seconds; licenses of a user cost 2.
    let url = format!("/users/{ANN}/licenseDetails");
    let requests: Value = (0..20)
        .map(|n| json!({"id": n.to_string(), "method": "GET", "url": url}))
        .collect();
    let batch = json!({ "requests": requests });
    let mut n_taken = 0;
    let refused = loop {
        let answered = graph.post("/v1.0/$batch", batch.clone()).await;
        let answers = answered.body["responses"].as_array().unwrap().clone();
        n_taken += answers.iter().filter(|one| one["status"] == 200).count();
        if let Some(refused) = answers.into_iter().find(|one| one["status"] == 429) {
            break refused;
        }
    };
    assert_eq!(n_taken, 1_750);
    assert_eq!(refused["body"]["error"]["code"], "TooManyRequests");
    assert_eq!(refused["headers"]["Retry-After"], "10");
    assert_eq!(graph.get("/v1.0/users").await.status, 429);
    stage.advance(10_001).await;
    assert_eq!(graph.get("/v1.0/users").await.status, 200);
    let off = json!({"throttling": "off"});
    let (status, shown) = stage.control("PUT", "/graph", off).await;
    assert_eq!((status, &shown["throttling"]), (200, &json!("off")));
}
