//! `tandem plan`, `tandem apply` and `tandem export`: settings as files (docs/settings-as-files.md). What a draft means,
//! and whether it may stand, is decided by the contact center; here files become a draft and answers become words.

mod account;
mod emit;
mod folder;
mod layout;
mod position;
mod told;

use self::account::Asking;
use self::folder::Folder;
use crate::outcome::{Outcome, line};
use anyhow::Context;
use serde_json::json;
use std::path::PathBuf;

pub(crate) const PLAN_HELP: &str = "Examples:\n  tandem plan ./settings --server https://calls.contoso.com --center contoso --user alex\n  tandem plan ./settings --json\n\nWho asks: --user with TANDEM_PASSWORD or --password-file, or TANDEM_TOKEN or --token-file.\nExit codes: 0 nothing would change, 3 something would, 1 the files are refused or the server does not answer, 2 wrong usage.";
pub(crate) const APPLY_HELP: &str = "Examples:\n  tandem apply ./settings --server https://calls.contoso.com --center contoso --user alex\n  tandem apply ./settings --on 3f0c5a9b2d7e4410\n\nWho asks: --user with TANDEM_PASSWORD or --password-file, or TANDEM_TOKEN or --token-file.\nExit codes: 0 done, 1 nothing was changed, 2 wrong usage.";
pub(crate) const EXPORT_HELP: &str = "Example:\n  tandem export settings ./settings --server https://calls.contoso.com --center contoso --user alex";

#[derive(clap::Args)]
pub(crate) struct PlanArguments {
    /// The folder with the settings files.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    asking: Asking,
    /// For machines.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(crate) struct ApplyArguments {
    /// The folder with the settings files.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    asking: Asking,
    /// Only if the settings are still those that the plan with this mark was made on.
    #[arg(long, value_name = "MARK")]
    on: Option<String>,
    /// For machines.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(crate) struct ExportArguments {
    #[command(subcommand)]
    what: Exported,
}

#[derive(clap::Subcommand)]
enum Exported {
    /// The settings, as files that `tandem plan` and `tandem apply` read.
    Settings(ExportSettings),
}

#[derive(clap::Args)]
struct ExportSettings {
    /// A new folder, or one with settings files, which are written anew.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    asking: Asking,
}

pub(crate) async fn plan(arguments: &PlanArguments) -> anyhow::Result<Outcome> {
    let folder = folder::read(&arguments.folder)?;
    if !folder.problems().is_empty() {
        line(&if arguments.json {
            told::files_for_machines(&folder).to_string()
        } else {
            told::files(&folder)
        })?;
        return Ok(Outcome::Failed);
    }
    let asker = arguments.asking.sign_in().await?;
    let draft = folder.draft();
    let difference = asker.api().post("/settings/difference", &draft).await;
    asker.leave().await;
    let difference = difference?;
    if arguments.json {
        line(&told::for_machines(&folder, &difference).to_string())?;
    } else if told::has_problems(&difference) {
        line(&told::problems(&folder, &difference))?;
    } else {
        line(&told::changes(&difference, told::Tense::Planned))?;
    }
    Ok(if told::has_problems(&difference) {
        Outcome::Failed
    } else if told::is_nothing(&difference) {
        Outcome::Done
    } else {
        Outcome::WouldChange
    })
}

pub(crate) async fn apply(arguments: &ApplyArguments) -> anyhow::Result<Outcome> {
    let folder = folder::read(&arguments.folder)?;
    if !folder.problems().is_empty() {
        line(&if arguments.json {
            told::files_for_machines(&folder).to_string()
        } else {
            told::files(&folder)
        })?;
        return Ok(Outcome::Failed);
    }
    let asker = arguments.asking.sign_in().await?;
    let applied = apply_as(arguments, &folder, asker.api()).await;
    asker.leave().await;
    applied
}

async fn apply_as(
    arguments: &ApplyArguments,
    folder: &Folder,
    api: &crate::api::Api,
) -> anyhow::Result<Outcome> {
    let difference = api.post("/settings/difference", &folder.draft()).await?;
    if told::has_problems(&difference) {
        line(&if arguments.json {
            told::for_machines(folder, &difference).to_string()
        } else {
            format!(
                "nothing was changed\n{}",
                told::problems(folder, &difference)
            )
        })?;
        return Ok(Outcome::Failed);
    }
    let mark = difference["mark"].as_str().unwrap_or_default();
    let on = arguments.on.as_deref().unwrap_or(mark);
    let mut draft = folder.draft();
    draft["mark"] = json!(on);
    let made = api.post("/settings/apply", &draft).await;
    let made = made.context("nothing was changed")?;
    line(&if arguments.json {
        told::for_machines(folder, &made).to_string()
    } else {
        told::changes(&made, told::Tense::Done)
    })
}

pub(crate) async fn export(arguments: &ExportArguments) -> anyhow::Result<Outcome> {
    let Exported::Settings(arguments) = &arguments.what;
    let kinds = folder::may_write(&arguments.folder)?;
    let asker = arguments.asking.sign_in().await?;
    let words: Vec<String> = kinds
        .iter()
        .filter_map(|it| layout::api_word(*it))
        .collect();
    let path = format!("/settings?kinds={}", words.join(","));
    let standing = asker.api().get(&path).await;
    asker.leave().await;
    let n_files = folder::write(&arguments.folder, &kinds, &standing?)?;
    let at = arguments.folder.display();
    line(&format!("{n_files} files written to {at}"))
}
