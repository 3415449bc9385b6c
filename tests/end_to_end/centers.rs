//! Two contact centers in one process, each with a Microsoft tenant of its own, know nothing of each
//! other.

use crate::cloud::{CALLER, Cloud};
use crate::stage::{Proofs, Seams, Server, first_administrator, make_floor, seat};
use crate::token::{Signer, callback_claims, event_grid_claims, signed};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::sync::Arc;
use tandem_emulator::ClockKind;
use tandem_server::engine::SystemClock;

#[tokio::test]
async fn contact_centers_of_one_process_are_isolated() {
    let folder = tempfile::tempdir().unwrap();
    let ours = Cloud::start(folder.path().join("ours"), ClockKind::Real).await;
    let home = folder.path().join("home");
    let clock = Arc::new(SystemClock::default());
    let theirs = Cloud::start(folder.path().join("theirs"), ClockKind::Real).await;
    let both = [("contoso", &ours), ("fabrikam", &theirs)];
    let (server, tokens) = Server::found(&home, &both, Proofs::KeyAndToken, Seams::of(clock)).await;
    let alex = first_administrator(&server.url, "contoso", &tokens[0]).await;
    let other_alex = first_administrator(&server.url, "fabrikam", &tokens[1]).await;
    for (center, cloud) in both {
        assert_eq!(cloud.subscribe(&server.url, center).await.0, 201);
    }
    make_floor(&alex, "tandem").await;
    make_floor(&other_alex, "tandem").await;
    // The same names and numbers in both.
    let user = ours.users().await[0].clone();
    let mut ann = seat(&alex, &user, "ann").await;
    let mut other_ann = seat(&other_alex, &user, "ann").await;
    for desk in [&mut ann, &mut other_ann] {
        desk.wants("ready").await;
        desk.is("available").await;
    }
    let phone = ours.dial_from(CALLER, json!({})).await;
    ann.accept().await;
    ann.has("connected").await;
    assert_eq!(other_alex.get("/board").await["today"]["offered"], 0);
    assert!(other_alex.find_contact(1).await.is_none());
    let other_phone = theirs.dial_from("+12065550199", json!({})).await;
    let offer = other_ann.accept().await;
    assert_eq!(
        (&offer["contact_id"], &offer["customer"]["number"]),
        (&json!(1), &json!("+12065550199"))
    );
    other_ann.has("connected").await;
    assert_eq!(alex.contact(1).await["customer"]["number"], CALLER);
    // A session of one is none of the other, nor is a token of its cloud.
    for path in ["/me", "/board", "/contacts/1"] {
        let (status, _) = alex.at("fabrikam").asks(Method::GET, path, None).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let callback = signed(&ours, Signer::Callbacks, &callback_claims(json!({}))).await;
    let event = signed(&ours, Signer::Entra, &event_grid_claims(json!({}))).await;
    for (path, token) in [
        ("callbacks/fabrikam/1", callback),
        ("event-grid/fabrikam", event),
    ] {
        let request = ours
            .http
            .post(format!("{}/api/{path}", server.url))
            .bearer_auth(token);
        assert_eq!(
            request.body("[]").send().await.unwrap().status(),
            401,
            "{path}"
        );
    }
    phone.hang_up().await;
    ann.has("wrap_up").await;
    assert_eq!(other_phone.look().await["state"], "in_call");
    assert_eq!(other_alex.contact(1).await["state"], "connected");
    assert_eq!(alex.get("/board").await["today"]["answered"], 1);
}
