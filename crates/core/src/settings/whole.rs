//! Settings that change together, whole or not at all (decision 0035): what stands is summed up in a mark, and every
//! change is held against the settings as they would stand after all of them, so that documents may name one another.

use super::{Document, Kind, Settings};
use crate::agent::{Agent, Profile};
use crate::flow::invalid;
use crate::ids::AgentId;
use crate::limits;
use crate::refusal::Refusal;
use crate::state::State;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What nobody changes together whose scope is a part.
pub const WHOLE: &str = "the settings as a whole";

/// One of the changes that stand or fall together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "a change is made once and never kept; most of them save something"
)]
pub enum Change {
    /// Create or change a document.
    Save {
        /// Its number; of a new one the next that is free, so that others can name it.
        id: u64,
        /// The document.
        document: Document,
    },
    /// Remove a document.
    Remove {
        /// What kind.
        kind: Kind,
        /// Which.
        id: u64,
    },
}

/// Which settings stand, summed up: another one when any document was saved or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(pub u64);

/// Why one of several changes cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Its place among the changes.
    pub change: usize,
    /// Why.
    pub refusal: Refusal,
}

impl Change {
    /// What kind of document it is about.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Save { document, .. } => document.kind(),
            Self::Remove { kind, .. } => *kind,
        }
    }

    /// Which document it is about.
    #[must_use]
    pub const fn id(&self) -> u64 {
        match self {
            Self::Save { id, .. } | Self::Remove { id, .. } => *id,
        }
    }
}

impl Kind {
    /// All of them, those first that others name.
    pub const ALL: [Self; 16] = [
        Self::Skill,
        Self::Site,
        Self::Team,
        Self::CapacityProfile,
        Self::Schedule,
        Self::Prompt,
        Self::Queue,
        Self::BalanceGroup,
        Self::Flow,
        Self::Trunk,
        Self::Endpoint,
        Self::Reason,
        Self::Disposition,
        Self::Privacy,
        Self::Presence,
        Self::Agent,
    ];

    /// The place among [`Self::ALL`].
    pub(crate) fn place(self) -> usize {
        let mut all = Self::ALL.iter();
        all.position(|it| *it == self).unwrap_or(Self::ALL.len())
    }
}

/// Settings and profiles as they stand, or as they would.
pub(crate) struct Prospect<'a> {
    pub(crate) settings: Cow<'a, Settings>,
    profiles: BTreeMap<AgentId, &'a Profile>,
}

impl<'a> Prospect<'a> {
    /// As they stand.
    pub(crate) const fn standing(state: &'a State) -> Self {
        Self {
            settings: Cow::Borrowed(&state.settings),
            profiles: BTreeMap::new(),
        }
    }

    /// As they would stand after all of `changes`.
    fn after(state: &'a State, changes: &'a [Change]) -> Self {
        let mut settings = state.settings.clone();
        let mut profiles = BTreeMap::new();
        for change in changes {
            match change {
                Change::Save {
                    id,
                    document: Document::Agent(profile),
                } => drop(profiles.insert(AgentId(*id), profile)),
                Change::Save { id, document } => {
                    settings.saved(*id, state.version_after(document.kind(), *id), document);
                }
                Change::Remove { kind, id } => settings.removed(*kind, *id),
            }
        }
        Self {
            settings: Cow::Owned(settings),
            profiles,
        }
    }

    /// The profile that an agent has, or would have.
    pub(crate) fn profile<'b>(&'b self, id: AgentId, agent: &'b Agent) -> &'b Profile {
        self.profiles.get(&id).map_or(&agent.profile, |it| *it)
    }
}

impl State {
    /// The settings that stand, summed up (FNV-1a over kinds, numbers and versions, and the next numbers).
    #[must_use]
    pub fn settings_mark(&self) -> Mark {
        let mut sum = Sum::default();
        for (place, kind) in (0_u64..).zip(Kind::ALL) {
            sum.add(place);
            sum.add(self.next_document(kind));
            for (id, version) in self.versions_of(kind) {
                sum.add(id);
                sum.add(version);
            }
        }
        Mark(sum.0)
    }

    /// The number that the next new document of a kind gets.
    #[must_use]
    pub fn next_document(&self, kind: Kind) -> u64 {
        self.next.settings(kind)
    }

    /// A document as it stands.
    #[must_use]
    pub fn document(&self, kind: Kind, id: u64) -> Option<Document> {
        if kind == Kind::Agent {
            let agent = self.agents.get(AgentId(id))?;
            return Some(Document::Agent(agent.profile.clone()));
        }
        self.settings.document(kind, id)
    }

    /// Numbers and versions of all documents of a kind, in order.
    fn versions_of(&self, kind: Kind) -> Vec<(u64, u64)> {
        if kind == Kind::Agent {
            let agents = self.agents.iter();
            return agents.map(|(id, agent)| (id.0, agent.version)).collect();
        }
        self.settings.versions_of(kind)
    }

