//! Secrets are in the keychain and in requests, and nowhere else.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use bellwire_tests::support::nchan::{Nchan, USER};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;
use fantoccini::Locator;

use crate::log_view::{self, wait_for_data};
use crate::stage::Stage;

const TOKEN: &str = "canary-7f3a9c51e2d84b06";
/// The base64 (RFC 4648) of [`TOKEN`] without the last group, which depends on the bytes that follow.
const TOKEN_BASE64: &str = "Y2FuYXJ5LTdmM2E5YzUxZTJkODRi";

#[tokio::test(flavor = "multi_thread")]
async fn a_token_entered_in_the_window_is_in_the_request_and_the_keychain_and_nowhere_else() {
    let mut origin = Origin::start(vec![Scene::stream("data: let in\n\n")]).await;
    let stage = Stage::new("").await;
    let window = stage.open().await;
    log_view::run(&window, RECORD_ANSWERS).await;

    window.wait_for("[data-testid=add-feed]").await.click().await.unwrap();
    window.wait_for("[data-testid=feed-url]").await.send_keys(&origin.url("/private")).await.unwrap();
    window.wait_for("[data-testid=secret-kind]").await.select_by_value("bearer").await.unwrap();
    window.wait_for("[data-testid=secret-token]").await.send_keys(TOKEN).await.unwrap();
    window.wait_for("[data-testid=check]").await.click().await.unwrap();
    window.wait_for("[data-step=type][data-mark=ok]").await;
    window.wait_for("[data-testid=dialog-add]").await.click().await.unwrap();
    wait_for_data(&window, "let in").await;

    let asked = origin.asked(2).await;
    let bearer = format!("Bearer {TOKEN}");
    assert!(asked.iter().all(|asked| asked.header("authorization") == Some(&bearer)), "{asked:#?}");

    let found = stage
        .desktop
        .command("secret-tool")
        .args(["search", "--all", "service", "bellwire"])
        .output()
        .unwrap();
    let found = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(found.lines().any(|line| line == format!("secret = {TOKEN}")), "{found}");

    // The feed has been written, so the files of the home are final.
    let config = fs::read_to_string(stage.home_dir().join("config.toml")).unwrap();
    assert!(config.contains("type = \"bearer\"") && config.contains("/private"), "{config}");
    assert_ne!(files_with(stage.desktop.dir(), b"/private"), [""; 0], "the search finds what is there");
    assert_absent_from_files(&stage);

    assert!(window.client.find(Locator::Css("dialog, [role=dialog]")).await.is_err(), "the dialog is closed");
    let page = log_view::run(&window, PAGE).await;
    assert!(page.as_str().unwrap().contains("let in"));
    assert_absent(page.as_str().unwrap(), "the page");
    let answers = wait::until("an answer that names the new feed", async || {
        let answers = log_view::run(&window, "return window.answers.join('\\n')").await;
        answers.as_str().filter(|text| text.contains("secretName\":\"")).map(str::to_owned)
    })
    .await;
    assert_absent(&answers, "what came over the bridge");

    stage.quit().await;
    assert_absent_from_files(&stage);
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nchans_private_location_opens_with_a_secret_that_the_command_line_stored() {
    let nchan = Nchan::start();
    let auth = format!("auth = {{ type = \"basic\", user = \"{}\", secret = \"nchan\" }}", USER.0);
    let url = nchan.protected_url("ops");
    let stage =
        Stage::new(&format!("[[feed]]\nid = \"ops\"\nname = \"Ops\"\nurl = \"{url}\"\n{auth}\n")).await;
    let mut set = stage.bellwire(&["secret", "set", "nchan"]);
    let mut set = stage.desktop.spawn(set.stdin(Stdio::piped()).stdout(Stdio::null())).unwrap();
    set.stdin.take().unwrap().write_all(format!("{}\n", USER.1).as_bytes()).unwrap();
    assert!(set.wait().unwrap().success());

    let window = stage.open().await;
    window.wait_for("[data-feed=ops][data-state=live]").await;
    nchan.publish("ops", Some("alert"), "for members");
    wait_for_data(&window, "for members").await;
    stage.daemon.wait_for("the notification", |call| call.body == "for members").await;
    assert_eq!(files_with(stage.desktop.dir(), USER.1.as_bytes()), [""; 0]);
    window.close().await;
}

fn assert_absent_from_files(stage: &Stage) {
    for needle in [TOKEN, TOKEN_BASE64] {
        assert_eq!(files_with(stage.desktop.dir(), needle.as_bytes()), [""; 0]);
    }
}

fn assert_absent(text: &str, place: &str) {
    for needle in [TOKEN, TOKEN_BASE64] {
        if let Some(at) = text.find(needle) {
            let before = text[..at].chars().count();
            let context: String = text[..at].chars().skip(before.saturating_sub(80)).collect();
            panic!("{place} holds the secret after {context:?}");
        }
    }
}

/// Returns the files below `dir` that contain these bytes.
fn files_with(dir: &Path, needle: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut read = 0;
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).unwrap().flatten() {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                dirs.push(entry.path());
            } else if kind.is_file() {
                let bytes = fs::read(entry.path()).unwrap();
                read += 1;
                if bytes.windows(needle.len()).any(|window| window == needle) {
                    found.push(entry.path().display().to_string());
                }
            }
        }
    }
    assert!(read > 10, "the search looks into the desktop's files");
    found
}

/// Records every response to the window's commands from now on.
const RECORD_ANSWERS: &str = r#"
window.answers = [];
const ask = window.fetch;
window.fetch = async (...request) => {
  const answer = await ask(...request);
  window.answers.push(await answer.clone().text());
  return answer;
};
"#;

/// Returns the document with the value of every field.
const PAGE: &str = r#"
const fields = [...document.querySelectorAll('input, select, textarea')].map((field) => field.value);
return [document.documentElement.outerHTML, ...fields].join('\n');
"#;
