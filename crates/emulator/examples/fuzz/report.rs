//! What was run, what came of it, and the watch over inputs that panic or do not come back.

use crate::options::{Options, Target};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

/// How often the watch looks, and how often it says how far the run has come.
const LOOK: Duration = Duration::from_millis(200);
const SAY: Duration = Duration::from_secs(30);

thread_local! {
    /// The input that this thread runs: what a panic is told with.
    static RUNNING: RefCell<(u64, Vec<u8>)> = const { RefCell::new((0, Vec::new())) };
}

#[derive(Debug)]
pub(crate) struct Report {
    target: Target,
    seed: u64,
    inputs: u64,
    elapsed: Duration,
    slowest: (Duration, u64),
    answered: BTreeMap<(&'static str, u16), u64>,
}

impl Report {
    pub(crate) const fn new(target: Target, options: &Options) -> Self {
        Self {
            target,
            seed: options.seed,
            inputs: 0,
            elapsed: Duration::ZERO,
            slowest: (Duration::ZERO, 0),
            answered: BTreeMap::new(),
        }
    }

    pub(crate) fn count(&mut self, number: u64, took: Duration, answered: &[(&'static str, u16)]) {
        self.inputs += 1;
        self.slowest = self.slowest.max((took, number));
        for answer in answered {
            *self.answered.entry(*answer).or_default() += 1;
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.inputs += other.inputs;
        self.slowest = self.slowest.max(other.slowest);
        for (answer, n) in other.answered {
            *self.answered.entry(answer).or_default() += n;
        }
    }

    pub(crate) const fn within(mut self, elapsed: Duration) -> Self {
        self.elapsed = elapsed;
        self
    }

    pub(crate) fn print(&self) {
        let mut by_status: BTreeMap<u16, u64> = BTreeMap::new();
        let mut reached: BTreeMap<&str, bool> = BTreeMap::new();
        for ((operation, status), n) in &self.answered {
            *by_status.entry(*status).or_default() += n;
            *reached.entry(operation).or_default() |= *status < 400;
        }
        let n_done = reached.values().filter(|done| **done).count();
        let refused: Vec<&str> = reached
            .iter()
            .filter_map(|(operation, done)| (!done).then_some(*operation))
            .collect();
        let (slowest, number) = self.slowest;
        let mut out = std::io::stdout().lock();
        let (name, seed) = (self.target.flag(), self.seed);
        writeln!(
            out,
            "{name}: {} inputs with seed {seed} in {:.0} s, {:.0} a second, without a panic or a hang\n\
             slowest: input {number}, {:.1} ms\n\
             answers by status: {by_status:?}\n\
             {n_done} of {} operations answered with success; never: {}",
            self.inputs,
            self.elapsed.as_secs_f64(),
            self.inputs as f64 / self.elapsed.as_secs_f64().max(0.001),
            slowest.as_secs_f64() * 1000.0,
            reached.len(),
            refused.join(", "),
        )
        .ok();
    }
}

/// Gives inputs out, and looks after those that run.
pub(crate) struct Watch {
    target: Target,
    seed: u64,
    begin: Instant,
    next: AtomicU64,
    until: u64,
    limit: Duration,
    artifacts: PathBuf,
    /// What each thread runs.
    running: Mutex<BTreeMap<String, Running>>,
}

struct Running {
    number: u64,
    since: Instant,
    input: Vec<u8>,
}

impl Watch {
    pub(crate) fn new(target: Target, options: &Options, artifacts: &Path) -> Self {
        Self {
            target,
            seed: options.seed,
            begin: Instant::now(),
            next: AtomicU64::new(options.first),
            until: options.first.saturating_add(options.inputs),
            limit: Duration::from_secs(options.seconds_max),
            artifacts: artifacts.join(target.corpus()),
            running: Mutex::new(BTreeMap::new()),
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.begin.elapsed()
    }

    pub(crate) fn next_batch(&self, n: u64) -> Option<Range<u64>> {
        let from = self.next.fetch_add(n, Ordering::Relaxed);
        (from < self.until).then(|| from..from.saturating_add(n).min(self.until))
    }

    pub(crate) fn begins(&self, number: u64, input: &[u8]) {
        RUNNING.with_borrow_mut(|running| {
            running.0 = number;
            running.1.clear();
            running.1.extend_from_slice(input);
        });
        if let Ok(mut running) = self.running.lock() {
            let begun = Running {
                number,
                since: Instant::now(),
                input: input.to_vec(),
            };
            running.insert(thread_name(), begun);
        }
    }

    /// This thread has nothing more to do.
    pub(crate) fn ends(&self) {
        if let Ok(mut running) = self.running.lock() {
            running.remove(&thread_name());
        }
    }

    /// A panic ends the process, and says which input it was.
    pub(crate) fn tell_of_panics(&self) {
        let (target, seed, artifacts) = (self.target, self.seed, self.artifacts.clone());
        std::panic::set_hook(Box::new(move |panic| {
            let (number, input) = RUNNING.with_borrow(Clone::clone);
            let what = format!("input {number} of seed {seed} panics: {panic}");
            tell(&what, target, seed, number, &artifacts, &input);
            std::process::exit(1);
        }));
    }

    /// Until every worker is done. An input that does not come back ends the process.
    pub(crate) fn until_done<T>(&self, workers: &[ScopedJoinHandle<'_, T>]) {
        let mut said = Instant::now();
        while workers.iter().any(|worker| !worker.is_finished()) {
            // poll: until the workers have finished
            std::thread::sleep(LOOK);
            self.look();
            if said.elapsed() >= SAY {
                said = Instant::now();
                let given = self.next.load(Ordering::Relaxed).min(self.until);
                let seconds = self.elapsed().as_secs();
                writeln!(
                    std::io::stderr(),
                    "{}: at input {given} of {} after {seconds} s",
                    self.target.flag(),
                    self.until
                )
                .ok();
            }
        }
    }

    fn look(&self) {
        let Ok(running) = self.running.lock() else {
            return;
        };
        for one in running.values() {
            if one.since.elapsed() > self.limit {
                let (seed, seconds, number) = (self.seed, self.limit.as_secs(), one.number);
                let what =
                    format!("input {number} of seed {seed} has not come back after {seconds} s");
                tell(
                    &what,
                    self.target,
                    seed,
                    number,
                    &self.artifacts,
                    &one.input,
                );
                std::process::exit(1);
            }
        }
    }
}

fn thread_name() -> String {
    format!("{:?}", std::thread::current().id())
}

/// Says what happened and how to see it again, and keeps the input.
fn tell(what: &str, target: Target, seed: u64, number: u64, artifacts: &Path, input: &[u8]) {
    let path = artifacts.join(format!("seed-{seed}-input-{number}"));
    let kept = std::fs::create_dir_all(artifacts).and_then(|()| std::fs::write(&path, input));
    let kept = match kept {
        Ok(()) => format!("it is kept as {}", path.display()),
        Err(error) => format!("it cannot be kept: {error}"),
    };
    let flag = target.flag();
    writeln!(
        std::io::stderr(),
        "{what}\n{kept}\nagain: --target {flag} --seed {seed} --first {number} --inputs 1"
    )
    .ok();
}
