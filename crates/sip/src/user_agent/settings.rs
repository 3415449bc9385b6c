//! How one user agent presents itself and what it permits, as values.

use crate::flow::Transport;
use crate::message::Method;
use crate::stack::Limits;
use crate::transaction::Timers;
use crate::uri::HostPort;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Our name in Via and Contact where a call has no other. Toward Teams it must be the FQDN of
    /// the certificate (Direct Routing A.5).
    pub name: HostPort,
    /// Further names of ours: each tenant of a carrier trunk has its own, and a call that came to
    /// one is answered under it.
    pub other_names: Vec<String>,
    /// That of `name`'s port. A call has the transport that it came by or goes by.
    pub transport: Transport,
    /// Where we listen by other transports than `transport`.
    pub other_ports: Vec<(Transport, u16)>,
    /// Value of User-Agent and Server.
    pub product: String,
    /// Value of X-MS-SBC, which Microsoft expects in requests and responses (A.5).
    pub sbc: Option<String>,
    pub transfers: Transfers,
    pub probes: Probes,
    pub session: SessionTimers,
    pub limits: Limits,
    pub timers: Timers,
    /// Calls at most, in any state.
    pub calls_max: usize,
    /// A call that comes in is answered by then, or refused with 480.
    pub ring_seconds_max: u32,
}

/// Whether the other side may ask us to transfer: REFER in our Allow (A.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfers {
    Offered,
    Refused,
}

/// Who answers an OPTIONS outside of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probes {
    /// The user agent, at once.
    Answered,
    /// Its user, who may say no: Teams answers those alone whose name it knows (A.4).
    Asked,
}

/// RFC 4028.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimers {
    /// What we ask for.
    pub seconds: u32,
    /// The shortest that we accept; never below 90 (RFC 4028 4).
    pub min_seconds: u32,
}

impl Settings {
    #[must_use]
    pub fn new(name: HostPort, transport: Transport) -> Self {
        Self {
            name,
            other_names: Vec::new(),
            transport,
            other_ports: Vec::new(),
            product: "Tandem".to_owned(),
            sbc: None,
            transfers: Transfers::Refused,
            probes: Probes::Answered,
            session: SessionTimers {
                seconds: 1_800,
                min_seconds: 90,
            },
            limits: Limits::default(),
            timers: Timers::default(),
            calls_max: 20_000,
            ring_seconds_max: 180,
        }
    }

    /// Where we listen by a transport; the usual port where nothing says so.
    #[must_use]
    pub fn port(&self, transport: Transport) -> Option<u16> {
        if transport == self.transport {
            return self.name.port;
        }
        let mut others = self.other_ports.iter();
        others
            .find(|(known, _)| *known == transport)
            .map(|(_, port)| *port)
    }

    /// The methods of our Allow.
    pub(crate) fn allowed(&self) -> &'static [Method] {
        const ALL: [Method; 9] = [
            Method::Invite,
            Method::Ack,
            Method::Bye,
            Method::Cancel,
            Method::Options,
            Method::Prack,
            Method::Update,
            Method::Notify,
            Method::Refer,
        ];
        match self.transfers {
            Transfers::Offered => &ALL,
            Transfers::Refused => &ALL[..ALL.len() - 1],
        }
    }

    pub(crate) fn allow(&self) -> String {
        let names: Vec<&str> = self.allowed().iter().map(Method::as_str).collect();
        names.join(", ")
    }

    /// Extensions that a request may require of us.
    pub(crate) const SUPPORTED: [&'static str; 3] = ["100rel", "timer", "replaces"];
}
