//! Language tags (BCP 47), as far as speech services know them: language, script and region.

use serde::{Deserialize, Serialize};

/// A language tag in its usual spelling: `de-DE`, `zh-Hans-CN`, `es-419`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

/// Something is not a language tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotALanguage;

impl std::fmt::Display for NotALanguage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("is not a language tag; write one such as de-DE")
    }
}

impl Language {
    /// Reads a tag in any spelling of its letters.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(tag: &str) -> Result<Self, NotALanguage> {
        let mut parts = tag.split(['-', '_']);
        let primary = parts.next().unwrap_or_default();
        if !is_letters(primary, 2..=3) {
            return Err(NotALanguage);
        }
        let mut spelled = primary.to_ascii_lowercase();
        let mut rest = parts.peekable();
        if let Some(script) = rest.next_if(|it| is_letters(it, 4..=4)) {
            spelled.push('-');
            spelled.push_str(&titled(script));
        }
        if let Some(region) = rest.next_if(|it| is_region(it)) {
            spelled.push('-');
            spelled.push_str(&region.to_ascii_uppercase());
        }
        if rest.next().is_some() {
            return Err(NotALanguage);
        }
        Ok(Self(spelled))
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language without script and region.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// Whether it says where it is spoken.
    #[must_use]
    pub fn has_region(&self) -> bool {
        self.0.split('-').skip(1).any(is_region)
    }

    /// The one of `there` that whoever wants this language hears: this one, else the first, in order of the tags,
    /// with the same primary language.
    pub(crate) fn served_by<'a>(&self, there: impl Iterator<Item = &'a Self>) -> Option<&'a Self> {
        let akin = there.filter(|it| it.primary() == self.primary());
        akin.min_by_key(|it| (*it != self, *it))
    }

    /// A region for an example: most languages of Europe are spoken in a country of their own letters.
    pub(super) fn likely_region(&self) -> String {
        match self.primary() {
            "en" => "US".to_owned(),
            "ja" => "JP".to_owned(),
            "zh" => "CN".to_owned(),
            primary => primary.to_ascii_uppercase(),
        }
    }
}

fn is_letters(part: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&part.len()) && part.bytes().all(|it| it.is_ascii_alphabetic())
}

fn is_region(part: &str) -> bool {
    let is_number = part.len() == 3 && part.bytes().all(|it| it.is_ascii_digit());
    is_number || is_letters(part, 2..=2)
}

/// The first letter large, the others small.
fn titled(script: &str) -> String {
    let letters = script.char_indices();
    let letters = letters.map(|(at, it)| match at {
        0 => it.to_ascii_uppercase(),
        _ => it.to_ascii_lowercase(),
    });
    letters.collect()
}

impl TryFrom<String> for Language {
    type Error = NotALanguage;

    fn try_from(tag: String) -> Result<Self, Self::Error> {
        Self::parse(&tag)
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_in_any_spelling_is_one_language() {
        let spelled = |tag: &str| Language::parse(tag).map(String::from);
        for (tag, usual) in [
            ("de", "de"),
            ("DE-de", "de-DE"),
            ("zh_hans_cn", "zh-Hans-CN"),
            ("es-419", "es-419"),
            ("fil-PH", "fil-PH"),
        ] {
            assert_eq!(spelled(tag), Ok(usual.to_owned()));
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for tag in [
            "",
            "d",
            "german",
            "de-",
            "de-D",
            "de-DE-x-y",
            "1de",
            "de DE",
            "dé-DE",
        ] {
            assert_eq!(Language::parse(tag), Err(NotALanguage), "{tag}");
        }
    }
}
