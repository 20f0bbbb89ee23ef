//! The dialog and the focus within it.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, Node};
use yew::NodeRef;

/// Shows a `<dialog>` as modal, or closes it. Doing it twice changes nothing.
pub fn show(dialog: &NodeRef, open: bool) {
    let Some(element) = dialog.cast::<Element>() else { return };
    if element.has_attribute("open") == open {
        return;
    }
    // Called by name: web-sys's HtmlDialogElement brings nothing more. A browser without it shows the dialog in place.
    let method = js_sys::Reflect::get(&element, &JsValue::from_str(if open { "showModal" } else { "close" }));
    let called = method.ok().and_then(|m| m.dyn_into::<js_sys::Function>().ok()).map(|f| f.call0(&element));
    if !matches!(called, Some(Ok(_))) {
        let _ = if open { element.set_attribute("open", "") } else { element.remove_attribute("open") };
    }
}

/// Focuses the first element below `root` that matches `selector`.
pub fn focus(root: &NodeRef, selector: &str) {
    if let Some(element) = find(root, selector).and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Brings the element with `anchor` as its `data-anchor` to the top of what scrolls, unless it is in the upper half
/// already: then the title stays in sight.
pub fn reveal(root: &NodeRef, anchor: &str) {
    let Some(root) = root.cast::<Element>() else { return };
    let Ok(all) = root.query_selector_all("[data-anchor]") else { return };
    let frame = root.get_bounding_client_rect();
    for i in 0..all.length() {
        let element = all.get(i).and_then(|n: Node| n.dyn_into::<Element>().ok());
        if let Some(element) = element.filter(|e| e.get_attribute("data-anchor").as_deref() == Some(anchor)) {
            if element.get_bounding_client_rect().top() > frame.top() + frame.height() / 2.0 {
                element.scroll_into_view();
            }
            return;
        }
    }
}

/// Scrolls as little as brings what matches `selector` into sight.
pub fn reveal_near(root: &NodeRef, selector: &str) {
    if let Some(element) = find(root, selector) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

fn find(root: &NodeRef, selector: &str) -> Option<Element> {
    root.cast::<Element>()?.query_selector(selector).ok().flatten()
}
