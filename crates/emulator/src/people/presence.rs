//! Presence: what Teams shows of somebody, out of everything that speaks for them (microsoft-graph.md 4).
//!
//! A person has a Teams client, calls, a calendar, a session for each application, and what they chose by hand. What comes of
//! it is worked out when somebody looks; times are the emulator's clock.

use crate::clock::Key;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `availability` of Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Availability {
    Available,
    Away,
    BeRightBack,
    Busy,
    DoNotDisturb,
    Offline,
    PresenceUnknown,
}

/// `activity` of Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Activity {
    Available,
    AvailableInactive,
    Away,
    BeRightBack,
    Busy,
    DoNotDisturb,
    InACall,
    InAConferenceCall,
    InAMeeting,
    Offline,
    OffWork,
    OutOfOffice,
    PresenceUnknown,
    Presenting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Status {
    pub(crate) availability: Availability,
    pub(crate) activity: Activity,
}

pub(crate) const fn status(availability: Availability, activity: Activity) -> Status {
    Status {
        availability,
        activity,
    }
}

const OFFLINE: Status = status(Availability::Offline, Activity::Offline);
const UNKNOWN: Status = status(Availability::PresenceUnknown, Activity::PresenceUnknown);

/// What the person's own Teams client says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Client {
    #[default]
    Active,
    Inactive,
    Away,
    SignedOut,
}

/// What the person's calendar says; nobody can set it through Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Calendar {
    #[default]
    Free,
    InAMeeting,
    Presenting,
}

/// Whether a Teams client is in a call of the emulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    Idle,
    InACall,
}

/// An application's session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) status: Status,
    pub(crate) since_ms: u64,
    pub(crate) until_ms: u64,
}

/// Who chose what is preferred; Graph does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Chooser {
    Person,
    Application,
}

#[derive(Debug, Clone)]
pub(crate) struct Preferred {
    pub(crate) status: Status,
    pub(crate) until_ms: u64,
    pub(crate) by: Chooser,
}

/// What somebody wants to be read beside the name.
#[derive(Debug, Clone)]
pub(crate) struct StatusMessage {
    pub(crate) content: String,
    /// Times of the wire; the second is what ends it, on the emulator's clock.
    pub(crate) published: String,
    pub(crate) expires: Option<(String, u64)>,
}

/// Everything that speaks for one person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Presence {
    pub(crate) client: Client,
    pub(crate) calendar: Calendar,
    /// The automatic reply, while there is one.
    pub(crate) out_of_office: Option<String>,
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) preferred: Option<Preferred>,
    pub(crate) message: Option<StatusMessage>,
    /// What was seen last, and how many changes were seen.
    seen: Option<Seen>,
    pub(super) n_changes: u64,
    /// When it changes by itself next.
    pub(crate) alarm: Option<Key>,
}

/// What is told of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    status: Status,
    message: Option<String>,
    out_of_office: Option<String>,
}

/// An Available session fades (microsoft-graph.md 4).
const INACTIVE_MS: u64 = 5 * 60_000;
const AWAY_MS: u64 = 10 * 60_000;

impl Session {
    fn status(&self, now_ms: u64) -> Status {
        let age_ms = now_ms.saturating_sub(self.since_ms);
        if self.until_ms <= now_ms {
            return OFFLINE;
        }
        let fades = self.status.availability == Availability::Available;
        if fades && age_ms >= AWAY_MS {
            return status(Availability::Away, Activity::Away);
        }
        if fades && age_ms >= INACTIVE_MS {
            return status(Availability::Available, Activity::AvailableInactive);
        }
        self.status
    }

    /// When it changes next, by itself.
    fn next_ms(&self, now_ms: u64) -> Option<u64> {
        let fades = self.status.availability == Availability::Available;
        let fading = [INACTIVE_MS, AWAY_MS].map(|after| self.since_ms.saturating_add(after));
        let fading = fading.into_iter().filter(|at| fades && *at < self.until_ms);
        fading.chain([self.until_ms]).find(|at| *at > now_ms)
    }
}

/// What goes before what among sessions; what is offline is none.
const fn rank(status: Status) -> u8 {
    match (status.availability, status.activity) {
        (Availability::DoNotDisturb, _) => 5,
        (Availability::Busy, _) => 4,
        (Availability::Available, Activity::AvailableInactive) => 2,
        (Availability::Available, _) => 3,
        (Availability::Away | Availability::BeRightBack, _) => 1,
        (Availability::Offline | Availability::PresenceUnknown, _) => 0,
    }
}

