//! Only `src/browser` knows the browser. Components may name the types that an event handler is given.

use std::path::Path;

use anyhow::Result;

use super::source::Source;

const CRATES: [&str; 3] = ["web_sys", "js_sys", "gloo"];

/// Uses of the browser's crates outside the place for them.
pub fn check() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for source in Source::under("src")? {
        if source.path.starts_with("src/browser") || source.path == Path::new("src/browser.rs") {
            continue;
        }
        let component = source.path.starts_with("src/components") || source.path == Path::new("src/components.rs");
        let code: String = source.lines().flat_map(|(_, line)| [line, "\n"]).collect();
        for (name, used) in uses(&code) {
            if !(component && name == "web_sys" && used.iter().all(|used| is_event_type(used))) {
                let what = if used.is_empty() { name.to_owned() } else { format!("{name}::{{{}}}", used.join(", ")) };
                found.push(format!(
                    "{}: {what}; only src/browser/ knows the browser (components: event types)",
                    source.path.display()
                ));
            }
        }
    }
    Ok(found)
}

/// What an event handler is given: the event, and the element that it casts the target to.
fn is_event_type(name: &str) -> bool {
    name.ends_with("Event")
        || name == "EventTarget"
        || name == "Element"
        || (name.starts_with("Html") && name.ends_with("Element"))
}

/// Every mention of one of the crates with the names that follow it: `web_sys::{A, B}` gives both.
fn uses(code: &str) -> Vec<(&'static str, Vec<&str>)> {
    let mut found = Vec::new();
    for name in CRATES {
        for (at, _) in code.match_indices(name) {
            let word = |c: char| c.is_alphanumeric() || c == '_';
            let rest = &code[at + name.len()..];
            if code[..at].ends_with(word) || rest.starts_with(word) && name != "gloo" {
                continue;
            }
            let path = rest.strip_prefix("::").unwrap_or_default();
            let used = match path.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap_or_default(),
                None => path.split(|c| !word(c)).next().unwrap_or_default(),
            };
            found.push((name, used.split(',').map(str::trim).filter(|used| !used.is_empty()).collect()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_after_a_crate_are_read() {
        let check = |code: &str, expected: &[(&str, &[&str])]| {
            let found = uses(code);
            let found: Vec<(&str, &[&str])> = found.iter().map(|(name, used)| (*name, used.as_slice())).collect();
            assert_eq!(found, expected, "{code}");
        };
        check(
            "use web_sys::{HtmlInputElement,\n    KeyboardEvent};",
            &[("web_sys", &["HtmlInputElement", "KeyboardEvent"])],
        );
        check("let a: web_sys::Window = b;", &[("web_sys", &["Window"])]);
        check("use gloo_net::http::Request;", &[("gloo", &[])]);
        check("use gloo::timers;", &[("gloo", &["timers"])]);
        check("let igloo = 1; my_web_sys::x()", &[]);
    }

    #[test]
    fn event_types_are_told_from_powers() {
        for name in ["KeyboardEvent", "HtmlInputElement", "EventTarget"] {
            assert!(is_event_type(name), "{name}");
        }
        for name in ["Window", "window", "Storage", "Document", "HtmlDocument"] {
            assert!(!is_event_type(name), "{name}");
        }
    }
}
