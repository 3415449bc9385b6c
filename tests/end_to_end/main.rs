//! Whole calls: the contact center and the emulated Microsoft cloud in one process, meeting on
//! loopback sockets only, as in the demo. People act over the API and the emulator's control API.
//!
//! What a test asserts a person could see, on a screen, on a phone or in a log of requests; the one
//! exception is the personal data of an arrival, which no screen shows whole.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod cloud;
/// The main menu of the demo, the same document.
#[cfg(test)]
#[path = "../../crates/tandem/src/demo/main_menu.rs"]
mod demo;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod person;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod steer;
mod storage;
#[cfg(test)]
mod sub_flow;
#[cfg(test)]
mod teams;
#[cfg(test)]
mod test_pane;
#[cfg(test)]
mod token;
#[cfg(test)]
mod transfer;
#[cfg(test)]
mod trap;
#[cfg(test)]
mod voicemail;
#[cfg(test)]
mod wait;
#[cfg(test)]
mod weather;

#[cfg(test)]
mod agent;
#[cfg(test)]
mod announce;
mod answer;
#[cfg(test)]
mod arrival;
#[cfg(test)]
mod board;
#[cfg(test)]
mod business;
#[cfg(test)]
mod callbacks;
#[cfg(test)]
mod calling_out;
#[cfg(test)]
mod centers;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod direct_routing;
#[cfg(test)]
mod entra;
#[cfg(test)]
mod fault;
#[cfg(test)]
mod hours;
#[cfg(test)]
mod log;
#[cfg(test)]
mod media;
#[cfg(test)]
mod menu;
#[cfg(test)]
mod outside;
#[cfg(test)]
mod overflow;
#[cfg(test)]
mod pace;
#[cfg(test)]
mod path;
#[cfg(test)]
mod presence;
#[cfg(test)]
mod prompt;
#[cfg(test)]
mod proof;
#[cfg(test)]
mod push;
#[cfg(test)]
mod recording;
#[cfg(test)]
mod refusal;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod story;
#[cfg(test)]
mod webhook;
