//! What must hold for any requests and frames that reach the emulator: it comes back, and every answer can be sent.

use tandem_emulator::door::Door;

pub(crate) fn check(bytes: &[u8]) {
    Door::default().run(bytes);
}
