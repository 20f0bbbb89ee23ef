//! The panel: a modal dialog with the search box on top, the way to a person at the bottom, and what matters in between.

use super::article::article;
use super::contact::contact;
use super::icon::{Sign, icon};
use super::notice::trouble;
use super::results::result_list;
use super::search_box::{self, search_box};
use crate::copy::Copy;
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
    pub lang: &'a AttrValue,
    /// Address of the widget's folder.
    pub base: &'a str,
    /// The dialog, for showing and closing it.
    pub dialog: &'a NodeRef,
    /// Where messages go.
    pub send: &'a Callback<Msg>,
}

/// The panel.
pub fn panel(props: &Props<'_>) -> Html {
    let Props { view, copy, lang, base, dialog, send } = props;
    let close = send.reform(|_: MouseEvent| Msg::Closed);
    // Escape, and the system's back where it closes dialogs. The browser must not close it behind our back.
    let oncancel = send.reform(|event: Event| {
        event.prevent_default();
        Msg::Closed
    });
    let onkeydown = {
        let send = (*send).clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && !event.is_composing() {
                event.prevent_default();
                send.emit(Msg::Closed);
            }
        })
    };
    let onscroll = {
        let (send, dialog) = ((*send).clone(), (*dialog).clone());
        Callback::from(move |_: Event| {
            if let Some((percent, asked)) = crate::browser::scroll::seen(&dialog) {
                send.emit(Msg::Scrolled(percent, asked));
            }
        })
    };
    let (expanded, selected) = match &view.screen {
        Screen::Results(results) => (!results.items.is_empty(), results.selected),
        _ => (false, None),
    };
    let plain = format!("{base}help/{lang}.html");
    html! {
        <dialog ref={(*dialog).clone()} lang={(*lang).clone()} aria-labelledby="panel-title" {oncancel} {onkeydown}>
            <header>
                <h2 id="panel-title">{ copy.get("title") }</h2>
                <button type="button" class="quiet" onclick={close} aria-label={copy.get("close")}>{ icon(Sign::Close) }</button>
                { search_box(&search_box::Props { copy, query: &view.query, expanded, selected, send }) }
            </header>
            <div class="body" data-scroller="" {onscroll}>
                if view.offline && !matches!(view.screen, Screen::Failed(_)) {
                    <p class="offline">{ copy.get("offline") }</p>
                }
                { match &view.screen {
                    Screen::Welcome => html! { <p class="notice">{ copy.get("search.hint") }</p> },
                    Screen::Loading { slow } => html! {
                        <div class="notice" aria-busy="true">
                            <p>{ copy.get("loading") }</p>
                            if *slow { <p>{ copy.get("loading.slow") }</p><p><a href={plain.clone()}>{ copy.get("plain") }</a></p> }
                        </div>
                    },
                    Screen::Results(results) => result_list(copy, results, send),
                    Screen::Article(what) => article(copy, what, base, send),
                    Screen::Failed(what) => trouble(copy, *what, &plain, send),
                } }
            </div>
            if let Some(way) = &view.contact {
                { contact(copy, way, send) }
            }
            <p class="spoken" role="status">{ spoken(copy, &view.announcement) }</p>
        </dialog>
    }
}

/// What a screen reader hears.
fn spoken(copy: &Copy, announcement: &Announcement) -> String {
    use svar_session::Trouble as T;
    let two = |a: AttrValue, b: AttrValue| format!("{a}. {b}");
    match announcement {
        Announcement::Silence => String::new(),
        Announcement::Found(n, first) => {
            format!("{}. {}", copy.count("results.one", "results.other", *n), copy.with("results.first", first))
        }
        Announcement::NothingFound => two(copy.get("nothing.title"), copy.get("nothing.text")),
        Announcement::Loading => copy.get("loading").to_string(),
        Announcement::Failed(T::Offline) => two(copy.get("offline"), copy.get("offline.text")),
        Announcement::Failed(T::Missing) => two(copy.get("missing.title"), copy.get("missing.text")),
        Announcement::Failed(T::Damaged) => two(copy.get("damaged.title"), copy.get("damaged.text")),
        Announcement::Failed(T::Version) => two(copy.get("version.title"), copy.get("version.text")),
        Announcement::Thanks => copy.get("ask.thanks.heard").to_string(),
    }
}
