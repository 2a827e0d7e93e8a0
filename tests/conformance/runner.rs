//! Runs every case over real sockets, with Bellwire's client and with the peer.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use bellwire_tests::support::client::Client;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

use super::bodies::{self, Pieces};
use super::cases::{Kind, parse_cases, socket_cases};
use super::sockets;
use super::verdict::{Failed, Flaw, Verdict};

/// The timeout of a case.
const PATIENCE: Duration = Duration::from_secs(20);
/// The factor by which a client's time is faster.
pub const SPEED: u32 = 20;
/// The number of cases that run at the same time.
const AT_ONCE: usize = 16;

/// The cases that the peer is known to fail. This test writes them if `BELLWIRE_RECORD_PEER` is set.
const RECORD: &str = include_str!("peer.json");
const RECORD_PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/conformance/peer.json");

/// A case, and how its body is sent. Cases with connections are sent in one way.
type Name = String;

/// The committed list of cases that the peer fails.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    peer: String,
    /// The number of cases with only a body, each whole and byte by byte.
    parse: usize,
    /// The number of cases with connections.
    sockets: usize,
    flaws: BTreeMap<Name, Flaw>,
}

#[tokio::test]
async fn every_parse_case_holds_over_a_socket() {
    let failed = failures(drive_bodies(Client::Bellwire).await);
    assert!(failed.is_empty(), "{failed:#?}");
}

#[tokio::test]
async fn every_case_with_a_connection_holds() {
    let cases = socket_cases();
    let count = |kind| cases.iter().filter(|case| case.kind() == kind).count();
    assert_eq!((count(Kind::Http), count(Kind::Reconnect), count(Kind::ClientApi)), (20, 22, 8));
    let failed = failures(drive_sockets(Client::Bellwire).await);
    assert!(failed.is_empty(), "{failed:#?}");
}

#[tokio::test]
async fn the_peer_fails_exactly_the_cases_on_record() {
    let (bodies, connections) = (drive_bodies(Client::Peer).await, drive_sockets(Client::Peer).await);
    let (parse, sockets) = (bodies.len(), connections.len());
    let failed = failures(bodies.into_iter().chain(connections).collect());
    let flaws: BTreeMap<Name, Flaw> =
        failed.iter().map(|(name, failed)| (name.clone(), failed.flaw)).collect();
    let found = Record { peer: "reqwest-eventsource 0.6.0".into(), parse, sockets, flaws };
    if std::env::var_os("BELLWIRE_RECORD_PEER").is_some() {
        std::fs::write(RECORD_PATH, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
        return;
    }
    let record: Record = serde_json::from_str(RECORD).unwrap();
    assert_eq!(found, record, "{failed:#?}");
}

async fn drive_bodies(client: Client) -> Vec<(Name, Verdict)> {
    let cases = parse_cases();
    let ways = [Pieces::Whole, Pieces::Bytes];
    let runs = cases.iter().flat_map(|case| ways.map(|way| (case, way))).map(|(case, way)| {
        let way_name = if way == Pieces::Whole { "whole" } else { "byte by byte" };
        judge(format!("{}, {way_name}", case.name), bodies::run(client, case, way))
    });
    futures_util::stream::iter(runs).buffer_unordered(AT_ONCE).collect().await
}

async fn drive_sockets(client: Client) -> Vec<(Name, Verdict)> {
    let cases = socket_cases();
    let runs = cases.iter().map(|case| judge(case.name().to_owned(), sockets::run(client, case)));
    futures_util::stream::iter(runs).buffer_unordered(AT_ONCE).collect().await
}

async fn judge(name: Name, run: impl Future<Output = Verdict>) -> (Name, Verdict) {
    let stalled = || Err(Failed { flaw: Flaw::Stalled, detail: format!("for {PATIENCE:?}") });
    let verdict = tokio::time::timeout(PATIENCE, run).await.unwrap_or_else(|_| stalled());
    (name, verdict)
}

fn failures(verdicts: Vec<(Name, Verdict)>) -> BTreeMap<Name, Failed> {
    let count = verdicts.len();
    let names: std::collections::BTreeSet<&Name> = verdicts.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), count, "each case has a name of its own");
    verdicts.into_iter().filter_map(|(name, verdict)| Some((name, verdict.err()?))).collect()
}
