//! Opening hours, over the wire: a caller who comes when it is closed, and those who wait when it closes.

use crate::agent::advancing;
use crate::cloud::Phone;
use crate::path::told;
use crate::stage::Stage;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tandem_core::time::Timestamp;
use tandem_emulator::ClockKind;
use tandem_server::engine::{Clock, SteppedClock, SystemClock};

/// A line that asks a schedule, in front of a queue under the same schedule.
async fn line_with(schedule: &str, weekly: serde_json::Value) -> Stage {
    let stage = Stage::with_clock(ClockKind::Stepped).await;
    let schedule = json!({"name": schedule, "time_zone": "Europe/Berlin", "weekly": weekly});
    furnish(&stage, schedule).await;
    stage
}

async fn furnish(stage: &Stage, schedule: serde_json::Value) {
    stage.alex.create("/schedules", schedule).await;
    let queue = json!({
        "name": "Service", "music": "Soft piano music.", "hours_id": 1, "at_closing": "leave",
    });
    stage.alex.create("/queues", queue).await;
    let nodes = json!([
        {"id": "hours", "kind": "hours", "schedule_id": 1, "open": "wait", "closed": "closed"},
        {"id": "wait", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end", "closed": "sorry"},
        {"id": "closed", "kind": "play", "prompt": {"text": "We are closed."}, "next": "end", "failed": "end"},
        {"id": "sorry", "kind": "play", "prompt": {"text": "We had to close."}, "next": "end", "failed": "end"},
        {"id": "end", "kind": "end"},
    ]);
    stage.flow(nodes).await;
}

/// Lets the cloud go on until the phone hears this.
async fn hears(stage: &Stage, phone: &Phone<'_>, text: &str) {
    let is_heard = async || (phone.look().await["hears"]["text"] == text).then_some(());
    advancing(stage, is_heard).await;
}

/// The prompt that is heard comes to its end, and the call with it.
async fn is_sent_home(stage: &Stage, phone: &Phone<'_>) {
    let is_over = async || (phone.look().await["state"] == "ended").then_some(());
    advancing(stage, is_over).await;
    let contact = stage.ended(1).await;
    let ended = told(&contact, "ended");
    assert_eq!(ended["detail"]["reason"], "closed_hours", "{contact:#}");
}

#[tokio::test]
async fn caller_at_a_closed_line_hears_so_and_is_not_dumped() {
    let stage = line_with("Never", json!({})).await;
    let phone = stage.cloud.dial().await;
    hears(&stage, &phone, "We are closed.").await;
    let contact = stage.alex.contact(1).await;
    let checked = told(&contact, "hours_checked");
    assert_eq!(checked["detail"]["exit"], "closed", "{contact:#}");
    is_sent_home(&stage, &phone).await;
}

#[tokio::test]
async fn callers_who_wait_when_a_schedule_is_closed_at_once_hear_so() {
    let day = json!([{"from": "00:00", "to": "24:00"}]);
    let weekly = json!({
        "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day,
        "saturday": day, "sunday": day,
    });
    let stage = line_with("Always", weekly).await;
    let phone = stage.cloud.dial().await;
    hears(&stage, &phone, "Soft piano music.").await;
    let reason = json!({"reason": "Fire alarm"});
    stage.alex.post("/schedules/1/close", reason).await;
    hears(&stage, &phone, "We had to close.").await;
    is_sent_home(&stage, &phone).await;
}

/// Open from midnight until two minutes from now, UTC, or until midnight if that comes before.
fn closing_soon(now: Timestamp) -> serde_json::Value {
    const DAYS: [&str; 7] = [
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "monday",
        "tuesday",
        "wednesday",
    ];
    let minutes = usize::try_from(now.as_micros() / 60_000_000).unwrap();
    let (day, minute) = (minutes / 1_440, minutes % 1_440);
    let closes = (minute + 2).min(1_440);
    let to = format!("{:02}:{:02}", closes / 60, closes % 60);
    // The first day of all was a Thursday.
    let weekly = json!({DAYS[day % 7]: [{"from": "00:00", "to": to}]});
    json!({"name": "Closing", "time_zone": "Etc/UTC", "weekly": weekly})
}

#[tokio::test]
async fn callers_who_wait_when_the_hours_end_hear_so() {
    let clock = Arc::new(SteppedClock::at(SystemClock::default().now()));
    let stage = Stage::with_time(Arc::clone(&clock)).await;
    furnish(&stage, closing_soon(clock.now())).await;
    let phone = stage.cloud.dial().await;
    phone.hears("Soft piano music.").await;
    clock.advance(Duration::from_secs(120));
    phone.hears("We had to close.").await;
    phone.is("ended").await;
    let contact = stage.ended(1).await;
    assert_eq!(told(&contact, "ended")["detail"]["reason"], "closed_hours");
    let late = stage.cloud.dial().await;
    late.hears("We are closed.").await;
}
