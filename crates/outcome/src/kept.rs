//! A story written down, so that it goes on when the customer follows a link to another page of the same tab.
//!
//! Text: a line for the beginning and one for each moment. Fields are parted by tabs: milliseconds, act, five numbers,
//! words. The beginning has the number of the last state, entry, privacy mode, flags and `dropped` for numbers, and mark,
//! attempt, route and language for words. It stays in the tab and is read by the version that wrote it, or by none: all
//! else is [`None`].
//!
//! Of what was typed it holds what may leave the browser, redacted, and nothing where the mode does not let it.

use crate::attempt::*;
use crate::story::{Act, Moment, Story, nth};

/// Stands in every text; changes whenever the lines do.
const MARK: &str = "svar1";

/// `story` as text, with no more in it than `mode` lets out.
pub fn keep(story: &Story, mode: Mode) -> String {
    let Attempt { attempt, seq, entry, privacy, quality, ui, page, .. } = &story.start;
    let flags = u32::from(privacy.gpc) | u32::from(quality.truncated) << 1 | u32::from(ui.offline) << 2;
    let mut out = String::new();
    let numbers = [*seq, *entry as u32, mode as u32, flags, quality.dropped];
    write(&mut out, story.began_ms, 0, &numbers, [MARK, attempt, &page.route, &page.lang].into_iter());
    for Moment { at_ms, act, numbers, words } in &story.moments {
        let untold = *act == Act::Searched && mode != Mode::Full;
        let words = words.iter().enumerate().map(|(n, word)| if untold && n == 0 { "" } else { word });
        write(&mut out, *at_ms, *act as u32, numbers, words);
    }
    out
}

/// The story in a text of [`keep`]'s. `now` has what the page knows: it stands for what is not written down.
pub fn story(text: &str, now: Attempt) -> Option<Story> {
    let mut lines = text.lines();
    let (began_ms, [_, seq, entry, mode, flags, dropped], words) = read(lines.next()?)?;
    let [mark, attempt, route, lang] = <[String; 4]>::try_from(words).ok()?;
    if mark != MARK {
        return None;
    }
    let mut start = Attempt { attempt, seq, entry: nth(Entry::ALL, entry), page: Page { route, lang }, ..now };
    start.privacy.mode = start.privacy.mode.max(nth(Mode::ALL, mode));
    start.privacy.gpc |= flags & 1 > 0;
    start.quality.truncated = flags & 2 > 0;
    start.quality.dropped = dropped;
    start.ui.offline |= flags & 4 > 0;
    let mut moments = Vec::new();
    for line in lines {
        let (at_ms, [act, numbers @ ..], words) = read(line)?;
        moments.push(Moment { at_ms, act: *Act::ALL.get(act as usize)?, numbers, words });
    }
    Some(Story { start, began_ms, moments })
}

fn write<'a>(out: &mut String, at_ms: u64, act: u32, numbers: &[u32; 5], words: impl Iterator<Item = &'a str>) {
    out.push_str(&at_ms.to_string());
    for number in [&act].into_iter().chain(numbers) {
        out.push('\t');
        out.push_str(&number.to_string());
    }
    for word in words {
        out.push('\t');
        // No word has signs that part fields, but words come from the page and from articles.
        out.extend(word.chars().filter(|c| *c >= ' '));
    }
    out.push('\n');
}

fn read(line: &str) -> Option<(u64, [u32; 6], Vec<String>)> {
    let mut fields = line.split('\t');
    let at_ms = fields.next()?.parse().ok()?;
    let mut numbers = [0; 6];
    for number in &mut numbers {
        *number = fields.next()?.parse().ok()?;
    }
    Some((at_ms, numbers, fields.map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::tests::blank;
    use proptest::prelude::*;

    fn moment() -> impl Strategy<Value = Moment> {
        let words = prop::collection::vec("[a-z0-9åäö/ -]{0,12}", 0..4);
        (0u64..9_000_000, 0usize..Act::ALL.len(), any::<[u32; 5]>(), words)
            .prop_map(|(at_ms, act, numbers, words)| Moment { at_ms, act: Act::ALL[act], numbers, words })
    }

    proptest! {
        #[test]
        fn what_is_kept_reads_back(moments in prop::collection::vec(moment(), 0..12), seq: u32, dropped in 0u32..9, flags in 0..8) {
            let mut start = blank();
            (start.seq, start.quality.dropped, start.page.route) = (seq, dropped, "/mina sidor".into());
            (start.privacy.gpc, start.quality.truncated, start.ui.offline) = (flags & 1 > 0, flags & 2 > 0, flags & 4 > 0);
            let mut before = Story { start, began_ms: 7, moments: vec![] };
            for moment in moments {
                before.push(moment);
            }
            prop_assert_eq!(story(&keep(&before, Mode::Full), blank()), Some(before));
        }

        #[test]
        fn whatever_stands_in_a_tab_is_a_story_or_none_and_has_a_state(text in "(7\t0\t1\t0\t0\t0\t0\tsvar1\ta\tb\tc\n)?([0-9\t]{0,30}[a-z\t\n]{0,8}){0,4}", now in 0u64..99_999_999) {
            if let Some(story) = story(&text, blank()) {
                let attempt = story.attempt(Some(now / 2), now);
                prop_assert_eq!(attempt.outcome.provisional, story.end(Some(now / 2), now).0.is_none());
            }
        }
    }

    #[test]
    fn words_stay_away_where_they_may_not_leave() {
        for mode in [Mode::NoText, Mode::Counts] {
            let start = blank();
            let search = Search { q: Some("hemlig".into()), top: vec!["faktura".into()], ..Search::default() };
            let text = keep(&Story { start, began_ms: 1, moments: vec![Moment::searched(1, search, true)] }, mode);
            assert!(!text.contains("hemlig") && text.contains("faktura"), "{text}");
        }
    }

    #[test]
    fn the_stricter_mode_stands_whether_it_is_the_pages_or_was_kept() {
        let with = |mode| Attempt { privacy: Privacy { mode, gpc: false }, ..blank() };
        let kept = |mode| keep(&Story { start: with(mode), began_ms: 1, moments: vec![] }, mode);
        let read = |was, is| story(&kept(was), with(is)).unwrap().start.privacy.mode;
        assert_eq!(read(Mode::Full, Mode::Counts), Mode::Counts);
        assert_eq!(read(Mode::Counts, Mode::Full), Mode::Counts);
    }
}
