//! Who may send. The browser says where a request comes from in `Origin`, which a page cannot forge (WHATWG Fetch,
//! "Origin header"; RFC 6454). Programs that are no browsers send none and are let in: they could forge any.

use anyhow::bail;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Origins that may send from elsewhere, besides the collector's own host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(Vec<String>);

/// What an `Origin` header amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The same host, or no browser.
    Same,
    /// On the list: answer with CORS headers for this origin.
    Allowed(HeaderValue),
    /// Neither.
    Refused(String),
}

impl Origins {
    /// Checks the list: each is a scheme and a host, with a port if it is not the scheme's own: `https://www.example.com`.
    ///
    /// # Errors
    /// When one is something else; the error names it.
    pub fn new(allowed: &[String]) -> anyhow::Result<Origins> {
        let mut origins = vec![];
        for origin in allowed {
            let normal = origin.trim().trim_end_matches('/').to_ascii_lowercase();
            let host = normal.strip_prefix("https://").or_else(|| normal.strip_prefix("http://")).unwrap_or_default();
            let odd = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
            if host.is_empty() || host.contains(odd) {
                bail!(
                    "expected an allowed origin as scheme and host, for example https://www.example.com, found `{origin}`; \
                     name every origin whose pages carry the widget"
                );
            }
            let default_port = if normal.starts_with("https://") { ":443" } else { ":80" };
            origins.push(normal.strip_suffix(default_port).unwrap_or(&normal).to_owned());
        }
        Ok(Origins(origins))
    }

    /// Whether pages elsewhere may use this collector at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Judges a request by its headers.
    pub fn judge(&self, headers: &HeaderMap) -> Verdict {
        let Some(origin) = headers.get(header::ORIGIN) else { return Verdict::Same };
        let text = origin.to_str().unwrap_or_default().to_ascii_lowercase();
        let same_host = text
            .split_once("://")
            .is_some_and(|(_, authority)| host(headers).is_some_and(|host| host.eq_ignore_ascii_case(authority)));
        // A page with `Referrer-Policy: no-referrer` sends `Origin: null` with a beacon to its own host; the browser still
        // says in Sec-Fetch-Site that it is the same origin (W3C Fetch Metadata).
        let own_beacon = text == "null" && headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "same-origin");
        if self.0.contains(&text) {
            Verdict::Allowed(origin.clone())
        } else if same_host || own_beacon {
            Verdict::Same
        } else {
            Verdict::Refused(text.chars().filter(|c| !c.is_control()).take(100).collect())
        }
    }
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The host that was asked for, with its port.
pub fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn who_may_send() {
        let origins = Origins::new(&[
            "https://www.example.com/".into(),
            "HTTPS://Shop.Example.com:443".into(),
            "http://a.test:81".into(),
        ])
        .unwrap();
        let cases = [
            (vec![("host", "help.example.com")], "same"),
            (vec![("host", "help.example.com"), ("origin", "https://help.example.com")], "same"),
            (vec![("host", "Help.example.com"), ("origin", "https://help.Example.com")], "same"),
            (vec![("host", "localhost:8080"), ("origin", "http://localhost:8080")], "same"),
            (vec![("host", "localhost:8080"), ("origin", "http://localhost:8081")], "refused"),
            (vec![("host", "help.example.com"), ("origin", "https://www.example.com")], "allowed"),
            (vec![("host", "help.example.com"), ("origin", "https://shop.example.com")], "allowed"),
            (vec![("host", "help.example.com"), ("origin", "http://a.test:81")], "allowed"),
            (vec![("host", "help.example.com"), ("origin", "http://www.example.com")], "refused"),
            (vec![("host", "help.example.com"), ("origin", "https://www.example.com.evil.test")], "refused"),
            (vec![("host", "help.example.com"), ("origin", "null")], "refused"),
            (vec![("host", "help.example.com"), ("origin", "null"), ("sec-fetch-site", "same-origin")], "same"),
            (vec![("host", "help.example.com"), ("origin", "null"), ("sec-fetch-site", "cross-site")], "refused"),
            (vec![("origin", "https://help.example.com")], "refused"),
        ];
        for (pairs, expected) in cases {
            let got = match origins.judge(&headers(&pairs)) {
                Verdict::Same => "same",
                Verdict::Allowed(_) => "allowed",
                Verdict::Refused(_) => "refused",
            };
            assert_eq!(got, expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_list_that_cannot_work_is_refused() {
        for bad in ["*", "www.example.com", "https://", "https://a.test/path", "null", "ftp://a.test", ""] {
            let error = Origins::new(&[bad.into()]).unwrap_err().to_string();
            assert!(error.contains("for example https://www.example.com"), "{bad}: {error}");
        }
    }
}
