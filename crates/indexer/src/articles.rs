//! Articles on disk: of each, memory holds who it is and where it lies.
//!
//! ```text
//! article  := url · title · description · author · updated · aliases · keywords · body (see `svar_index::body`)
//! aliases, keywords := count u32 · text*
//! text     := length u32 · UTF-8
//! ```
//!
//! Numbers are little-endian.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::{io, str};

use svar_index::article::Article;
use svar_index::body;

use crate::IndexerError;
use crate::temporary::Spool;

/// Who an article is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key<'a> {
    /// Who may read it. Empty means everyone.
    pub audience: &'a str,
    /// BCP 47 language tag, lower case.
    pub lang: &'a str,
    /// Unique within the two.
    pub id: &'a str,
}

/// Articles in a temporary file, in the order of audience, language and id, which together are unique.
#[derive(Debug)]
pub struct Articles {
    spool: Spool,
    places: Vec<Place>,
}

/// Where an article lies.
#[derive(Debug)]
struct Place {
    audience: Arc<str>,
    lang: Arc<str>,
    id: Box<str>,
    start: u64,
    head_bytes: u32,
    body_bytes: u32,
}

impl Place {
    fn key(&self) -> Key<'_> {
        Key { audience: &self.audience, lang: &self.lang, id: &self.id }
    }
}

impl Articles {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Who they are, in their order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = Key<'_>> {
        self.places.iter().map(Place::key)
    }

    /// All of them, read one at a time.
    pub fn iter(&self) -> impl Iterator<Item = Result<Article, IndexerError>> {
        self.places.iter().map(|place| self.read(place))
    }

    /// All of them in memory.
    ///
    /// # Errors
    /// Where they cannot be read back from disk.
    pub fn all(&self) -> Result<Vec<Article>, IndexerError> {
        self.iter().collect()
    }

    /// Those of an audience.
    pub fn of(&self, audience: &str) -> Part<'_> {
        let from = self.places.partition_point(|place| *place.audience < *audience);
        let rest = self.places.get(from..).unwrap_or_default();
        let count = rest.partition_point(|place| *place.audience == *audience);
        Part { articles: self, places: rest.get(..count).unwrap_or_default() }
    }

    fn head(&self, place: &Place) -> Result<Article, IndexerError> {
        let bytes = self.spool.read(&(place.start..place.start + u64::from(place.head_bytes)))?;
        let head = read_head(&mut bytes.as_slice()).ok_or_else(|| self.spool.damaged())?;
        let key = place.key();
        Ok(Article { id: key.id.to_owned(), lang: key.lang.to_owned(), audience: key.audience.to_owned(), ..head })
    }

    fn body(&self, place: &Place) -> Result<Vec<u8>, IndexerError> {
        let start = place.start + u64::from(place.head_bytes);
        self.spool.read(&(start..start + u64::from(place.body_bytes)))
    }

    fn read(&self, place: &Place) -> Result<Article, IndexerError> {
        let body = body::read(&self.body(place)?).map_err(|_| self.spool.damaged())?;
        Ok(Article { body, ..self.head(place)? })
    }
}

/// The articles of an audience.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    articles: &'a Articles,
    places: &'a [Place],
}

impl<'a> Part<'a> {
    /// Their languages.
    pub fn languages(&self) -> BTreeSet<&'a str> {
        self.places.iter().map(|place| &*place.lang).collect()
    }

    /// Those in one of them.
    pub fn in_language(&self, lang: &str) -> Part<'a> {
        let from = self.places.partition_point(|place| *place.lang < *lang);
        let rest = self.places.get(from..).unwrap_or_default();
        let count = rest.partition_point(|place| *place.lang == *lang);
        Part { articles: self.articles, places: rest.get(..count).unwrap_or_default() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Who they are, in their order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = Key<'a>> + use<'a> {
        self.places.iter().map(Place::key)
    }

    /// All of them, read one at a time.
    pub fn iter(&self) -> impl Iterator<Item = Result<Article, IndexerError>> + use<'a> {
        let articles = self.articles;
        self.places.iter().map(|place| articles.read(place))
    }

    /// All of them without their bodies, read one at a time.
    pub(crate) fn heads(&self) -> impl Iterator<Item = Result<Article, IndexerError>> + use<'a> {
        let articles = self.articles;
        self.places.iter().map(|place| articles.head(place))
    }

    fn place(&self, number: usize) -> io::Result<&'a Place> {
        self.places.get(number).ok_or_else(|| io::ErrorKind::InvalidInput.into())
    }
}

impl svar_index::Articles for Part<'_> {
    fn count(&self) -> usize {
        self.len()
    }

    fn key(&self, number: usize) -> (&str, &str) {
        self.places.get(number).map_or(("", ""), |place| (&place.lang, &place.id))
    }

    fn head(&self, number: usize) -> io::Result<Article> {
        self.articles.head(self.place(number)?).map_err(io::Error::other)
    }

    fn body(&self, number: usize) -> io::Result<Vec<u8>> {
        self.articles.body(self.place(number)?).map_err(io::Error::other)
    }
}

