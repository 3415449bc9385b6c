//! Facts about the store for a health page. Free disk space is not among them: the standard library
//! cannot ask for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// How long the last append took until it was durable; `None` before the first.
    pub append_latency_last: Option<Duration>,
    pub append_latency_max: Option<Duration>,
    pub n_appends: u64,
    pub n_appends_failed: u64,
    /// All database files, write-ahead log included.
    pub database_bytes: u64,
    /// What a start after a crash has to go through.
    pub wal_bytes: u64,
}

#[derive(Default)]
pub(crate) struct AppendMeter {
    last_us: AtomicU64,
    max_us: AtomicU64,
    n_appends: AtomicU64,
    n_failed: AtomicU64,
}

impl AppendMeter {
    pub(crate) fn appended(&self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.last_us.store(micros, Ordering::Relaxed);
        self.max_us.fetch_max(micros, Ordering::Relaxed);
        self.n_appends.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn failed(&self) {
        self.n_failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn health(&self, database_bytes: u64, wal_bytes: u64) -> Health {
        let n_appends = self.n_appends.load(Ordering::Relaxed);
        let latency = |micros: &AtomicU64| {
            (n_appends > 0).then(|| Duration::from_micros(micros.load(Ordering::Relaxed)))
        };
        Health {
            append_latency_last: latency(&self.last_us),
            append_latency_max: latency(&self.max_us),
            n_appends,
            n_appends_failed: self.n_failed.load(Ordering::Relaxed),
            database_bytes,
            wal_bytes,
        }
    }
}
