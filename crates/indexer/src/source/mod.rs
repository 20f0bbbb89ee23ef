//! Where articles come from: a file of a known kind in, a [`Draft`] out.
//!
//! A kind is a file each with the same shape, `read(text, …) -> Reading`. A draft is what one file says about itself;
//! what only all files together can tell (site names, links, who has which id) is for `collect`.

pub(crate) mod decode;
pub(crate) mod density;
pub(crate) mod front_matter;
pub(crate) mod html;
pub(crate) mod markdown;
pub(crate) mod walk;

use crate::blocks::Content;

/// What one file turned out to be.
#[derive(Debug)]
pub(crate) enum Reading {
    /// An article.
    Article(Box<Draft>),
    /// Nothing for customers, and why.
    Skipped(String),
    /// Not to be published yet.
    Unpublished(String),
    /// A page that only sends the visitor on, to this address.
    Redirect(String),
}

/// An article as its own file tells it. Addresses are as written.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub id: Option<String>,
    pub aliases: Vec<String>,
    pub lang: Option<String>,
    /// `None` where the file says nothing; `Some("")` where it says everyone.
    pub audience: Option<String>,
    /// Where the page is published, as its canonical link or front matter says.
    pub url: Option<String>,
    /// `<base href>`.
    pub base_href: Option<String>,
    /// Title that the owner stated for this article, in front matter.
    pub stated_title: Option<String>,
    /// `<title>`, with the site's name.
    pub page_title: Option<String>,
    pub og_title: Option<String>,
    pub site_name: Option<String>,
    pub description: String,
    pub keywords: Vec<String>,
    pub author: String,
    pub updated: String,
    pub content: Content,
    /// What was put right or left out, in reading order.
    pub mended: Vec<String>,
}

/// Splits `a, b; c` into words and phrases.
pub(crate) fn comma_separated(text: &str) -> Vec<String> {
    text.split([',', ';']).map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

/// `2026-03-05T10:00:00Z`, `2026/03/05` and `20260305` to `2026-03-05`; `None` for anything else.
pub(crate) fn date(written: &str) -> Option<String> {
    let written = written.trim();
    let digits: String = match written.get(..10) {
        Some(d)
            if d.bytes()
                .enumerate()
                .all(|(i, b)| if matches!(i, 4 | 7) { matches!(b, b'-' | b'/') } else { b.is_ascii_digit() }) =>
        {
            d.chars().filter(char::is_ascii_digit).collect()
        }
        _ if written.len() == 8 && written.bytes().all(|b| b.is_ascii_digit()) => written.to_owned(),
        _ => return None,
    };
    let (year, month, day) = (digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?);
    let plausible = ("01"..="12").contains(&month) && ("01"..="31").contains(&day);
    plausible.then(|| format!("{year}-{month}-{day}"))
}

/// An audience as written, as it names an index: lower case, words joined by `-`. `public`, `everyone` and the empty
/// name mean everyone.
pub(crate) fn audience(written: &str) -> String {
    let name: String = written
        .trim()
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' })
        .collect();
    let name = name.trim_matches('-');
    match name {
        "public" | "everyone" if !name.is_empty() => String::new(),
        // A name of nothing but signs is somebody's, never everyone's.
        "" if !written.trim().is_empty() => "other".to_owned(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_people_write_them() {
        for (written, expected) in [
            ("2026-03-05", Some("2026-03-05")),
            ("2026-03-05T10:00:00+01:00", Some("2026-03-05")),
            ("2026/03/05", Some("2026-03-05")),
            ("20260305", Some("2026-03-05")),
            ("2026-13-05", None),
            ("5 mars 2026", None),
            ("ååååå", None),
            ("", None),
        ] {
            assert_eq!(date(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn audiences_never_become_public_by_accident() {
        for (written, expected) in [
            ("Staff", "staff"),
            ("Partners & dealers", "partners---dealers"),
            ("public", ""),
            ("", ""),
            ("***", "other"),
            ("Återförsäljare", "återförsäljare"),
        ] {
            assert_eq!(audience(written), expected, "{written}");
        }
    }
}
