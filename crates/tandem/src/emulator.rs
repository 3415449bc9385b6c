//! `tandem emulator`: the Microsoft cloud on loopback, alone.

use crate::outcome::{Outcome, line};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use tandem_emulator::{ClockKind, Options, SIP_PORT, SipOptions, TokenUse};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// HTTPS, with the emulator's own certificate authority. Port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// The same in plain HTTP.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    http: SocketAddr,
    /// Where ca.pem, addresses.json and keys are kept.
    #[arg(long, value_name = "DIR", default_value = "emulator")]
    data: PathBuf,
    /// Chance: ids, and faults with a probability, follow from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What moves the timers of people, rings and prompts.
    #[arg(long, value_enum, default_value_t = Clock::Real)]
    clock: Clock,
    /// As in the real service where the emulator is kinder by itself: no plain HTTP for callbacks and prompts,
    /// no speech without a cognitive services endpoint, no voices of people who were given no words.
    #[arg(long)]
    strict: bool,
    /// Whether callbacks and events share their tokens for a while. With --strict they never do.
    #[arg(long, value_enum, default_value_t = Tokens::Cached)]
    tokens: Tokens,
    /// Teams users of the tenant.
    #[arg(long, value_name = "N", default_value_t = 40)]
    teams_users: usize,
    /// Everybody in the tenant's directory, as Microsoft Graph lists them: the Teams users, and colleagues.
    #[arg(long, value_name = "N", default_value_t = 0)]
    people: usize,
    /// Also what stands on the other side of SIP trunks: a carrier and phones (UDP, TCP), and Teams' SIP proxies (TLS).
    /// The address, and the first of their six ports (15060 where none is given; 0 takes free ones).
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = sip_address)]
    sip: Option<SipOptions>,
}

fn sip_address(text: &str) -> Result<SipOptions, String> {
    let whole: Result<SocketAddr, _> = text.parse();
    let alone: Result<IpAddr, _> = text.parse();
    match (whole, alone) {
        (Ok(address), _) => Ok(SipOptions {
            bind: address.ip(),
            port: address.port(),
        }),
        (Err(_), Ok(bind)) => Ok(SipOptions {
            bind,
            port: SIP_PORT,
        }),
        (Err(_), Err(_)) => Err("write an address, like 127.0.0.1 or 127.0.0.1:15060".to_owned()),
    }
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Clock {
    /// The machine's.
    Real,
    /// Moves only when it is told to.
    Stepped,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Tokens {
    /// One for each audience, for 30 seconds.
    Cached,
    /// One for each, as the service does.
    PerEvent,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    tandem_server::telemetry::log(None).map_err(anyhow::Error::msg)?;
    let options = Options {
        listen: arguments.listen,
        http: arguments.http,
        seed: arguments.seed,
        clock: match arguments.clock {
            Clock::Real => ClockKind::Real,
            Clock::Stepped => ClockKind::Stepped,
        },
        strict: arguments.strict,
        tokens: match arguments.tokens {
            Tokens::Cached => TokenUse::Cached,
            Tokens::PerEvent => TokenUse::PerEvent,
        },
        teams_users: arguments.teams_users,
        people: arguments.people,
        sip: arguments.sip,
        ..Options::new(&arguments.data)
    };
    let running = tandem_emulator::start(options).await?;
    line(&format!(
        "The Microsoft cloud, emulated: {} and {}",
        running.https_url(),
        running.http_url()
    ))?;
    line(&format!(
        "  trust {}; addresses in {}",
        running.ca_pem.display(),
        arguments.data.join("addresses.json").display()
    ))?;
    line(&format!(
        "  play people by hand: {}/_emulator",
        running.http_url()
    ))?;
    if let Some(sip) = &running.sip {
        line(&format!(
            "  neighbors of SIP trunks: carrier {}, phones {}, Teams {} (TLS); an SBC's certificate in {}",
            sip.carrier_udp,
            sip.phones_udp,
            sip.teams[0],
            sip.sbc_certificate.display()
        ))?;
    }
    crate::serve::until_told().await?;
    running.shutdown().await;
    Ok(Outcome::Done)
}
