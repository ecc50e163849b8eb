internal import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What must hold of an object, or the operation is answered with status 412 (304 for reads that find nothing new).
///
/// Conditions that could never hold together are refused before anything is sent. Instants are whole seconds: a
/// fraction is left out. Source: R2 "S3 API compatibility" and "Extensions".
public struct ObjectConditions: Sendable, Hashable {
    /// One version of an object, or any.
    public struct Tag: Sendable, Hashable {
        let headerValue: String

        /// Any version: `ifMatch` wants an object to be there, `ifNoneMatch` wants none.
        public static let any = Tag(headerValue: "*")

        /// One version.
        public static func tag(_ tag: ETag) -> Tag { Tag(headerValue: tag.headerValue) }
    }

    /// The object must be this version.
    public var ifMatch: Tag?
    /// The object must be another version than this, or not be there.
    public var ifNoneMatch: Tag?
    /// The object must have been stored after this instant.
    public var ifModifiedSince: Date?
    /// The object must not have been stored after this instant.
    public var ifUnmodifiedSince: Date?

    /// No conditions.
    public static let none = ObjectConditions()

    /// Combines conditions.
    public init(
        ifMatch: Tag? = nil, ifNoneMatch: Tag? = nil, ifModifiedSince: Date? = nil, ifUnmodifiedSince: Date? = nil
    ) {
        self.ifMatch = ifMatch
        self.ifNoneMatch = ifNoneMatch
        self.ifModifiedSince = ifModifiedSince
        self.ifUnmodifiedSince = ifUnmodifiedSince
    }

    /// Whether there are none.
    public var isEmpty: Bool { self == .none }
}

extension ObjectConditions {
    /// Sets the headers, whose names begin with a prefix on copies.
    func apply(to headers: inout HTTPFields, prefix: String = "") throws(R2KitError) {
        try check()
        headers[named: "\(prefix)if-match"] = ifMatch?.headerValue
        headers[named: "\(prefix)if-none-match"] = ifNoneMatch?.headerValue
        headers[named: "\(prefix)if-modified-since"] = try ifModifiedSince.map(Self.text)
        headers[named: "\(prefix)if-unmodified-since"] = try ifUnmodifiedSince.map(Self.text)
    }

    private func check() throws(R2KitError) {
        if ifMatch != nil, ifNoneMatch != nil {
            throw R2KitError(
                .conflictingConditions,
                "ifMatch wants one version and ifNoneMatch excludes one: the first is enough, set one of them")
        }
        if let after = ifModifiedSince, let until = ifUnmodifiedSince, after >= until {
            throw R2KitError(
                .conflictingConditions, "no object is stored after ifModifiedSince and not after ifUnmodifiedSince")
        }
    }

    private static func text(_ date: Date) throws(R2KitError) -> String {
        guard let text = HTTPDate.format(date) else {
            throw R2KitError(.invalidTime, "the instant of a condition must lie in the years 0 to 9999")
        }
        return text
    }
}
