//! The owner's synonyms: a text file, a line for each set of words.
//!
//! ```text
//! # Whoever types one finds what is written with the others.
//! faktura, räkning, nota
//! # Whoever types what is on the left finds what says what is on the right, and not the other way round.
//! mobbe, lur => mobiltelefon, mobil
//! [sv]
//! slut på data => surfpott
//! [*]
//! ```
//!
//! `[TAG]` on a line of its own begins a part for the articles of one language, `[*]` one for all; so does the file. `#`
//! begins a comment, at the beginning of a line or after a space (`C#` is a word). A line that cannot be understood is left
//! out with a [`Note`]; below a `[TAG]` that cannot be understood all is, since it is not for everyone.
//!
//! This knows no article: what leads nowhere is told by an index of the articles (`svar_index::synonyms::leads`), and
//! [`SynonymFile::nowhere`] puts it in words.

use std::path::Path;
use std::{fs, io};

use svar_index::synonyms::{MAX_ASKED_CHARS, MAX_ASKED_WORDS, words};
use svar_index::{Synonym, Synonyms};

use crate::blocks::space;
use crate::source::decode::decode;
use crate::{IndexerError, Note, NoteKind, language};

/// The file at the root of a source that is found by itself.
pub const SYNONYMS_NAME: &str = "synonyms.txt";

/// Most words of what articles are to say. All of them must stand in an article; more are a sentence, not a term.
const MAX_MEANT_WORDS: usize = 4;
/// Most words or phrases of a set or of one side of `=>`. Pairs grow with their square.
const MAX_SIDE: usize = 20;
/// Most lines with synonyms; a thesaurus makes everything like everything.
const MAX_LINES: usize = 2_000;
/// More characters of what is quoted in a note bury the rest of it.
const MAX_QUOTED_CHARS: usize = 60;

/// What a file of synonyms says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SynonymFile {
    file: String,
    lines: Vec<Line>,
}

/// A line that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    /// From 1.
    number: usize,
    /// Empty: all languages.
    lang: String,
    sides: Sides,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Sides {
    /// `faktura, räkning`
    Alike(Vec<String>),
    /// `lur => mobiltelefon`
    OneWay { asked: Vec<String>, meant: Vec<String> },
}

impl SynonymFile {
    /// The file's name, as notes give it.
    pub fn name(&self) -> &str {
        &self.file
    }

    /// How many lines with synonyms were understood.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// What is asked with what is meant, line by line.
    pub fn synonyms(&self) -> Synonyms {
        let of = |line: &Line| -> Vec<Synonym> {
            let synonym = |(asked, meant): (&str, &str)| Synonym {
                lang: line.lang.clone(),
                asked: asked.to_owned(),
                meant: meant.to_owned(),
            };
            line.pairs().into_iter().map(synonym).collect()
        };
        Synonyms(self.lines.iter().flat_map(of).collect())
    }

    /// How many lines lead somewhere. `leads` has a value for each of [`SynonymFile::synonyms`].
    pub fn leading(&self, leads: &[bool]) -> usize {
        self.with(leads).filter(|(_, leads)| leads.contains(&true)).count()
    }

    /// What leads nowhere, in the order of lines: sets of which no article has a word, and what stands right of `=>` in no
    /// article. That a set has words of which no article knows is its purpose. `leads` is as for
    /// [`SynonymFile::leading`].
    pub fn nowhere(&self, leads: &[bool]) -> Vec<Note> {
        let mut notes = Vec::new();
        for (line, leads) in self.with(leads) {
            let articles =
                if line.lang.is_empty() { "article".to_owned() } else { format!("article in {}", line.lang) };
            let mut tell = |reason: String| {
                notes.push(self.note(line.number, reason, "leave it out, or write the word that your articles use"))
            };
            match &line.sides {
                Sides::Alike(all) if !leads.contains(&true) => {
                    tell(format!(
                        "nothing of {} stands in an {articles}, so that it leads nowhere",
                        quoted(&all.join(", "))
                    ));
                }
                Sides::Alike(_) => {}
                Sides::OneWay { meant, .. } => {
                    let pairs = line.pairs();
                    let leads_to = |meant: &str| pairs.iter().zip(leads).any(|((_, m), leads)| *m == meant && *leads);
                    let asked_for = |meant: &&String| pairs.iter().any(|(_, m)| m == meant);
                    for meant in meant.iter().filter(asked_for).filter(|m| !leads_to(m)) {
                        tell(format!("{} stands in no {articles}, so that nothing leads to it", quoted(meant)));
                    }
                }
            }
        }
        notes
    }

