//! One feed's task: passes its subscription's activities to the store and to the published status.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::network::Network;
use super::spec::{Activity, Spec};
use super::subscription::subscribe;
use crate::config::{FeedConfig, Resume};
use crate::event::{Gap, GapReason, Incoming, Millis, Opened, Polled, Reason, Reconnecting, RowBody};
use crate::ports::Ports;
use crate::status::{Connection, StatusPublisher};
use crate::store::{Batch, Closed, StoreHandle};

/// The capacity of the queue between subscription and store. It is small, so that a slow store soon stops the reading
/// and TCP slows the server.
const ACTIVITIES: usize = 4;

/// The number of polls in a row after which a feed counts as polled, and its further polls share one row.
const POLLS: u64 = 3;

/// One feed's task.
pub(crate) struct FeedTask {
    pub feed: FeedConfig,
    pub store: StoreHandle,
    pub status: Arc<StatusPublisher>,
    pub ports: Ports,
    pub network: Arc<Network>,
    /// The delay before the first attempt.
    pub delay: Duration,
    /// Whether the program starts. A request whose answer is complete is then not made again: it may have an effect or a
    /// price.
    pub is_program_start: bool,
    /// Renews the connection at once.
    pub nudge: Arc<Notify>,
    /// Stops the task.
    pub stop: CancellationToken,
}

impl FeedTask {
    /// Receives until stopped. Before it returns, everything that was read has been passed to the store.
    pub async fn run(self) {
        // `Closed` means that the store has ended. It ends only after every feed task, so there is nothing to report.
        let _ = self.receive().await;
    }

    async fn receive(&self) -> Result<(), Closed> {
        let url: Arc<str> = self.feed.place_key().into();
        let (cursor, elsewhere) = self.store.cursor(&self.feed.id, &url).await?;
        if self.is_program_start && cursor.complete == Some(self.feed.request_hash()) {
            self.show(Connection::Off { reason: Some(Reason::Complete) });
            tokio::select! {
                () = self.nudge.notified() => {}
                () = self.stop.cancelled() => return Ok(()),
            }
        }
        let spec = Spec {
            last_event_id: cursor.last_event_id.clone(),
            retry_ms: cursor.retry_ms,
            delay: self.delay,
            ..Spec::of(&self.feed)
        };
        let mut progress = Progress {
            url,
            origin: "".into(),
            has_ids: cursor.has_ids,
            has_events: cursor.has_events,
            was_open: cursor.last_at > 0,
            opened_at: 0,
            is_moved: cursor.last_at == 0 && elsewhere.is_some(),
            was_asked: false,
            lost_at: (cursor.last_at > 0).then_some(cursor.last_at).or(elsewhere),
            polls: None,
        };
        let (sender, mut activities) = mpsc::channel(ACTIVITIES);
        let subscription = tokio::spawn(subscribe(
            spec,
            self.ports.clone(),
            Arc::clone(&self.network),
            sender,
            Arc::clone(&self.nudge),
            self.stop.clone(),
        ));
        while let Some(activity) = activities.recv().await {
            self.take(activity, &mut progress).await?;
        }
        if let Err(error) = subscription.await {
            tracing::error!(feed = %self.feed.id, %error, "the subscription ended in a panic");
        }
        Ok(())
    }

    async fn take(&self, activity: Activity, progress: &mut Progress) -> Result<(), Closed> {
        let now = self.ports.clock.wall();
        match activity {
            // A feed that is polled is live between the polls, too.
            Activity::Connecting { .. } if progress.run().is_some() => {}
            Activity::Connecting { attempt } => {
                self.show(Connection::Connecting { since: now, attempt, slow: false });
            }
            Activity::Slow { after_ms } => {
                let since = now - Millis::try_from(after_ms).unwrap_or(0);
                self.show(Connection::Connecting { since, attempt: 1, slow: true });
                self.log(now, RowBody::NoAnswer { after_ms }).await?;
            }
            Activity::Open { status, http, url, attempt, resumed, missed, .. } => {
                progress.origin = url.origin().ascii_serialization().into();
                let run = progress.run();
                let since = run.map_or(now, |run| run.since);
                self.show(Connection::Live {
                    since,
                    http: http.clone(),
                    status,
                    poll_ms: run.map(|run| run.every_ms),
                });
                let missed = missed.or_else(|| progress.missed(resumed.is_asked(), &self.feed.resume));
                let lost_at = progress.lost_at.take();
                let after_ms = lost_at.and_then(|at| u64::try_from(now - at).ok()).unwrap_or(0);
                let may_miss = missed.is_some();
                let body = match run {
                    Some(PollRun { since, every_ms, polls }) => {
                        RowBody::Polled(Polled { every_ms, polls: polls + 1, since, resumed, repeated: 0 })
                    }
                    None => RowBody::Open(Opened {
                        status,
                        http,
                        after_ms,
                        attempt,
                        resumed,
                        may_miss,
                        repeated: 0,
                    }),
                };
                self.log(now, body).await?;
                progress.was_open = true;
                progress.opened_at = now;
                if let Some(reason) = missed {
                    let gap = Gap { from: lost_at.unwrap_or(now).min(now), to: now, reason, times: 1 };
                    self.gap(gap, &progress.url).await?;
                }
            }
            Activity::Bytes(_) => {}
            Activity::Items { items, replaying } => self.items(items, replaying, now, progress).await?,
            Activity::Waiting { reason, delay, attempt, last_event_id, poll, quiet_limit } => {
                self.status.set_quiet_limit(&self.feed.id, quiet_limit);
                progress.lost_at.get_or_insert(now);
                progress.note_end(poll);
                progress.was_asked |= matches!(reason, Reason::NoAnswer | Reason::Reset);
                if progress.run().is_some() {
                    self.store.connection_ended(&self.feed.id).await?;
                    return Ok(());
                }
                let in_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
                let retry_at = now.saturating_add(Millis::try_from(in_ms).unwrap_or(Millis::MAX));
                self.show(Connection::Waiting { retry_at, attempt, reason: reason.clone() });
                let row = Reconnecting { reason, in_ms, tries: 1, since: now, last_event_id };
                self.log(now, RowBody::Reconnecting(row)).await?;
            }
            Activity::Parked { reason, retry_in } => {
                progress.lost_at.get_or_insert(now);
                let wait = retry_in.and_then(|time| Millis::try_from(time.as_millis()).ok());
                let retry_at = wait.map(|wait| now.saturating_add(wait));
                self.show(Connection::Parked { since: now, reason: reason.clone(), retry_at });
                self.log(now, RowBody::Parked(reason)).await?;
            }
            Activity::Ended { reason } => self.ended(reason, now, progress).await?,
        }
        Ok(())
    }

