//! "Did this solve your issue?": after the article, or below results and where there are none; in the flow of the text,
//! never covering it and never taking the focus.

use super::element::El;
use crate::copy::Copy;
use svar_outcome::{Reason, Solved};
use svar_session::{AskView, Msg};
use yew::prelude::*;

/// The question, its answers, a reason where it was not solved, and thanks.
pub fn ask(copy: &Copy, ask: AskView, send: &Callback<Msg>) -> Html {
    let choice = |words: AttrValue, chosen: bool, msg: Msg| {
        El::new("button")
            .with("type", "button")
            .with("aria-pressed", if chosen { "true" } else { "false" })
            .text(words)
            .sends(send, msg)
    };
    let mut answers = El::new("div").class("answers");
    for (value, words) in [
        (Solved::Solved, copy.get("ask.yes")),
        (Solved::Partly, copy.get("ask.partly")),
        (Solved::NotSolved, copy.get("ask.no")),
    ] {
        answers = answers.el(choice(words, ask.answer == Some(value), Msg::Declared(value)));
    }
    let words = if ask.prompt == 1 { "ask.question" } else { "ask.question.open" };
    let group = |label: &'static str| El::new("div").with("role", "group").with("aria-labelledby", label);
    let question = group("ask").class("row").el(El::new("h3").with("id", "ask").text(copy.get(words))).el(answers);
    let reasons = || {
        let mut reasons = El::new("div").class("reasons");
        for (value, words) in [
            (Reason::NotFound, copy.get("reason.not_found")),
            (Reason::Unclear, copy.get("reason.unclear")),
            (Reason::Wrong, copy.get("reason.wrong")),
            (Reason::Outdated, copy.get("reason.outdated")),
            (Reason::OtherProduct, copy.get("reason.other_product")),
            (Reason::CannotDo, copy.get("reason.cannot_do")),
            (Reason::Other, copy.get("reason.other")),
        ] {
            reasons = reasons.el(choice(words, ask.reason == Some(value), Msg::Reasoned(value)));
        }
        group("reason").el(El::new("p").with("id", "reason").text(copy.get("ask.reason"))).el(reasons)
    };
    let solved = ask.answer == Some(Solved::Solved);
    let thanks = if solved { Some(copy.get("ask.thanks.yes")) } else { ask.reason.map(|_| copy.get("ask.thanks.no")) };
    let anew = || {
        let anew = El::new("button").attrs(&[("type", "button"), ("class", "link")]).text(copy.get("ask.new"));
        El::new("p").el(anew.sends(send, Msg::NewIssue))
    };
    El::new("section")
        .attrs(&[("class", "ask"), ("data-ask", ""), ("aria-labelledby", "ask")])
        .el(question)
        .maybe_el((ask.answer.is_some() && !solved).then(reasons))
        .maybe_el(thanks.map(|words| El::new("p").class("thanks").text(words)))
        .maybe_el(ask.answer.map(|_| anew()))
        .html()
}
