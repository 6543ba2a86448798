//! Every change of the schema, in order, as part of the binary. Written for SQLite; PostgreSQL gets the same statements
//! with its own names of the types.

use sqlx::migrate::{Migration, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};

static MAIN: Migrator = sqlx::migrate!("migrations/main");
static DOCUMENTS: Migrator = sqlx::migrate!("migrations/documents");

/// Which tables a database has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schema {
    /// People, sandboxes, and all that belongs to them.
    Main,
    /// Logs and states of documents.
    Documents,
}

impl Schema {
    /// How many changes there are.
    pub(crate) fn version(self) -> i64 {
        i64::try_from(self.sqlite().iter().count()).unwrap_or(i64::MAX)
    }

    pub(super) fn sqlite(self) -> &'static Migrator {
        match self {
            Self::Main => &MAIN,
            Self::Documents => &DOCUMENTS,
        }
    }

    /// Both schemas may lie in one database, so each keeps its own list of what was applied.
    pub(super) fn postgres(self) -> Migrator {
        let translated = self.sqlite().iter().map(|migration| {
            let sql = translate(migration.sql.as_str());
            Migration::new(
                migration.version,
                migration.description.clone(),
                migration.migration_type,
                AssertSqlSafe(sql).into_sql_str(),
                migration.no_tx,
            )
        });
        let mut migrator = Migrator::with_migrations(translated.collect());
        migrator.dangerous_set_table_name(self.name());
        migrator
    }

    /// Where it keeps that list in a PostgreSQL database.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Main => "migrations_main",
            Self::Documents => "migrations_documents",
        }
    }
}

fn translate(sql: &str) -> String {
    let typed = |line: &str| line.replace(") STRICT;", ");").replace(" INTEGER", " BIGINT").replace(" BLOB", " BYTEA");
    sql.lines().map(|line| typed(line) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_get_the_names_that_postgresql_knows() {
        assert_eq!(
            translate("    at INTEGER NOT NULL,\n    b BLOB\n) STRICT;"),
            "    at BIGINT NOT NULL,\n    b BYTEA\n);\n"
        );
    }
}
