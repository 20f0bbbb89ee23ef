//! Cells: the questions of one set, part and form, what each engine scored on them, and svar beside the best peer there.

use std::collections::{BTreeMap, HashMap};

use super::engines::{Engine, Run};
use super::forms::Form;
use super::scores::{interval, mean, ndcg};
use super::set::{Asked, Part};

/// What stands for every kind of a set that is judged by kind.
pub const ALL_KINDS: &str = "all";

/// Fewer questions say nothing about a form: such a cell is left out. English has few words with marks.
const FEWEST: usize = 10;

/// A cell.
pub struct Cell {
    pub set: String,
    pub part: Part,
    /// The form, or the kind where questions are judged by kind.
    pub form: String,
    pub questions: usize,
    /// nDCG@10 of each engine.
    pub scores: BTreeMap<Engine, f64>,
    /// The same on the same questions as they were written.
    pub clean: BTreeMap<Engine, f64>,
    /// None without peers.
    pub peer: Option<Peer>,
}

/// svar beside the peer that is best in a cell.
pub struct Peer {
    pub engine: Engine,
    /// svar's score as a multiple of the peer's; none if the peer scored 0.
    pub ratio: Option<f64>,
    /// svar's score less the peer's, and its 95 % interval.
    pub difference: f64,
    pub interval: (f64, f64),
}

impl Cell {
    /// The cells of a set.
    pub fn of(set: &str, asked: &[Asked], runs: &[(Engine, Run)]) -> Vec<Cell> {
        let mut groups: BTreeMap<(Part, usize, String), Vec<&Asked>> = BTreeMap::new();
        for one in asked {
            let mut add = |order: usize, form: &str| {
                groups.entry((one.part, order, form.to_owned())).or_default().push(one);
            };
            match &one.kind {
                Some(kind) => {
                    add(1, kind);
                    add(0, ALL_KINDS);
                }
                None => add(Form::ALL.iter().position(|form| *form == one.form).unwrap_or_default(), one.form.name()),
            }
        }
        let scored: Vec<(Engine, HashMap<&str, f64>)> = runs
            .iter()
            .map(|(engine, run)| (*engine, asked.iter().map(|one| (one.id.as_str(), score(one, run))).collect()))
            .collect();
        groups
            .into_iter()
            .filter(|(_, members)| members.len() >= FEWEST || members.iter().any(|one| one.form == Form::Typed))
            .map(|((part, _, form), members)| Cell::new(set, part, form, &members, &scored))
            .collect()
    }

    fn new(set: &str, part: Part, form: String, members: &[&Asked], scored: &[(Engine, HashMap<&str, f64>)]) -> Cell {
        let of = |scores: &HashMap<&str, f64>, id: fn(&Asked) -> &str| -> Vec<f64> {
            members.iter().map(|one| scores.get(id(one)).copied().unwrap_or_default()).collect()
        };
        let values: BTreeMap<Engine, Vec<f64>> =
            scored.iter().map(|(engine, scores)| (*engine, of(scores, |one| &one.id))).collect();
        let scores: BTreeMap<Engine, f64> = values.iter().map(|(engine, values)| (*engine, mean(values))).collect();
        let best = scores.iter().filter(|(engine, _)| **engine != Engine::Svar).max_by(|a, b| a.1.total_cmp(b.1));
        let peer = best.and_then(|(engine, best)| {
            let (ours, theirs) = (values.get(&Engine::Svar)?, values.get(engine)?);
            let differences: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours - theirs).collect();
            Some(Peer {
                engine: *engine,
                ratio: (*best > 0.0).then(|| mean(ours) / best),
                difference: mean(&differences),
                interval: interval(&differences, &["interval", set, part.name(), &form]),
            })
        });
        Cell {
            set: set.to_owned(),
            part,
            questions: members.len(),
            scores,
            clean: scored.iter().map(|(engine, scores)| (*engine, mean(&of(scores, |one| &one.clean)))).collect(),
            peer,
            form,
        }
    }

    /// Whether it counts in the mean over cells: kinds are parts of the cell that holds them all.
    pub fn counts(&self) -> bool {
        self.part != Part::Judged || self.form == ALL_KINDS
    }
}

fn score(one: &Asked, run: &Run) -> f64 {
    ndcg(run.get(&one.id).map(Vec::as_slice).unwrap_or_default(), &one.grades)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(form: Form, question: &str, part: Part, kind: Option<&str>) -> Asked {
        let id = |form: Form| format!("{}/{question}", form.name());
        let grades = BTreeMap::from([("right".to_owned(), 1)]);
        Asked {
            id: id(form),
            text: String::new(),
            form,
            clean: id(Form::Typed),
            part,
            kind: kind.map(str::to_owned),
            grades,
        }
    }

    fn cells(asked: Vec<Asked>, found: &[(Engine, &[(&str, &str)])]) -> Vec<Cell> {
        let run = |found: &[(&str, &str)]| -> Run {
            found.iter().map(|(id, page)| ((*id).to_owned(), vec![(*page).to_owned()])).collect()
        };
        let runs: Vec<(Engine, Run)> = found.iter().map(|(engine, found)| (*engine, run(found))).collect();
        Cell::of("s", &asked, &runs)
    }

    #[test]
    fn a_cell_compares_with_its_best_peer_and_with_its_clean_questions() {
        let one = |form: Form, question: usize| asked(form, &question.to_string(), Part::Tuning, None);
        let of = |form: Form, questions: usize| (0..questions).map(move |question| one(form, question));
        let asked = of(Form::Typed, FEWEST).chain(of(Form::Typo, FEWEST)).chain(of(Form::Cut, FEWEST - 1)).collect();
        let all: Vec<String> = (0..FEWEST).map(|question| format!("typed/{question}")).collect();
        let all: Vec<(&str, &str)> = all.iter().map(|id| (id.as_str(), "right")).collect();
        let ours: Vec<(&str, &str)> = all.iter().copied().chain([("typo/1", "right"), ("typo/2", "wrong")]).collect();
        let cells = cells(
            asked,
            &[(Engine::Svar, &ours), (Engine::Pagefind, &[("typed/1", "right")]), (Engine::Configured, &all)],
        );
        let [typed, typo] = &cells[..] else { panic!("two cells, the third has too few questions") };
        assert_eq!((typed.form.as_str(), typo.form.as_str()), ("typed", "typo"));
        let peer = typed.peer.as_ref().expect("peers were asked");
        assert_eq!((peer.engine, peer.ratio, peer.difference), (Engine::Configured, Some(1.0), 0.0));
        assert_eq!((typo.scores[&Engine::Svar], typo.clean[&Engine::Svar]), (0.1, 1.0));
        assert_eq!(typo.peer.as_ref().map(|peer| (peer.ratio, peer.difference)), Some((None, 0.1)));
    }

    #[test]
    fn kinds_are_reported_and_counted_once() {
        let one = |question: &str, kind: &str| asked(Form::Typed, question, Part::Judged, Some(kind));
        let cells = cells(vec![one("1", "a"), one("2", "b")], &[(Engine::Svar, &[("typed/1", "right")])]);
        let all: Vec<(&str, usize, bool)> =
            cells.iter().map(|cell| (cell.form.as_str(), cell.questions, cell.counts())).collect();
        assert_eq!(all, [("all", 2, true), ("a", 1, false), ("b", 1, false)]);
        assert!(cells[0].peer.is_none());
    }
}
