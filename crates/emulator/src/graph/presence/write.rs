//! What applications say of a person: sessions, what is preferred, and a message (microsoft-graph.md 4).

use super::changed;
use crate::answer::Answer;
use crate::entra::directory::License;
use crate::graph::Asked;
use crate::graph::refusal::Refusal;
use crate::graph::route::Version;
use crate::graph::user;
use crate::limits;
use crate::people::presence::{
    Activity, Availability, Chooser, Preferred, Presence, Session, Status, StatusMessage, status,
};
use crate::stamp;
use crate::world::World;
use jiff::fmt::temporal::SpanParser;
use jiff::{SignedDuration, SpanRelativeTo, Timestamp, civil, tz::TimeZone};
use serde_json::Value;

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;
/// Life of a session: without a word, at least, and at most.
const SESSION_MS: u64 = 5 * MINUTE_MS;
const SESSION_MS_MAX: u64 = 4 * 60 * MINUTE_MS;

/// Pairs that a session may have; the last is documented for beta.
const OF_SESSIONS: [Status; 5] = [
    status(Availability::Available, Activity::Available),
    status(Availability::Busy, Activity::InACall),
    status(Availability::Busy, Activity::InAConferenceCall),
    status(Availability::Away, Activity::Away),
    status(Availability::DoNotDisturb, Activity::Presenting),
];

/// Pairs that may be preferred, with how long they last without a word.
const PREFERRED: [(Status, u64); 6] = [
    (
        status(Availability::Available, Activity::Available),
        7 * DAY_MS,
    ),
    (status(Availability::Busy, Activity::Busy), DAY_MS),
    (
        status(Availability::DoNotDisturb, Activity::DoNotDisturb),
        DAY_MS,
    ),
    (
        status(Availability::BeRightBack, Activity::BeRightBack),
        7 * DAY_MS,
    ),
    (status(Availability::Away, Activity::Away), 7 * DAY_MS),
    (status(Availability::Offline, Activity::OffWork), 7 * DAY_MS),
];

/// `POST /users/{id}/presence/setPresence`
pub(in crate::graph) fn set(world: &mut World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let body = asked.body()?;
    let id = session_id(asked, &body)?;
    let wanted = pair(&body)?;
    let is_of_beta = wanted.availability == Availability::DoNotDisturb;
    let is_taken = OF_SESSIONS.contains(&wanted) && (!is_of_beta || asked.version == Version::Beta);
    if !is_taken {
        return Err(wrong_pair());
    }
    let life_ms = duration_ms(&body)?.unwrap_or(SESSION_MS);
    if !(SESSION_MS..=SESSION_MS_MAX).contains(&life_ms) {
        return Err(Refusal::bad(
            "expirationDuration must be from PT5M to PT4H.",
        ));
    }
    let now_ms = world.now_ms();
    let session = Session {
        status: wanted,
        since_ms: now_ms,
        until_ms: now_ms.saturating_add(life_ms),
    };
    change(world, asked, |presence| {
        if presence.sessions.len() >= limits::PRESENCE_SESSIONS_MAX
            && !presence.sessions.contains_key(&id)
        {
            presence.sessions.pop_first();
        }
        presence.sessions.insert(id, session);
    })
}

/// `POST /users/{id}/presence/clearPresence`
pub(in crate::graph) fn clear(world: &mut World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let id = session_id(asked, &asked.body()?)?;
    change(world, asked, |presence| {
        presence.sessions.remove(&id);
    })
}

/// `POST /users/{id}/presence/setUserPreferredPresence`
pub(in crate::graph) fn prefer(world: &mut World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let body = asked.body()?;
    let wanted = pair(&body)?;
    let preferred = preferred(world, wanted, duration_ms(&body)?, Chooser::Application)
        .ok_or_else(wrong_pair)?;
    change(world, asked, |presence| {
        presence.preferred = Some(preferred)
    })
}

/// What is preferred from now on; `None` when the pair may not be.
pub(in crate::graph) fn preferred(
    world: &World,
    wanted: Status,
    life_ms: Option<u64>,
    by: Chooser,
) -> Option<Preferred> {
    let (status, default_ms) = PREFERRED
        .into_iter()
        .find(|(status, _)| *status == wanted)?;
    Some(Preferred {
        status,
        until_ms: world.now_ms().saturating_add(life_ms.unwrap_or(default_ms)),
        by,
    })
}

/// `POST /users/{id}/presence/clearUserPreferredPresence`
pub(in crate::graph) fn prefer_nothing(
    world: &mut World,
    asked: &Asked<'_>,
) -> Result<Answer, Refusal> {
    change(world, asked, |presence| presence.preferred = None)
}

/// `POST /users/{id}/presence/setStatusMessage`
pub(in crate::graph) fn set_message(
    world: &mut World,
    asked: &Asked<'_>,
) -> Result<Answer, Refusal> {
    let body = asked.body()?;
    let told = &body["statusMessage"];
    let Some(content) = told["message"]["content"].as_str() else {
        return Err(Refusal::bad(
            "statusMessage.message.content must be a text.",
        ));
    };
    if content.len() > limits::STATUS_MESSAGE_BYTES_MAX {
        let text = format!(
            "statusMessage.message.content may have {} bytes.",
            limits::STATUS_MESSAGE_BYTES_MAX
        );
        return Err(Refusal::bad(text));
    }
    let kind = told["message"]["contentType"].as_str().unwrap_or("text");
    if !kind.eq_ignore_ascii_case("text") {
        return Err(Refusal::bad(
            "statusMessage.message.contentType must be text.",
        ));
    }
    let given = Some(&told["expiryDateTime"]).filter(|given| !given.is_null());
    let expires = given.map(|given| moment(world, given)).transpose()?;
    let message = StatusMessage {
        content: content.to_owned(),
        published: stamp::graph(world.time()),
        expires,
    };
    change(world, asked, |presence| {
        presence.message = Some(message).filter(|message| !message.content.is_empty());
    })
}