    /// Lines with their part of `leads`.
    fn with<'a>(&'a self, leads: &'a [bool]) -> impl Iterator<Item = (&'a Line, &'a [bool])> {
        let mut rest = leads;
        self.lines.iter().map(move |line| {
            let (here, after) = rest.split_at(line.pairs().len().min(rest.len()));
            rest = after;
            (line, here)
        })
    }

    fn note(&self, line: usize, reason: String, remedy: &str) -> Note {
        let reason = format!("{reason} (line {line}): {remedy}");
        Note { file: self.file.clone(), kind: NoteKind::Mended, reason }
    }
}

impl Line {
    /// Asked and meant.
    fn pairs(&self) -> Vec<(&str, &str)> {
        let (asked, meant) = match &self.sides {
            Sides::Alike(all) => (all, all),
            Sides::OneWay { asked, meant } => (asked, meant),
        };
        let pairs = asked.iter().flat_map(|a| meant.iter().map(move |m| (a.as_str(), m.as_str())));
        pairs.filter(|(asked, meant)| words(asked) != words(meant)).collect()
    }
}

/// Reads a file of synonyms that the owner names.
///
/// # Errors
/// [`IndexerError::Synonyms`] where there is no such file, or none that can be read.
pub fn read_synonyms(path: &Path) -> Result<(SynonymFile, Vec<Note>), IndexerError> {
    let bytes = fs::read(path).map_err(|source| IndexerError::Synonyms { path: path.to_owned(), source })?;
    Ok(understood(&bytes, &path.display().to_string()))
}

