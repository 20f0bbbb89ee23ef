//! Where a store is, as it is written on a command line.
//!
//! ```text
//! sqlite:FILE                                          sqlite:svar.sqlite, sqlite:///var/lib/svar/svar.sqlite
//! postgres://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE[?PARAMETER=VALUE&…]
//! ```
//!
//! An address is read once, when the command starts. It may hold a password: neither errors nor `Display` nor `Debug`
//! repeat what was given; they name host, port and database.

use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The parameters that mean something to us, under libpq's names; the last is sqlx's own.
const PARAMETERS: [&str; 13] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
    "statement-cache-capacity",
];

/// Where a store is.
#[derive(Debug, Clone)]
pub enum StoreAddress {
    /// A file.
    Sqlite(PathBuf),
    /// A database of a PostgreSQL server.
    Postgres(PostgresAddress),
}

/// A database of a PostgreSQL server, and how to get in.
#[derive(Clone)]
pub struct PostgresAddress(Box<PgConnectOptions>);

/// An address that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Of no kind that we know.
    #[error(
        "expected a store's address of the form sqlite:FILE, for example sqlite:svar.sqlite, or \
         postgres://USER@HOST/DATABASE"
    )]
    Kind,
    /// No file.
    #[error("expected a file in the store's address, found none; write for example sqlite:svar.sqlite")]
    File,
    /// A `postgres://` address with a mistake in it.
    #[error(
        "expected a store's address of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE, found a mistake in it \
         ({0}); a character of the password such as @ / ? # or % is written %40 %2F %3F %23 %25, or give the password in \
         PGPASSWORD or ~/.pgpass"
    )]
    Postgres(String),
}

impl FromStr for StoreAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<StoreAddress, AddressError> {
        if let Some(rest) = text.strip_prefix("sqlite:") {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            if path.is_empty() || path == ":memory:" {
                return Err(AddressError::File);
            }
            return Ok(StoreAddress::Sqlite(path.into()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return postgres(text).map(|options| StoreAddress::Postgres(PostgresAddress(Box::new(options))));
        }
        // The address is not repeated: it could hold a password.
        Err(AddressError::Kind)
    }
}

fn postgres(text: &str) -> Result<PgConnectOptions, AddressError> {
    let mistake = |words: &str| Err(AddressError::Postgres(words.to_owned()));
    // These are what is left of a password that was not written as it must be: taken for a database's name or a
    // parameter's, it would be repeated.
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    let after_host = rest.find(['/', '?', '#']).map_or("", |at| &rest[at..]);
    if after_host.contains(['@', '#']) {
        return mistake("a /, ? or # before the @");
    }
    let query = after_host.split_once('?').map_or("", |(_, query)| query);
    let keys = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    if keys.filter(|key| !key.is_empty()).any(|key| !PARAMETERS.contains(&key)) {
        return mistake(&format!("a parameter that is none of {}", PARAMETERS.join(", ")));
    }
    let options: PgConnectOptions = text.parse().map_err(|error: sqlx::Error| {
        // Their words name what could not be read and at most the value of a parameter.
        AddressError::Postgres(match error {
            sqlx::Error::Configuration(error) => error.to_string(),
            _ => "it cannot be read".to_owned(),
        })
    })?;
    // An IPv6 address keeps the brackets of the URL, and no host is called so.
    let bare = options.get_host().strip_prefix('[').and_then(|host| host.strip_suffix(']')).map(str::to_owned);
    let options = if let Some(host) = bare { options.host(&host) } else { options };
    let named = options.get_application_name().is_some();
    Ok(if named { options } else { options.application_name("svar") })
}

impl PostgresAddress {
    /// What a connection is made with.
    pub(super) fn options(&self) -> &PgConnectOptions {
        &self.0
    }
}

impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.0.get_database().unwrap_or(self.0.get_username());
        match self.0.get_socket() {
            Some(socket) => write!(f, "PostgreSQL in {}, database {database}", socket.display()),
            None => write!(f, "PostgreSQL at {}:{}, database {database}", self.0.get_host(), self.0.get_port()),
        }
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreAddress::Sqlite(path) => write!(f, "SQLite in {}", path.display()),
            StoreAddress::Postgres(address) => address.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let found = match text.parse::<StoreAddress>() {
            Ok(address) => format!("{address} {address:?}"),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expected), "{text}: expected `{expected}` in `{found}`");
        assert!(!found.contains("s3cret"), "{text}: {found}");
    }

    #[test]
    fn addresses() {
        check("sqlite:svar.sqlite", "SQLite in svar.sqlite");
        check("sqlite:///var/lib/svar.sqlite", "SQLite in /var/lib/svar.sqlite");
        check("postgres://svar:s3cret@db.example.com/help", "PostgreSQL at db.example.com:5432, database help");
        check("postgresql://svar:s3cret@db:6000/help?sslmode=verify-full", "PostgreSQL at db:6000, database help");
        check("postgres://svar@%2Frun%2Fpostgresql/help", "PostgreSQL in /run/postgresql, database help");
        check("postgres://svar@[::1]:6000/help", "PostgreSQL at ::1:6000, database help");
        check("postgres:///help?host=/run/pg&user=svar&password=s3cret", "PostgreSQL in /run/pg, database help");
        check("postgres://svar:s3cret%40%2F@db/help", "PostgreSQL at db:5432, database help");
    }

    #[test]
    fn mistakes_are_told_without_the_password() {
        check("svar.sqlite", "sqlite:FILE");
        check("", "sqlite:FILE");
        check("mysql://u:s3cret@db", "postgres://USER@HOST/DATABASE");
        check("sqlite:", "expected a file");
        check("sqlite::memory:", "expected a file");
        check("postgres:svar", "postgres://USER@HOST/DATABASE");
        check("postgres://u:s3cret@db:port/svar", "invalid port number");
        check("postgres://u:/s3cret@db/svar", "before the @");
        check("postgres://u:12#s3cret@db/svar", "before the @");
        check("postgres://u:12?s3cret@db/svar", "before the @");
        check("postgres://u:s3cret@db/svar?sslmode=always", "always");
        check("postgres://u:s3cret@db/svar?pasword=s3cret", "a parameter that is none of sslmode");
    }
}
