//! People on phones: the state of each phone call, its script, and what its owner hears.
//!
//! A script is what a customer is going to do; whatever it leaves open can be done by hand over the
//! control API. Patience counts while no human agent is in the call, talk from when one joined.

use super::script::{Progress, Step};
use super::{Behaviour, Person};
use crate::acs::{connect, incoming, invitation, participant};
use crate::limits;
use crate::trace;
use crate::world::{Timer, World};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use tandem_microsoft::acs::call::CallConnectionState;
use tandem_microsoft::acs::media::Tone;

/// What a script answers to a recognition.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Keys(String),
    Words(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    Ringing,
    InCall { call: String },
    Ended { reason: String },
}

#[derive(Debug, Clone)]
struct PhoneCall {
    number: String,
    other_number: String,
    is_outbound: bool,
    script: Vec<Step>,
    replies_done: usize,
    progress: Progress,
    /// Keys of the tones that the application sent.
    digits_received: String,
    phase: Phase,
    /// Counts up when company changes, so that older patience and talk timers mean nothing.
    epoch: u64,
    is_accompanied: bool,
    context: Option<String>,
    /// What an application told when it called.
    calling_context: Option<Value>,
    /// By which both sides know its call, once it rang an account.
    correlation: Option<String>,
    since_ms: u64,
}

impl PhoneCall {
    fn patience_ms(&self) -> Option<u64> {
        self.script.iter().find_map(|step| {
            if let Step::Patience { ms } = step {
                Some(*ms)
            } else {
                None
            }
        })
    }

    fn talk_ms(&self) -> Option<u64> {
        self.script.iter().find_map(|step| {
            if let Step::Talk { ms } = step {
                Some(*ms)
            } else {
                None
            }
        })
    }
}

/// All phone calls, and the habits of numbers that are called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Phones {
    calls: BTreeMap<String, PhoneCall>,
    ended: VecDeque<String>,
    habits: BTreeMap<String, Habit>,
}

/// What a number does when it is called.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Habit {
    #[serde(default)]
    pub(crate) behaviour: Behaviour,
    #[serde(default)]
    pub(crate) script: Vec<Step>,
}

impl Phones {
    pub(crate) fn number(&self, id: &str) -> String {
        self.calls
            .get(id)
            .map(|phone| phone.number.clone())
            .unwrap_or_default()
    }

    pub(crate) fn habit(&self, number: &str) -> Behaviour {
        self.habits
            .get(number)
            .map(|habit| habit.behaviour.clone())
            .unwrap_or_default()
    }

    pub(crate) fn habit_of(&self, id: &str) -> Behaviour {
        self.habit(&self.number(id))
    }

    pub(crate) fn set_habit(&mut self, number: String, habit: Habit) -> bool {
        if !self.habits.contains_key(&number) && self.habits.len() >= limits::PHONE_CALLS_MAX {
            return false;
        }
        self.habits.insert(number, habit);
        true
    }

    pub(crate) fn set_context(&mut self, id: &str, context: String, correlation: String) {
        if let Some(phone) = self.calls.get_mut(id) {
            phone.context = Some(context);
            phone.correlation = Some(correlation);
        }
    }

