//! From what happened to a behaviour and a class.
//!
//! The rules, first that matches (revision [`RULES_REVISION`]):
//!
//! 1. `escalated`: contact was submitted
//! 2. `declared_solved`, `declared_partly`, `declared_not`: the customer said so
//! 3. `exhibited_solved`: the last act was reading an article for at least [`reading_threshold_s`], contact not opened
//! 4. `exhibited_not`: ended on zero results; or two or more reformulations and no article read for 10 s; or contact
//!    opened and left with nothing read
//! 5. `unknown`: the rest. Leaving without a click can be good or bad
//! 6. `browse`: nothing searched, opened or said. Not an attempt; counted apart
//!
//! `tests/cases.md` has cases that a knowledge manager can read.
//!
//! The *behaviour* applies rules 1, 3, 4 and 5 alone, as if nothing had been declared: it is what declared answers are
//! extrapolated over. On good abandonment see Diriye et al., CIKM 2012; on implicit measures Fox et al., TOIS 2005.

use crate::attempt::Attempt;
use serde::{Deserialize, Serialize};

/// Changes whenever a rule or a constant below does. Travels with every event.
pub const RULES_REVISION: u32 = 1;

/// An article seen for less than this, in active seconds, was not read.
pub const GLANCE_S: u32 = 10;

/// What the customer did, whatever was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// Read and was content, as far as one can see.
    XPlus,
    /// Gave up, as far as one can see.
    XMinus,
    /// Cannot be told.
    #[default]
    U,
    /// Asked a person.
    E,
}

/// The class of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A person was asked.
    Escalated,
    /// Said solved.
    DeclaredSolved,
    /// Said partly solved.
    DeclaredPartly,
    /// Said not solved.
    DeclaredNot,
    /// Read long enough and left.
    ExhibitedSolved,
    /// Ended without an answer.
    ExhibitedNot,
    /// Cannot be told.
    Unknown,
    /// Not an attempt.
    #[default]
    Browse,
}

/// The last thing the customer did that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LastAct {
    /// Nothing yet.
    #[default]
    None,
    /// Searched; articles found.
    Search {
        /// How many.
        results: u32,
    },
    /// Read an article.
    Read {
        /// Visible and focused seconds, over all times it was open in this attempt.
        active_s: u32,
        /// Words in the article.
        words: u32,
    },
}

/// What the rules need beside the attempt's own fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence {
    /// The last act. A search within ten minutes after reading is a later act, which holds here because an attempt's
    /// last act is taken when it closes or is sent.
    pub last_act: LastAct,
}

/// Active seconds after which an article of `words` words counts as read:
/// T = clamp(0.4 × words ÷ 4 per second, 12, 45). Our own starting value, to be calibrated per site against declared
/// answers.
pub fn reading_threshold_s(words: u32) -> u32 {
    (words / 10).clamp(12, 45)
}

/// Behaviour, class and the `retracted` flag of an attempt. The behaviour is `None` for browsing.
pub fn classify(attempt: &Attempt, evidence: Evidence) -> (Option<Behaviour>, Class) {
    use crate::attempt::Solved;
    let acted = !attempt.searches.is_empty()
        || !attempt.articles.is_empty()
        || attempt.contact.opened
        || attempt.contact.submitted
        || attempt.declared.is_some();
    if !acted {
        return (None, Class::Browse);
    }
    let behaviour = behave(attempt, evidence);
    let class = match (behaviour, attempt.declared.as_ref().map(|d| d.value)) {
        (Behaviour::E, _) => Class::Escalated,
        (_, Some(Solved::Solved)) => Class::DeclaredSolved,
        (_, Some(Solved::Partly)) => Class::DeclaredPartly,
        (_, Some(Solved::NotSolved)) => Class::DeclaredNot,
        (Behaviour::XPlus, None) => Class::ExhibitedSolved,
        (Behaviour::XMinus, None) => Class::ExhibitedNot,
        (Behaviour::U, None) => Class::Unknown,
    };
    (Some(behaviour), class)
}

fn behave(attempt: &Attempt, evidence: Evidence) -> Behaviour {
    if attempt.contact.submitted {
        return Behaviour::E;
    }
    if let LastAct::Read { active_s, words } = evidence.last_act
        && active_s >= reading_threshold_s(words)
        && !attempt.contact.opened
    {
        return Behaviour::XPlus;
    }
    let read = attempt.articles.iter().any(|a| a.active_s >= GLANCE_S);
    let reformulations = attempt.searches.iter().filter(|s| s.reformulates).count();
    let ended_empty = evidence.last_act == LastAct::Search { results: 0 };
    if ended_empty || (reformulations >= 2 && !read) || (attempt.contact.opened && !read) {
        return Behaviour::XMinus;
    }
    Behaviour::U
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threshold_is_clamped() {
        assert_eq!([0, 100, 200, 400, 4000].map(reading_threshold_s), [12, 12, 20, 40, 45]);
    }
}
