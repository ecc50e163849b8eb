#if Emulator
internal import R2Kit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The conditions of a request on an object.
struct Conditions: Sendable {
    private var ifMatch: ETagList?
    private var ifNoneMatch: ETagList?
    private var ifModifiedSince: Date?
    private var ifUnmodifiedSince: Date?
    private let includesItsSecond: Bool

    /// Reads the headers of a request.
    /// - Parameters:
    ///   - request: The request.
    ///   - prefix: Nothing, or the prefix of the headers of a copy.
    ///   - behavior: The emulator's choices.
    init(_ request: EmulatorRequest, prefix: String = "", behavior: R2Emulator.Behavior) {
        ifMatch = request.header("\(prefix)if-match").map(ETagList.init)
        ifNoneMatch = request.header("\(prefix)if-none-match").map(ETagList.init)
        // A date that isn't valid counts as missing, as in HTTP.
        ifModifiedSince = request.header("\(prefix)if-modified-since").flatMap(HTTPDate.parse)
        ifUnmodifiedSince = request.header("\(prefix)if-unmodified-since").flatMap(HTTPDate.parse)
        includesItsSecond = behavior.unmodifiedSinceIncludesItsSecond
    }

    var isEmpty: Bool {
        ifMatch == nil && ifNoneMatch == nil && ifModifiedSince == nil && ifUnmodifiedSince == nil
    }

    enum Outcome: Sendable {
        case holds
        /// A read reports status 304.
        case notModified
        case failed
    }

    /// Judges an object, or its absence.
    ///
    /// R2 (observed): the precedence of HTTP, so that 412 comes before 304.
    func outcome(for object: ObjectRecord?) -> Outcome {
        guard let object else {
            // R2 (documented semantics of bindings): without an object only these two fail. AWS reports 404 instead.
            return ifMatch == nil && ifModifiedSince == nil ? .holds : .failed
        }
        // Headers have whole seconds.
        let stored = object.modified.timeIntervalSince1970.rounded(.down)
        let matches = ifMatch.map { $0.contains(object.etag, weakly: false) }
        if matches == false { return .failed }
        if let date = ifUnmodifiedSince, matches != true {
            // Unsettled: whether an object of exactly that second passes, see `unmodifiedSinceIncludesItsSecond`.
            let limit = date.timeIntervalSince1970
            guard includesItsSecond ? stored <= limit : stored < limit else { return .failed }
        }
        let differs = ifNoneMatch.map { !$0.contains(object.etag, weakly: true) }
        if differs == false { return .notModified }
        if let date = ifModifiedSince, differs != true, stored <= date.timeIntervalSince1970 { return .notModified }
        return .holds
    }

    /// Throws unless all conditions of a write or a copy hold.
    ///
    /// R2 (observed): writes and the source of a copy report 412, never 304.
    func require(for object: ObjectRecord?) throws(Refusal) {
        guard case .holds = outcome(for: object) else { throw .preconditionFailed }
    }
}

/// A list of ETags in a condition.
///
/// R2 (documented): lists, weak tags and `*` are accepted.
private struct ETagList: Sendable {
    private var matchesAll = false
    private var tags: [(value: String, isWeak: Bool)] = []

    init(_ text: String) {
        matchesAll = text.trimmed == "*"
        for part in text.split(separator: ",") {
            var tag = Substring(String(part).trimmed)
            let isWeak = tag.hasPrefix("W/")
            if isWeak { tag = tag.dropFirst(2) }
            if tag.count >= 2, tag.hasPrefix("\""), tag.hasSuffix("\"") { tag = tag.dropFirst().dropLast() }
            tags.append((String(tag), isWeak))
        }
    }

    /// Returns whether a stored tag, which is strong, is in the list.
    ///
    /// R2 (documented semantics of bindings): If-Match compares strongly, If-None-Match weakly.
    func contains(_ etag: String, weakly: Bool) -> Bool {
        matchesAll || tags.contains { $0.value == etag && (weakly || !$0.isWeak) }
    }
}
#endif
