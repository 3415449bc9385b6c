//! Orders of the core as orders to the switchboard. What takes time is done here, in the order's own task: sounds are
//! fetched, numbers opened, storage for a recording begun.

use super::conversation::Role;
use super::line::Parts;
use super::order::{Act, Begin, Callee, Question, To, Whom};
use super::recording::KeptSink;
use super::sounds::SoundProblem;
use crate::arrival::ArrivalDetail;
use std::sync::Arc;
use std::time::Duration;
use tandem_core::effect::{Effect, Order, Outcome};
use tandem_core::flow::{Digits, Entry};
use tandem_core::ids::{ContactId, EffectId, SubjectRef};
use tandem_core::prompt::Heard;
use tandem_core::talk::{Number, Who};
use tandem_core::trunk::Phone;
use tandem_media::dtmf::Digit;
use tandem_transport::media::{Masking, Sound};

type Ended = Result<Outcome, Outcome>;

/// How long a phone rings where the core says nothing.
const RING: Duration = Duration::from_secs(60);

pub(super) fn failed(code: &str) -> Outcome {
    Outcome::Failed {
        code: code.to_owned(),
    }
}

/// Carries an order out and says how it ended.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all others are acts on a call that is there"
)]
pub(super) async fn perform(parts: &Arc<Parts>, order: &Order) -> Outcome {
    let ended = match &order.effect {
        Effect::CallAgent { .. } | Effect::CallCustomer { .. } => begin(parts, order).await,
        Effect::FetchRecording { recording, .. } => parts.kept(*recording).await,
        other => act(parts, order.id, other).await,
    };
    ended.unwrap_or_else(|outcome| outcome)
}

async fn act(parts: &Arc<Parts>, id: EffectId, effect: &Effect) -> Ended {
    let (reference, act) = match effect {
        Effect::Answer { contact, arrival } => {
            let context = parts.arrival(*arrival).await?.incoming_call_context;
            let contact = *contact;
            (context, Act::Answer { contact })
        }
        Effect::RejectArrival { arrival } => (
            parts.arrival(*arrival).await?.incoming_call_context,
            Act::Reject,
        ),
        Effect::AddAgent { leg, .. }
        | Effect::AddNumber { leg, .. }
        | Effect::CancelAddAgent { leg, .. }
        | Effect::RemoveAgent { leg, .. }
        | Effect::RemoveNumber { leg, .. } => (leg.clone(), calling(parts, id, effect).await?),
        Effect::Play { leg, .. }
        | Effect::Collect { leg, .. }
        | Effect::Listen { leg, .. }
        | Effect::StopMedia { leg, .. }
        | Effect::Hold { leg, .. }
        | Effect::Unhold { leg, .. }
        | Effect::SendDigits { leg, .. } => (leg.clone(), media(parts, id, effect).await?),
        Effect::StartRecording { contact, leg, .. } => {
            let sink = KeptSink::begin(parts, *contact, id, &format!("{leg}:{id}")).await?;
            let sink = Box::new(sink);
            (leg.clone(), Act::Record { effect: id, sink })
        }
        Effect::PauseRecording { reference, .. } => (reference.clone(), Act::PauseRecording),
        Effect::ResumeRecording { reference, .. } => (reference.clone(), Act::ResumeRecording),
        Effect::StopRecording { reference, .. } => (reference.clone(), Act::StopRecording),
        Effect::HangUp { leg, .. } => (leg.clone(), Act::HangUp),
        Effect::Inquire { leg, recording, .. } => {
            let wants_recording = recording.is_some();
            (leg.clone(), Act::Inquire { wants_recording })
        }
        // REFER is not spoken: a customer is handed to a phone outside by calling it into the conversation.
        Effect::TransferAway { .. } => return Err(failed("no-transfer-by-trunk")),
        Effect::CallAgent { .. }
        | Effect::CallCustomer { .. }
        | Effect::FetchRecording { .. }
        | Effect::Request { .. }
        | Effect::Forget { .. }
        | Effect::ForgetCallback { .. } => return Err(failed("not-of-this-edge")),
    };
    let outcome = parts.exchange.act(parts.center(), reference, act).await;
    if let (Effect::SendDigits { digits, .. }, true) = (effect, outcome != Outcome::Unknown) {
        parts.erase(*digits).await;
    }
    Ok(outcome)
}

