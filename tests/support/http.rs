//! HTTP/1.0 requests over loopback, as bytes: without chunks, a test sees exactly what a server sent.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// The timeout of one read.
const READ_LIMIT: Duration = Duration::from_secs(20);

/// Returns a loopback port that is currently free.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}

/// Sends a request to `port` on loopback, and returns the connection, to read the response from.
///
/// `headers` are lines without their line end, such as `Accept: text/event-stream`.
///
/// # Errors
/// The system's error if the connection cannot be made or written to.
pub fn open(port: u16, method: &str, target: &str, headers: &[&str], body: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    stream.set_read_timeout(Some(READ_LIMIT))?;
    let mut request = format!("{method} {target} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n");
    for header in headers {
        request.push_str(header);
        request.push_str("\r\n");
    }
    if !body.is_empty() {
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    request.push_str(body);
    stream.write_all(request.as_bytes())?;
    Ok(stream)
}

/// Reads from `stream` until the received text contains `needle`, and returns that text.
///
/// # Errors
/// The system's error if reading fails or times out, or an error if the server closes the connection first.
pub fn read_until(stream: &mut TcpStream, needle: &str) -> io::Result<String> {
    let mut got = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&got);
        if text.contains(needle) {
            return Ok(text.into_owned());
        }
        match stream.read(&mut chunk)? {
            0 => {
                return Err(io::Error::other(format!("the server closed before sending {needle:?}: {text}")));
            }
            count => got.extend_from_slice(&chunk[..count]),
        }
    }
}

/// Sends a request and returns the whole response, head and body.
///
/// # Errors
/// The system's error if the connection fails or a read times out.
pub fn exchange(port: u16, method: &str, target: &str, headers: &[&str], body: &str) -> io::Result<String> {
    let mut response = Vec::new();
    open(port, method, target, headers, body)?.read_to_end(&mut response)?;
    Ok(String::from_utf8_lossy(&response).into_owned())
}
