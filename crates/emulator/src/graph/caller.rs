//! Whose token a request came with, and whether it opens the operation (microsoft-graph.md 1.2 and 14).
//!
//! A token is good until it expires, whatever was revoked since: so it is in Graph.

use super::refusal::Refusal;
use super::route::{Meter, Reach, Route};
use crate::entra;
use crate::pipeline::Received;
use crate::world::World;
use tandem_microsoft::entra::jwt::{VerifyError, bearer};

/// What a token for Graph says its audience is; a client that is pointed at loopback derives the last two from the address.
pub(super) const AUDIENCES: [&str; 5] = [
    "https://graph.microsoft.com",
    "https://graph.microsoft.com/",
    super::APP,
    "https://localhost",
    "https://127.0.0.1",
];

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) tenant: String,
    /// The application, by its client id.
    pub(super) app: String,
    pub(super) who: Who,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    Application { roles: Vec<String> },
    Person { oid: String, scopes: Vec<String> },
}

impl Caller {
    pub(super) fn of(world: &World, received: &Received) -> Result<Self, Refusal> {
        let token = bearer(received.header("authorization"))
            .map_err(|_missing| Refusal::token("Access token is empty."))?;
        let claims = entra::verify_of_any_tenant(world, token, &AUDIENCES)
            .map_err(|error| Refusal::token(text_of(&error)))?;
        let (Some(tenant), Some(oid)) = (claims.tid.clone(), claims.oid.clone()) else {
            return Err(Refusal::token("Access token validation failure."));
        };
        let app = claims.application().unwrap_or_default().to_owned();
        let who = match claims.scp {
            Some(scopes) => Who::Person {
                oid: oid.to_lowercase(),
                scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            },
            None => Who::Application {
                roles: claims.roles,
            },
        };
        Ok(Self {
            tenant: tenant.to_lowercase(),
            app,
            who,
        })
    }

    /// Whether the token has a permission that opens this route for the one whom the path names.
    pub(super) fn may(&self, route: &Route, key: Option<&str>) -> Result<(), Refusal> {
        if route.application.is_empty() && route.delegated.is_empty() {
            return Ok(());
        }
        let may = match &self.who {
            Who::Application { roles } => {
                let has =
                    |wanted: &&str| roles.iter().any(|role| role.eq_ignore_ascii_case(wanted));
                route.application.iter().any(has)
            }
            Who::Person { oid, scopes } => {
                let is_own = key.is_none_or(|key| key.eq_ignore_ascii_case(oid));
                let has = |(wanted, reach): &(&str, Reach)| {
                    let reaches = *reach == Reach::All || is_own;
                    reaches
                        && scopes
                            .iter()
                            .any(|scope| scope.eq_ignore_ascii_case(wanted))
                };
                route.delegated.iter().any(has)
            }
        };
        if may {
            return Ok(());
        }
        Err(match route.meter {
            Meter::Identity(_) | Meter::IdentityWrite(_) => {
                let text = "Insufficient privileges to complete the operation.";
                Refusal::new(403, "Authorization_RequestDenied", text)
            }
            Meter::Presence | Meter::Free => Refusal::new(403, "Forbidden", "Forbidden"),
        })
    }

    /// Whether it is this person.
    pub(super) fn is(&self, somebody: &str) -> bool {
        match &self.who {
            Who::Person { oid, .. } => oid.eq_ignore_ascii_case(somebody),
            Who::Application { .. } => false,
        }
    }

    /// The object id that a key of users means for this caller.
    pub(super) fn key<'a>(&'a self, given: &'a str) -> Result<&'a str, Refusal> {
        // What the SDK for Python makes of `me` before it rewrites it stays readable too.
        if !given.eq_ignore_ascii_case("me") && !given.eq_ignore_ascii_case("me-token-to-replace") {
            return Ok(given);
        }
        match &self.who {
            Who::Person { oid, .. } => Ok(oid),
            Who::Application { .. } => {
                let text = "/me request is only valid with delegated authentication flow.";
                Err(Refusal::bad(text))
            }
        }
    }
}

fn text_of(error: &VerifyError) -> String {
    match error {
        VerifyError::Missing => "Access token is empty.".to_owned(),
        VerifyError::Malformed | VerifyError::Algorithm => {
            "CompactToken parsing failed with error code: 80049217".to_owned()
        }
        VerifyError::Audience => "Access token validation failure. Invalid audience.".to_owned(),
        VerifyError::Expired | VerifyError::NotYetValid => {
            "Lifetime validation failed, the token is expired.".to_owned()
        }
        VerifyError::UnknownKey { .. }
        | VerifyError::Keys
        | VerifyError::Signature
        | VerifyError::Issuer => "Access token validation failure.".to_owned(),
    }
}