/// Orders that call somebody into a conversation, or take them out.
#[expect(clippy::wildcard_enum_match_arm, reason = "five orders do that")]
async fn calling(parts: &Parts, id: EffectId, effect: &Effect) -> Result<Act, Outcome> {
    Ok(match effect {
        Effect::AddAgent {
            address, timeout_s, ..
        } => Act::Ring {
            effect: id,
            callee: agent(address, Duration::from_secs(u64::from(*timeout_s)))?,
        },
        Effect::AddNumber {
            contact,
            number,
            timeout_s,
            ..
        } => Act::Ring {
            effect: id,
            callee: Callee {
                to: To::Number(parts.number(number).await?),
                address: number.address.clone(),
                role: role(parts, *contact, number),
                ring: Duration::from_secs(u64::from(*timeout_s)),
            },
        },
        Effect::CancelAddAgent { invitation, .. } => Act::StopRinging {
            invitation: invitation.clone(),
        },
        Effect::RemoveAgent { address, .. } => Act::Remove {
            address: address.clone(),
        },
        Effect::RemoveNumber { number, .. } => Act::Remove {
            address: number.address.clone(),
        },
        _ => return Err(failed("not-a-call")),
    })
}

/// Orders about what is heard.
#[expect(clippy::wildcard_enum_match_arm, reason = "seven orders do that")]
async fn media(parts: &Parts, id: EffectId, effect: &Effect) -> Result<Act, Outcome> {
    Ok(match effect {
        Effect::Play { prompt, repeat, .. } => Act::Play {
            effect: id,
            sound: sound(parts, prompt).await?,
            repeat: match repeat {
                tandem_core::effect::Repeat::Once => tandem_media::player::Repeat::Once,
                tandem_core::effect::Repeat::Loop => tandem_media::player::Repeat::Forever,
            },
        },
        Effect::Collect {
            prompt,
            max_digits,
            timeout_s,
            entry,
            ..
        } => Act::Collect {
            effect: id,
            sound: Some(sound(parts, prompt).await?),
            question: question(*max_digits, *timeout_s, entry),
        },
        Effect::Listen { timeout_s, .. } => Act::Collect {
            effect: id,
            sound: None,
            question: question(1, *timeout_s, &Entry::USUAL),
        },
        Effect::StopMedia { .. } => Act::StopMedia,
        Effect::Hold { who, music, .. } => Act::Hold {
            who: whom(who),
            music: sound(parts, music).await?,
        },
        Effect::Unhold { who, .. } => Act::Unhold { who: whom(who) },
        Effect::SendDigits { who, digits, .. } => Act::SendDigits {
            who: whom(who),
            digits: digits_under(parts, *digits).await?,
        },
        _ => return Err(failed("not-media")),
    })
}

async fn begin(parts: &Parts, order: &Order) -> Ended {
    let (contact, from, callee) = match &order.effect {
        Effect::CallAgent {
            contact,
            from,
            address,
            ..
        } => (*contact, from, agent(address, RING)?),
        Effect::CallCustomer {
            contact,
            from,
            number,
        } => {
            let callee = Callee {
                to: To::Number(parts.number(number).await?),
                address: number.address.clone(),
                role: Role::Customer,
                ring: RING,
            };
            (*contact, from, callee)
        }
        Effect::Answer { .. }
        | Effect::RejectArrival { .. }
        | Effect::Play { .. }
        | Effect::Collect { .. }
        | Effect::StopMedia { .. }
        | Effect::AddAgent { .. }
        | Effect::CancelAddAgent { .. }
        | Effect::RemoveAgent { .. }
        | Effect::Hold { .. }
        | Effect::Unhold { .. }
        | Effect::AddNumber { .. }
        | Effect::RemoveNumber { .. }
        | Effect::TransferAway { .. }
        | Effect::SendDigits { .. }
        | Effect::Request { .. }
        | Effect::StartRecording { .. }
        | Effect::PauseRecording { .. }
        | Effect::ResumeRecording { .. }
        | Effect::StopRecording { .. }
        | Effect::Listen { .. }
        | Effect::FetchRecording { .. }
        | Effect::Forget { .. }
        | Effect::ForgetCallback { .. }
        | Effect::HangUp { .. }
        | Effect::Inquire { .. } => return Err(failed("not-an-order-that-begins-a-call")),
    };
    let begin = Begin {
        center: parts.center(),
        contact,
        effect: order.id,
        from: from.clone(),
        to: callee,
    };
    Ok(parts.exchange.begin(begin).await)
}

