// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "r2kit-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "r2kit", path: "../"),
        .package(url: "https://github.com/apple/swift-crypto.git", "4.0.0"..<"5.0.0"),
    ],
    targets: [
        .executableTarget(
            name: "presign-benchmark",
            dependencies: [
                .product(name: "R2Kit", package: "r2kit"),
                .product(name: "Crypto", package: "swift-crypto"),
            ])
    ]
)
