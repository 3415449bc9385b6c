//! A card number is pressed while a recording pauses for it, and the process is killed in the midst: where the digits are.

use super::stage::{Administrator, Cloud, Installation, json_of, until};
use super::stolen::{copy_files, holds};
use serde_json::{Value, json};
use tandem_emulator::defaults;

const CARD: &str = "4929860013574286";

/// The line records, asks for the card in a pause of the recording, and has the caller wait: so long the digits are kept.
async fn ask_for_a_card(alex: &Administrator) {
    let nodes = json!([
        {"id": "record", "kind": "record", "action": "start", "next": "card", "failed": "end"},
        {"id": "card", "kind": "collect", "prompt": {"text": "Your card number."}, "max_digits": 19,
         "timeout_s": 60, "attribute": "card", "masked": true, "between_digits_s": 30,
         "next": "queue", "no_input": "end", "failed": "end"},
        {"id": "queue", "kind": "queue", "queue": "Support", "timeout": "end", "full": "end"},
        {"id": "end", "kind": "end"},
    ]);
    let flow = json!({"name": "Line", "start": "record", "nodes": nodes});
    let mut draft = json!({"kinds": ["flow"], "objects": [{"kind": "flow", "settings": flow}]});
    let seen = alex.create("/settings/difference", &draft).await;
    assert_eq!(seen["problems"], json!([]));
    draft["mark"] = seen["mark"].clone();
    alex.create("/settings/apply", &draft).await;
}

async fn is_asked(cloud: &Cloud, phone: &str) {
    until("the question is heard", async || {
        let phone = cloud.get(phone).await;
        let heard = phone["hears"]["text"].as_str().unwrap_or_default();
        heard.contains("Your card number.")
    })
    .await;
}

async fn story(alex: &Administrator) -> Value {
    alex.find("/contacts/1").await.1
}

// R-24 c, B-023
#[tokio::test(flavor = "multi_thread")]
async fn killed_in_a_pause_for_a_card_number_it_lies_in_no_file_and_no_backup() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let installation = Installation::new(&folder.path().join("home"), &cloud, None);
    let token = installation.setup_token();
    let process = installation.serve().await;
    let alex = installation.furnish(&cloud, &token).await;
    ask_for_a_card(&alex).await;
    let call = json!({
        "from": "+12065557319",
        "to": defaults::RESOURCE_ACCOUNT_NUMBER,
        "script": [{"do": "patience", "ms": 600_000}],
    });
    let placed = cloud.post("/_emulator/pstn-calls", &call).await;
    let phone = format!("/_emulator/pstn-calls/{}", placed["id"].as_str().unwrap());
    is_asked(&cloud, &phone).await;

    // In the pause, with half of the number pressed: the service goes on listening meanwhile.
    let (half, rest) = CARD.split_at(8);
    let press = async |digits: String| {
        let path = format!("{phone}/digits");
        cloud.post(&path, &json!({ "digits": digits })).await;
    };
    press(half.to_owned()).await;
    process.kill();
    let process = installation.serve().await;
    press(format!("{rest}#")).await;
    until("the number is known", async || {
        story(&alex)
            .await
            .to_string()
            .contains("masked_digits_collected")
    })
    .await;

    // The number is kept, sealed, until the contact is over.
    let backup = folder.path().join("backup");
    let to = backup.to_str().unwrap();
    json_of(&[
        "backup",
        "--config",
        &installation.config,
        "--to",
        to,
        "--json",
    ]);
    process.kill();
    let killed = folder.path().join("killed");
    copy_files(&installation.data(), &killed);
    let process = installation.serve().await;
    until("the contact goes on", async || {
        story(&alex).await["state"] == "queued"
    })
    .await;
    assert!(!story(&alex).await.to_string().contains(half));
    assert_eq!(process.terminate(), Some(0));

    for directory in [&backup, &killed, &installation.data()] {
        assert!(holds(directory, "Line"), "the search finds what is there");
        for digits in [half, rest] {
            assert!(!holds(directory, digits), "{digits} is in {directory:?}");
        }
    }
    assert!(!installation.log().contains(half));
}
