//! A session in a process that was started again: the other side notices a new source, and nothing else.

use super::{Guard, Network, Session, Settings, Srtp};
use crate::checkpoint::{Reader, Writer};
use crate::srtp::{Keys, Receiver, Sender};
use crate::{Error, session::Protection};

/// Whether packets are protected.
const PLAIN: u64 = 0;
const SRTP: u64 = 1;

impl Session {
    /// Adds what is needed to go on. It contains the keys of the call.
    pub fn write_checkpoint(&self, writer: &mut Writer) -> Result<(), Error> {
        writer.field(self.name.as_bytes())?;
        writer.address(self.destination())?;
        match &self.guard {
            Guard::None => writer.number(PLAIN),
            Guard::Srtp(srtp) => {
                writer.number(SRTP);
                srtp.sender.write(&srtp.ours, writer)?;
                srtp.receiver.write(&srtp.theirs, writer)?;
            }
        }
        Ok(())
    }

    /// Goes on where a checkpoint says. Numbers of what was sent since then are not known, so that our stream begins
    /// anew: `ssrc`, `sequence` and `timestamp` are random and of now. What comes is opened if no more than 32,768
    /// packets of a source were missed, eleven minutes of a call.
    pub fn restore(
        reader: &mut Reader<'_>,
        ssrc: u32,
        sequence: u16,
        timestamp: u32,
        networks: Vec<Network>,
    ) -> Result<Self, Error> {
        let malformed = Error::Malformed("session of a checkpoint");
        let name = std::str::from_utf8(reader.field()?).or(Err(malformed))?;
        let expected = reader.address()?;
        let mut session = Self::new(&Settings {
            ssrc,
            sequence,
            timestamp,
            name: name.to_owned(),
            protection: Protection::None,
            expected,
            networks,
        });
        session.guard = match reader.number()? {
            PLAIN => Guard::None,
            SRTP => {
                let ours = Keys::read(reader)?;
                let (receiver, theirs) = Receiver::read(reader)?;
                Guard::Srtp(Box::new(Srtp {
                    sender: Sender::new(&ours),
                    receiver,
                    ours,
                    theirs,
                }))
            }
            _ => return Err(malformed),
        };
        Ok(session)
    }
}
