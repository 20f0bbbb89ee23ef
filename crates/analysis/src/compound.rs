//! Compounds: `kunskapsartikel` is made of `kunskap` and `artikel`.
//!
//! Swedish, Danish, Norwegian, German, Dutch and Finnish write them as one word, often with a linking letter, and often
//! with a first part that has lost its ending (`skrivarkabel`: skrivare + kabel). A split is taken from the help centre's
//! own vocabulary: every part must be known there, so that nothing is cut where nobody could find it. Parts add to the
//! whole word and never replace it.
//!
//! Of several splits the one with the longest parts is taken (the largest sum of squared lengths). Koehn and Knight
//! (2003, "Empirical methods for compound splitting") choose by frequency, which keeps frequent compounds whole; here the
//! whole is kept anyway, and a help centre is too small to tell by counting.
//!
//! Of three equal letters in a row Swedish, Danish and Norwegian write two (`bluffaktura`; Svenska skrivregler), as German
//! did until 1996; where nothing else fits, a last part may begin with the letter that was left out.
//!
//! Which letters link, and which endings only look like words, are written into the index: the browser splits a question's
//! words by the same rules without knowing any language.

use crate::Language;
use crate::stems::Rule;

/// How a language ties words together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compounding {
    /// What the end of a first part becomes when it stands alone: `s` is cut off, or `a` added. The most likely first;
    /// the first one changes nothing, and is the only one of languages that write their compounds apart.
    pub links: Vec<Rule>,
    /// Endings of words that look like words: never a last part.
    pub false_last: Vec<String>,
}

/// Fewest letters of a part, and of a part that may stand in another form than the vocabulary has it.
const MIN_PART: usize = 3;
const MIN_INFLECTED: usize = 4;

/// Most parts.
const MAX_PARTS: usize = 4;

/// Most links that a cut can name, and most letters before it.
const LINKS: usize = 8;
const MAX_CUT: usize = 31;

impl Compounding {
    /// How `language` does it. Chosen by us from the grammar of each language; what a link or an ending is for can be read
    /// in the chapter on compounds of Svenska Akademiens grammatik, Duden's Grammatik, Norsk referansegrammatikk, Grammatik
    /// over det Danske Sprog, Algemene Nederlandse Spraakkunst and Iso suomen kielioppi.
    pub fn of(language: Language) -> Compounding {
        let (links, false_last) = match language {
            Language::Swedish => ("- s- -a -e o-a u-a e-a -are", SWEDISH),
            Language::Danish | Language::Norwegian => ("- s- e- -e", SCANDINAVIAN),
            Language::German => ("- s- n- en- es- er- e- -e", GERMAN),
            Language::Dutch => ("- s- en- e- n-", DUTCH),
            Language::Finnish => ("- n- s-nen -nen", FINNISH),
            _ => ("-", ""),
        };
        let rule = |text: &str| text.split_once('-').map(|(cut, add)| Rule { cut: cut.into(), add: add.into() });
        Compounding {
            links: links.split_ascii_whitespace().filter_map(rule).collect(),
            false_last: false_last.split_ascii_whitespace().map(str::to_owned).collect(),
        }
    }

    /// Whether the language writes compounds as one word.
    pub fn ties(&self) -> bool {
        self.links.len() > 1
    }

    /// The parts of `term` as they stand alone, or none where it is not made of known words. `known` tells whether a word
    /// is in the vocabulary in some form; where its second argument is true, in this very form.
    pub fn split(&self, term: &str, known: &mut dyn FnMut(&str, bool) -> bool) -> Vec<String> {
        let letters: Vec<char> = term.chars().collect();
        if !letters.iter().all(|c| c.is_alphabetic()) {
            // `5ghz`: digits and letters come apart.
            let mut runs: Vec<String> = Vec::new();
            for &c in &letters {
                match runs.last_mut() {
                    Some(run) if run.ends_with(char::is_numeric) == c.is_numeric() => run.push(c),
                    _ => runs.push(c.into()),
                }
            }
            runs.retain(|run| known(run, true));
            return if runs.concat() == term && runs.len() > 1 { runs } else { Vec::new() };
        }
        let best = self.after(&letters, MAX_PARTS, known).or_else(|| self.shared(&letters, known));
        best.map(|(_, parts)| parts).unwrap_or_default()
    }

