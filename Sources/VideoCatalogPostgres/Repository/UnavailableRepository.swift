#if !Postgres
/// The catalog on PostgreSQL, for more than one machine.
@available(*, unavailable, message: "enable the trait Postgres of the package r2kit to use VideoCatalogPostgres")
public struct PostgresVideoRepository {}

/// The catalog in a session of the host's.
@available(*, unavailable, message: "enable the trait Postgres of the package r2kit to use VideoCatalogPostgres")
public struct PostgresVideoCatalog {}
#endif
