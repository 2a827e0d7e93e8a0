//! `ui/src/bindings`: the wire types in TypeScript.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ts_rs::{Config, TS};

use super::check::{CheckReport, NewSecret, RenewedSecret, TypeChoice};
use super::error::BridgeError;
use super::row::{Changes, EventDetail, Page, RowBody, View};
use super::service::{KnownService, RecognisedService, ServiceChoice};
use super::snapshot::{Mute, MuteChoice, Snapshot};
use super::trace::Trace;

/// Set in the environment, this writes the files instead of only comparing them:
/// `BELLWIRE_WRITE_BINDINGS=1 cargo test -p bellwire-desktop export_bindings`
const WRITE: &str = "BELLWIRE_WRITE_BINDINGS";

const BINDINGS_DIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/bindings");

#[test]
fn export_bindings() {
    let fresh_dir = tempfile::tempdir().unwrap();
    export(fresh_dir.path());
    let fresh = files(fresh_dir.path());
    if std::env::var_os(WRITE).is_some() {
        write(&fresh);
    }
    let committed = files(Path::new(BINDINGS_DIR));
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&committed), names(&fresh), "files in ui/src/bindings; run again with {WRITE}=1");
    for (name, text) in &fresh {
        assert_eq!(&committed[name], text, "ui/src/bindings/{name}; run again with {WRITE}=1");
    }
}

/// Writes the types of all arguments and results of commands, and the types in them.
fn export(dir: &Path) {
    // Row numbers, times and sizes stay far below 2^53, so a `number` is exact.
    let config = Config::new().with_large_int("number").with_out_dir(dir);
    BridgeError::export_all(&config).unwrap();
    CheckReport::export_all(&config).unwrap();
    NewSecret::export_all(&config).unwrap();
    RenewedSecret::export_all(&config).unwrap();
    TypeChoice::export_all(&config).unwrap();
    Changes::export_all(&config).unwrap();
    EventDetail::export_all(&config).unwrap();
    Page::export_all(&config).unwrap();
    RowBody::export_all(&config).unwrap();
    View::export_all(&config).unwrap();
    Mute::export_all(&config).unwrap();
    MuteChoice::export_all(&config).unwrap();
    KnownService::export_all(&config).unwrap();
    RecognisedService::export_all(&config).unwrap();
    ServiceChoice::export_all(&config).unwrap();
    Snapshot::export_all(&config).unwrap();
    Trace::export_all(&config).unwrap();
}

fn files(dir: &Path) -> BTreeMap<String, String> {
    fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap()))
        .collect()
}

fn write(fresh: &BTreeMap<String, String>) {
    for name in files(Path::new(BINDINGS_DIR)).keys() {
        fs::remove_file(Path::new(BINDINGS_DIR).join(name)).unwrap();
    }
    for (name, text) in fresh {
        fs::write(Path::new(BINDINGS_DIR).join(name), text).unwrap();
    }
}
