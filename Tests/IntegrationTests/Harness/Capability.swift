import Testing

/// What a test needs beyond the least that every S3 server does.
enum Capability: String, Sendable {
    case emptySegments = "keys with empty, '.' and '..' segments"
    case backslashes = "keys with a backslash"
    case longSegments = "keys with a segment of more than 255 bytes"
    case ifMatch = "If-Match on a PUT"
    case sessionTokens = "session tokens"
}

extension ServerKind {
    /// Why the server cannot show something; `nil` if it can.
    fileprivate func gap(_ capability: Capability) -> String? {
        switch (self, capability) {
        case (.seaweedFS, .emptySegments): "it folds them"
        case (.seaweedFS, .backslashes): "it takes them for slashes"
        case (.seaweedFS, .longSegments): "it refuses them"
        case (.swift, .ifMatch): "it answers 501"
        case (.swift, .sessionTokens): "it ignores them"
        default: nil
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips a test, with the reason, where the server lacks what it needs.
    static func needs(_ capability: Capability, of kind: ServerKind) -> Self {
        let gap = kind.gap(capability)
        return .enabled(if: gap == nil, "\(kind.rawValue), \(capability.rawValue): \(gap ?? "")")
    }
}
