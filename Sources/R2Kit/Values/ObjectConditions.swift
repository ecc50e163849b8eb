internal import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Conditions that an object must meet for an operation to proceed.
///
/// If a condition fails, R2 responds with status 412, or 304 to a read of an unmodified object. Dates are sent in whole
/// seconds, and fractions are dropped. Source: R2 "S3 API compatibility" and "Extensions".
public struct ObjectConditions: Sendable, Hashable {
    /// The condition on the object's ETag or existence.
    public var precondition: ObjectPrecondition?
    /// The date after which the object must have been stored.
    public var ifModifiedSince: Date?
    /// The date after which the object must not have been stored.
    public var ifUnmodifiedSince: Date?

    /// No conditions.
    public static let none = ObjectConditions()

    /// Creates conditions.
    /// - Parameters:
    ///   - precondition: The condition on the object's ETag or existence.
    ///   - ifModifiedSince: The date after which the object must have been stored.
    ///   - ifUnmodifiedSince: The date after which the object must not have been stored.
    public init(
        precondition: ObjectPrecondition? = nil, ifModifiedSince: Date? = nil, ifUnmodifiedSince: Date? = nil
    ) {
        self.precondition = precondition
        self.ifModifiedSince = ifModifiedSince
        self.ifUnmodifiedSince = ifUnmodifiedSince
    }

    /// A Boolean value that indicates whether there are no conditions.
    public var isEmpty: Bool { self == .none }
}

extension ObjectConditions {
    /// Sets the headers, whose names have a prefix on copies.
    func apply(to headers: inout HTTPFields, prefix: String = "") throws(R2ValidationError) {
        if let after = ifModifiedSince, let until = ifUnmodifiedSince, after >= until {
            throw R2ValidationError(
                .conflictingConditions, "Conflicting conditions: ifModifiedSince must be before ifUnmodifiedSince.")
        }
        if let precondition { headers[named: "\(prefix)\(precondition.headerName)"] = precondition.headerValue }
        headers[named: "\(prefix)if-modified-since"] = try ifModifiedSince.map(Self.headerValue)
        headers[named: "\(prefix)if-unmodified-since"] = try ifUnmodifiedSince.map(Self.headerValue)
    }

    private static func headerValue(_ date: Date) throws(R2ValidationError) -> String {
        guard let text = HTTPDate.format(date) else {
            throw R2ValidationError(
                .invalidTime, "Invalid date in a condition: expected a date in the years 0 to 9999.")
        }
        return text
    }
}
