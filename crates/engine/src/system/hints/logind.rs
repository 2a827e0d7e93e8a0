//! Receives logind's signal that the machine wakes: `PrepareForSleep(false)` (org.freedesktop.login1(5)).

use futures_util::StreamExt;
use zbus::message::Type;
use zbus::{Connection, MatchRule, MessageStream};

use crate::ports::{Hint, OnHint};

/// Reports each wake-up of the machine until the system bus ends.
///
/// # Errors
/// [`zbus::Error`] if there is no system bus, or its connection fails.
pub(super) async fn follow(on_hint: &OnHint) -> zbus::Result<()> {
    let bus = Connection::system().await?;
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender("org.freedesktop.login1")?
        .path("/org/freedesktop/login1")?
        .interface("org.freedesktop.login1.Manager")?
        .member("PrepareForSleep")?
        .build();
    let mut signals = MessageStream::for_match_rule(rule, &bus, None).await?;
    while let Some(signal) = signals.next().await {
        // `true` is sent before the machine sleeps.
        if signal?.body().deserialize::<bool>().is_ok_and(|is_before| !is_before) {
            on_hint(Hint::Woke);
        }
    }
    Ok(())
}
