//! TLS: which authorities are trusted, and how others are reported.

use std::process::Stdio;
use std::sync::Arc;

use bellwire_engine::event::{Fault, Reason};
use bellwire_engine::status::Connection;
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, feed, status};
use bellwire_tests::support::{programs, trust};
use rcgen::{Certificate, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A response with an event stream of one event, `secure`.
const STREAM: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: secure\n\n";

/// Starts a server for `localhost` with a certificate of its own authority. Returns its port, and the authority as PEM.
async fn secure_server() -> (u16, String) {
    secure_server_that_answers(STREAM.to_owned()).await
}

/// Starts a server like [`secure_server`], with another response.
pub async fn secure_server_that_answers(answer: String) -> (u16, String) {
    let trust::Issued { authority, certificate, key } = trust::issue();
    (serve(&certificate, &key, answer).await, authority)
}

/// Starts a server that presents this certificate. Returns its port.
async fn serve(certificate: &Certificate, key: &KeyPair, answer: String) -> u16 {
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, answer) = (acceptor.clone(), answer.clone());
            tokio::spawn(async move {
                // A client that does not trust the authority aborts the handshake.
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.read(&mut buffer).await;
            });
        }
    });
    port
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_parks_the_feed() {
    let (port, _) = secure_server().await;
    let world = World::new(&format!("[[feed]]\nid = \"f\"\nurl = \"https://localhost:{port}/\"\n"));
    let engine = world.start().await;
    let parked = feed(&engine, |feed| matches!(feed.connection, Connection::Parked { .. })).await;
    let Connection::Parked { reason: Reason::Tls(why), retry_at, .. } = parked.connection else {
        panic!("{parked:?}")
    };
    assert_eq!(why, Fault::UnknownAuthority.as_str());
    assert!(retry_at.is_some(), "the feed is still retried, because certificates are renewed");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_certificate_of_a_trusted_authority_is_accepted() {
    let (port, authority) = secure_server().await;
    let dir = TempDir::new().unwrap();
    let authority_path = dir.path().join("authority.pem");
    std::fs::write(&authority_path, authority).unwrap();
    let mut command = tokio::process::Command::new(programs::command_line());
    command.args(["watch", &format!("https://localhost:{port}/"), "-n", "1", "--for", "20s"]);
    command.env("SSL_CERT_FILE", &authority_path).stdin(Stdio::null());
    let output = command.output().await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && text.contains("\"data\":\"secure\""), "{text}{words}");
}

fn config(port: u16, ca_file: &str) -> String {
    format!("[[feed]]\nid = \"f\"\nurl = \"https://localhost:{port}/\"\nca_file = \"{ca_file}\"\n")
}

fn tls_reason(connection: &Connection) -> Option<String> {
    match connection {
        Connection::Parked { reason: Reason::Tls(why), .. } => Some(why.clone()),
        _ => None,
    }
}

