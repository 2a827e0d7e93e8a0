//! A subscription: connects, reads, waits, reconnects, and reports each activity.

use std::sync::Arc;
use std::time::Duration;

use bellwire_sse::{Backoff, Decoder, DropKind, Limits};
use reqwest::Method;
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::cause::reason;
use super::client::{Clients, FeedClient};
use super::cookies::Cookies;
use super::credentials::Credentials;
use super::decode::decode;
use super::failure::{Failure, FollowUp};
use super::http::{Head, Request, connect};
use super::network::{HintCounts, Network, way_to};
use super::quiet_cuts::QuietCuts;
use super::resume_point::ResumePoint;
use super::spec::{Activity, Spec};
use super::subscribing::Subscribing;
use crate::event::{GapReason, Incoming, Reason, Resumed};
use crate::ports::{BoxFuture, Milestone, Ports};
use crate::secrets::SecretError;

/// The time after which a missing response is reported. It is longer than the connect timeout, so the connection
/// has been made by then.
const SLOW: Duration = Duration::from_millis(10_500);
/// The time for which a connection may stay silent after a hint before it is renewed. If it was alive, but quiet, the
/// price is one reconnect.
const PROBE: Duration = Duration::from_secs(2);
/// The time between two attempts with a secret that the server refused twice.
const REFUSED: Duration = Duration::from_secs(3600);
/// The range that the attempts after a hint are spread over, so that many feeds do not connect at once.
const WAKING: Duration = Duration::from_secs(2);
/// The pause after which the replay at the start of a resumed connection has ended, and the maximum length of a replay:
/// a feed that never pauses must count as live at some point.
const REPLAY_PAUSE: Duration = Duration::from_millis(500);
const REPLAY_LENGTH: Duration = Duration::from_secs(5);

/// Runs a subscription until `stop` is cancelled or the receiver of `signals` is dropped. `nudge` renews the
/// connection at once.
pub(crate) async fn subscribe(
    spec: Spec,
    ports: Ports,
    network: Arc<Network>,
    signals: mpsc::Sender<Activity>,
    nudge: Arc<Notify>,
    stop: CancellationToken,
) {
    let mut backoff = Backoff::new();
    if let Some(ms) = spec.retry_ms {
        backoff.set_retry(ms);
    }
    let cookies = Arc::new(Cookies::new(Arc::clone(&ports.clock)));
    let resume_point = ResumePoint::new(spec.resume.clone(), spec.last_event_id.clone());
    let hints = network.hints();
    let woke = hints.borrow().woke;
    let mut subscription = Subscription {
        spec,
        ports,
        network,
        hints,
        woke,
        signals,
        nudge,
        backoff,
        attempt: 0,
        quiet_cuts: QuietCuts::default(),
        is_polled: false,
        was_refused: false,
        resume_point,
        cookies,
    };
    tokio::select! {
        () = stop.cancelled() => {}
        _ = subscription.run() => {}
    }
}

struct Subscription {
    spec: Spec,
    ports: Ports,
    network: Arc<Network>,
    hints: watch::Receiver<HintCounts>,
    /// The number of wake-ups that were acted on.
    woke: u64,
    signals: mpsc::Sender<Activity>,
    nudge: Arc<Notify>,
    backoff: Backoff,
    attempt: u32,
    quiet_cuts: QuietCuts,
    /// Whether the connection before was a poll.
    is_polled: bool,
    /// Whether the last attempt that reached the server was refused for its secret.
    was_refused: bool,
    resume_point: ResumePoint,
    /// The cookies that the feed's servers have set.
    cookies: Arc<Cookies>,
}

/// The receiver of the activities was dropped.
struct NoListener;

impl Subscription {
    async fn run(&mut self) -> Result<(), NoListener> {
        if !self.spec.delay.is_zero() {
            self.ports.clock.sleep(self.spec.delay).await;
        }
        let mut clients = Clients::new(self.spec.proxy.clone(), self.spec.ca_file.clone());
        loop {
            let failure = match clients.next().await {
                Ok(client) => self.receive(&client).await?,
                Err(failure) => failure,
            };
            self.pause(failure).await?;
        }
    }

