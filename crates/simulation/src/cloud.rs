//! The other side of the simulation: calls as they really are, and the facts about them on their way to
//! the core, where they may be lost, doubled, late or out of order. Knows nothing of the core's state.

use crate::dice::Dice;
use crate::weather::{Fault, Weather};
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::effect::{Effect, Observation, Order, Outcome, Repeat};
use tandem_core::flow::Digits;
use tandem_core::ids::{ContactId, EffectId, SubjectRef};
use tandem_core::input::{CallFact, Collected, Input, MediaEnd, NotJoined};
use tandem_core::recording::Told;

/// A customer's call as it really is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    pub(crate) is_up: bool,
    pub(crate) is_over: bool,
    pub(crate) customer: bool,
    /// Clients that ring so that the call comes up, by the order that started it.
    coming: BTreeMap<EffectId, String>,
    pub(crate) agents: BTreeSet<String>,
    /// The recording that runs.
    pub(crate) recording: Option<Recorder>,
    /// Clients that ring, by the order that started it.
    pub(crate) ringing: BTreeMap<EffectId, String>,
    /// Transfers of the customer that are under way.
    giving_away: BTreeSet<EffectId>,
    plays: Option<(EffectId, Medium)>,
    sequence: u64,
}

/// A recording as it really is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recorder {
    pub(crate) reference: String,
    pub(crate) is_paused: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Medium {
    Prompt,
    Loop,
    Question,
    /// A question whose answer nobody is to know.
    Secret,
    /// Silence, in which a key is listened for.
    Silence,
}

/// The other side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cloud {
    pub(crate) calls: BTreeMap<ContactId, Call>,
    /// Word on its way, oldest first: facts about calls, and calls that are announced again.
    pub(crate) facts: Vec<Input>,
    /// What it was asked since somebody looked.
    pub(crate) requests: Vec<Order>,
}

/// How the addresses of customers begin whom agents call.
pub(crate) const CUSTOMERS: &str = "customer-";

pub(crate) fn leg_of(contact: ContactId) -> String {
    format!("leg-{contact}")
}

impl Cloud {
    /// The next word to arrive: any of it, and sometimes it comes again later.
    pub(crate) fn deliver(&mut self, dice: &mut Dice, weather: &mut Weather) -> Option<Input> {
        if self.facts.is_empty() {
            return None;
        }
        let is_overtaken = self.facts.len() > 1 && weather.strikes(Fault::WordOvertaken);
        let index = if is_overtaken {
            1 + dice.index(self.facts.len() - 1)
        } else {
            0
        };
        let fact = self.facts.remove(index);
        if weather.strikes(Fault::WordLost) {
            return None;
        }
        if weather.strikes(Fault::WordDoubled) {
            self.facts.push(fact.clone());
        }
        Some(fact)
    }

    /// Whoever sent it was told that it was not taken: it comes again, or the sender gives up.
    pub(crate) fn not_taken(&mut self, weather: &mut Weather, fact: Input) {
        if weather.strikes(Fault::WordLost) {
            return;
        }
        self.facts.push(fact);
    }

    /// The process that all word was for is gone; half of it comes again.
    pub(crate) fn lose_touch(&mut self, weather: &mut Weather) {
        let facts = std::mem::take(&mut self.facts);
        for fact in facts {
            if weather.half() {
                self.facts.push(fact);
            } else {
                weather.note(Fault::WordLost);
            }
        }
    }

    fn tell(&mut self, contact: ContactId, fact: CallFact) {
        self.facts.push(Input::Call { contact, fact });
    }

    /// Says who is in the call now.
    pub(crate) fn tell_roster(&mut self, contact: ContactId) {
        let Some(call) = self.calls.get_mut(&contact).filter(|call| call.is_up) else {
            return;
        };
        call.sequence += 1;
        let fact = CallFact::Roster {
            sequence: call.sequence,
            customer: call.customer,
            agents: call.agents.iter().cloned().collect(),
        };
        self.tell(contact, fact);
    }

