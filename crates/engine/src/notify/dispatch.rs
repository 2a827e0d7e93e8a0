//! Reads the outbox: takes each claimed delivery, shows it, and marks it as shown.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;

use super::{text, words};
use crate::config::Language;
use crate::event::{Click, FeedId, Millis, Texts};
use crate::ports::{Choice, Milestone, Notification, Ports};
use crate::status::{Status, StatusPublisher};
use crate::store::{Closed, Delivery, StoreHandle};
use crate::text::cut;

/// The delay before the next delivery after the notification service failed; doubled by each further failure, up to
/// `MAX_RETRY`.
const RETRY: Duration = Duration::from_secs(10);
const MAX_RETRY: Duration = Duration::from_secs(60);

/// The timeout for the current delivery once the program is shutting down. A working notification service answers
/// in far less; one that hangs must not delay the shutdown.
const LEAVING: Duration = Duration::from_millis(500);

/// The maximum length of the feed's name in a title, in characters: half of the title, so that the event type after it
/// stays visible.
const MAX_FEED_NAME: usize = 60;

/// The age, in milliseconds, from which a notification contains the time of its event.
const LATE: Millis = 60_000;

/// Shows the outbox's deliveries.
pub(crate) struct Dispatcher {
    pub store: StoreHandle,
    pub ports: Ports,
    pub status: Arc<StatusPublisher>,
    /// Receives the clicks on notifications.
    pub clicks: broadcast::Sender<Click>,
}

/// Shows the deliveries that the store claims until `stop` is cancelled. It shows one at a time, so that after a crash
/// there is at most one delivery that may or may not have been shown.
pub(crate) async fn run(
    dispatcher: Dispatcher,
    mut claimed: mpsc::Receiver<Box<Delivery>>,
    stop: CancellationToken,
) {
    let mut retry = RETRY;
    // Marking a delivery as shown also requests the next one.
    let mut asks = true;
    // Deliveries that are left are shown after the next start.
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
    /// Shows a delivery and returns whether the desktop accepted it. If a shutdown interrupts it, the delivery stays
    /// claimed, and is shown after the next start.
    ///
    /// # Errors
    /// [`Closed`] if the store has ended.
    async fn show(&self, delivery: Delivery, stop: &CancellationToken) -> Result<bool, Closed> {
        (self.ports.reached)(Milestone::Claimed);
        let notification = self.compose(&delivery);
        let text = one_line(&delivery, &notification);
        let mut click = Click { seq: delivery.seq, feed: delivery.feed.clone(), link: None };
        let (clicks, link) = (self.clicks.clone(), delivery.texts.link.clone());
        // Without a receiver nothing happens: `bellwire run` has no window to open.
        let clicked = Box::new(move |choice| {
            click.link = link.filter(|_| choice == Choice::Link);
            drop(clicks.send(click));
        });
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
                tracing::warn!(feed = %delivery.feed, %error, "could not show a notification; trying again later");
                self.store.undelivered(delivery.id).await.map(|()| false)
            }
        }
    }

    fn compose(&self, delivery: &Delivery) -> Notification {
        // Composed here, because the published status is up to 200 ms old and may not contain a new feed.
        let (status, _) = self.status.compose(self.ports.clock.wall());
        let language = Language::of(status.app.language);
        let feed = feed_name(&status, &delivery.feed);
        let gist = own_text(delivery);
        let (title, body) = if delivery.counts_events() {
            let seconds = u64::try_from((delivery.last_at - delivery.first_at) / 1000).unwrap_or(0);
            let counts: Vec<String> =
                delivery.counts.iter().map(|(name, n)| format!("{} {n}", text::title(name))).collect();
            let (count, critical) = (delivery.count, delivery.critical);
            let title = match (delivery.is_away, delivery.is_replay) {
                (true, _) => words::away_title(language, &feed, count, critical),
                (false, true) => {
                    let since = words::moment(language, delivery.first_at, self.ports.clock.wall());
                    words::replay_title(language, &feed, count, critical, &since)
                }
                (false, false) => words::digest_title(language, &feed, count, critical, seconds),
            };
            (title, words::digest_body(language, &counts.join(", "), &gist, delivery.critical))
        } else {
            let now = self.ports.clock.wall();
            let body = match !delivery.is_digest && now - delivery.first_at > LATE {
                true => words::late_body(language, &words::moment(language, delivery.first_at, now), &gist),
                false => gist,
            };
            let title = delivery.texts.title.clone();
            let by_type = || format!("{} · {}", cut(&text::title(&feed), MAX_FEED_NAME), delivery.event_type);
            (title.unwrap_or_else(by_type), body)
        };
        // Only where someone would receive the click.
        let link = delivery.texts.link.as_ref().filter(|_| self.clicks.receiver_count() > 0);
        let link_action = link.and_then(|link| link.host_str()).map(|host| words::open_host(language, host));
        Notification {
            key: delivery.id,
            title: text::title(&title),
            body: text::body(&body),
            severity: delivery.severity,
            action: words::show_in_bellwire(language).to_owned(),
            link_action: link_action.map(|label| text::title(&label)),
        }
    }
}

/// Returns the text of the newest event: what its rule says, or else the gist of its data.
fn own_text(delivery: &Delivery) -> String {
    let Texts { title, body, link: _ } = &delivery.texts;
    match (title, body) {
        (Some(title), None) if delivery.counts_events() => title.clone(),
        (Some(title), Some(body)) if delivery.counts_events() => format!("{title}: {body}"),
        (_, Some(body)) => body.clone(),
        (_, None) => text::gist(&delivery.data),
    }
}

/// Returns the text for a list of notifications: the rule's title, or else the event's own text, because the titles that
/// name feed and type are often the same.
fn one_line(delivery: &Delivery, notification: &Notification) -> String {
    let gist = match &delivery.texts.title {
        Some(title) => text::title(title),
        None => text::title(&own_text(delivery)),
    };
    if delivery.counts_events() || gist.is_empty() { notification.title.clone() } else { gist }
}

fn feed_name(status: &Status, id: &FeedId) -> String {
    let feed = status.feeds.iter().find(|feed| feed.id == *id);
    feed.map_or_else(|| id.to_string(), |feed| feed.name.clone())
}
