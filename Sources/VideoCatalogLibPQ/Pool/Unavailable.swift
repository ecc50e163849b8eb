#if !Postgres
/// A connection to a PostgreSQL server over libpq.
///
/// Requires the trait `Postgres`.
@available(*, unavailable, message: "Enable the trait Postgres of the package r2kit, and install libpq.")
public struct LibPQConnection {}

/// A pool of connections to a PostgreSQL server over libpq.
///
/// Requires the trait `Postgres`.
@available(*, unavailable, message: "Enable the trait Postgres of the package r2kit, and install libpq.")
public struct LibPQPool {}

/// The configuration of a connection pool.
///
/// Requires the trait `Postgres`.
@available(*, unavailable, message: "Enable the trait Postgres of the package r2kit, and install libpq.")
public struct LibPQPoolConfiguration {}
#endif
