//! The prompts of the company, in English and German: recorded by a machine's voice where `espeak-ng` is
//! installed, else spoken by the service.

use super::main_menu::{self, Prompts, Spoken};
use crate::api::Api;
use anyhow::Context;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use tokio::process::Command;

/// How long the voice may take for a prompt.
const VOICE_TIME_MAX: Duration = Duration::from_secs(10);
/// The languages, and the voices of espeak-ng for them.
const VOICES: [(&str, &str); 2] = [("en-US", "en-us"), ("de-DE", "de")];

/// Makes them; answers their numbers.
pub(super) async fn make(api: &Api, queues: &[(String, u64)]) -> anyhow::Result<Prompts<u64>> {
    let texts = main_menu::texts(queues);
    Ok(Prompts {
        greeting: prompt(api, &texts.greeting).await?,
        menu: prompt(api, &texts.menu).await?,
        menu_again: prompt(api, &texts.menu_again).await?,
        message: prompt(api, &texts.message).await?,
        thanks: prompt(api, &texts.thanks).await?,
        sorry: prompt(api, &texts.sorry).await?,
    })
}

async fn prompt(api: &Api, prompt: &Spoken) -> anyhow::Result<u64> {
    let Spoken { name, texts } = prompt;
    let mut languages = serde_json::Map::new();
    for ((language, voice), text) in VOICES.into_iter().zip(texts) {
        let words = match spoken(voice, text).await {
            Some(wav) => {
                let made = api.upload("/sounds", wav).await?;
                let id = made["id"].as_str().context("a sound without an id")?;
                json!({ "sound_id": id })
            }
            None => json!({ "text": text }),
        };
        languages.insert(language.to_owned(), words);
    }
    let languages = Value::Object(languages);
    let prompt = json!({ "name": name, "default_language": "en-US", "languages": languages });
    api.create("/prompts", &prompt).await
}

/// A WAV file in which a machine says this; none without one.
async fn spoken(voice: &str, text: &str) -> Option<Vec<u8>> {
    let file = format!("tandem-voice-{}.wav", std::process::id());
    let file = std::env::temp_dir().join(file);
    let wav = recorded(voice, text, &file).await;
    if wav.is_some() {
        std::fs::remove_file(&file).ok();
    }
    wav
}

async fn recorded(voice: &str, text: &str, file: &Path) -> Option<Vec<u8>> {
    let mut speaking = Command::new("espeak-ng");
    speaking.args(["-v", voice, "-w"]).arg(file);
    speaking.arg("--").arg(text).kill_on_drop(true);
    // Without the program the texts are spoken by the service.
    let status = tokio::time::timeout(VOICE_TIME_MAX, speaking.status()).await;
    if !status.ok()?.ok()?.success() {
        return None;
    }
    std::fs::read(file).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn voice_says_each_language_as_a_file_that_can_be_uploaded() {
        for (language, voice) in VOICES {
            let wav = spoken(voice, "Contoso.").await;
            let wav = wav.expect("espeak-ng is installed: apt-get install espeak-ng");
            assert!(wav.starts_with(b"RIFF") && wav.len() > 10_000, "{language}");
        }
    }
}
