//! Tries what a configuration names: is the resource there, is the key its own, are the published
//! keys readable. Nothing is changed on the other side.

use super::{Center, Config, Credential, MicrosoftSignIn};
use secrecy::ExposeSecret;
use std::time::{Duration, SystemTime};
use tandem_microsoft::acs::{call, hmac};
use tandem_microsoft::entra;
use url::Url;

/// How long one trial may take.
const TRIAL_TIME_MAX: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// A call that nobody has: a right key is answered 404 or 400, a wrong one 401.
const NO_CALL: &str = "00000000-0000-0000-0000-000000000000";
/// The scope of both official clients (acs-call-automation.md 1.3; the double slash is theirs).
const SCOPE: &str = "https://communication.azure.com//.default";

/// The scope with which the application of the sign-in proves itself: any that Entra knows does.
const SIGN_IN_SCOPE: &str = "https://graph.microsoft.com/.default";

/// What a trial found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was tried.
    pub what: String,
    /// What is wrong, and what would be right; none when it works.
    pub trouble: Option<String>,
}

/// Tries everything, one after the other.
pub async fn all(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    for center in &config.centers {
        let client = match client(center) {
            Ok(client) => client,
            Err(error) => {
                findings.push(finding(center, "trust_root", Err(error.to_string())));
                continue;
            }
        };
        let keys = keys_at(&client, &center.callback_keys_url).await;
        findings.push(finding(center, "callback_keys_url", keys));
        if let super::EventGrid::Entra { keys_url, .. } = &center.event_grid {
            findings.push(finding(
                center,
                "event_grid.keys_url",
                keys_at(&client, keys_url).await,
            ));
        }
        if let Some(microsoft) = &center.sign_in.microsoft {
            let secret = sign_in(&client, center, microsoft).await;
            findings.push(finding(center, "sign_in.client_secret", secret));
        }
        let resource = match &center.acs.credential {
            Credential::AccessKey(key) => signed(&client, center, key.expose_secret()).await,
            Credential::Entra {
                client_id,
                client_secret,
                ..
            } => {
                let tenant = &center.acs.tenant_id;
                let secret = client_secret.expose_secret();
                let request = entra::client_credentials(tenant, client_id, secret, SCOPE);
                let token = token(&client, center, request).await;
                findings.push(finding(
                    center,
                    "acs.client_secret",
                    token.as_ref().map(drop).map_err(Clone::clone),
                ));
                match token {
                    Ok(token) => bearer(&client, center, &token).await,
                    Err(_) => continue,
                }
            }
        };
        findings.push(finding(center, "acs", resource));
    }
    findings.push(Finding {
        what: "store.recordings".to_owned(),
        trouble: place_of_recordings(config).await.err(),
    });
    findings
}

/// Writes something small to where recordings are kept, and removes it.
async fn place_of_recordings(config: &Config) -> Result<(), String> {
    let files = config.store.recordings.open();
    let files = files.map_err(|error| error.to_string())?;
    let tried = tokio::time::timeout(TRIAL_TIME_MAX, files.try_out()).await;
    match tried {
        Ok(tried) => tried.map_err(|error| error.to_string()),
        Err(_late) => Err("the storage does not answer; is the address right?".to_owned()),
    }
}

fn finding(center: &Center, what: &str, result: Result<(), String>) -> Finding {
    Finding {
        what: format!("centers[{}].{what}", center.id),
        trouble: result.err(),
    }
}

fn client(center: &Center) -> Result<reqwest::Client, reqwest::Error> {
    let mut builder = reqwest::Client::builder()
        .timeout(TRIAL_TIME_MAX)
        .redirect(reqwest::redirect::Policy::none());
    if let Some(pem) = &center.trust_root {
        builder = builder.add_root_certificate(reqwest::Certificate::from_pem(pem)?);
    }
    builder.build()
}

async fn keys_at(client: &reqwest::Client, url: &Url) -> Result<(), String> {
    let answer = client
        .get(url.clone())
        .send()
        .await
        .map_err(|error| unreachable_at(url, &error))?;
    if !answer.status().is_success() {
        return Err(format!(
            "{url} answered {}; is the address right?",
            answer.status()
        ));
    }
    let body = body(answer).await?;
    let parsed = entra::jwt::Jwks::parse(&body);
    parsed
        .map(drop)
        .map_err(|_bad| format!("{url} does not publish keys; is the address right?"))
}

