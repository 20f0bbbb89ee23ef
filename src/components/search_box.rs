//! The search box: a combobox after the ARIA Authoring Practices Guide (editable, list autocomplete, manual selection).

use super::element::El;
use super::icon::{self, icon};
use super::results::option_id;
use crate::copy::Copy;
use std::rc::Rc;
use svar_session::{Key, Msg};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The search box with `query` in it. `expanded`: results are below, the one at `selected` selected.
pub fn search_box(copy: &Copy, query: &str, expanded: bool, selected: Option<usize>, send: &Callback<Msg>) -> Html {
    let typed = send.reform(|event: InputEvent| Msg::Typed(event.target_unchecked_into::<HtmlInputElement>().value()));
    let pressed = {
        let send = send.clone();
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
    let input = El::new("input")
        .attrs(&[
            ("type", "text"),
            ("role", "combobox"),
            ("aria-autocomplete", "list"),
            ("aria-haspopup", "listbox"),
            ("autocomplete", "off"),
            ("autocapitalize", "none"),
            ("spellcheck", "false"),
            ("enterkeyhint", "search"),
        ])
        .with("aria-label", copy.get("search.label"))
        .with("aria-expanded", if expanded { "true" } else { "false" })
        .maybe("aria-controls", expanded.then_some(AttrValue::Static("results")))
        .maybe("aria-activedescendant", selected.filter(|_| expanded).map(|s| AttrValue::from(option_id(s))))
        .with("placeholder", copy.get("search.placeholder"))
        .value(query)
        .listen(Rc::new(yew::html::oninput::Wrapper::new(typed)))
        .listen(Rc::new(yew::html::onkeydown::Wrapper::new(pressed)));
    let clear = || quiet(icon::CLOSE, copy.get("search.clear")).sends(send, Msg::Typed(String::new()));
    let clear = (!query.is_empty()).then(clear);
    El::new("div").class("search").push(icon(icon::SEARCH)).el(input).maybe_el(clear).html()
}

/// A button that is a sign alone, named by `label`.
pub fn quiet(path: &'static str, label: AttrValue) -> El {
    El::new("button").attrs(&[("type", "button"), ("class", "quiet")]).with("aria-label", label).push(icon(path))
}
