//! What a restarted process needs to open packets under the keys of before: the keys, and how far each source had come
//! (the rollover counter of RFC 3711 3.3.1 with the sequence number behind it).
//!
//! How far *we* had come is not kept. Packets that were sent after the checkpoint are not in it, and an index that is
//! used twice gives away what both packets say (RFC 3711 9.1); so a restarted sender has a source of its own, whose
//! indices begin anew.

use super::window::Window;
use super::{Epoch, Heard, Keys, Mki, Receiver, SOURCES_MAX, Sender, Suite};
use crate::Error;
use crate::checkpoint::{Reader, Writer};

impl Keys {
    pub(crate) fn write(&self, writer: &mut Writer) -> Result<(), Error> {
        writer.field(self.suite.name().as_bytes())?;
        writer.field(&self.master)?;
        writer.field(self.mki.as_ref().map_or(&[][..], |Mki(mki)| mki))?;
        writer.number(self.lifetime);
        Ok(())
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let malformed = Error::Malformed("keys of a checkpoint");
        let suite = std::str::from_utf8(reader.field()?).or(Err(malformed))?;
        let suite = Suite::from_name(suite).ok_or(malformed)?;
        let mut keys = Self::new(suite, reader.field()?)?;
        let mki = reader.field()?;
        keys.mki = (!mki.is_empty()).then(|| Mki(mki.to_vec()));
        keys.lifetime = reader.number()?;
        Ok(keys)
    }
}

impl Sender {
    /// The keys with what is left of their lifetime.
    pub(crate) fn write(&self, keys: &Keys, writer: &mut Writer) -> Result<(), Error> {
        let mut left = keys.clone();
        left.lifetime = self.packets_left;
        left.write(writer)
    }
}

impl Receiver {
    pub(crate) fn write(&self, keys: &Keys, writer: &mut Writer) -> Result<(), Error> {
        keys.write(writer)?;
        writer.number(self.current.sources.len() as u64);
        for heard in &self.current.sources {
            writer.number(heard.ssrc.into());
            // One more, so that zero says that nothing came.
            writer.number(heard.media.highest().map_or(0, |it| it + 1));
            writer.number(heard.control.highest().map_or(0, |it| it + 1));
        }
        Ok(())
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<(Self, Keys), Error> {
        let keys = Keys::read(reader)?;
        let n_sources: usize = reader.small()?;
        if n_sources > SOURCES_MAX {
            return Err(Error::Limit("SRTP sources"));
        }
        let mut current = Epoch::new(&keys);
        for _ in 0..n_sources {
            current.sources.push(Heard {
                ssrc: reader.small()?,
                media: Window::restored(reader.number()?.checked_sub(1)),
                control: Window::restored(reader.number()?.checked_sub(1)),
            });
        }
        let mut receiver = Self::new(&keys);
        receiver.current = current;
        Ok((receiver, keys))
    }
}
