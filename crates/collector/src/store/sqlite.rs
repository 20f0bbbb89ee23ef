//! The store in one SQLite file.
//!
//! One connection writes and up to four read (WAL: readers never wait for the writer). Durability: `synchronous=FULL`, so
//! a commit returns after the write-ahead log is on disk. Queue and group commit are the writer's. A file that this program
//! made gives the room of what is pruned back to the disk (`auto_vacuum=INCREMENTAL`), some at a time.

use super::read::reading;
use super::writer::{
    Failure, Group, ON_CONFLICT, ON_CONFLICT_REFUSALS, ON_CONFLICT_SET_ASIDE, ON_CONFLICT_TALLIES, Restoring, Row,
    Tables, Writer,
};
use super::{
    Batch, Filter, Intake, LatestRefusal, Loaded, MAX_SET_ASIDE, Migrate, ONLY_COUNTED, Page, Position, Pruned, Put,
    REPEATED, Record, Refusals, Restore, SetAside, Store, StoreError, StoredAttempt, Tally, collector_id, day,
    unsigned,
};
use anyhow::Context;
use async_trait::async_trait;
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Connection, Row as _, Sqlite, SqliteConnection, Transaction};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// How long a locked file is waited for, before the request is answered with 503.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Says what was being done when the file failed.
fn failed(doing: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    let advice = "it may be locked, full or gone: look at the disk and at what else has the file open";
    move |source| StoreError::Database { doing, advice, source: Arc::new(source) }
}

/// Schema by version. Never change one that was released: add the next.
const MIGRATIONS: &[(i64, &str)] = &[
    (
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
    ),
    (
        2,
        // Counts get the name of the collector that made them. Each row that is there gets one of its own: there was one
        // collector a file, and a name may not come up again in another file.
        "ALTER TABLE attempts ADD COLUMN flood BIGINT NOT NULL DEFAULT 0;
        CREATE TABLE rejected_by (
            collector TEXT NOT NULL,
            day BIGINT NOT NULL,
            code TEXT NOT NULL,
            n BIGINT NOT NULL,
            last_received_ms BIGINT NOT NULL,
            reason TEXT NOT NULL,
            payload TEXT NOT NULL,
            PRIMARY KEY (collector, day, code)
        );
        INSERT INTO rejected_by
            SELECT lower(hex(randomblob(16))), day, code, n, last_received_ms, reason, payload FROM rejected;
        DROP TABLE rejected;
        ALTER TABLE rejected_by RENAME TO rejected;
        CREATE TABLE tallies_by (
            collector TEXT NOT NULL,
            day BIGINT NOT NULL,
            name TEXT NOT NULL,
            n BIGINT NOT NULL,
            PRIMARY KEY (collector, day, name)
        );
        INSERT INTO tallies_by SELECT lower(hex(randomblob(16))), day, name, n FROM tallies;
        DROP TABLE tallies;
        ALTER TABLE tallies_by RENAME TO tallies;
        ALTER TABLE set_aside ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE set_aside ADD COLUMN last_received_ms BIGINT;
        ALTER TABLE set_aside ADD COLUMN flood BIGINT NOT NULL DEFAULT 0;",
    ),
];

/// Pages of the file, 4 kB each, that are given back to the disk at a time.
const FREED_PAGES: u32 = 1000;

/// SQLite behind [`Store`].
pub struct SqliteStore {
    path: PathBuf,
    readers: SqlitePool,
    writer: Writer,
}

impl SqliteStore {
    /// Opens the file at `path`, makes it if it is not there, and brings its schema up to date, unless told to
    /// [`Migrate::Never`]. SQLite's own lock keeps two programs from doing so at once.
    ///
    /// # Errors
    /// When its folder is missing or not writable, the file is not SQLite, or a newer svar made it.
    pub async fn open(path: &Path, migrate: Migrate) -> anyhow::Result<SqliteStore> {
        SqliteStore::open_waiting(path, migrate, LOCK_WAIT).await
    }

