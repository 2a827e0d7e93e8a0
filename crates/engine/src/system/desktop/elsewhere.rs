//! The notifications of macOS and Windows, with notify-rust, which reports no clicks there.

use crate::ports::{Clicked, Notification, NotifyError};

/// The system's notifications.
#[derive(Default)]
pub(super) struct Service;

impl Service {
    /// Shows a notification. The system shows the icon of the program itself.
    ///
    /// # Errors
    /// [`NotifyError::Refused`] if the system refused it.
    pub async fn show(
        &self,
        _icon: &str,
        notification: Notification,
        _clicked: Clicked,
    ) -> Result<(), NotifyError> {
        let task = tokio::task::spawn_blocking(move || {
            let mut message = notify_rust::Notification::new();
            message.summary(&notification.title).body(&notification.body);
            message.show().map(drop).map_err(|error| NotifyError::Refused(error.to_string()))
        });
        task.await.map_err(|error| NotifyError::Refused(error.to_string()))?
    }
}
