//! A TCP proxy that cuts, resets, goes silent or fragments, on the way from the server to the client.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::door::Door;

/// What happens to one connection. Counts are of body bytes, after the response's head; where the proxy cannot read
/// what passes, of all bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It ends in order after so many bytes.
    Cut(usize),
    /// It is reset after so many bytes.
    Reset(usize),
    /// After so many bytes nothing comes through any more, and nobody says so.
    Silence(usize),
    /// Each byte comes in a write of its own.
    Fragments,
    /// Each piece comes so much later.
    Delay(Duration),
}

/// The proxy. Each connection takes the next fault of the plan; those beyond it are left alone.
pub struct Proxy {
    door: Door,
    plan: Arc<Mutex<VecDeque<Fault>>>,
    connections: watch::Receiver<usize>,
    cuts: watch::Sender<()>,
}

impl Proxy {
    /// Starts it before `upstream` on a free loopback port.
    pub async fn start(upstream: SocketAddr, plan: &[Fault]) -> Self {
        Self::with_heads(upstream, plan, true).await
    }

    /// Starts it before an `upstream` that speaks TLS.
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
                    // Either side may end at any moment; that is what this proxy is for.
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

    /// An address behind the proxy.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.door.address())
    }

    /// Its port on loopback.
    pub fn port(&self) -> u16 {
        self.door.address().port()
    }

    /// Adds faults to the plan.
    pub fn plan(&self, faults: &[Fault]) {
        self.plan.lock().unwrap().extend(faults);
    }

    /// Forgets the rest of the plan: what comes is left alone.
    pub fn heal(&self) {
        self.plan.lock().unwrap().clear();
        self.door.set_open(true);
    }

    /// Ends every connection that stands.
    pub fn cut_all(&self) {
        self.cuts.send_replace(());
    }

    /// Refuses connections, or no longer.
    pub fn set_open(&self, is_open: bool) {
        self.door.set_open(is_open);
    }

    /// How many connections came, once there are at least so many.
    pub async fn connections(&mut self, at_least: usize) -> usize {
        *self.connections.wait_for(|n| *n >= at_least).await.unwrap()
    }
}

async fn relay(client: TcpStream, upstream: SocketAddr, fault: Fault, has_head: bool) -> std::io::Result<()> {
    let server = TcpStream::connect(upstream).await?;
    client.set_nodelay(true)?;
    let (mut from_server, mut to_server) = server.into_split();
    let (mut from_client, mut to_client) = client.into_split();
    // A set, so that this half ends with the other.
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
            // The client hears of it and may still speak, as to the server itself.
            drop(to_client);
            let _ = upward.join_next().await;
            return Ok(());
        }
        pending = buffer[..n].to_vec();
    }
    match fault {
        Fault::Silence(_) => {
            // Until the client gives up.
            let _ = upward.join_next().await;
        }
        Fault::Reset(_) => {
            to_client.as_ref().set_zero_linger()?;
            upward.shutdown().await;
            // Dropped as usual, it would first end the stream in order.
            to_client.forget();
        }
        _ => {
            to_client.shutdown().await?;
        }
    }
    Ok(())
}