    /// As [`SqliteStore::open`], waiting for a locked file only for `lock_wait`.
    async fn open_waiting(path: &Path, migrate: Migrate, lock_wait: Duration) -> anyhow::Result<SqliteStore> {
        if migrate == Migrate::Never {
            anyhow::ensure!(
                path.is_file(),
                "expected the store that `svar serve` keeps at {}, found no such file; give it as --store sqlite:FILE, as to `svar serve`",
                path.display()
            );
        }
        let options = options(path).busy_timeout(lock_wait).create_if_missing(migrate != Migrate::Never);
        let mut connection = SqliteConnection::connect_with(&options).await.with_context(|| {
            format!(
                "the store {} could not be opened; its folder must exist and be writable, and the file, if there is one, \
                 must be a SQLite database",
                path.display()
            )
        })?;
        bring_up_to_date(&mut connection, migrate)
            .await
            .with_context(|| format!("the store {} could not be used", path.display()))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(LOCK_WAIT)
            .connect_lazy_with(options.create_if_missing(false));
        let tables = SqliteTables { connection, collector: collector_id() };
        Ok(SqliteStore { path: path.to_owned(), readers, writer: Writer::start(tables) })
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
}

async fn bring_up_to_date(connection: &mut SqliteConnection, migrate: Migrate) -> Result<(), StoreError> {
    let known = MIGRATIONS.iter().map(|(version, _)| *version).max().unwrap_or(0);
    if migrate == Migrate::Never {
        let ours: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = 'svar_schema'")
            .fetch_one(&mut *connection)
            .await
            .map_err(failed("reading its version"))?;
        return match if ours == 0 { 0 } else { version(connection).await? } {
            found if found > known => Err(StoreError::Newer { found, known }),
            found if found < known => Err(StoreError::Older { found, known }),
            _ => Ok(()),
        };
    }
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed("starting"))?;
    sqlx::query("CREATE TABLE IF NOT EXISTS svar_schema (version BIGINT NOT NULL PRIMARY KEY)")
        .execute(&mut *tx)
        .await
        .map_err(failed("reading its version"))?;
    let found = version(&mut tx).await?;
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

/// The schema's version; 0 in a new file.
async fn version(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM svar_schema")
        .fetch_one(connection)
        .await
        .map_err(failed("reading its version"))
}

/// The writer's connection.
struct SqliteTables {
    connection: SqliteConnection,
    collector: String,
}

#[async_trait]
impl Tables for SqliteTables {
    async fn put(&mut self, group: &Group) -> Result<Vec<Put>, Failure> {
        put_group(&mut self.connection, &self.collector, group).await.map_err(|error| match &error {
            StoreError::Database { source, .. } if is_content(source) => Failure::Content(error),
            _ => Failure::Store(error),
        })
    }

    async fn forget(&mut self, before_day: i64) -> Result<(), StoreError> {
        for sql in ["DELETE FROM rejected WHERE day < ?1", "DELETE FROM tallies WHERE day < ?1"] {
            sqlx::query(sql)
                .bind(before_day)
                .execute(&mut self.connection)
                .await
                .map_err(failed("forgetting old refusals"))?;
        }
        Ok(())
    }

    async fn restore(&mut self, restoring: &Restoring) -> Result<u64, StoreError> {
        let mut tx = self.connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed("starting to write"))?;
        let changed = restore(&mut tx, restoring).await?;
        tx.commit().await.map_err(failed("writing to the disk"))?;
        Ok(changed)
    }

    async fn prune(&mut self, before_ms: i64, most: u32) -> Result<Pruned, StoreError> {
        let pruned = prune(&mut self.connection, before_ms, most).await?;
        // Its own transaction. In a file that was not made so, it does nothing.
        sqlx::query(AssertSqlSafe(format!("PRAGMA incremental_vacuum({FREED_PAGES})")))
            .fetch_all(&mut self.connection)
            .await
            .map_err(failed("giving room back to the disk"))?;
        Ok(pruned)
    }

    async fn close(self) {
        drop(self.connection.close().await);
    }
}

