//! What was dropped, and why; for metrics.

/// Why something was dropped, refused or closed before a user agent saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dropped {
    /// A datagram of a source that is not permitted.
    ForeignDatagram,
    /// A connection of a source that is not permitted.
    ForeignConnection,
    /// A new request over the rate of its source.
    OverRate,
    /// A connection over the limit of all.
    TooManyConnections,
    /// A connection over the limit of its source.
    TooManyOfSource,
    /// A TLS handshake that failed or took too long.
    Handshake,
    /// A connection that sent what is no SIP, or more than the limits.
    Malformed,
    /// A connection whose message did not come whole in time.
    Slow,
    /// A connection without anything for too long.
    Idle,
    /// A connection that did not take what was sent to it.
    NotTaken,
    /// A message to a connection or peer that is gone.
    NoWay,
    /// A datagram that the kernel did not take.
    NotSent,
    /// A connection of ours that could not be opened, a name without an address included.
    NotOpened,
    /// A connection that we were to open, over the limit.
    TooManyOpened,
}

impl Dropped {
    pub const ALL: [Self; 14] = [
        Self::ForeignDatagram,
        Self::ForeignConnection,
        Self::OverRate,
        Self::TooManyConnections,
        Self::TooManyOfSource,
        Self::Handshake,
        Self::Malformed,
        Self::Slow,
        Self::Idle,
        Self::NotTaken,
        Self::NoWay,
        Self::NotSent,
        Self::NotOpened,
        Self::TooManyOpened,
    ];

    /// As a label of a metric.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ForeignDatagram => "foreign_datagram",
            Self::ForeignConnection => "foreign_connection",
            Self::OverRate => "over_rate",
            Self::TooManyConnections => "too_many_connections",
            Self::TooManyOfSource => "too_many_of_source",
            Self::Handshake => "handshake",
            Self::Malformed => "malformed",
            Self::Slow => "slow",
            Self::Idle => "idle",
            Self::NotTaken => "not_taken",
            Self::NoWay => "no_way",
            Self::NotSent => "not_sent",
            Self::NotOpened => "not_opened",
            Self::TooManyOpened => "too_many_opened",
        }
    }
}

/// What one side has seen since its start, and what stands now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub n_received: u64,
    pub n_sent: u64,
    /// Connections that stand, by who opened them.
    pub n_accepted: usize,
    pub n_opened: usize,
    dropped: [u64; Dropped::ALL.len()],
}

impl Counts {
    #[must_use]
    pub const fn n_dropped(&self, why: Dropped) -> u64 {
        self.dropped[why as usize]
    }

    pub(super) const fn add(&mut self, why: Dropped) {
        self.dropped[why as usize] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Dropped;

    #[test]
    fn every_reason_has_a_place_of_its_own() {
        for (n, why) in Dropped::ALL.into_iter().enumerate() {
            assert_eq!(why as usize, n, "{}", why.as_str());
        }
    }
}
