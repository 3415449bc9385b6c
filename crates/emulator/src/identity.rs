//! The identity service of the communication resource: users, and tokens that they sign in with.
//!
//! A token is the emulator's own; who holds one may place a call with it (`people::acs_user`).

pub(crate) mod rate;

use crate::access;
use crate::acs::authenticate;
use crate::answer::Answer;
use crate::identify::field;
use crate::limits;
use crate::options::defaults;
use crate::people::acs_user::{self, AcsUser, Issued};
use crate::pipeline::Received;
use crate::stamp;
use crate::world::World;
use jiff::SignedDuration;
use serde_json::json;
use tandem_microsoft::acs::error::{CommunicationError, ErrorResponse};
use tandem_microsoft::acs::identifier::CommunicationUser;
use tandem_microsoft::acs::identity::{
    API_VERSIONS_KNOWN, AccessToken, CreateIdentityRequest, CreatedIdentity, EXPIRES_IN_MINUTES,
    IssueTokenRequest, SCOPES,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum IdentityCall {
    Create,
    Delete,
    IssueToken,
    RevokeTokens,
    ExchangeTeamsToken,
}

impl IdentityCall {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Create => "CommunicationIdentity_Create",
            Self::Delete => "CommunicationIdentity_Delete",
            Self::IssueToken => "CommunicationIdentity_IssueAccessToken",
            Self::RevokeTokens => "CommunicationIdentity_RevokeAccessTokens",
            Self::ExchangeTeamsToken => "CommunicationIdentity_ExchangeTeamsUserAccessToken",
        }
    }
}

pub(crate) fn request(
    world: &mut World,
    operation: IdentityCall,
    id: &str,
    received: &Received,
) -> Answer {
    let outcome = authenticate::check(world, received)
        .and_then(|()| version(received))
        .and_then(|()| throttle(world, operation))
        .and_then(|()| match operation {
            IdentityCall::Create => create(world, received),
            IdentityCall::Delete => delete(world, id),
            IdentityCall::IssueToken => issue(world, id, received),
            IdentityCall::RevokeTokens => revoke(world, id),
            IdentityCall::ExchangeTeamsToken => access::exchange_teams_token(world, received),
        });
    outcome.unwrap_or_else(|answer| answer)
}

pub(crate) fn refused(status: u16, code: &str, message: impl Into<String>) -> Answer {
    let error = CommunicationError {
        code: code.to_owned(),
        message: message.into(),
        ..CommunicationError::default()
    };
    Answer::model(status, &ErrorResponse { error })
}

/// The service takes so many of each in 30 seconds.
fn throttle(world: &mut World, operation: IdentityCall) -> Result<(), Answer> {
    let now_ms = world.now_ms();
    world.rates.take(operation, now_ms).map_err(|seconds| {
        let text = format!("Too many requests: try again after {seconds} seconds.");
        refused(429, "TooManyRequests", text).with_header("retry-after", seconds.to_string())
    })
}

fn version(received: &Received) -> Result<(), Answer> {
    match field(&received.query, "api-version") {
        Some(version) if API_VERSIONS_KNOWN.contains(&version.as_str()) => Ok(()),
        Some(_) | None => Err(refused(
            400,
            "InvalidApiVersion",
            "api-version is missing or not known; send 2023-10-01",
        )),
    }
}

pub(crate) fn parse<T: serde::de::DeserializeOwned>(received: &Received) -> Result<T, Answer> {
    // The SDK sends no body at all when there is nothing to say.
    let body = if received.body.is_empty() {
        b"{}"
    } else {
        received.body.as_slice()
    };
    let refuse = |why: String| refused(400, "BadRequest", format!("Invalid request body: {why}"));
    let value: serde_json::Value =
        serde_json::from_slice(body).map_err(|error| refuse(error.to_string()))?;
    if !value.is_object() {
        return Err(refuse("it is not a JSON object".to_owned()));
    }
    serde_json::from_value(value).map_err(|error| refuse(error.to_string()))
}

