//! SIP, SIPS and tel URIs (RFC 3261 19.1, RFC 3966) with their parameters.
//! Every part is kept as it was written, so that a URI that comes back in a Request-URI is the
//! same byte for byte (Direct Routing puts opaque parameters into Contact). Schemes that Tandem
//! does not know are kept whole.

use crate::{Error, scan};
use std::fmt;

/// Parameters after semicolons, in order, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, Option<String>)>);

impl Params {
    /// Parameters of one URI or header value; more are a flood, not a message.
    pub const MAX: usize = 64;

    /// Reads what follows the first semicolon; an empty parameter is malformed.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let mut params = Vec::new();
        for part in scan::split(text, ';')? {
            let (name, value) = match scan::find(part, '=')? {
                Some((name, value)) => (name.trim(), Some(value.trim())),
                None => (part, None),
            };
            let is_name = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| scan::is_token_byte(byte) || b"[]/:&+$".contains(&byte));
            if !is_name {
                return Err(Error::Malformed("parameter name"));
            }
            if value.is_some_and(|value| !is_value(value)) {
                return Err(Error::Malformed("parameter value"));
            }
            if params.len() == Self::MAX {
                return Err(Error::Limit("parameters"));
            }
            params.push((name.to_owned(), value.map(str::to_owned)));
        }
        Ok(Self(params))
    }

    /// The value of a parameter; names compare without case. A parameter without a value is `""`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self
            .0
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(value.as_deref().unwrap_or_default())
    }

    /// Sets or replaces a parameter. The value is written as it is: a token or a quoted string.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(str::to_owned);
        match self
            .0
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            Some(entry) => entry.1 = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn is_value(value: &str) -> bool {
    match value.strip_prefix('"') {
        Some(_) => scan::quoted(value).is_ok_and(|(_, rest)| rest.is_empty()),
        None => {
            !value.is_empty()
                && !value
                    .chars()
                    .any(|c| c.is_whitespace() || matches!(c, '"' | '<' | '>' | ','))
        }
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            match value {
                Some(value) => write!(f, ";{name}={value}")?,
                None => write!(f, ";{name}")?,
            }
        }
        Ok(())
    }
}

/// A URI in a request line, in a header, or in `Refer-To`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uri {
    Sip(SipUri),
    Tel(TelUri),
    /// `urn:service:sos`, `http:` and what else may come, whole (RFC 4475 3.3.2).
    Other(String),
}

/// `sip:` or `sips:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Sip,
    Sips,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipUri {
    pub scheme: Scheme,
    /// Escapes kept; may hold a password and user parameters.
    pub user: Option<String>,
    pub host: HostPort,
    pub params: Params,
    /// What follows the question mark, as written.
    pub headers: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelUri {
    /// With visual separators, as written.
    pub number: String,
    pub params: Params,
}

/// A host name, IPv4 address or bracketed IPv6 reference, and a port if one is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    pub host: String,
    pub port: Option<u16>,
}

impl HostPort {
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (host, port) = if text.starts_with('[') {
            let (inner, after) = text
                .split_once(']')
                .ok_or(Error::Malformed("IPv6 reference is not closed"))?;
            let address = inner.strip_prefix('[').unwrap_or(inner);
            if address.parse::<std::net::Ipv6Addr>().is_err() {
                return Err(Error::Malformed("IPv6 reference"));
            }
            let host_length = text.len() - after.len();
            (text.split_at(host_length).0, after.trim_start())
        } else {
            match text.split_once(':') {
                Some((host, _)) => (host, text.split_at(host.len()).1),
                None => (text, ""),
            }
        };
        let host = host.trim_end();
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if host.is_empty() || !(host.starts_with('[') || host.bytes().all(is_name)) {
            return Err(Error::Malformed("host"));
        }
        let port = match port.strip_prefix(':') {
            Some(port) => Some(scan::number(port.trim_start()).ok_or(Error::Malformed("port"))?),
            None if port.is_empty() => None,
            None => return Err(Error::Malformed("host")),
        };
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => f.write_str(&self.host),
        }
    }
}

