//! An application with a certificate, and in the name of a person.

use crate::stage::Stage;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tandem_emulator::defaults;

/// A key, and its certificate registered for the application.
async fn registered(stage: &Stage) -> EncodingKey {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'static> = pair.as_der().unwrap();
    let body = STANDARD.encode(der.as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    let signing =
        rcgen::KeyPair::from_pkcs8_pem_and_sign_algo(&pem, &rcgen::PKCS_RSA_SHA256).unwrap();
    let certificate = rcgen::CertificateParams::new(Vec::new())
        .unwrap()
        .self_signed(&signing)
        .unwrap();
    let order = json!({ "certificates": [certificate.pem()] });
    let (status, shown) = stage.control("PUT", "/entra/application", order).await;
    assert_eq!(status, 200, "{shown}");
    EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap()
}

fn claims(stage: &Stage) -> Value {
    let now = jiff::Timestamp::now().as_second();
    json!({
        "iss": defaults::APP, "sub": defaults::APP, "jti": "1", "nbf": now, "exp": now + 600,
        "aud": format!("{}/{}/oauth2/v2.0/token", stage.running.https_url(), defaults::TENANT),
    })
}

async fn token(stage: &Stage, assertion: &str) -> (u16, Value) {
    let form = format!(
        "grant_type=client_credentials&client_id={}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default\
         &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
         &client_assertion={assertion}",
        defaults::APP
    );
    let url = format!(
        "{}/{}/oauth2/v2.0/token",
        stage.running.https_url(),
        defaults::TENANT
    );
    let request = stage.http.post(url).body(form);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (
        status,
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap(),
    )
}

#[tokio::test]
async fn assertion_with_a_registered_certificate_is_as_good_as_the_secret() {
    let stage = Stage::stepped().await;
    let key = registered(&stage).await;
    let good = claims(&stage);
    for algorithm in [Algorithm::RS256, Algorithm::PS256] {
        let assertion = encode(&Header::new(algorithm), &good, &key).unwrap();
        let (status, answer) = token(&stage, &assertion).await;
        assert_eq!(status, 200, "{answer}");
        assert!(answer["access_token"].is_string());
    }
    let old = jiff::Timestamp::now().as_second() - 3600;
    for (member, value, code) in [
        ("sub", json!("other"), 700_021),
        ("aud", json!("https://elsewhere.example"), 700_023),
        ("exp", json!(old), 700_024),
    ] {
        let mut wrong = good.clone();
        wrong[member] = value;
        let assertion = encode(&Header::new(Algorithm::RS256), &wrong, &key).unwrap();
        let (status, answer) = token(&stage, &assertion).await;
        assert_eq!((status, &answer["error_codes"]), (401, &json!([code])));
    }
    let assertion = encode(&Header::new(Algorithm::RS256), &good, &key).unwrap();
    // Another certificate is registered now.
    registered(&stage).await;
    for unknown in [assertion.as_str(), "", "a.b.c", "...."] {
        let (status, answer) = token(&stage, unknown).await;
        assert_eq!((status, &answer["error_codes"]), (401, &json!([700_027])));
    }
    let order = json!({"certificates": ["no certificate"]});
    assert_eq!(
        stage.control("PUT", "/entra/application", order).await.0,
        400
    );
}
