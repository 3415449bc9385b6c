//! What is heard in a call: play, recognize, cancel.
//!
//! Audio itself never passes here; the service fetches files and reads texts.

use super::call::connection;
use super::identifier::Identifier;
use crate::request::{Method, Request};
use crate::wire::{null_is_default, wire_enum};
use serde::{Deserialize, Serialize};

wire_enum! {
    /// `PlaySourceType`.
    PlaySourceKind {
        File => "file",
        Text => "text",
        Ssml => "ssml",
        Unknown => "unknown",
    } else Unknown
}

wire_enum! {
    /// `RecognizeInputType`.
    RecognizeInput {
        Dtmf => "dtmf",
        Speech => "speech",
        SpeechOrDtmf => "speechOrDtmf",
        Choices => "choices",
        Unknown => "unknown",
    } else Unknown
}

wire_enum! {
    /// `DtmfTone`.
    Tone {
        Zero => "zero",
        One => "one",
        Two => "two",
        Three => "three",
        Four => "four",
        Five => "five",
        Six => "six",
        Seven => "seven",
        Eight => "eight",
        Nine => "nine",
        A => "a",
        B => "b",
        C => "c",
        D => "d",
        Pound => "pound",
        Asterisk => "asterisk",
        Unknown => "unknown",
    } else Unknown
}

const KEYPAD: [(char, Tone); 16] = [
    ('0', Tone::Zero),
    ('1', Tone::One),
    ('2', Tone::Two),
    ('3', Tone::Three),
    ('4', Tone::Four),
    ('5', Tone::Five),
    ('6', Tone::Six),
    ('7', Tone::Seven),
    ('8', Tone::Eight),
    ('9', Tone::Nine),
    ('A', Tone::A),
    ('B', Tone::B),
    ('C', Tone::C),
    ('D', Tone::D),
    ('#', Tone::Pound),
    ('*', Tone::Asterisk),
];

impl Tone {
    /// The key on a telephone; `None` for a tone of a later version.
    #[must_use]
    pub fn key(self) -> Option<char> {
        KEYPAD
            .iter()
            .find(|(_, tone)| *tone == self)
            .map(|(key, _)| *key)
    }

