//! Sealed files of recordings: in a directory, in S3, or in Azure Blob Storage. Nothing but ciphertext leaves
//! this module for a store, and nothing of a file is held whole.

use std::ops::Range;
use std::path::Path as Directory;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt as _, WriteMultipart};

use super::sealing::{BLOCK_BYTES, MAGIC, Opener, RecordingKey, SEALED_BLOCK_BYTES, Sealer};
use super::writing::{Draft, Target, Turn, Writing};
use super::{KeptRecording, Sheet};
use crate::center::CenterId;
use crate::chain::hexadecimal;
use crate::error::Error;
use crate::limits::RECORDING_PART_BYTES;
use tandem_core::ids::EffectId;

/// Bytes of a sealed file that are read at once when the whole is gone through.
const PORTION_BLOCKS: u64 = 16;

/// Where sealed files are kept.
#[derive(Clone)]
pub struct RecordingFiles {
    objects: Arc<dyn ObjectStore>,
    /// Where files are written by our own hand: at a pace that the journal on the same disk does not feel.
    directory: Option<Arc<Directory>>,
    turn: Turn,
}

/// A bucket of S3, or of something that speaks its protocol.
#[derive(Clone)]
pub struct S3 {
    pub bucket: String,
    pub region: String,
    /// Of another service than Amazon's.
    pub endpoint: Option<String>,
    /// Whether the endpoint may be asked without TLS: one on this machine.
    pub allow_http: bool,
    pub access_key_id: String,
    pub secret_access_key: String,
}

/// A container of Azure Blob Storage.
#[derive(Clone)]
pub struct AzureBlob {
    pub account: String,
    pub container: String,
    /// Of an emulator.
    pub endpoint: Option<String>,
    /// Whether the endpoint may be asked without TLS: one on this machine.
    pub allow_http: bool,
    pub access_key: String,
}

impl std::fmt::Debug for S3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3")
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for AzureBlob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AzureBlob")
            .field("container", &self.container)
            .finish_non_exhaustive()
    }
}

/// Why a file cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("recordings cannot be kept in {place}: {reason}: correct [store.recordings]")]
    Place { place: String, reason: String },
    #[error(
        "the storage of recordings does not answer or refuses ({0}): look at its health and its credentials"
    )]
    Unavailable(String),
    #[error("the file of recording {0} is not there: restore it from a copy of the storage")]
    Missing(u64),
    #[error(
        "the file of recording {0} is not what was written: restore it from a copy of the storage"
    )]
    Changed(u64),
    #[error("a recording of more than {0} bytes is not kept")]
    TooLarge(u64),
    #[error(transparent)]
    Store(#[from] Error),
}

impl RecordingFiles {
    /// In a directory, which is made if need be.
    pub fn in_directory(directory: &Directory) -> Result<Self, FileError> {
        let unusable = |reason: String| FileError::Place {
            place: directory.display().to_string(),
            reason,
        };
        crate::database::create_directory(directory)
            .map_err(|error| unusable(error.to_string()))?;
        let files = LocalFileSystem::new_with_prefix(directory);
        let files = files.map_err(|error| unusable(error.to_string()))?;
        Ok(Self {
            directory: Some(directory.into()),
            ..Self::of(files)
        })
    }

