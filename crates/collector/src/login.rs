//! Who may see the report and the metrics.
//!
//! | set | who is let in |
//! |---|---|
//! | nothing | who sits at this machine ([`crate::peer`]) |
//! | a token | who sends it: as the password of HTTP Basic (RFC 7617), whatever the user name, so that a browser asks for it; or as `Authorization: Bearer` (RFC 6750), as Prometheus does |
//! | a header of a reverse proxy | whom a trusted proxy names in it |
//! | both | either |
//!
//! Once one of them is set it is asked of everyone, on this machine too: a proxy there could not be told from a person.
//! Of the token its SHA-256 is kept, and hashes are compared, byte for byte to the end, so that the time taken says nothing
//! about the token. Guesses are counted by address; who has guessed too often waits, even with the right token.
//!
//! Deliberately absent: sessions, cookies and users. A reverse proxy does those better.

use crate::ingest::retry;
use crate::metrics::refused;
use crate::peer::{Peer, Proxies};
use crate::rate::Rate;
use crate::server::AppState;
use anyhow::{Context, ensure};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::fmt;
use std::time::Instant;

/// Fewest characters of a token. Sixteen random letters and digits are 95 bits, far beyond guessing at two a
/// minute.
pub const MIN_TOKEN_CHARS: usize = 16;

/// Wrong tokens that an address may send at once, and then one each half minute: room for slips, none for lists of words.
const GUESSES: u32 = 10;
const GUESSES_PER_SECOND: f64 = 1.0 / 30.0;

/// A secret that lets its bearer see the report. Only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

impl Token {
    /// The token that `text` holds; white space around it does not count.
    ///
    /// # Errors
    /// When it is too short to be a secret, or holds what cannot be typed into a browser's box: white space or control
    /// characters. The error does not repeat it.
    pub fn new(text: &str) -> anyhow::Result<Token> {
        let text = text.trim();
        let found = text.chars().count();
        ensure!(
            found >= MIN_TOKEN_CHARS,
            "expected a token of at least {MIN_TOKEN_CHARS} characters, found {found}; make one with \
             `openssl rand -hex 24`"
        );
        ensure!(
            !text.contains(|c: char| c.is_whitespace() || c.is_control()),
            "expected a token on one line without spaces, found white space or control characters in it; make one with \
             `openssl rand -hex 24`"
        );
        Ok(Token(Sha256::digest(text).into()))
    }

    fn is(&self, given: &[u8]) -> bool {
        let given: [u8; 32] = Sha256::digest(given).into();
        self.0.iter().zip(given).fold(0, |different, (ours, theirs)| different | (ours ^ theirs)) == 0
    }
}

/// What is asked of who wants to see the report.
#[derive(Debug)]
pub(crate) struct Login {
    token: Option<Token>,
    user_header: Option<HeaderName>,
    guesses: Rate,
}

impl Login {
    /// # Errors
    /// When `user_header` is no name of a header, or one that browsers and proxies send for other reasons.
    pub(crate) fn new(token: Option<Token>, user_header: Option<&str>) -> anyhow::Result<Login> {
        let user_header = user_header
            .map(|given| {
                let name: HeaderName = given.parse().with_context(|| {
                    format!("expected the name of a header such as X-Forwarded-User, found `{given}`")
                })?;
                ensure!(
                    !EVERYONES.contains(&name.as_str()),
                    "expected a header in which your proxy names who has logged in, such as X-Forwarded-User, found \
                     `{given}`, which is sent with requests of people who have not"
                );
                Ok(name)
            })
            .transpose()?;
        Ok(Login { token, user_header, guesses: Rate::new(GUESSES, GUESSES_PER_SECOND) })
    }

    /// How the report is guarded, in words for whoever starts the server.
    pub(crate) fn described(&self) -> String {
        match (&self.token, &self.user_header) {
            (None, None) => "shown on this machine only".into(),
            (Some(_), None) => "shown to who gives the token, as the password; any user name will do".into(),
            (None, Some(header)) => format!("shown to whom a trusted proxy names in `{header}`"),
            (Some(_), Some(header)) => {
                format!("shown to who gives the token, and to whom a trusted proxy names in `{header}`")
            }
        }
    }

    /// One word of the same, for the log.
    pub(crate) fn kind(&self) -> &'static str {
        match (&self.token, &self.user_header) {
            (None, None) => "this_machine",
            (Some(_), None) => "token",
            (None, Some(_)) => "proxy",
            (Some(_), Some(_)) => "token_or_proxy",
        }
    }

    fn judge(&self, proxies: &Proxies, peer: Peer, headers: &HeaderMap, version: Version, now: Instant) -> Verdict {
        if self.token.is_none() && self.user_header.is_none() {
            return if peer.is_local(headers, version) { Verdict::Admitted } else { Verdict::Elsewhere };
        }
        if let Some(name) = &self.user_header
            && proxies.trusts(peer.address())
            && names_someone(headers, name)
        {
            return Verdict::Admitted;
        }
        let Some(token) = &self.token else { return Verdict::NotNamed };
        let Some(given) = credentials(headers) else { return Verdict::Asked };
        let client = proxies.client(peer.address(), headers);
        if let Err(wait_s) = self.guesses.take(client, now) {
            return Verdict::GuessedTooOften { wait_s };
        }
        if token.is(&given) {
            self.guesses.give_back(client);
            return Verdict::Admitted;
        }
        Verdict::Wrong
    }
}

