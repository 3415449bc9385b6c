//! What those who wait in a queue are told: the queue's own sentences, and the same in further languages.

use crate::api::prompts::language;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tandem_core::estimate::Growth;
use tandem_core::queue;
use utoipa::ToSchema;

/// What those who wait are told, and when.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Announce {
    /// After so many seconds for the first time, 0 to 600.
    first_s: u32,
    /// And again after so many, 15 to 600.
    every_s: u32,
    /// The sentence about the position, with `{position}` in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    position: Option<String>,
    /// The sentences about the wait. Nothing is said while there is nothing to go by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wait: Option<WaitWords>,
    /// In which language these sentences are, with country, such as `en-US`; in that of the contact center when left
    /// out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// The same in further languages, by language with country: callers hear their own, as of a prompt.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    languages: BTreeMap<String, Sentences>,
    /// Whether a number may be larger than the one that the same customer heard before.
    #[serde(default)]
    may_grow: bool,
}

/// What is said in a further language: the same that the queue's own sentences say.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AnnouncedSentences)]
struct Sentences {
    /// The sentence about the position, with `{position}` in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    position: Option<String>,
    /// The sentences about the wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wait: Option<WaitWords>,
}

/// The sentences about a wait.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WaitWords {
    under_a_minute: String,
    /// With `{minutes}` in it.
    minutes: String,
    over_an_hour: String,
}

impl Announce {
    /// As the core has it.
    pub(super) fn parsed(self) -> Result<Box<queue::Announce>, Problem> {
        let (position, wait) = (self.position, self.wait);
        let own = self.language.as_deref();
        let own = own.map(|tag| language("announce.language", tag));
        let mut languages = BTreeMap::new();
        for (tag, sentences) in self.languages {
            let field = format!("announce.languages.{tag}");
            let tag = language(&field, &tag)?;
            if languages.insert(tag, sentences.into()).is_some() {
                return Err(Problem::invalid(&field, "is there twice; leave one out"));
            }
        }
        Ok(Box::new(queue::Announce {
            first_s: self.first_s,
            every_s: self.every_s,
            sentences: Sentences { position, wait }.into(),
            language: own.transpose()?,
            languages,
            growth: if self.may_grow {
                Growth::Allowed
            } else {
                Growth::Never
            },
        }))
    }

    pub(super) fn told(it: &queue::Announce) -> Self {
        let Sentences { position, wait } = (&it.sentences).into();
        let languages = it.languages.iter();
        let languages = languages.map(|(tag, said)| (tag.to_string(), said.into()));
        Self {
            first_s: it.first_s,
            every_s: it.every_s,
            position,
            wait,
            language: it.language.as_ref().map(ToString::to_string),
            languages: languages.collect(),
            may_grow: it.growth == Growth::Allowed,
        }
    }
}

impl From<Sentences> for queue::Sentences {
    fn from(sent: Sentences) -> Self {
        Self {
            position: sent.position,
            wait: sent.wait.map(|it| queue::WaitWords {
                under_a_minute: it.under_a_minute,
                minutes: it.minutes,
                over_an_hour: it.over_an_hour,
            }),
        }
    }
}

impl From<&queue::Sentences> for Sentences {
    fn from(it: &queue::Sentences) -> Self {
        Self {
            position: it.position.clone(),
            wait: it.wait.as_ref().map(|it| WaitWords {
                under_a_minute: it.under_a_minute.clone(),
                minutes: it.minutes.clone(),
                over_an_hour: it.over_an_hour.clone(),
            }),
        }
    }
}
