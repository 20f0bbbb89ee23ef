//! Reading an article.

use super::ask::ask;
use super::blocks::{self, resolve};
use super::icon::{Sign, icon};
use super::notice::trouble;
use crate::copy::Copy;
use svar_session::{ArticleView, Body, Msg};
use yew::prelude::*;

/// The article with the way back, the way to its own page, and the question about the issue.
/// `base` is the address of the widget's folder.
pub fn article(copy: &Copy, article: &ArticleView, base: &str, send: &Callback<Msg>) -> Html {
    let page = resolve(base, &article.url);
    html! {
        <>
            <p class="back">
                <button type="button" class="link" onclick={send.reform(|_: MouseEvent| Msg::Back)}>{ icon(Sign::Back) }{ copy.get("article.back") }</button>
            </p>
            <article aria-labelledby="article-title">
                <div lang={article.lang.clone()}>
                    <h3 id="article-title" tabindex="-1" data-heading="">{ &article.title }</h3>
                    { match &article.body {
                        Body::Ready(body) => blocks::body(body, &blocks::Props { base, lang: &article.lang, send }),
                        Body::Loading => html! { <p class="notice" aria-busy="true">{ copy.get("article.loading") }</p> },
                        Body::Failed(what) => trouble(copy, *what, &page, send),
                    } }
                </div>
                <p class="meta">
                    <a href={page}>{ icon(Sign::Page) }{ copy.get("article.page") }</a>
                    if !article.updated.is_empty() { <span>{ copy.with("article.updated", &article.updated) }</span> }
                </p>
            </article>
            if matches!(article.body, Body::Ready(_)) {
                { ask(copy, article.ask, send) }
            }
        </>
    }
}
