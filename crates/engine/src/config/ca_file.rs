//! A feed's own certificate authorities: a file of certificates in PEM (RFC 7468).

use std::io;
use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// The most that a file of authorities may hold, in bytes: many times what an operating system brings.
const MOST: u64 = 8 * 1024 * 1024;

/// The file that a feed names, and what it held when the configuration was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaFile {
    path: PathBuf,
    /// Line and column of the setting.
    place: (usize, usize),
    /// `None` when it could not be read.
    held: Option<Vec<u8>>,
}

/// Why a feed's own authorities cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CaFileError {
    /// The system does not let us read it.
    #[error("ca_file {} cannot be read: {source}; name a readable file in PEM", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Whatever it holds, it is no certificate.
    #[error("ca_file {} holds no certificate; it has to be PEM, with BEGIN CERTIFICATE", .0.display())]
    Empty(PathBuf),
    /// A certificate in it is damaged.
    #[error("ca_file {} holds a damaged certificate; export it anew", .0.display())]
    Damaged(PathBuf),
}

impl CaFile {
    /// The file at `path`, named at this line and column.
    pub(super) fn at(path: PathBuf, place: (usize, usize)) -> Self {
        let held = read_some(&path).ok();
        Self { path, place, held }
    }

    /// Whether a connection under `other` would trust the same authorities.
    pub(super) fn trusts_like(&self, other: &Self) -> bool {
        self.path == other.path && self.held == other.held
    }

    /// Line and column of the setting in `config.toml`, from 1.
    pub(super) fn place(&self) -> (usize, usize) {
        self.place
    }

    /// What it held when the configuration was read, or what is wrong with it.
    pub(super) fn check(&self) -> Result<(), CaFileError> {
        match &self.held {
            Some(pem) => self.certificates(pem).map(drop),
            None => read_some(&self.path).map(drop).map_err(|source| self.unreadable(source)),
        }
    }

    /// What it holds now.
    pub(crate) async fn read(&self) -> Result<Vec<u8>, CaFileError> {
        let path = self.path.clone();
        // A file on a network's disk may keep us waiting.
        let read = tokio::task::spawn_blocking(move || read_some(&path)).await;
        read.map_err(io::Error::other).flatten().map_err(|source| self.unreadable(source))
    }

    /// The certificates in this text of the file; at least one, and each one whole.
    pub(crate) fn certificates(&self, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, CaFileError> {
        let damaged = || CaFileError::Damaged(self.path.clone());
        let found = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        let found = found.map_err(|_| damaged())?;
        if found.is_empty() {
            return Err(CaFileError::Empty(self.path.clone()));
        }
        let mut roots = RootCertStore::empty();
        for certificate in &found {
            roots.add(certificate.clone()).map_err(|_| damaged())?;
        }
        Ok(found)
    }

    fn unreadable(&self, source: io::Error) -> CaFileError {
        CaFileError::Unreadable { path: self.path.clone(), source }
    }
}

fn read_some(path: &Path) -> io::Result<Vec<u8>> {
    use std::io::Read as _;

    // A pipe or a device could keep us waiting, or never end.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut held = Vec::new();
    std::fs::File::open(path)?.take(MOST + 1).read_to_end(&mut held)?;
    if u64::try_from(held.len()).is_ok_and(|len| len > MOST) {
        return Err(io::Error::other("it is larger than 8 MiB"));
    }
    Ok(held)
}
