#if Storage
import Testing

/// A feature that a server lacks, or that differs from R2.
enum ServerGap: String, Sendable {
    case bucketCORS = "bucket CORS"
    case bucketLifecycle = "bucket lifecycle"
    case metadataMerge = "merging metadata on a copy"
    case ifMatchOnPut = "If-Match on a PUT"
    case conditionsOnComplete = "conditions on a completion"
    case sourceConditions = "conditions on a copy's source"
    case equalParts = "parts of one size"
}

extension TestServer {
    /// Returns why the server can't show a feature, or `nil` if it can.
    func gap(_ gap: ServerGap) -> String? {
        guard Self.allCases.contains(self) else {
            return self == .emulator ? "enable the trait Emulator" : "set R2KIT_INTEGRATION=1 to run it"
        }
        return switch (self, gap) {
        case (.emulator, _): nil
        case (.swift, .bucketCORS), (.swift, .bucketLifecycle), (.swift, .ifMatchOnPut): "the server responds with 501"
        case (_, .metadataMerge): "only R2 has it"
        case (_, .equalParts): "the server accepts any sizes"
        case (.swift, .conditionsOnComplete): "the server ignores them"
        default: nil
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips a test, with the reason, if the server lacks a feature or isn't part of this run.
    static func needs(_ gap: ServerGap, of server: TestServer) -> Self {
        let reason = server.gap(gap)
        return .enabled(if: reason == nil, "\(server.rawValue), \(gap.rawValue): \(reason ?? "")")
    }
}
#endif
