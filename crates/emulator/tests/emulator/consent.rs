//! Admin consent, device code, and the end of a secret's life.

use crate::sign_in::{ANN, Browser, Seen, claims, person, scripted};
use crate::stage::{Stage, text};
use serde_json::{Value, json};
use tandem_emulator::defaults;
use tandem_microsoft::acs::ENTRA_SCOPE;
use tandem_microsoft::entra::client_credentials;

const BACK: &str = "http://127.0.0.1:9/consented?kept=1";
const BOB: &str = "0269be4d-5be0-4770-bf9c-a1bf50ee78d6";

fn address(browser: &Browser, endpoint: &str, more: &str) -> String {
    format!(
        "{}/organizations/{endpoint}?client_id={}&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fconsented%3Fkept%3D1&state=s1{more}",
        browser.base,
        defaults::APP
    )
}

/// A button of the page at this address is pressed: of somebody, or the one that cancels.
async fn pressed(browser: &mut Browser, url: &str, oid: Option<&str>) -> Seen {
    let (place, query) = url.split_once('?').unwrap();
    let mut form = vec![("query", query.to_owned())];
    form.extend(oid.map(|oid| ("oid", oid.to_owned())));
    let request = browser.http.post(place).form(&form);
    browser.see(request).await
}

// microsoft-graph.md 1.5
#[tokio::test]
async fn administrator_consents_and_the_browser_goes_back_with_the_tenant() {
    let stage = Stage::stepped().await;
    let mut browser = Browser::of(&stage);
    let off = json!({"consented": false});
    stage.control("PUT", "/entra/application", off).await;
    let url = address(&browser, "adminconsent", "");
    let shown = browser.get(&url).await;
    assert_eq!(shown.status, 200);
    assert!(shown.page.contains("Permissions requested"));
    let seen = pressed(&mut browser, &url, Some(ANN)).await;
    assert_eq!(seen.status, 302);
    let to = |name: &str| seen.to.get(name).map(String::as_str);
    assert_eq!(
        (to("admin_consent"), to("tenant"), to("state"), to("kept")),
        (Some("True"), Some(defaults::TENANT), Some("s1"), Some("1"))
    );
    assert_eq!(to("scope"), None);
    let (_, shown) = stage.control("GET", "/entra", Value::Null).await;
    assert_eq!(shown["application"]["consented"], true);

    // The second endpoint wants scopes, and tells them back.
    let url = address(&browser, "v2.0/adminconsent", "");
    assert_eq!(browser.get(&url).await.status, 400);
    let url = address(
        &browser,
        "v2.0/adminconsent",
        "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
    );
    scripted(&stage, ANN).await;
    let seen = browser.get(&url).await;
    assert!(seen.to["scope"].contains("graph.microsoft.com"));
}

#[tokio::test]
async fn consent_that_is_declined_or_not_an_administrators_changes_nothing() {
    let stage = Stage::stepped().await;
    let mut browser = Browser::of(&stage);
    let off = json!({"consented": false});
    stage.control("PUT", "/entra/application", off).await;
    let url = address(&browser, "adminconsent", "");
    for (oid, code) in [(None, "AADSTS65004"), (Some(BOB), "AADSTS90094")] {
        let seen = pressed(&mut browser, &url, oid).await;
        assert_eq!(seen.to["error"], "access_denied");
        assert!(seen.to["error_description"].contains(code), "{:?}", seen.to);
        assert_eq!(
            (&*seen.to["admin_consent"], &*seen.to["state"]),
            ("True", "s1")
        );
    }
    let (_, shown) = stage.control("GET", "/entra", Value::Null).await;
    assert_eq!(shown["application"]["consented"], false);
    person(&stage, BOB, json!({"is_administrator": true})).await;
    let seen = pressed(&mut browser, &url, Some(BOB)).await;
    assert_eq!(seen.to["tenant"], defaults::TENANT);
    // An address that is not registered is never gone to.
    let listed = json!({"redirect_uris": [BACK]});
    stage.control("PUT", "/entra/application", listed).await;
    let elsewhere = url.replace("consented", "elsewhere");
    let seen = pressed(&mut browser, &elsewhere, Some(ANN)).await;
    assert_eq!(seen.status, 400);
    assert!(seen.page.contains("AADSTS50011"));
}

// Found by the fuzzer: a line break in the address made a header that cannot be sent.
#[tokio::test]
async fn address_with_a_line_break_is_not_gone_back_to() {
    let stage = Stage::stepped().await;
    let mut browser = Browser::of(&stage);
    let broken = "redirect_uri=https%3A%2F%2Fx%0D%0Aa";
    for endpoint in ["adminconsent", "oauth2/v2.0/authorize"] {
        let client = defaults::APP;
        let url = format!(
            "{}/common/{endpoint}?client_id={client}&{broken}",
            browser.base
        );
        let seen = browser.get(&url).await;
        assert_eq!(seen.status, 400);
        assert!(seen.page.contains("AADSTS50011"));
    }
}

