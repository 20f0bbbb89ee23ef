//! Static files.

use super::*;
use std::fs;

/// A site, and a second folder behind it.
pub async fn site() -> (tempfile::TempDir, House) {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    for path in ["site/help", "site/.git", "site/empty", "portal/help", "portal/only", "portal/empty"] {
        fs::create_dir_all(at(path)).unwrap();
    }
    fs::write(at("secret.txt"), "secret").unwrap();
    fs::write(at("site/index.html"), "<h1>start</h1>").unwrap();
    fs::write(at("site/help/index.html"), "<h1>help of the site</h1>").unwrap();
    fs::write(at("site/.git/config"), "secret").unwrap();
    fs::write(at("site/.env"), "secret").unwrap();
    fs::write(at("site/a.svg"), "<svg/>").unwrap();
    fs::write(at("site/core-sv-0123456789abcdef.bin"), [0, 1, 2]).unwrap();
    fs::write(at("portal/help/index.html"), "<h1>help of the portal</h1>").unwrap();
    fs::write(at("portal/only/index.html"), "<h1>only here</h1>").unwrap();
    fs::write(at("portal/empty/index.html"), "<h1>behind an empty folder</h1>").unwrap();
    fs::write(at("portal/svar_bg.wasm"), "\0asm").unwrap();
    fs::write(at("portal/svar_bg.wasm.br"), "brotli").unwrap();
    fs::write(at("portal/svar_bg.wasm.gz"), "gzip").unwrap();
    fs::write(at("portal/svar.js"), "export {};".repeat(100)).unwrap();
    fs::write(at("portal/manifest.json"), "{}").unwrap();
    fs::write(at("portal/ord å.txt"), "text").unwrap();
    let house = House::new(|options| {
        options.site = Some(at("site"));
        options.extra_roots = vec![at("portal")];
        options.allowed_origins = vec!["https://www.example.com".into()];
        options.content_security_policy = Some("default-src 'self'".into());
    })
    .await;
    (folder, house)
}

#[tokio::test]
async fn files_types_and_caching() {
    let (_folder, house) = site().await;
    for (path, content_type, cache) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        ("/help/", "text/html; charset=utf-8", "no-cache"),
        ("/only/", "text/html; charset=utf-8", "no-cache"),
        ("/a.svg", "image/svg+xml", "no-cache"),
        ("/svar_bg.wasm", "application/wasm", "no-cache"),
        ("/svar.js?v=2", "text/javascript; charset=utf-8", "no-cache"),
        ("/manifest.json", "application/json", "no-cache"),
        ("/ord%20%C3%A5.txt", "text/plain; charset=utf-8", "no-cache"),
        ("/core-sv-0123456789abcdef.bin", "application/octet-stream", "public, max-age=31536000, immutable"),
    ] {
        let answer = house.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("content-type"), content_type, "{path}");
        assert_eq!(answer.header("cache-control"), cache, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "strict-origin-when-cross-origin", "{path}");
        let policy = answer.header("content-security-policy");
        assert_eq!(policy == "default-src 'self'", content_type.starts_with("text/html"), "{path}: {policy}");
        assert!(answer.header("etag").starts_with("W/\""), "{path}");
        assert!(!answer.header("last-modified").is_empty(), "{path}");
    }
    assert!(house.get("/help/").await.text().contains("help of the site"), "the site comes first");
    assert!(house.get("/empty/").await.text().contains("behind an empty folder"));
    let answer = house.get("/help").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::TEMPORARY_REDIRECT, "/help/"));
}