    /// Carries an order out; the same order again changes nothing and is answered again.
    pub(crate) fn carry_out(&mut self, weather: &mut Weather, order: &Order) -> Outcome {
        self.requests.push(order.clone());
        // Answers and hang-ups are asked again until it is known what became of them.
        let is_insisted_on = matches!(
            order.effect,
            Effect::Answer { .. }
                | Effect::CallAgent { .. }
                | Effect::CallCustomer { .. }
                | Effect::HangUp { .. }
        );
        if is_insisted_on || !weather.strikes(Fault::OutcomeUnknown) {
            return self.perform(weather, order);
        }
        // The request was lost, or its answer was.
        if weather.half() {
            self.perform(weather, order);
        }
        Outcome::Unknown
    }

    fn perform(&mut self, weather: &mut Weather, order: &Order) -> Outcome {
        let (id, effect) = (order.id, &order.effect);
        let Some(contact) = effect.contact() else {
            return done(None);
        };
        self.may_stop_by_itself(weather, contact);
        match effect {
            Effect::Answer { .. } => self.answer(weather, contact),
            Effect::Play { repeat, .. } => {
                let medium = match repeat {
                    Repeat::Once => Medium::Prompt,
                    Repeat::Loop => Medium::Loop,
                };
                self.play(weather, id, contact, medium)
            }
            Effect::Collect { entry, .. } => {
                let medium = match entry.digits {
                    Digits::Plain => Medium::Question,
                    Digits::Masked => Medium::Secret,
                };
                self.play(weather, id, contact, medium)
            }
            Effect::Listen { .. } => self.play(weather, id, contact, Medium::Silence),
            Effect::StartRecording { .. } => self.start_recording(weather, id, contact),
            Effect::StopRecording { reference, .. } => {
                self.recording_ends(contact, reference);
                done(None)
            }
            Effect::PauseRecording { reference, .. } => {
                self.turn_recording(weather, contact, reference, Told::Inactive)
            }
            Effect::ResumeRecording { reference, .. } => {
                self.turn_recording(weather, contact, reference, Told::Active)
            }
            Effect::FetchRecording { .. } => fetched(weather),
            Effect::StopMedia { .. } => {
                self.stop_media(contact);
                done(None)
            }
            Effect::AddAgent { .. }
            | Effect::AddNumber { .. }
            | Effect::CallAgent { .. }
            | Effect::CallCustomer { .. } => self.ring(weather, id, contact, effect),
            Effect::CancelAddAgent { invitation, .. } => {
                self.cancel_ringing(contact, invitation);
                done(None)
            }
            Effect::RemoveAgent { address, .. } => self.remove(contact, address),
            Effect::Hold { .. } if weather.strikes(Fault::RequestFailed) => failed("8501"),
            Effect::Hold { .. } => {
                self.hold(weather, id, contact);
                done(None)
            }
            Effect::RejectArrival { .. }
            | Effect::Unhold { .. }
            | Effect::SendDigits { .. }
            | Effect::Forget { .. }
            | Effect::ForgetCallback { .. } => done(None),
            Effect::RemoveNumber { number, .. } => self.remove(contact, &number.address),
            Effect::TransferAway { .. } => self.transfer_away(weather, id, contact),
            Effect::Request { save, .. } => answer_of_system(weather, save),
            Effect::HangUp { .. } => {
                self.end_call(contact);
                done(None)
            }
            Effect::Inquire { recording, .. } => {
                let call = self.observation(contact, recording.as_deref());
                Outcome::Observed { call }
            }
        }
    }

    /// Somebody is rung into a call, or so that one comes up.
    #[expect(clippy::wildcard_enum_match_arm, reason = "four orders ring somebody")]
    fn ring(
        &mut self,
        weather: &mut Weather,
        id: EffectId,
        contact: ContactId,
        effect: &Effect,
    ) -> Outcome {
        match effect {
            Effect::AddAgent { address, .. } => self.add_agent(weather, id, contact, address),
            Effect::AddNumber { number, .. } => {
                self.add_agent(weather, id, contact, &number.address)
            }
            Effect::CallAgent { address, .. } => self.call_agent(weather, id, contact, address),
            Effect::CallCustomer { number, .. } => {
                self.call_agent(weather, id, contact, &number.address)
            }
            _ => done(None),
        }
    }

