#if Storage
public import R2Kit

/// What it takes to go on with a download, in this process or another one.
///
/// Keep its JSON. It holds no secret. One that an error brings is good for the file as it is on the device; one that was
/// taken on the way is so unless the machine itself goes down.
public struct DownloadToken: Sendable, Hashable {
    /// The object.
    public let key: ObjectKey
    /// Its version.
    public let etag: ETag
    /// Its bytes.
    public let size: Int64
    /// How many bytes were asked for at a time.
    public let rangeLength: Int64
    /// Where the partial file is; `nil` if the download does not go to a file.
    public internal(set) var partialPath: String?
    /// Which ranges are whole in the partial file, counted from zero, in the order in which they were finished.
    public internal(set) var finishedRanges: [Int]
    /// How many bytes the closure has taken, from the object's beginning; zero for a file.
    public internal(set) var bytesDelivered: Int64

    /// How long the partial file is at least.
    var bytesWritten: Int64 {
        let ranges = DownloadRanges(size: size, length: rangeLength)
        return finishedRanges.max().map { ranges[$0].upperBound + 1 } ?? 0
    }
}

extension DownloadToken: Codable {
    private enum CodingKeys: String, CodingKey {
        case key, etag, size, rangeLength, partialPath, finishedRanges, bytesDelivered
    }

    /// Reads a token.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // A key that was taken unchecked stays as it is.
        key = try container.decodeChecked(.key) { (text) throws(R2KitError) in try ObjectKey(unchecked: text) }
        etag = try container.decodeChecked(.etag) { (text) throws(R2KitError) in try ETag(text) }
        size = try container.decode(Int64.self, forKey: .size)
        rangeLength = try container.decode(Int64.self, forKey: .rangeLength)
        partialPath = try container.decodeIfPresent(String.self, forKey: .partialPath)
        finishedRanges = try container.decode([Int].self, forKey: .finishedRanges)
        bytesDelivered = try container.decode(Int64.self, forKey: .bytesDelivered)
        let ranges = 0..<DownloadRanges(size: max(0, size), length: max(1, rangeLength)).count
        guard size >= 0, DownloadRanges.lengths.contains(rangeLength), (0...size).contains(bytesDelivered),
            finishedRanges.allSatisfy(ranges.contains), Set(finishedRanges).count == finishedRanges.count
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .size, in: container, debugDescription: "size, ranges and bytes do not fit together")
        }
    }

    /// Writes a token.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key.rawValue, forKey: .key)
        try container.encode(etag.opaqueValue, forKey: .etag)
        try container.encode(size, forKey: .size)
        try container.encode(rangeLength, forKey: .rangeLength)
        try container.encodeIfPresent(partialPath, forKey: .partialPath)
        try container.encode(finishedRanges, forKey: .finishedRanges)
        try container.encode(bytesDelivered, forKey: .bytesDelivered)
    }
}
#endif
