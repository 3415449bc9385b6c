//! Benchmarks: what the hot paths cost, each beside a floor that is measured in the same run. They
//! report; they never judge, because a machine that is busy must not fail a build.

mod backup;
mod business;
mod engine;
mod floor;
mod flow;
mod ingest;
mod latency;
mod prompts;
mod recordings;
mod routing;
mod start;
mod story;

pub use backup::{BackupReport, backup};
pub use business::{BusinessReport, business};
pub use engine::{EngineReport, engine};
pub use flow::{FlowReport, flow};
pub use ingest::{IngestReport, ingest};
pub use latency::Latency;
pub use prompts::{PromptsReport, prompts};
pub use recordings::{RecordingsReport, recordings};
pub use routing::{AgentsReport, RoutingReport, agents, routing};
pub use start::{StartReport, start};
pub use story::{StoryReport, story};

use crate::engine::{EngineOptions, SystemClock};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Why a benchmark did not finish.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The loop of a contact center on a store, without a world.
fn options(
    center: tandem_store::CenterId,
    store: &Arc<tandem_store::Store>,
    orders: crate::engine::Orders,
    stop: &CancellationToken,
) -> Result<EngineOptions, Error> {
    Ok(EngineOptions {
        center,
        time_zone: "UTC".to_owned(),
        node: tandem_store::NodeId::parse("bench")?,
        store: Arc::clone(store) as _,
        clock: Arc::new(SystemClock::default()),
        orders,
        stop: stop.clone(),
    })
}

/// Tells one who waits; the one who waits may have given up.
fn tell<T>(waiting: tokio::sync::oneshot::Sender<T>, what: T) {
    if waiting.send(what).is_err() {
        tracing::trace!("nobody waits any more");
    }
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for people to read")]
fn ratio(with: u64, without: u64) -> f64 {
    with as f64 / without.max(1) as f64
}
