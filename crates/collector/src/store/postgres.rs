//! The store in a PostgreSQL database, for several collectors behind a load balancer.
//!
//! One connection writes and up to four read. A commit returns when the server has it on disk: `synchronous_commit` is
//! left as the server has it, and switched on for our transactions where it is off. Queue and group commit are the writer's;
//! a group's attempts are one statement (`UNNEST`), in the order of their ids, so that collectors that write the same
//! attempts at once lock them in the same order.
//!
//! Nothing is asked that a distributed PostgreSQL or a pooler between transactions lacks: no extensions, no `LISTEN`, no
//! session state, no sequences. Random ids lead every key. Statements are prepared; behind a pooler that cannot have that,
//! `statement-cache-capacity=0`.
//!
//! A lost connection: the group that was under way fails (whether it was committed cannot be known, and sending it again is
//! safe), what comes in meanwhile fails too, and the next group connects anew.

use super::read::reading;
use super::writer::{
    Failure, Group, ON_CONFLICT, ON_CONFLICT_REFUSALS, ON_CONFLICT_SET_ASIDE, ON_CONFLICT_TALLIES, Restoring, Row,
    Tables, Writer,
};
use super::{
    Batch, Filter, Intake, LatestRefusal, Loaded, MAX_SET_ASIDE, Migrate, ONLY_COUNTED, Page, Position,
    PostgresAddress, Pruned, Put, REPEATED, Record, Refusals, Restore, SetAside, Store, StoreError, StoredAttempt,
    Tally, collector_id, day, unsigned,
};
use anyhow::Context;
use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, Connection, Row as _};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// How long the server may take to let us in.
const CONNECT_WAIT: Duration = Duration::from_secs(5);

/// How long a group may take, connecting included, before its requests are answered with 503.
const WRITE_WAIT: Duration = Duration::from_secs(10);

/// How long the one that brings the tables up to date is waited for.
const MIGRATION_WAIT: Duration = Duration::from_secs(60);

/// How often a group is tried that the server gave up in favour of another's (serialization, deadlock), and a migration
/// without a lock.
const TRIES: u32 = 5;

/// What collectors that bring the tables up to date agree to lock: `svar` in ASCII. Locks belong to a database; another
/// program in it that uses the same number would only make us wait.
const MIGRATION_LOCK: i64 = 0x7376_6172;

/// Says what was being done when the server failed.
fn failed(doing: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    let advice = "the server may be away, full or refuse it: its words follow, and more may be in its log";
    move |source| StoreError::Database { doing, advice, source: Arc::new(source) }
}

/// Schema by version, a statement each. Never change one that was released: add the next. Every statement can be
/// repeated, so that a database whose statements do not share a transaction can be brought up to date.
const MIGRATIONS: &[(i64, &[&str])] = &[
    (
        1,
        &[
            // Texts in "C" compare by their bytes, whatever the database's own order, as in the writer and in SQLite.
            r#"CREATE TABLE IF NOT EXISTS svar_attempts (
            attempt TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            seq BIGINT NOT NULL,
            first_received_ms BIGINT NOT NULL,
            last_received_ms BIGINT NOT NULL,
            event_time_ms BIGINT NOT NULL,
            clock_skew BOOLEAN NOT NULL,
            class TEXT NOT NULL,
            behaviour TEXT,
            declared TEXT,
            data TEXT COLLATE "C" NOT NULL
        )"#,
            "CREATE INDEX IF NOT EXISTS svar_attempts_by_time ON svar_attempts (event_time_ms)",
            "CREATE TABLE IF NOT EXISTS svar_rejected (
            collector TEXT NOT NULL,
            day BIGINT NOT NULL,
            code TEXT NOT NULL,
            n BIGINT NOT NULL,
            last_received_ms BIGINT NOT NULL,
            reason TEXT NOT NULL,
            payload TEXT NOT NULL,
            PRIMARY KEY (collector, day, code)
        )",
            "CREATE TABLE IF NOT EXISTS svar_tallies (
            collector TEXT NOT NULL,
            day BIGINT NOT NULL,
            name TEXT NOT NULL,
            n BIGINT NOT NULL,
            PRIMARY KEY (collector, day, name)
        )",
            "CREATE TABLE IF NOT EXISTS svar_set_aside (
            id TEXT NOT NULL PRIMARY KEY,
            type TEXT NOT NULL,
            received_ms BIGINT NOT NULL,
            event TEXT NOT NULL
        )",
        ],
    ),
    (
        2,
        &[
            "ALTER TABLE svar_attempts ADD COLUMN IF NOT EXISTS flood BOOLEAN NOT NULL DEFAULT FALSE",
            "ALTER TABLE svar_set_aside ADD COLUMN IF NOT EXISTS seq BIGINT NOT NULL DEFAULT 0",
            // Collectors of the first version that still run leave it empty: then it is `received_ms`.
            "ALTER TABLE svar_set_aside ADD COLUMN IF NOT EXISTS last_received_ms BIGINT",
            "ALTER TABLE svar_set_aside ADD COLUMN IF NOT EXISTS flood BOOLEAN NOT NULL DEFAULT FALSE",
        ],
    ),
];

