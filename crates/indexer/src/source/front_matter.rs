//! YAML front matter: the lines between `---` and `---` at the top of a Markdown file.
//!
//! Only what articles have is read: a key with one value, or with a list of values. Nested values are passed over.
//! The parser's events are read one by one, so that no depth of nesting costs stack.

use std::collections::BTreeMap;

use yaml_rust2::Event;
use yaml_rust2::parser::Parser;

/// Key to values, in order; a key without value has none. Keys are lower case.
pub(crate) type Fields = BTreeMap<String, Vec<String>>;

/// Where and why YAML could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// From 1, within the text given.
    pub line: usize,
    pub reason: String,
}

/// A file's front matter and the text below it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Split<'a> {
    /// No front matter.
    None,
    /// YAML between the two fences; the body.
    Yaml(&'a str, &'a str),
    /// Front matter of a kind that is not read (TOML between `+++`); the body.
    Other(&'a str),
    /// An opening fence without a closing one.
    Unclosed,
}

/// Splits front matter from the body.
pub(crate) fn split(text: &str) -> Split<'_> {
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next() else { return Split::None };
    let fence = first.trim_end();
    if fence != "---" && fence != "+++" {
        return Split::None;
    }
    let mut at = first.len();
    for line in lines {
        let end = line.trim_end();
        if end == fence || (fence == "---" && end == "...") {
            let (Some(yaml), Some(body)) = (text.get(first.len()..at), text.get(at + line.len()..)) else { break };
            return if fence == "---" { Split::Yaml(yaml, body) } else { Split::Other(body) };
        }
        at += line.len();
    }
    // A lone `---` is a thematic break; `---` with a `key:` below it was meant as front matter.
    let second = text.get(first.len()..).unwrap_or_default().lines().next().unwrap_or_default();
    let meant = second
        .split_once(':')
        .is_some_and(|(k, _)| !k.is_empty() && k.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-'));
    if meant { Split::Unclosed } else { Split::None }
}

/// Reads a mapping of keys to values. Empty text has no fields.
pub(crate) fn fields(yaml: &str) -> Result<Fields, Broken> {
    let mut fields = Fields::new();
    let mut parser = Parser::new_from_str(yaml);
    let mut depth = 0_usize;
    let mut key: Option<String> = None;
    let mut values: Vec<String> = Vec::new();
    let mut in_list = false;
    loop {
        let (event, mark) =
            parser.next_token().map_err(|e| Broken { line: e.marker().line().max(1), reason: e.info().to_owned() })?;
        match event {
            Event::StreamEnd | Event::DocumentEnd => break,
            Event::MappingStart(..) => {
                in_list &= depth > 1;
                depth += 1;
            }
            Event::SequenceStart(..) if depth == 0 => {
                return Err(Broken { line: mark.line().max(1), reason: "expected `key: value`, found a list".into() });
            }
            Event::SequenceStart(..) => {
                in_list |= depth == 1;
                depth += 1;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                depth = depth.saturating_sub(1);
                if depth == 1
                    && let Some(key) = key.take()
                {
                    fields.entry(key).or_insert_with(|| std::mem::take(&mut values));
                    values.clear();
                }
            }
            Event::Scalar(..) if depth == 0 => {
                return Err(Broken {
                    line: mark.line().max(1),
                    reason: "expected `key: value`, found other text".into(),
                });
            }
            Event::Scalar(text, style, ..) => {
                let empty = matches!(style, yaml_rust2::scanner::TScalarStyle::Plain)
                    && matches!(text.as_str(), "" | "~" | "null");
                match (&key, depth) {
                    (None, 1) => key = Some(text.trim().to_lowercase()),
                    (Some(_), 1) => {
                        let value = if empty { Vec::new() } else { vec![text.trim().to_owned()] };
                        if let Some(key) = key.take() {
                            fields.entry(key).or_insert(value);
                        }
                    }
                    (Some(_), 2) if in_list && !empty => values.push(text.trim().to_owned()),
                    _ => {}
                }
            }
            // A reference to an anchor stands for a value that is not looked up.
            Event::Alias(_) if depth == 1 => key = None,
            _ => {}
        }
    }
    Ok(fields)
}

/// The lines `key: value` of front matter that is no YAML, for what must not be lost: who may read it, and drafts.
pub(crate) fn salvage(yaml: &str, key: &str) -> Option<String> {
    yaml.lines().find_map(|line| {
        let (k, value) = line.split_once(':')?;
        (k.trim().trim_matches(['"', '\'']).to_lowercase() == key)
            .then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits() {
        assert_eq!(split("---\na: b\n---\nText"), Split::Yaml("a: b\n", "Text"));
        assert_eq!(split("---\r\na: b\r\n...\r\nText"), Split::Yaml("a: b\r\n", "Text"));
        assert_eq!(split("---\n---\n"), Split::Yaml("", ""));
        assert_eq!(split("+++\na = 1\n+++\nText"), Split::Other("Text"));
        assert_eq!(split("---\ntitle: x\nText"), Split::Unclosed);
        assert_eq!(split("---\n\nText"), Split::None);
        assert_eq!(split("# Text"), Split::None);
        assert_eq!(split(""), Split::None);
    }

    #[test]
    fn values_and_lists() {
        let got = fields("Title: 'Wifi: så här'\nkeywords: [a, b c]\naliases:\n  - x\n  - y\nempty:\nupdated: 2026-03-05\nnested: {k: [1, {z: 2}]}\nlast: 1\n").unwrap();
        let get = |k: &str| got.get(k).map(|v| v.join("|"));
        assert_eq!(get("title").as_deref(), Some("Wifi: så här"));
        assert_eq!(get("keywords").as_deref(), Some("a|b c"));
        assert_eq!(get("aliases").as_deref(), Some("x|y"));
        assert_eq!(get("empty").as_deref(), Some(""));
        assert_eq!(get("updated").as_deref(), Some("2026-03-05"));
        assert_eq!(get("last").as_deref(), Some("1"));
        assert!(fields("").unwrap().is_empty());
        assert!(fields("# only a comment\n").unwrap().is_empty());
    }

    #[test]
    fn broken_yaml_names_its_line() {
        assert_eq!(fields("a: b\ntitle: Wifi: så här\n").unwrap_err().line, 2);
        assert_eq!(fields("- a\n- b\n").unwrap_err().line, 1);
        assert!(fields(&"[".repeat(100_000)).is_err());
        assert!(fields(&format!("a: {}", "[".repeat(100_000))).is_err());
        assert_eq!(salvage("title: a: b\nAudience: \"staff\"\n", "audience").as_deref(), Some("staff"));
    }
}
