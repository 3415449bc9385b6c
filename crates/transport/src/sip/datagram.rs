//! Datagram sockets, and the numbers by which their senders are known. A sender is forgotten only when so
//! many others came after it that the table is full.

use super::peer::{ListenerId, Peer};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::SocketAddr;
use tandem_sip::flow::{FlowId, Transport};
use tokio::net::UdpSocket;

/// Opens a socket with buffers for a burst: what the kernel drops is a retransmission half a second later.
pub(super) async fn bind(address: SocketAddr, buffer_bytes: usize) -> io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    rustix::net::sockopt::set_socket_recv_buffer_size(&socket, buffer_bytes)?;
    rustix::net::sockopt::set_socket_send_buffer_size(&socket, buffer_bytes)?;
    let socket = UdpSocket::from_std(socket)?;
    // The runtime does not know yet that there is room: without this the first message would be dropped.
    socket.writable().await?;
    Ok(socket)
}

/// Whether a datagram begins something new, without a parse: everything but responses and what belongs to
/// something that stands. What is no SIP counts as new.
pub(super) fn begins_something(datagram: &[u8]) -> bool {
    const OF_SOMETHING: [&[u8]; 8] = [
        b"SIP/2.0 ",
        b"ACK ",
        b"BYE ",
        b"CANCEL ",
        b"PRACK ",
        b"UPDATE ",
        b"NOTIFY ",
        b"INFO ",
    ];
    let message = datagram.trim_ascii_start();
    !OF_SOMETHING.iter().any(|start| message.starts_with(start))
}

/// Senders of datagrams in two generations: whoever is heard moves into the young one, and when that is
/// full, the old one is forgotten and the young becomes it. So each sender costs one look-up, whoever else
/// sends.
#[derive(Debug, Default)]
pub(super) struct Datagrams {
    young: Generation,
    old: Generation,
    n_young_max: usize,
}

#[derive(Debug, Default)]
struct Generation {
    flows: HashMap<(ListenerId, SocketAddr), FlowId>,
    peers: BTreeMap<FlowId, Peer>,
}

impl Datagrams {
    pub(super) fn new(n_peers_max: usize) -> Self {
        Self {
            young: Generation::default(),
            old: Generation::default(),
            n_young_max: (n_peers_max / 2).max(1),
        }
    }

    /// The flow of a sender; a new one gets the number that `next` gives.
    pub(super) fn flow(
        &mut self,
        listener: ListenerId,
        address: SocketAddr,
        next: impl FnOnce() -> FlowId,
    ) -> FlowId {
        let key = (listener, address);
        if let Some(flow) = self.young.flows.get(&key) {
            return *flow;
        }
        let flow = match self.old.flows.remove(&key) {
            Some(flow) => {
                self.old.peers.remove(&flow);
                flow
            }
            None => next(),
        };
        if self.young.flows.len() >= self.n_young_max {
            self.old = std::mem::take(&mut self.young);
        }
        let peer = Peer {
            address,
            transport: Transport::Udp,
            listener: Some(listener),
            names: Vec::new(),
        };
        self.young.flows.insert(key, flow);
        self.young.peers.insert(flow, peer);
        flow
    }

    pub(super) fn peer(&self, flow: FlowId) -> Option<&Peer> {
        let young = self.young.peers.get(&flow);
        young.or_else(|| self.old.peers.get(&flow))
    }
}

#[cfg(test)]
mod tests {
    use super::{Datagrams, begins_something};
    use crate::sip::ListenerId;
    use tandem_sip::flow::FlowId;

    #[test]
    fn sender_that_is_heard_keeps_its_number_however_many_others_come() {
        let mut datagrams = Datagrams::new(16);
        let mut n_numbers = 0;
        let mut flow = |port: u16| {
            datagrams.flow(ListenerId(0), ([192, 0, 2, 1], port).into(), || {
                n_numbers += 1;
                FlowId::Accepted(n_numbers)
            })
        };
        let phone = flow(5_060);
        let silent = flow(5_061);
        for n in 0..1_000 {
            flow(10_000 + n);
            if n % 8 == 0 {
                assert_eq!(flow(5_060), phone);
            }
        }
        assert_ne!(flow(5_061), silent);
        assert_eq!(datagrams.peer(silent), None);
        let n_kept = datagrams.young.peers.len() + datagrams.old.peers.len();
        assert!(n_kept <= 16, "{n_kept}");
        assert_eq!(
            datagrams.young.peers.len(),
            datagrams.young.flows.len(),
            "both ways"
        );
    }

    #[test]
    fn only_what_begins_something_counts_against_a_rate() {
        for new in [
            "INVITE sip:a SIP/2.0",
            "REGISTER sip:a",
            "\r\nOPTIONS ",
            "junk",
            "",
        ] {
            assert!(begins_something(new.as_bytes()), "{new}");
        }
        for old in [
            "SIP/2.0 200 OK",
            "ACK sip:a",
            "\r\nBYE sip:a",
            "CANCEL sip:a",
        ] {
            assert!(!begins_something(old.as_bytes()), "{old}");
        }
    }
}
