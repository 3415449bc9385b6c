//! Numbers of trunks: in Tandem they are international with a plus; how the other side writes them is the trunk's matter.

use serde::{Deserialize, Serialize};

/// How the other side of a trunk writes numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberFormat {
    /// International, with a plus; what Teams demands (A.5).
    International,
    /// International without the plus.
    Digits,
    /// As people of one country dial: their own numbers with the national prefix, others with the international one.
    National {
        /// The country's calling code, without a plus.
        country: String,
        /// What stands before a national number, such as `0`; may be nothing.
        prefix: String,
        /// What stands before a number of another country, such as `00`.
        international_prefix: String,
    },
}

/// Digits of an international number, without the plus.
const DIGITS: std::ops::RangeInclusive<usize> = 4..=15;

/// Whether a text is an international number with its plus. Short ones are allowed: Teams has such (A.5).
#[must_use]
pub fn is_international(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        DIGITS.contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit())
    })
}

impl NumberFormat {
    /// The international number that the other side means; nothing where it is none.
    #[must_use]
    pub fn read(&self, written: &str) -> Option<String> {
        if is_international(written) {
            return Some(written.to_owned());
        }
        let number = match self {
            Self::International => return None,
            Self::Digits => format!("+{written}"),
            Self::National {
                country,
                prefix,
                international_prefix,
            } => {
                let foreign = written.strip_prefix(international_prefix.as_str());
                let foreign = foreign.filter(|_| !international_prefix.is_empty());
                match (foreign, written.strip_prefix(prefix.as_str())) {
                    (Some(foreign), _) => format!("+{foreign}"),
                    (None, Some(own)) => format!("+{country}{own}"),
                    (None, None) => return None,
                }
            }
        };
        is_international(&number).then_some(number)
    }

    /// An international number as the other side writes it; what is none stays as it is.
    #[must_use]
    pub fn write(&self, number: &str) -> String {
        let Some(digits) = number.strip_prefix('+') else {
            return number.to_owned();
        };
        match self {
            Self::International => number.to_owned(),
            Self::Digits => digits.to_owned(),
            Self::National {
                country,
                prefix,
                international_prefix,
            } => match digits.strip_prefix(country.as_str()) {
                Some(own) => format!("{prefix}{own}"),
                None => format!("{international_prefix}{digits}"),
            },
        }
    }
}

/// Numbers that follow each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberRange {
    /// The first.
    pub first: String,
    /// The last, of as many digits; the first is alone without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// What people note of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl NumberRange {
    /// Whether a number is in it.
    #[must_use]
    pub fn contains(&self, number: &str) -> bool {
        let last = self.last.as_ref().unwrap_or(&self.first);
        number.len() == self.first.len()
            && is_international(number)
            && (self.first.as_str()..=last.as_str()).contains(&number)
    }

    /// Whether two have a number in common.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let last = |it: &Self| it.last.clone().unwrap_or_else(|| it.first.clone());
        self.first.len() == other.first.len()
            && self.first <= last(other)
            && other.first <= last(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn german() -> NumberFormat {
        NumberFormat::National {
            country: "49".to_owned(),
            prefix: "0".to_owned(),
            international_prefix: "00".to_owned(),
        }
    }

    #[test]
    fn number_is_read_and_written_as_the_other_side_does() {
        for (format, written, number) in [
            (NumberFormat::International, "+4989123", "+4989123"),
            (NumberFormat::Digits, "4989123", "+4989123"),
            (german(), "089123", "+4989123"),
            (german(), "00431234", "+431234"),
        ] {
            assert_eq!(format.read(written).as_deref(), Some(number), "{written}");
            assert_eq!(format.write(number), written);
        }
        assert_eq!(german().read("+431234").as_deref(), Some("+431234"));
        for nothing in ["", "anna", "+", "12", "+49 89"] {
            assert_eq!(NumberFormat::International.read(nothing), None, "{nothing}");
        }
    }

    // B-027
    #[test]
    fn range_has_its_ends_and_what_is_between() {
        let range = NumberRange {
            first: "+49891000".to_owned(),
            last: Some("+49891099".to_owned()),
            note: String::new(),
        };
        for (number, is_in) in [
            ("+49891000", true),
            ("+49891057", true),
            ("+49891099", true),
            ("+49891100", false),
            ("+498910570", false),
            ("+4989105", false),
        ] {
            assert_eq!(range.contains(number), is_in, "{number}");
        }
    }
}
