//! The check of a stored row: the first eight bytes of a SHA-256 over where it stands and what it
//! says, so that a row with flipped bits, or one copied to another place, is found on reading.

use aws_lc_rs::digest::{Context, SHA256};

pub(crate) const INTEGRITY_BYTES: usize = 8;

pub(crate) type Integrity = [u8; INTEGRITY_BYTES];

/// `domain` tells journal and snapshot rows apart; `numbers` are the row's place.
pub(crate) fn integrity(domain: &str, center: &str, numbers: [u64; 2], body: &[u8]) -> Integrity {
    let mut context = Context::new(&SHA256);
    context.update(domain.as_bytes());
    context.update(&[0]);
    context.update(center.as_bytes());
    context.update(&[0]);
    for number in numbers {
        context.update(&number.to_be_bytes());
    }
    context.update(body);
    let digest = context.finish();
    let mut check = [0; INTEGRITY_BYTES];
    check.copy_from_slice(&digest.as_ref()[..INTEGRITY_BYTES]);
    check
}
