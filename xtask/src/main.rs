//! Developer commands: `cargo xtask demo | test | ci | tidy | generate | screenshots |
//! coverage-of-behaviours`.
//! Everything here runs on a developer's machine or in CI; nothing of it ships.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line program: what it prints is what it is for"
)]

mod behaviours;
mod browser;
mod checks;
mod conformance;
mod demo;
mod generated;
mod node;
mod peers;
mod process;
mod report;
mod suite;
mod tally;
mod tidy;
mod tree;
mod web;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  demo [--release] [--require-ui] [-- ARGS]
        build the web UI and Tandem, then start `tandem demo ARGS`
  test [--only web|rust|conformance|browser]
        every test, with all the set-up that it needs
  ci    what continuous integration runs: format, lints, tidy, generated files, behaviours, test
  tidy  the rules of the tree that a compiler does not check
  generate
        write docs/openapi.json and the web UI's API types from the code
  screenshots
        take the documents' pictures again, from a running demo
  coverage-of-behaviours [--require B-165,B-166]
        which tests show which required behaviour; fails when a required one has none

examples:
  cargo xtask demo
  cargo xtask demo -- --listen 127.0.0.1:8000
  cargo xtask test --only rust
";

/// Exit codes as everywhere in Tandem: 0 done, 1 failed, 2 wrong usage.
enum Failure {
    Failed(anyhow::Error),
    Usage(String),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Failed(error)) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(1)
        }
        Err(Failure::Usage(message)) => {
            eprintln!("xtask: {message}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Failure> {
    let Some((command, rest)) = arguments.split_first() else {
        return Err(Failure::Usage("which command?".to_owned()));
    };
    match command.as_str() {
        "demo" => demo::run(&demo::Options::parse(rest).map_err(Failure::Usage)?)?,
        "test" => suite::run(suite::Part::parse(rest).map_err(Failure::Usage)?)?,
        "coverage-of-behaviours" => {
            behaviours::run(&behaviours::parse(rest).map_err(Failure::Usage)?)?;
        }
        "screenshots" => alone(rest, browser::screenshots)?,
        "ci" => alone(rest, checks::run)?,
        "tidy" => alone(rest, tidy::run)?,
        "generate" => alone(rest, generated::write)?,
        "help" | "--help" | "-h" => println!("{USAGE}"),
        other => return Err(Failure::Usage(format!("there is no command `{other}`"))),
    }
    Ok(())
}

fn alone(rest: &[String], command: fn() -> anyhow::Result<()>) -> Result<(), Failure> {
    if let Some(extra) = rest.first() {
        return Err(Failure::Usage(format!("`{extra}` means nothing here")));
    }
    Ok(command()?)
}
