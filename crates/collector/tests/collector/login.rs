//! Who sees the report and the metrics.

use super::*;
use svar_collector::Token;

const TOKEN: &str = "correct-horse-battery";
const GUARDED: [&str; 3] = ["/report", "/report.json", "/metrics"];
/// `anna:correct-horse-battery`
const BASIC: &str = "Basic YW5uYTpjb3JyZWN0LWhvcnNlLWJhdHRlcnk=";
const BEARER: &str = "Bearer correct-horse-battery";

async fn with_token() -> House {
    House::new(|options| options.report_token = Some(Token::new(TOKEN).unwrap())).await
}

async fn behind_a_proxy(token: Option<&str>) -> House {
    House::new(|options| {
        options.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        options.report_user_header = Some("X-Forwarded-User".into());
        options.report_token = token.map(|token| Token::new(token).unwrap());
    })
    .await
}

fn asked(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    request("GET", path, headers, "")
}

#[tokio::test]
async fn without_a_login_only_on_this_machine() {
    let house = House::new(|_| {}).await;
    for path in GUARDED {
        assert_eq!(house.ask(local(path)).await.status, StatusCode::OK, "{path}");
        let answer = house.ask(asked(path, &[("host", "localhost"), ("authorization", BASIC)])).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.text().contains("--report-token-file"), "says how to get one: {}", answer.text());
        assert_eq!(answer.header("cache-control"), "no-store");
        let forwarded = from("127.0.0.1", asked(path, &[("host", "localhost"), ("x-forwarded-for", "127.0.0.1")]));
        assert_eq!(house.ask(forwarded).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_token_lets_in_and_is_asked_for() {
    let house = with_token().await;
    for path in GUARDED {
        let answer = house.ask(asked(path, &[])).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(answer.header("www-authenticate").starts_with("Basic realm="), "so that a browser asks");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(house.ask(local(path)).await.status, StatusCode::UNAUTHORIZED, "on this machine as well");
        for right in [BASIC, BEARER] {
            let answer = house.ask(asked(path, &[("authorization", right)])).await;
            assert_eq!(answer.status, StatusCode::OK, "{path} {right}");
        }
        // Neither a half, nor a longer one, nor the name, nor another way of saying it.
        for wrong in
            ["Bearer correct-horse", "Bearer correct-horse-battery-staple", "Basic Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5Og=="]
        {
            let answer = house.ask(from("192.0.2.1", asked(path, &[("authorization", wrong)]))).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path} {wrong}");
        }
        let digest = format!("Digest {TOKEN}");
        assert_eq!(house.ask(asked(path, &[("authorization", &digest)])).await.status, StatusCode::UNAUTHORIZED);
        let query = format!("{path}?token={TOKEN}");
        assert_eq!(house.ask(asked(&query, &[])).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(house.get("/report.css").await.status, StatusCode::OK, "a style sheet is no secret");
}

#[tokio::test]
async fn who_guesses_waits_and_others_do_not() {
    let house = with_token().await;
    let guess = |address: &'static str, token: &str| {
        let bearer = format!("Bearer {token}");
        house.ask(from(address, asked("/report", &[("authorization", &bearer)])))
    };
    for _ in 0..50 {
        assert_eq!(guess("192.0.2.1", TOKEN).await.status, StatusCode::OK, "the right one costs nothing");
    }
    for n in 0..10 {
        assert_eq!(guess("192.0.2.1", &format!("wrong-{n}")).await.status, StatusCode::UNAUTHORIZED);
    }
    let answer = guess("192.0.2.1", "wrong-again").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!((1..=30).contains(&answer.header("retry-after").parse::<u64>().unwrap()));
    assert_eq!(guess("192.0.2.1", TOKEN).await.status, StatusCode::TOO_MANY_REQUESTS, "else guessing could go on");
    assert_eq!(guess("192.0.2.2", TOKEN).await.status, StatusCode::OK);
    let lying = asked("/report", &[("authorization", "Bearer wrong"), ("x-forwarded-for", "198.51.100.1")]);
    assert_eq!(house.ask(from("192.0.2.1", lying)).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_proxy_that_has_asked_names_who_it_is() {
    let house = behind_a_proxy(None).await;
    for path in GUARDED {
        let named = asked(path, &[("x-forwarded-user", "anna"), ("x-forwarded-for", "192.0.2.1")]);
        assert_eq!(house.ask(from("10.0.0.1", named)).await.status, StatusCode::OK, "{path}");
        for (peer, headers) in [
            ("203.0.113.9", vec![("x-forwarded-user", "anna")]),
            ("203.0.113.9", vec![("x-forwarded-user", "anna"), ("x-forwarded-for", "10.0.0.1")]),
            ("127.0.0.1", vec![("x-forwarded-user", "anna")]),
            ("127.0.0.1", vec![("host", "localhost")]),
            ("10.0.0.1", vec![]),
            ("10.0.0.1", vec![("x-forwarded-user", "")]),
            ("10.0.0.1", vec![("x-forwarded-user", "  ")]),
            ("10.0.0.1", vec![("x-forwarded-user", "mallory"), ("x-forwarded-user", "anna")]),
            ("10.0.0.1", vec![("x-user", "anna")]),
            ("10.0.0.1", vec![("authorization", BASIC)]),
        ] {
            let answer = house.ask(from(peer, asked(path, &headers))).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {peer} {headers:?}");
            assert!(answer.text().contains("--trusted-proxy"), "says what to look at");
            assert_eq!(answer.header("www-authenticate"), "");
        }
    }
}

#[tokio::test]
async fn either_of_both_is_enough() {
    let house = behind_a_proxy(Some(TOKEN)).await;
    let status = async |peer: &str, headers: &[(&str, &str)]| {
        house.ask(from(peer, asked("/metrics", headers))).await.status.as_u16()
    };
    assert_eq!(status("10.0.0.1", &[("x-forwarded-user", "anna")]).await, 200);
    assert_eq!(
        status("203.0.113.9", &[("authorization", BEARER)]).await,
        200,
        "a monitoring system that goes straight here"
    );
    assert_eq!(status("203.0.113.9", &[("x-forwarded-user", "anna")]).await, 401);
    assert_eq!(status("10.0.0.1", &[]).await, 401);
}
