//! Several contact centers in one process, each for itself.

use crate::server::{Person, Server, send};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn contact_centers_of_one_process_know_nothing_of_each_other() {
    let server =
        Server::with_centers(&[("contoso", "Europe/Berlin"), ("fabrikam", "Asia/Tokyo")]).await;
    let alex = server.administrator().await;
    server
        .account("fabrikam", "fay", &["administrator"], None)
        .await;
    let fay = Person::new(&server.url, "fabrikam").sign_in("fay").await;
    alex.create("/skills", json!({"name": "German"})).await;
    let skills = fay.get("/skills").await.expect_status(StatusCode::OK);
    assert_eq!(skills, json!({"items": []}));
    // The same number, and another object.
    let made = fay.create("/skills", json!({"name": "Japanese"})).await;
    assert_eq!(made["id"], 1);
    let stranger = Person {
        token: alex.token.clone(),
        ..Person::new(&server.url, "fabrikam")
    };
    stranger
        .get("/skills")
        .await
        .expect_problem(401, "not_signed_in");
    let mut zones = Vec::new();
    for person in [&alex, &fay] {
        let me = person.get("/me").await.expect_status(StatusCode::OK);
        zones.push(me["center"]["time_zone"].clone());
        let board = person.get("/board").await.expect_status(StatusCode::OK);
        assert_eq!(board["center"]["id"], me["center"]["id"]);
    }
    assert_eq!(zones, [json!("Europe/Berlin"), json!("Asia/Tokyo")]);
    let info: Value = send(alex.http.get(format!("{}/api/v1/info", server.url)))
        .await
        .body;
    assert_eq!(info["centers"].as_array().unwrap().len(), 2);
}
