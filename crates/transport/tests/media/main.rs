//! The media plane on real sockets: phones of the tests are legs of `tandem_media` on sockets of their own. A phone says
//! 20 ms for each 20 ms that it hears, so the plane's frames set the pace and nobody sleeps.

mod calls;
mod digits;
mod limits;
mod network;
mod phone;
mod recordings;
mod sounds;
mod switching;
