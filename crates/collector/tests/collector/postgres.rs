//! A PostgreSQL server that goes away and comes back, and one that asks for TLS and a password. `cargo xtask test` starts
//! them; elsewhere these tests are skipped.

use super::*;
use sqlx::Connection as _;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use svar_collector::{StoreError, ingest::PATH};

/// A variable of `cargo xtask test`; none, and a word about it, outside of that.
fn told(name: &str) -> Option<String> {
    let value = std::env::var(name).ok();
    if value.is_none() {
        use std::io::Write as _;
        // Not by `eprintln!`, which is heard only when a test fails.
        let _ = writeln!(
            std::io::stderr(),
            "skipped, no PostgreSQL: `cargo xtask test --only native` starts one for the tests"
        );
    }
    value
}

/// An empty place in the server that tests share.
pub async fn schema_of_its_own() -> Option<StoreAddress> {
    let server = told("SVAR_TEST_POSTGRES")?;
    let name = format!("t{}_{}", std::process::id(), now_ms());
    let mut admin = sqlx::PgConnection::connect(&server).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    Some(format!("{server}?options=-csearch_path%3D{name}").parse().unwrap())
}

/// A server that one test at a time starts and stops, this one or one of the command's (`crates/cli/tests/crash`).
struct OwnServer {
    ctl: String,
    _lock: std::fs::File,
}

impl OwnServer {
    fn of(ctl: String) -> OwnServer {
        let lock = std::fs::File::open(&ctl).unwrap();
        lock.lock().unwrap();
        OwnServer { ctl, _lock: lock }
    }

    async fn does(&self, words: &'static [&'static str]) {
        let mut command = Command::new(&self.ctl);
        command.args(words);
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let _ = Command::new(&self.ctl).args(["stop", "-m", "immediate"]).output();
    }
}

async fn collector(address: &StoreAddress) -> (Arc<dyn Store>, axum::Router) {
    let store = open_store(address, Migrate::Locked).await.unwrap();
    let limits = Limits { burst: 1_000_000, ..Limits::default() };
    let router = router(AppState::with_limits(store.clone(), &options(Path::new("unused")), limits).unwrap());
    (store, router)
}

