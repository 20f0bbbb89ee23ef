//! What `cargo xtask bench load` runs: those who send, and the bare server that is the limit.
//!
//! ```text
//! svar-bench-load bare STORE                               serves on a free port, which it prints; STORE as for svar serve
//! svar-bench-load send ADDRESS PREFIX CLIENTS EVENTS SECONDS
//!                     sends EVENTS a request over CLIENTS connections to a collector; PREFIX begins the attempts' ids
//! ```

mod bare;
mod send;

use anyhow::{Result, bail};
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["bare", store] => bare::serve(store).await,
        ["send", address, prefix, clients, events, seconds] => {
            let load = send::Load {
                address: address.parse()?,
                prefix: prefix.into(),
                clients: clients.parse()?,
                events: events.parse()?,
                time: Duration::from_secs(seconds.parse()?),
            };
            println!("{}", send::send(load).await?);
            Ok(())
        }
        _ => bail!(
            "expected `bare STORE` or `send ADDRESS PREFIX CLIENTS EVENTS SECONDS`, found `{}`",
            arguments.join(" ")
        ),
    }
}
