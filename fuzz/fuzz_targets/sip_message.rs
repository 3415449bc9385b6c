#![no_main]

#[path = "../checks/sip_message.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::check(bytes));
