//! Secrets by reference: a file or an environment variable, never inline.

use std::path::Path;

/// Bytes that a secret may have; more is certainly the wrong file.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// Reads a file that holds a secret and nothing else.
pub(super) fn read_file(path: &Path) -> Result<String, String> {
    let metadata = std::fs::metadata(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    if metadata.len() > SECRET_BYTES_MAX {
        return Err(format!("{} is too large for a secret", path.display()));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("{} is empty", path.display()));
    }
    Ok(text.to_owned())
}

/// Whether others than the owner may read a file.
#[cfg(unix)]
pub(super) fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

/// Whether others than the owner may read a file: this system does not tell.
#[cfg(not(unix))]
pub(super) fn is_open_to_others(_path: &Path) -> bool {
    false
}
