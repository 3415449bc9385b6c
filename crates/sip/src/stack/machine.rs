//! The machine of one transaction, whichever of the four it is.

use super::{Event, TransactionId};
use crate::Micros;
use crate::flow::Flow;
use crate::transaction::{
    ClientEvent, ClientInvite, ClientPlain, ServerEvent, ServerInvite, ServerPlain, Wire,
};

#[derive(Debug)]
pub(super) enum Machine {
    ClientInvite(ClientInvite),
    ClientPlain(ClientPlain),
    ServerInvite(ServerInvite),
    ServerPlain(ServerPlain),
}

impl Machine {
    pub(super) fn handle_timeout(&mut self, now: Micros) {
        match self {
            Self::ClientInvite(machine) => machine.handle_timeout(now),
            Self::ClientPlain(machine) => machine.handle_timeout(now),
            Self::ServerInvite(machine) => machine.handle_timeout(now),
            Self::ServerPlain(machine) => machine.handle_timeout(now),
        }
    }

    pub(super) fn handle_transport_error(&mut self) {
        match self {
            Self::ClientInvite(machine) => machine.handle_transport_error(),
            Self::ClientPlain(machine) => machine.handle_transport_error(),
            Self::ServerInvite(machine) => machine.handle_transport_error(),
            Self::ServerPlain(machine) => machine.handle_transport_error(),
        }
    }

    pub(super) fn poll_transmit(&mut self) -> Option<Wire> {
        match self {
            Self::ClientInvite(machine) => machine.poll_transmit(),
            Self::ClientPlain(machine) => machine.poll_transmit(),
            Self::ServerInvite(machine) => machine.poll_transmit(),
            Self::ServerPlain(machine) => machine.poll_transmit(),
        }
    }

    pub(super) fn poll_event(&mut self, id: TransactionId, flow: Flow) -> Option<Event> {
        match self {
            Self::ClientInvite(machine) => machine.poll_event().map(|event| event.of(id)),
            Self::ClientPlain(machine) => machine.poll_event().map(|event| event.of(id)),
            Self::ServerInvite(machine) => machine.poll_event().map(|event| event.of(id, flow)),
            Self::ServerPlain(machine) => machine.poll_event().map(|event| event.of(id, flow)),
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<(Micros, &'static str)> {
        match self {
            Self::ClientInvite(machine) => machine.poll_timeout(),
            Self::ClientPlain(machine) => machine.poll_timeout(),
            Self::ServerInvite(machine) => machine.poll_timeout(),
            Self::ServerPlain(machine) => machine.poll_timeout(),
        }
    }

    pub(super) const fn is_terminated(&self) -> bool {
        match self {
            Self::ClientInvite(machine) => machine.is_terminated(),
            Self::ClientPlain(machine) => machine.is_terminated(),
            Self::ServerInvite(machine) => machine.is_terminated(),
            Self::ServerPlain(machine) => machine.is_terminated(),
        }
    }

    pub(super) const fn is_open_invite(&self) -> bool {
        match self {
            Self::ServerInvite(machine) => machine.is_open(),
            Self::ClientInvite(_) | Self::ClientPlain(_) | Self::ServerPlain(_) => false,
        }
    }
}

impl ClientEvent {
    fn of(self, id: TransactionId) -> Event {
        match self {
            Self::Response(response) => Event::Response { id, response },
            Self::TimedOut => Event::TimedOut { id },
            Self::TransportFailed => Event::TransportFailed { id },
            Self::Terminated => Event::Terminated { id },
        }
    }
}

impl ServerEvent {
    fn of(self, id: TransactionId, flow: Flow) -> Event {
        match self {
            Self::Ack(request) => Event::Ack { flow, request },
            Self::TimedOut => Event::TimedOut { id },
            Self::TransportFailed => Event::TransportFailed { id },
            Self::Terminated => Event::Terminated { id },
        }
    }
}
