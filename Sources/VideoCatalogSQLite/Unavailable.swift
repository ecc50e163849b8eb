#if !SQLite

/// A video catalog in an SQLite database, available with the package trait `SQLite`.
@available(*, unavailable, message: "enable the trait: .package(url: …, traits: [\"SQLite\"])")
public struct SQLiteVideoRepository {}

/// The video catalog on one database connection, available with the package trait `SQLite`.
@available(*, unavailable, message: "enable the trait: .package(url: …, traits: [\"SQLite\"])")
public struct SQLiteVideoCatalog {}

/// The catalog's tables in a database, available with the package trait `SQLite`.
@available(*, unavailable, message: "enable the trait: .package(url: …, traits: [\"SQLite\"])")
public enum SQLiteVideoSchema {}

#endif
