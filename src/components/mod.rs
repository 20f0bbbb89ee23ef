//! From what the view says to elements: a function for each part of the screen.

pub mod article;
pub mod ask;
pub mod blocks;
pub mod contact;
pub mod element;
pub mod icon;
pub mod marked;
pub mod notice;
pub mod panel;
pub mod results;
pub mod search_box;