    pub fn in_s3(place: &S3) -> Result<Self, FileError> {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&place.bucket)
            .with_region(&place.region)
            .with_access_key_id(&place.access_key_id)
            .with_secret_access_key(&place.secret_access_key)
            .with_client_options(ClientOptions::new());
        if let Some(endpoint) = &place.endpoint {
            builder = builder
                .with_endpoint(endpoint)
                .with_allow_http(place.allow_http);
        }
        let built = builder.build();
        built.map(Self::of).map_err(|error| FileError::Place {
            place: format!("the bucket {}", place.bucket),
            reason: error.to_string(),
        })
    }

    pub fn in_azure(place: &AzureBlob) -> Result<Self, FileError> {
        let mut builder = MicrosoftAzureBuilder::new()
            .with_account(&place.account)
            .with_container_name(&place.container)
            .with_access_key(&place.access_key);
        if let Some(endpoint) = &place.endpoint {
            builder = builder
                .with_endpoint(endpoint.clone())
                .with_allow_http(place.allow_http);
        }
        let built = builder.build();
        built.map(Self::of).map_err(|error| FileError::Place {
            place: format!("the container {}", place.container),
            reason: error.to_string(),
        })
    }

    fn of(objects: impl ObjectStore) -> Self {
        Self {
            objects: Arc::new(objects),
            directory: None,
            turn: Turn::default(),
        }
    }

    /// Begins a file. Its name says whose it is and which key opens it, never the same twice: what a process
    /// that died left half written is nobody's.
    pub async fn begin(
        &self,
        center: &CenterId,
        id: EffectId,
        key: &RecordingKey,
    ) -> Result<Writing, FileError> {
        let name = format!("{center}/{}-{}.tdr", id.0, nonce()?);
        let target = match &self.directory {
            Some(directory) => Target::Directory(Draft::at(directory.join(&name))),
            None => {
                let upload = self.objects.put_multipart(&Path::from(name.as_str())).await;
                let upload = upload.map_err(unavailable)?;
                Target::Objects(Box::new(WriteMultipart::new_with_chunk_size(
                    upload,
                    RECORDING_PART_BYTES,
                )))
            }
        };
        let sealer = Sealer::new(center, id, key);
        Writing::begin(name, sealer, target, self.turn.clone()).await
    }

    /// Opens a part of the sound: from and to which byte, the last not included.
    pub async fn read(
        &self,
        center: &CenterId,
        kept: &KeptRecording,
        key: &RecordingKey,
        part: Range<u64>,
    ) -> Result<Vec<u8>, FileError> {
        let sheet = &kept.sheet;
        let end = part.end.min(sheet.n_bytes);
        if part.start >= end {
            return Ok(Vec::new());
        }
        let opener = Opener::new(center, sheet.recording, key, sheet.n_bytes)?;
        let block = BLOCK_BYTES as u64;
        let (first, last) = (part.start / block, (end - 1) / block);
        let mut sealed = self.sealed_blocks(sheet, first, last).await?;
        let mut sound = Vec::new();
        for (n, block) in (first..=last).zip(sealed.chunks_mut(SEALED_BLOCK_BYTES)) {
            let n = u32::try_from(n).map_err(|_large| FileError::Changed(sheet.recording.0))?;
            let opened = opener.open(n, block);
            sound.extend_from_slice(opened.ok_or(FileError::Changed(sheet.recording.0))?);
        }
        let skip = usize::try_from(part.start - first * block).unwrap_or(usize::MAX);
        let until = usize::try_from(end - first * block).unwrap_or(usize::MAX);
        if until > sound.len() {
            return Err(FileError::Changed(sheet.recording.0));
        }
        sound.truncate(until);
        sound.drain(..skip);
        Ok(sound)
    }

    async fn sealed_blocks(
        &self,
        sheet: &Sheet,
        first: u64,
        last: u64,
    ) -> Result<Vec<u8>, FileError> {
        let length = file_bytes(sheet.n_bytes);
        let head = MAGIC.len() as u64;
        let from = head + first * SEALED_BLOCK_BYTES as u64;
        let to = (head + (last + 1) * SEALED_BLOCK_BYTES as u64).min(length);
        let path = Path::from(sheet.file.as_str());
        let bytes = self.objects.get_range(&path, from..to).await;
        let bytes = bytes.map_err(|error| of_file(sheet, error))?;
        if bytes.len() as u64 != to - from {
            return Err(FileError::Changed(sheet.recording.0));
        }
        Ok(bytes.to_vec())
    }

    /// Whether the sealed file is byte for byte what was written. No key is needed.
    pub async fn check(&self, sheet: &Sheet) -> Result<(), FileError> {
        let path = Path::from(sheet.file.as_str());
        let length = self.objects.head(&path).await;
        let length = length.map_err(|error| of_file(sheet, error))?.size;
        if length != file_bytes(sheet.n_bytes) {
            return Err(FileError::Changed(sheet.recording.0));
        }
        let mut sum = Context::new(&SHA256);
        let portion = PORTION_BLOCKS * SEALED_BLOCK_BYTES as u64;
        let mut from = 0;
        while from < length {
            let to = (from + portion).min(length);
            let bytes = self.objects.get_range(&path, from..to).await;
            sum.update(&bytes.map_err(|error| of_file(sheet, error))?);
            from = to;
        }
        if hexadecimal(sum.finish().as_ref()) == sheet.sealed_sha256 {
            Ok(())
        } else {
            Err(FileError::Changed(sheet.recording.0))
        }
    }

    /// Removes a file; that there is none is no failure.
    pub async fn remove(&self, file: &str) -> Result<(), FileError> {
        match self.objects.delete(&Path::from(file)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// Whether files can be written and removed: for the check of a configuration.
    pub async fn try_out(&self) -> Result<(), FileError> {
        let path = Path::from(format!("trial-{}", nonce()?));
        let put = self.objects.put(&path, MAGIC.as_slice().into()).await;
        put.map_err(unavailable)?;
        self.remove(path.as_ref()).await
    }
}

/// Bytes of the sealed file of a sound.
fn file_bytes(n_bytes: u64) -> u64 {
    let n_blocks = n_bytes.div_ceil(BLOCK_BYTES as u64).max(1);
    let tag = (SEALED_BLOCK_BYTES - BLOCK_BYTES) as u64;
    MAGIC.len() as u64 + n_bytes + n_blocks * tag
}

fn nonce() -> Result<String, FileError> {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_none| Error::Unavailable("the machine gave no random bytes".to_owned()))?;
    Ok(hexadecimal(&bytes))
}

pub(super) fn unavailable(error: object_store::Error) -> FileError {
    FileError::Unavailable(error.to_string())
}

fn of_file(sheet: &Sheet, error: object_store::Error) -> FileError {
    if matches!(error, object_store::Error::NotFound { .. }) {
        return FileError::Missing(sheet.recording.0);
    }
    unavailable(error)
}
