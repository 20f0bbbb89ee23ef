//! The panel: a modal dialog with the search box on top, the way to a person at the bottom, and what matters in between.

use super::article::article;
use super::ask::ask;
use super::contact::contact;
use super::element::El;
use super::icon;
use super::notice::{told, trouble};
use super::results::results;
use super::search_box::{quiet, search_box};
use crate::copy::Copy;
use std::rc::Rc;
use svar_outcome::Input;
use svar_session::{Announcement, Msg, Screen, View};
use yew::prelude::*;

/// What the panel needs.
#[derive(Debug)]
pub struct Props<'a> {
    /// What is to be seen.
    pub view: &'a View,
    /// The words on screen.
    pub copy: &'a Copy,
    /// Tag of the language that the words are in.
    pub lang: &'a str,
    /// Address of the widget's folder.
    pub base: &'a str,
    /// Address of the page with all articles.
    pub plain: &'a str,
    /// The dialog, for showing and closing it.
    pub dialog: &'a NodeRef,
    /// Where messages go.
    pub send: &'a Callback<Msg>,
}

/// The panel.
pub fn panel(props: &Props<'_>) -> Html {
    let Props { view, copy, lang, base, plain, dialog, send } = props;
    // The system's back where it closes dialogs. The browser must not close it behind our back.
    let cancelled = send.reform(|event: Event| {
        event.prevent_default();
        Msg::Closed
    });
    let pressed = {
        let send = (*send).clone();
        Callback::from(move |event: KeyboardEvent| {
            send.emit(Msg::Input(Input::Keyboard));
            if event.key() == "Escape" && !event.is_composing() {
                event.prevent_default();
                send.emit(Msg::Closed);
            }
        })
    };
    let touched = send.reform(|event: PointerEvent| {
        Msg::Input(if event.pointer_type() == "touch" { Input::Touch } else { Input::Pointer })
    });
    let scrolled = {
        let (send, dialog) = ((*send).clone(), (*dialog).clone());
        Callback::from(move |_: Event| {
            if let Some((percent, asked)) = crate::browser::scroll::seen(&dialog) {
                send.emit(Msg::Scrolled(percent, asked));
            }
        })
    };
    let (expanded, selected) = match &view.screen {
        Screen::Results(results, selected) => (!results.items.is_empty(), *selected),
        _ => (false, None),
    };
    let head = El::new("div")
        .class("head")
        .el(El::new("h2").with("id", "panel-title").text(copy.get("title")))
        .el(quiet(icon::CLOSE, copy.get("close")).sends(send, Msg::Closed))
        .push(search_box(copy, &view.query, expanded, selected, send));
    let mut body = El::new("div")
        .attrs(&[("class", "body"), ("data-scroller", ""), ("role", "group")])
        .with("aria-label", copy.get("title"))
        // Results are chosen from the search box; so that they can be scrolled by keys as well, this takes the focus.
        .maybe("tabindex", matches!(view.screen, Screen::Results(..)).then_some(AttrValue::Static("0")))
        .listen(Rc::new(yew::html::onscroll::Wrapper::new(scrolled)));
    let offline = view.offline && !matches!(view.screen, Screen::Failed(_));
    body = body.maybe_el(offline.then(|| El::new("p").class("offline").text(copy.get("offline"))));
    body = match &view.screen {
        Screen::Welcome => body.el(El::new("p").class("notice").text(copy.get("search.hint"))),
        Screen::Loading { slow } => {
            let mut notice = El::new("div")
                .attrs(&[("class", "notice"), ("aria-busy", "true")])
                .el(El::new("p").text(copy.get("loading")));
            if *slow {
                let page = El::new("a").with("href", (*plain).to_owned()).text(copy.get("plain"));
                notice = notice.el(El::new("p").text(copy.get("loading.slow"))).el(El::new("p").el(page));
            }
            body.el(notice)
        }
        Screen::Results(what, selected) => {
            let body = body.push(results(copy, what, *selected, send));
            match view.ask {
                Some(asked) => body.push(ask(copy, asked, send)),
                None => body,
            }
        }
        Screen::Article(what) => body.push(article(copy, what, base, send)),
        Screen::Failed(what) => body.push(trouble(copy, *what, plain, send)),
    };
    El::new("dialog")
        .reference(dialog)
        .with("lang", (*lang).to_owned())
        .with("aria-labelledby", "panel-title")
        .listen(Rc::new(yew::html::oncancel::Wrapper::new(cancelled)))
        .listen(Rc::new(yew::html::onkeydown::Wrapper::new(pressed)))
        .listen(Rc::new(yew::html::onpointerdown::Wrapper::new(touched)))
        .el(head)
        .el(body)
        .maybe_el(view.contact.as_ref().map(|way| contact(copy, way, send)))
        .el(El::new("p").attrs(&[("class", "spoken"), ("role", "status")]).text(spoken(copy, &view.announcement)))
        .html()
}

/// What a screen reader hears.
fn spoken(copy: &Copy, announcement: &Announcement) -> String {
    let (first, second) = match announcement {
        Announcement::Silence => return String::new(),
        Announcement::Found(n, first) => {
            let count = copy.count("results.one", "results.other", *n);
            (AttrValue::from(count), AttrValue::from(copy.with("results.first", first)))
        }
        Announcement::NothingFound => (copy.get("nothing.title"), copy.get("nothing.text")),
        Announcement::Loading => return copy.get("loading").to_string(),
        Announcement::Failed(trouble) => told(copy, *trouble),
        Announcement::Thanks => return copy.get("ask.thanks.heard").to_string(),
    };
    [first.as_str(), second.as_str()].join(". ")
}
