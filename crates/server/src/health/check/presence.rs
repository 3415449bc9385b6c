//! The check of presence: whether what Teams shows of people can be read and written, and who is not kept in step because
//! both sides answered each other (B-203).

use super::{Check, Level, found, good};
use crate::api::Instant;
use crate::edge::graph::presence::Crowd;
use crate::edge::graph::presence::push::Pushed;
use serde_json::{Value, json};
use tandem_core::time::Timestamp;

/// What is known of reading and writing presence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PresenceFacts {
    /// Agents at whose presence somebody looks.
    pub(crate) n_watched: usize,
    /// Of them, those who are not kept in step any more.
    pub(crate) n_paused: usize,
    /// Since when it could not be read, and why.
    pub(crate) unread: Option<(Timestamp, String)>,
    /// For how long what was read is believed, s.
    pub(crate) age_max_s: u32,
    /// Since when nothing was written, and why.
    pub(crate) unwritten: Option<(Timestamp, String)>,
    /// More agents than can be kept in step.
    pub(crate) crowd: Option<Crowd>,
    /// Whether Microsoft tells of changes by itself.
    pub(crate) pushed: Pushed,
}

/// One person whom Graph refuses is not all of them: the next write tells.
const UNWRITTEN_S: u32 = 120;

pub(super) fn check(presence: Option<&PresenceFacts>, now: Timestamp) -> Check {
    const ID: &str = "presence";
    let Some(presence) = presence else {
        let what = "Presence is not read: there is no Teams account, or it does not use it.";
        return good(ID, "presence_none", json!({}), what.to_owned());
    };
    if let Some((since, problem)) = &presence.unread {
        return unread(presence, *since, problem, now);
    }
    let unwritten = presence.unwritten.as_ref();
    if let Some((since, problem)) = unwritten.filter(|it| it.0.plus_seconds(UNWRITTEN_S) < now) {
        let what = "The status of agents is not written to Teams.".to_owned();
        let fix = "Test the connection of the Teams account; Presence.ReadWrite.All must be granted, and agents need a Teams license.";
        let params = told(*since, problem);
        let level = Level::Watch;
        return found(ID, level, "presence_unwritten", params, (what, Some(fix)));
    }
    if presence.n_paused > 0 {
        let n = presence.n_paused;
        let what = format!(
            "{n} agents are not kept in step with Teams: both sides answered each other again and again."
        );
        let fix = "Look at the presence rules: what one side says must not lead back to what it said before. Signing in again, or saving the rules, has the agents kept in step again.";
        let params = json!({ "n": n });
        let level = Level::Watch;
        return found(ID, level, "presence_paused", params, (what, Some(fix)));
    }
    if let Some(Crowd { n, n_max }) = presence.crowd {
        let what = format!(
            "{n} agents have Teams switched on, and the limits of Microsoft let {n_max} be kept in step: those who are available may show as away for a while, and changes come late."
        );
        let fix = "Have agents who need no status in Teams switch it off, or spread the agents over several contact centers, each with an application of its own.";
        let params = json!({ "n": n, "max": n_max });
        let told = (what, Some(fix));
        return found(ID, Level::Watch, "presence_crowded", params, told);
    }
    if let Pushed::Fails { since, why } = &presence.pushed {
        let what = "Microsoft does not tell of changes by itself: people are asked about once a cycle instead, and nobody's status is lost.";
        let fix = "Look at who signs in to Teams for the contact center (Integrations, Microsoft Teams), and whether Microsoft reaches this machine under its public address.";
        let told = (what.to_owned(), Some(fix));
        let params = self::told(*since, why);
        return found(ID, Level::Watch, "presence_polled", params, told);
    }
    let n = presence.n_watched;
    if presence.pushed == Pushed::Works {
        let what = format!("Microsoft tells of changes by itself; {n} agents have Teams.");
        return good(ID, "presence_told", json!({ "n": n }), what);
    }
    let what = format!("Teams is asked about {n} agents.");
    good(ID, "presence_good", json!({ "n": n }), what)
}

