//! What the loader calls: [`mount`] and the [`Handle`] it gets back.

use super::{clock, host};
use crate::app::App;
use crate::config::Settings;
use svar_outcome::Entry;
use svar_session::{Effect, Msg};
use wasm_bindgen::prelude::*;

/// A mounted widget, as the loader holds it.
#[wasm_bindgen]
pub struct Handle {
    app: Option<yew::AppHandle<App>>,
    settings: Settings,
}

#[wasm_bindgen]
impl Handle {
    /// Opens the panel. `entry` says how: `launcher`, `shortcut`, `api`, `deeplink`; anything else is `launcher`.
    pub fn open(&self, entry: &str) {
        let entry = match entry {
            "shortcut" => Entry::Shortcut,
            "api" => Entry::Api,
            "deeplink" => Entry::Deeplink,
            _ => Entry::Launcher,
        };
        self.send(Msg::Opened(entry));
    }

    /// Closes the panel. Closing it twice changes nothing.
    pub fn close(&self) {
        self.send(Msg::Closed);
    }

    /// Goes on with what [`host::Host::keep`] was given on an earlier page of this tab.
    pub fn resume(&self, kept: String) {
        self.send(Msg::Resumed(kept));
    }

    /// The page's own way to a person was opened, or taken to its end, with the case's number or without.
    pub fn contact(&self, submitted: bool, case: String) {
        self.send(Msg::ContactedByPage(submitted, case));
    }

    /// Lets out so much from now on: `full`, `no_text`, `counts` or `off`.
    pub fn consent(&self, mode: &str) {
        self.send(Msg::Consent(host::mode(mode)));
    }

    /// Takes the widget off the page with all its listeners and timers. What is known of the attempt is handed over first:
    /// a message would come too late.
    pub fn destroy(&mut self) {
        let Some(app) = self.app.take() else { return };
        for effect in self.settings.session.0.borrow_mut().update(Msg::Leaving, clock::now()) {
            if let Effect::Deliver(event) = effect {
                self.settings.host.deliver(&event);
            }
        }
        app.destroy();
    }

    fn send(&self, msg: Msg) {
        if let Some(app) = &self.app {
            app.send_message(msg);
        }
    }
}

/// Starts the widget in `root`, which should be empty and inside a shadow root. `options`: see [`host::settings`].
#[wasm_bindgen]
pub fn mount(root: web_sys::Element, options: JsValue) -> Handle {
    let settings = host::settings(options);
    let app = yew::Renderer::<App>::with_root_and_props(root, settings.clone()).render();
    Handle { app: Some(app), settings }
}
