//! The notification service of the session bus (Desktop Notifications Specification 1.2).
//!
//! Ids of notifications belong to the process that gave them: another one, which takes the service's name later, gives
//! the same numbers to notifications of other programs. So calls and signals are those of one connection, named by its
//! unique name, and what it showed is forgotten with it.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::StreamExt;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use zbus::message::Type;
use zbus::zvariant::Value;
use zbus::{Connection, MatchRule, MessageStream};

use crate::event::Severity;
use crate::ports::{Choice, Clicked, Notification, NotifyError};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// The name of the installed program's desktop file, without its end: the desktop takes name, icon and settings from it.
const DESKTOP_ENTRY: &str = "Bellwire";

/// The name of the action that opens the link.
const LINK: &str = "link";

/// The maximum number of shown notifications that are remembered. Clicks on older ones do nothing, and an update of one is a
/// new notification.
const MAX_SHOWN: usize = 200;

/// The maximum number of signals that wait; a person causes few.
const MAX_SIGNALS: usize = 64;

/// The session bus's notification service, whichever process provides it.
#[derive(Default)]
pub(super) struct Service {
    /// The process that answered last.
    provider: Mutex<Option<Provider>>,
}

/// A process that provides the service.
struct Provider {
    /// Kept open, because connecting to the bus costs more than a notification.
    bus: Connection,
    /// The unique name of its connection to the bus.
    owner: String,
    shown: Arc<Mutex<Shown>>,
    signals: JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.signals.abort();
    }
}

/// The notifications on the desktop, by our key.
#[derive(Default)]
struct Shown {
    by_key: HashMap<i64, Bubble>,
}

struct Bubble {
    id: u32,
    clicked: Clicked,
}

impl Service {
    /// Shows a notification, or replaces the one shown under the same key.
    ///
    /// # Errors
    /// [`NotifyError::Refused`] if there is no session bus or no notification service, or if it refused the notification.
    pub async fn show(
        &self,
        icon: &str,
        notification: Notification,
        clicked: Clicked,
    ) -> Result<(), NotifyError> {
        let mut provider = self.provider.lock().await;
        self::show(&mut provider, icon, notification, clicked)
            .await
            .map_err(|error| NotifyError::Refused(error.to_string()))
    }
}

async fn show(
    provider: &mut Option<Provider>,
    icon: &str,
    notification: Notification,
    clicked: Clicked,
) -> zbus::Result<()> {
    // Asked each time, because another service may have started.
    let asked = match &*provider {
        Some(kept) => Asked::ask(&kept.bus).await.ok(),
        None => None,
    };
    let asked = match asked {
        Some(asked) => asked,
        // The kept connection may be to a bus that has ended.
        None => Asked::ask(&Connection::session().await?).await?,
    };
    let provider = match provider {
        Some(kept) if kept.owner == asked.owner && kept.bus.unique_name() == asked.bus.unique_name() => kept,
        other => other.insert(Provider::follow(asked.bus, asked.owner).await?),
    };
    // Held until the id is known: a click on it waits.
    let mut shown = provider.shown.lock().await;
    let replaced = shown.by_key.get(&notification.key).map_or(0, |bubble| bubble.id);
    let message = message(icon, &notification, replaced, &asked.capabilities);
    // To this very process: to another one, the id would name another program's notification.
    let owner = Some(provider.owner.as_str());
    let reply = provider.bus.call_method(owner, PATH, Some(NAME), "Notify", &message).await?;
    shown.insert(notification.key, Bubble { id: reply.body().deserialize()?, clicked });
    Ok(())
}

/// What a process answered that provides the service.
struct Asked {
    bus: Connection,
    owner: String,
    capabilities: Vec<String>,
}

impl Asked {
    async fn ask(bus: &Connection) -> zbus::Result<Self> {
        let reply = bus.call_method(Some(NAME), PATH, Some(NAME), "GetCapabilities", &()).await?;
        let owner = reply.header().sender().map(ToString::to_string).unwrap_or_default();
        Ok(Self { bus: bus.clone(), owner, capabilities: reply.body().deserialize()? })
    }
}

impl Provider {
    /// Follows the clicks on what this process shows.
    async fn follow(bus: Connection, owner: String) -> zbus::Result<Self> {
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender(owner.as_str())?
            .interface(NAME)?
            .build()
            .to_owned();
        let signals = MessageStream::for_match_rule(rule, &bus, Some(MAX_SIGNALS)).await?;
        let shown = Arc::default();
        let signals = tokio::spawn(follow(signals, Arc::clone(&shown)));
        Ok(Self { bus, owner, shown, signals })
    }
}

/// Calls what a click asks for, and forgets what left the desktop.
async fn follow(mut signals: MessageStream, shown: Arc<Mutex<Shown>>) {
    while let Some(Ok(signal)) = signals.next().await {
        let (header, body) = (signal.header(), signal.body());
        match header.member().map(|member| member.as_str()) {
            Some("ActionInvoked") => {
                let Ok((id, action)) = body.deserialize::<(u32, String)>() else { continue };
                let bubble = shown.lock().await.remove(id);
                if let Some(bubble) = bubble {
                    (bubble.clicked)(if action == LINK { Choice::Link } else { Choice::Show });
                }
            }
            Some("NotificationClosed") => {
                let Ok((id, _reason)) = body.deserialize::<(u32, u32)>() else { continue };
                drop(shown.lock().await.remove(id));
            }
            _ => {}
        }
    }
}

impl Shown {
    fn insert(&mut self, key: i64, bubble: Bubble) {
        self.by_key.insert(key, bubble);
        if self.by_key.len() > MAX_SHOWN
            && let Some(oldest) = self.by_key.keys().min().copied()
        {
            self.by_key.remove(&oldest);
        }
    }

    fn remove(&mut self, id: u32) -> Option<Bubble> {
        let key = self.by_key.iter().find(|(_, bubble)| bubble.id == id).map(|(key, _)| *key)?;
        self.by_key.remove(&key)
    }
}

/// The arguments of `Notify`: application, id to replace, icon, title, body, actions, hints, milliseconds.
type Message<'a> =
    (&'static str, u32, &'a str, &'a str, String, Vec<&'a str>, HashMap<&'static str, Value<'static>>, i32);

/// Returns the arguments for a service with these capabilities.
fn message<'a>(
    icon: &'a str,
    notification: &'a Notification,
    replaced: u32,
    capabilities: &[String],
) -> Message<'a> {
    let can = |name: &str| capabilities.iter().any(|capability| capability == name);
    let body = match can("body-markup") {
        true => escape_markup(&notification.body),
        false => notification.body.clone(),
    };
    let mut actions = Vec::new();
    // Without buttons, some services show the actions as text.
    if can("actions") {
        actions.extend(["default", &notification.action]);
        if let Some(label) = &notification.link_action {
            actions.extend([LINK, label]);
        }
    }
    // Urgency 2 is critical and stays (0 ms); 1 is normal, for as long as the service likes (-1).
    let (urgency, timeout) = match notification.severity {
        Severity::Critical => (2_u8, 0),
        Severity::Warning | Severity::Info => (1, -1),
    };
    let hints =
        HashMap::from([("urgency", Value::from(urgency)), ("desktop-entry", Value::from(DESKTOP_ENTRY))]);
    ("Bellwire", replaced, icon, &notification.title, body, actions, hints, timeout)
}

/// Escapes the characters that a notification service would interpret as markup (Desktop Notifications
/// Specification 1.2, "Markup").
fn escape_markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
