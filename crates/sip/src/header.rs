//! Header fields: names with their compact forms, values as text, order kept; and the typed forms
//! that routing and transactions need. Unknown headers are kept as they came. It must not know
//! what a method or a dialog does with them.

mod address;
mod cseq;
mod name;
mod rack;
pub mod reason;
mod replaces;
mod session_expires;
mod via;

use crate::{Error, scan};
pub use address::Address;
pub use cseq::CSeq;
pub use name::Name;
pub use rack::RAck;
pub use reason::Reason;
pub use replaces::Replaces;
pub use session_expires::{Refresher, SessionExpires};
pub use via::{MAGIC_COOKIE, Via};

/// Fields of one message at most.
pub const FIELDS_MAX: usize = 128;
/// Values in one comma-separated list at most.
pub const VALUES_MAX: usize = 128;

/// One field. The value is trimmed, on one line, without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: Name,
    value: String,
}

impl Field {
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// The fields of a message in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<Field>);

impl Headers {
    /// Appends a field.
    pub fn push(&mut self, name: Name, value: impl AsRef<str>) {
        self.0.push(Field {
            name,
            value: scan::one_line(value.as_ref()),
        });
    }

    /// Puts a field before all others (Via, Record-Route).
    pub fn push_front(&mut self, name: Name, value: impl AsRef<str>) {
        self.0.insert(
            0,
            Field {
                name,
                value: scan::one_line(value.as_ref()),
            },
        );
    }

    /// Replaces the first field of this name and removes the others, or appends one.
    pub fn set(&mut self, name: &Name, value: impl AsRef<str>) {
        let value = scan::one_line(value.as_ref());
        let at = self.0.iter().position(|field| field.name == *name);
        self.remove(name);
        let field = Field {
            name: name.clone(),
            value,
        };
        match at {
            Some(at) => self.0.insert(at, field),
            None => self.0.push(field),
        }
    }

    pub fn remove(&mut self, name: &Name) {
        self.0.retain(|field| field.name != *name);
    }

    /// The first value of this name.
    #[must_use]
    pub fn get(&self, name: &Name) -> Option<&str> {
        self.all(name).next()
    }

    /// Every field of this name, in order.
    pub fn all<'h>(&'h self, name: &Name) -> impl Iterator<Item = &'h str> {
        self.0
            .iter()
            .filter(move |field| field.name == *name)
            .map(|field| field.value.as_str())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Field> {
        self.0.iter()
    }

    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a header that must stand exactly once.
    pub fn single(&self, name: &Name) -> Result<&str, Error> {
        let mut all = self.all(name);
        let value = all.next().ok_or_else(|| Error::Missing(name.label()))?;
        match all.next() {
            Some(_) => Err(Error::Repeated(name.label())),
            None => Ok(value),
        }
    }

    /// The values of a list header: several fields and commas are the same (RFC 3261 7.3.1).
    pub fn list(&self, name: &Name) -> Result<Vec<&str>, Error> {
        let mut values = Vec::new();
        for field in self.all(name) {
            for value in scan::split(field, ',')? {
                if value.is_empty() {
                    return Err(Error::Malformed("empty value in a list"));
                }
                if values.len() == VALUES_MAX {
                    return Err(Error::Limit("values in a list"));
                }
                values.push(value);
            }
        }
        Ok(values)
    }

    /// Every Via, the topmost first.
    pub fn vias(&self) -> Result<Vec<Via>, Error> {
        self.list(&Name::Via)?.into_iter().map(Via::parse).collect()
    }

    /// The topmost Via; others are not looked at.
    pub fn top_via(&self) -> Result<Via, Error> {
        let first = self.get(&Name::Via).ok_or(Error::Missing("Via"))?;
        let top = scan::find(first, ',')?.map_or(first, |(top, _)| top);
        Via::parse(top.trim())
    }

    /// Replaces the topmost Via and leaves the others.
    pub(crate) fn set_top_via(&mut self, via: &Via) -> Result<(), Error> {
        let field = self
            .0
            .iter_mut()
            .find(|field| field.name == Name::Via)
            .ok_or(Error::Missing("Via"))?;
        field.value = match scan::find(&field.value, ',')? {
            Some((_, rest)) => format!("{via}, {}", rest.trim()),
            None => via.to_string(),
        };
        Ok(())
    }

    /// Every address of a list header (Contact, Route, Record-Route, P-Asserted-Identity ...).
    pub fn addresses(&self, name: &Name) -> Result<Vec<Address>, Error> {
        self.list(name)?.into_iter().map(Address::parse).collect()
    }

    /// The one address of From, To, Refer-To or Referred-By.
    pub fn address(&self, name: &Name) -> Result<Address, Error> {
        Address::parse(self.single(name)?)
    }

