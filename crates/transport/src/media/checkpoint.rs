//! A leg's checkpoint as bytes: where its sockets are, what was agreed on, and the session of `tandem_media`.

use super::error::Error;
use super::settings::{Agreed, Control, Direction, Latching, Network, Remote, Track};
use std::net::IpAddr;
use tandem_media::checkpoint::{Reader, Writer};
use tandem_media::codec::Codec;
use tandem_media::ice::Credentials;
use tandem_media::leg::Payloads;
use tandem_media::session::{Protection, Session};
use zeroize::Zeroizing;

const VERSION: u64 = 1;
const NETWORKS_MAX: u64 = 256;
/// Written where a payload type is none; they have seven bits.
const NO_PAYLOAD: u64 = 0xFF;

/// What a leg is, besides its session.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    pub(super) port: u16,
    pub(super) control: Control,
    pub(super) track: Track,
    pub(super) latching: &'a Latching,
    pub(super) ice: Option<&'a Credentials>,
    pub(super) payloads: Payloads,
    pub(super) direction: Direction,
    pub(super) remote: Option<Remote>,
}

/// A leg as it was.
#[derive(Debug)]
pub(super) struct Restored {
    pub(super) port: u16,
    pub(super) control: Control,
    pub(super) track: Track,
    pub(super) latching: Latching,
    pub(super) ice: Option<Credentials>,
    pub(super) agreed: Agreed,
    /// Begins with the session's part.
    session: Zeroizing<Vec<u8>>,
}

pub(super) fn write(place: &Place<'_>, session: &Session) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut writer = Writer::new();
    writer.number(VERSION);
    writer.number(place.port.into());
    writer.number(u64::from(place.control == Control::OwnPort));
    writer.number(u64::from(place.track == Track::Own));
    write_latching(&mut writer, place.latching)?;
    let (ufrag, password) = place.ice.map_or(("", ""), |it| (it.ufrag(), it.password()));
    writer.field(ufrag.as_bytes())?;
    writer.field(password.as_bytes())?;
    let payloads = place.payloads;
    writer.field(payloads.codec.name().as_bytes())?;
    writer.number(payloads.audio.into());
    writer.number(payloads.events.map_or(NO_PAYLOAD, u64::from));
    writer.number(payloads.noise.map_or(NO_PAYLOAD, u64::from));
    writer.number(u64::from(place.direction.sends()));
    writer.number(u64::from(place.direction.receives()));
    writer.address(place.remote.map(|it| it.media))?;
    writer.address(place.remote.and_then(|it| it.control))?;
    session.write_checkpoint(&mut writer)?;
    Ok(writer.finish())
}

fn write_latching(writer: &mut Writer, latching: &Latching) -> Result<(), Error> {
    match latching {
        Latching::SignalledNetwork => writer.number(0),
        Latching::Networks(networks) => {
            writer.number(1 + networks.len() as u64);
            for network in networks {
                let (address, prefix) = network.parts();
                writer.address(Some((address, 0).into()))?;
                writer.number(prefix.into());
            }
        }
    }
    Ok(())
}

impl Restored {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        if reader.number()? != VERSION {
            return Err(Error::Checkpoint("it was written by another version"));
        }
        let port = reader.small()?;
        let control = if reader.number()? == 1 {
            Control::OwnPort
        } else {
            Control::Multiplexed
        };
        let track = if reader.number()? == 1 {
            Track::Own
        } else {
            Track::None
        };
        let latching = read_latching(&mut reader)?;
        let ice = read_ice(&mut reader)?;
        let name = reader.field()?;
        let codec = Codec::ALL
            .into_iter()
            .find(|codec| codec.name().as_bytes() == name);
        let payloads = Payloads {
            codec: codec.ok_or(Error::Checkpoint("its codec is not known"))?,
            audio: reader.small()?,
            events: read_payload(&mut reader)?,
            noise: read_payload(&mut reader)?,
        };
        let direction = match (reader.number()?, reader.number()?) {
            (1, 1) => Direction::SendReceive,
            (1, _) => Direction::SendOnly,
            (_, 1) => Direction::ReceiveOnly,
            _ => Direction::Inactive,
        };
        let (media, control_address) = (reader.address()?, reader.address()?);
        let remote = media.map(|media| Remote {
            media,
            control: control_address,
        });
        let session = Zeroizing::new(reader.rest().to_vec());
        let restored = Self {
            port,
            control,
            track,
            latching,
            ice,
            agreed: Agreed {
                payloads,
                // The session has it.
                protection: Protection::None,
                remote,
                direction,
            },
            session,
        };
        // Whether it can be read is found out before its port is opened.
        restored.session(0, 0, 0, Vec::new())?;
        Ok(restored)
    }

    pub(super) fn session(
        &self,
        ssrc: u32,
        sequence: u16,
        timestamp: u32,
        networks: Vec<Network>,
    ) -> Result<Session, Error> {
        let mut reader = Reader::new(&self.session);
        let session = Session::restore(&mut reader, ssrc, sequence, timestamp, networks)?;
        reader.finish()?;
        Ok(session)
    }
}

fn read_latching(reader: &mut Reader<'_>) -> Result<Latching, Error> {
    let n = reader.number()?;
    if n == 0 {
        return Ok(Latching::SignalledNetwork);
    }
    if n > NETWORKS_MAX {
        return Err(Error::Limit("networks of a leg"));
    }
    let mut networks = Vec::new();
    for _ in 1..n {
        let address: Option<IpAddr> = reader.address()?.map(|it| it.ip());
        let address = address.ok_or(Error::Checkpoint("a network has no address"))?;
        networks.push(Network::new(address, reader.small()?));
    }
    Ok(Latching::Networks(networks))
}

fn read_ice(reader: &mut Reader<'_>) -> Result<Option<Credentials>, Error> {
    let (ufrag, password) = (reader.field()?, reader.field()?);
    if ufrag.is_empty() {
        return Ok(None);
    }
    let text = |bytes| std::str::from_utf8(bytes).or(Err(Error::Checkpoint("its ICE is no text")));
    Ok(Some(Credentials::new(text(ufrag)?, text(password)?)?))
}

fn read_payload(reader: &mut Reader<'_>) -> Result<Option<u8>, Error> {
    let payload = reader.number()?;
    Ok(u8::try_from(payload).ok().filter(|it| *it < 0x80))
}
