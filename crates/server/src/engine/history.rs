//! The history and the audit: written by whoever follows the journal, never in the loop. What is written and how far that
//! goes become durable together, so that a kill at any moment leaves neither gap nor double; a history that is
//! not there, or of another version, is made again from the journal while the contact center serves.

mod act;
mod row;

pub(crate) use act::row_of as audit_row_of;
pub(crate) use row::detail_of;
pub use row::read_detail;

use super::record::RecordError;
use super::view::View;
use row::entry_of;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tandem_core::event::Event;
use tandem_core::ids::AgentId;
use tandem_core::time::Timestamp;
use tandem_reports::history::{Changes, History as Fold, Thread};
use tandem_reports::performance::AgentThread;
use tandem_store::{
    CenterId, CenterStore, Error, History, HistoryBatch, HistoryMark, NewAuditEntry, NewFacts,
    ReadLimit, Record,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Version of what is written; a history of another one is made again. 2 brought the audit, 3 what lists ask of a
/// contact beside its queues and agents, 4 what queues and agents did, 5 the promises of callbacks, 6 versions and pay of
/// reasons.
pub const HISTORY_SCHEMA: u32 = 6;
/// Records that are read at once.
const RECORDS_AT_ONCE: usize = 500;
/// Contacts that are written at once, about.
const CONTACTS_AT_ONCE: usize = 2_000;
/// Entries of the audit that are written at once, about.
const ACTS_AT_ONCE: usize = 1_000;
/// Changes of so long are written together.
const TOGETHER: Duration = Duration::from_millis(200);
/// How long a store that did not answer is left alone.
const RETRY: Duration = Duration::from_secs(1);

/// How far the history is. Cheap to clone.
#[derive(Clone)]
pub struct Followed(Arc<watch::Sender<u64>>);

impl Default for Followed {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Followed {
    /// The last record that is in it.
    #[must_use]
    pub fn seq(&self) -> u64 {
        *self.0.borrow()
    }

    /// Waits until record `seq` is in it.
    pub async fn reaches(&self, seq: u64) {
        let mut watched = self.0.subscribe();
        // The sender lives in `self`, so that waiting cannot fail.
        drop(watched.wait_for(|reached| *reached >= seq).await);
    }
}

/// Why the history does not go on.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] Error),
    /// A record cannot be used.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// What was written cannot be read, or not be written.
    #[error("a part of the history cannot be encoded or read: {0}")]
    Detail(String),
}

/// What a follower needs.
pub struct FollowerOptions {
    /// Whose history.
    pub center: CenterId,
    /// The journal.
    pub journal: Arc<dyn CenterStore>,
    /// The history.
    pub history: Arc<dyn History>,
    /// Tells how far it is.
    pub followed: Followed,
}

/// Follows the journal until told to stop.
pub(crate) async fn keep(options: FollowerOptions, view: View, stop: CancellationToken) {
    let mut seqs = view.seqs();
    let mut follower = None;
    loop {
        let pause = match go_on(&options, &mut follower, &stop).await {
            Ok(()) => TOGETHER,
            Err(error) => {
                tracing::warn!(center = %options.center, %error, "the history does not go on; it is tried again");
                follower = None;
                RETRY
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        let reached = options.followed.seq();
        tokio::select! {
            () = stop.cancelled() => return,
            seen = seqs.wait_for(|seq| *seq > reached) => if seen.is_err() { return },
        }
    }
}

async fn go_on(
    options: &FollowerOptions,
    follower: &mut Option<Follower>,
    stop: &CancellationToken,
) -> Result<(), FollowError> {
    let follower = match follower {
        Some(follower) => follower,
        None => follower.insert(Follower::resume(options).await?),
    };
    while !stop.is_cancelled() && follower.step(options).await? {}
    Ok(())
}

/// Brings a history up to the end of its journal.
///
/// # Errors
/// [`FollowError`] when the store does not answer or a record cannot be used.
pub async fn catch_up(options: &FollowerOptions) -> Result<(), FollowError> {
    let mut follower = Follower::resume(options).await?;
    while follower.step(options).await? {}
    Ok(())
}

/// The fold, and where it is.
struct Follower {
    fold: Fold,
    /// Entries of the audit that are not written yet.
    acts: Vec<NewAuditEntry>,
    seq: u64,
    epoch: u64,
}

/// What stands in a mark beside its number.
#[derive(Serialize, Deserialize)]
struct Place {
    /// Of the last record: a journal that was begun anew from a backup has others.
    epoch: u64,
    thread: Thread,
}

/// What the history takes of a record.
#[derive(Deserialize)]
struct Body {
    turns: Vec<Turn>,
}

#[derive(Deserialize)]
struct Turn {
    now: Timestamp,
    events: Vec<Event>,
}

impl Follower {
    async fn resume(options: &FollowerOptions) -> Result<Self, FollowError> {
        let FollowerOptions {
            center, history, ..
        } = options;
        let mark = history.history_mark(center).await?;
        if let Some(resumed) = Self::at(options, mark.as_ref()).await? {
            options.followed.0.send_replace(resumed.seq);
            return Ok(resumed);
        }
        if let Some(mark) = mark {
            tracing::info!(%center, seq = mark.seq, "the history is made again from the journal");
        }
        // Broken off before its first mark it may have left something.
        history.forget_history(center).await?;
        Ok(Self {
            fold: Fold::default(),
            acts: Vec::new(),
            seq: 0,
            epoch: 0,
        })
    }

    /// Where the mark says, if it is of this journal and of this version.
    async fn at(
        options: &FollowerOptions,
        mark: Option<&HistoryMark>,
    ) -> Result<Option<Self>, FollowError> {
        let Some(mark) = mark.filter(|mark| mark.schema == HISTORY_SCHEMA) else {
            return Ok(None);
        };
        let Ok(place) = serde_json::from_slice::<Place>(&mark.thread) else {
            return Ok(None);
        };
        let limit = ReadLimit {
            records: 1,
            ..ReadLimit::default()
        };
        let last = options
            .journal
            .read(&options.center, mark.seq, limit)
            .await?;
        let last = last.first().map(|record| (record.seq, record.epoch));
        if last != Some((mark.seq, place.epoch)) {
            return Ok(None);
        }
        let threads = options.history.agent_threads(&options.center).await?;
        let threads: Result<Vec<(AgentId, AgentThread)>, FollowError> = threads
            .into_iter()
            .map(|(agent, body)| {
                let thread = serde_json::from_slice(&body);
                Ok((agent, thread.map_err(|error| unreadable(&error))?))
            })
            .collect();
        Ok(Some(Self {
            fold: Fold::resumed(place.thread, threads?),
            acts: Vec::new(),
            seq: mark.seq,
            epoch: place.epoch,
        }))
    }

    /// Takes some records and writes what they changed; answers whether there may be more.
    async fn step(&mut self, options: &FollowerOptions) -> Result<bool, FollowError> {
        let limit = ReadLimit {
            records: RECORDS_AT_ONCE,
            ..ReadLimit::default()
        };
        let (center, from) = (&options.center, self.seq + 1);
        let records = options.journal.read(center, from, limit).await?;
        if records.is_empty() {
            return Ok(false);
        }
        for record in records {
            self.take(options, &record).await?;
            if self.fold.n_changed() >= CONTACTS_AT_ONCE || self.acts.len() >= ACTS_AT_ONCE {
                self.write(options).await?;
            }
            // Reading a long journal again holds up nobody.
            tokio::task::consume_budget().await;
        }
        self.write(options).await?;
        Ok(true)
    }

    async fn take(
        &mut self,
        options: &FollowerOptions,
        record: &Record,
    ) -> Result<(), FollowError> {
        let body: Body = serde_json::from_slice(&record.body).map_err(|error| {
            FollowError::Record(RecordError::Unreadable {
                seq: record.seq,
                detail: error.to_string(),
            })
        })?;
        let acts = act::acts_of(record, &body.turns);
        self.acts.extend(acts.map_err(FollowError::Detail)?);
        for turn in body.turns {
            for event in &turn.events {
                if let Some(contact) = self.fold.missing(event) {
                    let found = options.history.history_entry(&options.center, contact);
                    if let Some(entry) = found.await? {
                        let past = read_detail(&entry.detail).map_err(FollowError::Detail)?;
                        self.fold.give_back(contact, past);
                    }
                }
                self.fold.apply(record.seq, turn.now, event);
            }
        }
        (self.seq, self.epoch) = (record.seq, record.epoch);
        Ok(())
    }

    /// What changed and how far it goes, in one transaction.
    async fn write(&mut self, options: &FollowerOptions) -> Result<(), FollowError> {
        let changes = self.fold.changes();
        let audit = std::mem::take(&mut self.acts);
        let batch = tokio::task::spawn_blocking(move || batch_of(changes, audit)).await;
        let batch = batch.map_err(|error| unreadable(&error))?;
        let batch = batch.map_err(|error| unreadable(&error))?;
        let place = Place {
            epoch: self.epoch,
            thread: self.fold.thread(),
        };
        let mark = HistoryMark {
            schema: HISTORY_SCHEMA,
            seq: self.seq,
            thread: serde_json::to_vec(&place).map_err(|error| unreadable(&error))?,
        };
        let history = &options.history;
        history.put_history(&options.center, mark, batch).await?;
        options.followed.0.send_replace(self.seq);
        Ok(())
    }
}

fn unreadable(error: &dyn std::fmt::Display) -> FollowError {
    FollowError::Detail(error.to_string())
}

fn batch_of(changes: Changes, audit: Vec<NewAuditEntry>) -> Result<HistoryBatch, std::io::Error> {
    let contacts = changes.contacts.iter();
    let entries = contacts.map(|(contact, past)| entry_of(*contact, past));
    let agents = changes.agents.into_iter().map(|(agent, thread)| {
        let body = thread.map(|thread| serde_json::to_vec(&thread)).transpose();
        Ok((agent, body?))
    });
    let agents: Result<_, std::io::Error> = agents.collect();
    Ok(HistoryBatch {
        entries: entries.collect::<Result<_, _>>()?,
        audit,
        facts: NewFacts {
            facts: changes.facts,
            agents: agents?,
        },
    })
}
