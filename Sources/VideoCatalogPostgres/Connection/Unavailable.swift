#if !Postgres
/// A connection to a PostgreSQL server; it needs the trait.
@available(*, unavailable, message: "enable the trait Postgres of this package, and install libpq")
public struct PostgresConnection {}

/// A bounded set of connections to a PostgreSQL server; it needs the trait.
@available(*, unavailable, message: "enable the trait Postgres of this package, and install libpq")
public struct PostgresPool {}

/// How to reach a PostgreSQL server; it needs the trait.
@available(*, unavailable, message: "enable the trait Postgres of this package, and install libpq")
public struct PostgresPoolConfiguration {}
#endif