/// Puts rows back; returns how many changed.
async fn restore(tx: &mut Transaction<'_, Sqlite>, restoring: &Restoring) -> Result<u64, StoreError> {
    static REFUSALS: LazyLock<Arc<str>> = LazyLock::new(|| {
        let insert = "INSERT INTO rejected AS kept (collector, day, code, n, last_received_ms, reason, payload)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        [insert, ON_CONFLICT_REFUSALS].concat().into()
    });
    static TALLIES: LazyLock<Arc<str>> = LazyLock::new(|| {
        let insert = "INSERT INTO tallies AS kept (collector, day, name, n) VALUES (?1, ?2, ?3, ?4)";
        [insert, ON_CONFLICT_TALLIES].concat().into()
    });
    let doing = "putting rows back";
    let mut changed = 0;
    for row in &restoring.attempts {
        changed += put_attempt(tx, row).await?;
    }
    for row in &restoring.refusals {
        let done = sqlx::query(AssertSqlSafe(REFUSALS.clone()))
            .bind(&row.collector)
            .bind(row.day)
            .bind(&row.code)
            .bind(row.n)
            .bind(row.last_received_ms)
            .bind(&row.reason)
            .bind(&row.payload);
        changed += done.execute(&mut **tx).await.map_err(failed(doing))?.rows_affected();
    }
    for row in &restoring.tallies {
        let done =
            sqlx::query(AssertSqlSafe(TALLIES.clone())).bind(&row.collector).bind(row.day).bind(&row.name).bind(row.n);
        changed += done.execute(&mut **tx).await.map_err(failed(doing))?.rows_affected();
    }
    for row in &restoring.set_aside {
        changed += put_set_aside(tx, row).await?;
    }
    for (id, seq) in &restoring.settled {
        let done = sqlx::query("DELETE FROM set_aside WHERE id = ?1 AND seq = ?2").bind(id).bind(*seq);
        changed += done.execute(&mut **tx).await.map_err(failed(doing))?.rows_affected();
    }
    Ok(changed)
}

async fn prune(connection: &mut SqliteConnection, before_ms: i64, most: u32) -> Result<Pruned, StoreError> {
    let doing = "removing what is old";
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed(doing))?;
    let mut gone = [0; 4];
    for (gone, (sql, before)) in gone.iter_mut().zip([
        (
            "DELETE FROM attempts WHERE attempt IN
                (SELECT attempt FROM attempts WHERE event_time_ms < ?1 ORDER BY event_time_ms LIMIT ?2)",
            before_ms,
        ),
        (
            "DELETE FROM set_aside WHERE id IN (SELECT id FROM set_aside WHERE COALESCE(last_received_ms, received_ms) < ?1 LIMIT ?2)",
            before_ms,
        ),
        ("DELETE FROM rejected WHERE rowid IN (SELECT rowid FROM rejected WHERE day < ?1 LIMIT ?2)", day(before_ms)),
        ("DELETE FROM tallies WHERE rowid IN (SELECT rowid FROM tallies WHERE day < ?1 LIMIT ?2)", day(before_ms)),
    ]) {
        let done = sqlx::query(sql).bind(before).bind(most).execute(&mut *tx).await.map_err(failed(doing))?;
        *gone = done.rows_affected();
    }
    tx.commit().await.map_err(failed(doing))?;
    let [attempts, set_aside, refusals, tallies] = gone;
    Ok(Pruned { attempts, set_aside, counts: refusals + tallies })
}

/// Whether it was for what was to be written (a constraint, a text too big, a wrong type), not for the file.
fn is_content(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    // The primary result code is in the lowest byte: https://www.sqlite.org/rescode.html
    code.is_some_and(|code| matches!(code & 0xff, 18 | 19 | 20 | 25))
}