fn create(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let request: CreateIdentityRequest = parse(received)?;
    let wants_token = !request.create_token_with_scopes.is_empty();
    if wants_token {
        check(
            &request.create_token_with_scopes,
            request.expires_in_minutes,
        )?;
    }
    if world.acs_users.count() >= limits::IDENTITIES_MAX {
        return Err(refused(429, "TooManyRequests", "too many identities"));
    }
    let id = format!("8:acs:{}_{}", defaults::ACS_RESOURCE, world.dice.uuid());
    world.acs_users.add(id.clone());
    let access_token = if wants_token {
        let (scopes, minutes) = (
            &request.create_token_with_scopes,
            request.expires_in_minutes,
        );
        Some(token(world, &id, scopes, minutes)?)
    } else {
        None
    };
    let created = CreatedIdentity {
        identity: CommunicationUser { id },
        access_token,
    };
    Ok(Answer::model(201, &created))
}

fn check(scopes: &[String], minutes: Option<u32>) -> Result<(), Answer> {
    let known = scopes.iter().all(|scope| SCOPES.contains(&scope.as_str()));
    if scopes.is_empty() || !known {
        let text = format!("scopes must be some of {}", SCOPES.join(", "));
        return Err(refused(400, "BadRequest", text));
    }
    if minutes.is_some_and(|minutes| !EXPIRES_IN_MINUTES.contains(&minutes)) {
        let text = "expiresInMinutes must be 60 to 1440";
        return Err(refused(400, "BadRequest", text));
    }
    Ok(())
}

fn user<'a>(world: &'a mut World, id: &str) -> Result<&'a mut AcsUser, Answer> {
    world
        .acs_users
        .get_mut(id)
        .ok_or_else(|| refused(404, "IdentityNotFound", "The identity was not found."))
}

fn delete(world: &mut World, id: &str) -> Result<Answer, Answer> {
    user(world, id)?;
    acs_user::delete(world, id);
    Ok(Answer::empty(204))
}

fn issue(world: &mut World, id: &str, received: &Received) -> Result<Answer, Answer> {
    let request: IssueTokenRequest = parse(received)?;
    user(world, id)?;
    check(&request.scopes, request.expires_in_minutes)?;
    let token = token(world, id, &request.scopes, request.expires_in_minutes)?;
    Ok(Answer::model(200, &token))
}

fn revoke(world: &mut World, id: &str) -> Result<Answer, Answer> {
    user(world, id)?.revoke();
    Ok(Answer::empty(204))
}

/// A token as the service's: who it is for is `skypeid`, without the first part of the raw id (B-176).
fn token(
    world: &mut World,
    id: &str,
    scopes: &[String],
    minutes: Option<u32>,
) -> Result<AccessToken, Answer> {
    let now = stamp::unix_s(world.wall);
    let minutes = minutes.unwrap_or(*EXPIRES_IN_MINUTES.end());
    let expires = now + u64::from(minutes) * 60;
    let uti = world.dice.uuid();
    let token = world.setup.callbacks.sign(&json!({
        "skypeid": id.strip_prefix("8:").unwrap_or(id), "scp": 1792, "csi": now.to_string(),
        "iat": now, "exp": expires, "acsScope": scopes.join(","), "uti": uti,
        "resourceId": defaults::ACS_RESOURCE, "resourceLocation": world.locations.resource,
    }));
    let expires_on = world
        .wall
        .saturating_add(SignedDuration::from_mins(i64::from(minutes)))
        .unwrap_or(world.wall);
    user(world, id)?.issued(Issued {
        token: token.clone(),
        scopes: scopes.to_vec(),
        expires_s: expires,
        is_revoked: false,
    });
    Ok(AccessToken {
        token,
        expires_on: stamp::callback(expires_on),
    })
}
