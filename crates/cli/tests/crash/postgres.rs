//! The PostgreSQL server that `cargo xtask test` leaves to one test at a time to start and stop.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::fs::File;
use std::io::Write as _;
use std::process::Command;

/// Stopped when dropped.
pub struct OwnServer {
    ctl: String,
    url: String,
    database: &'static str,
    _lock: File,
}

impl OwnServer {
    /// Waits until no other test has it, starts it and makes an empty database; none, and a word about it, outside of
    /// `cargo xtask`.
    pub async fn start(database: &'static str) -> Option<OwnServer> {
        let told = |name: &str| std::env::var(name).ok();
        let (Some(url), Some(ctl)) = (told("SVAR_TEST_POSTGRES_SECOND"), told("SVAR_TEST_POSTGRES_CTL")) else {
            // Not by `eprintln!`, which is heard only when a test fails.
            let word = "skipped, no PostgreSQL: `cargo xtask test --only native` starts one for the tests\n";
            std::io::stderr().write_all(word.as_bytes()).unwrap();
            return None;
        };
        let lock = File::open(&ctl).unwrap();
        let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await.unwrap().unwrap();
        let server = OwnServer { ctl, url, database, _lock: lock };
        server.does(&["start"]).await;
        server.asks(format!("DROP DATABASE IF EXISTS {database}")).await;
        server.asks(format!("CREATE DATABASE {database}")).await;
        Some(server)
    }

    /// As `svar serve --store` takes it.
    pub fn address(&self) -> String {
        let (server, _) = self.url.rsplit_once('/').unwrap();
        format!("{server}/{}", self.database)
    }

    /// Starts or stops it.
    pub async fn does(&self, words: &'static [&'static str]) {
        let mut command = Command::new(&self.ctl);
        command.args(words);
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
    }

    /// Ends every connection to the database, whatever it is doing.
    pub async fn end_connections(&self) {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ";
        self.asks(format!("{end} '{}'", self.database)).await;
    }

    async fn asks(&self, sql: String) {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let _ = Command::new(&self.ctl).args(["stop", "-m", "immediate"]).output();
    }
}
