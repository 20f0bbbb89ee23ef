//! "Did this solve your issue?": after the article, in the flow of the text, never covering it and never taking the focus.

use crate::copy::Copy;
use svar_outcome::{Reason, Solved};
use svar_session::{AskView, Msg};
use yew::prelude::*;

/// The question, its answers, a reason where it was not solved, and thanks.
pub fn ask(copy: &Copy, ask: AskView, send: &Callback<Msg>) -> Html {
    let answers = [(Solved::Solved, copy.get("ask.yes")), (Solved::Partly, copy.get("ask.partly")), (Solved::NotSolved, copy.get("ask.no"))];
    let reasons = [
        (Reason::NotFound, copy.get("reason.not_found")),
        (Reason::Unclear, copy.get("reason.unclear")),
        (Reason::Wrong, copy.get("reason.wrong")),
        (Reason::Outdated, copy.get("reason.outdated")),
        (Reason::OtherProduct, copy.get("reason.other_product")),
        (Reason::CannotDo, copy.get("reason.cannot_do")),
        (Reason::Other, copy.get("reason.other")),
    ];
    let answer = |(value, words): (Solved, AttrValue)| {
        let pressed = ask.answer == Some(value);
        html! {
            <button type="button" aria-pressed={pressed.to_string()} onclick={send.reform(move |_: MouseEvent| Msg::Declared(value))}>{ words }</button>
        }
    };
    let reason = |(value, words): (Reason, AttrValue)| {
        let pressed = ask.reason == Some(value);
        html! {
            <button type="button" aria-pressed={pressed.to_string()} onclick={send.reform(move |_: MouseEvent| Msg::Reasoned(value))}>{ words }</button>
        }
    };
    let solved = ask.answer == Some(Solved::Solved);
    html! {
        <section class="ask" data-ask="">
            <div class="row" role="group" aria-labelledby="ask">
                <h4 id="ask">{ copy.get("ask.question") }</h4>
                <div class="answers">{ for answers.into_iter().map(answer) }</div>
            </div>
            if ask.answer.is_some() && !solved {
                <div role="group" aria-labelledby="reason">
                    <p id="reason">{ copy.get("ask.reason") }</p>
                    <div class="reasons">{ for reasons.into_iter().map(reason) }</div>
                </div>
            }
            if solved {
                <p class="thanks">{ copy.get("ask.thanks.yes") }</p>
            } else if ask.reason.is_some() {
                <p class="thanks">{ copy.get("ask.thanks.no") }</p>
            }
            if ask.answer.is_some() {
                <p><button type="button" class="link" onclick={send.reform(|_: MouseEvent| Msg::NewIssue)}>{ copy.get("ask.new") }</button></p>
            }
        </section>
    }
}