    /// Where the `parts` of [`Compounding::split`] end in `term`: for each part but the last its letters × 8 + the number of
    /// its link, then 0 where the last part begins a letter before. `None` where they cannot be written so: a part of over
    /// 31 letters, or digits beside letters: a code that is known is not taken apart.
    pub fn cuts(&self, term: &str, parts: &[String]) -> Option<Vec<u8>> {
        let letters: Vec<char> = term.chars().collect();
        if letters.iter().all(|c| c.is_alphabetic()) { self.cuts_of(&letters, 0, parts) } else { None }
    }

    fn cuts_of(&self, letters: &[char], at: usize, parts: &[String]) -> Option<Vec<u8>> {
        let ends_in = |from: usize, last: &str| letters.get(from..).is_some_and(|l| l.iter().copied().eq(last.chars()));
        let (part, rest) = match parts {
            [last] if ends_in(at, last) => return Some(Vec::new()),
            [last] if at > 0 && ends_in(at - 1, last) => return Some(vec![0]),
            [part, rest @ ..] if !rest.is_empty() => (part, rest),
            _ => return None,
        };
        (MIN_PART..=MAX_CUT.min(letters.len() - at)).find_map(|length| {
            let text: String = letters.get(at..at + length)?.iter().collect();
            let links = self.links.iter().take(LINKS).enumerate();
            let mut fitting = links.filter(|(_, link)| link.apply(&text).as_ref() == Some(part));
            let cut = fitting.next().map(|(link, _)| (length * LINKS + link) as u8)?;
            let mut cuts = self.cuts_of(letters, at + length, rest)?;
            cuts.insert(0, cut);
            Some(cuts)
        })
    }

    /// The parts of `term` by what [`Compounding::cuts`] says; none where it says nothing of this term.
    pub fn parts(&self, term: &str, cuts: &[u8]) -> Vec<String> {
        let letters: Vec<char> = term.chars().collect();
        let mut parts = Vec::new();
        let mut at = 0;
        for &cut in cuts {
            let (length, link) = (usize::from(cut) / LINKS, usize::from(cut) % LINKS);
            if length == 0 {
                at -= usize::from(at > 0);
                continue;
            }
            let text: String = letters.get(at..at + length).unwrap_or_default().iter().collect();
            parts.extend(self.links.get(link).and_then(|link| link.apply(&text)));
            at += length;
        }
        if !parts.is_empty() {
            parts.push(letters.get(at..).unwrap_or_default().iter().collect());
        }
        parts
    }

    /// Two parts that share the second of two equal letters: of three in a row one is left out (`bluff` + `faktura`).
    fn shared(&self, letters: &[char], known: &mut dyn FnMut(&str, bool) -> bool) -> Option<(usize, Vec<String>)> {
        (MIN_INFLECTED..letters.len()).find_map(|cut| {
            let (head, tail) = (letters.get(..cut)?, letters.get(cut - 1..)?);
            if !self.ties() || !matches!(head, [.., a, b] if a == b) || tail.len() < MIN_INFLECTED {
                return None;
            }
            let (first, last): (String, String) = (head.iter().collect(), tail.iter().collect());
            let both = known(&first, true) && !self.false_last.contains(&last) && known(&last, false);
            both.then(|| (0, vec![first, last]))
        })
    }

