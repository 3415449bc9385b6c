//! Recordings as files, one for each track.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;
use tandem_media::recording::{Sound, TrackId};
use tandem_transport::media::{Finished, Piece, Sink};

pub(super) struct Files {
    path: PathBuf,
    tracks: Vec<(TrackId, File)>,
}

impl Files {
    /// With the numbers of the tracks behind their path.
    pub(super) const fn below(path: PathBuf) -> Self {
        Self {
            path,
            tracks: Vec::new(),
        }
    }

    fn file(&mut self, track: TrackId) -> io::Result<&mut File> {
        let found = self.tracks.iter().position(|(it, _)| *it == track);
        let at = match found {
            Some(at) => at,
            None => {
                let path = self.path.with_extension(self.tracks.len().to_string());
                self.tracks.push((track, File::create(path)?));
                self.tracks.len() - 1
            }
        };
        let file = self.tracks.get_mut(at).map(|(_, file)| file);
        file.ok_or_else(|| io::Error::other("the track has no file"))
    }
}

impl Sink for Files {
    fn write(&mut self, piece: Piece) -> io::Result<()> {
        let file = self.file(piece.track)?;
        match piece.sound {
            Sound::Samples(bytes) => file.write_all(&bytes),
            Sound::Silence { n_bytes } => {
                io::copy(&mut io::Read::take(io::repeat(0), n_bytes), file).map(drop)
            }
        }
    }

    fn finish(self: Box<Self>, _: Finished) -> io::Result<()> {
        Ok(())
    }
}
