extension Video {
    /// An unfinished upload of a video's file: the first one, or one that replaces the file.
    ///
    /// If its key is ``Video/objectKey``, it is the first upload. It may be set until the video is ready. If it has
    /// another key, it replaces the file of a video that is `ready` or `failed`.
    public struct Upload: Sendable, Hashable, Codable {
        /// The key that the upload writes to.
        public var objectKey: String
        /// The identifier of the multipart upload, or `nil` for an upload in one request.
        public var id: String?
        /// The size of every part but the last, in bytes.
        public var partSize: Int64?
        /// The size that the client declared for a replacement, in bytes.
        ///
        /// The size of a first upload is ``Video/byteSize``.
        public var byteSize: Int64?
        /// The media type of a replacement.
        ///
        /// The media type of a first upload is ``Video/contentType``.
        public var contentType: String?

        /// Creates an upload.
        ///
        /// - Parameters:
        ///   - objectKey: 1 to 1,024 bytes of UTF-8.
        ///   - id: 1 to 1,024 bytes of UTF-8.
        ///   - partSize: 5 MiB to 5 GiB minus 5 MiB, in bytes, which is R2's range.
        ///   - byteSize: 0 or more, in bytes.
        ///   - contentType: 1 to 255 bytes of UTF-8.
        public init(
            objectKey: String, id: String? = nil, partSize: Int64? = nil, byteSize: Int64? = nil,
            contentType: String? = nil
        ) {
            self.objectKey = objectKey
            self.id = id
            self.partSize = partSize
            self.byteSize = byteSize
            self.contentType = contentType
        }

        /// Returns a Boolean value that indicates whether two uploads are the same, with strings compared byte for
        /// byte.
        ///
        /// - Returns: `true` if all fields are equal.
        public static func == (first: Upload, second: Upload) -> Bool {
            first.partSize == second.partSize && first.byteSize == second.byteSize
                && ExactString(first.objectKey) == ExactString(second.objectKey)
                && first.id.map(ExactString.init) == second.id.map(ExactString.init)
                && first.contentType.map(ExactString.init) == second.contentType.map(ExactString.init)
        }

        /// Hashes the bytes of the key and of the identifier.
        ///
        /// - Parameter hasher: The hasher to feed.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(ExactString(objectKey))
            hasher.combine(id.map(ExactString.init))
        }
    }
}
