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

/// An error that reports a file that can't be opened, read, or written.
public struct R2FileError: LocalizedError, Sendable, Hashable, CustomStringConvertible {
    /// The path of the file, or of the folder that a file can't be in.
    ///
    /// Bytes that aren't part of UTF-8 are shown as `\x` and two digits.
    public let path: String
    /// The action that failed, such as `open` or `read`.
    public let action: String
    /// The system's error number, or `nil` if a system call didn't cause the failure.
    public let errorNumber: Int32?
    /// A sentence that says what went wrong.
    public let message: String

    private let noun: String

    package init(path: String, action: String, errno number: Int32) {
        self.init(path: path, noun: "file", action: action, errno: number)
    }

    package init(folder: String, action: String, errno number: Int32) {
        self.init(path: folder, noun: "folder", action: action, errno: number)
    }

    private init(path: String, noun: String, action: String, errno number: Int32) {
        self.path = path
        self.noun = noun
        self.action = action
        errorNumber = number
        message = Self.reason(number) + "."
    }

    package init(path: String, action: String, problem: String) {
        self.path = path
        noun = "file"
        self.action = action
        errorNumber = nil
        message = problem
    }

    /// A Boolean value that indicates whether the file, or a folder on its path, doesn't exist.
    var isNotFound: Bool { errorNumber == ENOENT }

    /// Returns the system's description of an error number, without a period.
    static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

    /// The action, the path, and the message.
    public var description: String { "Can't \(action) the \(noun) \(path): \(message)" }

    /// The same string as ``description``.
    public var errorDescription: String? { description }
}
#endif
