//! What is known about each language: its stemmer and its filler words.

use crate::irregular::{self, alternation};
use rust_stemmers::{Algorithm, Stemmer};

/// A language of an index. Every tag that is not known here is [`Language::Other`]: Unicode words, no stems.
///
/// Stems cost the browser nothing: they are found at build and carried in the index (see [`crate::stems`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Danish.
    Danish,
    /// Dutch.
    Dutch,
    /// English.
    English,
    /// Finnish.
    Finnish,
    /// French.
    French,
    /// German.
    German,
    /// Italian.
    Italian,
    /// Norwegian, Bokmål and Nynorsk.
    Norwegian,
    /// Portuguese.
    Portuguese,
    /// Spanish.
    Spanish,
    /// Swedish.
    Swedish,
    /// Any other.
    Other,
}

impl Language {
    /// The language of a BCP 47 tag; only the primary subtag counts and case does not.
    pub fn of_tag(tag: &str) -> Language {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "da" => Language::Danish,
            "de" => Language::German,
            "en" => Language::English,
            "es" => Language::Spanish,
            "fi" => Language::Finnish,
            "fr" => Language::French,
            "it" => Language::Italian,
            "nb" | "nn" | "no" => Language::Norwegian,
            "nl" => Language::Dutch,
            "pt" => Language::Portuguese,
            "sv" => Language::Swedish,
            _ => Language::Other,
        }
    }

    /// The stem of a term: an irregular form gives way to its base, which is stemmed as regular words are.
    /// Terms with digits and terms of languages without a stemmer are their own stem.
    pub fn stem(self, term: &str) -> String {
        if term.chars().any(|c| c.is_ascii_digit()) {
            return term.to_owned();
        }
        let base = irregular::base(self, term);
        self.regular_stem(base.as_deref().unwrap_or(term))
    }

    /// The stem of a regular word: Snowball's algorithm for the language cuts its ending (snowballstem.org), and what that
    /// leaves apart is brought together.
    pub(crate) fn regular_stem(self, term: &str) -> String {
        let algorithm = match self {
            Language::Danish => Algorithm::Danish,
            Language::Dutch => Algorithm::Dutch,
            Language::English => Algorithm::English,
            Language::Finnish => Algorithm::Finnish,
            Language::French => Algorithm::French,
            Language::German => Algorithm::German,
            Language::Italian => Algorithm::Italian,
            Language::Norwegian => Algorithm::Norwegian,
            Language::Portuguese => Algorithm::Portuguese,
            Language::Spanish => Algorithm::Spanish,
            Language::Swedish => Algorithm::Swedish,
            Language::Other => return term.to_owned(),
        };
        let term = alternation::of_term(self, term);
        alternation::of_stem(self, &term, &Stemmer::create(algorithm).stem(&term))
    }

    /// Whether `term` is a filler word: one that says little about what a customer is after. Filler words are indexed
    /// and matched; they count less.
    pub fn is_filler(self, term: &str) -> bool {
        self.fillers().any(|w| w == term)
    }

    /// The filler words of the language.
    pub fn fillers(self) -> impl Iterator<Item = &'static str> {
        let words = match self {
            Language::Danish => DANISH,
            Language::Dutch => DUTCH,
            Language::English => ENGLISH,
            Language::Finnish => FINNISH,
            Language::French => FRENCH,
            Language::German => GERMAN,
            Language::Italian => ITALIAN,
            Language::Norwegian => NORWEGIAN,
            Language::Portuguese => PORTUGUESE,
            Language::Spanish => SPANISH,
            Language::Swedish => SWEDISH,
            Language::Other => "",
        };
        words.split_ascii_whitespace()
    }
}

/// Closed-class words and the verbs of asking, chosen by us from the grammar of the language.
const SWEDISH: &str = "och att det den de dem som en ett i på av för med till är var från om inte har hade jag du vi ni han hon man \
    mig dig oss er min mitt mina din ditt dina vår vårt våra sin sitt sina så men eller när då hur vad vem vilken vilket vilka varför \
    kan kunde ska skulle vill ville måste får fick blir blev vara varit göra gör gjort gå går finns där här denna detta dessa \
    man alla allt något någon några ingen inget inga än också bara ju nu upp ut in vid efter utan under över mot hos mellan \
    behöver hej tack";

