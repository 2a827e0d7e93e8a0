//! Commands for feeds.

use bellwire_engine::FeedWish;
use bellwire_engine::config::{EditError, Rule, typed_url};
use bellwire_engine::presets::{self, Answers, PresetChoice};
use bellwire_engine::secrets::{Secret, SecretError};
use tauri::State;
use tauri::ipc::Channel;

use super::desktop::Desktop;
use crate::dto::check::{CheckReport, NewSecret, RenewedSecret, TypeChoice};
use crate::dto::error::{BridgeError, ErrorCode};
use crate::dto::row::feed_id;
use crate::dto::service::{KnownService, RecognisedService, ServiceChoice};

/// Returns the services that Bellwire knows.
#[tauri::command]
pub fn known_services() -> Vec<KnownService> {
    presets::all().iter().map(KnownService::from).collect()
}

/// Returns the service that recognises an address; `None` where none does, or where the text is not an address.
#[tauri::command]
pub fn recognise_service(url: String) -> Option<RecognisedService> {
    RecognisedService::of(&typed_url(&url).ok()?)
}

/// Connects to a URL and watches what it sends. Sends the report to `progress` at each change, and returns the final
/// one. Takes at most 18 s; `stop_check` ends it earlier.
///
/// # Errors
/// [`BridgeError`] if the answers to the service's questions cannot be used. A failed check is part of the report.
#[tauri::command]
pub async fn check_feed(
    desktop: State<'_, Desktop>,
    url: String,
    secret: Option<NewSecret>,
    service: Option<ServiceChoice>,
    progress: Channel<CheckReport>,
) -> Result<CheckReport, BridgeError> {
    let stopped = desktop.stop_checks.notified();
    let mut check = desktop.engine.check_feed(wish(url, secret, service)).map_err(edit_error)?;
    let follow = async {
        while let Some(report) = check.next().await {
            // A window that was closed reads no report.
            let _ = progress.send(report.into());
        }
    };
    tokio::select! {
        () = follow => {}
        () = stopped => {}
    }
    Ok(check.into_report().into())
}

/// Ends the checks that are running. Each returns what it has found so far.
#[tauri::command]
pub fn stop_check(desktop: State<'_, Desktop>) {
    desktop.stop_checks.notify_waiters();
}

/// Adds a feed with rules for the event types that a person chose about and with what the preset of a service gives, and
/// returns its id. Stores its secret in the keychain.
///
/// # Errors
/// [`BridgeError`] if the URL is invalid, the service's answers cannot be used, the keychain rejects the secret, or `config.toml` is invalid or cannot be
/// written.
#[tauri::command]
pub async fn add_feed(
    desktop: State<'_, Desktop>,
    url: String,
    name: Option<String>,
    secret: Option<NewSecret>,
    choices: Vec<TypeChoice>,
    service: Option<ServiceChoice>,
) -> Result<String, BridgeError> {
    let rules = Rule::for_choices(choices.into_iter().map(Into::into).collect());
    let wish = FeedWish { name, rules, ..wish(url, secret, service) };
    desktop.engine.add_feed(wish).await.map(|id| id.to_string()).map_err(edit_error)
}

/// Adds the demo feeds and serves them from this program.
///
/// # Errors
/// [`BridgeError`] if no port can be opened, or `config.toml` is invalid or cannot be written.
#[tauri::command]
pub async fn add_demo_feeds(desktop: State<'_, Desktop>) -> Result<(), BridgeError> {
    desktop.demo.add(&desktop.engine).await.map_err(|error| BridgeError::new(ErrorCode::DemoFailed, error))
}

/// Removes a feed, and its events if `delete_events` is set.
///
/// # Errors
/// [`BridgeError`] if there is no such feed, or `config.toml` is invalid or cannot be written.
#[tauri::command]
pub async fn remove_feed(
    desktop: State<'_, Desktop>,
    id: String,
    delete_events: bool,
) -> Result<(), BridgeError> {
    desktop.engine.remove_feed(&feed_id(&id)?, delete_events).await.map_err(edit_error)
}

/// Enables or disables a feed.
///
/// # Errors
/// [`BridgeError`] if there is no such feed, or `config.toml` is invalid or cannot be written.
#[tauri::command]
pub async fn set_feed_enabled(
    desktop: State<'_, Desktop>,
    id: String,
    enabled: bool,
) -> Result<(), BridgeError> {
    desktop.engine.set_enabled(&feed_id(&id)?, enabled).await.map_err(edit_error)
}

/// Renews a feed's connection.
///
/// # Errors
/// [`BridgeError`] if `id` is not a valid feed id.
#[tauri::command]
pub async fn reconnect_feed(desktop: State<'_, Desktop>, id: String) -> Result<(), BridgeError> {
    desktop.engine.reconnect(&feed_id(&id)?).await;
    Ok(())
}

/// Sets how a feed signs in, and reconnects.
///
/// # Errors
/// [`BridgeError`] if there is no such feed, the name of a header, parameter or cookie is invalid, the keychain rejects
/// the secret, or `config.toml` is invalid or cannot be written.
#[tauri::command]
pub async fn sign_in(desktop: State<'_, Desktop>, id: String, secret: NewSecret) -> Result<(), BridgeError> {
    desktop.engine.sign_in(&feed_id(&id)?, secret.into()).await.map_err(edit_error)
}

/// Replaces secrets of a feed, by their names, and reconnects. How it signs in stays.
///
/// # Errors
/// [`BridgeError`] if there is no such feed, it has no secret of one of these names, or the keychain rejects one.
#[tauri::command]
pub async fn renew_secrets(
    desktop: State<'_, Desktop>,
    id: String,
    secrets: Vec<RenewedSecret>,
) -> Result<(), BridgeError> {
    let secrets = secrets.into_iter().map(|secret| (secret.name, Secret::new(secret.text))).collect();
    desktop.engine.renew_secrets(&feed_id(&id)?, secrets).await.map_err(edit_error)
}

fn wish(url: String, secret: Option<NewSecret>, service: Option<ServiceChoice>) -> FeedWish {
    let secret = secret.map(Into::into);
    let (preset, answers) = match service {
        Some(service) => (PresetChoice::Named(service.name), service.answers),
        None => (PresetChoice::Plain, Answers::new()),
    };
    FeedWish { url, secret, preset, answers, ..FeedWish::default() }
}

fn edit_error(error: EditError) -> BridgeError {
    let code = match error {
        EditError::Broken { .. } => ErrorCode::ConfigBroken,
        EditError::Io { .. } => ErrorCode::ConfigUnwritable,
        EditError::NoSuchFeed(_) => ErrorCode::NoSuchFeed,
        EditError::Taken(_) => ErrorCode::FeedTaken,
        EditError::Url(_) => ErrorCode::BadAddress,
        EditError::Preset(_) | EditError::Keys { .. } => ErrorCode::BadAnswer,
        EditError::Inline(_) => ErrorCode::ConfigInline,
        EditError::Auth(_) => ErrorCode::BadSignIn,
        EditError::Unusable(_) | EditError::Secret(SecretError::Unusable(_)) => ErrorCode::BadSecret,
        EditError::NoSuchSecret(_) => ErrorCode::NoSuchSecret,
        EditError::Secret(_) => ErrorCode::Keychain,
    };
    BridgeError::new(code, error)
}
