//! placeholder
pub mod article;
