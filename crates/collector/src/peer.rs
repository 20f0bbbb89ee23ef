//! Who is at the other end: the connection, and what proxies in between say of it.
//!
//! Behind a load balancer every connection comes from the balancer, which names its customer in `X-Forwarded-For`. Anyone
//! can write that header, so only what trusted proxies wrote is believed: [`Proxies::client`] walks the list from its right
//! end, where the nearest proxy wrote, past trusted addresses to the first that is not. Proxies on this machine are always
//! trusted by `svar serve`, others where `--trusted-proxy` names their network. RFC 7239's `Forwarded` is not read.

use crate::origin;
use anyhow::{Context, bail};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Version};
use ipnet::IpNet;
use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Addresses that belong together, `10.0.0.0/8`, or a single one, `10.0.0.5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

impl FromStr for Network {
    type Err = anyhow::Error;

    /// # Errors
    /// When it is no address and no network, when bits outside the network are set, and for all addresses at once.
    fn from_str(given: &str) -> anyhow::Result<Network> {
        let given = given.trim();
        let expected = || {
            format!("expected an address or a network, for example 10.0.0.5, 10.0.0.0/8 or fd00::/8, found `{given}`")
        };
        if let Ok(address) = given.parse::<IpAddr>() {
            return Ok(Network(address.to_canonical().into()));
        }
        let network: IpNet = given.parse().with_context(expected)?;
        if network.prefix_len() == 0 {
            bail!(
                "expected the network of your proxies, found `{given}`, which is every address there is: anyone could then \
                 say that she is somebody else; name the proxies' own network, for example 10.0.0.0/8"
            );
        }
        if network.trunc() != network {
            bail!(
                "expected a network or an address, found `{given}`, which is both; write {} for the whole network or {} \
                 for the one address",
                network.trunc(),
                network.addr()
            );
        }
        Ok(Network(network))
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Network {
    /// This machine, by IPv4 and IPv6.
    pub fn loopback() -> [Network; 2] {
        let v4 = IpNet::new_assert(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8);
        [Network(v4), Network(IpAddr::V6(std::net::Ipv6Addr::LOCALHOST).into())]
    }
}

/// The proxies whose word is taken for whom they forward.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<Network>);

impl Proxies {
    /// Proxies in any of `networks`.
    pub fn new(networks: &[Network]) -> Proxies {
        Proxies(networks.to_vec())
    }

    /// Whether `address` is one of them.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.0.contains(&address))
    }

    /// Whom a request comes from: the rightmost address that is no trusted proxy's. Where a proxy wrote something that is
    /// no address, or nothing, that proxy.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let lists = headers.get_all(FORWARDED_FOR).iter().rev();
        let mut hops =
            lists.flat_map(|list| list.to_str().unwrap_or("?").rsplit(',')).filter(|hop| !hop.trim().is_empty());
        let mut client = peer.to_canonical();
        while self.trusts(client)
            && let Some(before) = hops.next().and_then(address)
        {
            client = before;
        }
        client
    }
}

/// `192.0.2.1`, `192.0.2.1:5000`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:5000`: proxies write all of them.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().ok().or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()))?;
    Some(address.to_canonical())
}

/// Who is at the other end of the connection, where that is known.
#[derive(Debug, Clone, Copy)]
pub struct Peer(Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Peer, Infallible> {
        let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Peer(info.map(|ConnectInfo(address)| address.ip().to_canonical())))
    }
}

impl Peer {
    /// The address of the connection; unknown ones are all the same one.
    pub(crate) fn address(self) -> IpAddr {
        self.0.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }

    /// Whether a proxy forwards for someone, and is not trusted to.
    pub(crate) fn is_forwarded_by_a_stranger(self, headers: &HeaderMap, proxies: &Proxies) -> bool {
        headers.contains_key(FORWARDED_FOR) && !proxies.trusts(self.address())
    }