/// Two collectors are being sent attempts while the server is killed, again and again. What they said they have is there
/// in the end, once; while the server is away they say so, and they find it again by themselves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_comes_back_is_found_and_nothing_is_lost() {
    let (Some(url), Some(ctl)) = (told("SVAR_TEST_POSTGRES_SECOND"), told("SVAR_TEST_POSTGRES_CTL")) else { return };
    let server = OwnServer::of(ctl);
    server.does(&["start"]).await;
    let address: StoreAddress = url.parse().unwrap();
    let collectors = [collector(&address).await, collector(&address).await];
    let done = Arc::new(AtomicBool::new(false));
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let mut senders = vec![];
    for n in 0..8 {
        let (router, done, tell) = (collectors[n % 2].1.clone(), done.clone(), tell.clone());
        senders.push(tokio::spawn(async move {
            let mut refused = 0;
            let mut next = 0;
            while !done.load(Ordering::Relaxed) {
                let state = attempt(&format!("sender{n}-{next}-"));
                let answer = ask(&router, request("POST", PATH, &[BATCH], batch([state.clone()]))).await;
                match answer.status {
                    StatusCode::ACCEPTED => {
                        tell.send(state.attempt).unwrap();
                        next += 1;
                    }
                    StatusCode::SERVICE_UNAVAILABLE => {
                        assert_eq!(answer.header("retry-after"), "30");
                        refused += 1;
                        // The same attempt again, soon: a widget waits longer.
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    other => panic!("{other}: {}", answer.text()),
                }
            }
            refused
        }));
    }
    drop(tell);
    let mut acknowledged: Vec<String> = vec![];
    for _ in 0..3 {
        for _ in 0..100 {
            acknowledged.push(told.recv().await.unwrap());
        }
        server.does(&["stop", "-m", "immediate"]).await;
        for (_, router) in &collectors {
            let answer = ask(router, request("POST", PATH, &[BATCH], batch([attempt("away")]))).await;
            assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "30"));
        }
        server.does(&["start"]).await;
        for (_, router) in &collectors {
            let began = Instant::now();
            while ask(router, request("GET", "/svar/v1/health", &[], "")).await.status != StatusCode::OK {
                assert!(began.elapsed() < Duration::from_secs(20), "the server is up again and was not found");
            }
            let answer = ask(router, request("POST", PATH, &[BATCH], batch([attempt("back")]))).await;
            assert_eq!(answer.status, StatusCode::ACCEPTED);
        }
    }
    done.store(true, Ordering::Relaxed);
    let mut refused = 0;
    for sender in senders {
        refused += sender.await.unwrap();
    }
    while let Some(id) = told.recv().await {
        acknowledged.push(id);
    }
    let loaded = collectors[1].0.attempts(Default::default()).await.unwrap();
    assert_eq!(loaded.unreadable, 0);
    let mut stored: Vec<String> = loaded.attempts.into_iter().map(|stored| stored.attempt.attempt).collect();
    stored.sort();
    assert!(stored.windows(2).all(|pair| pair[0] != pair[1]), "none is doubled");
    for id in &acknowledged {
        assert!(stored.binary_search(id).is_ok(), "{id} was acknowledged and is lost");
    }
    assert!(acknowledged.len() >= 300 && refused > 0, "{} acknowledged, {refused} refused", acknowledged.len());
    // All were sent until they were acknowledged, but for `back` and at most the last of each sender.
    let sent = acknowledged.len() + 1..=acknowledged.len() + 1 + 8;
    assert!(sent.contains(&stored.len()), "{} stored, {} acknowledged", stored.len(), acknowledged.len());
    for (store, _) in &collectors {
        store.close().await;
        assert!(matches!(store.ping().await, Err(StoreError::Closed)));
    }
}

/// The certificate is checked where that is asked, and the password is asked for.
#[tokio::test]
async fn tls_and_a_password() {
    let (Some(admin), Some(url), Some(root)) =
        (told("SVAR_TEST_POSTGRES"), told("SVAR_TEST_POSTGRES_TLS"), told("SVAR_TEST_POSTGRES_ROOT"))
    else {
        return;
    };
    let password = "only-for-tests";
    assert!(url.contains(password));
    let mut connection = sqlx::PgConnection::connect(&admin).await.unwrap();
    sqlx::raw_sql(
        "CREATE ROLE svar_password LOGIN PASSWORD 'only-for-tests';
         CREATE SCHEMA svar_password AUTHORIZATION svar_password;
         ALTER ROLE svar_password SET search_path = svar_password",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let open = |parameters: String| {
        let url = url.clone();
        async move {
            let address: StoreAddress = format!("{url}?{parameters}").parse().unwrap();
            open_store(&address, Migrate::Locked).await.map_err(|error| format!("{error:#}"))
        }
    };
    let store = open(format!("sslmode=verify-full&sslrootcert={root}")).await.unwrap();
    store.put_batch(Default::default()).await.unwrap();
    open("sslmode=require".into()).await.unwrap().ping().await.unwrap();
    let error = open("sslmode=verify-full".into()).await.err().unwrap();
    assert!(error.contains("certificate"), "{error}");
    let error = open("sslmode=disable".into()).await.err().unwrap();
    assert!(error.contains("no encryption") && !error.contains(password), "{error}");
    let wrong: StoreAddress = format!("{}?sslmode=require", url.replace(password, "wr0ng")).parse().unwrap();
    let error = format!("{:#}", open_store(&wrong, Migrate::Locked).await.err().unwrap());
    assert!(error.contains("password authentication failed") && !error.contains("wr0ng"), "{error}");
}
