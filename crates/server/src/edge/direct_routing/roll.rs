//! The roll of calls that are up: how each would be ended by another process, sealed, in a file beside the database. A
//! process that is killed loses its calls, for nobody else has their sound; the next one says goodbye to whoever is left
//! in them, so that nobody sits in a dead call until a session timer ends it. It must not know what a call is about.
//!
//! The file has a page for each call that is up, found free by whoever comes next: it is as long as there were calls at
//! once. It is written without waiting for the disk: what a killed process wrote is there, and when the machine itself has
//! lost its power the other sides' timers have to do.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use tandem_sip::Farewell;
use tandem_sip::user_agent::CallId;
use tandem_store::{CenterId, KeyFamily, SealedFor};

/// Bytes of a call's page; a farewell that needs more is not kept.
const PAGE: usize = 8_192;
/// Length of what stands in a page; none in a free one.
const LENGTH: usize = 2;
/// What waits to be written; beyond it calls are not on the roll, and are counted.
const WAITING_MAX: usize = 4_096;
/// Pages that are read of a file: more calls than a process has.
const PAGES_MAX: usize = 100_000;

enum Entry {
    Up(CallId, Box<Farewell>),
    Over(CallId),
}

/// See the module. Cheap to clone; the file is closed when nobody has it any more.
#[derive(Clone)]
pub(super) struct Roll(SyncSender<Entry>);

/// What an earlier process left.
pub(super) struct Left {
    pub(super) farewells: Vec<Farewell>,
    file: PathBuf,
}

impl Roll {
    /// Begins the roll of a contact center in a folder, and reads what an earlier process left there.
    ///
    /// # Errors
    /// The folder or the file cannot be used.
    pub(super) fn open(
        folder: &Path,
        center: &CenterId,
        keys: &Arc<KeyFamily>,
    ) -> io::Result<(Self, Left)> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(format!("{}.roll", center.as_str()));
        let before = folder.join(format!("{}.roll.before", center.as_str()));
        // One that was not said goodbye to is still there when this process was killed at once.
        if path.exists() && !before.exists() {
            std::fs::rename(&path, &before)?;
        }
        let left = Left {
            farewells: read(&before, center, keys)?,
            file: before,
        };
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)?;
        let (sender, entries) = sync_channel(WAITING_MAX);
        let writer = Writer {
            file,
            center: center.clone(),
            keys: Arc::clone(keys),
            pages: BTreeMap::new(),
            free: Vec::new(),
        };
        thread::Builder::new()
            .name("roll-of-calls".to_owned())
            .spawn(move || writer.run(&entries))?;
        Ok((Self(sender), left))
    }

    pub(super) fn up(&self, call: CallId, farewell: Farewell) {
        self.enter(Entry::Up(call, Box::new(farewell)));
    }

    pub(super) fn over(&self, call: CallId) {
        self.enter(Entry::Over(call));
    }

    fn enter(&self, entry: Entry) {
        if self.0.try_send(entry).is_err() {
            metrics::counter!("tandem_direct_roll_lost_total").increment(1);
        }
    }
}

impl Left {
    /// Everybody has been said goodbye to.
    pub(super) fn forget(self) {
        match std::fs::remove_file(&self.file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "the roll of an earlier process cannot be removed");
            }
            Ok(()) | Err(_) => {}
        }
    }
}

/// What cannot be opened or understood is left out: it was half written, or sealed with a key that is gone.
fn read(path: &Path, center: &CenterId, keys: &KeyFamily) -> io::Result<Vec<Farewell>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut farewells = Vec::new();
    let mut page = vec![0; PAGE];
    for _ in 0..PAGES_MAX {
        match file.read_exact(&mut page) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        }
        farewells.extend(farewell_of(&page, center, keys));
    }
    Ok(farewells)
}

fn farewell_of(page: &[u8], center: &CenterId, keys: &KeyFamily) -> Option<Farewell> {
    let (length, sealed) = page.split_first_chunk::<LENGTH>()?;
    let sealed = sealed.get(..usize::from(u16::from_be_bytes(*length)))?;
    let sealed = std::str::from_utf8(sealed).ok()?;
    let text = keys.open_text(center, SealedFor::Farewell, sealed)?;
    Farewell::parse(&text).ok()
}

struct Writer {
    file: File,
    center: CenterId,
    keys: Arc<KeyFamily>,
    /// By the calls that are up.
    pages: BTreeMap<CallId, u64>,
    free: Vec<u64>,
}

impl Writer {
    fn run(mut self, entries: &Receiver<Entry>) {
        while let Ok(entry) = entries.recv() {
            let written = match entry {
                Entry::Up(call, farewell) => self.up(call, &farewell),
                Entry::Over(call) => self.over(call),
            };
            if let Err(error) = written {
                metrics::counter!("tandem_direct_roll_lost_total").increment(1);
                tracing::warn!(center = %self.center, %error, "the roll of calls cannot be written");
            }
        }
    }

    fn up(&mut self, call: CallId, farewell: &Farewell) -> io::Result<()> {
        let text = farewell.to_text();
        let sealed = self
            .keys
            .seal_text(&self.center, SealedFor::Farewell, &text);
        let sealed = sealed.map_err(io::Error::other)?;
        let length = u16::try_from(sealed.len()).ok();
        let length = length.filter(|it| usize::from(*it) <= PAGE - LENGTH);
        let length = length.ok_or_else(|| io::Error::other("a farewell is too long"))?;
        let n_pages = self.pages.len() as u64;
        let page = match self.pages.get(&call) {
            Some(page) => *page,
            None => self.free.pop().unwrap_or(n_pages),
        };
        self.pages.insert(call, page);
        let mut bytes = vec![0; PAGE];
        let (head, body) = bytes.split_at_mut(LENGTH);
        head.copy_from_slice(&length.to_be_bytes());
        for (place, byte) in body.iter_mut().zip(sealed.bytes()) {
            *place = byte;
        }
        self.file.write_all_at(&bytes, page * PAGE as u64)
    }

    fn over(&mut self, call: CallId) -> io::Result<()> {
        let Some(page) = self.pages.remove(&call) else {
            return Ok(());
        };
        self.free.push(page);
        self.file.write_all_at(&[0; LENGTH], page * PAGE as u64)
    }
}
