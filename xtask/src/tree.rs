//! Where things are: the root of the work tree, the target directory, the list of files.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::process;

pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    /// `cargo metadata` of the workspace's own packages.
    pub(crate) metadata: Value,
}

impl Tree {
    pub(crate) fn find() -> Result<Self> {
        let text = process::output_of(Command::new(cargo()).args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
        ]))?;
        let metadata: Value =
            serde_json::from_str(&text).context("cargo metadata wrote no JSON")?;
        let path = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("cargo metadata has no {key}"))
        };
        Ok(Self {
            root: path("workspace_root")?,
            target: path("target_directory")?,
            metadata,
        })
    }

    pub(crate) fn web(&self) -> PathBuf {
        self.root.join("web")
    }

    pub(crate) fn tandem(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join("tandem")
    }

    /// Logs, stamps and scratch directories of these commands.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.target.join("xtask").join(name)
    }

    /// Every file of the project: tracked, or new and not ignored. Relative paths, sorted.
    pub(crate) fn files(&self) -> Result<Vec<String>> {
        let text = process::output_of(Command::new("git").current_dir(&self.root).args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        let mut files: Vec<String> = text
            .lines()
            .filter(|path| self.root.join(path).is_file())
            .map(str::to_owned)
            .collect();
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// Text of every file whose path `wants` says yes to; files that are no text are left out.
    pub(crate) fn texts(&self, wants: impl Fn(&str) -> bool) -> Result<BTreeMap<String, String>> {
        let mut texts = BTreeMap::new();
        for path in self.files()?.into_iter().filter(|path| wants(path)) {
            let bytes = fs::read(self.root.join(&path))?;
            if let Ok(text) = String::from_utf8(bytes) {
                texts.insert(path, text);
            }
        }
        Ok(texts)
    }

    /// A stamp of the content of all files that `wants` says yes to.
    pub(crate) fn stamp_of(&self, wants: impl Fn(&str) -> bool) -> Result<String> {
        let mut hasher = DefaultHasher::new();
        for path in self.files()?.into_iter().filter(|path| wants(path)) {
            hasher.write(path.as_bytes());
            hasher.write(&fs::read(self.root.join(&path))?);
        }
        Ok(format!("{:016x}", hasher.finish()))
    }

    pub(crate) fn has_stamp(&self, name: &str, stamp: &str) -> bool {
        fs::read_to_string(self.scratch(name)).is_ok_and(|kept| kept == stamp)
    }

    pub(crate) fn keep_stamp(&self, name: &str, stamp: &str) -> Result<()> {
        let path = self.scratch(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, stamp).with_context(|| format!("cannot write {}", path.display()))
    }
}

/// The cargo that runs us, so that a toolchain override holds for everything started here.
pub(crate) fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}
