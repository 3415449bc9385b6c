//! Which kinds of recording there are: what a start asks for, what Teams Phone extensibility refuses of it, and what the
//! service has and the emulator has not.

use crate::acs::operation::Calling;
use crate::acs::{invalid, not_built};
use crate::answer::Answer;
use crate::world::World;
use tandem_microsoft::acs::recording::{
    RecordingChannel, RecordingContent, RecordingFormat, StartRecordingRequest,
};

/// Channels that may be given to participants (reference A, ChannelAffinity).
const CHANNEL_NAMES: u32 = 5;

/// What is left out is video as MP4, by the service's defaults.
pub(super) fn check(
    world: &mut World,
    request: &StartRecordingRequest,
    is_tpe: bool,
) -> Result<RecordingChannel, Answer> {
    let content = request
        .recording_content_type
        .unwrap_or(RecordingContent::AudioVideo);
    let format = request
        .recording_format_type
        .unwrap_or(RecordingFormat::Mp4);
    let channel = request
        .recording_channel_type
        .unwrap_or(RecordingChannel::Mixed);
    if content == RecordingContent::Unknown
        || format == RecordingFormat::Unknown
        || channel == RecordingChannel::Unknown
    {
        return Err(invalid("the kind of recording is not known"));
    }
    let is_sound = content == RecordingContent::Audio && format == RecordingFormat::Wav;
    if is_tpe && !is_sound {
        return Err(invalid(
            "Invalid request, a Teams Phone extensibility call is recorded as audio in wav format only.",
        ));
    }
    match missing(request, content, format) {
        Some(why) => Err(not_built(world, Calling::StartRecording, why)),
        None => Ok(channel),
    }
}

/// What the service would do and the emulator cannot, with what to send instead.
fn missing(
    request: &StartRecordingRequest,
    content: RecordingContent,
    format: RecordingFormat,
) -> Option<&'static str> {
    let is_stored_elsewhere = request
        .external_storage
        .as_ref()
        .is_some_and(|storage| storage["recordingStorageKind"] != "azureCommunicationServices");
    match (content, format) {
        _ if is_stored_elsewhere => Some(
            "externalStorage: the emulator writes to no storage of yours. Leave it out, and fetch the file from the \
             contentLocation of RecordingFileStatusUpdated",
        ),
        (RecordingContent::AudioVideo, _) => Some(
            "recordingContentType: calls have no pictures here, so that audioVideo, which is also what is meant where it \
             is left out, cannot be recorded. Send audio, with recordingFormatType wav",
        ),
        (_, RecordingFormat::Mp3) => {
            Some("recordingFormatType: the emulator writes no MP3. Send wav")
        }
        (_, RecordingFormat::Mp4) => Some(
            "recordingFormatType: mp4, which is also what is meant where it is left out, is for pictures, and calls have \
             none here. Send wav",
        ),
        (
            RecordingContent::Audio | RecordingContent::Unknown,
            RecordingFormat::Wav | RecordingFormat::Unknown,
        ) => None,
    }
}

/// Whose channel is which (reference A, ChannelAffinity).
pub(super) fn affinity(request: &StartRecordingRequest) -> Result<Vec<(u32, String)>, Answer> {
    let is_mixed = request.recording_channel_type != Some(RecordingChannel::Unmixed);
    if is_mixed && !request.channel_affinity.is_empty() {
        return Err(invalid(
            "channelAffinity: a mixed recording has one channel",
        ));
    }
    let affinity = request.channel_affinity.iter().map(|it| {
        let channel = it.channel.filter(|channel| *channel < CHANNEL_NAMES);
        let channel = channel.ok_or_else(|| invalid("channelAffinity: channel is 0 to 4"))?;
        let participant = it.participant.raw_id();
        let participant = participant.ok_or_else(|| invalid("channelAffinity: who is missing"))?;
        Ok((channel, participant))
    });
    affinity.collect()
}
