//! Bodies: finds the session description in one, alone or among the parts of a multipart body
//! (RFC 5621; emergency calls of Teams bring their location beside it). It must not read it.

use crate::header::{Headers, Name};

/// Parts of one body at most.
pub const PARTS_MAX: usize = 16;

pub const SDP: &str = "application/sdp";

/// One part of a multipart body, borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'b> {
    /// Without parameters, as written.
    pub content_type: &'b str,
    /// The whole Content-Type.
    pub full_type: &'b str,
    /// Of the headers of the part.
    pub content_id: Option<&'b str>,
    pub body: &'b [u8],
}

/// A body that we must understand and do not: 415 (RFC 3261 8.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsupported;

/// The session description of a message, if it has one.
pub fn session_description(headers: &Headers, body: &[u8]) -> Result<Option<Vec<u8>>, Unsupported> {
    if body.is_empty() {
        return Ok(None);
    }
    let encoding = headers.get(&Name::ContentEncoding).unwrap_or("identity");
    if !encoding.eq_ignore_ascii_case("identity") {
        return Err(Unsupported);
    }
    let full = headers.get(&Name::ContentType).ok_or(Unsupported)?;
    if essence(full).eq_ignore_ascii_case(SDP) {
        return Ok(Some(body.to_vec()));
    }
    if let Some(boundary) = boundary(full) {
        let parts = parts(body, boundary).ok_or(Unsupported)?;
        let sdp = parts
            .iter()
            .find(|part| part.content_type.eq_ignore_ascii_case(SDP));
        return Ok(sdp.map(|part| part.body.to_vec()));
    }
    // RFC 3261 20.11: what may be passed over says so.
    let disposition = headers.get(&Name::ContentDisposition).unwrap_or_default();
    if disposition
        .to_ascii_lowercase()
        .contains("handling=optional")
    {
        Ok(None)
    } else {
        Err(Unsupported)
    }
}

fn essence(full: &str) -> &str {
    full.split(';').next().unwrap_or(full).trim()
}

/// The boundary of a multipart type.
#[must_use]
pub fn boundary(full: &str) -> Option<&str> {
    let (kind, params) = full.split_once(';')?;
    let is_multipart = kind
        .trim_start()
        .get(..10)?
        .eq_ignore_ascii_case("multipart/");
    let mut params = params.split(';').filter_map(|param| param.split_once('='));
    let (_, value) = params.find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))?;
    let value = value.trim().trim_matches('"');
    (is_multipart && !value.is_empty()).then_some(value)
}

/// The parts of a multipart body (RFC 2046 5.1.1). None where it is broken or has too many.
#[must_use]
pub fn parts<'b>(body: &'b [u8], boundary: &str) -> Option<Vec<Part<'b>>> {
    let mark = format!("--{boundary}");
    let mut parts = Vec::new();
    let (_, mut rest) = cut(body, mark.as_bytes())?;
    while !rest.starts_with(b"--") {
        if parts.len() == PARTS_MAX {
            return None;
        }
        let (part, after) = cut(rest, mark.as_bytes())?;
        parts.push(self::part(part.strip_prefix(b"\r\n")?)?);
        rest = after;
    }
    Some(parts)
}

/// A multipart body with another session description in place of its own; every other byte is as it was.
#[must_use]
pub fn with_description(body: &[u8], boundary: &str, sdp: &[u8]) -> Option<Vec<u8>> {
    let found = parts(body, boundary)?.into_iter();
    let own = { found }
        .find(|part| part.content_type.eq_ignore_ascii_case(SDP))
        .filter(|part| !part.body.is_empty())?;
    let (before, after) = cut(body, own.body)?;
    // A description ends its last line itself; the line end before the mark is the part's.
    Some([before, sdp, after].concat())
}

