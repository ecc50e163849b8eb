// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who depends on R2Kit sees the unsafe flag. Build it with Scripts/fuzz.
// The emulator's server takes minutes to build with sanitizers. See Scripts/fuzz.
let emulator = Context.environment["FUZZ_EMULATOR"] != nil

let package = Package(
    name: "r2kit-fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "r2kit", path: "../", traits: emulator ? ["Emulator"] : []),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.4.0"),
    ],
    targets: [
        // A link to the sources, because the module that they belong to takes minutes to build too.
        .target(name: "VideoDeliveryMedia", swiftSettings: [.define("Delivery")]),
        .target(
            name: "VideoDeliveryPlaylists", dependencies: [.product(name: "R2Kit", package: "r2kit")],
            swiftSettings: [
                .define("Delivery"),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
            ]),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "VideoDeliveryMedia", "VideoDeliveryPlaylists",
                .product(name: "R2Kit", package: "r2kit"),
                .product(name: "SigV4", package: "r2kit"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ] + (emulator ? [.product(name: "R2Emulator", package: "r2kit")] : []),
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                // The fuzzer's library brings `main`.
                .unsafeFlags(["-parse-as-library"]),
            ] + (emulator ? [.define("FUZZ_EMULATOR")] : [])),
    ]
)
