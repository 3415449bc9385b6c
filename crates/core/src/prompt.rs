//! The prompts that are kept for flows and queues: what callers hear, as a text or a recorded sound for each
//! language. Which language a caller hears is decided here, when the order to play is made; where a sound is
//! fetched from is the edge's matter.

mod language;
mod missing;

pub use language::{Language, NotALanguage};
pub use missing::{Lacking, MissingLanguage, missing_languages};

use crate::flow::{self, Prompt, fill, invalid};
use crate::limits;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The attribute of a contact that says which language the caller hears.
pub const LANGUAGE: &str = "language";

/// The language that a caller with these attributes wants, if they say one.
pub(crate) fn wanted(attributes: &BTreeMap<String, String>) -> Option<Language> {
    Language::parse(attributes.get(LANGUAGE)?).ok()
}

/// What is spoken is spoken as in some country: the service asks for it.
pub(crate) fn with_country(field: &str, language: &Language) -> Result<(), Refusal> {
    if language.has_region() {
        return Ok(());
    }
    let detail = format!(
        "write the language with its country, such as {language}-{}: the service that speaks asks for it",
        language.likely_region()
    );
    Err(invalid(field, detail))
}

/// A prompt that is kept under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPrompt {
    /// What people call it.
    pub name: String,
    /// What those hear whose language it does not have.
    pub default_language: Language,
    /// What is heard in each language.
    pub languages: BTreeMap<Language, Words>,
}

/// What is heard in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// Spoken by the service, with places for attributes.
    Text(String),
    /// A sound that was recorded.
    Sound(Sound),
}

/// A sound in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sound {
    /// Which.
    pub id: SoundId,
    /// How long it is.
    pub length_ms: u32,
    /// Its loudest sample, in tenths of a decibel to full scale.
    pub peak_tenth_db: i32,
}

/// A sound's content hash (SHA-256), 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SoundId(String);

impl SoundId {
    /// The hash in words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SoundId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for SoundId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        let is_hex = id
            .bytes()
            .all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it));
        if id.len() == 64 && is_hex {
            return Ok(Self(id));
        }
        Err("is not the id of a sound: 64 digits of 0 to 9 and a to f, as the upload answered")
    }
}

impl From<SoundId> for String {
    fn from(id: SoundId) -> Self {
        id.0
    }
}

/// What is heard on a leg: what an order to play carries, all choices made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// Spoken by the service in the language of the contact center.
    Text(String),
    /// An audio file elsewhere that the service fetches.
    Url(String),
    /// Spoken by the service in this language.
    Said {
        /// What.
        text: String,
        /// In which language.
        language: Language,
    },
    /// A sound of ours that the service fetches.
    Sound {
        /// Which.
        id: SoundId,
        /// In which language.
        language: Language,
        /// How long it is.
        length_ms: u32,
    },
}

impl Heard {
    /// How long it may last until its end is told, s. How long a file elsewhere is only the service knows.
    pub(crate) fn seconds_max(&self) -> u32 {
        let heard = match self {
            Self::Text(text) | Self::Said { text, .. } => {
                let chars = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
                chars / limits::PROMPT_CHARS_PER_SECOND
            }
            Self::Sound { length_ms, .. } => length_ms.div_ceil(1_000),
            Self::Url(_) => return limits::PROMPT_SECONDS_MAX,
        };
        limits::PROMPT_END_SECONDS.saturating_add(heard)
    }
}

impl KeptPrompt {
    /// The language that a caller hears who wants `wanted`: that one, else the first with the same primary
    /// language, else the default.
    #[must_use]
    pub fn language_for(&self, wanted: Option<&Language>) -> &Language {
        wanted
            .and_then(|wanted| self.has(wanted))
            .unwrap_or(&self.default_language)
    }

    /// The language by which `wanted` is served, if any is.
    fn has(&self, wanted: &Language) -> Option<&Language> {
        wanted.served_by(self.languages.keys())
    }

    /// What one caller hears; the attributes are filled in where a text has places for them.
    #[must_use]
    pub(crate) fn heard(&self, attributes: &BTreeMap<String, String>) -> Heard {
        let language = self.language_for(wanted(attributes).as_ref()).clone();
        match self.languages.get(&language) {
            Some(Words::Text(text)) => Heard::Said {
                text: fill::spoken(text, attributes),
                language,
            },
            Some(Words::Sound(sound)) => Heard::Sound {
                id: sound.id.clone(),
                length_ms: sound.length_ms,
                language,
            },
            // Never saved: the default is one of the languages.
            None => Heard::nothing(),
        }
    }

    /// The sounds that it names.
    pub fn sounds(&self) -> impl Iterator<Item = &Sound> {
        self.languages.values().filter_map(|words| match words {
            Words::Sound(sound) => Some(sound),
            Words::Text(_) => None,
        })
    }

    /// Checks what an administrator wrote.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        if !self.languages.contains_key(&self.default_language) {
            let it = &self.default_language;
            let detail = format!("there is nothing in {it}; add it, or choose another default");
            return Err(invalid("default_language", detail));
        }
        if self.languages.len() > limits::PROMPT_LANGUAGES_MAX {
            let (what, max) = ("languages of a prompt", limits::PROMPT_LANGUAGES_MAX);
            return Err(Refusal::LimitReached { what, max });
        }
        for (language, words) in &self.languages {
            with_country(&format!("languages.{language}"), language)?;
            if let Words::Text(text) = words {
                let field = format!("languages.{language}.text");
                flow::validate_prompt(&field, &Prompt::Text(text.clone()))?;
            }
        }
        Ok(())
    }
}

impl Heard {
    /// What is left of a prompt that is not there, which is never saved: the service refuses to say nothing, so
    /// the caller takes the way for what cannot be played (B-235).
    pub(crate) const fn nothing() -> Self {
        Self::Text(String::new())
    }
}

#[cfg(test)]
mod tests;