    /// Makes one connection and reads it to its end. Returns why it failed or was lost.
    async fn receive(&mut self, client: &FeedClient) -> Result<Failure, NoListener> {
        self.attempt = self.attempt.saturating_add(1);
        self.say(Activity::Connecting { attempt: self.attempt }).await?;
        let credentials = match self.credentials().await {
            Ok(credentials) => credentials,
            Err(failure) => return Ok(failure),
        };
        let mut request = self.request(credentials.clone());
        let mut answer = self.open(client, &request).await?;
        // The server rejected the secrets. They may have been changed since they were read, so they are read once more.
        if answer.as_ref().is_err_and(Failure::may_be_of_the_secret)
            && let Ok(again) = self.credentials().await
            && again != credentials
        {
            request = self.request(again);
            answer = self.open(client, &request).await?;
        }
        // A server that refuses what it made the request carry would refuse it for ever: it is asked once without.
        let mut refused_place = None;
        let is_resuming = self.resume_point.is_resuming();
        if let Err(failure) = &answer
            && (is_resuming && failure.may_be_of_the_place()
                || failure.may_be_of_the_size() && self.cookies.clear())
        {
            self.cookies.clear();
            let place = if is_resuming { self.resume_point.clear() } else { String::new() };
            request = self.request(credentials);
            let without = self.open(client, &request).await?;
            if without.is_ok() {
                answer = without;
                refused_place = is_resuming.then_some(GapReason::PlaceRefused);
            } else if is_resuming {
                self.resume_point.restore(place);
            }
        }
        let head = match answer {
            Ok(head) => head,
            Err(failure) => return Ok(failure),
        };
        self.backoff.connected(self.ports.clock.mono());
        self.was_refused = false;
        // A wake-up during the attempt does not make the new connection suspect.
        self.has_woken();
        let Head { status, http, url, headers, history_start: place, mut body } = head;
        let attempt = std::mem::take(&mut self.attempt);
        let is_asked = self.resume_point.was_asked_at(&url);
        let resumed = match is_asked {
            true if self.resume_point.is_confirmed_by(place.as_deref()) => Resumed::Shown,
            true => Resumed::Asked,
            false => Resumed::No,
        };
        let missed = if refused_place.is_some() {
            refused_place
        } else if self.resume_point.is_missed_by(place.as_deref()) {
            Some(GapReason::HistoryTooShort)
        } else if self.resume_point.is_resuming() && !is_asked {
            Some(GapReason::CursorDropped)
        } else {
            None
        };
        self.say(Activity::Open { status, http, url, headers, attempt, resumed, missed }).await?;
        // With this ID the feed can resume even if the connection is lost before the first event.
        if let Some(id) = place.filter(|id| self.resume_point.take_place(id)) {
            self.say(Activity::Items { items: vec![Incoming::Id(id)], replaying: false }).await?;
        }
        self.read(client, &request, &mut body, is_asked).await
    }

    async fn open(
        &mut self,
        client: &FeedClient,
        request: &Request,
    ) -> Result<Result<Head, Failure>, NoListener> {
        let clock = Arc::clone(&self.ports.clock);
        let nudge = Arc::clone(&self.nudge);
        let network = Arc::clone(&self.network);
        let mut pass = network.enter(&request.url).await;
        let mut answer = std::pin::pin!(connect(client, request, &*self.ports.clock));
        // Some servers send the head with the first event, so a feed that may be silent for ever may be so before it.
        let mut deadline = match self.spec.idle_timeout {
            Some(limit) => clock.sleep(limit.max(SLOW + Duration::from_secs(1))),
            None => Box::pin(std::future::pending()),
        };
        let mut slow = clock.sleep(SLOW);
        let mut is_told = false;
        loop {
            tokio::select! {
                answer = &mut answer => return Ok(answer),
                () = &mut deadline => return Ok(Err(Failure::retry(Reason::NoAnswer))),
                () = &mut slow, if !is_told => {
                    is_told = true;
                    // A server that does not answer must not block the attempts of other feeds.
                    drop(pass.take());
                    let after_ms = u64::try_from(SLOW.as_millis()).unwrap_or(u64::MAX);
                    self.say(Activity::Slow { after_ms }).await?;
                }
                () = nudge.notified() => return Ok(Err(Failure::retry(Reason::Restart))),
            }
        }
    }

