//! The browser tests: a demo of its own, Chromium driven by Playwright, then the demo's own end and journal.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::node::Node;
use crate::peers;
use crate::process::{self, Background};
use crate::report::{self, Report};
use crate::suite::{self, Part};
use crate::tally::{Runner, Tally};
use crate::tree::Tree;

const READY_TIME_LIMIT: Duration = Duration::from_secs(60);
const TESTS_TIME_LIMIT: Duration = Duration::from_secs(25 * 60);
const REPLAY_TIME_LIMIT: Duration = Duration::from_secs(2 * 60);
/// What `tandem serve` and `tandem demo` promise after SIGTERM.
const DRAIN_TIME_LIMIT: Duration = Duration::from_secs(10);

/// Which files of `web/e2e` are run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Files {
    /// The tests. The ones that make pictures write into the tree, so they are left out.
    Tests,
    /// The pictures for the documents.
    Screenshots,
}

/// What `tandem demo` writes when it is ready.
struct Ready {
    url: String,
    emulator: String,
    /// A file with who may sign in.
    sign_ins: PathBuf,
}

/// `cargo xtask screenshots`: the pictures in docs/screenshots, from a running demo.
pub(crate) fn screenshots() -> Result<()> {
    let tree = Tree::find()?;
    let mut report = Report::new(&tree);
    let mut ground = suite::set_up(&mut report, &tree, Part::Browser);
    ground.build(&mut report, &tree, Part::Browser);
    if ground.serves_browser() {
        with_demo(&mut report, &tree, Files::Screenshots);
    }
    report.close()
}

pub(crate) fn run(report: &mut Report<'_>, tree: &Tree) {
    with_demo(report, tree, Files::Tests);
}

fn with_demo(report: &mut Report<'_>, tree: &Tree, files: Files) {
    let mut demo = None;
    let is_ready = report.check("a demo for the browser starts", || {
        demo = Some(start(tree)?);
        Ok(Tally::one(true))
    });
    let Some((mut demo, ready)) = demo.filter(|_| is_ready) else {
        report.not_run("browser tests", "there is no demo to look at");
        return;
    };
    match playwright(tree, &ready, files) {
        Ok(mut command) => {
            report.run(
                "browser tests",
                Runner::Playwright,
                TESTS_TIME_LIMIT,
                &mut command,
            );
        }
        Err(error) => report.not_run("browser tests", &format!("{error:#}")),
    }
    report.check(
        "the demo ends within 10 s of SIGTERM, without an error in its log",
        || {
            end(&mut demo, &log(tree))?;
            Ok(Tally::one(true))
        },
    );
    report.run(
        "replaying the demo's journal gives the same events",
        Runner::One,
        REPLAY_TIME_LIMIT,
        process::command(tree.tandem("debug"))
            .arg("replay")
            .arg(data(tree)),
    );
}

fn data(tree: &Tree) -> PathBuf {
    tree.scratch("browser-demo")
}

fn log(tree: &Tree) -> PathBuf {
    tree.scratch("log/browser-demo.log")
}

fn start(tree: &Tree) -> Result<(Background, Ready)> {
    let data = report::fresh_directory(tree, "browser-demo")?;
    let log = log(tree);
    let mut command = process::command(tree.tandem("debug"));
    command
        .current_dir(&tree.root)
        .env("NO_COLOR", "1")
        .arg("demo")
        .arg("--data")
        .arg(&data)
        .args(["--listen", "127.0.0.1:0"]);
    let mut demo = Background::start(&mut command, &log)?;
    let file = data.join("demo.json");
    let ready = process::wait_until(READY_TIME_LIMIT, || {
        if let Some(status) = demo.has_ended()? {
            bail!(
                "{}\nthe demo ended before it was ready: {status}",
                text(&log)
            );
        }
        // A file that is being written reads as no JSON: look again.
        Ok(fs::read_to_string(&file)
            .ok()
            .and_then(|text| serde_json::from_str::<Value>(&text).ok()))
    })?;
    let Some(ready) = ready else {
        bail!(
            "{}\nno {} within {} s",
            text(&log),
            file.display(),
            READY_TIME_LIMIT.as_secs()
        );
    };
    let field = |name: &str| {
        ready[name]
            .as_str()
            .map(str::to_owned)
            .with_context(|| format!("demo.json has no \"{name}\""))
    };
    let sign_ins = data.join("sign-ins.json");
    fs::write(&sign_ins, ready["sign_ins"].to_string())?;
    let ready = Ready {
        url: field("url")?,
        emulator: field("emulator")?,
        sign_ins,
    };
    Ok((demo, ready))
}

fn playwright(tree: &Tree, ready: &Ready, files: Files) -> Result<Command> {
    let node = Node::find()?;
    let chromium = peers::chromium().context("there is no Chromium")?;
    // Playwright's own file instead of npx: one process less between us and the browsers it has to end.
    let mut command = process::command(node.program);
    command
        .current_dir(tree.web())
        .args(["node_modules/@playwright/test/cli.js", "test"])
        .env("NO_COLOR", "1")
        .env("CI", "1")
        .env("TANDEM_URL", &ready.url)
        .env("TANDEM_EMULATOR", &ready.emulator)
        .env("TANDEM_BIN", tree.tandem("debug"))
        .env("TANDEM_SIGN_INS", &ready.sign_ins)
        .env("CHROMIUM", chromium);
    if files == Files::Screenshots {
        command.arg("screenshots").env("UPDATE_SCREENSHOTS", "1");
    }
    Ok(command)
}

fn end(demo: &mut Background, log: &Path) -> Result<()> {
    if let Some(status) = demo.has_ended()? {
        bail!("{}\nthe demo ended by itself: {status}", text(log));
    }
    let asked = Instant::now();
    let Some(status) = demo.end(DRAIN_TIME_LIMIT)? else {
        bail!(
            "{}\nthe demo had to be killed after {} s",
            text(log),
            asked.elapsed().as_secs()
        );
    };
    if !status.success() {
        bail!("{}\nthe demo ended with {status}", text(log));
    }
    let text = text(log);
    let errors: Vec<&str> = text
        .lines()
        .filter(|line| is_error(line))
        .take(20)
        .collect();
    if !errors.is_empty() {
        bail!("{}\nthe demo logged errors", errors.join("\n"));
    }
    Ok(())
}

fn is_error(line: &str) -> bool {
    line.contains("\"level\":\"ERROR\"")
        || line.split_whitespace().take(3).any(|word| word == "ERROR")
}

fn text(log: &Path) -> String {
    fs::read(log).map_or_else(
        |error| format!("cannot read {}: {error}", log.display()),
        |bytes| String::from_utf8_lossy(&bytes).into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_is_seen_in_both_log_formats() {
        assert!(is_error(
            "2026-01-01T00:00:00Z ERROR tandem_server: store is gone"
        ));
        assert!(is_error(r#"{"ts":"2026","level":"ERROR","message":"x"}"#));
        assert!(!is_error(
            "2026-01-01T00:00:00Z  INFO tandem: no ERROR so far and more"
        ));
    }
}
