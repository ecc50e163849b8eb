#if Delivery
public import R2Kit

/// The folders that a playlist's URIs may refer to.
public struct PlaylistScope: Sendable, Hashable {
    /// The folders, each of them ending with `/`.
    public let folders: [String]

    /// Creates a scope.
    /// - Parameter folders: Key prefixes, such as `videos/42/`. Each has at least one segment and ends with `/`, so
    ///   that `videos/4` can't admit `videos/42`. They're normalized to NFC.
    /// - Throws: A ``PlaylistError`` with the problem `outsideVideo` if there is no folder, or one isn't valid.
    public init(_ folders: [String]) throws(PlaylistError) {
        var checked: [String] = []
        for folder in folders {
            guard folder.utf8.last == UInt8(ascii: "/"),
                let key = try? ObjectKey(String(Substring(folder.utf8.dropLast())))
            else {
                throw PlaylistError(
                    .outsideVideo, "Invalid folder of a video: expected a key prefix that ends with one '/'.")
            }
            checked.append("\(key.rawValue)/")
        }
        guard !checked.isEmpty else {
            throw PlaylistError(.outsideVideo, "Missing folder: a playlist needs at least one that it may refer to.")
        }
        self.folders = checked
    }

    /// Returns a Boolean value that indicates whether an object is in one of the folders.
    /// - Parameter key: The object's key.
    /// - Returns: `true` if the key starts with a folder, byte for byte.
    public func contains(_ key: ObjectKey) -> Bool {
        folders.contains { folder in
            key.rawValue.utf8.count > folder.utf8.count && key.rawValue.utf8.starts(with: folder.utf8)
        }
    }
}
#endif
