//! Test connection (B-070 to B-072): what was applied is tried step by step, and every step that fails says why. Nothing
//! is changed on the other side, and a feature that is switched off is not tried.

use super::account::{Feature, Proof};
use super::client::Patience;
use super::expiry::Found;
use super::link::Applied;
use super::trouble::{Explanation, Trouble};
use super::watch::{registration, sender};
use secrecy::ExposeSecret;
use serde::Serialize;
use std::time::{Duration, Instant};
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::Page;
use tandem_microsoft::graph::organization::{self, Organization};
use tandem_microsoft::graph::permission::{
    APPLICATION_READ, ORGANIZATION_READ, PRESENCE_READ, PRESENCE_WRITE, USERS_READ,
};
use tandem_microsoft::graph::presence::{self, Presence};
use tandem_microsoft::graph::principal::roles_in;
use tandem_microsoft::graph::user::{self, UserSaid};
use utoipa::ToSchema;

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConnectionTestStepName)]
pub(crate) enum StepName {
    Credentials,
    Token,
    Organization,
    Directory,
    PresenceRead,
    PresenceWrite,
    SecretExpiry,
}

impl StepName {
    /// Those that ask Graph, in their order.
    const OF_GRAPH: [Self; 5] = [
        Self::Organization,
        Self::Directory,
        Self::PresenceRead,
        Self::PresenceWrite,
        Self::SecretExpiry,
    ];

    /// The feature without which the step is not needed.
    const fn feature(self) -> Option<Feature> {
        match self {
            Self::Credentials | Self::Token => None,
            Self::Organization | Self::Directory => Some(Feature::Directory),
            Self::PresenceRead => Some(Feature::PresenceRead),
            Self::PresenceWrite => Some(Feature::PresenceWrite),
            Self::SecretExpiry => Some(Feature::SecretExpiry),
        }
    }

    /// The permission without which the step fails.
    const fn permission(self) -> Option<&'static str> {
        match self {
            Self::Credentials | Self::Token => None,
            Self::Organization => Some(ORGANIZATION_READ.name),
            Self::Directory => Some(USERS_READ.name),
            Self::PresenceRead => Some(PRESENCE_READ.name),
            Self::PresenceWrite => Some(PRESENCE_WRITE.name),
            Self::SecretExpiry => Some(APPLICATION_READ.name),
        }
    }
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConnectionTestOutcome)]
pub(crate) enum Outcome {
    Passed,
    Failed,
    /// Its feature is off, or a step before failed that it needs.
    Skipped,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) name: StepName,
    pub(crate) outcome: Outcome,
    pub(crate) took: Duration,
    pub(crate) trouble: Option<Told>,
    pub(crate) permission: Option<&'static str>,
}

/// What is told of a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) message: String,
    pub(crate) code: Option<String>,
    pub(crate) explanation: Explanation,
}

impl From<Trouble> for Told {
    fn from(trouble: Trouble) -> Self {
        Self {
            message: trouble.message(),
            code: trouble.code(),
            explanation: trouble.explanation(),
        }
    }
}

/// Tries everything; answers the steps in their order.
pub(crate) async fn run(applied: &Applied, now: Timestamp) -> Vec<Step> {
    let mut steps = Vec::new();
    let ready = sender(applied).map(drop);
    let is_ready = ready.is_ok();
    steps.push(step(
        StepName::Credentials,
        Duration::ZERO,
        ready.map_err(Told::from),
    ));
    let mut roles = None;
    if is_ready {
        let began = Instant::now();
        let token = token(applied, now).await;
        roles = token.as_ref().ok().cloned();
        let came = token.map(drop).map_err(Told::from);
        steps.push(step(StepName::Token, began.elapsed(), came));
    } else {
        steps.push(skipped(StepName::Token));
    }
    for name in StepName::OF_GRAPH {
        let is_wanted = name.feature().is_none_or(|it| applied.account.has(it));
        let step = match &roles {
            Some(roles) if is_wanted => {
                let began = Instant::now();
                let came = graph_step(name, applied, roles.as_deref(), now).await;
                step(name, began.elapsed(), came)
            }
            Some(_) | None => skipped(name),
        };
        steps.push(step);
    }
    steps
}

