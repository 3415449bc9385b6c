//! What changed in the directory: `GET /users/delta` (microsoft-graph.md 3.2).
//!
//! The first round lists everybody, a later one what came after the version that its link names. Both go on by pages; a change
//! in the middle of a round is told at the next.

use super::query::{self, Query};
use super::refusal::Refusal;
use super::user::{self, USER};
use super::{Asked, page};
use crate::answer::Answer;
use crate::entra::directory::{Removal, What};
use crate::fault::Symptom;
use crate::world::World;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Tokens of directory objects live about so long (unconfirmed).
const TOKEN_LIFE_MS: u64 = 7 * 24 * 3_600_000;

/// Where a round stands.
#[derive(Clone, Serialize, Deserialize)]
struct Token {
    /// What was known before the round; nothing in the first one.
    since: Option<u64>,
    /// What will be known after it.
    until: u64,
    /// The last that was told: an object id in the first round, a version later.
    after: After,
    select: Vec<String>,
    top: usize,
    issued_ms: u64,
}

#[derive(Clone, Serialize, Deserialize)]
enum After {
    Nobody,
    Person(String),
    Version(u64),
}

pub(super) fn users(world: &mut World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let query = Query::of(asked, &USER, query::OF_DELTA)?;
    let token = match query.delta_token.as_ref().or(query.skip_token.as_ref()) {
        None => first(world, &query),
        // "latest": no round, but a link that tells what comes from now on.
        Some(token) if token == "latest" => {
            let version = world.directory.version();
            Token {
                since: Some(version),
                after: After::Version(version),
                ..first(world, &query)
            }
        }
        Some(token) => going_on(world, asked, page::read("$deltatoken", token)?)?,
    };
    Ok(round(world, asked, &token))
}

fn first(world: &World, query: &Query) -> Token {
    Token {
        since: None,
        until: world.directory.version(),
        after: After::Nobody,
        select: query.select.iter().map(|name| (*name).to_owned()).collect(),
        top: query.top,
        issued_ms: world.now_ms(),
    }
}

/// A token that came back; one that is too old, or that a fault strikes, is 410.
fn going_on(world: &mut World, asked: &Asked<'_>, mut token: Token) -> Result<Token, Refusal> {
    let is_old = world.now_ms().saturating_sub(token.issued_ms) > TOKEN_LIFE_MS;
    let is_known = token
        .since
        .is_none_or(|since| world.directory.remembers(since));
    if is_old || !is_known || world.draw_symptom("Graph_UsersDelta", Symptom::SyncStateLost) {
        let text = "The sync state is not known any more; start again without a token.";
        let select = token.select.join(",");
        let location = format!("{}/users/delta?$select={select}", asked.base());
        return Err(Refusal::new(410, "syncStateNotFound", text).with_header("location", location));
    }
    // A link of the last page begins a round, one of a page before goes on with it.
    if matches!((&token.after, token.since), (After::Version(after), Some(since)) if *after == since)
    {
        token.until = world.directory.version();
    }
    let known = |name: &String| USER.properties.iter().any(|property| property.name == name);
    token.select.retain(known);
    token.top = token.top.clamp(1, USER.page_max);
    Ok(token)
}

fn round(world: &World, asked: &Asked<'_>, token: &Token) -> Answer {
    let select: Vec<&str> = token.select.iter().map(String::as_str).collect();
    let (value, after) = match token.since {
        None => everybody(world, asked, token, &select),
        Some(since) => changes(world, asked, token, &select, since),
    };
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), json!(asked.context("users")));
    let (name, link) = match after {
        Some(after) => {
            let next = Token {
                after,
                ..token.clone()
            };
            ("@odata.nextLink", link(asked, "$skiptoken", &next))
        }
        None => {
            let next = Token {
                since: Some(token.until),
                after: After::Version(token.until),
                issued_ms: world.now_ms(),
                ..token.clone()
            };
            ("@odata.deltaLink", link(asked, "$deltatoken", &next))
        }
    };
    body.insert(name.to_owned(), json!(link));
    body.insert("value".to_owned(), json!(value));
    Answer::json(200, &Value::Object(body))
}

/// The token says all: nothing of the query is repeated.
fn link(asked: &Asked<'_>, name: &str, token: &Token) -> String {
    format!("{}/users/delta?{name}={}", asked.base(), page::token(token))
}

type Told = (Vec<Value>, Option<After>);

fn everybody(world: &World, asked: &Asked<'_>, token: &Token, select: &[&str]) -> Told {
    let last = match &token.after {
        After::Person(oid) => oid.as_str(),
        After::Nobody | After::Version(_) => "",
    };
    let here = |tenant: &str| tenant.eq_ignore_ascii_case(&asked.caller.tenant);
    let rest = world.directory.people.iter();
    let mut rest = rest.filter(|(oid, person)| oid.as_str() > last && here(&person.tenant));
    let page: Vec<_> = rest.by_ref().take(token.top).collect();
    let value = page
        .iter()
        .map(|(oid, person)| user::show(oid, person, select))
        .collect();
    let last = page.last().map(|(oid, _)| After::Person((*oid).clone()));
    (value, last.filter(|_| rest.next().is_some()))
}

fn changes(world: &World, asked: &Asked<'_>, token: &Token, select: &[&str], since: u64) -> Told {
    let last = match token.after {
        After::Version(version) => version.max(since),
        After::Nobody | After::Person(_) => since,
    };
    let here = |tenant: &str| tenant.eq_ignore_ascii_case(&asked.caller.tenant);
    let mut rest = world
        .directory
        .changes_after(last)
        .into_iter()
        .filter(|change| {
            // What came after the beginning of the round is told by the next one.
            change.version <= token.until
                && match change.what {
                    What::Is(person) => here(&person.tenant),
                    What::Left(removed) => here(&removed.tenant),
                }
        });
    let page: Vec<_> = rest.by_ref().take(token.top).collect();
    let value = page.iter().map(|change| match change.what {
        What::Is(person) => user::show(change.oid, person, select),
        What::Left(removed) => {
            json!({"id": change.oid, "@removed": {"reason": match removed.reason {
                Removal::Restorable => "changed",
                Removal::ForGood => "deleted",
            }}})
        }
    });
    let value = value.collect();
    let last = page.last().map(|change| After::Version(change.version));
    (value, last.filter(|_| rest.next().is_some()))
}