    pub fn cseq(&self) -> Result<CSeq, Error> {
        CSeq::parse(self.single(&Name::CSeq)?)
    }

    pub fn call_id(&self) -> Result<&str, Error> {
        let value = self.single(&Name::CallId)?;
        if value.is_empty() || value.chars().any(char::is_whitespace) {
            return Err(Error::Malformed("Call-ID"));
        }
        Ok(value)
    }

    /// `None` where the header is missing: RFC 3261 8.1.1.6 demands it, older peers leave it out.
    pub fn max_forwards(&self) -> Result<Option<u8>, Error> {
        if self.get(&Name::MaxForwards).is_none() {
            return Ok(None);
        }
        let value = self.single(&Name::MaxForwards)?;
        scan::number(value)
            .map(Some)
            .ok_or(Error::Malformed("Max-Forwards"))
    }

    /// The same length twice is harmless, two lengths are an attack (RFC 4475 3.3.9).
    pub fn content_length(&self) -> Result<Option<usize>, Error> {
        let mut length = None;
        for value in self.all(&Name::ContentLength) {
            let this: usize = scan::number(value).ok_or(Error::Malformed("Content-Length"))?;
            if length.is_some_and(|known| known != this) {
                return Err(Error::Repeated("Content-Length"));
            }
            length = Some(this);
        }
        Ok(length)
    }

    /// Whether a list of tokens (Allow, Supported, Require) has this one.
    #[must_use]
    pub fn has_token(&self, name: &Name, token: &str) -> bool {
        self.all(name)
            .flat_map(|value| value.split(','))
            .any(|known| known.trim().eq_ignore_ascii_case(token))
    }
}

#[cfg(test)]
mod tests {
    use super::{Headers, Name};
    use crate::Error;

    #[test]
    fn several_fields_and_commas_are_the_same_list() {
        let mut headers = Headers::default();
        headers.push(Name::Route, "<sip:a.com;lr>, <sip:b,x@b.com;lr>");
        headers.push(Name::Subject, "between");
        headers.push(Name::Route, "\"C, D\" <sip:c.com>");
        let routes = headers.addresses(&Name::Route).unwrap();
        let hosts: Vec<String> = routes.iter().map(|route| route.uri.to_string()).collect();
        assert_eq!(hosts[0], "sip:a.com;lr");
        assert_eq!(routes[2].display.as_deref(), Some("C, D"));
        assert_eq!(hosts.len(), 3);
    }

    #[test]
    fn a_composed_value_cannot_start_a_new_header() {
        let mut headers = Headers::default();
        headers.push(Name::Subject, "hello\r\nVia: SIP/2.0/TLS evil.example\0 ");
        assert_eq!(
            headers.get(&Name::Subject),
            Some("hello  Via: SIP/2.0/TLS evil.example")
        );
    }

    #[test]
    fn single_headers_are_neither_missing_nor_repeated() {
        let mut headers = Headers::default();
        assert_eq!(headers.call_id(), Err(Error::Missing("Call-ID")));
        headers.push(Name::CallId, "a");
        assert_eq!(headers.call_id(), Ok("a"));
        headers.push(Name::CallId, "b");
        assert_eq!(headers.call_id(), Err(Error::Repeated("Call-ID")));
        headers.set(&Name::CallId, "c");
        assert_eq!(headers.call_id(), Ok("c"));
    }

    #[test]
    fn set_keeps_the_place_and_push_front_comes_first() {
        let mut headers = Headers::default();
        headers.push(Name::Subject, "1");
        headers.push(Name::CallId, "2");
        headers.set(&Name::Subject, "3");
        headers.push_front(Name::Via, "4");
        let order: Vec<&str> = headers.iter().map(super::Field::value).collect();
        assert_eq!(order, ["4", "3", "2"]);
    }

    #[test]
    fn numbers_beyond_their_range_are_refused() {
        let mut headers = Headers::default();
        for value in ["300", "-1", "", "1 2", "+1"] {
            headers.set(&Name::MaxForwards, value);
            assert!(headers.max_forwards().is_err(), "{value}");
        }
        headers.set(&Name::MaxForwards, "0068");
        assert_eq!(headers.max_forwards(), Ok(Some(68)));
    }

    #[test]
    fn tokens_are_found_without_case_in_any_field() {
        let mut headers = Headers::default();
        headers.push(Name::Allow, "INVITE,ACK");
        headers.push(Name::Allow, "BYE , NOTIFY");
        assert!(headers.has_token(&Name::Allow, "notify"));
        assert!(!headers.has_token(&Name::Allow, "REFER"));
    }
}
