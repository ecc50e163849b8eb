import Foundation
import Testing

/// A kind of server that the tests run against.
///
/// All kinds verify signatures. Most lack some capabilities.
enum ServerKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case emulator = "R2Emulator"
    case seaweedFS = "SeaweedFS"
    case swift = "OpenStack Swift"

    /// The kinds that this run includes.
    ///
    /// The emulator runs in this process. The others are downloaded, so the environment must request them.
    static let allCases: [ServerKind] = {
        var kinds: [ServerKind] = []
        #if Emulator
        kinds.append(.emulator)
        #endif
        if ProcessInfo.processInfo.environment["R2KIT_INTEGRATION"] == "1" { kinds += [.seaweedFS, .swift] }
        return kinds
    }()

    var testDescription: String { rawValue }
}