    /// The merit and the parts of the best split of `letters` into at least two parts and at most `most`.
    fn after(
        &self,
        letters: &[char],
        most: usize,
        known: &mut dyn FnMut(&str, bool) -> bool,
    ) -> Option<(usize, Vec<String>)> {
        let mut best: Option<(usize, Vec<String>)> = None;
        for cut in MIN_PART..=letters.len().saturating_sub(MIN_PART) {
            let (head, tail) = letters.split_at(cut);
            let Some(first) = self.first(head, known) else { continue };
            let last: String = tail.iter().collect();
            let mut rest = if most > 2 { self.after(tail, most - 1, known) } else { None };
            let merit = tail.len() * tail.len();
            if rest.as_ref().is_none_or(|(m, _)| merit > *m)
                && !self.false_last.contains(&last)
                && known(&last, tail.len() < MIN_INFLECTED)
            {
                rest = Some((merit, vec![last]));
            }
            let Some((merit, mut parts)) = rest else { continue };
            let merit = merit + cut * cut;
            if best.as_ref().is_none_or(|(b, _)| merit > *b) {
                parts.insert(0, first);
                best = Some((merit, parts));
            }
        }
        best
    }

    /// How the letters before `cut` stand alone when they are a first part, or `None` where nothing like it is known.
    pub fn first(&self, letters: &[char], known: &mut dyn FnMut(&str, bool) -> bool) -> Option<String> {
        let text: String = letters.iter().collect();
        self.links.iter().find_map(|link| {
            let word = link.apply(&text)?;
            let kept = letters.len() - link.cut.chars().count();
            let exactly = kept < MIN_INFLECTED || !link.add.is_empty();
            (kept >= MIN_PART && known(&word, exactly)).then_some(word)
        })
    }
}

/// Endings of inflection and derivation that are also words, or forms of words.
const SWEDISH: &str = "het heten hets hetens heter heterna ande anden andet ende enden endet are aren arna arnas arens ing ingen \
    ings ingar ingarna ning isk iska lig liga ligt dom domen skap skapen skaper skapet bar bart bara sam samt samma lös aste aren ade \
    ades ats ats att era eras erar erat ering ser sat ska var dar nar rar tar lar ler mar par far gar kar mer ner ter tan tas kan ran \
    ring ringar else elsen eller ens ans ist ism ion ioner tion mets som ned orna erna";

/// See [`SWEDISH`].
const SCANDINAVIAN: &str = "hed heden heder hederne het heten heter hetene ende ande ning ningen ninger ing inger eren erne ene ere \
    else elsen elser isk iske lig lige ligt skab skap skaber skaper bar bart som sam eret erer ering er ter ler ner ser ret tet den det";

/// See [`SWEDISH`].
const GERMAN: &str = "heit heiten keit keiten ung ungs ungen schaft lich liche lichen lichem licher liches isch ische ischen bar bare \
    baren barer bares los lose losen sam same samen chen lein tum ende enden endem ender endes end ern erns ers tion ion ieren iert \
    ierung ierungen ler ner ger ter sten ste test ten tet";

/// See [`SWEDISH`].
const DUTCH: &str = "heid heden ing ingen lijk lijke baar bare schap schappen loos loze achtig zaam ende end eren eert ering tie ties \
    ten ter ters der ders ste tje tjes sel ten den nen";

