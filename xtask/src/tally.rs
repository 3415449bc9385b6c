//! Reads the test runners' closing lines, so that the closing line of a whole run counts tests, not steps.

/// How many passed and failed. A skipped test counts as failed: a missing peer must not look like a pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

#[derive(Clone, Copy)]
pub(crate) enum Runner {
    /// A step that is itself one check.
    One,
    Cargo,
    Nextest,
    Vitest,
    Unittest,
    /// Node's own test runner with its `spec` reporter.
    Node,
    Playwright,
}

impl Tally {
    pub(crate) fn one(is_success: bool) -> Self {
        Self {
            passed: u64::from(is_success),
            failed: u64::from(!is_success),
        }
    }

    /// What the runner reported; at least one failure when it ended badly, and when it ran no test at all.
    pub(crate) fn read(runner: Runner, output: &str, is_success: bool) -> Self {
        if matches!(runner, Runner::One) {
            return Self::one(is_success);
        }
        let mut tally = Self::default();
        for line in output
            .lines()
            .map(str::trim)
            .filter(|line| runner.closes_with(line))
        {
            tally.add(line);
        }
        match runner {
            Runner::Unittest => tally.read_unittest(output),
            Runner::Node => tally.read_node(output),
            Runner::One | Runner::Cargo | Runner::Nextest | Runner::Vitest | Runner::Playwright => {
            }
        }
        if tally.failed == 0 && (!is_success || tally.passed == 0) {
            tally.failed = 1;
        }
        tally
    }

    /// Python's unittest counts what ran on one line and what went wrong as `word=number` on another.
    fn read_unittest(&mut self, output: &str) {
        for line in output.lines() {
            let Some(rest) = line.strip_prefix("Ran ") else {
                continue;
            };
            let n_ran = rest
                .split(' ')
                .next()
                .and_then(|number| number.parse::<u64>().ok());
            self.passed += n_ran.unwrap_or(0);
        }
        for line in output
            .lines()
            .filter(|line| line.starts_with("FAILED (") || line.starts_with("OK ("))
        {
            let numbers = line
                .split(['=', ',', ')'])
                .filter_map(|part| part.trim().parse::<u64>().ok());
            self.failed += numbers.sum::<u64>();
        }
        self.passed = self.passed.saturating_sub(self.failed);
    }

    /// Node writes the word before the number: `ℹ pass 3`.
    fn read_node(&mut self, output: &str) {
        for line in output.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let ["ℹ", word, number] = words[..] else {
                continue;
            };
            let number = number.parse().unwrap_or(0);
            match word {
                "pass" => self.passed += number,
                "fail" | "cancelled" | "skipped" | "todo" => self.failed += number,
                _ => {}
            }
        }
    }

    fn add(&mut self, line: &str) {
        let words: Vec<&str> = line
            .split(|c: char| c.is_whitespace() || ",;|()=".contains(c))
            .filter(|word| !word.is_empty())
            .collect();
        for pair in words.windows(2) {
            let (Ok(number), word) = (pair[0].parse::<u64>(), pair[1]) else {
                continue;
            };
            match word {
                "passed" => self.passed += number,
                "failed" | "skipped" | "ignored" | "flaky" | "interrupted" | "did" | "error"
                | "errors" | "timed" | "todo" => self.failed += number,
                _ => {}
            }
        }
    }
}

impl Runner {
    fn closes_with(self, line: &str) -> bool {
        match self {
            Self::One | Self::Unittest | Self::Node => false,
            Self::Cargo => line.starts_with("test result:"),
            Self::Nextest => line.starts_with("Summary [") && line.contains(" run:"),
            Self::Vitest => line.starts_with("Tests "),
            Self::Playwright => line.split_whitespace().nth(1).is_some_and(|word| {
                ["passed", "failed", "skipped", "flaky", "interrupted", "did"].contains(&word)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(runner: Runner, output: &str, is_success: bool, passed: u64, failed: u64) {
        assert_eq!(
            Tally::read(runner, output, is_success),
            Tally { passed, failed },
            "{output}"
        );
    }

    #[test]
    fn closing_lines_of_every_runner_are_read() {
        check(
            Runner::Nextest,
            "     Summary [   0.005s] 5 tests run: 3 passed (1 slow), 2 failed, 0 skipped\n",
            false,
            3,
            2,
        );
        check(
            Runner::Cargo,
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured\ntest result: ok. 4 passed; 0 failed",
            true,
            7,
            0,
        );
        check(
            Runner::Vitest,
            " Test Files  2 passed (2)\n      Tests  1 failed | 11 passed (12)\n",
            false,
            11,
            1,
        );
        check(
            Runner::Unittest,
            "......\nRan 6 tests in 3.210s\n\nFAILED (failures=1)",
            false,
            5,
            1,
        );
        check(
            Runner::Node,
            "✔ a call is answered (1.5ms)\nℹ tests 4\nℹ suites 1\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\nℹ duration_ms 12.5\n",
            false,
            3,
            1,
        );
        check(
            Runner::Playwright,
            "  1 failed\n  [chromium] a.spec.ts\n  7 passed (10.1s)",
            false,
            7,
            1,
        );
    }

    #[test]
    fn skipped_test_counts_as_failed() {
        check(
            Runner::Unittest,
            "Ran 6 tests in 0.1s\n\nOK (skipped=2)",
            true,
            4,
            2,
        );
        check(
            Runner::Playwright,
            "  2 skipped\n  5 passed (3s)",
            true,
            5,
            2,
        );
    }

    #[test]
    fn runner_that_ran_nothing_is_a_failure() {
        check(Runner::Nextest, "no tests to run", true, 0, 1);
        check(Runner::Vitest, "crashed", false, 0, 1);
    }
}
