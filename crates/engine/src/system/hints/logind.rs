//! logind's word that the machine wakes: the signal `PrepareForSleep(false)` (org.freedesktop.login1(5)).

use futures_util::StreamExt;
use zbus::message::Type;
use zbus::{Connection, MatchRule, MessageStream};

use crate::ports::{Hint, OnHint};

/// Tells each waking. Ends when there is no system bus, or when that goes.
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
        // `true` comes before the sleep.
        if signal?.body().deserialize::<bool>().is_ok_and(|is_before| !is_before) {
            on_hint(Hint::Woke);
        }
    }
    Ok(())
}
