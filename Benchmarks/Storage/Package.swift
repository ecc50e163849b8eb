// swift-tools-version: 6.2
import PackageDescription

// A separate package, so that the presigning benchmarks don't build an HTTP client in release mode.
let package = Package(
    name: "r2kit-storage-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "r2kit", path: "../../", traits: ["Storage"]),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.30.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.30.0"),
    ],
    targets: [
        .executableTarget(
            name: "storage-benchmark",
            dependencies: [
                .product(name: "R2Kit", package: "r2kit"),
                .product(name: "R2Storage", package: "r2kit"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ])
    ]
)
