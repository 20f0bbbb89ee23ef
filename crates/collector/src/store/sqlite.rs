//! The store in one SQLite file.
//!
//! One connection writes and up to four read (WAL: readers never wait for the writer). Durability: `synchronous=FULL`, so
//! a commit returns after the write-ahead log is on disk. Because that wait dominates, requests that arrive during one
//! commit share the next (group commit): see [`MAX_GROUP`].

use super::{
    AcceptedEvent, Batch, Filter, Intake, KEEP_REFUSALS_DAYS, Loaded, MAX_SET_ASIDE, Put, Store, StoreError,
    StoredAttempt, day,
};
use anyhow::Context;
use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Row, Sqlite, SqliteConnection, Transaction};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Most requests that share one commit. More would make the first of them wait for the last.
pub const MAX_GROUP: usize = 64;

/// Requests that may wait for the writer; beyond that they wait at the door for [`QUEUE_WAIT`].
const QUEUE: usize = 256;
const QUEUE_WAIT: Duration = Duration::from_secs(5);

/// How long a locked file is waited for, before the request is answered with 503.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Schema by version. Never change one that was released: add the next.
const MIGRATIONS: &[(i64, &str)] = &[(
    1,
    "CREATE TABLE attempts (
        attempt TEXT NOT NULL PRIMARY KEY,
        seq BIGINT NOT NULL,
        first_received_ms BIGINT NOT NULL,
        last_received_ms BIGINT NOT NULL,
        event_time_ms BIGINT NOT NULL,
        clock_skew BIGINT NOT NULL,
        class TEXT NOT NULL,
        behaviour TEXT,
        declared TEXT,
        data TEXT NOT NULL
    );
    CREATE INDEX attempts_by_time ON attempts (event_time_ms);
    CREATE TABLE rejected (
        day BIGINT NOT NULL,
        code TEXT NOT NULL,
        n BIGINT NOT NULL,
        last_received_ms BIGINT NOT NULL,
        reason TEXT NOT NULL,
        payload TEXT NOT NULL,
        PRIMARY KEY (day, code)
    );
    CREATE TABLE tallies (
        day BIGINT NOT NULL,
        name TEXT NOT NULL,
        n BIGINT NOT NULL,
        PRIMARY KEY (day, name)
    );
    CREATE TABLE set_aside (
        id TEXT NOT NULL PRIMARY KEY,
        type TEXT NOT NULL,
        received_ms BIGINT NOT NULL,
        event TEXT NOT NULL
    );",
)];

/// SQLite behind [`Store`].
pub struct SqliteStore {
    path: PathBuf,
    readers: SqlitePool,
    writer: mpsc::Sender<Job>,
}

enum Job {
    Put(Batch, oneshot::Sender<Result<Put, StoreError>>),
    Close(oneshot::Sender<()>),
}

fn failed(doing: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |source| StoreError::Database { doing, source }
}

impl SqliteStore {
    /// Opens the file at `path`, makes it if it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// When its folder is missing or not writable, the file is not SQLite, or a newer svar made it.
    pub async fn open(path: &Path) -> anyhow::Result<SqliteStore> {
        SqliteStore::open_waiting(path, LOCK_WAIT).await
    }

