//! The routes, and the server that listens.
//!
//! | route | |
//! |---|---|
//! | `POST /svar/v1/attempts` | [`crate::ingest`] |
//! | `GET /svar/v1/health`, `…/live`, `…/ready` | [`crate::health`] |
//! | `GET /report`, `/report.json` | [`mod@crate::report`], for whom [`crate::login`] lets in |
//! | `GET /report.css` | its style sheet, for everyone |
//! | `GET /metrics` | [`crate::metrics`], guarded as the report is |
//! | anything else | [`crate::site`] |
//!
//! Around all of them: security headers ([`crate::headers`]), counting, and a panic that becomes a 500.

use crate::connection;
use crate::flood::Flood;
use crate::headers;
use crate::health::{self, Health};
use crate::ingest::{self, chain, refuse};
use crate::login::{self, Login, Token};
use crate::metrics::{self, Metrics, refused};
use crate::origin::Origins;
use crate::peer::{Network, Peer, Proxies};
use crate::rate::Rate;
use crate::report::{self, ReportOptions};
use crate::reread;
use crate::retention;
use crate::site;
use crate::store::{Migrate, Store, StoreAddress, open_store};
use anyhow::Context;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{from_fn_with_state, map_response_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use std::any::Any;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::ResponseBodyDeadlineLayer;

/// What `svar serve` is told.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Folder of the owner's site, tried first.
    pub site: Option<PathBuf>,
    /// Folders tried after it, in order: the portal, the built help folder.
    pub extra_roots: Vec<PathBuf>,
    /// Where attempts are kept.
    pub store: StoreAddress,
    /// Whether the store's tables are made and brought up to date, and how.
    pub migrate: Migrate,
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Origins of pages elsewhere that carry the widget, `https://www.example.com`. Empty: pages of the same host only.
    pub allowed_origins: Vec<String>,
    /// Time zone of the report, `Europe/Stockholm`. UTC where none is named.
    pub timezone: Option<String>,
    /// Sent with the site's pages where set.
    pub content_security_policy: Option<String>,
    /// Networks of people so many that no flood is seen in what they send: your own call centre.
    pub flood_exempt: Vec<Network>,
    /// Proxies that are believed whom they forward for, and who has logged in. This machine, unless changed.
    pub trusted_proxies: Vec<Network>,
    /// Lets its bearer see the report and the metrics.
    pub report_token: Option<Token>,
    /// Header in which a trusted proxy names who has logged in and may see them.
    pub report_user_header: Option<String>,
    /// Seconds for which browsers shall come by HTTPS alone (HSTS), where set.
    pub hsts_max_age_s: Option<u64>,
    /// Days after which attempts are removed. For ever, unless set.
    pub keep_days: Option<u32>,
    /// How much is taken from whom, and how long things may take.
    pub limits: Limits,
}

impl Default for ServeOptions {
    /// No site, the store in `svar.sqlite`, listening on port 8787 of this machine, the report without a login.
    fn default() -> ServeOptions {
        ServeOptions {
            site: None,
            extra_roots: vec![],
            store: StoreAddress::Sqlite("svar.sqlite".into()),
            migrate: Migrate::default(),
            listen: ([127, 0, 0, 1], 8787).into(),
            allowed_origins: vec![],
            timezone: None,
            content_security_policy: None,
            flood_exempt: vec![],
            trusted_proxies: Network::loopback().into(),
            report_token: None,
            report_user_header: None,
            hsts_max_age_s: None,
            keep_days: None,
            limits: Limits::default(),
        }
    }
}

