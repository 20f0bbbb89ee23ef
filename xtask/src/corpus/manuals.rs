//! Manuals of programs, some 11,000 English pages out of many packages, which different generators wrote.
//!
//! What a generator puts around an article differs, so the article alone is written, in `<main>`: the pages read like a
//! help centre's, and everybody who reads them reads the same. Left out are lists of links (indices), source code, stubs
//! that lead elsewhere, other languages, and pages whose text another page has already.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use scraper::{ElementRef, Html, Selector};

use super::files;

/// The packages, in the order in which they are read; the last version of each that the release has.
pub const PACKAGES: [&str; 13] = [
    "postgresql-doc",
    "python3-doc",
    "python-django-doc",
    "cmake-doc",
    "linux-doc",
    "octave-doc",
    "qtbase5-doc-html",
    "qtdeclarative5-doc-html",
    "libgtk-3-doc",
    "sqlite3-doc",
    "apache2-doc",
    "git-doc",
    "gimp-help-en",
];

/// What is the article, most telling first: Sphinx's, Qt's, Apache's, anybody's.
const CONTENT: [&str; 4] = ["[role=main]", ".mainContent", "#page-content", "body"];

/// What is on the page and not in the article: ways to other pages, what else there is, signs at headings.
const AROUND: &str = "script, style, nav, form, .navheader, .navfooter, .header, .footer, .related, .sphinxsidebar, \
                      .sidebar, .toc, .headerlink, .nosearch, .navigation, .toplang, .bottomlang, .top, #quickview, \
                      #footer, #comments_section, #s-comments";

/// Parts of the paths of pages that are no articles, or not in English.
const OTHERS: [&str; 9] = [
    "/_modules/",
    "/_sources/",
    "/translations/",
    "/releaselog/",
    "-members.html",
    "-obsolete.html",
    "genindex",
    "modindex.html",
    "search.html",
];

/// Fewer words are a stub.
const FEWEST_WORDS: usize = 20;

/// Writes the articles of an unpacked package. Returns how many.
pub fn gather(package: &Path, goal: &Path) -> Result<usize> {
    let share = package.join("usr/share");
    let pages: Vec<PathBuf> = files(&share, "html")?.into_iter().filter(|file| is_article(file)).collect();
    let (first, second) = pages.split_at(pages.len() / 2);
    let articles = std::thread::scope(|scope| -> Result<Vec<(PathBuf, Article)>> {
        let other = scope.spawn(|| read(second));
        let mut articles = read(first)?;
        articles.extend(other.join().map_err(|_| anyhow!("reading pages panicked: its message stands above"))??);
        Ok(articles)
    })?;
    let mut seen = HashSet::new();
    let mut count = 0;
    for (file, article) in articles {
        if !seen.insert(article.words) {
            continue;
        }
        let place = goal.join(file.strip_prefix(&share)?);
        std::fs::create_dir_all(place.parent().unwrap_or(goal))?;
        std::fs::write(&place, article.html).with_context(|| format!("could not write {}", place.display()))?;
        count += 1;
    }
    Ok(count)
}

/// A page's id: `doc/cmake-data/html/command/if` for `corpora/debian-docs-en/doc/cmake-data/html/command/if.html`.
pub fn pages(corpus: &Path) -> Result<Vec<(String, PathBuf)>> {
    let id = |file: &Path| Some(file.strip_prefix(corpus).ok()?.with_extension("").to_string_lossy().into_owned());
    Ok(files(corpus, "html")?.into_iter().filter_map(|file| Some((id(&file)?, file))).collect())
}

fn is_article(file: &Path) -> bool {
    let path = file.to_string_lossy();
    // Apache's manual has a folder a language.
    let foreign = path.contains("/manual/") && !path.contains("/manual/en/");
    // A link leads to a page that is there under its own name.
    file.is_file() && !file.is_symlink() && !foreign && !OTHERS.iter().any(|other| path.contains(other))
}

fn read(pages: &[PathBuf]) -> Result<Vec<(PathBuf, Article)>> {
    let mut articles = Vec::new();
    for file in pages {
        let bytes = std::fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
        let article = Article::read(&String::from_utf8_lossy(&bytes));
        articles.extend(article.map(|article| (file.clone(), article)));
    }
    Ok(articles)
}

/// The article of a page.
struct Article {
    html: String,
    /// Its text with single spaces.
    words: String,
}

impl Article {
    /// None if the page has no title or next to no text.
    fn read(page: &str) -> Option<Article> {
        let mut document = Html::parse_document(page);
        let around: Vec<_> = document.select(&Selector::parse(AROUND).ok()?).map(|element| element.id()).collect();
        for id in around {
            document.tree.get_mut(id)?.detach();
        }
        let find = |selector: &str| document.select(&Selector::parse(selector).ok()?).next();
        let content = CONTENT.into_iter().find_map(find)?;
        let words = words(content);
        let title = self::words(find("title")?);
        if title.is_empty() || words.split(' ').count() < FEWEST_WORDS {
            return None;
        }
        let title = title.replace('&', "&amp;").replace('<', "&lt;");
        let html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<main>\n{}\n</main>\n",
            content.inner_html().trim(),
        );
        Some(Article { html, words })
    }
}

fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "One two three four five six seven eight nine ten one two three four five six seven eight nine ten.";

    #[test]
    fn the_article_is_taken_out_of_what_is_around_it() {
        let check = |around: [&str; 2]| {
            let page = format!("<title>If &amp; else</title><body>{}<h1>If</h1><p>{TEXT}</p>{}", around[0], around[1]);
            let html = Article::read(&page).expect("text enough").html;
            assert!(html.contains("<title>If &amp; else</title>\n<main>\n<h1>If</h1><p>One"), "{html}");
            assert!(!html.contains("Elsewhere"), "{html}");
        };
        check(["<div class=navheader>Elsewhere</div>", ""]);
        check(["<div>Elsewhere</div><div role=main>", "</div>Elsewhere"]);
        check([
            "<div class='content mainContent'><div class=sidebar>Elsewhere</div>",
            "<div class=footer>Elsewhere</div>",
        ]);
    }

    #[test]
    fn stubs_and_lists_are_no_articles() {
        assert!(Article::read("<title>Moved</title><p>The node you are looking for is elsewhere.").is_none());
        assert!(Article::read(&format!("<p>{TEXT}")).is_none(), "a page without a title");
        for path in ["a/_modules/x.html", "manual/../b/genindex-A.html", "c/qstring-members.html"] {
            assert!(!is_article(Path::new(path)), "{path}");
        }
    }
}
