//! Regular alternations that Snowball's algorithms leave apart: `nyckel` and `nycklar`, `betala` and `betalt`.
//!
//! A language has endings of terms, exchanged before Snowball's algorithm, and endings of stems, exchanged after it. Each
//! is tried once, in order, on what the one before left. The endings of stems see nothing but the stem, so that they can
//! bring words together and never apart: a stem may lose more than its grammar asks for (`recept` becomes `recep`) as long
//! as no other word is met there. We read off the 30 000 most frequent words of each language which are (Python's wordfreq, which is
//! not in the product).

use crate::Language;
use crate::marks;

/// An ending and what takes its place.
struct Ending {
    cut: &'static str,
    add: &'static str,
    /// Fewest letters before it.
    keep: usize,
    /// Endings of words that it would be wrong for.
    unless: &'static str,
}

impl Ending {
    const fn unless(self, unless: &'static str) -> Ending {
        Ending { unless, ..self }
    }
}

const fn e(cut: &'static str, add: &'static str, keep: usize) -> Ending {
    Ending { cut, add, keep, unless: "" }
}

/// `term` as Snowball's algorithm should see it.
pub fn of_term(language: Language, term: &str) -> String {
    match language {
        Language::German => german_infinitive(term).unwrap_or_else(|| term.to_owned()),
        Language::Portuguese => exchange(term.to_owned(), PORTUGUESE_TERMS),
        Language::Swedish => exchange(term.to_owned(), SWEDISH_TERMS),
        _ => term.to_owned(),
    }
}

/// The stem of `term`, of which Snowball's algorithm made `stem`.
pub fn of_stem(language: Language, term: &str, stem: &str) -> String {
    let stem = match language {
        Language::German => with_marks(term, stem),
        Language::Spanish => with_marks_but_last(term, stem),
        _ => stem.to_owned(),
    };
    let endings = match language {
        Language::Danish => DANISH,
        Language::Dutch => DUTCH,
        Language::Finnish => FINNISH,
        Language::French => FRENCH,
        Language::German => GERMAN,
        Language::Italian => ITALIAN,
        Language::Norwegian => NORWEGIAN,
        Language::Portuguese => PORTUGUESE,
        Language::Spanish => SPANISH,
        Language::Swedish => SWEDISH,
        // What Snowball's English leaves apart is irregular.
        Language::English | Language::Other => &[],
    };
    exchange(stem, endings)
}

fn exchange(word: String, endings: &[Ending]) -> String {
    endings.iter().fold(word, |word, ending| {
        let Some(before) = word.strip_suffix(ending.cut) else { return word };
        let other = ending.unless.split_ascii_whitespace().any(|end| word.ends_with(end));
        if other || before.chars().count() < ending.keep { word } else { format!("{before}{}", ending.add) }
    })
}

/// `stem` with the marks of `term`. Snowball's algorithms for German and Spanish take them all off, which makes one word of
/// `zahlen` (pay) and `zählen` (count), and an exchange of its own of every word that has one. What German plurals change is in
/// the table of irregular forms.
fn with_marks(term: &str, stem: &str) -> String {
    let mut letters = term.chars();
    let mut out = String::with_capacity(term.len());
    let mut rest = stem.chars();
    while let Some(c) = rest.next() {
        match letters.next() {
            // ß stays ss: Swiss spelling knows no other.
            Some('ß') if c == 's' => out.extend([Some(c), rest.next()].into_iter().flatten()),
            Some(letter) if marks::base(letter) == c => out.push(letter),
            _ => {
                out.push(c);
                out.extend(rest);
                break;
            }
        }
    }
    out
}

/// The same without a mark on the last vowel, which Spanish writes by how many syllables follow: dirección, direcciones.
fn with_marks_but_last(term: &str, stem: &str) -> String {
    let marked = with_marks(term, stem);
    let vowel = |c: char| "aeiou".contains(marks::base(c));
    let Some((at, last)) = marked.char_indices().rev().find(|(_, c)| vowel(*c)) else { return marked };
    let (before, after) = marked.split_at(at);
    format!("{before}{}{}", marks::base(last), &after[last.len_utf8()..])
}

