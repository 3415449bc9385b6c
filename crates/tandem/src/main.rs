//! The command line: arguments in, one command run, exit code out. What a command does is in its
//! module; what the contact center does is in the server.

#![expect(clippy::print_stdout, reason = "commands tell people what they did")]

mod api;
mod backup;
mod bench;
mod check;
mod demo;
mod emulator;
mod import_calls;
mod init;
mod outcome;
mod replay;
mod restore;
mod serve;
mod settings;
mod simulate;
mod verify;

use clap::{Args, Parser, Subcommand};
use outcome::Outcome;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// The contact center for Microsoft Teams.
#[derive(Parser)]
#[command(
    name = "tandem",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(
    after_help = "Examples:\n  tandem demo\n  tandem init --help\n  tandem serve --config /etc/tandem/tandem.toml\n\nExit codes: 0 done, 1 failed, 2 wrong usage."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything in one process: a busy fictional company on an emulated Microsoft cloud.
    #[command(
        after_help = "Examples:\n  tandem demo\n  tandem demo --data ./demo --listen 127.0.0.1:4000"
    )]
    Demo(DemoArguments),
    /// Writes a configuration with its keys, and prints a one-time administrator link.
    Init(init::Arguments),
    /// Serves the contact centers of a configuration file.
    #[command(
        after_help = "Examples:\n  tandem serve --config /etc/tandem/tandem.toml\n  tandem serve --config trial.toml --allow-emulator"
    )]
    Serve(serve::Arguments),
    /// Explains a configuration file, key by key, and tries every credential.
    #[command(
        after_help = "Examples:\n  tandem check --config /etc/tandem/tandem.toml\n  tandem check --config tandem.toml --offline --json"
    )]
    Check(check::Arguments),
    /// Only the emulated Microsoft cloud.
    #[command(
        after_help = "Examples:\n  tandem emulator --data ./emulator\n  tandem emulator --listen 127.0.0.1:0 --http 127.0.0.1:0 --data ./emulator --clock stepped"
    )]
    Emulator(emulator::Arguments),
    /// Takes a recorded journal's inputs again and compares what follows.
    #[command(
        after_help = "Examples:\n  tandem replay ./demo\n  tandem replay /var/lib/tandem --center contoso --json\n  tandem replay ./bank --what-if agent:4 --what-if strategy:best_skill\n  tandem replay ./bank --what-if callbacks:after=120:share=40:reached=80"
    )]
    Replay(replay::Arguments),
    /// Makes the journal of a contact center of a record of calls, or compares the two.
    ImportCalls(import_calls::Arguments),
    /// Backs the data directory up, beside a process that serves it or without one.
    Backup(backup::Arguments),
    /// Makes a data directory of a backup, on an empty machine.
    Restore(restore::Arguments),
    /// Goes through all recordings, to see that nothing was changed.
    Verify(verify::Arguments),
    /// Measures the hot paths on this machine.
    #[command(after_help = "Examples:\n  tandem bench engine\n  tandem bench ingest --json")]
    Bench(bench::Arguments),
    /// Prints the description of the HTTP API.
    #[command(after_help = "Example:\n  tandem openapi > docs/openapi.json")]
    Openapi,
    /// Simulates a contact center in virtual time, with faults.
    Simulate(simulate::Arguments),
    /// Shows what settings files would change; changes nothing.
    #[command(after_help = settings::PLAN_HELP)]
    Plan(settings::PlanArguments),
    /// Makes settings files so, as a whole or not at all.
    #[command(after_help = settings::APPLY_HELP)]
    Apply(settings::ApplyArguments),
    /// Writes the settings of a running contact center as files.
    #[command(after_help = settings::EXPORT_HELP)]
    Export(settings::ExportArguments),
}

#[derive(Args)]
struct DemoArguments {
    /// Where everything is kept; a fresh folder when left out.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where browsers find it.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8060")]
    listen: SocketAddr,
    /// Chance: the same seed, the same people.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(run(command));
            // What is left runs on no longer than it takes to notice.
            runtime.shutdown_timeout(std::time::Duration::from_millis(500));
            outcome
        }
        Err(error) => Err(error.into()),
    };
    outcome::exit(outcome)
}

async fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Demo(DemoArguments { data, listen, seed }) => {
            demo::run(demo::Options { data, listen, seed })
                .await
                .map(|()| Outcome::Done)
        }
        Command::Init(arguments) => init::run(arguments).await,
        Command::Serve(arguments) => serve::run(arguments).await,
        Command::Check(arguments) => check::run(arguments).await,
        Command::Emulator(arguments) => emulator::run(arguments).await,
        Command::Replay(arguments) => replay::run(arguments).await,
        Command::ImportCalls(arguments) => import_calls::run(arguments).await,
        Command::Backup(arguments) => backup::run(arguments).await,
        Command::Restore(arguments) => restore::run(arguments).await,
        Command::Verify(arguments) => verify::run(arguments).await,
        Command::Bench(arguments) => bench::run(&arguments).await.map(|()| Outcome::Done),
        Command::Openapi => outcome::print(&tandem_server::api::openapi()),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Plan(arguments) => settings::plan(&arguments).await,
        Command::Apply(arguments) => settings::apply(&arguments).await,
        Command::Export(arguments) => settings::export(&arguments).await,
    }
}
