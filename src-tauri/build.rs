//! Compiles the window's configuration in, and makes each command need a permission of its own.

/// Every command of the window. One that is missing here cannot be allowed, and so cannot be called;
/// `capabilities/main.json` allows each of them by name.
const COMMANDS: &[&str] = &[
    "snapshot",
    "rows",
    "changes",
    "event",
    "trace",
    "open_link",
    "known_services",
    "recognise_service",
    "check_feed",
    "stop_check",
    "add_feed",
    "add_demo_feeds",
    "remove_feed",
    "set_feed_enabled",
    "reconnect_feed",
    "sign_in",
    "renew_secrets",
    "mark_read",
    "mute",
    "take_target",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
