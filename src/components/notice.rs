//! What is said when there is nothing to show: not yet, or not at all.

use crate::copy::Copy;
use svar_session::{Msg, Trouble as T};
use yew::prelude::*;

/// What happened and what the customer can do: try again, or read the same on `page`.
pub fn trouble(copy: &Copy, trouble: T, page: &str, send: &Callback<Msg>) -> Html {
    let (title, text) = match trouble {
        T::Offline => (copy.get("offline"), copy.get("offline.text")),
        T::Missing => (copy.get("missing.title"), copy.get("missing.text")),
        T::Damaged => (copy.get("damaged.title"), copy.get("damaged.text")),
        T::Version => (copy.get("version.title"), copy.get("version.text")),
    };
    html! {
        <div class="notice">
            <h3>{ title }</h3>
            <p>{ text }</p>
            <p class="actions">
                <button type="button" onclick={send.reform(|_: MouseEvent| Msg::Retry)}>{ copy.get("retry") }</button>
                <a href={page.to_owned()}>{ copy.get("plain") }</a>
            </p>
        </div>
    }
}
