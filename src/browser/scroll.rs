//! How far something is scrolled.

use web_sys::Element;
use yew::NodeRef;

/// How much of what the dialog scrolls has been seen, in percent, and whether the question about the issue is in
/// sight. All of it is seen where nothing needs to be scrolled.
pub fn seen(dialog: &NodeRef) -> Option<(u8, bool)> {
    let element = scroller(dialog)?;
    let (top, height, whole) = (element.scroll_top(), element.client_height(), element.scroll_height());
    let percent = if whole <= 0 { 100 } else { ((top + height) * 100 / whole).clamp(0, 100) };
    let frame = element.get_bounding_client_rect();
    let in_sight = element.query_selector("[data-ask]").ok().flatten().is_some_and(|asked| {
        let rect = asked.get_bounding_client_rect();
        rect.height() > 0.0 && rect.top() + 8.0 < frame.bottom() && rect.bottom() > frame.top()
    });
    Some((percent as u8, in_sight))
}

/// Back to the top.
pub fn to_top(dialog: &NodeRef) {
    if let Some(element) = scroller(dialog) {
        element.set_scroll_top(0);
    }
}

/// What scrolls within the dialog.
fn scroller(dialog: &NodeRef) -> Option<Element> {
    dialog.cast::<Element>()?.query_selector("[data-scroller]").ok().flatten()
}
