//! Methods: case-sensitive tokens (RFC 3261 7.1), unknown ones kept.

use crate::{Error, scan};
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    Invite,
    Ack,
    Bye,
    Cancel,
    Options,
    Register,
    Prack,
    Update,
    Info,
    Refer,
    Notify,
    Subscribe,
    Message,
    Publish,
    /// Any other token, as written.
    Other(String),
}

const ALL: [(Method, &str); 14] = [
    (Method::Invite, "INVITE"),
    (Method::Ack, "ACK"),
    (Method::Bye, "BYE"),
    (Method::Cancel, "CANCEL"),
    (Method::Options, "OPTIONS"),
    (Method::Register, "REGISTER"),
    (Method::Prack, "PRACK"),
    (Method::Update, "UPDATE"),
    (Method::Info, "INFO"),
    (Method::Refer, "REFER"),
    (Method::Notify, "NOTIFY"),
    (Method::Subscribe, "SUBSCRIBE"),
    (Method::Message, "MESSAGE"),
    (Method::Publish, "PUBLISH"),
];

impl Method {
    pub fn parse(text: &str) -> Result<Self, Error> {
        if !scan::is_token(text) {
            return Err(Error::Malformed("method"));
        }
        let known = ALL.iter().find(|(_, known)| *known == text);
        Ok(known.map_or_else(
            || Self::Other(text.to_owned()),
            |(method, _)| method.clone(),
        ))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(text) => text,
            known @ (Self::Invite
            | Self::Ack
            | Self::Bye
            | Self::Cancel
            | Self::Options
            | Self::Register
            | Self::Prack
            | Self::Update
            | Self::Info
            | Self::Refer
            | Self::Notify
            | Self::Subscribe
            | Self::Message
            | Self::Publish) => ALL
                .iter()
                .find(|(method, _)| method == known)
                .map_or("", |(_, text)| text),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Method};

    #[test]
    fn methods_are_case_sensitive_tokens() {
        for (method, text) in ALL {
            assert_eq!(Method::parse(text).unwrap(), method);
            assert_eq!(method.as_str(), text);
        }
        assert_eq!(
            Method::parse("invite").unwrap(),
            Method::Other("invite".to_owned())
        );
        assert_eq!(
            Method::parse("RE%47IST%45R").unwrap().as_str(),
            "RE%47IST%45R"
        );
        assert!(Method::parse("").is_err());
        assert!(Method::parse("INV ITE").is_err());
    }
}
