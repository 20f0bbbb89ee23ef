//! The search box: a combobox after the ARIA Authoring Practices Guide (editable, list autocomplete, manual selection).

use super::icon::{Sign, icon};
use crate::copy::Copy;
use svar_session::{Key, Msg};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the search box needs.
#[derive(Debug)]
pub struct Props<'a> {
    /// The words on screen.
    pub copy: &'a Copy,
    /// The question as typed.
    pub query: &'a str,
    /// Results are below.
    pub expanded: bool,
    /// Place of the selected result.
    pub selected: Option<usize>,
    /// Where messages go.
    pub send: &'a Callback<Msg>,
}

/// The search box.
pub fn search_box(props: &Props<'_>) -> Html {
    let Props { copy, query, expanded, selected, send } = props;
    let oninput = send.reform(|event: InputEvent| Msg::Typed(event.target_unchecked_into::<HtmlInputElement>().value()));
    let onkeydown = {
        let (send, expanded) = ((*send).clone(), *expanded);
        Callback::from(move |event: KeyboardEvent| {
            // While letters are being composed, Enter and arrows belong to the keyboard.
            if event.is_composing() {
                return;
            }
            let key = match event.key().as_str() {
                "ArrowDown" if expanded => Key::Down,
                "ArrowUp" if expanded => Key::Up,
                "Enter" => Key::Enter,
                _ => return,
            };
            event.prevent_default();
            send.emit(Msg::Key(key));
        })
    };
    let clear = send.reform(|_: MouseEvent| Msg::Typed(String::new()));
    html! {
        <div class="search">
            { icon(Sign::Search) }
            <input
                type="text"
                role="combobox"
                aria-label={copy.get("search.label")}
                aria-autocomplete="list"
                aria-haspopup="listbox"
                aria-expanded={expanded.to_string()}
                aria-controls={expanded.then_some("results")}
                aria-activedescendant={selected.map(|s| format!("result-{s}"))}
                placeholder={copy.get("search.placeholder")}
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                enterkeyhint="search"
                value={query.to_string()}
                {oninput}
                {onkeydown}
            />
            if !query.is_empty() {
                <button type="button" class="quiet" onclick={clear} aria-label={copy.get("search.clear")}>{ icon(Sign::Close) }</button>
            }
        </div>
    }
}