fn step(name: StepName, took: Duration, came: Result<(), Told>) -> Step {
    let outcome = match &came {
        Ok(()) => Outcome::Passed,
        Err(_) => Outcome::Failed,
    };
    Step {
        name,
        outcome,
        took,
        trouble: came.err(),
        permission: name.permission(),
    }
}

const fn skipped(name: StepName) -> Step {
    Step {
        name,
        outcome: Outcome::Skipped,
        took: Duration::ZERO,
        trouble: None,
        permission: name.permission(),
    }
}

/// What the application may do by its token; none where that cannot be read.
async fn token(applied: &Applied, now: Timestamp) -> Result<Option<Vec<String>>, Trouble> {
    let client = sender(applied)?;
    let token = client.tokens.fresh(client.http(), now).await?;
    let roles = roles_in(token.expose_secret());
    Ok(roles.map(|it| it.into_iter().collect()))
}

async fn graph_step(
    name: StepName,
    applied: &Applied,
    roles: Option<&[String]>,
    now: Timestamp,
) -> Result<(), Told> {
    match name {
        StepName::Credentials | StepName::Token => Ok(()),
        StepName::Organization => {
            let request = organization::list();
            let page: Page<Organization> = applied.ask(&request, Patience::None, now).await?;
            must_hold_something(&page)
        }
        StepName::Directory => {
            let page: Page<UserSaid> = applied.ask(&user::probe(), Patience::None, now).await?;
            must_hold_something(&page)
        }
        StepName::PresenceRead => presence_read(applied, now).await,
        StepName::PresenceWrite => presence_write(roles),
        StepName::SecretExpiry => secret_expiry(applied, now).await,
    }
}

fn must_hold_something<T>(page: &Page<T>) -> Result<(), Told> {
    if page.value.is_empty() {
        return Err(Trouble::Unexpected.into());
    }
    Ok(())
}

/// Of somebody of the directory, if that may be read; else of nobody, which needs the permission all the same.
async fn presence_read(applied: &Applied, now: Timestamp) -> Result<(), Told> {
    let people = applied.ask(&user::probe(), Patience::None, now).await;
    let people: Vec<UserSaid> = people.map_or_else(|_denied| Vec::new(), |it: Page<_>| it.value);
    let somebody = people.first().map(|it| it.id.as_str());
    let nobody = "00000000-0000-0000-0000-000000000000";
    let request = presence::read(&[somebody.unwrap_or(nobody)]);
    let _read: Page<Presence> = applied.ask(&request, Patience::None, now).await?;
    Ok(())
}

/// Nobody's status is touched: the token says whether it might be.
fn presence_write(roles: Option<&[String]>) -> Result<(), Told> {
    let is_granted =
        |name: &str| roles.is_none_or(|roles| roles.iter().any(|it| it.eq_ignore_ascii_case(name)));
    if is_granted(PRESENCE_WRITE.name) {
        return Ok(());
    }
    let denied = Trouble::Graph {
        status: 403,
        code: "Authorization_RequestDenied".to_owned(),
    };
    Err(denied.into())
}

async fn secret_expiry(applied: &Applied, now: Timestamp) -> Result<(), Told> {
    let read = registration(applied, Patience::None, now).await;
    let explained = |trouble: Trouble, explanation| Told {
        explanation,
        ..trouble.into()
    };
    let is_secret = matches!(applied.account.proof, Some(Proof::Secret { .. }));
    match read {
        Ok((_, Found::NotListed)) if is_secret => Err(Told {
            message: "Error: The application has no secret that begins like this one".to_owned(),
            code: None,
            explanation: Explanation::SecretNotListed,
        }),
        Ok(_) => Ok(()),
        // The object id of the service principal, most often.
        Err(trouble @ Trouble::Graph { status: 404, .. }) => {
            Err(explained(trouble, Explanation::ObjectIdUnknown))
        }
        Err(trouble) => Err(trouble.into()),
    }
}