/// See [`SWEDISH`].
const ENGLISH: &str = "a an the and or but if of to in on at by for from with without about into over after before is are was were be \
    been being am do does did done have has had having i you he she it we they me him her us them my your his its our their this that \
    these those there here what which who whom whose when where why how can could will would shall should may might must not no so \
    than then too very just as up down out off get got want need please hi hello thanks s t re ve ll d m don doesn didn isn aren";

/// See [`SWEDISH`].
const DANISH: &str = "og at det den de dem som en et i på af for med til er var fra om ikke har havde jeg du vi i han hun man mig dig \
    os min mit mine din dit dine vores sin så men eller når da hvor hvad hvem hvilken hvilket hvilke hvorfor hvordan kan kunne \
    skal skulle vil ville må måtte får fik bliver blev være været gør gøre går gå her der denne dette disse alle noget nogen \
    ingen også bare nu op ud ind ved efter uden under over mod hos mellem hej tak";

/// See [`SWEDISH`].
const NORWEGIAN: &str = "og at det den de dem som en et ei i på av for med til er var fra om ikke ikkje har hadde jeg eg du vi me han \
    hun ho man meg deg oss min mitt mine din ditt dine vår sin så men eller når da hvor kor hva kva hvem hvilken hvilket hvilke hvorfor \
    hvordan korleis kan kunne skal skulle vil ville må måtte får fikk blir ble være vært gjør gjøre går gå her der denne dette \
    disse alle noe noen ingen også bare nå opp ut inn ved etter uten under over mot hos mellom hei takk";

/// See [`SWEDISH`].
const GERMAN: &str = "der die das den dem des ein eine einen einem einer eines und oder aber in im an am auf aus bei beim mit nach von vom \
    zu zum zur für über unter vor um durch ohne gegen ist sind war waren sein wird werden wurde hat haben hatte ich du er sie es wir \
    ihr mich mir dich dir uns euch mein meine meinen meinem meiner dein deine ihre ihren unser unsere sich kann können \
    könnte muss müssen soll sollen will wollen möchte darf was wer wie wo wann warum welche welcher welches dass wenn als auch \
    nur noch schon so nicht kein keine keinen hier da dort dann mehr sehr alle etwas man bitte hallo danke";

/// See [`SWEDISH`].
const DUTCH: &str = "de het een en of maar in op aan van voor met naar uit bij door over onder tot om te is zijn was waren wordt worden \
    heeft hebben had ik je jij u hij zij ze wij we jullie mij me mijn jouw uw ons onze hun zich kan kunnen kon moet moeten zal zullen wil \
    willen mag wat wie hoe waar wanneer waarom welke welk dat die dit deze als dan ook nog al niet geen er hier daar meer zeer \
    alle iets men hallo dank";

/// See [`SWEDISH`].
const FINNISH: &str = "ja tai mutta että jos kun kuin niin myös vain vielä jo ei en et emme ette eivät on ovat oli olivat olla olen olet \
    olemme minä sinä hän me te he minun sinun hänen meidän teidän heidän minulla tämä tuo se nämä nuo ne mikä mitä missä mistä mihin \
    milloin miksi miten kuinka kuka kenen voi voin voiko voinko voidaan pitää täytyy saa saan haluan sekä ennen jälkeen kanssa \
    ilman kaikki joku jotain mitään nyt sitten hei kiitos";

/// See [`SWEDISH`].
const FRENCH: &str = "le la les un une des du de d l et ou mais dans en sur sous à au aux avec sans pour par chez vers entre est sont était \
    être été a ai as ont avait avoir je tu il elle on nous vous ils elles me te se mon ma mes ton ta tes son sa ses notre nos votre vos \
    leur leurs ce cet cette ces qui que quoi quel quelle quels quelles où quand comment pourquoi combien si ne pas plus aussi très \
    tout tous toute toutes peut peux pouvez puis faire fait faut dois doit veux voudrais y j n s c m t qu bonjour merci";