    /// Whether the request comes from who sits at this machine: over loopback, under a loopback name (a page elsewhere
    /// whose name is made to point here, DNS rebinding, fails that), and without a proxy that says it forwards. A proxy on
    /// this machine that says nothing of the sort and renames the host cannot be told apart.
    pub(crate) fn is_local(self, headers: &HeaderMap, version: Version) -> bool {
        const FORWARDING: [&str; 5] = ["forwarded", FORWARDED_FOR, "x-forwarded-host", "x-real-ip", "via"];
        // nginx asks with HTTP/1.0 unless told otherwise; no browser does.
        self.0.is_some_and(|peer| peer.is_loopback())
            && version != Version::HTTP_10
            && !FORWARDING.iter().any(|name| headers.contains_key(*name))
            && origin::host(headers).is_some_and(is_loopback_name)
    }
}

fn is_loopback_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(networks: &[&str]) -> Proxies {
        Proxies(networks.iter().map(|network| network.parse().unwrap()).collect())
    }

    #[test]
    fn the_rightmost_address_that_is_not_trusted() {
        let proxies = proxies(&["127.0.0.0/8", "10.0.0.0/8", "2001:db8:1::/48"]);
        for (peer, lists, expected) in [
            ("203.0.113.9", vec![], "203.0.113.9"),
            ("203.0.113.9", vec!["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("10.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", vec!["8.8.8.8, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", vec!["8.8.8.8, 198.51.100.1, 10.0.0.7"], "198.51.100.1"),
            ("10.0.0.1", vec!["8.8.8.8", "198.51.100.1", "10.0.0.7"], "198.51.100.1"),
            ("10.0.0.1", vec!["8.8.8.8,198.51.100.1,10.0.0.7,127.0.0.1"], "198.51.100.1"),
            // All of them are ours: the first is who asked.
            ("10.0.0.1", vec!["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            // What is no address ends the walk at the proxy that wrote it.
            ("10.0.0.1", vec!["198.51.100.1, unknown"], "10.0.0.1"),
            ("10.0.0.1", vec!["198.51.100.1, _hidden, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", vec!["198.51.100.1, "], "198.51.100.1"),
            ("10.0.0.1", vec![""], "10.0.0.1"),
            ("10.0.0.1", vec!["198.51.100.1:4711"], "198.51.100.1"),
            ("10.0.0.1", vec!["[2001:db8::7]:4711"], "2001:db8::7"),
            ("10.0.0.1", vec!["[2001:db8::7]"], "2001:db8::7"),
            ("10.0.0.1", vec!["::ffff:198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
            ("2001:db8:1::5", vec!["2001:db8:2::5, 2001:db8:1::6"], "2001:db8:2::5"),
        ] {
            let mut headers = HeaderMap::new();
            for list in &lists {
                headers.append(FORWARDED_FOR, list.parse().unwrap());
            }
            let client = proxies.client(peer.parse().unwrap(), &headers);
            assert_eq!(client, expected.parse::<IpAddr>().unwrap(), "{peer} {lists:?}");
        }
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED_FOR, axum::http::HeaderValue::from_bytes(b"198.51.100.1, \xff").unwrap());
        let peer = "10.0.0.1".parse().unwrap();
        assert_eq!(proxies.client(peer, &headers), peer);
    }

    #[test]
    fn networks_that_cannot_be_meant_are_refused() {
        for (given, words) in [
            ("", "for example 10.0.0.5"),
            ("balancer", "found `balancer`"),
            ("10.0.0.0/33", "found `10.0.0.0/33`"),
            ("10.0.0.0/-1", "for example"),
            ("10.0.0.5/8", "write 10.0.0.0/8 for the whole network or 10.0.0.5 for the one address"),
            ("0.0.0.0/0", "every address there is"),
            ("::/0", "every address there is"),
        ] {
            let error = given.parse::<Network>().unwrap_err().to_string();
            assert!(error.contains(words), "{given}: {error}");
        }
        for (given, inside, outside) in [
            ("10.0.0.5", "10.0.0.5", "10.0.0.6"),
            ("::ffff:10.0.0.5", "10.0.0.5", "10.0.0.6"),
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            (" fd00::/8 ", "fd12::1", "fe80::1"),
        ] {
            let proxies = proxies(&[given]);
            assert!(proxies.trusts(inside.parse().unwrap()) && !proxies.trusts(outside.parse().unwrap()), "{given}");
        }
        let this_machine = Proxies::new(&Network::loopback());
        assert!(
            ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]
                .iter()
                .all(|a| this_machine.trusts(a.parse().unwrap()))
        );
        assert!(!this_machine.trusts("10.0.0.1".parse().unwrap()));
    }
}
