//! The few signs of the widget, drawn on a grid of 20 by 20. They are decoration: words stand beside or behind them.

use yew::prelude::*;

/// Which sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// A cross.
    Close,
    /// An arrow to where one came from.
    Back,
    /// A looking-glass.
    Search,
    /// A speech bubble.
    Person,
    /// An arrow out of a frame.
    Page,
}

/// A sign in the colour of the text around it.
pub fn icon(sign: Sign) -> Html {
    let path = match sign {
        Sign::Close => "M5 5l10 10M15 5L5 15",
        Sign::Back => "M11.5 4.5L6 10l5.5 5.5",
        Sign::Search => "M13 13l4 4M14.5 9a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0z",
        Sign::Person => "M3.5 4.5h13v9H9l-3.5 3v-3h-2z",
        Sign::Page => "M11 4h5v5M16 4l-7 7M8 5H4v11h11v-4",
    };
    html! {
        <svg class={if sign == Sign::Back { "icon turns" } else { "icon" }} viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
            <path d={path} fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
}
