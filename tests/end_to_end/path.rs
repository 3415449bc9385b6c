//! The path of a call, whole: ring, greeting, queue, offer, conversation, hang-up, wrap-up, board.

use crate::stage::Stage;
use serde_json::json;

#[tokio::test]
async fn call_is_offered_in_tandem_and_ended_by_the_customer() {
    let stage = Stage::with_floor("tandem").await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = stage.cloud.dial().await;
    let offer = ann.accept().await;
    assert_eq!(offer["mode"], "tandem");
    let contact = ann.has("connected").await;
    phone.hang_up().await;
    ann.has("wrap_up").await;
    ann.complete(contact["id"].as_u64().unwrap(), 1).await;
    ann.is("available").await;
    let board = stage.alex.get("/board").await;
    assert_eq!(board["today"]["answered"], json!(1), "{board}");
    stage.cloud.all_went_well().await;
}
