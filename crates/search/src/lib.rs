//! A question to ranked hits with reasons.
//!
//! [`search`] reads a question into words ([`question`]), gives each word its ways of being met in the vocabulary
//! ([`mod@expand`], by what [`lookup`] finds with [`mod@walk`]), adds up scores ([`rank`], [`mod@pieces`]) and names what would be needed to answer
//! better. [`mod@explain`] shows a score as the sum that it is.
//! [`mod@passage`] picks the stretch of an article that answers, with highlights.
//!
//! Nothing here fetches. With term shards missing, an answer is what can be said so far, and [`Answer::needs`] names the
//! files; attach them to the index and search again. What is answered depends on the shards that a question needs and on
//! no others, so the order in which files arrive leaves no trace in a complete answer.
//!
//! ```
//! use svar_index::{Article, Index, Manifest, Policy, write, article::{Block, Inline}};
//! use svar_search::{Options, search};
//!
//! let text = vec![Block::Paragraph(vec![Inline::Text("Du kan flytta fakturans förfallodag två veckor.".into())])];
//! let article = Article { id: "anstand".into(), lang: "sv".into(), title: "Få anstånd".into(), body: text, ..Article::default() };
//! let files = write(&[article], &Policy::default())?;
//! let bytes = |name: &str| -> std::sync::Arc<[u8]> { files.iter().find(|f| f.name == name).map(|f| f.bytes.clone()).unwrap_or_default().into() };
//! let core = Manifest::open(bytes("manifest.bin"))?.languages[0].core;
//! let index = Index::open(bytes(&core.name()), core)?;
//!
//! let answer = search(&index, "flyta fakturan", &Options::default());
//! assert_eq!(index.entry(answer.hits[0].article).map(|e| e.id.as_str()), Some("anstand"));
//! assert_eq!(answer.corrected.as_deref(), Some("flytta fakturan"));
//! # Ok::<(), svar_index::IndexError>(())
//! ```

pub mod expand;
pub mod explain;
pub mod lookup;
pub mod passage;
pub mod pieces;
pub mod question;
pub mod rank;
pub mod walk;

pub use explain::{Explanation, explain};
pub use passage::{Passage, Span, highlight, passage};
pub use rank::{Answer, Hit, Match, Options, PREPARED_HITS, Reason, prepare, search};
