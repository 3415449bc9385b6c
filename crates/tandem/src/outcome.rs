//! How a command ends: its exit code, and the one place that writes for people.

use std::io::Write;
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// As it should.
    Done,
    /// It has said why.
    Failed,
    /// It was asked what would change, and something would.
    WouldChange,
}

/// Writes to standard output.
pub(crate) fn print(text: &str) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(Outcome::Done),
        other => Ok(other.map(|()| Outcome::Done)?),
    }
}

/// Writes a line to standard output.
pub(crate) fn line(text: &str) -> anyhow::Result<Outcome> {
    print(&format!("{text}\n"))
}

/// The exit code; an error is told with everything behind it.
pub(crate) fn exit(outcome: anyhow::Result<Outcome>) -> ExitCode {
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::from(1),
        Ok(Outcome::WouldChange) => ExitCode::from(3),
        Err(error) => {
            // Without standard error there is nobody to tell.
            drop(writeln!(std::io::stderr(), "tandem: {error:#}"));
            ExitCode::from(1)
        }
    }
}