/// How much a sender may send, and how long things may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Requests that one address may send at once. A school or an office is one address.
    pub burst: u32,
    /// Requests that one address may send each second in the long run.
    pub per_second: f64,
    /// Attempts that one address may begin in an hour before what follows is taken for a flood; none for no limit.
    pub flood_per_hour: Option<u32>,
    /// A body must have come in whole within this time.
    pub body_timeout: Duration,
    /// A request's header must have come in whole within this time; an idle connection is closed after it.
    pub header_timeout: Duration,
    /// Who takes no byte of an answer for this long is let go of.
    pub write_timeout: Duration,
    /// The whole of an answer must be taken within this time.
    pub response_timeout: Duration,
    /// What is under way when the server stops may take this long to finish.
    pub stop_timeout: Duration,
    /// Connections open at once.
    pub connections: usize,
    /// Connections that one address may have open at once; an IPv6 /64 is one.
    pub connections_per_address: usize,
}

impl Default for Limits {
    /// Our own starting values: an attempt sends three to six events, so an office of 200 people fits in easily.
    fn default() -> Limits {
        Limits {
            burst: 240,
            per_second: 4.0,
            // An office or a call centre of 500 in which everyone has two questions an hour.
            flood_per_hour: Some(1000),
            body_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(15),
            write_timeout: Duration::from_secs(30),
            // 5 MB at 128 kbit/s.
            response_timeout: Duration::from_secs(300),
            stop_timeout: Duration::from_secs(10),
            // Under the 1,024 open files that a process commonly may have.
            connections: 800,
            // A quarter of all, so that it takes four; an office of 200 people fits, as browsers let go of idle ones.
            connections_per_address: 200,
        }
    }
}

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

struct Shared {
    store: Arc<dyn Store>,
    roots: Vec<PathBuf>,
    origins: Origins,
    timezone: Option<String>,
    content_security_policy: Option<HeaderValue>,
    limits: Limits,
    rate: Rate,
    flood: Flood,
    flood_exempt: Proxies,
    proxies: Proxies,
    login: Login,
    health: Health,
    metrics: Metrics,
    strict_transport_security: Option<HeaderValue>,
    warned_of_proxy: AtomicBool,
}

impl AppState {
    /// The state for `options` with a store that is open already; `options.store` and `options.listen` are not looked at.
    ///
    /// # Errors
    /// When a folder is missing, or an origin, the time zone, the policy or the header's name is malformed.
    pub fn new(store: Arc<dyn Store>, options: &ServeOptions) -> anyhow::Result<AppState> {
        AppState::with_limits(store, options, options.limits)
    }

    /// As [`AppState::new`], with other limits than the options'.
    ///
    /// # Errors
    /// As [`AppState::new`].
    pub fn with_limits(store: Arc<dyn Store>, options: &ServeOptions, limits: Limits) -> anyhow::Result<AppState> {
        let roots: Vec<PathBuf> = options.site.iter().chain(&options.extra_roots).cloned().collect();
        for root in &roots {
            anyhow::ensure!(root.is_dir(), "expected a folder to serve at {}, found none", root.display());
        }
        report::Zone::named(options.timezone.as_deref())?;
        let content_security_policy = options
            .content_security_policy
            .as_deref()
            .map(HeaderValue::from_str)
            .transpose()
            .context("the content security policy holds characters that no header may")?;
        Ok(AppState(Arc::new(Shared {
            store,
            roots,
            origins: Origins::new(&options.allowed_origins)?,
            timezone: options.timezone.clone(),
            content_security_policy,
            limits,
            rate: Rate::new(limits.burst, limits.per_second),
            flood: Flood::new(limits.flood_per_hour),
            flood_exempt: Proxies::new(&options.flood_exempt),
            proxies: Proxies::new(&options.trusted_proxies),
            login: Login::new(options.report_token.clone(), options.report_user_header.as_deref())?,
            health: Health::default(),
            metrics: Metrics::new(),
            strict_transport_security: hsts(options.hsts_max_age_s)?,
            warned_of_proxy: AtomicBool::new(false),
        })))
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.0.store
    }
    pub(crate) fn roots(&self) -> &[PathBuf] {
        &self.0.roots
    }
    pub(crate) fn origins(&self) -> &Origins {
        &self.0.origins
    }
    pub(crate) fn content_security_policy(&self) -> Option<&HeaderValue> {
        self.0.content_security_policy.as_ref()
    }
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }
    pub(crate) fn rate(&self) -> &Rate {
        &self.0.rate
    }
    pub(crate) fn proxies(&self) -> &Proxies {
        &self.0.proxies
    }
    pub(crate) fn login(&self) -> &Login {
        &self.0.login
    }
    pub(crate) fn health(&self) -> &Health {
        &self.0.health
    }
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }
    pub(crate) fn strict_transport_security(&self) -> Option<&HeaderValue> {
        self.0.strict_transport_security.as_ref()
    }

    /// Whether what comes from `sender` may be seen as a flood. Not what comes from a trusted proxy that does not say for
    /// whom: that would be everyone.
    pub(crate) fn flood(&self, sender: IpAddr) -> Option<&Flood> {
        let exempt = self.0.flood_exempt.trusts(sender) || self.proxies().trusts(sender);
        (!exempt).then_some(&self.0.flood)
    }

    /// Whom to count a request against.
    pub(crate) fn sender(&self, peer: Peer, headers: &HeaderMap) -> IpAddr {
        if peer.is_forwarded_by_a_stranger(headers, self.proxies())
            && !self.0.warned_of_proxy.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                "a request says that it is forwarded, by an address that is no trusted proxy. If a load balancer stands in \
                 front, name it with --trusted-proxy: until then all its customers share one rate limit, and together \
                 they may look like a flood. Said once"
            );
        }
        self.proxies().client(peer.address(), headers)
    }
}