    fn remove(&mut self, contact: ContactId, address: &str) -> Outcome {
        let call = self.calls.entry(contact).or_default();
        if call.agents.remove(address) {
            self.tell_roster(contact);
        }
        done(None)
    }

    /// Begins to record the call; sometimes it turns out later that it does not, or nobody says what came of
    /// it. Some answers do not say what the recording is called.
    fn start_recording(
        &mut self,
        weather: &mut Weather,
        id: EffectId,
        contact: ContactId,
    ) -> Outcome {
        let reference = format!("recording-{id}");
        let answer = done((!id.0.is_multiple_of(5)).then(|| reference.clone()));
        let call = self.calls.entry(contact).or_default();
        if call
            .recording
            .as_ref()
            .is_some_and(|it| it.reference == reference)
        {
            return answer;
        }
        let is_up = call.is_up && !call.is_over;
        if !is_up || call.recording.is_some() || weather.strikes(Fault::RequestFailed) {
            return failed("8553");
        }
        if weather.strikes(Fault::RequestFailed) {
            let code = "8500".to_owned();
            self.tell(contact, CallFact::RecordingFailed { reference, code });
        } else if !weather.strikes(Fault::RecordingSilent) {
            call.recording = Some(Recorder {
                reference: reference.clone(),
                is_paused: false,
            });
            self.tell(contact, CallFact::RecordingActive { reference });
        }
        answer
    }

    /// Pauses a recording or goes on with it; that it is so already is success.
    fn turn_recording(
        &mut self,
        weather: &mut Weather,
        contact: ContactId,
        reference: &str,
        wanted: Told,
    ) -> Outcome {
        let fails = weather.strikes(Fault::RequestFailed);
        let call = self.calls.entry(contact).or_default();
        let own = call.recording.as_mut();
        let Some(it) = own.filter(|it| it.reference == reference && !fails) else {
            return failed("8522");
        };
        let is_paused = wanted != Told::Active;
        it.is_paused = is_paused;
        let reference = reference.to_owned();
        self.tell(
            contact,
            if is_paused {
                CallFact::RecordingInactive { reference }
            } else {
                CallFact::RecordingActive { reference }
            },
        );
        done(None)
    }

    /// The recording of a call may stop for a reason of its own.
    pub(crate) fn may_stop_by_itself(&mut self, weather: &mut Weather, contact: ContactId) {
        let call = self.calls.get_mut(&contact);
        let is_recorded = call.is_some_and(|it| it.recording.is_some());
        if is_recorded && weather.strikes(Fault::RecordingStopped) {
            self.stop_recording(contact);
        }
    }

    fn stop_recording(&mut self, contact: ContactId) {
        let call = self.calls.entry(contact).or_default();
        if let Some(recorder) = call.recording.take() {
            self.tell_file(contact, recorder.reference);
        }
    }

    fn recording_ends(&mut self, contact: ContactId, reference: &str) {
        let call = self.calls.entry(contact).or_default();
        let own = call.recording.as_ref();
        if own.is_some_and(|it| it.reference == reference) {
            self.stop_recording(contact);
        }
    }

    /// Says that the recording is over, and where its file is: that comes again until it is taken.
    fn tell_file(&mut self, contact: ContactId, reference: String) {
        let over = CallFact::RecordingInactive {
            reference: reference.clone(),
        };
        self.tell(contact, over);
        let location = Some(format!("file-of-{reference}"));
        self.facts.push(Input::RecordingFile {
            reference,
            location,
            told_ms: Some(4_000),
        });
    }

    /// Sometimes it turns out later that somebody could not be put on hold.
    fn hold(&mut self, weather: &mut Weather, effect: EffectId, contact: ContactId) {
        let is_up = self.calls.get(&contact).is_some_and(|it| !it.is_over);
        if is_up && weather.strikes(Fault::RequestFailed) {
            self.tell(contact, CallFact::HoldFailed { effect });
        }
    }

