//! The sockets of one side before anything is done with them: a user agent must know the port that it names
//! in Via and Contact, and a port 0 is a number only once it is bound.

use super::datagram;
use super::settings::{Kind, Limits, Names, Settings};
use super::tls::{ClientTls, ServerTls};
use std::io;
use std::net::SocketAddr;
use tandem_sip::admission::{Rate, Sources};
use tandem_sip::flow::Transport;
use tokio::net::{TcpListener, UdpSocket};

/// An address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} over {}: {source}", transport.as_str())]
pub struct BindError {
    pub address: SocketAddr,
    pub transport: Transport,
    #[source]
    pub source: io::Error,
}

/// One of our sockets.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) socket: Socket,
    pub(super) address: SocketAddr,
    pub(super) sources: Sources,
    pub(super) rate: Option<Rate>,
}

#[derive(Debug)]
pub(super) enum Socket {
    Datagrams(UdpSocket),
    Connections {
        listener: TcpListener,
        tls: Option<ServerTls>,
    },
}

impl Listener {
    pub(super) const fn transport(&self) -> Transport {
        match &self.socket {
            Socket::Datagrams(_) => Transport::Udp,
            Socket::Connections { tls: None, .. } => Transport::Tcp,
            Socket::Connections { tls: Some(_), .. } => Transport::Tls,
        }
    }
}

/// Sockets that are bound. What arrives before the driver runs waits in the kernel.
#[derive(Debug)]
pub struct Sockets {
    pub(super) listeners: Vec<Listener>,
    pub(super) client: Option<ClientTls>,
    pub(super) names: Names,
    pub(super) limits: Limits,
}

impl Sockets {
    /// Binds all listeners; must be called inside a tokio runtime with I/O and time.
    pub async fn bind(settings: Settings) -> Result<Self, BindError> {
        let mut listeners = Vec::with_capacity(settings.listeners.len());
        for listen in settings.listeners {
            let transport = listen.kind.transport();
            let address = listen.address;
            let failed = |source| BindError {
                address,
                transport,
                source,
            };
            let (socket, address) = bind(address, listen.kind, &settings.limits)
                .await
                .map_err(failed)?;
            listeners.push(Listener {
                socket,
                address,
                sources: listen.sources,
                rate: listen.rate,
            });
        }
        Ok(Self {
            listeners,
            client: settings.client,
            names: settings.names,
            limits: settings.limits,
        })
    }

    /// For names of peers whose ports are known only now.
    pub fn set_names(&mut self, names: Names) {
        self.names = names;
    }

    /// Where the listeners really listen, in the order of the settings.
    pub fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.listeners.iter().map(|listener| listener.address)
    }
}

async fn bind(
    address: SocketAddr,
    kind: Kind,
    limits: &Limits,
) -> io::Result<(Socket, SocketAddr)> {
    let tls = match kind {
        Kind::Udp => {
            let socket = datagram::bind(address, limits.datagram_buffer_bytes).await?;
            let bound = socket.local_addr()?;
            return Ok((Socket::Datagrams(socket), bound));
        }
        Kind::Tcp => None,
        Kind::Tls(tls) => Some(tls),
    };
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    Ok((Socket::Connections { listener, tls }, bound))
}
