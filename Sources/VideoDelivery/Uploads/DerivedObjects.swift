#if Delivery
internal import R2Kit
package import VideoCatalog

/// The objects that an app makes from a video's file, such as a stream and pictures.
extension Video {
    /// Removes what was made from the present file, before another file takes its place.
    ///
    /// Renditions are other forms of the file, so all of them go, except for those that are already in the folder of
    /// the new file. The thumbnail goes if it is in the folder of the old file. Otherwise it was made for the video.
    ///
    /// The keys of renditions in other folders of the video join ``Video/replacedKeys``. Housekeeping deletes the whole
    /// folder of each, so one key for each folder is enough, and that of the old file follows anyway.
    ///
    /// - Parameters:
    ///   - file: The new file.
    ///   - keys: The keys of the app.
    mutating func removeDerivedObjects(replacedBy file: ObjectKey, keys: VideoKeys) {
        let old = keys.folder(of: objectKey, in: id)
        let new = keys.folder(of: file.rawValue, in: id)
        let removed = renditions.filter { !$0.key.isIn(new) }.map(\.key)
        renditions.removeAll { !$0.key.isIn(new) }
        if let thumbnailKey, thumbnailKey.isIn(old) { self.thumbnailKey = nil }
        var folders = old.map { [$0] } ?? []
        for key in removed where !folders.contains(where: { key.isIn($0) }) {
            // Those that don't fit are deleted when the video is purged. The catalog adds the old file.
            guard let folder = keys.folder(of: key, in: id),
                replacedKeys.count < RepositorySupport.Limits.replacedKeyCount - 1
            else { continue }
            folders.append(folder)
            if !replacedKeys.contains(where: { $0.utf8.elementsEqual(key.utf8) }) { replacedKeys.append(key) }
        }
    }
}

extension VideoKeys {
    /// Returns the folder of a key, if it is below the folder of a video.
    ///
    /// - Parameters:
    ///   - key: Any key.
    ///   - video: The video.
    /// - Returns: A prefix such as `videos/VIDEO/ATTEMPT/`, or `nil` for a key that is elsewhere, or directly in the
    ///   folder `videos/VIDEO/`.
    package func folder(of key: String, in video: Video.ID) -> String? {
        let prefix = prefix(of: video).utf8
        guard key.utf8.starts(with: prefix), let slash = key.utf8.lastIndex(of: UInt8(ascii: "/")),
            key.utf8[...slash].count > prefix.count
        else { return nil }
        return String(key[...slash])
    }

    /// Returns a Boolean value that indicates whether nothing in a folder belongs to the present file of a video.
    ///
    /// - Parameters:
    ///   - folder: A folder below that of the video.
    ///   - row: The row of the video.
    /// - Returns: `true` if the folder can be deleted.
    func isUnused(_ folder: String, by row: Video) -> Bool {
        guard !row.currentKeys.contains(where: { $0.isIn(folder) }) else { return false }
        // The folder of an attempt is its own. Another one may hold segments of a playlist above it.
        if location(of: folder + "file")?.video == row.id { return true }
        return !row.renditions.contains { rendition in
            let slash = rendition.key.utf8.lastIndex(of: UInt8(ascii: "/"))
            return slash.map { folder.utf8.starts(with: rendition.key.utf8[...$0]) } ?? false
        }
    }
}

extension Video {
    /// The keys of the objects that the row needs.
    var currentKeys: [String] {
        [objectKey] + [thumbnailKey, replacement?.objectKey].compactMap(\.self) + renditions.map(\.key)
    }
}

extension String {
    fileprivate func isIn(_ folder: String?) -> Bool { folder.map { utf8.starts(with: $0.utf8) } ?? false }
}
#endif
