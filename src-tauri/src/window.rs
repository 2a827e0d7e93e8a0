//! The app's only window.

use std::path::Path;

use tauri::webview::{NewWindowResponse, PermissionResponse};
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// The window's label, as in the capability file.
pub const LABEL: &str = "main";

/// Returns the window, if there is one.
pub fn find(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(LABEL)
}

/// Brings the window to the front, and creates it if there is none. The web view stores its own files in
/// `data_dir`; they contain nothing from events.
///
/// # Errors
/// [`tauri::Error`] if the window system cannot create or show the window.
pub fn show(app: &AppHandle, data_dir: &Path) -> tauri::Result<()> {
    let window = match find(app) {
        Some(window) => window,
        None => build(app, data_dir)?,
    };
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

fn build(app: &AppHandle, data_dir: &Path) -> tauri::Result<WebviewWindow> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Bellwire")
        .inner_size(1200.0, 760.0)
        .min_inner_size(880.0, 560.0)
        .data_directory(data_dir.to_owned())
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_permission_request(|_, _| PermissionResponse::Deny)
        .disable_drag_drop_handler()
        .devtools(cfg!(debug_assertions))
        .build()
}

/// Returns whether a URL is one of the program's own pages: `tauri://localhost`, on Windows `http://tauri.localhost`.
fn is_own(url: &Url) -> bool {
    let own = if cfg!(windows) { ("http", "tauri.localhost") } else { ("tauri", "localhost") };
    (url.scheme(), url.host_str()) == (own.0, Some(own.1)) && url.port().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = include_str!("../tauri.conf.json");
    const CAPABILITY: &str = include_str!("../capabilities/main.json");
    const COMMANDS: &str = include_str!("../build.rs");

    fn json(text: &str) -> serde_json::Value {
        serde_json::from_str(text).unwrap()
    }

    #[cfg(not(windows))]
    #[test]
    fn the_window_navigates_to_its_own_pages_only() {
        let own = |url: &str| is_own(&Url::parse(url).unwrap());
        assert!(own("tauri://localhost/"));
        assert!(own("tauri://localhost/index.html#x"));
        for other in [
            "https://localhost/",
            "http://tauri.localhost/",
            "tauri://evil.example/",
            "tauri://localhost:8080/",
            "tauri://localhost.evil.example/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
        ] {
            assert!(!own(other), "{other}");
        }
    }

    #[test]
    fn the_content_security_policy_is_the_promised_one() {
        let security = &json(CONFIG)["app"]["security"];
        assert_eq!(
            security["csp"],
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src ipc: \
             http://ipc.localhost; base-uri 'none'; form-action 'none'; frame-src 'none'"
        );
        // Otherwise Tauri would loosen the policy by adding hashes and nonces.
        assert_eq!(security["dangerousDisableAssetCspModification"], true);
        assert_eq!(security["devCsp"], serde_json::Value::Null);
        assert_eq!(security["freezePrototype"], true);
        assert_eq!(security["assetProtocol"]["enable"], false);
        assert_eq!(security["capabilities"], serde_json::json!(["main"]));
    }

    #[test]
    fn no_window_and_no_global_object_come_from_the_configuration() {
        let app = &json(CONFIG)["app"];
        assert_eq!(app["withGlobalTauri"], false);
        assert_eq!(app["windows"], serde_json::json!([]));
        assert_eq!(json(CONFIG)["build"]["devUrl"], serde_json::Value::Null);
    }

    #[test]
    fn one_window_may_call_each_command_by_name_and_nothing_else() {
        let capability = json(CAPABILITY);
        assert_eq!(capability["windows"], serde_json::json!([LABEL]));
        assert_eq!(capability["local"], true);
        for absent in ["remote", "webviews"] {
            assert_eq!(capability[absent], serde_json::Value::Null, "{absent}");
        }
        let mut expected = vec!["core:event:allow-listen".to_owned(), "core:event:allow-unlisten".to_owned()];
        expected.extend(commands().map(|command| format!("allow-{}", command.replace('_', "-"))));
        assert_eq!(capability["permissions"], serde_json::json!(expected));
    }

    #[test]
    fn there_is_one_capability() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/capabilities");
        let files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(files, ["main.json"]);
    }

    /// Returns the commands that `build.rs` declares.
    fn commands() -> impl Iterator<Item = &'static str> {
        let list = COMMANDS.split_once("&[\n").unwrap().1.split_once("];").unwrap().0;
        list.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\","))
    }

    #[test]
    fn every_command_is_declared_and_handled() {
        let handled: Vec<&str> = include_str!("app.rs")
            .split_once("generate_handler![")
            .unwrap()
            .1
            .split_once(']')
            .unwrap()
            .0
            .split(',')
            .filter_map(|path| path.trim().rsplit("::").next().filter(|name| !name.is_empty()))
            .collect();
        assert_eq!(handled, commands().collect::<Vec<_>>());
    }
}
