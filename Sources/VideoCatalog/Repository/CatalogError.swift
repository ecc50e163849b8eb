#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Why the catalog refused to do something, or could not.
///
/// Nothing has been changed when it is thrown, unless the code is ``Code/outcomeUnknown``.
public struct CatalogError: Error, Sendable, Hashable {
    /// What kind of thing went wrong.
    ///
    /// An open set: later versions may add codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's stable name, such as `notFound`.
        public let description: String

        /// Names a code of a repository of one's own.
        ///
        /// - Parameter name: In the form of the others, such as `quotaExceeded`.
        public init(_ name: String) { description = name }

        /// There is no such video, or it is deleted and deleted ones were not asked for.
        public static let notFound = Code("notFound")
        /// Somebody else changed the video since it was read.
        ///
        /// ``CatalogError/current`` is what it is now.
        public static let versionConflict = Code("versionConflict")
        /// Another live video has the same object key.
        ///
        /// ``CatalogError/current`` is that video.
        public static let objectKeyTaken = Code("objectKeyTaken")
        /// Another video, live or deleted, has the same id.
        public static let idTaken = Code("idTaken")
        /// Fields break the catalog's limits.
        ///
        /// ``CatalogError/fields`` names all of them.
        public static let invalidFields = Code("invalidFields")
        /// The state cannot follow the one that the video is in.
        public static let illegalTransition = Code("illegalTransition")
        /// The cursor is none of this query's.
        public static let invalidCursor = Code("invalidCursor")
        /// An argument of a call is out of its range, such as a page size or a lease.
        public static let invalidArgument = Code("invalidArgument")
        /// A worker has claimed the deleted video, so it cannot be restored now.
        public static let claimed = Code("claimed")
        /// The store cannot be reached, or gave no connection in time.
        ///
        /// Nothing was changed; try again later.
        public static let unavailable = Code("unavailable")
        /// The connection broke before the store confirmed a change: it may or may not have been made.
        ///
        /// Read the video again before repeating it.
        public static let outcomeUnknown = Code("outcomeUnknown")
        /// The store did not finish in the time that it was given.
        ///
        /// Nothing was changed.
        public static let timedOut = Code("timedOut")
        /// The store takes no writes.
        public static let readOnly = Code("readOnly")
        /// The store has no room left.
        public static let storageFull = Code("storageFull")
        /// The tables are not there.
        ///
        /// Run the migration.
        public static let schemaMissing = Code("schemaMissing")
        /// The tables are of a later version of this package.
        ///
        /// Update it; schema versions only move forward.
        public static let schemaTooNew = Code("schemaTooNew")
        /// A row holds something that no version of this package has written.
        public static let corruptRow = Code("corruptRow")
        /// The store failed in a way that has no code of its own; the message has what it said.
        public static let storeFailure = Code("storeFailure")
    }

    /// A field at fault.
    public struct Field: Sendable, Hashable, CustomStringConvertible {
        /// The field's name, as in ``Video``.
        public let name: String
        /// What was expected of it.
        public let message: String

        /// Names a field and what was expected of it.
        ///
        /// - Parameters:
        ///   - name: The field's name, as in ``Video``.
        ///   - message: What was expected of it.
        public init(_ name: String, _ message: String) {
            self.name = name
            self.message = message
        }

        /// The name and the message.
        public var description: String { "\(name): \(message)" }
    }

    /// What kind of thing went wrong.
    public let code: Code
    /// What was expected, and what to do.
    public let message: String
    /// Every field at fault, for ``Code/invalidFields``.
    public let fields: [Field]
    /// The row that stands in the way, for ``Code/versionConflict``, ``Code/illegalTransition``, ``Code/objectKeyTaken``,
    /// ``Code/idTaken`` and ``Code/claimed``.
    public let current: Video?

    /// Describes what went wrong; for those who write a repository of their own.
    ///
    /// - Parameters:
    ///   - code: What kind of thing went wrong.
    ///   - message: What was expected, and what to do. Never a password or a connection string.
    ///   - fields: Every field at fault.
    ///   - current: The row that stands in the way.
    public init(_ code: Code, _ message: String, fields: [Field] = [], current: Video? = nil) {
        self.code = code
        self.message = message
        self.fields = fields
        self.current = current
    }
}

extension CatalogError: CustomStringConvertible, LocalizedError {
    /// The code, the message and the fields at fault.
    public var description: String {
        "\(code): \(message)" + fields.map { "\n  \($0)" }.joined()
    }
    /// The same as the description, for `localizedDescription`.
    public var errorDescription: String? { description }
}
