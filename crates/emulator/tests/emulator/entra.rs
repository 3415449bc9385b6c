//! Tokens, their refusals, and both ways into the data plane.

use crate::stage::Stage;
use serde_json::{Value, json};
use tandem_emulator::defaults;
use tandem_microsoft::acs::{self, ENTRA_SCOPE};
use tandem_microsoft::entra::{client_credentials, discovery_path};

async fn token(stage: &Stage, tenant: &str, app: &str, secret: &str, scope: &str) -> (u16, Value) {
    let request = client_credentials(tenant, app, secret, scope);
    let response = stage
        .http
        .post(format!("{}{}", stage.running.https_url(), request.path))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(request.body)
        .send()
        .await
        .unwrap();
    (
        response.status().as_u16(),
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap(),
    )
}

#[tokio::test]
async fn wrong_secret_app_tenant_and_scope_have_their_own_codes() {
    let stage = Stage::stepped().await;
    let (tenant, app, secret) = (defaults::TENANT, defaults::APP, defaults::CLIENT_SECRET);
    let other = "00000000-0000-4000-8000-000000000000";
    for (order, status, word, code) in [
        (
            (tenant, app, "wrong", ENTRA_SCOPE),
            401,
            "invalid_client",
            7_000_215,
        ),
        (
            (tenant, other, secret, ENTRA_SCOPE),
            400,
            "unauthorized_client",
            700_016,
        ),
        (
            (other, app, secret, ENTRA_SCOPE),
            400,
            "invalid_request",
            90_002,
        ),
        (
            (tenant, app, secret, "https://communication.azure.com/x"),
            400,
            "invalid_scope",
            1_002_012,
        ),
        (
            (tenant, app, secret, "https://other.example/.default"),
            400,
            "invalid_resource",
            500_011,
        ),
    ] {
        let (answered, body) = token(&stage, order.0, order.1, order.2, order.3).await;
        assert_eq!(
            (answered, body["error"].as_str(), &body["error_codes"]),
            (status, Some(word), &json!([code]))
        );
        for member in [
            "error_description",
            "timestamp",
            "trace_id",
            "correlation_id",
        ] {
            assert!(body[member].is_string(), "{member}");
        }
    }
}

#[tokio::test]
async fn expired_secret_and_revoked_consent_are_faults() {
    let stage = Stage::stepped().await;
    for (kind, code) in [
        ("secret_expired", 7_000_222),
        ("consent_revoked", 7_000_112),
    ] {
        stage
            .control("POST", "/faults", json!({ "kind": kind }))
            .await;
        let (_, body) = token(
            &stage,
            defaults::TENANT,
            defaults::APP,
            defaults::CLIENT_SECRET,
            ENTRA_SCOPE,
        )
        .await;
        assert_eq!(body["error_codes"], json!([code]));
    }
    let (status, _) = token(
        &stage,
        defaults::TENANT,
        defaults::APP,
        defaults::CLIENT_SECRET,
        ENTRA_SCOPE,
    )
    .await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn app_token_opens_the_data_plane_and_one_for_another_audience_does_not() {
    let stage = Stage::stepped().await;
    for (scope, status) in [
        (ENTRA_SCOPE, 404),
        ("https://graph.microsoft.com/.default", 401),
    ] {
        let (_, body) = token(
            &stage,
            defaults::TENANT,
            defaults::APP,
            defaults::CLIENT_SECRET,
            scope,
        )
        .await;
        let url = format!(
            "{}{}",
            stage.running.https_url(),
            acs::call::get("nobody").path_and_query
        );
        let response = stage
            .http
            .get(url)
            .bearer_auth(body["access_token"].as_str().unwrap())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{scope}");
    }
}

#[tokio::test]
async fn signature_with_another_key_host_date_or_body_is_refused() {
    let stage = Stage::stepped().await;
    let request = acs::call::get("nobody");
    let host = stage.running.listen.to_string();
    assert_eq!(stage.acs(&request).await.0, 404);
    let mut old = Stage::headers(&request, &host, defaults::ACCESS_KEY);
    old.date = "Sat, 01 Aug 2020 10:00:00 GMT".to_owned();
    for headers in [
        Stage::headers(&request, &host, "b3RoZXI="),
        Stage::headers(&request, &format!("{host}/"), defaults::ACCESS_KEY),
        old,
    ] {
        let response = stage.send(&request, headers).await;
        assert_eq!(response.status(), 401);
        let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert_eq!(body["error"]["code"], "7509");
    }
    // The endpoint with a trailing slash is the classic mistake; the record names it.
    let (_, requests) = stage.control("GET", "/requests", Value::Null).await;
    let noted = requests
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["note"].is_string())
        .count();
    assert_eq!(noted, 1);
    assert!(!requests.to_string().contains("Signature="));
}

#[tokio::test]
async fn discovery_leads_to_the_keys_and_unknown_tenants_are_refused() {
    let stage = Stage::stepped().await;
    let get = async |path: String| {
        let response = stage
            .http
            .get(format!("{}{path}", stage.running.https_url()))
            .send()
            .await
            .unwrap();
        (
            response.status().as_u16(),
            serde_json::from_slice::<Value>(&response.bytes().await.unwrap()).unwrap(),
        )
    };
    let (_, document) = get(discovery_path(defaults::TENANT)).await;
    assert_eq!(
        document["issuer"],
        format!(
            "https://login.microsoftonline.com/{}/v2.0",
            defaults::TENANT
        )
    );
    let keys = stage
        .http
        .get(document["jwks_uri"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(keys.status(), 200);
    let (_, everybody) = get(discovery_path("organizations")).await;
    assert_eq!(
        everybody["issuer"],
        "https://login.microsoftonline.com/{tenantid}/v2.0"
    );
    assert!(everybody["end_session_endpoint"].is_string());
    assert_eq!(get(discovery_path("consumers")).await.0, 400);
    assert_eq!(get(discovery_path("contoso.example")).await.0, 400);
    let (_, callbacks) = get(acs::CALLBACK_DISCOVERY_PATH.to_owned()).await;
    assert_eq!(callbacks["issuer"], acs::CALLBACK_ISSUER);
}
