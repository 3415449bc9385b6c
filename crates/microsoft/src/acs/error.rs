//! The error body of the ACS data planes, and the subcodes that Tandem or the emulator names.
//!
//! `code` of Call Automation is the numeric subcode as text (acs-call-automation.md 1.5).

use serde::{Deserialize, Serialize};

/// `CommunicationErrorResponse`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorResponse {
    pub error: CommunicationError,
}

/// `CommunicationError`; note the lower-case `innererror`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CommunicationError {
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Vec<Self>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub innererror: Option<Box<Self>>,
}

impl ErrorResponse {
    #[must_use]
    pub fn new(subcode: u32, message: impl Into<String>) -> Self {
        Self {
            error: CommunicationError {
                code: subcode.to_string(),
                message: message.into(),
                ..CommunicationError::default()
            },
        }
    }

    /// Reads the body of a failed request; `None` when it is not the documented shape.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}

impl CommunicationError {
    /// The subcode, when `code` is a number.
    #[must_use]
    pub fn subcode(&self) -> Option<u32> {
        self.code.parse().ok()
    }
}

/// Subcodes of errors and of callback results (reference 4.4).
pub mod subcode {
    pub const SUCCESS: u32 = 0;
    pub const GRACEFUL: u32 = 7000;
    pub const INVALID_TOKEN: u32 = 7501;
    pub const INSUFFICIENT_PERMISSIONS: u32 = 7504;
    pub const CALL_SOURCE_IDENTITY: u32 = 7507;
    pub const HMAC_VALIDATION: u32 = 7509;
    pub const CALL_NOT_ESTABLISHED: u32 = 8501;
    pub const OPERATION_CANCELED: u32 = 8508;
    pub const INITIAL_SILENCE: u32 = 8510;
    pub const PROMPT_FAILED: u32 = 8511;
    pub const STOP_TONE: u32 = 8514;
    pub const THROTTLED: u32 = 8516;
    pub const CONFLICT: u32 = 8519;
    pub const NOT_IMPLEMENTED: u32 = 8520;
    pub const TOO_MANY_HOPS: u32 = 8521;
    pub const NOT_FOUND: u32 = 8522;
    pub const INVALID_ARGUMENT: u32 = 8523;
    pub const CALL_TERMINATED: u32 = 8528;
    pub const MAX_DIGITS: u32 = 8531;
    pub const INTER_DIGIT_TIMEOUT: u32 = 8532;
    pub const DTMF_OPTION_MATCHED: u32 = 8533;
    pub const INCORRECT_TONE: u32 = 8534;
    pub const INVALID_FILE_FORMAT: u32 = 8535;
    pub const DOWNLOAD_FAILED: u32 = 8536;
    pub const CALLEE_DECLINED: u32 = 8538;
    pub const CALLEE_BUSY: u32 = 8539;
    pub const CANCELED_BY_CALLER: u32 = 8542;
    pub const CALL_DOES_NOT_EXIST: u32 = 8543;
    pub const SPEECH_OPTION_MATCHED: u32 = 8545;
    pub const SPEECH_OPTION_NOT_MATCHED: u32 = 8547;
    pub const DUPLICATE_RECORDING: u32 = 8553;
    pub const PARTICIPANT_NOT_PRESENT: u32 = 8558;
    pub const DUPLICATE_DIAL_OUT: u32 = 8559;
    pub const SPEECH_NOT_RECOGNIZED: u32 = 8563;
    pub const COGNITIVE_SERVICES: u32 = 8565;
    pub const SPEECH_RECOGNIZED: u32 = 8569;
    pub const PAUSE_RESUME_NOT_ALLOWED: u32 = 8573;
    pub const TRANSCRIPTION_FAILED: u32 = 8578;
    pub const INVALID_STREAM_URL: u32 = 8581;
    pub const EMPTY_PLAY_SOURCE: u32 = 8582;
    pub const PRECONDITION_FAILED: u32 = 8583;
    pub const NOT_VALID_IN_STATE: u32 = 8585;
    pub const NOT_ANSWERED_IN_TIME: u32 = 8587;
    pub const MEDIA_STREAMING_FAILED: u32 = 8603;
    pub const TRANSFER_CONFLICT: u32 = 8607;
    pub const UNKNOWN: u32 = 9999;
    /// Calling-side: the invitation timed out (comes with code 408).
    pub const INVITE_TIMED_OUT: u32 = 10057;
    /// Calling-side: no permission, e.g. the bot has no Teams channel (code 403).
    pub const NO_PERMISSION: u32 = 10105;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subcode_is_read_from_the_text_of_the_code() {
        let body = br#"{"error":{"code":"8523","message":"Invalid request, SourceCallerIdNumber and SourceDisplayName are not supported...","target":null,"details":null,"innererror":{"code":"x","message":"y"}}}"#;
        let parsed = ErrorResponse::parse(body).unwrap();
        assert_eq!(parsed.error.subcode(), Some(subcode::INVALID_ARGUMENT));
        assert_eq!(parsed.error.innererror.unwrap().code, "x");
        assert!(ErrorResponse::parse(b"<html>").is_none());
    }
}