/// PostgreSQL behind [`Store`].
pub struct PostgresStore {
    readers: PgPool,
    writer: Writer,
}

impl PostgresStore {
    /// Connects, and makes the tables or brings them up to date unless told to [`Migrate::Never`]. Where they are up to
    /// date nothing is changed, and no right to change them is needed.
    ///
    /// # Errors
    /// When the server cannot be reached or does not let us in, the tables cannot be made or are not there, or a newer
    /// svar made them.
    pub async fn open(address: &PostgresAddress, migrate: Migrate) -> anyhow::Result<PostgresStore> {
        let mut link =
            Link::new(address.options()).await.with_context(|| format!("expected {address} to let us in"))?;
        bring_up_to_date(&mut link.connection, migrate).await.with_context(|| {
            format!(
                "the tables in {address} could not be used; making them needs the right to create tables in the first \
                 schema of the search path"
            )
        })?;
        let readers = PgPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(CONNECT_WAIT)
            .connect_lazy_with(address.options().clone());
        let tables = PostgresTables { options: address.options().clone(), collector: collector_id(), link: Some(link) };
        Ok(PostgresStore { readers, writer: Writer::start(tables) })
    }
}

/// The latest version of the schema that this program knows.
fn known() -> i64 {
    MIGRATIONS.iter().map(|(version, _)| *version).max().unwrap_or(0)
}

async fn bring_up_to_date(connection: &mut PgConnection, migrate: Migrate) -> Result<(), StoreError> {
    let (found, known) = (version(connection).await?, known());
    match migrate {
        _ if found > known => Err(StoreError::Newer { found, known }),
        _ if found == known => Ok(()),
        Migrate::Never => Err(StoreError::Older { found, known }),
        Migrate::Locked => {
            let locked = migrate_locked(connection);
            tokio::time::timeout(MIGRATION_WAIT, locked).await.map_err(|_| StoreError::Silent {
                doing: "waiting for another collector to bring the tables up to date",
                waited_s: MIGRATION_WAIT.as_secs(),
            })?
        }
        Migrate::Unlocked => {
            let mut tries = 1;
            // Two that make the same table at once: one of them fails, although it says IF NOT EXISTS.
            while let Err(error) = migrate_from(connection, found).await {
                if tries == TRIES {
                    return Err(error);
                }
                tokio::time::sleep(Duration::from_millis(100) * tries).await;
                tries += 1;
            }
            Ok(())
        }
    }
}

/// One collector at a time, all or nothing.
async fn migrate_locked(connection: &mut PgConnection) -> Result<(), StoreError> {
    let doing = "bringing its tables up to date";
    let mut tx = connection.begin().await.map_err(failed(doing))?;
    // Held to the end of the transaction and not of the session, which a pooler may hand to others.
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(MIGRATION_LOCK)
        .execute(&mut *tx)
        .await
        .map_err(failed("taking the lock for migrations (without it: --no-migration-lock)"))?;
    // Another may have done it while we waited.
    let found = version(&mut tx).await?;
    migrate_from(&mut tx, found).await?;
    tx.commit().await.map_err(failed(doing))
}

async fn migrate_from(connection: &mut PgConnection, found: i64) -> Result<(), StoreError> {
    let doing = "bringing its tables up to date";
    let schema = "CREATE TABLE IF NOT EXISTS svar_schema (version BIGINT NOT NULL PRIMARY KEY)";
    sqlx::query(schema).execute(&mut *connection).await.map_err(failed(doing))?;
    for (version, statements) in MIGRATIONS.iter().filter(|(version, _)| *version > found) {
        for sql in *statements {
            sqlx::query(*sql).execute(&mut *connection).await.map_err(failed(doing))?;
        }
        sqlx::query("INSERT INTO svar_schema (version) VALUES ($1) ON CONFLICT (version) DO NOTHING")
            .bind(*version)
            .execute(&mut *connection)
            .await
            .map_err(failed(doing))?;
    }
    Ok(())
}