    /// A phone outside is called for the customer.
    fn transfer_away(
        &mut self,
        weather: &mut Weather,
        id: EffectId,
        contact: ContactId,
    ) -> Outcome {
        let fails = weather.strikes(Fault::RequestFailed);
        let call = self.calls.entry(contact).or_default();
        if !call.giving_away.insert(id) {
            return done(None);
        }
        if fails || call.is_over || !call.customer {
            call.giving_away.remove(&id);
            return failed("8607");
        }
        done(None)
    }

    /// The phone outside answers, or does not.
    pub(crate) fn transfer_ends(&mut self, dice: &mut Dice, contact: ContactId) {
        let Some(call) = self.calls.get_mut(&contact).filter(|call| !call.is_over) else {
            return;
        };
        let Some(effect) = call.giving_away.pop_first() else {
            return;
        };
        if dice.chance(50) && call.customer {
            call.customer = false;
            if dice.chance(50) {
                self.tell_roster(contact);
            }
            self.tell(contact, CallFact::TransferAccepted { effect });
        } else {
            let why = NotJoined::NoAnswer;
            self.tell(contact, CallFact::TransferFailed { effect, why });
        }
    }

    /// What is true of a call, and of this recording of it.
    fn observation(&self, contact: ContactId, recording: Option<&str>) -> Observation {
        let told = |call: &Call, reference: &str| {
            let own = call.recording.as_ref();
            match own.filter(|it| it.reference == reference) {
                Some(it) if it.is_paused => Told::Inactive,
                Some(_) => Told::Active,
                None => Told::Gone,
            }
        };
        match self.calls.get(&contact) {
            Some(call) if !call.is_over && call.is_up => Observation::Up {
                customer: call.customer,
                agents: call.agents.iter().cloned().collect(),
                recording: recording.map(|reference| told(call, reference)),
            },
            Some(call) if !call.is_over && !call.coming.is_empty() => Observation::Connecting,
            Some(_) | None => Observation::Gone,
        }
    }

    fn answer(&mut self, weather: &mut Weather, contact: ContactId) -> Outcome {
        let is_new = !self.calls.contains_key(&contact);
        let fails = is_new && weather.strikes(Fault::RequestFailed);
        let call = self.calls.entry(contact).or_default();
        if fails {
            call.is_over = true;
        }
        if call.is_over && !call.is_up {
            return failed("8501");
        }
        if is_new {
            call.is_up = true;
            call.customer = true;
            let leg = leg_of(contact);
            self.tell(contact, CallFact::LegUp { leg });
            self.tell_roster(contact);
        }
        done(Some(leg_of(contact)))
    }

    /// The call of a customer whom an agent calls begins with the agent's client.
    fn call_agent(
        &mut self,
        weather: &mut Weather,
        id: EffectId,
        contact: ContactId,
        address: &str,
    ) -> Outcome {
        let is_new = !self.calls.contains_key(&contact);
        let fails = is_new && weather.strikes(Fault::RequestFailed);
        let call = self.calls.entry(contact).or_default();
        if fails {
            call.is_over = true;
            return failed("8501");
        }
        if is_new {
            call.coming.insert(id, address.to_owned());
        }
        done(Some(leg_of(contact)))
    }

    fn play(
        &mut self,
        weather: &mut Weather,
        id: EffectId,
        contact: ContactId,
        medium: Medium,
    ) -> Outcome {
        if weather.strikes(Fault::RequestFailed) {
            return failed("8565");
        }
        self.stop_media(contact);
        let call = self.calls.entry(contact).or_default();
        if call.is_up && !call.is_over {
            call.plays = Some((id, medium));
        }
        done(None)
    }

    fn stop_media(&mut self, contact: ContactId) {
        let call = self.calls.entry(contact).or_default();
        if let Some((effect, medium)) = call.plays.take() {
            self.tell_media(contact, effect, medium, MediaEnd::Canceled);
        }
    }

