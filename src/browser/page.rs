//! What happens to the page: seen or hidden, online or offline, going away.

use gloo::events::EventListener;

/// What the page tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageEvent {
    /// It is seen and has the focus, or not.
    Attention(bool),
    /// The browser is online, or not.
    Online(bool),
    /// It is going away; what is not sent now may never be.
    Leaving,
}

/// Listens as long as it lives.
#[derive(Debug, Default)]
pub struct Listening(#[allow(dead_code)] Vec<EventListener>);

/// Listens until what it returns is dropped.
pub fn listen(tell: impl Fn(PageEvent) + Clone + 'static) -> Listening {
    let Some(window) = web_sys::window() else { return Listening::default() };
    let Some(document) = window.document() else { return Listening::default() };
    let seen = {
        let document = document.clone();
        move || !document.hidden() && document.has_focus().unwrap_or(true)
    };
    let mut all = Vec::new();
    for name in ["focus", "blur"] {
        let (tell, seen) = (tell.clone(), seen.clone());
        all.push(EventListener::new(&window, name, move |_| tell(PageEvent::Attention(seen()))));
    }
    let (tell_hidden, document_hidden) = (tell.clone(), document.clone());
    all.push(EventListener::new(&document, "visibilitychange", move |_| {
        tell_hidden(if document_hidden.hidden() { PageEvent::Leaving } else { PageEvent::Attention(true) });
        tell_hidden(PageEvent::Attention(seen()));
    }));
    for (name, event) in
        [("online", PageEvent::Online(true)), ("offline", PageEvent::Online(false)), ("pagehide", PageEvent::Leaving)]
    {
        let tell = tell.clone();
        all.push(EventListener::new(&window, name, move |_| tell(event)));
    }
    Listening(all)
}

/// Whether the browser says that it is online.
pub fn is_online() -> bool {
    web_sys::window().is_none_or(|w| w.navigator().on_line())
}
