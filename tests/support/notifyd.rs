//! A notification service that records its calls and lets a test click.
//!
//! Desktop Notifications Specification 1.2, `org.freedesktop.Notifications`.

mod daemon;

use std::collections::HashMap;
use std::time::Instant;

use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;

use self::daemon::{Daemon, Ledger};
use super::{desktop, wait};

const PATH: &str = "/org/freedesktop/Notifications";
const NAME: &str = "org.freedesktop.Notifications";

/// The capabilities of most notification services: markup in the body, and buttons.
pub const USUAL_CAPABILITIES: &[&str] = &["actions", "body", "body-hyperlinks", "body-markup", "icon-static"];

/// One call of `Notify`.
#[derive(Clone, Debug)]
pub struct NotifyCall {
    /// When the call arrived.
    pub at: Instant,
    /// The id in the answer: a new one, or `replaces_id`.
    pub id: u32,
    /// The application's name.
    pub app: String,
    /// The id of the notification that this one replaces, or 0.
    pub replaces_id: u32,
    /// The icon's name or path.
    pub icon: String,
    /// The title.
    pub summary: String,
    /// The text, with markup if the capabilities contain it.
    pub body: String,
    /// Keys and labels, alternating.
    pub actions: Vec<String>,
    /// The hints: urgency, for example.
    pub hints: HashMap<String, OwnedValue>,
    /// How long to show it, in milliseconds; -1 leaves it to the service, 0 means until it is closed.
    pub expire_timeout: i32,
}

/// Why a notification was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum CloseReason {
    /// It expired.
    Expired = 1,
    /// The user dismissed it.
    Dismissed = 2,
    /// The application closed it.
    Closed = 3,
}

/// A running notification service on a virtual desktop that has none.
#[derive(Debug)]
pub struct NotificationDaemon {
    connection: zbus::Connection,
    ledger: Ledger,
}

impl NotificationDaemon {
    /// Starts the service on the desktop's bus, with [`USUAL_CAPABILITIES`].
    pub async fn start(desktop: &desktop::VirtualDesktop) -> Self {
        Self::start_with(desktop, USUAL_CAPABILITIES).await
    }

    /// Starts the service on the desktop's bus.
    pub async fn start_with(desktop: &desktop::VirtualDesktop, capabilities: &[&str]) -> Self {
        Self::on(desktop::connect(desktop).await, capabilities).await
    }

    /// Starts the service on the bus of this connection.
    pub async fn on(connection: zbus::Connection, capabilities: &[&str]) -> Self {
        let ledger = Ledger::default();
        let capabilities = capabilities.iter().map(|&name| name.to_owned()).collect();
        let daemon = Daemon { ledger: ledger.clone(), capabilities };
        connection.object_server().at(PATH, daemon).await.expect("the daemon's object can be served");
        // This fails if a service of the desktop owns the name.
        connection.request_name(NAME).await.expect("the desktop was started without a notification daemon");
        Self { connection, ledger }
    }

    /// Returns every call of `Notify` so far, in order.
    pub fn calls(&self) -> Vec<NotifyCall> {
        self.ledger.read(|entries| entries.calls.clone())
    }

    /// Returns the ids that the application asked to close, in order.
    pub fn closed(&self) -> Vec<u32> {
        self.ledger.read(|entries| entries.closed.clone())
    }

    /// Waits until a call matches `wanted`, and returns the first that does.
    pub async fn wait_for(&self, what: &str, wanted: impl Fn(&NotifyCall) -> bool) -> NotifyCall {
        wait::until(what, async || self.calls().into_iter().find(|call| wanted(call))).await
    }

    /// Clicks an action of a notification; `default` is a click on the notification itself.
    pub async fn click(&self, id: u32, action: &str) {
        Daemon::action_invoked(&self.emitter(), id, action).await.expect("the signal can be sent");
    }

    /// Closes a notification.
    pub async fn close(&self, id: u32, reason: CloseReason) {
        Daemon::notification_closed(&self.emitter(), id, reason as u32)
            .await
            .expect("the signal can be sent");
    }

    /// Releases the service's name and keeps its record, as when the service crashes or is replaced.
    pub async fn go_away(&self) {
        // The name may already be released.
        let _ = self.connection.release_name(NAME).await;
    }

    /// Takes the service's name again, and answers calls.
    pub async fn come_back(&self) {
        self.ledger.read(|entries| entries.hangs = false);
        // The name may not have been released.
        let _ = self.connection.request_name(NAME).await;
    }

    /// Stops answering calls. Those that arrive meanwhile are never answered or recorded, even after
    /// [`NotificationDaemon::come_back`].
    pub fn hang(&self) {
        self.ledger.read(|entries| entries.hangs = true);
    }

    /// Waits until a call hangs.
    pub async fn wait_for_unanswered(&self) {
        let unanswered = || self.ledger.read(|entries| entries.unanswered);
        wait::until("a call that hangs", async || (unanswered() > 0).then_some(())).await;
    }

    /// Releases the name, as when the service crashes.
    pub async fn stop(self) {
        self.connection.release_name(NAME).await.expect("the name was ours");
    }

    /// Closes the connection to the bus, with calls unanswered.
    pub async fn die(self) {
        self.connection.close().await.expect("the connection stood");
    }

    fn emitter(&self) -> SignalEmitter<'_> {
        SignalEmitter::new(&self.connection, PATH).expect("the path is well formed")
    }
}
