//! Prompts that are kept: what callers hear, as a text or a recorded sound for each language.

use super::settings::{Resource, settings_routes};
use crate::center::Center;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tandem_core::ids::PromptId;
use tandem_core::prompt::{self, Language, SoundId};
use tandem_core::settings::{Document, Kind, Versioned};
use tandem_core::state::State;
use tandem_store::{SealedSubject, Sounds};
use utoipa::ToSchema;

/// A prompt.
#[derive(Serialize, ToSchema)]
pub(super) struct KeptPrompt {
    id: u64,
    version: u64,
    name: String,
    /// What those hear whose language the prompt does not have, such as `en-US`.
    default_language: String,
    /// What is heard in each language.
    languages: BTreeMap<String, KeptWords>,
}

/// What is heard in one language.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum KeptWords {
    /// Spoken by the service.
    Text(String),
    /// Recorded.
    Sound(KeptSound),
}

/// A sound that was recorded.
#[derive(Serialize, ToSchema)]
struct KeptSound {
    /// Its SHA-256.
    id: String,
    /// How long it is.
    seconds: f64,
    /// Its loudest sample, dB to full scale.
    peak_dbfs: f64,
}

/// What is sent to create or change a prompt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptPromptSent {
    name: String,
    /// Must be one of the languages.
    default_language: String,
    /// By language with country, such as `de-DE`.
    languages: BTreeMap<String, WordsSent>,
    /// The sounds that are named, as the store knows them.
    #[serde(skip)]
    #[schema(ignore)]
    sounds: BTreeMap<String, prompt::Sound>,
}

/// What is sent for one language.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WordsSent {
    /// Spoken by the service, 400 characters at most; `{name}` is the value of that attribute.
    Text(String),
    /// A sound that was uploaded.
    SoundId(String),
    /// A sound as an answer has it, to send a prompt back as it was read.
    Sound(SoundSent),
}

/// A sound as an answer has it; what it has besides is left out.
#[derive(Deserialize, ToSchema)]
struct SoundSent {
    id: String,
}

settings_routes!(
    KeptPrompt,
    KeptPromptSent,
    "prompts",
    "/{center}/prompts",
    "/{center}/prompts/{id}",
    SettingsReader,
    FlowEditor,
    FlowEditor
);

impl WordsSent {
    fn sound(&self) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::SoundId(id) => Some(id),
            Self::Sound(sound) => Some(&sound.id),
        }
    }
}

impl Resource for KeptPrompt {
    type Sent = KeptPromptSent;
    const KIND: Kind = Kind::Prompt;

    fn all(state: &State) -> Vec<Self> {
        let prompts = state.settings.prompts.iter();
        prompts.map(|(id, it)| Self::of(*id, it)).collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = PromptId(id);
        state.settings.prompts.get(&id).map(|it| Self::of(id, it))
    }

    /// Looks the sounds up; from then on they count as named.
    async fn prepare(
        sent: &mut KeptPromptSent,
        center: &Center,
    ) -> Result<Vec<SealedSubject>, Problem> {
        let named = sent.languages.iter();
        let named = named.filter_map(|(tag, words)| Some((tag.clone(), words.sound()?.to_owned())));
        for (tag, id) in named.collect::<Vec<_>>() {
            let field = format!("languages.{tag}.sound_id");
            let known = SoundId::try_from(id.clone());
            let known = known.map_err(|error| Problem::invalid(&field, error))?;
            let sound = center.store.name_sound(center.id(), &known).await?;
            let sound = sound.ok_or_else(|| {
                Problem::invalid(&field, "there is no such sound; upload it to /sounds first")
            })?;
            sent.sounds.insert(id, sound);
        }
        Ok(Vec::new())
    }

    fn document(sent: KeptPromptSent, _state: &State) -> Result<Document, Problem> {
        let KeptPromptSent {
            name,
            default_language,
            languages,
            sounds,
        } = sent;
        let mut parsed = BTreeMap::new();
        for (tag, words) in languages {
            let field = format!("languages.{tag}");
            let language = language(&field, &tag)?;
            let words = match words {
                WordsSent::Text(text) => prompt::Words::Text(text),
                WordsSent::SoundId(id) | WordsSent::Sound(SoundSent { id }) => {
                    let sound = sounds.get(&id).cloned();
                    let none = || Problem::invalid(&field, "there is no such sound");
                    prompt::Words::Sound(sound.ok_or_else(none)?)
                }
            };
            if parsed.insert(language, words).is_some() {
                return Err(Problem::invalid(&field, "is there twice; leave one out"));
            }
        }
        Ok(Document::Prompt(prompt::KeptPrompt {
            name,
            default_language: language("default_language", &default_language)?,
            languages: parsed,
        }))
    }
}

pub(super) fn language(field: &str, tag: &str) -> Result<Language, Problem> {
    Language::parse(tag).map_err(|error| Problem::invalid(field, error.to_string()))
}

impl KeptPrompt {
    fn of(id: PromptId, it: &Versioned<prompt::KeptPrompt>) -> Self {
        let prompt = &it.document;
        let languages = prompt.languages.iter();
        let languages = languages.map(|(language, words)| {
            let words = match words {
                prompt::Words::Text(text) => KeptWords::Text(text.clone()),
                prompt::Words::Sound(sound) => KeptWords::Sound(KeptSound::of(sound)),
            };
            (language.to_string(), words)
        });
        Self {
            id: id.0,
            version: it.version,
            name: prompt.name.clone(),
            default_language: prompt.default_language.to_string(),
            languages: languages.collect(),
        }
    }
}

impl KeptSound {
    fn of(sound: &prompt::Sound) -> Self {
        Self {
            id: sound.id.to_string(),
            seconds: f64::from(sound.length_ms) / 1_000.0,
            peak_dbfs: f64::from(sound.peak_tenth_db) / 10.0,
        }
    }
}