    /// As [`SqliteStore::open`], waiting for a locked file only for `lock_wait`.
    async fn open_waiting(path: &Path, lock_wait: Duration) -> anyhow::Result<SqliteStore> {
        let options = options(path).busy_timeout(lock_wait);
        let mut connection = SqliteConnection::connect_with(&options).await.with_context(|| {
            format!(
                "the store {} could not be opened; its folder must exist and be writable, and the file, if there is one, \
                 must be a SQLite database",
                path.display()
            )
        })?;
        migrate(&mut connection).await.with_context(|| format!("the store {} could not be used", path.display()))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(LOCK_WAIT)
            .connect_lazy_with(options.create_if_missing(false));
        let (writer, jobs) = mpsc::channel(QUEUE);
        tokio::spawn(write(connection, jobs));
        Ok(SqliteStore { path: path.to_owned(), readers, writer })
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
}

async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed("starting"))?;
    sqlx::query("CREATE TABLE IF NOT EXISTS svar_schema (version BIGINT NOT NULL PRIMARY KEY)")
        .execute(&mut *tx)
        .await
        .map_err(failed("reading its version"))?;
    let found: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM svar_schema")
        .fetch_one(&mut *tx)
        .await
        .map_err(failed("reading its version"))?;
    let known = MIGRATIONS.iter().map(|(version, _)| *version).max().unwrap_or(0);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (version, sql) in MIGRATIONS.iter().filter(|(version, _)| *version > found) {
        sqlx::raw_sql(*sql).execute(&mut *tx).await.map_err(failed("bringing its tables up to date"))?;
        sqlx::query("INSERT INTO svar_schema (version) VALUES (?1)")
            .bind(*version)
            .execute(&mut *tx)
            .await
            .map_err(failed("bringing its tables up to date"))?;
    }
    tx.commit().await.map_err(failed("bringing its tables up to date"))
}

/// The one writer: takes what is waiting, commits it together, answers each.
async fn write(mut connection: SqliteConnection, mut jobs: mpsc::Receiver<Job>) {
    let mut closing = None;
    while let Some(job) = jobs.recv().await {
        let mut group = vec![];
        let mut next = Some(job);
        while let Some(job) = next.take() {
            match job {
                Job::Put(batch, answer) => group.push((batch, answer)),
                Job::Close(done) => {
                    jobs.close();
                    closing = Some(done);
                }
            }
            if group.len() < MAX_GROUP {
                next = jobs.try_recv().ok();
            }
        }
        let (batches, answers): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        match put_group(&mut connection, &batches).await {
            Ok(puts) => answers.into_iter().zip(puts).for_each(|(answer, put)| drop(answer.send(Ok(put)))),
            // Together they failed; alone each gets its own chance and its own error.
            Err(_) => {
                for (batch, answer) in batches.iter().zip(answers) {
                    let put = put_group(&mut connection, std::slice::from_ref(batch)).await;
                    drop(answer.send(put.map(|puts| puts.first().copied().unwrap_or_default())));
                }
            }
        }
    }
    drop(connection.close().await);
    if let Some(done) = closing {
        done.send(()).ok();
    }
}

async fn put_group(connection: &mut SqliteConnection, batches: &[Batch]) -> Result<Vec<Put>, StoreError> {
    if batches.is_empty() {
        return Ok(vec![]);
    }
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed("starting to write"))?;
    let mut puts = Vec::with_capacity(batches.len());
    for batch in batches {
        puts.push(put_one(&mut tx, batch).await?);
    }
    tx.commit().await.map_err(failed("writing to the disk"))?;
    Ok(puts)
}

