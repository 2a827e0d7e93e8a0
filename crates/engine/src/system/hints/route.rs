//! Receives the kernel's messages that addresses or routes changed (rtnetlink(7)).

use std::io;
use std::os::unix::net::UnixDatagram as Datagrams;

use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with};
use tokio::net::UnixDatagram;

use crate::ports::{Hint, OnHint};

/// The multicast groups of addresses and routes of IPv4 and IPv6 (linux/rtnetlink.h): RTMGRP_IPV4_IFADDR,
/// RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE. The group of links is left out: wireless links send
/// messages all the time, and a link that appears or disappears also changes routes.
const GROUPS: u32 = 0x10 | 0x40 | 0x100 | 0x400;

/// Reports each change until the socket fails. The messages are not parsed, because every change gives the same hint.
///
/// # Errors
/// The system's error if the socket cannot be opened or fails.
pub(super) async fn follow(on_hint: &OnHint) -> io::Result<()> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    // The default protocol of this family, 0, is NETLINK_ROUTE.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
    // Datagrams are received the same way on every family; only `bind` above is specific to netlink.
    let socket = UnixDatagram::from_std(Datagrams::from(socket))?;
    let mut buffer = [0_u8; 64];
    loop {
        // A longer message is truncated, which does not matter, since it is not parsed.
        match socket.recv(&mut buffer).await {
            Ok(_) => on_hint(Hint::NetworkChanged),
            // The kernel dropped messages because there were too many changes.
            Err(error) if error.raw_os_error() == Some(Errno::NOBUFS.raw_os_error()) => {
                on_hint(Hint::NetworkChanged)
            }
            Err(error) => return Err(error),
        }
    }
}
