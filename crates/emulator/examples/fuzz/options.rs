//! What the command line says.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Requests,
    Socket,
}

impl Target {
    pub(crate) const fn corpus(self) -> &'static str {
        match self {
            Self::Requests => "emulator_requests",
            Self::Socket => "emulator_socket",
        }
    }

    pub(crate) const fn flag(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Socket => "socket",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) inputs: u64,
    pub(crate) seed: u64,
    pub(crate) first: u64,
    pub(crate) threads: usize,
    /// An input that takes longer hangs.
    pub(crate) seconds_max: u64,
    target: Option<Target>,
}

const USAGE: &str = "--target requests|socket (both without it), --inputs N (of each target), --seed N, --first N, --threads N, --seconds-max N";

impl Options {
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            inputs: 100_000,
            seed: 1,
            first: 0,
            threads: 1,
            seconds_max: 30,
            target: None,
        };
        let mut arguments = arguments;
        while let Some(flag) = arguments.next() {
            let value = arguments.next().unwrap_or_default();
            let number = || {
                let wrong =
                    |error: std::num::ParseIntError| format!("{flag} {value}: {error}; {USAGE}");
                value.parse::<u64>().map_err(wrong)
            };
            match flag.as_str() {
                "--inputs" => options.inputs = number()?,
                "--seed" => options.seed = number()?,
                "--first" => options.first = number()?,
                "--threads" => options.threads = usize::try_from(number()?.max(1)).unwrap_or(1),
                "--seconds-max" => options.seconds_max = number()?.max(1),
                "--target" if value == "requests" => options.target = Some(Target::Requests),
                "--target" if value == "socket" => options.target = Some(Target::Socket),
                _ => return Err(format!("{flag} {value} is not known; {USAGE}")),
            }
        }
        Ok(options)
    }

    pub(crate) const fn targets(&self) -> &[Target] {
        match self.target {
            None => &[Target::Requests, Target::Socket],
            Some(Target::Requests) => &[Target::Requests],
            Some(Target::Socket) => &[Target::Socket],
        }
    }
}