    async fn items(
        &self,
        mut items: Vec<Incoming>,
        replaying: bool,
        now: Millis,
        progress: &mut Progress,
    ) -> Result<(), Closed> {
        progress.has_ids |= items.iter().any(|item| match item {
            Incoming::Event(event) => event.is_place,
            Incoming::Id(_) => true,
            Incoming::Retry(_) | Incoming::Comment(_) | Incoming::Oversize { .. } => false,
        });
        progress.has_events |=
            items.iter().any(|item| matches!(item, Incoming::Event(event) if !event.is_control));
        items.retain(|item| !matches!(item, Incoming::Comment(_)));
        if items.is_empty() {
            return Ok(());
        }
        let batch = Batch {
            feed: self.feed.id.clone(),
            url: Arc::clone(&progress.url),
            origin: Arc::clone(&progress.origin),
            at: now,
            replaying,
            items,
        };
        self.store.events(batch).await
    }

    async fn ended(&self, reason: Reason, now: Millis, progress: &mut Progress) -> Result<(), Closed> {
        progress.lost_at.get_or_insert(now);
        self.show(Connection::Off { reason: Some(reason.clone()) });
        self.log(now, RowBody::Closed(Some(reason))).await
    }

    fn show(&self, connection: Connection) {
        self.status.set_connection(&self.feed.id, connection);
    }

    async fn gap(&self, gap: Gap, url: &Arc<str>) -> Result<(), Closed> {
        if matches!(gap.reason, GapReason::HistoryTooShort | GapReason::PlaceRefused) {
            return self.log(gap.to, RowBody::Gap(gap)).await;
        }
        self.store.cannot_resume(&self.feed.id, url, gap).await
    }

    async fn log(&self, at: Millis, body: RowBody) -> Result<(), Closed> {
        self.store.row(&self.feed.id, at, body).await
    }
}

/// The facts about a feed's earlier connections, which decide whether events may be missing.
struct Progress {
    url: Arc<str>,
    origin: Arc<str>,
    /// Whether the feed ever sent an id.
    has_ids: bool,
    /// Whether the feed ever sent an event.
    has_events: bool,
    /// Whether an event stream was ever open.
    was_open: bool,
    /// Whether nothing ever came from this address, but something from another one of this feed.
    is_moved: bool,
    /// Whether a request was cut off before its answer.
    was_asked: bool,
    /// When the newest connection opened.
    opened_at: Millis,
    /// When the last open connection was lost; if there was none, when the first attempt failed.
    lost_at: Option<Millis>,
    /// The polls since the last connection that was none.
    polls: Option<PollRun>,
}

/// Connections in a row that the server ended cleanly after an event.
#[derive(Clone, Copy, Debug)]
struct PollRun {
    since: Millis,
    every_ms: u64,
    polls: u64,
}

impl Progress {
    /// Notes the end of a connection: of a poll with this time to the next one, or of another one.
    fn note_end(&mut self, poll: Option<Duration>) {
        self.polls = poll.map(|every| {
            let run = self.polls.unwrap_or(PollRun { since: self.opened_at, every_ms: 0, polls: 0 });
            let every_ms = u64::try_from(every.as_millis()).unwrap_or(u64::MAX);
            PollRun { every_ms, polls: run.polls + 1, ..run }
        });
    }

    /// Returns the run of polls, once it is long enough to be one.
    fn run(&self) -> Option<PollRun> {
        self.polls.filter(|run| run.polls >= POLLS)
    }

    /// Returns why events may be missing between the previous connection and the new one; `None` if none can be.
    fn missed(&self, resumed: bool, resume: &Resume) -> Option<GapReason> {
        if resumed {
            return None;
        }
        if !self.was_open {
            let moved = self.is_moved.then_some(GapReason::AddressChanged);
            return moved.or(self.was_asked.then_some(GapReason::NoHead));
        }
        Some(match resume {
            Resume::Off => GapReason::ResumeOff,
            Resume::Query { .. } | Resume::LastEventId if self.has_ids => GapReason::NoUsableId,
            Resume::Query { .. } | Resume::LastEventId if !self.has_events => GapReason::NoEventYet,
            Resume::Query { .. } => GapReason::NoCursor,
            Resume::LastEventId => GapReason::NoIds,
        })
    }
}