    /// What the application told whom it called.
    pub(crate) fn set_calling_context(&mut self, id: &str, context: Option<Value>) {
        if let Some(phone) = self.calls.get_mut(id) {
            phone.calling_context = context;
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.calls.len() - self.ended.len() >= limits::PHONE_CALLS_MAX
    }

    /// The script of somebody whose call is not over.
    pub(super) fn script(&self, id: &str) -> Option<&[Step]> {
        let phone = self.calls.get(id)?;
        match phone.phase {
            Phase::Ringing | Phase::InCall { .. } => Some(&phone.script),
            Phase::Ended { .. } => None,
        }
    }

    pub(super) fn progress(&self, id: &str) -> Option<&Progress> {
        self.calls.get(id).map(|phone| &phone.progress)
    }

    pub(super) fn progress_mut(&mut self, id: &str) -> Option<&mut Progress> {
        self.calls.get_mut(id).map(|phone| &mut phone.progress)
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.calls.contains_key(id)
    }
}

/// A customer dials: the phone call's id. `incoming::arrive` makes it ring.
pub(crate) fn dial(world: &mut World, from: &str, to: &str, script: Vec<Step>) -> String {
    let id = place(world, from, to, script, false);
    arm_patience(world, &id);
    id
}

/// A number is called from a call; what it does is its habit.
pub(crate) fn called(world: &mut World, number: &str, from: &str) -> String {
    let script = world
        .phones
        .habits
        .get(number)
        .map(|habit| habit.script.clone())
        .unwrap_or_default();
    place(world, number, from, script, true)
}

fn place(
    world: &mut World,
    number: &str,
    other: &str,
    script: Vec<Step>,
    is_outbound: bool,
) -> String {
    let id = world.dice.uuid();
    let phone = PhoneCall {
        number: number.to_owned(),
        other_number: other.to_owned(),
        is_outbound,
        script,
        replies_done: 0,
        progress: Progress::default(),
        digits_received: String::new(),
        phase: Phase::Ringing,
        epoch: 0,
        is_accompanied: false,
        context: None,
        correlation: None,
        calling_context: None,
        since_ms: world.now_ms(),
    };
    let hang_up = |step: &Step| {
        if let Step::HangUp { after_ms } = step {
            Some(*after_ms)
        } else {
            None
        }
    };
    let hang_ups: Vec<u64> = phone.script.iter().filter_map(hang_up).collect();
    world.phones.calls.insert(id.clone(), phone);
    for after_ms in hang_ups {
        world.after(after_ms, Timer::ScriptHangUp { phone: id.clone() });
    }
    id
}

fn arm_patience(world: &mut World, id: &str) {
    let Some(phone) = world.phones.calls.get(id) else {
        return;
    };
    if let Some(ms) = phone.patience_ms() {
        let epoch = phone.epoch;
        world.after(
            ms,
            Timer::PatienceOver {
                phone: id.to_owned(),
                epoch,
            },
        );
    }
}

/// The call was answered, by Call Automation or by the owner of the phone.
pub(crate) fn answered(world: &mut World, id: &str, call: &str) {
    let Some(phone) = world.phones.calls.get_mut(id) else {
        return;
    };
    phone.phase = Phase::InCall {
        call: call.to_owned(),
    };
    if phone.is_outbound {
        arm_patience(world, id);
    }
}

/// Put through: the same phone call, in another conversation.
pub(crate) fn moved(world: &mut World, id: &str, call: &str) {
    if let Some(phone) = world.phones.calls.get_mut(id) {
        phone.phase = Phase::InCall {
            call: call.to_owned(),
        };
        phone.is_accompanied = false;
        phone.epoch += 1;
    }
}

/// The same conversation goes on over another connection.
pub(crate) fn follows(world: &mut World, id: &str, call: &str) {
    if let Some(phone) = world.phones.calls.get_mut(id) {
        phone.phase = Phase::InCall {
            call: call.to_owned(),
        };
    }
}

/// The call is over for this phone, from the other side.
pub(crate) fn released(world: &mut World, id: &str, reason: &str) {
    let Some(phone) = world.phones.calls.get_mut(id) else {
        return;
    };
    if matches!(phone.phase, Phase::Ended { .. }) {
        return;
    }
    phone.phase = Phase::Ended {
        reason: reason.to_owned(),
    };
    phone.epoch += 1;
    world.phones.ended.push_back(id.to_owned());
    while world.phones.ended.len() > limits::ENDED_MAX {
        let Some(oldest) = world.phones.ended.pop_front() else {
            return;
        };
        if let Some(context) = world
            .phones
            .calls
            .remove(&oldest)
            .and_then(|phone| phone.context)
        {
            world.incoming.remove(&context);
        }
    }
}

/// The owner of the phone hangs up.
pub(crate) fn hang_up(world: &mut World, id: &str, reason: &str) {
    let Some(phone) = world.phones.calls.get(id) else {
        return;
    };
    let (phase, context) = (phone.phase.clone(), phone.context.clone());
    let person = Person::Phone(id.to_owned());
    match phase {
        Phase::Ended { .. } => {}
        Phase::Ringing => {
            if let Some((call, invitation)) = invitation::ringing_for(world, &person) {
                invitation::decline(world, &call, &invitation);
            }
            if let Some(context) = context {
                incoming::caller_gone(world, &context);
            }
            released(world, id, reason);
        }
        Phase::InCall { call } => {
            let raw_id = person.identity(world).raw_id();
            trace::person(world, &call, &raw_id, &json!({"hangs_up": true}));
            released(world, id, reason);
            participant::leave(world, &call, &person);
        }
    }
}

pub(crate) fn patience_over(world: &mut World, id: &str, epoch: u64) {
    if world
        .phones
        .calls
        .get(id)
        .is_some_and(|phone| phone.epoch == epoch && !phone.is_accompanied)
    {
        hang_up(world, id, "the caller lost patience");
    }
}

pub(crate) fn talk_over(world: &mut World, id: &str, epoch: u64) {
    if world
        .phones
        .calls
        .get(id)
        .is_some_and(|phone| phone.epoch == epoch)
    {
        hang_up(world, id, "the conversation was over");
    }
}

/// Somebody joined or left: patience and talk of the customer follow.
pub(crate) fn company_changed(world: &mut World, call_id: &str) {
    let Some(call) = world.calls.get(call_id) else {
        return;
    };
    let Some(customer @ Person::Phone(id)) = &call.customer else {
        return;
    };
    let accompanied = call.has(customer) && call.has_others_than(customer);
    let id = id.clone();
    let Some(phone) = world.phones.calls.get_mut(&id) else {
        return;
    };
    if phone.is_accompanied == accompanied {
        return;
    }
    phone.is_accompanied = accompanied;
    phone.epoch += 1;
    let (epoch, talk_ms) = (phone.epoch, phone.talk_ms());
    match (accompanied, talk_ms) {
        (true, Some(ms)) => {
            world.after(ms, Timer::TalkOver { phone: id, epoch });
        }
        (true, None) => {}
        (false, _) => arm_patience(world, &id),
    }
}

/// The next reply of the script: after how long, and what.
pub(crate) fn next_reply(world: &mut World, id: &str, is_barge_in: bool) -> Option<(u64, Reply)> {
    let phone = world.phones.calls.get_mut(id)?;
    let is_reply = |step: &&Step| matches!(step, Step::Digits { .. } | Step::Speak { .. });
    let step = phone
        .script
        .iter()
        .filter(is_reply)
        .nth(phone.replies_done)?;
    let (after_ms, barge, reply) = match step {
        Step::Digits {
            keys,
            after_ms,
            barge,
        } => (*after_ms, *barge, Reply::Keys(keys.clone())),
        Step::Speak {
            text,
            after_ms,
            barge,
        } => (*after_ms, *barge, Reply::Words(text.clone())),
        // `is_reply` lets nothing else through.
        Step::Patience { .. }
        | Step::Talk { .. }
        | Step::HangUp { .. }
        | Step::AwaitPrompt { .. }
        | Step::Press { .. }
        | Step::Say { .. }
        | Step::Silence { .. }
        | Step::Leave => return None,
    };
    if barge != is_barge_in {
        return None;
    }
    phone.replies_done += 1;
    Some((after_ms, reply))
}

/// Tones came over the line.
pub(crate) fn hears_tones(world: &mut World, id: &str, tones: &[Tone]) {
    if let Some(phone) = world.phones.calls.get_mut(id) {
        let room = limits::DIGITS_KEPT_MAX.saturating_sub(phone.digits_received.len());
        let keys = tones.iter().filter_map(|tone| tone.key()).take(room);
        phone.digits_received.extend(keys);
    }
}

/// The words that this phone's owner hears now.
pub(crate) fn hears(world: &World, id: &str) -> Option<String> {
    let (call, _) = in_call(world, id).ok()?;
    words(world, &call, &Person::Phone(id.to_owned()))
}

/// The words that anybody's application says to them.
fn words(world: &World, call_id: &str, person: &Person) -> Option<String> {
    connect::connections(world, call_id).iter().find_map(|id| {
        let call = world.calls.get(id)?;
        let mut people = call.participants.iter();
        let one = people.find(|participant| participant.person == *person)?;
        call.words_for(one)
    })
}

/// The call that somebody is in, and what they are called there.
pub(super) fn in_call(world: &World, id: &str) -> Result<(String, String), &'static str> {
    match world.phones.calls.get(id).map(|phone| &phone.phase) {
        Some(Phase::InCall { call }) => Ok((
            call.clone(),
            Person::Phone(id.to_owned()).identity(world).raw_id(),
        )),
        Some(Phase::Ringing) => Err("the call is still ringing"),
        Some(Phase::Ended { .. }) => Err("the call has ended"),
        None => Err("there is no such phone call"),
    }
}

