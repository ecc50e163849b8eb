import Testing

/// The servers that the tests run against.
///
/// Both check signatures; each has gaps of its own.
enum ServerKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case seaweedFS = "SeaweedFS"
    case swift = "OpenStack Swift"

    var testDescription: String { rawValue }

    /// The script that starts it, in `Scripts/servers`.
    var script: String {
        switch self {
        case .seaweedFS: "start-seaweedfs"
        case .swift: "start-swift-s3api"
        }
    }
}