    fn tell_media(&mut self, contact: ContactId, effect: EffectId, medium: Medium, end: MediaEnd) {
        let fact = match (medium, end) {
            (
                Medium::Question | Medium::Secret | Medium::Silence,
                MediaEnd::Completed | MediaEnd::Silent,
            ) => {
                let result = Collected::NoInput;
                CallFact::Collected { effect, result }
            }
            (Medium::Question | Medium::Secret | Medium::Silence, MediaEnd::Canceled) => {
                let result = Collected::Canceled;
                CallFact::Collected { effect, result }
            }
            (Medium::Question | Medium::Secret | Medium::Silence, MediaEnd::Failed { code }) => {
                let result = Collected::Failed { code };
                CallFact::Collected { effect, result }
            }
            (Medium::Prompt | Medium::Loop, end) => CallFact::PromptEnded { effect, end },
        };
        self.tell(contact, fact);
    }

    /// What plays on a call comes to its end, one way or another.
    pub(crate) fn media_ends(
        &mut self,
        dice: &mut Dice,
        weather: &mut Weather,
        contact: ContactId,
    ) {
        let Some(call) = self.calls.get_mut(&contact) else {
            return;
        };
        let Some((effect, medium)) = call.plays else {
            return;
        };
        let fails = weather.strikes(Fault::RequestFailed);
        if medium == Medium::Loop && !fails {
            return;
        }
        call.plays = None;
        if fails {
            let code = "8536".to_owned();
            self.tell_media(contact, effect, medium, MediaEnd::Failed { code });
        } else if medium == Medium::Silence {
            let digits = dice.pick(&["#", "#", "5"]).copied().unwrap_or("#");
            let result = Collected::Digits(digits.to_owned());
            self.tell(contact, CallFact::Collected { effect, result });
        } else if medium == Medium::Secret && dice.chance(80) {
            // Where the other side puts them, out of the core's sight.
            let result = Collected::Masked(SubjectRef(effect.0));
            self.tell(contact, CallFact::Collected { effect, result });
        } else if medium == Medium::Question && dice.chance(80) {
            let digits = dice.pick(&["1", "2", "3", "42"]).copied().unwrap_or("1");
            let result = Collected::Digits(digits.to_owned());
            self.tell(contact, CallFact::Collected { effect, result });
        } else {
            self.tell_media(contact, effect, medium, MediaEnd::Completed);
        }
    }

    fn add_agent(
        &mut self,
        weather: &mut Weather,
        id: EffectId,
        contact: ContactId,
        address: &str,
    ) -> Outcome {
        let fails = weather.strikes(Fault::RequestFailed);
        let call = self.calls.entry(contact).or_default();
        if call.ringing.contains_key(&id) || call.agents.contains(address) {
            done(Some(format!("invitation-{id}")))
        } else if fails || call.is_over || !call.is_up {
            failed("8522")
        } else {
            call.ringing.insert(id, address.to_owned());
            done(Some(format!("invitation-{id}")))
        }
    }

    fn cancel_ringing(&mut self, contact: ContactId, invitation: &str) {
        let call = self.calls.entry(contact).or_default();
        call.ringing
            .retain(|id, _| format!("invitation-{id}") != invitation);
    }

    /// An agent's client is answered.
    pub(crate) fn agent_answers(&mut self, contact: ContactId, effect: EffectId) {
        let Some(call) = self.calls.get_mut(&contact) else {
            return;
        };
        if let Some(address) = call.coming.remove(&effect) {
            call.is_up = true;
            if address.starts_with(CUSTOMERS) {
                call.customer = true;
            } else {
                call.agents.insert(address);
            }
            let correlation = format!("call-{contact}");
            self.tell(contact, CallFact::Correlated { correlation });
            let leg = leg_of(contact);
            self.tell(contact, CallFact::LegUp { leg });
            self.tell_roster(contact);
        } else if let Some(address) = call.ringing.remove(&effect) {
            if address.starts_with(CUSTOMERS) {
                call.customer = true;
            } else {
                call.agents.insert(address.clone());
            }
            self.tell(contact, CallFact::AgentJoined { effect, address });
            self.tell_roster(contact);
        }
    }

