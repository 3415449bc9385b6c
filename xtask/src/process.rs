//! Child processes: run one to its end with its output in a log, or keep one in the background.
//! No child outlives this program: the kernel ends it when its parent is gone, and a guard ends it before.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

const POLL: Duration = Duration::from_millis(20);
const GRACE: Duration = Duration::from_secs(10);

/// A command whose process gets SIGTERM when this program dies, whatever it dies of.
/// `setpriv` (util-linux) asks the kernel for that; without it a child ends by the guards below alone.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    static SETPRIV: OnceLock<bool> = OnceLock::new();
    let has_setpriv = *SETPRIV.get_or_init(|| {
        Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "true"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    });
    let mut command = if has_setpriv {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.stdin(Stdio::null());
    command
}

/// The first program of this name on the PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|candidate| candidate.is_file())
}

/// Standard output of a short command that must succeed.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        bail!(
            "{command:?} failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("{command:?} wrote no text"))
}

/// What a finished child left behind.
pub(crate) struct Finished {
    pub(crate) is_success: bool,
    pub(crate) output: String,
    pub(crate) ending: String,
}

/// Runs to the end, both streams into `log`; ends the child at the deadline.
pub(crate) fn run_logged(
    command: &mut Command,
    log: &Path,
    time_limit: Duration,
) -> Result<Finished> {
    let mut background = Background::start(command, log)?;
    let ending = match background.wait(time_limit)? {
        Some(status) => return finished(status.success(), status.to_string(), log),
        None => format!("ended after its time limit of {} s", time_limit.as_secs()),
    };
    background.end(GRACE)?;
    finished(false, ending, log)
}

fn finished(is_success: bool, ending: String, log: &Path) -> Result<Finished> {
    let bytes = fs::read(log).with_context(|| format!("cannot read {}", log.display()))?;
    Ok(Finished {
        is_success,
        output: String::from_utf8_lossy(&bytes).into_owned(),
        ending,
    })
}

/// A child that runs beside us, ended when this value goes away.
pub(crate) struct Background {
    child: Child,
}

impl Background {
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        if let Some(parent) = log.parent() {
            fs::create_dir_all(parent)?;
        }
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let child = command
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        Ok(Self { child })
    }

    pub(crate) fn has_ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits until it has ended; None when it has not by then.
    pub(crate) fn wait(&mut self, time_limit: Duration) -> Result<Option<ExitStatus>> {
        let deadline = Instant::now() + time_limit;
        loop {
            if let Some(status) = self.has_ended()? {
                return Ok(Some(status));
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            thread::sleep(POLL);
        }
    }

    /// SIGTERM, then SIGKILL after `grace`. The exit status, or None if it had to be killed.
    pub(crate) fn end(&mut self, grace: Duration) -> Result<Option<ExitStatus>> {
        if let Some(status) = self.has_ended()? {
            return Ok(Some(status));
        }
        Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .context("cannot start kill")?;
        if let Some(status) = self.wait(grace)? {
            return Ok(Some(status));
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(None)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // Nothing is left to tell when even the kill fails: the process is gone already.
        drop(self.end(GRACE));
    }
}

/// Waits until `look` finds something, at most `time_limit`.
pub(crate) fn wait_until<T>(
    time_limit: Duration,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<Option<T>> {
    let deadline = Instant::now() + time_limit;
    loop {
        if let Some(found) = look()? {
            return Ok(Some(found));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(POLL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("tandem-xtask-{}-{name}.log", std::process::id()))
    }

    #[test]
    fn output_and_ending_of_a_failing_command_are_kept() {
        let log = scratch("failing");
        let mut shell = command("sh");
        shell.args(["-c", "echo said; echo also >&2; exit 3"]);
        let finished = run_logged(&mut shell, &log, Duration::from_secs(30)).unwrap();
        assert!(!finished.is_success);
        assert!(finished.output.contains("said") && finished.output.contains("also"));
        assert!(finished.ending.contains('3'), "{}", finished.ending);
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn command_over_its_time_limit_is_ended() {
        let log = scratch("limit");
        let mut shell = command("sh");
        shell.args(["-c", "exec tail -f /dev/null"]);
        let finished = run_logged(&mut shell, &log, Duration::from_millis(50)).unwrap();
        assert!(!finished.is_success);
        assert!(finished.ending.contains("time limit"));
        fs::remove_file(log).unwrap();
    }
}
