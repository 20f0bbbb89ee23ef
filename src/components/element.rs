//! Elements, built by calls.
//!
//! `html!` writes the building of every element out in full; with the widget's sixty elements that is 18 kB of code in
//! the browser, a third of it after compression. These few functions are there once. What comes out is the same virtual
//! DOM.

use std::rc::Rc;
use svar_session::Msg;
use yew::prelude::*;
use yew::virtual_dom::{Key, Listener, VList, VNode, VTag, VText};

/// An element in the making. Boxed: it is handed from call to call.
pub struct El(Box<VTag>);

impl El {
    /// An element without attributes and content.
    #[inline(never)]
    pub fn new(tag: &'static str) -> El {
        El(Box::new(VTag::new(tag)))
    }

    /// With attributes that never change, as name and value.
    #[inline(never)]
    pub fn attrs(mut self, attributes: &'static [(&'static str, &'static str)]) -> El {
        for (name, value) in attributes {
            self.0.add_attribute(name, AttrValue::Static(value));
        }
        self
    }

    /// With an attribute.
    pub fn with(self, name: &'static str, value: impl Into<AttrValue>) -> El {
        self.set(name, value.into())
    }

    /// With a class.
    pub fn class(self, value: &'static str) -> El {
        self.set("class", AttrValue::Static(value))
    }

    /// With an attribute, if there is a value for it.
    pub fn maybe(self, name: &'static str, value: Option<AttrValue>) -> El {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    #[inline(never)]
    fn set(mut self, name: &'static str, value: AttrValue) -> El {
        self.0.add_attribute(name, value);
        self
    }

    /// With the text of a form field.
    #[inline(never)]
    pub fn value(mut self, value: &str) -> El {
        self.0.set_value(Some(AttrValue::from(value.to_owned())));
        self
    }

    /// Found again in a list by this key.
    #[inline(never)]
    pub fn key(mut self, key: &str) -> El {
        self.0.key = Some(Key::from(key.to_owned()));
        self
    }

    /// Known by this reference.
    pub fn reference(mut self, node: &NodeRef) -> El {
        self.0.node_ref = node.clone();
        self
    }

    /// Sends `msg` when pressed.
    pub fn sends(self, send: &Callback<Msg>, msg: Msg) -> El {
        self.pressed(send, msg, false)
    }

    /// Sends `msg` when pressed, instead of what the browser would do.
    pub fn sends_instead(self, send: &Callback<Msg>, msg: Msg) -> El {
        self.pressed(send, msg, true)
    }

    #[inline(never)]
    fn pressed(self, send: &Callback<Msg>, msg: Msg, instead: bool) -> El {
        let send = send.clone();
        let pressed = Callback::from(move |event: MouseEvent| {
            // A new tab was asked for: that is the browser's to do.
            let plain = !(event.ctrl_key() || event.meta_key() || event.shift_key());
            if instead && plain {
                event.prevent_default();
            }
            if plain || !instead {
                send.emit(msg.clone());
            }
        });
        self.listen(Rc::new(yew::html::onclick::Wrapper::new(pressed)))
    }

    /// Listens to an event.
    #[inline(never)]
    pub fn listen(mut self, listener: Rc<dyn Listener>) -> El {
        self.0.add_listener(listener);
        self
    }

    /// Contains text, after what it contains already.
    pub fn text(self, text: impl Into<AttrValue>) -> El {
        self.say(text.into())
    }

    #[inline(never)]
    fn say(self, text: AttrValue) -> El {
        self.push(words(text))
    }

    /// Contains `child`, after what it contains already.
    #[inline(never)]
    pub fn push(mut self, child: Html) -> El {
        self.0.add_child(child);
        self
    }

    /// Contains the element, after what it contains already.
    #[inline(never)]
    pub fn el(self, child: El) -> El {
        self.push(child.html())
    }

    /// The finished element.
    #[inline(never)]
    pub fn html(self) -> Html {
        VNode::from(*self.0)
    }
}

/// Text on its own.
pub fn words(text: impl Into<AttrValue>) -> Html {
    VNode::from(VText::new(text.into()))
}

/// Several nodes one after another.
#[inline(never)]
pub fn all(nodes: Vec<Html>) -> Html {
    VNode::from(VList::with_children(nodes, None))
}
