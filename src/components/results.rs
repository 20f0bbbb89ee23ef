//! What a question found.

use super::marked::marked;
use crate::copy::Copy;
use svar_session::{Msg, ResultView, Results};
use yew::prelude::*;

/// Results, or the honest statement that there are none.
pub fn result_list(copy: &Copy, results: &Results, send: &Callback<Msg>) -> Html {
    if results.items.is_empty() {
        if results.incomplete {
            return html! { <p class="notice">{ copy.get("results.more") }</p> };
        }
        return html! {
            <div class="notice">
                <h3>{ copy.get("nothing.title") }</h3>
                <p>{ copy.get("nothing.text") }{ " " }{ copy.get("nothing.person") }</p>
            </div>
        };
    }
    let option = |(place, item): (usize, &ResultView)| {
        let selected = results.selected == Some(place);
        html! {
            <li
                key={item.id.clone()}
                id={format!("result-{place}")}
                role="option"
                aria-selected={selected.to_string()}
                onclick={send.reform(move |_: MouseEvent| Msg::Picked(place))}
            >
                <span class="title">{ marked(&item.title, &item.title_spans) }</span>
                { item.passage.as_ref().map(|p| html! {
                    <span class="passage">
                        if !p.heading.is_empty() { <span class="section">{ &p.heading }{ " · " }</span> }
                        if p.cut_before { { "… " } }
                        { marked(&p.text, &p.spans) }
                        if p.cut_after { { " …" } }
                    </span>
                }) }
            </li>
        }
    };
    html! {
        <>
            if let Some(corrected) = &results.corrected {
                <p class="corrected">{ copy.with("results.corrected", corrected) }</p>
            }
            <ul id="results" role="listbox" aria-label={copy.get("results.label")}>
                { for results.items.iter().enumerate().map(option) }
            </ul>
        </>
    }
}
