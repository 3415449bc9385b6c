//! What happened on the wire, told to the core in the order in which it happened. The switchboard never waits for it: what
//! the queue has no room for is lost and counted, and the core finds out when it asks about the call.

use super::line::Parts;
use crate::arrival::ArrivalDetail;
use crate::phone::{self, PhoneNumber};
use crate::problem::Problem;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tandem_core::administration::Administration;
use tandem_core::contact::Caller;
use tandem_core::ids::{ContactId, EffectId, SubjectRef, TrunkId};
use tandem_core::input::{Arrival, CallFact, Collected, Input, Request};
use tandem_core::role::Actor;
use tandem_core::turn::Reply;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// What waits to be told at most.
const WAITING_MAX: usize = 16_384;
/// What is on its way to the core at once.
const UNDER_WAY_MAX: usize = 1_024;
/// How long something waits for a store that does not answer before it is told again.
const RETRY: Duration = Duration::from_millis(500);

/// What is told.
pub(super) enum Tell {
    /// A customer's call wants to be answered.
    Arrived {
        conversation: u64,
        /// The number that was called.
        number: String,
        detail: Box<ArrivalDetail>,
    },
    Fact {
        contact: ContactId,
        fact: CallFact,
    },
    /// An emergency call was led on.
    Emergency {
        trunk: TrunkId,
    },
    /// Digits that nobody may know.
    Masked {
        contact: ContactId,
        effect: EffectId,
        digits: String,
    },
}

/// The way to one contact center's core.
#[derive(Clone)]
pub(super) struct Teller(mpsc::Sender<Tell>);

impl Teller {
    pub(super) fn new() -> (Self, mpsc::Receiver<Tell>) {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        (Self(sender), receiver)
    }

    /// Answers whether there was room for it.
    pub(super) fn tell(&self, tell: Tell) -> bool {
        let is_told = self.0.try_send(tell).is_ok();
        if !is_told {
            metrics::counter!("tandem_direct_facts_lost_total").increment(1);
        }
        is_told
    }
}

/// Tells the core until told to stop. Each is given to the loop in its turn, and none waits for another's answer.
pub(super) async fn run(
    parts: Arc<Parts>,
    mut told: mpsc::Receiver<Tell>,
    stop: CancellationToken,
) {
    let mut under_way = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            Some(()) = under_way.next(), if !under_way.is_empty() => {}
            tell = told.recv(), if under_way.len() < UNDER_WAY_MAX => match tell {
                Some(tell) => under_way.push(take(Arc::clone(&parts), tell)),
                None => return,
            },
        }
    }
}

async fn take(parts: Arc<Parts>, tell: Tell) {
    match tell {
        Tell::Arrived {
            conversation,
            number,
            detail,
        } => {
            let contact = arrived(&parts, number, &detail).await;
            let contact = contact.unwrap_or_else(|problem| {
                let center = parts.engine.center();
                tracing::error!(%center, detail = %problem.detail, "an arrival cannot be kept");
                None
            });
            parts
                .exchange
                .became(parts.center(), conversation, contact)
                .await;
        }
        Tell::Fact { contact, fact } => {
            submit(&parts, Input::Call { contact, fact }).await;
        }
        Tell::Emergency { trunk } => {
            let act = Administration::EmergencyCalled { trunk };
            let request = Request::NoteAdministration(act);
            let actor = Actor::system();
            submit(&parts, Input::Asked { actor, request }).await;
        }
        Tell::Masked {
            contact,
            effect,
            digits,
        } => masked(&parts, contact, effect, &digits).await,
    }
}

async fn submit(parts: &Parts, input: Input) -> Reply {
    loop {
        match parts.engine.submit(input.clone()).await {
            Ok(committed) => return committed.reply,
            Err(_away) => tokio::time::sleep(RETRY).await,
        }
    }
}

