//! What the process says of itself: JSON logs on standard error, metrics on request. Names and
//! numbers of people are in neither.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How often histograms are folded, so that they do not grow between two readings.
const UPKEEP: Duration = Duration::from_secs(5);
/// Upper bounds of time buckets, s.
const SECONDS: [f64; 14] = [
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0,
];

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts logging: `RUST_LOG` wins over `filter`, which wins over INFO. A second call changes
/// nothing.
///
/// # Errors
/// When a filter cannot be read.
pub fn log(filter: Option<&str>) -> Result<(), String> {
    let words = std::env::var("RUST_LOG").ok();
    let words = words.as_deref().or(filter).unwrap_or("info");
    let filter = EnvFilter::try_new(words).map_err(|error| {
        format!("\"{words}\" is not a log filter ({error}); write e.g. \"info\"")
    })?;
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_writer(std::io::stderr);
    // A second call finds a subscriber in place, which is as good.
    drop(
        tracing_subscriber::registry()
            .with(filter)
            .with(lines)
            .try_init(),
    );
    Ok(())
}

/// The metrics of the process; there is one set, however many servers it runs.
///
/// # Panics
/// When another recorder was installed.
#[must_use]
pub fn metrics() -> PrometheusHandle {
    let handle = METRICS.get_or_init(|| {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
            .expect("there are buckets");
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).expect("nobody else installs a recorder");
        handle
    });
    handle.clone()
}

/// Folds histograms until told to stop.
pub async fn upkeep(handle: PrometheusHandle, stop: CancellationToken) {
    let mut period = tokio::time::interval(UPKEEP);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = period.tick() => handle.run_upkeep(),
        }
    }
}