impl Uri {
    /// Reads a whole URI; anything left over is an error.
    pub fn parse(text: &str) -> Result<Self, Error> {
        // Spaces, brackets and quotes never stand in a URI; `#` may come unescaped from Teams.
        if text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || "<>\"".contains(c))
        {
            return Err(Error::Malformed("character in URI"));
        }
        let (scheme, rest) = text.split_once(':').ok_or(Error::Malformed("URI scheme"))?;
        let mut letters = scheme.bytes();
        let is_scheme = letters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        if !is_scheme || rest.is_empty() {
            return Err(Error::Malformed("URI scheme"));
        }
        if scheme.eq_ignore_ascii_case("sip") {
            SipUri::parse(Scheme::Sip, rest).map(Self::Sip)
        } else if scheme.eq_ignore_ascii_case("sips") {
            SipUri::parse(Scheme::Sips, rest).map(Self::Sip)
        } else if scheme.eq_ignore_ascii_case("tel") {
            TelUri::parse(rest).map(Self::Tel)
        } else {
            Ok(Self::Other(text.to_owned()))
        }
    }

    /// The SIP URI, if it is one.
    #[must_use]
    pub const fn as_sip(&self) -> Option<&SipUri> {
        match self {
            Self::Sip(uri) => Some(uri),
            Self::Tel(_) | Self::Other(_) => None,
        }
    }

    /// The telephone number that the URI names, without visual separators: a tel URI, or a SIP
    /// URI whose user part is a number (Direct Routing A.5: `user=phone` says so, but is at
    /// times missing).
    #[must_use]
    pub fn phone_number(&self) -> Option<String> {
        let text = match self {
            Self::Tel(uri) => uri.number.as_str(),
            Self::Sip(uri) => {
                let user = uri.user.as_deref()?;
                user.split_once([';', ':'])
                    .map_or(user, |(number, _)| number)
            }
            Self::Other(_) => return None,
        };
        let digits: String = text.chars().filter(|c| !"-.()".contains(*c)).collect();
        let number = digits.strip_prefix('+').unwrap_or(&digits);
        (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
    }
}

impl SipUri {
    fn parse(scheme: Scheme, rest: &str) -> Result<Self, Error> {
        // The user part may hold `;`, `?` and `/` (RFC 3261 25.1 user-unreserved), so `@` first.
        let (user, rest) = match rest.rsplit_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, rest),
        };
        if let Some(user) = user
            && (user.is_empty() || user.contains('@'))
        {
            return Err(Error::Malformed("user part of URI"));
        }
        let (rest, headers) = match rest.split_once('?') {
            Some((rest, headers)) => (rest, Some(headers.to_owned())),
            None => (rest, None),
        };
        let (host, params) = match rest.split_once(';') {
            Some((host, params)) => (host, Params::parse(params)?),
            None => (rest, Params::default()),
        };
        let user = user.map(str::to_owned);
        Ok(Self {
            scheme,
            user,
            host: HostPort::parse(host)?,
            params,
            headers,
        })
    }

    /// Equivalence of RFC 3261 19.1.4: user with case, host without; `user`, `ttl`, `method`,
    /// `maddr` and `transport` must match if either has them, others only if both do.
    #[must_use]
    pub fn is_equivalent(&self, other: &Self) -> bool {
        let unescaped = |uri: &Self| uri.user.as_deref().map(unescape);
        let is_same_param = |name: &str| match (self.params.get(name), other.params.get(name)) {
            (Some(one), Some(two)) => unescape(one).eq_ignore_ascii_case(&unescape(two)),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => !["user", "ttl", "method", "maddr", "transport"]
                .iter()
                .any(|decisive| decisive.eq_ignore_ascii_case(name)),
        };
        self.scheme == other.scheme
            && unescaped(self) == unescaped(other)
            && self.host.host.eq_ignore_ascii_case(&other.host.host)
            && self.host.port == other.host.port
            && self.params.iter().all(|(name, _)| is_same_param(name))
            && other.params.iter().all(|(name, _)| is_same_param(name))
            && header_set(self.headers.as_deref()) == header_set(other.headers.as_deref())
    }
}

fn header_set(headers: Option<&str>) -> Vec<String> {
    let mut set: Vec<String> = headers
        .unwrap_or_default()
        .split('&')
        .map(|part| unescape(part).to_lowercase())
        .collect();
    set.sort_unstable();
    set
}

/// Replaces `%41` by `A`; what is no escape stays.
#[must_use]
pub fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first == b'%'
            && let Some(([high, low], after)) = after.split_first_chunk::<2>()
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            bytes.push(high * 16 + low);
            rest = after;
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

