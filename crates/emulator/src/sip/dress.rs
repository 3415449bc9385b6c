//! How Teams writes its messages (direct-routing-and-sip.md A.4, A.6): header names in upper case, display names without
//! quotes, an opaque Contact that names port 443 beside a Record-Route to 5061, another To tag for each client that
//! rings. Our own grammar writes none of that, so it is put on last. It must not know what a message is about.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

/// Where requests inside of a call go: one of the proxies' own names.
pub(super) const REGIONAL: &str = "sip-du-a-eu.pstnhub.microsoft.com";
const ROUTE: &str = "<sip:sip-du-a-eu.pstnhub.microsoft.com:5061;transport=tls;lr>";
const ALLOW: &str = "INVITE,ACK,OPTIONS,CANCEL,BYE,NOTIFY";
/// Calls whose rings wait to be written.
const FORKS_MAX: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct Dresser {
    /// By Call-ID: what the To tags of the next 18x are told apart by; an empty text leaves it.
    forks: BTreeMap<String, VecDeque<String>>,
}

impl Dresser {
    /// Of the 18x that follow in this call, all but the last are of other clients than the one that answers.
    pub(super) fn ring(&mut self, call_id: &str, n_clients: u8) {
        if self.forks.len() >= FORKS_MAX {
            self.forks.clear();
        }
        let others = (1..n_clients).map(|n| format!("f{n}"));
        let tags = others.chain([String::new()]).collect();
        self.forks.insert(call_id.to_owned(), tags);
    }

    /// The message as Teams would write it; one that cannot be read goes as it is.
    pub(super) fn dress(&mut self, message: &[u8]) -> Vec<u8> {
        let end = message.windows(4).position(|it| it == b"\r\n\r\n");
        let Some((head, rest)) = end.and_then(|end| message.split_at_checked(end)) else {
            return message.to_vec();
        };
        let Ok(head) = std::str::from_utf8(head) else {
            return message.to_vec();
        };
        let mut written = self.head(head).into_bytes();
        written.extend_from_slice(rest);
        written
    }

    fn head(&mut self, head: &str) -> String {
        let mut lines = head.split("\r\n");
        let start = lines.next().unwrap_or_default();
        let fields: Vec<(&str, &str)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim(), value.trim()))
            .collect();
        let get = |wanted: &str| {
            let mut found = fields.iter();
            let found = found.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map_or("", |(_, value)| *value)
        };
        let status: Option<u16> = start
            .strip_prefix("SIP/2.0 ")
            .and_then(|rest| rest.split(' ').next()?.parse().ok());
        let call_id = get("Call-ID");
        let is_invite = get("CSeq").ends_with("INVITE");
        let is_of_call = is_invite || !get("CSeq").ends_with("OPTIONS");
        let makes_route = is_invite && status.is_none_or(|status| (101..300).contains(&status));
        let fork = if is_invite && status.is_some_and(|it| (180..200).contains(&it)) {
            self.next_fork(call_id)
        } else {
            String::new()
        };
        let mut written = start.to_owned();
        for (name, value) in &fields {
            let name = name.to_ascii_uppercase();
            let value = match name.as_str() {
                "FROM" | "P-ASSERTED-IDENTITY" => unquoted(value),
                "TO" if !fork.is_empty() => format!("{value}{fork}"),
                "TO" => unquoted(value),
                "CONTACT" if is_of_call => contact(call_id),
                "ALLOW" => ALLOW.to_owned(),
                "SUPPORTED" => "timer".to_owned(),
                "VIA" if status.is_none() => value.replace(";rport", ""),
                _ => (*value).to_owned(),
            };
            let is_first_after_via = name == "FROM";
            if is_first_after_via && makes_route {
                put(&mut written, "RECORD-ROUTE", ROUTE);
            }
            put(&mut written, &name, &value);
        }
        written
    }

    fn next_fork(&mut self, call_id: &str) -> String {
        let Some(tags) = self.forks.get_mut(call_id) else {
            return String::new();
        };
        let tag = tags.pop_front().unwrap_or_default();
        if tags.is_empty() {
            self.forks.remove(call_id);
        }
        tag
    }
}

