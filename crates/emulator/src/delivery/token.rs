//! The tokens that deliveries carry, and for how long one is used again.
//!
//! The service signs a token for every event (acs-call-automation.md 4.3). A signature is the dearest thing in a
//! callback, so that by default one is used for half a minute; clients cannot tell, but by comparing.

use crate::authority::Signer;
use crate::delivery::Bearer;
use crate::options::{TokenUse, defaults};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tandem_microsoft::{acs, event_grid};

const CALLBACK_TOKEN_S: u64 = 300;
const EVENT_TOKEN_S: u64 = 3600;
const STREAM_TOKEN_S: u64 = 24 * 3600;
/// How long a token is used again.
const USED_AGAIN_S: u64 = 30;
/// Audiences whose tokens are kept.
const KEPT_MAX: usize = 100;

#[derive(Debug, Clone)]
pub(super) struct Tokens {
    entra: Arc<Signer>,
    callbacks: Arc<Signer>,
    token_use: TokenUse,
    /// By audience: when it was signed, and the token.
    kept: Arc<Mutex<BTreeMap<String, (u64, String)>>>,
}

impl Tokens {
    pub(super) fn new(entra: Signer, callbacks: Signer, token_use: TokenUse) -> Self {
        Self {
            entra: Arc::new(entra),
            callbacks: Arc::new(callbacks),
            token_use,
            kept: Arc::default(),
        }
    }

    pub(super) fn of(&self, bearer: &Bearer, now_s: u64) -> Option<String> {
        match bearer {
            Bearer::None => None,
            Bearer::Callback => Some(self.kept("", now_s, || {
                self.callbacks
                    .sign(&callback_claims(now_s, CALLBACK_TOKEN_S))
            })),
            Bearer::EventGrid { audience } => Some(self.kept(audience, now_s, || {
                self.entra.sign(&event_grid_claims(audience, now_s))
            })),
        }
    }

    /// The token of a WebSocket lives as long as a call may, and is new for each (reference 5).
    pub(super) fn of_stream(&self, now_s: u64) -> String {
        self.callbacks.sign(&callback_claims(now_s, STREAM_TOKEN_S))
    }

    fn kept(&self, audience: &str, now_s: u64, sign: impl FnOnce() -> String) -> String {
        if self.token_use == TokenUse::PerEvent {
            return sign();
        }
        // A map of whole entries is good, whatever happened to whoever held it.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since_s, token)) = kept.get(audience)
            && now_s.saturating_sub(*since_s) < USED_AGAIN_S
        {
            return token.clone();
        }
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        let token = sign();
        kept.insert(audience.to_owned(), (now_s, token.clone()));
        token
    }
}

fn callback_claims(now: u64, lives_s: u64) -> serde_json::Value {
    json!({
        "iss": acs::CALLBACK_ISSUER, "aud": defaults::ACS_RESOURCE,
        "iat": now, "nbf": now, "exp": now + lives_s,
    })
}

/// An application that takes v2 tokens is named by its client id, one that takes v1 tokens by its URI;
/// issuer and the name of the calling application's claim follow from that.
fn event_grid_claims(audience: &str, now: u64) -> serde_json::Value {
    let tenant = defaults::TENANT;
    let mut claims = json!({
        "aud": audience, "iat": now, "nbf": now, "exp": now + EVENT_TOKEN_S, "tid": tenant,
        "roles": ["AzureEventGridSecureWebhookSubscriber"],
    });
    let version = if uuid::Uuid::parse_str(audience).is_ok() {
        json!({
            "iss": format!("https://login.microsoftonline.com/{tenant}/v2.0"), "ver": "2.0",
            "azp": event_grid::DELIVERY_APP_ID, "azpacr": "2",
        })
    } else {
        json!({
            "iss": format!("https://sts.windows.net/{tenant}/"), "ver": "1.0",
            "appid": event_grid::DELIVERY_APP_ID, "appidacr": "2",
        })
    };
    if let (Some(claims), serde_json::Value::Object(version)) = (claims.as_object_mut(), version) {
        claims.extend(version);
    }
    claims
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(token_use: TokenUse) -> Tokens {
        let data = tempfile::tempdir().unwrap();
        let authority = crate::authority::open(data.path(), jiff::Timestamp::now()).unwrap();
        Tokens::new(authority.entra, authority.callbacks, token_use)
    }

    #[test]
    fn token_is_used_for_half_a_minute_and_never_for_another_audience() {
        let tokens = tokens(TokenUse::Cached);
        let of = |bearer: &Bearer, now_s| tokens.of(bearer, now_s).unwrap();
        let first = of(&Bearer::Callback, 1_000);
        assert_eq!(of(&Bearer::Callback, 1_029), first);
        assert_ne!(of(&Bearer::Callback, 1_030), first);
        let grid = |audience: &str| Bearer::EventGrid {
            audience: audience.to_owned(),
        };
        assert_ne!(of(&grid("api://a"), 1_030), of(&grid("api://b"), 1_030));
        assert_ne!(of(&grid("api://a"), 1_030), of(&Bearer::Callback, 1_030));
        assert_eq!(tokens.of(&Bearer::None, 1_030), None);
    }

    #[test]
    fn each_event_has_a_token_of_its_own_where_that_is_wanted() {
        let tokens = tokens(TokenUse::PerEvent);
        let of = |now_s| tokens.of(&Bearer::Callback, now_s).unwrap();
        assert_ne!(of(1_000), of(1_001));
    }
}