/// See [`SWEDISH`].
const FINNISH: &str = "nen sen set sta ssa lla lta lle ksi tta ttä kaan kään kin han hän mme nne nsa nsä ista ille ilta issa iden ien \
    ten jen mista minen misen tava tavat tiin lliset llinen ton ttoman";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: Language, vocabulary: &str, term: &str, expected: &str) {
        let words: Vec<&str> = vocabulary.split(' ').collect();
        let mut known = |word: &str, exactly: bool| {
            words.contains(&word) || !exactly && words.iter().any(|w| language.stem(w) == language.stem(word))
        };
        let stems = |words: Vec<String>| words.iter().map(|w| language.stem(w)).collect::<Vec<_>>();
        let compounding = Compounding::of(language);
        let got = compounding.split(term, &mut known);
        let kept = if term.chars().all(char::is_alphabetic) { got.clone() } else { Vec::new() };
        let cuts = compounding.cuts(term, &got).unwrap_or_default();
        assert_eq!(compounding.parts(term, &cuts), kept, "{term} by {cuts:?}");
        let expected = expected.split_ascii_whitespace().map(str::to_owned).collect();
        assert_eq!(stems(got), stems(expected), "{term} of {vocabulary}");
    }

    #[test]
    fn splits() {
        let sv = |vocabulary, term, expected| check(Language::Swedish, vocabulary, term, expected);
        sv("kunskap artikel", "kunskapsartikel", "kunskap artikel");
        sv("kunskapen artiklar", "kunskapsartiklarna", "kunskap artiklarna");
        sv("skrivare kabel skriva", "skrivarkabel", "skrivare kabel");
        sv("skola skolor plikt", "skolplikt", "skola plikt");
        sv("gata belysning", "gatubelysning", "gata belysning");
        sv("resa kostnad ersättning", "resekostnadsersättning", "resa kostnad ersättning");
        sv("bredband abonnemang avtal", "bredbandsabonnemangsavtal", "bredband abonnemang avtal");
        sv("fel kod", "felkod", "fel kod");
        sv("bluff faktura", "bluffakturor", "bluff faktura");
        sv("buss schema", "busschema", "buss schema");
        sv("förmedlare tand", "verksamheten", "");
        sv("leverans", "leveransadress", "");
        sv("verksam heten", "verksamheten", "");
        sv("fakta", "faktura", "");
        let de = |vocabulary, term, expected| check(Language::German, vocabulary, term, expected);
        de("rechnung nummer", "rechnungsnummer", "rechnung nummer");
        de("kunde nummer", "kundennummer", "kunde nummer");
        de("adresse liste", "adressliste", "adresse liste");
        sv("err 503", "err503", "err 503");
        de("bild schirm", "bildschirme", "bild schirme");
        check(Language::Danish, "regning nummer", "regningsnummer", "regning nummer");
        check(Language::Norwegian, "strøm avtale", "strømavtale", "strøm avtale");
        check(Language::Dutch, "factuur nummer", "factuurnummer", "factuur nummer");
        check(Language::Dutch, "klant nummer", "klantennummer", "klant nummer");
        check(Language::Finnish, "lasku numero", "laskunumero", "lasku numero");
        check(Language::Finnish, "maksu palvelu", "maksupalvelun", "maksu palvelun");
        check(Language::English, "direct debit", "directdebit", "direct debit");
        check(Language::English, "direct", "directdebit", "");
        check(Language::English, "5 ghz", "5ghz", "5 ghz");
        check(Language::English, "5", "5ghz", "");
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics_and_parts_are_known(term in "\\PC{0,24}", words in proptest::collection::vec("[a-zåäö]{1,6}", 0..6)) {
            let parts = Compounding::of(Language::Swedish).split(&term, &mut |word, _| words.iter().any(|w| w == word));
            proptest::prop_assert!(parts.len() != 1 && parts.iter().all(|p| words.contains(p)));
        }

        #[test]
        fn what_is_put_together_comes_apart(a in "[a-zåäö]{4,8}", b in "[a-zåäö]{4,8}") {
            let term = format!("{a}{b}");
            let parts = Compounding::of(Language::Swedish).split(&term, &mut |word, _| word == a || word == b);
            proptest::prop_assume!(!Compounding::of(Language::Swedish).false_last.contains(&b));
            proptest::prop_assert!(!parts.is_empty());
            let cuts = Compounding::of(Language::Swedish).cuts(&term, &parts);
            proptest::prop_assert_eq!(cuts.map(|cuts| Compounding::of(Language::Swedish).parts(&term, &cuts)), Some(parts));
        }

        #[test]
        fn no_cuts_panic(term in "\\PC{0,24}", cuts: Vec<u8>) {
            let _ = Compounding::of(Language::Swedish).parts(&term, &cuts);
        }
    }
}
