//! TLS: who is trusted, and what is said of who is not.

use std::process::Stdio;
use std::sync::Arc;

use bellwire_engine::event::Reason;
use bellwire_engine::status::Connection;
use bellwire_tests::support::world::{World, feed};
use bellwire_tests::support::{programs, trust};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A server for `localhost` with a certificate of its own authority: its port, and the authority as PEM.
async fn secure_server() -> (u16, String) {
    let trust::Issued { authority, certificate, key } = trust::issue();
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
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that trusts nobody ends the handshake.
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: secure\n\n";
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.read(&mut buffer).await;
            });
        }
    });
    (port, authority)
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_parks_the_feed() {
    let (port, _) = secure_server().await;
    let world = World::new(&format!("[[feed]]\nid = \"f\"\nurl = \"https://localhost:{port}/\"\n"));
    let engine = world.start().await;
    let parked = feed(&engine, |feed| matches!(feed.connection, Connection::Parked { .. })).await;
    let Connection::Parked { reason: Reason::Tls(why), retry_at, .. } = parked.connection else {
        panic!("{parked:?}")
    };
    assert!(why.contains("certificate"), "{why}");
    assert!(retry_at.is_some(), "a rare try goes on, for certificates are renewed");
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