async fn put_group(connection: &mut SqliteConnection, collector: &str, group: &Group) -> Result<Vec<Put>, StoreError> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed("starting to write"))?;
    let before = stored_seqs(&mut tx, &group.attempts).await?;
    for row in &group.attempts {
        put_attempt(&mut tx, row).await?;
    }
    let (puts, repeated) = group.puts(before);
    for (day, n) in repeated {
        tally(&mut tx, collector, day, REPEATED, n).await?;
    }
    for ((day, code), row) in &group.rejected {
        sqlx::query(
            "INSERT INTO rejected (collector, day, code, n, last_received_ms, reason, payload)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (collector, day, code) DO UPDATE SET n = rejected.n + excluded.n,
                last_received_ms = excluded.last_received_ms, reason = excluded.reason, payload = excluded.payload",
        )
        .bind(collector)
        .bind(*day)
        .bind(*code)
        .bind(row.n)
        .bind(row.last_received_ms)
        .bind(&row.reason)
        .bind(&row.payload)
        .execute(&mut *tx)
        .await
        .map_err(failed("counting refusals"))?;
    }
    set_aside(&mut tx, collector, group).await?;
    tx.commit().await.map_err(failed("writing to the disk"))?;
    Ok(puts)
}

/// The `seq` that each of these attempts is stored with, where it is.
async fn stored_seqs(tx: &mut Transaction<'_, Sqlite>, rows: &[Row]) -> Result<HashMap<String, i64>, StoreError> {
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.attempt.as_str()).collect();
    let rows = sqlx::query("SELECT attempt, seq FROM attempts WHERE attempt IN (SELECT value FROM json_each(?1))")
        .bind(serde_json::to_string(&ids)?)
        .fetch_all(&mut **tx)
        .await
        .map_err(failed("looking for attempts"))?;
    Ok(rows.into_iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Returns how many rows changed: 1, or 0 where what stands is better.
async fn put_attempt(tx: &mut Transaction<'_, Sqlite>, row: &Row) -> Result<u64, StoreError> {
    static UPSERT: LazyLock<Arc<str>> = LazyLock::new(|| {
        let insert = "INSERT INTO attempts AS kept (attempt, seq, first_received_ms, last_received_ms, event_time_ms,
            clock_skew, class, behaviour, declared, data, flood)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        [insert, ON_CONFLICT].concat().into()
    });
    let done = sqlx::query(AssertSqlSafe(UPSERT.clone()))
        .bind(&row.attempt)
        .bind(row.seq)
        .bind(row.first_received_ms)
        .bind(row.last_received_ms)
        .bind(row.event_time_ms)
        .bind(i64::from(row.clock_skew))
        .bind(&row.class)
        .bind(&row.behaviour)
        .bind(&row.declared)
        .bind(&row.data)
        .bind(i64::from(row.flood))
        .execute(&mut **tx)
        .await
        .map_err(failed("writing an attempt"))?;
    Ok(done.rows_affected())
}

async fn put_set_aside(tx: &mut Transaction<'_, Sqlite>, row: &SetAside) -> Result<u64, StoreError> {
    static UPSERT: LazyLock<Arc<str>> = LazyLock::new(|| {
        let insert = "INSERT INTO set_aside AS kept (id, seq, type, received_ms, last_received_ms, event, flood)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        [insert, ON_CONFLICT_SET_ASIDE].concat().into()
    });
    let done = sqlx::query(AssertSqlSafe(UPSERT.clone()))
        .bind(&row.id)
        .bind(row.seq)
        .bind(&row.event_type)
        .bind(row.first_received_ms)
        .bind(row.last_received_ms)
        .bind(&row.event)
        .bind(i64::from(row.flood))
        .execute(&mut **tx)
        .await
        .map_err(failed("setting events aside"))?;
    Ok(done.rows_affected())
}

async fn tally(
    tx: &mut Transaction<'_, Sqlite>,
    collector: &str,
    day: i64,
    name: &str,
    n: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO tallies (collector, day, name, n) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (collector, day, name) DO UPDATE SET n = tallies.n + excluded.n",
    )
    .bind(collector)
    .bind(day)
    .bind(name)
    .bind(n)
    .execute(&mut **tx)
    .await
    .map_err(failed("counting"))?;
    Ok(())
}

