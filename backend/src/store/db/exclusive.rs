//! That only one server writes to a PostgreSQL database.
//!
//! The connection that writes holds an advisory lock (PostgreSQL, "Explicit Locking", "Advisory Locks"), and the lock is gone when
//! the connection is. A server whose connection was lost takes the lock again with the next one, or does not write: so two servers
//! never write at the same time, whatever becomes of the network between them and the database.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, Executor as _};

use super::{Schema, StoreError};

/// How long to wait for the lock: the database learns a moment later that a server has ended.
const WAIT: &str = "SET lock_timeout = '5s'";

/// The answer when that was not enough (PostgreSQL, "Error Codes", `lock_not_available`).
const NOT_AVAILABLE: &str = "55P03";

/// Tells from the locks of other programs on the same database.
const ORRERY: i32 = 0x4f52_5259;

/// Takes the lock of a schema for this connection.
pub(super) async fn take(connection: &mut PgConnection, schema: Schema) -> Result<(), sqlx::Error> {
    connection.execute(WAIT).await?;
    // The tables may lie in any schema of the database, and those of another one are no concern of ours.
    sqlx::query("SELECT pg_advisory_lock($1, hashtext(current_schema() || $2))")
        .bind(ORRERY)
        .bind(schema.name())
        .execute(&mut *connection)
        .await?;
    connection.execute("RESET lock_timeout").await?;
    Ok(())
}

/// Whether the lock can be had. The pool of connections would not say that somebody else has it, but try for long.
pub(super) async fn check(options: &PgConnectOptions, schema: Schema) -> Result<(), StoreError> {
    let mut connection = PgConnection::connect_with(options).await.map_err(StoreError::Database)?;
    let taken = take(&mut connection, schema).await;
    connection.close().await.map_err(StoreError::Database)?;
    taken.map_err(|error| match error.as_database_error().and_then(|error| error.code()) {
        Some(code) if code == NOT_AVAILABLE => StoreError::DatabaseInUse,
        _ => StoreError::Database(error),
    })
}
