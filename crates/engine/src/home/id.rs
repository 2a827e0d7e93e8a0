//! The id of a home, by which the keychain tells one home's secrets from another's.

use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::files;

/// The number of digits.
const DIGITS: usize = 16;

/// The id of a home: 16 hexadecimal digits by chance. It stays with the home's data where that is moved or copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeId(String);

impl HomeId {
    /// Creates an id of its own.
    pub(crate) fn random() -> Self {
        Self(format!("{:016x}", rand::random::<u64>()))
    }

    /// Reads the id from its file; `None` without a file.
    ///
    /// # Errors
    ///
    /// The system's error, or that the file holds something else or is not a regular file.
    pub(super) fn read(path: &Path) -> io::Result<Option<Self>> {
        let mut text = String::new();
        match files::open_own(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?.take(64).read_to_string(&mut text)?,
        };
        let digits = text.trim_end();
        let is_id =
            digits.len() == DIGITS && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        match is_id {
            true => Ok(Some(Self(digits.to_owned()))),
            false => {
                Err(io::Error::other("it holds no id; restore it, or delete it and store the secrets again"))
            }
        }
    }

    /// Writes the id to its file, unless there is one. Returns whether it was written.
    ///
    /// # Errors
    ///
    /// The system's error.
    pub(super) fn write(&self, path: &Path) -> io::Result<bool> {
        let dir = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(".bellwire-").tempfile_in(dir)?;
        writeln!(file, "{}", self.0)?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(path) {
            Ok(_) => Ok(true),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error.error),
        }
    }
}

impl fmt::Display for HomeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