async fn begin(browser: &Browser) -> Value {
    let url = format!(
        "{}/{}/oauth2/v2.0/devicecode",
        browser.base,
        defaults::TENANT
    );
    let form = [
        ("client_id", defaults::APP),
        ("scope", "openid offline_access"),
    ];
    let response = browser.http.post(url).form(&form).send().await.unwrap();
    assert_eq!(response.status(), 200);
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

async fn ask(browser: &Browser, device: &Value) -> (u16, Value) {
    let code = text(&device["device_code"]);
    let body = format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id={}&device_code={code}&client_info=1",
        defaults::APP
    );
    browser.token(defaults::TENANT, body).await
}

async fn decide(browser: &mut Browser, device: &Value, oid: Option<&str>) -> Seen {
    let mut form = vec![("user_code", text(&device["user_code"]).to_lowercase())];
    form.extend(oid.map(|oid| ("oid", oid.to_owned())));
    let url = text(&device["verification_uri"]);
    let request = browser.http.post(url).form(&form);
    browser.see(request).await
}

// microsoft-graph.md 1.4
#[tokio::test]
async fn device_waits_for_its_person_and_has_tokens_once() {
    let stage = Stage::stepped().await;
    let mut browser = Browser::of(&stage);
    let device = begin(&browser).await;
    assert_eq!(
        (&device["expires_in"], &device["interval"]),
        (&json!(900), &json!(5))
    );
    let (status, answer) = ask(&browser, &device).await;
    assert_eq!(
        (status, &answer["error"]),
        (400, &json!("authorization_pending"))
    );
    assert_eq!(answer["error_codes"], json!([70016]));
    let (_, answer) = ask(&browser, &device).await;
    assert_eq!(answer["error"], "slow_down");
    let code = text(&device["user_code"]);
    let page = format!("{}?user_code={code}", text(&device["verification_uri"]));
    assert!(browser.get(&page).await.page.contains("Sign in as"));
    assert_eq!(decide(&mut browser, &device, Some(ANN)).await.status, 200);
    let (status, tokens) = ask(&browser, &device).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(claims(&tokens)["oid"], ANN);
    assert!(tokens["refresh_token"].is_string() && tokens["client_info"].is_string());
    let of_access = claims(&json!({"id_token": tokens["access_token"]}));
    assert_eq!(of_access["appidacr"], "0");
    let (_, again) = ask(&browser, &device).await;
    assert_eq!(again["error_codes"], json!([54005]));
}

#[tokio::test]
async fn device_code_that_is_declined_wrong_or_too_old_says_so() {
    let stage = Stage::stepped().await;
    let mut browser = Browser::of(&stage);
    let device = begin(&browser).await;
    decide(&mut browser, &device, None).await;
    let (_, answer) = ask(&browser, &device).await;
    assert_eq!(answer["error"], "authorization_declined");
    let wrong = json!({"user_code": "WRONGCODE", "verification_uri": device["verification_uri"]});
    let seen = decide(&mut browser, &wrong, Some(ANN)).await;
    assert!(seen.status == 400 && seen.page.contains("AADSTS70018"));
    let device = begin(&browser).await;
    stage.advance(901_000).await;
    let (_, answer) = ask(&browser, &device).await;
    assert_eq!(
        (&answer["error"], &answer["error_codes"]),
        (&json!("expired_token"), &json!([70019]))
    );
    let unknown = json!({"device_code": "x"});
    assert_eq!(
        ask(&browser, &unknown).await.1["error_codes"],
        json!([70000])
    );
}

// microsoft-graph.md 1.7
#[tokio::test]
async fn secret_is_worth_nothing_after_its_end() {
    let stage = Stage::stepped().await;
    let browser = Browser::of(&stage);
    let (app, secret) = (defaults::APP, defaults::CLIENT_SECRET);
    let request = client_credentials(defaults::TENANT, app, secret, ENTRA_SCOPE);
    let ends = |at: &str| json!({"secret_expires_at": at});
    let path = "/entra/application";
    assert_eq!(stage.control("PUT", path, ends("tomorrow")).await.0, 400);
    stage
        .control("PUT", path, ends("2999-01-01T00:00:00Z"))
        .await;
    let token = |body: String| browser.token(defaults::TENANT, body);
    assert_eq!(token(request.body.clone()).await.0, 200);
    stage
        .control("PUT", path, ends("2020-01-01T00:00:00Z"))
        .await;
    let (status, answer) = token(request.body).await;
    assert_eq!((status, &answer["error_codes"]), (401, &json!([7_000_222])));
}