impl TelUri {
    fn parse(rest: &str) -> Result<Self, Error> {
        let (number, params) = match rest.split_once(';') {
            Some((number, params)) => (number, Params::parse(params)?),
            None => (rest, Params::default()),
        };
        let is_number = number
            .bytes()
            .any(|byte| byte.is_ascii_hexdigit() || b"*#".contains(&byte))
            && number
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || b"+-.()*#".contains(&byte));
        if !is_number {
            return Err(Error::Malformed("tel number"));
        }
        Ok(Self {
            number: number.to_owned(),
            params,
        })
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sip(uri) => uri.fmt(f),
            Self::Tel(uri) => write!(f, "tel:{}{}", uri.number, uri.params),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.scheme {
            Scheme::Sip => "sip:",
            Scheme::Sips => "sips:",
        })?;
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        write!(f, "{}{}", self.host, self.params)?;
        match &self.headers {
            Some(headers) => write!(f, "?{headers}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Scheme, Uri};

    fn parse(text: &str) -> Uri {
        let uri = Uri::parse(text).expect(text);
        assert_eq!(uri.to_string(), text, "kept byte for byte");
        uri
    }

    #[test]
    fn examples_of_rfc_3261_19_1_3_are_read() {
        for text in [
            "sip:alice@atlanta.com",
            "sip:alice:secretword@atlanta.com;transport=tcp",
            "sips:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:+1-212-555-1212:1234@gateway.com;user=phone",
            "sips:1212@gateway.com",
            "sip:alice@192.0.2.4",
            "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
            "sip:alice;day=tuesday@atlanta.com",
        ] {
            parse(text);
        }
    }

    #[test]
    fn opaque_contact_parameters_of_teams_come_back_byte_for_byte() {
        let uri =
            parse("sip:api-du-a-uswe2.pstnhub.microsoft.com:443;x-i=0bf1-A;x-c=ab%2f/d/8/deadBEEF");
        let uri = uri.as_sip().unwrap();
        assert_eq!(
            (uri.host.port, uri.params.get("X-C")),
            (Some(443), Some("ab%2f/d/8/deadBEEF"))
        );
    }

    #[test]
    fn unescaped_hash_and_ipv6_are_read() {
        parse("sip:*31#+4312345@sbc.example.com;user=phone");
        let uri = parse("sips:x@[2001:db8::1]:5061;lr");
        let uri = uri.as_sip().unwrap();
        assert_eq!(
            (uri.scheme, uri.host.host.as_str()),
            (Scheme::Sips, "[2001:db8::1]")
        );
        assert_eq!(uri.params.get("lr"), Some(""));
    }

    #[test]
    fn unknown_schemes_are_kept_whole() {
        assert_eq!(
            parse("urn:service:sos"),
            Uri::Other("urn:service:sos".to_owned())
        );
        parse("nobodyKnowsThisScheme:totallyopaquecontent");
    }

    #[test]
    fn phone_numbers_are_found_without_separators() {
        let number = |text: &str| parse(text).phone_number();
        assert_eq!(
            number("tel:+1-201-555-0123;ext=5").as_deref(),
            Some("+12015550123")
        );
        assert_eq!(
            number("sip:+14255550100@x.y;user=phone").as_deref(),
            Some("+14255550100")
        );
        assert_eq!(number("sip:+1425;ext=5@x.y").as_deref(), Some("+1425"));
        assert_eq!(number("sip:1001@x.y").as_deref(), Some("1001"));
        assert_eq!(number("sip:alice@x.y"), None);
        assert_eq!(number("sip:x.y"), None);
    }

    #[test]
    fn broken_uris_are_refused() {
        for text in [
            "",
            "sip",
            "sip:",
            ":x",
            "1sip:x",
            "sip:@x.y",
            "sip:a@b@c",
            "sip:a b@c",
            "<sip:a@b>",
            "sip:a@b:99999",
            "sip:a@b:x",
            "sip:a@b:",
            "sip:a@[::1",
            "sip:a@[zz]",
            "sip:a@b;;lr",
            "sip:a@b;",
            "sip:a@b;=x",
            "tel:",
            "tel:;a=b",
            "tel:hello",
            "sip:a@b c",
            "sip:a@\u{7f}b",
            "sip:é.com",
        ] {
            assert!(Uri::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn equivalence_follows_rfc_3261_19_1_4() {
        let pairs = [
            (
                "sip:%61lice@atlanta.com;transport=TCP",
                "sip:alice@AtlanTa.CoM;Transport=tcp",
                true,
            ),
            (
                "sip:carol@chicago.com",
                "sip:carol@chicago.com;newparam=5",
                true,
            ),
            (
                "sip:carol@chicago.com;security=on",
                "sip:carol@chicago.com;newparam=5",
                true,
            ),
            (
                "sip:biloxi.com;transport=tcp;method=REGISTER",
                "sip:biloxi.com;method=REGISTER;transport=tcp",
                true,
            ),
            (
                "sip:alice@atlanta.com?subject=x&priority=urgent",
                "sip:alice@atlanta.com?priority=urgent&subject=x",
                true,
            ),
            (
                "SIP:ALICE@AtLanTa.CoM;Transport=udp",
                "sip:alice@AtLanTa.CoM;Transport=UDP",
                false,
            ),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false),
            (
                "sip:bob@biloxi.com",
                "sip:bob@biloxi.com;transport=udp",
                false,
            ),
            (
                "sip:carol@chicago.com",
                "sip:carol@chicago.com?Subject=next%20meeting",
                false,
            ),
            (
                "sip:carol@chicago.com;security=on",
                "sip:carol@chicago.com;security=off",
                false,
            ),
            ("sip:bob@x.y", "sips:bob@x.y", false),
        ];
        for (one, two, expected) in pairs {
            let (one, two) = (Uri::parse(one).unwrap(), Uri::parse(two).unwrap());
            let (a, b) = (one.as_sip().unwrap(), two.as_sip().unwrap());
            assert_eq!(
                (a.is_equivalent(b), b.is_equivalent(a)),
                (expected, expected),
                "{one} {two}"
            );
        }
    }
}
