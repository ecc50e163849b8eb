#if Storage
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Android)
internal import Android
#else
internal import Darwin
#endif

/// A file could not be opened, read or written.
public struct R2FileError: LocalizedError, Sendable, Hashable, CustomStringConvertible {
    /// Where the file is.
    public let path: String
    /// What was tried, such as `open` or `read`.
    public let action: String
    /// The system's error number, if it was the system that refused.
    public let errorNumber: Int32?
    /// What went wrong.
    public let message: String

    package init(path: String, action: String, errno number: Int32) {
        self.path = path
        self.action = action
        errorNumber = number
        message = Self.reason(number)
    }

    package init(path: String, action: String, problem: String) {
        self.path = path
        self.action = action
        errorNumber = nil
        message = problem
    }

    /// What the system calls an error.
    static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

    /// The action, the path and the reason.
    public var description: String { "cannot \(action) the file \(path): \(message)" }

    /// The same as ``description``.
    public var errorDescription: String? { description }
}
#endif
