//! Runs: which articles are in which shard, where shards follow each other in the order of article numbers.
//!
//! ```text
//! runs := shards varint · articles varint*
//! ```

use crate::bytes::{Reader, Writer};
use crate::error::{IndexError, damaged};
use std::ops::Range;

/// The articles of each shard.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs {
    /// The first one of each shard.
    starts: Vec<u32>,
    articles: u32,
}

impl Runs {
    /// Adds a shard with so many articles.
    pub fn push(&mut self, articles: u32) {
        self.starts.push(self.articles);
        self.articles += articles;
    }

    /// How many shards there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// The shard that has an article, and the article's place in it; `None` beyond the last article.
    pub fn shard_of(&self, article: u32) -> Option<(usize, usize)> {
        let shard = self.starts.partition_point(|start| *start <= article).checked_sub(1)?;
        let place = article - self.starts.get(shard)?;
        (article < self.articles).then_some((shard, place as usize))
    }

    /// The articles of a shard; none beyond the last shard.
    pub fn articles_of(&self, shard: usize) -> Range<u32> {
        let end = self.starts.get(shard + 1).copied().unwrap_or(self.articles);
        self.starts.get(shard).map_or(0..0, |start| *start..end)
    }

    pub fn write(&self, w: &mut Writer) {
        w.varint(self.len() as u64);
        (0..self.len()).for_each(|shard| w.varint(self.articles_of(shard).len() as u64));
    }

    /// Runs of `articles` in all.
    pub fn read(r: &mut Reader<'_>, articles: u32) -> Result<Runs, IndexError> {
        let mut runs = Runs::default();
        for _ in 0..r.count()? {
            let more = r.varint_u32()?;
            if more > articles - runs.articles {
                return Err(damaged("shards for another number of articles"));
            }
            runs.push(more);
        }
        if runs.articles == articles { Ok(runs) } else { Err(damaged("shards for another number of articles")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn every_article_is_in_one_shard(counts in proptest::collection::vec(0u32..5, 0..9)) {
            let mut runs = Runs::default();
            counts.iter().for_each(|count| runs.push(*count));
            let mut w = Writer::default();
            runs.write(&mut w);
            let runs = Runs::read(&mut Reader::new(&w.0), counts.iter().sum()).unwrap();
            let mut article = 0;
            for (shard, &count) in counts.iter().enumerate() {
                proptest::prop_assert_eq!(runs.articles_of(shard), article..article + count);
                for place in 0..count as usize {
                    proptest::prop_assert_eq!(runs.shard_of(article), Some((shard, place)));
                    article += 1;
                }
            }
            proptest::prop_assert_eq!(runs.shard_of(article), None);
            proptest::prop_assert!(Runs::read(&mut Reader::new(&w.0), article + 1).is_err());
        }
    }
}
