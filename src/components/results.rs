//! What a question found.

use super::element::{El, all};
use super::marked::marked;
use super::notice::told;
use crate::copy::Copy;
use svar_session::{Msg, ResultView, Results, Trouble};
use yew::prelude::*;

/// Results, or the honest statement that there are none.
pub fn results(copy: &Copy, results: &Results, selected: Option<usize>, send: &Callback<Msg>) -> Html {
    let trouble = results.trouble.map(|what| unavailable(copy, what, send));
    if results.items.is_empty() {
        if let Some(trouble) = trouble {
            return trouble;
        }
        let notice = El::new("div").class("notice");
        if results.incomplete {
            return notice.text(copy.get(if results.slow { "loading.slow" } else { "results.more" })).html();
        }
        let advice = El::new("p").text(copy.get("nothing.text")).text(" ").text(copy.get("nothing.person"));
        return notice.el(El::new("h3").text(copy.get("nothing.title"))).el(advice).html();
    }
    let mut list =
        El::new("ul").attrs(&[("id", "results"), ("role", "listbox")]).with("aria-label", copy.get("results.label"));
    if results.incomplete {
        list = list.with("aria-busy", "true");
    }
    for (place, item) in results.items.iter().enumerate() {
        list = list.el(option(place, item, selected == Some(place)).sends(send, Msg::Picked(place)));
    }
    let corrected = results.corrected.as_ref();
    let said = corrected.map(|q| El::new("p").class("corrected").text(copy.with("results.corrected", q)).html());
    // Below the list, which it must not move.
    let slow = results.slow.then(|| El::new("p").class("offline").text(copy.get("loading.slow")).html());
    all(vec![said.unwrap_or_default(), trouble.unwrap_or_default(), list.html(), slow.unwrap_or_default()])
}

/// A part of the index could not be had: what is below may not be all.
fn unavailable(copy: &Copy, what: Trouble, send: &Callback<Msg>) -> Html {
    let retry = El::new("button").attrs(&[("type", "button"), ("class", "link")]).text(copy.get("retry"));
    let (title, _) = told(copy, what);
    El::new("p").class("offline").text(title).text(". ").el(retry.sends(send, Msg::Retry)).html()
}

/// The id of the option at `place`, by which the search box points at it.
pub fn option_id(place: usize) -> String {
    ["result-", &place.to_string()].concat()
}

fn option(place: usize, item: &ResultView, selected: bool) -> El {
    let el = El::new("li")
        .key(&item.id)
        .with("id", option_id(place))
        // For checking that the browser and the command answer alike, bit for bit.
        .with("data-score", item.score.to_string())
        .with("data-id", item.id.clone())
        .with("role", "option")
        .with("aria-selected", if selected { "true" } else { "false" })
        .el(marked(El::new("span").class("title"), &item.title, &item.title_spans));
    let Some(passage) = &item.passage else { return el };
    let mut text = El::new("span").class("passage");
    if !passage.heading.is_empty() {
        text = text.el(El::new("span").class("section").text(passage.heading.clone())).text(" · ");
    }
    if passage.cut_before {
        text = text.text("… ");
    }
    text = marked(text, &passage.text, &passage.spans);
    if passage.cut_after {
        text = text.text(" …");
    }
    el.el(text)
}
