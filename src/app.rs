//! The root component: holds the session, shows its view, carries out its effects.

use crate::browser::page::PageEvent;
use crate::browser::timer::Timer;
use crate::browser::{clock, fetch, focus, page, scroll, timer};
use crate::components::panel::{Props, panel};
use crate::config::Settings;
use std::cell::RefCell;
use std::rc::Rc;
use svar_session::{Cached, Effect, Focus, Msg, Screen, Session, Ticket};
use yew::prelude::*;

/// The widget within the loader's shadow root.
pub struct App {
    session: Rc<RefCell<Session>>,
    open: bool,
    dialog: NodeRef,
    send: Callback<Msg>,
    timers: Vec<(Ticket, Timer)>,
    /// Where the focus goes once what is decided is on screen.
    focus: Vec<Focus>,
    /// What was read last, so that another article begins at its top.
    shown: Option<String>,
    // Dropped with the component, which ends the listening.
    _listening: page::Listening,
}

impl Component for App {
    type Message = Msg;
    type Properties = Settings;

    fn create(ctx: &Context<App>) -> App {
        let link = ctx.link().clone();
        let listening = page::listen(move |event| {
            link.send_message(match event {
                PageEvent::Attention(seen) => Msg::Attention(seen),
                PageEvent::Online(online) => Msg::Online(online),
                PageEvent::Leaving => Msg::Leaving,
            });
        });
        let session = Rc::clone(&ctx.props().session.0);
        if !page::is_online() {
            session.borrow_mut().update(Msg::Online(false), clock::now());
        }
        App {
            session,
            open: false,
            dialog: NodeRef::default(),
            send: ctx.link().callback(|msg: Msg| msg),
            timers: Vec::new(),
            focus: Vec::new(),
            shown: None,
            _listening: listening,
        }
    }

    fn update(&mut self, ctx: &Context<App>, msg: Msg) -> bool {
        let seen = !matches!(msg, Msg::Input(_) | Msg::Scrolled(..));
        match &msg {
            Msg::Opened(_) => self.open = true,
            Msg::Closed if !self.open => return false,
            Msg::Closed => {
                self.open = false;
                ctx.props().host.closed();
            }
            Msg::Elapsed(ticket) => {
                self.timers.retain(|(t, _)| t != ticket);
            }
            _ => {}
        }
        let effects = self.session.borrow_mut().update(msg, clock::now());
        for effect in effects {
            self.carry_out(effect, ctx);
        }
        seen
    }

    fn view(&self, ctx: &Context<App>) -> Html {
        let settings = ctx.props();
        panel(&Props {
            view: &self.session.borrow().view(),
            copy: &settings.copy,
            lang: &settings.lang,
            plain: &settings.plain,
            base: &settings.base,
            dialog: &self.dialog,
            send: &self.send,
        })
    }

    fn rendered(&mut self, _ctx: &Context<App>, _first: bool) {
        focus::show(&self.dialog, self.open);
        if !self.open {
            self.focus.clear();
            return;
        }
        let view = self.session.borrow().view();
        let asking = view.ask.is_some();
        let reading = match view.screen {
            Screen::Article(article) => Some(article),
            _ => None,
        };
        let id = reading.as_ref().map(|a| a.id.clone());
        if id != self.shown {
            scroll::to_top(&self.dialog);
            self.shown = id;
        }
        for target in std::mem::take(&mut self.focus) {
            match target {
                Focus::Search => focus::focus(&self.dialog, "[role=combobox]"),
                Focus::Heading => focus::focus(&self.dialog, "[data-heading]"),
                Focus::Ask => focus::reveal_near(&self.dialog, "[data-ask]"),
                Focus::Section => {
                    if let Some(article) = &reading {
                        focus::reveal(&self.dialog, &article.anchor);
                    }
                }
            }
        }
        focus::reveal_near(&self.dialog, "[aria-selected=true]");
        // Not while typing: to know how far something is scrolled, a browser has to lay out the page.
        if (reading.is_some() || asking)
            && let Some((percent, asked)) = scroll::seen(&self.dialog)
        {
            // Not a message: it must not render again.
            self.session.borrow_mut().update(Msg::Scrolled(percent, asked), clock::now());
        }
    }
}

impl App {
    fn carry_out(&mut self, effect: Effect, ctx: &Context<App>) {
        match effect {
            Effect::Fetch(ticket, name, cached) => {
                let (host, index) = (ctx.props().host.clone(), ctx.props().index.clone());
                ctx.link().send_future(async move {
                    let ahead = if cached == Cached::Checked { host.take_manifest() } else { None };
                    let result = match ahead {
                        Some(response) => fetch::ahead(response).await,
                        None => fetch::bytes(&[index.as_str(), &name].concat(), cached).await,
                    };
                    Msg::Loaded(ticket, result)
                });
            }
            Effect::Wait(ticket, ms) => {
                let link = ctx.link().clone();
                self.timers.push((ticket, timer::after(ms, move || link.send_message(Msg::Elapsed(ticket)))));
            }
            Effect::Focus(target) => self.focus.push(target),
            Effect::Keep(text) => ctx.props().host.keep(&text),
            Effect::Deliver(event) => ctx.props().host.deliver(&event),
        }
    }
}
