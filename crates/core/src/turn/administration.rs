//! Settings: saved and removed with versions, and the floor adjusted to them at once.

use super::{OpenTurn, Reply};
use crate::administration::Administration;
use crate::event::{Event, TrunkSecretSet};
use crate::history::HistoryRead;
use crate::ids::{AgentId, EffectId, QueueId, SubjectRef, TrunkId};
use crate::limits;
use crate::refusal::Refusal;
use crate::role::Actor;
use crate::settings::whole::Prospect;
use crate::settings::{Change, Document, Kind, Mark};

impl OpenTurn<'_> {
    pub(super) fn save(
        &mut self,
        actor: &Actor,
        id: Option<u64>,
        expected: Option<u64>,
        document: Document,
    ) -> Result<Reply, Refusal> {
        let kind = document.kind();
        let version = self.next_version(kind, id, expected)?;
        self.state.settings.validate(id, &document)?;
        self.validate_address(id, &document)?;
        self.state.validate_chances(&document)?;
        if let Document::Flow(flow) = &document {
            let (state, now) = (&self.state, self.now);
            state.validate_phones(&state.settings, now, flow)?;
        }
        let id = id.unwrap_or_else(|| self.state.next.settings(kind));
        self.record(Event::Saved {
            id,
            version,
            document,
            by: actor.account,
        });
        self.settle_floor(kind, id);
        Ok(Reply::Saved { id, version })
    }

    /// What is taken out of the history is no business of the core; that it was taken is on record.
    pub(super) fn read_history(&mut self, actor: &Actor, what: HistoryRead) -> Reply {
        let what = match what {
            HistoryRead::Events { .. } => what,
            HistoryRead::Export {
                format,
                filter,
                contacts,
            } => HistoryRead::Export {
                format,
                filter: filter.chars().take(limits::HISTORY_FILTER_CHARS).collect(),
                contacts,
            },
        };
        self.record(Event::HistoryRead {
            by: actor.account,
            what,
        });
        Reply::Done
    }

    /// The same of what administrators do elsewhere.
    pub(super) fn note_administration(&mut self, actor: &Actor, act: Administration) -> Reply {
        self.record(Event::AdministrationNoted {
            by: actor.account,
            act: act.bounded(),
        });
        Reply::Done
    }

    pub(super) fn remove(
        &mut self,
        actor: &Actor,
        kind: Kind,
        id: u64,
        expected: u64,
    ) -> Result<Reply, Refusal> {
        self.next_version(kind, Some(id), Some(expected))?;
        let standing = Prospect::standing(self.state);
        if let Some(used_by) = self.state.used_by(&standing, kind, id) {
            return Err(Refusal::InUse {
                what: kind.word(),
                used_by,
            });
        }
        self.record(Event::Removed {
            kind,
            id,
            by: actor.account,
        });
        if kind == Kind::Presence {
            self.settle_floor(kind, id);
        }
        Ok(Reply::Done)
    }

    /// Makes several changes together: all of them, or none.
    pub(super) fn apply_settings(
        &mut self,
        actor: &Actor,
        on: Mark,
        mut changes: Vec<Change>,
    ) -> Result<Reply, Refusal> {
        if self.state.settings_mark() != on {
            return Err(Refusal::SettingsMoved);
        }
        let mut misfits = self.state.misfits(self.now, &changes).into_iter();
        if let Some(misfit) = misfits.next() {
            return Err(misfit.refusal);
        }
        // What others name comes before them; what nobody names any more goes last.
        changes.sort_by_key(|it| (matches!(it, Change::Remove { .. }), Kind::place(it.kind())));
        let saved = changes
            .iter()
            .filter(|it| matches!(it, Change::Save { .. }) || it.kind() == Kind::Presence);
        let saved: Vec<_> = saved.map(|it| (it.kind(), it.id())).collect();
        for change in changes {
            let event = self.made(actor, change);
            self.record(event);
        }
        for (kind, id) in saved {
            self.settle_floor(kind, id);
        }
        Ok(Reply::Done)
    }

    fn made(&self, actor: &Actor, change: Change) -> Event {
        let by = actor.account;
        match change {
            Change::Remove { kind, id } => Event::Removed { kind, id, by },
            Change::Save { id, document } => Event::Saved {
                id,
                version: self.state.version_after(document.kind(), id),
                document,
                by,
            },
        }
    }

    /// The version that a change makes, if it was made on the one that stands.
    fn next_version(
        &self,
        kind: Kind,
        id: Option<u64>,
        expected: Option<u64>,
    ) -> Result<u64, Refusal> {
        let what = kind.word();
        let (count, standing) = self.state.standing(kind, id.unwrap_or(0));
        let Some(id) = id else {
            let (max, plural) = kind.limit();
            if count >= max {
                return Err(Refusal::LimitReached { what: plural, max });
            }
            return Ok(1);
        };
        let actual = standing.ok_or(Refusal::NotFound { what, id })?;
        if expected == Some(actual) {
            return Ok(actual + 1);
        }
        Err(Refusal::Conflict { what, actual })
    }

    /// No two agents with one address: a call would ring somewhere else.
    fn validate_address(&self, id: Option<u64>, document: &Document) -> Result<(), Refusal> {
        let Document::Agent(profile) = document else {
            return Ok(());
        };
        let twin = self
            .state
            .agents
            .iter()
            .any(|(other, it)| Some(other.0) != id && it.profile.address == profile.address);
        if twin {
            let detail = "is already used by another agent; choose a different one".to_owned();
            return Err(Refusal::Invalid {
                field: "teams_user_id".to_owned(),
                detail,
            });
        }
        let phone = profile.phone.as_ref();
        let mut others = self.state.agents.iter();
        let shares =
            others.find(|(other, it)| Some(other.0) != id && it.profile.phone.as_ref() == phone);
        match (phone, shares) {
            (Some(_), Some((other, _))) => Err(Refusal::Invalid {
                field: "phone.user".to_owned(),
                detail: format!("is the phone of agent {other} already; choose another one"),
            }),
            (Some(_) | None, _) => Ok(()),
        }
    }

    /// What is kept under the reference that was there before is the edge's to erase.
    pub(super) fn set_trunk_secret(
        &mut self,
        actor: &Actor,
        trunk: TrunkId,
        user: String,
        secret: SubjectRef,
    ) -> Result<Reply, Refusal> {
        let what = Kind::Trunk.word();
        let found = self.state.settings.trunks.get(&trunk);
        let found = found.ok_or(Refusal::NotFound { what, id: trunk.0 })?;
        if !found.document.users().any(|it| it == user) {
            let detail =
                "is neither the digest user nor a phone of this trunk; name it there first";
            return Err(Refusal::Invalid {
                field: "user".to_owned(),
                detail: detail.to_owned(),
            });
        }
        Ok(self.fact(Event::TrunkSecretSet(TrunkSecretSet {
            trunk,
            user,
            secret,
            by: actor.account,
        })))
    }

    /// After a change of who may serve whom: nobody waits for an agent who is free now.
    fn settle_floor(&mut self, kind: Kind, id: u64) {
        match kind {
            Kind::Agent => self.pull(AgentId(id)),
            Kind::Queue => {
                self.look_again();
                self.plan_anew(QueueId(id));
                let waiting: Vec<_> = self.state.waiting_in(QueueId(id)).collect();
                for contact in waiting {
                    self.place(contact);
                }
            }
            Kind::Schedule => self.look_again(),
            Kind::CapacityProfile => self.place_all(),
            Kind::Presence => self.presence_rules_changed(),
            Kind::Skill
            | Kind::Flow
            | Kind::Endpoint
            | Kind::Reason
            | Kind::Disposition
            | Kind::Prompt
            | Kind::Team
            | Kind::Site
            | Kind::Privacy
            | Kind::Trunk
            | Kind::BalanceGroup => {}
        }
    }

    /// Offers that were held back by a drain are made now, first come first served.
    pub(super) fn service_started(&mut self) -> Reply {
        self.record(Event::ServiceStarted);
        self.end_overdue_switches();
        self.look_again();
        self.place_all();
        Reply::Done
    }

    /// Offers whoever waits to whoever is free, first come first served.
    pub(super) fn place_all(&mut self) {
        for contact in self.state.floor.placeable() {
            self.place(contact);
        }
    }

    /// The machine that was backed up went on giving orders, and the keys of orders follow from their
    /// numbers. So the numbers go on from where that machine cannot have come to.
    pub(super) fn restored(&mut self) -> Reply {
        let seconds = self.now.as_micros() / 1_000_000 - limits::EFFECTS_COUNTED_FROM_S;
        let beyond = u64::try_from(seconds)
            .unwrap_or(0)
            .saturating_mul(limits::EFFECTS_PER_SECOND_MAX);
        let effects_from = self.state.next.effect().max(EffectId(beyond));
        self.record(Event::Restored { effects_from });
        Reply::Done
    }
}
