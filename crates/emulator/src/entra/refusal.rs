//! The errors of the token endpoint that Microsoft documents (testdata/aadsts-errors.json), for the fault that
//! gives any of them. Those with a rule of their own are given by that rule too; texts are our own words.

use super::failure_with;
use crate::answer::Answer;
use crate::world::World;
use serde_json::json;

struct Refusal {
    code: u32,
    error: &'static str,
    status: u16,
    suberror: Option<&'static str>,
    text: &'static str,
}

const fn refusal(code: u32, error: &'static str, status: u16, text: &'static str) -> Refusal {
    Refusal {
        code,
        error,
        status,
        suberror: None,
        text,
    }
}

const CLIENT: &str = "invalid_client";
const UNAUTHORIZED: &str = "unauthorized_client";
const REQUEST: &str = "invalid_request";
const GRANT: &str = "invalid_grant";
const RESOURCE: &str = "invalid_resource";
const SCOPE: &str = "invalid_scope";

/// What comes back by a redirect (50105, 65004, 90094) is no answer of this endpoint.
const REFUSALS: &[Refusal] = &[
    refusal(7_000_215, CLIENT, 401, "the client secret is wrong"),
    refusal(7_000_222, CLIENT, 401, "the client secret has expired"),
    refusal(
        7_000_218,
        CLIENT,
        401,
        "the body has no credential of the application",
    ),
    refusal(
        7_000_216,
        CLIENT,
        401,
        "client_assertion and client_assertion_type go together",
    ),
    refusal(
        700_016,
        UNAUTHORIZED,
        400,
        "the application was not found in the tenant",
    ),
    refusal(90_002, REQUEST, 400, "the tenant was not found"),
    refusal(
        900_023,
        REQUEST,
        400,
        "the tenant is neither a GUID nor a domain",
    ),
    refusal(900_144, REQUEST, 400, "the body lacks a required parameter"),
    refusal(70_011, SCOPE, 400, "the scope is unknown or malformed"),
    refusal(
        1_002_012,
        SCOPE,
        400,
        "client credentials need a scope that ends in /.default",
    ),
    refusal(
        500_011,
        RESOURCE,
        400,
        "the resource was not found in the tenant",
    ),
    refusal(
        650_057,
        RESOURCE,
        400,
        "the resource is not among the requested permissions",
    ),
    refusal(
        650_056,
        UNAUTHORIZED,
        400,
        "the application is misconfigured",
    ),
    refusal(
        7_000_112,
        UNAUTHORIZED,
        400,
        "the application is disabled in the tenant",
    ),
    refusal(
        70_001,
        UNAUTHORIZED,
        400,
        "the application is disabled or was not found",
    ),
    refusal(
        700_027,
        CLIENT,
        401,
        "the signature of the assertion is not valid",
    ),
    refusal(
        700_024,
        CLIENT,
        401,
        "the assertion is not within its valid time range",
    ),
    Refusal {
        suberror: Some("consent_required"),
        ..refusal(
            65_001,
            GRANT,
            400,
            "nobody has consented to the permissions",
        )
    },
    refusal(50_011, REQUEST, 400, "the redirect URI is not registered"),
    refusal(54_005, GRANT, 400, "the code was already redeemed"),
    refusal(70_000, GRANT, 400, "the grant is malformed or was revoked"),
    refusal(70_008, GRANT, 400, "the grant has expired"),
    refusal(
        700_082,
        GRANT,
        400,
        "the refresh token has expired due to inactivity",
    ),
    refusal(
        700_084,
        GRANT,
        400,
        "the refresh token of a single-page application is past its life",
    ),
    refusal(50_173, GRANT, 400, "a fresh sign-in is needed"),
    Refusal {
        suberror: Some("basic_action"),
        ..refusal(
            50_076,
            "interaction_required",
            400,
            "a second factor is needed",
        )
    },
    refusal(53_003, GRANT, 400, "conditional access blocks the token"),
    refusal(501_481, GRANT, 400, "the code_verifier does not match"),
    refusal(50_013, GRANT, 400, "the assertion is not valid"),
    refusal(500_133, GRANT, 400, "the assertion has expired"),
    refusal(
        70_016,
        "authorization_pending",
        400,
        "nobody has signed in yet",
    ),
    refusal(70_018, GRANT, 400, "the user code is wrong"),
    refusal(70_019, "expired_token", 400, "the device code has expired"),
    refusal(
        70_003,
        "unsupported_grant_type",
        400,
        "the grant type is not supported",
    ),
    refusal(
        9_001_023,
        REQUEST,
        400,
        "the grant type needs a concrete tenant",
    ),
    refusal(
        90_055,
        "temporarily_unavailable",
        429,
        "the tenant is throttled",
    ),
];

/// Whether the fault can give this code.
pub(crate) fn is_known(code: u32) -> bool {
    REFUSALS.iter().any(|refusal| refusal.code == code)
}

/// The documented answer; a fault is only taken with a code that is known.
pub(super) fn answer(world: &World, code: u32) -> Option<Answer> {
    let found = REFUSALS.iter().find(|refusal| refusal.code == code)?;
    let other = match found.suberror {
        Some(suberror) => json!({ "suberror": suberror }),
        None => json!({}),
    };
    let why = (found.code, found.text);
    let answer = failure_with(world, found.status, found.error, why, &other);
    Some(match found.status {
        429 => answer.with_header("retry-after", "1".to_owned()),
        _ => answer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn table_has_every_documented_error_of_the_endpoint_and_no_other() {
        let documented: Value =
            serde_json::from_str(include_str!("../../testdata/aadsts-errors.json")).unwrap();
        let mut n_found = 0;
        for error in documented["errors"].as_array().unwrap() {
            let code = u32::try_from(error["code"].as_u64().unwrap()).unwrap();
            let found = REFUSALS.iter().find(|refusal| refusal.code == code);
            if error["http"] == 302 {
                assert!(found.is_none(), "{code} comes by a redirect");
                continue;
            }
            let found = found.unwrap_or_else(|| panic!("{code} is missing"));
            n_found += 1;
            let words = error["error"].as_str().unwrap();
            assert!(
                words.split(" or ").any(|word| word == found.error),
                "{code}"
            );
            let status = error["http"].as_u64().unwrap_or(400);
            assert_eq!(u64::from(found.status), status, "{code}");
            assert_eq!(error["suberror"].as_str(), found.suberror, "{code}");
        }
        assert_eq!(n_found, REFUSALS.len());
    }
}
