//! What goes out.

use super::Driver;
use super::line::{WAITING_MAX, Way};
use crate::sip::counts::Dropped;
use crate::sip::owner::Owner;
use crate::sip::peer::{Closing, ListenerId};
use crate::sip::sockets::Socket;
use crate::sip::wire::Direction;
use std::io;
use std::net::SocketAddr;
use tandem_sip::flow::FlowId;
use tandem_sip::message::{Method, Request};
use tandem_sip::stack::Transmit;

/// What sending to a flow has come to.
enum Sent {
    Done,
    Dropped(Dropped),
    Closed(Closing),
    NoWay,
    Datagram(ListenerId, SocketAddr),
}

/// Whether a request begins something new: one that counts against the rate of its source.
pub(super) const fn begins_something(request: &Request) -> bool {
    match &request.method {
        Method::Invite
        | Method::Register
        | Method::Options
        | Method::Refer
        | Method::Subscribe
        | Method::Message
        | Method::Publish
        | Method::Other(_) => true,
        Method::Ack
        | Method::Bye
        | Method::Cancel
        | Method::Prack
        | Method::Update
        | Method::Info
        | Method::Notify => false,
    }
}

impl<O: Owner> Driver<O> {
    pub(super) fn send(&mut self, transmit: Transmit) {
        let Transmit { flow, bytes } = transmit;
        let Some(bytes) = self.owner.dress(flow, bytes) else {
            return;
        };
        if self.owner.wants_wire() {
            let remote = self.peers.get(flow).map(|peer| peer.address);
            self.trace(flow, Direction::Sent, remote, &bytes);
        }
        let sent = match self.peers.lines.get_mut(&flow).map(|line| &mut line.way) {
            Some(Way::Connection { outbox, .. }) => match outbox.push(bytes.clone()) {
                Ok(()) => Sent::Done,
                Err(_) => Sent::Closed(Closing::NotTaken),
            },
            Some(Way::Datagrams { socket, to }) => Sent::Datagram(*socket, *to),
            Some(Way::LookingUp { waiting }) if waiting.len() < WAITING_MAX => {
                waiting.push(bytes.clone());
                Sent::Done
            }
            Some(Way::LookingUp { .. }) => Sent::Dropped(Dropped::NotTaken),
            None => {
                let peer = self.peers.datagrams.peer(flow);
                let way = peer.and_then(|peer| Some((peer.listener?, peer.address)));
                way.map_or(Sent::NoWay, |(socket, to)| Sent::Datagram(socket, to))
            }
        };
        match sent {
            Sent::Done => self.counts.n_sent += 1,
            Sent::Dropped(why) => self.counts.add(why),
            Sent::Closed(why) => self.close(flow, why),
            Sent::NoWay => {
                self.counts.add(Dropped::NoWay);
                self.failed.push(flow);
            }
            Sent::Datagram(socket, to) => self.send_datagram(flow, socket, to, &bytes),
        }
    }

    pub(super) fn send_datagram(
        &mut self,
        flow: FlowId,
        socket: ListenerId,
        to: SocketAddr,
        bytes: &[u8],
    ) {
        let Socket::Datagrams(socket) = &self.listeners[socket.0].socket else {
            return;
        };
        match socket.try_send_to(bytes, to) {
            Ok(_) => self.counts.n_sent += 1,
            // A lost datagram is sent again by its transaction; to wait for room would make all others late.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.counts.add(Dropped::NotSent);
            }
            // RFC 3261 18.4: no route, too long ... It would fail again, so it is told.
            Err(_) => {
                self.counts.add(Dropped::NotSent);
                self.failed.push(flow);
            }
        }
    }
}
