#if Storage
public import R2Kit

/// What it takes to go on with an upload in parts, in this process or another one.
///
/// Keep its JSON. It holds no secret. What R2 has stored since it was made is found again: no finished part is lost
/// with an old token.
public struct UploadToken: Sendable, Hashable {
    /// A part that R2 has stored.
    public struct Part: Sendable, Hashable {
        /// Its number.
        public let number: Int
        /// Its tag.
        public let etag: ETag
        /// Its bytes.
        public let size: Int64
    }

    /// Where the object goes.
    public let key: ObjectKey
    /// The upload's id.
    public let uploadID: UploadID
    /// The bytes of every part but the last.
    public let partLength: Int64
    /// The bytes of the source; `nil` for a stream of unknown length.
    public let totalLength: Int64?
    /// When the file was last changed, in nanoseconds since 1970; `nil` for other sources.
    public let fileModified: Int64?
    /// What must hold when the upload is completed.
    public let condition: UploadCondition?
    /// The parts that R2 has stored, in the order in which they were finished.
    public internal(set) var parts: [Part]

    /// How many bytes R2 has stored.
    public var bytesStored: Int64 { parts.reduce(0) { $0 + $1.size } }

    mutating func set(_ part: Part, replaces: Bool) {
        if replaces { parts.removeAll { $0.number == part.number } }
        parts.append(part)
    }
}

extension UploadToken: Codable {
    private enum CodingKeys: String, CodingKey {
        case key, uploadID, partLength, totalLength, fileModified, ifAbsent, ifMatch, parts
    }

    /// Reads a token.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // A key that was taken unchecked stays as it is.
        key = try container.decodeChecked(.key) { (text) throws(R2KitError) in try ObjectKey(unchecked: text) }
        uploadID = try container.decode(UploadID.self, forKey: .uploadID)
        partLength = try container.decode(Int64.self, forKey: .partLength)
        guard (PartPlan.minimumPartLength...PartPlan.maximumPartLength).contains(partLength) else {
            throw DecodingError.dataCorruptedError(
                forKey: .partLength, in: container, debugDescription: "a part has 5 MiB to 5 GiB less 5 MiB")
        }
        totalLength = try container.decodeIfPresent(Int64.self, forKey: .totalLength)
        guard totalLength.map({ $0 >= 0 }) ?? true else {
            throw DecodingError.dataCorruptedError(
                forKey: .totalLength, in: container, debugDescription: "a source has 0 bytes or more")
        }
        fileModified = try container.decodeIfPresent(Int64.self, forKey: .fileModified)
        if container.contains(.ifMatch) {
            let tag = try container.decodeChecked(.ifMatch) { (text) throws(R2KitError) in try ETag(text) }
            condition = .ifMatch(tag)
        } else {
            condition = try container.decodeIfPresent(Bool.self, forKey: .ifAbsent) == true ? .ifAbsent : nil
        }
        parts = try container.decode([Part].self, forKey: .parts)
    }

    /// Writes a token.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key.rawValue, forKey: .key)
        try container.encode(uploadID, forKey: .uploadID)
        try container.encode(partLength, forKey: .partLength)
        try container.encodeIfPresent(totalLength, forKey: .totalLength)
        try container.encodeIfPresent(fileModified, forKey: .fileModified)
        switch condition {
        case .ifAbsent: try container.encode(true, forKey: .ifAbsent)
        case .ifMatch(let tag): try container.encode(tag.opaqueValue, forKey: .ifMatch)
        case nil: break
        }
        try container.encode(parts, forKey: .parts)
    }
}

extension UploadToken.Part: Codable {
    private enum CodingKeys: String, CodingKey { case number, etag, size }

    /// Reads a part.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        number = try container.decode(Int.self, forKey: .number)
        etag = try container.decodeChecked(.etag) { (text) throws(R2KitError) in try ETag(text) }
        size = try container.decode(Int64.self, forKey: .size)
        guard PartPlan.numbers.contains(number), (0...PartPlan.maximumPartLength).contains(size) else {
            throw DecodingError.dataCorruptedError(
                forKey: .number, in: container,
                debugDescription: "parts are numbered from 1 to 10000, and have up to 5 GiB less 5 MiB")
        }
    }

    /// Writes a part.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(number, forKey: .number)
        try container.encode(etag.opaqueValue, forKey: .etag)
        try container.encode(size, forKey: .size)
    }
}

extension KeyedDecodingContainer {
    /// Reads a string and makes a checked value of it.
    func decodeChecked<Value>(_ key: Key, _ make: (String) throws(R2KitError) -> Value) throws -> Value {
        let text = try decode(String.self, forKey: key)
        do {
            return try make(text)
        } catch {
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: error.message)
        }
    }
}
#endif
