//! Reading an article.

use super::ask::ask;
use super::blocks::{Around, blocks, resolve};
use super::element::{El, all};
use super::icon::{self, icon};
use super::notice::trouble;
use crate::copy::Copy;
use svar_session::{ArticleView, Body, Msg};
use yew::prelude::*;

/// The article with the way back, the way to its own page, and the question about the issue. `base` is the address of
/// the widget's folder.
pub fn article(copy: &Copy, article: &ArticleView, base: &str, send: &Callback<Msg>) -> Html {
    let page = resolve(base, &article.url);
    let back = El::new("button")
        .attrs(&[("type", "button"), ("class", "link")])
        .push(icon(icon::BACK))
        .text(copy.get("article.back"));
    let title = El::new("h3")
        .attrs(&[("id", "article-title"), ("tabindex", "-1"), ("data-heading", "")])
        .text(article.title.clone());
    let text = El::new("div").with("lang", article.lang.clone()).el(title);
    let text = match &article.body {
        Body::Ready(body) => blocks(text, body, &Around { base, lang: &article.lang, send }),
        Body::Loading => {
            text.el(El::new("p").attrs(&[("class", "notice"), ("aria-busy", "true")]).text(copy.get("article.loading")))
        }
        Body::Failed(what) => text.push(trouble(copy, *what, &page, send)),
    };
    let updated =
        (!article.updated.is_empty()).then(|| El::new("span").text(copy.with("article.updated", &article.updated)));
    let meta = El::new("p")
        .class("meta")
        .el(El::new("a").with("href", page).push(icon(icon::PAGE)).text(copy.get("article.page")))
        .maybe_el(updated);
    all(vec![
        El::new("p").class("back").el(back.sends(send, Msg::Back)).html(),
        // Another article is another element, so that nothing of the last one lingers.
        El::new("article").key(&article.id).with("aria-labelledby", "article-title").el(text).el(meta).html(),
        if matches!(article.body, Body::Ready(_)) { ask(copy, article.ask, send) } else { Html::default() },
    ])
}