/// The schema's version; 0 where there are no tables of ours.
async fn version(connection: &mut PgConnection) -> Result<i64, StoreError> {
    let doing = "reading its version";
    let ours: bool = sqlx::query_scalar("SELECT to_regclass('svar_schema') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await
        .map_err(failed(doing))?;
    if !ours {
        return Ok(0);
    }
    sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM svar_schema")
        .fetch_one(connection)
        .await
        .map_err(failed(doing))
}

/// A connection for writing.
struct Link {
    connection: PgConnection,
    /// How its transactions begin.
    begin: &'static str,
}

impl Link {
    async fn new(options: &PgConnectOptions) -> Result<Link, StoreError> {
        let doing = "connecting";
        let connecting = async {
            let mut connection = PgConnection::connect_with(options).await.map_err(failed(doing))?;
            let durable: bool = sqlx::query_scalar("SELECT current_setting('synchronous_commit') <> 'off'")
                .fetch_one(&mut connection)
                .await
                .map_err(failed(doing))?;
            // What is stronger than `on` is left as it is.
            let begin = if durable {
                "BEGIN ISOLATION LEVEL READ COMMITTED"
            } else {
                "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit TO on"
            };
            Ok(Link { connection, begin })
        };
        let silent = StoreError::Silent { doing, waited_s: CONNECT_WAIT.as_secs() };
        tokio::time::timeout(CONNECT_WAIT, connecting).await.map_err(|_| silent)?
    }

    async fn begin(&mut self) -> Result<(), StoreError> {
        sqlx::raw_sql(self.begin).execute(&mut self.connection).await.map_err(failed("starting to write"))?;
        Ok(())
    }
}

/// What the writer writes with.
struct PostgresTables {
    options: PgConnectOptions,
    collector: String,
    /// None after a failure of the server or the way to it: the next group connects anew.
    link: Option<Link>,
}

impl PostgresTables {
    /// A connection in a transaction.
    async fn begin(&mut self) -> Result<Link, StoreError> {
        // Taken out: who stops waiting for us drops it.
        if let Some(mut link) = self.link.take() {
            // It may have been cut while it was idle; nothing is written yet, so that this is no failed write.
            if link.begin().await.is_ok() {
                return Ok(link);
            }
        }
        let mut link = Link::new(&self.options).await?;
        link.begin().await?;
        Ok(link)
    }

    async fn once<W: Work>(&mut self, work: &W) -> Result<W::Done, StoreError> {
        let mut link = self.begin().await?;
        let done = work.run(&mut link.connection, &self.collector).await;
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = sqlx::raw_sql(end).execute(&mut link.connection).await;
        let sound = done.as_ref().err().is_none_or(|error| is_content(error) || is_for_another(error));
        if sound && ended.is_ok() {
            self.link = Some(link);
        }
        let done = done?;
        ended.map_err(failed("writing to the disk"))?;
        Ok(done)
    }

    /// Does it, again where the server gave it up for another's, within [`WRITE_WAIT`].
    async fn transact<W: Work>(&mut self, work: &W) -> Result<W::Done, StoreError> {
        let trying = async {
            let mut tries = 1;
            loop {
                match self.once(work).await {
                    Err(error) if tries < TRIES && is_for_another(&error) => {
                        tokio::time::sleep(Duration::from_millis(5) * tries * tries).await;
                        tries += 1;
                    }
                    done => return done,
                }
            }
        };
        let silent = StoreError::Silent { doing: W::DOING, waited_s: WRITE_WAIT.as_secs() };
        tokio::time::timeout(WRITE_WAIT, trying).await.unwrap_or(Err(silent))
    }
}

/// What is done in one transaction.
#[async_trait]
trait Work: Sync {
    const DOING: &'static str;
    type Done: Send;
    async fn run(&self, connection: &mut PgConnection, collector: &str) -> Result<Self::Done, StoreError>;
}

#[async_trait]
impl Work for Group {
    const DOING: &'static str = "writing";
    type Done = Vec<Put>;

    async fn run(&self, connection: &mut PgConnection, collector: &str) -> Result<Vec<Put>, StoreError> {
        put_group(connection, collector, self).await
    }
}

/// Rows of collectors that are no more, too.
struct Forget {
    before_day: i64,
}

#[async_trait]
impl Work for Forget {
    const DOING: &'static str = "forgetting old refusals";
    type Done = ();

    async fn run(&self, connection: &mut PgConnection, _: &str) -> Result<(), StoreError> {
        for sql in ["DELETE FROM svar_rejected WHERE day < $1", "DELETE FROM svar_tallies WHERE day < $1"] {
            sqlx::query(sql).bind(self.before_day).execute(&mut *connection).await.map_err(failed(Self::DOING))?;
        }
        Ok(())
    }
}

#[async_trait]
impl Work for Restoring {
    const DOING: &'static str = "putting rows back";
    type Done = u64;

    async fn run(&self, connection: &mut PgConnection, _: &str) -> Result<u64, StoreError> {
        static REFUSALS: LazyLock<Arc<str>> = LazyLock::new(|| {
            let insert =
                "INSERT INTO svar_rejected AS kept (collector, day, code, n, last_received_ms, reason, payload)
                VALUES ($1, $2, $3, $4, $5, $6, $7)";
            [insert, ON_CONFLICT_REFUSALS].concat().into()
        });
        static TALLIES: LazyLock<Arc<str>> = LazyLock::new(|| {
            let insert = "INSERT INTO svar_tallies AS kept (collector, day, name, n) VALUES ($1, $2, $3, $4)";
            [insert, ON_CONFLICT_TALLIES].concat().into()
        });
        let mut changed = put_attempts(connection, &self.attempts).await?.changed;
        // A row at a time: of these there are few.
        for row in &self.refusals {
            let done = sqlx::query(AssertSqlSafe(REFUSALS.clone()))
                .bind(&row.collector)
                .bind(row.day)
                .bind(&row.code)
                .bind(row.n)
                .bind(row.last_received_ms)
                .bind(&row.reason)
                .bind(&row.payload);
            changed += done.execute(&mut *connection).await.map_err(failed(Self::DOING))?.rows_affected();
        }
        for row in &self.tallies {
            let done = sqlx::query(AssertSqlSafe(TALLIES.clone()))
                .bind(&row.collector)
                .bind(row.day)
                .bind(&row.name)
                .bind(row.n);
            changed += done.execute(&mut *connection).await.map_err(failed(Self::DOING))?.rows_affected();
        }
        changed += put_set_aside(connection, &self.set_aside.iter().collect::<Vec<_>>()).await?;
        for (id, seq) in &self.settled {
            let done = sqlx::query("DELETE FROM svar_set_aside WHERE id = $1 AND seq = $2").bind(id).bind(*seq);
            changed += done.execute(&mut *connection).await.map_err(failed(Self::DOING))?.rows_affected();
        }
        Ok(changed)
    }
}

/// Removes some of what is old. Rows that another collector removes, or writes, are passed over.
struct Prune {
    before_ms: i64,
    most: u32,
}

#[async_trait]
impl Work for Prune {
    const DOING: &'static str = "removing what is old";
    type Done = Pruned;

    async fn run(&self, connection: &mut PgConnection, _: &str) -> Result<Pruned, StoreError> {
        let mut gone = [0; 4];
        for (gone, (sql, before)) in gone.iter_mut().zip([
            (
                "DELETE FROM svar_attempts WHERE attempt = ANY(ARRAY(SELECT attempt FROM svar_attempts
                    WHERE event_time_ms < $1 ORDER BY event_time_ms LIMIT $2 FOR UPDATE SKIP LOCKED))",
                self.before_ms,
            ),
            (
                "DELETE FROM svar_set_aside WHERE id = ANY(ARRAY(SELECT id FROM svar_set_aside
                    WHERE COALESCE(last_received_ms, received_ms) < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
                self.before_ms,
            ),
            (
                "DELETE FROM svar_rejected WHERE (collector, day, code) IN (SELECT collector, day, code
                    FROM svar_rejected WHERE day < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
                day(self.before_ms),
            ),
            (
                "DELETE FROM svar_tallies WHERE (collector, day, name) IN (SELECT collector, day, name
                    FROM svar_tallies WHERE day < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
                day(self.before_ms),
            ),
        ]) {
            let done = sqlx::query(sql).bind(before).bind(i64::from(self.most));
            *gone = done.execute(&mut *connection).await.map_err(failed(Self::DOING))?.rows_affected();
        }
        let [attempts, set_aside, refusals, tallies] = gone;
        Ok(Pruned { attempts, set_aside, counts: refusals + tallies })
    }
}

