//! Programs that tests are run against and that are not ours: the browser, Python with its venv module, strace, which makes a disk fail,
//! espeak-ng, the voice of the demo's prompts, curl, which the documents tell people to use, and telephones.
//! They come from the distribution's packages: installed from here as root, else the one line to run is named.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::process;

/// Who calls us and is called over SIP: SIPp, and stunnel, which speaks TLS for it. Programs and their packages.
const CALL_PEERS: [(&str, &str); 2] = [("sipp", "sip-tester"), ("stunnel", "stunnel4")];

/// Installs what is missing, or fails with the line to run.
pub(crate) fn install_missing() -> Result<()> {
    let mut packages = Vec::new();
    if chromium().is_none() {
        // Without a font package a fresh machine renders boxes, and screenshots show them.
        packages.extend(["chromium", "fonts-liberation"]);
    }
    if !has_python() {
        packages.push("python3-venv");
    }
    if process::find("strace").is_none() {
        packages.push("strace");
    }
    if process::find("espeak-ng").is_none() {
        packages.push("espeak-ng");
    }
    if process::find("curl").is_none() {
        packages.push("curl");
    }
    for (program, package) in CALL_PEERS {
        if process::find(program).is_none() {
            packages.push(package);
        }
    }
    if packages.is_empty() {
        return Ok(());
    }
    let line = format!(
        "apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    );
    if !is_root()? || process::find("apt-get").is_none() {
        bail!(
            "missing on this machine: {}; run this and try again: sudo {line}",
            packages.join(", ")
        );
    }
    println!("    installing {}", packages.join(", "));
    process::output_of(apt().args(["update", "-qq"]))?;
    process::output_of(
        apt()
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(&packages),
    )?;
    let is_there = |name| process::find(name).is_some();
    let mut names = ["strace", "espeak-ng", "curl"]
        .into_iter()
        .chain(CALL_PEERS.map(|(program, _)| program));
    let are_there = names.all(is_there);
    if chromium().is_none() || !has_python() || !are_there {
        bail!("{} still missing after `{line}`", packages.join(", "));
    }
    Ok(())
}

/// The browser for the browser tests: `CHROMIUM`, or the distribution's.
pub(crate) fn chromium() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return Some(PathBuf::from(path)).filter(|path| path.is_file());
    }
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(process::find)
}

/// Whether `python3` can make a virtual environment. The distribution's comes without until `python3-venv` is there.
fn has_python() -> bool {
    Command::new("python3")
        .args(["-c", "import venv, ensurepip"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn is_root() -> Result<bool> {
    let id = process::output_of(Command::new("id").arg("-u")).context("who runs this")?;
    Ok(id.trim() == "0")
}

fn apt() -> Command {
    let mut command = process::command("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        // Another package run may be under way on a fresh machine.
        .args(["-o", "DPkg::Lock::Timeout=300"]);
    command
}
