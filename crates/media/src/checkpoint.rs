//! The bytes of a checkpoint: numbers, keys and addresses one after the other, read back with every length checked. What
//! they contain is a secret, so whoever keeps them seals them, and they are wiped when dropped.

use crate::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use zeroize::Zeroizing;

/// Longest field; a name or a key has far less.
const FIELD_BYTES_MAX: usize = 512;

/// Writes a checkpoint.
#[derive(Debug, Default)]
pub struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    #[must_use]
    pub fn new() -> Self {
        // Room for all of it, so that no key is left behind where it grew.
        Self(Zeroizing::new(Vec::with_capacity(4_096)))
    }

    pub fn number(&mut self, number: u64) {
        self.0.extend(number.to_be_bytes());
    }

    /// At most 512 bytes.
    pub fn field(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if bytes.len() > FIELD_BYTES_MAX {
            return Err(Error::Limit("field of a checkpoint"));
        }
        let length = u16::try_from(bytes.len()).or(Err(Error::Limit("field of a checkpoint")))?;
        self.0.extend(length.to_be_bytes());
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    /// An address, or that there is none.
    pub fn address(&mut self, address: Option<SocketAddr>) -> Result<(), Error> {
        let mut bytes = Vec::new();
        if let Some(address) = address {
            match address.ip() {
                IpAddr::V4(ip) => bytes.extend(ip.octets()),
                IpAddr::V6(ip) => bytes.extend(ip.octets()),
            }
            bytes.extend(address.port().to_be_bytes());
        }
        self.field(&bytes)
    }

    #[must_use]
    pub fn finish(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

/// Reads a checkpoint.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn number(&mut self) -> Result<u64, Error> {
        let (number, rest) = self
            .0
            .split_first_chunk::<8>()
            .ok_or(Error::Truncated("checkpoint"))?;
        self.0 = rest;
        Ok(u64::from_be_bytes(*number))
    }

    /// A number that was written as one of a smaller type.
    pub fn small<T: TryFrom<u64>>(&mut self) -> Result<T, Error> {
        T::try_from(self.number()?).or(Err(Error::Malformed("number of a checkpoint")))
    }

    pub fn field(&mut self) -> Result<&'a [u8], Error> {
        let (length, rest) = self
            .0
            .split_first_chunk::<2>()
            .ok_or(Error::Truncated("checkpoint"))?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (field, rest) = rest
            .split_at_checked(length)
            .ok_or(Error::Truncated("checkpoint"))?;
        self.0 = rest;
        Ok(field)
    }

    pub fn address(&mut self) -> Result<Option<SocketAddr>, Error> {
        let field = self.field()?;
        let Some((ip, port)) = field.split_last_chunk::<2>() else {
            return if field.is_empty() {
                Ok(None)
            } else {
                Err(Error::Malformed("address of a checkpoint"))
            };
        };
        let ip = if let Ok(octets) = <[u8; 4]>::try_from(ip) {
            IpAddr::V4(Ipv4Addr::from(octets))
        } else if let Ok(octets) = <[u8; 16]>::try_from(ip) {
            IpAddr::V6(Ipv6Addr::from(octets))
        } else {
            return Err(Error::Malformed("address of a checkpoint"));
        };
        Ok(Some(SocketAddr::new(ip, u16::from_be_bytes(*port))))
    }

    /// What was not read yet.
    #[must_use]
    pub const fn rest(self) -> &'a [u8] {
        self.0
    }

    /// Everything was read.
    pub const fn finish(self) -> Result<(), Error> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Malformed("checkpoint is longer than it should be"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Reader, Writer};
    use crate::Error;
    use proptest::prelude::*;

    #[test]
    fn what_was_written_is_read() {
        let addresses = [
            None,
            Some("192.0.2.1:4000".parse().unwrap()),
            Some("[2001:db8::1]:5".parse().unwrap()),
        ];
        let mut writer = Writer::new();
        writer.number(7);
        writer.field(b"name").unwrap();
        for address in addresses {
            writer.address(address).unwrap();
        }
        assert!(matches!(writer.field(&[0; 600]), Err(Error::Limit(_))));
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.small::<u8>(), Ok(7));
        assert_eq!(reader.field(), Ok(&b"name"[..]));
        assert!(reader.finish().is_err());
        for address in addresses {
            assert_eq!(reader.address(), Ok(address));
        }
        assert_eq!(reader.finish(), Ok(()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut reader = Reader::new(&bytes);
            let mut n = 0;
            while reader.address().is_ok() || reader.number().is_ok() {
                n += 1;
                prop_assert!(n <= bytes.len());
            }
        }
    }
}
