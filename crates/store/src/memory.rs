//! A store in memory with faults on order, for tests of what is built on the journal. It passes the
//! same conformance suite as the durable ones and forgets everything when it is dropped.

mod audit;
mod favorite;
mod figures;
mod history;
mod teams_account;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::Pending;
use crate::audit::WholeAuditEntry;
use crate::center::{CenterId, NodeId};
use crate::error::{Error, check_size};
use crate::history::{HistoryEntry, HistoryMark};
use crate::journal::{
    AppendError, Batch, Journal, Lease, LeaseError, LegCheckpoint, ReadLimit, Record,
};
use crate::limits::{SNAPSHOT_BYTES_MAX, SUBJECTS_PER_BATCH_MAX, SUBJECTS_PER_READ_MAX};
use crate::snapshot::{Snapshot, Snapshots, not_ahead};
use crate::sound::{NewSound, SoundError, Sounds, check_room, checked};
use crate::subject::{SealedSubject, StoredSubject, Subjects};
use tandem_core::ids::{ContactId, SubjectRef};
use tandem_core::prompt::{Sound, SoundId};

/// What happens to an append, in the order in which faults were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The answer is lost and the record is durable.
    UnknownWritten,
    /// The answer is lost and so is the record.
    UnknownLost,
    Unavailable(String),
    /// Another owner takes the center just before.
    Fenced,
    /// The answer comes later; use a paused clock.
    Delay(Duration),
}

#[derive(Default)]
pub struct MemoryStore {
    state: Mutex<State>,
    held: watch::Sender<usize>,
}

/// While it lives no append is answered or written.
pub struct HeldAppends<'a> {
    held: &'a watch::Sender<usize>,
}

impl Drop for HeldAppends<'_> {
    fn drop(&mut self) {
        self.held.send_modify(|n_held| *n_held -= 1);
    }
}

#[derive(Default)]
struct State {
    centers: BTreeMap<CenterId, Center>,
    faults: VecDeque<Fault>,
}

#[derive(Default)]
struct Center {
    epoch: u64,
    holder: Option<(NodeId, Instant)>,
    records: Vec<Record>,
    subjects: BTreeMap<SubjectRef, StoredSubject>,
    largest_drawn: u64,
    checkpoints: BTreeMap<u64, Vec<u8>>,
    snapshots: BTreeMap<u64, Snapshot>,
    sounds: BTreeMap<SoundId, Kept>,
    history: Past,
    teams: teams_account::Kept,
    favorites: favorite::Kept,
}

#[derive(Default)]
struct Past {
    mark: Option<HistoryMark>,
    entries: BTreeMap<ContactId, HistoryEntry>,
    facts: figures::Kept,
    /// In their order.
    audit: Vec<WholeAuditEntry>,
}

struct Kept {
    sound: Sound,
    wav: Vec<u8>,
    named: Instant,
}

impl Center {
    fn tail(&self) -> u64 {
        self.records.last().map_or(0, |record| record.seq)
    }

    fn append(&mut self, lease: &Lease, expect_seq: u64, batch: Batch) -> Result<(), AppendError> {
        if self.epoch != lease.epoch {
            return Err(AppendError::Fenced);
        }
        if expect_seq != self.tail() + 1 {
            return Err(AppendError::Conflict {
                actual: self.tail() + 1,
            });
        }
        self.records.push(Record {
            seq: expect_seq,
            epoch: lease.epoch,
            body: batch.body,
        });
        for sealed in batch.subjects {
            self.put_unless_erased(sealed);
        }
        for LegCheckpoint { leg, sealed } in batch.checkpoints {
            match sealed {
                Some(sealed) => self.checkpoints.insert(leg, sealed),
                None => self.checkpoints.remove(&leg),
            };
        }
        Ok(())
    }

    fn put_unless_erased(&mut self, sealed: SealedSubject) {
        let subject = sealed.subject();
        self.largest_drawn = self.largest_drawn.max(subject.0);
        if self.subjects.get(&subject) != Some(&StoredSubject::Erased(subject)) {
            self.subjects.insert(subject, StoredSubject::Sealed(sealed));
        }
    }
}

impl MemoryStore {
    pub fn new() -> Self {
        Self::default()
    }

    /// The next append without a fault gets this one.
    pub fn fail_next_append(&self, fault: Fault) {
        self.state().faults.push_back(fault);
    }

    /// Appends wait from now on until the guard is dropped.
    pub fn hold_appends(&self) -> HeldAppends<'_> {
        self.held.send_modify(|n_held| *n_held += 1);
        HeldAppends { held: &self.held }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("no code panics while it holds this lock")
    }

    fn with_center<T>(&self, center: &CenterId, f: impl FnOnce(&mut Center) -> T) -> T {
        let mut state = self.state();
        if !state.centers.contains_key(center) {
            state.centers.insert(center.clone(), Center::default());
        }
        f(state
            .centers
            .get_mut(center)
            .expect("it was inserted above"))
    }
}

