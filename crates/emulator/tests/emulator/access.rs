//! Teams Phone extensibility beside the calls: assignments, the exchange of tokens, and where data lies.

use crate::sign_in::{ANN, BACK, Browser, VERIFIER, claims, scripted};
use crate::stage::{CALLER, Stage};
use serde_json::{Value, json};
use tandem_emulator::defaults;
use tandem_microsoft::acs::extension::{
    AssignmentRequest, MANAGE_CALLS, PrincipalType, SCOPE_RESOURCE, assign, assignment, unassign,
};
use tandem_microsoft::entra::client_credentials;
use tandem_microsoft::entra::sign_in::code_challenge;

fn agent(client_ids: &[&str]) -> AssignmentRequest {
    AssignmentRequest {
        principal_type: PrincipalType::User,
        client_ids: client_ids.iter().map(|id| (*id).to_owned()).collect(),
    }
}

// acs-call-automation.md 7.2
#[tokio::test]
async fn assignment_is_made_changed_read_and_taken_away() {
    let stage = Stage::stepped().await;
    let (tenant, oid) = (defaults::TENANT, ANN);
    assert_eq!(stage.acs(&assignment(tenant, oid)).await.0, 404);
    let (status, made) = stage.acs(&assign(tenant, oid, &agent(&[]))).await;
    assert_eq!(status, 201, "{made}");
    let (status, changed) = stage
        .acs(&assign(tenant, oid, &agent(&[defaults::APP])))
        .await;
    assert_eq!(status, 200);
    let (status, read) = stage.acs(&assignment(tenant, &oid.to_uppercase())).await;
    assert_eq!((status, &read), (200, &changed));
    assert_eq!(
        read,
        json!({"objectId": oid, "tenantId": tenant, "principalType": "user", "clientIds": [defaults::APP]})
    );
    assert_eq!(stage.acs(&unassign(tenant, oid)).await.0, 204);
    assert_eq!(stage.acs(&assignment(tenant, oid)).await.0, 404);

    let refused = stage.refused(&assignment("contoso.com", oid)).await;
    assert_eq!(refused, (400, "BadRequest".to_owned()));
    let refused = stage.refused(&assign(tenant, oid, &agent(&["x"]))).await;
    assert_eq!(refused, (400, "BadRequest".to_owned()));
    let mut old = assignment(tenant, oid);
    old.path_and_query = old
        .path_and_query
        .replace("2025-06-30", "2025-03-02-preview");
    assert_eq!(stage.acs(&old).await.0, 400);
}

// acs-call-automation.md 7.1: wrong provisioning is a busy tone and no IncomingCall.
#[tokio::test]
async fn resource_account_without_its_assignment_has_no_calls() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (tenant, oid) = (defaults::TENANT, defaults::RESOURCE_ACCOUNT);
    let (status, given) = stage.acs(&assignment(tenant, oid)).await;
    assert_eq!(
        (status, &given["principalType"]),
        (200, &json!("teamsResourceAccount"))
    );
    assert_eq!(stage.acs(&unassign(tenant, oid)).await.0, 204);
    let order = json!({"from": CALLER, "to": defaults::RESOURCE_ACCOUNT_NUMBER});
    let (status, refusal) = stage.control("POST", "/pstn-calls", order.clone()).await;
    assert_eq!(status, 409, "{refusal}");
    let body = AssignmentRequest {
        principal_type: PrincipalType::TeamsResourceAccount,
        client_ids: Vec::new(),
    };
    assert_eq!(stage.acs(&assign(tenant, oid, &body)).await.0, 201);
    assert_eq!(stage.control("POST", "/pstn-calls", order).await.0, 201);
}

/// A token of somebody who lets the application manage their calls.
async fn token(stage: &Stage, scope: &str) -> String {
    let mut browser = Browser::of(stage);
    scripted(stage, ANN).await;
    let url = format!(
        "{}/{}/oauth2/v2.0/authorize?client_id={}&response_type=code&redirect_uri={BACK}&scope={SCOPE_RESOURCE}/{scope}\
         &code_challenge={}&code_challenge_method=S256",
        browser.base,
        defaults::TENANT,
        defaults::APP,
        code_challenge(VERIFIER)
    );
    let seen = browser.get(&url).await;
    let (status, tokens) = browser.redeem(&seen.to["code"]).await;
    assert_eq!(status, 200, "{tokens}");
    tokens["access_token"].as_str().unwrap().to_owned()
}

