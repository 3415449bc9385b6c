//! Who may speak to us and how fast new calls may come, decided before anything is parsed or kept.
//! It must not know transactions: the stack asks it.

use crate::Micros;
use crate::stack::mix;
use std::net::{IpAddr, Ipv6Addr};

/// A range of addresses: those that share the first `prefix` bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subnet {
    /// With the bits after the prefix zero.
    network: u128,
    prefix: u8,
}

/// The bits by which an IPv4 address is shorter, when written as an IPv6 one.
const MAPPED_BITS: u8 = 96;

impl Subnet {
    /// None where the prefix is longer than the address.
    #[must_use]
    pub fn new(address: IpAddr, prefix: u8) -> Option<Self> {
        let (longest, shift) = match address {
            IpAddr::V4(_) => (32, MAPPED_BITS),
            IpAddr::V6(_) => (128, 0),
        };
        let prefix = (prefix <= longest).then(|| prefix + shift)?;
        let network = bits(address) & mask(prefix);
        Some(Self { network, prefix })
    }

    /// Reads `52.112.0.0/14`; an address alone is a range of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address.parse().ok()?, crate::scan::number(prefix)?),
            None => {
                let address: IpAddr = text.parse().ok()?;
                (address, if address.is_ipv4() { 32 } else { 128 })
            }
        };
        Self::new(address, prefix)
    }

    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        bits(address) & mask(self.prefix) == self.network
    }
}

fn bits(address: IpAddr) -> u128 {
    let address: Ipv6Addr = match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    };
    address.to_bits()
}

fn mask(prefix: u8) -> u128 {
    u128::MAX.checked_shl(u32::from(128 - prefix)).unwrap_or(0)
}

/// Whose datagrams and connections are looked at at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Sources {
    #[default]
    Any,
    /// What comes from elsewhere is dropped without an answer: scanners learn nothing.
    Only(Vec<Subnet>),
}

impl Sources {
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::Only(subnets) => subnets.iter().any(|subnet| subnet.contains(address)),
        }
    }
}

/// How often something may be done, over time and at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub per_second: u32,
    pub at_once: u32,
}

/// One rate for each source, in a table that never grows: sources that fall on the same place of it share
/// their rate, and nobody who does not know the seed can choose whose place to take.
#[derive(Debug, Clone)]
pub struct PerSource {
    seed: u64,
    buckets: Vec<Bucket>,
}

/// So many that a thousand telephones hardly meet, and 128 KiB.
const N_BUCKETS: u64 = 4_096;

impl PerSource {
    #[must_use]
    pub fn new(rate: Rate, seed: u64) -> Self {
        let bucket = Bucket::new(rate.per_second, rate.at_once);
        Self {
            seed,
            buckets: (0..N_BUCKETS).map(|_| bucket).collect(),
        }
    }

    /// Whether this source may once more.
    pub fn take(&mut self, now: Micros, source: IpAddr) -> bool {
        let own = match source.to_canonical() {
            IpAddr::V4(address) => u64::from(address.to_bits()),
            // Who has one IPv6 address has its whole /64 (RFC 6177): they count as one.
            IpAddr::V6(address) => u64::try_from(address.to_bits() >> 64).unwrap_or(0),
        };
        let place = mix(self.seed ^ mix(own)) % N_BUCKETS;
        let bucket = usize::try_from(place)
            .ok()
            .and_then(|place| self.buckets.get_mut(place));
        bucket.is_some_and(|bucket| bucket.take(now))
    }
}

/// A token bucket: so many new calls a second, and so many at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    per_second: u32,
    burst: u32,
    /// In millionths of a token, so that a microsecond adds `per_second` of them.
    level: i64,
    filled_at: Micros,
}

const TOKEN: i64 = 1_000_000;

impl Bucket {
    pub(crate) const fn new(per_second: u32, burst: u32) -> Self {
        Self {
            per_second,
            burst,
            level: burst as i64 * TOKEN,
            filled_at: 0,
        }
    }