impl Presence {
    /// What comes of everything that speaks for the person.
    pub(crate) fn status(&self, line: Line, now_ms: u64) -> Status {
        let client = match self.client {
            Client::Active => status(Availability::Available, Activity::Available),
            Client::Inactive => status(Availability::Available, Activity::AvailableInactive),
            Client::Away => status(Availability::Away, Activity::Away),
            Client::SignedOut => OFFLINE,
        };
        // A calendar speaks through the client alone.
        let calendar = match (self.calendar, self.client) {
            (Calendar::Free, _) | (_, Client::SignedOut) => OFFLINE,
            (Calendar::InAMeeting, _) => status(Availability::Busy, Activity::InAMeeting),
            (Calendar::Presenting, _) => status(Availability::DoNotDisturb, Activity::Presenting),
        };
        let call = match line {
            Line::Idle => OFFLINE,
            Line::InACall => status(Availability::Busy, Activity::InACall),
        };
        let sessions = self.sessions.values().map(|session| session.status(now_ms));
        let all = [client, calendar].into_iter().chain(sessions).chain([call]);
        let first = all.max_by_key(|status| rank(*status)).unwrap_or(OFFLINE);
        if rank(first) == 0 {
            // What is preferred needs somebody who is there.
            return OFFLINE;
        }
        let preferred = self.preferred.as_ref().filter(|it| it.until_ms > now_ms);
        let shown = preferred.map_or(first, |preferred| preferred.status);
        match (shown.availability, &self.out_of_office) {
            (Availability::Available, Some(_)) => {
                status(Availability::Available, Activity::OutOfOffice)
            }
            _ => shown,
        }
    }

    pub(crate) fn message(&self, now_ms: u64) -> Option<&StatusMessage> {
        let is_over = |message: &StatusMessage| {
            message
                .expires
                .as_ref()
                .is_some_and(|(_, at)| *at <= now_ms)
        };
        self.message.as_ref().filter(|message| !is_over(message))
    }

    /// Looks: what there is, and the number of changes that were seen so far.
    pub(crate) fn look(&mut self, line: Line, now_ms: u64) -> (Status, u64) {
        let seen = Seen {
            status: self.status(line, now_ms),
            message: self.message(now_ms).map(|message| message.content.clone()),
            out_of_office: self.out_of_office.clone(),
        };
        let status = seen.status;
        if self.seen.as_ref() != Some(&seen) {
            self.n_changes += 1;
            self.seen = Some(seen);
        }
        (status, self.n_changes)
    }

    /// Forgets what is over, and says when something changes by itself next.
    pub(crate) fn next_ms(&mut self, now_ms: u64) -> Option<u64> {
        self.sessions.retain(|_, session| session.until_ms > now_ms);
        if self
            .preferred
            .as_ref()
            .is_some_and(|it| it.until_ms <= now_ms)
        {
            self.preferred = None;
        }
        let sessions = self
            .sessions
            .values()
            .filter_map(|session| session.next_ms(now_ms));
        let preferred = self.preferred.as_ref().map(|it| it.until_ms);
        let message = self
            .message(now_ms)
            .and_then(|it| it.expires.as_ref().map(|(_, at)| *at));
        sessions.chain(preferred).chain(message).min()
    }
}

