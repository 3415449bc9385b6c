//! What the server says of itself, kept so that a test can look for what must not be there. The other side of
//! the wire is another process in life, and is left out.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Everything above what only developers turn on.
const FILTER: &str =
    "off,tandem_server=debug,tandem_store=debug,tandem_core=debug,tandem_reports=debug";

/// The log of this process, from the first call on.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

/// Begins to keep the log; a second call answers the same one.
pub(crate) fn kept() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        tracing_subscriber::fmt()
            .json()
            .with_env_filter(EnvFilter::new(FILTER))
            .with_writer(log.clone())
            .init();
        log
    })
}

impl Log {
    /// Whether this text is anywhere in it.
    ///
    /// # Panics
    /// When nothing was logged: then looking proves nothing.
    pub(crate) fn has(&self, text: &str) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(!kept.is_empty(), "nothing was logged");
        kept.windows(text.len()).any(|it| it == text.as_bytes())
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