fn part(bytes: &[u8]) -> Option<Part<'_>> {
    let bytes = bytes.strip_suffix(b"\r\n")?;
    let (head, body) = match bytes.strip_prefix(b"\r\n") {
        Some(body) => (&bytes[..0], body),
        None => cut(bytes, b"\r\n\r\n")?,
    };
    let head = std::str::from_utf8(head).ok()?;
    let field = |name: &str| {
        let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
        lines
            .find(|(known, _)| known.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    };
    let full_type = field("Content-Type").unwrap_or("text/plain");
    Some(Part {
        content_type: essence(full_type),
        full_type,
        content_id: field("Content-ID"),
        body,
    })
}

fn cut<'b>(bytes: &'b [u8], mark: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let at = bytes
        .windows(mark.len())
        .position(|window| window == mark)?;
    let (before, after) = bytes.split_at(at);
    Some((before, after.get(mark.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::{PARTS_MAX, Unsupported, parts, session_description, with_description};
    use crate::header::{Headers, Name};

    fn headers(content_type: &str) -> Headers {
        let mut headers = Headers::default();
        headers.push(Name::ContentType, content_type);
        headers
    }

    // B-236
    #[test]
    fn description_is_replaced_and_the_location_stays_byte_for_byte() {
        let body = b"--x1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--x1\r\n\
            Content-Type: application/pidf+xml\r\n\r\n<presence a='1'/>\r\n--x1--\r\n";
        let changed = with_description(body, "x1", b"v=0\r\ns=-\r\n").unwrap();
        let expected = b"--x1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\ns=-\r\n\r\n--x1\r\n\
            Content-Type: application/pidf+xml\r\n\r\n<presence a='1'/>\r\n--x1--\r\n";
        assert_eq!(changed, expected);
        assert_eq!(
            with_description(b"--x1\r\n\r\nno\r\n--x1--", "x1", b"v=0"),
            None
        );
    }

    // Direct Routing A.6: the location of an emergency call beside its description
    #[test]
    fn description_is_found_beside_a_location() {
        let body = b"preamble\r\n--x1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--x1\r\n\
            Content-Type: application/pidf+xml; charset=utf-8\r\nContent-ID: <a@b>\r\n\r\n<presence/>\r\n--x1--\r\n";
        let sdp = session_description(&headers("Multipart/Mixed; boundary=\"x1\""), body);
        assert_eq!(sdp, Ok(Some(b"v=0\r\n".to_vec())));
        let all = parts(body, "x1").unwrap();
        assert_eq!(all[1].content_type, "application/pidf+xml");
        assert_eq!(
            (all[1].content_id, all[1].body),
            (Some("<a@b>"), &b"<presence/>"[..])
        );
    }

    // RFC 3261 8.2.3, RFC 4475 3.3.6
    #[test]
    fn bodies_that_must_be_understood_and_are_not_are_refused() {
        assert_eq!(
            session_description(&headers("application/unknown"), b"x"),
            Err(Unsupported)
        );
        assert_eq!(
            session_description(&Headers::default(), b"x"),
            Err(Unsupported)
        );
        assert_eq!(session_description(&Headers::default(), b""), Ok(None));
        let mut optional = headers("application/unknown");
        optional.push(Name::ContentDisposition, "session;Handling=optional");
        assert_eq!(session_description(&optional, b"x"), Ok(None));
        let mut packed = headers("application/sdp");
        packed.push(Name::ContentEncoding, "gzip");
        assert_eq!(session_description(&packed, b"x"), Err(Unsupported));
    }

    #[test]
    fn broken_and_endless_parts_are_refused() {
        let many = format!("{}--x--", "--x\r\n\r\na\r\n".repeat(PARTS_MAX + 1));
        for body in [
            "",
            "--x",
            "--x\r\n",
            "--x\r\nno end",
            "--xA\r\n--x--",
            many.as_str(),
        ] {
            assert_eq!(parts(body.as_bytes(), "x"), None, "{body}");
        }
    }
}
