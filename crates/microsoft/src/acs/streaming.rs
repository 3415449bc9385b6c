//! Media streaming: its options, its start and stop, and the frames of the WebSocket in both directions.
//!
//! The service is the client of the socket. All frames are JSON texts with base64 PCM in them; what an
//! application sends comes in two spellings, so it is read without regard to case (reference 5.1).

use super::call::connection;
use crate::limits;
use crate::request::{Method, Request};
use crate::wire::wire_enum;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

wire_enum! {
    /// `AudioFormat`.
    AudioFormat {
        Pcm16KMono => "pcm16KMono",
        Pcm24KMono => "pcm24KMono",
        Unknown => "unknown",
    } else Unknown
}

wire_enum! {
    /// `MediaStreamingAudioChannelType`.
    AudioChannel {
        Mixed => "mixed",
        Unmixed => "unmixed",
        Unknown => "unknown",
    } else Unknown
}

wire_enum! {
    /// `MediaStreamingSubscriptionState`, and that of a transcription.
    SubscriptionState {
        Disabled => "disabled",
        Inactive => "inactive",
        Active => "active",
    } else Disabled
}

/// One frame lasts this long.
pub const FRAME_MS: u32 = 20;

impl AudioFormat {
    /// Samples in a second.
    #[must_use]
    pub const fn rate_hz(self) -> u32 {
        match self {
            Self::Pcm16KMono | Self::Unknown => 16_000,
            Self::Pcm24KMono => 24_000,
        }
    }

    /// Samples of one frame.
    #[must_use]
    pub const fn frame_samples(self) -> u32 {
        self.rate_hz() / 1000 * FRAME_MS
    }
}

/// `WebSocketMediaStreamingOptions`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaStreamingOptions {
    pub transport_type: String,
    pub audio_channel_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_media_streaming: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_bidirectional: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_format: Option<AudioFormat>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_dtmf_tones: Option<bool>,
}

impl MediaStreamingOptions {
    /// Audio to this address, started later by its own operation.
    #[must_use]
    pub fn audio(transport_url: impl Into<String>, channel: AudioChannel) -> Self {
        Self {
            transport_type: "websocket".to_owned(),
            audio_channel_type: channel.as_str().to_owned(),
            transport_url: Some(transport_url.into()),
            content_type: Some("audio".to_owned()),
            ..Self::default()
        }
    }
}

/// `MediaStreamingSubscription` of `CallConnectionProperties`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaStreamingSubscription {
    pub id: String,
    pub state: SubscriptionState,
    pub subscribed_content_types: Vec<String>,
}

/// `StartMediaStreamingRequest`, and the same of stop.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaStreamingRequest {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_callback_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
}

/// `POST .../{id}:startMediaStreaming`, 202; MediaStreamingStarted or Failed.
#[must_use]
pub fn start(call_connection_id: &str, body: &MediaStreamingRequest) -> Request {
    let path = connection(call_connection_id, ":startMediaStreaming");
    Request::with_json(Method::Post, path, body)
}

/// `POST .../{id}:stopMediaStreaming`, 202; MediaStreamingStopped.
#[must_use]
pub fn stop(call_connection_id: &str, body: &MediaStreamingRequest) -> Request {
    let path = connection(call_connection_id, ":stopMediaStreaming");
    Request::with_json(Method::Post, path, body)
}

/// Why a frame is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("the frame has {bytes} bytes, more than {max}", max = limits::STREAM_FRAME_BYTES_MAX)]
    TooLong { bytes: usize },
    #[error("the frame is not a JSON object of its kind: {0}")]
    Json(String),
    #[error("the kind of the frame is not known; send AudioData or StopAudio")]
    Kind,
    #[error("the audio is not base64 of 16-bit samples")]
    Audio,
}

impl FrameError {
    fn json(error: &serde_json::Error) -> Self {
        Self::Json(error.to_string())
    }
}

