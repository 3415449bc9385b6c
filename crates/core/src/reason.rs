//! Reasons for being not ready, a tree of two levels, and petitions: what an agent asks for because a supervisor
//! must grant it (decision 0043). Whether somebody answers a petition is no business of this file.

use crate::agent::Agent;
use crate::event::Event;
use crate::flow::{in_range, invalid};
use crate::ids::{AccountId, AgentId, ReasonId};
use crate::limits;
use crate::refusal::Refusal;
use crate::settings::{Settings, exists, name};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A reason for being not ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What people call it.
    pub label: String,
    /// The reason under which it stands; that one is chosen by nobody then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<ReasonId>,
    /// Whether the time counts as work.
    pub productive: bool,
    /// Whether the time is paid.
    #[serde(default = "paid", skip_serializing_if = "Clone::clone")]
    pub paid: bool,
    /// How long it should last at most, minutes.
    pub max_minutes: Option<u32>,
    /// Whether a supervisor must grant it to an agent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_supervisor: bool,
}

/// A reason of which nobody said otherwise is paid: whoever is signed in is at work.
const fn paid() -> bool {
    true
}

/// What an agent asks for, or was declined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Petition {
    /// For which reason.
    pub reason: ReasonId,
    /// Since when.
    pub at: Timestamp,
    /// Who declined it; the agent is told until the agent's next word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined: Option<Declined>,
}

/// That a petition was declined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// By whom.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

/// What a supervisor says to a petition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PetitionAnswer {
    /// Yes.
    Granted,
    /// No.
    Declined,
}

/// An agent asked for a reason that a supervisor must grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonPetitioned {
    /// Who.
    pub agent: AgentId,
    /// For which.
    pub reason: ReasonId,
}

/// A petition is over; what follows from it stands after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PetitionEnded {
    /// Whose.
    pub agent: AgentId,
    /// For which reason.
    pub reason: ReasonId,
    /// How.
    pub end: PetitionEnd,
}

/// How a petition ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PetitionEnd {
    /// It was granted.
    Granted {
        /// By whom.
        by: AccountId,
    },
    /// It was declined.
    Declined {
        /// By whom.
        by: AccountId,
    },
    /// The agent said something else.
    Withdrawn,
}

/// What reasons were called before, up to which version: history keeps the old name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ReasonLabels {
    by_reason: BTreeMap<ReasonId, BTreeMap<u64, String>>,
}

impl ReasonLabels {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_reason.is_empty()
    }

    /// A reason is called something else from now on, or is gone.
    pub(crate) fn was_called(&mut self, id: ReasonId, version: u64, label: &str) {
        let labels = self.by_reason.entry(id).or_default();
        labels.insert(version, label.to_owned());
        let mut n_kept: usize = self.by_reason.values().map(BTreeMap::len).sum();
        while n_kept > limits::REASON_LABELS_KEPT
            && let Some(mut oldest) = self.by_reason.first_entry()
        {
            oldest.get_mut().pop_first();
            if oldest.get().is_empty() {
                oldest.remove();
            }
            n_kept -= 1;
        }
    }

    /// That of a version, if another one came after it.
    pub(crate) fn of(&self, id: ReasonId, version: u64) -> Option<&str> {
        let labels = self.by_reason.get(&id)?;
        let (_, label) = labels.range(version..).next()?;
        Some(label)
    }
}

impl Petition {
    /// Whether it waits for an answer.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.declined.is_none()
    }

    /// Follows what happens to the petition of an agent whom the fact concerns.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no petition"
    )]
    pub(crate) fn follow(of_agent: &mut Option<Box<Self>>, now: Timestamp, event: &Event) {
        match event {
            Event::ReasonPetitioned(it) => {
                *of_agent = Some(Box::new(Self {
                    reason: it.reason,
                    at: now,
                    declined: None,
                }));
            }
            Event::PetitionEnded(it) => match it.end {
                PetitionEnd::Declined { by } => {
                    if let Some(petition) = of_agent {
                        petition.declined = Some(Declined { by, at: now });
                    }
                }
                PetitionEnd::Granted { .. } | PetitionEnd::Withdrawn => *of_agent = None,
            },
            Event::AgentSignedOut { .. } => *of_agent = None,
            // That it was declined is told until then.
            Event::IntentSet { .. } | Event::IntentPended { .. } => {
                of_agent.take_if(|it| !it.is_open());
            }
            _ => {}
        }
    }
}

impl Settings {
    /// Whether others stand under a reason.
    #[must_use]
    pub fn is_heading(&self, id: ReasonId) -> bool {
        self.reasons_under(id).next().is_some()
    }

    fn reasons_under(&self, id: ReasonId) -> impl Iterator<Item = &Reason> {
        let all = self.reasons.values().map(|it| &it.document);
        all.filter(move |it| it.heading == Some(id))
    }

    /// The reasons that can be chosen, in order.
    pub fn reasons_to_choose(&self) -> impl Iterator<Item = (ReasonId, &Reason)> {
        let all = self.reasons.iter().map(|(id, it)| (*id, &it.document));
        all.filter(|(id, _)| !self.is_heading(*id))
    }

    /// A reason, if an agent can be not ready for it.
    pub(crate) fn reason_to_choose(&self, id: ReasonId) -> Result<&Reason, Refusal> {
        let (what, number) = ("reason", id.0);
        let found = self.reasons.get(&id);
        let found = found.ok_or(Refusal::NotFound { what, id: number })?;
        if self.is_heading(id) {
            return Err(Refusal::ReasonIsHeading);
        }
        Ok(&found.document)
    }

    /// Until when an agent should be not ready at most, where the reason that is shown says so. Nothing happens then:
    /// nobody but the agent, or a supervisor, makes an agent ready.
    #[must_use]
    pub fn not_ready_until(&self, agent: &Agent) -> Option<Timestamp> {
        let reason = agent.reason_shown()?.chosen()?;
        let minutes = self.reasons.get(&reason)?.document.max_minutes?;
        Some(agent.since.plus_seconds(minutes.saturating_mul(60)))
    }

    pub(crate) fn validate_reason(&self, id: Option<u64>, reason: &Reason) -> Result<(), Refusal> {
        name("label", &reason.label)?;
        if let Some(minutes) = reason.max_minutes {
            in_range("max_minutes", minutes, 1, limits::REASON_MINUTES_MAX)?;
        }
        let Some(heading) = reason.heading else {
            return Ok(());
        };
        let found = self.reasons.get(&heading);
        exists("heading_id", "reason", heading.0, found.is_some())?;
        let own = id.map(ReasonId);
        let detail = if own == Some(heading) {
            "is the reason itself; choose another, or none"
        } else if found.is_some_and(|it| it.document.heading.is_some()) {
            "stands under another reason itself, and there are two levels; choose that one, or none"
        } else if own.is_some_and(|it| self.is_heading(it)) {
            "cannot be given to a reason under which others stand; move those first"
        } else {
            return Ok(());
        };
        Err(invalid("heading_id", detail.to_owned()))
    }

    /// Which other reason stands under one, in words.
    pub(crate) fn reason_used_by(&self, id: ReasonId) -> Option<String> {
        let other = self.reasons_under(id).next();
        let other = other.map(|it| format!("the reason \"{}\"", it.label));
        let by_presence = || { self.presence_names(id) }.then(|| "the presence rules".to_owned());
        other.or_else(by_presence)
    }
}