/// The infinitive inside one with `zu`: `anzumelden` is `anmelden`. None where `term` is no such infinitive.
fn german_infinitive(term: &str) -> Option<String> {
    const SEPARABLE: &str = "ab an auf aus bei bereit ein fest frei fort herunter hoch los mit nach um vor weg weiter wieder zurück \
        zusammen über";
    const MIN_VERB: usize = 5;
    let verb_of = |particle: &'static str| Some((particle, term.strip_prefix(particle)?.strip_prefix("zu")?));
    let (particle, verb) = SEPARABLE.split_ascii_whitespace().find_map(verb_of)?;
    let infinitive = ["en", "ern", "eln"].iter().any(|end| verb.ends_with(end)) && verb.chars().count() >= MIN_VERB;
    infinitive.then(|| format!("{particle}{verb}"))
}

const SWEDISH_TERMS: &[Ending] = &[
    // The definite singular of neuters, which Snowball's algorithm leaves alone (`avtalet`, `köpet`) or takes for a participle
    // (`bredbandet`). Its own -andet and -het are right.
    e("ets", "et", 3),
    e("bandet", "band", 0),
    e("landet", "land", 0).unless("alandet elandet llandet"),
    e("et", "", 3).unless(
        "andet budget diet diskret ethernet alfabet gadget het internet intranet itet konkret magnet market outlet paket planet poet raket \
         sekret staket tablet ticket trumpet widget",
    ),
    // The definite singular in -an: fakturan, anmälan.
    e("an", "a", 3).unless("annan innan likadan medan nedan nästan redan roman samman sedan sådan undan"),
];

const SWEDISH: &[Ending] = &[
    // A final -s that belongs to the word: leverans, leveransen; licens, licensen; kurs, kursen.
    e("ans", "an", 3),
    e("ens", "", 3),
    e("kurs", "kur", 0),
    e("resurs", "resur", 0),
    // The definite singular in -n: datorn, artikeln, garantin.
    e("torn", "tor", 2),
    e("sorn", "sor", 2),
    e("eln", "el", 2),
    e("gin", "gi", 3).unless("login"),
    e("rin", "ri", 3),
    e("tin", "ti", 3),
    e("min", "mi", 4),
    e("pin", "pi", 4),
    e("fin", "fi", 4),
    // Neuters in -o: konto, kontot, konton, kontona.
    e("ona", "o", 2).unless("persona"),
    e("ton", "to", 2),
    e("don", "do", 3),
    e("ot", "o", 3),
    // The definite plural of nouns in -ande and -ende: meddelandena, ärendena.
    e("anden", "", 3),
    e("enden", "end", 1),
    // Past and participle of verbs in -er, whose ending is the rest of -de, -te, -d or -t: köpa, köpte, köpt; beställa, beställde;
    // bestämma, bestämd. Also betala, betald, betalt.
    e("pt", "p", 2).unless("uppt"),
    e("ckt", "ck", 1),
    e("rkt", "rk", 1),
    e("skt", "sk", 1),
    e("änkt", "änk", 1),
    e("sökt", "sök", 0),
    e("alt", "al", 3),
    e("ald", "al", 3),
    e("ält", "äl", 2),
    e("äld", "äl", 2),
    e("ellt", "ell", 2),
    e("ällt", "äll", 2),
    e("älld", "äll", 2),
    e("yllt", "yll", 1),
    e("ylld", "yll", 1),
    e("ört", "ör", 1),
    e("örd", "ör", 1),
    e("yrt", "yr", 1),
    e("yrd", "yr", 1),
    e("ggt", "gg", 2),
    e("ggd", "gg", 2),
    e("ngt", "ng", 2),
    e("ngd", "ng", 2).unless("längd mängd tyngd"),
    e("vt", "v", 2),
    e("vd", "v", 2),
    e("ämt", "ämm", 1),
    e("ämd", "ämm", 1),
    e("ömt", "ömm", 1),
    e("ömd", "ömm", 1),
    // The neuter of adjectives: möjligt, digitalt (above), mobilt, användbart, långsamt, enkelt, säkert, högt, grönt.
    e("igt", "", 3),
    e("ilt", "il", 3),
    e("bart", "bar", 2),
    e("samt", "sam", 2),
    e("elt", "el", 3),
    e("kert", "k", 2),
    e("ögt", "ög", 1),
    e("önt", "ön", 1),
    // Syncope: an unstressed e or a goes before a vowel, and mm is m before a consonant: nyckel, nycklar; säker, säkra, säkerhet; fönster,
    // fönstret; vatten, vattnet; nummer, numret; gammal, gamla. Snowball's algorithm has cut off -er and -en, so here the r
    // and the n go too; not in `vägra`, `hundra` and `ändra`.
    e("mmal", "ml", 2),
    e("mmel", "ml", 2),
    e("el", "l", 3),
    e("äker", "äk", 1),
    e("str", "st", 2),
    e("ntr", "nt", 2).unless("centr kontr"),
    e("ltr", "lt", 2),
    e("utr", "ut", 2),
    e("vr", "v", 3),
    e("pr", "p", 3),
    e("kr", "k", 2),
    e("ngr", "ng", 2),
    e("ädr", "äd", 1),
    e("fibr", "fib", 0),
    e("mr", "mm", 2),
    e("ckn", "ck", 2),
    e("ppn", "pp", 1),
    e("ttn", "tt", 2),
    // mm is m at the end of a word: rum, rummet; medlem, medlemmar; tom, tomma.
    e("mm", "m", 2).unless("damm hamm lamm samm somm"),
];

