//! What can be wrong with remote bytes or with an order to the stack, by what the caller can do.

/// Why a message or an order was refused. The text names the part, never its content: it may go
/// into a log, and headers hold names and numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not SIP, or broken in this place: answer 400 where possible, else drop.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// SIP of another version: answer 505 (RFC 3261 21.5.6).
    #[error("SIP version is not 2.0")]
    Version,
    /// A header that every message needs is missing: answer 400.
    #[error("missing header: {0}")]
    Missing(&'static str),
    /// A header that may stand once stands several times: answer 400 (RFC 3261 7.3.1).
    #[error("repeated header: {0}")]
    Repeated(&'static str),
    /// Over one of the fixed limits: answer 513 or close the connection.
    #[error("over the limit: {0}")]
    Limit(&'static str),
    /// The datagram ends before the body does (RFC 3261 18.3): answer 400.
    #[error("body is shorter than Content-Length")]
    Truncated,
    /// On a stream nothing tells where the body ends (RFC 3261 20.14): close the connection.
    #[error("no Content-Length on a stream")]
    Unframed,
    /// Only line ends: a keep-alive (RFC 5626 3.5.1), nothing to parse.
    #[error("empty datagram")]
    Empty,
    /// The stack has as many live transactions as it may: try later.
    #[error("too many live transactions")]
    Overloaded,
    /// The transaction has ended or never was.
    #[error("no such transaction")]
    NoSuchTransaction,
    /// The call has ended or never was.
    #[error("no such call")]
    NoSuchCall,
    /// The transaction or call cannot do this in its state: a fault of the caller.
    #[error("not in this state: {0}")]
    WrongState(&'static str),
}