    async fn read(
        &mut self,
        client: &FeedClient,
        request: &Request,
        body: &mut reqwest::Response,
        resumed: bool,
    ) -> Result<Failure, NoListener> {
        let clock = Arc::clone(&self.ports.clock);
        let nudge = Arc::clone(&self.nudge);
        let limits = Limits { max_event: self.spec.max_event, ..Limits::default() };
        let mut decoder = Decoder::new(limits).with_last_event_id(self.resume_point.decoder_id());
        // What a poll brings is new.
        let mut replaying = resumed && !self.is_polled;
        let opened_at = clock.mono();
        let peer = body.remote_addr();
        let way = peer.and_then(way_to);
        let mut probe: Option<BoxFuture<'static, ()>> = None;
        let mut subscribing = Subscribing::new(self.spec.subscribe.clone(), client, request, &clock);
        let mut block_begun_at = opened_at;
        let mut heard_at = opened_at;
        loop {
            let asked_at = clock.mono();
            let idle = async {
                match self.spec.idle_timeout {
                    Some(limit) => clock.sleep(limit).await,
                    None => std::future::pending().await,
                }
            };
            let probed = async {
                match &mut probe {
                    Some(probe) => probe.await,
                    None => std::future::pending().await,
                }
            };
            let lost = tokio::select! {
                failure = subscribing.failed() => return Ok(failure),
                chunk = body.chunk() => match chunk {
                    Ok(Some(chunk)) => Ok(chunk),
                    Ok(None) => Err(Reason::Ended),
                    Err(error) => Err(reason(&error)),
                },
                () = idle => Err(Reason::Idle),
                () = probed => Err(Reason::Woke),
                () = nudge.notified() => Err(Reason::Restart),
                Ok(()) = self.hints.changed() => {
                    // A connection that died while the machine slept, or whose local address changed, reports no
                    // error: unless it receives something soon, it is renewed. Other changes of the network do not
                    // affect it.
                    if self.has_woken() || peer.and_then(way_to) != way {
                        probe.get_or_insert_with(|| clock.sleep(PROBE));
                    }
                    continue;
                }
            };
            let chunk = match lost {
                Ok(chunk) => chunk,
                Err(reason) => {
                    if matches!(reason, Reason::Ended | Reason::Reset) {
                        self.quiet_cuts.note_cut(clock.mono().saturating_sub(heard_at));
                    }
                    self.tell_unfinished(&decoder).await?;
                    if reason == Reason::Ended && !self.spec.asks_again() {
                        return Ok(Failure::end(Reason::Complete));
                    }
                    return Ok(Failure::lost(reason));
                }
            };
            probe = None;
            let now = clock.mono();
            self.quiet_cuts.note_byte(now.saturating_sub(heard_at));
            heard_at = now;
            replaying = replaying
                && now.saturating_sub(asked_at) < REPLAY_PAUSE
                && now.saturating_sub(opened_at) < REPLAY_LENGTH;
            if self.spec.raw {
                self.say(Activity::Bytes(chunk.to_vec())).await?;
            }
            if decoder.unfinished_chunks() == 0 {
                block_begun_at = now;
            }
            let items = decode(&mut decoder, &chunk, now.saturating_sub(block_begun_at));
            let items = self.resume_point.take(self.spec.reading.read_all(items));
            if decoder.unfinished_chunks() == 1 {
                block_begun_at = now;
            }
            subscribing.see(&items);
            for item in &items {
                match item {
                    // A server that greets and hangs up is failing.
                    Incoming::Event(event) if event.is_control => {}
                    Incoming::Event(event) => self.backoff.event_seen(now, event.content_hash()),
                    Incoming::Retry(ms) => self.backoff.set_retry(*ms),
                    Incoming::Id(_) | Incoming::Comment(_) | Incoming::Oversize { .. } => {}
                }
            }
            if !items.is_empty() {
                (self.ports.reached)(Milestone::Decoded);
                self.say(Activity::Items { items, replaying }).await?;
            }
        }
    }

    /// Reports an event over the limit that was still being skipped when the connection was lost.
    async fn tell_unfinished(&self, decoder: &Decoder) -> Result<(), NoListener> {
        if !decoder.is_skipping() {
            return Ok(());
        }
        let last_event_id = self.resume_point.after().to_owned();
        let oversize = Incoming::Oversize { last_event_id, is_event: true };
        self.say(Activity::Items { items: vec![oversize], replaying: false }).await
    }

