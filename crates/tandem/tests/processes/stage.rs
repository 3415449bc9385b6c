//! The stage: `tandem emulator` and `tandem serve` on loopback, a small contact center, and calls.

use serde_json::{Value, json};
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tandem_emulator::defaults;

pub(crate) const PASSWORD: &str = "a long password";
/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the binary to its end.
pub(crate) fn tandem(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tandem"))
        .args(arguments)
        .output()
        .unwrap()
}

/// Everything that a command said.
pub(crate) fn said(output: &Output) -> String {
    let [out, error] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    format!("{out}{error}")
}

/// Runs the binary, which must succeed, and reads the JSON that it prints.
pub(crate) fn json_of(arguments: &[&str]) -> Value {
    let output = tandem(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A child process that ends with the test.
pub(crate) struct Process(Child);

impl Process {
    fn spawn(arguments: &[&str], errors: &Path) -> Self {
        let command = Command::new(env!("CARGO_BIN_EXE_tandem"))
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(
                File::options()
                    .create(true)
                    .append(true)
                    .open(errors)
                    .unwrap(),
            )
            .spawn();
        Self(command.unwrap())
    }

    pub(crate) fn id(&self) -> String {
        self.0.id().to_string()
    }

    /// SIGTERM, and waits for the end; answers the exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let killed = Command::new("kill").args(["-TERM", &self.id()]).status();
        assert!(killed.unwrap().success());
        self.0.wait().unwrap().code()
    }

    /// SIGKILL.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The emulated Microsoft cloud.
pub(crate) struct Cloud {
    _process: Process,
    pub(crate) http: String,
    https: String,
    ca_pem: PathBuf,
    client: reqwest::Client,
}

impl Cloud {
    pub(crate) async fn start(folder: &Path) -> Self {
        let data = folder.join("emulator");
        let listen = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];
        let mut arguments = vec!["emulator", "--data", data.to_str().unwrap()];
        arguments.extend(listen);
        let process = Process::spawn(&arguments, &folder.join("emulator.log"));
        let addresses = data.join("addresses.json");
        let read = || std::fs::read_to_string(&addresses).unwrap_or_default();
        until("the emulator tells its addresses", async || {
            serde_json::from_str::<Value>(&read()).is_ok()
        })
        .await;
        let addresses: Value = serde_json::from_str(&read()).unwrap();
        let word = |name: &str| addresses[name].as_str().unwrap().to_owned();
        let client = reqwest::Client::new();
        let (http, https) = (word("http"), word("https"));
        until("the emulator serves", async || {
            let ready = client.get(format!("{http}/_emulator/ready")).send().await;
            ready.is_ok()
        })
        .await;
        Self {
            _process: process,
            http,
            https,
            ca_pem: data.join("ca.pem"),
            client,
        }
    }

    /// Somebody rings in and waits.
    pub(crate) async fn call(&self, n: u32) {
        let call = json!({
            "from": format!("+1206555{n:04}"),
            "to": defaults::RESOURCE_ACCOUNT_NUMBER,
            "script": [{ "do": "patience", "ms": 600_000 }],
        });
        self.post("/_emulator/pstn-calls", &call).await;
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.client.get(format!("{}{path}", self.http)).send().await;
        answer.unwrap().json().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        self.told(self.client.post(format!("{}{path}", self.http)).json(body))
            .await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Value {
        self.told(self.client.put(format!("{}{path}", self.http)).json(body))
            .await
    }

    async fn told(&self, request: reqwest::RequestBuilder) -> Value {
        let answer = request.send().await.unwrap();
        let (status, path) = (answer.status(), answer.url().path().to_owned());
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }
}

/// An installation: a folder with configuration, keys and data directory.
pub(crate) struct Installation {
    pub(crate) folder: PathBuf,
    pub(crate) config: String,
    pub(crate) url: String,
}

impl Installation {
    /// Writes configuration and keys; the data key of another installation, if one is named.
    pub(crate) fn new(folder: &Path, cloud: &Cloud, data_key: Option<&Path>) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let own = folder.join("data.key");
        match data_key {
            Some(key) => {
                let key = std::fs::read_to_string(key).unwrap();
                tandem_server::setup::write_secret(&own, key.trim()).unwrap();
            }
            None => tandem_server::setup::write_data_key(&own).unwrap(),
        }
        let acs = folder.join("acs.key");
        tandem_server::setup::write_secret(&acs, defaults::ACCESS_KEY).unwrap();
        let probe = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = probe.local_addr().unwrap().to_string();
        drop(probe);
        let config = folder.join("tandem.toml");
        std::fs::write(&config, configuration(&listen, cloud)).unwrap();
        Self {
            folder: folder.to_owned(),
            config: config.to_str().unwrap().to_owned(),
            url: format!("http://{listen}"),
        }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("serve.log")).unwrap_or_default()
    }

    /// Starts the process and waits until it is ready.
    pub(crate) async fn serve(&self) -> Process {
        let process = self.spawn();
        self.is_ready().await;
        process
    }

    /// Starts the process.
    pub(crate) fn spawn(&self) -> Process {
        let arguments = ["serve", "--allow-emulator", "--config", &self.config];
        Process::spawn(&arguments, &self.folder.join("serve.log"))
    }

    /// Waits until the process is ready.
    pub(crate) async fn is_ready(&self) {
        until("it is ready", async || self.readiness().await.0 == 200).await;
    }

    /// What `/readyz` says.
    pub(crate) async fn readiness(&self) -> (u16, String) {
        match reqwest::get(format!("{}/readyz", self.url)).await {
            Ok(answer) => (answer.status().as_u16(), answer.text().await.unwrap()),
            Err(error) => (0, error.to_string()),
        }
    }

    /// The administrator's one-time link; no process may serve yet.
    pub(crate) fn setup_token(&self) -> String {
        let link = tandem(&[
            "init",
            "--link",
            "--config",
            &self.config,
            "--center",
            "contoso",
        ]);
        let link = said(&link);
        link.split("token=").nth(1).unwrap().trim().to_owned()
    }

    /// Makes the first administrator and a line that leads into a queue.
    pub(crate) async fn furnish(&self, cloud: &Cloud, setup_token: &str) -> Administrator {
        self.furnish_with(cloud, setup_token, &queue()).await
    }

    /// The same with another queue.
    pub(crate) async fn furnish_with(
        &self,
        cloud: &Cloud,
        setup_token: &str,
        queue: &Value,
    ) -> Administrator {
        let mut person = Administrator {
            base: format!("{}/api/v1/contoso", self.url),
            token: String::new(),
            client: reqwest::Client::new(),
        };
        let account = json!({"token": setup_token, "username": "alex", "password": PASSWORD, "name": "Alex Kim"});
        person.create("/setup", &account).await;
        person.sign_in().await;
        let queue = person.create("/queues", queue).await;
        let nodes = json!([
            { "id": "queue", "kind": "queue", "queue_id": queue["id"], "timeout": "end", "full": "end", "failed": null },
            { "id": "end", "kind": "end" },
        ]);
        let flow = json!({ "name": "Line", "start": "queue", "nodes": nodes });
        let flow = person.create("/flows", &flow).await;
        let endpoint = json!({ "name": "Line", "resource_account_id": defaults::RESOURCE_ACCOUNT, "flow_id": flow["id"] });
        person.create("/endpoints", &endpoint).await;
        self.subscribe(cloud).await;
        person
    }

    /// Calls of the emulated tenant come here.
    async fn subscribe(&self, cloud: &Cloud) {
        let subscription = json!({
            "endpoint": format!("{}/api/event-grid/contoso", self.url),
            "entra": { "audience": defaults::APP },
        });
        cloud
            .post("/_emulator/event-subscriptions", &subscription)
            .await;
    }
}

