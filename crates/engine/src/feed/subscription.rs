//! A subscription: connects, reads, waits and connects again, and says each step to whoever listens.

use std::sync::Arc;
use std::time::Duration;

use bellwire_sse::{Backoff, Decoder, DropKind, Limits};
use reqwest::{Client, Method};
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::client::Clients;
use super::failure::{Failure, FollowUp, reason};
use super::http::{Credential, Head, Request, connect, id_header};
use super::incoming::{Incoming, decode};
use super::network::{Hinted, Network, way_to};
use super::resume::{Resume, with_cursor};
use super::spec::{SignIn, Signal, Spec};
use crate::config::Auth;
use crate::event::Reason;
use crate::ports::{BoxFuture, Ports, Step};
use crate::secrets::SecretError;

/// When an answer that has not come is worth telling. Longer than the connect timeout, so that a connection exists.
const SLOW: Duration = Duration::from_millis(10_500);
/// How long an answer may take where the feed has no idle limit.
const NO_ANSWER: Duration = Duration::from_secs(300);
/// How long a connection may be silent after a hint before it is renewed.
const PROBE: Duration = Duration::from_secs(2);
/// Over how long the tries that follow a hint are spread.
const WAKING: Duration = Duration::from_secs(2);
/// A pause this long ends the replay that follows a resumed connection, and so does this much time in all: a feed
/// that never pauses is live at some point, too.
const REPLAY_PAUSE: Duration = Duration::from_millis(500);
const REPLAY_LENGTH: Duration = Duration::from_secs(5);

/// A subscription of its own, outside the engine's supervision; dropping it ends it.
pub struct Subscribed {
    signals: mpsc::Receiver<Signal>,
    _stop: DropGuard,
}

impl Subscribed {
    /// Begins at once, in the background.
    pub fn start(spec: Spec, ports: Ports) -> Self {
        let (sender, signals) = mpsc::channel(1);
        let stop = CancellationToken::new();
        tokio::spawn(subscribe(spec, ports, Arc::default(), sender, Arc::default(), stop.clone()));
        Self { signals, _stop: stop.drop_guard() }
    }

    /// The next step; `None` once the subscription has ended.
    pub async fn next(&mut self) -> Option<Signal> {
        self.signals.recv().await
    }
}

/// Runs a subscription until `stop`, or until nobody listens. A nudge renews the connection at once.
pub(crate) async fn subscribe(
    spec: Spec,
    ports: Ports,
    network: Arc<Network>,
    signals: mpsc::Sender<Signal>,
    nudge: Arc<Notify>,
    stop: CancellationToken,
) {
    let mut backoff = Backoff::new();
    if let Some(ms) = spec.retry_ms {
        backoff.set_retry(ms);
    }
    let last_event_id = spec.last_event_id.clone();
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
        last_event_id,
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
    hints: watch::Receiver<Hinted>,
    /// How many wakings were heeded.
    woke: u64,
    signals: mpsc::Sender<Signal>,
    nudge: Arc<Notify>,
    backoff: Backoff,
    attempt: u32,
    last_event_id: String,
}

/// Nobody listens.
struct Unheard;

