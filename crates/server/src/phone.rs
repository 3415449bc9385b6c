//! Phone numbers outside: how people write them, and the opaque address by which the core knows one.

use tandem_core::ids::SubjectRef;
use tandem_core::talk::Number;
use tandem_store::{CenterId, KeyFamily};

/// A number in E.164 form.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

/// Why a text is no number that can be called.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("write the number with + and the country, for example +14255550123")]
pub struct NotANumber;

/// Digits of a number, without the plus (E.164).
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

impl PhoneNumber {
    /// Reads a number as people write it: spaces, hyphens, dots, slashes and brackets do not count.
    ///
    /// # Errors
    /// [`NotANumber`] when it is not international, or too short or long.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let written: String = { text.chars() }
            .filter(|it| !matches!(it, ' ' | '\u{a0}' | '-' | '.' | '/' | '(' | ')'))
            .collect();
        let digits = written.strip_prefix('+').ok_or(NotANumber)?;
        let is_number = DIGITS.contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        is_number.then_some(Self(written)).ok_or(NotANumber)
    }

    /// In E.164 form.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// As the core knows it, with the reference under which it lies among the personal data.
    #[must_use]
    pub fn known_as(&self, keys: &KeyFamily, center: &CenterId, subject: SubjectRef) -> Number {
        let address = address(keys, center, &self.0);
        Number { subject, address }
    }
}

/// The opaque address of a number: the same again for the same number, and no digits in it.
#[must_use]
pub fn address(keys: &KeyFamily, center: &CenterId, e164: &str) -> String {
    let hash = keys.keyed_hash(center, &format!("phone/{e164}"));
    format!("phone:{hash:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_is_read_as_people_write_it() {
        for text in [
            "+14255550123",
            "+1 (425) 555-0123",
            "+1.425.555.0123",
            "+1 425/555 0123",
        ] {
            let number = PhoneNumber::parse(text).map(|it| it.e164().to_owned());
            assert_eq!(number.as_deref(), Ok("+14255550123"), "{text}");
        }
    }

    #[test]
    fn text_that_is_no_international_number_is_refused() {
        for text in [
            "",
            "112",
            "911",
            "4255550123",
            "+",
            "+123",
            "+1234567890123456",
            "+0123456789",
            "+1425555O123",
            "sip:a@b",
            "+1 425 555 0123;ext=1",
        ] {
            assert!(PhoneNumber::parse(text).is_err(), "{text}");
        }
    }
}
