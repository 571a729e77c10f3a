//! What is kept on disk over a restart: one database file, in which each concern has tables of
//! its own.
//!
//! A transaction is durable when it is committed, and all of it or nothing is there after a
//! crash. Calls block for the time of a disk: call them where a thread may block.
//!
//! A disk may be full for a while. What could not be written is lost to it, so whoever holds more
//! in memory looks at [`Store::failures`], and writes all of it once that has changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use redb::{
    Builder, Database, DatabaseError, ReadTransaction, ReadableDatabase, StorageError,
    WriteTransaction,
};
use venti_model::status::ConfigFault;

/// The file in the data directory.
const FILE: &str = "alerts.redb";

/// The most memory that pages of the file take. The default is a gigabyte.
const CACHE_BYTES: usize = 8 << 20;

/// After a failure nothing is tried for so long: each attempt opens the file anew.
const REST: Duration = Duration::from_secs(2);

/// The database; clones share it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    path: PathBuf,
    /// Nothing where it could not be opened again after a failure.
    database: RwLock<Option<Database>>,
    health: Mutex<Health>,
}

#[derive(Default)]
struct Health {
    failures: u64,
    /// Why the last write failed, and when it may be tried again.
    fault: Option<(String, Instant)>,
}

/// Why something cannot be kept, or not be read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no directory that can be written to.
    #[error("states of alerts cannot be kept in {}: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// Writing failed a moment ago, and is not tried again yet.
    #[error("{0}")]
    Resting(String),
    /// Reading or writing failed.
    #[error("states of alerts: {0}")]
    Database(#[from] Box<redb::Error>),
}

impl Store {
    /// Opens the database below `dir`, and makes both where they are missing.
    ///
    /// A file that is damaged is set aside under another name and begun anew: alerts are
    /// announced once more then, which is better than none.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(FILE);
        fs::create_dir_all(dir).map_err(|it| unusable(&path, &it))?;
        let database = open(&path)?;
        Ok(Self(Arc::new(Inner {
            path,
            database: RwLock::new(Some(database)),
            health: Mutex::default(),
        })))
    }

    /// Changes something, durably. With an error nothing is changed.
    pub fn write<T>(
        &self,
        change: impl FnOnce(&WriteTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        let written = self.heal().and_then(|()| {
            self.with(|database| {
                let transaction = database.begin_write()?;
                let value = change(&transaction)?;
                transaction.commit()?;
                Ok(value)
            })
        });
        self.note(written.as_ref().err());
        written
    }

    /// Waits until all that is being written is on disk, or known not to get there.
    pub fn settled(&self) -> Result<(), StoreError> {
        self.with(|database| Ok(database.begin_write()?.abort()?))
    }

    /// Looks at what was committed last. A table that nobody wrote to yet is an error of redb,
    /// `TableDoesNotExist`: see [`if_there`].
    pub fn read<T>(
        &self,
        look: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        self.with(|database| look(&database.begin_read()?))
    }

    /// How many writes failed so far.
    pub fn failures(&self) -> u64 {
        self.health().failures
    }

    /// What is wrong with the file, while nothing can be written.
    pub(crate) fn fault(&self) -> Option<ConfigFault> {
        let (reason, _) = self.health().fault.clone()?;
        let text = format!("{reason}; alerts go on, but a restart would not know them");
        Some(ConfigFault::of_file(
            self.0.path.display().to_string(),
            text,
        ))
    }

    fn with<T>(
        &self,
        what: impl FnOnce(&Database) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        let database = self.0.database.read();
        let database = database.unwrap_or_else(PoisonError::into_inner);
        let Some(database) = &*database else {
            return Err(StoreError::Resting("it has to be opened again".to_owned()));
        };
        what(database).map_err(|it| StoreError::Database(Box::new(it)))
    }

    /// Opens the file anew if the last write failed: redb writes nothing more after an error of
    /// the disk.
    fn heal(&self) -> Result<(), StoreError> {
        match &self.health().fault {
            None => return Ok(()),
            Some((reason, until)) if Instant::now() < *until => {
                return Err(StoreError::Resting(reason.clone()));
            }
            Some(_) => {}
        }
        let database = self.0.database.write();
        let mut database = database.unwrap_or_else(PoisonError::into_inner);
        // It gives up its lock on the file.
        drop(database.take());
        *database = Some(open(&self.0.path)?);
        Ok(())
    }

    /// Keeps in mind how a write went, and tells the log of a change.
    fn note(&self, error: Option<&StoreError>) {
        let mut health = self.health();
        let Some(error) = error else {
            if health.fault.take().is_some() {
                tracing::info!("states of alerts are kept on disk again");
            }
            return;
        };
        health.failures += 1;
        if let StoreError::Resting(_) = error {
            return;
        }
        if health.fault.is_none() {
            tracing::error!(%error, "alerts go on, but a restart would not know them");
        }
        health.fault = Some((error.to_string(), Instant::now() + REST));
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        let health = self.0.health.lock();
        health.unwrap_or_else(PoisonError::into_inner)
    }
}

