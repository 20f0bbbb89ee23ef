//! Words of the owner's that mean the same.

/// Customers who ask for one thing find articles with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonym {
    /// BCP 47 tag of the articles that it is for, or empty for all.
    pub lang: String,
    /// What customers type: a word, or words that stand together.
    pub asked: String,
    /// What articles say: a word, or words that all stand in an article.
    pub meant: String,
}

/// All synonyms of a help centre.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Synonyms(pub Vec<Synonym>);

impl Synonyms {
    /// Those for articles in `lang`.
    pub(crate) fn of(&self, lang: &str) -> impl Iterator<Item = &Synonym> {
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let wanted = primary(lang);
        self.0.iter().filter(move |s| s.lang.is_empty() || primary(&s.lang) == wanted)
    }
}
