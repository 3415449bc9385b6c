//! Reasons for being not ready, in a tree of two levels: what agents of the simulation choose, ask for, and get.

use crate::day::Day;
use crate::invariant::{Broken, Invariant};
use tandem_core::ids::{AgentId, ReasonId};
use tandem_core::input::{Input, Request};
use tandem_core::reason::{Petition, PetitionAnswer};
use tandem_core::refusal::Refusal;
use tandem_core::role::Actor;
use tandem_core::settings::{Document, Kind, Reason};
use tandem_core::turn::Reply;

/// As many as are made; the one behind them is a reason that there is not.
pub(crate) const N_REASONS: u64 = 4;
/// The heading of the last one.
const HEADING: ReasonId = ReasonId(3);

impl Day {
    pub(super) fn give_reasons(&mut self) -> Result<(), Broken> {
        self.create(reason("lunch", None, None))?;
        self.create(reason("training", None, Some(5)))?;
        self.create(reason("meetings", None, None))?;
        self.create(reason("coaching", Some(HEADING), Some(1)))
    }

    /// A reason is renamed, or is granted by supervisors alone from now on, or by nobody any more.
    pub(super) fn change_reason(&mut self) -> Result<(), Broken> {
        let id = ReasonId(1 + self.dice.below(N_REASONS));
        let found = self.state().settings.reasons.get(&id);
        let Some((version, document)) = found.map(|it| (it.version, it.document.clone())) else {
            return Ok(());
        };
        let changed = Reason {
            label: format!("reason {version}"),
            paid: self.dice.chance(50),
            productive: self.dice.chance(50),
            needs_supervisor: self.dice.chance(50),
            ..document
        };
        self.save(Some(id.0), Some(version), Document::Reason(changed))
            .map(drop)
    }

    /// Nobody loses the reason that they have or ask for, and no heading goes before what stands under it.
    pub(super) fn remove_reason(&mut self) -> Result<(), Broken> {
        let id = ReasonId(1 + self.dice.below(N_REASONS));
        let state = self.state();
        let Some(version) = state.settings.reasons.get(&id).map(|it| it.version) else {
            return Ok(());
        };
        let is_heading = state.settings.is_heading(id);
        let (kind, expected) = (Kind::Reason, version);
        let request = Request::Remove {
            kind,
            id: id.0,
            expected,
        };
        let actor = Actor::system();
        let reply = self.give(Input::Asked { actor, request })?;
        let is_wrong = is_heading && reply == Some(Reply::Done);
        let is_right = (!is_wrong)
            .then_some(())
            .ok_or_else(|| format!("heading {id} was removed"));
        self.look(Invariant::ReplyIsTrue, is_right)
    }

    /// A supervisor answers what an agent asks for, or would and is told that the agent does not.
    pub(crate) fn answer_somebody(&mut self) -> Result<(), Broken> {
        let petitions = self.state().agents.iter();
        let open = petitions.filter_map(|(id, agent)| {
            let petition = agent.petition().filter(Petition::is_open)?;
            Some((id, petition.reason))
        });
        let open: Vec<(AgentId, ReasonId)> = open.collect();
        let asked = self.dice.pick(&open).copied();
        let (agent, reason) = asked.unwrap_or((AgentId(1), ReasonId(1)));
        let answer = if self.dice.chance(60) {
            PetitionAnswer::Granted
        } else {
            PetitionAnswer::Declined
        };
        let request = Request::AnswerPetition {
            agent,
            reason,
            answer,
        };
        let actor = Actor::system();
        let reply = self.give(Input::Asked { actor, request })?;
        let is_right = match (&asked, &reply) {
            (Some(_), Some(Reply::Done)) | (_, None) => Ok(()),
            // It has become a heading meanwhile, and there is no agent yet.
            (Some(_), Some(Reply::Refused(Refusal::ReasonIsHeading)))
            | (None, Some(Reply::Refused(Refusal::NoPetition | Refusal::NotFound { .. }))) => {
                Ok(())
            }
            (_, Some(other)) => Err(format!("{asked:?} was answered {other:?}")),
        };
        self.look(Invariant::ReplyIsTrue, is_right)
    }
}

fn reason(label: &str, heading: Option<ReasonId>, max_minutes: Option<u32>) -> Document {
    Document::Reason(Reason {
        label: label.to_owned(),
        heading,
        productive: false,
        paid: heading.is_some(),
        max_minutes,
        needs_supervisor: heading.is_some(),
    })
}
