//! Phone numbers outside: how people write them, and the opaque address by which the core knows one.

use tandem_core::ids::{CustomerHash, SubjectRef};
use tandem_core::talk::Number;
use tandem_store::{CenterId, KeyFamily};

/// A number in E.164 form.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

/// Why a text is no number that can be called.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("write the number with + and the country, for example +14255550123")]
pub struct NotANumber;

/// Why a number is not called, whatever the rules of a queue say.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDialable {
    /// It is no number.
    #[error(transparent)]
    Invalid(#[from] NotANumber),
    /// It is, or may be, one of an emergency service (B-236).
    #[error("emergency calls are not possible from here; use a phone or your Teams client")]
    Emergency,
}

impl NotDialable {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_number",
            Self::Emergency => "emergency_number",
        }
    }
}

/// Digits of a number without a country that may be an emergency number, or another short one.
const SHORT_DIGITS_MAX: usize = 6;
/// Digits after the calling code that are too few for anything but an emergency or service number.
const SHORT_NATIONAL_DIGITS_MAX: usize = 4;
/// Calling codes of two digits (ITU-T E.164 Annex: the list of assigned codes). 1 and 7 stand alone, all
/// others have three.
const TWO_DIGIT_CODES: [&str; 43] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47",
    "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65",
    "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95",
];

/// The calling code that digits begin with.
fn calling_code(digits: &str) -> &str {
    let n = match digits.get(..1) {
        Some("1" | "7") => 1,
        _ if digits.get(..2).is_some_and(is_two_digit_code) => 2,
        _ => 3,
    };
    digits.get(..n).unwrap_or(digits)
}

fn is_two_digit_code(digits: &str) -> bool {
    digits == "98" || TWO_DIGIT_CODES.contains(&digits)
}

/// Digits of a number, without the plus (E.164).
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

impl PhoneNumber {
    /// Reads a number as people write it: spaces, hyphens, dots, slashes and brackets do not count.
    ///
    /// # Errors
    /// [`NotANumber`] when it is not international, or too short or long.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let written = without_separators(text);
        let digits = written.strip_prefix('+').ok_or(NotANumber)?;
        let is_number = DIGITS.contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        is_number.then_some(Self(written)).ok_or(NotANumber)
    }

    /// As [`Self::parse`], for a number that is about to be called: short numbers are told apart, for an
    /// emergency is no mistake of spelling.
    ///
    /// # Errors
    /// [`NotDialable`] with what the agent is told.
    pub fn dialable(text: &str) -> Result<Self, NotDialable> {
        let written = without_separators(text);
        let digits = written.strip_prefix('+').unwrap_or(&written);
        let is_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_short = if written.starts_with('+') {
            digits.len() <= calling_code(digits).len() + SHORT_NATIONAL_DIGITS_MAX
        } else {
            digits.len() <= SHORT_DIGITS_MAX
        };
        if is_digits && is_short {
            return Err(NotDialable::Emergency);
        }
        Ok(Self::parse(text)?)
    }

    /// The calling code of its country, without the plus.
    #[must_use]
    pub fn calling_code(&self) -> &str {
        calling_code(self.0.trim_start_matches('+'))
    }

    /// In E.164 form.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// The keyed hash by which the customer is recognized, calling or called.
    #[must_use]
    pub fn customer(&self, keys: &KeyFamily, center: &CenterId) -> CustomerHash {
        keys.phone_hash(center, &self.0).customer()
    }

    /// As the core knows it, with the reference under which it lies among the personal data.
    #[must_use]
    pub fn known_as(&self, keys: &KeyFamily, center: &CenterId, subject: SubjectRef) -> Number {
        let address = address(keys, center, &self.0);
        Number { subject, address }
    }
}

fn without_separators(text: &str) -> String {
    let written = text.chars();
    written
        .filter(|it| !matches!(it, ' ' | '\u{a0}' | '-' | '.' | '/' | '(' | ')'))
        .collect()
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

    // B-236
    #[test]
    fn emergency_and_other_short_numbers_are_told_apart_and_never_called() {
        for text in [
            "112", "911", "999", "110", "1 1 0", "19222", "116117", "+49112", "+49 110", "+1911",
            "+44 999", "+1 411",
        ] {
            let refused = PhoneNumber::dialable(text).err();
            assert_eq!(refused, Some(NotDialable::Emergency), "{text}");
        }
        for text in ["", "hello", "0891234567", "+", "+0891234567"] {
            let refused = PhoneNumber::dialable(text).err();
            assert_eq!(refused, Some(NotDialable::Invalid(NotANumber)), "{text}");
        }
        assert!(PhoneNumber::dialable("+49 89 1234567").is_ok());
    }

    #[test]
    fn country_is_told_by_the_calling_code() {
        for (text, code) in [
            ("+14255550123", "1"),
            ("+79161234567", "7"),
            ("+4989123456", "49"),
            ("+353861234567", "353"),
            ("+982112345678", "98"),
            ("+99412345678", "994"),
        ] {
            let number = PhoneNumber::parse(text).unwrap();
            assert_eq!(number.calling_code(), code, "{text}");
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