const NORWEGIAN: &[Ending] = &[
    // A final -s that belongs to the word, and -ens that is no genitive: lisens, lisensen.
    e("ens", "", 3),
    // A final -a that belongs to the word, and that Snowball's algorithm cuts off the base only: faktura, fakturaen.
    e("a", "", 4),
    // The neuter of adjectives and the past and participle of verbs: enkelt; betale, betalte; bestille, bestilt; kjøpe, kjøpt; høre,
    // hørt; glemme, glemt; prøve, prøvd.
    e("elt", "el", 3),
    e("alt", "al", 3),
    e("ilt", "ill", 2),
    e("ylt", "yll", 2),
    e("pt", "p", 2).unless("oppt"),
    e("rukt", "ruk", 1).unless("frukt strukt"),
    e("ørt", "ør", 1),
    e("emt", "em", 1),
    e("ngt", "ng", 2),
    e("vd", "v", 3),
    e("vt", "v", 3),
    // Syncope: an unstressed e goes, and a double consonant is single before another one: nøkkel, nøkler; regel, regler; nummer, numre;
    // sikker, sikre; gammel, gamle.
    e("kkel", "kl", 1),
    e("ttel", "tl", 1),
    e("ppel", "pl", 1),
    e("ddel", "dl", 1),
    e("ffel", "fl", 1),
    e("mmel", "ml", 1),
    e("el", "l", 3),
    // Snowball's algorithm cuts -er off the base and leaves it to the other forms: bruker, brukeren, brukerne; ruter, ruteren.
    e("ern", "", 4).unless("ekstern intern modern"),
    e("er", "", 3).unless("lever"),
    e("lendr", "lend", 1),
    e("str", "st", 2),
    e("kr", "kk", 2),
    e("ntr", "nt", 2),
    e("ltr", "lt", 2),
    e("mr", "mm", 2),
    // mm is m at the end of a word: rom, rommet; program, programmet.
    e("mm", "m", 2).unless("hamm somm"),
];

