//! Examples of snapshots and of reports about checks.

use std::time::Duration;

use bellwire_engine as engine;
use bellwire_engine::CheckStage;
use bellwire_engine::config::{AppSettings, Auth, Language, Theme};
use bellwire_engine::event::{Fault, FeedId, Mute, Problem, ProblemKind, Reason, Rev, Seq};
use bellwire_engine::presets;
use bellwire_engine::status::{Connection, FeedStatus, Status};
use strum::VariantArray;

use super::AT;
use crate::bridge::Hidden;
use crate::dto::check::CheckReport;
use crate::dto::service::{KnownService, RecognisedService};
use crate::dto::snapshot::Snapshot;

/// All known services.
pub fn known_services() -> Vec<KnownService> {
    presets::all().iter().map(KnownService::from).collect()
}

/// A service whose address holds an answer, and one that an address only looks like.
pub fn recognised_services() -> Vec<RecognisedService> {
    let urls = ["https://ntfy.sh/alerts", "https://ntfy.example.com/alerts"];
    urls.iter().filter_map(|url| RecognisedService::of(&url.parse().unwrap())).collect()
}

pub fn snapshots() -> Vec<Snapshot> {
    let full = Status {
        feeds: connections()
            .into_iter()
            .zip(1..)
            .map(|(connection, number)| feed(connection, number))
            .collect(),
        since: AT - 90_000,
        newest_seq: Seq(30),
        newest_rev: Rev(31),
        event_count: 29,
        ..Status::default()
    };
    let hidden = Hidden { newest: Seq(28), at: AT - 5000 };
    let mut snapshots = vec![Snapshot::of(&full, Language::En, Some(hidden), AT)];
    snapshots
        .extend(settings().into_iter().map(|(status, language)| Snapshot::of(&status, language, None, AT)));
    snapshots
}

/// Every word of a snapshot that is not about a feed.
fn settings() -> Vec<(Status, Language)> {
    let mutes = [Mute::Off, Mute::Until(AT + 60_000), Mute::On];
    let muted = mutes.map(|mute| (Status { mute, ..Status::default() }, Language::En));
    let problems = ProblemKind::VARIANTS.iter().map(|kind| {
        let problem = Problem { kind: *kind, message: "config.toml, line 3: unknown key".into() };
        (Status { problem: Some(problem), ..Status::default() }, Language::En)
    });
    let languages = Language::VARIANTS.iter().map(|language| (Status::default(), *language));
    let themes = Theme::VARIANTS.iter().map(|theme| {
        let app = AppSettings { theme: *theme, ..AppSettings::default() };
        (Status { app, ..Status::default() }, Language::En)
    });
    muted.into_iter().chain(problems).chain(languages).chain(themes).collect()
}

fn connections() -> Vec<Connection> {
    vec![
        Connection::Connecting { since: AT - 3000, attempt: 2, slow: false },
        Connection::Connecting { since: AT - 12_000, attempt: 1, slow: true },
        Connection::Live { since: AT - 60_000, http: "2".into(), status: 200, poll_ms: None },
        Connection::Live { since: AT - 60_000, http: "1.1".into(), status: 200, poll_ms: Some(1000) },
        Connection::Waiting { retry_at: AT + 8000, attempt: 4, reason: Reason::Status(503) },
        Connection::Parked {
            since: AT - 7000,
            reason: Reason::Tls(Fault::Expired.with("2026-11-20")),
            retry_at: None,
        },
        Connection::Parked { since: AT - 7000, reason: Reason::NotFound(404), retry_at: Some(AT + 240_000) },
        Connection::Off { reason: Some(Reason::NoContent) },
        Connection::Off { reason: None },
    ]
}

fn feed(connection: Connection, number: u64) -> FeedStatus {
    FeedStatus {
        id: FeedId::parse(&format!("ops-{number}")).unwrap(),
        name: format!("Ops {number}"),
        url: "https://example.com/ops".into(),
        connection,
        unread: number,
        unread_critical: number == 1,
        alerts: number != 2,
        count: 10 + number,
        rate: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
        last_event_id: "41".into(),
        quiet_limit_ms: (number == 3).then_some(60_000),
        auth: if number == 1 { auth() } else { Vec::new() },
    }
}

/// Returns a part of each form.
fn auth() -> Vec<Auth> {
    let (name, secret) = ("key".to_owned(), "ops".to_owned());
    vec![
        Auth::Bearer { secret: secret.clone() },
        Auth::Basic { user: "ann".into(), secret: secret.clone() },
        Auth::Header { name: name.clone(), secret: secret.clone() },
        Auth::Query { name: name.clone(), secret: secret.clone() },
        Auth::Cookie { name, secret },
    ]
}

pub fn check_reports() -> Vec<CheckReport> {
    let passed: Vec<_> = CheckStage::VARIANTS.iter().map(|stage| step(*stage, Some(true), None)).collect();
    let failed = vec![
        step(CheckStage::Address, Some(true), None),
        step(CheckStage::Connect, Some(false), Some(Reason::Refused)),
    ];
    let open = vec![step(CheckStage::Answer, None, Some(Reason::NoAnswer))];
    let report = |steps, addable, seen| engine::CheckReport {
        steps,
        suggested_name: "example".into(),
        addable,
        seen,
        exposed: addable.then(|| "token".to_owned()),
    };
    let mut reports: Vec<CheckReport> =
        vec![report(failed, true, None).into(), report(open, false, None).into()];
    reports.extend(
        engine::Ids::VARIANTS.iter().map(|ids| report(passed.clone(), true, Some(seen(*ids))).into()),
    );
    reports
}

/// Every advice, with these ids.
fn seen(ids: engine::Ids) -> engine::Seen {
    let types = engine::Advice::VARIANTS.iter().zip(1..).map(|(advice, count)| engine::SeenType {
        event_type: format!("type-{count}"),
        count,
        opening: count / 2,
        per_minute: (count > 1).then_some(count * 6),
        advice: *advice,
    });
    engine::Seen { watched: Duration::from_secs(10), events: 15, types: types.collect(), ids }
}

fn step(stage: CheckStage, ok: Option<bool>, reason: Option<Reason>) -> engine::CheckStep {
    engine::CheckStep { stage, ok, detail: "detail".into(), reason }
}