/// Takes articles in any order.
#[derive(Debug)]
pub(crate) struct Writer {
    articles: Articles,
    /// Audiences and languages, which many share.
    names: BTreeSet<Arc<str>>,
}

impl Writer {
    /// Into a temporary file in `folder`.
    pub fn new(folder: &Path) -> Result<Writer, IndexerError> {
        let articles = Articles { spool: Spool::new(folder)?, places: Vec::new() };
        Ok(Writer { articles, names: BTreeSet::new() })
    }

    pub fn push(&mut self, article: Article) -> Result<(), IndexerError> {
        let mut bytes = Vec::new();
        write_head(&article, &mut bytes);
        let head_bytes = bytes.len() as u32;
        bytes.extend(body::write(&article.body));
        let stretch = self.articles.spool.append(&bytes)?;
        let body_bytes = bytes.len() as u32 - head_bytes;
        let (audience, lang) = (self.name(article.audience), self.name(article.lang));
        let id = article.id.into();
        self.articles.places.push(Place { audience, lang, id, start: stretch.start, head_bytes, body_bytes });
        Ok(())
    }

    fn name(&mut self, name: String) -> Arc<str> {
        if let Some(known) = self.names.get(name.as_str()) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.names.insert(Arc::clone(&name));
        name
    }

    /// The articles in order.
    pub fn finish(mut self) -> Articles {
        self.articles.places.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
        self.articles
    }
}

fn write_head(article: &Article, out: &mut Vec<u8>) {
    let text = |text: &String, out: &mut Vec<u8>| {
        out.extend((text.len() as u32).to_le_bytes());
        out.extend(text.as_bytes());
    };
    let Article { url, title, description, author, updated, .. } = article;
    [url, title, description, author, updated].into_iter().for_each(|t| text(t, out));
    for list in [&article.aliases, &article.keywords] {
        out.extend((list.len() as u32).to_le_bytes());
        list.iter().for_each(|t| text(t, out));
    }
}

fn read_head(bytes: &mut &[u8]) -> Option<Article> {
    fn number(bytes: &mut &[u8]) -> Option<usize> {
        let (number, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(u32::from_le_bytes(*number) as usize)
    }
    fn text(bytes: &mut &[u8]) -> Option<String> {
        let length = number(bytes)?;
        let (text, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        str::from_utf8(text).ok().map(str::to_owned)
    }
    fn list(bytes: &mut &[u8]) -> Option<Vec<String>> {
        (0..number(bytes)?).map(|_| text(bytes)).collect()
    }
    Some(Article {
        url: text(bytes)?,
        title: text(bytes)?,
        description: text(bytes)?,
        author: text(bytes)?,
        updated: text(bytes)?,
        aliases: list(bytes)?,
        keywords: list(bytes)?,
        ..Article::default()
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use svar_index::Articles as _;
    use svar_index::article::{Block, Inline};

    /// On disk.
    pub(crate) fn spooled(articles: &[Article]) -> Articles {
        let mut writer = Writer::new(&std::env::temp_dir()).unwrap();
        articles.iter().for_each(|article| writer.push(article.clone()).unwrap());
        writer.finish()
    }

    #[test]
    fn articles_read_back_in_order() {
        let article = |audience: &str, lang: &str, id: &str| Article {
            id: id.into(),
            aliases: vec!["förr".into(), String::new()],
            lang: lang.into(),
            audience: audience.into(),
            url: "u".into(),
            title: "Tå".into(),
            description: "d".into(),
            keywords: vec!["k".into()],
            author: "a".into(),
            updated: "2026-01-02".into(),
            body: vec![Block::Paragraph(vec![Inline::Text(id.into())]), Block::Rule],
        };
        let [a, b, c, d] =
            [article("", "en", "z"), article("", "sv", "a"), article("", "sv", "b"), article("x", "en", "a")];
        let articles = spooled(&[d.clone(), b.clone(), a.clone(), c.clone()]);
        assert_eq!(articles.all().unwrap(), [a, b.clone(), c.clone(), d]);
        let everyones = articles.of("");
        assert_eq!(everyones.languages().into_iter().collect::<Vec<_>>(), ["en", "sv"]);
        let swedish: Vec<Article> = everyones.in_language("sv").iter().map(Result::unwrap).collect();
        assert_eq!(swedish, [b.clone(), c]);
        assert_eq!((articles.of("x").len(), articles.of("y").len()), (1, 0));
        assert_eq!(everyones.key(1), ("sv", "a"));
        assert_eq!(everyones.body(1).unwrap(), body::write(&b.body));
        assert_eq!(everyones.head(1).unwrap(), Article { body: Vec::new(), ..b });
        assert!(everyones.head(3).is_err());
    }
}
