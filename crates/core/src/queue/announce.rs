//! What those who wait in a queue are told, and in which words: the queue's own sentences, and the same in further
//! languages. When it is told, and which numbers, is decided by the turn.

use crate::estimate::{Announcement, Growth};
use crate::flow::{in_range, invalid};
use crate::limits;
use crate::prompt::{self, Heard, Language};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What those who wait are told, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announce {
    /// After so long for the first time, s.
    pub first_s: u32,
    /// And again after so long, s.
    pub every_s: u32,
    /// What those hear whose language is not among the further ones. It says what is told at all.
    #[serde(flatten)]
    pub sentences: Sentences,
    /// In which language these sentences are; in that of the contact center without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The same in further languages.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub languages: BTreeMap<Language, Sentences>,
    /// Whether a number may be larger than the one that the same customer heard before.
    #[serde(default)]
    pub growth: Growth,
}

/// What is said in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentences {
    /// The sentence about the position, with `{position}` in it; nothing is said of it without.
    pub position: Option<String>,
    /// The sentences about the wait; nothing is said of it without.
    pub wait: Option<WaitWords>,
}

/// The sentences about a wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitWords {
    /// Less than a minute.
    pub under_a_minute: String,
    /// So many minutes, with `{minutes}` in it.
    pub minutes: String,
    /// More than an hour.
    pub over_an_hour: String,
}

/// Where the position stands in its sentence.
const POSITION: &str = "{position}";
/// Where the minutes stand in their sentence.
const MINUTES: &str = "{minutes}";

impl Announce {
    /// What a caller with these attributes hears; nothing where there is nothing to say.
    pub(crate) fn heard(
        &self,
        attributes: &BTreeMap<String, String>,
        position: Option<u32>,
        wait: Option<Announcement>,
    ) -> Option<Heard> {
        let wanted = prompt::wanted(attributes);
        let language = wanted.and_then(|it| it.served_by(self.all_languages()).cloned());
        let language = language.or_else(|| self.language.clone());
        let further = { language.as_ref() }.and_then(|it| self.languages.get(it));
        let text = further.unwrap_or(&self.sentences).said(position, wait)?;
        Some(match language {
            Some(language) => Heard::Said { text, language },
            None => Heard::Text(text),
        })
    }

    /// Whether those who want a language hear it.
    pub(crate) fn has(&self, language: &Language) -> bool {
        language.served_by(self.all_languages()).is_some()
    }

    /// All that are known: in which language the queue's own sentences are may be left out.
    fn all_languages(&self) -> impl Iterator<Item = &Language> {
        self.language.iter().chain(self.languages.keys())
    }

    /// Checks what an administrator wrote.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        in_range("announce.first_s", self.first_s, 0, 600)?;
        in_range("announce.every_s", self.every_s, 15, 600)?;
        self.sentences.validate("announce")?;
        if self.sentences.position.is_none() && self.sentences.wait.is_none() {
            let detail = "say the position, the wait, or both; or leave it out".to_owned();
            return Err(invalid("announce", detail));
        }
        if let Some(language) = &self.language {
            prompt::with_country("announce.language", language)?;
        }
        if self.languages.len() > limits::ANNOUNCEMENT_LANGUAGES_MAX {
            let what = "further languages of announcements";
            let max = limits::ANNOUNCEMENT_LANGUAGES_MAX;
            return Err(Refusal::LimitReached { what, max });
        }
        self.languages
            .iter()
            .try_for_each(|(language, further)| self.validate_further(language, further))
    }

    /// Everybody is told the same, whatever their language: what is on record as told was heard.
    fn validate_further(&self, language: &Language, further: &Sentences) -> Result<(), Refusal> {
        let field = format!("announce.languages.{language}");
        prompt::with_country(&field, language)?;
        if self.language.as_ref() == Some(language) {
            let detail = "is the language of the queue's own sentences; leave it out here";
            return Err(invalid(&field, detail.to_owned()));
        }
        let own = &self.sentences;
        let said = [
            (
                "position",
                own.position.is_some(),
                further.position.is_some(),
            ),
            ("wait", own.wait.is_some(), further.wait.is_some()),
        ];
        for (name, is_said, is_said_here) in said {
            let detail = match (is_said, is_said_here) {
                (true, false) => "is missing; the queue's own sentences say it, so say it here too",
                (false, true) => {
                    "is not said in the queue's own sentences; add it there, or leave it out here"
                }
                (true, true) | (false, false) => continue,
            };
            return Err(invalid(&format!("{field}.{name}"), detail.to_owned()));
        }
        further.validate(&field)
    }
}

impl Sentences {
    /// What is said; nothing where there is nothing to say.
    #[must_use]
    pub fn said(&self, position: Option<u32>, wait: Option<Announcement>) -> Option<String> {
        let position = position.and_then(|n| {
            let words = self.position.as_ref()?;
            Some(words.replace(POSITION, &n.to_string()))
        });
        let wait = wait.and_then(|wait| {
            let words = self.wait.as_ref()?;
            Some(match wait {
                Announcement::UnderAMinute => words.under_a_minute.clone(),
                Announcement::AboutMinutes(n) => words.minutes.replace(MINUTES, &n.to_string()),
                Announcement::OverAnHour => words.over_an_hour.clone(),
            })
        });
        let said: Vec<_> = [position, wait].into_iter().flatten().collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    fn validate(&self, at: &str) -> Result<(), Refusal> {
        if let Some(words) = &self.position {
            sentence(&format!("{at}.position"), words, Some(POSITION))?;
        }
        let Some(WaitWords {
            under_a_minute,
            minutes,
            over_an_hour,
        }) = &self.wait
        else {
            return Ok(());
        };
        sentence(&format!("{at}.wait.under_a_minute"), under_a_minute, None)?;
        sentence(&format!("{at}.wait.minutes"), minutes, Some(MINUTES))?;
        sentence(&format!("{at}.wait.over_an_hour"), over_an_hour, None)
    }
}

fn sentence(field: &str, words: &str, place: Option<&str>) -> Result<(), Refusal> {
    let max = limits::ANNOUNCEMENT_CHARS_MAX;
    if words.trim().is_empty() || words.chars().count() > max {
        return Err(invalid(field, format!("write 1 to {max} characters")));
    }
    match place {
        Some(place) if !words.contains(place) => {
            let detail = format!("write {place} where the number is said");
            Err(invalid(field, detail))
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
