//! Words of the owner's that mean the same, and whether they lead anywhere.
//!
//! [`crate::write_with`] gives what is asked a list of the articles in which what is meant stands; [`leads`] reads from a
//! written index for which of them there are such articles. What leads nowhere is left out of an index and is no error: help centres
//! change.

use crate::error::IndexError;
use crate::file::FileRef;
use crate::index::Index;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use svar_analysis::{Language, TokenKind, token::MAX_TERM_CHARS, tokens};

/// Most words of what is asked. A question is searched for runs of so many words that stand together.
pub const MAX_ASKED_WORDS: usize = 3;

/// Most characters of what is asked, without what stands between its words: it becomes one term.
pub const MAX_ASKED_CHARS: usize = MAX_TERM_CHARS;

/// Customers who ask for one thing find articles with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonym {
    /// BCP 47 tag of the articles that it is for, or empty for all. Only its primary subtag counts.
    pub lang: String,
    /// What customers type: a word, or words that stand together.
    pub asked: String,
    /// What articles say: a word, or words that all stand in an article.
    pub meant: String,
}

/// All synonyms of a help centre.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Synonyms(pub Vec<Synonym>);

impl Synonym {
    /// Whether it is for articles in `lang`.
    fn is_for(&self, lang: &str) -> bool {
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        self.lang.is_empty() || primary(&self.lang) == primary(lang)
    }

    /// What is asked as one term, as two words of a question are looked up when they may be one that was written apart.
    /// `None` where it has no words, or more than a term can hold.
    pub(crate) fn term(&self) -> Option<String> {
        let term = words(&self.asked).concat();
        (!term.is_empty() && term.chars().count() <= MAX_ASKED_CHARS).then_some(term)
    }
}

impl Synonyms {
    /// Those for articles in `lang`.
    pub(crate) fn of(&self, lang: &str) -> impl Iterator<Item = &Synonym> {
        self.0.iter().filter(move |s| s.is_for(lang))
    }
}

/// The words of one side of a synonym, as they are looked up. None where there are no letters and digits.
pub fn words(text: &str) -> Vec<String> {
    tokens(text).into_iter().filter(|t| t.kind != TokenKind::Joined).map(|t| t.term).collect()
}

/// Bytes of shards that are kept while synonyms are looked for, a shard after another.
const LOOKING_BYTES: usize = 8 << 20;

