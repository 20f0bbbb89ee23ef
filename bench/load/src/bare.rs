//! The limit: a request is a row, and nothing else is done. axum and sqlx as in the collector, and as durable: SQLite with a
//! write-ahead log and `synchronous=FULL`, PostgreSQL as it comes. The body is stored as it is, unread.

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};
use tokio::net::TcpListener;

/// Same path as the collector's, so that the same is sent to both.
const PATH: &str = "/svar/v1/attempts";

/// PostgreSQL writes its log for many connections at once, so here it is they that commit together.
const POSTGRES_CONNECTIONS: u32 = 16;

pub async fn serve(store: &str) -> Result<()> {
    let router = match store.strip_prefix("sqlite:") {
        Some(file) => {
            let options = SqliteConnectOptions::new()
                .filename(file)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full);
            // One writes at a time anyway; more connections would only wait for the file's lock.
            let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
            sqlx::query("CREATE TABLE bare (id INTEGER PRIMARY KEY, data BLOB NOT NULL)").execute(&pool).await?;
            Router::new().route(PATH, post(into_sqlite)).with_state(pool)
        }
        None => {
            let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).connect(store).await?;
            let table = "CREATE TABLE bare (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, data BYTEA NOT NULL)";
            sqlx::query(table).execute(&pool).await?;
            Router::new().route(PATH, post(into_postgres)).with_state(pool)
        }
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("expected a free port")?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

async fn into_sqlite(State(pool): State<SqlitePool>, body: Bytes) -> StatusCode {
    answer(sqlx::query("INSERT INTO bare (data) VALUES (?1)").bind(&body[..]).execute(&pool).await)
}

async fn into_postgres(State(pool): State<PgPool>, body: Bytes) -> StatusCode {
    answer(sqlx::query("INSERT INTO bare (data) VALUES ($1)").bind(&body[..]).execute(&pool).await)
}

fn answer<T>(stored: Result<T, sqlx::Error>) -> StatusCode {
    if stored.is_ok() { StatusCode::ACCEPTED } else { StatusCode::SERVICE_UNAVAILABLE }
}