    /// An agent's client stops ringing unanswered.
    pub(crate) fn agent_does_not_answer(
        &mut self,
        contact: ContactId,
        effect: EffectId,
        why: NotJoined,
    ) {
        let Some(call) = self.calls.get_mut(&contact) else {
            return;
        };
        if call.coming.remove(&effect).is_some() {
            self.tell(contact, CallFact::NotAnswered { why });
            self.end_call(contact);
        } else if call.ringing.remove(&effect).is_some() {
            self.tell(contact, CallFact::AgentNotJoined { effect, why });
        }
    }

    /// An agent leaves the call in the client.
    pub(crate) fn agent_leaves(&mut self, dice: &mut Dice, contact: ContactId) {
        let Some(call) = self.calls.get_mut(&contact) else {
            return;
        };
        let agents: Vec<_> = call.agents.iter().cloned().collect();
        if let Some(address) = dice.pick(&agents) {
            call.agents.remove(address);
            self.tell_roster(contact);
        }
    }

    /// The customer hangs up: the call is over, or goes on without the customer.
    pub(crate) fn customer_leaves(&mut self, dice: &mut Dice, contact: ContactId) {
        let Some(call) = self.calls.get_mut(&contact).filter(|call| !call.is_over) else {
            return;
        };
        call.customer = false;
        if dice.chance(50) {
            self.tell_roster(contact);
        } else {
            self.end_call(contact);
        }
    }

    fn end_call(&mut self, contact: ContactId) {
        let call = self.calls.entry(contact).or_default();
        if call.is_over {
            return;
        }
        call.is_over = true;
        call.customer = false;
        call.agents.clear();
        call.plays = None;
        call.coming.clear();
        let recording = call.recording.take();
        let ringing: Vec<_> = std::mem::take(&mut call.ringing).into_keys().collect();
        for effect in ringing {
            let why = NotJoined::Failed;
            self.tell(contact, CallFact::AgentNotJoined { effect, why });
        }
        self.tell(contact, CallFact::LegDown);
        if let Some(recorder) = recording {
            self.tell_file(contact, recorder.reference);
        }
    }

    /// The calls that are up.
    pub(crate) fn live_calls(&self) -> Vec<ContactId> {
        let live = self
            .calls
            .iter()
            .filter(|(_, call)| (call.is_up || !call.coming.is_empty()) && !call.is_over);
        live.map(|(id, _)| *id).collect()
    }

    /// Every client that rings.
    pub(crate) fn ringing(&self) -> Vec<(ContactId, EffectId)> {
        self.calls
            .iter()
            .flat_map(|(id, call)| {
                let ringing = call.coming.keys().chain(call.ringing.keys());
                ringing.map(|effect| (*id, *effect))
            })
            .collect()
    }
}

/// What a business system says; sometimes it is down, or has nothing of what was asked for.
fn answer_of_system(weather: &mut Weather, save: &BTreeMap<String, String>) -> Outcome {
    let is_down = weather.strikes(Fault::RequestFailed);
    let is_empty = is_down && weather.half();
    if is_down && !is_empty {
        return failed("http-503");
    }
    let names = save.keys().filter(|_| !is_empty);
    let values = names.map(|name| (name.clone(), "1".to_owned())).collect();
    Outcome::Answered { values }
}

/// The file of a recording; sometimes it is not to be had.
fn fetched(weather: &mut Weather) -> Outcome {
    if weather.strikes(Fault::RequestFailed) {
        return failed("http-404");
    }
    Outcome::Kept {
        seconds: 4,
        parts: Vec::new(),
        link: Some("9".repeat(64)),
        told_s: weather.strikes(Fault::RequestFailed).then_some(9),
    }
}

const fn done(reference: Option<String>) -> Outcome {
    Outcome::Done { reference }
}

fn failed(code: &str) -> Outcome {
    let code = code.to_owned();
    Outcome::Failed { code }
}
