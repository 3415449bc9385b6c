//! A flow that answers its calls itself, over the wire: who finds it open is answered, who does not hears busy.

use crate::path::told;
use crate::stage::Stage;
use serde_json::json;

#[tokio::test]
async fn caller_is_answered_when_it_is_open_and_hears_that_the_line_is_busy_when_not() {
    let stage = Stage::new().await;
    let day = json!([{"from": "00:00", "to": "24:00"}]);
    let weekly = json!({
        "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day,
        "saturday": day, "sunday": day,
    });
    let schedule = json!({"name": "Office", "time_zone": "Europe/Berlin", "weekly": weekly});
    stage.alex.create("/schedules", schedule).await;
    let nodes = json!([
        {"id": "hours", "kind": "hours", "schedule_id": 1, "open": "answer", "closed": "end"},
        {"id": "answer", "kind": "answer", "next": "hello"},
        {"id": "hello", "kind": "message", "prompt": {"text": "Hello."}},
        {"id": "end", "kind": "end"},
    ]);
    stage.flow(nodes).await;
    let open = stage.cloud.dial().await;
    open.hears("Hello.").await;
    open.is("ended").await;
    stage.ended(1).await;
    let reason = json!({"reason": "Fire alarm"});
    stage.alex.post("/schedules/1/close", reason).await;
    let closed = stage.cloud.dial().await;
    closed.is("ended").await;
    assert_eq!(closed.look().await["ended"], "rejected: busy");
    let contact = stage.ended(2).await;
    assert_eq!(told(&contact, "ended")["detail"]["reason"], "closed_hours");
    let mut timeline = contact["timeline"].as_array().unwrap().iter();
    assert!(timeline.all(|it| it["what"] != "answered"), "{contact:#}");
    stage.cloud.all_went_well().await;
}