/// A table that was opened for reading; `None` before it was first written to.
pub fn if_there<T>(opened: Result<T, redb::TableError>) -> Result<Option<T>, redb::Error> {
    match opened {
        Ok(table) => Ok(Some(table)),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

/// Opens the file, and makes it where it is missing; a damaged one is set aside.
fn open(path: &Path) -> Result<Database, StoreError> {
    let database = match create(path) {
        Err(error) if is_damaged(&error) => {
            let aside = set_aside(path).map_err(|it| unusable(path, &it))?;
            tracing::error!(
                file = %path.display(), aside = %aside.display(), %error,
                "the states of alerts are damaged: the file is set aside, and alerts that fire are announced anew"
            );
            create(path)
        }
        other => other,
    };
    database.map_err(|it| unusable(path, &it))
}

fn unusable(path: &Path, reason: &impl ToString) -> StoreError {
    StoreError::Unusable {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

fn create(path: &Path) -> Result<Database, DatabaseError> {
    Builder::new().set_cache_size(CACHE_BYTES).create(path)
}

/// Whether the file itself is at fault, and not the disk, the rights or another server.
fn is_damaged(error: &DatabaseError) -> bool {
    match error {
        DatabaseError::RepairAborted | DatabaseError::UpgradeRequired(_) => true,
        DatabaseError::Storage(StorageError::Corrupted(_)) => true,
        DatabaseError::Storage(StorageError::Io(error)) => matches!(
            error.kind(),
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
        ),
        _ => false,
    }
}

fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let name = |it: u32| path.with_extension(format!("damaged-{it}.redb"));
    let free = (1..).map(name).find(|it| !it.exists());
    let aside = free.unwrap_or_else(|| name(0));
    fs::rename(path, &aside)?;
    Ok(aside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::TableDefinition;

    const TABLE: TableDefinition<'_, &str, u64> = TableDefinition::new("test");

    fn get(store: &Store) -> Option<u64> {
        let look = |it: &ReadTransaction| {
            let Some(table) = if_there(it.open_table(TABLE))? else {
                return Ok(None);
            };
            Ok(table.get("a")?.map(|it| it.value()))
        };
        store.read(look).unwrap()
    }

    fn put(store: &Store, value: u64) {
        let change = |it: &WriteTransaction| {
            it.open_table(TABLE)?.insert("a", value)?;
            Ok(())
        };
        store.write(change).unwrap();
    }

    #[test]
    fn keeps_what_was_committed() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(get(&store), None);
        put(&store, 1);
        let failed = store.write(|it| {
            it.open_table(TABLE)?.insert("a", 2)?;
            Err::<(), _>(redb::Error::PreviousIo)
        });
        assert!(failed.is_err());
        drop(store);
        assert_eq!(get(&Store::open(dir.path()).unwrap()), Some(1));
    }

    #[test]
    fn a_damaged_file_is_set_aside() {
        for garbage in [
            &b"no database"[..],
            &[0; 10_000],
            b"redb\x1a\x0a\xa9\x0d\x0a",
        ] {
            let dir = tempfile::tempdir().unwrap();
            let file = dir.path().join(FILE);
            fs::write(&file, garbage).unwrap();
            let store = Store::open(dir.path()).unwrap();
            put(&store, 3);
            assert_eq!(get(&store), Some(3));
            let aside = fs::read(dir.path().join("alerts.damaged-1.redb")).unwrap();
            assert_eq!(aside, garbage);
        }
    }

    #[test]
    fn says_where_it_cannot_write() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Store::open(&file).unwrap_err().to_string();
        assert!(error.contains("alerts.redb"), "{error}");
    }

    #[test]
    fn a_second_server_does_not_take_the_file_away() {
        let dir = tempfile::tempdir().unwrap();
        let first = Store::open(dir.path()).unwrap();
        assert!(Store::open(dir.path()).is_err());
        put(&first, 4);
        assert_eq!(get(&first), Some(4));
    }
}
