//! Why an order was not carried out.

/// What the owner can do about it stands in each text.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such leg: it was closed, or its conversation was")]
    NoSuchLeg,
    #[error("no such conversation: it was closed")]
    NoSuchConversation,
    #[error("the conversation is not recorded under that key")]
    NoSuchRecording,
    #[error("the conversation is recorded already: stop that recording first")]
    RecordedAlready,
    #[error("all {n} media ports are in use: widen the range, or wait until calls end")]
    PortsExhausted { n: usize },
    #[error("no media socket on {address}: {source}")]
    Socket {
        address: std::net::SocketAddr,
        source: std::io::Error,
    },
    /// A fixed limit is reached.
    #[error("over the limit: {0}")]
    Limit(&'static str),
    #[error(transparent)]
    Media(#[from] tandem_media::Error),
    #[error("the checkpoint cannot be used: {0}")]
    Checkpoint(&'static str),
    #[error("the media thread takes no more orders: it is overloaded")]
    Overloaded,
    #[error("the media plane has ended")]
    Ended,
}