    /// Reports what follows the failure, and waits for the next attempt.
    async fn pause(&mut self, failure: Failure) -> Result<(), NoListener> {
        let Failure { reason, follow_up, retry_after } = failure;
        if reason == Reason::Restart {
            return Ok(());
        }
        let kind = match follow_up {
            FollowUp::Retry(kind) => Some(kind),
            FollowUp::Park | FollowUp::Refused => Some(DropKind::Parked),
            FollowUp::ParkForGood | FollowUp::End => None,
        };
        let (now, chance) = (self.ports.clock.mono(), (self.ports.chance)());
        let mut least = self.backoff.least_delay(retry_after, now);
        let poll = kind.and_then(|kind| self.backoff.poll_interval(kind, now));
        self.is_polled = poll.is_some();
        let delay = kind.map(|kind| self.backoff.next_delay(kind, retry_after, now, chance));
        // A change of the network does not change what the server has, so it must not retry sooner.
        if matches!(reason, Reason::NotFound(_)) {
            least = delay.unwrap_or(least);
        }
        let delay = match follow_up {
            FollowUp::Refused if std::mem::replace(&mut self.was_refused, true) => {
                Some(REFUSED.mul_f64(1.0 + chance / 60.0))
            }
            _ => delay,
        };
        let delay =
            delay.map(|delay| if reason == Reason::Woke { delay.min(WAKING.mul_f64(chance)) } else { delay });
        let signal = match (follow_up, delay) {
            (FollowUp::Retry(_), Some(delay)) => Activity::Waiting {
                reason,
                delay,
                attempt: self.attempt.max(1),
                last_event_id: self.resume_point.after().to_owned(),
                poll,
                quiet_limit: self.quiet_cuts.limit(),
            },
            (FollowUp::End, _) => Activity::Ended { reason },
            (_, retry_in) => Activity::Parked { reason, retry_in },
        };
        self.say(signal).await?;
        self.wait(delay, least, chance).await;
        Ok(())
    }

    /// Waits for `delay`, or without end if it is `None`. A nudge ends the wait. A wake-up of the machine shortens
    /// it to at most [`WAKING`]; a change of the network, to the longer of that and `least`.
    async fn wait(&mut self, delay: Option<Duration>, least: Duration, chance: f64) {
        let clock = Arc::clone(&self.ports.clock);
        let nudge = Arc::clone(&self.nudge);
        let Some(delay) = delay else { return nudge.notified().await };
        let earliest = clock.mono() + least;
        let mut due_at = clock.mono() + delay;
        let mut due = clock.sleep(delay);
        loop {
            tokio::select! {
                () = &mut due => return,
                () = nudge.notified() => return,
                Ok(()) = self.hints.changed() => {
                    let soon = clock.mono() + WAKING.mul_f64(chance);
                    let at = if self.has_woken() { soon } else { soon.max(earliest) };
                    // A hint never postpones the attempt.
                    if at < due_at {
                        due_at = at;
                        due = clock.sleep(at.saturating_sub(clock.mono()));
                    }
                }
            }
        }
    }

    /// Returns whether the machine woke since the last call, and marks all hints as seen.
    fn has_woken(&mut self) -> bool {
        let woke = self.hints.borrow_and_update().woke;
        std::mem::replace(&mut self.woke, woke) != woke
    }

    /// Reads the secrets from the keychain.
    async fn credentials(&self) -> Result<Credentials, Failure> {
        Credentials::read(&self.spec.auth, &*self.ports.secrets).await.map_err(keychain_failure)
    }

    fn request(&self, credentials: Credentials) -> Request {
        Request {
            url: self.resume_point.address(&self.spec.url),
            method: Method::from_bytes(self.spec.method.as_bytes()).unwrap_or(Method::GET),
            body: self.spec.body.clone(),
            headers: self.spec.headers.clone(),
            credentials,
            cookies: Arc::clone(&self.cookies),
            allow_insecure_auth: self.spec.allow_insecure_auth,
            allow_private_redirect: self.spec.allow_private_redirect,
            last_event_id: self.resume_point.header(),
        }
    }

    async fn say(&self, signal: Activity) -> Result<(), NoListener> {
        self.signals.send(signal).await.map_err(|_| NoListener)
    }
}

fn keychain_failure(error: SecretError) -> Failure {
    match error {
        SecretError::Missing(name) => Failure::park(Reason::SecretMissing(name)),
        SecretError::Locked => Failure::park(Reason::KeychainLocked),
        SecretError::Timeout => Failure::park(Reason::KeychainTimeout),
        SecretError::Absent | SecretError::Refused(_) | SecretError::Unusable(_) | SecretError::Home(_) => {
            Failure::park(Reason::KeychainAbsent)
        }
    }
}
