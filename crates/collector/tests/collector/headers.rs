//! Security headers, on every answer of every route.

use super::*;
use svar_collector::headers::{DRAWING, FILE, FRAMES, STRICT};

const PATH: &str = "/svar/v1/attempts";

fn assert_guarded(what: &str, answer: &Answer) {
    for name in [
        "content-security-policy",
        "x-frame-options",
        "referrer-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "permissions-policy",
        "x-content-type-options",
    ] {
        assert_eq!(answer.headers.get_all(name).iter().count(), 1, "{what}: {name}");
        assert!(!answer.header(name).is_empty(), "{what}: {name}");
    }
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    assert!(answer.header("content-security-policy").contains("frame-ancestors") || what.contains("owner's"), "{what}");
}

#[tokio::test]
async fn every_route_and_every_refusal() {
    let (_folder, house) = site::site().await;
    let limits = Limits { burst: 1, per_second: 0.001, ..Limits::default() };
    let etag = house.get("/help/").await.header("etag").to_owned();
    let origin = ("origin", "https://www.example.com");
    type Case<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>, u16);
    let cases: Vec<Case> = vec![
        ("POST", PATH, vec![BATCH], 202),
        ("POST", PATH, vec![BATCH, origin], 202),
        ("OPTIONS", PATH, vec![origin], 204),
        ("GET", PATH, vec![], 405),
        ("POST", PATH, vec![BATCH, ("origin", "https://evil.example")], 403),
        ("POST", PATH, vec![], 415),
        ("GET", "/svar/v1/health", vec![], 200),
        ("HEAD", "/svar/v1/health", vec![], 200),
        ("GET", "/svar/v1/health/live", vec![], 200),
        ("GET", "/svar/v1/health/ready", vec![], 200),
        ("POST", "/svar/v1/health/ready", vec![], 405),
        ("GET", "/report", vec![], 403),
        ("GET", "/report.json", vec![], 403),
        ("GET", "/metrics", vec![], 403),
        ("POST", "/report", vec![], 403),
        ("GET", "/report.css", vec![], 200),
        ("GET", "/", vec![], 200),
        ("GET", "/help", vec![], 307),
        ("GET", "/help/", vec![("if-none-match", etag.as_str())], 304),
        ("GET", "/svar.js", vec![("accept-encoding", "gzip")], 200),
        ("GET", "/svar.js", vec![("range", "bytes=0-3")], 206),
        ("GET", "/svar.js", vec![("range", "bytes=9999999-")], 416),
        ("GET", "/no/such/page", vec![], 404),
        ("GET", "/.git/config", vec![], 404),
        ("GET", "/svar/v1/nothing", vec![], 404),
        ("DELETE", "/", vec![], 405),
        ("BREW", "/", vec![], 405),
    ];
    for (method, path, headers, status) in cases {
        let body = if method == "POST" { "[]" } else { "" };
        let answer = house.ask(request(method, path, &headers, body)).await;
        let what = format!("{method} {path} {headers:?}");
        assert_eq!(answer.status, status, "{what}");
        let owners = status == 200 && path == "/" || status == 304;
        assert_guarded(if owners { "owner's page" } else { &what }, &answer);
        let ours = !matches!(answer.status.as_u16(), 200 | 206 | 304) || path.starts_with("/svar/v1");
        if ours {
            assert_eq!(answer.header("content-security-policy"), STRICT, "{what}");
            assert_eq!(answer.header("x-frame-options"), "DENY", "{what}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{what}");
        }
    }
    for (path, status) in [("/report", 200), ("/report.json", 200), ("/metrics", 200), ("/report?since=x", 400)] {
        let answer = house.ask(local(path)).await;
        assert_eq!(answer.status, status, "{path}");
        assert_guarded(path, &answer);
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
    }

    let house = House::with_limits(limits, |options| {
        options.report_token = Some(svar_collector::Token::new("correct-horse-battery").unwrap());
    })
    .await;
    assert_guarded("first", &house.ask(request("POST", PATH, &[BATCH], "[")).await);
    let answer = house.ask(request("POST", PATH, &[BATCH], "[]")).await;
    assert_eq!(answer.status, 429);
    assert_guarded("too many", &answer);
    let answer = house.get("/report").await;
    assert_eq!(answer.status, 401);
    assert_guarded("login", &answer);
}

#[tokio::test]
async fn failures_have_them_too() {
    let options = options(Path::new("unused"));
    let broken = router(AppState::new(Arc::new(health::broken()), &options).unwrap());
    for request in [
        request("POST", PATH, &[BATCH], batch([attempt("a")])),
        request("GET", "/svar/v1/health", &[], ""),
        local("/report"),
    ] {
        let what = request.uri().to_string();
        let answer = ask(&broken, request).await;
        assert_eq!(answer.status, 503, "{what}");
        assert_guarded(&what, &answer);
    }
    let panicking = router(AppState::new(Arc::new(health::panicking()), &options).unwrap());
    let answer = ask(&panicking, request("POST", PATH, &[BATCH], batch([attempt("a")]))).await;
    assert_eq!(answer.status, 500);
    assert_guarded("a mistake of ours", &answer);
    assert!(answer.json()["error"].as_str().unwrap().contains("in its log"), "{}", answer.text());
    let text = ask(&panicking, local("/metrics")).await.text();
    assert!(text.contains(r#"svar_http_refusals_total{route="attempts",reason="mistake",status="500"} 1"#), "{text}");
    assert!(text.contains("svar_store_writes_waiting 0"), "{text}");
}

#[tokio::test]
async fn what_fits_a_file_of_the_site() {
    let (_folder, house) = site::site().await;
    for (path, policy, resource) in [
        ("/", "default-src 'self'", "same-origin"),
        ("/index.html", "default-src 'self'", "same-origin"),
        ("/svar.js", FRAMES, "cross-origin"),
        ("/svar_bg.wasm", FILE, "cross-origin"),
        ("/manifest.json", FILE, "cross-origin"),
        ("/core-sv-0123456789abcdef.bin", FILE, "cross-origin"),
        ("/a.svg", DRAWING, "cross-origin"),
    ] {
        let answer = house.get(path).await;
        assert_eq!(answer.header("content-security-policy"), policy, "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), resource, "{path}");
        assert_eq!(answer.header("x-frame-options"), "SAMEORIGIN", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin-allow-popups", "{path}");
        assert!(answer.header("permissions-policy").contains("camera=(self)"), "{path}");
        // A 304 replaces what the browser has kept.
        let again = house.ask(request("GET", path, &[("if-none-match", answer.header("etag"))], "")).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}");
        for name in ["content-security-policy", "x-frame-options", "permissions-policy", "referrer-policy"] {
            assert_eq!(again.header(name), answer.header(name), "{path}: {name}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<h1>mine</h1>").unwrap();
    let house = House::new(|options| options.site = Some(folder.path().into())).await;
    let answer = house.get("/").await;
    assert_eq!(answer.header("content-security-policy"), FRAMES, "without --csp the page may do what it did");
    assert_eq!(answer.header("referrer-policy"), "strict-origin-when-cross-origin");
}

#[tokio::test]
async fn https_alone_where_asked_for() {
    let house = House::new(|options| options.hsts_max_age_s = Some(86_400)).await;
    for path in ["/", "/svar/v1/health", "/report", PATH] {
        assert_eq!(house.get(path).await.header("strict-transport-security"), "max-age=86400", "{path}");
    }
    let house = House::new(|_| {}).await;
    assert_eq!(house.get("/").await.header("strict-transport-security"), "");
}
