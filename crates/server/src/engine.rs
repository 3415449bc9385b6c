//! The engine: one loop per contact center. It drains inputs, takes turns, appends one record, and
//! only then lets anything out: replies, orders, the live feed. Nothing that is not durable is ever
//! visible. It owns no business rule; those are in the core.

mod clock;
pub mod history;
mod record;
mod recovery;
mod snapshots;
mod view;
mod writer;

pub use clock::{Clock, SteppedClock, SystemClock};
pub use history::{Followed, FollowerOptions, catch_up};
pub use record::{RecordBody, RecordError, TurnRecord};
pub use recovery::{RecoveryError, recover};
pub use view::{Change, Projection, View};
pub(crate) use writer::BATCH_INPUTS_MAX;
pub use writer::{EngineOptions, StartError, spawn};

use tandem_core::effect::Order;
use tandem_core::input::Input;
use tandem_core::turn::Reply;
use tandem_store::{CenterId, SealedSubject};
use tokio::sync::{mpsc, oneshot};

/// Inputs that may wait for the loop; more wait at their source.
pub const INPUTS_WAITING_MAX: usize = 8_192;

/// An input on its way to the loop.
pub(crate) struct Job {
    pub(crate) input: Input,
    pub(crate) subjects: Vec<SealedSubject>,
    pub(crate) answer: oneshot::Sender<Result<Committed, Unavailable>>,
}

/// What became of an input, durable by the time it is seen.
#[derive(Clone, Debug)]
pub struct Committed {
    /// The core's answer.
    pub reply: Reply,
    /// The last record that is durable.
    pub seq: u64,
}

/// The input was not taken, or whether it was is not known: the caller must ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// The store does not answer; nothing was taken.
    #[error("the store is not available; try again in a moment")]
    Store,
    /// The loop has stopped.
    #[error("this contact center is stopping; try again in a moment")]
    Stopping,
}

/// Where the orders of a contact center go.
pub type Orders = mpsc::UnboundedSender<Order>;

/// The way to one contact center's loop and to what is visible of it. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    center: CenterId,
    jobs: mpsc::Sender<Job>,
    view: View,
}

impl Engine {
    /// The contact center's id.
    #[must_use]
    pub const fn center(&self) -> &CenterId {
        &self.center
    }

    /// What is visible of the contact center: durable, a moment behind the loop.
    #[must_use]
    pub const fn view(&self) -> &View {
        &self.view
    }

    /// Gives an input to the loop and waits until what followed is durable.
    ///
    /// # Errors
    /// [`Unavailable`] when nothing was taken.
    pub async fn submit(&self, input: Input) -> Result<Committed, Unavailable> {
        self.submit_with(input, Vec::new()).await
    }

    /// As [`Self::submit`], with personal data that becomes durable in the same transaction.
    ///
    /// # Errors
    /// [`Unavailable`] when nothing was taken.
    pub async fn submit_with(
        &self,
        input: Input,
        subjects: Vec<SealedSubject>,
    ) -> Result<Committed, Unavailable> {
        let (answer, committed) = oneshot::channel();
        let job = Job {
            input,
            subjects,
            answer,
        };
        self.jobs
            .send(job)
            .await
            .map_err(|_closed| Unavailable::Stopping)?;
        committed.await.map_err(|_closed| Unavailable::Stopping)?
    }

    /// As [`Self::submit`], and waits until the view shows it: whoever asks next sees the change.
    ///
    /// # Errors
    /// [`Unavailable`] when nothing was taken.
    pub async fn submit_and_see(
        &self,
        input: Input,
        subjects: Vec<SealedSubject>,
    ) -> Result<Committed, Unavailable> {
        let committed = self.submit_with(input, subjects).await?;
        self.view.reaches(committed.seq).await;
        Ok(committed)
    }
}
