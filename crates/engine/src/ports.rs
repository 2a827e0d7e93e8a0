//! The outside world as the engine sees it: what tests replace.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::event::{Millis, Severity};
use crate::secrets::{Secret, SecretError};

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
pub type Clicked = Box<dyn FnOnce(Choice) + Send>;

/// What a person clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The notification itself, or its first button.
    Show,
    /// The button of its link.
    Link,
}

/// A notification, its text already made safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// A later one with the same key replaces it in place.
    pub key: i64,
    /// Title, plain text, at most 120 characters.
    pub title: String,
    /// Body, plain text, at most 500 characters.
    pub body: String,
    /// Its severity; critical ones stay until dismissed.
    pub severity: Severity,
    /// What the click does, in the language of the interface.
    pub action: String,
    /// The label of a second button, which opens the notification's link; it names the host.
    pub link_action: Option<String>,
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

/// Receives hints.
pub type OnHint = Arc<dyn Fn(Hint) + Send + Sync>;

/// What the system reports of its sleep and its network. A hint only makes a retry come sooner; none is required.
pub trait Hints: Send + Sync {
    /// Reports each hint for as long as it runs. Ends where the system reports nothing, or no more.
    fn follow(&self, on_hint: OnHint) -> BoxFuture<'static, ()>;
}

/// The keychain.
pub trait Secrets: Send + Sync {
    /// The secret of this name.
    fn get(&self, name: &str) -> BoxFuture<'_, Result<Secret, SecretError>>;
    /// Stores a secret under this name, replacing an older one.
    fn set(&self, name: &str, secret: Secret) -> BoxFuture<'_, Result<(), SecretError>>;
    /// Forgets the secret of this name. Returns whether there was one.
    fn remove(&self, name: &str) -> BoxFuture<'_, Result<bool, SecretError>>;
}

/// The points on an event's way at which a crash tells most: what was done before is kept, what comes after is done
/// again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Milestone {
    /// Events were read off the wire; nothing of them is stored.
    Decoded,
    /// Events, cursor and deliveries are on the disk; nobody was notified.
    Committed,
    /// A delivery is claimed; nothing was shown.
    Claimed,
    /// The desktop took the notification; the log does not know yet.
    Shown,
    /// The log has marked it as shown.
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
    /// Called at each milestone, on the thread that reached it. The real world does nothing.
    pub reached: Arc<dyn Fn(Milestone) + Send + Sync>,
}
