//! Shows notifications on the desktop.

#[cfg(any(target_os = "macos", not(unix)))]
mod elsewhere;
#[cfg(all(unix, not(target_os = "macos")))]
mod freedesktop;

use std::time::Duration;

use crate::files;
use crate::home::Home;
use crate::ports::{BoxFuture, Clicked, Notification, Notifier, NotifyError};

#[cfg(any(target_os = "macos", not(unix)))]
use elsewhere::Service;
#[cfg(all(unix, not(target_os = "macos")))]
use freedesktop::Service;

/// The program's icon, 128 by 128 pixels.
const ICON: &[u8] = include_bytes!("../../../../icons/128x128.png");

/// The timeout for showing one notification. A notification service that hangs must not block those that follow.
const DEADLINE: Duration = Duration::from_secs(5);

/// Shows notifications on the desktop.
pub struct DesktopNotifier {
    icon: String,
    service: Service,
}

impl DesktopNotifier {
    /// Creates a notifier with this icon: a name in the desktop's icon theme, or the path of an image.
    pub fn new(icon: &str) -> Self {
        Self { icon: icon.to_owned(), service: Service::default() }
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

impl Notifier for DesktopNotifier {
    fn show(&self, notification: Notification, clicked: Clicked) -> BoxFuture<'_, Result<(), NotifyError>> {
        Box::pin(async move {
            match tokio::time::timeout(DEADLINE, self.service.show(&self.icon, notification, clicked)).await {
                Ok(result) => result,
                Err(_) => Err(NotifyError::Timeout(DEADLINE)),
            }
        })
    }
}
