//! Opening files: regular ones only, within a size limit, and where nothing of a person's may be a link, not where a link
//! leads.
//!
//! A pipe or a device in the place of a file neither blocks nor is read: files are opened without waiting, and looked at
//! before a byte is read or written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The size limit of a file that a person gives, in bytes: a configuration or an operating system's authorities have
/// less than 1 MiB.
pub(crate) const MAX_SIZE: u64 = 8 * 1024 * 1024;

/// The maximum number of links from a file to what it leads to, as on Linux.
const MAX_LINKS: usize = 40;

/// Reads a file that may be a link.
///
/// # Errors
///
/// The system's error, or which limit the file exceeds: it is not a regular file, or larger than 8 MiB.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = regular(OpenOptions::new().read(true), path, Links::Followed)?;
    let mut content = Vec::new();
    file.take(MAX_SIZE + 1).read_to_end(&mut content)?;
    if u64::try_from(content.len()).is_ok_and(|len| len > MAX_SIZE) {
        return Err(io::Error::other("it is larger than 8 MiB"));
    }
    Ok(content)
}

/// Opens one of the program's own files for reading.
///
/// # Errors
///
/// The system's error, or that the file is a link or not a regular file.
pub(crate) fn open_own(path: &Path) -> io::Result<File> {
    regular(OpenOptions::new().read(true), path, Links::Refused)
}

/// Opens one of the program's own files for writing, private to this user if it is new. Its content stays.
///
/// # Errors
///
/// As for [`open_own`].
pub(crate) fn own(path: &Path) -> io::Result<File> {
    regular(private(OpenOptions::new().create(true).truncate(false).write(true)), path, Links::Refused)
}

/// Creates one of the program's own files in the place of whatever has its name, private to this user.
///
/// # Errors
///
/// The system's error.
pub(crate) fn fresh(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // Never opens what is there, a link included.
    private(OpenOptions::new().create_new(true).write(true)).open(path)
}

/// Writes one of the program's own files as a whole, private to this user. One with this content stays as it is.
///
/// # Errors
///
/// The system's error.
pub(crate) fn keep(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut found = Vec::new();
    let limit = u64::try_from(content.len()).unwrap_or(u64::MAX).saturating_add(1);
    let read = open_own(path).and_then(|file| file.take(limit).read_to_end(&mut found));
    if read.is_ok() && found == content {
        return Ok(());
    }
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".bellwire-").tempfile_in(dir)?;
    file.write_all(content)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Returns where the last component of a path leads in the end. The file need not exist.
///
/// # Errors
///
/// The system's error, also where links lead in a circle.
pub(crate) fn target(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(link) => path = path.parent().unwrap_or(Path::new("")).join(link),
            // Not a link, or nothing at all.
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::NotFound) => {
                return Ok(path);
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("its links lead in a circle"))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Links {
    Followed,
    Refused,
}

fn regular(options: &mut OpenOptions, path: &Path, links: Links) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        use rustix::fs::OFlags;

        let flags = match links {
            Links::Followed => OFlags::NONBLOCK,
            Links::Refused => OFlags::NONBLOCK | OFlags::NOFOLLOW,
        };
        options.custom_flags(flags.bits().cast_signed());
    }
    if links == Links::Refused && fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        return Err(io::Error::other("it is a link; remove it"));
    }
    let is_other = |found: &fs::Metadata| !found.is_file();
    let file = match options.open(path) {
        // A pipe that nobody reads, and a socket, cannot even be opened.
        Err(_) if fs::metadata(path).is_ok_and(|found| is_other(&found)) => return Err(not_regular()),
        opened => opened?,
    };
    if is_other(&file.metadata()?) {
        return Err(not_regular());
    }
    Ok(file)
}

fn not_regular() -> io::Error {
    io::Error::other("it is not a regular file")
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[cfg(test)]
mod tests;
