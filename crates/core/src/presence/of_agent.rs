//! What is known of one agent's presence: what Teams shows, what it is to show, and since when.

use super::{Doing, Origin, PresenceRules, Reach, Seen, Standing, Status, System};
use crate::agent::{Agent, Intent, NotReady, Stage};
use crate::contact::Channel;
use crate::event::Event;
use crate::limits;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The presence of an agent at whose presence somebody looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentPresence {
    /// What Teams shows; none: it is not known.
    pub seen: Option<Seen>,
    /// Whose doing that is.
    pub origin: Origin,
    /// Since when Teams shows it. Seeing the same again does not change it.
    pub since: Timestamp,
    /// Which contacts reach the agent.
    pub reach: Reach,
    /// What Teams is to show because of Tandem; none: nothing of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<Status>,
    /// What it was to show before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_before: Option<Status>,
    /// Since when it is to show that, or when it was told the same again.
    #[serde(default)]
    pub synced_at: Timestamp,
    /// Since when the agent is not kept in step, because both sides answered each other (B-203).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Timestamp>,
    /// What Tandem says of the agent.
    pub(super) standing: Option<Standing>,
    pub(super) standing_since: Timestamp,
    /// When somebody said in Tandem what the agent wants.
    pub(super) word_at: Timestamp,
    /// Whether what Teams shows has been dealt with.
    pub(super) is_dealt_with: bool,
    /// When the agent followed Teams last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mapped_at: Option<Timestamp>,
    /// Changes by one side and the other in turn, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) turns: Vec<(Timestamp, Side)>,
    /// When the agent was in a call of a contact last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call_over_at: Option<Timestamp>,
}

/// Which side changed because of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    Teams,
    Tandem,
}

impl AgentPresence {
    /// Follows what is known of the presence of an agent whom the fact concerns.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no presence"
    )]
    pub(crate) fn follow(of_agent: &mut Option<Box<Self>>, now: Timestamp, event: &Event) {
        match event {
            Event::PresenceSeen(it) => match of_agent {
                Some(presence) => presence.sees(now, it.seen, it.origin),
                None => *of_agent = Some(Box::new(Self::first(now, it.seen, it.origin))),
            },
            Event::PresenceUnwatched { .. } => *of_agent = None,
            _ => {
                if let Some(presence) = of_agent {
                    presence.take(now, event);
                }
            }
        }
    }

    /// What was so before anybody looked is no change.
    fn first(now: Timestamp, seen: Option<Seen>, origin: Origin) -> Self {
        Self {
            seen,
            origin,
            since: now,
            synced_at: now,
            standing_since: now,
            word_at: now,
            is_dealt_with: true,
            ..Self::default()
        }
    }

    fn sees(&mut self, now: Timestamp, seen: Option<Seen>, origin: Origin) {
        if self.seen != seen {
            self.since = now;
            self.is_dealt_with = false;
        }
        self.seen = seen;
        self.origin = origin;
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no presence"
    )]
    fn take(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::ReachChanged(it) => self.reach = it.reach,
            Event::PresenceWanted(it) => {
                // That somebody is offline for a moment is never written (B-199).
                if self.synced_at != now {
                    self.wanted_before = self.wanted;
                }
                self.wanted = it.wanted;
                self.synced_at = now;
                let is_shown = self.seen.map(|it| it.status) == it.wanted;
                if it.wanted.is_some() && !is_shown {
                    self.turn_of(now, Side::Teams);
                }
            }
            Event::PresenceMapped(_) => {
                self.is_dealt_with = true;
                self.mapped_at = Some(now);
                self.turn_of(now, Side::Tandem);
            }
            Event::PresenceForced { .. } => self.synced_at = now,
            Event::PresencePaused(_) => self.paused = Some(now),
            Event::AgentSignedIn { .. } => {
                self.goes_on();
                self.word_at = now;
            }
            Event::IntentSet { .. } | Event::IntentPended { .. } => {
                self.word_at = now;
                // Somebody's own word answers nobody.
                if self.mapped_at != Some(now) {
                    self.turns.clear();
                }
            }
            Event::Offered { .. } => self.turns.clear(),
            _ => {}
        }
    }

    /// The agent is kept in step again.
    pub(crate) fn goes_on(&mut self) {
        self.paused = None;
        self.turns.clear();
    }

    /// One side changed. That it changes again on its own is no answer to the other.
    fn turn_of(&mut self, now: Timestamp, side: Side) {
        if let Some((at, _)) = self.turns.last_mut().filter(|it| it.1 == side) {
            *at = now;
            return;
        }
        if self.turns.len() >= limits::PRESENCE_TURNS_MAX {
            self.turns.remove(0);
        }
        self.turns.push((now, side));
    }

    /// How often both sides have answered each other lately, if that is as often as they may (B-203).
    pub(crate) fn is_a_loop(&self, now: Timestamp, rules: &PresenceRules) -> Option<u32> {
        let within = |at: Timestamp| now <= at.plus_seconds(rules.loop_guard.within_s);
        let n = self.turns.iter().filter(|(at, _)| within(*at)).count();
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        (n >= rules.loop_guard.max_changes).then_some(n)
    }

    /// Which contacts reach the agent by these rules.
    #[must_use]
    pub fn reach_by(&self, rules: &PresenceRules) -> Reach {
        match (self.seen, self.origin) {
            (None, _) => Reach::Unknown,
            // What we wrote, and the call that we put the agent into, say nothing that is not known here.
            (Some(_), Origin::Tandem | Origin::OwnCall) => Reach::Everything,
            (Some(seen), Origin::Teams) => rules.reach(seen),
        }
    }

    /// What Teams shows, where that is not our own doing.
    pub(super) fn theirs(&self) -> Option<Seen> {
        self.seen.filter(|_| self.origin == Origin::Teams)
    }
}