#[async_trait]
impl Tables for PostgresTables {
    async fn put(&mut self, group: &Group) -> Result<Vec<Put>, Failure> {
        let done = self.transact(group).await;
        done.map_err(|error| if is_content(&error) { Failure::Content(error) } else { Failure::Store(error) })
    }

    async fn forget(&mut self, before_day: i64) -> Result<(), StoreError> {
        self.transact(&Forget { before_day }).await
    }

    async fn restore(&mut self, restoring: &Restoring) -> Result<u64, StoreError> {
        self.transact(restoring).await
    }

    async fn prune(&mut self, before_ms: i64, most: u32) -> Result<Pruned, StoreError> {
        self.transact(&Prune { before_ms, most }).await
    }

    async fn close(self) {
        if let Some(link) = self.link {
            drop(tokio::time::timeout(CONNECT_WAIT, link.connection.close()).await);
        }
    }
}

/// SQLSTATE, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn state(error: &StoreError) -> Option<String> {
    let StoreError::Database { source, .. } = error else { return None };
    Some(source.as_database_error()?.code()?.into_owned())
}

/// Whether the server gave our transaction up for another's: a serialization failure or a deadlock.
fn is_for_another(error: &StoreError) -> bool {
    state(error).is_some_and(|state| state == "40001" || state == "40P01")
}

