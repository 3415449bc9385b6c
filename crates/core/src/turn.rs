//! A turn: one input and everything that follows from it at once. The closed list of inputs is taken
//! apart here; each family is decided in a file of its own.

mod administration;
mod agent;
mod announce;
mod answer;
mod call;
mod callback;
mod consent;
mod decision;
mod dial;
mod digits;
mod direct;
mod do_not_call;
mod flow;
mod hold;
mod hours;
mod http;
mod inquiry;
mod leaving;
mod menu;
mod message;
mod offer;
mod offered_callback;
mod outside;
mod pause;
mod petition;
mod plan;
mod preferred;
mod presence;
mod queue_key;
mod record_rule;
mod recording;
mod scope;
mod steer;
mod sub_flow;
mod switch;
mod third;
mod transfer;
mod wrap_up;

use crate::contact::{Contact, Due};
use crate::effect::{Effect, Order};
use crate::event::Event;
use crate::ids::{CallbackId, ContactId, EffectId, QueueId, SubjectRef};
use crate::input::{Input, Request};
use crate::limits;
use crate::permission;
use crate::presence::Origin;
use crate::refusal::Refusal;
use crate::role::Actor;
use crate::state::{Next, State};
use crate::time::Timestamp;

/// What one input led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The facts, in order.
    pub events: Vec<Event>,
    /// The answer to whoever gave the input.
    pub reply: Reply,
}

impl Turn {
    /// The orders to the outside world, which may be given once the events are durable.
    pub fn orders(&self) -> impl Iterator<Item = Order> + '_ {
        self.events.iter().filter_map(Event::as_order)
    }
}

impl Event {
    /// The order that the fact is, if it is one.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "one fact alone is an order")]
    pub fn as_order(&self) -> Option<Order> {
        match self {
            Self::EffectOrdered { id, effect } => Some(Order {
                id: *id,
                effect: effect.clone(),
            }),
            _ => None,
        }
    }
}

/// The answer to whoever gave an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It was done.
    Done,
    /// A supervisor is asked; nothing else has changed.
    Petitioned,
    /// The call became this contact.
    Arrived(ContactId),
    /// The call had arrived before; nothing was done (B-172).
    ArrivedBefore(Option<ContactId>),
    /// The customer is being called, as this contact.
    Dialed(ContactId),
    /// The customer will be called back.
    Booked(CallbackId),
    /// The document has this number and version now.
    Saved {
        /// Its number.
        id: u64,
        /// Its version.
        version: u64,
    },
    /// So many calls are being asked about.
    Reconciling {
        /// How many.
        n_calls: usize,
    },
    /// What was asked brought to light something that had not been told.
    Learned,
    /// What the input speaks of is over or was overtaken; nothing was done.
    Ignored,
    /// Nothing was done, for this reason.
    Refused(Refusal),
}

impl From<Result<Self, Refusal>> for Reply {
    fn from(result: Result<Self, Refusal>) -> Self {
        result.unwrap_or_else(Self::Refused)
    }
}

/// As many facts as most turns have, so that the list of them is made once.
const FACTS_USUALLY: usize = 8;

/// A turn that is being taken.
pub(crate) struct OpenTurn<'a> {
    state: &'a mut State,
    now: Timestamp,
    events: Vec<Event>,
    /// Callbacks whose customers went off the line in this turn.
    off_the_line: Vec<CallbackId>,
}

impl<'a> OpenTurn<'a> {
    pub(crate) fn new(state: &'a mut State, now: Timestamp) -> Self {
        Self {
            state,
            now,
            events: Vec::with_capacity(FACTS_USUALLY),
            off_the_line: Vec::new(),
        }
    }

    pub(crate) fn take(mut self, input: Input) -> Turn {
        let reply = match input {
            Input::Arrived(arrival) => self.arrived(arrival),
            Input::Call { contact, fact } => self.call_fact(contact, fact),
            Input::RecordingFile {
                reference,
                location,
                told_ms,
            } => self.recording_file(&reference, location, told_ms),
            Input::Settled { effect, outcome } => self.settled(effect, outcome),
            Input::PresenceSeen {
                agent,
                seen,
                is_echo,
            } => self.presence_seen(agent, seen, is_echo.then_some(Origin::Tandem)),
            Input::PresenceUnwatched { agent } => self.presence_unwatched(agent),
            Input::Asked { actor, request } => self.asked(&actor, request),
            Input::TurnedAway { actor, action } => self.turned_away(actor.as_ref(), action),
            Input::TimeReached => self.time_reached(),
            Input::ServiceStarted => self.service_started(),
            Input::DrainBegan => self.fact(Event::DrainBegan),
            Input::Restored => self.restored(),
        };
        self.review_preferences();
        self.let_go();
        self.call_who_left();
        Turn {
            events: self.events,
            reply,
        }
    }

