//! What must hold for any text on the WebSocket of a media stream or transcription.

use tandem_microsoft::acs::streaming::{ApplicationFrame, ServiceFrame, decode};
use tandem_microsoft::acs::transcription::TranscriptionFrame;
use tandem_microsoft::limits::STREAM_FRAME_BYTES_MAX;

pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(frame) = ApplicationFrame::parse(&text) {
        if let ApplicationFrame::Audio { samples } = &frame {
            assert!(samples.len() * 2 <= text.len(), "base64 only grows");
        }
        assert_eq!(ApplicationFrame::parse(&frame.to_text()), Ok(frame));
    }
    if let Ok(frame) = ServiceFrame::parse(&text) {
        let written = frame.to_text();
        if written.len() <= STREAM_FRAME_BYTES_MAX {
            assert_eq!(ServiceFrame::parse(&written), Ok(frame));
        }
    }
    if let Ok(frame) = TranscriptionFrame::parse(&text) {
        let written = frame.to_text();
        if written.len() <= STREAM_FRAME_BYTES_MAX {
            assert!(TranscriptionFrame::parse(&written).is_ok(), "{written}");
        }
    }
    if let Some(samples) = decode(&text) {
        assert!(samples.len() * 2 <= text.len());
    }
}
