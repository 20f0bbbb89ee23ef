//! The security headers that go out with every answer.
//!
//! An answer of ours – attempts, health, metrics, refusals, the page that says "not found" – needs nothing from anywhere
//! and gets the strictest. The report has its own policy ([`crate::report::CONTENT_SECURITY_POLICY`]). Files of the site are
//! the owner's: they may be framed by pages of the same host only, and what is no page and no script may not load anything
//! if someone opens it as if it were. Which policy a file gets depends on its name alone, so that a 304, which replaces
//! the headers that a browser has kept, says the same as the 200 before it.
//!
//! | | ours | pages of the site | other files of the site |
//! |---|---|---|---|
//! | `Content-Security-Policy` | [`STRICT`] | the owner's (`--csp`), else [`FRAMES`] | [`FILE`], [`DRAWING`], scripts [`FRAMES`] |
//! | `X-Frame-Options` | `DENY` | `SAMEORIGIN` | `SAMEORIGIN` |
//! | `Referrer-Policy` | `no-referrer` | `strict-origin-when-cross-origin` | the same |
//! | `Cross-Origin-Opener-Policy` | `same-origin` | `same-origin-allow-popups` | the same |
//! | `Cross-Origin-Resource-Policy` | `same-origin` | `same-origin` | `cross-origin`: the widget is loaded by pages elsewhere |
//! | `Permissions-Policy` | nothing at all | the page itself, not what it frames | the same |
//! | `X-Content-Type-Options` | `nosniff` | `nosniff` | `nosniff` |
//! | `Strict-Transport-Security` | where asked for (`--hsts`) | the same | the same |
//!
//! Not ours to add to: answers that hyper gives when a request cannot be read as HTTP (400, 431, without a body).
//!
//! Sources: CSP level 3, Fetch ("CORP"), HTML ("COOP"), Permissions Policy, RFC 6797 (HSTS), RFC 7034 (X-Frame-Options).

use crate::server::AppState;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use std::path::Path;

/// For what needs nothing.
pub const STRICT: &str = "default-src 'none'; frame-ancestors 'none'";
/// For pages that are the owner's: it would break them to say more.
pub const FRAMES: &str = "frame-ancestors 'self'";
/// For styles, data, fonts and pictures. Policies do not apply to what a page loads, only to what is opened by itself.
pub const FILE: &str = "default-src 'none'; frame-ancestors 'self'";
/// For SVG, which runs scripts when it is opened by itself, and draws with styles and pictures of its own.
pub const DRAWING: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/// Powerful things that neither collector nor widget need. Those a page of the owner's might use stay with that page.
const FOR_NOBODY: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
                          magnetometer=(), microphone=(), midi=(), payment=(), screen-wake-lock=(), serial=(), usb=()";
const FOR_THE_PAGE: &str = "accelerometer=(self), camera=(self), display-capture=(self), geolocation=(self), \
                            gyroscope=(self), hid=(self), magnetometer=(self), microphone=(self), midi=(self), \
                            payment=(self), screen-wake-lock=(self), serial=(self), usb=(self)";

pub(crate) const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
pub(crate) const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// On every answer: what its handler has not set.
pub(crate) async fn strict(State(state): State<AppState>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    let ours = [
        (header::CONTENT_SECURITY_POLICY, STRICT),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (COOP, "same-origin"),
        (CORP, "same-origin"),
        (PERMISSIONS_POLICY, FOR_NOBODY),
    ];
    for (name, value) in ours {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(hsts) = state.strict_transport_security() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, hsts.clone());
    }
    response
}

/// For a file of the site at `path`, found or not changed.
pub(crate) fn for_site(path: &str, owners: Option<&HeaderValue>, headers: &mut HeaderMap) {
    let kind = Kind::of(path);
    let policy = match (kind, owners) {
        (Kind::Page, Some(owners)) => owners.clone(),
        (Kind::Page | Kind::Other, _) => HeaderValue::from_static(FRAMES),
        (Kind::Drawing, _) => HeaderValue::from_static(DRAWING),
        (Kind::Inert, _) => HeaderValue::from_static(FILE),
    };
    // Only browsers that do not know `frame-ancestors` look at this (CSP level 3, §7.7.1).
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    // Not `no-referrer`: beacons would then come with `Origin: null`.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    headers.insert(COOP, HeaderValue::from_static("same-origin-allow-popups"));
    let resource = if kind == Kind::Page { "same-origin" } else { "cross-origin" };
    headers.insert(CORP, HeaderValue::from_static(resource));
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(FOR_THE_PAGE));
}

/// What is at a path, as far as its policy goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Page,
    Drawing,
    /// Nothing that runs or loads.
    Inert,
    /// Scripts, whose policy would hold in a worker that runs them; films and documents, which browsers show in pages of
    /// their own making; whatever we do not know.
    Other,
}

impl Kind {
    fn of(path: &str) -> Kind {
        if path.ends_with('/') {
            return Kind::Page;
        }
        let extension = Path::new(path).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        match extension.to_ascii_lowercase().as_str() {
            "html" | "htm" | "xhtml" => Kind::Page,
            "svg" => Kind::Drawing,
            "css" | "json" | "map" | "wasm" | "txt" | "md" | "bin" | "png" | "jpg" | "jpeg" | "gif" | "webp"
            | "avif" | "ico" | "woff" | "woff2" => Kind::Inert,
            _ => Kind::Other,
        }
    }
}
