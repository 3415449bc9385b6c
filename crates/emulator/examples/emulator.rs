//! Runs the emulator alone, with the flags of `tandem emulator`, until it is interrupted.

use std::net::SocketAddr;
use tandem_emulator::{ClockKind, Options, start};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = Options::new("emulator-data");
    // The first argument may be the subcommand, so that a script can name either program.
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| argument != "emulator");
    while let Some(flag) = arguments.next() {
        if flag == "--strict" {
            options.strict = true;
            continue;
        }
        let value = arguments
            .next()
            .ok_or_else(|| format!("{flag} needs a value"))?;
        match flag.as_str() {
            "--listen" => options.listen = value.parse::<SocketAddr>()?,
            "--http" => options.http = value.parse::<SocketAddr>()?,
            "--data" => options.data = value.into(),
            "--seed" => options.seed = value.parse()?,
            "--clock" if value == "real" => options.clock = ClockKind::Real,
            "--clock" if value == "stepped" => options.clock = ClockKind::Stepped,
            _ => return Err(format!("{flag} {value} is not known").into()),
        }
    }
    let running = start(options).await?;
    tokio::signal::ctrl_c().await?;
    running.shutdown().await;
    Ok(())
}
