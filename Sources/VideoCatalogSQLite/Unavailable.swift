#if !SQLite

/// The catalog in an SQLite database, which the package's trait `SQLite` adds.
@available(*, unavailable, message: "enable the trait SQLite of the package r2kit: traits: [\"SQLite\"]")
public struct SQLiteVideoRepository {}

/// The catalog on a connection to a database, which the package's trait `SQLite` adds.
@available(*, unavailable, message: "enable the trait SQLite of the package r2kit: traits: [\"SQLite\"]")
public struct SQLiteVideoCatalog {}

/// The catalog's tables in a database, which the package's trait `SQLite` adds.
@available(*, unavailable, message: "enable the trait SQLite of the package r2kit: traits: [\"SQLite\"]")
public enum SQLiteVideoSchema {}

#endif
