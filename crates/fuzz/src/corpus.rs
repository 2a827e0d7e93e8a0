//! The inputs to begin with.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Returns the folder with the inputs of a target.
pub fn corpus_dir(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

/// Returns the inputs of a target with the names of their files, in the order of the names.
///
/// # Errors
///
/// When the folder or a file cannot be read.
pub fn read_corpus(target: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut inputs = Vec::new();
    for entry in fs::read_dir(corpus_dir(target))? {
        let entry = entry?;
        inputs.push((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?));
    }
    inputs.sort();
    Ok(inputs)
}
