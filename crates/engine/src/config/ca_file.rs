//! A feed's own certificate authorities: a file of certificates in PEM (RFC 7468).

use std::io;
use std::path::PathBuf;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::files;
use crate::secrets::quotable;

/// The file that a feed names, and its content when the configuration was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaFile {
    path: PathBuf,
    /// Line and column of the setting.
    place: (usize, usize),
    /// The content in bytes; `None` when it could not be read.
    content: Option<Vec<u8>>,
}

/// Why a feed's own authorities cannot be used. Names the file without its folder, and only where it is
/// named like one: what stands in its place may be a secret.
#[derive(Debug, thiserror::Error)]
pub enum CaFileError {
    /// The file cannot be read, is not a regular file or is larger than 8 MiB.
    #[error(
        "ca_file {file} cannot be read: {source}; name a readable file in PEM, from the folder of config.toml on"
    )]
    Unreadable {
        /// The file's name.
        file: String,
        /// The system's error, or which limit it exceeds.
        source: io::Error,
    },
    /// The file holds no certificate.
    #[error("ca_file {0} holds no certificate; it has to be PEM, with BEGIN CERTIFICATE")]
    Empty(String),
    /// A certificate in the file is damaged.
    #[error("ca_file {0} holds a damaged certificate; export it again")]
    Damaged(String),
}

impl CaFile {
    /// Reads the file at `path`, which the configuration names at this line and column. Whether it can be used is a
    /// question for [`CaFile::check`].
    pub(super) fn at(path: PathBuf, place: (usize, usize)) -> Self {
        let content = files::read(&path).ok();
        Self { path, place, content }
    }

    /// Returns whether a connection under `other` would trust the same authorities.
    pub(super) fn trusts_like(&self, other: &Self) -> bool {
        self.path == other.path && self.content == other.content
    }

    /// Returns line and column of the setting in `config.toml`, from 1, the column in characters.
    pub(super) fn place(&self) -> (usize, usize) {
        self.place
    }

    /// Checks the content that the file had when the configuration was read. A file that could not be read then is read
    /// again, to learn why.
    ///
    /// # Errors
    ///
    /// The first problem of the file.
    pub(super) fn check(&self) -> Result<(), CaFileError> {
        match &self.content {
            Some(pem) => self.certificates(pem).map(drop),
            None => files::read(&self.path).map(drop).map_err(|source| self.unreadable(source)),
        }
    }

    /// Reads the present content.
    ///
    /// # Errors
    ///
    /// [`CaFileError::Unreadable`].
    pub(crate) async fn read(&self) -> Result<Vec<u8>, CaFileError> {
        let path = self.path.clone();
        // A file on a network's disk may block for long.
        let read = tokio::task::spawn_blocking(move || files::read(&path)).await;
        read.map_err(io::Error::other).flatten().map_err(|source| self.unreadable(source))
    }

    /// Returns the certificates in this content of the file, at least one.
    ///
    /// # Errors
    ///
    /// [`CaFileError::Empty`] where there is none, [`CaFileError::Damaged`] where one cannot be parsed.
    pub(crate) fn certificates(&self, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, CaFileError> {
        let damaged = || CaFileError::Damaged(self.name());
        let found = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        let found = found.map_err(|_| damaged())?;
        if found.is_empty() {
            return Err(CaFileError::Empty(self.name()));
        }
        let mut roots = RootCertStore::empty();
        for certificate in &found {
            roots.add(certificate.clone()).map_err(|_| damaged())?;
        }
        Ok(found)
    }

    fn unreadable(&self, source: io::Error) -> CaFileError {
        CaFileError::Unreadable { file: self.name(), source }
    }

    /// Returns the file's name as a message may quote it: with an extension, as a file has and a secret has not.
    fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        quotable(if self.path.extension().is_some() { &name } else { "" }).to_owned()
    }
}
