//! People signing in: the browser's side, codes, refresh tokens, and who is not let in.

use crate::stage::Stage;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tandem_emulator::defaults;
use tandem_microsoft::entra::sign_in::{
    AnswerMode, Authorize, Client, ClientProof, SCOPE, redeem, renew,
};

pub(crate) const ANN: &str = defaults::FIRST_TEAMS_USER;
pub(crate) const BACK: &str = "http://127.0.0.1:9/back?kept=1";
pub(crate) const VERIFIER: &str = "a-verifier-of-more-than-forty-three-characters-0";
const OTHER_TENANT: &str = "99999999-44d7-43e1-9a83-5f2406dee5bd";
const CLIENT: Client<'static> = Client {
    id: defaults::APP,
    proof: ClientProof::Secret(defaults::CLIENT_SECRET),
};

pub(crate) struct Browser {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    cookie: Option<String>,
}

/// Where a browser was sent, or the page that it was shown.
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) to: BTreeMap<String, String>,
    pub(crate) page: String,
}

impl Browser {
    pub(crate) fn of(stage: &Stage) -> Self {
        let pem = std::fs::read(&stage.running.ca_pem).unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([reqwest::Certificate::from_pem(&pem).unwrap()]);
        Self {
            http: http.build().unwrap(),
            base: stage.running.https_url(),
            cookie: None,
        }
    }

    pub(crate) async fn authorize(&mut self, tenant: &str, more: &str) -> Seen {
        let authorize = Authorize {
            client_id: defaults::APP,
            redirect_uri: BACK,
            state: "s1",
            nonce: "n1",
            code_verifier: VERIFIER,
            scope: SCOPE,
            answer: AnswerMode::Address,
            prompt: None,
        };
        let endpoint = format!("{}/{tenant}/oauth2/v2.0/authorize", self.base);
        let url = authorize.url(&endpoint);
        self.get(&format!("{url}{more}")).await
    }

    pub(crate) async fn get(&mut self, url: &str) -> Seen {
        let request = self.http.get(url);
        self.see(request).await
    }

    pub(crate) async fn see(&mut self, mut request: reqwest::RequestBuilder) -> Seen {
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let response = request.send().await.unwrap();
        if let Some(cookie) = response.headers().get("set-cookie") {
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            self.cookie = Some(pair.to_owned());
        }
        let location = response.headers().get("location");
        let location = location.map(|it| it.to_str().unwrap().to_owned());
        let (_, query) = location.as_deref().unwrap_or("?").split_once('?').unwrap();
        let to = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.replace("%20", " ")))
            .collect();
        Seen {
            status: response.status().as_u16(),
            to,
            page: response.text().await.unwrap(),
        }
    }

    pub(crate) async fn token(&self, tenant: &str, body: String) -> (u16, Value) {
        let url = format!("{}/{tenant}/oauth2/v2.0/token", self.base);
        let request = self.http.post(url).body(body);
        let response = request
            .header("content-type", "application/x-www-form-urlencoded")
            .send()
            .await
            .unwrap();
        let status = response.status().as_u16();
        let body = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    pub(crate) async fn redeem(&self, code: &str) -> (u16, Value) {
        let request = redeem(CLIENT, code, BACK, VERIFIER, SCOPE);
        self.token(defaults::TENANT, request.body).await
    }
}

pub(crate) async fn scripted(stage: &Stage, oid: &str) {
    let sent = json!({ "oid": oid });
    let (status, _) = stage.control("POST", "/entra/sign-ins", sent).await;
    assert_eq!(status, 204);
}

pub(crate) async fn person(stage: &Stage, oid: &str, change: Value) {
    let path = format!("/entra/people/{oid}");
    assert_eq!(stage.control("PUT", &path, change).await.0, 200);
}