fn hsts(max_age_s: Option<u64>) -> anyhow::Result<Option<HeaderValue>> {
    let value = |seconds: u64| HeaderValue::try_from(format!("max-age={seconds}"));
    max_age_s.map(value).transpose().context("the header for HSTS could not be written")
}

/// All routes. Without connection information (`ConnectInfo<SocketAddr>` in the request's extensions, which [`Server`]
/// adds) every sender is the same one and counts as somebody elsewhere.
pub fn router(state: AppState) -> Router {
    let site = Router::new().fallback(site::files).layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
    let guarded = Router::new()
        .route("/report", get(report_html))
        .route("/report.json", get(report_json))
        .route("/metrics", get(metrics::metrics))
        .route_layer(from_fn_with_state(state.clone(), login::gate));
    Router::new()
        .route(ingest::PATH, any(ingest::attempts))
        .route("/svar/v1/health", get(health::ready))
        .route("/svar/v1/health/live", get(health::live))
        .route("/svar/v1/health/ready", get(health::ready))
        .route("/report.css", get(report_css))
        .merge(guarded)
        .fallback_service(site.with_state(state.clone()))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(map_response_with_state(state.clone(), headers::strict))
        .layer(from_fn_with_state(state.clone(), metrics::count))
        .layer(ResponseBodyDeadlineLayer::new(state.limits().response_timeout))
        .with_state(state)
}

/// Our mistake. Where it happened the panic hook has said.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    let error = "the collector made a mistake; where is in its log".to_owned();
    refused("mistake", refuse(StatusCode::INTERNAL_SERVER_ERROR, error))
}

async fn report_html(state: State<AppState>, uri: Uri) -> Response {
    give_report(&state, &uri, |report| ("text/html; charset=utf-8", report.to_html())).await
}

async fn report_json(state: State<AppState>, uri: Uri) -> Response {
    give_report(&state, &uri, |report| ("application/json", report.to_json())).await
}

async fn report_css() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, report::STYLESHEET).into_response()
}

