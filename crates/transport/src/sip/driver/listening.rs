//! What comes in: datagrams, and connections of others. Who is not permitted costs nothing but being counted.

use super::line::{End, Line, Way};
use super::{BATCH, Driver};
use crate::sip::connection::{accepted, ends, set_no_delay};
use crate::sip::counts::Dropped;
use crate::sip::datagram::begins_something;
use crate::sip::owner::Owner;
use crate::sip::peer::{Closing, ListenerId};
use crate::sip::sockets::Socket;
use crate::sip::wire::Direction;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};
use tandem_sip::Micros;
use tandem_sip::admission::Sources;
use tandem_sip::flow::{Flow, FlowId, Transport};
use tokio::net::TcpStream;

/// After an error of accept (no file descriptors left, for one) the listener rests: the connection still
/// waits, and asking at once again would only turn in circles.
const REST: Micros = 100_000;

impl<O: Owner> Driver<O> {
    /// Ready where datagrams wait, or where a connection was taken in.
    pub(super) fn poll_listener(&mut self, context: &mut Context<'_>, id: ListenerId) -> Poll<()> {
        let mut is_ready = false;
        for _ in 0..BATCH {
            if self.resting[id.0] > self.now {
                break;
            }
            let polled = match &self.listeners[id.0].socket {
                Socket::Datagrams(socket) => return socket.poll_recv_ready(context).map(drop),
                Socket::Connections { listener, .. } => listener.poll_accept(context),
            };
            match polled {
                Poll::Pending => break,
                Poll::Ready(Ok((stream, remote))) => {
                    is_ready = true;
                    self.accept(id, stream, remote);
                }
                // The connection was gone before it was taken.
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Poll::Ready(Err(error)) => {
                    tracing::warn!(%error, "connections cannot be accepted");
                    self.resting[id.0] = self.now.saturating_add(REST);
                    is_ready = true;
                }
            }
        }
        if is_ready {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Where the connection is not wanted, it is closed by being dropped.
    fn accept(&mut self, id: ListenerId, stream: TcpStream, remote: SocketAddr) {
        let listener = &self.listeners[id.0];
        let source = remote.ip();
        if !listener.sources.permits(source) {
            return self.counts.add(Dropped::ForeignConnection);
        }
        let Socket::Connections { tls, .. } = &listener.socket else {
            return;
        };
        if self.n_accepted >= self.limits.connections {
            return self.counts.add(Dropped::TooManyConnections);
        }
        let n_of_source = self.n_per_source.entry(source).or_default();
        if *n_of_source >= self.limits.connections_per_source {
            return self.counts.add(Dropped::TooManyOfSource);
        }
        *n_of_source += 1;
        self.n_accepted += 1;
        set_no_delay(&stream);
        let tls = tls.as_ref().map(|tls| tls.0.clone());
        let flow = self.next_accepted();
        let (outbox, ends) = ends(
            flow,
            self.limits,
            self.tell.clone(),
            self.wants_wire.clone(),
        );
        let task = self.tasks.spawn(accepted(stream, remote, tls, ends));
        let line = Line {
            peer: None,
            end: End::Theirs(remote, id),
            way: Way::Connection { outbox, task },
        };
        self.peers.lines.insert(flow, line);
    }

    /// Takes a batch of datagrams, where the listener is one of datagrams.
    pub(super) fn receive(&mut self, id: ListenerId) {
        let mut datagram = std::mem::take(&mut self.datagram);
        for _ in 0..BATCH {
            let Socket::Datagrams(socket) = &self.listeners[id.0].socket else {
                break;
            };
            match socket.try_recv_from(&mut datagram) {
                Ok((n, remote)) => self.handle_datagram(id, remote, datagram.split_at(n).0),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // An error of an earlier datagram of ours; the next one has none.
                Err(_) => {}
            }
        }
        self.datagram = datagram;
    }

    fn handle_datagram(&mut self, id: ListenerId, remote: SocketAddr, datagram: &[u8]) {
        if !self.listeners[id.0].sources.permits(remote.ip()) {
            return self.counts.add(Dropped::ForeignDatagram);
        }
        if begins_something(datagram) && !self.admits(id, remote.ip()) {
            return self.counts.add(Dropped::OverRate);
        }
        self.counts.n_received += 1;
        let n_ever = &mut self.n_accepted_ever;
        let next = || {
            *n_ever += 1;
            FlowId::Accepted(*n_ever)
        };
        let flow = Flow {
            id: self.peers.datagrams.flow(id, remote, next),
            transport: Transport::Udp,
        };
        if self.owner.wants_wire() {
            self.trace(flow.id, Direction::Received, Some(remote), datagram);
        }
        self.ua.handle_datagram(self.now, flow, remote, datagram);
    }

    pub(super) fn admits(&mut self, id: ListenerId, source: IpAddr) -> bool {
        let rate = self.rates[id.0].as_mut();
        rate.is_none_or(|rate| rate.take(self.now, source))
    }

    pub(super) fn set_sources(&mut self, id: ListenerId, sources: Sources) {
        let is_foreign = |line: &Line| match &line.end {
            End::Theirs(address, listener) => *listener == id && !sources.permits(address.ip()),
            End::Ours(_) => false,
        };
        let lines = self.peers.lines.iter();
        let foreign = lines.filter(|(_, line)| is_foreign(line));
        let foreign: Vec<FlowId> = foreign.map(|(flow, _)| *flow).collect();
        self.listeners[id.0].sources = sources;
        for flow in foreign {
            self.close(flow, Closing::NotPermitted);
        }
    }

    fn next_accepted(&mut self) -> FlowId {
        self.n_accepted_ever += 1;
        FlowId::Accepted(self.n_accepted_ever)
    }
}
