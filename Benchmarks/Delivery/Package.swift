// swift-tools-version: 6.2
import PackageDescription

let r2kit = ["R2Kit", "R2Storage", "VideoCatalog", "VideoDelivery", "VideoEndpoints"].map {
    Target.Dependency.product(name: $0, package: "r2kit")
}

// A separate package, so that the presigning benchmarks don't build an HTTP client in release mode.
let package = Package(
    name: "r2kit-delivery-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "r2kit", path: "../../", traits: ["Delivery"])],
    targets: [
        .executableTarget(name: "playlist-benchmark", dependencies: r2kit),
        .executableTarget(name: "growth-benchmark", dependencies: r2kit),
    ]
)
