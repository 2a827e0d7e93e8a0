//! The outbox's reader: claims a delivery, shows it, marks it shown.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use super::text;
use crate::Click;
use crate::board::Board;
use crate::event::{FeedId, Millis};
use crate::ports::{Notification, Ports, Step};
use crate::status::Status;
use crate::store::{Claim, Command, Delivery, StoreHandle};
use crate::words::{self, Tongue};

/// How long to leave a notification service alone that did not take a delivery, doubling up to a minute.
const RETRY: Duration = Duration::from_secs(10);
const MAX_RETRY: Duration = Duration::from_secs(60);

/// How long a notification service may still take for the delivery in flight when the program is to end. One that
/// answers does so in far less; one that hangs must not hold the program.
const LEAVING: Duration = Duration::from_millis(500);

/// How much of a feed's name a title holds, in characters: the event's name comes after it.
const MAX_FEED_NAME: usize = 60;

/// A delivery older than this says when its event came.
const LATE: Millis = 60_000;

/// What the outbox's reader works with.
pub(crate) struct Dispatcher {
    pub store: StoreHandle,
    pub ports: Ports,
    pub board: Arc<Board>,
    pub deliveries: Arc<Notify>,
    pub clicks: broadcast::Sender<Click>,
}

/// Shows what waits, one at a time, until `stop`. One at a time, so that a crash can leave at most one delivery
/// of which nobody knows whether it was shown.
pub(crate) async fn run(dispatcher: Dispatcher, stop: CancellationToken) {
    let mut retry = RETRY;
    // What still waits is shown after the next start.
    while !stop.is_cancelled() {
        let Ok(claim) = dispatcher.store.claim().await else { return };
        let pause = match claim {
            Claim::Show(delivery) => match dispatcher.show(*delivery, &stop).await {
                true => {
                    retry = RETRY;
                    continue;
                }
                false => {
                    let pause = retry;
                    retry = (retry * 2).min(MAX_RETRY);
                    dispatcher.rest(Some(pause), false, &stop).await
                }
            },
            Claim::Nothing(again) => dispatcher.rest(again, true, &stop).await,
        };
        if pause.is_err() {
            return;
        }
    }
}

struct Stopped;

impl Dispatcher {
    /// Whether it stands on the desktop. A delivery that the end of the program interrupts stays claimed, and the
    /// next start shows it.
    async fn show(&self, delivery: Delivery, stop: &CancellationToken) -> bool {
        (self.ports.passed)(Step::Claimed);
        let notification = self.compose(&delivery);
        let text = one_line(&delivery, &notification);
        let click = Click { seq: delivery.seq, feed: delivery.feed.clone() };
        let clicks = self.clicks.clone();
        // Nobody listening is no error: the command line has no window to open.
        let clicked = Box::new(move || drop(clicks.send(click)));
        let left = async {
            stop.cancelled().await;
            self.ports.clock.sleep(LEAVING).await;
        };
        let shown = tokio::select! {
            shown = self.ports.notifier.show(notification, clicked) => shown,
            () = left => return false,
        };
        let (command, is_shown) = match shown {
            Ok(()) => {
                (self.ports.passed)(Step::Shown);
                (Command::Delivered { delivery, text, at: self.ports.clock.wall() }, true)
            }
            Err(error) => {
                tracing::warn!(feed = %delivery.feed, %error, "a notification waits");
                (Command::Undelivered(delivery.id), false)
            }
        };
        self.store.send(command).await.is_ok() && is_shown
    }

    async fn rest(
        &self,
        time: Option<Duration>,
        wakes: bool,
        stop: &CancellationToken,
    ) -> Result<(), Stopped> {
        let sleep = async {
            match time {
                Some(time) => self.ports.clock.sleep(time).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = sleep => Ok(()),
            () = self.deliveries.notified(), if wakes => Ok(()),
            () = stop.cancelled() => Err(Stopped),
        }
    }

    fn compose(&self, delivery: &Delivery) -> Notification {
        // Straight from the board: what is published lags a moment behind, and a feed's first event may not wait.
        let (status, _) = self.board.compose(self.ports.clock.wall());
        let tongue = Tongue::of(status.app.language);
        let feed = feed_name(&status, &delivery.feed);
        let gist = text::gist(&delivery.data);
        let (title, body) = if delivery.is_digest {
            let seconds = u64::try_from((delivery.last_at - delivery.first_at) / 1000).unwrap_or(0);
            let counts: Vec<String> =
                delivery.counts.iter().map(|(name, n)| format!("{} {n}", text::title(name))).collect();
            let title = match delivery.is_away {
                true => words::away_title(tongue, &feed, delivery.count, delivery.critical),
                false => words::digest_title(tongue, &feed, delivery.count, seconds),
            };
            (title, words::digest_body(tongue, &counts.join(", "), &gist))
        } else {
            let is_late = self.ports.clock.wall() - delivery.first_at > LATE;
            let body = match is_late {
                true => words::late_body(tongue, &local_time(delivery.first_at), &gist),
                false => gist,
            };
            (format!("{} · {}", text::cut(&feed, MAX_FEED_NAME), delivery.event_type), body)
        };
        Notification {
            key: delivery.id,
            title: text::title(&title),
            body: text::body(&body),
            severity: delivery.severity,
            action: words::show_in_bellwire(tongue).to_owned(),
        }
    }
}

/// What a list of notifications says of one: the event's own words, since the title may be that of every other.
fn one_line(delivery: &Delivery, notification: &Notification) -> String {
    let gist = text::title(&text::gist(&delivery.data));
    if delivery.is_digest || gist.is_empty() { notification.title.clone() } else { gist }
}

fn feed_name(status: &Status, id: &FeedId) -> String {
    let feed = status.feeds.iter().find(|feed| feed.id == *id);
    feed.map_or_else(|| id.to_string(), |feed| feed.name.clone())
}

fn local_time(at: Millis) -> String {
    let zone = jiff::tz::TimeZone::system();
    jiff::Timestamp::from_millisecond(at)
        .map_or_else(|_| String::new(), |t| t.to_zoned(zone).strftime("%H:%M").to_string())
}
