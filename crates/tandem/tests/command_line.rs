//! The binary as a person or a script meets it: exit codes, what it says, and a whole life of
//! `serve` from `init` to `replay`.

#![expect(clippy::unwrap_used, reason = "support of tests")]

use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const PASSWORD: &str = "a long password";

fn tandem(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tandem"))
        .args(arguments)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let [out, error] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    format!("{out}{error}")
}

#[test]
fn every_command_has_help() {
    let commands = [
        "demo",
        "init",
        "serve",
        "check",
        "emulator",
        "replay",
        "bench",
        "openapi",
        "simulate",
        "plan",
        "apply",
        "export",
        "backup",
        "restore",
        "import-calls",
    ];
    for command in commands {
        let output = tandem(&[command, "--help"]);
        assert_eq!(output.status.code(), Some(0), "{command}");
    }
}

#[test]
fn wrong_usage_exits_2() {
    assert_eq!(tandem(&["dance"]).status.code(), Some(2));
    assert_eq!(tandem(&["serve", "--no-such-flag"]).status.code(), Some(2));
    assert_eq!(tandem(&["backup"]).status.code(), Some(2));
    assert_eq!(tandem(&["restore"]).status.code(), Some(2));
    assert_eq!(tandem(&["plan"]).status.code(), Some(2));
    assert_eq!(tandem(&["export", "history"]).status.code(), Some(2));
}

#[test]
fn settings_are_not_asked_for_where_there_are_none_or_nobody_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let asking = ["--server", "http://127.0.0.1:9", "--center", "contoso"];
    let run = |command: &[&str], more: &[&str]| {
        let output = tandem(&[command, &[path], &asking, more].concat());
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        said(&output)
    };
    let empty = run(&["apply"], &[]);
    assert!(empty.contains("has no settings.toml"), "{empty}");
    let nobody = run(&["export", "settings"], &[]);
    assert!(nobody.contains("say who asks: --user NAME"), "{nobody}");
    std::fs::write(folder.path().join("token"), "x").unwrap();
    let token = folder.path().join("token");
    let token = ["--token-file", token.to_str().unwrap()];
    let foreign = run(&["export", "settings"], &token);
    assert!(foreign.contains("has other files"), "{foreign}");
    let manifest = "format = 1\nkinds = [\"skills\"]\n";
    std::fs::write(folder.path().join("settings.toml"), manifest).unwrap();
    std::fs::rename(folder.path().join("token"), folder.path().join(".token")).unwrap();
    let token = folder.path().join(".token");
    let token = ["--token-file", token.to_str().unwrap()];
    let silent = run(&["plan"], &token);
    assert!(silent.contains("the API does not answer"), "{silent}");
}

#[test]
fn simulated_seed_tells_the_same_each_time() {
    let arguments = ["simulate", "--seed", "7", "--turns", "500", "--json"];
    let output = tandem(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["ok"], true);
    assert_eq!(told["report"]["seeds"], 1);
    assert!(told["report"]["contacts"].as_u64().unwrap() > 0, "{told}");
    assert!(told["report"]["faults"].is_object(), "{told}");
    assert_eq!(tandem(&arguments).stdout, output.stdout);
}

