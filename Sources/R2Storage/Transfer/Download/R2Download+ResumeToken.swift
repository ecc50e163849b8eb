#if Storage
public import R2Kit

extension R2Download {
    /// A token to resume a download, in this process or another one.
    ///
    /// Store it as JSON. It contains no secret. The token of an error matches the partial file on the device. A token
    /// taken during the download matches it unless the machine itself fails.
    public struct ResumeToken: Sendable, Hashable {
        /// The object's key.
        public let key: ObjectKey
        /// The object's ETag.
        public let etag: ETag
        /// The object's size, in bytes.
        public let size: Int64
        /// The number of bytes requested at a time.
        public let rangeLength: Int64
        /// The path of the partial file, or `nil` if the download's target isn't a file.
        ///
        /// Bytes that aren't part of UTF-8 are shown as `\x` and two digits.
        public internal(set) var partialPath: String?
        /// The bytes of a partial file's path that isn't UTF-8.
        private var partialPathBytes: [UInt8]?
        /// The indexes of the ranges in the partial file, counted from zero, in the order in which they were finished.
        public internal(set) var finishedRanges: [Int]
        /// The number of bytes the closure has received, from the start of the object.
        ///
        /// Zero for a file.
        public internal(set) var bytesDelivered: Int64

        init(
            key: ObjectKey, etag: ETag, size: Int64, rangeLength: Int64, partialFile: LocalPath?
        ) {
            self.key = key
            self.etag = etag
            self.size = size
            self.rangeLength = rangeLength
            finishedRanges = []
            bytesDelivered = 0
            self.partialFile = partialFile
        }

        /// The path of the partial file, as the system's bytes.
        package internal(set) var partialFile: LocalPath? {
            get { partialPathBytes.map { LocalPath(bytes: $0) } ?? partialPath.map { LocalPath($0) } }
            set {
                partialPath = newValue?.description
                partialPathBytes = newValue.flatMap { $0.exactString == nil ? $0.bytes : nil }
            }
        }

        /// The minimum size of the partial file, in bytes.
        var minimumPartialSize: Int64 {
            let ranges = DownloadRanges(size: size, length: rangeLength)
            return finishedRanges.max().map { ranges[$0].upperBound + 1 } ?? 0
        }
    }
}

extension R2Download.ResumeToken: Codable {
    private enum CodingKeys: String, CodingKey {
        case key, etag, size, rangeLength, partialPath, partialPathBytes, finishedRanges, bytesDelivered
    }

    /// Decodes and validates a token.
    /// - Throws: A `DecodingError` if a value is missing or out of range.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // Accepts keys that were created without validation.
        key = try container.decodeValidated(.key) { (text) throws(R2ValidationError) in try ObjectKey(unchecked: text) }
        etag = try container.decodeValidated(.etag) { (text) throws(R2ValidationError) in try ETag(text) }
        size = try container.decode(Int64.self, forKey: .size)
        rangeLength = try container.decode(Int64.self, forKey: .rangeLength)
        partialPath = try container.decodeIfPresent(String.self, forKey: .partialPath)
        partialPathBytes = try container.decodeIfPresent([UInt8].self, forKey: .partialPathBytes)
        finishedRanges = try container.decode([Int].self, forKey: .finishedRanges)
        bytesDelivered = try container.decode(Int64.self, forKey: .bytesDelivered)
        let ranges = 0..<DownloadRanges(size: max(0, size), length: max(1, rangeLength)).count
        guard size >= 0, DownloadRanges.lengths.contains(rangeLength), (0...size).contains(bytesDelivered),
            finishedRanges.allSatisfy(ranges.contains), Set(finishedRanges).count == finishedRanges.count
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .size, in: container,
                debugDescription: "Invalid token: the ranges and byte counts don't match the size.")
        }
    }

    /// Encodes the token.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key.rawValue, forKey: .key)
        try container.encode(etag.opaqueValue, forKey: .etag)
        try container.encode(size, forKey: .size)
        try container.encode(rangeLength, forKey: .rangeLength)
        try container.encodeIfPresent(partialPath, forKey: .partialPath)
        try container.encodeIfPresent(partialPathBytes, forKey: .partialPathBytes)
        try container.encode(finishedRanges, forKey: .finishedRanges)
        try container.encode(bytesDelivered, forKey: .bytesDelivered)
    }
}
#endif
