//! A person is erased: contact by contact, what is known of them and what was recorded. Done twice it comes to the
//! same, so that an erasure that broke off is asked for again.

use super::kept::{self, OnHold, Pages};
use super::{Erasure, KeptBack};
use crate::api::refusal::done;
use crate::center::Center;
use crate::problem::Problem;
use crate::recordings::retention;
use std::collections::BTreeSet;
use tandem_core::access::Access;
use tandem_core::ids::{ContactId, CustomerHash, SubjectRef};
use tandem_core::input::{Input, Request};
use tandem_core::role::Actor;
use tandem_store::{Erased, HistoryRow, KeptRecording, Recordings, Subjects, UnixMicros};

/// What was kept back and is named.
const KEPT_MAX: usize = 1_000;

pub(super) async fn erase(
    center: &Center,
    actor: &Actor,
    customer: CustomerHash,
    reason: SubjectRef,
) -> Result<Erasure, Problem> {
    let mut erasure = Erasure {
        contacts: 0,
        subjects: 0,
        recordings: 0,
        kept: Vec::new(),
        n_more_kept: 0,
    };
    let booked = uncontacted(center, customer);
    let uncalled = Input::Asked {
        actor: actor.clone(),
        request: Request::ForgetCallbacks { customer },
    };
    done(center.engine.submit_and_see(uncalled, Vec::new()).await?)?;
    // The core has ordered the same: whoever is answered is told of what is done.
    erasure.subjects += forget(center, booked).await?;
    let mut pages = Pages::of(customer);
    while let Some(rows) = pages.next(center).await? {
        let (over, open): (Vec<HistoryRow>, Vec<HistoryRow>) =
            rows.into_iter().partition(|row| row.ended.is_some());
        for row in open {
            // Its call needs what is known of the customer.
            erasure.keeps("contact", row.contact.0, "open");
        }
        let over: Vec<ContactId> = over.iter().map(|row| row.contact).collect();
        let held = kept::held_among(center, over.clone()).await?;
        for contact in &over {
            if held.contains(contact) {
                // Whoever wants the recording kept wants to know whose it is.
                erasure.keeps("contact", contact.0, "legal_hold");
                continue;
            }
            erasure.subjects += forget_customer(center, *contact).await?;
            erasure.contacts += 1;
        }
        for recording in kept::recordings(center, over, OnHold::OrNot).await? {
            silence(center, actor, &recording, reason, &mut erasure).await?;
        }
    }
    // The entry holds by its hash: that nobody calls them is what the person wants.
    if let Some(entry) = kept::do_not_call(center, customer) {
        erasure.subjects += forget(center, BTreeSet::from([entry.subject])).await?;
    }
    if let Err(error) = retention::remove_files(center).await {
        // Without their keys they say nothing to anybody; it is tried again.
        tracing::warn!(center = %center.id(), %error, "files of erased recordings stay for now");
    }
    Ok(erasure)
}

/// What callbacks that are called off name of a customer, and no contact does.
fn uncontacted(center: &Center, customer: CustomerHash) -> BTreeSet<SubjectRef> {
    center.engine.view().read(|projection| {
        let pending = projection.center.state().callbacks.of_customer(customer);
        let own = pending.filter(|(_, it)| !it.has_contact());
        own.flat_map(|(_, it)| it.subjects()).collect()
    })
}

/// Forgets what is known of the customer of a contact that is over; answers how many pieces there were.
pub(crate) async fn forget_customer(center: &Center, contact: ContactId) -> Result<u64, Problem> {
    let (_, subjects) = kept::told(center, contact).await?;
    forget(center, subjects).await
}

/// Answers how many there were to forget.
async fn forget(center: &Center, subjects: BTreeSet<SubjectRef>) -> Result<u64, Problem> {
    let subjects: Vec<SubjectRef> = subjects.into_iter().collect();
    let mut n = 0;
    for stored in center.store.get_many(center.id(), &subjects).await? {
        if let tandem_store::StoredSubject::Sealed(sealed) = &stored {
            center.store.erase(center.id(), sealed.subject()).await?;
            n += 1;
        }
    }
    center.people.forget(&subjects);
    Ok(n)
}

/// Erases a recording, on record first, unless it is on legal hold.
async fn silence(
    center: &Center,
    actor: &Actor,
    recording: &KeptRecording,
    reason: SubjectRef,
    erasure: &mut Erasure,
) -> Result<(), Problem> {
    let id = recording.sheet.recording;
    if recording.erased.is_some() {
        return Ok(());
    }
    if recording.hold.is_some() {
        erasure.keeps("recording", id.0, "legal_hold");
        return Ok(());
    }
    let input = Input::Asked {
        actor: actor.clone(),
        request: Request::AccessRecording {
            contact: recording.sheet.contact,
            recording: id,
            access: Access::Erased { reason },
        },
    };
    done(center.engine.submit(input).await?)?;
    let now = UnixMicros(center.clock.now().as_micros());
    match center.store.erase_recording(center.id(), id, now).await? {
        Erased::Now(_) => erasure.recordings += 1,
        Erased::Before | Erased::Unknown => {}
        // Put on hold in this very moment.
        Erased::Held => erasure.keeps("recording", id.0, "legal_hold"),
    }
    Ok(())
}

impl Erasure {
    fn keeps(&mut self, kind: &'static str, id: u64, why: &'static str) {
        if self.kept.len() < KEPT_MAX {
            self.kept.push(KeptBack { kind, id, why });
        } else {
            self.n_more_kept += 1;
        }
    }
}