/// Whether it was for what was to be written: a value that its type cannot hold, a constraint, something too large.
fn is_content(error: &StoreError) -> bool {
    state(error).is_some_and(|state| ["22", "23", "54"].iter().any(|class| state.starts_with(class)))
}

async fn put_group(connection: &mut PgConnection, collector: &str, group: &Group) -> Result<Vec<Put>, StoreError> {
    let before = put_attempts(connection, &group.attempts).await?.before;
    let (puts, repeated) = group.puts(before);
    let mut tallies: BTreeMap<(i64, &str), i64> = repeated.into_iter().map(|(day, n)| ((day, REPEATED), n)).collect();
    for (day, n) in set_aside(connection, group).await? {
        tallies.insert((day, ONLY_COUNTED), n);
    }
    count(connection, collector, &tallies).await?;
    put_rejected(connection, collector, group).await?;
    Ok(puts)
}

/// What writing attempts came to.
#[derive(Default)]
struct Written {
    /// The `seq` that each was stored with before, where it was.
    before: HashMap<String, i64>,
    /// Rows that are new or other than before.
    changed: u64,
}

/// Writes attempts, of each one row, in order.
async fn put_attempts(connection: &mut PgConnection, rows: &[Row]) -> Result<Written, StoreError> {
    // `before` sees the rows as they were when the statement began.
    static UPSERT: LazyLock<Arc<str>> = LazyLock::new(|| {
        let insert = r#"WITH before AS (SELECT attempt, seq FROM svar_attempts WHERE attempt = ANY($1::text[])),
            written AS (INSERT INTO svar_attempts AS kept (attempt, seq, first_received_ms, last_received_ms,
                event_time_ms, clock_skew, class, behaviour, declared, data, flood)
             SELECT * FROM UNNEST($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[],
                $7::text[], $8::text[], $9::text[], $10::text[], $11::boolean[]) AS given (attempt, seq,
                first_received_ms, last_received_ms, event_time_ms, clock_skew, class, behaviour, declared, data, flood)
             ORDER BY attempt COLLATE "C""#;
        let before = " RETURNING 1) SELECT attempt, seq, (SELECT COUNT(*) FROM written) FROM before
            UNION ALL SELECT NULL, NULL, COUNT(*) FROM written";
        [insert, ON_CONFLICT, before].concat().into()
    });
    if rows.is_empty() {
        return Ok(Written::default());
    }
    let found = sqlx::query(AssertSqlSafe(UPSERT.clone()))
        .bind(rows.iter().map(|row| row.attempt.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.seq).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.first_received_ms).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.last_received_ms).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.event_time_ms).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.clock_skew).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.class.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.behaviour.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.declared.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.data.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.flood).collect::<Vec<_>>())
        .fetch_all(connection)
        .await
        .map_err(failed("writing attempts"))?;
    let mut written = Written::default();
    for row in found {
        match row.get::<Option<String>, _>(0) {
            Some(attempt) => drop(written.before.insert(attempt, row.get(1))),
            None => written.changed = unsigned(row.get(2)),
        }
    }
    Ok(written)
}

/// Sets the group's events aside while there is room; returns how many of each day there was none for.
async fn set_aside(connection: &mut PgConnection, group: &Group) -> Result<BTreeMap<i64, i64>, StoreError> {
    let mut only_counted = BTreeMap::new();
    if group.set_aside.is_empty() {
        return Ok(only_counted);
    }
    let doing = "setting events aside";
    let ids: Vec<&str> = group.set_aside.keys().map(String::as_str).collect();
    let known: Vec<String> = sqlx::query_scalar("SELECT id FROM svar_set_aside WHERE id = ANY($1::text[])")
        .bind(ids)
        .fetch_all(&mut *connection)
        .await
        .map_err(failed(doing))?;
    let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM svar_set_aside")
        .fetch_one(&mut *connection)
        .await
        .map_err(failed(doing))?;
    let room = usize::try_from(MAX_SET_ASIDE - kept).unwrap_or(0);
    let (old, mut news): (Vec<&SetAside>, Vec<_>) = group.set_aside.values().partition(|row| known.contains(&row.id));
    for row in news.drain(room.min(news.len())..) {
        *only_counted.entry(day(row.last_received_ms)).or_default() += 1;
    }
    put_set_aside(connection, &[old, news].concat()).await?;
    Ok(only_counted)
}