/// The first frame: what the ones after it are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AudioMetadata {
    pub subscription_id: String,
    pub encoding: String,
    pub sample_rate: u32,
    pub channels: u32,
    /// Bytes of one frame.
    pub length: u32,
}

/// 20 ms of somebody, or of everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioData {
    /// Base64 of 16-bit little-endian samples.
    pub data: String,
    pub timestamp: String,
    /// Absent in a mixed stream. The capital letters are the service's.
    #[serde(
        default,
        rename = "participantRawID",
        skip_serializing_if = "Option::is_none"
    )]
    pub participant_raw_id: Option<String>,
    pub silent: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DtmfData {
    pub data: String,
}

/// What the service sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum ServiceFrame {
    AudioMetadata {
        #[serde(rename = "audioMetadata")]
        audio_metadata: AudioMetadata,
    },
    AudioData {
        #[serde(rename = "audioData")]
        audio_data: AudioData,
    },
    DtmfData {
        #[serde(rename = "dtmfData")]
        dtmf_data: DtmfData,
    },
}

impl ServiceFrame {
    /// The text on the socket.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string(self)
            .expect("wire structs have string keys and cannot fail to serialize")
    }

    /// Reads a frame of the service.
    ///
    /// # Errors
    /// When it is above its limit or no frame of the contract.
    pub fn parse(text: &str) -> Result<Self, FrameError> {
        if text.len() > limits::STREAM_FRAME_BYTES_MAX {
            return Err(FrameError::TooLong { bytes: text.len() });
        }
        serde_json::from_str(text).map_err(|error| FrameError::json(&error))
    }
}

/// What an application sends over a bidirectional stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplicationFrame {
    /// To be played after what was sent before.
    Audio { samples: Vec<i16> },
    /// What waits to be played is forgotten.
    StopAudio,
}

impl ApplicationFrame {
    /// The text on the socket, in the spelling of the documentation.
    #[must_use]
    pub fn to_text(&self) -> String {
        let frame = match self {
            Self::Audio { samples } => {
                serde_json::json!({"kind": "AudioData", "audioData": {"data": encode(samples)}})
            }
            Self::StopAudio => serde_json::json!({"kind": "StopAudio", "stopAudio": {}}),
        };
        frame.to_string()
    }

    /// Reads a frame in any spelling: `kind` decides, and a stray `stopAudio` beside it means nothing.
    ///
    /// # Errors
    /// When it is above its limit, of another kind, or its audio is no audio.
    pub fn parse(text: &str) -> Result<Self, FrameError> {
        if text.len() > limits::STREAM_FRAME_BYTES_MAX {
            return Err(FrameError::TooLong { bytes: text.len() });
        }
        let frame: Map<String, Value> =
            serde_json::from_str(text).map_err(|error| FrameError::json(&error))?;
        let kind = member(&frame, "kind").and_then(Value::as_str);
        let kind = kind.ok_or(FrameError::Kind)?;
        if kind.eq_ignore_ascii_case("stopAudio") {
            return Ok(Self::StopAudio);
        }
        if !kind.eq_ignore_ascii_case("audioData") {
            return Err(FrameError::Kind);
        }
        let data = member(&frame, "audioData")
            .and_then(Value::as_object)
            .and_then(|audio| member(audio, "data"))
            .and_then(Value::as_str)
            .ok_or(FrameError::Audio)?;
        let samples = decode(data).ok_or(FrameError::Audio)?;
        Ok(Self::Audio { samples })
    }
}

fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// Samples as they are in a frame.
#[must_use]
pub fn encode(samples: &[i16]) -> String {
    let mut bytes = vec![0; samples.len() * 2];
    for (pair, sample) in bytes.chunks_exact_mut(2).zip(samples) {
        pair.copy_from_slice(&sample.to_le_bytes());
    }
    STANDARD.encode(bytes)
}

