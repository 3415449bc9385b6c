//! `tandem demo`: a busy fictional company in one process. The contact center is started from a
//! configuration file as in production; the Microsoft cloud is the emulator; the two meet on loopback
//! sockets only. Every simulated person acts over the emulator's wire or the public API.

mod callers;
mod company;
#[cfg(test)]
mod flow_schema;
mod load;
mod main_menu;
mod office;
pub(crate) mod profile;
mod prompts;
mod staff;
mod teams;

use crate::api::Api;
use anyhow::Context;
pub(crate) use callers::Phones;
pub(crate) use load::Load;
pub(crate) use office::Office;

use company::{CENTER, PASSWORD, TeamsUser, Tenant};
use profile::Profile;
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tandem_emulator::defaults;
use tokio_util::sync::CancellationToken;

/// What the flags say.
pub(crate) struct Options {
    /// Where everything is kept; a fresh folder when absent.
    pub(crate) data: Option<PathBuf>,
    /// Where the contact center listens; port 0 takes a free one.
    pub(crate) listen: SocketAddr,
    /// Chance.
    pub(crate) seed: u64,
}

/// The one line that every visitor is told.
const NOTICE: &str =
    "Demo: calls have no sound in the browser; what each party hears stands as text in the call.";

/// Runs until interrupted.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let folder = folder(options.data)?;
    let listener = TcpListener::bind(options.listen).with_context(|| {
        format!(
            "cannot listen on {}; is another demo running?",
            options.listen
        )
    })?;
    let listen = listener.local_addr()?;
    let emulator = emulator(&folder, options.seed).await?;
    let prepared = prepare(
        &folder,
        listen,
        &emulator.https_url(),
        &emulator.http_url(),
        &emulator.ca_pem,
    )?;
    let setup_token = prepared.setup_token().await?;
    let server = start_server(&prepared.config, listener).await?;
    let url = prepared.url;
    let stop = CancellationToken::new();
    let demo = Demo {
        url,
        folder,
        emulator: emulator.http_url(),
        stop,
        seed: options.seed,
    };
    let people = demo.people(setup_token.as_deref()).await?;
    demo.announce()?;
    wait_for_the_end().await?;
    demo.stop.cancel();
    for person in people {
        person.await.ok();
    }
    server.shutdown().await;
    emulator.shutdown().await;
    Ok(())
}

fn folder(data: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    let folder = data.unwrap_or_else(|| {
        std::env::temp_dir().join(format!("tandem-demo-{}", std::process::id()))
    });
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let folder = folder.canonicalize()?;
    Ok(folder)
}

async fn emulator(folder: &Path, seed: u64) -> anyhow::Result<tandem_emulator::Running> {
    let options = tandem_emulator::Options {
        seed,
        ..tandem_emulator::Options::on_free_ports(folder.join("emulator"))
    };
    tandem_emulator::start(options)
        .await
        .context("the emulator did not start")
}

/// A configuration on disk, as an administrator would have written it.
pub(crate) struct Prepared {
    pub(crate) config: PathBuf,
    pub(crate) url: String,
    data: PathBuf,
}

impl Prepared {
    /// The token of the one-time link, when the contact center is new. No process may serve it yet.
    pub(crate) async fn setup_token(&self) -> anyhow::Result<Option<String>> {
        let token = tandem_server::setup::issue(&self.data, CENTER).await?;
        Ok(token.map(|token| token.reveal().to_owned()))
    }
}

/// Writes the configuration and its secrets below `folder`.
pub(crate) fn prepare(
    folder: &Path,
    listen: SocketAddr,
    https: &str,
    http: &str,
    ca_pem: &Path,
) -> anyhow::Result<Prepared> {
    let secrets = folder.join("secrets");
    std::fs::create_dir_all(&secrets)?;
    let data_key = secrets.join("data.key");
    if !data_key.exists() {
        tandem_server::setup::write_data_key(&data_key)?;
    }
    tandem_server::setup::write_secret(&secrets.join("acs.key"), defaults::ACCESS_KEY)?;
    let config = folder.join("tandem.toml");
    std::fs::write(&config, config_text(folder, listen, https, http, ca_pem))?;
    Ok(Prepared {
        config,
        url: format!("http://{listen}"),
        data: folder.join("data"),
    })
}