async fn put_one(tx: &mut Transaction<'_, Sqlite>, batch: &Batch) -> Result<Put, StoreError> {
    let mut put = Put::default();
    for event in &batch.events {
        if put_event(tx, event, batch.received_ms).await? {
            put.stored += 1;
        } else {
            put.repeated += 1;
        }
    }
    let today = day(batch.received_ms);
    if put.repeated > 0 {
        sqlx::query(
            "INSERT INTO tallies (day, name, n) VALUES (?1, 'repeated', ?2)
             ON CONFLICT (day, name) DO UPDATE SET n = tallies.n + excluded.n",
        )
        .bind(today)
        .bind(i64::try_from(put.repeated).unwrap_or(i64::MAX))
        .execute(&mut **tx)
        .await
        .map_err(failed("counting repeats"))?;
    }
    for rejected in &batch.rejected {
        sqlx::query(
            "INSERT INTO rejected (day, code, n, last_received_ms, reason, payload) VALUES (?1, ?2, 1, ?3, ?4, ?5)
             ON CONFLICT (day, code) DO UPDATE SET n = rejected.n + 1, last_received_ms = excluded.last_received_ms,
                reason = excluded.reason, payload = excluded.payload",
        )
        .bind(today)
        .bind(rejected.code)
        .bind(batch.received_ms)
        .bind(&rejected.reason)
        .bind(&rejected.payload)
        .execute(&mut **tx)
        .await
        .map_err(failed("counting refusals"))?;
    }
    if !batch.rejected.is_empty() {
        for sql in ["DELETE FROM rejected WHERE day < ?1", "DELETE FROM tallies WHERE day < ?1"] {
            sqlx::query(sql)
                .bind(today - KEEP_REFUSALS_DAYS)
                .execute(&mut **tx)
                .await
                .map_err(failed("forgetting old refusals"))?;
        }
    }
    for event in &batch.set_aside {
        sqlx::query(
            "INSERT INTO set_aside (id, type, received_ms, event)
             SELECT ?1, ?2, ?3, ?4 WHERE (SELECT COUNT(*) FROM set_aside) < ?5
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(&event.id)
        .bind(&event.event_type)
        .bind(batch.received_ms)
        .bind(&event.json)
        .bind(MAX_SET_ASIDE)
        .execute(&mut **tx)
        .await
        .map_err(failed("setting events aside"))?;
    }
    Ok(put)
}

/// Whether the event was news.
async fn put_event(
    tx: &mut Transaction<'_, Sqlite>,
    event: &AcceptedEvent,
    received_ms: i64,
) -> Result<bool, StoreError> {
    let attempt = &event.attempt;
    let done = sqlx::query(
        "INSERT INTO attempts (attempt, seq, first_received_ms, last_received_ms, event_time_ms, clock_skew,
            class, behaviour, declared, data)
         VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (attempt) DO UPDATE SET
            seq = excluded.seq, last_received_ms = excluded.last_received_ms, event_time_ms = excluded.event_time_ms,
            clock_skew = excluded.clock_skew, class = excluded.class, behaviour = excluded.behaviour,
            declared = excluded.declared, data = excluded.data
         WHERE excluded.seq > attempts.seq",
    )
    .bind(&attempt.attempt)
    .bind(i64::from(attempt.seq))
    .bind(received_ms)
    .bind(event.event_time_ms)
    .bind(i64::from(event.clock_skew))
    .bind(word(&attempt.outcome.class)?)
    .bind(attempt.outcome.behaviour.as_ref().map(word).transpose()?)
    .bind(attempt.declared.as_ref().map(|declared| word(&declared.value)).transpose()?)
    .bind(serde_json::to_string(attempt)?)
    .execute(&mut **tx)
    .await
    .map_err(failed("writing an attempt"))?;
    Ok(done.rows_affected() > 0)
}

/// The wire word of an enum, `declared_solved`.
fn word<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(match serde_json::to_value(value)? {
        serde_json::Value::String(word) => word,
        other => other.to_string(),
    })
}

#[async_trait]
impl Store for SqliteStore {
    async fn put_batch(&self, batch: Batch) -> Result<Put, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.writer.send_timeout(Job::Put(batch, answer), QUEUE_WAIT).await.map_err(|error| match error {
            mpsc::error::SendTimeoutError::Timeout(_) => StoreError::Busy { waited_s: QUEUE_WAIT.as_secs() },
            mpsc::error::SendTimeoutError::Closed(_) => StoreError::Closed,
        })?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    async fn attempts(&self, filter: Filter) -> Result<Loaded, StoreError> {
        let rows = sqlx::query(
            "SELECT data, first_received_ms, last_received_ms, event_time_ms, clock_skew FROM attempts
             WHERE event_time_ms >= ?1 AND event_time_ms < ?2 ORDER BY event_time_ms, attempt",
        )
        .bind(filter.since_ms.unwrap_or(i64::MIN))
        .bind(filter.until_ms.unwrap_or(i64::MAX))
        .fetch_all(&self.readers)
        .await
        .map_err(failed("reading attempts"))?;
        let mut loaded = Loaded { attempts: Vec::with_capacity(rows.len()), unreadable: 0 };
        for row in rows {
            // One unreadable row must not take the report down.
            let Ok(attempt) = serde_json::from_str(row.get::<&str, _>(0)) else {
                loaded.unreadable += 1;
                continue;
            };
            loaded.attempts.push(StoredAttempt {
                attempt,
                first_received_ms: row.get(1),
                last_received_ms: row.get(2),
                event_time_ms: row.get(3),
                clock_skew: row.get::<i64, _>(4) != 0,
            });
        }
        Ok(loaded)
    }

