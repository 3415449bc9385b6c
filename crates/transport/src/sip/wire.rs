//! Messages as they went over the wire, for traces: a ladder of a call is drawn from them. What would let
//! somebody call in another's name or listen to a call is masked before anybody gets to see it.

use std::net::SocketAddr;
use tandem_sip::Micros;
use tandem_sip::flow::FlowId;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Received,
    Sent,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wire {
    pub at: Micros,
    pub flow: FlowId,
    pub direction: Direction,
    /// The other end; none while the connection is not open yet.
    pub remote: Option<SocketAddr>,
    /// Masked: [`MASK`] stands for answers to challenges and for keys of media.
    pub bytes: Vec<u8>,
}

/// Stands in place of a secret.
const MASK: &[u8] = b"***";

/// Headers that prove who somebody is (RFC 3261 22, RFC 8224 for signed identities is public).
const SECRET_HEADERS: [&[u8]; 2] = [b"authorization", b"proxy-authorization"];

/// Lines of a session description with keys, up to and with what stays readable before the key (RFC 4568 9.1,
/// RFC 4567 3.1, RFC 4566 5.12, RFC 8839 5.4).
const SECRET_LINES: [(&[u8], &[u8]); 4] = [
    (b"a=crypto:", b"inline:"),
    (b"a=key-mgmt:", b""),
    (b"k=", b""),
    (b"a=ice-pwd:", b""),
];

/// The message with every secret masked; nothing else is changed.
pub(super) fn masked(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len());
    let mut is_in_secret = false;
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        let end = line.len() - line.trim_ascii_end().len();
        let (text, line_end) = line.split_at(line.len() - end);
        let is_folded = text.starts_with(b" ") || text.starts_with(b"\t");
        if is_in_secret && is_folded {
            // RFC 3261 7.3.1: the rest of the value.
            out.extend_from_slice(b" ");
            out.extend_from_slice(MASK);
            out.extend_from_slice(line_end);
            continue;
        }
        let visible = n_visible(text);
        is_in_secret = visible.is_some();
        let (visible, is_masked) = match visible {
            Some(n) => (text.get(..n).unwrap_or_default(), true),
            None => (text, false),
        };
        out.extend_from_slice(visible);
        if is_masked {
            out.extend_from_slice(MASK);
        }
        out.extend_from_slice(line_end);
    }
    out
}

/// How many bytes of a line may be seen; none where all may.
fn n_visible(line: &[u8]) -> Option<usize> {
    for (start, before_key) in SECRET_LINES {
        let begins = line
            .get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start));
        if begins {
            let found = line
                .windows(before_key.len().max(1))
                .position(|part| part.eq_ignore_ascii_case(before_key));
            return Some(found.map_or(start.len(), |at| at + before_key.len()));
        }
    }
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = line.get(..colon)?.trim_ascii();
    let is_secret = SECRET_HEADERS
        .iter()
        .any(|header| header.eq_ignore_ascii_case(name));
    if !is_secret {
        return None;
    }
    // The scheme may be seen.
    let value = line.get(colon + 1..)?;
    let blanks = value.len() - value.trim_ascii_start().len();
    let scheme = value.trim_ascii_start();
    let n_scheme = scheme
        .iter()
        .position(|byte| *byte == b' ')
        .map_or(0, |n| n + 1);
    Some(colon + 1 + blanks + n_scheme)
}

#[cfg(test)]
mod tests {
    use super::masked;

    fn text(message: &str) -> String {
        String::from_utf8(masked(message.as_bytes())).unwrap()
    }

    #[test]
    fn secrets_are_masked_and_nothing_else_is_changed() {
        let message = "REGISTER sip:pbx.example SIP/2.0\r\nVIA: SIP/2.0/UDP a;branch=z9hG4bK1\r\n\
            authorization : Digest username=\"anna\",\r\n response=\"0123\"\r\n\
            Proxy-Authorization: Digest response=\"4567\"\r\nContent-Length: 9\r\n\r\n\
            v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^31\r\na=ice-pwd:x\r\nk=clear:y\r\n\
            a=sendrecv";
        assert_eq!(
            text(message),
            "REGISTER sip:pbx.example SIP/2.0\r\nVIA: SIP/2.0/UDP a;branch=z9hG4bK1\r\n\
            authorization : Digest ***\r\n ***\r\n\
            Proxy-Authorization: Digest ***\r\nContent-Length: 9\r\n\r\n\
            v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***\r\na=ice-pwd:***\r\nk=***\r\n\
            a=sendrecv"
        );
    }

    #[test]
    fn bytes_without_sense_are_left_as_they_are() {
        for odd in ["", "\n", ":", "authorization:", "a=crypto:", "\r\n\r\n"] {
            assert!(text(odd).starts_with(odd.trim_end()), "{odd:?}");
        }
        let binary = [0, 255, 10, 13, 58, 0];
        assert_eq!(masked(&binary), binary);
    }
}