fn unread(presence: &PresenceFacts, since: Timestamp, problem: &str, now: Timestamp) -> Check {
    const ID: &str = "presence";
    let params = told(since, problem);
    let fix = "Test the connection of the Teams account. It is asked again by itself; a queue can offer contacts to agents of unknown presence meanwhile.";
    if since.plus_seconds(presence.age_max_s) < now {
        let what = "What Teams shows of people is not known any more: agents with Teams are offered nothing, unless a queue says otherwise.";
        let told = (what.to_owned(), Some(fix));
        return found(ID, Level::Act, "presence_unknown", params, told);
    }
    let what = "What Teams shows of people could not be read lately.".to_owned();
    let told = (what, Some(fix));
    found(ID, Level::Watch, "presence_behind", params, told)
}

fn told(since: Timestamp, problem: &str) -> Value {
    json!({"since": Instant::from(since), "reason": problem})
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn said(facts: Option<&PresenceFacts>, now: i64) -> (Level, &'static str) {
        let check = check(facts, at(now));
        assert_eq!(check.fix.is_some(), check.level > Level::Ok, "{check:?}");
        (check.level, check.code)
    }

    //
    #[test]
    fn presence_that_cannot_be_read_is_watched_at_first_and_then_acted_upon() {
        let failed = Some((at(100), "Error: Microsoft cannot be reached".to_owned()));
        let facts = PresenceFacts {
            unread: failed,
            age_max_s: 180,
            ..PresenceFacts::default()
        };
        assert_eq!(said(Some(&facts), 110), (Level::Watch, "presence_behind"));
        assert_eq!(said(Some(&facts), 280), (Level::Watch, "presence_behind"));
        assert_eq!(said(Some(&facts), 281), (Level::Act, "presence_unknown"));
        assert_eq!(said(None, 281), (Level::Ok, "presence_none"));
    }

    // B-203
    #[test]
    fn agents_whose_sides_answered_each_other_are_told() {
        let mut facts = PresenceFacts {
            n_watched: 9,
            n_paused: 2,
            ..PresenceFacts::default()
        };
        assert_eq!(said(Some(&facts), 5), (Level::Watch, "presence_paused"));
        facts.n_paused = 0;
        assert_eq!(said(Some(&facts), 5), (Level::Ok, "presence_good"));
    }

    // B-228
    #[test]
    fn being_asked_instead_of_told_is_watched_and_no_more() {
        let mut facts = PresenceFacts {
            n_watched: 9,
            pushed: Pushed::Fails {
                since: at(1),
                why: "Nobody is signed in".to_owned(),
            },
            ..PresenceFacts::default()
        };
        assert_eq!(said(Some(&facts), 5), (Level::Watch, "presence_polled"));
        facts.pushed = Pushed::Works;
        assert_eq!(said(Some(&facts), 5), (Level::Ok, "presence_told"));
    }

    // B-225, B-227
    #[test]
    fn more_agents_than_the_limits_carry_are_watched() {
        let (n, n_max) = (30_000, 21_600);
        let facts = PresenceFacts {
            n_watched: n,
            crowd: Some(Crowd { n, n_max }),
            ..PresenceFacts::default()
        };
        assert_eq!(said(Some(&facts), 5), (Level::Watch, "presence_crowded"));
    }

    #[test]
    fn writes_that_fail_for_a_moment_are_no_finding() {
        let refused = "Error: Microsoft Graph refused with 403: Forbidden".to_owned();
        let facts = PresenceFacts {
            unwritten: Some((at(0), refused)),
            ..PresenceFacts::default()
        };
        assert_eq!(said(Some(&facts), 120), (Level::Ok, "presence_good"));
        assert_eq!(
            said(Some(&facts), 121),
            (Level::Watch, "presence_unwritten")
        );
    }
}
