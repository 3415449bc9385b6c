//! Whose datagrams are taken. Behind a translator of addresses the other side is not where it says that it is, so the
//! session sends to where packets come from; and somebody who only guesses the port must not get the call that way.

use std::net::{IpAddr, SocketAddr};

/// Hosts whose addresses begin alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// Bits that are the same.
    prefix: u8,
}

impl Network {
    /// `prefix` in bits; more than an address has are all of them.
    #[must_use]
    pub const fn new(address: IpAddr, prefix: u8) -> Self {
        Self { address, prefix }
    }

    /// What is usually one site's: /24 of IPv4, /64 of IPv6.
    #[must_use]
    pub const fn around(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::new(address, 24),
            IpAddr::V6(_) => Self::new(address, 64),
        }
    }

    /// Address and prefix.
    #[must_use]
    pub const fn parts(self) -> (IpAddr, u8) {
        (self.address, self.prefix)
    }

    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(other)) => {
                let differing = u32::from(ours) ^ u32::from(other);
                differing.leading_zeros() >= u32::from(self.prefix).min(32)
            }
            (IpAddr::V6(ours), IpAddr::V6(other)) => {
                let differing = u128::from(ours) ^ u128::from(other);
                differing.leading_zeros() >= u32::from(self.prefix).min(128)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// What a packet proves about its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// It was made with the key of the call: wherever it comes from, it is the other side.
    Key,
    None,
}

/// Where the other side is.
#[derive(Debug, Clone)]
pub(super) struct Latch {
    /// Where the signalling says that it is.
    expected: Option<SocketAddr>,
    /// Where it may be without a proof; empty is anywhere.
    networks: Vec<Network>,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Unheard,
    /// Heard from elsewhere than expected; gives way to who was expected.
    Provisional(SocketAddr),
    Firm(SocketAddr),
    /// By ICE: no packet moves it, but another nomination.
    Nominated(SocketAddr),
}

impl Latch {
    pub(super) const fn new(expected: Option<SocketAddr>, networks: Vec<Network>) -> Self {
        Self {
            expected,
            networks,
            state: State::Unheard,
        }
    }

    pub(super) fn expect(&mut self, address: SocketAddr, networks: Vec<Network>) {
        self.expected = Some(address);
        self.networks = networks;
        if !matches!(self.state, State::Nominated(_)) {
            self.state = State::Unheard;
        }
    }

    pub(super) const fn destination(&self) -> Option<SocketAddr> {
        match self.state {
            State::Unheard => self.expected,
            State::Provisional(address) | State::Firm(address) | State::Nominated(address) => {
                Some(address)
            }
        }
    }

    pub(super) fn admits(&self, from: SocketAddr, proof: Proof) -> bool {
        match (proof, self.state) {
            (Proof::Key, _) => true,
            (Proof::None, State::Unheard) => Some(from) == self.expected || self.is_near(from),
            (Proof::None, State::Provisional(address)) => {
                from == address || Some(from) == self.expected
            }
            (Proof::None, State::Firm(address) | State::Nominated(address)) => from == address,
        }
    }

    fn is_near(&self, from: SocketAddr) -> bool {
        let mut networks = self.networks.iter();
        self.networks.is_empty() || networks.any(|it| it.contains(from.ip()))
    }

    /// ICE has chosen where the other side is.
    pub(super) const fn nominate(&mut self, address: SocketAddr) {
        self.state = State::Nominated(address);
    }

    /// Reports may come from a port of their own (RFC 3550 11), but from the same host.
    pub(super) fn admits_control(&self, from: SocketAddr) -> bool {
        self.destination()
            .is_some_and(|address| address.ip() == from.ip())
    }

    /// A packet of an admitted sender was believed.
    pub(super) fn take(&mut self, from: SocketAddr, proof: Proof) {
        let is_expected = self.expected.is_none_or(|expected| expected == from);
        if matches!(self.state, State::Nominated(_)) {
            return;
        }
        self.state = match proof {
            Proof::Key => State::Firm(from),
            Proof::None if is_expected => State::Firm(from),
            Proof::None => match self.state {
                State::Firm(address) | State::Nominated(address) => State::Firm(address),
                State::Unheard | State::Provisional(_) => State::Provisional(from),
            },
        };
    }
}