/// Somebody who administers over the API.
#[derive(Clone)]
pub(crate) struct Administrator {
    base: String,
    token: String,
    client: reqwest::Client,
}

impl Administrator {
    pub(crate) async fn sign_in(&mut self) {
        let sent = json!({"username": "alex", "password": PASSWORD});
        let answer = self.create("/sign-in", &sent).await;
        answer["token"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.token);
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Makes something, which must succeed.
    pub(crate) async fn create(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.post(path, body).await;
        assert!(status < 300, "{path}: {status} {answer}");
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let sent = self.client.get(format!("{}{path}", self.base));
        let answer = sent.bearer_auth(&self.token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let answered = self.try_post(path, body).await;
        answered.expect("a process answers")
    }

    /// As [`Self::post`]; nothing while no process answers.
    pub(crate) async fn try_post(&self, path: &str, body: &Value) -> Option<(u16, Value)> {
        let sent = self.client.post(format!("{}{path}", self.base)).json(body);
        let answer = sent.bearer_auth(&self.token).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.unwrap_or_default()))
    }

    /// What there is, if it is there.
    pub(crate) async fn find(&self, path: &str) -> (u16, Value) {
        let sent = self.client.get(format!("{}{path}", self.base));
        let answer = sent.bearer_auth(&self.token).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// Somebody else at the same contact center.
    pub(crate) async fn signed_in_as(&self, username: &str) -> Self {
        let sent = json!({"username": username, "password": PASSWORD});
        let answer = self.create("/sign-in", &sent).await;
        let token = answer["token"].as_str().unwrap().to_owned();
        Self {
            token,
            ..self.clone()
        }
    }

    /// Where the live feed is.
    pub(crate) fn feed_url(&self, url: &str) -> String {
        let host = url.strip_prefix("http").unwrap();
        format!("ws{host}/api/v1/contoso/live?access_token={}", self.token)
    }
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(Instant::now() < deadline, "in vain: {what}");
        // poll: until `what`, as seen from outside of the process
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What the line leads into: without work after a conversation.
pub(crate) fn queue() -> Value {
    json!({
        "name": "Support",
        "short_name": "Support",
        "requirements": [],
        "strategy": "longest_idle",
        "offer_by": "tandem",
        "offer_timeout_s": 20,
        "join_timeout_s": 60,
        "wrap_up": { "mode": "none", "seconds": 0 },
        "service_level": { "threshold_s": 20, "target_percent": 80 },
        "short_abandon_s": 5,
        "max_wait_s": 1_200,
        "max_waiting": 10_000,
        "priority": 5,
        "cooldown_s": 60,
        "music": "Music.",
        "targets": { "waiting": 3, "longest_wait_s": 60 },
    })
}

fn configuration(listen: &str, cloud: &Cloud) -> String {
    let Cloud { http, https, .. } = cloud;
    let (tenant, resource, audience) = (defaults::TENANT, defaults::ACS_RESOURCE, defaults::APP);
    let ca = cloud.ca_pem.to_str().unwrap();
    format!(
        r#"[server]
listen = "{listen}"
public_base_url = "http://{listen}"

[store]
data_dir = "data"
key_file = "data.key"

[[centers]]
id = "contoso"
name = "Contoso"
time_zone = "Europe/Berlin"
trust_root = "{ca}"
entra_authority = "{https}"
callback_keys_url = "{https}/calling/keys"
test_calls_url = "{http}/_emulator/pstn-calls"
microsoft = {{ graph = "{https}" }}

[centers.acs]
endpoint = "{https}"
resource_id = "{resource}"
tenant_id = "{tenant}"
cognitive_services_endpoint = "https://contoso.cognitiveservices.azure.com"
access_key_file = "acs.key"

[centers.event_grid]
audience = "{audience}"
issuer = "https://login.microsoftonline.com/{tenant}/v2.0"
keys_url = "{https}/{tenant}/discovery/v2.0/keys"
"#
    )
}
