//! The web UI's build: packages when the lockfile changed, bundle when a source changed.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::node::Node;
use crate::process;
use crate::tree::Tree;

pub(crate) const BUILD_TIME_LIMIT: Duration = Duration::from_secs(15 * 60);

pub(crate) struct Web<'a> {
    tree: &'a Tree,
    pub(crate) node: Node,
}

impl<'a> Web<'a> {
    pub(crate) fn new(tree: &'a Tree) -> Result<Self> {
        Ok(Self {
            tree,
            node: Node::find()?,
        })
    }

    pub(crate) fn npm(&self, arguments: &[&str]) -> Command {
        let mut npm = self.node.npm();
        npm.current_dir(self.tree.web())
            .env("NO_COLOR", "1")
            .args(arguments);
        npm
    }

    /// `npm ci`, unless the packages on disk are those of the lockfile.
    pub(crate) fn install(&self) -> Result<Outcome> {
        let stamp = self.packages_stamp()?;
        let is_current = self.tree.has_stamp("web-packages.stamp", &stamp)
            && self.tree.web().join("node_modules").is_dir();
        if is_current {
            return Ok(Outcome::Current);
        }
        self.logged("web-packages", &["ci", "--no-audit", "--no-fund"])?;
        self.tree.keep_stamp("web-packages.stamp", &stamp)?;
        Ok(Outcome::Done)
    }

    /// `npm run build`, unless the bundle on disk was made from these sources.
    pub(crate) fn build(&self) -> Result<Outcome> {
        let stamp = self.tree.stamp_of(is_source)? + &self.packages_stamp()?;
        let is_current = self.tree.has_stamp("web-bundle.stamp", &stamp)
            && self.tree.web().join("dist/index.html").is_file();
        if is_current {
            return Ok(Outcome::Current);
        }
        self.logged("web-bundle", &["run", "build"])?;
        self.tree.keep_stamp("web-bundle.stamp", &stamp)?;
        Ok(Outcome::Done)
    }

    fn packages_stamp(&self) -> Result<String> {
        let files = ["web/package.json", "web/package-lock.json"];
        let packages = self.tree.stamp_of(|path| files.contains(&path))?;
        Ok(format!("{packages} {}", self.node.version))
    }

    fn logged(&self, name: &str, arguments: &[&str]) -> Result<()> {
        let log = self.tree.scratch(&format!("log/{name}.log"));
        let finished = process::run_logged(&mut self.npm(arguments), &log, BUILD_TIME_LIMIT)?;
        if finished.is_success {
            return Ok(());
        }
        bail!(
            "{}\nnpm {}: {}",
            finished.output,
            arguments.join(" "),
            finished.ending
        );
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Current,
}

/// What the bundle is made from. Browser tests are not in it.
fn is_source(path: &str) -> bool {
    path.starts_with("web/") && !path.starts_with("web/e2e/") && !path.ends_with(".md")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browser_tests_and_prose_do_not_rebuild_the_bundle() {
        assert!(is_source("web/src/main.tsx"));
        assert!(is_source("web/vite.config.ts"));
        assert!(!is_source("web/e2e/agent.spec.ts"));
        assert!(!is_source("web/README.md"));
        assert!(!is_source("crates/core/src/lib.rs"));
    }
}
