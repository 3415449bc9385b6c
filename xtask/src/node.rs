//! Node.js, which builds and tests the web UI. It is a stated prerequisite, so it is never installed from here.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;

const OLDEST: (u32, u32) = (20, 19);

pub(crate) struct Node {
    pub(crate) program: PathBuf,
    npm: PathBuf,
    pub(crate) version: String,
}

impl Node {
    /// Node and npm of this machine, or why they do not serve.
    pub(crate) fn find() -> Result<Self> {
        let wanted = format!("Node.js >= {}.{} is needed", OLDEST.0, OLDEST.1);
        let program = process::find("node").with_context(|| {
            format!("{wanted} and there is none: https://nodejs.org/en/download")
        })?;
        let npm =
            process::find("npm").with_context(|| format!("{wanted}; there is node but no npm"))?;
        let version = process::output_of(Command::new(&program).arg("--version"))?
            .trim()
            .to_owned();
        match parse(&version) {
            Some(found) if found >= OLDEST => Ok(Self {
                program,
                npm,
                version,
            }),
            Some(_) => bail!("{wanted}, {} is {version}", program.display()),
            None => bail!("{wanted}, {} calls itself {version}", program.display()),
        }
    }

    pub(crate) fn npm(&self) -> Command {
        process::command(&self.npm)
    }
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(parse("v20.20.2").unwrap() >= OLDEST);
        assert!(parse("v22.0.0").unwrap() >= OLDEST);
        assert!(parse("v20.9.0").unwrap() < OLDEST);
        assert_eq!(parse("nonsense"), None);
    }
}
