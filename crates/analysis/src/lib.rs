//! Text to terms, for articles and for questions alike: the only place in svar that knows languages.
//!
//! - [`token`] cuts text into tokens whose spans point into the original.
//! - [`mod@fold`] makes a word's *term*: lower case, composed letters. [`marks`] takes å ä ö é ü ø down to their base.
//! - [`language`] knows each language's stemmer and filler words; [`stems`] and [`compound`] are what an index carries of
//!   them.
//!
//! What a change here does to terms must change [`REVISION`]: it is written into every index and checked on opening,
//! because answers go missing silently when the two sides disagree.

pub mod compound;
pub mod fold;
mod irregular;
pub mod language;
pub mod marks;
pub mod stems;
pub mod token;

pub use compound::Compounding;
pub use fold::fold;
pub use language::Language;
pub use marks::{has_marks, same_base, strip_marks};
pub use stems::Rules;
pub use token::{Token, TokenKind, tokens};

/// Revision of the analysis. An index made with another one is refused.
pub const REVISION: u32 = 2;
