//! Splitting header text with respect to quotes and angle brackets (RFC 3261 25.1).
//! It owns character classes and nothing of what headers mean.

use crate::Error;

/// RFC 3261 25.1 `token`.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

pub(crate) const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~'
        )
}

/// Splits at a separator that stands outside quotes and angle brackets; the parts are trimmed.
pub(crate) fn split(text: &str, separator: char) -> Result<Vec<&str>, Error> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        match find(rest, separator)? {
            Some((part, after)) => {
                parts.push(part.trim());
                rest = after;
            }
            None => {
                parts.push(rest.trim());
                return Ok(parts);
            }
        }
    }
}

/// The text before and after the first separator outside quotes and angle brackets.
pub(crate) fn find(text: &str, separator: char) -> Result<Option<(&str, &str)>, Error> {
    let (mut is_quoted, mut is_escaped, mut is_bracketed) = (false, false, false);
    for (at, character) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
        } else if is_quoted {
            match character {
                '\\' => is_escaped = true,
                '"' => is_quoted = false,
                _ => {}
            }
        } else if character == separator && !is_bracketed {
            let (before, after) = text.split_at(at);
            return Ok(Some((
                before,
                after.strip_prefix(separator).unwrap_or(after),
            )));
        } else {
            match character {
                '"' => is_quoted = true,
                '<' => is_bracketed = true,
                '>' => is_bracketed = false,
                _ => {}
            }
        }
    }
    if is_quoted {
        return Err(Error::Malformed("quotes are not closed"));
    }
    if is_bracketed {
        return Err(Error::Malformed("angle bracket is not closed"));
    }
    Ok(None)
}

/// The content of a quoted string that begins the text, unescaped, and what follows it.
pub(crate) fn quoted(text: &str) -> Result<(String, &str), Error> {
    let inner = text
        .strip_prefix('"')
        .ok_or(Error::Malformed("quotes expected"))?;
    let mut content = String::new();
    let mut is_escaped = false;
    for (at, character) in inner.char_indices() {
        if is_escaped {
            content.push(character);
            is_escaped = false;
        } else if character == '\\' {
            is_escaped = true;
        } else if character == '"' {
            let after = inner.split_at(at).1;
            return Ok((content, after.strip_prefix('"').unwrap_or(after)));
        } else {
            content.push(character);
        }
    }
    Err(Error::Malformed("quotes are not closed"))
}

/// Writes text as a quoted string.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

/// Text as it may stand on the wire: a value that a caller composed from remote text can never
/// start a new line, so it can never add a header.
pub(crate) fn one_line(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.trim_matches(' ').to_owned();
    }
    let cleaned: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    cleaned.trim_matches(' ').to_owned()
}

/// A decimal number without sign; none where it does not fit.
pub(crate) fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::{find, quote, quoted, split};

    #[test]
    fn separators_inside_quotes_and_brackets_do_not_split() {
        let parts = split(r#""a, \"b" <sip:x,y@z> ,  c"#, ',').unwrap();
        assert_eq!(parts, [r#""a, \"b" <sip:x,y@z>"#, "c"]);
        assert!(split(r#""a, b"#, ',').is_err());
        assert!(split("<sip:a", ',').is_err());
        assert_eq!(find("no separator", ';').unwrap(), None);
    }

    #[test]
    fn quoted_text_survives_a_round_trip() {
        let text = r#"a "b" \ c é"#;
        assert_eq!(quoted(&quote(text)).unwrap(), (text.to_owned(), ""));
    }
}