impl Subscription {
    async fn run(&mut self) -> Result<(), Unheard> {
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

    /// One connection, from the request to its end.
    async fn receive(&mut self, client: &Client) -> Result<Failure, Unheard> {
        self.attempt = self.attempt.saturating_add(1);
        self.say(Signal::Connecting { attempt: self.attempt }).await?;
        let credential = match self.credential().await {
            Ok(credential) => credential,
            Err(failure) => return Ok(failure),
        };
        let mut answer = self.open(client, &self.request(credential.clone())).await?;
        // Refused: the secret may have been changed since it was read, so it is read once more.
        if answer.as_ref().is_err_and(|failure| matches!(failure.reason, Reason::SignIn(_)))
            && let Ok(again) = self.credential().await
            && again != credential
        {
            answer = self.open(client, &self.request(again)).await?;
        }
        let head = match answer {
            Ok(head) => head,
            Err(failure) => return Ok(failure),
        };
        self.backoff.connected(self.ports.clock.mono());
        // What came while this connection was made does not cast doubt on it.
        self.has_woken();
        let Head { status, http, url, headers, mut body } = head;
        let attempt = std::mem::take(&mut self.attempt);
        let place = headers.iter().find(|(name, _)| name == "last-event-id").map(|(_, id)| id.clone());
        // A hub that names another place than it was asked for has lost what lies between (Mercure, "Reconciliation").
        let asked = self.header_id();
        let is_history_short =
            !asked.is_empty() && place.as_ref().is_some_and(|id| !id.is_empty() && id != asked);
        let resumed = self.is_resuming();
        self.say(Signal::Open { status, http, url, headers, attempt, resumed, is_history_short }).await?;
        // A hub says where its stream stands: what comes after a loss of this connection can be asked for even
        // when no event has come yet.
        if let Some(id) = place
            && self.spec.resume == Resume::LastEventId
            && self.last_event_id.is_empty()
            && !id.is_empty()
        {
            self.last_event_id.clone_from(&id);
            self.say(Signal::Items { items: vec![Incoming::Id(id)], replaying: false }).await?;
        }
        self.read(&mut body).await
    }

    async fn open(&mut self, client: &Client, request: &Request) -> Result<Result<Head, Failure>, Unheard> {
        let clock = Arc::clone(&self.ports.clock);
        let nudge = Arc::clone(&self.nudge);
        let network = Arc::clone(&self.network);
        let mut pass = network.enter(&request.url).await;
        let limit = self.spec.idle_timeout.unwrap_or(NO_ANSWER).max(SLOW + Duration::from_secs(1));
        let mut answer = std::pin::pin!(connect(client, request, &*self.ports.clock));
        let mut deadline = clock.sleep(limit);
        let mut slow = clock.sleep(SLOW);
        let mut is_told = false;
        loop {
            tokio::select! {
                answer = &mut answer => return Ok(answer),
                () = &mut deadline => return Ok(Err(Failure::retry(Reason::NoAnswer))),
                () = &mut slow, if !is_told => {
                    is_told = true;
                    // A server that does not answer keeps nobody else waiting.
                    drop(pass.take());
                    let after_ms = u64::try_from(SLOW.as_millis()).unwrap_or(u64::MAX);
                    self.say(Signal::Slow { after_ms }).await?;
                }
                () = nudge.notified() => return Ok(Err(Failure::retry(Reason::Restart))),
            }
        }
    }

    async fn read(&mut self, body: &mut reqwest::Response) -> Result<Failure, Unheard> {
        let clock = Arc::clone(&self.ports.clock);
        let nudge = Arc::clone(&self.nudge);
        let limits = Limits { max_event: self.spec.max_event, ..Limits::default() };
        let mut decoder = Decoder::new(limits).with_last_event_id(self.header_id());
        let mut replaying = self.is_resuming();
        let opened_at = clock.mono();
        let peer = body.remote_addr();
        let way = peer.and_then(way_to);
        let mut probe: Option<BoxFuture<'static, ()>> = None;
        let mut block_begun_at = opened_at;
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
                chunk = body.chunk() => match chunk {
                    Ok(Some(chunk)) => Ok(chunk),
                    Ok(None) => Err(Reason::Ended),
                    Err(error) => Err(reason(&error)),
                },
                () = idle => Err(Reason::Idle),
                () = probed => Err(Reason::Woke),
                () = nudge.notified() => Err(Reason::Restart),
                Ok(()) = self.hints.changed() => {
                    // What is alive shows it; a connection that died in the machine's sleep never would, nor one from
                    // an address that is no longer ours. Other changes of the network leave it alone.
                    if self.has_woken() || peer.and_then(way_to) != way {
                        probe.get_or_insert_with(|| clock.sleep(PROBE));
                    }
                    continue;
                }
            };
            let chunk = match lost {
                Ok(chunk) => chunk,
                Err(reason) => {
                    self.tell_unfinished(&decoder).await?;
                    return Ok(Failure::lost(reason));
                }
            };
            probe = None;
            let now = clock.mono();
            replaying = replaying
                && now.saturating_sub(asked_at) < REPLAY_PAUSE
                && now.saturating_sub(opened_at) < REPLAY_LENGTH;
            if self.spec.raw {
                self.say(Signal::Bytes(chunk.to_vec())).await?;
            }
            if decoder.unfinished_chunks() == 0 {
                block_begun_at = now;
            }
            let items = decode(&mut decoder, &chunk, now.saturating_sub(block_begun_at));
            let items = self.with_cursors(items);
            if decoder.unfinished_chunks() == 1 {
                block_begun_at = now;
            }
            for item in &items {
                match item {
                    Incoming::Event(_) => self.backoff.event_seen(now),
                    Incoming::Retry(ms) => self.backoff.set_retry(*ms),
                    Incoming::Id(_) | Incoming::Comment(_) | Incoming::Oversize { .. } => {}
                }
            }
            if !items.is_empty() {
                (self.ports.passed)(Step::Decoded);
                if !matches!(self.spec.resume, Resume::Query { .. }) {
                    self.last_event_id = decoder.last_event_id().to_owned();
                }
                self.say(Signal::Items { items, replaying }).await?;
            }
        }
    }

    /// An event over the limit whose end will not come is lost like one whose end came.
    async fn tell_unfinished(&self, decoder: &Decoder) -> Result<(), Unheard> {
        if !decoder.is_skipping() {
            return Ok(());
        }
        let oversize = Incoming::Oversize { last_event_id: self.last_event_id.clone(), is_event: true };
        self.say(Signal::Items { items: vec![oversize], replaying: false }).await
    }

    /// Says what comes next and waits for it.
    async fn pause(&mut self, failure: Failure) -> Result<(), Unheard> {
        let Failure { reason, follow_up, retry_after } = failure;
        if reason == Reason::Restart {
            return Ok(());
        }
        let kind = match follow_up {
            FollowUp::Retry(kind) => Some(kind),
            FollowUp::Park => Some(DropKind::Parked),
            FollowUp::ParkForGood | FollowUp::End => None,
        };
        let (now, chance) = (self.ports.clock.mono(), (self.ports.chance)());
        let mut least = self.backoff.least_delay(retry_after, now);
        let delay = kind.map(|kind| self.backoff.next_delay(kind, retry_after, now, chance));
        // No other network brings back what a server does not have.
        if matches!(reason, Reason::NotFound(_)) {
            least = delay.unwrap_or(least);
        }
        let delay =
            delay.map(|delay| if reason == Reason::Woke { delay.min(WAKING.mul_f64(chance)) } else { delay });
        let signal = match (follow_up, delay) {
            (FollowUp::Retry(_), Some(delay)) => Signal::Waiting {
                reason,
                delay,
                attempt: self.attempt.max(1),
                last_event_id: self.last_event_id.clone(),
            },
            (FollowUp::End, _) => Signal::Ended { reason },
            (_, retry_in) => Signal::Parked { reason, retry_in },
        };
        self.say(signal).await?;
        self.wait(delay, least, chance).await;
        Ok(())
    }

    /// Waits for this long, `None` for ever. A nudge ends it. A hint shortens it: a waking whatever the wait is for, a
    /// change of the network not below `least`.
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
                    // Hints in a row never put it off.
                    if at < due_at {
                        due_at = at;
                        due = clock.sleep(at.saturating_sub(clock.mono()));
                    }
                }
            }
        }
    }

    /// Whether the machine woke since this was last asked. What it has been told of counts as heard.
    fn has_woken(&mut self) -> bool {
        let woke = self.hints.borrow_and_update().woke;
        std::mem::replace(&mut self.woke, woke) != woke
    }

    /// The secret, from the keychain.
    async fn credential(&self) -> Result<Option<Credential>, Failure> {
        let SignIn::Keychain(auth) = &self.spec.sign_in else { return Ok(None) };
        let secret = self.ports.secrets.get(auth.secret_name()).await.map_err(keychain_failure)?;
        Ok(Some(match auth {
            Auth::Bearer { .. } => Credential::Bearer(secret),
            Auth::Basic { user, .. } => Credential::Basic { user: user.clone(), password: secret },
        }))
    }

    fn request(&self, credential: Option<Credential>) -> Request {
        let url = match &self.spec.resume {
            Resume::Query { name, .. } if !self.last_event_id.is_empty() => {
                with_cursor(&self.spec.url, name, &self.last_event_id)
            }
            _ => self.spec.url.clone(),
        };
        Request {
            url,
            method: Method::from_bytes(self.spec.method.as_bytes()).unwrap_or(Method::GET),
            body: self.spec.body.clone(),
            headers: self.spec.headers.clone(),
            credential,
            allow_insecure_auth: self.spec.allow_insecure_auth,
            last_event_id: self.header_id().to_owned(),
        }
    }

    fn is_resuming(&self) -> bool {
        match self.spec.resume {
            Resume::LastEventId => id_header(&self.last_event_id).is_some(),
            Resume::Query { .. } => !self.last_event_id.is_empty(),
            Resume::Off => false,
        }
    }

    /// What the header `Last-Event-ID` says, and what a new connection's decoder begins with.
    fn header_id(&self) -> &str {
        match self.spec.resume {
            Resume::LastEventId => &self.last_event_id,
            Resume::Query { .. } | Resume::Off => "",
        }
    }

    /// Where the feed resumes by a query, each event that yields a cursor is followed by it.
    fn with_cursors(&mut self, items: Vec<Incoming>) -> Vec<Incoming> {
        let Resume::Query { cursor, .. } = &self.spec.resume else { return items };
        let mut with_cursors = Vec::with_capacity(items.len() * 2);
        for item in items {
            let found = match &item {
                Incoming::Event(event) => {
                    cursor.evaluate(&event.event_type, &event.last_event_id, &event.data)
                }
                // The standard's own id is not what this server resumes by.
                Incoming::Id(_) => continue,
                _ => None,
            };
            with_cursors.push(item);
            if let Some(found) = found {
                self.last_event_id.clone_from(&found);
                with_cursors.push(Incoming::Id(found));
            }
        }
        with_cursors
    }

    async fn say(&self, signal: Signal) -> Result<(), Unheard> {
        self.signals.send(signal).await.map_err(|_| Unheard)
    }
}

fn keychain_failure(error: SecretError) -> Failure {
    match error {
        SecretError::Missing(name) => Failure::park(Reason::SecretMissing(name)),
        SecretError::Locked => Failure::park(Reason::KeychainLocked),
        SecretError::Timeout => Failure::park(Reason::KeychainTimeout),
        SecretError::Absent | SecretError::Refused(_) => Failure::park(Reason::KeychainAbsent),
    }
}
