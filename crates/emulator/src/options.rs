//! What `tandem emulator` and `tandem demo` hand in, and the fixed ids of the emulated tenant.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// The ids, secrets and numbers that a client can be configured with, without looking anything up.
pub mod defaults {
    pub const TENANT: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
    /// Application and bot.
    pub const APP: &str = "aa123456-1234-1234-1234-aaa123456789";
    /// The application's service principal in the tenant.
    pub const APP_PRINCIPAL: &str = "bb123456-1234-1234-1234-bbb123456789";
    /// Fixed and public: the emulator protects nothing.
    pub const CLIENT_SECRET: &str = "tandem-emulator-secret";
    pub const ACS_RESOURCE: &str = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";
    pub const ACCESS_KEY: &str = "dGFuZGVtLWVtdWxhdG9yLWFjY2Vzcy1rZXktMDE=";
    pub const RESOURCE_ACCOUNT: &str = "cc123456-5678-5678-1234-ccc123456789";
    pub const RESOURCE_ACCOUNT_NUMBER: &str = "+14255550100";
    pub const FIRST_TEAMS_USER: &str = "0269be4d-5be0-4770-bf9c-a1bf50ee78d5";
}

/// What moves behavior timers: people, rings, prompts and retries. Token and signature times are
/// always real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClockKind {
    #[default]
    Real,
    /// Moves only by `POST /_emulator/clock/advance`.
    Stepped,
}

/// Which token a callback or an event carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenUse {
    /// One for each audience, for half a minute: a signature is the dearest thing in a callback.
    #[default]
    Cached,
    /// One for each event, as the service does.
    PerEvent,
}

/// The first port of the neighbors of SIP trunks, where nobody says another.
pub const SIP_PORT: u16 = 15_060;

/// Where the neighbors of SIP trunks listen: a carrier, telephones, and Teams' proxies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SipOptions {
    /// The address of all of them, and of their media.
    pub bind: IpAddr,
    /// The carrier's, by UDP and TCP; the phones have the next, the three proxies those after it. 0 takes free ones.
    pub port: u16,
}

impl SipOptions {
    /// Free ports on loopback.
    #[must_use]
    pub const fn on_free_ports() -> Self {
        Self {
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
        }
    }
}

/// The flags of `tandem emulator`, one to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// `--listen`: HTTPS with the emulator's own CA. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// `--http`: the same in plain HTTP, for loopback.
    pub http: SocketAddr,
    /// `--data`: `ca.pem`, `addresses.json` and the keys.
    pub data: PathBuf,
    /// `--seed`: ids, and faults with a probability, follow from it.
    pub seed: u64,
    /// `--clock`.
    pub clock: ClockKind,
    /// `--strict`: shapes of our own are off, as docs/emulator.md lists them.
    pub strict: bool,
    /// `--tokens`. With `strict` every event has its own, whatever this says.
    pub tokens: TokenUse,
    /// Teams users of the tenant; the flagless default is 40.
    pub teams_users: usize,
    /// `--people`: everybody in the tenant's directory. The Teams users are the first of them, and all when it says fewer.
    pub people: usize,
    /// `--sip`: the neighbors of SIP trunks. None listens without it.
    pub sip: Option<SipOptions>,
}

impl Options {
    /// The defaults of the command line, with a data directory.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8443)),
            http: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: data.into(),
            seed: 1,
            clock: ClockKind::Real,
            strict: false,
            tokens: TokenUse::Cached,
            teams_users: 40,
            people: 0,
            sip: None,
        }
    }

    /// Free ports on loopback, for use inside a process.
    #[must_use]
    pub fn on_free_ports(data: impl Into<PathBuf>) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            listen: any,
            http: any,
            ..Self::new(data)
        }
    }
}
