//! What SQLite does not tell: it takes a write-ahead log up to the first frame that does not fit and
//! forgets the rest without a word. After a power cut that is right, for what follows was never
//! acknowledged. A log that goes on behind another commit was damaged later: that is refused here.
//! Format: sqlite.org/fileformat2.html, section 4.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::Path;

use crate::error::Error;

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// The last bit of the magic number tells the byte order of checksums.
const MAGIC: u32 = 0x377f_0682;
const PAGE_BYTES_MIN: u32 = 512;
const PAGE_BYTES_MAX: u32 = 65_536;
/// Read at once.
const PORTION: usize = 1024 * 1024;

/// Refuses a write-ahead log in which acknowledged commits do not fit any more. Costs one pass over
/// the log, which is small but for a process that was killed beside a long backup.
pub(super) fn check(log: &Path) -> Result<(), Error> {
    let unreadable = |error: &std::io::Error| {
        Error::Unavailable(format!("{} cannot be read: {error}", log.display()))
    };
    let file = match File::open(log) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(&error)),
    };
    let found = walk(BufReader::with_capacity(PORTION, file));
    match found.map_err(|error| unreadable(&error))? {
        Finding::Whole => Ok(()),
        Finding::BadHeader => Err(damaged(log, "its header does not fit".to_owned())),
        Finding::BadFrame(n) => Err(damaged(
            log,
            format!("frame {n} does not fit, and acknowledged commits follow it"),
        )),
    }
}

fn damaged(log: &Path, reason: String) -> Error {
    Error::damaged(format!("the write-ahead log {}", log.display()), reason)
}

#[derive(Debug, PartialEq, Eq)]
enum Finding {
    /// Whole, or torn where a write was interrupted.
    Whole,
    BadHeader,
    /// From 1, as SQLite counts.
    BadFrame(u64),
}

fn walk(mut log: impl Read) -> std::io::Result<Finding> {
    let mut header = [0; HEADER_BYTES];
    if !filled(&mut log, &mut header)? || header == [0; HEADER_BYTES] {
        return Ok(Finding::Whole);
    }
    let Some(mut sum) = Sum::of_header(&header) else {
        return Ok(Finding::BadHeader);
    };
    let salts = [word(&header, 4), word(&header, 5)];
    let page = usize::try_from(word(&header, 2)).unwrap_or(usize::MAX);
    let mut frame = vec![0; FRAME_HEADER_BYTES + page];
    let mut n = 0;
    while filled(&mut log, &mut frame)? {
        n += 1;
        let is_of_this_log = [word(&frame, 2), word(&frame, 3)] == salts;
        if !is_of_this_log || !sum.takes(&frame) {
            let acknowledged = goes_on_behind_a_commit(log, frame, &sum, salts)?;
            return Ok(if acknowledged {
                Finding::BadFrame(n)
            } else {
                Finding::Whole
            });
        }
    }
    Ok(Finding::Whole)
}

/// Each commit is synced before the next frame is written, so a frame that continues a commit shows that
/// everything up to the commit was once on the disk. What commits that failed left behind does not look
/// so: nothing was ever written in continuation of one. The frame that does not fit is looked at first.
fn goes_on_behind_a_commit(
    mut log: impl Read,
    mut frame: Vec<u8>,
    sum: &Sum,
    salts: [u32; 2],
) -> std::io::Result<bool> {
    let mut commit: Option<Sum> = None;
    loop {
        let is_of_this_log = [word(&frame, 2), word(&frame, 3)] == salts;
        let continues = |mut commit: Sum| commit.takes(&frame);
        if is_of_this_log && commit.take().is_some_and(continues) {
            return Ok(true);
        }
        let is_commit = is_of_this_log && word(&frame, 1) != 0;
        commit = is_commit.then(|| sum.as_stored_in(&frame));
        if !filled(&mut log, &mut frame)? {
            return Ok(false);
        }
    }
}

/// The running checksum of a log.
struct Sum {
    big_endian: bool,
    state: [u32; 2],
}

impl Sum {
    /// None when the header is none.
    fn of_header(header: &[u8; HEADER_BYTES]) -> Option<Self> {
        let magic = word(header, 0);
        let page = word(header, 2);
        let is_page = page.is_power_of_two() && (PAGE_BYTES_MIN..=PAGE_BYTES_MAX).contains(&page);
        if magic & !1 != MAGIC || !is_page {
            return None;
        }
        let mut sum = Self {
            big_endian: magic & 1 == 1,
            state: [0; 2],
        };
        sum.add(&header[..24]);
        (sum.state == [word(header, 6), word(header, 7)]).then_some(sum)
    }

    /// As it was when the frame was written.
    fn as_stored_in(&self, frame: &[u8]) -> Self {
        Self {
            big_endian: self.big_endian,
            state: [word(frame, 4), word(frame, 5)],
        }
    }

    /// Whether a frame fits to those before it.
    fn takes(&mut self, frame: &[u8]) -> bool {
        self.add(frame.get(..8).unwrap_or_default());
        self.add(frame.get(FRAME_HEADER_BYTES..).unwrap_or_default());
        self.state == [word(frame, 4), word(frame, 5)]
    }

    fn add(&mut self, bytes: &[u8]) {
        let read = if self.big_endian {
            u32::from_be_bytes
        } else {
            u32::from_le_bytes
        };
        let [mut first, mut second] = self.state;
        let (words, _) = bytes.as_chunks::<4>();
        let (pairs, _) = words.as_chunks::<2>();
        for [one, other] in pairs {
            first = first.wrapping_add(read(*one)).wrapping_add(second);
            second = second.wrapping_add(read(*other)).wrapping_add(first);
        }
        self.state = [first, second];
    }
}

/// The nth big-endian word; 0 beyond the end.
fn word(bytes: &[u8], n: usize) -> u32 {
    let (words, _) = bytes.as_chunks::<4>();
    words.get(n).map_or(0, |word| u32::from_be_bytes(*word))
}

/// Whether there was enough left to fill it.
fn filled(log: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<bool> {
    match log.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