/// Seals who calls, and gives the arrival to the core; answers the contact that it became.
async fn arrived(
    parts: &Parts,
    number: String,
    detail: &ArrivalDetail,
) -> Result<Option<ContactId>, Problem> {
    let unavailable = |error: &dyn std::fmt::Display| Problem::unavailable(&error.to_string());
    let center = parts.engine.center();
    let subject = parts.subjects.draw(center).await;
    let subject = subject.map_err(|error| unavailable(&error))?;
    let plain = serde_json::to_vec(detail).map_err(|error| unavailable(&error))?;
    let sealed = parts.keys.seal(center, subject, &plain);
    let sealed = sealed.map_err(|error| unavailable(&error))?;
    let input = Input::Arrived(arrival(parts, number, subject, detail));
    let committed = parts.engine.submit_with(input, vec![sealed]).await;
    match committed.map_err(|error| unavailable(&error))?.reply {
        Reply::Arrived(contact) => {
            let correlation = &detail.correlation_id;
            tracing::info!(%center, %contact, correlation, "call arrived by a trunk");
            Ok(Some(contact))
        }
        Reply::ArrivedBefore(_)
        | Reply::Done
        | Reply::Learned
        | Reply::Dialed(_)
        | Reply::Petitioned
        | Reply::Booked(_)
        | Reply::Saved { .. }
        | Reply::Reconciling { .. }
        | Reply::Ignored
        | Reply::Refused(_) => Ok(None),
    }
}

/// By what callers without a number are known: one hash for all of them.
const ANONYMOUS: &str = "anonymous";

fn arrival(parts: &Parts, number: String, subject: SubjectRef, detail: &ArrivalDetail) -> Arrival {
    let (center, keys) = (parts.engine.center(), &parts.keys);
    let customer = detail.number.as_deref().unwrap_or(ANONYMOUS);
    let key = keys.keyed_hash(center, &format!("arrival/{}", detail.incoming_call_context));
    let caller = detail.number.as_deref().and_then(|number| {
        let number = PhoneNumber::dialable(number).ok()?;
        Some(Caller {
            address: phone::address(keys, center, number.e164()),
            country: number.calling_code().to_owned(),
        })
    });
    Arrival {
        address: number,
        arrival: subject,
        key: u64::try_from(key >> 64).unwrap_or(u64::MAX),
        customer: keys.phone_hash(center, customer).customer(),
        correlation: detail.correlation_id.clone(),
        attributes: attributes(parts, &detail.sip_headers),
        caller,
    }
}

/// The headers that the configuration lets into the journal (B-170).
fn attributes(parts: &Parts, headers: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let wanted = headers
        .iter()
        .filter(|(name, _)| parts.context_headers.contains(&name.to_ascii_lowercase()));
    wanted
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Digits that nobody is to know are among the personal data before anything else hears of them.
async fn masked(parts: &Parts, contact: ContactId, effect: EffectId, digits: &str) {
    let center = parts.engine.center();
    let failed = |code: &str| CallFact::Collected {
        effect,
        result: Collected::Failed {
            code: code.to_owned(),
        },
    };
    let sealed = match parts.subjects.draw(center).await {
        Ok(subject) => match parts.keys.seal(center, subject, digits.as_bytes()) {
            Ok(sealed) => Ok((subject, sealed)),
            Err(error) => Err(error.to_string()),
        },
        Err(error) => Err(error.to_string()),
    };
    let (subject, sealed) = match sealed {
        Ok(sealed) => sealed,
        Err(error) => {
            tracing::error!(%center, %error, "masked digits cannot be kept");
            let fact = failed("subject-unavailable");
            submit(parts, Input::Call { contact, fact }).await;
            return;
        }
    };
    let fact = CallFact::Collected {
        effect,
        result: Collected::Masked(subject),
    };
    let input = Input::Call { contact, fact };
    let reply = loop {
        let sealed = vec![sealed.clone()];
        match parts.engine.submit_with(input.clone(), sealed).await {
            Ok(committed) => break committed.reply,
            Err(_away) => tokio::time::sleep(RETRY).await,
        }
    };
    if reply == Reply::Ignored
        && let Err(error) = parts.subjects.erase(center, subject).await
    {
        tracing::error!(%center, %error, "masked digits that nobody asked for cannot be erased");
    }
}
