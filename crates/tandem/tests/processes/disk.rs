//! Trouble with the disk under a running process, injected by `strace` (Debian package `strace`):
//! attached, the trouble begins; detached, it ends. What was acknowledged stays, what is refused is
//! said, and the process recovers by itself.

use super::stage::{Administrator, Cloud, Installation, Process, said, tandem, until};
use serde_json::json;
use std::process::{Child, Command, Stdio};

/// `strace` on a process.
struct Trouble(Child);

impl Trouble {
    /// Every system call of a kind goes as `what` says, from now on.
    async fn begins(process: &Process, calls: &str, what: &str) -> Self {
        let trace = format!("trace={calls}");
        let inject = format!("inject={calls}:{what}");
        let arguments = [
            "-f",
            "-qq",
            "-p",
            &process.id(),
            "-e",
            &trace,
            "-e",
            &inject,
        ];
        let child = Command::new("strace")
            .args(arguments)
            .stderr(Stdio::null())
            .spawn()
            .expect("strace is installed: `cargo xtask ci` names the line to run");
        let tracer = format!("TracerPid:\t{}", child.id());
        let status = format!("/proc/{}/status", process.id());
        until("strace is attached", async || {
            std::fs::read_to_string(&status).is_ok_and(|it| it.contains(&tracer))
        })
        .await;
        Self(child)
    }

    fn ends(mut self) {
        // SIGINT lets strace detach; SIGKILL would leave its process stopped.
        let id = self.0.id().to_string();
        let told = Command::new("kill").args(["-INT", &id]).status();
        assert!(told.unwrap().success());
        self.0.wait().unwrap();
    }
}

/// Skills that were acknowledged are there; ones that were refused are not.
async fn refused_while(calls: &str, what: &str) {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let installation = Installation::new(&folder.path().join("one"), &cloud, None);
    let token = installation.setup_token();
    let process = installation.serve().await;
    let person = installation.furnish(&cloud, &token).await;
    person.create("/skills", &json!({ "name": "before" })).await;

    let trouble = Trouble::begins(&process, calls, what).await;
    let (status, answer) = person.post("/skills", &json!({ "name": "during" })).await;
    assert_eq!(status, 503, "{answer}");
    let detail = answer["detail"].as_str().unwrap_or_default();
    assert!(detail.contains("try again"), "{answer}");
    until("it says that it is not ready", async || {
        let (status, text) = installation.readiness().await;
        status == 503 && text.contains("store")
    })
    .await;
    trouble.ends();

    until("it recovers by itself", async || {
        installation.readiness().await.0 == 200
    })
    .await;
    assert!(installation.log().contains("append failed"));
    person.create("/skills", &json!({ "name": "after" })).await;
    let names = skills(&person).await;
    assert_eq!(names, ["before", "after"]);
    // What was acknowledged is there after a kill as well.
    process.kill();
    let process = installation.serve().await;
    assert_eq!(skills(&person).await, names);
    assert_eq!(process.terminate(), Some(0));
}

async fn skills(person: &Administrator) -> Vec<String> {
    let items = person.get("/skills").await;
    let items = items["items"].as_array().unwrap().iter();
    let names = items.map(|it| it["name"].as_str().unwrap().to_owned());
    names.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn full_disk_is_refused_and_recovered_from() {
    refused_while("pwrite64", "error=ENOSPC").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn read_only_file_system_is_refused_and_recovered_from() {
    refused_while("pwrite64", "error=EROFS").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn input_output_error_is_refused_and_recovered_from() {
    refused_while("fdatasync,fsync", "error=EIO").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_disk_delays_what_is_acknowledged_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let installation = Installation::new(&folder.path().join("one"), &cloud, None);
    let token = installation.setup_token();
    let process = installation.serve().await;
    let person = installation.furnish(&cloud, &token).await;
    let trouble = Trouble::begins(&process, "fdatasync,fsync", "delay_enter=1100000").await;
    let body = json!({ "name": "slow" });
    let (made, ()) = tokio::join!(
        person.create("/skills", &body),
        until("the loop is late", async || {
            installation
                .readiness()
                .await
                .1
                .contains("the loop is late")
        })
    );
    assert_eq!(made["name"], "slow");
    trouble.ends();
    until("it recovers by itself", async || {
        installation.readiness().await.0 == 200
    })
    .await;
    assert_eq!(skills(&person).await, ["slow"]);
    assert_eq!(process.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn second_process_on_one_directory_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let installation = Installation::new(&folder.path().join("one"), &cloud, None);
    let token = installation.setup_token();
    let process = installation.serve().await;
    installation.furnish(&cloud, &token).await;
    let text = std::fs::read_to_string(&installation.config).unwrap();
    let other = installation.folder.join("other.toml");
    let listen = installation.url.trim_start_matches("http://");
    std::fs::write(&other, text.replace(listen, "127.0.0.1:0")).unwrap();
    let serve = |config: &str| tandem(&["serve", "--allow-emulator", "--config", config]);
    let second = serve(other.to_str().unwrap());
    assert_eq!(second.status.code(), Some(1));
    let told = said(&second);
    assert!(
        told.contains(&format!("process {}", process.id())),
        "{told}"
    );
    assert_eq!(process.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn backup_on_a_full_disk_says_so_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let installation = Installation::new(&folder.path().join("one"), &cloud, None);
    let token = installation.setup_token();
    let process = installation.serve().await;
    installation.furnish(&cloud, &token).await;
    let to = folder.path().join("backup");
    let full = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64"])
        .args(["-e", "inject=pwrite64:error=ENOSPC:when=3+"])
        .args([env!("CARGO_BIN_EXE_tandem"), "backup", "--to"])
        .arg(&to)
        .args(["--config", &installation.config])
        .output()
        .expect("strace is installed: `cargo xtask ci` names the line to run");
    let told = said(&full);
    assert_eq!(full.status.code(), Some(1), "{told}");
    assert!(told.contains("free or find more space"), "{told}");
    assert!(!to.exists(), "nothing is left");
    // The service beside it did not notice.
    assert_eq!(installation.readiness().await.0, 200);
    assert_eq!(process.terminate(), Some(0));
}
