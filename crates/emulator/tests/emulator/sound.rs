//! What is really heard: prompts in streams and recordings, and who is in which channel.

use crate::recording::{file, start, start_unmixed};
use crate::socket::Application;
use crate::stage::{Stage, prompt_samples};
use crate::streaming::{is_silent, samples, streaming};
use serde_json::json;
use tandem_microsoft::acs::media::{PlayRequest, PlaySource, play};
use tandem_microsoft::acs::streaming::{AudioChannel, MediaStreamingOptions};

fn prompt(stage: &Stage) -> PlayRequest {
    PlayRequest {
        play_sources: vec![PlaySource::file(format!("{}/prompt.wav", stage.receiver))],
        ..PlayRequest::default()
    }
}

fn pcm(file: &[u8]) -> Vec<i16> {
    let sample = |pair: &[u8]| i16::from_le_bytes([pair[0], pair[1]]);
    file[44..].chunks(2).map(sample).collect()
}

fn hz(samples: &[i16]) -> usize {
    let crossings = samples
        .windows(2)
        .filter(|pair| pair[0] < 0 && pair[1] >= 0);
    crossings.count() * 16_000 / samples.len()
}

// B-174
#[tokio::test]
async fn prompt_from_a_file_is_heard_in_a_mixed_stream_and_in_the_recording_sample_by_sample() {
    let stage = Stage::stepped().await;
    let application = Application::start().await;
    let options = MediaStreamingOptions::audio(&application.url, AudioChannel::Mixed);
    let (_, id) = streaming(&stage, options).await;
    application.frames(4).await;
    let recording = start(&stage, &id).await;
    assert_eq!(stage.acs(&play(&id, &prompt(&stage))).await.0, 202);
    stage.advance(2_100).await;
    let frames = application.frames(105).await;
    let heard: Vec<i16> = frames.iter().flat_map(samples).collect();
    let wanted: Vec<i16> = prompt_samples().collect();
    let begin = heard.iter().position(|it| *it != 0).unwrap() - 1;
    assert!(heard[begin..begin + wanted.len()] == wanted);
    assert!(is_silent(frames.last().unwrap()));
    let recorded = pcm(&file(&stage, &recording).await);
    assert_eq!(recorded.len(), 2_100 * 16);
    assert!(recorded[..wanted.len()] == wanted);
}

#[tokio::test]
async fn prompt_that_is_canceled_is_over_in_the_recording_and_people_murmur_on() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let recording = start(&stage, &id).await;
    assert_eq!(stage.acs(&play(&id, &prompt(&stage))).await.0, 202);
    stage.advance(500).await;
    let cancel = tandem_microsoft::acs::media::cancel_all(&id);
    assert_eq!(stage.acs(&cancel).await.0, 202);
    stage.advance(1_000).await;
    let recorded = pcm(&file(&stage, &recording).await);
    let wanted: Vec<i16> = prompt_samples().take(500 * 16).collect();
    assert!(recorded[..500 * 16] == wanted);
    assert!(hz(&recorded[500 * 16..]).abs_diff(300) < 5);
}

#[tokio::test]
async fn unmixed_recording_has_each_participant_in_a_channel_and_no_prompt() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    stage.add_agent(&id).await;
    let recording = start_unmixed(&stage, &id).await;
    // 15 characters are a second.
    let said = json!({"text": "what do I owe u"});
    let path = format!("/pstn-calls/{phone}/speak");
    assert_eq!(stage.control("POST", &path, said).await.0, 200);
    stage.advance(1_000).await;
    assert_eq!(stage.acs(&play(&id, &prompt(&stage))).await.0, 202);
    stage.advance(2_000).await;
    stage.advance(1_000).await;
    let recorded = pcm(&file(&stage, &recording).await);
    let channel = |n: usize, from_ms: usize, until_ms: usize| {
        let samples = recorded.iter().skip(n).step_by(2).copied();
        let of = samples.skip(from_ms * 16).take((until_ms - from_ms) * 16);
        of.collect::<Vec<i16>>()
    };
    assert!(hz(&channel(0, 0, 1_000)).abs_diff(300) < 5);
    assert!(channel(1, 0, 3_000).iter().all(|it| *it == 0));
    assert!(channel(0, 1_000, 4_000).iter().all(|it| *it == 0));
    // The second turn of those who have no words is the agent's.
    assert!(hz(&channel(1, 3_000, 4_000)).abs_diff(400) < 5);
}