/// Sets the group's events aside while there is room, and counts the others.
async fn set_aside(tx: &mut Transaction<'_, Sqlite>, collector: &str, group: &Group) -> Result<(), StoreError> {
    if group.set_aside.is_empty() {
        return Ok(());
    }
    let doing = "setting events aside";
    let kept: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM set_aside").fetch_one(&mut **tx).await.map_err(failed(doing))?;
    let mut room = MAX_SET_ASIDE - kept;
    for (id, row) in &group.set_aside {
        let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM set_aside WHERE id = ?1")
            .bind(id)
            .fetch_one(&mut **tx)
            .await
            .map_err(failed(doing))?;
        if known == 0 && room <= 0 {
            tally(tx, collector, day(row.last_received_ms), ONLY_COUNTED, 1).await?;
            continue;
        }
        room -= i64::from(known == 0);
        put_set_aside(tx, row).await?;
    }
    Ok(())
}

#[async_trait]
impl Store for SqliteStore {
    async fn put_batch(&self, batch: Batch) -> Result<Put, StoreError> {
        self.writer.put(batch).await
    }

    async fn attempts(&self, filter: Filter) -> Result<Loaded, StoreError> {
        attempts(&self.readers, filter).await
    }

    async fn intake(&self, filter: Filter) -> Result<Intake, StoreError> {
        intake(&self.readers, filter).await
    }

    async fn page(&self, position: &Position, most: u32) -> Result<Page, StoreError> {
        page(&self.readers, position, most).await
    }

    async fn restore(&self, restore: Restore) -> Result<u64, StoreError> {
        self.writer.restore(restore).await
    }

    async fn older(&self, before_ms: i64) -> Result<Pruned, StoreError> {
        older(&self.readers, before_ms).await
    }

    async fn prune(&self, before_ms: i64, most: u32) -> Result<Pruned, StoreError> {
        self.writer.prune(before_ms, most).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        if self.writer.is_closed() {
            return Err(StoreError::Closed);
        }
        // Writes to a file that was deleted under us succeed, and are gone with the process.
        tokio::fs::metadata(&self.path)
            .await
            .map_err(|error| failed("looking for its file")(sqlx::Error::Io(error)))?;
        sqlx::query("SELECT COUNT(*) FROM svar_schema")
            .execute(&self.readers)
            .await
            .map_err(failed("being asked how it is"))?;
        Ok(())
    }

    async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

reading!(SqlitePool, SqliteRow, "");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::suite;
    use crate::testing::{accepted, attempt};
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Files {
        folder: tempfile::TempDir,
        next: AtomicU32,
    }

    #[async_trait]
    impl suite::Place for Files {
        async fn fresh(&self, n: usize) -> Vec<Arc<dyn Store>> {
            let path = self.folder.path().join(format!("{}.sqlite", self.next.fetch_add(1, Ordering::Relaxed)));
            let mut stores: Vec<Arc<dyn Store>> = vec![];
            for _ in 0..n {
                stores.push(Arc::new(open(&path).await.unwrap()));
            }
            stores
        }
    }

    fn files() -> Files {
        Files { folder: tempfile::tempdir().unwrap(), next: AtomicU32::new(0) }
    }

    async fn open(path: &Path) -> anyhow::Result<SqliteStore> {
        SqliteStore::open(path, Migrate::Locked).await
    }

    #[tokio::test]
    async fn it_is_a_store() {
        suite::holds(&files()).await;
    }

    #[test]
    fn any_order_gives_the_same() {
        suite::any_order_gives_the_same(&files());
    }

    /// A file of the first version, as it lay there.
    #[tokio::test]
    async fn an_older_file_is_brought_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("svar.sqlite");
        let mut connection = SqliteConnection::connect_with(&options(&path)).await.unwrap();
        let (version, first) = MIGRATIONS[0];
        sqlx::raw_sql(AssertSqlSafe(format!(
            "CREATE TABLE svar_schema (version BIGINT NOT NULL PRIMARY KEY); INSERT INTO svar_schema VALUES ({version});
             {first} {}",
            suite::rows_of_the_first_version("")
        )))
        .execute(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();
        assert!(SqliteStore::open(&path, Migrate::Never).await.is_err());
        suite::has_the_rows_of_the_first_version(&open(&path).await.unwrap()).await;
    }

