//! The page for trying the widget: what `svar serve` shows where the owner's own pages are elsewhere.
//!
//! It holds no inline script and no style, so that it works under the strictest policy, and says `noindex`, so that a
//! later build over a folder with it in it passes it over.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::widget::{ScriptTag, escape};

/// The page's name in the folder.
pub const NAME: &str = "index.html";
const MARK: &str = "<meta name=\"generator\" content=\"svar: try page\">";

/// Where `svar serve` takes outcomes.
pub const OWN_COLLECTOR: &str = "/svar/v1/attempts";

/// The page. `lang` is the language of the articles; `helps` are the languages of plain pages.
pub fn page(lang: &str, helps: &[&str], tag: &ScriptTag<'_>) -> String {
    // Without a collector named this page uses that of `svar serve`, so that a try is seen in the report.
    let collector = tag.collector.unwrap_or(OWN_COLLECTOR);
    let tag = ScriptTag { collector: Some(collector), ..*tag };
    let swedish = lang.split('-').next() == Some("sv");
    let (words, title, text, plain) = if swedish {
        (
            "sv",
            "Prova hjälpen",
            "Öppna hjälpen med knappen i sidans hörn och ställ en fråga.",
            "Alla artiklar som vanliga sidor",
        )
    } else {
        (
            "en",
            "Try the widget",
            "Open the help with the button in the corner and ask a question.",
            "All articles as ordinary pages",
        )
    };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"robots\" content=\"noindex\">\n\
         {MARK}\n<title>{title}</title>\n",
        lang = escape(lang)
    );
    if !helps.is_empty() {
        out.push_str("<link rel=\"stylesheet\" href=\"svar/help/plain.css\">\n");
    }
    // The page is in the language of the articles, for the widget; its own words may be in another.
    let _ = write!(out, "{tag}\n</head>\n<body>\n<main lang=\"{words}\">\n<h1>{title}</h1>\n<p>{text}</p>\n");
    for help in helps {
        let help = escape(help);
        let which = if helps.len() > 1 { format!(" ({help})") } else { String::new() };
        let _ = writeln!(out, "<p><a href=\"svar/help/{help}.html\">{plain}{which}</a></p>");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// Whether the source's own start page carries the widget: then it is the page to try it on.
pub fn is_portal(source: &Path) -> bool {
    fs::read(source.join(NAME)).is_ok_and(|bytes| {
        let page = String::from_utf8_lossy(&bytes);
        !page.contains(MARK) && page.contains("<script") && page.contains("svar.js")
    })
}

/// Makes sure that a start page in the folder to be written is ours.
pub fn check(out: &Path) -> Result<()> {
    let path = out.join(NAME);
    match fs::read(&path) {
        Ok(bytes) if !String::from_utf8_lossy(&bytes).contains(MARK) => bail!(
            "expected {} to be the try page of an earlier build, found another page; it would be replaced, so choose another folder with --out",
            path.display()
        ),
        _ => Ok(()),
    }
}
