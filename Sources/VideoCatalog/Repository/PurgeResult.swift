/// The videos that a purge removed, the keys that became free, and the rows that stay.
public struct PurgeResult: Sendable, Hashable {
    /// The removed rows.
    public var videos: [Video]
    /// The keys of the removed rows that no remaining row uses, sorted by their bytes, each of them once.
    ///
    /// They are object keys, thumbnails, renditions, unfinished uploads and replaced objects. Your app may delete these
    /// objects now. A key that a live video or another deleted video uses isn't here, and is returned when the last of
    /// them is purged. The result holds at the moment of the purge. It holds for good if your app never uses a key
    /// again, for example because each key contains the identifier of its video.
    public var unusedKeys: [String]
    /// Rows that were due and couldn't be read.
    ///
    /// They weren't removed.
    public var unreadable: [UnreadableRow]
    /// Rows that were due and that the database refused to remove, such as those to which a row of your app refers.
    ///
    /// They weren't removed, and don't count toward the limit. A purge ends once ten times as many as the limit were
    /// refused. At most 1,000 are reported.
    public var refused: [RefusedRow]

    /// Creates a result.
    ///
    /// Repositories call this.
    ///
    /// - Parameters:
    ///   - videos: The removed rows.
    ///   - unusedKeys: The keys that no remaining row uses.
    ///   - unreadable: The rows that couldn't be read.
    ///   - refused: The rows that the database refused to remove.
    public init(
        videos: [Video], unusedKeys: [String], unreadable: [UnreadableRow] = [], refused: [RefusedRow] = []
    ) {
        self.videos = videos
        self.unusedKeys = unusedKeys
        self.unreadable = unreadable
        self.refused = refused
    }
}

/// A deleted video's row that the database refused to remove, because of a foreign key or a trigger of your app.
public struct RefusedRow: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The identifier of the row.
    public let id: Video.ID
    /// The message of the database or of the trigger.
    public let reason: String

    /// Creates a report about a row.
    ///
    /// Repositories call this.
    ///
    /// - Parameters:
    ///   - id: The identifier of the row.
    ///   - reason: The message of the database or of the trigger.
    public init(id: Video.ID, reason: String) {
        self.id = id
        self.reason = reason
    }

    /// The identifier and the reason.
    public var description: String { "\(id) (\(reason))" }
}

/// A deleted video whose objects a worker may now delete.
public struct PurgeOrder: Sendable, Hashable, Codable {
    /// The claim, with the marked row.
    public let claim: VideoClaim
    /// The keys of the video that no other row uses, sorted by their bytes.
    public let keys: [String]

    /// Creates an order.
    ///
    /// Repositories call this.
    ///
    /// - Parameters:
    ///   - claim: The claim, with the marked row.
    ///   - keys: The keys of the video that no other row uses.
    public init(claim: VideoClaim, keys: [String]) {
        self.claim = claim
        self.keys = keys
    }
}

/// The purges that have started, and the claimed rows that couldn't be read.
public struct PurgeStart: Sendable, Hashable, Codable {
    /// The videos whose objects the worker may delete, in the order of the claims.
    public var orders: [PurgeOrder]
    /// Rows that couldn't be read.
    ///
    /// They weren't marked.
    public var unreadable: [UnreadableRow]

    /// Creates a result.
    ///
    /// Repositories call this.
    ///
    /// - Parameters:
    ///   - orders: The videos whose objects the worker may delete.
    ///   - unreadable: The rows that couldn't be read.
    public init(orders: [PurgeOrder], unreadable: [UnreadableRow] = []) {
        self.orders = orders
        self.unreadable = unreadable
    }
}
