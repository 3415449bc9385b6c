//! One run of many steps: a progress line per step, the output of a failing one, and the closing line.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::process;
use crate::tally::{Runner, Tally};
use crate::tree::Tree;

/// Longer outputs of a failing step are cut to their end; the whole stands in the log.
const SHOWN_LINES_MAX: usize = 400;

pub(crate) struct Report<'a> {
    tree: &'a Tree,
    tally: Tally,
    failed_steps: Vec<String>,
    n_steps: usize,
    started: Instant,
}

impl<'a> Report<'a> {
    pub(crate) fn new(tree: &'a Tree) -> Self {
        Self {
            tree,
            tally: Tally::default(),
            failed_steps: Vec::new(),
            n_steps: 0,
            started: Instant::now(),
        }
    }

    /// Runs a command as a step; true if it succeeded.
    pub(crate) fn run(
        &mut self,
        name: &str,
        runner: Runner,
        time_limit: Duration,
        command: &mut Command,
    ) -> bool {
        println!("... {name}");
        let started = Instant::now();
        self.n_steps += 1;
        let log = self.tree.scratch(&format!(
            "log/{:02}-{}.log",
            self.n_steps,
            name.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
        ));
        let finished = match process::run_logged(command, &log, time_limit) {
            Ok(finished) => finished,
            Err(error) => {
                self.failed(name, Tally::one(false), &format!("{error:#}"), started);
                return false;
            }
        };
        let tally = Tally::read(runner, &finished.output, finished.is_success);
        if tally.failed == 0 {
            self.passed(name, tally, started);
            return true;
        }
        let shown = format!(
            "{}\n    {} (all of it: {})",
            last_lines(&finished.output),
            finished.ending,
            log.display()
        );
        self.failed(name, tally, &shown, started);
        false
    }

    /// A step done in this process: its closing words, or why it failed.
    pub(crate) fn check(&mut self, name: &str, step: impl FnOnce() -> Result<Tally>) -> bool {
        println!("... {name}");
        let started = Instant::now();
        match step() {
            Ok(tally) => {
                self.passed(name, tally, started);
                true
            }
            Err(error) => {
                self.failed(name, Tally::one(false), &format!("{error:#}"), started);
                false
            }
        }
    }

    /// A step that could not start because an earlier one failed.
    pub(crate) fn not_run(&mut self, name: &str, because: &str) {
        self.failed(
            name,
            Tally::one(false),
            &format!("not run: {because}"),
            Instant::now(),
        );
    }

    fn passed(&mut self, name: &str, tally: Tally, started: Instant) {
        self.tally.passed += tally.passed;
        println!(
            "ok  {name}: {} passed, {:.1} s",
            tally.passed,
            started.elapsed().as_secs_f64()
        );
    }

    fn failed(&mut self, name: &str, tally: Tally, why: &str, started: Instant) {
        self.tally.passed += tally.passed;
        self.tally.failed += tally.failed;
        self.failed_steps.push(name.to_owned());
        println!(
            "{why}\nBAD {name}: {} passed, {} failed, {:.1} s",
            tally.passed,
            tally.failed,
            started.elapsed().as_secs_f64()
        );
    }

    /// The closing line, and an error if anything failed.
    pub(crate) fn close(self) -> Result<()> {
        println!("in {:.0} s", self.started.elapsed().as_secs_f64());
        println!("{} passed, {} failed", self.tally.passed, self.tally.failed);
        if self.tally.failed == 0 {
            return Ok(());
        }
        bail!("failed: {}", self.failed_steps.join("; "));
    }
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(SHOWN_LINES_MAX);
    lines[from..].join("\n")
}

/// An empty directory of this name below the scratch directory.
pub(crate) fn fresh_directory(tree: &Tree, name: &str) -> Result<std::path::PathBuf> {
    let path = tree.scratch(name);
    if path.exists() {
        fs::remove_dir_all(&path)?;
    }
    fs::create_dir_all(&path)?;
    Ok(path)
}