async fn bellwire(world: &World, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = tokio::process::Command::new(programs::command_line());
    command.arg("--home").arg(world.dir()).args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

#[tokio::test]
async fn a_feeds_own_authority_is_trusted_by_that_feed_alone() {
    let (port, authority) = secure_server().await;
    let world = World::new("");
    std::fs::create_dir(world.dir().join("trusted")).unwrap();
    std::fs::write(world.dir().join("trusted/corp.pem"), authority).unwrap();
    // The path is relative to the folder of config.toml.
    let other = format!("[[feed]]\nid = \"other\"\nurl = \"https://localhost:{port}/\"\n");
    world.write_config(&format!("{}{other}", config(port, "trusted/corp.pem")));
    let engine = world.start().await;
    assert_eq!(data(&engine, 1).await, ["secure"]);
    let settled = status(&engine, |status| tls_reason(&status.feeds[1].connection).is_some()).await;
    assert!(!matches!(settled.feeds[0].connection, Connection::Parked { .. }), "{settled:?}");
    engine.shutdown().await;

    let (code, text) = bellwire(&world, &["watch", "f", "-n", "1", "--for", "20s"]).await;
    assert!(code == Some(0) && text.contains("\"data\":\"secure\""), "{text}");
    let (code, text) = bellwire(&world, &["feed", "test", "f"]).await;
    assert!(code == Some(0) && text.contains("first event"), "{text}");
    assert_eq!(bellwire(&world, &["check"]).await.0, Some(0));
}

#[tokio::test]
async fn an_unusable_ca_file_is_reported_with_line_and_column() {
    let world = World::new(&config(1, "corp.pem"));
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let cases =
        [(None, "cannot be read"), (Some("no PEM"), "holds no certificate"), (Some(damaged), "damaged")];
    for (held, told) in cases {
        if let Some(held) = held {
            std::fs::write(world.dir().join("corp.pem"), held).unwrap();
        }
        let (code, text) = bellwire(&world, &["check"]).await;
        assert_eq!(code, Some(2));
        assert!(text.contains("config.toml:4:11: ca_file") && text.contains(told), "{text}");
        for command in [["feed", "test", "f"].as_slice(), &["watch", "f"]] {
            let (code, text) = bellwire(&world, command).await;
            assert!(code == Some(1) && text.contains("corp.pem") && text.contains(told), "{text}");
        }
    }
    std::fs::remove_file(world.dir().join("corp.pem")).unwrap();
    std::fs::create_dir(world.dir().join("corp.pem")).unwrap();
    assert!(bellwire(&world, &["check"]).await.1.contains("it is not a regular file"));
}

#[tokio::test]
async fn a_ca_file_is_read_again_at_each_attempt_and_when_the_configuration_is_saved() {
    let (port, authority) = secure_server().await;
    let ca_path = |world: &World| world.dir().join("corp.pem");
    let lively = Origin::start(vec![Scene::stream("data: lively\n\n")]).await;

    // At an attempt: a parked feed is tried after 5 min, with a fast clock.
    let lively_feed =
        format!("[[feed]]\nid = \"lively\"\nidle_timeout = \"off\"\nurl = \"{}\"\n", lively.url("/"));
    let world = World::at_speed(&format!("{}{lively_feed}", config(port, "corp.pem")), 100);
    let engine = world.start().await;
    let parked = feed(&engine, |feed| tls_reason(&feed.connection).is_some()).await;
    let why = tls_reason(&parked.connection).unwrap();
    assert!(why.contains("corp.pem") && why.contains("cannot be read"), "{why}");
    // The other feeds keep running.
    assert_eq!(data(&engine, 1).await, ["lively"]);
    std::fs::write(ca_path(&world), &authority).unwrap();
    assert_eq!(data(&engine, 2).await, ["lively", "secure"]);
    engine.shutdown().await;

    // When the configuration is saved, even with the same text.
    let world = World::new(&config(port, "corp.pem"));
    let engine = world.start().await;
    feed(&engine, |feed| tls_reason(&feed.connection).is_some()).await;
    std::fs::write(ca_path(&world), &authority).unwrap();
    world.write_config(&world.config());
    assert_eq!(data(&engine, 1).await, ["secure"]);

    // An unusable file rejects the change and is reported with line and column; the previous configuration stays in
    // force.
    world.write_config(&config(port, "nowhere.pem"));
    let told = status(&engine, |status| status.problem.is_some()).await;
    let message = &told.problem.as_ref().unwrap().message;
    assert!(message.contains("line 4, column 11") && message.contains("nowhere.pem"), "{message}");
    assert!(!matches!(told.feeds[0].connection, Connection::Parked { .. }));
    engine.shutdown().await;
}

/// Returns why a feed at this host is parked that trusts this certificate; `None` if it receives.
async fn trusting(host: &str, port: u16, pem: Option<&str>) -> Option<String> {
    let trust = if pem.is_some() { "ca_file = \"own.pem\"\n" } else { "" };
    let world = World::new(&format!("[[feed]]\nid = \"f\"\nurl = \"https://{host}:{port}/\"\n{trust}"));
    if let Some(pem) = pem {
        std::fs::write(world.dir().join("own.pem"), pem).unwrap();
        world.write_config(&world.config());
    }
    let engine = world.start().await;
    let settled = feed(&engine, |feed| {
        tls_reason(&feed.connection).is_some() || matches!(feed.connection, Connection::Live { .. })
    })
    .await;
    engine.shutdown().await;
    tls_reason(&settled.connection)
}

#[tokio::test]
async fn a_certificate_of_its_own_is_accepted_for_its_host_and_its_days_where_ca_file_names_it() {
    let (own, key) = trust::issue_to_itself(-1, 30);
    let port = serve(&own, &key, STREAM.to_owned()).await;
    assert_eq!(trusting("localhost", port, Some(&own.pem())).await, None);
    assert_eq!(trusting("localhost", port, None).await.unwrap(), Fault::SelfSigned.as_str());
    let wrong = trusting("127.0.0.1", port, Some(&own.pem())).await.unwrap();
    assert_eq!(wrong, Fault::WrongHost.with("localhost"));
    // Another that looks the same, with another key.
    let (other, _) = trust::issue_to_itself(-1, 30);
    let refused = trusting("localhost", port, Some(&other.pem())).await;
    assert!(refused.is_some(), "only the very certificate is trusted");

    for (from, to, fault) in [(-30, -2, Fault::Expired), (2, 30, Fault::NotYetValid)] {
        let (own, key) = trust::issue_to_itself(from, to);
        let port = serve(&own, &key, STREAM.to_owned()).await;
        let why = trusting("localhost", port, Some(&own.pem())).await.unwrap();
        let (found, day) = Fault::of(&why).unwrap();
        assert!(found == fault && day.len() == "2026-01-01".len(), "{why}");
    }
}

#[tokio::test]
async fn a_servers_certificate_named_without_its_authority_is_accepted() {
    let trust::Issued { certificate, key, .. } = trust::issue();
    let port = serve(&certificate, &key, STREAM.to_owned()).await;
    assert_eq!(trusting("localhost", port, Some(&certificate.pem())).await, None);
}

#[tokio::test]
async fn a_failure_of_tls_says_what_happened_and_what_to_do() {
    let (own, key) = trust::issue_to_itself(-1, 30);
    let port = serve(&own, &key, STREAM.to_owned()).await;
    let url = format!("https://localhost:{port}/");
    let (code, text) = bellwire(&World::new(""), &["watch", &url]).await;
    assert_eq!(code, Some(1));
    assert!(text.contains("the certificate is signed by itself") && text.contains("ca_file"), "{text}");
}
