import Testing

/// A capability that a test requires and that not every S3 server has.
enum Capability: String, Sendable {
    case emptySegments = "keys with empty, '.' and '..' segments"
    case backslashes = "keys with a backslash"
    case longSegments = "keys with a segment of more than 255 bytes"
    case ifMatch = "If-Match on a PUT"
    case sessionTokens = "session tokens"
}

extension ServerKind {
    /// Returns the reason why the server can't show a capability, or `nil` if it can.
    fileprivate func gap(_ capability: Capability) -> String? {
        guard Self.allCases.contains(self) else {
            return self == .emulator ? "enable the trait Emulator" : "set R2KIT_INTEGRATION=1 to run it"
        }
        return switch (self, capability) {
        case (.seaweedFS, .emptySegments): "the server collapses them"
        case (.seaweedFS, .backslashes): "the server treats them as slashes"
        case (.seaweedFS, .longSegments): "the server rejects them"
        case (.swift, .ifMatch): "the server responds with 501"
        case (.swift, .sessionTokens): "the server ignores them"
        default: nil
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips a test, stating the reason, if the server lacks a capability or isn't part of this run.
    static func needs(_ capability: Capability, of kind: ServerKind) -> Self {
        let gap = kind.gap(capability)
        return .enabled(if: gap == nil, "\(kind.rawValue), \(capability.rawValue): \(gap ?? "")")
    }
}