#[tokio::test]
async fn compressed_beforehand_or_on_the_way() {
    let (_folder, house) = site().await;
    let get =
        |path: &'static str, accept: &'static str| house.ask(request("GET", path, &[("accept-encoding", accept)], ""));
    for (path, accept, coding, body) in [
        ("/svar_bg.wasm", "br, gzip", "br", Some("brotli")),
        ("/svar_bg.wasm", "gzip", "gzip", Some("gzip")),
        ("/svar_bg.wasm", "identity", "", Some("\0asm")),
        ("/svar.js", "br", "br", None),
        ("/svar.js", "gzip", "gzip", None),
    ] {
        let answer = get(path, accept).await;
        assert_eq!(answer.header("content-encoding"), coding, "{path} {accept}");
        assert!(
            answer.headers.get_all("vary").iter().any(|v| v
                .to_str()
                .unwrap()
                .to_lowercase()
                .contains("accept-encoding"))
        );
        let expected_type = if path.ends_with("wasm") { "application/wasm" } else { "text/javascript; charset=utf-8" };
        assert_eq!(answer.header("content-type"), expected_type);
        match body {
            Some(body) => assert_eq!(answer.text(), body),
            None => assert!(answer.body.len() < 200, "{} bytes", answer.body.len()),
        }
    }
}

#[tokio::test]
async fn asked_again_nothing_is_sent_again() {
    let (_folder, house) = site().await;
    for path in ["/svar.js", "/core-sv-0123456789abcdef.bin"] {
        let first = house.ask(request("GET", path, &[("accept-encoding", "gzip")], "")).await;
        let headers = [("if-none-match", first.header("etag")), ("accept-encoding", "gzip")];
        let again = house.ask(request("GET", path, &headers, "")).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(again.header("cache-control"), first.header("cache-control"), "{path}");
        assert!(again.body.is_empty());
        let headers = [("if-modified-since", first.header("last-modified"))];
        assert_eq!(house.ask(request("GET", path, &headers, "")).await.status, StatusCode::NOT_MODIFIED, "{path}");
    }
    let answer = house.ask(request("HEAD", "/index.html", &[], "")).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn nothing_outside_and_nothing_hidden() {
    let (_folder, house) = site().await;
    for path in [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/help/../../secret.txt",
        "/help/%2e%2e/%2e%2e/secret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/.git/config",
        "/%2egit/config",
        "/.env",
        "/a%00b",
        "/%ff",
        "/missing-0123456789abcdef.js",
        "/no/such/page",
    ] {
        let answer = house.ask(match path.parse::<axum::http::Uri>() {
            Ok(_) => request("GET", path, &[], ""),
            Err(_) => continue,
        });
        let answer = answer.await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.text().contains("secret"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
        let policy = answer.header("content-security-policy");
        assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'", "{path}: this page is ours");
    }
    let answer = house.ask(request("POST", "/index.html", &[], "x")).await;
    assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"));
}

#[tokio::test]
async fn pages_on_allowed_origins_may_fetch_the_widget() {
    let (_folder, house) = site().await;
    let answer = house.ask(request("GET", "/svar.js", &[("origin", "https://www.example.com")], "")).await;
    assert_eq!(answer.header("access-control-allow-origin"), "https://www.example.com");
    let answer = house.ask(request("GET", "/svar.js", &[("origin", "https://evil.example")], "")).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (StatusCode::OK, ""));
    assert!(answer.headers.get_all("vary").iter().any(|value| value == "origin"));
}

#[tokio::test]
async fn a_site_that_cannot_work_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(&options(&folder.path().join("s.sqlite")).store, Default::default()).await.unwrap();
    let error = |change: &dyn Fn(&mut ServeOptions)| {
        let mut options = options(Path::new("unused"));
        change(&mut options);
        AppState::new(store.clone(), &options).err().map(|error| format!("{error:#}")).unwrap_or_default()
    };
    assert!(error(&|o| o.site = Some("no/such/folder".into())).contains("no/such/folder"));
    assert!(error(&|o| o.timezone = Some("Mars/Olympus".into())).contains("Mars/Olympus"));
    assert!(error(&|o| o.allowed_origins = vec!["*".into()]).contains("`*`"));
    assert!(error(&|o| o.content_security_policy = Some("a\nb".into())).contains("content security policy"));
}
