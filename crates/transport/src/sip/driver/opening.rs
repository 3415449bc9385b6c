//! Connections that the user agent wants: one for each hop, numbered by it.

use super::Driver;
use super::line::{End, Line, Way};
use crate::sip::connection::{Secure, ends};
use crate::sip::look_up::{self, Place};
use crate::sip::owner::Owner;
use crate::sip::peer::{Closing, ListenerId, Peer};
use crate::sip::sockets::Socket;
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use tandem_sip::flow::{FlowId, Hop, Transport};

impl<O: Owner> Driver<O> {
    pub(super) fn open(&mut self, flow: FlowId, hop: Hop) {
        let is_full = self.peers.lines.len() - self.n_accepted >= self.limits.opened;
        let way = Way::LookingUp {
            waiting: Vec::new(),
        };
        let end = End::Ours(hop.clone());
        let line = Line {
            peer: None,
            end,
            way,
        };
        self.peers.lines.insert(flow, line);
        if is_full {
            return self.close(flow, Closing::TooManyOpened);
        }
        match hop.transport {
            Transport::Udp => self.open_datagrams(flow, hop),
            Transport::Tcp => self.open_connection(flow, hop, None),
            Transport::Tls => match self.secure(&hop) {
                Ok(secure) => self.open_connection(flow, hop, Some(secure)),
                Err(why) => self.close(flow, why),
            },
        }
    }

    fn open_datagrams(&mut self, flow: FlowId, hop: Hop) {
        match self.names.addresses(&hop) {
            Some(addresses) => self.handle_looked_up(flow, &addresses),
            None => {
                let (place, patience) = (self.place(hop), self.limits.connect);
                let find = look_up::find(place, flow, patience, self.tell.clone());
                self.tasks.spawn(find);
            }
        }
    }

    fn open_connection(&mut self, flow: FlowId, hop: Hop, secure: Option<Secure>) {
        let place = self.place(hop);
        let (outbox, ends) = ends(
            flow,
            self.limits,
            self.tell.clone(),
            self.wants_wire.clone(),
        );
        let task = self.tasks.spawn(look_up::open(place, secure, ends));
        if let Some(line) = self.peers.lines.get_mut(&flow) {
            line.way = Way::Connection { outbox, task };
        }
    }

    fn place(&self, hop: Hop) -> Place {
        match self.names.addresses(&hop) {
            Some(addresses) => Place::Known(addresses),
            None => Place::Named {
                hop,
                look_ups: self.look_ups.clone(),
            },
        }
    }

    /// The other side must be who the hop says: Direct Routing A.4 has names, never addresses.
    fn secure(&self, hop: &Hop) -> Result<Secure, Closing> {
        let client = self.client.as_ref().ok_or(Closing::NoTls)?;
        let host = hop.host.trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host).map_err(|_no_name| Closing::NoAddress)?;
        Ok((name, client.0.clone()))
    }

    /// Datagrams go out of the first socket of the same family: an answer finds its way back to it.
    pub(super) fn handle_looked_up(&mut self, flow: FlowId, addresses: &[SocketAddr]) {
        let sockets = self.listeners.iter().enumerate();
        let sockets: Vec<(ListenerId, bool)> = sockets
            .filter(|(_, listener)| matches!(listener.socket, Socket::Datagrams(_)))
            .map(|(id, listener)| (ListenerId(id), listener.address.is_ipv4()))
            .collect();
        let found = addresses.iter().find_map(|to| {
            let socket = sockets.iter().find(|(_, is_ipv4)| *is_ipv4 == to.is_ipv4());
            socket.map(|(socket, _)| (*socket, *to))
        });
        let Some((socket, to)) = found else {
            return self.close(flow, Closing::NoAddress);
        };
        let Some(line) = self.peers.lines.get_mut(&flow) else {
            return;
        };
        line.peer = Some(Peer {
            address: to,
            transport: Transport::Udp,
            listener: None,
            names: Vec::new(),
        });
        let way = std::mem::replace(&mut line.way, Way::Datagrams { socket, to });
        if let Way::LookingUp { waiting } = way {
            for bytes in waiting {
                self.send_datagram(flow, socket, to, &bytes);
            }
        }
    }
}
