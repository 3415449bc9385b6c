//! What must hold for any bytes that an application writes to its WebSocket: the emulator comes back.

use tandem_emulator::door::Door;

pub(crate) fn check(bytes: &[u8]) {
    Door::default().run_socket(bytes);
}
