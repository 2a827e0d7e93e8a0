//! A TCP proxy that cuts, resets, silences, fragments or delays what a server sends.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::door::Door;

/// A fault of one connection. Counts are of body bytes, after the response's head; if the connection is encrypted,
/// of all bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No fault.
    None,
    /// The stream ends cleanly after this number of bytes.
    Cut(usize),
    /// The connection is reset after this number of bytes.
    Reset(usize),
    /// After this number of bytes, nothing more is forwarded and the connection stays open.
    Silence(usize),
    /// Each byte is forwarded in a separate write.
    Fragments,
    /// Each chunk is forwarded after this delay.
    Delay(Duration),
}

/// The proxy. Each connection gets the next fault of the plan; when the plan is used up, there are no faults.
pub struct Proxy {
    door: Door,
    plan: Arc<Mutex<VecDeque<Fault>>>,
    connections: watch::Receiver<usize>,
    cuts: watch::Sender<()>,
}

impl Proxy {
    /// Starts a proxy for `upstream` on a free loopback port.
    pub async fn start(upstream: SocketAddr, plan: &[Fault]) -> Self {
        Self::with_heads(upstream, plan, true).await
    }

    /// Starts a proxy for an `upstream` that uses TLS.
    pub async fn before_tls(upstream: SocketAddr, plan: &[Fault]) -> Self {
        Self::with_heads(upstream, plan, false).await
    }

    async fn with_heads(upstream: SocketAddr, plan: &[Fault], has_heads: bool) -> Self {
        let plan = Arc::new(Mutex::new(VecDeque::from(plan.to_vec())));
        let (count, connections) = watch::channel(0);
        let cuts = watch::Sender::new(());
        let door = Door::open({
            let (faults, cuts) = (Arc::clone(&plan), cuts.clone());
            move |client| {
                let fault = faults.lock().unwrap().pop_front().unwrap_or(Fault::None);
                count.send_modify(|n| *n += 1);
                let mut cut = cuts.subscribe();
                tokio::spawn(async move {
                    // Either side may fail at any time, as this proxy is meant to cause.
                    tokio::select! {
                        _ = relay(client, upstream, fault, has_heads) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        })
        .await;
        Self { door, plan, connections, cuts }
    }

    /// Returns the URL of a path behind the proxy.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.door.address())
    }

    /// Returns the proxy's port on loopback.
    pub fn port(&self) -> u16 {
        self.door.address().port()
    }

    /// Adds faults to the plan.
    pub fn plan(&self, faults: &[Fault]) {
        self.plan.lock().unwrap().extend(faults);
    }

    /// Clears the plan and accepts connections.
    pub fn heal(&self) {
        self.plan.lock().unwrap().clear();
        self.door.set_open(true);
    }

    /// Closes every open connection.
    pub fn cut_all(&self) {
        self.cuts.send_replace(());
    }

    /// Accepts or refuses connections.
    pub fn set_open(&self, is_open: bool) {
        self.door.set_open(is_open);
    }

    /// Waits for at least `at_least` connections, and returns their number.
    pub async fn connections(&mut self, at_least: usize) -> usize {
        *self.connections.wait_for(|n| *n >= at_least).await.unwrap()
    }
}

async fn relay(client: TcpStream, upstream: SocketAddr, fault: Fault, has_head: bool) -> std::io::Result<()> {
    let server = TcpStream::connect(upstream).await?;
    client.set_nodelay(true)?;
    let (mut from_server, mut to_server) = server.into_split();
    let (mut from_client, mut to_client) = client.into_split();
    // In a set, so that this direction ends with the other.
    let mut upward = JoinSet::new();
    upward.spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let mut head = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    let mut passed = 0;
    let limit = match fault {
        Fault::Cut(n) | Fault::Reset(n) | Fault::Silence(n) => n,
        Fault::None | Fault::Fragments | Fault::Delay(_) => usize::MAX,
    };
    let body_start = loop {
        if !has_head {
            break 0;
        }
        let n = from_server.read(&mut buffer).await?;
        head.extend_from_slice(&buffer[..n]);
        if let Some(at) = head.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        if n == 0 {
            return Ok(());
        }
    };
    to_client.write_all(&head[..body_start]).await?;
    let mut pending = head.split_off(body_start);
    while passed < limit {
        let piece = &pending[..pending.len().min(limit - passed)];
        if let Fault::Delay(time) = fault {
            tokio::time::sleep(time).await;
        }
        if fault == Fault::Fragments {
            for byte in piece {
                to_client.write_all(&[*byte]).await?;
                tokio::task::yield_now().await;
            }
        } else {
            to_client.write_all(piece).await?;
        }
        passed += piece.len();
        if passed >= limit {
            break;
        }
        let n = from_server.read(&mut buffer).await?;
        if n == 0 {
            // The client sees the end of the stream and may still send, as with the server itself.
            drop(to_client);
            let _ = upward.join_next().await;
            return Ok(());
        }
        pending = buffer[..n].to_vec();
    }
    match fault {
        Fault::Silence(_) => {
            // Wait until the client disconnects.
            let _ = upward.join_next().await;
        }
        Fault::Reset(_) => {
            to_client.as_ref().set_zero_linger()?;
            upward.shutdown().await;
            // Dropping it would end the stream cleanly first.
            to_client.forget();
        }
        _ => {
            to_client.shutdown().await?;
        }
    }
    Ok(())
}