/// The samples of a frame; `None` when it is not base64 of whole ones.
#[must_use]
pub fn decode(data: &str) -> Option<Vec<i16>> {
    let bytes = STANDARD.decode(data).ok()?;
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    Some(
        pairs
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    // B-174
    #[test]
    fn frames_of_the_service_are_written_as_recorded() {
        let metadata = ServiceFrame::AudioMetadata {
            audio_metadata: AudioMetadata {
                subscription_id: "s".to_owned(),
                encoding: "PCM".to_owned(),
                sample_rate: 16_000,
                channels: 1,
                length: 640,
            },
        };
        assert_eq!(
            metadata.to_text(),
            r#"{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"s","encoding":"PCM","sampleRate":16000,"channels":1,"length":640}}"#
        );
        let audio = ServiceFrame::AudioData {
            audio_data: AudioData {
                data: encode(&[1, -2]),
                timestamp: "2024-11-15T19:16:12.925Z".to_owned(),
                participant_raw_id: Some("4:+1".to_owned()),
                silent: false,
            },
        };
        assert_eq!(
            audio.to_text(),
            r#"{"kind":"AudioData","audioData":{"data":"AQD+/w==","timestamp":"2024-11-15T19:16:12.925Z","participantRawID":"4:+1","silent":false}}"#
        );
        assert_eq!(ServiceFrame::parse(&audio.to_text()), Ok(audio));
        assert_eq!(
            ServiceFrame::parse(r#"{"kind":"DtmfData","dtmfData":{"data":"5"}}"#)
                .map(|it| it.to_text()),
            Ok(r#"{"kind":"DtmfData","dtmfData":{"data":"5"}}"#.to_owned())
        );
    }

    #[test]
    fn frames_of_an_application_are_read_in_every_spelling() {
        let samples = vec![1, -2];
        for text in [
            r#"{"kind":"AudioData","audioData":{"data":"AQD+/w=="}}"#,
            r#"{"kind":"audioData","audioData":{"data":"AQD+/w==","isSilent":false},"stopAudio":{}}"#,
            r#"{"Kind":"AudioData","AudioData":{"Data":"AQD+/w=="},"StopAudio":null}"#,
        ] {
            let samples = samples.clone();
            assert_eq!(
                ApplicationFrame::parse(text),
                Ok(ApplicationFrame::Audio { samples }),
                "{text}"
            );
        }
        for text in [
            r#"{"kind":"stopAudio","stopAudio":{}}"#,
            r#"{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}"#,
        ] {
            assert_eq!(
                ApplicationFrame::parse(text),
                Ok(ApplicationFrame::StopAudio)
            );
        }
        let audio = ApplicationFrame::Audio { samples };
        assert_eq!(ApplicationFrame::parse(&audio.to_text()), Ok(audio));
    }

    #[test]
    fn damaged_frames_are_refused() {
        for (text, error) in [
            (r#"{"kind":"Video"}"#, FrameError::Kind),
            (r#"{}"#, FrameError::Kind),
            (r#"{"kind":"AudioData"}"#, FrameError::Audio),
            (
                r#"{"kind":"AudioData","audioData":{"data":"!"}}"#,
                FrameError::Audio,
            ),
            // Half a sample.
            (
                r#"{"kind":"AudioData","audioData":{"data":"AQ=="}}"#,
                FrameError::Audio,
            ),
        ] {
            assert_eq!(ApplicationFrame::parse(text), Err(error), "{text}");
        }
        assert!(matches!(
            ApplicationFrame::parse("[]"),
            Err(FrameError::Json(_))
        ));
        let long = "x".repeat(limits::STREAM_FRAME_BYTES_MAX + 1);
        assert!(matches!(
            ApplicationFrame::parse(&long),
            Err(FrameError::TooLong { .. })
        ));
        assert!(matches!(
            ServiceFrame::parse(&long),
            Err(FrameError::TooLong { .. })
        ));
    }
}
