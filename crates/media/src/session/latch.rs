//! Whose datagrams are taken. Behind a translator of addresses the other side is not where it says that it is, so the
//! session sends to where packets come from; and somebody who only guesses the port must not get the call that way.

use std::net::SocketAddr;

/// What a packet proves about its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// It was made with the key of the call: wherever it comes from, it is the other side.
    Key,
    None,
}

/// Where the other side is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Latch {
    /// Where the signalling says that it is.
    expected: Option<SocketAddr>,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Unheard,
    /// Heard from elsewhere than expected; gives way to who was expected.
    Provisional(SocketAddr),
    Firm(SocketAddr),
}

impl Latch {
    pub(super) const fn new(expected: Option<SocketAddr>) -> Self {
        Self {
            expected,
            state: State::Unheard,
        }
    }

    pub(super) const fn expect(&mut self, address: SocketAddr) {
        self.expected = Some(address);
        self.state = State::Unheard;
    }

    pub(super) const fn destination(&self) -> Option<SocketAddr> {
        match self.state {
            State::Unheard => self.expected,
            State::Provisional(address) | State::Firm(address) => Some(address),
        }
    }

    pub(super) fn admits(&self, from: SocketAddr, proof: Proof) -> bool {
        match (proof, self.state) {
            (Proof::Key, _) | (Proof::None, State::Unheard) => true,
            (Proof::None, State::Provisional(address)) => {
                from == address || Some(from) == self.expected
            }
            (Proof::None, State::Firm(address)) => from == address,
        }
    }

    /// Reports may come from a port of their own (RFC 3550 11), but from the same host.
    pub(super) fn admits_control(&self, from: SocketAddr) -> bool {
        self.destination()
            .is_some_and(|address| address.ip() == from.ip())
    }

    /// A packet of an admitted sender was believed.
    pub(super) fn take(&mut self, from: SocketAddr, proof: Proof) {
        let is_expected = self.expected.is_none_or(|expected| expected == from);
        self.state = match proof {
            Proof::Key => State::Firm(from),
            Proof::None if is_expected => State::Firm(from),
            Proof::None => match self.state {
                State::Firm(address) => State::Firm(address),
                State::Unheard | State::Provisional(_) => State::Provisional(from),
            },
        };
    }
}
