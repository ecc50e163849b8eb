import Testing

/// A kind of server that the tests run against.
///
/// Both kinds verify signatures. Each lacks some capabilities.
enum ServerKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case seaweedFS = "SeaweedFS"
    case swift = "OpenStack Swift"

    var testDescription: String { rawValue }

    /// The name of the script in `Scripts/servers` that starts the server.
    var script: String {
        switch self {
        case .seaweedFS: "start-seaweedfs"
        case .swift: "start-swift-s3api"
        }
    }
}