const DANISH: &[Ending] = &[
    // A final -s that belongs to the word, and -ens that is no genitive: licens, licensen.
    e("ens", "", 3),
    // The past in -ede: loggede, åbnede; consonants were double before it.
    e("ed", "", 3).unless("besked bred fred hoved led marked måned sted"),
    e("gg", "g", 2),
    e("kk", "k", 2),
    e("ll", "l", 2),
    e("nn", "n", 2),
    e("pp", "p", 2),
    e("ss", "s", 2),
    e("tt", "t", 2),
    // The past and participle in -te and -t, the neuter in -t: købe, købte, købt; bruge, brugt; betale, betalt; bestille, bestilt; høre,
    // hørt; glemme, glemt; enkelt, sikkert.
    e("bt", "b", 2),
    e("ugt", "ug", 2).unless("bugt frugt"),
    e("øgt", "øg", 1),
    e("elt", "el", 3),
    e("alt", "al", 3),
    e("ilt", "il", 3),
    e("emt", "em", 1),
    e("ømt", "øm", 1),
    e("ørt", "ør", 1),
    e("kkert", "k", 1),
    e("kker", "k", 1),
    // Syncope: an unstressed e goes, and a double consonant is single before another one: artikel, artiklen; nummer, numre; sikker,
    // sikre; gammel, gamle; middel, midler.
    e("ddel", "dl", 1),
    e("mmel", "ml", 1),
    e("ppel", "pl", 1),
    e("ttel", "tl", 1),
    e("kkel", "kl", 1),
    e("ffel", "fl", 1),
    e("el", "l", 3).unless("tabel"),
    e("kr", "k", 2),
    e("mr", "m", 2),
    e("str", "st", 2),
    e("ntr", "nt", 2),
];

const GERMAN: &[Ending] = &[
    // The plural in -s after vowels and p, which Snowball's algorithm leaves alone: Konto, Kontos, Konten; Apps, Handys, Kameras.
    e("os", "o", 2),
    e("as", "a", 4).unless("etwas"),
    e("ys", "y", 2),
    e("pps", "pp", 1),
    e("nto", "nt", 2),
    e("inn", "in", 3),
    e("erin", "", 3),
    // Verbs in -eln: wechseln, wechselt, Wechsel.
    e("eln", "el", 2),
    e("elt", "el", 3),
    // Verbs in -ieren and -ern: aktualisieren, aktualisiert, Aktualisierung; liefern, liefert, Lieferung. Snowball's
    // algorithm has cut -er too.
    e("iert", "i", 3),
    e("ier", "i", 3),
    e("ert", "", 3).unless("hundert wert"),
    e("er", "", 3),
    // The ending -t or -et, -te or -ete of verbs, where no noun ends so: bezahlt, bestellt, sendet, kündigt, löscht, kauft, öffnet.
    e("det", "d", 2),
    e("tet", "t", 2),
    e("fnet", "fn", 1),
    e("chnet", "chn", 1),
    e("gt", "g", 2),
    e("bt", "b", 2),
    e("ppt", "pp", 2),
    e("ckt", "ck", 2),
    e("enkt", "enk", 1),
    e("rkt", "rk", 2).unless("markt"),
    e("hlt", "hl", 2),
    e("llt", "ll", 2),
    e("hnt", "hn", 2),
    e("nnt", "nn", 2),
    e("rnt", "rn", 2),
    e("mmt", "mm", 2),
    e("hrt", "hr", 2),
    e("rrt", "rr", 2),
    e("tzt", "tz", 2).unless("arzt"),
    e("scht", "sch", 2),
    e("auft", "auf", 1),
    e("aucht", "auch", 1),
    e("ucht", "uch", 1).unless("flucht frucht zucht"),
];

