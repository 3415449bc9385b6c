//! The prompts of the company, in English and German: recorded by a machine's voice where `espeak-ng` is
//! installed, else spoken by the service.

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

/// The numbers of the prompts.
pub(super) struct Prompts {
    pub(super) greeting: u64,
    pub(super) menu: u64,
    /// After a key that leads nowhere, or none.
    pub(super) menu_again: u64,
    pub(super) message: u64,
    pub(super) thanks: u64,
    pub(super) sorry: u64,
}

/// Makes them.
pub(super) async fn make(api: &Api, queues: &[(String, u64)]) -> anyhow::Result<Prompts> {
    let keys = |line: fn(&str, usize) -> String| {
        let lines = queues.iter().enumerate();
        let lines = lines.map(|(index, (name, _))| line(name, index + 1));
        lines.collect::<Vec<_>>().join(", ")
    };
    let english = keys(|name, key| format!("for {name} press {key}"));
    let german = keys(|name, key| format!("für {name} die {key}"));
    let greeting = ["Welcome to Contoso.", "Willkommen bei Contoso."];
    let menu = [
        format!(
            "Please choose: {english}. If you need more time, press star. Für Deutsch drücken Sie die 9."
        ),
        format!("Bitte wählen Sie: {german}. Wenn Sie mehr Zeit brauchen, die Sterntaste."),
    ];
    let menu_again = [
        format!("We did not understand that. Once more: {english}. For more time press star."),
        format!(
            "Das haben wir nicht verstanden. Noch einmal: {german}. Für mehr Zeit die Sterntaste."
        ),
    ];
    let message = [
        "All our colleagues are busy. Please leave a message after this sentence, and press hash at its end.",
        "Alle Kolleginnen und Kollegen sprechen. Bitte sprechen Sie nach diesem Satz eine Nachricht, und drücken Sie am Ende die Rautetaste.",
    ];
    let thanks = ["Thank you. Goodbye.", "Vielen Dank. Auf Wiederhören."];
    let sorry = [
        "All our colleagues are busy. Please call again later. Goodbye.",
        "Alle Kolleginnen und Kollegen sprechen. Bitte rufen Sie später wieder an. Auf Wiederhören.",
    ];
    Ok(Prompts {
        greeting: prompt(api, "Greeting", greeting).await?,
        menu: prompt(api, "Main menu", menu.each_ref().map(String::as_str)).await?,
        menu_again: prompt(
            api,
            "Main menu again",
            menu_again.each_ref().map(String::as_str),
        )
        .await?,
        message: prompt(api, "Leave a message", message).await?,
        thanks: prompt(api, "Thank you", thanks).await?,
        sorry: prompt(api, "All are busy", sorry).await?,
    })
}

async fn prompt(api: &Api, name: &str, texts: [&str; 2]) -> anyhow::Result<u64> {
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
