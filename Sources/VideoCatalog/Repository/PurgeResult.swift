/// The videos that a purge removed, and the keys that became free.
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

    /// Creates a result.
    ///
    /// Repositories call this.
    ///
    /// - Parameters:
    ///   - videos: The removed rows.
    ///   - unusedKeys: The keys that no remaining row uses.
    ///   - unreadable: The rows that couldn't be read.
    public init(videos: [Video], unusedKeys: [String], unreadable: [UnreadableRow] = []) {
        self.videos = videos
        self.unusedKeys = unusedKeys
        self.unreadable = unreadable
    }
}

/// A deleted video whose objects a worker may now delete.
public struct PurgeOrder: Sendable, Hashable {
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
public struct PurgeStart: Sendable, Hashable {
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
