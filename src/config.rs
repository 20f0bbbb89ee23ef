//! What the loader hands over.

use crate::browser::host::Host;
use crate::copy::Copy;
use std::cell::RefCell;
use svar_session::Session;

/// Everything that is fixed while the widget is mounted.
#[derive(Clone, PartialEq, yew::Properties)]
pub struct Settings {
    /// The words on screen.
    pub copy: Copy,
    /// Tag of the language that the words are in.
    pub lang: yew::AttrValue,
    /// Address of the widget's folder, with a slash at the end.
    pub base: yew::AttrValue,
    /// Address of the index folder, with a slash at the end.
    pub index: yew::AttrValue,
    /// Address of the page with all articles.
    pub plain: yew::AttrValue,
    /// The session. The application and its handle share it, so that what must leave when the widget is taken off the page
    /// does so at once.
    pub session: Shared<RefCell<Session>>,
    /// The loader: deliveries and closing go there.
    pub host: Host,
}

/// Shared and compared by identity.
pub struct Shared<T>(pub std::rc::Rc<T>);

impl<T> Shared<T> {
    /// Shares `value`.
    pub fn new(value: T) -> Shared<T> {
        Shared(std::rc::Rc::new(value))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Shared<T> {
        Shared(std::rc::Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Shared<T>) -> bool {
        std::rc::Rc::ptr_eq(&self.0, &other.0)
    }
}
