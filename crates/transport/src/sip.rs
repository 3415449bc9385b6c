//! Sockets under a [`tandem_sip::user_agent::UserAgent`]: listeners of UDP, TCP and TLS, connections
//! that are opened when they are wanted, names that are looked up, and one task that drives it all.
//!
//! ```text
//!   Sockets::bind(settings)  ->  addresses  ->  UserAgent::new(..)
//!   Driver::new(sockets, user_agent, owner)  ->  (Handle, Driver);   tokio::spawn(driver.run())
//! ```
//!
//! The owner of the calls ([`Owner`]) lives inside the task, next to the user agent: it is called with
//! each event, with a [`Side`] in hand, and needs no lock and no channel for it. From outside it is
//! reached by orders of its own kind ([`Handle::order`]).
//!
//! It must not know what a call is for, nor what a trunk is: an owner recognises a peer by its address,
//! its listener and the names of its certificate ([`Peer`]).

mod clock;
mod connection;
mod counts;
mod datagram;
mod driver;
mod handle;
mod look_up;
mod owner;
mod peer;
mod settings;
mod sockets;
mod tls;
mod wire;

pub use clock::Clock;
pub use counts::{Counts, Dropped};
pub use driver::Driver;
pub use handle::{Handle, NoSuchListener, Stopped};
pub use owner::{Owner, Side};
pub use peer::{Closing, Link, ListenerId, Peer, Peers};
pub use settings::{Kind, Limits, Listen, Names, Settings};
pub use sockets::{BindError, Sockets};
pub use tls::{ClientCertificates, ClientTls, Identity, Roots, ServerTls, TlsError};
pub use wire::{Direction, Wire};
