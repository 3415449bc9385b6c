//! The data key is changed: restart, and what the earlier one sealed is sealed again beside the service.

use super::stage::{Cloud, Installation, until};
use std::path::Path;

/// Calls whose customers are sealed with the first key.
const CALLS: u32 = 12;
/// Keys are numbered in the order of the configuration, the oldest first.
const FIRST_KEY: u32 = 1;

#[tokio::test(flavor = "multi_thread")]
async fn changed_data_key_takes_over_every_row_and_nobody_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let installation = Installation::new(&folder.path().join("home"), &cloud, None);
    let token = installation.setup_token();
    let process = installation.serve().await;
    let alex = installation.furnish(&cloud, &token).await;
    for n in 0..CALLS {
        cloud.call(n).await;
    }
    let customers = async || {
        let mut numbers = Vec::new();
        for contact in 1..=u64::from(CALLS) {
            let (_, contact) = alex.find(&format!("/contacts/{contact}")).await;
            numbers.extend(contact["customer"]["number"].as_str().map(str::to_owned));
        }
        numbers
    };
    until("all are there", async || {
        customers().await.len() == usize::try_from(CALLS).unwrap()
    })
    .await;
    let before = customers().await;
    assert_eq!(process.terminate(), Some(0));

    tandem_server::setup::write_data_key(&installation.folder.join("data-2.key")).unwrap();
    let config = Path::new(&installation.config);
    let text = std::fs::read_to_string(config).unwrap();
    let one = "key_file = \"data.key\"\n";
    let two = "key_file = \"data-2.key\"\nearlier_key_files = [\"data.key\"]\n";
    assert!(text.contains(one));
    std::fs::write(config, text.replacen(one, two, 1)).unwrap();
    // As `tandem check` counts, which refuses the emulator's keys before.
    let earlier = async || {
        let rows = tandem_server::rows_by_key(&installation.data()).await;
        let rows = rows.unwrap().into_iter();
        rows.filter(|(key, _)| *key == FIRST_KEY)
            .map(|(_, n)| n)
            .sum::<u64>()
    };
    assert!(earlier().await >= u64::from(CALLS));

    let process = installation.serve().await;
    until("it is said that all is sealed again", async || {
        let log = installation.log();
        log.contains("sealed with the current one")
    })
    .await;
    assert_eq!(customers().await, before);
    assert_eq!(earlier().await, 0);
    assert_eq!(process.terminate(), Some(0));
    // The journal still knows by the first key who called before.
    let process = installation.serve().await;
    assert_eq!(customers().await, before);
    assert_eq!(process.terminate(), Some(0));
}