    pub(crate) fn take(&mut self, now: Micros) -> bool {
        let elapsed = now.saturating_sub(self.filled_at).max(0);
        self.filled_at = now;
        let gained = elapsed.saturating_mul(i64::from(self.per_second));
        self.level = self
            .level
            .saturating_add(gained)
            .min(i64::from(self.burst) * TOKEN);
        let is_taken = self.level >= TOKEN;
        if is_taken {
            self.level -= TOKEN;
        }
        is_taken
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, PerSource, Rate, Sources, Subnet};

    // Direct Routing A.1: the union of the published ranges
    #[test]
    fn only_addresses_of_the_listed_ranges_are_permitted() {
        let listed = ["52.112.0.0/14", "52.120.0.0/14", "2001:db8::/32"];
        let subnets = listed.iter().map(|text| Subnet::parse(text).expect(text));
        let sources = Sources::Only(subnets.collect());
        for inside in [
            "52.112.0.0",
            "52.115.255.255",
            "52.123.1.1",
            "2001:db8:9::1",
            "::ffff:52.114.1.1",
        ] {
            assert!(sources.permits(inside.parse().unwrap()), "{inside}");
        }
        for outside in [
            "52.111.255.255",
            "52.116.0.0",
            "52.124.0.0",
            "2001:db9::1",
            "0.0.0.0",
        ] {
            assert!(!sources.permits(outside.parse().unwrap()), "{outside}");
        }
        assert!(Sources::Any.permits("203.0.113.9".parse().unwrap()));
    }

    #[test]
    fn a_range_of_nothing_is_not_a_range() {
        for text in [
            "52.112.0.0/33",
            "::/129",
            "x/8",
            "52.112.0.0/",
            "52.112.0.0/-1",
            "",
        ] {
            assert_eq!(Subnet::parse(text), None, "{text}");
        }
        let all = Subnet::parse("0.0.0.0/0").unwrap();
        assert!(all.contains("255.255.255.255".parse().unwrap()));
        assert!(!all.contains("2001:db8::1".parse().unwrap()));
    }

    #[test]
    fn new_calls_come_at_their_rate_after_a_burst() {
        let mut bucket = Bucket::new(10, 3);
        let taken = |bucket: &mut Bucket, now| (0..5).filter(|_| bucket.take(now)).count();
        assert_eq!(taken(&mut bucket, 0), 3);
        assert_eq!(taken(&mut bucket, 99_999), 0);
        assert_eq!(taken(&mut bucket, 100_000), 1);
        assert_eq!(
            taken(&mut bucket, 60_000_000),
            3,
            "never more than the burst"
        );
        assert_eq!(
            taken(&mut bucket, 0),
            0,
            "a clock that goes back gives nothing"
        );
    }

    #[test]
    fn one_source_over_its_rate_takes_nothing_from_others() {
        let rate = Rate {
            per_second: 10,
            at_once: 3,
        };
        let mut sources = PerSource::new(rate, 7);
        let scanner = "203.0.113.9".parse().unwrap();
        let n_taken = (0..100).filter(|_| sources.take(0, scanner)).count();
        assert_eq!(n_taken, 3);
        let n_served = (0..100_u8)
            .filter(|n| sources.take(0, std::net::IpAddr::from([198, 51, 100, *n])))
            .count();
        assert!(
            n_served >= 99,
            "one may share the scanner's place: {n_served}"
        );
        assert!(sources.take(100_000, scanner), "ten a second");
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_a_rate() {
        let rate = Rate {
            per_second: 1,
            at_once: 1,
        };
        let mut sources = PerSource::new(rate, 7);
        assert!(sources.take(0, "2001:db8::1".parse().unwrap()));
        assert!(!sources.take(0, "2001:db8::2".parse().unwrap()));
        assert!(sources.take(0, "2001:db8:0:1::1".parse().unwrap()));
    }
}
