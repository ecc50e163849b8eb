#if Delivery
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The differences between a bucket and its catalog.
public struct Reconciliation: Sendable {
    /// An object that belongs to no video.
    public struct Orphan: Sendable, Hashable {
        /// The key.
        public let key: String
        /// The size, in bytes.
        public let byteSize: Int64
        /// The date when the object was stored.
        public let storedAt: Date
        /// The date of the first reconciliation that found the object in its present form.
        public let firstSeen: Date
    }

    /// A ready video whose file isn't the one that was verified.
    public struct WrongFile: Sendable, Hashable {
        /// The difference.
        public enum Problem: Sendable, Hashable {
            /// The object doesn't exist.
            case missing
            /// The object has another ETag or size than the row.
            case changed
        }

        /// The video.
        public let video: Video.ID
        /// The key of the file.
        public let objectKey: String
        /// The difference.
        public let problem: Problem
    }

    /// The maximum number of orphaned objects that one reconciliation lists.
    ///
    /// Others are found when these are gone.
    public static let maximumOrphans = 10_000

    /// The number of objects under the module's prefixes.
    public var objectCount = 0
    /// The number of videos in the catalog, deleted ones included.
    public var videoCount = 0
    /// The number of objects under the module's prefixes whose keys don't begin with the identifier of a video.
    ///
    /// They are never removed.
    public var unknownObjectCount = 0
    /// The number of orphaned objects.
    public var orphanCount = 0
    /// The orphaned objects, ordered by key.
    public var orphans: [Orphan] = []
    /// The ready videos whose file is missing or has changed.
    public var wrongFiles: [WrongFile] = []
    /// Rows that couldn't be read.
    public var unreadable: [UnreadableRow] = []
    /// The keys of the objects that were removed.
    public var removed: [String] = []
    /// The reason why nothing was removed although orphaned objects were due, or `nil`.
    public var removalStop: String?
    /// The marks to pass to the next reconciliation.
    public var marks = OrphanMarks()
}

/// The orphaned objects that a reconciliation found, for the next one.
///
/// An object is removed only if two reconciliations that are ``VideoHousekeepingOptions/orphanDelay`` apart found it.
/// Keep the marks between them: they are `Codable`. If they are lost, objects are removed later, and never sooner.
public struct OrphanMarks: Sendable, Hashable, Codable {
    /// The mark of one object.
    struct Mark: Sendable, Hashable, Codable {
        var etag: String
        var firstSeen: Date
    }

    /// The marks by key.
    ///
    /// Keys that R2 stores are in composed form, so keys that are equal as strings are the same.
    var marks: [String: Mark] = [:]

    /// Creates empty marks.
    public init() {}

    /// The number of marked objects.
    public var count: Int { marks.count }
}
#endif
