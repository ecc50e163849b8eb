// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// Only benchmarks whose folder exists are built.
let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Sources")
let benchmarks: [(name: String, products: [Target.Dependency])] = [
    ("memory-benchmark", []),
    (
        "sqlite-benchmark",
        [.product(name: "VideoCatalogSQLite", package: "r2kit"), .product(name: "GRDB", package: "GRDB.swift")]
    ),
    (
        "postgres-benchmark",
        ["VideoCatalogLibPQ", "VideoCatalogPostgres"].map { .product(name: $0, package: "r2kit") }
    ),
    (
        "growth-benchmark",
        ["VideoCatalogLibPQ", "VideoCatalogPostgres", "VideoCatalogSQLite"].map { .product(name: $0, package: "r2kit") }
    ),
]

let package = Package(
    name: "catalog-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "r2kit", path: "../..", traits: ["SQLite", "Postgres"]),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.0.0"),
    ],
    targets: benchmarks.filter { FileManager.default.fileExists(atPath: folder.appendingPathComponent($0.name).path) }
        .map { benchmark in
            .executableTarget(
                name: benchmark.name,
                dependencies: [.product(name: "VideoCatalog", package: "r2kit")] + benchmark.products,
                // For a file that a benchmark shares with the package.
                swiftSettings: [.define("SQLite"), .enableUpcomingFeature("InternalImportsByDefault")])
        }
)
