//! Reading an article.

use super::ask::Ask;
use super::blocks::{Body as BodyBlocks, resolve};
use super::icon::{Icon, Sign};
use super::notice::Trouble;
use crate::copy::Copy;
use std::rc::Rc;
use svar_session::{ArticleView, Body, Msg};
use yew::prelude::*;

/// What an article needs.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct Props {
    /// The words on screen.
    pub copy: Copy,
    /// The article.
    pub article: Rc<ArticleView>,
    /// Address of the widget's folder.
    pub base: AttrValue,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// The article with the way back, the way to its own page, and the question about the issue.
#[component]
pub fn Article(props: &Props) -> Html {
    let Props { copy, article, base, send } = props;
    let page = resolve(base, &article.url);
    html! {
        <>
            <p class="back">
                <button type="button" class="link" onclick={send.reform(|_: MouseEvent| Msg::Back)}><Icon sign={Sign::Back} />{ copy.get("article.back") }</button>
            </p>
            <article aria-labelledby="article-title">
                <div lang={article.lang.clone()}>
                    <h3 id="article-title" tabindex="-1" data-heading="">{ &article.title }</h3>
                    { match &article.body {
                        Body::Ready(body) => html! {
                            <BodyBlocks body={Rc::clone(body)} base={base.clone()} lang={article.lang.clone()} send={send.clone()} />
                        },
                        Body::Loading => html! { <p class="notice" aria-busy="true">{ copy.get("article.loading") }</p> },
                        Body::Failed(trouble) => html! { <Trouble copy={copy.clone()} trouble={*trouble} page={page.clone()} send={send.clone()} /> },
                    } }
                </div>
                <p class="meta">
                    <a href={page}><Icon sign={Sign::Page} />{ copy.get("article.page") }</a>
                    if !article.updated.is_empty() { <span>{ copy.with("article.updated", &article.updated) }</span> }
                </p>
            </article>
            if matches!(article.body, Body::Ready(_)) {
                <Ask copy={copy.clone()} ask={article.ask} send={send.clone()} />
            }
        </>
    }
}
