//! A notification daemon that keeps a ledger and lets a test click.
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

/// What most daemons can do: markup in the body, and buttons.
pub const USUAL_CAPABILITIES: &[&str] = &["actions", "body", "body-hyperlinks", "body-markup", "icon-static"];

/// One call of `Notify`, as it came.
#[derive(Clone, Debug)]
pub struct NotifyCall {
    /// When the daemon took the call.
    pub at: Instant,
    /// What the daemon answered: a new id, or the replaced one.
    pub id: u32,
    /// The application's name.
    pub app: String,
    /// The id of the notification that this one replaces, or 0.
    pub replaces_id: u32,
    /// The icon's name or path.
    pub icon: String,
    /// The title.
    pub summary: String,
    /// The text, with markup if the daemon says it can show that.
    pub body: String,
    /// Keys and labels in turn.
    pub actions: Vec<String>,
    /// Urgency, desktop entry and the like.
    pub hints: HashMap<String, OwnedValue>,
    /// How long to show it in milliseconds; -1 leaves it to the daemon, 0 means forever.
    pub expire_timeout: i32,
}

/// Why a notification went away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum CloseReason {
    /// Its time was up.
    Expired = 1,
    /// The user dismissed it.
    Dismissed = 2,
    /// The application closed it.
    Closed = 3,
}

/// A running daemon on a virtual desktop that has none of its own.
#[derive(Debug)]
pub struct NotificationDaemon {
    connection: zbus::Connection,
    ledger: Ledger,
}

impl NotificationDaemon {
    /// Takes the daemon's name on the desktop's bus, with [`USUAL_CAPABILITIES`].
    pub async fn start(desktop: &desktop::VirtualDesktop) -> Self {
        Self::start_with(desktop, USUAL_CAPABILITIES).await
    }

    /// Takes the daemon's name on the desktop's bus.
    pub async fn start_with(desktop: &desktop::VirtualDesktop, capabilities: &[&str]) -> Self {
        Self::on(desktop::connect(desktop).await, capabilities).await
    }

    /// Takes the daemon's name on the bus of this connection.
    pub async fn on(connection: zbus::Connection, capabilities: &[&str]) -> Self {
        let ledger = Ledger::default();
        let capabilities = capabilities.iter().map(|&name| name.to_owned()).collect();
        let daemon = Daemon { ledger: ledger.clone(), capabilities };
        connection.object_server().at(PATH, daemon).await.expect("the daemon's object can be served");
        // The plain request fails where a daemon of the desktop itself owns the name.
        connection.request_name(NAME).await.expect("the desktop was started without a notification daemon");
        Self { connection, ledger }
    }

    /// Every call of `Notify` so far, in order.
    pub fn calls(&self) -> Vec<NotifyCall> {
        self.ledger.read(|entries| entries.calls.clone())
    }

    /// The ids the application asked to close, in order.
    pub fn closed(&self) -> Vec<u32> {
        self.ledger.read(|entries| entries.closed.clone())
    }

    /// Waits until one of the calls is as `wanted`, and returns the first that is.
    pub async fn wait_for(&self, what: &str, wanted: impl Fn(&NotifyCall) -> bool) -> NotifyCall {
        wait::until(what, async || self.calls().into_iter().find(|call| wanted(call))).await
    }

    /// Clicks an action of a notification: `default` is a click on the notification itself.
    pub async fn click(&self, id: u32, action: &str) {
        Daemon::action_invoked(&self.emitter(), id, action).await.expect("the signal can be sent");
    }

    /// Takes a notification away.
    pub async fn close(&self, id: u32, reason: CloseReason) {
        Daemon::notification_closed(&self.emitter(), id, reason as u32)
            .await
            .expect("the signal can be sent");
    }

    /// Goes away and keeps its ledger, as when the daemon crashes or is replaced.
    pub async fn go_away(&self) {
        // A daemon that is gone cannot go once more.
        let _ = self.connection.release_name(NAME).await;
    }

    /// Takes its name again and works.
    pub async fn come_back(&self) {
        self.ledger.read(|entries| entries.hangs = false);
        // It may never have gone.
        let _ = self.connection.request_name(NAME).await;
    }

    /// Takes calls and neither answers nor shows them, not even later: [`NotificationDaemon::come_back`] is then a
    /// new start.
    pub fn hang(&self) {
        self.ledger.read(|entries| entries.hangs = true);
    }

    /// Waits until a call hangs.
    pub async fn wait_for_unanswered(&self) {
        let unanswered = || self.ledger.read(|entries| entries.unanswered);
        wait::until("a call that hangs", async || (unanswered() > 0).then_some(())).await;
    }

    /// Gives the name up, as when the daemon crashes.
    pub async fn stop(self) {
        self.connection.release_name(NAME).await.expect("the name was ours");
    }

    /// Dies without a word, in the middle of whatever it was asked.
    pub async fn die(self) {
        self.connection.close().await.expect("the connection stood");
    }

    fn emitter(&self) -> SignalEmitter<'_> {
        SignalEmitter::new(&self.connection, PATH).expect("the path is well formed")
    }
}
