//! The few signs of the widget, drawn on a grid of 20 by 20. They are decoration: words stand beside or behind them.

use super::element::El;
use yew::prelude::*;

/// A cross.
pub const CLOSE: &str = "M5 5l10 10M15 5L5 15";
/// An arrow to where one came from.
pub const BACK: &str = "M11.5 4.5L6 10l5.5 5.5";
/// A looking-glass.
pub const SEARCH: &str = "M13 13l4 4M14.5 9a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0z";
/// A speech bubble.
pub const PERSON: &str = "M3.5 4.5h13v9H9l-3.5 3v-3h-2z";
/// An arrow out of a frame.
pub const PAGE: &str = "M11 4h5v5M16 4l-7 7M8 5H4v11h11v-4";

/// A sign in the colour of the text around it. Its strokes are the style sheet's.
pub fn icon(path: &'static str) -> Html {
    El::new("svg")
        .class(if path == BACK { "icon turns" } else { "icon" })
        .attrs(&[("viewBox", "0 0 20 20"), ("aria-hidden", "true")])
        .el(El::new("path").with("d", path))
        .html()
}