impl Journal for MemoryStore {
    fn acquire<'a>(
        &'a self,
        center: &'a CenterId,
        node: &'a NodeId,
        ttl: Duration,
    ) -> Pending<'a, Result<Lease, LeaseError>> {
        Box::pin(async move {
            let now = Instant::now();
            self.with_center(center, |stored| {
                if let Some((holder, expires)) = &stored.holder
                    && holder != node
                    && *expires > now
                {
                    return Err(LeaseError::Held {
                        center: center.clone(),
                        node: holder.to_string(),
                        remaining: expires.duration_since(now),
                    });
                }
                stored.holder = Some((node.clone(), now + ttl));
                stored.epoch += 1;
                let (epoch, next_seq) = (stored.epoch, stored.tail() + 1);
                Ok(Lease {
                    center: center.clone(),
                    epoch,
                    next_seq,
                })
            })
        })
    }

    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> Pending<'a, Result<(), LeaseError>> {
        Box::pin(async move {
            self.with_center(&lease.center, |stored| match &mut stored.holder {
                Some((_, expires)) if stored.epoch == lease.epoch => {
                    *expires = Instant::now() + ttl;
                    Ok(())
                }
                Some(_) | None => Err(LeaseError::Fenced),
            })
        })
    }

    fn append<'a>(
        &'a self,
        lease: &'a Lease,
        expect_seq: u64,
        batch: Batch,
    ) -> Pending<'a, Result<(), AppendError>> {
        Box::pin(async move {
            batch.check_limits().map_err(AppendError::Refused)?;
            let mut held = self.held.subscribe();
            held.wait_for(|n_held| *n_held == 0)
                .await
                .expect("the sender lives as long as this store");
            let fault = self.state().faults.pop_front();
            let append = || self.with_center(&lease.center, |c| c.append(lease, expect_seq, batch));
            match fault {
                None => append(),
                Some(Fault::Delay(delay)) => {
                    let done = append();
                    tokio::time::sleep(delay).await;
                    done
                }
                Some(Fault::UnknownWritten) => append().and(Err(AppendError::Unknown)),
                Some(Fault::UnknownLost) => Err(AppendError::Unknown),
                Some(Fault::Unavailable(reason)) => Err(AppendError::Unavailable(reason)),
                Some(Fault::Fenced) => {
                    self.with_center(&lease.center, |stored| {
                        stored.epoch += 1;
                        stored.holder = None;
                    });
                    append()
                }
            }
        })
    }

    fn read<'a>(
        &'a self,
        center: &'a CenterId,
        from_seq: u64,
        limit: ReadLimit,
    ) -> Pending<'a, Result<Vec<Record>, Error>> {
        Box::pin(async move {
            let limit = limit.clamped();
            let skipped = usize::try_from(from_seq.max(1) - 1).unwrap_or(usize::MAX);
            Ok(self.with_center(center, |stored| {
                let mut n_bytes = 0_usize;
                let fits = |(n_before, record): &(usize, &Record)| {
                    n_bytes = n_bytes.saturating_add(record.body.len());
                    *n_before == 0 || n_bytes <= limit.bytes
                };
                let wanted = stored.records.iter().skip(skipped).take(limit.records);
                wanted
                    .enumerate()
                    .take_while(fits)
                    .map(|(_, record)| record.clone())
                    .collect()
            }))
        })
    }

    fn tail<'a>(&'a self, center: &'a CenterId) -> Pending<'a, Result<u64, Error>> {
        Box::pin(async move { Ok(self.with_center(center, |stored| stored.tail())) })
    }

    fn checkpoints<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Vec<LegCheckpoint>, Error>> {
        Box::pin(async move {
            Ok(self.with_center(center, |stored| {
                let checkpoint = |(leg, sealed): (&u64, &Vec<u8>)| LegCheckpoint {
                    leg: *leg,
                    sealed: Some(sealed.clone()),
                };
                stored.checkpoints.iter().map(checkpoint).collect()
            }))
        })
    }

    fn release(&self, lease: Lease) -> Pending<'_, Result<(), LeaseError>> {
        Box::pin(async move {
            self.with_center(&lease.center, |stored| {
                if stored.epoch != lease.epoch {
                    return Err(LeaseError::Fenced);
                }
                stored.epoch += 1;
                stored.holder = None;
                Ok(())
            })
        })
    }
}

impl Subjects for MemoryStore {
    fn draw<'a>(&'a self, center: &'a CenterId) -> Pending<'a, Result<SubjectRef, Error>> {
        Box::pin(async move {
            Ok(self.with_center(center, |stored| {
                stored.largest_drawn += 1;
                SubjectRef(stored.largest_drawn)
            }))
        })
    }