pub(crate) fn claims(tokens: &Value) -> Value {
    let token = tokens["id_token"].as_str().unwrap();
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

// B-043, B-044, B-045
#[tokio::test]
async fn token_names_the_roles_given_by_name_and_through_groups() {
    let stage = Stage::stepped().await;
    let group = "dd123456-1234-1234-1234-ddd123456789";
    let roles = json!({ "app_roles": ["Supervisor"] });
    let path = format!("/entra/groups/{group}");
    assert_eq!(stage.control("PUT", &path, roles).await.0, 200);
    person(
        &stage,
        ANN,
        json!({"app_roles": ["Administrator"], "groups": [group]}),
    )
    .await;
    scripted(&stage, ANN).await;
    let mut browser = Browser::of(&stage);
    let seen = browser.authorize("organizations", "").await;
    assert_eq!((seen.status, seen.to["state"].as_str()), (302, "s1"));
    assert_eq!(seen.to["kept"], "1");
    let (status, tokens) = browser.redeem(&seen.to["code"]).await;
    assert_eq!(status, 200, "{tokens}");
    let said = claims(&tokens);
    assert_eq!(said["roles"], json!(["Administrator", "Supervisor"]));
    assert_eq!(said["groups"], json!([group]));
    assert_eq!((&said["nonce"], &said["oid"]), (&json!("n1"), &json!(ANN)));
    assert_eq!(
        said["iss"],
        format!(
            "https://login.microsoftonline.com/{}/v2.0",
            defaults::TENANT
        )
    );
    person(&stage, ANN, json!({"app_roles": [], "groups": []})).await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let (_, renewed) = browser
        .token(defaults::TENANT, renew(CLIENT, refresh, SCOPE).body)
        .await;
    assert_eq!(claims(&renewed).get("roles"), None);
}

#[tokio::test]
async fn groups_beyond_two_hundred_are_named_elsewhere() {
    let stage = Stage::stepped().await;
    let groups: Vec<String> = (0..201).map(|n| format!("g{n}")).collect();
    person(&stage, ANN, json!({ "groups": groups })).await;
    scripted(&stage, ANN).await;
    let mut browser = Browser::of(&stage);
    let seen = browser.authorize(defaults::TENANT, "").await;
    let (_, tokens) = browser.redeem(&seen.to["code"]).await;
    let said = claims(&tokens);
    assert_eq!(said["_claim_names"], json!({"groups": "src1"}));
    assert_eq!(said.get("groups"), None);
}

#[tokio::test]
async fn code_is_good_once_for_its_verifier_address_and_ten_minutes() {
    let stage = Stage::stepped().await;
    let mut browser = Browser::of(&stage);
    let mut codes = Vec::new();
    for _ in 0..5 {
        scripted(&stage, ANN).await;
        let mut seen = browser.authorize(defaults::TENANT, "").await;
        codes.push(seen.to.remove("code").unwrap());
    }
    let errors = async |status: u16, body: String| {
        let (answered, body) = browser.token(defaults::TENANT, body).await;
        assert_eq!(answered, status, "{body}");
        body["error_codes"][0].as_u64().unwrap()
    };
    assert_eq!(browser.redeem(&codes[0]).await.0, 200);
    let again = redeem(CLIENT, &codes[0], BACK, VERIFIER, SCOPE).body;
    assert_eq!(errors(400, again).await, 54_005);
    let wrong = redeem(CLIENT, &codes[1], BACK, "another verifier", SCOPE).body;
    assert_eq!(errors(400, wrong).await, 501_481);
    let elsewhere = redeem(
        CLIENT,
        &codes[2],
        "http://127.0.0.1:9/other",
        VERIFIER,
        SCOPE,
    )
    .body;
    assert_eq!(errors(400, elsewhere).await, 50_011);
    let stranger = Client {
        proof: ClientProof::Secret("wrong"),
        ..CLIENT
    };
    let body = redeem(stranger, &codes[3], BACK, VERIFIER, SCOPE).body;
    assert_eq!(errors(401, body).await, 7_000_215);
    stage
        .control("POST", "/clock/advance", json!({"ms": 600_001}))
        .await;
    let late = redeem(CLIENT, &codes[4], BACK, VERIFIER, SCOPE).body;
    assert_eq!(errors(400, late).await, 70_008);
    assert_eq!(
        errors(400, redeem(CLIENT, "x", BACK, VERIFIER, SCOPE).body).await,
        70_000
    );
}

#[tokio::test]
async fn page_lists_the_people_and_the_browser_is_known_afterwards() {
    let stage = Stage::stepped().await;
    let mut browser = Browser::of(&stage);
    let none = browser.authorize(defaults::TENANT, "&prompt=none").await;
    assert_eq!(none.to["error"], "login_required");
    let seen = browser.authorize(defaults::TENANT, "").await;
    assert!(seen.page.contains("Adele Vance") && seen.page.contains("<h1>"));
    let (_, rest) = seen.page.split_once("name=\"query\" value=\"").unwrap();
    let query = rest.split('"').next().unwrap().replace("&amp;", "&");
    let query: String = query.replace('%', "%25").replace('&', "%26");
    let form = format!("query={}&oid={ANN}", query.replace('=', "%3D"));
    let login = format!("{}/{}/login", browser.base, defaults::TENANT);
    let request = browser.http.post(login).body(form);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let seen = browser.see(request).await;
    assert_eq!(browser.redeem(&seen.to["code"]).await.0, 200);
    let silent = browser.authorize(defaults::TENANT, "&prompt=none").await;
    assert!(silent.to.contains_key("code"));
    let asked = browser
        .authorize(defaults::TENANT, "&prompt=select_account")
        .await;
    assert_eq!(asked.status, 200);
    let logout = format!(
        "{}/{}/oauth2/v2.0/logout?post_logout_redirect_uri=http://127.0.0.1:9/?bye=1",
        browser.base,
        defaults::TENANT
    );
    assert_eq!(browser.get(&logout).await.to["bye"], "1");
    let none = browser.authorize(defaults::TENANT, "&prompt=none").await;
    assert_eq!(none.to["error"], "login_required");
}

#[tokio::test]
async fn form_post_answers_with_a_page_that_posts() {
    let stage = Stage::stepped().await;
    scripted(&stage, ANN).await;
    let mut browser = Browser::of(&stage);
    let url = format!(
        "{}/{}/oauth2/v2.0/authorize?client_id={}&response_type=code&scope=openid\
         &redirect_uri=http://127.0.0.1:9/back&response_mode=form_post&state=%3Cs%3E",
        browser.base,
        defaults::TENANT,
        defaults::APP
    );
    let seen = browser.get(&url).await;
    assert!(seen.page.contains("action=\"http://127.0.0.1:9/back\""));
    assert!(seen.page.contains("name=\"state\" value=\"&lt;s&gt;\""));
    assert!(seen.page.contains("name=\"code\""));
}

#[tokio::test]
async fn whoever_may_not_sign_in_is_told_why() {
    let stage = Stage::stepped().await;
    let mut browser = Browser::of(&stage);
    let bea = "0269be4d-5be0-4770-bf9c-a1bf50ee78d6";
    let application = async |change: Value| {
        let put = stage.control("PUT", "/entra/application", change).await;
        assert_eq!(put.0, 200);
    };
    let mut refusal = async |oid: &str, tenant: &str| {
        scripted(&stage, oid).await;
        let seen = browser.authorize(tenant, "").await;
        let text = seen.to["error_description"].clone();
        (
            seen.to["error"].clone(),
            text.split("%3A").next().unwrap().to_owned(),
        )
    };
    let told = |error: &str, code: &str| (error.to_owned(), format!("AADSTS{code}"));
    application(json!({"assignment_required": true})).await;
    assert_eq!(
        refusal(ANN, defaults::TENANT).await,
        told("access_denied", "50105")
    );
    application(json!({"consented": false})).await;
    assert_eq!(
        refusal(ANN, defaults::TENANT).await,
        told("consent_required", "65001")
    );
    application(json!({})).await;
    let fault = json!({"kind": "conditional_access", "match": {"operation": "Authorize"}});
    assert_eq!(stage.control("POST", "/faults", fault).await.0, 201);
    let blocked = told("interaction_required", "53003");
    assert_eq!(refusal(ANN, defaults::TENANT).await, blocked);
    person(&stage, ANN, json!({"disabled": true})).await;
    assert_eq!(
        refusal(ANN, defaults::TENANT).await,
        told("access_denied", "50057")
    );
    person(&stage, bea, json!({ "tenant": OTHER_TENANT })).await;
    assert_eq!(
        refusal(bea, defaults::TENANT).await,
        told("access_denied", "50020")
    );
}

#[tokio::test]
async fn renewal_ends_when_the_person_was_disabled_or_revoked_or_is_blocked() {
    let stage = Stage::stepped().await;
    scripted(&stage, ANN).await;
    let mut browser = Browser::of(&stage);
    let seen = browser.authorize(defaults::TENANT, "").await;
    let (_, tokens) = browser.redeem(&seen.to["code"]).await;
    let refresh = tokens["refresh_token"].as_str().unwrap().to_owned();
    let refused = async || {
        let body = renew(CLIENT, &refresh, SCOPE).body;
        let (_, body) = browser.token(defaults::TENANT, body).await;
        body
    };
    let fault = json!({"kind": "conditional_access", "match": {"operation": "Token"}});
    assert_eq!(stage.control("POST", "/faults", fault).await.0, 201);
    let body = refused().await;
    assert_eq!(body["error"], "interaction_required");
    assert!(body["claims"].as_str().unwrap().contains("capolids"));
    person(&stage, ANN, json!({"disabled": true})).await;
    assert_eq!(refused().await["error_codes"], json!([50_057]));
    person(&stage, ANN, json!({"disabled": false})).await;
    assert!(refused().await["id_token"].is_string());
    let path = format!("/entra/people/{ANN}/revoke");
    assert_eq!(stage.control("POST", &path, Value::Null).await.0, 204);
    assert_eq!(refused().await["error_codes"], json!([50_173]));
}

#[tokio::test]
async fn browser_is_sent_nowhere_when_application_or_address_are_not_known() {
    let stage = Stage::stepped().await;
    let mut browser = Browser::of(&stage);
    let start = format!(
        "{}/{}/oauth2/v2.0/authorize",
        browser.base,
        defaults::TENANT
    );
    let foreign = format!(
        "{start}?client_id={}&response_type=code&scope=openid&redirect_uri=http://evil.example/",
        defaults::APP
    );
    let seen = browser.get(&foreign).await;
    assert!(seen.status == 400 && seen.page.contains("AADSTS50011"));
    let seen = browser
        .get(&format!("{start}?client_id=x&redirect_uri={BACK}"))
        .await;
    assert!(seen.status == 400 && seen.page.contains("AADSTS700016"));
    let disguised = format!(
        "{start}?client_id={}&response_type=code&scope=openid&redirect_uri=http://127.0.0.1.evil.example/",
        defaults::APP
    );
    assert_eq!(browser.get(&disguised).await.status, 400);
}

#[tokio::test]
async fn control_takes_so_many_roles_and_addresses_and_no_more() {
    let stage = Stage::stepped().await;
    let many = |n: usize| (0..n).map(|n| format!("https://x.example/{n}"));
    let many = |n| many(n).collect::<Vec<_>>();
    for (path, list) in [
        ("/entra/groups/g1", "app_roles"),
        (&*format!("/entra/people/{ANN}"), "app_roles"),
        ("/entra/application", "redirect_uris"),
    ] {
        for (n, status) in [(100, 200), (101, 400)] {
            let put = stage.control("PUT", path, json!({ list: many(n) })).await;
            assert_eq!(put.0, status, "{path} with {n}: {}", put.1);
        }
    }
}

#[tokio::test]
async fn application_goes_on_in_the_name_of_a_person_whose_token_it_was_given() {
    let stage = Stage::stepped().await;
    let mut browser = Browser::of(&stage);
    scripted(&stage, ANN).await;
    let own = format!("openid api://{}/access_as_user", defaults::APP).replace(' ', "%20");
    let authorize = Authorize {
        client_id: defaults::APP,
        redirect_uri: BACK,
        state: "s1",
        nonce: "n1",
        code_verifier: VERIFIER,
        scope: SCOPE,
        answer: AnswerMode::Address,
        prompt: None,
    };
    let endpoint = format!(
        "{}/{}/oauth2/v2.0/authorize",
        browser.base,
        defaults::TENANT
    );
    let url = authorize.url(&endpoint);
    // The first one counts.
    let url = url.replacen('?', &format!("?scope={own}&"), 1);
    let seen = browser.get(&url).await;
    let (_, given) = browser.redeem(&seen.to["code"]).await;
    let form = |token: &Value, tenant_use: &str| {
        format!(
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&client_id={}&client_secret={}\
             &assertion={}&requested_token_use={tenant_use}&scope=User.Read%20openid",
            defaults::APP,
            defaults::CLIENT_SECRET,
            token.as_str().unwrap()
        )
    };
    let body = form(&given["access_token"], "on_behalf_of");
    let (status, further) = browser.token(defaults::TENANT, body).await;
    assert_eq!(status, 200, "{further}");
    let payload = further["id_token"]
        .as_str()
        .unwrap()
        .split('.')
        .nth(1)
        .unwrap();
    let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert_eq!(payload["oid"], ANN);
    // A token for Graph is not one for the application.
    let body = form(&further["access_token"], "on_behalf_of");
    let (status, refused) = browser.token(defaults::TENANT, body).await;
    assert_eq!((status, &refused["error_codes"]), (400, &json!([50_013])));
    let body = form(&given["access_token"], "another");
    assert_eq!(browser.token(defaults::TENANT, body).await.0, 400);
}
