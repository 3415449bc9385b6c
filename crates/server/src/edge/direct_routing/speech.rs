//! Texts made sound for calls by trunks: read aloud by a program on this machine or by a service nearby, and kept, since
//! most of them are said again and again. Texts may be about a caller: they are written to no log, and leave the machine
//! only for the service that an administrator named.

use super::sounds::SoundProblem;
use crate::config::{Reader, Speech as Settings};
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tandem_transport::media::Sound;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;
use url::Url;

/// Texts that are kept as sound: those that were first said the longest ago are forgotten.
const KEPT_MAX: usize = 256;
/// Bytes of sound that a reader may give: ten minutes of 48 kHz, twice.
const SOUND_BYTES_MAX: u64 = 2 * 10 * 60 * 48_000 * 2;
/// Texts that are read at once; others wait for their turn.
const READERS_MAX: usize = 4;
/// Whoever waits for a prompt hears silence meanwhile.
const READ_MAX: Duration = Duration::from_secs(10);

/// See the module.
pub(super) struct Speech {
    reader: Reader,
    language: String,
    http: reqwest::Client,
    turns: Semaphore,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    sounds: BTreeMap<(String, String), Sound>,
    by_age: VecDeque<(String, String)>,
}

impl Speech {
    /// # Errors
    /// There is no client of HTTP.
    pub(super) fn new(settings: &Settings) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(READ_MAX)
            .redirect(reqwest::redirect::Policy::none());
        Ok(Self {
            reader: settings.reader.clone(),
            language: settings.language.clone(),
            http: http.build()?,
            turns: Semaphore::new(READERS_MAX),
            kept: Mutex::default(),
        })
    }

    /// A text in a language, or in that of the installation.
    pub(super) async fn say(
        &self,
        text: &str,
        language: Option<&str>,
    ) -> Result<Sound, SoundProblem> {
        let language = language.unwrap_or(&self.language);
        let wanted = (language.to_owned(), text.to_owned());
        if let Some(sound) = self.kept().sounds.get(&wanted).cloned() {
            return Ok(sound);
        }
        let _turn = self.turns.acquire().await;
        let read = tokio::time::timeout(READ_MAX, self.read(text, language)).await;
        let wav = read.unwrap_or_else(|_late| Err(unread("it takes too long")))?;
        let made = tokio::task::spawn_blocking(move || sound_of(wav)).await;
        let sound = made.map_err(unread)??;
        self.kept().keep(wanted, sound.clone());
        Ok(sound)
    }

    async fn read(&self, text: &str, language: &str) -> Result<Vec<u8>, SoundProblem> {
        match &self.reader {
            Reader::EspeakNg(program) => run(program, text, language).await,
            Reader::Service(url) => self.ask(url, text, language).await,
        }
    }

    async fn ask(&self, url: &Url, text: &str, language: &str) -> Result<Vec<u8>, SoundProblem> {
        let asked = serde_json::json!({ "text": text, "language": language });
        let answer = self.http.post(url.clone()).json(&asked).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status);
        let mut answer = answer.map_err(|error| unread(error.without_url()))?;
        let mut wav = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(unread)? {
            wav.extend_from_slice(&part);
            if wav.len() as u64 > SOUND_BYTES_MAX {
                return Err(unread("its sound is too long"));
            }
        }
        Ok(wav)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn keep(&mut self, text: (String, String), sound: Sound) {
        if self.sounds.insert(text.clone(), sound).is_some() {
            return;
        }
        self.by_age.push_back(text);
        if self.by_age.len() > KEPT_MAX
            && let Some(oldest) = self.by_age.pop_front()
        {
            self.sounds.remove(&oldest);
        }
    }
}

/// The text goes by standard input: it is no argument that others on the machine can read.
async fn run(program: &Path, text: &str, language: &str) -> Result<Vec<u8>, SoundProblem> {
    let mut child = Command::new(program)
        .args(["--stdout", "--stdin", "-v", language])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(unread)?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let giving = async move {
        if let Some(mut input) = input {
            // A program that reads nothing says nothing either, and that is noticed.
            input.write_all(text.as_bytes()).await.ok();
        }
    };
    let taking = async move {
        let mut wav = Vec::new();
        match output {
            Some(output) => output.take(SOUND_BYTES_MAX).read_to_end(&mut wav).await,
            None => Ok(0),
        }
        .map(|_n| wav)
    };
    let ((), wav) = tokio::join!(giving, taking);
    let wav = wav.map_err(unread)?;
    let ended = child.wait().await.map_err(unread)?;
    if ended.success() && !wav.is_empty() {
        return Ok(wav);
    }
    Err(unread(format!(
        "it has no voice for the language {language}, or failed ({ended})"
    )))
}

/// What is written to a pipe does not know its length when it begins.
fn sound_of(mut wav: Vec<u8>) -> Result<Sound, SoundProblem> {
    const TAG: &[u8] = b"data";
    if let Some(at) = wav.windows(TAG.len()).position(|it| it == TAG) {
        let from = at + TAG.len() + 4;
        let found = u32::try_from(wav.len().saturating_sub(from)).unwrap_or(u32::MAX);
        if let Some(field) = wav.get_mut(at + TAG.len()..from)
            && u32::from_le_bytes(field.try_into().unwrap_or_default()) > found
        {
            field.copy_from_slice(&found.to_le_bytes());
        }
    }
    let sound = tandem_media::sound::normalize(&wav).map_err(unread)?;
    Ok(Sound::new(tandem_media::sound::RATE_HZ, &sound.samples)?)
}

fn unread(why: impl std::fmt::Display) -> SoundProblem {
    SoundProblem::Unread(why.to_string())
}
