//! Lets what stands in `cases.md` happen, and compares what is said of it there.

#![allow(clippy::unwrap_used, clippy::panic)]

use svar_outcome::*;

const CASES: &str = include_str!("cases.md");

/// A customer as the table tells of her.
struct Customer {
    story: Story,
    now_ms: u64,
    seen_since: Option<u64>,
    articles: u32,
}

impl Customer {
    fn new() -> Customer {
        let start = Attempt { attempt: "0123456789abcdef".into(), ..Attempt::default() };
        let now_ms = 1_795_445_104_000;
        Customer { story: Story { start, began_ms: now_ms, moments: vec![] }, now_ms, seen_since: None, articles: 0 }
    }

    fn pass(&mut self, time: &str) {
        let (number, unit) = time.split_at(time.len() - 1);
        self.now_ms += number.parse::<u64>().unwrap() * if unit == "m" { 60_000 } else { 1000 };
    }

    fn happens(&mut self, moment: Moment) {
        self.story.push(moment);
    }

    /// What is being seen stops being seen, and is among the moments then, as the session does it.
    fn look_away(&mut self) {
        if let Some(since) = self.seen_since.take() {
            let ms = Story::seen_ms(Some(since), self.now_ms);
            self.happens(Moment::new(self.now_ms, Act::Seen, ms));
        }
    }

    fn does(&mut self, what: &str) {
        let words: Vec<&str> = what.split_whitespace().collect();
        if words[0] != "reads" {
            self.look_away();
        }
        let now = self.now_ms;
        match words.as_slice() {
            ["searches", results, rest @ ..] => {
                let search = Search { results: results.parse().unwrap(), ..Search::default() };
                self.happens(Moment::searched(now, search, rest.is_empty()));
            }
            ["opens", "contact"] => self.happens(Moment::contacted(now, Contact::default())),
            ["opens", length, again @ ..] => {
                self.articles += u32::from(again.is_empty());
                let id = format!("article-{}", self.articles);
                let via = if self.story.moments.is_empty() { Via::Link } else { Via::Results };
                let reading = Reading { id, via, rank: Some(1), ..Reading::default() };
                self.happens(Moment::opened(now, reading, length.parse().unwrap()));
            }
            ["reads", time] => {
                self.seen_since.get_or_insert(now);
                self.pass(time);
            }
            ["waits", time] => self.pass(time),
            ["says", answer, because @ ..] => {
                let answer = ["yes", "partly", "no"].iter().position(|a| a == answer).unwrap();
                self.happens(Moment::new(now, Act::Asked, Where::Article as u32));
                self.happens(Moment::new(now, Act::Declared, answer as u32));
                if let ["because", reason] = because {
                    let reason = Reason::ALL.iter().find(|r| word(r) == *reason).unwrap();
                    self.happens(Moment::new(now, Act::Reasoned, *reason as u32));
                }
            }
            ["asks", "a", "person"] => {
                let sent = Contact { submitted: true, ..Contact::default() };
                self.happens(Moment::contacted(now, sent));
            }
            ["new", "issue"] => self.happens(Moment::new(now, Act::NewIssue, 0)),
            _ => panic!("nobody knows how to: {what}"),
        }
    }

    fn said_of(&self) -> [String; 3] {
        let attempt = self.story.attempt(self.seen_since, self.now_ms);
        let Outcome { behaviour, class, provisional, retracted } = attempt.outcome;
        let (end, _) = self.story.end(self.seen_since, self.now_ms);
        assert_eq!(provisional, end.is_none());
        let mut class = word(&class);
        if let Some(reason) = attempt.declared.and_then(|d| d.reason) {
            class.push_str(&format!(" {}", word(&reason)));
        }
        if retracted {
            class.push_str(" retracted");
        }
        let over = match end {
            None => "no",
            Some(End::Contact) => "contact",
            Some(End::NewIssue) => "new issue",
            Some(End::Idle) => "idle",
        };
        [behaviour.map(|b| word(&b)).unwrap_or_default(), class, over.to_owned()]
    }
}

/// A value as it stands in the event.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap().trim_matches('"').to_owned()
}

/// The rows of the tables with four columns: the acts, and what is said of them.
fn rows() -> Vec<(Vec<&'static str>, [String; 3])> {
    let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>();
    let four = CASES.lines().map(cells).filter(|cells| cells.len() == 4);
    four.filter(|cells| cells[0] != "what happens" && !cells[0].starts_with("---"))
        .map(|cells| {
            (cells[0].split(',').map(str::trim).collect(), [cells[1].into(), cells[2].into(), cells[3].into()])
        })
        .collect()
}

#[test]
fn cases() {
    let rows = rows();
    assert!(rows.len() >= 60, "{} rows read", rows.len());
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(acts, expected)| {
            let mut customer = Customer::new();
            acts.iter().filter(|act| !act.is_empty()).for_each(|act| customer.does(act));
            let found = customer.said_of();
            (found != *expected).then(|| format!("{}: expected {expected:?}, found {found:?}", acts.join(", ")))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Written down on one page and read on the next, between any two acts, a story is the same.
#[test]
fn a_page_load_between_any_two_acts_changes_nothing() {
    for (acts, expected) in rows() {
        let mut customer = Customer::new();
        for act in acts.iter().filter(|act| !act.is_empty()) {
            customer.does(act);
            customer.look_away();
            let text = kept::keep(&customer.story, Mode::Full);
            let blank = Attempt { attempt: String::new(), ..customer.story.start.clone() };
            customer.story = kept::story(&text, blank).unwrap();
        }
        // A look of half an hour that is broken off is an act.
        if !acts.contains(&"reads 31m") {
            assert_eq!(customer.said_of(), expected, "{}", acts.join(", "));
        }
    }
}

/// Whatever happens, an attempt that is over stays over, and no answer is lost.
#[test]
fn ended_is_ended() {
    for (acts, _) in rows() {
        let mut customer = Customer::new();
        let mut over = None;
        for act in acts.iter().filter(|act| !act.is_empty()) {
            customer.does(act);
            let (end, _) = customer.story.end(customer.seen_since, customer.now_ms);
            assert!(over.is_none() || end.is_some(), "{}", acts.join(", "));
            over = over.or(end);
        }
        let declared = acts.iter().any(|act| act.starts_with("says"));
        let attempt = customer.story.attempt(customer.seen_since, customer.now_ms);
        assert_eq!(attempt.declared.is_some(), declared, "{}", acts.join(", "));
    }
}
