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
    let keys: Value = serde_json::from_slice(&keys.bytes().await.unwrap()).unwrap();
    let key = &keys["keys"][0];
    assert_eq!(key["issuer"], document["issuer"]);
    assert_eq!(key["cloud_instance_name"], "microsoftonline.com");
    assert_eq!(key["kid"], key["x5t"]);
    let graph = "https://graph.microsoft.com/oidc/userinfo";
    assert_eq!(document["userinfo_endpoint"], graph);
    assert_eq!(document["rbac_url"], "https://pas.windows.net");
    certifies(key);

    let (_, first) = get(format!(
        "/{}/.well-known/openid-configuration",
        defaults::TENANT
    ))
    .await;
    let issuer = format!("https://sts.windows.net/{}/", defaults::TENANT);
    assert_eq!(first["issuer"], issuer);
    let old = first["jwks_uri"].as_str().unwrap();
    let old = get(old.replace(&stage.running.https_url(), "")).await.1;
    assert_eq!(old["keys"][0]["x5c"], key["x5c"]);
    assert!(old["keys"][0].get("issuer").is_none());
    assert_eq!(get("/common/discovery/keys".to_owned()).await.0, 200);
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

/// The certificate of a key is that key's, and its thumbprint is the key's id.
fn certifies(key: &Value) {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let der = STANDARD.decode(key["x5c"][0].as_str().unwrap()).unwrap();
    let sha1 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
    assert_eq!(key["x5t"], URL_SAFE_NO_PAD.encode(sha1));
    let (_, certificate) = x509_parser::parse_x509_certificate(&der).unwrap();
    let x509_parser::public_key::PublicKey::RSA(public) =
        certificate.public_key().parsed().unwrap()
    else {
        panic!("it is an RSA key")
    };
    let modulus = URL_SAFE_NO_PAD.decode(key["n"].as_str().unwrap()).unwrap();
    assert!(public.modulus.ends_with(&modulus));
}

// microsoft-graph.md 1.6, spec/graph/aadsts-errors.json
#[tokio::test]
async fn every_documented_error_of_the_token_endpoint_can_be_ordered() {
    let stage = Stage::stepped().await;
    let documented: Value =
        serde_json::from_str(include_str!("../../testdata/aadsts-errors.json")).unwrap();
    let (tenant, app, secret) = (defaults::TENANT, defaults::APP, defaults::CLIENT_SECRET);
    for error in documented["errors"].as_array().unwrap() {
        let code = &error["code"];
        let order = json!({"kind": "token_refused", "aadsts": code});
        let (ordered, told) = stage.control("POST", "/faults", order).await;
        if error["http"] == 302 {
            assert_eq!(ordered, 400, "{code} comes by a redirect: {told}");
            continue;
        }
        assert_eq!(ordered, 201, "{told}");
        let (status, body) = token(&stage, tenant, app, secret, ENTRA_SCOPE).await;
        assert_eq!(
            u64::from(status),
            error["http"].as_u64().unwrap_or(400),
            "{code}"
        );
        let words = error["error"].as_str().unwrap();
        let word = body["error"].as_str().unwrap();
        assert!(words.split(" or ").any(|one| one == word), "{code}");
        assert_eq!(body["error_codes"], json!([code]));
        let uri = format!("https://login.microsoftonline.com/error?code={code}");
        assert_eq!(body["error_uri"], uri);
        assert_eq!(body.get("suberror"), error.get("suberror"), "{code}");
        let description = body["error_description"].as_str().unwrap();
        assert!(description.starts_with(&format!("AADSTS{code}: ")));
        for part in [" Trace ID: ", " Correlation ID: ", " Timestamp: "] {
            assert!(description.contains(part), "{code}: {description}");
        }
        for member in ["timestamp", "trace_id", "correlation_id"] {
            assert!(body[member].is_string(), "{code}: {member}");
        }
    }
    let unknown = json!({"kind": "token_refused", "aadsts": 1});
    assert_eq!(stage.control("POST", "/faults", unknown).await.0, 400);
}

/// What a token says, without a look at its signature.
fn claims(token: &Value) -> Value {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

// microsoft-graph.md 1.2
#[tokio::test]
async fn app_token_is_of_the_tenant_that_was_asked_and_names_what_was_granted() {
    let stage = Stage::stepped().await;
    let (app, secret) = (defaults::APP, defaults::CLIENT_SECRET);
    let other = "99999999-1111-2222-3333-444444444444";
    let person = json!({"tenant": other});
    let path = "/entra/people/11111111-1111-2222-3333-444444444444";
    assert!(stage.control("PUT", path, person).await.0 < 300);
    let graph = "https://graph.microsoft.com/.default";
    for tenant in [defaults::TENANT, other] {
        let (_, body) = token(&stage, tenant, app, secret, graph).await;
        let told = claims(&body["access_token"]);
        let issuer = format!("https://sts.windows.net/{tenant}/");
        assert_eq!(
            (&told["tid"], &told["iss"]),
            (&json!(tenant), &json!(issuer))
        );
        assert!(
            told["roles"]
                .as_array()
                .unwrap()
                .contains(&json!("Organization.Read.All"))
        );
        assert_eq!(told["wids"].as_array().unwrap().len(), 1);
        let (_, body) = token(&stage, tenant, app, secret, ENTRA_SCOPE).await;
        assert!(claims(&body["access_token"]).get("roles").is_none());
    }
}

#[tokio::test]
async fn resource_that_the_application_does_not_request_and_half_an_assertion_are_refused() {
    let stage = Stage::stepped().await;
    let (tenant, app, secret) = (defaults::TENANT, defaults::APP, defaults::CLIENT_SECRET);
    let vault = "https://vault.azure.net/.default";
    let (status, body) = token(&stage, tenant, app, secret, vault).await;
    assert_eq!((status, &body["error_codes"]), (400, &json!([650_057])));
    let response = stage
        .http
        .post(format!(
            "{}/{tenant}/oauth2/v2.0/token",
            stage.running.https_url()
        ))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!(
            "grant_type=client_credentials&client_id={app}&scope={vault}&client_assertion=x"
        ))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 401);
    let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(body["error_codes"], json!([7_000_216]));
}