async fn signed(client: &reqwest::Client, center: &Center, key: &str) -> Result<(), String> {
    let Ok(key) = hmac::AccessKey::from_base64(key) else {
        return Err("the access key is not base64; copy it again from the resource".to_owned());
    };
    let url = probe(center)?;
    let path_and_query = call::get(NO_CALL).path_and_query;
    let host = host_of(&center.acs.endpoint);
    let date = httpdate::fmt_http_date(SystemTime::now());
    let headers = hmac::sign(
        &key,
        &hmac::Signed {
            method: "GET",
            path_and_query: &path_and_query,
            host: &host,
            date: &date,
            body: &[],
        },
    );
    let request = client
        .get(url.clone())
        .header(hmac::DATE_HEADER, headers.date)
        .header(hmac::CONTENT_HASH_HEADER, headers.content_hash)
        .header("authorization", headers.authorization);
    answered(&url, request.send().await)
}

async fn bearer(client: &reqwest::Client, center: &Center, token: &str) -> Result<(), String> {
    let url = probe(center)?;
    answered(
        &url,
        client.get(url.clone()).bearer_auth(token).send().await,
    )
}

fn probe(center: &Center) -> Result<Url, String> {
    let path = call::get(NO_CALL).path_and_query;
    center
        .acs
        .endpoint
        .join(&path)
        .map_err(|error| error.to_string())
}

/// The host as it is signed: with the port, where the address names one.
fn host_of(endpoint: &Url) -> String {
    let host = endpoint.host_str().unwrap_or_default();
    endpoint
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn answered(url: &Url, answer: Result<reqwest::Response, reqwest::Error>) -> Result<(), String> {
    let status = answer
        .map_err(|error| unreachable_at(url, &error))?
        .status();
    match status.as_u16() {
        401 | 403 => Err(format!(
            "the resource refuses the credential ({status}); copy it again, or grant the \
             application access to the resource"
        )),
        500.. => Err(format!(
            "the resource answered {status}; try again in a while"
        )),
        _ => Ok(()),
    }
}

/// The tenant of the Teams users knows the application, or else the first that is named.
async fn sign_in(
    client: &reqwest::Client,
    center: &Center,
    microsoft: &MicrosoftSignIn,
) -> Result<(), String> {
    let own = microsoft.tenants.get(&center.acs.tenant_id);
    let tenant = own.or_else(|| microsoft.tenants.first());
    let tenant = tenant.map_or("organizations", String::as_str);
    let secret = microsoft.client_secret.expose_secret();
    let request = entra::client_credentials(tenant, &microsoft.client_id, secret, SIGN_IN_SCOPE);
    token(client, center, request).await.map(drop)
}

async fn token(
    client: &reqwest::Client,
    center: &Center,
    request: entra::TokenRequest,
) -> Result<String, String> {
    let url = center
        .entra_authority
        .join(&request.path)
        .map_err(|error| error.to_string())?;
    let answer = client
        .post(url.clone())
        .header("content-type", entra::FORM_CONTENT_TYPE)
        .body(request.body)
        .send()
        .await
        .map_err(|error| unreachable_at(&url, &error))?;
    let status = answer.status();
    let body = body(answer).await?;
    if let Ok(token) = serde_json::from_slice::<entra::TokenResponse>(&body) {
        return Ok(token.access_token);
    }
    let codes = serde_json::from_slice::<entra::TokenError>(&body)
        .map(|error| format!("{} {:?}", error.error, error.error_codes))
        .unwrap_or_default();
    Err(format!(
        "Entra answered {status} {codes}; check client_id, its secret and the tenant"
    ))
}

async fn body(mut answer: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| error.to_string())? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES_MAX {
            return Err("the answer is too long; is the address right?".to_owned());
        }
    }
    Ok(body)
}

fn unreachable_at(url: &Url, error: &reqwest::Error) -> String {
    let host = url.host_str().unwrap_or_default();
    let mut why = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        why = inner.to_string();
        source = inner.source();
    }
    format!("{host} cannot be reached ({why}); check the address, the network and trust_root")
}
