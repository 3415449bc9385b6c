//! `SIPp` as the other side: one call by a scenario of the project, with a deadline. Its media is the test's own socket.

use super::sound::{Mouth, Voice};
use crate::wait::PATIENCE;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// What a scenario does, and with what.
pub(super) struct Call {
    scenario: &'static str,
    /// What `STATUS` in the scenario stands for: `SIPp` takes no key there.
    status: u16,
}

impl Call {
    const fn plain(scenario: &'static str) -> Self {
        Self {
            scenario,
            status: 200,
        }
    }

    /// Calls, and stays until the other side hangs up.
    pub(super) const fn caller() -> Self {
        Self::plain("caller.xml")
    }

    /// Calls, and hangs up after three seconds.
    pub(super) const fn caller_who_hangs_up() -> Self {
        Self::plain("caller_who_hangs_up.xml")
    }

    /// Calls, and is refused: there is no such number.
    pub(super) const fn caller_of_nobody() -> Self {
        Self::plain("caller_refused.xml")
    }

    /// Rings, answers, and stays until the other side hangs up.
    pub(super) const fn agent() -> Self {
        Self::plain("agent.xml")
    }

    /// Refuses with this status.
    pub(super) const fn refusing(status: u16) -> Self {
        Self {
            scenario: "agent_refusing.xml",
            status,
        }
    }
}

/// A running `SIPp`; ended with the test.
pub(super) struct Sipp {
    child: Child,
    folder: TempDir,
    voice: Option<Voice>,
}

impl Sipp {
    pub(super) fn calling(call: &Call, number: &str, to: SocketAddr, voice: &Voice) -> Self {
        let media = voice.port().to_string();
        let remote = to.to_string();
        let own = [
            "-m",
            "1",
            "-s",
            number,
            "-key",
            "caller",
            super::trunk::CALLER,
        ];
        let mut arguments: Vec<&str> = vec![remote.as_str()];
        arguments.extend(own);
        arguments.extend(["-key", "media", media.as_str()]);
        Self::with(call, &arguments)
    }

    /// Waits for one call at this address.
    pub(super) async fn answering(call: &Call, at: SocketAddr) -> Self {
        let voice = Voice::new(Mouth::Silence).await;
        let (media, port) = (voice.port().to_string(), at.port().to_string());
        let arguments = [
            "-m",
            "1",
            "-p",
            port.as_str(),
            "-key",
            "media",
            media.as_str(),
        ];
        let mut sipp = Self::with(call, &arguments);
        sipp.voice = Some(voice);
        sipp
    }

    /// A scenario that goes on for ever.
    pub(super) fn run(scenario: &'static str, at: SocketAddr, keys: &[&str]) -> Self {
        let port = at.port().to_string();
        let mut arguments = vec!["-p", port.as_str()];
        arguments.extend(keys);
        Self::with(&Call::plain(scenario), &arguments)
    }

    fn with(call: &Call, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let written = folder.path().join(call.scenario);
        let text = std::fs::read_to_string(scenario(call.scenario)).unwrap();
        std::fs::write(&written, text.replace("STATUS", &call.status.to_string())).unwrap();
        let mut command = Command::new("sipp");
        command.arg("-sf").arg(written);
        command.args([
            "-i",
            "127.0.0.1",
            "-nostdin",
            "-trace_err",
            "-timeout",
            "60",
        ]);
        command.args(arguments).current_dir(folder.path());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.kill_on_drop(true).spawn();
        Self {
            child: child.expect("SIPp is installed: apt-get install sip-tester"),
            folder,
            voice: None,
        }
    }

    /// Whoever is at the phone.
    pub(super) fn voice(&self) -> Voice {
        self.voice.as_ref().unwrap().clone()
    }

    /// Waits until its call is over, as the scenario says that it should be.
    pub(super) async fn ended(mut self) {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = ended.expect("the call is over in time").unwrap();
        assert!(status.success(), "{status}: {}", errors(self.folder.path()));
    }
}

fn scenario(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("end_to_end/testdata/sipp");
    folder.join(name)
}

/// What `SIPp` wrote about what it did not expect.
fn errors(folder: &Path) -> String {
    let files = std::fs::read_dir(folder).unwrap();
    let texts = files.map(|it| std::fs::read_to_string(it.unwrap().path()).unwrap_or_default());
    texts.collect()
}
