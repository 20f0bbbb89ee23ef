//! Static files: the owner's site, then the extra roots (the portal, the built help folder), each tried in turn.
//!
//! What is added to what `tower_http`'s `ServeDir` does (types, index.html, copies compressed beforehand, ETag and
//! Last-Modified, 304, nothing outside its folder):
//! - names that carry a hash of their content, `core-sv-0123456789abcdef.bin`, may be cached for good; others are asked
//!   for again each time;
//! - text says that it is UTF-8;
//! - ETags are weak, because the same file may go out compressed in several ways (RFC 9110 §8.8.1);
//! - files and folders whose name starts with a dot are not served, `.well-known` excepted (RFC 8615);
//! - pages on allowed origins may fetch the widget and its index from here (CORS);
//! - security headers that fit a file of the owner's ([`crate::headers`]).

use crate::headers;
use crate::origin::Verdict;
use crate::server::AppState;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::path::{Path, PathBuf};
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// One year, the longest that makes sense (RFC 9111 does not say; RFC 2616 §14.21 did).
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

const NOT_FOUND: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width\"><title>Not found</title>\n\
<h1>Not found</h1>\n<p>There is no page at this address. It may have been moved or renamed.</p>\n\
<p><a href=\"/\">To the start page</a></p>\n</html>\n";

/// The handler, for every path that is not one of ours.
pub async fn files(State(state): State<AppState>, method: Method, uri: Uri, asked: HeaderMap) -> Response {
    let verdict = state.origins().judge(&asked);
    let path = uri.path();
    let mut response = find(state.roots(), &method, &uri, &asked).await;
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    describe(path, found, headers);
    if found {
        headers::for_site(path, state.content_security_policy(), headers);
    }
    if !state.origins().is_empty() {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    if let Verdict::Allowed(origin) = verdict {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

async fn find(roots: &[PathBuf], method: &Method, uri: &Uri, asked: &HeaderMap) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        let text = format!("expected GET or HEAD for a file, found {method}");
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")], text).into_response();
    }
    if is_visible(uri.path()) {
        for root in roots {
            let mut attempt = Request::new(Body::empty());
            *attempt.method_mut() = method.clone();
            *attempt.uri_mut() = uri.clone();
            *attempt.headers_mut() = asked.clone();
            let service = ServeDir::new(root).precompressed_br().precompressed_gzip();
            match service.oneshot(attempt).await {
                Ok(response) if response.status() == StatusCode::NOT_FOUND => {}
                Ok(response) => return response.map(Body::new),
            }
        }
    }
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_FOUND).into_response()
}

/// No part of the path starts with a dot, `.well-known` excepted, whether written plainly or as `%2e`; no backslash.
fn is_visible(path: &str) -> bool {
    let path = path.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/").replace("%5c", "\\");
    !path.contains('\\') && path.split('/').all(|part| !part.starts_with('.') || part == ".well-known")
}

/// Type, ETag and caching of what was found at `path`.
fn describe(path: &str, found: bool, headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, if found && has_hash(path) { IMMUTABLE } else { REVALIDATE });
    if !found {
        return;
    }
    if headers.contains_key(header::CONTENT_TYPE) {
        // A folder's index.html has no extension in its address.
        let is_page = path.ends_with('/');
        if let Some(known) = if is_page { Some("text/html; charset=utf-8") } else { content_type(path) } {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(known));
        }
    }
    if let Some(weak) = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()).filter(|tag| tag.starts_with('"'))
        && let Ok(weak) = HeaderValue::from_str(&format!("W/{weak}"))
    {
        headers.insert(header::ETAG, weak);
    }
}

/// The types that a help centre is made of. Others are left to `mime_guess`.
fn content_type(path: &str) -> Option<&'static str> {
    Some(match Path::new(path).extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "txt" | "md" => "text/plain; charset=utf-8",
        "bin" => "application/octet-stream",
        _ => return None,
    })
}

/// `NAME-HHHHHHHHHH.EXT`: a hyphen and ten hexadecimal digits, as files of an index have them, or sixteen, as the widget's do.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or("", |(stem, _)| stem);
    stem.rsplit_once('-')
        .is_some_and(|(_, hash)| [10, 16].contains(&hash.len()) && hash.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_hash() {
        for (path, expected) in [
            ("/index/core-sv-0123456789abcdef.bin", true),
            ("/index/terms-0123456789.bin", true),
            ("/svar_bg-0123456789ABCDEF.wasm", true),
            ("/core-sv-0123456789abcde.bin", false),
            ("/core-sv-0123456789abcdefa.bin", false),
            ("/core-sv-0123456789abcdeg.bin", false),
            ("/manifest.json", false),
            ("/a-0123456789abcdef/index.html", false),
            ("/a-0123456789abcdef", false),
            ("/", false),
        ] {
            assert_eq!(has_hash(path), expected, "{path}");
        }
    }

    #[test]
    fn what_is_hidden() {
        for (path, expected) in [
            ("/", true),
            ("/help/a.html", true),
            ("/.well-known/security.txt", true),
            ("/.git/config", false),
            ("/%2egit/config", false),
            ("/a/../b", false),
            ("/a/%2e%2E/b", false),
            ("/a%2f..%2fb", false),
            ("/a\\..\\b", false),
            ("/a%5c..%5cb", false),
            ("/version-1.2/", true),
        ] {
            assert_eq!(is_visible(path), expected, "{path}");
        }
    }
}
