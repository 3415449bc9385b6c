//! Retention of what is known of customers: numbers, names and notes are erased when their time is over, as if each
//! had asked for it. It sleeps until the oldest contact's time is over; a change of the settings and a legal hold that
//! is released wake it. What it did is on record.

use crate::center::Center;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tandem_core::administration::Administration;
use tandem_core::ids::ContactId;
use tandem_core::input::{Input, Request};
use tandem_core::role::Actor;
use tandem_core::time::Timestamp;
use tandem_store::{Forgetting as _, History as _, Passage};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The longest sleep.
const SLEEP_MAX: Duration = Duration::from_hours(24);
/// The shortest one: contacts are forgotten many at once and not one by one.
const SLEEP_MIN: Duration = Duration::from_hours(1);
/// After something went wrong.
const RETRY: Duration = Duration::from_mins(1);
/// Contacts that are looked at at once.
const AT_ONCE: usize = 200;
/// Microseconds of a day.
const DAY_MICROS: i64 = 86_400_000_000;

/// Wakes it before its time.
#[derive(Debug, Default)]
pub struct Reminder(Notify);

impl Reminder {
    /// Something may be due sooner than it was.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// Why customers are not forgotten yet.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// The store.
    #[error(transparent)]
    Store(#[from] tandem_store::Error),
    /// What is known of a contact's customer cannot be read, or not be erased.
    #[error("{0}")]
    Contact(String),
    /// It cannot be put on record.
    #[error("it cannot be put on record: {0}")]
    Record(String),
}

/// Forgets what is due until it is told to stop.
pub async fn run(center: Arc<Center>, stop: CancellationToken) {
    loop {
        let round = tokio::select! {
            // What broke off is gone through again; done twice it comes to the same.
            () = stop.cancelled() => return,
            round = round(&center) => round,
        };
        let pause = match round {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(center = %center.id(), %error, "customers whose time is over could not be forgotten");
                RETRY
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = center.reminder.0.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// What a round came to.
#[derive(Default)]
struct Forgotten {
    contacts: u64,
    subjects: u64,
}

/// Forgets everything that is due; answers how long nothing is.
async fn round(center: &Center) -> Result<Duration, ForgetError> {
    let view = center.engine.view();
    let days = view.read(|projection| {
        let settings = &projection.center.state().settings;
        settings.privacy().keep_customers_days
    });
    let Some(days) = days else {
        return Ok(SLEEP_MAX);
    };
    let kept_micros = i64::from(days).saturating_mul(DAY_MICROS);
    let until = center.clock.now().plus_micros(-kept_micros);
    let is_waiting = again(center, until).await?;
    loop {
        let first = center.store.forgotten_below(center.id()).await?;
        let page = center.store.contacts_from(center.id(), first, AT_ONCE);
        let page = page.await?;
        let is_due = |it: &&Passage| it.arrived.0 < until.as_micros();
        let due: Vec<Passage> = page.iter().take_while(is_due).copied().collect();
        let Some(last) = due.last() else {
            let oldest = page.first().filter(|_| !is_waiting);
            return Ok(oldest.map_or(SLEEP_MIN, |it| {
                let left = it.arrived.0.saturating_sub(until.as_micros());
                Duration::from_micros(u64::try_from(left).unwrap_or(0)).clamp(SLEEP_MIN, SLEEP_MAX)
            }));
        };
        let waiting = forget_all(center, &due, until).await?;
        let below = ContactId(last.contact.0 + 1);
        center
            .store
            .forgot_below(center.id(), below, &waiting)
            .await?;
    }
}

/// Those that had to wait; answers whether some still have to.
async fn again(center: &Center, until: Timestamp) -> Result<bool, ForgetError> {
    let (mut after, mut is_waiting) = (ContactId(0), false);
    loop {
        let waits = center
            .store
            .forgetting_waits(center.id(), after, AT_ONCE)
            .await?;
        let Some(last) = waits.last() else {
            return Ok(is_waiting);
        };
        after = *last;
        let mut passages = Vec::new();
        for contact in waits {
            // While the history is made again it may not have one yet.
            let found = center.store.contacts_from(center.id(), contact, 1).await?;
            let found = found.into_iter().find(|it| it.contact == contact);
            match found {
                Some(passage) => passages.push(passage),
                None => is_waiting = true,
            }
        }
        let waiting = forget_all(center, &passages, until).await?;
        is_waiting |= !waiting.is_empty();
        for passage in passages {
            if !waiting.contains(&passage.contact) {
                center
                    .store
                    .forgot_waiting(center.id(), passage.contact)
                    .await?;
            }
        }
    }
}

/// Forgets the customers of contacts that ended before; answers those that have to wait: not over long enough, on
/// legal hold, or to be called back.
async fn forget_all(
    center: &Center,
    due: &[Passage],
    until: Timestamp,
) -> Result<Vec<ContactId>, ForgetError> {
    let contacts = due.iter().map(|it| it.contact).collect();
    let held = crate::api::held_among(center, contacts).await;
    let held: BTreeSet<ContactId> = held.map_err(|problem| unforgotten(&problem))?;
    // Somebody who is still to be called has to be known.
    let pending = center.engine.view().read(|projection| {
        let state = projection.center.state();
        state.callbacks.needed()
    });
    let is_over = |it: &Passage| it.ended.is_some_and(|at| at.0 < until.as_micros());
    let (over, waiting): (Vec<&Passage>, Vec<&Passage>) = due.iter().partition(|it| {
        is_over(it) && !held.contains(&it.contact) && !pending.contains(&it.contact)
    });
    let mut forgotten = Forgotten::default();
    for passage in over {
        let subjects = crate::api::forget_customer(center, passage.contact).await;
        let subjects = subjects.map_err(|problem| unforgotten(&problem))?;
        forgotten.contacts += u64::from(subjects > 0);
        forgotten.subjects += subjects;
    }
    note(center, &forgotten).await?;
    Ok(waiting.iter().map(|it| it.contact).collect())
}

fn unforgotten(problem: &crate::problem::Problem) -> ForgetError {
    ForgetError::Contact(problem.detail.clone())
}

async fn note(center: &Center, forgotten: &Forgotten) -> Result<(), ForgetError> {
    if forgotten.subjects == 0 {
        return Ok(());
    }
    let act = Administration::CustomersExpired {
        contacts: forgotten.contacts,
        subjects: forgotten.subjects,
    };
    let input = Input::Asked {
        actor: Actor::system(),
        request: Request::NoteAdministration(act),
    };
    let noted = center.engine.submit(input).await;
    noted.map_err(|error| ForgetError::Record(error.to_string()))?;
    Ok(())
}