#[test]
fn simulated_seeds_are_told_to_people() {
    let output = tandem(&["simulate", "--seed", "3", "--count", "2", "--turns", "300"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let said = said(&output);
    for part in [
        "2 of the seeds 3 to 4",
        "append refused",
        "R-02b",
        "drained",
    ] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    for wrong in [
        ["--seed", "none"],
        ["--count", "0"],
        ["--turns", "100001"],
        ["--planted", "x"],
    ] {
        let output = tandem(&[&["simulate"], &wrong[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn check_names_key_line_and_fix() {
    let folder = tempfile::tempdir().unwrap();
    initialize(folder.path(), "127.0.0.1:1");
    let path = folder.path().join("tandem.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("time_zone", "timezone")).unwrap();
    let output = tandem(&["check", "--config", path.to_str().unwrap(), "--offline"]);
    assert_eq!(output.status.code(), Some(1));
    let line = text
        .lines()
        .position(|line| line.starts_with("time_zone"))
        .unwrap()
        + 1;
    let said = said(&output);
    assert!(said.contains(&format!("line {line}: timezone:")), "{said}");
    assert!(said.contains("did you mean `time_zone`?"), "{said}");
}

#[test]
fn serve_refuses_the_emulators_key_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let config = initialize(folder.path(), "127.0.0.1:1");
    let key = folder.path().join("acs.key");
    std::fs::write(key, "dGFuZGVtLWVtdWxhdG9yLWFjY2Vzcy1rZXktMDE=\n").unwrap();
    let output = tandem(&["serve", "--config", &config]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("--allow-emulator"),
        "{}",
        said(&output)
    );
}

#[test]
fn contact_center_lives_from_init_to_replay() {
    let folder = tempfile::tempdir().unwrap();
    let probe = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = probe.local_addr().unwrap().to_string();
    drop(probe);
    let config = initialize(folder.path(), &address);
    let link = tandem(&["init", "--link", "--config", &config]);
    let link = said(&link);
    let token = link.split("token=").nth(1).unwrap().trim().to_owned();
    let server = Command::new(env!("CARGO_BIN_EXE_tandem"))
        .args(["serve", "--config", &config])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(use_it(&address, &token));
    assert_eq!(terminate(server), Some(0));
    let replayed = tandem(&["replay", folder.path().to_str().unwrap(), "--json"]);
    assert_eq!(replayed.status.code(), Some(0), "{}", said(&replayed));
    let replayed: Value = serde_json::from_slice(&replayed.stdout).unwrap();
    assert!(replayed["events"].as_u64().unwrap() >= 3, "{replayed}");
    let again = tandem(&["replay", folder.path().to_str().unwrap(), "--json"]);
    assert_eq!(
        serde_json::from_slice::<Value>(&again.stdout).unwrap(),
        replayed
    );
    let openapi = tandem(&["openapi"]);
    assert!(serde_json::from_slice::<Value>(&openapi.stdout).unwrap()["paths"].is_object());
}

/// Made-up calls of two agents, one of whom has too many.
const CALLS: &str = "date,customer_id,priority,type,vru_entry,vru_time,q_start,q_time,outcome,ser_start,ser_time,agent
1999-08-01,11,0,PS,08:00:00,10,00:00:00,0,AGENT,08:00:10,120,agent-01
1999-08-01,12,0,PS,08:00:20,10,08:00:30,100,AGENT,08:02:10,60,agent-01
1999-08-01,13,0,PS,08:00:30,10,08:00:40,150,AGENT,08:03:10,60,agent-01
1999-08-01,14,2,PS,08:01:00,10,08:01:10,30,HANG,00:00:00,0,
1999-08-01,15,0,NE,08:01:00,5,00:00:00,0,HANG,00:00:00,0,
1999-08-01,16,0,NE,08:01:00,5,00:00:00,0,AGENT,08:01:05,300,agent-02
1999-08-01,17,2,PS,08:01:50,5,08:01:55,14,AGENT,08:02:09,1,agent-01
";

fn told(arguments: &[&str]) -> Value {
    let output = tandem(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

//
#[test]
fn imported_calls_are_a_journal_that_is_replayed_and_asked_what_if() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls.csv");
    std::fs::write(&file, CALLS).unwrap();
    let (file, out) = (file.to_str().unwrap(), folder.path().join("bank"));
    let out = out.to_str().unwrap();
    let import = ["import-calls", file, "--out", out, "--json"];
    let imported = told(&import);
    assert_eq!(imported["calls"], 7);
    assert_eq!(imported["figures"]["offered"], 6);
    let replayed = told(&["replay", out, "--json"]);
    assert_eq!(replayed["center"], "bank");
    assert_eq!(replayed["turns_folded_only"], 0);
    let mut what_if = vec!["replay", out, "--what-if", "agent:1", "--seeds", "3"];
    let shown = said(&tandem(&what_if));
    assert!(shown.contains("bank: agent:1 with 3 seeds"), "{shown}");
    what_if.push("--json");
    let changed = told(&what_if);
    let wait = &changed["result"]["figures"][0];
    assert!(wait["difference"].as_f64().unwrap() < 0.0, "{changed}");
    let callbacks = "callbacks:after=20:share=100:reached=100";
    let asked = ["replay", out, "--what-if", callbacks, "--seeds", "3"];
    let shown = said(&tandem(&asked));
    for line in ["virtual wait, s", "assumed in queue", "100 % of those"] {
        assert!(shown.contains(line), "{line} is not in {shown}");
    }
    for (change, why) in [
        ("callbacks:after=20", "which share of those who are asked"),
        ("agent:7", "there is no agent"),
    ] {
        let refused = tandem(&["replay", out, "--what-if", change]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(said(&refused).contains(why), "{}", said(&refused));
    }
    let again = tandem(&import);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        said(&again).contains("is there already"),
        "{}",
        said(&again)
    );
}

#[test]
fn call_that_cannot_be_read_is_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls.csv");
    std::fs::write(
        &file,
        CALLS.replace("AGENT,08:01:05,300", "AGENT,08:01:05,long"),
    )
    .unwrap();
    let (file, out) = (file.to_str().unwrap(), folder.path().join("bank"));
    let refused = tandem(&["import-calls", file, "--out", out.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    let said = said(&refused);
    assert!(
        said.contains("line 7: ser_time \"long\" is not a number"),
        "{said}"
    );
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 1, "only the file itself is there");
}

#[test]
fn calls_are_compared_with_the_same_days_lived_through() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls.csv");
    std::fs::write(&file, CALLS).unwrap();
    let file = file.to_str().unwrap();
    let compared = told(&["import-calls", file, "--table", "--seeds", "2", "--json"]);
    let days = compared["comparison"]["days"].as_array().unwrap();
    assert_eq!((days.len(), &days[0]["calls"]), (1, &json!(6)));
    let table = said(&tandem(&["import-calls", file, "--table", "--seeds", "2"]));
    assert!(table.contains("| 1999-08-01 | 6 | 2 |"), "{table}");
}

/// A configuration for a loopback address, filled in; answers its path.
fn initialize(folder: &Path, listen: &str) -> String {
    let guid = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";
    let output = tandem(&[
        "init",
        "--dir",
        folder.to_str().unwrap(),
        "--listen",
        listen,
        "--center",
        "contoso",
        "--public-url",
        &format!("http://{listen}"),
        "--acs-endpoint",
        "http://127.0.0.1:9",
        "--acs-resource-id",
        guid,
        "--tenant-id",
        guid,
        "--event-grid-audience",
        "api://tandem",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    std::fs::write(folder.join("acs.key"), "c2VjcmV0\n").unwrap();
    folder.join("tandem.toml").to_str().unwrap().to_owned()
}

async fn use_it(address: &str, token: &str) {
    let http = reqwest::Client::new();
    let base = format!("http://{address}");
    let deadline = Instant::now() + Duration::from_secs(20);
    while !http
        .get(format!("{base}/readyz"))
        .send()
        .await
        .is_ok_and(|it| it.status() == 200)
    {
        assert!(Instant::now() < deadline, "it does not get ready");
        tokio::task::yield_now().await;
    }
    let center = format!("{base}/api/v1/contoso");
    let first = json!({"token": token, "username": "alex", "password": PASSWORD, "name": "Alex"});
    let made = http
        .post(format!("{center}/setup"))
        .json(&first)
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), 201);
    let sent = json!({"username": "alex", "password": PASSWORD});
    let answer = http
        .post(format!("{center}/sign-in"))
        .json(&sent)
        .send()
        .await
        .unwrap();
    let answer: Value = answer.json().await.unwrap();
    let token = answer["token"].as_str().unwrap();
    let skill = http.post(format!("{center}/skills")).bearer_auth(token);
    let skill = skill.json(&json!({"name": "German"})).send().await.unwrap();
    assert_eq!(skill.status(), 201);
}

/// SIGTERM, and the exit code within ten seconds.
fn terminate(mut server: Child) -> Option<i32> {
    let id = server.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if let Some(status) = server.try_wait().unwrap() {
            return status.code();
        }
        std::thread::yield_now();
    }
    server.kill().unwrap();
    None
}
