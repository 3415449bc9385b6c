//! Numbers of the directory, which people write as they like, as they can be dialed (B-079, microsoft-graph.md 3.1): in
//! E.164 form, with the country of the person or the tenant where none is written.

use crate::phone::PhoneNumber;

/// How a country's numbers are written inside it (ITU-T E.123, national numbering plans).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Country {
    iso: &'static str,
    code: &'static str,
    /// What stands before a number inside the country, and not after the country's code.
    trunk: &'static str,
    /// What stands before another country's code.
    abroad: &'static str,
}

const fn country(
    iso: &'static str,
    code: &'static str,
    trunk: &'static str,
    abroad: &'static str,
) -> Country {
    Country {
        iso,
        code,
        trunk,
        abroad,
    }
}

/// Numbers of other countries must be written with + and the country.
const COUNTRIES: [Country; 42] = [
    country("US", "1", "1", "011"),
    country("CA", "1", "1", "011"),
    country("DE", "49", "0", "00"),
    country("AT", "43", "0", "00"),
    country("CH", "41", "0", "00"),
    country("LI", "423", "", "00"),
    country("LU", "352", "", "00"),
    country("GB", "44", "0", "00"),
    country("IE", "353", "0", "00"),
    country("FR", "33", "0", "00"),
    country("BE", "32", "0", "00"),
    country("NL", "31", "0", "00"),
    country("IT", "39", "", "00"),
    country("ES", "34", "", "00"),
    country("PT", "351", "", "00"),
    country("DK", "45", "", "00"),
    country("NO", "47", "", "00"),
    country("SE", "46", "0", "00"),
    country("FI", "358", "0", "00"),
    country("IS", "354", "", "00"),
    country("EE", "372", "", "00"),
    country("LV", "371", "", "00"),
    country("LT", "370", "0", "00"),
    country("PL", "48", "", "00"),
    country("CZ", "420", "", "00"),
    country("SK", "421", "0", "00"),
    country("HU", "36", "06", "00"),
    country("SI", "386", "0", "00"),
    country("HR", "385", "0", "00"),
    country("RO", "40", "0", "00"),
    country("BG", "359", "0", "00"),
    country("GR", "30", "", "00"),
    country("TR", "90", "0", "00"),
    country("IL", "972", "0", "00"),
    country("ZA", "27", "0", "00"),
    country("AU", "61", "0", "0011"),
    country("NZ", "64", "0", "00"),
    country("IN", "91", "0", "00"),
    country("JP", "81", "0", "010"),
    country("SG", "65", "", "000"),
    country("MX", "52", "", "00"),
    country("BR", "55", "0", "00"),
];

impl Country {
    /// The country of a code of two letters (ISO 3166).
    pub(crate) fn of(iso: &str) -> Option<Self> {
        COUNTRIES
            .into_iter()
            .find(|it| it.iso.eq_ignore_ascii_case(iso))
    }
}

/// The number in E.164 form; none where it cannot be told which one it is, or nobody may be called there.
pub(super) fn dialable(written: &str, country: Option<Country>) -> Option<String> {
    // "+49 (0) 89 ..." has the trunk prefix in brackets, for those inside the country.
    let written = written.trim().replace("(0)", "");
    let international = if written.starts_with('+') {
        written
    } else {
        let country = country?;
        let digits: String = { written.chars() }
            .filter(|it| !matches!(it, ' ' | '\u{a0}' | '-' | '.' | '/' | '(' | ')'))
            .collect();
        if let Some(abroad) = digits.strip_prefix(country.abroad) {
            format!("+{abroad}")
        } else {
            let national = digits.strip_prefix(country.trunk).unwrap_or(&digits);
            format!("+{}{national}", country.code)
        }
    };
    let number = PhoneNumber::dialable(&international).ok()?;
    Some(number.e164().to_owned())
}

/// The number of a line of Teams in E.164 form: it has its country, and not always a plus (microsoft-graph.md 12.1). One
/// with an extension is none: whoever dials it reaches somebody else.
pub(super) fn line(written: &str) -> Option<String> {
    let written = written.trim();
    let number = PhoneNumber::dialable(&format!("+{}", written.trim_start_matches('+'))).ok()?;
    Some(number.e164().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    // B-079
    #[test]
    fn number_is_dialed_with_the_country_that_it_lacks() {
        let dialed = |text, iso| dialable(text, Country::of(iso));
        for (text, iso, number) in [
            ("+1 (425) 555-0123", "DE", "+14255550123"),
            ("(425) 555-0123", "us", "+14255550123"),
            ("1-425-555-0123", "US", "+14255550123"),
            ("011 49 89 1234567", "US", "+49891234567"),
            ("089/1234567", "DE", "+49891234567"),
            ("+49 (0) 89 1234567", "DE", "+49891234567"),
            ("0049 89 1234567", "CH", "+49891234567"),
            ("06 1 234 5678", "HU", "+3612345678"),
            ("02 1234 5678", "IT", "+390212345678"),
            ("612 345 678", "ES", "+34612345678"),
        ] {
            assert_eq!(dialed(text, iso).as_deref(), Some(number), "{text}");
        }
    }

    // B-079
    #[test]
    fn line_of_teams_has_its_country_with_a_plus_or_without() {
        for (text, number) in [
            ("+14255550123", Some("+14255550123")),
            ("4989123456", Some("+4989123456")),
            ("+14255551000;ext=1234", None),
            ("", None),
        ] {
            assert_eq!(line(text).as_deref(), number, "{text}");
        }
    }

    // B-222, B-236
    #[test]
    fn number_that_could_be_another_is_none() {
        for text in ["", "ext. 12", "4711", "112", "911", "555-0123 x12"] {
            assert_eq!(dialable(text, Country::of("US")), None, "{text}");
        }
        assert_eq!(dialable("425 555 0123", None), None);
        assert_eq!(dialable("425 555 0123", Country::of("XX")), None);
    }
}
