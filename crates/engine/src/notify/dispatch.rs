//! The outbox's reader: takes a claimed delivery, shows it, marks it as shown.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;

use super::{text, words};
use crate::config::Language;
use crate::event::{Click, FeedId, Millis};
use crate::ports::{Milestone, Notification, Ports};
use crate::status::{Status, StatusPublisher};
use crate::store::{Closed, Delivery, StoreHandle};

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
    pub status: Arc<StatusPublisher>,
    pub clicks: broadcast::Sender<Click>,
}

/// Shows what the store claims, one at a time, until `stop`. One at a time, so that a crash can leave at most one
/// delivery of which nobody knows whether it was shown.
pub(crate) async fn run(
    dispatcher: Dispatcher,
    mut claimed: mpsc::Receiver<Box<Delivery>>,
    stop: CancellationToken,
) {
    let mut retry = RETRY;
    // A delivery that was marked as shown asks for the next by itself.
    let mut asks = true;
    // What still waits is shown after the next start.
    while !stop.is_cancelled() {
        if asks && dispatcher.store.want_delivery().await.is_err() {
            return;
        }
        let Some(Some(delivery)) = stop.run_until_cancelled(claimed.recv()).await else { return };
        match dispatcher.show(*delivery, &stop).await {
            Ok(true) => (retry, asks) = (RETRY, false),
            Ok(false) => {
                asks = true;
                let pause = dispatcher.ports.clock.sleep(retry);
                retry = (retry * 2).min(MAX_RETRY);
                if stop.run_until_cancelled(pause).await.is_none() {
                    return;
                }
            }
            Err(Closed) => return,
        }
    }
}

impl Dispatcher {
    /// Shows a delivery. Returns whether the desktop took it. A delivery that the end of the program interrupts stays
    /// claimed, and the next start shows it.
    async fn show(&self, delivery: Delivery, stop: &CancellationToken) -> Result<bool, Closed> {
        (self.ports.reached)(Milestone::Claimed);
        let notification = self.compose(&delivery);
        let text = one_line(&delivery, &notification);
        let click = Click { seq: delivery.seq, feed: delivery.feed.clone() };
        let clicks = self.clicks.clone();
        // That nobody listens is not an error: the command line has no window to open.
        let clicked = Box::new(move || drop(clicks.send(click)));
        let left = async {
            stop.cancelled().await;
            self.ports.clock.sleep(LEAVING).await;
        };
        let shown = tokio::select! {
            shown = self.ports.notifier.show(notification, clicked) => shown,
            () = left => return Ok(false),
        };
        match shown {
            Ok(()) => {
                (self.ports.reached)(Milestone::Shown);
                self.store.delivered(delivery, text, self.ports.clock.wall()).await.map(|()| true)
            }
            Err(error) => {
                tracing::warn!(feed = %delivery.feed, %error, "a notification waits");
                self.store.undelivered(delivery.id).await.map(|()| false)
            }
        }
    }

    fn compose(&self, delivery: &Delivery) -> Notification {
        // Not what is published: that lags a moment behind, and a feed's first event may not wait.
        let (status, _) = self.status.compose(self.ports.clock.wall());
        let language = Language::of(status.app.language);
        let feed = feed_name(&status, &delivery.feed);
        let gist = text::gist(&delivery.data);
        let (title, body) = if delivery.is_digest {
            let seconds = u64::try_from((delivery.last_at - delivery.first_at) / 1000).unwrap_or(0);
            let counts: Vec<String> =
                delivery.counts.iter().map(|(name, n)| format!("{} {n}", text::title(name))).collect();
            let title = match delivery.is_away {
                true => words::away_title(language, &feed, delivery.count, delivery.critical),
                false => words::digest_title(language, &feed, delivery.count, seconds),
            };
            (title, words::digest_body(language, &counts.join(", "), &gist))
        } else {
            let is_late = self.ports.clock.wall() - delivery.first_at > LATE;
            let body = match is_late {
                true => words::late_body(language, &local_time(delivery.first_at), &gist),
                false => gist,
            };
            (format!("{} · {}", text::cut(&feed, MAX_FEED_NAME), delivery.event_type), body)
        };
        Notification {
            key: delivery.id,
            title: text::title(&title),
            body: text::body(&body),
            severity: delivery.severity,
            action: words::show_in_bellwire(language).to_owned(),
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
