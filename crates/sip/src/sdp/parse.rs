//! Reads a description. Lines end with CRLF or LF, as peers write them (RFC 8866 5); attributes
//! that are of no use here are passed over, broken ones that matter are errors.

use super::{
    Crypto, Direction, Format, Ice, LINES_MAX, MEDIA_MAX, Media, Origin, PER_MEDIA_MAX, Profile,
    SessionDescription,
};
use crate::{Error, scan};

impl SessionDescription {
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(body)
            .ok()
            .ok_or(Error::Malformed("SDP is not UTF-8"))?;
        let mut lines = text.lines().filter(|line| !line.is_empty());
        if lines.next() != Some("v=0") {
            return Err(Error::Malformed("SDP version"));
        }
        let mut reader = Reader::default();
        for (n_lines, line) in lines.enumerate() {
            if n_lines == LINES_MAX {
                return Err(Error::Limit("lines of SDP"));
            }
            let (kind, value) = line.split_once('=').ok_or(Error::Malformed("SDP line"))?;
            reader.line(kind, value)?;
        }
        reader.finish()
    }
}

#[derive(Default)]
struct Reader {
    origin: Option<Origin>,
    address: Option<String>,
    direction: Option<Direction>,
    ice: Ice,
    media: Vec<Media>,
}

impl Reader {
    fn line(&mut self, kind: &str, value: &str) -> Result<(), Error> {
        match kind {
            "o" => self.origin = Some(origin(value)?),
            "c" => {
                let address = Some(connection(value)?);
                match self.media.last_mut() {
                    Some(media) => media.address = address,
                    None => self.address = address,
                }
            }
            "m" => {
                if self.media.len() == MEDIA_MAX {
                    return Err(Error::Limit("media lines of SDP"));
                }
                self.media.push(media(value)?);
            }
            "a" => self.attribute(value)?,
            // Names, bandwidth, times and the like have no bearing on what is sent.
            _ if kind.len() == 1 => {}
            _ => return Err(Error::Malformed("SDP line")),
        }
        Ok(())
    }

    fn attribute(&mut self, text: &str) -> Result<(), Error> {
        let (name, value) = text.split_once(':').unwrap_or((text, ""));
        let value = value.trim();
        let (direction, ice) = match self.media.last_mut() {
            Some(media) => (&mut media.direction, &mut media.ice),
            None => (&mut self.direction, &mut self.ice),
        };
        match name {
            "ice-lite" => ice.is_lite = true,
            "ice-ufrag" => ice.user = Some(value.to_owned()),
            "ice-pwd" => ice.password = Some(value.to_owned()),
            "candidate" => push(&mut ice.candidates, value.to_owned())?,
            "remote-candidates" => ice.remote_candidates = Some(value.to_owned()),
            _ => {
                if let Some(read) = Direction::parse(name) {
                    *direction = Some(read);
                } else if let Some(media) = self.media.last_mut() {
                    media_attribute(media, name, value)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<SessionDescription, Error> {
        Ok(SessionDescription {
            origin: self.origin.ok_or(Error::Malformed("SDP has no origin"))?,
            address: self.address,
            direction: self.direction,
            ice: self.ice,
            media: self.media,
        })
    }
}

fn origin(value: &str) -> Result<Origin, Error> {
    let broken = Error::Malformed("SDP origin");
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    let [user, session, version, _, _, address] = words.as_slice() else {
        return Err(broken);
    };
    Ok(Origin {
        user: (*user).to_owned(),
        session: scan::number(session).ok_or(broken)?,
        version: scan::number(version).ok_or(broken)?,
        address: (*address).to_owned(),
    })
}

fn connection(value: &str) -> Result<String, Error> {
    let mut words = value.split_ascii_whitespace();
    let (network, kind, address) = (words.next(), words.next(), words.next());
    match (network, kind, address) {
        (Some("IN"), Some("IP4" | "IP6"), Some(address)) => {
            // A time to live or a count belongs to multicast, which nobody offers a caller.
            let address = address.split('/').next().unwrap_or_default();
            if address.is_empty() {
                return Err(Error::Malformed("SDP connection"));
            }
            Ok(address.to_owned())
        }
        _ => Err(Error::Malformed("SDP connection")),
    }
}

fn media(value: &str) -> Result<Media, Error> {
    let broken = Error::Malformed("SDP media line");
    let mut words = value.split_ascii_whitespace();
    let kind = words.next().ok_or(broken)?.to_owned();
    let port = words.next().ok_or(broken)?;
    let port = scan::number(port.split('/').next().unwrap_or(port)).ok_or(broken)?;
    let profile = Profile::parse(words.next().ok_or(broken)?);
    let (mut formats, mut other_formats) = (Vec::new(), Vec::new());
    for word in words {
        if profile.is_rtp() {
            let payload = scan::number(word)
                .filter(|number: &u8| *number < 128)
                .ok_or(broken)?;
            push(&mut formats, Format::new(payload))?;
        } else {
            push(&mut other_formats, word.to_owned())?;
        }
    }
    if formats.is_empty() && other_formats.is_empty() {
        return Err(broken);
    }
    Ok(Media::bare(kind, port, profile, formats, other_formats))
}

fn media_attribute(media: &mut Media, name: &str, value: &str) -> Result<(), Error> {
    match name {
        "rtpmap" => {
            let (payload, map) = of_payload(value)?;
            let (encoding, clock_rate, channels) = rtpmap(map)?;
            for format in media
                .formats
                .iter_mut()
                .filter(|format| format.payload == payload)
            {
                encoding.clone_into(&mut format.encoding);
                (format.clock_rate, format.channels) = (clock_rate, channels);
            }
        }
        "fmtp" => {
            let (payload, parameters) = of_payload(value)?;
            for format in media
                .formats
                .iter_mut()
                .filter(|format| format.payload == payload)
            {
                format.parameters = Some(parameters.to_owned());
            }
        }
        // Some write 20.0; a fraction of a millisecond is of no account.
        "ptime" => media.ptime_ms = scan::number(value.split('.').next().unwrap_or(value)),
        "crypto" => {
            if let Some(crypto) = Crypto::parse(value) {
                push(&mut media.cryptos, crypto)?;
            }
        }
        "rtcp" => media.rtcp_port = scan::number(value.split(' ').next().unwrap_or(value)),
        "rtcp-mux" => media.is_rtcp_muxed = true,
        _ => {}
    }
    Ok(())
}

fn of_payload(value: &str) -> Result<(u8, &str), Error> {
    let broken = Error::Malformed("SDP attribute of a format");
    let (payload, rest) = value.split_once(' ').ok_or(broken)?;
    Ok((scan::number(payload).ok_or(broken)?, rest.trim()))
}

fn rtpmap(text: &str) -> Result<(&str, u32, u8), Error> {
    let broken = Error::Malformed("SDP rtpmap");
    let mut parts = text.split('/');
    let encoding = parts.next().unwrap_or_default();
    let clock_rate = parts.next().and_then(scan::number).ok_or(broken)?;
    let channels = match parts.next() {
        Some(channels) => scan::number(channels.trim()).ok_or(broken)?,
        None => 1,
    };
    Ok((encoding, clock_rate, channels))
}

fn push<T>(list: &mut Vec<T>, item: T) -> Result<(), Error> {
    if list.len() == PER_MEDIA_MAX {
        return Err(Error::Limit("parts of an SDP media line"));
    }
    list.push(item);
    Ok(())
}
