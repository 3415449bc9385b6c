//! `cargo xtask demo`: build what is stale, then become `tandem demo`.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::tree::{self, Tree};
use crate::web::{Outcome, Web};

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    profile: Profile,
    ui: Ui,
    demo_arguments: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Profile {
    #[default]
    Dev,
    Release,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Ui {
    /// Without Node the demo starts with the page that is built in.
    #[default]
    IfPossible,
    Required,
}

impl Options {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--release" => options.profile = Profile::Release,
                "--require-ui" => options.ui = Ui::Required,
                "--" => {
                    options.demo_arguments = rest.cloned().collect();
                    break;
                }
                other => {
                    return Err(format!(
                        "`demo` does not know `{other}` (arguments for `tandem demo` come after --)"
                    ));
                }
            }
        }
        Ok(options)
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let tree = Tree::find()?;
    build_web(&tree, options.ui)?;
    println!("building Tandem (the first time takes some minutes) ...");
    let mut build = Command::new(tree::cargo());
    build
        .current_dir(&tree.root)
        .args(["build", "--locked", "--package", "tandem"]);
    let directory = match options.profile {
        Profile::Dev => "debug",
        Profile::Release => {
            build.arg("--release");
            "release"
        }
    };
    // The builder's own progress is shown: this is the longest part of a newcomer's first minutes.
    let status = build.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("Tandem did not build");
    }
    let program = tree.tandem(directory);
    println!("starting {} demo", program.display());
    // Becoming the demo instead of starting it leaves one process to end, with Ctrl-C or a signal.
    let error = Command::new(&program)
        .arg("demo")
        .args(&options.demo_arguments)
        .exec();
    Err(error).with_context(|| format!("cannot start {}", program.display()))
}

fn build_web(tree: &Tree, ui: Ui) -> Result<()> {
    let web = match (Web::new(tree), ui) {
        (Ok(web), _) => web,
        (Err(error), Ui::Required) => return Err(error),
        (Err(error), Ui::IfPossible) => {
            println!("no web UI: {error:#}");
            println!("going on with the page that is built in; everything else works, the API too");
            return Ok(());
        }
    };
    println!("web UI: packages ...");
    say(web.install()?);
    println!("web UI: bundle ...");
    say(web.build()?);
    Ok(())
}

fn say(outcome: Outcome) {
    println!(
        "    {}",
        match outcome {
            Outcome::Done => "done",
            Outcome::Current => "already current",
        }
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&arguments)
    }

    #[test]
    fn everything_after_two_dashes_goes_to_the_demo() {
        let options = parse("--release -- --listen 127.0.0.1:0 --release").unwrap();
        assert_eq!(options.profile, Profile::Release);
        assert_eq!(options.ui, Ui::IfPossible);
        assert_eq!(
            options.demo_arguments,
            ["--listen", "127.0.0.1:0", "--release"]
        );
    }

    #[test]
    fn unknown_option_is_refused_with_a_hint() {
        assert!(
            parse("--listen 127.0.0.1:0")
                .unwrap_err()
                .contains("after --")
        );
    }
}
