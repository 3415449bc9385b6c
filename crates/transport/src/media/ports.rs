//! The pool of media ports. One that was given back is the last to be given again, so that late packets of a call that
//! has ended find nobody.

use super::error::Error;
use super::settings::Control;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

/// Ports of a range that another process holds, before it is said that there is none.
const TRIES_MAX: usize = 64;

/// The pool, shared by all who open legs.
#[derive(Debug, Clone)]
pub(super) struct Ports {
    bind: IpAddr,
    n: usize,
    /// None: the operating system chooses.
    free: Option<Arc<Mutex<VecDeque<u16>>>>,
}

/// A leg's sockets. Their port goes back to the pool when they are dropped.
#[derive(Debug)]
pub(super) struct Sockets {
    pub(super) media: UdpSocket,
    pub(super) control: Option<UdpSocket>,
    pub(super) port: u16,
    pub(super) lease: Lease,
}

/// Gives a port back.
#[derive(Debug)]
pub(super) struct Lease(Option<(u16, Arc<Mutex<VecDeque<u16>>>)>);

impl Ports {
    pub(super) fn new(bind: IpAddr, range: &RangeInclusive<u16>) -> Self {
        let pairs: VecDeque<u16> = range
            .clone()
            .filter(|port| port.is_multiple_of(2) && *port > 0 && port < range.end())
            .collect();
        let is_free_choice = *range.end() == 0;
        Self {
            bind,
            n: pairs.len(),
            free: (!is_free_choice).then(|| Arc::new(Mutex::new(pairs))),
        }
    }

    /// Opens the sockets of a leg.
    pub(super) fn open(&self, control: Control) -> Result<Sockets, Error> {
        let Some(free) = &self.free else {
            return self.open_anywhere(control);
        };
        for _ in 0..self.n.min(TRIES_MAX) {
            let port = locked(free).pop_front();
            let port = port.ok_or(Error::PortsExhausted { n: self.n })?;
            let lease = Lease(Some((port, Arc::clone(free))));
            match self.bind(port, control, lease) {
                Ok(sockets) => return Ok(sockets),
                // Somebody else's: it went back behind the others when the lease was dropped.
                Err(Error::Socket { source, .. })
                    if source.kind() == std::io::ErrorKind::AddrInUse => {}
                Err(why) => return Err(why),
            }
        }
        Err(Error::PortsExhausted { n: self.n })
    }

    /// Opens them again where they were before a restart.
    pub(super) fn open_at(&self, port: u16, control: Control) -> Result<Sockets, Error> {
        let lease = match &self.free {
            None => Lease(None),
            Some(free) => {
                let mut ports = locked(free);
                let at = ports.iter().position(|it| *it == port);
                let at = at.ok_or(Error::Checkpoint("its port is in use, or not in the range"))?;
                ports.remove(at);
                Lease(Some((port, Arc::clone(free))))
            }
        };
        self.bind(port, control, lease)
    }

    /// A port whose neighbour is free, too, where RTCP needs one.
    fn open_anywhere(&self, control: Control) -> Result<Sockets, Error> {
        let mut last = Error::PortsExhausted { n: 0 };
        for _ in 0..TRIES_MAX {
            match self.bind(0, control, Lease(None)) {
                Ok(sockets) => return Ok(sockets),
                Err(why) => last = why,
            }
        }
        Err(last)
    }

    fn bind(&self, port: u16, control: Control, lease: Lease) -> Result<Sockets, Error> {
        let media = socket(SocketAddr::new(self.bind, port))?;
        let port = media.local_addr().map_or(port, |address| address.port());
        let control = match control {
            Control::Multiplexed => None,
            Control::OwnPort => Some(socket(SocketAddr::new(
                self.bind,
                port.checked_add(1).ok_or(Error::PortsExhausted { n: 0 })?,
            ))?),
        };
        Ok(Sockets {
            media,
            control,
            port,
            lease,
        })
    }
}

fn socket(address: SocketAddr) -> Result<UdpSocket, Error> {
    let opened = UdpSocket::bind(address).and_then(|socket| {
        socket.set_nonblocking(true)?;
        Ok(socket)
    });
    opened.map_err(|source| Error::Socket { address, source })
}

fn locked(free: &Mutex<VecDeque<u16>>) -> std::sync::MutexGuard<'_, VecDeque<u16>> {
    // A list of numbers is whole after a panic, too.
    free.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some((port, free)) = self.0.take() {
            locked(&free).push_back(port);
        }
    }
}
