//! The head of a message: start line and header fields, up to the empty line.
//! Only CRLF ends a line (RFC 3261 25.1): a bare CR or LF would let two parsers on the way see
//! two different messages.

use super::{LINE_BYTES_MAX, Message, Method, Request, Response};
use crate::header::{FIELDS_MAX, Headers, Name};
use crate::uri::Uri;
use crate::{Error, scan};

const END: &[u8] = b"\r\n\r\n";

/// Where the head ends, the empty line included; `from` is where an earlier search ended.
pub(super) fn end(bytes: &[u8], from: usize) -> Option<usize> {
    let from = from.saturating_sub(END.len() - 1);
    let at = bytes
        .get(from..)?
        .windows(END.len())
        .position(|window| window == END)?;
    Some(from + at + END.len())
}

/// Reads a head that ends with an empty line, and the length that it announces.
pub(super) fn parse(head: &[u8]) -> Result<(Message, Option<usize>), Error> {
    let text = std::str::from_utf8(head)
        .ok()
        .ok_or(Error::Malformed("head is not UTF-8"))?;
    let text = text
        .strip_suffix("\r\n\r\n")
        .ok_or(Error::Malformed("head has no end"))?;
    let mut lines = text.split("\r\n");
    let start = lines.next().unwrap_or_default();
    check_line(start)?;
    let mut headers = parse_fields(lines)?;
    let length = headers.content_length()?;
    headers.remove(&Name::ContentLength);
    Ok((parse_start(start, headers)?, length))
}

fn parse_start(line: &str, headers: Headers) -> Result<Message, Error> {
    let mut parts = line.splitn(3, ' ');
    let first = parts.next().unwrap_or_default();
    let second = parts.next().ok_or(Error::Malformed("start line"))?;
    let third = parts.next();
    let body = Vec::new();
    if is_version(first)? {
        let status = (second.len() == 3).then(|| scan::number(second)).flatten();
        let status = status.ok_or(Error::Malformed("status code"))?;
        // RFC 4475 3.1.1.13 has no reason and keeps the space; peers forget the space too.
        let mut response = Response::new(status, third.unwrap_or_default())?;
        response.headers = headers;
        return Ok(Message::Response(response));
    }
    let method = Method::parse(first)?;
    let version = third.ok_or(Error::Malformed("start line"))?;
    if !is_version(version)? {
        return Err(Error::Malformed("start line"));
    }
    Ok(Message::Request(Request {
        method,
        uri: Uri::parse(second)?,
        headers,
        body,
    }))
}

/// Whether the text is `SIP/2.0`; another version of SIP is an error of its own.
fn is_version(text: &str) -> Result<bool, Error> {
    let Some((protocol, version)) = text.split_once('/') else {
        return Ok(false);
    };
    if !protocol.eq_ignore_ascii_case("SIP") {
        return Ok(false);
    }
    if version == "2.0" {
        return Ok(true);
    }
    let is_other = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if is_other {
        Err(Error::Version)
    } else {
        Ok(false)
    }
}

fn parse_fields<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Headers, Error> {
    let mut headers = Headers::default();
    let mut open: Option<(Name, String)> = None;
    for line in lines {
        check_line(line)?;
        if line.starts_with([' ', '\t']) {
            // RFC 3261 7.3.1: a folded line continues the value, as one space.
            let (_, value) = open.as_mut().ok_or(Error::Malformed("folded start line"))?;
            value.push(' ');
            value.push_str(line.trim_matches([' ', '\t']));
            continue;
        }
        close(&mut headers, open.take())?;
        let (name, value) = line
            .split_once(':')
            .ok_or(Error::Malformed("header line"))?;
        let name = Name::parse(name.trim_end_matches([' ', '\t']))?;
        open = Some((name, value.trim_matches([' ', '\t']).to_owned()));
    }
    close(&mut headers, open)?;
    Ok(headers)
}

fn close(headers: &mut Headers, open: Option<(Name, String)>) -> Result<(), Error> {
    let Some((name, value)) = open else {
        return Ok(());
    };
    if headers.len() == FIELDS_MAX {
        return Err(Error::Limit("number of headers"));
    }
    headers.push(name, value);
    Ok(())
}

fn check_line(line: &str) -> Result<(), Error> {
    if line.len() > LINE_BYTES_MAX {
        return Err(Error::Limit("line length"));
    }
    let is_plain = line.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'));
    if !is_plain
        && line
            .chars()
            .any(|character| character.is_control() && character != '\t')
    {
        return Err(Error::Malformed("control character"));
    }
    Ok(())
}