fn config_text(
    folder: &Path,
    listen: SocketAddr,
    https: &str,
    http: &str,
    ca_pem: &Path,
) -> String {
    let tenant = defaults::TENANT;
    let quoted = |path: &Path| json!(path.to_string_lossy()).to_string();
    format!(
        r#"[server]
listen = "{listen}"
public_base_url = "http://{listen}"

[store]
data_dir = {data}
key_file = "secrets/data.key"

[[centers]]
id = "{CENTER}"
name = "{name}"
time_zone = "{time_zone}"
context_headers = ["X-Customer-Tier"]
trust_root = {ca}
entra_authority = "{https}"
callback_keys_url = "{https}/calling/keys"
test_calls_url = "{http}/_emulator/pstn-calls"
microsoft = {{ graph = "{https}" }}

[centers.acs]
endpoint = "{https}"
resource_id = "{resource}"
tenant_id = "{tenant}"
cognitive_services_endpoint = "https://contoso.cognitiveservices.azure.com"
access_key_file = "secrets/acs.key"

[centers.event_grid]
audience = "{audience}"
issuer = "https://login.microsoftonline.com/{tenant}/v2.0"
keys_url = "{https}/{tenant}/discovery/v2.0/keys"

[log]
filter = "warn"
"#,
        data = quoted(&folder.join("data")),
        ca = quoted(ca_pem),
        name = company::NAME,
        time_zone = "Europe/Berlin",
        resource = defaults::ACS_RESOURCE,
        audience = defaults::APP,
    )
}

async fn start_server(
    config: &Path,
    listener: TcpListener,
) -> anyhow::Result<tandem_server::Running> {
    let config = tandem_server::config::load(config, &tandem_server::config::environment)?;
    let options = tandem_server::Options {
        notice: Some(NOTICE.to_owned()),
        emulator: tandem_server::config::Emulator::Allowed,
        listener: Some(listener),
        ..tandem_server::Options::new(config)
    };
    tandem_server::start(options)
        .await
        .context("the contact center did not start")
}

/// A running demo.
struct Demo {
    url: String,
    emulator: String,
    folder: PathBuf,
    stop: CancellationToken,
    seed: u64,
}

impl Demo {
    /// Makes the company and sets its people going.
    async fn people(
        &self,
        setup_token: Option<&str>,
    ) -> anyhow::Result<Vec<tokio::task::JoinHandle<()>>> {
        let profile = Arc::new(Profile::bank()?);
        let phones = Phones::new(&self.emulator)?;
        let tenant = phones.get("/_emulator/tenant").await?;
        let anybody = Api::new(&self.url, CENTER)?;
        let api = company::open(&anybody, setup_token).await?;
        let company = company::found(&api, &profile, &read_tenant(&tenant)).await?;
        company::subscribe(&phones, &self.url).await?;
        let mut people = Vec::new();
        for (n, robot) in (1_u64..).zip(company.robots) {
            let (api, breaks) = (anybody.clone(), company.breaks.clone());
            let day = staff::work(api, robot, breaks, self.seed ^ (n << 32), self.stop.clone());
            people.push(tokio::spawn(day));
        }
        let number = defaults::RESOURCE_ACCOUNT_NUMBER.to_owned();
        let ringing = callers::ring(phones, profile, number, self.seed, self.stop.clone());
        people.push(tokio::spawn(ringing));
        Ok(people)
    }

    /// Says where to look and who to be, for people and for scripts.
    fn announce(&self) -> anyhow::Result<()> {
        let sign_in = |username: &str| json!({ "center": CENTER, "username": username, "password": PASSWORD });
        let ready = json!({
            "url": self.url,
            "emulator": self.emulator,
            "sign_ins": {
                "agent": sign_in(company::VISITOR),
                "supervisor": sign_in(company::SUPERVISOR),
                "administrator": sign_in(company::ADMINISTRATOR),
            },
        });
        println!("Tandem is open at {}", self.url);
        println!(
            "  agent          {:<6} password {PASSWORD}   take a call",
            company::VISITOR
        );
        println!(
            "  supervisor     {:<6} password {PASSWORD}   watch the floor",
            company::SUPERVISOR
        );
        println!(
            "  administrator  {:<6} password {PASSWORD}   change it",
            company::ADMINISTRATOR
        );
        println!("The Microsoft cloud, emulated: {}/_emulator", self.emulator);
        println!("{NOTICE}");
        println!(
            "Everything lies in {}; Ctrl+C ends it.",
            self.folder.display()
        );
        std::fs::write(self.folder.join("demo.json"), ready.to_string())?;
        Ok(())
    }
}

fn read_tenant(tenant: &Value) -> Tenant {
    let users = tenant["teams_users"].as_array().into_iter().flatten();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Tenant {
        resource_account: defaults::RESOURCE_ACCOUNT.to_owned(),
        users: users
            .map(|user| TeamsUser {
                oid: word(&user["oid"]),
                name: word(&user["name"]),
            })
            .collect(),
    }
}

async fn wait_for_the_end() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