    /// Makes a fact part of the state and of the turn. Nothing else changes the state.
    fn record(&mut self, event: Event) {
        let forgotten = self.forgotten_by(&event);
        let booked = self.booked_before(&event);
        let judged = self.judged_by(&event);
        let left = self.left_by(&event);
        let promise = self.promise_judged_by(&event);
        self.early_is_left(&event);
        let concerned = event.contact();
        self.state.apply(self.now, &event);
        self.events.push(event);
        if let Some(contact) = concerned {
            self.leaves_by_what_holds(contact);
        }
        let shift = judged.and_then(|queue| self.state.balance_shift(self.now, queue));
        if let Some(shift) = shift {
            self.record(Event::BalanceShifted(shift));
        }
        if let Some(promise) = promise {
            self.record(Event::PromiseJudged(promise));
        }
        if let Some((contact, subjects)) = forgotten {
            self.order(Effect::Forget { contact, subjects });
        }
        self.off_the_line.extend(left.into_iter().chain(booked));
    }

    /// The queue whose service level is another with this fact.
    fn judged_by(&self, event: &Event) -> Option<QueueId> {
        let (Event::Connected { contact, .. } | Event::ContactEnded { contact, .. }) = event else {
            return None;
        };
        Some(self.contact(*contact)?.stay()?.queue)
    }

    /// The callback that was booked in a contact which ends with this fact.
    fn booked_before(&self, event: &Event) -> Option<CallbackId> {
        let Event::ContactEnded { contact, .. } = event else {
            return None;
        };
        self.contact(*contact)?.booked
    }