fn change(
    world: &mut World,
    asked: &Asked<'_>,
    act: impl FnOnce(&mut Presence),
) -> Result<Answer, Refusal> {
    let oid = user::find(world, asked)?.0.clone();
    if !world.directory.has_license(&oid, License::Teams) {
        return Err(Refusal::new(
            403,
            "Forbidden",
            "The user has no Teams license.",
        ));
    }
    act(world.presences.of(&oid));
    changed(world, &oid);
    Ok(Answer::empty(200))
}

fn session_id(asked: &Asked<'_>, body: &Value) -> Result<String, Refusal> {
    let given = body["sessionId"].as_str().map(str::to_lowercase);
    let own = asked.caller.app.to_lowercase();
    given.filter(|given| *given == own).ok_or_else(|| {
        Refusal::bad("sessionId must be the client id of the application whose token it is.")
    })
}

fn pair(body: &Value) -> Result<Status, Refusal> {
    serde_json::from_value(body.clone()).map_err(|_error| wrong_pair())
}

fn wrong_pair() -> Refusal {
    Refusal::bad("The combination of availability and activity is not supported.")
}

/// `expirationDuration` (ISO 8601); a day has 24 hours.
fn duration_ms(body: &Value) -> Result<Option<u64>, Refusal> {
    let wrong =
        || Refusal::bad("expirationDuration must be a positive ISO 8601 duration like PT1H.");
    let given = &body["expirationDuration"];
    if given.is_null() {
        return Ok(None);
    }
    let text = given.as_str().ok_or_else(wrong)?;
    let span = SpanParser::new()
        .parse_span(text)
        .map_err(|_error| wrong())?;
    let duration = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_error| wrong())?;
    u64::try_from(duration.as_millis())
        .ok()
        .filter(|ms| *ms > 0)
        .map(Some)
        .ok_or_else(wrong)
}

/// A time in UTC, as the wire has it, and when that is on the emulator's clock.
fn moment(world: &World, given: &Value) -> Result<(String, u64), Refusal> {
    let wrong = || {
        Refusal::bad("expiryDateTime must have a dateTime like 2026-08-01T12:00:00 and a timeZone.")
    };
    let time: civil::DateTime = given["dateTime"]
        .as_str()
        .and_then(|text| text.trim_end_matches('Z').parse().ok())
        .ok_or_else(wrong)?;
    if !matches!(
        given["timeZone"].as_str().unwrap_or("UTC"),
        "UTC" | "Etc/UTC" | "Etc/GMT"
    ) {
        return Err(Refusal::not_built("time zones but UTC here"));
    }
    let at: Timestamp = time
        .to_zoned(TimeZone::UTC)
        .map_err(|_error| wrong())?
        .timestamp();
    let ahead = at.duration_since(world.time()).max(SignedDuration::ZERO);
    let ahead_ms = u64::try_from(ahead.as_millis()).unwrap_or(0);
    let wire = stamp::graph_error(at);
    Ok((wire, world.now_ms().saturating_add(ahead_ms)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    // spec: presence.json
    #[test]
    fn pairs_and_their_lives_are_those_that_microsoft_publishes() {
        let published: Value =
            serde_json::from_str(include_str!("../../../testdata/presence.json")).unwrap();
        let pairs = |operation: &str| published[operation]["pairs"].as_array().unwrap().clone();
        let bare = |pair: &Value| json!({"availability": pair["availability"], "activity": pair["activity"]});
        let wanted: Vec<Value> = pairs("setPresence").iter().map(bare).collect();
        assert_eq!(json!(OF_SESSIONS), json!(wanted));
        let preferred = pairs("setUserPreferredPresence");
        assert_eq!(preferred.len(), PREFERRED.len());
        for (published, (status, life_ms)) in preferred.iter().zip(PREFERRED) {
            assert_eq!(bare(published), json!(status));
            let life = json!({"expirationDuration": published["default_expiration"]});
            assert_eq!(duration_ms(&life).unwrap(), Some(life_ms), "{published}");
        }
        let session = &published["setPresence"]["expirationDuration"];
        let of = |name: &str| {
            duration_ms(&json!({"expirationDuration": session[name]}))
                .unwrap()
                .unwrap()
        };
        assert_eq!(
            (of("default"), of("min"), of("max")),
            (SESSION_MS, SESSION_MS, SESSION_MS_MAX)
        );
        assert_eq!(
            published["getPresencesByUserId"]["max_ids"],
            super::super::IDS_MAX
        );
    }

    #[test]
    fn duration_that_is_none_is_refused() {
        for wrong in [
            json!("5 minutes"),
            json!(5),
            json!("PT0S"),
            json!("-PT5M"),
            json!("P1Y"),
        ] {
            assert!(
                duration_ms(&json!({"expirationDuration": wrong})).is_err(),
                "{wrong}"
            );
        }
    }
}
