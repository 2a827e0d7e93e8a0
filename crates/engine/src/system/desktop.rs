//! Shows notifications on the desktop with notify-rust.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::event::Severity;
use crate::files;
use crate::home::Home;
use crate::ports::{BoxFuture, Choice, Clicked, Notification, Notifier, NotifyError};

/// The program's icon, 128 by 128 pixels.
const ICON: &[u8] = include_bytes!("../../../../icons/128x128.png");

/// The timeout for showing one notification. A notification service that hangs must not block those that follow.
const DEADLINE: Duration = Duration::from_secs(5);

/// The maximum number of shown notifications whose clicks are received, since each takes a task. Clicks on older
/// ones do nothing.
#[cfg(all(unix, not(target_os = "macos")))]
const MAX_LISTENED: usize = 200;

/// The name of the action that opens the link.
#[cfg(all(unix, not(target_os = "macos")))]
const LINK: &str = "link";

/// Shows notifications on the desktop.
pub struct DesktopNotifier {
    icon: String,
    shown: Arc<Mutex<Shown>>,
    #[cfg(all(unix, not(target_os = "macos")))]
    daemon: Daemon,
}

impl DesktopNotifier {
    /// Creates a notifier with this icon: a name in the desktop's icon theme, or the path of an image.
    pub fn new(icon: &str) -> Self {
        Self {
            icon: icon.to_owned(),
            shown: Arc::default(),
            #[cfg(all(unix, not(target_os = "macos")))]
            daemon: Daemon::default(),
        }
    }

    /// Creates a notifier whose icon is written to the home, because a program that is not installed has no icon in the
    /// desktop's theme. If the home cannot be written, it uses the theme's.
    pub fn in_home(home: &Home) -> Self {
        let path = home.runtime_dir().join("icon.png");
        let is_written = home.prepare().is_ok() && files::keep(&path, ICON).is_ok();
        if is_written { Self::new(&path.to_string_lossy()) } else { Self::default() }
    }
}

impl Default for DesktopNotifier {
    /// Creates a notifier with the theme icon of an installed Bellwire.
    fn default() -> Self {
        Self::new("bellwire-desktop")
    }
}

/// The notifications on the desktop, by our key.
#[derive(Default)]
struct Shown {
    by_key: HashMap<i64, Standing>,
}

struct Standing {
    #[cfg(all(unix, not(target_os = "macos")))]
    daemon_id: u32,
    #[cfg(all(unix, not(target_os = "macos")))]
    listener: tokio::task::AbortHandle,
}

impl Notifier for DesktopNotifier {
    fn show(&self, notification: Notification, clicked: Clicked) -> BoxFuture<'_, Result<(), NotifyError>> {
        Box::pin(async move {
            match tokio::time::timeout(DEADLINE, present(self, notification, clicked)).await {
                Ok(result) => result,
                Err(_) => Err(NotifyError::Timeout(DEADLINE)),
            }
        })
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
async fn present(
    notifier: &DesktopNotifier,
    notification: Notification,
    clicked: Clicked,
) -> Result<(), NotifyError> {
    use notify_rust::{NotificationResponse, Timeout, Urgency};

    let refused = |error: notify_rust::error::Error| NotifyError::Refused(error.to_string());
    // Asked each time, because another notification service may have started.
    let capabilities =
        notifier.daemon.capabilities().await.map_err(|error| NotifyError::Refused(error.to_string()))?;
    let renders_markup = capabilities.iter().any(|c| c == "body-markup");
    let body = if renders_markup { escape_markup(&notification.body) } else { notification.body };
    let mut message = notify_rust::Notification::new();
    message.appname("Bellwire").summary(&notification.title).body(&body).icon(&notifier.icon);
    message.action("default", &notification.action);
    if let Some(label) = &notification.link_action {
        message.action(LINK, label);
    }
    match notification.severity {
        Severity::Critical => message.urgency(Urgency::Critical).timeout(Timeout::Never),
        Severity::Warning | Severity::Info => message.urgency(Urgency::Normal),
    };
    let key = notification.key;
    let shown = Arc::clone(&notifier.shown);
    if let Some(standing) = lock(&shown).by_key.get(&key) {
        message.id(standing.daemon_id);
    }
    let handle = message.show_async().await.map_err(refused)?;
    let daemon_id = handle.id();
    let forget = Arc::clone(&shown);
    let listener = tokio::spawn(async move {
        let mut choice = None;
        let note = |response: &NotificationResponse| {
            choice = match response {
                NotificationResponse::Action(action) if action == LINK => Some(Choice::Link),
                NotificationResponse::Default | NotificationResponse::Action(_) => Some(Choice::Show),
                _ => None,
            };
        };
        handle.wait_for_action_async(note).await;
        lock(&forget).by_key.retain(|_, standing| standing.daemon_id != daemon_id);
        if let Some(choice) = choice {
            clicked(choice);
        }
    });
    let mut shown = lock(&shown);
    if let Some(old) = shown.by_key.insert(key, Standing { daemon_id, listener: listener.abort_handle() }) {
        old.listener.abort();
    }
    if shown.by_key.len() > MAX_LISTENED
        && let Some(oldest) = shown.by_key.keys().min().copied()
        && let Some(standing) = shown.by_key.remove(&oldest)
    {
        standing.listener.abort();
    }
    Ok(())
}

/// A connection to the notification service. It is kept open, because connecting to the bus costs more than a
/// notification.
#[cfg(all(unix, not(target_os = "macos")))]
#[derive(Default)]
struct Daemon {
    bus: tokio::sync::Mutex<Option<zbus::Connection>>,
}

#[cfg(all(unix, not(target_os = "macos")))]
impl Daemon {
    /// Returns the capabilities of the notification service. notify-rust's own function blocks a thread, without end if
    /// the service hangs.
    ///
    /// # Errors
    /// [`zbus::Error`] if there is no session bus or no notification service.
    async fn capabilities(&self) -> zbus::Result<Vec<String>> {
        let mut bus = self.bus.lock().await;
        // The kept connection may be to a bus that has ended.
        if let Some(kept) = &*bus
            && let Ok(capabilities) = ask_capabilities(kept).await
        {
            return Ok(capabilities);
        }
        let fresh = bus.insert(zbus::Connection::session().await?);
        ask_capabilities(fresh).await
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
async fn ask_capabilities(bus: &zbus::Connection) -> zbus::Result<Vec<String>> {
    const NAME: &str = "org.freedesktop.Notifications";
    let path = "/org/freedesktop/Notifications";
    bus.call_method(Some(NAME), path, Some(NAME), "GetCapabilities", &()).await?.body().deserialize()
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
async fn present(
    notifier: &DesktopNotifier,
    notification: Notification,
    clicked: Clicked,
) -> Result<(), NotifyError> {
    let shown = Arc::clone(&notifier.shown);
    let task = tokio::task::spawn_blocking(move || {
        let mut message = notify_rust::Notification::new();
        message.summary(&notification.title).body(&notification.body);
        let handle = message.show().map_err(|error| NotifyError::Refused(error.to_string()))?;
        lock(&shown).by_key.insert(notification.key, Standing {});
        // notify-rust reports no clicks on these systems.
        drop((handle, clicked));
        Ok(())
    });
    task.await.map_err(|error| NotifyError::Refused(error.to_string()))?
}

fn lock(shown: &Mutex<Shown>) -> std::sync::MutexGuard<'_, Shown> {
    shown.lock().unwrap_or_else(PoisonError::into_inner)
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
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape_markup("<b>&</b>"), "&lt;b&gt;&amp;&lt;/b&gt;");
    }
}
