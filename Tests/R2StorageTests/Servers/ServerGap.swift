#if Storage
import Testing

/// What a server does not do, or does otherwise than R2.
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
    /// Why the server cannot show something; `nil` if it can.
    func gap(_ gap: ServerGap) -> String? {
        switch (self, gap) {
        case (.swift, .bucketCORS), (.swift, .bucketLifecycle), (.swift, .ifMatchOnPut): "it answers 501"
        case (_, .metadataMerge): "it is R2's own"
        case (_, .equalParts): "it takes any"
        case (.swift, .conditionsOnComplete): "it ignores them"
        default: nil
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips a test, with the reason, where the server lacks what it needs.
    static func needs(_ gap: ServerGap, of server: TestServer) -> Self {
        let reason = server.gap(gap)
        return .enabled(if: reason == nil, "\(server.rawValue), \(gap.rawValue): \(reason ?? "")")
    }
}
#endif
