//! How a side is reached from outside: orders for its owner, and what may change while it runs.

use super::counts::Counts;
use super::peer::ListenerId;
use super::settings::Names;
use super::tls::{ClientTls, ServerTls};
use std::net::SocketAddr;
use std::sync::Arc;
use tandem_sip::admission::{Rate, Sources};
use tandem_sip::flow::Transport;
use tokio::sync::{mpsc, oneshot};

/// The driver has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the SIP side has stopped")]
pub struct Stopped;

/// A listener was named that there is none of, or that speaks no TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoSuchListener {
    #[error("there is no listener {0}")]
    Unknown(usize),
    #[error("listener {0} speaks no TLS")]
    NotTls(usize),
    #[error("the SIP side has stopped")]
    Stopped,
}

pub(super) enum Command<O> {
    Order(O),
    Sources(ListenerId, Sources, oneshot::Sender<()>),
    Rate(ListenerId, Option<Rate>, oneshot::Sender<()>),
    ServerTls(ListenerId, ServerTls, oneshot::Sender<()>),
    ClientTls(Option<ClientTls>, oneshot::Sender<()>),
    Names(Names, oneshot::Sender<()>),
    Counts(oneshot::Sender<Counts>),
    Stop,
}

/// Reaches a running driver; may be cloned.
#[derive(Debug)]
pub struct Handle<O> {
    pub(super) commands: mpsc::Sender<Command<O>>,
    pub(super) listeners: Arc<[(Transport, SocketAddr)]>,
}

impl<O> Clone for Handle<O> {
    fn clone(&self) -> Self {
        Self {
            commands: self.commands.clone(),
            listeners: Arc::clone(&self.listeners),
        }
    }
}

impl<O: Send> Handle<O> {
    /// Where the listeners really listen, in the order of the settings.
    pub fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.listeners.iter().map(|(_, address)| *address)
    }

    /// Gives the owner an order; waits while too many wait already.
    pub async fn order(&self, order: O) -> Result<(), Stopped> {
        self.command(Command::Order(order)).await
    }

    /// Gives the owner an order at once, or gives it back: too many wait, or the driver has ended.
    pub fn try_order(&self, order: O) -> Result<(), O> {
        match self.commands.try_send(Command::Order(order)) {
            Ok(()) => Ok(()),
            Err(error) => match error.into_inner() {
                Command::Order(order) => Err(order),
                Command::Sources(..)
                | Command::Rate(..)
                | Command::ServerTls(..)
                | Command::ClientTls(..)
                | Command::Names(..)
                | Command::Counts(_)
                | Command::Stop => unreachable!("what comes back is what was sent"),
            },
        }
    }

    /// From now on only these are listened to, once this returns. Connections of others are closed.
    pub async fn set_sources(
        &self,
        listener: ListenerId,
        sources: Sources,
    ) -> Result<(), NoSuchListener> {
        self.transport(listener)?;
        self.change(|done| Command::Sources(listener, sources, done))
            .await
    }

    pub async fn set_rate(
        &self,
        listener: ListenerId,
        rate: Option<Rate>,
    ) -> Result<(), NoSuchListener> {
        self.transport(listener)?;
        self.change(|done| Command::Rate(listener, rate, done))
            .await
    }

    /// Certificates, keys and roots for connections that come from now on; those that stand go on.
    pub async fn set_server_tls(
        &self,
        listener: ListenerId,
        tls: ServerTls,
    ) -> Result<(), NoSuchListener> {
        if self.transport(listener)? != Transport::Tls {
            return Err(NoSuchListener::NotTls(listener.0));
        }
        self.change(|done| Command::ServerTls(listener, tls, done))
            .await
    }

    /// The same for connections that we open. The next request to each hop opens a new one (Direct Routing A.2);
    /// what is under way on the old ones comes to its end there.
    pub async fn set_client_tls(&self, tls: Option<ClientTls>) -> Result<(), Stopped> {
        self.change(|done| Command::ClientTls(tls, done))
            .await
            .map_err(|_only_stopped| Stopped)
    }

    /// For connections that are opened from now on.
    pub async fn set_names(&self, names: Names) -> Result<(), Stopped> {
        self.change(|done| Command::Names(names, done))
            .await
            .map_err(|_only_stopped| Stopped)
    }

    pub async fn counts(&self) -> Result<Counts, Stopped> {
        let (tell, told) = oneshot::channel();
        self.command(Command::Counts(tell)).await?;
        told.await.map_err(|_ended| Stopped)
    }

    /// Ends the driver: all connections are closed, [`super::Driver::run`] returns the owner. What is to be said
    /// to others before (503, BYE) the owner says before.
    pub async fn stop(&self) -> Result<(), Stopped> {
        self.command(Command::Stop).await
    }

    fn transport(&self, listener: ListenerId) -> Result<Transport, NoSuchListener> {
        let known = self.listeners.get(listener.0);
        known
            .map(|(transport, _)| *transport)
            .ok_or(NoSuchListener::Unknown(listener.0))
    }

    async fn change(
        &self,
        command: impl FnOnce(oneshot::Sender<()>) -> Command<O>,
    ) -> Result<(), NoSuchListener> {
        let (done, is_done) = oneshot::channel();
        let sent = self.command(command(done)).await;
        sent.map_err(|Stopped| NoSuchListener::Stopped)?;
        is_done.await.map_err(|_ended| NoSuchListener::Stopped)
    }

    async fn command(&self, command: Command<O>) -> Result<(), Stopped> {
        self.commands.send(command).await.map_err(|_ended| Stopped)
    }
}