    async fn intake(&self, filter: Filter) -> Result<Intake, StoreError> {
        let (since, until) = (filter.since_ms.unwrap_or(i64::MIN), filter.until_ms.unwrap_or(i64::MAX));
        let (first, last) = (day(since), day(until.saturating_sub(1)));
        let mut intake = Intake::default();
        let rows = sqlx::query("SELECT code, SUM(n) FROM rejected WHERE day >= ?1 AND day <= ?2 GROUP BY code")
            .bind(first)
            .bind(last)
            .fetch_all(&self.readers)
            .await
            .map_err(failed("reading refusals"))?;
        for row in rows {
            intake.rejected.insert(row.get(0), unsigned(row.get(1)));
        }
        let count = |sql: &'static str| async move {
            sqlx::query_scalar::<_, i64>(sql).bind(first).bind(last).fetch_one(&self.readers).await.map(unsigned)
        };
        intake.repeated =
            count("SELECT COALESCE(SUM(n), 0) FROM tallies WHERE name = 'repeated' AND day >= ?1 AND day <= ?2")
                .await
                .map_err(failed("reading tallies"))?;
        let count = |sql: &'static str| async move {
            sqlx::query_scalar::<_, i64>(sql).bind(since).bind(until).fetch_one(&self.readers).await.map(unsigned)
        };
        intake.set_aside = count("SELECT COUNT(*) FROM set_aside WHERE received_ms >= ?1 AND received_ms < ?2")
            .await
            .map_err(failed("reading what was set aside"))?;
        Ok(intake)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        if self.writer.is_closed() {
            return Err(StoreError::Closed);
        }
        // Writes to a file that was deleted under us succeed, and are gone with the process.
        tokio::fs::metadata(&self.path).await.map_err(|source| StoreError::Database {
            doing: "looking for its file",
            source: sqlx::Error::Io(source),
        })?;
        sqlx::query("SELECT COUNT(*) FROM svar_schema")
            .execute(&self.readers)
            .await
            .map_err(failed("being asked how it is"))?;
        Ok(())
    }

    async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.writer.send(Job::Close(done)).await.is_ok() {
            drop(closed.await);
        }
        self.readers.close().await;
    }
}

fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::suite;
    use crate::testing::{accepted, attempt};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn it_is_a_store() {
        let folder = tempfile::tempdir().unwrap();
        let next = AtomicU32::new(0);
        suite::holds(|| {
            let path = folder.path().join(format!("{}.sqlite", next.fetch_add(1, Ordering::Relaxed)));
            async move { Arc::new(SqliteStore::open(&path).await.unwrap()) as Arc<dyn Store> }
        })
        .await;
    }

    fn one(name: &str) -> Batch {
        Batch { received_ms: 1, events: vec![accepted(attempt(name), 1)], ..Batch::default() }
    }

    /// What `put_batch` said is stored is in the files at that moment, as a crash would leave them: nothing is closed or
    /// flushed before they are copied. (That the disk has them too is `synchronous=FULL`, asked of SQLite below.)
    #[tokio::test]
    async fn what_was_stored_survives() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("svar.sqlite");
        let store = SqliteStore::open(&path).await.unwrap();
        for n in 0..20 {
            store.put_batch(one(&format!("a{n}x"))).await.unwrap();
        }
        let crashed = tempfile::tempdir().unwrap();
        for name in ["svar.sqlite", "svar.sqlite-wal"] {
            std::fs::copy(folder.path().join(name), crashed.path().join(name)).unwrap();
        }
        let again = SqliteStore::open(&crashed.path().join("svar.sqlite")).await.unwrap();
        assert_eq!(again.attempts(Filter::default()).await.unwrap().attempts.len(), 20);
        // And after an orderly close.
        store.close().await;
        let again = SqliteStore::open(&path).await.unwrap();
        assert_eq!(again.attempts(Filter::default()).await.unwrap().attempts.len(), 20);
        assert_eq!(again.put_batch(one("a0x")).await.unwrap(), Put { stored: 0, repeated: 1 });
    }

    #[tokio::test]
    async fn the_disk_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection =
            SqliteConnection::connect_with(&options(&folder.path().join("svar.sqlite"))).await.unwrap();
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut connection).await.unwrap();
        assert_eq!((mode.as_str(), synchronous), ("wal", 2), "2 is FULL");
    }

    #[tokio::test]
    async fn what_is_no_store_of_ours_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let missing = SqliteStore::open(&folder.path().join("no/such/svar.sqlite")).await.err().unwrap();
        assert!(format!("{missing:#}").contains("its folder must exist"), "{missing:#}");

        let text = folder.path().join("text.sqlite");
        std::fs::write(&text, "this is no database at all, but it is long enough to be taken for one".repeat(20))
            .unwrap();
        let error = SqliteStore::open(&text).await.err().unwrap();
        assert!(format!("{error:#}").contains("must be a SQLite database"), "{error:#}");

        let newer = folder.path().join("newer.sqlite");
        let mut connection = SqliteConnection::connect_with(&options(&newer)).await.unwrap();
        migrate(&mut connection).await.unwrap();
        sqlx::query("INSERT INTO svar_schema (version) VALUES (99)").execute(&mut connection).await.unwrap();
        let error = SqliteStore::open(&newer).await.err().unwrap();
        assert!(format!("{error:#}").contains("version 99"), "{error:#}");
    }

    #[tokio::test]
    async fn a_row_that_cannot_be_read_is_counted_and_not_fatal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("svar.sqlite");
        let store = SqliteStore::open(&path).await.unwrap();
        store.put_batch(one("good")).await.unwrap();
        store.put_batch(one("bad")).await.unwrap();
        let mut connection = SqliteConnection::connect_with(&options(&path)).await.unwrap();
        sqlx::query("UPDATE attempts SET data = '{\"attempt\":1}' WHERE attempt LIKE 'bad%'")
            .execute(&mut connection)
            .await
            .unwrap();
        let loaded = store.attempts(Filter::default()).await.unwrap();
        assert_eq!((loaded.attempts.len(), loaded.unreadable), (1, 1));
    }

    #[tokio::test]
    async fn a_file_that_is_gone_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("svar.sqlite");
        let store = SqliteStore::open(&path).await.unwrap();
        store.ping().await.unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(store.ping().await.is_err());
    }

    /// Another program holds the file: the request fails, says so, and the next one works.
    #[tokio::test]
    async fn a_locked_file_fails_and_recovers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("svar.sqlite");
        let store = SqliteStore::open_waiting(&path, Duration::from_millis(50)).await.unwrap();
        let mut other = SqliteConnection::connect_with(&options(&path)).await.unwrap();
        let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let (a, b) = tokio::join!(store.put_batch(one("a")), store.put_batch(one("b")));
        assert!(matches!(a, Err(StoreError::Database { .. })), "{a:?}");
        assert!(matches!(b, Err(StoreError::Database { .. })), "{b:?}");
        lock.rollback().await.unwrap();
        assert_eq!(store.put_batch(one("a")).await.unwrap(), Put { stored: 1, repeated: 0 });
        assert_eq!(store.attempts(Filter::default()).await.unwrap().attempts.len(), 1);
    }
}