/// An agent is called by a phone; one who has none cannot be reached by trunks (B-024).
fn agent(address: &str, ring: Duration) -> Result<Callee, Outcome> {
    let phone = Phone::of_address(address).ok_or_else(|| failed("agent-has-no-phone"))?;
    Ok(Callee {
        to: To::Phone(phone),
        address: address.to_owned(),
        role: Role::Agent,
        ring,
    })
}

/// A phone that an agent dials for the contact is the customer's; another is somebody else's.
fn role(parts: &Parts, contact: ContactId, number: &Number) -> Role {
    let dialed = parts.engine.view().read(|projection| {
        let contact = projection.center.state().contacts.get(contact);
        contact.and_then(|it| Some(it.dialed.as_ref()?.address.clone()))
    });
    if dialed.as_ref() == Some(&number.address) {
        Role::Customer
    } else {
        Role::Number
    }
}

fn whom(who: &Who) -> Whom {
    match who {
        Who::Customer => Whom::Customer,
        Who::Agent(address) => Whom::At(address.clone()),
        Who::Number(number) => Whom::At(number.address.clone()),
    }
}

fn question(max_digits: u32, timeout_s: u32, entry: &Entry) -> Question {
    let ends = entry.terminator.into_iter();
    Question {
        n_digits_max: usize::try_from(max_digits).unwrap_or(usize::MAX),
        ends: ends
            .filter_map(|key| Digit::from_char(char::from(key)).ok())
            .collect(),
        first_within: Duration::from_secs(u64::from(timeout_s)),
        next_within: Duration::from_secs(u64::from(entry.between_digits_s)),
        masking: match entry.digits {
            Digits::Plain => Masking::Plain,
            Digits::Masked => Masking::Masked,
        },
    }
}

async fn sound(parts: &Parts, heard: &Heard) -> Result<Sound, Outcome> {
    parts.sounds.heard(heard).await.map_err(|problem| {
        let center = parts.engine.center();
        tracing::warn!(%center, %problem, "a prompt cannot be played");
        failed(match problem {
            SoundProblem::NoSpeech => "no-speech",
            SoundProblem::Unread(_) => "text-not-read",
            SoundProblem::Url => "url-not-played",
            SoundProblem::Gone => "sound-gone",
            SoundProblem::Store(_) => "sound-unavailable",
            SoundProblem::Unplayable(_) => "sound-unplayable",
        })
    })
}

async fn digits_under(parts: &Parts, subject: SubjectRef) -> Result<Vec<Digit>, Outcome> {
    let text = parts.text(subject).await?;
    let digits = text.chars().map(Digit::from_char);
    let digits: Result<Vec<Digit>, _> = digits.collect();
    digits.map_err(|_not_digits| failed("not-digits"))
}

impl Parts {
    async fn arrival(&self, arrival: SubjectRef) -> Result<ArrivalDetail, Outcome> {
        let center = self.engine.center();
        let read = crate::arrival::read(self.subjects.as_ref(), &self.keys, center, arrival);
        read.await.map_err(|error| {
            tracing::error!(%center, %error, "an arrival cannot be read");
            failed("arrival-unreadable")
        })
    }

    /// A number lies among the personal data by itself, or with what an arrival told.
    async fn number(&self, number: &Number) -> Result<String, Outcome> {
        let text = self.text(number.subject).await?;
        if text.starts_with('+') {
            return Ok(text);
        }
        let arrival: Option<ArrivalDetail> = serde_json::from_str(&text).ok();
        let number = arrival.and_then(|it| it.number);
        number.ok_or_else(|| failed("subject-unreadable"))
    }

    async fn text(&self, subject: SubjectRef) -> Result<String, Outcome> {
        let center = self.engine.center();
        let stored = self.subjects.get(center, subject).await;
        let stored = stored.map_err(|error| {
            tracing::error!(%center, %error, "personal data cannot be read");
            failed("subject-unreadable")
        })?;
        match stored.map(|stored| self.keys.open(center, &stored)) {
            Some(Ok(Some(plain))) => {
                String::from_utf8(plain).map_err(|_not_text| failed("subject-unreadable"))
            }
            Some(Ok(None)) | None => Err(failed("subject-erased")),
            Some(Err(error)) => {
                tracing::error!(%center, %error, "personal data cannot be opened");
                Err(failed("subject-unreadable"))
            }
        }
    }

    /// Digits that were sent, or could not be, are gone: they may be a secret.
    async fn erase(&self, subject: SubjectRef) {
        let center = self.engine.center();
        if let Err(error) = self.subjects.erase(center, subject).await {
            tracing::error!(%center, %error, "digits that were sent cannot be erased");
        }
    }
}
