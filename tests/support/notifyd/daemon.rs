//! The service's object on the bus, and its record of calls.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;

use super::{CloseReason, NotifyCall};

/// The recorded calls, and the state of the service.
#[derive(Debug, Default)]
pub struct Entries {
    pub calls: Vec<NotifyCall>,
    pub closed: Vec<u32>,
    pub hangs: bool,
    /// The number of calls that arrived while it was hanging.
    pub unanswered: usize,
    last_id: u32,
}

/// Shared access to the record.
#[derive(Clone, Debug, Default)]
pub struct Ledger(Arc<Mutex<Entries>>);

impl Ledger {
    /// Calls `read` with the record locked.
    pub fn read<T>(&self, read: impl FnOnce(&mut Entries) -> T) -> T {
        read(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The object that implements the interface.
pub struct Daemon {
    pub ledger: Ledger,
    pub capabilities: Vec<String>,
}

impl Daemon {
    /// Never returns if the service is hanging when the call arrives.
    async fn answers(&self) {
        let hangs = self.ledger.read(|entries| {
            entries.unanswered += usize::from(entries.hangs);
            entries.hangs
        });
        if hangs {
            std::future::pending::<()>().await;
        }
    }
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Daemon {
    #[expect(clippy::too_many_arguments, reason = "the specification has eight")]
    async fn notify(
        &self,
        app: String,
        replaces_id: u32,
        icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        expire_timeout: i32,
    ) -> u32 {
        let at = Instant::now();
        self.answers().await;
        self.ledger.read(|entries| {
            let id = if replaces_id == 0 {
                entries.last_id += 1;
                entries.last_id
            } else {
                replaces_id
            };
            let call =
                NotifyCall { at, id, app, replaces_id, icon, summary, body, actions, hints, expire_timeout };
            entries.calls.push(call);
            id
        })
    }

    async fn close_notification(&self, id: u32, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) {
        self.ledger.read(|entries| entries.closed.push(id));
        // The application may have disconnected.
        let _ = Self::notification_closed(&emitter, id, CloseReason::Closed as u32).await;
    }

    async fn get_capabilities(&self) -> Vec<String> {
        self.answers().await;
        self.capabilities.clone()
    }

    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("ledger", "Bellwire's tests", "1", "1.2")
    }

    /// The user clicked an action.
    #[zbus(signal)]
    pub async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action_key: &str) -> zbus::Result<()>;

    /// A notification was closed; `reason` is a [`CloseReason`].
    #[zbus(signal)]
    pub async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}