    #[must_use]
    pub fn from_key(key: char) -> Option<Self> {
        let key = key.to_ascii_uppercase();
        KEYPAD
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, tone)| *tone)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSource {
    pub uri: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TextSource {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_locale: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice_kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_voice_endpoint_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SsmlSource {
    pub ssml_text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_voice_endpoint_id: Option<String>,
}

/// One thing to play; exactly one member, the one that `kind` names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaySource {
    pub kind: PlaySourceKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub play_source_cache_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileSource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<TextSource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssml: Option<SsmlSource>,
}

impl PlaySource {
    /// A WAV file: mono, 16-bit PCM, 16 kHz.
    #[must_use]
    pub fn file(uri: impl Into<String>) -> Self {
        Self {
            file: Some(FileSource { uri: uri.into() }),
            ..Self::empty(PlaySourceKind::File)
        }
    }

    #[must_use]
    pub fn text(text: impl Into<String>, locale: Option<String>, voice: Option<String>) -> Self {
        let text = TextSource {
            text: text.into(),
            source_locale: locale,
            voice_name: voice,
            ..TextSource::default()
        };
        Self {
            text: Some(text),
            ..Self::empty(PlaySourceKind::Text)
        }
    }

    #[must_use]
    pub fn ssml(ssml: impl Into<String>) -> Self {
        let ssml = SsmlSource {
            ssml_text: ssml.into(),
            custom_voice_endpoint_id: None,
        };
        Self {
            ssml: Some(ssml),
            ..Self::empty(PlaySourceKind::Ssml)
        }
    }

    const fn empty(kind: PlaySourceKind) -> Self {
        Self {
            kind,
            play_source_cache_id: None,
            file: None,
            text: None,
            ssml: None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlayOptions {
    #[serde(rename = "loop", default)]
    pub loops: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlayRequest {
    pub play_sources: Vec<PlaySource>,
    /// Empty or absent means everybody; the Python SDK sends `[]`.
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub play_to: Vec<Identifier>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupt_call_media_operation: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub play_options: Option<PlayOptions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_callback_uri: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DtmfOptions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inter_tone_timeout_in_seconds: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tones_to_collect: Option<u32>,
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub stop_tones: Vec<Tone>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    pub label: String,
    #[serde(default, deserialize_with = "null_is_default")]
    pub phrases: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tone: Option<Tone>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SpeechOptions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_silence_timeout_in_ms: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecognizeOptions {
    pub target_participant: Identifier,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupt_prompt: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_silence_timeout_in_seconds: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speech_language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dtmf_options: Option<DtmfOptions>,
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub choices: Vec<Choice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speech_options: Option<SpeechOptions>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecognizeRequest {
    pub recognize_input_type: RecognizeInput,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub play_prompt: Option<PlaySource>,
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub play_prompts: Vec<PlaySource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupt_call_media_operation: Option<bool>,
    pub recognize_options: RecognizeOptions,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_callback_uri: Option<String>,
}

/// `POST .../{id}:play`, 202; ends with PlayCompleted, PlayFailed or PlayCanceled.
#[must_use]
pub fn play(call_connection_id: &str, body: &PlayRequest) -> Request {
    Request::with_json(Method::Post, connection(call_connection_id, ":play"), body)
}

/// `POST .../{id}:recognize`, 202; ends with RecognizeCompleted, RecognizeFailed or RecognizeCanceled.
#[must_use]
pub fn recognize(call_connection_id: &str, body: &RecognizeRequest) -> Request {
    Request::with_json(
        Method::Post,
        connection(call_connection_id, ":recognize"),
        body,
    )
}

/// `POST .../{id}:cancelAllMediaOperations`, 202, no body.
#[must_use]
pub fn cancel_all(call_connection_id: &str) -> Request {
    Request::without_body(
        Method::Post,
        connection(call_connection_id, ":cancelAllMediaOperations"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::identifier::phone_number;

    #[test]
    fn play_to_everybody_leaves_the_list_out() {
        let body = PlayRequest {
            play_sources: vec![PlaySource::text("Hello", Some("en-US".to_owned()), None)],
            play_options: Some(PlayOptions { loops: true }),
            operation_context: Some("k1".to_owned()),
            ..PlayRequest::default()
        };
        assert_eq!(
            std::str::from_utf8(play("c", &body).body_bytes()).unwrap(),
            r#"{"playSources":[{"kind":"text","text":{"text":"Hello","sourceLocale":"en-US"}}],"playOptions":{"loop":true},"operationContext":"k1"}"#
        );
    }

    #[test]
    fn recognize_spells_tones_and_target() {
        let body = RecognizeRequest {
            recognize_input_type: RecognizeInput::Dtmf,
            play_prompt: Some(PlaySource::file("https://t/menu.wav")),
            play_prompts: vec![],
            interrupt_call_media_operation: None,
            recognize_options: RecognizeOptions {
                target_participant: phone_number("+12065551212"),
                interrupt_prompt: Some(true),
                dtmf_options: Some(DtmfOptions {
                    max_tones_to_collect: Some(1),
                    inter_tone_timeout_in_seconds: Some(3),
                    stop_tones: vec![Tone::Pound],
                }),
                ..RecognizeOptions::default()
            },
            operation_context: None,
            operation_callback_uri: None,
        };
        let json: serde_json::Value =
            serde_json::from_slice(recognize("c", &body).body_bytes()).unwrap();
        assert_eq!(
            json["recognizeOptions"]["dtmfOptions"]["stopTones"][0],
            "pound"
        );
        assert_eq!(json["recognizeOptions"]["interruptPrompt"], true);
        assert_eq!(
            json["recognizeOptions"]["dtmfOptions"]["interToneTimeoutInSeconds"],
            3
        );
        assert_eq!(
            json["recognizeOptions"]["targetParticipant"]["rawId"],
            "4:+12065551212"
        );
        assert_eq!(cancel_all("c").body, None);
    }

    #[test]
    fn every_key_of_the_telephone_has_its_tone() {
        for key in "0123456789ABCD#*".chars() {
            assert_eq!(Tone::from_key(key).and_then(Tone::key), Some(key));
        }
        assert_eq!(Tone::from_key('x'), None);
        assert_eq!(Tone::Unknown.key(), None);
    }
}