/// Sets rows aside, of each id one; returns how many changed.
async fn put_set_aside(connection: &mut PgConnection, rows: &[&SetAside]) -> Result<u64, StoreError> {
    static UPSERT: LazyLock<Arc<str>> = LazyLock::new(|| {
        let insert = r#"INSERT INTO svar_set_aside AS kept (id, seq, type, received_ms, last_received_ms, event, flood)
             SELECT * FROM UNNEST($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[],
                $7::boolean[]) AS given (id, seq, type, received_ms, last_received_ms, event, flood)
             ORDER BY id COLLATE "C""#;
        [insert, ON_CONFLICT_SET_ASIDE].concat().into()
    });
    if rows.is_empty() {
        return Ok(0);
    }
    let done = sqlx::query(AssertSqlSafe(UPSERT.clone()))
        .bind(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.seq).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.event_type.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.first_received_ms).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.last_received_ms).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.event.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.flood).collect::<Vec<_>>())
        .execute(connection)
        .await
        .map_err(failed("setting events aside"))?;
    Ok(done.rows_affected())
}

async fn count(
    connection: &mut PgConnection,
    collector: &str,
    tallies: &BTreeMap<(i64, &str), i64>,
) -> Result<(), StoreError> {
    if tallies.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO svar_tallies AS kept (collector, day, name, n)
         SELECT $1, day, name, n FROM UNNEST($2::bigint[], $3::text[], $4::bigint[]) AS given (day, name, n)
         ON CONFLICT (collector, day, name) DO UPDATE SET n = kept.n + excluded.n",
    )
    .bind(collector)
    .bind(tallies.keys().map(|(day, _)| *day).collect::<Vec<_>>())
    .bind(tallies.keys().map(|(_, name)| *name).collect::<Vec<_>>())
    .bind(tallies.values().copied().collect::<Vec<_>>())
    .execute(connection)
    .await
    .map_err(failed("counting"))?;
    Ok(())
}

async fn put_rejected(connection: &mut PgConnection, collector: &str, group: &Group) -> Result<(), StoreError> {
    let rows = &group.rejected;
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO svar_rejected AS kept (collector, day, code, n, last_received_ms, reason, payload)
         SELECT $1, day, code, n, last_received_ms, reason, payload
         FROM UNNEST($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
            AS given (day, code, n, last_received_ms, reason, payload)
         ON CONFLICT (collector, day, code) DO UPDATE SET n = kept.n + excluded.n,
            last_received_ms = excluded.last_received_ms, reason = excluded.reason, payload = excluded.payload",
    )
    .bind(collector)
    .bind(rows.keys().map(|(day, _)| *day).collect::<Vec<_>>())
    .bind(rows.keys().map(|(_, code)| *code).collect::<Vec<_>>())
    .bind(rows.values().map(|row| row.n).collect::<Vec<_>>())
    .bind(rows.values().map(|row| row.last_received_ms).collect::<Vec<_>>())
    .bind(rows.values().map(|row| row.reason.as_str()).collect::<Vec<_>>())
    .bind(rows.values().map(|row| row.payload.as_str()).collect::<Vec<_>>())
    .execute(connection)
    .await
    .map_err(failed("counting refusals"))?;
    Ok(())
}

#[async_trait]
impl Store for PostgresStore {
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

reading!(PgPool, PgRow, "svar_");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{RejectedEvent, StoreAddress, suite};
    use crate::testing::{accepted, attempt, postgres};

    /// A schema of its own in the server of `cargo xtask test` for each store.
    struct Schemas {
        server: String,
    }

    /// None, and a word about it, where there is no server.
    fn schemas() -> Option<Schemas> {
        Some(Schemas { server: postgres()? })
    }

