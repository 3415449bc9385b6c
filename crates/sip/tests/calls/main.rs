//! Calls on virtual time: two of ours over a line with faults, and one of ours against messages
//! written by hand as Teams, carriers and phones write them.

mod answered;
mod bridged;
mod by_hand;
mod inside;
mod line;
mod refused;
mod registered;
mod reliable;
mod storm;
mod targets;
mod torture;
mod transferred;
