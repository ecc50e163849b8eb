// swift-tools-version: 6.2
import PackageDescription

// Products that several targets use. Those behind a trait are neither cloned nor built without it.
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let configuration = product("Configuration", of: "swift-configuration", trait: "Configuration")
let grdb = product("GRDB", of: "GRDB.swift", trait: "SQLite")
let libpq = Target.Dependency.target(name: "CLibPQ", condition: .when(traits: ["Postgres"]))
let emulatorLibrary = Target.Dependency.target(name: "R2Emulator", condition: .when(traits: ["Emulator"]))
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let storage =
    nio(trait: "Storage") + [
        product("AsyncHTTPClient", of: "async-http-client", trait: "Storage"),
        product("NIOSSL", of: "swift-nio-ssl", trait: "Storage"),
        product("Logging", of: "swift-log", trait: "Storage"),
        product("Metrics", of: "swift-metrics", trait: "Storage"),
        product("Tracing", of: "swift-distributed-tracing", trait: "Storage"),
        product("ServiceLifecycle", of: "swift-service-lifecycle", trait: "Storage"),
    ]
// The workflow and its endpoints use R2Storage, and few of its dependencies.
let endpoints = [
    product("NIOCore", of: "swift-nio", trait: "Delivery"), product("Logging", of: "swift-log", trait: "Delivery"),
]
let delivery =
    endpoints + [
        product("Metrics", of: "swift-metrics", trait: "Delivery"),
        product("Tracing", of: "swift-distributed-tracing", trait: "Delivery"),
        product("ServiceLifecycle", of: "swift-service-lifecycle", trait: "Delivery"),
    ]
let emulator =
    [product("Hummingbird", of: "hummingbird", trait: "Emulator")]
    + nio(trait: "Emulator") + [
        product("NIOHTTPTypes", of: "swift-nio-extras", trait: "Emulator"),
        product("Logging", of: "swift-log", trait: "Emulator"),
    ]
let storageTesting = [
    product("UnixSignals", of: "swift-service-lifecycle", trait: "Storage"),
    product("InMemoryLogging", of: "swift-log", trait: "Storage"),
    product("MetricsTestKit", of: "swift-metrics", trait: "Storage"),
    product("InMemoryTracing", of: "swift-distributed-tracing", trait: "Storage"),
]

func nio(trait: String) -> [Target.Dependency] {
    ["NIOCore", "NIOHTTP1", "NIOPosix"].map { product($0, of: "swift-nio", trait: trait) }
}

func product(_ name: String, of package: String, trait: String) -> Target.Dependency {
    .product(name: name, package: package, condition: .when(traits: [trait]))
}