/// What a person without Teams has.
pub(crate) const fn unknown() -> Status {
    UNKNOWN
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn published() -> Value {
        serde_json::from_str(include_str!("../../testdata/presence.json")).unwrap()
    }

    fn pair(status: Status) -> String {
        let shown = json!(status);
        format!(
            "{}/{}",
            shown["availability"].as_str().unwrap(),
            shown["activity"].as_str().unwrap()
        )
    }

    fn session(status: Status, since_ms: u64, until_ms: u64) -> Session {
        Session {
            status,
            since_ms,
            until_ms,
        }
    }

    fn signed_out() -> Presence {
        Presence {
            client: Client::SignedOut,
            ..Presence::default()
        }
    }

    // spec: presence.json
    #[test]
    fn words_are_those_that_microsoft_publishes() {
        let published = published();
        for (value, list) in [
            (
                json!([
                    Availability::Available,
                    Availability::Away,
                    Availability::BeRightBack,
                    Availability::Busy,
                    Availability::DoNotDisturb,
                    Availability::Offline,
                    Availability::PresenceUnknown
                ]),
                "availability",
            ),
            (
                json!([
                    Activity::Available,
                    Activity::AvailableInactive,
                    Activity::Away,
                    Activity::BeRightBack,
                    Activity::Busy,
                    Activity::DoNotDisturb,
                    Activity::InACall,
                    Activity::InAConferenceCall,
                    Activity::InAMeeting,
                    Activity::Offline,
                    Activity::OffWork,
                    Activity::OutOfOffice,
                    Activity::PresenceUnknown,
                    Activity::Presenting
                ]),
                "activity",
            ),
        ] {
            let read = published[format!("{list}_read_values")].as_array().unwrap();
            let seen = published["also_seen"][list].as_array().unwrap();
            for word in value.as_array().unwrap() {
                assert!(
                    read.contains(word) || seen.contains(word),
                    "{word} is no {list}"
                );
            }
        }
    }

    // B-190; microsoft-graph.md 4, semantics
    #[test]
    fn sessions_go_before_each_other_and_what_is_chosen_before_all() {
        let mut presence = Presence::default();
        let shown = |presence: &Presence, line| pair(presence.status(line, 0));
        assert_eq!(shown(&presence, Line::Idle), "Available/Available");
        assert_eq!(shown(&presence, Line::InACall), "Busy/InACall");
        // An application cannot make somebody Away who is there.
        let away = status(Availability::Away, Activity::Away);
        presence.sessions.insert("app".into(), session(away, 0, 1));
        assert_eq!(shown(&presence, Line::Idle), "Available/Available");
        let busy = status(Availability::Busy, Activity::InAConferenceCall);
        presence.sessions.insert("app".into(), session(busy, 0, 1));
        assert_eq!(shown(&presence, Line::Idle), "Busy/InAConferenceCall");
        presence.calendar = Calendar::Presenting;
        assert_eq!(shown(&presence, Line::InACall), "DoNotDisturb/Presenting");
        presence.preferred = Some(Preferred {
            status: status(Availability::BeRightBack, Activity::BeRightBack),
            until_ms: 1,
            by: Chooser::Person,
        });
        assert_eq!(shown(&presence, Line::InACall), "BeRightBack/BeRightBack");
        assert_eq!(
            pair(presence.status(Line::InACall, 1)),
            "DoNotDisturb/Presenting"
        );
    }

    #[test]
    fn what_is_preferred_needs_a_session() {
        let mut presence = signed_out();
        presence.preferred = Some(Preferred {
            status: status(Availability::Busy, Activity::Busy),
            until_ms: u64::MAX,
            by: Chooser::Application,
        });
        assert_eq!(pair(presence.status(Line::Idle, 0)), "Offline/Offline");
        let away = status(Availability::Away, Activity::Away);
        presence.sessions.insert("app".into(), session(away, 0, 10));
        assert_eq!(pair(presence.status(Line::Idle, 0)), "Busy/Busy");
    }

    // spec: presence.json, available_session_fade
    #[test]
    fn available_session_fades_and_ends() {
        let mut presence = signed_out();
        let available = status(Availability::Available, Activity::Available);
        let minutes = |n: u64| n * 60_000;
        presence
            .sessions
            .insert("app".into(), session(available, 0, minutes(60)));
        let mut shown = vec![pair(presence.status(Line::Idle, 0))];
        let mut now_ms = 0;
        while let Some(next_ms) = presence.next_ms(now_ms) {
            now_ms = next_ms;
            shown.push(format!(
                "{} {}",
                now_ms / 60_000,
                pair(presence.status(Line::Idle, now_ms))
            ));
        }
        assert_eq!(
            shown,
            [
                "Available/Available",
                "5 Available/AvailableInactive",
                "10 Away/Away",
                "60 Offline/Offline"
            ]
        );
        let published = published();
        let fade = published["setPresence"]["available_session_fade"]
            .as_array()
            .unwrap();
        let told: Vec<String> = fade
            .iter()
            .map(|step| {
                let after = step["after"]
                    .as_str()
                    .unwrap()
                    .trim_matches(['P', 'T', 'M']);
                format!(
                    "{after} {}/{}",
                    step["availability"].as_str().unwrap(),
                    step["activity"].as_str().unwrap()
                )
            })
            .collect();
        assert_eq!(told, shown[1..3]);
    }

    #[test]
    fn changes_are_counted_as_they_are_seen() {
        let mut presence = Presence::default();
        assert_eq!(presence.look(Line::Idle, 0).1, 1);
        assert_eq!(presence.look(Line::Idle, 5).1, 1);
        assert_eq!(presence.look(Line::InACall, 5).1, 2);
        presence.out_of_office = Some("On leave".to_owned());
        assert_eq!(
            pair(presence.look(Line::Idle, 6).0),
            "Available/OutOfOffice"
        );
    }
}
