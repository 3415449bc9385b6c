//! The other side of a rerun: every order is carried out at once, and word of it comes at once.

use super::{Happening, Rerun};
use tandem_core::effect::{Effect, Observation, Outcome, Repeat};
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::input::{CallFact, Input};

/// The longest prompt whose end the core waits for, less a moment, microseconds.
const FLOW_US_MAX: i64 = 290_000_000;
/// How an order ends that no flow of a rerun leads to.
pub(super) const NOT_IN_A_RERUN: &str = "not_in_a_rerun";

impl Rerun<'_> {
    pub(super) fn carry_out(&mut self, id: EffectId, effect: &Effect) {
        match effect {
            Effect::Answer { contact, .. } => {
                let leg = crate::cloud::leg_of(*contact);
                self.done(id, Some(leg.clone()));
                self.tell(*contact, CallFact::LegUp { leg });
            }
            Effect::Play {
                contact, repeat, ..
            } => {
                self.done(id, None);
                if *repeat == Repeat::Once {
                    self.is_in_flow(*contact, id);
                }
            }
            Effect::AddAgent {
                contact, address, ..
            } => {
                self.done(id, Some(format!("invitation-{id}")));
                let fact = CallFact::AgentJoined {
                    effect: id,
                    address: address.clone(),
                };
                self.tell(*contact, fact);
            }
            Effect::HangUp { contact, .. } => {
                self.done(id, None);
                self.tell(*contact, CallFact::LegDown);
            }
            Effect::Inquire { contact, .. } => {
                let call = self.observation(*contact);
                self.settle(id, Outcome::Observed { call });
            }
            Effect::Collect { contact, .. } if self.is_asked(*contact, id) => {}
            Effect::CallAgent { contact, .. } => self.calls_agent(*contact, id),
            Effect::AddNumber {
                contact, timeout_s, ..
            } => self.rings(*contact, id, *timeout_s),
            Effect::RejectArrival { .. }
            | Effect::StopMedia { .. }
            | Effect::CancelAddAgent { .. }
            | Effect::RemoveAgent { .. }
            | Effect::Forget { .. }
            | Effect::ForgetCallback { .. } => self.done(id, None),
            Effect::Collect { .. }
            | Effect::Hold { .. }
            | Effect::Unhold { .. }
            | Effect::RemoveNumber { .. }
            | Effect::TransferAway { .. }
            | Effect::SendDigits { .. }
            | Effect::Request { .. }
            | Effect::CallCustomer { .. }
            | Effect::StartRecording { .. }
            | Effect::PauseRecording { .. }
            | Effect::ResumeRecording { .. }
            | Effect::StopRecording { .. }
            | Effect::Listen { .. }
            | Effect::FetchRecording { .. } => {
                let code = NOT_IN_A_RERUN.to_owned();
                self.settle(id, Outcome::Failed { code });
            }
        }
    }

    pub(super) fn done(&mut self, id: EffectId, reference: Option<String>) {
        self.settle(id, Outcome::Done { reference });
    }

    pub(super) fn settle(&mut self, effect: EffectId, outcome: Outcome) {
        self.word.push_back(Input::Settled { effect, outcome });
    }

    pub(super) fn tell(&mut self, contact: ContactId, fact: CallFact) {
        self.word.push_back(Input::Call { contact, fact });
    }

    /// The customer hears the flow out, or leaves in it.
    fn is_in_flow(&mut self, contact: ContactId, effect: EffectId) {
        let Some(call) = self.calls.get(&contact).map(|n| &self.traffic.calls[*n]) else {
            return;
        };
        let until = self.now.plus_micros(call.in_flow_us.min(FLOW_US_MAX));
        let what = match call.need {
            Some(_) => Happening::FlowEnds(contact, effect),
            None => Happening::CustomerLeaves(contact),
        };
        self.plan(until, what);
    }

    /// The customer is in the call, with the agent who talks.
    fn observation(&self, contact: ContactId) -> Observation {
        let Some(n) = self.calls.get(&contact) else {
            return self.observation_of_attempt(contact);
        };
        let joined = self.lived.courses[*n].joined;
        let agent = joined.and_then(|it| self.center.state().agents.get(it.agent));
        Observation::Up {
            customer: true,
            agents: agent
                .map(|it| it.profile.address.clone())
                .into_iter()
                .collect(),
            recording: None,
        }
    }
}
