//! Writes a description, in the order of RFC 8866 9.

use super::{Format, Ice, Media, SessionDescription};
use std::fmt;

impl SessionDescription {
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_string().into_bytes()
    }
}

fn family(address: &str) -> &'static str {
    if address.contains(':') { "IP6" } else { "IP4" }
}

impl fmt::Display for SessionDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = &self.origin;
        let address = origin.address.as_str();
        write!(
            f,
            "v=0\r\no={} {} {} IN {} {address}\r\ns=-\r\n",
            origin.user,
            origin.session,
            origin.version,
            family(address)
        )?;
        if let Some(address) = &self.address {
            write!(f, "c=IN {} {address}\r\n", family(address))?;
        }
        f.write_str("t=0 0\r\n")?;
        if let Some(direction) = self.direction {
            write!(f, "a={}\r\n", direction.as_str())?;
        }
        ice(f, &self.ice)?;
        self.media
            .iter()
            .try_for_each(|media| write_media(f, media))
    }
}

fn write_media(f: &mut fmt::Formatter<'_>, media: &Media) -> fmt::Result {
    write!(
        f,
        "m={} {} {}",
        media.kind,
        media.port,
        media.profile.as_str()
    )?;
    for format in &media.formats {
        write!(f, " {}", format.payload)?;
    }
    for format in &media.other_formats {
        write!(f, " {format}")?;
    }
    f.write_str("\r\n")?;
    if let Some(address) = &media.address {
        write!(f, "c=IN {} {address}\r\n", family(address))?;
    }
    media
        .formats
        .iter()
        .try_for_each(|format| write_format(f, format))?;
    if let Some(ptime) = media.ptime_ms {
        write!(f, "a=ptime:{ptime}\r\n")?;
    }
    for crypto in &media.cryptos {
        write!(f, "a=crypto:{crypto}\r\n")?;
    }
    if let Some(port) = media.rtcp_port {
        write!(f, "a=rtcp:{port}\r\n")?;
    }
    if media.is_rtcp_muxed {
        f.write_str("a=rtcp-mux\r\n")?;
    }
    ice(f, &media.ice)?;
    match media.direction {
        Some(direction) => write!(f, "a={}\r\n", direction.as_str()),
        None => Ok(()),
    }
}

fn write_format(f: &mut fmt::Formatter<'_>, format: &Format) -> fmt::Result {
    if format.clock_rate > 0 {
        write!(
            f,
            "a=rtpmap:{} {}/{}",
            format.payload, format.encoding, format.clock_rate
        )?;
        if format.channels > 1 {
            write!(f, "/{}", format.channels)?;
        }
        f.write_str("\r\n")?;
    }
    match &format.parameters {
        Some(parameters) => write!(f, "a=fmtp:{} {parameters}\r\n", format.payload),
        None => Ok(()),
    }
}

fn ice(f: &mut fmt::Formatter<'_>, ice: &Ice) -> fmt::Result {
    if ice.is_lite {
        f.write_str("a=ice-lite\r\n")?;
    }
    if let (Some(user), Some(password)) = (&ice.user, &ice.password) {
        write!(f, "a=ice-ufrag:{user}\r\na=ice-pwd:{password}\r\n")?;
    }
    for candidate in &ice.candidates {
        write!(f, "a=candidate:{candidate}\r\n")?;
    }
    match &ice.remote_candidates {
        Some(candidates) => write!(f, "a=remote-candidates:{candidates}\r\n"),
        None => Ok(()),
    }
}