const DUTCH: &[Ending] = &[
    // The plural in -'s, -s and -es: foto's, codes, schades.
    e("'", "", 2),
    // The present in -t, past in -te and -de, participle in -t and -d: maakt, maakte; betaalt, betaalde; gebruikt; opgezegd;
    // verhuisd; verandert, veranderd; antwoordt. Not where a noun keeps its t or d beside another word without: kaart, markt.
    e("dt", "d", 2),
    e("kt", "k", 2).unless("markt"),
    e("pt", "p", 2),
    e("gt", "g", 2),
    e("gd", "g", 2),
    e("eeft", "eef", 1),
    e("ijft", "ijf", 1),
    e("vd", "v", 2),
    e("fd", "f", 2).unless("hoofd liefd"),
    e("aalt", "aal", 1),
    e("aald", "aal", 1),
    e("eelt", "eel", 1),
    e("oelt", "oel", 1),
    e("oold", "ool", 1),
    e("stelt", "stel", 0),
    e("steld", "stel", 0),
    e("telt", "tel", 0),
    e("teld", "tel", 0),
    e("selt", "sel", 1),
    e("seld", "sel", 1),
    e("uurt", "uur", 1).unless("buurt"),
    e("uurd", "uur", 1),
    e("eert", "eer", 1),
    e("eerd", "eer", 2).unless("verkeerd"),
    e("ert", "er", 3).unless("concert desert expert"),
    e("erd", "er", 3).unless("verkeerd"),
    e("waart", "waar", 1),
    e("waard", "waar", 1),
    e("paard", "paar", 1),
    e("oont", "oon", 1),
    e("oond", "oon", 1),
    e("eent", "een", 1),
    e("eemt", "eem", 1),
    e("omt", "om", 1),
    e("iest", "ies", 1),
    e("leest", "lees", 0),
    e("huist", "huis", 0),
    e("huisd", "huis", 0),
    // v and z are f and s at the end of a syllable: brief, brieven; huis, huizen.
    e("v", "f", 2),
    e("z", "s", 2),
    // A double consonant is single at the end of a word: adres, adressen; bestellen, bestel; inloggen, inlog. A double vowel is
    // single before one consonant and another vowel; Snowball's algorithm does this where it has not cut a t or d.
    e("bb", "b", 2),
    e("dd", "d", 2),
    e("ff", "f", 2),
    e("gg", "g", 2),
    e("kk", "k", 2),
    e("ll", "l", 2),
    e("mm", "m", 2),
    e("nn", "n", 2),
    e("pp", "p", 2),
    e("rr", "r", 2),
    e("ss", "s", 2),
    e("tt", "t", 2),
    e("es", "", 3),
    e("aag", "ag", 1),
    e("aak", "ak", 1),
    e("aal", "al", 1),
    e("aap", "ap", 1),
    e("aar", "ar", 1),
    e("eef", "ef", 1),
    e("eeg", "eg", 1),
    e("eek", "ek", 1),
    e("eel", "el", 1),
    e("eem", "em", 1),
    e("een", "en", 1),
    e("eer", "er", 2),
    e("ees", "es", 1),
    e("oog", "og", 1),
    e("ook", "ok", 1),
    e("ool", "ol", 1),
    e("oon", "on", 1),
    e("oop", "op", 1),
    e("oor", "or", 1),
    e("uur", "ur", 1),
];

