//! From queue to queue and to a message, over the wire: who waits in vain keeps its age and is never dumped (R-02, B5).

use crate::path::told;
use crate::stage::Stage;
use crate::wait::until;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tandem_server::engine::{Clock, SteppedClock, SystemClock};

/// Two queues in which nobody serves, for a minute each, and then a message.
async fn overflowing(stage: &Stage) {
    for (name, music) in [("First", "First music."), ("Second", "Second music.")] {
        let queue = json!({"name": name, "music": music, "max_wait_s": 60});
        stage.alex.create("/queues", queue).await;
    }
    let nodes = json!([
        {"id": "first", "kind": "queue", "queue_id": 1, "timeout": "second", "full": "second"},
        {"id": "second", "kind": "queue", "queue_id": 2, "keep_age": true,
         "timeout": "message", "full": "message"},
        {"id": "message", "kind": "voicemail", "queue_id": 1, "max_s": 30, "stop": "#",
         "prompt": {"text": "Leave a message after this sentence."},
         "done": "bye", "no_message": "bye", "failed": "bye"},
        {"id": "bye", "kind": "message", "prompt": {"text": "Good bye."}},
    ]);
    stage.flow(nodes).await;
}

async fn since_in(stage: &Stage, queue: u64) -> Value {
    let line = stage.alex.get(&format!("/queues/{queue}/line")).await;
    assert_eq!(line["total"], 1, "{line:#}");
    line["items"][0]["since"].clone()
}

//
#[tokio::test]
async fn customer_who_waits_in_vain_goes_on_in_the_second_queue_at_the_old_age_and_leaves_a_message()
 {
    let clock = Arc::new(SteppedClock::at(SystemClock::default().now()));
    let stage = Stage::with_time(Arc::clone(&clock)).await;
    overflowing(&stage).await;
    let phone = stage.cloud.dial().await;
    phone.hears("First music.").await;
    let since = since_in(&stage, 1).await;
    clock.advance(Duration::from_secs(60));
    phone.hears("Second music.").await;
    assert_eq!(since_in(&stage, 2).await, since);
    clock.advance(Duration::from_secs(60));
    phone.hears("Leave a message after this sentence.").await;
    let look = async || {
        let contact = stage.alex.find_contact(1).await?;
        let timeline = contact["timeline"].as_array()?;
        let is_recorded = timeline.iter().any(|it| it["what"] == "recording_started");
        is_recorded.then_some(())
    };
    until("the recording", look).await;
    stage.cloud.recorded_for(3_000).await;
    clock.advance(Duration::from_secs(3));
    phone.hang_up().await;
    let story = stage.ended(1).await;
    assert_eq!(told(&story, "ended")["detail"]["reason"], "message_left");
    let left = &told(&story, "message_left")["detail"];
    assert_eq!(stage.alex.contact(2).await["state"], "queued", "{left}");
}