fn put(written: &mut String, name: &str, value: &str) {
    write!(written, "\r\n{name}: {value}").expect("a string takes all text");
}

/// `"John Doe" <sip:..>` as `John Doe<sip:..>`; names that need their quotes keep them.
fn unquoted(value: &str) -> String {
    let quoted = value
        .strip_prefix('"')
        .and_then(|rest| rest.split_once('"'));
    match quoted {
        Some((name, address)) if !name.contains(['\\', ',', ';', '<', '>']) => {
            format!("{name}{}", address.trim_start())
        }
        Some(_) | None => value.to_owned(),
    }
}

/// The same for all messages of a call. Its parameters have slashes, and come back byte for byte or the call is lost.
fn contact(call_id: &str) -> String {
    let mark = call_id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |mark, byte| {
            (mark ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!(
        "<sip:api-du-a-uswe2.pstnhub.microsoft.com:443;x-i=0b6f1d1e-77a4-4c1b-9d0e-{:012x};x-c={call_id}/d/8/{mark:032x}>",
        mark & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tandem_sip::header::Name;
    use tandem_sip::message::Message;

    const INVITE: &str = "INVITE sip:+49891@sbc.tandem.example:5061;user=phone SIP/2.0\r\n\
        Via: SIP/2.0/TLS sip.pstnhub.microsoft.com:5061;branch=z9hG4bK1;rport\r\nFrom: \"John Doe\" <sip:+49892@sip.pstnhub.microsoft.com>;tag=1\r\n\
        To: <sip:+49891@sbc.tandem.example>\r\nCall-ID: abc\r\nCSeq: 1 INVITE\r\nContact: <sip:sip.pstnhub.microsoft.com;transport=tls>\r\n\
        Allow: INVITE, REFER\r\nContent-Length: 4\r\n\r\nv=0\n";

    // A.6
    #[test]
    fn invite_looks_as_teams_writes_it_and_is_still_read() {
        let dressed = Dresser::default().dress(INVITE.as_bytes());
        let text = String::from_utf8(dressed.clone()).unwrap();
        for part in [
            "\r\nFROM: John Doe<sip:+49892@",
            "\r\nCALL-ID: abc\r\nCSEQ: 1 INVITE\r\nCONTACT: <sip:api-du-a-uswe2.pstnhub.microsoft.com:443;x-i=",
            ";x-c=abc/d/8/",
            "\r\nRECORD-ROUTE: <sip:sip-du-a-eu.pstnhub.microsoft.com:5061;transport=tls;lr>\r\n",
            "\r\nALLOW: INVITE,ACK,OPTIONS,CANCEL,BYE,NOTIFY\r\n",
            ";branch=z9hG4bK1\r\n",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(text.ends_with("\r\n\r\nv=0\n"));
        let read = Message::parse(&dressed).unwrap();
        assert!(!read.headers().has_token(&Name::Allow, "REFER"));
        assert_eq!(
            Dresser::default().dress(INVITE.as_bytes()),
            dressed,
            "what is sent again is the same"
        );
    }

    // A.7
    #[test]
    fn each_client_that_rings_has_a_tag_of_its_own() {
        let mut dresser = Dresser::default();
        dresser.ring("abc", 3);
        let ringing =
            "SIP/2.0 180 Ringing\r\nTo: <sip:a@b>;tag=9\r\nCall-ID: abc\r\nCSeq: 1 INVITE\r\n\r\n";
        let mut tag = || {
            let text = String::from_utf8(dresser.dress(ringing.as_bytes())).unwrap();
            text.split(";tag=")
                .nth(1)
                .unwrap()
                .split('\r')
                .next()
                .unwrap()
                .to_owned()
        };
        assert_eq!([tag(), tag(), tag(), tag()], ["9f1", "9f2", "9", "9"]);
    }

    #[test]
    fn what_is_no_message_goes_as_it_is() {
        let mut dresser = Dresser::default();
        for odd in [&b""[..], b"\r\n\r\n", b"\xff\xff\r\n\r\n", b"a\r\nb"] {
            assert_eq!(dresser.dress(odd), odd);
        }
    }
}
