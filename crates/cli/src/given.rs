//! Values of options that are given on the command line, in a file (`@FILE`), or on stdin (`@-`).

use std::fs::File;
use std::io::{self, Read};

use crate::exit::Failure;

/// Returns the bytes that a value gives: after `@` those of a file, after `@-` those of stdin, else its own. None is added or
/// left out. `option` is for messages.
///
/// # Errors
///
/// When the file cannot be read, or has more than `limit` bytes. No message quotes what was read.
pub fn bytes(option: &str, value: &str, limit: u64) -> Result<Vec<u8>, Failure> {
    match value.strip_prefix('@') {
        None => Ok(value.as_bytes().to_vec()),
        Some("-") => read(option, "stdin", io::stdin().lock(), limit),
        Some(path) => {
            // It may be a pipe, as those of a shell's `<(…)` are.
            let file = File::open(path).map_err(|error| unread(option, path, &error))?;
            read(option, path, file, limit)
        }
    }
}

fn read(option: &str, path: &str, from: impl Read, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    from.take(limit + 1).read_to_end(&mut bytes).map_err(|error| unread(option, path, &error))?;
    match u64::try_from(bytes.len()) {
        Ok(len) if len <= limit => Ok(bytes),
        _ => Err(Failure::usage(format!("{path} for {option} is larger than {} MiB", limit / 1024 / 1024))),
    }
}

fn unread(option: &str, path: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("cannot read {path} for {option}: {error}; check the path after @"))
}

#[cfg(test)]
mod tests;
