//! A journal outside of a running loop: written by whoever has the turns of another contact center, read by whoever
//! asks what was.

use crate::engine::{BATCH_INPUTS_MAX, RecordBody, RecordError, TurnRecord};
use std::time::Duration;
use tandem_store::{
    AppendError, Batch, CenterId, Journal, Lease, LeaseError, NodeId, ReadLimit, Store,
};

/// Nobody else may write meanwhile.
const LEASE: Duration = Duration::from_secs(3_600);

/// Why a journal was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] tandem_store::Error),
    /// Somebody else has the contact center.
    #[error(transparent)]
    Lease(#[from] LeaseError),
    /// A record was not taken.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A record cannot be used.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A record cannot be written.
    #[error("a record cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
    /// There are records already.
    #[error("the journal of contact center {0} has records already")]
    NotEmpty(CenterId),
}

/// Writes the journal of a contact center that has none.
pub struct JournalWriter<'a> {
    store: &'a Store,
    lease: Lease,
    seq: u64,
    waiting: Vec<TurnRecord>,
}

impl<'a> JournalWriter<'a> {
    /// Begins.
    ///
    /// # Errors
    /// When the center has records, or somebody else has it.
    pub async fn begin(store: &'a Store, center: &CenterId) -> Result<Self, JournalError> {
        let node = NodeId::parse("import")?;
        let lease = store.acquire(center, &node, LEASE).await?;
        if lease.next_seq != 1 {
            store.release(lease).await?;
            return Err(JournalError::NotEmpty(center.clone()));
        }
        let seq = lease.next_seq;
        let waiting = Vec::new();
        Ok(Self {
            store,
            lease,
            seq,
            waiting,
        })
    }

    /// Another turn; as many as the loop would have drained share a record.
    ///
    /// # Errors
    /// When a record is not taken.
    pub async fn add(&mut self, turn: TurnRecord) -> Result<(), JournalError> {
        self.waiting.push(turn);
        if self.waiting.len() < BATCH_INPUTS_MAX {
            return Ok(());
        }
        self.append().await
    }

    async fn append(&mut self) -> Result<(), JournalError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let turns = std::mem::take(&mut self.waiting);
        let body = serde_json::to_vec(&RecordBody::new(self.seq, self.lease.epoch, turns))?;
        let batch = Batch::record(body);
        self.store.append(&self.lease, self.seq, batch).await?;
        self.seq += 1;
        Ok(())
    }

    /// Writes what is left, and answers how many records there are.
    ///
    /// # Errors
    /// When a record is not taken.
    pub async fn finish(mut self) -> Result<u64, JournalError> {
        self.append().await?;
        self.store.release(self.lease).await?;
        Ok(self.seq - 1)
    }
}

/// Goes through the turns of a journal; answers how many records there are.
///
/// # Errors
/// When a record cannot be read.
pub async fn each_turn(
    journal: &dyn Journal,
    center: &CenterId,
    mut see: impl FnMut(TurnRecord),
) -> Result<u64, JournalError> {
    let mut n_read = 0;
    loop {
        let records = journal
            .read(center, n_read + 1, ReadLimit::default())
            .await?;
        if records.is_empty() {
            return Ok(n_read);
        }
        for record in records {
            let body = RecordBody::read(record.seq, &record.body)?;
            body.turns.into_iter().for_each(&mut see);
            n_read = record.seq;
            tokio::task::consume_budget().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::replay;
    use tandem_core::ContactCenter;
    use tandem_core::input::{Input, Request};
    use tandem_core::role::Actor;
    use tandem_core::settings::Document;
    use tandem_core::skill::Skill;
    use tandem_core::time::Timestamp;

    fn turns(n: usize) -> Vec<TurnRecord> {
        let mut center = ContactCenter::new();
        let turn = |n: usize| {
            let name = format!("skill {n}");
            let request = Request::Save {
                id: None,
                expected: None,
                document: Document::Skill(Skill { name }),
            };
            let actor = Actor::system();
            let input = Input::Asked { actor, request };
            let now = Timestamp::from_micros(1_700_000_000_000_000);
            let events = center.handle(now, input.clone()).events;
            TurnRecord { now, input, events }
        };
        (0..n).map(turn).collect()
    }

    #[tokio::test]
    async fn journal_that_is_written_is_replayed_and_read_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let center = CenterId::parse("bank").unwrap();
        let written = turns(BATCH_INPUTS_MAX + 3);
        let mut writer = JournalWriter::begin(&store, &center).await.unwrap();
        for turn in written.clone() {
            writer.add(turn).await.unwrap();
        }
        assert_eq!(writer.finish().await.unwrap(), 2);
        let replayed = replay(&store, &center, |_| {}).await.unwrap();
        assert_eq!(replayed.turns, u64::try_from(written.len()).unwrap());
        let mut read = Vec::new();
        let n_records = each_turn(&store, &center, |it| read.push(it)).await;
        assert_eq!((n_records.unwrap(), read), (2, written));
        let again = JournalWriter::begin(&store, &center).await.err().unwrap();
        assert!(matches!(again, JournalError::NotEmpty(_)), "{again}");
        store.close().await.unwrap();
    }
}
