//! Who may use the data plane: the access key (HMAC) or an Entra app token.
//!
//! The skew of five minutes is what is commonly said; Microsoft does not publish one (reference 1.2).

use crate::answer::Answer;
use crate::entra;
use crate::options::defaults;
use crate::pipeline::Received;
use crate::stamp;
use crate::world::World;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::hmac::{self, AccessKey, Signed};
use tandem_microsoft::entra::jwt::bearer;

const SKEW_S: u64 = 300;
/// `https://communication.azure.com//.default` leaves the first; the others are the same resource.
const AUDIENCES: [&str; 3] = [
    "https://communication.azure.com/",
    "https://communication.azure.com",
    "https://communication.azure.com//",
];

pub(crate) fn check(world: &World, received: &Received) -> Result<(), Answer> {
    check_as(world, received, std::slice::from_ref(&received.host))
}

/// Storage is signed for the ACS endpoint, which `x-ms-host` names: JavaScript with its port, Python
/// without, though it signs with it (reference 3.2).
pub(crate) fn check_storage(world: &World, received: &Received) -> Result<(), Answer> {
    let named = received.header("x-ms-host").unwrap_or(&received.host);
    let bases = [&world.setup.https_base, &world.setup.http_base];
    let ports = bases.iter().filter_map(|base| base.rsplit(':').next());
    let mut hosts = vec![named.to_owned()];
    hosts.extend(ports.map(|port| format!("{named}:{port}")));
    check_as(world, received, &hosts)
}

fn check_as(world: &World, received: &Received, hosts: &[String]) -> Result<(), Answer> {
    match received.header("authorization") {
        Some(value) if value.starts_with("HMAC-SHA256") => signature(world, received, value, hosts),
        Some(value) => {
            let token = bearer(Some(value))
                .map_err(|error| denied(subcode::INVALID_TOKEN, &error.to_string()))?;
            entra::verify(world, token, &AUDIENCES)
                .map(|_| ())
                .map_err(|error| denied(subcode::INVALID_TOKEN, &error.to_string()))
        }
        None => Err(denied(
            subcode::INVALID_TOKEN,
            "the request has no Authorization header",
        )),
    }
}

fn signature(
    world: &World,
    received: &Received,
    authorization: &str,
    hosts: &[String],
) -> Result<(), Answer> {
    let date = received.header(hmac::DATE_HEADER).unwrap_or_default();
    let hash = received
        .header(hmac::CONTENT_HASH_HEADER)
        .unwrap_or_default();
    let Some(sent) = stamp::parse_rfc1123(date) else {
        return Err(denied(
            subcode::HMAC_VALIDATION,
            "x-ms-date is missing or is not an RFC 1123 date",
        ));
    };
    if stamp::unix_s(world.wall).abs_diff(stamp::unix_s(sent)) > SKEW_S {
        return Err(denied(
            subcode::HMAC_VALIDATION,
            "x-ms-date is more than five minutes off",
        ));
    }
    let mut denial = denied(subcode::HMAC_VALIDATION, "Hmac Validation Error");
    for host in hosts {
        match hmac::verify(&key(), &signed(received, host, date), authorization, hash) {
            Ok(()) => return Ok(()),
            Err(error) => {
                let text = format!("Hmac Validation Error: {error}");
                denial = denied(subcode::HMAC_VALIDATION, &text);
            }
        }
    }
    Err(denial)
}

fn key() -> AccessKey {
    AccessKey::from_base64(defaults::ACCESS_KEY).expect("the constant is base64")
}

fn signed<'a>(received: &'a Received, host: &'a str, date: &'a str) -> Signed<'a> {
    Signed {
        method: &received.method,
        path_and_query: &received.path_and_query,
        host,
        date,
        body: &received.body,
    }
}

/// For the record of requests: the Python SDK signs host + "/" when its constructor was given an
/// endpoint with a trailing slash (reference 1.2).
pub(crate) fn hint(received: &Received, answer: &Answer) -> Option<&'static str> {
    let authorization = received
        .header("authorization")
        .filter(|value| value.starts_with("HMAC-SHA256"))?;
    let date = received.header(hmac::DATE_HEADER)?;
    let hash = received.header(hmac::CONTENT_HASH_HEADER)?;
    if answer.status != 401 {
        return None;
    }
    let slashed = format!("{}/", received.host);
    let matches = hmac::verify(
        &key(),
        &signed(received, &slashed, date),
        authorization,
        hash,
    )
    .is_ok();
    matches.then_some(
        "signed with a trailing slash after the host: give the client its endpoint without one",
    )
}

fn denied(code: u32, message: &str) -> Answer {
    Answer::acs(401, code, message)
        .with_header("www-authenticate", "HMAC-SHA256, Bearer".to_owned())
}
