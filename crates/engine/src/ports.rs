//! The outside world as the engine sees it: what tests replace.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::Home;
use crate::clock::SystemClock;
use crate::event::{Millis, Severity};
use crate::hints::SystemHints;
use crate::notify::DesktopNotifier;
use crate::secrets::{Keychain, Secret, SecretError};

/// A boxed future that may cross threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Wall and monotonic time.
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn wall(&self) -> Millis;
    /// Time since some fixed moment; never goes back.
    fn mono(&self) -> Duration;
    /// Done after `time`.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;
    /// Done when wall and monotonic time may have parted, as after a sleep of the machine. A clock on which that
    /// never happens waits for ever.
    fn jumped(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

/// Shows notifications.
pub trait Notifier: Send + Sync {
    /// Shows one, or replaces the one shown under the same key, and says when it stands on the desktop.
    /// The implementation keeps the 5 s deadline of its own calls.
    fn show(&self, notification: Notification, clicked: Clicked) -> BoxFuture<'_, Result<(), NotifyError>>;
}

/// What is called, at most once, when a person clicks the notification.
pub type Clicked = Box<dyn FnOnce() + Send>;

/// A notification, its text already made safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// A later one with the same key replaces it in place.
    pub key: i64,
    /// Title, plain text, at most 120 characters.
    pub title: String,
    /// Body, plain text, at most 500 characters.
    pub body: String,
    /// How grave it is; critical ones stay until dismissed.
    pub severity: Severity,
    /// What the click does, in the language of the interface.
    pub action: String,
}

/// Why a notification is not on the desktop.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// No daemon takes notifications, or it refused this one.
    #[error("the desktop's notification service did not take it: {0}")]
    Refused(String),
    /// The daemon did not answer.
    #[error("the desktop's notification service did not answer within {} s", .0.as_secs())]
    Timeout(Duration),
}

/// Something about the machine that makes another try worth while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// It woke from sleep.
    Woke,
    /// Its addresses or routes changed.
    NetworkChanged,
}

/// Takes a hint.
pub type TellHint = Arc<dyn Fn(Hint) + Send + Sync>;

/// What the system tells of its sleep and its network. A hint only ever hastens; that none comes is no fault.
pub trait Hints: Send + Sync {
    /// Tells each hint for as long as it runs; done where the system tells nothing, or no more.
    fn follow(&self, tell: TellHint) -> BoxFuture<'static, ()>;
}

/// The keychain.
pub trait Secrets: Send + Sync {
    /// The secret of this name.
    fn get(&self, name: &str) -> BoxFuture<'_, Result<Secret, SecretError>>;
    /// Stores a secret under this name, replacing an older one.
    fn set(&self, name: &str, secret: Secret) -> BoxFuture<'_, Result<(), SecretError>>;
    /// Forgets the secret of this name; it is no error when there is none.
    fn remove(&self, name: &str) -> BoxFuture<'_, Result<(), SecretError>>;
}

/// The places on an event's way at which a sudden death is most telling: what was done before is kept, what comes
/// after is done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Events were read off the wire; nothing of them is stored.
    Decoded,
    /// Events, cursor and deliveries are on the disk; nobody was told.
    Committed,
    /// A delivery is taken; nothing was shown.
    Claimed,
    /// The desktop took the notification; the log does not know yet.
    Shown,
    /// The log knows that it was shown.
    Marked,
}

/// Everything from outside, in one value.
#[derive(Clone)]
pub struct Ports {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The desktop's notifications.
    pub notifier: Arc<dyn Notifier>,
    /// The keychain.
    pub secrets: Arc<dyn Secrets>,
    /// Hints that the machine woke, or that its network changed.
    pub hints: Arc<dyn Hints>,
    /// Chance, as a number in [0, 1).
    pub chance: Arc<dyn Fn() -> f64 + Send + Sync>,
    /// Called whenever a step was passed, on the thread that passed it. The real world does nothing.
    pub passed: Arc<dyn Fn(Step) + Send + Sync>,
}

impl Ports {
    /// The real world, for a program that receives for this home.
    pub fn in_home(home: &Home) -> Self {
        Self { notifier: Arc::new(DesktopNotifier::in_home(home)), ..Self::real() }
    }

    /// The real world.
    pub fn real() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            notifier: Arc::new(DesktopNotifier::default()),
            secrets: Arc::new(Keychain::start()),
            hints: Arc::new(SystemHints),
            chance: Arc::new(rand::random::<f64>),
            passed: Arc::new(|_| {}),
        }
    }
}