/// For each synonym, whether `index` has an article in which what is meant stands, so that an index of these articles
/// leads there if it is written with the synonym. Synonyms for other languages lead nowhere here. All term shards are
/// looked at; `read` is asked for those that are not attached, and few of them stay.
///
/// # Errors
/// What `read` says, and everything that [`IndexError`] tells apart.
pub fn leads<E: From<IndexError>>(
    index: &mut Index,
    synonyms: &Synonyms,
    mut read: impl FnMut(FileRef) -> Result<Arc<[u8]>, E>,
) -> Result<Vec<bool>, E> {
    let lang = index.lang().to_owned();
    let language = Language::of_tag(&lang);
    let ours = |s: &Synonym| s.is_for(&lang) && s.term().is_some();
    // The articles in which a word that is meant stands in any of its forms, by stem.
    let meant = synonyms.0.iter().filter(|s| ours(s)).flat_map(|s| words(&s.meant));
    let mut places: BTreeMap<String, BTreeSet<u32>> =
        meant.map(|word| (language.stem(&word), BTreeSet::new())).collect();
    let shards = if places.is_empty() { 0..0 } else { index.shards_of_prefix("") };
    for number in shards {
        if let Some(missing) = index.missing_terms(number) {
            index.attach(read(missing)?, missing)?;
        }
        let Some(shard) = index.term_shard(number) else { continue };
        for at in 0..shard.len() {
            let term: String = shard.key(at).iter().collect();
            if let Some(articles) = places.get_mut(&language.stem(&term)) {
                articles.extend(shard.postings(at).map(|p| p.article));
            }
        }
        index.evict(LOOKING_BYTES);
    }
    let leads = |synonym: &Synonym| {
        let articles = |word: &String| places.get(&language.stem(word)).cloned().unwrap_or_default();
        let meant = words(&synonym.meant).iter().map(articles).reduce(|all, word| &all & &word);
        meant.is_some_and(|articles| !articles.is_empty())
    };
    Ok(synonyms.0.iter().map(|s| ours(s) && leads(s)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Article, Block, Inline};
    use crate::manifest::{MANIFEST_NAME, Manifest};
    use crate::terms::Derived;
    use crate::write::{IndexFile, Policy, write_with};

    fn article(id: &str, lang: &str, text: &str) -> Article {
        let body = vec![Block::Paragraph(vec![Inline::Text(text.into())])];
        Article { id: id.into(), lang: lang.into(), title: id.into(), body, ..Article::default() }
    }

    fn synonyms(written: &[(&str, &str, &str)]) -> Synonyms {
        let synonym = |(lang, asked, meant): &(&str, &str, &str)| Synonym {
            lang: (*lang).into(),
            asked: (*asked).into(),
            meant: (*meant).into(),
        };
        Synonyms(written.iter().map(synonym).collect())
    }

    fn open(files: &[IndexFile], lang: &str) -> Index {
        let get = |name: &str| -> Arc<[u8]> { files.iter().find(|f| f.name == name).unwrap().bytes.clone().into() };
        let manifest = Manifest::open(get(MANIFEST_NAME)).unwrap();
        manifest.language(lang).unwrap().open(|name| Ok::<_, crate::IndexError>(get(name))).unwrap()
    }

    fn attached(files: &[IndexFile], lang: &str) -> Index {
        let mut index = open(files, lang);
        for file in index.files().collect::<Vec<_>>() {
            let bytes = files.iter().find(|f| f.name == file.name()).unwrap().bytes.clone();
            index.attach(bytes.into(), file).unwrap();
        }
        index
    }

    fn sample() -> Vec<Article> {
        vec![
            article("a", "sv", "Dina fakturor och din surfpott."),
            article("b", "sv", "Fakturan kommer i en e-postlåda. Mobiltelefonen är ny."),
            article("c", "en", "Your invoice."),
        ]
    }

    #[test]
    fn a_synonym_leads_where_what_is_meant_stands() {
        let cases = [
            (("", "räkning", "faktura"), true, false),
            (("sv-FI", "räkning", "Fakturorna"), true, false),
            (("", "slut på data", "surfpott"), true, false),
            (("", "bill", "invoices"), false, true),
            (("en", "räkning", "faktura"), false, false),
            (("", "mobbe", "mobil"), false, false),
            (("", "nalle", "ny mobiltelefon"), true, false),
            (("", "nalle", "surfpott mobiltelefon"), false, false),
            (("", "…", "faktura"), false, false),
            (("", "lur", "…"), false, false),
            (("", &"lång ".repeat(20), "faktura"), false, false),
        ];
        let all = synonyms(&cases.each_ref().map(|(s, ..)| *s));
        for policy in [
            Policy::default(),
            Policy {
                whole_bytes: 0,
                term_shard_bytes: 40,
                text_shard_bytes: 40,
                entries_per_shard: 2,
                inside_bytes: 0,
            },
        ] {
            let files = write_with(&sample(), &all, &policy).unwrap();
            let read = |file: FileRef| -> Result<Arc<[u8]>, IndexError> {
                Ok(files.iter().find(|f| f.name == file.name()).unwrap().bytes.clone().into())
            };
            let leads_in = |lang: &str| leads(&mut open(&files, lang), &all, read);
            let (sv, en) = (leads_in("sv"), leads_in("en"));
            assert_eq!(sv, Ok(cases.iter().map(|(_, sv, _)| *sv).collect()));
            assert_eq!(en, Ok(cases.iter().map(|(.., en)| *en).collect()));
            let index = attached(&files, "sv");
            for ((_, asked, _), ..) in cases.iter().filter(|(_, sv, _)| *sv) {
                let term = words(asked).concat();
                let shard = index.shards_of_prefix(&term).next().and_then(|n| index.term_shard(n));
                let found = shard.and_then(|s| s.lookup(&term)).map(|p| p.derived(Derived::Synonyms).count());
                assert!(found > Some(0), "{term}");
            }
            let without = write_with(&sample(), &Synonyms::default(), &policy).unwrap();
            let none = |_: FileRef| Err(IndexError::TooLarge { what: "everything is attached" });
            assert_eq!(leads(&mut attached(&without, "sv"), &all, none), sv, "before it is written with them");
            assert_eq!(leads(&mut open(&files, "sv"), &all, none).is_err(), policy.whole_bytes == 0);
        }
    }

    #[test]
    fn said_twice_is_said_once() {
        let once = synonyms(&[("", "räkning", "faktura")]);
        let twice = synonyms(&[("", "räkning", "faktura"), ("sv", "Räkning", "fakturor"), ("", "räkning", "faktura")]);
        let write = |s| write_with(&sample(), s, &Policy::default()).unwrap();
        assert_eq!(write(&once), write(&twice));
    }
}
