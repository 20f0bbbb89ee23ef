//! The commands, a file each.

pub mod build;
pub mod check;
pub mod report;
pub mod search;
pub mod serve;
pub mod store;

/// `310 B`, `4.2 kB`, `1.3 MB`; 1 kB is 1,000 bytes.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// `1 file`, `2 files`.
fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
