//! Addresses: `"Name" <uri>;params` of From, To, Contact, Route and their like (RFC 3261 20.10).

use crate::uri::{Params, Uri};
use crate::{Error, scan};
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Without quotes and escapes.
    pub display: Option<String>,
    pub uri: Uri,
    /// Of the header, not of the URI: `tag`, `q`, `expires` ...
    pub params: Params,
}

impl Address {
    #[must_use]
    pub fn new(uri: Uri) -> Self {
        Self {
            display: None,
            uri,
            params: Params::default(),
        }
    }

    /// Reads one value. A display name of several words without quotes, glued to `<`, is what
    /// Teams sends and RFC 3261 allows; odd characters in it are what carriers send.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let (display, rest) = if text.starts_with('"') {
            let (display, rest) = scan::quoted(text)?;
            (Some(display), rest.trim_start())
        } else {
            match text.split_once('<') {
                Some((display, _)) => {
                    let rest = text.split_at(display.len()).1;
                    (
                        Some(display.trim().to_owned()).filter(|d| !d.is_empty()),
                        rest,
                    )
                }
                None => return Self::parse_bare(text),
            }
        };
        if display.as_ref().is_some_and(|_| !text.starts_with('"'))
            && display
                .iter()
                .any(|display| display.contains(['"', ',', ';', '>']))
        {
            return Err(Error::Malformed("display name"));
        }
        let inner = rest.strip_prefix('<').ok_or(Error::Malformed("address"))?;
        let (uri, after) = inner
            .split_once('>')
            .ok_or(Error::Malformed("angle bracket is not closed"))?;
        Ok(Self {
            display,
            uri: Uri::parse(uri)?,
            params: params_after(after)?,
        })
    }

    /// Without brackets, every parameter belongs to the header, and a URI with `?` or `,` is not
    /// allowed (RFC 3261 20.10; RFC 4475 3.1.2.13).
    fn parse_bare(text: &str) -> Result<Self, Error> {
        let (uri, params) = match text.split_once(';') {
            Some((uri, params)) => (uri.trim_end(), Params::parse(params)?),
            None => (text, Params::default()),
        };
        if uri.contains(['?', ',']) {
            return Err(Error::Malformed("address needs angle brackets"));
        }
        Ok(Self {
            display: None,
            uri: Uri::parse(uri)?,
            params,
        })
    }

    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }
}

fn params_after(after: &str) -> Result<Params, Error> {
    let after = after.trim();
    match after.strip_prefix(';') {
        Some(params) => Params::parse(params),
        None if after.is_empty() => Ok(Params::default()),
        None => Err(Error::Malformed("text after an address")),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.display {
            write!(f, "{} ", scan::quote(display))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn unquoted_name_glued_to_the_bracket_is_read() {
        let address = Address::parse(
            "John Doe<sip:+441273652002@sip.pstnhub.microsoft.com:5061;user=phone>;tag=ab12",
        )
        .unwrap();
        assert_eq!(address.display.as_deref(), Some("John Doe"));
        assert_eq!(address.tag(), Some("ab12"));
        assert_eq!(address.uri.phone_number().as_deref(), Some("+441273652002"));
    }

    #[test]
    fn parameters_belong_to_the_header_without_brackets() {
        let address = Address::parse("sip:caller@example.net;tag=8;x=y").unwrap();
        assert_eq!(address.tag(), Some("8"));
        assert_eq!(address.uri.to_string(), "sip:caller@example.net");
    }

    #[test]
    fn quotes_and_escapes_survive_a_round_trip() {
        let text = r#""J \"Rosenberg\" \\, Jr" <sip:jdrosen@example.com>;q=0.33;x="a;b,c""#;
        let address = Address::parse(text).unwrap();
        assert_eq!(address.display.as_deref(), Some(r#"J "Rosenberg" \, Jr"#));
        assert_eq!(address.to_string(), text);
    }

    #[test]
    fn long_referred_by_parameters_survive_unchanged() {
        let opaque = "x".repeat(400);
        let text = format!("<sip:a.example;x-m=8:orgid:1-2;x-t=3;x-ti=4;x-tt={opaque}%25/>");
        assert_eq!(Address::parse(&text).unwrap().to_string(), text);
    }

    #[test]
    fn broken_addresses_are_refused() {
        for text in [
            "",
            "<sip:a@b",
            "\"open <sip:a@b>",
            "Bell, Alexander <sip:a@b>",
            "\"Watson\" < sip:a@b >",
            "<sip:a@b> x",
            "\"a\" sip:a@b",
            "sip:user@example.com?Route=%3Csip:sip.example.com%3E",
            "<sip:a@b>;;tag=1",
            "<sip:a@b>>",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }
}