impl Agent {
    /// Which contacts reach the agent, as far as presence has a say (R-04, axis 3).
    #[must_use]
    pub fn reach(&self) -> Reach {
        let presence = self.presence.as_ref();
        presence.map_or(Reach::Everything, |it| it.reach)
    }

    /// What Tandem says of the agent: the first that holds, as a board shows it.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let stage = |stage| self.slots.iter().any(|slot| slot.stage == stage);
        let standing = if self.session.is_none() {
            System::SignedOut
        } else if stage(Stage::Talking) || stage(Stage::Connecting) {
            System::OnContact
        } else if stage(Stage::WrapUp) {
            System::WrapUp
        } else if stage(Stage::Offering) {
            System::Ringing
        } else {
            match self.intent {
                Intent::Ready => System::Available,
                Intent::NotReady(NotReady::SignedIn) => System::NotReadySignedIn,
                Intent::NotReady(NotReady::MissedOffer | NotReady::RingFailed) => {
                    System::MissedOffer
                }
                Intent::NotReady(NotReady::Chosen(reason)) => return Standing::Reason { reason },
            }
        };
        Standing::System { standing }
    }

    /// Notes since when Tandem says of the agent what it says, where somebody looks.
    pub(crate) fn follow_standing(&mut self, now: Timestamp, call: WasInCall) {
        if self.presence.is_none() {
            return;
        }
        let (standing, is_over) = (self.standing(), call.0 && !self.is_in_call());
        let Some(presence) = &mut self.presence else {
            return;
        };
        if presence.standing != Some(standing) {
            presence.standing = Some(standing);
            presence.standing_since = now;
        }
        if is_over {
            presence.call_over_at = Some(now);
        }
    }

    /// Whether the agent's client is in a call of a contact.
    fn is_in_call(&self) -> bool {
        self.slots.iter().any(|it| {
            it.load.channel == Channel::Voice
                && matches!(it.stage, Stage::Connecting | Stage::Talking)
        })
    }

    /// As it is before a fact changes it; nobody needs it of whom nothing is seen.
    pub(crate) fn was_in_call(&self) -> WasInCall {
        WasInCall(self.presence.is_some() && self.is_in_call())
    }

    /// Whose doing it is that Teams shows this, where that is news: the same once more is no fact, for nothing begins anew
    /// because somebody looked again.
    #[must_use]
    pub fn origin_of_news(
        &self,
        now: Timestamp,
        seen: Option<Seen>,
        known: Option<Origin>,
    ) -> Option<Origin> {
        let origin = known.unwrap_or_else(|| self.origin_of(now, seen));
        let before = self.presence.as_ref();
        let is_same = before.is_some_and(|it| (it.seen, it.origin) == (seen, origin));
        (!is_same).then_some(origin)
    }

    /// Whose doing it is that Teams shows this. Teams shows a call of ours for a while after it is over.
    fn origin_of(&self, now: Timestamp, seen: Option<Seen>) -> Origin {
        let is_call =
            seen.is_some_and(|it| matches!(it.doing, Doing::Call | Doing::ConferenceCall));
        let over_at = self.presence.as_ref().and_then(|it| it.call_over_at);
        let is_just_over =
            over_at.is_some_and(|at| now <= at.plus_seconds(limits::OWN_CALL_SHOWN_SECONDS));
        if is_call && (self.is_in_call() || is_just_over) {
            return Origin::OwnCall;
        }
        Origin::Teams
    }
}

/// Whether an agent's client was in a call of a contact before a fact.
#[derive(Clone, Copy)]
pub(crate) struct WasInCall(bool);
