//! What can be wrong with remote bytes or with a request to this crate, by what the caller can do.

/// Why bytes or a request were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes end inside a field: drop them, nothing can be answered.
    #[error("truncated: {0}")]
    Truncated(&'static str),
    /// A field has a value that its format forbids: drop them.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// Well formed, but a variant that Tandem does not handle: tell the person who supplied it.
    #[error("unsupported: {0}")]
    Unsupported(&'static str),
    /// A fixed limit is reached: refuse the request and say which limit.
    #[error("over the limit: {0}")]
    Limit(&'static str),
    /// The party has left the mixer, or never was in it.
    #[error("no such party")]
    NoSuchParty,
}
