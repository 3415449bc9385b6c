//! Fuzzing of the emulator's doors without a fuzzer: inputs are mutations of the corpora in `fuzz/corpus`, made from a
//! seed, on a stable compiler. Each input is made of the seed and its number alone, so that one that fails can be run again.
//!
//! ```text
//! cargo run --release --package tandem-emulator --example fuzz -- --inputs 10000000
//! cargo run --release --package tandem-emulator --example fuzz -- --target socket --seed 7 --first 1234 --inputs 1
//! ```
//!
//! It ends with 0 when every input came back in time, and with 1 at the first panic or hang; the input is then written to
//! `fuzz/artifacts`, from where it goes into the corpus with its fix.

mod chance;
mod dictionary;
mod mutation;
mod options;
mod report;
mod sockets;

use chance::Chance;
use dictionary::Dictionary;
use options::{Options, Target};
use report::{Report, Watch};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use tandem_emulator::door::Door;

/// Inputs that a worker takes at a time.
const BATCH: u64 = 64;

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(text) => {
            writeln!(std::io::stderr(), "{text}").ok();
            return ExitCode::from(2);
        }
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    for target in options.targets() {
        let corpus = match read_corpus(&root, *target) {
            Ok(corpus) => corpus,
            Err(error) => {
                writeln!(std::io::stderr(), "the corpus cannot be read: {error}").ok();
                return ExitCode::from(2);
            }
        };
        let report = run(*target, &options, &corpus, &root.join("artifacts"));
        report.print();
    }
    ExitCode::SUCCESS
}

/// The files of a corpus, in the order of their names: an input depends on it.
fn read_corpus(root: &Path, target: Target) -> std::io::Result<Vec<Vec<u8>>> {
    let folder = root.join("corpus").join(target.corpus());
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    paths.into_iter().map(std::fs::read).collect()
}

/// Runs the inputs over the threads. A panic or a hang ends the process.
fn run(target: Target, options: &Options, corpus: &[Vec<u8>], artifacts: &Path) -> Report {
    let dictionary = Dictionary::new(corpus);
    let watch = Watch::new(target, options, artifacts);
    watch.tell_of_panics();
    let report = std::thread::scope(|scope| {
        let worker = |_| scope.spawn(|| work(target, options, corpus, &dictionary, &watch));
        let workers: Vec<_> = (0..options.threads).map(worker).collect();
        watch.until_done(&workers);
        let mut all = Report::new(target, options);
        for worker in workers {
            // A worker that panics has ended the process by the hook.
            if let Ok(part) = worker.join() {
                all.add(part);
            }
        }
        all
    });
    report.within(watch.elapsed())
}

fn work(
    target: Target,
    options: &Options,
    corpus: &[Vec<u8>],
    dictionary: &Dictionary,
    watch: &Watch,
) -> Report {
    let mut report = Report::new(target, options);
    // Keys and an empty world are there before the first input is looked after.
    drop(Door::default());
    while let Some(batch) = watch.next_batch(BATCH) {
        for number in batch {
            let mut chance = Chance::of(options.seed, number);
            let input = match target {
                Target::Requests => mutation::requests(&mut chance, corpus, dictionary),
                Target::Socket => sockets::bytes(&mut chance, corpus, dictionary),
            };
            let begin = Instant::now();
            watch.begins(number, &input);
            let mut door = Door::default();
            match target {
                Target::Requests => door.run(&input),
                Target::Socket => door.run_socket(&input),
            }
            report.count(number, begin.elapsed(), door.answered_anew());
        }
    }
    watch.ends();
    report
}
