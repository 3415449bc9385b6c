//! One flow of ours that is more than a sender of datagrams: a connection, or a hop that datagrams go to.

use crate::sip::connection::Outbox;
use crate::sip::peer::{ListenerId, Peer};
use std::net::SocketAddr;
use tandem_sip::flow::Hop;
use tandem_sip::transaction;
use tokio::task::AbortHandle;

#[derive(Debug)]
pub(in crate::sip) struct Line {
    /// None until it stands.
    pub(in crate::sip) peer: Option<Peer>,
    pub(super) end: End,
    pub(super) way: Way,
}

/// Whose it is.
#[derive(Debug)]
pub(super) enum End {
    /// Opened by this address, on this listener.
    Theirs(SocketAddr, ListenerId),
    Ours(Hop),
}

#[derive(Debug)]
pub(super) enum Way {
    Connection {
        outbox: Outbox,
        task: AbortHandle,
    },
    Datagrams {
        socket: ListenerId,
        to: SocketAddr,
    },
    /// Until the name is looked up.
    LookingUp {
        waiting: Vec<transaction::Wire>,
    },
}

/// Messages that wait for a look-up; a request of ours and its repetitions.
pub(super) const WAITING_MAX: usize = 256;