    /// How many documents of a kind there are, and the version of one of them.
    pub(crate) fn standing(&self, kind: Kind, id: u64) -> (usize, Option<u64>) {
        if kind == Kind::Agent {
            let agent = self.agents.get(AgentId(id));
            return (self.agents.len(), agent.map(|agent| agent.version));
        }
        self.settings.standing(kind, id)
    }

    /// The version that a document has after one more change.
    pub(crate) fn version_after(&self, kind: Kind, id: u64) -> u64 {
        self.standing(kind, id).1.unwrap_or(0) + 1
    }

    /// Everything that keeps `changes` from being made together.
    #[must_use]
    pub fn misfits(&self, now: Timestamp, changes: &[Change]) -> Vec<Misfit> {
        let max = limits::SETTINGS_CHANGES_MAX;
        if changes.len() > max {
            let what = "changes of settings at once";
            let refusal = Refusal::LimitReached { what, max };
            return vec![Misfit {
                change: max,
                refusal,
            }];
        }
        let misfits = self.misnumbered(changes);
        if !misfits.is_empty() {
            return misfits;
        }
        let prospect = Prospect::after(self, changes);
        let places = changes.iter().enumerate();
        places
            .filter_map(|(place, change)| {
                let refusal = self.fits(now, &prospect, change).err()?;
                Some(Misfit {
                    change: place,
                    refusal,
                })
            })
            .collect()
    }

    /// Changes that are about nothing that stands, or not about the next new document.
    fn misnumbered(&self, changes: &[Change]) -> Vec<Misfit> {
        let mut seen = BTreeSet::new();
        let mut made: BTreeMap<Kind, u64> = BTreeMap::new();
        let mut misfits = Vec::new();
        for (place, change) in changes.iter().enumerate() {
            let (kind, id) = (change.kind(), change.id());
            let (what, is_standing) = (kind.word(), self.standing(kind, id).1.is_some());
            let n_made = made.entry(kind).or_default();
            let is_next = id == self.next_document(kind) + *n_made;
            let refusal = match change {
                _ if !seen.insert((kind, id)) => {
                    let detail = "is changed twice; write one change".to_owned();
                    Some(invalid(&format!("{what} {id}"), detail))
                }
                Change::Save { .. } if is_next && kind != Kind::Agent => {
                    *n_made += 1;
                    None
                }
                Change::Save { .. } | Change::Remove { .. } => {
                    (!is_standing).then_some(Refusal::NotFound { what, id })
                }
            };
            let refusal = refusal.map(|refusal| Misfit {
                change: place,
                refusal,
            });
            misfits.extend(refusal);
        }
        misfits
    }

    /// Whether one of the changes can be made, everything else being as it would be.
    fn fits(
        &self,
        now: Timestamp,
        prospect: &Prospect<'_>,
        change: &Change,
    ) -> Result<(), Refusal> {
        let settings = &prospect.settings;
        match change {
            Change::Remove { kind, id } => {
                if *kind == Kind::Agent {
                    return Err(people(*id));
                }
                match self.used_by(prospect, *kind, *id) {
                    Some(used_by) => Err(Refusal::InUse {
                        what: kind.word(),
                        used_by,
                    }),
                    None => Ok(()),
                }
            }
            Change::Save { id, document } => {
                let (max, what) = document.kind().limit();
                if settings.standing(document.kind(), *id).0 > max {
                    return Err(Refusal::LimitReached { what, max });
                }
                settings.validate(Some(*id), document)?;
                self.validate_chances(document)?;
                if let Document::Flow(flow) = document {
                    self.validate_phones(settings, now, flow)?;
                }
                if let Document::Agent(profile) = document {
                    self.same_person(AgentId(*id), profile)?;
                }
                Ok(())
            }
        }
    }

    /// Chance goes by agents who are there.
    pub(crate) fn validate_chances(&self, document: &Document) -> Result<(), Refusal> {
        let Document::Queue(queue) = document else {
            return Ok(());
        };
        for (n, chance) in queue.chances().iter().enumerate() {
            let is_known = self.agents.get(chance.agent).is_some();
            let field = format!("chances[{n}].agent_id");
            super::exists(&field, "agent", chance.agent.0, is_known)?;
        }
        Ok(())
    }

    /// Who agents are, and whether they may come in, is more than settings: they have accounts.
    fn same_person(&self, id: AgentId, profile: &Profile) -> Result<(), Refusal> {
        let agent = self.agents.get(id).ok_or_else(|| people(id.0))?;
        let before = &agent.profile;
        let is_same = before.person == profile.person
            && before.address == profile.address
            && before.enabled == profile.enabled;
        if is_same { Ok(()) } else { Err(people(id.0)) }
    }
}

fn people(agent: u64) -> Refusal {
    let detail = "agents are made, renamed, enabled and removed one by one, with their accounts; only their \
                  skills, team and capacity profile change together with other settings";
    invalid(&format!("agent {agent}"), detail.to_owned())
}

/// FNV-1a, 64 bits.
struct Sum(u64);

impl Default for Sum {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Sum {
    fn add(&mut self, number: u64) {
        for byte in number.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
