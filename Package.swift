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
        .library(name: "VideoCatalog", targets: ["VideoCatalog"]),
    ],
    traits: [
        .trait(
            name: "Configuration",
            description: "Adds R2Config(reader:), which reads the settings through swift-configuration."),
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto.git", "4.0.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.0.0", traits: []),
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
        .target(name: "VideoCatalog", swiftSettings: strict),
        .executableTarget(
            name: "print-urls",
            dependencies: [
                "R2Kit", "SigV4",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Examples/print-urls",
            swiftSettings: strict),
        .testTarget(
            name: "SigV4Tests",
            dependencies: ["SigV4", .product(name: "Crypto", package: "swift-crypto")],
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
                "R2Kit", "SigV4",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(
                    name: "Configuration", package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PrintURLsTests",
            dependencies: ["R2Kit", "print-urls", .product(name: "HTTPTypes", package: "swift-http-types")],
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: ["R2Kit", "SigV4", .product(name: "HTTPTypes", package: "swift-http-types")],
            swiftSettings: strict),
    ]
)
