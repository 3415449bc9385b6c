//! Header names: the set that Direct Routing and RFC 3261 use, their compact forms (RFC 3261
//! 7.3.3 and later), and any other name as it was written.

use crate::{Error, scan};
use std::fmt;

/// The name of a header. Unknown names compare without case and are written as they came.
#[derive(Debug, Clone)]
pub enum Name {
    /// One of the names below.
    Known(Known),
    /// Any other token.
    Other(String),
}

macro_rules! names {
    ($($variant:ident $text:literal $($compact:literal)?,)*) => {
        /// Every name that has a spelling of its own here.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Known { $($variant),* }

        #[expect(non_upper_case_globals, reason = "the names read as variants: Name::Via")]
        impl Name {
            $(pub const $variant: Self = Self::Known(Known::$variant);)*
        }

        const ALL: &[(Known, &str, Option<&str>)] =
            &[$((Known::$variant, $text, names!(@compact $($compact)?)),)*];

        impl Known {
            const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    };
    (@compact $compact:literal) => { Some($compact) };
    (@compact) => { None };
}

names! {
    Accept "Accept",
    AcceptContact "Accept-Contact" "a",
    Alert "Alert-Info",
    Allow "Allow",
    AllowEvents "Allow-Events" "u",
    AuthenticationInfo "Authentication-Info",
    Authorization "Authorization",
    CallId "Call-ID" "i",
    CallInfo "Call-Info",
    Contact "Contact" "m",
    ContentDisposition "Content-Disposition",
    ContentEncoding "Content-Encoding" "e",
    ContentLength "Content-Length" "l",
    ContentType "Content-Type" "c",
    CSeq "CSeq",
    Date "Date",
    Diversion "Diversion",
    Event "Event" "o",
    Expires "Expires",
    From "From" "f",
    Geolocation "Geolocation",
    HistoryInfo "History-Info",
    MaxForwards "Max-Forwards",
    MimeVersion "MIME-Version",
    MinExpires "Min-Expires",
    MinSe "Min-SE",
    Organization "Organization",
    PAssertedIdentity "P-Asserted-Identity",
    PPreferredIdentity "P-Preferred-Identity",
    Privacy "Privacy",
    ProxyAuthenticate "Proxy-Authenticate",
    ProxyAuthorization "Proxy-Authorization",
    ProxyRequire "Proxy-Require",
    RAck "RAck",
    Reason "Reason",
    RecordRoute "Record-Route",
    ReferTo "Refer-To" "r",
    ReferredBy "Referred-By" "b",
    RejectContact "Reject-Contact" "j",
    Replaces "Replaces",
    RequestDisposition "Request-Disposition" "d",
    Require "Require",
    RetryAfter "Retry-After",
    Route "Route",
    RSeq "RSeq",
    Server "Server",
    SessionExpires "Session-Expires" "x",
    Subject "Subject" "s",
    SubscriptionState "Subscription-State",
    Supported "Supported" "k",
    Timestamp "Timestamp",
    To "To" "t",
    Unsupported "Unsupported",
    UserAgent "User-Agent",
    Via "Via" "v",
    Warning "Warning",
    WwwAuthenticate "WWW-Authenticate",
    XMsMediaPath "X-MS-MediaPath",
    XMsSbc "X-MS-SBC",
    XMsUserLocation "X-MS-UserLocation",
}

impl Name {
    /// Reads a name in its long or compact form, in any case (Teams writes all in upper case).
    pub fn parse(text: &str) -> Result<Self, Error> {
        if !scan::is_token(text) {
            return Err(Error::Malformed("header name"));
        }
        // Every compact form is one letter, and no long form is.
        let is_compact = text.len() == 1;
        let known = ALL.iter().find(|(_, long, compact)| {
            let spelling = if is_compact {
                compact.unwrap_or_default()
            } else {
                long
            };
            spelling.eq_ignore_ascii_case(text)
        });
        Ok(match known {
            Some((known, _, _)) => Self::Known(*known),
            None => Self::Other(text.to_owned()),
        })
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(known) => known.text(),
            Self::Other(text) => text,
        }
    }

    /// For error texts, which never show remote text.
    pub(crate) const fn label(&self) -> &'static str {
        match self {
            Self::Known(known) => known.text(),
            Self::Other(_) => "extension header",
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(one), Self::Known(two)) => one == two,
            (Self::Other(one), Self::Other(two)) => one.eq_ignore_ascii_case(two),
            (Self::Known(_), Self::Other(_)) | (Self::Other(_), Self::Known(_)) => false,
        }
    }
}

impl Eq for Name {}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Name};

    #[test]
    fn long_compact_and_upper_case_forms_are_one_name() {
        for (known, long, compact) in ALL {
            let name = Name::Known(*known);
            assert_eq!(Name::parse(long).unwrap(), name);
            assert_eq!(Name::parse(&long.to_uppercase()).unwrap(), name);
            if let Some(compact) = compact {
                assert_eq!(Name::parse(compact).unwrap(), name);
                assert_eq!(Name::parse(&compact.to_uppercase()).unwrap(), name);
            }
        }
    }

    #[test]
    fn unknown_names_are_kept_as_written_and_compared_without_case() {
        let name = Name::parse("X-Carrier-Id").unwrap();
        assert_eq!(name.to_string(), "X-Carrier-Id");
        assert_eq!(name, Name::parse("x-carrier-ID").unwrap());
        assert_ne!(name, Name::Via);
    }

    #[test]
    fn a_name_is_a_token() {
        for text in ["", "a b", "a:b", "é", "a\r", "(x)"] {
            assert!(Name::parse(text).is_err(), "{text}");
        }
    }
}