async fn give_report(
    state: &AppState,
    uri: &Uri,
    write: impl FnOnce(&report::Report) -> (&'static str, String),
) -> Response {
    let mut response = match report_for(state, uri).await {
        Ok(report) => {
            let (content_type, body) = write(&report);
            ([(header::CONTENT_TYPE, content_type)], body).into_response()
        }
        Err(response) => response,
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(report::CONTENT_SECURITY_POLICY));
    response
}

async fn report_for(state: &AppState, uri: &Uri) -> Result<report::Report, Response> {
    let bad = |error: String| refused("query", refuse(StatusCode::BAD_REQUEST, error));
    let Query(mut options) = Query::<ReportOptions>::try_from_uri(uri).map_err(|_| {
        bad("expected since, until and timezone, for example /report?since=2026-11-01&timezone=Europe/Stockholm".into())
    })?;
    options.timezone = options.timezone.or_else(|| state.0.timezone.clone());
    report::report(state.store(), &options).await.map_err(|error| match error {
        report::ReportError::Store(error) => {
            tracing::error!(error = %chain(&error), "the report could not read the store");
            let text = "the store cannot be read now; its words are in the log".into();
            refused("store", refuse(StatusCode::SERVICE_UNAVAILABLE, text))
        }
        other => bad(chain(&other)),
    })
}

/// A collector that has its address and has not started to answer.
pub struct Server {
    listener: TcpListener,
    local_addr: SocketAddr,
    store: Arc<dyn Store>,
    state: AppState,
    keep_days: Option<u32>,
}

impl Server {
    /// Opens the store and takes the address. From here on connections wait in line until [`Server::run`].
    ///
    /// # Errors
    /// When the store, a folder, an origin, the zone or the address cannot be had; or when the store's file lies in a
    /// folder that is served, where anyone could fetch it.
    pub async fn bind(options: ServeOptions) -> anyhow::Result<Server> {
        if let StoreAddress::Sqlite(file) = &options.store {
            // Before it is opened, which makes the file.
            refuse_store_in_site(file, options.site.iter().chain(&options.extra_roots))?;
        }
        let store = open_store(&options.store, options.migrate).await?;
        let server = Server::start(&options, store.clone()).await;
        if server.is_err() {
            store.close().await;
        }
        server
    }

    async fn start(options: &ServeOptions, store: Arc<dyn Store>) -> anyhow::Result<Server> {
        let state = AppState::new(store.clone(), options)?;
        let listener = TcpListener::bind(options.listen).await.with_context(|| {
            format!("could not listen on {}; another program may, or choose another port", options.listen)
        })?;
        let local_addr = listener.local_addr().context("could not read the address that is listened on")?;
        Ok(Server { listener, local_addr, store, state, keep_days: options.keep_days })
    }

    /// The address listened on, with the port that was given.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// How the report and the metrics are guarded, in words.
    pub fn report_guard(&self) -> String {
        self.state.login().described()
    }

    /// Answers until `shutdown` comes; then takes no more, finishes what is under way, cuts off what has not finished
    /// within [`Limits::stop_timeout`], and closes the store.
    ///
    /// # Errors
    /// None at present: a connection that cannot be taken is logged and the next one waited for.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
        let Server { listener, store, state, keep_days, .. } = self;
        tracing::info!(version = env!("CARGO_PKG_VERSION"), report = state.login().kind(), "started");
        let upkeep = tokio::spawn({
            let (store, state) = (store.clone(), state.clone());
            async move {
                reread::at_start(&*store).await;
                if let Some(days) = keep_days {
                    retention::keep(store, days, state.metrics()).await;
                }
            }
        });
        connection::serve(listener, router(state.clone()), state, shutdown).await;
        upkeep.abort();
        store.close().await;
        tracing::info!("stopped");
        Ok(())
    }
}

/// The store's file must not be fetchable.
fn refuse_store_in_site<'a>(file: &Path, roots: impl Iterator<Item = &'a PathBuf>) -> anyhow::Result<()> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Where a folder is missing, opening it says so better.
    let Ok(folder) = folder.canonicalize() else { return Ok(()) };
    for root in roots {
        anyhow::ensure!(
            !root.canonicalize().is_ok_and(|root| folder.starts_with(root)),
            "the store {} lies in {}, which is served to everyone; keep it in another folder",
            file.display(),
            root.display()
        );
    }
    Ok(())
}