    fn put<'a>(
        &'a self,
        center: &'a CenterId,
        subjects: Vec<SealedSubject>,
    ) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            check_size(
                "the subjects of one write",
                subjects.len(),
                SUBJECTS_PER_BATCH_MAX,
            )?;
            self.with_center(center, |stored| {
                for sealed in &subjects {
                    let subject = sealed.subject();
                    if stored.subjects.get(&subject) == Some(&StoredSubject::Erased(subject)) {
                        return Err(Error::Erased(subject.0));
                    }
                }
                for sealed in subjects {
                    stored.put_unless_erased(sealed);
                }
                Ok(())
            })
        })
    }

    fn get<'a>(
        &'a self,
        center: &'a CenterId,
        subject: SubjectRef,
    ) -> Pending<'a, Result<Option<StoredSubject>, Error>> {
        Box::pin(async move {
            Ok(self.with_center(center, |stored| stored.subjects.get(&subject).cloned()))
        })
    }

    fn get_many<'a>(
        &'a self,
        center: &'a CenterId,
        subjects: &'a [SubjectRef],
    ) -> Pending<'a, Result<Vec<StoredSubject>, Error>> {
        Box::pin(async move {
            check_size(
                "the subjects of one read",
                subjects.len(),
                SUBJECTS_PER_READ_MAX,
            )?;
            let mut wanted = subjects.to_vec();
            wanted.sort_unstable();
            wanted.dedup();
            Ok(self.with_center(center, |stored| {
                wanted
                    .iter()
                    .filter_map(|s| stored.subjects.get(s).cloned())
                    .collect()
            }))
        })
    }

    fn erase<'a>(
        &'a self,
        center: &'a CenterId,
        subject: SubjectRef,
    ) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            self.with_center(center, |stored| {
                stored.largest_drawn = stored.largest_drawn.max(subject.0);
                stored
                    .subjects
                    .insert(subject, StoredSubject::Erased(subject));
            });
            Ok(())
        })
    }
}

impl Snapshots for MemoryStore {
    fn put_snapshot<'a>(
        &'a self,
        center: &'a CenterId,
        snapshot: Snapshot,
    ) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            check_size(
                "a snapshot in bytes",
                snapshot.bytes.len(),
                SNAPSHOT_BYTES_MAX,
            )?;
            self.with_center(center, |stored| {
                stored.snapshots.insert(snapshot.seq, snapshot)
            });
            Ok(())
        })
    }

    fn newest_snapshot<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<Snapshot>, Error>> {
        Box::pin(async move {
            self.with_center(center, |stored| {
                let Some((seq, newest)) = stored.snapshots.last_key_value() else {
                    return Ok(None);
                };
                not_ahead(center, *seq, stored.tail())?;
                Ok(Some(newest.clone()))
            })
        })
    }
}

impl Sounds for MemoryStore {
    fn put_sound<'a>(
        &'a self,
        center: &'a CenterId,
        sound: NewSound,
    ) -> Pending<'a, Result<Sound, SoundError>> {
        Box::pin(async move {
            sound.check_size()?;
            let described = sound.described();
            if let Some(standing) = self.name_sound(center, &described.id).await? {
                return Ok(standing);
            }
            self.with_center(center, |stored| {
                let n_bytes: usize = stored.sounds.values().map(|it| it.wav.len()).sum();
                let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
                check_room(count(stored.sounds.len()), count(n_bytes), sound.wav.len())?;
                let kept = Kept {
                    sound: described.clone(),
                    wav: sound.wav,
                    named: Instant::now(),
                };
                stored.sounds.insert(described.id.clone(), kept);
                Ok(described)
            })
        })
    }

    fn name_sound<'a>(
        &'a self,
        center: &'a CenterId,
        id: &'a SoundId,
    ) -> Pending<'a, Result<Option<Sound>, Error>> {
        Box::pin(async move {
            Ok(self.with_center(center, |stored| {
                let kept = stored.sounds.get_mut(id)?;
                kept.named = Instant::now();
                Some(kept.sound.clone())
            }))
        })
    }

    fn sound<'a>(
        &'a self,
        center: &'a CenterId,
        id: &'a SoundId,
    ) -> Pending<'a, Result<Option<Vec<u8>>, Error>> {
        Box::pin(async move {
            let wav = self.with_center(center, |it| it.sounds.get(id).map(|it| it.wav.clone()));
            wav.map(|wav| checked(id, wav)).transpose()
        })
    }

    fn forget_sounds<'a>(
        &'a self,
        center: &'a CenterId,
        named: &'a BTreeSet<SoundId>,
        unnamed_for: Duration,
    ) -> Pending<'a, Result<usize, Error>> {
        Box::pin(async move {
            let now = Instant::now();
            Ok(self.with_center(center, |stored| {
                let before = stored.sounds.len();
                stored.sounds.retain(|id, kept| {
                    named.contains(id) || now.duration_since(kept.named) < unnamed_for
                });
                before - stored.sounds.len()
            }))
        })
    }
}
