// swift-tools-version: 6.2
import PackageDescription

// A separate package, so that the presigning benchmarks don't build an HTTP client in release mode.
let package = Package(
    name: "r2kit-delivery-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "r2kit", path: "../../", traits: ["Delivery"])],
    targets: [
        .executableTarget(
            name: "playlist-benchmark",
            dependencies: [
                .product(name: "R2Kit", package: "r2kit"),
                .product(name: "R2Storage", package: "r2kit"),
                .product(name: "VideoCatalog", package: "r2kit"),
                .product(name: "VideoDelivery", package: "r2kit"),
            ])
    ]
)