const FINNISH: &[Ending] = &[
    // Passive and active past participles: maksettu, lähetetty, maksanut, lähettänyt, tilattu, tilannut.
    e("etu", "", 4),
    e("ety", "", 4),
    e("ttanu", "t", 2),
    e("ttäny", "t", 2),
    e("stanu", "st", 1),
    e("anu", "", 4),
    e("äny", "", 4),
    e("anu", "a", 3),
    e("atu", "a", 3).unless("katu laatu"),
    e("unu", "u", 3),
    e("yny", "y", 3),
    // The third and fourth infinitive: maksamaan, muuttamaan; maksaminen, maksamisen, kirjautuminen.
    e("ttamin", "t", 2),
    e("ttamis", "t", 2),
    e("ttam", "t", 2),
    e("ttämin", "t", 2),
    e("ttämis", "t", 2),
    e("ttäm", "t", 2),
    e("stam", "st", 1),
    e("aamin", "a", 3),
    e("aamis", "a", 3),
    e("amin", "", 4),
    e("amis", "", 4),
    e("am", "", 4),
    e("omin", "o", 4),
    e("omis", "o", 4),
    e("umin", "u", 4),
    e("umis", "u", 4),
    e("ymin", "y", 4),
    e("ymis", "y", 4),
    // Past in -i after u and y, and t : d of reflexive verbs: kirjautui, kirjaudun, kirjautua.
    e("ui", "u", 4),
    e("yi", "y", 4),
    e("audu", "autu", 2),
    e("oidu", "oitu", 2),
    e("öidy", "öity", 2),
    e("eudu", "eutu", 2),
    e("äytä", "äyt", 1),
    // Nouns in -us, -ys, -uus, -yys, -os, -ös: tilaus, tilauksen, tilausta; mahdollisuus, mahdollisuuden; yhteys, yhteyden; katkos, katkoksen.
    e("uks", "u", 3),
    e("yks", "y", 3),
    e("us", "u", 3).unless("markus perus"),
    e("ys", "y", 3),
    e("uud", "uu", 4),
    e("uut", "uu", 4),
    e("yyd", "yy", 4),
    e("yyt", "yy", 4),
    e("eyd", "ey", 2),
    e("eyt", "ey", 2),
    e("oks", "os", 3),
    e("öks", "ös", 3),
    // Nouns in -in and adjectives in -inen: puhelin, puhelimen; sähköinen, sähköisen.
    e("oint", "oin", 3),
    e("öint", "öin", 3),
    e("im", "", 4),
    e("in", "", 4),
    e("ais", "", 4),
    e("is", "", 4).unless("pariis"),
    // Nouns in -as with strong grade: asiakas, asiakkaan.
    e("kas", "k", 3),
    // Plural in -ei- and double consonants of the strong grade: kortti, kortteja.
    e("ej", "", 3),
    e("tt", "t", 3),
    e("kk", "k", 3),
    e("pp", "p", 3),
    // The final vowel that some cases of nouns in -i and -e keep and others lose: tili, tilin; laite, laitteen; nimi, nimen.
    e("i", "", 3),
    e("e", "", 3).unless("alue vaike"),
    // k goes between a vowel and j of the weak grade: toimitusaika, toimitusajan.
    e("aj", "aik", 5),
];

const FRENCH: &[Ending] = &[
    // Verbs in -dre: vendre, vendu, vend; perdre, perdu, perds.
    e("ndr", "nd", 2),
    e("ndu", "nd", 2),
    e("rdr", "rd", 2),
    e("rdu", "rd", 2),
    // Adjectives in -if, -ive: actif, active; and in -g, -gue.
    e("if", "iv", 2).unless("unif"),
    e("longu", "long", 0),
    // The singular in -ion keeps what Snowball's algorithm cuts off the plural: connexion, connexions.
    e("xion", "x", 3),
];

const SPANISH: &[Ending] = &[
    // c is written qu before e: buscar, busqué. (pagué and llegué are Snowball's.)
    e("qu", "c", 2),
];

const ITALIAN: &[Ending] = &[
    // c and g are written ch and gh before i and e: pago, paghi; cerca, cerchi; banca, banche.
    e("ch", "c", 2),
    e("gh", "g", 2),
];

const PORTUGUESE_TERMS: &[Ending] = &[
    // Plurals of nouns in -ão, -l and -m: cartões, pães, animais, papéis, disponíveis, lençóis, azuis, viagens.
    e("ões", "ão", 1),
    e("ães", "ão", 1).unless("mães"),
    e("ais", "al", 2).unless("demais jamais"),
    e("éis", "el", 1),
    e("áveis", "ável", 1),
    e("íveis", "ível", 1),
    e("óveis", "óvel", 1),
    e("óis", "ol", 2).unless("heróis"),
    e("zuis", "zul", 1),
    e("ens", "em", 2),
    e("ins", "im", 1),
    e("ons", "om", 1),
    // The accent of -ês goes where a syllable follows: português, portuguesa.
    e("ês", "esa", 3).unless("vocês"),
];

const PORTUGUESE: &[Ending] = &[
    // g and c are written gu and qu before e: pago, paguei; fico, fique.
    e("gu", "g", 2).unless("águ língu"),
    e("qu", "c", 2).unless("porqu"),
];
