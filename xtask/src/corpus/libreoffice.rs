//! LibreOffice's help, some 2,500 pages a language.
//!
//! The pages keep their place under the language's folder (`sv/text/swriter/…`): each has a `<base href>` that leads to the
//! folder above, and links are written from there. Pictures, styles and scripts are not part of the package's text and
//! stay out, but for one script, which holds the keywords of the index that the documentation's authors wrote.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::files;

/// Where the keywords lie, below the language's folder.
const KEYWORDS: &str = "bookmarks.js";

/// Copies pages and keywords out of the unpacked package. Returns how many pages.
pub fn gather(package: &Path, language: &str, goal: &Path) -> Result<usize> {
    let help = package.join("usr/share/libreoffice/help");
    let pages = files(&help.join(language).join("text"), "html")?;
    let keywords = help.join(language).join(KEYWORDS);
    for file in pages.iter().chain([&keywords]) {
        let place = goal.join(file.strip_prefix(&help)?);
        std::fs::create_dir_all(place.parent().unwrap_or(goal))?;
        std::fs::copy(file, &place)
            .with_context(|| format!("could not copy {} to {}", file.display(), place.display()))?;
    }
    Ok(pages.len())
}

/// A page's id: `swriter/guide/table_insert` for `corpora/libreoffice-sv/sv/text/swriter/guide/table_insert.html`.
pub fn pages(corpus: &Path, language: &str) -> Result<Vec<(String, PathBuf)>> {
    let text = corpus.join(language).join("text");
    let id = |file: &Path| Some(file.strip_prefix(&text).ok()?.with_extension("").to_string_lossy().into_owned());
    Ok(files(&text, "html")?.into_iter().filter_map(|file| Some((id(&file)?, file))).collect())
}

/// The index's keywords as they are written, each with the id of the page that it leads to. A keyword stands there once for
/// each page and program.
pub fn keywords(corpus: &Path, language: &str) -> Result<Vec<(String, String)>> {
    let file = corpus.join(language).join(KEYWORDS);
    let script = std::fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
    Ok(script.lines().filter_map(|line| keyword(line, language)).collect())
}

/// `{url:"sv/text/swriter/guide/main.html?DbPAR=WRITER#bm_id1", app:"WRITER", text:"Celler --  infoga"},`
fn keyword(line: &str, language: &str) -> Option<(String, String)> {
    let rest = line.trim().strip_prefix("{url:\"")?;
    let (address, rest) = rest.split_once('"')?;
    let (_, text) = rest.split_once("text:\"")?;
    let text = text.trim_end_matches(',').strip_suffix("\"}")?;
    let place = address.split(['?', '#']).next()?;
    let id = place.strip_prefix(language)?.strip_prefix("/text/")?.strip_suffix(".html")?;
    Some((unescaped(text), id.to_owned()))
}

/// The few references that the script has: it is HTML's text inside JavaScript's.
fn unescaped(text: &str) -> String {
    [("&#34;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .into_iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_read_from_the_script() {
        let check = |line: &str, expected: Option<(&str, &str)>| {
            let found = keyword(line, "sv");
            assert_eq!(found.as_ref().map(|(text, id)| (text.as_str(), id.as_str())), expected, "{line}");
        };
        check(
            r#"{url:"sv/text/swriter/guide/main.html?DbPAR=WRITER#bm_id1", app:"WRITER", text:"Celler --  infoga"},"#,
            Some(("Celler --  infoga", "swriter/guide/main")),
        );
        check(
            r##"{url:"sv/text/sbasic/03.html#bm", app:"BASIC", text:"&#34;&amp;&#34;, operator"}"##,
            Some(("\"&\", operator", "sbasic/03")),
        );
        check("var bookmarks = [", None);
        check(r#"{url:"de/text/x.html", app:"X", text:"y"},"#, None);
    }
}
