#if !Postgres
/// A connection to a PostgreSQL server over libpq.
///
/// Requires the trait `Postgres`.
@available(*, unavailable, message: "install libpq, and enable the trait: .package(url: …, traits: [\"Postgres\"])")
public struct LibPQConnection {}

/// A pool of connections to a PostgreSQL server over libpq.
///
/// Requires the trait `Postgres`.
@available(*, unavailable, message: "install libpq, and enable the trait: .package(url: …, traits: [\"Postgres\"])")
public struct LibPQPool {}

/// The configuration of a connection pool.
///
/// Requires the trait `Postgres`.
@available(*, unavailable, message: "install libpq, and enable the trait: .package(url: …, traits: [\"Postgres\"])")
public struct LibPQPoolConfiguration {}
#endif