    impl Schemas {
        async fn new_schema(&self) -> String {
            let name = format!("t{}", collector_id());
            let mut admin = PgConnection::connect(&self.server).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&mut admin).await.unwrap();
            admin.close().await.unwrap();
            format!("{}?options=-csearch_path%3D{name}", self.server)
        }
    }

    fn address(url: &str) -> PostgresAddress {
        match url.parse().unwrap() {
            StoreAddress::Postgres(address) => address,
            StoreAddress::Sqlite(path) => panic!("{}", path.display()),
        }
    }

    async fn open(url: &str) -> PostgresStore {
        PostgresStore::open(&address(url), Migrate::Locked).await.unwrap()
    }

    async fn run(url: &str, sql: &str) {
        let mut connection = PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    #[async_trait]
    impl suite::Place for Schemas {
        async fn fresh(&self, n: usize) -> Vec<Arc<dyn Store>> {
            let url = self.new_schema().await;
            let mut stores: Vec<Arc<dyn Store>> = vec![];
            for _ in 0..n {
                stores.push(Arc::new(open(&url).await));
            }
            stores
        }
    }

    #[tokio::test]
    async fn it_is_a_store() {
        let Some(schemas) = schemas() else { return };
        suite::holds(&schemas).await;
    }

    #[test]
    fn any_order_gives_the_same() {
        let Some(schemas) = schemas() else { return };
        suite::any_order_gives_the_same(&schemas);
    }

    /// Tables of the first version, as they were.
    #[tokio::test]
    async fn older_tables_are_brought_up_to_date() {
        let Some(schemas) = schemas() else { return };
        for migrate in [Migrate::Locked, Migrate::Unlocked] {
            let url = schemas.new_schema().await;
            let (version, first) = MIGRATIONS[0];
            let schema = "CREATE TABLE svar_schema (version BIGINT NOT NULL PRIMARY KEY)";
            run(&url, &format!("{schema}; INSERT INTO svar_schema VALUES ({version}); {}", first.join(";"))).await;
            run(&url, &suite::rows_of_the_first_version("svar_")).await;
            assert!(PostgresStore::open(&address(&url), Migrate::Never).await.is_err());
            suite::has_the_rows_of_the_first_version(&PostgresStore::open(&address(&url), migrate).await.unwrap())
                .await;
        }
    }

    fn one(name: &str) -> Batch {
        Batch { received_ms: 1, events: vec![accepted(attempt(name), 1)], ..Batch::default() }
    }

    /// Collectors that start together on an empty database.
    #[tokio::test]
    async fn tables_are_made_once() {
        let Some(schemas) = schemas() else { return };
        for migrate in [Migrate::Locked, Migrate::Unlocked] {
            let address = address(&schemas.new_schema().await);
            let all: Vec<_> = (0..6)
                .map(|_| {
                    let address = address.clone();
                    tokio::spawn(async move { PostgresStore::open(&address, migrate).await })
                })
                .collect();
            for store in all {
                let store = store.await.unwrap();
                store.unwrap_or_else(|error| panic!("{migrate:?}: {error:#}")).ping().await.unwrap();
            }
        }
    }

    #[tokio::test]
    async fn what_is_no_store_of_ours_is_refused() {
        let Some(schemas) = schemas() else { return };
        let url = schemas.new_schema().await;
        let error = PostgresStore::open(&address(&url), Migrate::Never).await.err().unwrap();
        assert!(format!("{error:#}").contains("start `svar serve`"), "{error:#}");
        open(&url).await.put_batch(one("a")).await.unwrap();
        let reading = PostgresStore::open(&address(&url), Migrate::Never).await.unwrap();
        assert_eq!(reading.attempts(Filter::default()).await.unwrap().attempts.len(), 1);
        run(&url, "INSERT INTO svar_schema (version) VALUES (99)").await;
        for migrate in [Migrate::Locked, Migrate::Never] {
            let error = PostgresStore::open(&address(&url), migrate).await.err().unwrap();
            assert!(format!("{error:#}").contains("version 99"), "{error:#}");
        }
        let nowhere = PostgresStore::open(&address("postgres://u:s3cret@127.0.0.1:1/d"), Migrate::Locked).await;
        let error = format!("{:#} {0:?}", nowhere.err().unwrap());
        assert!(error.contains("127.0.0.1:1") && !error.contains("s3cret"), "{error}");
    }

    /// A role that may read and write rows and nothing else can run the collector once the tables are there.
    #[tokio::test]
    async fn rows_are_all_that_it_needs_later() {
        let Some(schemas) = schemas() else { return };
        let url = schemas.new_schema().await;
        let (_, schema) = url.rsplit_once("%3D").unwrap();
        let role = format!("r{}", collector_id());
        run(&url, &format!("CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {schema} TO {role}")).await;
        let as_role = url.replacen("postgres://svar@", &format!("postgres://{role}@"), 1);
        let error = PostgresStore::open(&address(&as_role), Migrate::Locked).await.err().unwrap();
        assert!(format!("{error:#}").contains("the right to create tables"), "{error:#}");
        open(&url).await;
        run(&url, &format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}")).await;
        assert_eq!(open(&as_role).await.put_batch(one("a")).await.unwrap().stored, 1);
    }

    #[tokio::test]
    async fn the_disk_is_waited_for() {
        let Some(schemas) = schemas() else { return };
        let url = schemas.new_schema().await;
        for (set, expected) in [
            ("", "on"),
            ("%20-csynchronous_commit%3Doff", "on"),
            ("%20-csynchronous_commit%3Dremote_apply", "remote_apply"),
        ] {
            let mut link = Link::new(address(&format!("{url}{set}")).options()).await.unwrap();
            link.begin().await.unwrap();
            let found: String =
                sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&mut link.connection).await.unwrap();
            assert_eq!(found, expected, "{set}");
        }
    }

    /// The server may give a transaction up for another's. Sequences go on counting over that.
    #[tokio::test]
    async fn what_was_given_up_for_another_is_tried_again() {
        let Some(schemas) = schemas() else { return };
        let url = schemas.new_schema().await;
        let store = open(&url).await;
        run(
            &url,
            "CREATE SEQUENCE tried;
             CREATE FUNCTION twice() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN IF nextval('tried') < 3 THEN RAISE EXCEPTION 'not now' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$;
             CREATE TRIGGER twice BEFORE INSERT ON svar_attempts FOR EACH ROW EXECUTE FUNCTION twice()",
        )
        .await;
        assert_eq!(store.put_batch(one("a")).await.unwrap(), Put { stored: 1, repeated: 0 });
        run(&url, "CREATE OR REPLACE FUNCTION twice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never' USING ERRCODE = '40001'; END $$").await;
        assert!(matches!(store.put_batch(one("b")).await, Err(StoreError::Database { .. })));
    }

    /// Two collectors that are sent the same attempts in opposite orders lock them in the same one. (A deadlock would be
    /// got over, a second later.)
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn collectors_do_not_deadlock() {
        let Some(schemas) = schemas() else { return };
        let url = schemas.new_schema().await;
        let mut senders = vec![];
        for collector in 0..2 {
            let store = open(&url).await;
            senders.push(tokio::spawn(async move {
                for seq in 0..20 {
                    let state = |n| {
                        let mut state = attempt(&format!("a{n}-"));
                        state.seq = seq;
                        accepted(state, 1)
                    };
                    let events: Vec<_> = if collector == 0 {
                        (0..500).map(state).collect()
                    } else {
                        (0..500).rev().map(state).collect()
                    };
                    store.put_batch(Batch { received_ms: 1, events, ..Batch::default() }).await.unwrap();
                }
                // What a connection has seen is in the statistics when it has ended.
                store.close().await;
            }));
        }
        for sender in senders {
            sender.await.unwrap();
        }
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let deadlocks: i64 =
            sqlx::query_scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
                .fetch_one(&mut connection)
                .await
                .unwrap();
        assert_eq!(deadlocks, 0);
    }

    /// One that the database does not take costs no other.
    #[tokio::test]
    async fn each_of_a_group_gets_its_chance() {
        let Some(schemas) = schemas() else { return };
        let url = schemas.new_schema().await;
        let store = open(&url).await;
        run(&url, "ALTER TABLE svar_attempts ADD CHECK (attempt NOT LIKE 'bad%')").await;
        let (a, bad, b) =
            tokio::join!(store.put_batch(one("a")), store.put_batch(one("bad")), store.put_batch(one("b")));
        assert_eq!((a.unwrap().stored, b.unwrap().stored), (1, 1));
        assert!(matches!(bad, Err(StoreError::Database { .. })), "{bad:?}");
    }

    /// Cut while idle, as firewalls and restarts do: nobody notices.
    #[tokio::test]
    async fn a_connection_that_was_cut_is_made_anew() {
        let Some(schemas) = schemas() else { return };
        let url = schemas.new_schema().await;
        let marked = format!("{url}&application_name=cut{}", collector_id());
        let store = open(&marked).await;
        store.put_batch(one("a")).await.unwrap();
        assert_eq!(store.attempts(Filter::default()).await.unwrap().attempts.len(), 1);
        let (_, name) = marked.rsplit_once('=').unwrap();
        let cut =
            format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '{name}'");
        run(&url, &cut).await;
        assert_eq!(store.put_batch(one("b")).await.unwrap().stored, 1);
        assert_eq!(store.attempts(Filter::default()).await.unwrap().attempts.len(), 2);
    }

    #[tokio::test]
    async fn a_row_that_cannot_be_read_is_counted_and_not_fatal() {
        let Some(schemas) = schemas() else { return };
        let url = schemas.new_schema().await;
        let store = open(&url).await;
        store.put_batch(one("good")).await.unwrap();
        store.put_batch(one("bad")).await.unwrap();
        run(&url, "UPDATE svar_attempts SET data = '{\"attempt\":1}' WHERE attempt LIKE 'bad%'").await;
        let loaded = store.attempts(Filter::default()).await.unwrap();
        assert_eq!((loaded.attempts.len(), loaded.unreadable), (1, 1));
    }

    /// Counts of a collector that is no more are counted still, and forgotten in time by one that is.
    #[tokio::test]
    async fn counts_are_summed_over_collectors() {
        let Some(schemas) = schemas() else { return };
        let url = schemas.new_schema().await;
        let refused = |received_ms| Batch {
            received_ms,
            rejected: vec![RejectedEvent { code: "json", reason: "why".into(), payload: "{}".into() }],
            ..one("a")
        };
        for _ in 0..3 {
            let store = open(&url).await;
            store.put_batch(refused(5)).await.unwrap();
            store.close().await;
        }
        let store = open(&url).await;
        let intake = store.intake(Filter::default()).await.unwrap();
        assert_eq!((intake.rejected["json"], intake.repeated), (3, 2));
        store.put_batch(refused(500 * 86_400_000)).await.unwrap();
        store.close().await;
        let intake = open(&url).await.intake(Filter::default()).await.unwrap();
        assert_eq!((intake.rejected["json"], intake.repeated), (1, 1));
    }
}
