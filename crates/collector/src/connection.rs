//! Takes connections, and sees to it that every one of them ends.
//!
//! | who | is stopped by |
//! |---|---|
//! | says nothing, or half a header | [`Limits::header_timeout`], which idle connections end by, too |
//! | sends a body drop by drop | [`Limits::body_timeout`], answered with 408 |
//! | does not read its answer | [`Limits::write_timeout`] without a byte taken |
//! | reads its answer drop by drop | [`Limits::response_timeout`] for the whole of it |
//! | opens very many | [`Limits::connections_per_address`], proxies that are trusted excepted; [`Limits::connections`] in all, beyond which newcomers wait in line |
//! | is under way when the server stops | [`Limits::stop_timeout`], then it is cut off |
//!
//! A header may have 32 kB and 100 lines (hyper's own limit); more is answered with 431.

use crate::metrics::Metrics;
use crate::peer::Proxies;
use crate::rate::network;
use crate::server::{AppState, Limits};
use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use hyper_util::service::TowerToHyperService;
use prometheus_client::metrics::counter::Counter;
use std::collections::HashMap;
use std::error::Error;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tokio_util::io::{InspectReader, InspectWriter};
use tower::ServiceExt;

/// Bytes of a request's first line and headers together. Proxies commonly allow 8 to 32 kB.
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Answers what comes in by `listener` until `shutdown` comes; then finishes what is under way, or cuts it off.
pub(crate) async fn serve(listener: TcpListener, router: Router, state: AppState, shutdown: impl Future<Output = ()>) {
    let limits = *state.limits();
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.connections));
    let shares = Shares::default();
    let mut open = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = &mut shutdown => break,
        };
        // Forgets those that ended meanwhile.
        while open.try_join_next().is_some() {}
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Too many open files, most likely: they free up as connections close.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let metrics = state.metrics();
        metrics.connections.inc();
        let Some(share) = shares.take(address.ip(), state.proxies(), limits.connections_per_address) else {
            metrics.connection_ended("share");
            continue;
        };
        let connection = answer(stream, address, router.clone(), limits, metrics);
        let connection = graceful.watch(connection);
        let state = state.clone();
        open.spawn(async move {
            let metrics = state.metrics();
            metrics.connections_open.inc();
            let _closing = Closing(metrics);
            // Connections that break off are no news.
            if let Err(error) = connection.await
                && let Some(reason) = reason(&error)
            {
                metrics.connection_ended(reason);
            }
            drop((place, share));
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.stop_timeout, graceful.shutdown()).await.is_err() {
        while open.try_join_next().is_some() {}
        tracing::warn!(
            connections = open.len(),
            waited_s = limits.stop_timeout.as_secs_f64(),
            "stopped before every answer was out"
        );
        (0..open.len()).for_each(|_| state.metrics().connection_ended("stopped"));
    }
    open.shutdown().await;
}

/// Whatever way a connection ends, also when its task is cut off.
struct Closing<'a>(&'a Metrics);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.connections_open.dec();
    }
}

/// A connection with its limits, counted, ready to be driven.
fn answer(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    limits: Limits,
    metrics: &Metrics,
) -> impl GracefulConnection<Error = hyper::Error> + Send + use<> {
    drop(stream.set_nodelay(true));
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.write_timeout));
    let stream = InspectReader::new(stream, counting(metrics.received.clone()));
    let stream = InspectWriter::new(stream, counting(metrics.sent.clone()));
    let service = tower::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(address));
        router.clone().oneshot(request)
    });
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_header_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(service))
}

fn counting(bytes: Counter) -> impl FnMut(&[u8]) {
    move |seen| {
        bytes.inc_by(seen.len() as u64);
    }
}

/// Why we ended a connection, if it was us.
fn reason(error: &hyper::Error) -> Option<&'static str> {
    if error.is_timeout() {
        return Some("no_request");
    }
    if error.is_parse() {
        return Some("malformed");
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
            || error.is::<tower_http::timeout::TimeoutError>()
        {
            return Some("stalled");
        }
        cause = error.source();
    }
    None
}

/// How many connections each address has open.
#[derive(Debug, Clone, Default)]
struct Shares(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Shares {
    /// A place for `address`, unless it has `most` already. Trusted proxies have as many as they want: their connections
    /// are many people's.
    fn take(&self, address: IpAddr, proxies: &Proxies, most: usize) -> Option<Share> {
        if proxies.trusts(address) {
            return Some(Share(None));
        }
        let key = network(address);
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let n = open.entry(key).or_default();
        if *n >= most {
            return None;
        }
        *n += 1;
        Some(Share(Some((self.clone(), key))))
    }
}

/// A place, given back when dropped.
#[derive(Debug)]
struct Share(Option<(Shares, IpAddr)>);

impl Drop for Share {
    fn drop(&mut self) {
        let Some((Shares(open), key)) = self.0.take() else { return };
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(n) = open.get_mut(&key) {
            *n -= 1;
            if *n == 0 {
                open.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Network;

    #[test]
    fn a_share_each_and_none_left_behind() {
        let shares = Shares::default();
        let proxies = Proxies::new(&Network::loopback());
        let take = |address: &str| shares.take(address.parse().unwrap(), &proxies, 2);
        let first = take("192.0.2.7");
        let second = take("::ffff:192.0.2.7");
        assert!(first.is_some() && second.is_some());
        assert!(take("192.0.2.7").is_none());
        assert!(take("192.0.2.8").is_some(), "others have their own");
        let network = [take("2001:db8::1"), take("2001:db8::2")];
        assert!(network.iter().all(Option::is_some) && take("2001:db8::3").is_none(), "a /64 is one");
        drop(first);
        assert!(take("192.0.2.7").is_some());
        let many: Vec<_> = (0..10).map(|_| take("127.0.0.1")).collect();
        assert!(many.iter().all(Option::is_some), "a proxy speaks for many");
        drop((second, network, many));
        assert!(shares.0.lock().unwrap().is_empty());
    }
}