/// See [`SWEDISH`].
const SPANISH: &str = "el la los las un una unos unas de del a al y e o u pero en con sin por para sobre entre desde hasta es son era ser \
    sido está están estar estoy he ha han había haber tengo tiene tener yo tú él ella nosotros ustedes ellos me te se nos mi mis tu tus \
    su sus nuestro nuestra este esta estos estas ese esa eso lo le les que qué quién cuál cuáles cómo dónde cuándo cuánto por qué si \
    no ni más muy también ya todo toda todos todas puedo puede pueden hacer hago hay quiero hola gracias";

/// See [`SWEDISH`].
const ITALIAN: &str = "il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla in nel \
    nella nei con senza per su sul sulla tra fra e o ma è sono era essere stato ho hai ha abbiamo hanno avere io tu lui lei noi voi loro \
    mi ti si ci vi mio mia miei tuo tua suo sua nostro vostro questo questa questi queste quello quella che chi cosa quale quali \
    come dove quando perché quanto se non più molto anche già tutto tutti posso può possono fare faccio devo deve vorrei l d dell all nell sull quest c ciao grazie";

/// See [`SWEDISH`].
const PORTUGUESE: &str = "o a os as um uma uns umas de do da dos das em no na nos nas ao à aos às com sem por pelo pela para sobre entre \
    até e ou mas é são era ser sido está estão estar estou tem têm ter tenho há eu tu ele ela nós vocês eles me te se meu minha meus \
    minhas teu tua seu sua seus suas nosso nossa este esta estes estas esse essa isso isto aquele que quem qual quais como onde \
    quando porque quanto não nem mais muito também já todo toda todos todas posso pode podem fazer faço devo quero olá obrigado";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for (tag, language) in [
            ("sv", Language::Swedish),
            ("sv-SE", Language::Swedish),
            ("SV_fi", Language::Swedish),
            ("en-gb", Language::English),
            ("nb-NO", Language::Norwegian),
            ("pt-br", Language::Portuguese),
            ("svenska", Language::Other),
            ("", Language::Other),
        ] {
            assert_eq!(Language::of_tag(tag), language);
        }
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        let sv = |a, b| assert_eq!(Language::Swedish.stem(a), Language::Swedish.stem(b), "{a} {b}");
        for (a, b) in [
            ("faktura", "fakturan"),
            ("fakturor", "fakturorna"),
            ("avbrott", "avbrottet"),
            ("router", "routern"),
            ("flytta", "flyttar"),
        ] {
            sv(a, b);
        }
        let en = |a, b| assert_eq!(Language::English.stem(a), Language::English.stem(b), "{a} {b}");
        for (a, b) in
            [("invoice", "invoices"), ("moving", "move"), ("restarted", "restart"), ("complaint", "complaints")]
        {
            en(a, b);
        }
        for (language, a, b) in [
            (Language::Danish, "regning", "regninger"),
            (Language::Dutch, "rekening", "rekeningen"),
            (Language::Finnish, "lasku", "laskut"),
            (Language::French, "facture", "factures"),
            (Language::German, "rechnung", "rechnungen"),
            (Language::Italian, "fattura", "fatture"),
            (Language::Norwegian, "regning", "regningene"),
            (Language::Portuguese, "fatura", "faturas"),
            (Language::Spanish, "factura", "facturas"),
        ] {
            assert_eq!(language.stem(a), language.stem(b), "{a} {b}");
        }
        assert_eq!(Language::Swedish.stem("e104"), "e104");
        assert_eq!(Language::Other.stem("laskut"), "laskut");
    }

    #[test]
    fn fillers() {
        assert!(Language::Swedish.is_filler("hur") && !Language::Swedish.is_filler("faktura"));
        assert!(Language::English.is_filler("the") && !Language::English.is_filler("sv"));
        assert!(!Language::Swedish.is_filler(""));
    }
}