    /// The room of what is pruned goes back to the disk.
    #[tokio::test]
    async fn a_pruned_file_is_smaller() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("svar.sqlite");
        let store = open(&path).await.unwrap();
        let events = (0..4000).map(|n| accepted(attempt(&format!("a{n}-")), 1)).collect();
        store.put_batch(Batch { received_ms: 1, events, ..Batch::default() }).await.unwrap();
        store.close().await;
        let full = std::fs::metadata(&path).unwrap().len();
        let store = open(&path).await.unwrap();
        assert_eq!(crate::retention::prune(&store, 2, |_| {}).await.unwrap().attempts, 4000);
        store.close().await;
        let left = std::fs::metadata(&path).unwrap().len();
        assert!(full > 2_000_000 && left < full / 10, "{full} {left}");
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
        let store = open(&path).await.unwrap();
        for n in 0..20 {
            store.put_batch(one(&format!("a{n}x"))).await.unwrap();
        }
        let crashed = tempfile::tempdir().unwrap();
        for name in ["svar.sqlite", "svar.sqlite-wal"] {
            std::fs::copy(folder.path().join(name), crashed.path().join(name)).unwrap();
        }
        let again = open(&crashed.path().join("svar.sqlite")).await.unwrap();
        assert_eq!(again.attempts(Filter::default()).await.unwrap().attempts.len(), 20);
        // And after an orderly close.
        store.close().await;
        let again = open(&path).await.unwrap();
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
        let missing = open(&folder.path().join("no/such/svar.sqlite")).await.err().unwrap();
        assert!(format!("{missing:#}").contains("its folder must exist"), "{missing:#}");

        let text = folder.path().join("text.sqlite");
        std::fs::write(&text, "this is no database at all, but it is long enough to be taken for one".repeat(20))
            .unwrap();
        let error = open(&text).await.err().unwrap();
        assert!(format!("{error:#}").contains("must be a SQLite database"), "{error:#}");

        let newer = folder.path().join("newer.sqlite");
        let mut connection = SqliteConnection::connect_with(&options(&newer)).await.unwrap();
        bring_up_to_date(&mut connection, Migrate::Locked).await.unwrap();
        sqlx::query("INSERT INTO svar_schema (version) VALUES (99)").execute(&mut connection).await.unwrap();
        let error = open(&newer).await.err().unwrap();
        assert!(format!("{error:#}").contains("version 99"), "{error:#}");
    }

    /// As `svar report` opens it: a mistyped name must not give an empty report.
    #[tokio::test]
    async fn a_reader_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("svar.sqlite");
        let error = SqliteStore::open(&path, Migrate::Never).await.err().unwrap();
        assert!(format!("{error:#}").contains("found no such file") && !path.exists(), "{error:#}");
        std::fs::write(&path, "").unwrap();
        let error = SqliteStore::open(&path, Migrate::Never).await.err().unwrap();
        assert!(format!("{error:#}").contains("start `svar serve`"), "{error:#}");
        let writing = open(&path).await.unwrap();
        writing.put_batch(one("a")).await.unwrap();
        let reading = SqliteStore::open(&path, Migrate::Never).await.unwrap();
        assert_eq!(reading.attempts(Filter::default()).await.unwrap().attempts.len(), 1);
    }

    #[tokio::test]
    async fn a_row_that_cannot_be_read_is_counted_and_not_fatal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("svar.sqlite");
        let store = open(&path).await.unwrap();
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
        let store = open(&path).await.unwrap();
        store.ping().await.unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(store.ping().await.is_err());
    }

    /// Another program holds the file: the request fails, says so, and the next one works.
    #[tokio::test]
    async fn a_locked_file_fails_and_recovers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("svar.sqlite");
        let store = SqliteStore::open_waiting(&path, Migrate::Locked, Duration::from_millis(50)).await.unwrap();
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
