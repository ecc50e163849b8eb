#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An error that the catalog throws when it rejects a call or when the store fails.
///
/// Nothing was changed, unless the code is ``Code/outcomeUnknown``.
public struct CatalogError: Error, Sendable, Hashable {
    /// The kind of an error.
    ///
    /// Later versions may add codes.
    public struct Code: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
        /// The stable name of the code, such as `notFound`.
        public let rawValue: String

        /// Creates a code for a repository of your own.
        ///
        /// - Parameter rawValue: A name in the form of the others, such as `quotaExceeded`.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Creates a code for a repository of your own.
        ///
        /// - Parameter name: A name in the form of the others, such as `quotaExceeded`.
        public init(_ name: String) { self.init(rawValue: name) }

        /// The stable name of the code.
        public var description: String { rawValue }

        /// The video doesn't exist, or is deleted and the call is for live videos.
        public static let notFound = Code("notFound")
        /// The video has been changed since it was read.
        ///
        /// ``CatalogError/current`` is the row as it is now.
        public static let versionConflict = Code("versionConflict")
        /// Another live video has the same object key, or an unfinished upload with that key.
        ///
        /// ``CatalogError/current`` is that video.
        public static let objectKeyTaken = Code("objectKeyTaken")
        /// Another video, live or deleted, has the same identifier.
        ///
        /// ``CatalogError/current`` is that video.
        public static let idTaken = Code("idTaken")
        /// Fields break the catalog's limits.
        ///
        /// ``CatalogError/fields`` names all of them.
        public static let invalidFields = Code("invalidFields")
        /// The new state can't follow the current one.
        ///
        /// ``CatalogError/current`` is the current row.
        public static let illegalTransition = Code("illegalTransition")
        /// The string isn't a cursor, or it belongs to a list in the other order.
        public static let invalidCursor = Code("invalidCursor")
        /// An argument is out of range, such as a page size or a lease.
        public static let invalidArgument = Code("invalidArgument")
        /// A worker has claimed the deleted video, so that it can't be restored now.
        public static let claimed = Code("claimed")
        /// A worker has begun to delete the objects of the deleted video, so that it can't be restored anymore.
        ///
        /// ``CatalogError/current`` is the deleted row.
        public static let purgeStarted = Code("purgeStarted")
        /// The database refused to remove the row of a deleted video, because a row of your app refers to it.
        ///
        /// Remove the reference, or declare it with `ON DELETE CASCADE` or `ON DELETE SET NULL`.
        public static let purgeRefused = Code("purgeRefused")
        /// The insertion would exceed a limit for its uploader.
        ///
        /// ``CatalogError/usage`` has the numbers of the uploader.
        public static let uploadLimitExceeded = Code("uploadLimitExceeded")
        /// The video already has an unfinished replacement.
        ///
        /// Finish or cancel that one first. ``CatalogError/current`` is the current row.
        public static let uploadInProgress = Code("uploadInProgress")
        /// The store can't be reached, or no connection became available in time.
        ///
        /// Nothing was changed. Try again later.
        public static let unavailable = Code("unavailable")
        /// The connection broke before the store confirmed a change, which may or may not have been made.
        ///
        /// Read the video again before you repeat the change.
        public static let outcomeUnknown = Code("outcomeUnknown")
        /// The store didn't finish in time.
        ///
        /// Nothing was changed.
        public static let timedOut = Code("timedOut")
        /// The store accepts no writes.
        public static let readOnly = Code("readOnly")
        /// The store has no space left.
        public static let storageFull = Code("storageFull")
        /// The tables don't exist, or are those of an earlier version.
        ///
        /// Run the migration, or the rest of an upgrade script that has begun.
        public static let schemaMissing = Code("schemaMissing")
        /// The tables were made by a later version of this package.
        ///
        /// Update the package, because schemas never go back.
        public static let schemaTooNew = Code("schemaTooNew")
        /// A row holds a value that no version of this package writes.
        ///
        /// ``CatalogError/unreadable`` names the row and the column. Calls for many rows report such rows beside their
        /// result instead.
        public static let corruptRow = Code("corruptRow")
        /// The store failed in a way that has no code of its own.
        ///
        /// The message holds the store's message.
        public static let storeFailure = Code("storeFailure")
    }

    /// An invalid field.
    public struct Field: Sendable, Hashable, Codable, CustomStringConvertible {
        /// The name of the field, as in ``Video``.
        public let name: String
        /// The value that was expected.
        public let message: String

        /// Creates a description of an invalid field.
        ///
        /// - Parameters:
        ///   - name: The name of the field, as in ``Video``.
        ///   - message: The value that was expected.
        public init(_ name: String, _ message: String) {
            self.name = name
            self.message = message
        }

        /// The name and the message.
        public var description: String { "\(name): \(message)" }
    }

    /// The kind of the error.
    public let code: Code
    /// A description of what was wrong, what was expected and what to do.
    public let message: String
    /// The invalid fields, for ``Code/invalidFields`` and for an invalid query.
    public let fields: [Field]
    /// The row in conflict with the call, for ``Code/versionConflict``, ``Code/illegalTransition``,
    /// ``Code/uploadInProgress``, ``Code/objectKeyTaken``, ``Code/idTaken``, ``Code/claimed`` and
    /// ``Code/purgeStarted``.
    ///
    /// It is `nil` if the row that has the key or the identifier can't be read.
    public let current: Video?
    /// The row that couldn't be read, for ``Code/corruptRow``.
    public let unreadable: UnreadableRow?
    /// The usage of the uploader before the insertion, for ``Code/uploadLimitExceeded``.
    public let usage: UploadUsage?

    /// Creates an error.
    ///
    /// Repositories call this.
    ///
    /// - Parameters:
    ///   - code: The kind of the error.
    ///   - message: A description of what was wrong, what was expected and what to do. It must not contain a password
    ///     or a connection string.
    ///   - fields: The invalid fields.
    ///   - current: The row in conflict with the call.
    ///   - unreadable: The row that couldn't be read.
    ///   - usage: The usage of the uploader before the insertion.
    public init(
        _ code: Code, _ message: String, fields: [Field] = [], current: Video? = nil,
        unreadable: UnreadableRow? = nil, usage: UploadUsage? = nil
    ) {
        self.code = code
        self.message = message
        self.fields = fields
        self.current = current
        self.unreadable = unreadable
        self.usage = usage
    }
}

extension CatalogError: CustomStringConvertible, LocalizedError {
    /// The code, the message and the invalid fields.
    public var description: String {
        "\(code): \(message)" + fields.map { "\n  \($0)" }.joined()
    }
    /// The same as the description, for `localizedDescription`.
    public var errorDescription: String? { description }
}
