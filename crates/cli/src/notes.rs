//! What a build has to say about the source, in few lines however large the source is.

use std::collections::BTreeMap;

use svar_indexer::{Note, NoteKind};

/// Lines of notes at most. More are not read.
const MOST_LINES: usize = 30;
/// Files named for a note.
const EXAMPLES: usize = 3;

/// The word for a kind of note, in JSON as well.
pub fn word(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Skipped => "skipped",
        _ => "mended",
    }
}

/// Notes in lines: those that cost an article first, then by how many files they are about. Notes that differ only in
/// numbers and in what they quote are one line.
pub fn lines(notes: &[Note]) -> Vec<String> {
    let mut groups: BTreeMap<(NoteKind, String), Vec<&Note>> = BTreeMap::new();
    for note in notes {
        groups.entry((note.kind, pattern(&note.reason))).or_default().push(note);
    }
    let mut groups: Vec<_> = groups.into_iter().map(|((kind, _), members)| (kind, members)).collect();
    groups.sort_by_key(|(kind, members)| (*kind, std::cmp::Reverse(members.len())));
    let shown = if groups.len() > MOST_LINES { MOST_LINES - 1 } else { groups.len() };
    let mut lines: Vec<String> = groups.iter().take(shown).map(|(kind, members)| line(*kind, members)).collect();
    let rest: usize = groups.iter().skip(shown).map(|(_, members)| members.len()).sum();
    if rest > 0 {
        lines.push(format!("… and {rest} more notes of {} kinds; --json lists all", groups.len() - shown));
    }
    lines
}

fn line(kind: NoteKind, members: &[&Note]) -> String {
    let mut files: Vec<&str> = members.iter().map(|n| n.file.as_str()).collect();
    files.dedup();
    let reason = members.first().map_or("", |n| n.reason.as_str());
    let like = if members.iter().all(|n| n.reason == reason) { "" } else { " (and the like)" };
    let kind = word(kind);
    match files.as_slice() {
        [only] if members.len() == 1 => format!("{kind}: {only}: {reason}"),
        [only] => format!("{kind}: {only}: {reason}{like}, {} times", members.len()),
        _ => {
            let first: Vec<&str> = files.iter().take(EXAMPLES).copied().collect();
            let more = if files.len() > EXAMPLES { ", …" } else { "" };
            format!("{kind}: {} files: {reason}{like} ({}{more})", files.len(), first.join(", "))
        }
    }
}

/// A reason without what differs from file to file: numbers, what stands in backticks, and what follows a colon.
fn pattern(reason: &str) -> String {
    let reason = reason.split_once(": ").map_or(reason, |(before, _)| before);
    let mut out = String::new();
    for (at, part) in reason.split('`').enumerate() {
        if at % 2 == 0 {
            out.extend(part.chars().filter(|c| !c.is_ascii_digit()));
        }
        out.push('`');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(file: &str, kind: NoteKind, reason: &str) -> Note {
        Note { file: file.into(), kind, reason: reason.into() }
    }

    #[test]
    fn alike_notes_are_one_line_and_lost_articles_come_first() {
        let mut notes: Vec<Note> =
            ["a", "b", "c", "d"].map(|f| note(f, NoteKind::Mended, "no main or article element")).into();
        notes.push(note("e", NoteKind::Mended, "left out: 1 script"));
        notes.push(note("f", NoteKind::Mended, "left out: 3 forms"));
        notes.push(note("g", NoteKind::Skipped, "the id `x` is taken by y"));
        assert_eq!(
            lines(&notes),
            [
                "skipped: g: the id `x` is taken by y",
                "mended: 4 files: no main or article element (a, b, c, …)",
                "mended: 2 files: left out: 1 script (and the like) (e, f)",
            ]
        );
    }

    #[test]
    fn never_more_than_a_screen() {
        let letters = ('a'..='z').flat_map(|a| ('a'..='z').map(move |b| format!("reason {a}{b}")));
        let notes: Vec<Note> = letters.map(|r| note("f", NoteKind::Mended, &r)).collect();
        let lines = lines(&notes);
        assert_eq!(lines.len(), MOST_LINES);
        assert_eq!(lines.last().map(String::as_str), Some("… and 647 more notes of 647 kinds; --json lists all"));
        assert!(super::lines(&[]).is_empty());
    }
}
