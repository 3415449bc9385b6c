//! Replaces: the dialog that an INVITE is to take the place of (RFC 3891 6.1).

use crate::Error;
use crate::uri::Params;
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaces {
    pub call_id: String,
    /// The tag of whoever gets the INVITE.
    pub to_tag: String,
    pub from_tag: String,
    /// Only a call that is not answered may be replaced.
    pub is_early_only: bool,
}

impl Replaces {
    pub fn parse(text: &str) -> Result<Self, Error> {
        let broken = Error::Malformed("Replaces");
        let (call_id, params) = text.split_once(';').ok_or(broken)?;
        let params = Params::parse(params)?;
        let tag = |name| params.get(name).filter(|tag| !tag.is_empty()).ok_or(broken);
        let call_id = call_id.trim();
        if call_id.is_empty() || call_id.contains(char::is_whitespace) {
            return Err(broken);
        }
        Ok(Self {
            call_id: call_id.to_owned(),
            to_tag: tag("to-tag")?.to_owned(),
            from_tag: tag("from-tag")?.to_owned(),
            is_early_only: params.get("early-only").is_some(),
        })
    }
}

impl fmt::Display for Replaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            call_id,
            to_tag,
            from_tag,
            is_early_only,
        } = self;
        let early = if *is_early_only { ";early-only" } else { "" };
        write!(f, "{call_id};to-tag={to_tag};from-tag={from_tag}{early}")
    }
}

#[cfg(test)]
mod tests {
    use super::Replaces;

    #[test]
    fn both_tags_are_needed() {
        let text = "12345@192.0.2.1;to-tag=7743;from-tag=6472;early-only";
        assert_eq!(Replaces::parse(text).unwrap().to_string(), text);
        for broken in [
            "",
            "a",
            "a;to-tag=1",
            "a;from-tag=1",
            "a b;to-tag=1;from-tag=2",
            ";to-tag=1;from-tag=2",
        ] {
            assert!(Replaces::parse(broken).is_err(), "{broken}");
        }
    }
}