/// Answers or declines a phone that is being called, by hand.
pub(crate) fn pick_up(world: &mut World, id: &str, answers: bool) -> Result<(), &'static str> {
    let person = Person::Phone(id.to_owned());
    let (call, invitation) =
        invitation::ringing_for(world, &person).ok_or("this phone does not ring")?;
    if answers {
        invitation::answer(world, &call, &invitation);
    } else {
        invitation::decline(world, &call, &invitation);
    }
    Ok(())
}

pub(crate) fn show_all(world: &World, only_live: bool) -> Value {
    let live =
        |id: &&String| !only_live || !matches!(world.phones.calls[*id].phase, Phase::Ended { .. });
    world
        .phones
        .calls
        .keys()
        .filter(live)
        .map(|id| show(world, id))
        .collect()
}

pub(crate) fn show(world: &World, id: &str) -> Value {
    let Some(phone) = world.phones.calls.get(id) else {
        return Value::Null;
    };
    let person = Person::Phone(id.to_owned());
    let (state, call, reason) = match &phone.phase {
        Phase::Ringing => ("ringing", None, None),
        Phase::InCall { call } => ("in_call", Some(call.clone()), None),
        Phase::Ended { reason } => ("ended", None, Some(reason.clone())),
    };
    let hears = match &phone.phase {
        Phase::Ringing => json!({"text": "ringing tone", "with": []}),
        Phase::InCall { call } => sound(world, call, &person),
        Phase::Ended { .. } => json!({"text": null, "with": []}),
    };
    json!({
        "id": id,
        "from": if phone.is_outbound { &phone.other_number } else { &phone.number },
        "to": if phone.is_outbound { &phone.number } else { &phone.other_number },
        "direction": if phone.is_outbound { "outbound" } else { "inbound" },
        "state": state, "ended": reason, "call_connection_id": call,
        "correlation_id": phone.correlation, "since_ms": phone.since_ms,
        "custom_calling_context": phone.calling_context,
        "hears": hears, "digits_received": phone.digits_received,
        "script": phone.script, "progress": phone.progress.show(),
    })
}

/// What a person in a call hears now, and whom.
pub(crate) fn sound(world: &World, call_id: &str, person: &Person) -> Value {
    let Some(call) = world.calls.get(call_id) else {
        return json!({"text": null, "with": []});
    };
    let mine = call
        .participants
        .iter()
        .find(|participant| participant.person == *person);
    let text = words(world, call_id, person);
    let on_hold = mine.is_some_and(|participant| participant.held.is_some());
    let others = call.participants.iter().filter(|participant| {
        participant.person != *person && participant.held.is_none() && !on_hold
    });
    let names: Vec<String> = others
        .map(|participant| participant.person.name(world))
        .collect();
    let application = call.state != CallConnectionState::Disconnected;
    json!({"text": text, "with": names, "on_hold": on_hold, "application_in_call": application})
}
