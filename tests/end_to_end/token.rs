//! Tokens as the Microsoft cloud signs them, and tokens that are not quite so.

use crate::cloud::Cloud;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use tandem_emulator::defaults;

/// The application of Event Grid (Microsoft Entra, "Azure Event Grid" first-party application).
pub(crate) const EVENT_GRID: &str = "4962773b-9cdb-44cf-a8bf-237846a00ab7";

/// Which of the cloud's two keys signs.
#[derive(Clone, Copy)]
pub(crate) enum Signer {
    Entra,
    Callbacks,
}

pub(crate) fn now_s() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// What Entra says for Event Grid, with some claims said otherwise.
pub(crate) fn event_grid_claims(other: Value) -> Value {
    let issuer = format!(
        "https://login.microsoftonline.com/{}/v2.0",
        defaults::TENANT
    );
    let claims = json!({
        "iss": issuer, "aud": defaults::APP, "azp": EVENT_GRID, "tid": defaults::TENANT,
        "iat": now_s(), "nbf": now_s(), "exp": now_s() + 300,
    });
    changed(claims, other)
}

/// What Call Automation says with a callback, with some claims said otherwise.
pub(crate) fn callback_claims(other: Value) -> Value {
    let claims = json!({
        "iss": "https://acscallautomation.communication.azure.com", "aud": defaults::ACS_RESOURCE,
        "iat": now_s(), "nbf": now_s(), "exp": now_s() + 300,
    });
    changed(claims, other)
}

fn changed(mut claims: Value, other: Value) -> Value {
    for (name, value) in other.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

/// Signs with a key under its own id.
pub(crate) async fn signed(cloud: &Cloud, signer: Signer, claims: &Value) -> String {
    let kid = kid(cloud, signer).await;
    sign(cloud, signer, &kid, claims)
}

/// Signs with the other key under this one's id.
pub(crate) async fn forged(cloud: &Cloud, signer: Signer, claims: &Value) -> String {
    let kid = kid(cloud, signer).await;
    let other = match signer {
        Signer::Entra => Signer::Callbacks,
        Signer::Callbacks => Signer::Entra,
    };
    sign(cloud, other, &kid, claims)
}

async fn kid(cloud: &Cloud, signer: Signer) -> String {
    let path = match signer {
        Signer::Entra => format!("/{}/discovery/v2.0/keys", defaults::TENANT),
        Signer::Callbacks => "/calling/keys".to_owned(),
    };
    let keys = cloud.get(&path).await;
    keys["keys"][0]["kid"].as_str().unwrap().to_owned()
}

fn sign(cloud: &Cloud, signer: Signer, kid: &str, claims: &Value) -> String {
    let pem = cloud.key(match signer {
        Signer::Entra => "entra-key.pem",
        Signer::Callbacks => "callback-key.pem",
    });
    let header = Header {
        kid: Some(kid.to_owned()),
        ..Header::new(Algorithm::RS256)
    };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_rsa_pem(&pem).unwrap()).unwrap()
}