/// Headers that say nothing of who has logged in.
const EVERYONES: [&str; 12] = [
    "host",
    "user-agent",
    "accept",
    "accept-encoding",
    "accept-language",
    "connection",
    "via",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Admitted,
    /// No login is set, and the request does not come from this machine.
    Elsewhere,
    /// No credentials came.
    Asked,
    Wrong,
    GuessedTooOften {
        wait_s: u64,
    },
    /// Only the proxy's header counts, and there is none, or not from a trusted proxy.
    NotNamed,
}

/// The header is there once and not empty. Twice means that one of them was the sender's own.
fn names_someone(headers: &HeaderMap, name: &HeaderName) -> bool {
    let mut values = headers.get_all(name).iter();
    values.next().is_some_and(|value| !value.as_bytes().trim_ascii().is_empty()) && values.next().is_none()
}

/// What was sent as the token.
fn credentials(headers: &HeaderMap) -> Option<Vec<u8>> {
    let (scheme, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().into());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = STANDARD.decode(rest.trim()).ok()?;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    pair.get(colon + 1..).map(<[u8]>::to_vec)
}

/// Lets requests through to what lies behind, or says why not.
pub(crate) async fn gate(State(state): State<AppState>, peer: Peer, request: Request, next: Next) -> Response {
    let login = state.login();
    let mut response = match login.judge(state.proxies(), peer, request.headers(), request.version(), Instant::now()) {
        Verdict::Admitted => return next.run(request).await,
        Verdict::Elsewhere => refused(
            "login",
            (
                StatusCode::FORBIDDEN,
                "No login is set, so this is shown only on the machine that the collector runs on.\n\
                 Open it there at http://localhost:PORT/report, or run `svar report` there.\n\
                 From elsewhere: ssh -L 8080:localhost:PORT that-machine, then http://localhost:8080/report\n\
                 To give it a login, start `svar serve` with --report-token-file FILE or --report-user-header NAME.\n",
            ),
        ),
        Verdict::NotNamed => refused(
            "login",
            (
                StatusCode::FORBIDDEN,
                "Nobody has logged in: expected a trusted proxy to name who has, found no such header once and filled.\n\
                 Open this by way of the proxy, and see that it sets the header (--report-user-header) and that its\n\
                 address is trusted (--trusted-proxy).\n",
            ),
        ),
        verdict @ (Verdict::Asked | Verdict::Wrong) => {
            let (reason, text) = match verdict {
                Verdict::Wrong => ("login_wrong", "This is not the token that `svar serve` was started with.\n"),
                _ => ("login", "Expected the token that `svar serve` was started with, as the password.\n"),
            };
            let challenge = HeaderValue::from_static(r#"Basic realm="svar report", charset="UTF-8""#);
            refused(reason, (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)], text))
        }
        Verdict::GuessedTooOften { wait_s } => {
            let text = format!("Too many wrong tokens from this address; try again in {wait_s} s.\n");
            retry(refused("login_rate", (StatusCode::TOO_MANY_REQUESTS, text)), wait_s)
        }
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "correct-horse-battery";

    #[test]
    fn tokens() {
        let token = Token::new(&format!("  {TOKEN}\r\n")).unwrap();
        assert!(token.is(TOKEN.as_bytes()));
        for wrong in ["", "correct", "correct-horse-batterx", "correct-horse-battery ", "\0"] {
            assert!(!token.is(wrong.as_bytes()), "{wrong}");
        }
        assert_eq!(format!("{token:?}"), "Token(hidden)");
        for (bad, words) in [
            ("", "found 0"),
            ("  short\n", "found 5"),
            ("two words of some length", "white space"),
            ("first-line-of-two\nsecond-line", "white space"),
        ] {
            let error = Token::new(bad).unwrap_err().to_string();
            assert!(error.contains(words) && error.contains("openssl rand"), "{error}");
            assert!(bad.trim().is_empty() || !error.contains(bad.trim()), "does not repeat it: {error}");
        }
    }

    #[test]
    fn credentials_in_either_way() {
        let header = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            credentials(&headers).map(|given| String::from_utf8(given).unwrap())
        };
        let basic = |pair: &str| header(&format!("Basic {}", STANDARD.encode(pair)));
        assert_eq!(basic("anna:secret"), Some("secret".into()));
        assert_eq!(basic(":se:cret"), Some("se:cret".into()), "the first colon ends the name");
        assert_eq!(basic("anna"), None);
        assert_eq!(header("bearer  secret"), Some("secret".into()));
        for nothing in ["Basic", "Basic !!!", "Digest secret", "secret"] {
            assert_eq!(header(nothing), None, "{nothing}");
        }
        assert_eq!(credentials(&HeaderMap::new()), None);
    }

    #[test]
    fn names_of_headers() {
        for bad in ["", "X User", "X-Förnamn"] {
            let error = Login::new(None, Some(bad)).unwrap_err().to_string();
            assert!(error.contains("such as X-Forwarded-User"), "{error}");
        }
        for everyones in ["Host", "X-Forwarded-For", "user-agent"] {
            let error = Login::new(None, Some(everyones)).unwrap_err().to_string();
            assert!(error.contains("who have not"), "{error}");
        }
        assert!(Login::new(None, Some("X-Forwarded-User")).unwrap().described().contains("x-forwarded-user"));
    }
}