/// The file of synonyms that lies in the source, if one does. One that cannot be read is a note.
pub(crate) fn find(source: &Path) -> (Option<SynonymFile>, Vec<Note>) {
    let path = source.join(SYNONYMS_NAME);
    match fs::read(&path) {
        Ok(bytes) => {
            let (file, notes) = understood(&bytes, SYNONYMS_NAME);
            (Some(file), notes)
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound || path.is_dir() => (None, Vec::new()),
        Err(e) => {
            let reason = format!("the file cannot be read: {e}");
            (None, vec![Note { file: SYNONYMS_NAME.to_owned(), kind: NoteKind::Skipped, reason }])
        }
    }
}

fn understood(bytes: &[u8], name: &str) -> (SynonymFile, Vec<Note>) {
    let (text, decoded) = decode(bytes, false);
    let (file, mut notes) = parse(&text, name);
    let decoded = decoded.map(|reason| Note { file: name.to_owned(), kind: NoteKind::Mended, reason });
    notes.splice(0..0, decoded);
    (file, notes)
}

/// What `text` says, and a note for each line that is left out, wholly or in part. Notes call the file `name`.
pub fn parse(text: &str, name: &str) -> (SynonymFile, Vec<Note>) {
    let mut file = SynonymFile { file: name.to_owned(), lines: Vec::new() };
    let mut notes = Vec::new();
    // `None` below a heading that was not understood.
    let mut lang: Option<String> = Some(String::new());
    for (number, line) in (1..).zip(text.lines()) {
        let line = space::line(without_comment(line));
        let mut tell = |Wrong(reason, remedy): Wrong| notes.push(file.note(number, reason, &remedy));
        if line.is_empty() {
            continue;
        }
        if line.starts_with('[') {
            lang = heading(&line).map_err(tell).ok();
            continue;
        }
        let Some(lang) = &lang else { continue };
        if file.lines.len() == MAX_LINES {
            tell(Wrong(
                format!("expected at most {MAX_LINES} lines of synonyms, found more"),
                "this line and all after it are left out; keep the words that customers really use".into(),
            ));
            break;
        }
        match sides(&line, &mut tell) {
            Ok(sides) => {
                let line = Line { number, lang: lang.clone(), sides };
                if !line.pairs().is_empty() {
                    file.lines.push(line);
                }
            }
            Err(wrong) => tell(wrong),
        }
    }
    (file, notes)
}

/// What was expected and found, and what to do.
struct Wrong(String, String);

impl Wrong {
    fn new(reason: String, remedy: &str) -> Wrong {
        Wrong(reason, format!("the line is left out; {remedy}"))
    }
}

fn without_comment(line: &str) -> &str {
    let begins =
        |(at, _): &(usize, &str)| line.get(..*at).is_some_and(|l| l.is_empty() || l.ends_with(char::is_whitespace));
    line.match_indices('#').find(begins).and_then(|(at, _)| line.get(..at)).unwrap_or(line)
}

/// The language of `[sv]`; empty for `[*]`.
fn heading(line: &str) -> Result<String, Wrong> {
    let tag = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')).map(str::trim);
    let lang = tag.and_then(|tag| if tag == "*" { Some(String::new()) } else { language::tag(tag) });
    lang.ok_or_else(|| {
        Wrong(
            format!("expected a language alone on its line, such as [sv], [en] or [*] for all, found {}", quoted(line)),
            "what follows it is left out as far as the next such line; correct it".into(),
        )
    })
}

/// Both sides of a line, with what is the same on both told and, in a set, left out.
fn sides(line: &str, tell: &mut impl FnMut(Wrong)) -> Result<Sides, Wrong> {
    let parts: Vec<&str> = line.split("=>").collect();
    match parts.as_slice() {
        [all] => {
            if let Some(arrow) = ["->", "→", "⇒", "<="].into_iter().find(|a| all.contains(a)) {
                return Err(Wrong::new(format!("expected =>, found {arrow}"), "write `typed => written`"));
            }
            let given = list(all, line, MAX_ASKED_WORDS)?;
            let mut once: Vec<String> = Vec::new();
            for side in given {
                if once.iter().any(|o| words(o) == words(&side)) {
                    tell(itself(&side));
                } else {
                    once.push(side);
                }
            }
            match once.as_slice() {
                // Told already where it stood there twice.
                [only] if all.contains(',') => Ok(Sides::Alike(vec![only.clone()])),
                [only] => Err(Wrong::new(
                    format!("expected several words with commas between them, found only {}", quoted(only)),
                    "add what means the same, or `=>` and what articles say",
                )),
                _ => Ok(Sides::Alike(once)),
            }
        }
        [asked, meant] => {
            let asked = list(asked, line, MAX_ASKED_WORDS)?;
            let meant = list(meant, line, MAX_MEANT_WORDS)?;
            for side in asked.iter().filter(|a| meant.iter().any(|m| words(m) == words(a))) {
                tell(itself(side));
            }
            Ok(Sides::OneWay { asked, meant })
        }
        _ => Err(Wrong::new(
            format!("expected one => in a line, found {} in {}", parts.len() - 1, quoted(line)),
            "write a line for each",
        )),
    }
}

fn itself(side: &str) -> Wrong {
    Wrong(format!("{} is named as a synonym of itself", quoted(side)), "that part is left out; delete it".into())
}

/// What stands between the commas of one side of `line`.
fn list(side: &str, line: &str, most_words: usize) -> Result<Vec<String>, Wrong> {
    let items: Vec<String> = side.split(',').map(|item| item.trim().to_owned()).collect();
    if items.len() > MAX_SIDE {
        return Err(Wrong::new(
            format!("expected at most {MAX_SIDE} words between commas, found {}", items.len()),
            "write several lines, or fewer words",
        ));
    }
    for item in &items {
        if item.is_empty() {
            return Err(Wrong::new(
                format!("expected a word before and after each comma and =>, found none in {}", quoted(line)),
                "add the word, or delete the sign",
            ));
        }
        if words(item).is_empty() {
            return Err(Wrong::new(
                format!("expected letters or digits, found {}", quoted(item)),
                "nothing else is searched for",
            ));
        }
        let count = item.split_whitespace().count();
        if count > most_words {
            return Err(Wrong::new(
                format!("expected at most {most_words} words together, found {count} in {}", quoted(item)),
                &format!(
                    "write commas between words that mean the same, and the shortest way of saying it \
                     ({MAX_ASKED_WORDS} words of a question at most, {MAX_MEANT_WORDS} right of =>)"
                ),
            ));
        }
        // What articles are to say is looked up word by word; what is asked becomes one term.
        let chars = words(item).concat().chars().count();
        if most_words == MAX_ASKED_WORDS && chars > MAX_ASKED_CHARS {
            return Err(Wrong::new(
                format!(
                    "expected at most {MAX_ASKED_CHARS} letters in words together, found {chars} in {}",
                    quoted(item)
                ),
                "write a shorter way of saying it",
            ));
        }
    }
    Ok(items)
}

/// What was found, in backticks, which notes that are alike are told by.
fn quoted(text: &str) -> String {
    let mut short: String = text.replace('`', "'").chars().take(MAX_QUOTED_CHARS).collect();
    if text.chars().count() > MAX_QUOTED_CHARS {
        short.push('…');
    }
    format!("`{short}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Synonyms as `lang:asked>meant`, notes without file.
    fn read(text: &str) -> (Vec<String>, Vec<String>) {
        let (file, notes) = parse(text, "s.txt");
        let synonyms = file.synonyms().0.into_iter().map(|s| format!("{}:{}>{}", s.lang, s.asked, s.meant)).collect();
        (synonyms, notes.into_iter().map(|n| n.reason).collect())
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let (synonyms, notes) = read(text);
        assert_eq!(synonyms, expected, "{text}");
        assert_eq!(notes, [""; 0], "{text}");
    }

    /// A text of which `expected` is left and of which one note, of line `line`, says all of `told`.
    #[track_caller]
    fn check_note(text: &str, expected: &[&str], line: usize, told: &[&str]) {
        let (synonyms, notes) = read(text);
        assert_eq!(synonyms, expected, "{text}");
        let [note] = notes.as_slice() else { panic!("expected one note on {text}, found {notes:?}") };
        assert!(note.contains(&format!(" (line {line}): ")), "{note}");
        told.iter().for_each(|t| assert!(note.contains(t), "expected {t} in {note}"));
    }

    #[test]
    fn sets_and_one_way() {
        check("", &[]);
        check("faktura, räkning", &[":faktura>räkning", ":räkning>faktura"]);
        check("a, b, c", &[":a>b", ":a>c", ":b>a", ":b>c", ":c>a", ":c>b"]);
        check("mobbe, lur => mobil", &[":mobbe>mobil", ":lur>mobil"]);
        check("lur =>mobiltelefon,mobil", &[":lur>mobiltelefon", ":lur>mobil"]);
        check("\u{a0} Slut  på\tdata =>  surfpott ", &[":Slut på data>surfpott"]);
        check("byta nät => ändra ditt trådlösa nät", &[":byta nät>ändra ditt trådlösa nät"]);
        check(
            "e-faktura, C#, 24/7",
            &[":e-faktura>C#", ":e-faktura>24/7", ":C#>e-faktura", ":C#>24/7", ":24/7>e-faktura", ":24/7>C#"],
        );
    }

    #[test]
    fn parts_comments_and_lines() {
        check("# a, b\n\n   # c\r\nx => y # z, =>\r\n", &[":x>y"]);
        check("a=>b\n[sv]\nc=>d\n[ EN_gb ] # English\ne=>f\n[*]\ng=>h", &[":a>b", "sv:c>d", "en-gb:e>f", ":g>h"]);
        check("#", &[]);
        check("[sv]", &[]);
    }

    #[test]
    fn what_is_not_understood_is_left_out_and_told() {
        let left = &[":a>b", ":b>a"];
        for (text, told) in [
            ("faktura", ["expected several words", "only `faktura`"]),
            ("faktura; räkning", ["expected several words", "`faktura; räkning`"]),
            ("faktura,", ["expected a word before and after each comma", "none in `faktura,`"]),
            (", faktura", ["expected a word", "none in `, faktura`"]),
            ("x,,y", ["expected a word", "`x,,y`"]),
            ("x =>", ["expected a word", "`x =>`"]),
            ("=> x", ["expected a word", "`=> x`"]),
            ("=>", ["expected a word", "`=>`"]),
            (",", ["expected a word", "`,`"]),
            ("x => y => z", ["expected one => in a line, found 2", "a line for each"]),
            ("x -> y", ["expected =>, found ->", "`typed => written`"]),
            ("x → y", ["expected =>, found →", "left out"]),
            ("x => …", ["expected letters or digits, found `…`", "left out"]),
            ("nu är all min data slut => y", ["at most 3 words together, found 6", "commas"]),
            ("v x y z, w", ["at most 3 words together, found 4 in `v x y z`", "right of =>"]),
            ("x => v w x y z", ["at most 4 words together, found 5", "left out"]),
        ] {
            check_note(&format!("a, b\n{text}"), left, 2, &told);
            check_note(&format!("# x\n{text}\na, b"), left, 2, &told);
        }
        let long = format!("{0} {0} => y\n\nx => y", "ö".repeat(35));
        check_note(&long, &[":x>y"], 1, &["at most 48 letters in words together, found 70", "ö…`"]);
        let many: Vec<String> = (0..21).map(|i| format!("w{i}")).collect();
        check_note(&many.join(", "), &[], 1, &["at most 20 words between commas, found 21"]);
        check_note("x`y", &[], 1, &["`x'y`"]);
    }

    #[test]
    fn synonyms_of_themselves() {
        check_note("a, b, A", &[":a>b", ":b>a"], 1, &["`A` is named as a synonym of itself"]);
        check_note("wi-fi, Wi Fi", &[], 1, &["`Wi Fi` is named as a synonym of itself"]);
        check_note("a, b => b, c", &[":a>b", ":a>c", ":b>c"], 1, &["`b` is named as a synonym of itself"]);
        check_note("a => A", &[], 1, &["`a` is named as a synonym of itself"]);
    }

    #[test]
    fn a_part_for_an_unknown_language_is_left_out() {
        for heading in ["[svenska]", "[]", "[sv", "[sv] a, b", "[sv, en]", "[**]"] {
            let text = format!("x => y\n{heading}\na => b\nonly\n[en]\nc => d");
            check_note(&text, &[":x>y", "en:c>d"], 2, &["expected a language alone on its line", "[sv]", heading]);
        }
    }

    #[test]
    fn too_many_lines() {
        let lines: Vec<String> = (0..MAX_LINES + 5).map(|i| format!("w{i} => v")).collect();
        let (synonyms, notes) = read(&format!("# x\n{}", lines.join("\n")));
        assert_eq!(synonyms.len(), MAX_LINES);
        assert_eq!(notes.len(), 1);
        assert!(notes[0].starts_with("expected at most 2000 lines of synonyms, found more (line 2002): "), "{notes:?}");
    }

    #[test]
    fn what_leads_nowhere() {
        let (file, notes) = parse("a, b, c\n[sv]\nd, e\nf, g => h, i\nj => k\nl => m, l", "help/s.txt");
        assert_eq!(notes.len(), 1);
        let leads = file.synonyms().0.iter().map(|s| ["a", "h", "m"].contains(&s.meant.as_str())).collect::<Vec<_>>();
        assert_eq!((file.lines(), file.leading(&leads)), (5, 3));
        let told: Vec<String> = file.nowhere(&leads).into_iter().map(|n| format!("{}: {}", n.file, n.reason)).collect();
        let remedy = "leave it out, or write the word that your articles use";
        assert_eq!(
            told,
            [
                format!(
                    "help/s.txt: nothing of `d, e` stands in an article in sv, so that it leads nowhere (line 3): {remedy}"
                ),
                format!("help/s.txt: `i` stands in no article in sv, so that nothing leads to it (line 4): {remedy}"),
                format!("help/s.txt: `k` stands in no article in sv, so that nothing leads to it (line 5): {remedy}"),
            ]
        );
        assert_eq!(file.nowhere(&[]).len(), 6, "nothing leads anywhere where nothing is known");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(\\PC|[,=>\\[\\]#\n* a]){0,80}") {
            let (file, notes) = parse(&text, "s.txt");
            let all = file.synonyms().0;
            proptest::prop_assert!(all.iter().all(|s| !words(&s.asked).is_empty() && !words(&s.meant).is_empty()));
            proptest::prop_assert_eq!(file.leading(&vec![true; all.len()]), file.lines());
            proptest::prop_assert!(notes.iter().all(|n| n.reason.contains("(line ")));
        }
    }
}
