//! Somebody takes the data directory, a backup or the log: what they find in it.

use super::stage::{Administrator, Cloud, Installation, PASSWORD, PATIENCE, json_of, queue, until};
use futures::{SinkExt, Stream, StreamExt};
use serde_json::{Value, json};
use std::path::Path;
use tandem_emulator::defaults;
use tokio_tungstenite::tungstenite::{Error, Message};

/// The customer's number, without the plus that some encodings write otherwise.
const NUMBER: &str = "12065557319";
/// A context header that the configuration does not let through.
const HEADER: &str = "contract QZ-883311";
const AGENT: &str = "Ottilie Quarxenthal";
const NOTE: &str = "Asked for the zephyr tariff";

// That recordings are noise without the key, the store's tests of recordings show.
#[tokio::test(flavor = "multi_thread")]
async fn stolen_directory_backup_or_log_yields_no_name_number_note_or_secret() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let installation = Installation::new(&folder.path().join("home"), &cloud, None);
    let setup_token = installation.setup_token();
    let process = installation.serve().await;
    let mut queue = queue();
    queue["wrap_up"] = json!({"mode": "required", "seconds": 0});
    let alex = installation.furnish_with(&cloud, &setup_token, &queue);
    let alex = alex.await;
    let agent_token = conversation_with_a_note(&installation, &cloud, &alex).await;

    let backup = folder.path().join("backup");
    let to = backup.to_str().unwrap();
    let (config, while_it_runs) = (&installation.config, folder.path().join("copied"));
    json_of(&["backup", "--config", config, "--to", to, "--json"]);
    copy_files(&installation.data(), &while_it_runs);
    assert_eq!(process.terminate(), Some(0));

    let key = std::fs::read_to_string(installation.folder.join("data.key")).unwrap();
    let secrets = [
        NUMBER,
        HEADER,
        AGENT,
        NOTE,
        PASSWORD,
        key.trim(),
        defaults::ACCESS_KEY,
        &setup_token,
        &agent_token,
    ];
    let directories = [&installation.data(), &while_it_runs, &backup];
    for directory in directories {
        assert!(holds(directory, "Line"), "the search finds what is there");
    }
    let log = installation.log();
    assert!(log.contains("INFO"), "{log}");
    for secret in secrets {
        for directory in directories {
            assert!(!holds(directory, secret), "{secret} is in {directory:?}");
        }
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

/// A customer calls, an agent talks to them and writes a note; answers the agent's token.
async fn conversation_with_a_note(
    installation: &Installation,
    cloud: &Cloud,
    alex: &Administrator,
) -> String {
    let users = cloud.get("/_emulator/teams-users").await;
    let oid = users[0]["oid"].as_str().unwrap();
    let answers = json!({"behaviour": {"do": "answer", "after_ms": 20}});
    let path = format!("/_emulator/teams-users/{oid}/behaviour");
    cloud.put(&path, &answers).await;
    let agent = json!({
        "name": AGENT, "username": "ottilie", "password": PASSWORD, "teams_user_id": oid,
    });
    alex.create("/agents", &agent).await;
    let disposition = json!({"label": "Order", "queue_ids": []});
    let disposition = alex.create("/dispositions", &disposition).await;
    let ottilie = alex.signed_in_as("ottilie").await;
    let feed = ottilie.feed_url(&installation.url);
    let (mut desk, _) = tokio_tungstenite::connect_async(feed).await.unwrap();
    let subscribe = json!({"subscribe": ["me"]}).to_string();
    desk.send(Message::text(subscribe)).await.unwrap();
    ottilie
        .create("/me/state", &json!({"intent": "ready"}))
        .await;
    let call = json!({
        "from": format!("+{NUMBER}"),
        "to": defaults::RESOURCE_ACCOUNT_NUMBER,
        "voip_headers": {"X-Contract": HEADER},
        "script": [{"do": "patience", "ms": 600_000}, {"do": "talk", "ms": 600_000}],
    });
    cloud.post("/_emulator/pstn-calls", &call).await;
    let offer = tokio::time::timeout(PATIENCE, offer(&mut desk)).await;
    let accept = format!("/offers/{}/accept", offer.unwrap());
    ottilie.create(&accept, &json!({})).await;
    let contact = async || alex.find("/contacts/1").await.1;
    until("they talk", async || {
        contact().await["state"] == "connected"
    })
    .await;
    assert_eq!(contact().await["customer"]["number"], format!("+{NUMBER}"));
    ottilie.create("/contacts/1/hang-up", &json!({})).await;
    until("wrap-up", async || contact().await["state"] == "wrap_up").await;
    let result = json!({"disposition_id": disposition["id"], "note": NOTE});
    let complete = "/contacts/1/wrap-up/complete";
    ottilie.create(complete, &result).await;
    ottilie.token().to_owned()
}

/// Waits for an offer at the desk; answers its number.
async fn offer(desk: &mut (impl Stream<Item = Result<Message, Error>> + Unpin)) -> u64 {
    loop {
        if let Message::Text(text) = desk.next().await.unwrap().unwrap() {
            let frame: Value = serde_json::from_str(&text).unwrap();
            if let Some(id) = frame["data"]["offers"][0]["id"].as_u64() {
                return id;
            }
        }
    }
}

pub(crate) fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        let target = to.join(file.file_name());
        if file.path().is_dir() {
            copy_files(&file.path(), &target);
        } else {
            std::fs::copy(file.path(), target).unwrap();
        }
    }
}

/// Whether any file of a directory has the text in it.
pub(crate) fn holds(directory: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(directory).unwrap();
    files.map(|file| file.unwrap().path()).any(|file| {
        if file.is_dir() {
            return holds(&file, text);
        }
        let bytes = std::fs::read(file).unwrap();
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    })
}
