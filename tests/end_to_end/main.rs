//! Whole calls: the contact center and the emulated Microsoft cloud in one process, meeting on
//! loopback sockets only, as in the demo. People act over the API and the emulator's control API.
//!
//! Nothing here knows what is inside either of them; what a test asserts, a person could see.

#[cfg(test)]
mod cloud;
#[cfg(test)]
mod person;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod wait;

#[cfg(test)]
mod path;