let package = Package(
    name: "r2kit",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        "SigV4", "R2Kit", "R2Storage", "VideoCatalog", "VideoCatalogSQLite", "VideoCatalogPostgres",
        "VideoCatalogLibPQ", "VideoCatalogTesting", "R2Emulator", "VideoDelivery", "VideoEndpoints",
    ].map { .library(name: $0, targets: [$0]) } + [.executable(name: "r2-emulator", targets: ["r2-emulator"])],
    traits: [
        .trait(
            name: "Configuration",
            description: "Adds R2Config(reader:), which reads the settings through swift-configuration."),
        .trait(name: "Storage", description: "Adds R2Storage: R2Client, which talks to R2 over async-http-client."),
        .trait(name: "SQLite", description: "Adds VideoCatalogSQLite: the catalog on SQLite, over GRDB."),
        .trait(
            name: "Postgres",
            description: "Adds VideoCatalogLibPQ: connections to PostgreSQL over libpq, which must be installed."),
        .trait(
            name: "Emulator",
            description: "Adds R2Emulator: R2 on this machine, for development and tests, over Hummingbird."),
        .trait(
            name: "Delivery",
            description:
                "Adds VideoDelivery: uploads that are verified, playback and housekeeping. Adds VideoEndpoints: "
                + "the same over HTTP.",
            enabledTraits: ["Storage"]),
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
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.20.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.24.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.0.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin.git", from: "1.4.0"),
    ],
    targets: [
        .target(name: "R2KitSupport"),
        .target(name: "SigV4", dependencies: ["R2KitSupport", crypto]),
        .target(name: "R2Kit", dependencies: ["R2KitSupport", "SigV4", crypto, httpTypes, configuration]),
        .target(name: "R2Storage", dependencies: ["R2KitSupport", "R2Kit", "SigV4", crypto, httpTypes] + storage),
        .target(name: "VideoCatalog", dependencies: ["R2KitSupport"]),
        .target(name: "VideoCatalogSQLite", dependencies: ["VideoCatalog", grdb]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(name: "VideoCatalogPostgres", dependencies: ["R2KitSupport", "VideoCatalog"]),
        .target(
            name: "VideoCatalogLibPQ", dependencies: ["R2KitSupport", "VideoCatalog", "VideoCatalogPostgres", libpq]),
        .target(name: "VideoCatalogTesting", dependencies: ["VideoCatalog"]),
        .target(name: "R2Emulator", dependencies: ["R2KitSupport", "R2Kit", "SigV4", crypto, httpTypes] + emulator),
        .executableTarget(name: "r2-emulator", dependencies: ["R2Kit", "R2Emulator"]),
        .target(
            name: "VideoDelivery",
            dependencies: ["R2KitSupport", "SigV4", "R2Kit", "R2Storage", "VideoCatalog", crypto] + delivery),
        .target(
            name: "VideoEndpoints",
            dependencies: [
                "R2KitSupport", "SigV4", "R2Kit", "R2Storage", "VideoCatalog", "VideoDelivery", httpTypes,
            ] + endpoints),

        .executableTarget(
            name: "print-urls", dependencies: ["R2Kit", "SigV4", httpTypes, argumentParser],
            path: "Examples/print-urls"),
        .executableTarget(
            name: "r2", dependencies: ["R2Kit", "R2Storage", argumentParser] + storage, path: "Examples/r2"),
        .executableTarget(
            name: "video-server",
            dependencies: [
                "R2Kit", "R2Storage", "VideoCatalog", "VideoCatalogLibPQ", "VideoCatalogPostgres", "VideoCatalogSQLite",
                "VideoDelivery", "VideoEndpoints", emulatorLibrary, crypto, httpTypes,
                product("Hummingbird", of: "hummingbird", trait: "Emulator"),
                product("NIOHTTPTypes", of: "swift-nio-extras", trait: "Emulator"),
                product("UnixSignals", of: "swift-service-lifecycle", trait: "Storage"),
            ] + storage,
            path: "Examples/video-server", exclude: ["README.md"], resources: [.copy("Page")]),

        .executableTarget(
            name: "video-urls", dependencies: ["R2Kit", "VideoCatalog"], path: "Examples",
            exclude: ["print-urls", "r2", "video-server"], sources: ["video-urls.swift"]),

        // Programs and helpers of the tests.
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .target(
            name: "CatalogTestSupport", dependencies: ["TestSupport", "VideoCatalog", "VideoCatalogTesting"],
            path: "Tests/CatalogTestSupport"),
        .executableTarget(
            name: "signing-oracle", dependencies: ["R2Kit", "SigV4", httpTypes], path: "Tests/Oracle"),
        .executableTarget(
            name: "storage-process", dependencies: ["R2Kit", "R2Storage", httpTypes] + nio(trait: "Storage"),
            path: "Tests/StorageProcess"),
        .executableTarget(
            name: "sqlite-writer", dependencies: ["VideoCatalog", "VideoCatalogSQLite"], path: "Tests/SQLiteWriter"),
        .executableTarget(
            name: "postgres-writer", dependencies: ["VideoCatalog", "VideoCatalogLibPQ", "VideoCatalogPostgres"],
            path: "Tests/PostgresWriter"),

        .testTarget(name: "R2KitSupportTests", dependencies: ["R2KitSupport"]),
        .testTarget(
            name: "SigV4Tests", dependencies: ["SigV4", "TestSupport", crypto], resources: [.copy("Vectors")]),
        .testTarget(
            name: "R2KitTests", dependencies: ["R2Kit", "SigV4", "TestSupport", crypto, httpTypes, configuration]),
        .testTarget(
            name: "PrintURLsTests", dependencies: ["R2Kit", "TestSupport", "print-urls", "video-urls", httpTypes]),
        .testTarget(
            name: "R2StorageTests",
            dependencies: ["R2Kit", "R2Storage", "TestSupport", emulatorLibrary, crypto, httpTypes] + storage
                + storageTesting),
        .testTarget(
            name: "R2CommandTests",
            dependencies: ["R2Kit", "R2Storage", "TestSupport", "r2", crypto]
                + nio(trait: "Storage")),
        .testTarget(
            name: "VideoCatalogTests", dependencies: ["R2Kit", "TestSupport", "VideoCatalog", "VideoCatalogTesting"]),
        .testTarget(
            name: "VideoCatalogSQLiteTests",
            dependencies: [
                "CatalogTestSupport", "TestSupport", "VideoCatalog", "VideoCatalogSQLite", "VideoCatalogTesting", grdb,
            ]),
        .testTarget(
            name: "VideoCatalogPostgresTests",
            dependencies: [
                "CatalogTestSupport", "TestSupport", "VideoCatalog", "VideoCatalogLibPQ", "VideoCatalogPostgres",
                "VideoCatalogSQLite", "VideoCatalogTesting", libpq,
            ]),
        // Without libpq and without the trait: the catalog over a driver of the tests' own.
        .testTarget(
            name: "PostgresSessionTests",
            dependencies: ["TestSupport", "VideoCatalog", "VideoCatalogPostgres", "VideoCatalogTesting"]),
        .testTarget(
            name: "R2EmulatorTests",
            dependencies: [
                "R2Emulator", "R2Kit", "R2KitSupport", "R2Storage", "SigV4", "TestSupport", crypto, httpTypes,
            ] + emulator),
        .testTarget(
            name: "VideoDeliveryTests",
            dependencies: [
                "CatalogTestSupport", "R2Kit", "R2KitSupport", "R2Storage", "TestSupport", "VideoCatalog",
                "VideoCatalogLibPQ", "VideoCatalogPostgres", "VideoCatalogSQLite", "VideoDelivery", emulatorLibrary,
                crypto, httpTypes, libpq, grdb,
            ] + storage + storageTesting),
        .testTarget(
            name: "VideoEndpointsTests",
            dependencies: [
                "R2Kit", "R2Storage", "TestSupport", "VideoCatalog", "VideoDelivery", "VideoEndpoints", emulatorLibrary,
                httpTypes,
            ] + storage + storageTesting + [product("Hummingbird", of: "hummingbird", trait: "Emulator")],
            exclude: ["Golden"]),
        .testTarget(
            name: "VideoServerTests",
            dependencies: [
                "R2Kit", "R2Storage", "TestSupport", "VideoCatalog", "VideoCatalogSQLite", "video-server",
                emulatorLibrary, crypto,
                product("AsyncHTTPClient", of: "async-http-client", trait: "Storage"),
            ] + nio(trait: "Storage")),
        .testTarget(
            name: "IntegrationTests", dependencies: ["R2Kit", "SigV4", "TestSupport", emulatorLibrary, httpTypes]),
    ]
)

var strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]
// For this package's own checks. A package that depends on it isn't stopped by a warning of a later compiler.
if Context.environment["R2KIT_WARNINGS_AS_ERRORS"] != nil { strict.append(.treatAllWarnings(as: .error)) }
for target in package.targets where target.type != .system { target.swiftSettings = strict }