async fn exchange(stage: &Stage, token: &str) -> (u16, Value) {
    let url = format!(
        "{}/access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30",
        stage.running.https_url()
    );
    let request = stage.http.post(url).bearer_auth(token).json(&json!({}));
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

// acs-call-automation.md 7.3
#[tokio::test]
async fn agent_exchanges_a_token_when_assigned_and_licensed() {
    let stage = Stage::stepped().await;
    let of_agent = token(&stage, MANAGE_CALLS).await;
    let (status, refusal) = exchange(&stage, &of_agent).await;
    assert_eq!(
        (status, &refusal["error"]["code"]),
        (403, &json!("Forbidden"))
    );
    let body = agent(&[defaults::APP]);
    assert_eq!(
        stage.acs(&assign(defaults::TENANT, ANN, &body)).await.0,
        201
    );
    let (status, exchanged) = exchange(&stage, &of_agent).await;
    assert_eq!(status, 200, "{exchanged}");
    let id = format!(
        "8:acs:{}_{}_{ANN}",
        defaults::ACS_RESOURCE,
        defaults::TENANT
    );
    assert_eq!(exchanged["identity"]["id"], id);
    assert!(exchanged["accessToken"]["expiresOn"].is_string());
    let said = claims(&json!({"id_token": exchanged["accessToken"]["token"]}));
    assert_eq!(said["skypeid"], id.replacen("8:", "", 1));

    let unlicensed = json!({"teams_phone": false});
    let path = format!("/teams-users/{ANN}/behaviour");
    stage.control("PUT", &path, unlicensed).await;
    let (status, refusal) = exchange(&stage, &of_agent).await;
    let code = &refusal["error"]["code"];
    assert_eq!(
        (status, code),
        (403, &json!("UserLicenseNotPresentForbidden"))
    );
    let (status, _) = exchange(&stage, "no.token.atall").await;
    assert_eq!(status, 401);
}

async fn organization(stage: &Stage) -> Value {
    let scope = "https://graph.microsoft.com/.default";
    let (app, secret) = (defaults::APP, defaults::CLIENT_SECRET);
    let request = client_credentials(defaults::TENANT, app, secret, scope);
    let (_, tokens) = Browser::of(stage)
        .token(defaults::TENANT, request.body)
        .await;
    let url = format!("{}/v1.0/organization", stage.running.https_url());
    let token = tokens["access_token"].as_str().unwrap();
    let response = stage.http.get(url).bearer_auth(token).send().await.unwrap();
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

// B-163
#[tokio::test]
async fn data_of_resource_and_tenant_in_two_places_is_a_warning() {
    let stage = Stage::stepped().await;
    let found = organization(&stage).await["value"][0].clone();
    assert_eq!(
        (&found["countryLetterCode"], &found["preferredDataLocation"]),
        (&json!("US"), &Value::Null)
    );
    let (_, tenant) = stage.control("GET", "/tenant", Value::Null).await;
    assert_eq!(tenant["data_locations"]["matches"], true);
    let moved = json!({"resource": "europe", "country": "US"});
    let (status, shown) = stage.control("PUT", "/locations", moved).await;
    assert_eq!((status, &shown["matches"]), (200, &json!(false)));
    assert!(shown["warning"].is_string());
    let preferred = json!({"resource": "europe", "country": "US", "preferred": "EUR"});
    let (_, shown) = stage.control("PUT", "/locations", preferred).await;
    assert_eq!(
        (&shown["matches"], &shown["warning"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(
        organization(&stage).await["value"][0]["preferredDataLocation"],
        "EUR"
    );
    for wrong in [
        json!({"resource": "moon", "country": "US"}),
        json!({"resource": "uk", "country": "us"}),
        json!({"resource": "uk", "country": "GB", "preferred": "MOON"}),
    ] {
        assert_eq!(stage.control("PUT", "/locations", wrong).await.0, 400);
    }
}
