//! What is said when there is nothing to show: not yet, or not at all.

use crate::copy::Copy;
use svar_session::Msg;
use yew::prelude::*;

/// What a failure needs.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct Props {
    /// The words on screen.
    pub copy: Copy,
    /// What stands in the way.
    pub trouble: svar_session::Trouble,
    /// A page where the same can be read.
    pub page: String,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// What happened and what the customer can do: try again, or read on a plain page.
#[component]
pub fn Trouble(props: &Props) -> Html {
    use svar_session::Trouble as T;
    let Props { copy, trouble, page, send } = props;
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
                <a href={page.clone()}>{ copy.get("plain") }</a>
            </p>
        </div>
    }
}
