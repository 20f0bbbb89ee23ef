//! What is said when something cannot be shown.

use super::element::El;
use crate::copy::Copy;
use svar_session::{Msg, Trouble};
use yew::prelude::*;

/// Title and advice for what stands in the way.
pub fn told(copy: &Copy, trouble: Trouble) -> (AttrValue, AttrValue) {
    match trouble {
        Trouble::Offline => (copy.get("offline"), copy.get("offline.text")),
        Trouble::Missing => (copy.get("missing.title"), copy.get("missing.text")),
        Trouble::Damaged => (copy.get("damaged.title"), copy.get("damaged.text")),
        Trouble::Version => (copy.get("version.title"), copy.get("version.text")),
    }
}

/// What happened and what the customer can do: try again, or read the same on `page`.
pub fn trouble(copy: &Copy, trouble: Trouble, page: &str, send: &Callback<Msg>) -> Html {
    let (title, text) = told(copy, trouble);
    let retry = El::new("button").with("type", "button").text(copy.get("retry")).sends(send, Msg::Retry);
    let plain = El::new("a").with("href", page.to_owned()).text(copy.get("plain"));
    El::new("div")
        .class("notice")
        .el(El::new("h3").text(title))
        .el(El::new("p").text(text))
        .el(El::new("p").class("actions").el(retry).el(plain))
        .html()
}
