//! Upper bounds of everything that is parsed here. A body above its bound is refused unread.
//!
//! Whoever owns the socket passes these to its body reader; the parsers check them again.

/// A callback POST of Call Automation. Recorded ones are below 10 KB.
pub const CALLBACK_BYTES_MAX: usize = 1024 * 1024;
/// Events in one callback POST. The service sends arrays of one.
pub const CALLBACK_EVENTS_MAX: usize = 128;
/// An Event Grid delivery: batches are 1 to 1024 KB (reference 6.1).
pub const EVENT_GRID_BYTES_MAX: usize = 1024 * 1024;
/// Events in one Event Grid delivery: batching goes up to 5000 (reference 6.1).
pub const EVENT_GRID_EVENTS_MAX: usize = 5000;
/// An answer of Call Automation. The longest is a page of participants.
pub const RESPONSE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A JWT. Entra tokens with many roles stay below 16 KB.
pub const JWT_BYTES_MAX: usize = 64 * 1024;
/// A JWKS document.
pub const JWKS_BYTES_MAX: usize = 1024 * 1024;
/// Keys in one JWKS document.
pub const JWKS_KEYS_MAX: usize = 64;
/// `incomingCallContext` is an opaque text of several KB (reference 6.3).
pub const INCOMING_CALL_CONTEXT_BYTES_MAX: usize = 64 * 1024;
/// VoIP headers of a custom context (reference 6.3).
pub const VOIP_HEADERS_MAX: usize = 1000;
/// SIP headers of a custom context: five of `X-MS-Custom-*` and `User-To-User`.
pub const SIP_HEADERS_MAX: usize = 6;
/// A key of a custom context header.
pub const HEADER_KEY_CHARS_MAX: usize = 64;
/// A value of a VoIP header.
pub const VOIP_HEADER_VALUE_CHARS_MAX: usize = 1024;
/// A value of a SIP header.
pub const SIP_HEADER_VALUE_CHARS_MAX: usize = 256;
/// `invitationTimeoutInSeconds` of participants:add is 0 to this.
pub const INVITATION_TIMEOUT_S_MAX: u32 = 180;
/// `initialSilenceTimeoutInSeconds` of recognize is 0 to this.
pub const INITIAL_SILENCE_S_MAX: u32 = 300;
/// `interToneTimeoutInSeconds` of recognize is 1 to this.
pub const INTER_TONE_S_MAX: u32 = 60;
/// Tones of one sendDtmfTones (reference 3).
pub const SEND_TONES_MAX: usize = 18;
/// Participants of one call.
pub const PARTICIPANTS_MAX: usize = 350;
/// A frame of a media or transcription WebSocket: a second of 24 kHz audio in base64 is 64 KB.
pub const STREAM_FRAME_BYTES_MAX: usize = 256 * 1024;
/// An answer of Graph. The longest is a page of 999 people with their plans, some 4 KB each.
pub const GRAPH_RESPONSE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// A POST of change notifications. Up to 100 items of some 2 KB each were seen (reference 5.3).
pub const GRAPH_NOTICE_BYTES_MAX: usize = 1024 * 1024;
/// Items of one such POST.
pub const GRAPH_NOTICE_ITEMS_MAX: usize = 1_000;