    /// What is masked is gone when its contact is over, whatever ends it, and when something else is entered.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts make nothing be forgotten"
    )]
    fn forgotten_by(&self, event: &Event) -> Option<(ContactId, Vec<SubjectRef>)> {
        let (id, subjects) = match event {
            Event::ContactEnded { contact, .. } => {
                let masked = &self.contact(*contact)?.masked;
                (*contact, masked.values().copied().collect::<Vec<_>>())
            }
            Event::MaskedDigitsCollected {
                contact, attribute, ..
            } => {
                let before = self.contact(*contact)?.masked.get(attribute);
                (*contact, before.into_iter().copied().collect())
            }
            _ => return None,
        };
        (!subjects.is_empty()).then_some((id, subjects))
    }

    fn fact(&mut self, event: Event) -> Reply {
        self.record(event);
        Reply::Done
    }

    /// Gives an order to the outside world.
    fn order(&mut self, effect: Effect) -> EffectId {
        let id = self.state.next.effect();
        self.record(Event::EffectOrdered { id, effect });
        id
    }

    fn contact(&self, id: ContactId) -> Option<&Contact> {
        self.state.contacts.get(id)
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each request")]
    fn asked(&mut self, actor: &Actor, request: Request) -> Reply {
        if let Err(refusal) = self.admitted(actor, &request) {
            return Reply::Refused(refusal);
        }
        match request {
            Request::SetIntent { intent } => self.set_intent(actor, intent),
            Request::SignOut => self.sign_out(actor),
            Request::Direct { agent, to, why } => self.direct(actor, agent, to, why),
            Request::AnswerPetition {
                agent,
                reason,
                answer,
            } => self.answer_petition(actor, agent, reason, answer),
            Request::AcceptOffer { offer } => self.accept(actor, offer),
            Request::DeclineOffer { offer } => self.decline(actor, offer),
            Request::HangUp { contact } => self.agent_hangs_up(actor, contact),
            Request::Hold { contact } => self.hold(actor, contact),
            Request::Resume { contact } => self.resume(actor, contact),
            Request::Transfer { contact, to } => self.transfer(actor, contact, to),
            Request::Consult { contact, with } => self.consult(actor, contact, with),
            Request::Swap { contact } => self.swap(actor, contact),
            Request::Merge { contact } => self.merge(actor, contact),
            Request::CompleteTransfer { contact } => self.complete_transfer(actor, contact),
            Request::DropThird { contact } => self.drop_third(actor, contact),
            Request::PlayMessage { contact, recording } => {
                self.play_message(actor, contact, recording)
            }
            Request::PauseRecording { contact } => self.pause_recording(actor, contact),
            Request::ResumeRecording { contact } => self.resume_recording(actor, contact),
            Request::NotePayment { contact, page } => self.note_payment(actor, contact, page),
            Request::AccessRecording {
                contact,
                recording,
                access,
            } => Ok(self.access_recording(actor, contact, recording, access)),
            Request::SendDigits { contact, digits } => self.send_digits(actor, contact, digits),
            Request::CallOut(call) => self.call_out(actor, call),
            Request::BookCallback(wish) => self.book_callback(actor, wish),
            Request::CancelCallback { callback } => self.cancel_callback(actor, callback),
            Request::RescheduleCallback {
                callback,
                window,
                keep,
            } => self.reschedule_callback(actor, callback, window, keep),
            Request::TakeCallback { callback } => self.take_callback(actor, callback),
            Request::ForgetCallbacks { customer } => Ok(self.forget_callbacks(customer)),
            Request::AdjustPriority { contact, to } => self.adjust_priority(actor, contact, to),
            Request::Steer { contact, to, why } => self.steer(actor, contact, to, why),
            Request::SetDoNotCall {
                customer,
                subject,
                until,
            } => self.set_do_not_call(actor, customer, subject, until),
            Request::RemoveDoNotCall { id } => self.remove_do_not_call(actor, id),
            Request::CompleteWrapUp {
                contact,
                disposition,
                note,
                then,
            } => self.complete_wrap_up(
                actor,
                contact,
                wrap_up::Result {
                    disposition,
                    note,
                    then,
                },
            ),
            Request::WishWrapUp { contact, wish } => self.wish_wrap_up(actor, contact, wish),
            Request::ExtendWrapUp { contact } => self.extend_wrap_up(actor, contact),
            Request::SetScope { account, scope } => self.set_scope(actor, account, scope),
            Request::Reconcile => Ok(self.reconcile(actor)),
            Request::ReadHistory(what) => Ok(self.read_history(actor, what)),
            Request::NoteAdministration(act) => Ok(self.note_administration(actor, act)),
            Request::CloseSchedule { schedule, reason } => {
                self.close_schedule(actor, schedule, reason)
            }
            Request::ReopenSchedule { schedule } => self.reopen_schedule(actor, schedule),
            Request::SwitchQueue(wish) => self.switch_queue(actor, wish),
            Request::EndSwitch { queue, position } => self.end_switch(actor, queue, position),
            Request::OfferCallback { contact } => self.offer_callback(actor, contact),
            Request::SetTrunkSecret {
                trunk,
                user,
                secret,
            } => self.set_trunk_secret(actor, trunk, user, secret),
            Request::Save {
                id,
                expected,
                document,
            } => self.save(actor, id, expected, document),
            Request::Remove { kind, id, expected } => self.remove(actor, kind, id, expected),
            Request::ApplySettings { on, changes } => self.apply_settings(actor, on, changes),
        }
        .into()
    }

    /// What the roles do not allow, or the scope does not reach, is refused and recorded.
    fn admitted(&mut self, actor: &Actor, request: &Request) -> Result<(), Refusal> {
        if let Err(needs) = permission::admits(actor, request) {
            let words: Vec<_> = needs.iter().map(|it| it.word()).collect();
            self.turned_away(Some(actor), format!("{} request", words.join(" or ")));
            return Err(Refusal::Forbidden { needs });
        }
        if let Some(what) = self.beyond(actor, request) {
            self.turned_away(Some(actor), format!("{what}, which is out of scope"));
            return Err(Refusal::OutOfScope { what });
        }
        Ok(())
    }

    fn turned_away(&mut self, actor: Option<&Actor>, action: String) -> Reply {
        self.fact(Event::Denied {
            by: actor.map(|actor| actor.account),
            action,
        })
    }

    /// Fires what is due, in order. What is left over keeps its instant, so that the next turn
    /// follows at once.
    fn time_reached(&mut self) -> Reply {
        for _ in 0..limits::TIMERS_PER_TURN_MAX {
            let Some((at, next)) = self.state.next_due() else {
                break;
            };
            if at > self.now {
                break;
            }
            let id = match next {
                Next::Contact(id) => id,
                Next::Hours(step) => {
                    self.step(step);
                    continue;
                }
                Next::File(recording) => {
                    self.file_overdue(recording);
                    continue;
                }
                Next::Callback(id) => {
                    self.callback_is_due(id);
                    continue;
                }
                Next::Owed(agent) => {
                    self.owed_runs_out(agent);
                    continue;
                }
                Next::Switch(queue, matter) => {
                    self.switch_is_over(queue, matter);
                    continue;
                }
                Next::Presence(agent) => {
                    self.presence_is_due(agent);
                    continue;
                }
            };
            let Some((_, due)) = self.contact(id).and_then(Contact::due) else {
                break;
            };
            self.due(id, due);
        }
        Reply::Done
    }

    fn due(&mut self, id: ContactId, due: Due) {
        match due {
            Due::Answer => self.give_up_answering(id),
            Due::Media => self.media_silent(id),
            Due::Request => self.system_overdue(id),
            Due::Recording => self.recording_due(id),
            Due::Sound => self.release_message(id),
            Due::Wait => self.wait_over(id),
            Due::Announcement => self.announce(id),
            Due::Key => self.ask_queue_key(id),
            Due::Step => self.step_is_due(id),
            Due::Preference => self.preference_is_over(id),
            Due::Offer => self.offer_runs_out(id),
            Due::Dial => self.dial_runs_out(id),
            Due::Early => self.early_is_due(id),
            Due::Third => self.third_runs_out(id),
            Due::WrapUp => self.wrap_up_runs_out(id),
            Due::Silence => self.ask(id),
            Due::Unconfirmed => self.presume(id),
            Due::Cooldown(agent) => {
                self.record(Event::CooldownEnded { contact: id, agent });
                self.place(id);
            }
        }
    }
}
