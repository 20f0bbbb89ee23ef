//! A bad network: what goes through it is cut to pieces, is late, and ends at any byte, in either direction.
//!
//! An answer that is cut off leaves a request that was stored and will come again.

use crate::collector::Address;
use fastrand::Rng;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// Ends with the runtime that it was started in.
pub struct Proxy {
    address: Address,
    cuts: Arc<AtomicUsize>,
    calm: Arc<AtomicBool>,
}

impl Proxy {
    /// Stands before what listens at `behind`.
    pub async fn start(behind: Address, mut rng: Rng) -> Proxy {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = Address::default();
        address.set(listener.local_addr().ok());
        let (cuts, calm) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let proxy = Proxy { address, cuts: cuts.clone(), calm: calm.clone() };
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, behind.clone(), rng.fork(), cuts.clone(), calm.clone()));
            }
        });
        proxy
    }

    pub fn address(&self) -> Address {
        self.address.clone()
    }

    /// From now on everything comes through.
    pub fn calm_down(&self) {
        self.calm.store(true, Ordering::Relaxed);
    }

    /// Connections cut so far.
    pub fn cuts(&self) -> usize {
        self.cuts.load(Ordering::Relaxed)
    }
}

async fn carry(near: TcpStream, behind: Address, mut rng: Rng, cuts: Arc<AtomicUsize>, calm: Arc<AtomicBool>) {
    let Some(behind) = behind.get() else { return };
    let Ok(far) = TcpStream::connect(behind).await else { return };
    let (mut near_in, mut near_out) = near.into_split();
    let (mut far_in, mut far_out) = far.into_split();
    // A request has some hundred bytes of head and up to 15 kB of body, an answer some 200 bytes.
    let (up, down) = match rng.u8(0..10) {
        0..4 => (Some(rng.usize(0..40_000)), None),
        4..8 => (None, Some(rng.usize(0..2_000))),
        _ => (None, None),
    };
    let cut = tokio::select! {
        cut = pass(&mut near_in, &mut far_out, up, rng.fork(), &calm) => cut,
        cut = pass(&mut far_in, &mut near_out, down, rng.fork(), &calm) => cut,
    };
    cuts.fetch_add(cut.into(), Ordering::Relaxed);
    // All four halves go: unread bytes make that a reset, otherwise it is an end.
}

/// Carries until one side ends, which is no cut, or `most` bytes have gone through, which is one.
async fn pass(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    most: Option<usize>,
    mut rng: Rng,
    calm: &AtomicBool,
) -> bool {
    let mut passed = 0;
    let mut buffer = vec![0; 16_384];
    loop {
        let is_calm = calm.load(Ordering::Relaxed);
        let piece = if is_calm { buffer.len() } else { rng.usize(1..=buffer.len()) };
        let left = match most {
            Some(most) if !is_calm => most - passed,
            _ => usize::MAX,
        };
        if left == 0 {
            return true;
        }
        let most_now = piece.min(left);
        let Ok(read @ 1..) = from.read(&mut buffer[..most_now]).await else { return false };
        passed += read;
        if !is_calm && rng.u8(0..8) == 0 {
            sleep(Duration::from_millis(rng.u64(0..15))).await;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return false;
        }
    }
}
