//! `tandem init`: a configuration with its keys, and the one-time link of the first administrator.

use crate::outcome::{Outcome, line};
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use tandem_server::config::{self, create};
use tandem_server::setup;

/// What stands where something has to be filled in; `tandem check` names it.
pub(crate) const FILL_IN: &str = "FILL-IN";

#[derive(clap::Args)]
#[command(after_help = "Examples:
  tandem init --dir /etc/tandem --data-dir /var/lib/tandem --public-url https://calls.contoso.com \\
    --acs-endpoint https://contoso.communication.azure.com --acs-resource-id GUID --tenant-id GUID
  tandem init --link --config /etc/tandem/tandem.toml --center contoso")]
pub(crate) struct Arguments {
    /// Where the configuration and its keys are written.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Where what must not be lost is kept.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data_dir: String,
    /// Where it listens.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: String,
    /// The https address that browsers and Microsoft use.
    #[arg(long, value_name = "URL", default_value = FILL_IN)]
    public_url: String,
    /// The contact center's id.
    #[arg(long, value_name = "ID", default_value = "main")]
    center: String,
    /// What people call it.
    #[arg(long, default_value = "Contact center")]
    name: String,
    /// Its time zone.
    #[arg(long, value_name = "IANA", default_value = "UTC")]
    time_zone: String,
    /// The endpoint of the Communication Services resource.
    #[arg(long, value_name = "URL", default_value = FILL_IN)]
    acs_endpoint: String,
    /// Its immutable resource id.
    #[arg(long, value_name = "GUID", default_value = FILL_IN)]
    acs_resource_id: String,
    /// The tenant.
    #[arg(long, value_name = "GUID", default_value = FILL_IN)]
    tenant_id: String,
    /// The application that the Event Grid subscription names.
    #[arg(long, value_name = "ID", default_value = FILL_IN)]
    event_grid_audience: String,
    /// Only makes a new one-time link, for the configuration that there is.
    #[arg(long, requires = "config")]
    link: bool,
    /// The configuration for --link.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    if let (true, Some(path)) = (arguments.link, &arguments.config) {
        let config = config::load(path, &config::environment).map_err(|problems| {
            anyhow::anyhow!("{} cannot be used:\n{problems}", path.display())
        })?;
        let center = config
            .centers
            .iter()
            .find(|center| center.id.as_str() == arguments.center);
        let center = match (center, config.centers.as_slice()) {
            (Some(center), _) => center,
            (None, [only]) => only,
            (None, _) => bail!(
                "there is no contact center \"{}\"; name one with --center",
                arguments.center
            ),
        };
        let base = config.server.public_base_url.to_string();
        return link(&config.store.data_dir, center.id.as_str(), &base).await;
    }
    let path = write(&arguments)?;
    line(&format!(
        "wrote {} with data.key; put the access key into acs.key beside it, mode 0600",
        path.display()
    ))?;
    line(&format!("then: tandem check --config {}", path.display()))?;
    let data_dir = arguments.dir.join(&arguments.data_dir);
    link(&data_dir, &arguments.center, &arguments.public_url).await
}

fn write(arguments: &Arguments) -> anyhow::Result<PathBuf> {
    let dir = &arguments.dir;
    std::fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    let path = dir.join("tandem.toml");
    if path.exists() {
        bail!(
            "{} is there already; remove it, or use --link for a new one-time link",
            path.display()
        );
    }
    let key = dir.join("data.key");
    if !key.exists() {
        setup::write_data_key(&key)
            .with_context(|| format!("{} cannot be written", key.display()))?;
    }
    let text = create::text(&create::Draft {
        listen: arguments.listen.clone(),
        public_base_url: arguments.public_url.clone(),
        data_dir: arguments.data_dir.clone(),
        center: arguments.center.clone(),
        name: arguments.name.clone(),
        time_zone: arguments.time_zone.clone(),
        acs_endpoint: arguments.acs_endpoint.clone(),
        acs_resource_id: arguments.acs_resource_id.clone(),
        tenant_id: arguments.tenant_id.clone(),
        event_grid_audience: arguments.event_grid_audience.clone(),
    });
    std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}

async fn link(data_dir: &Path, center: &str, base: &str) -> anyhow::Result<Outcome> {
    let Some(token) = setup::issue(data_dir, center).await? else {
        bail!(
            "contact center {center} has an account already; an administrator makes further ones"
        );
    };
    let base = match base.trim_end_matches('/') {
        FILL_IN => "https://YOUR-HOST",
        base => base,
    };
    line("The link of the first administrator, for one use:")?;
    line(&format!(
        "  {base}/setup?center={center}&token={}",
        token.reveal()
    ))
}
