//! The words on screen.
//!
//! Each language is a file of lines `key = words`, which a translator can read; `#` begins a comment. `{n}` and `{text}`
//! stand for what is filled in. A key ending in `.one` is used for a count of one and `.other` otherwise. The file of the language in use is fetched with the widget; a word that is missing there
//! shows its key, which a test keeps from happening.

use std::rc::Rc;
use yew::AttrValue;

/// The words of one language.
#[derive(Debug, Clone, Default)]
pub struct Copy(Rc<Vec<(String, AttrValue)>>);

impl PartialEq for Copy {
    fn eq(&self, other: &Copy) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Copy {
    /// Reads a file of words. Lines that are not `key = words` are left out.
    pub fn parse(text: &str) -> Copy {
        let line = |line: &str| {
            let (key, words) = line.split_once('=')?;
            (!key.starts_with('#')).then(|| (key.trim().to_owned(), AttrValue::from(words.trim().to_owned())))
        };
        Copy(Rc::new(text.lines().filter_map(line).collect()))
    }

    /// The words for `key`.
    pub fn get(&self, key: &'static str) -> AttrValue {
        self.0.iter().find(|(k, _)| k == key).map_or(AttrValue::Static(key), |(_, words)| words.clone())
    }

    /// The words for `key` with `{text}` filled in.
    pub fn with(&self, key: &'static str, text: &str) -> String {
        fill(&self.get(key), text)
    }

    /// The words for one (`one`) or several (`other`) with `{n}` filled in.
    pub fn count(&self, one: &'static str, other: &'static str, n: u32) -> String {
        fill(&self.get(if n == 1 { one } else { other }), &n.to_string())
    }
}

/// `words` with `value` in the place of what stands in braces.
fn fill(words: &str, value: &str) -> String {
    let parts = words.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?.1)));
    parts.map_or_else(|| words.to_owned(), |(before, after)| [before, value, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const FILES: [(&str, &str); 2] = [("en", include_str!("en.txt")), ("sv", include_str!("sv.txt"))];

    fn keys(text: &str) -> Vec<String> {
        Copy::parse(text).0.iter().map(|(k, _)| k.clone()).collect()
    }

    #[test]
    fn every_language_has_the_same_keys_in_the_same_order() {
        let (_, english) = FILES[0];
        for (lang, text) in FILES {
            assert_eq!(keys(text), keys(english), "{lang}");
        }
    }

    /// Every word that the code asks for is there, and every word that is there is asked for.
    #[test]
    fn every_key_is_used() {
        let mut code = String::new();
        for folder in ["src", "src/components"] {
            for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|e| e == "rs") {
                    code.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let all = keys(FILES[0].1);
        for key in &all {
            assert!(code.contains(&format!("\"{key}\"")), "{key} is never shown");
        }
        for (call, at) in ["copy.get(\"", "copy.with(\"", "copy.count(\""]
            .iter()
            .flat_map(|c| code.match_indices(c).map(move |(i, _)| (*c, i)))
        {
            let key = code[at + call.len()..].split('"').next().unwrap();
            assert!(all.iter().any(|k| k == key), "{key} has no words");
        }
    }
}
