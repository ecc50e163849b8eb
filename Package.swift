// swift-tools-version: 6.2
import PackageDescription

var strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]
// For this package's own checks; who depends on it is not stopped by a warning of a later compiler.
if Context.environment["R2KIT_WARNINGS_AS_ERRORS"] != nil { strict.append(.treatAllWarnings(as: .error)) }

let package = Package(
    name: "r2kit",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "SigV4", targets: ["SigV4"]),
        .library(name: "R2Kit", targets: ["R2Kit"]),
        .library(name: "R2Storage", targets: ["R2Storage"]),
        .library(name: "VideoCatalog", targets: ["VideoCatalog"]),
        .library(name: "VideoCatalogSQLite", targets: ["VideoCatalogSQLite"]),
        .library(name: "VideoCatalogPostgres", targets: ["VideoCatalogPostgres"]),
        .library(name: "VideoCatalogTesting", targets: ["VideoCatalogTesting"]),
    ],
    traits: [
        .trait(
            name: "Configuration",
            description: "Adds R2Config(reader:), which reads the settings through swift-configuration."),
        .trait(name: "Storage", description: "Adds R2Client, which talks to R2 by async-http-client: R2Storage."),
        .trait(name: "SQLite", description: "Adds the catalog on SQLite, by GRDB: VideoCatalogSQLite."),
        .trait(
            name: "Postgres",
            description: "Adds the catalog on PostgreSQL, by libpq, which must be installed: VideoCatalogPostgres."),
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto.git", "4.0.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.0.0", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.30.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.7.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.3.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.7.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.0.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin.git", from: "1.4.0"),
    ],
    targets: [
        .target(
            name: "SigV4",
            dependencies: [.product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "R2Kit",
            dependencies: [
                "SigV4",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(
                    name: "Configuration", package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])),
            ],
            swiftSettings: strict),
        .target(
            name: "R2Storage",
            dependencies: [
                "R2Kit",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(
                    name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["Storage"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Storage"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Storage"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Storage"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Storage"])),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Storage"])),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Storage"])),
                .product(name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Storage"])),
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle",
                    condition: .when(traits: ["Storage"])),
            ],
            swiftSettings: strict),
        .target(name: "VideoCatalog", swiftSettings: strict),
        .target(
            name: "VideoCatalogSQLite",
            dependencies: [
                "VideoCatalog",
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: strict),
        .systemLibrary(
            name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(
            name: "VideoCatalogPostgres",
            dependencies: ["VideoCatalog", .target(name: "CLibPQ", condition: .when(traits: ["Postgres"]))],
            swiftSettings: strict),
        .target(name: "VideoCatalogTesting", dependencies: ["VideoCatalog"], swiftSettings: strict),
        .executableTarget(
            name: "print-urls",
            dependencies: [
                "R2Kit", "SigV4",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Examples/print-urls",
            swiftSettings: strict),
        .executableTarget(
            name: "r2",
            dependencies: [
                "R2Kit", "R2Storage", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Examples/r2",
            swiftSettings: strict),
        .testTarget(
            name: "SigV4Tests",
            dependencies: ["SigV4", "TestSupport", .product(name: "Crypto", package: "swift-crypto")],
            resources: [.copy("Vectors")],
            swiftSettings: strict),
        .executableTarget(
            name: "signing-oracle",
            dependencies: ["R2Kit", "SigV4", .product(name: "HTTPTypes", package: "swift-http-types")],
            path: "Tests/Oracle",
            swiftSettings: strict),
        .testTarget(
            name: "R2KitTests",
            dependencies: [
                "R2Kit", "SigV4", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(
                    name: "Configuration", package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PrintURLsTests",
            dependencies: [
                "R2Kit", "TestSupport", "print-urls", .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "storage-process",
            dependencies: [
                "R2Kit", "R2Storage", .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Storage"])),
            ],
            path: "Tests/StorageProcess",
            swiftSettings: strict),
        .testTarget(
            name: "R2StorageTests",
            dependencies: [
                "R2Kit", "R2Storage", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(
                    name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["Storage"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Storage"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Storage"])),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Storage"])),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Storage"])),
                .product(name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Storage"])),
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle",
                    condition: .when(traits: ["Storage"])),
                .product(
                    name: "UnixSignals", package: "swift-service-lifecycle", condition: .when(traits: ["Storage"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Storage"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Storage"])),
                .product(name: "InMemoryLogging", package: "swift-log", condition: .when(traits: ["Storage"])),
                .product(name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Storage"])),
                .product(
                    name: "InMemoryTracing", package: "swift-distributed-tracing",
                    condition: .when(traits: ["Storage"])),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "R2CommandTests",
            dependencies: [
                "R2Kit", "R2Storage", "TestSupport", "r2",
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Storage"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Storage"])),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "VideoCatalogTests", dependencies: ["R2Kit", "TestSupport", "VideoCatalog", "VideoCatalogTesting"],
            swiftSettings: strict),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "CatalogTestSupport", dependencies: ["TestSupport", "VideoCatalog", "VideoCatalogTesting"],
            path: "Tests/CatalogTestSupport", swiftSettings: strict),
        .testTarget(
            name: "VideoCatalogSQLiteTests",
            dependencies: [
                "CatalogTestSupport", "TestSupport", "VideoCatalog", "VideoCatalogSQLite", "VideoCatalogTesting",
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "sqlite-writer", dependencies: ["VideoCatalog", "VideoCatalogSQLite"], path: "Tests/SQLiteWriter",
            swiftSettings: strict),
        .testTarget(
            name: "VideoCatalogPostgresTests",
            dependencies: [
                "CatalogTestSupport", "TestSupport", "VideoCatalog", "VideoCatalogPostgres", "VideoCatalogSQLite",
                "VideoCatalogTesting",
                .target(name: "CLibPQ", condition: .when(traits: ["Postgres"])),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "postgres-writer", dependencies: ["VideoCatalog", "VideoCatalogPostgres"],
            path: "Tests/PostgresWriter", swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "R2Kit", "SigV4", "TestSupport", .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
    ]
)
