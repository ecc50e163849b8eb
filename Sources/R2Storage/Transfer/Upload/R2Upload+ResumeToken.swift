#if Storage
public import R2Kit

extension R2Upload {
    /// A token to resume an upload in parts, in this process or another one.
    ///
    /// Store it as JSON. It contains no secret. An older token works as well: parts that R2 stored after it was created
    /// are found and not sent again.
    public struct ResumeToken: Sendable, Hashable {
        /// A part that R2 has stored.
        public struct Part: Sendable, Hashable {
            /// The part's number, from 1 to 10,000.
            public let number: Int
            /// The part's ETag.
            public let etag: ETag
            /// The part's size, in bytes.
            public let size: Int64
        }

        /// The object's key.
        public let key: ObjectKey
        /// The upload's ID.
        public let uploadID: UploadID
        /// The size of each part except the last, in bytes.
        public let partLength: Int64
        /// The size of the source, in bytes, or `nil` for a stream of unknown length.
        public let totalLength: Int64?
        /// The modification time of the file, in nanoseconds since 1970, or `nil` for other sources.
        public let fileModified: Int64?
        /// The precondition that R2 checks when the upload is completed.
        public let precondition: ObjectPrecondition?
        /// The parts that R2 has stored, in the order in which they were finished.
        public internal(set) var parts: [Part]

        /// The total size of the parts that R2 has stored, in bytes.
        public var bytesStored: Int64 { parts.reduce(0) { $0 + $1.size } }

        mutating func add(_ part: Part, replacing isReplacement: Bool) {
            if isReplacement { parts.removeAll { $0.number == part.number } }
            parts.append(part)
        }
    }
}

extension R2Upload.ResumeToken: Codable {
    private enum CodingKeys: String, CodingKey {
        case key, uploadID, partLength, totalLength, fileModified, ifAbsent, ifPresent, ifMatch, ifNoneMatch, parts
    }

    /// Decodes and validates a token.
    /// - Throws: A `DecodingError` if a value is missing or out of range.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // Accepts keys that were created without validation.
        key = try container.decodeValidated(.key) { (text) throws(R2ValidationError) in try ObjectKey(unchecked: text) }
        uploadID = try container.decode(UploadID.self, forKey: .uploadID)
        partLength = try container.decode(Int64.self, forKey: .partLength)
        guard (PartPlan.minimumPartLength...PartPlan.maximumPartLength).contains(partLength) else {
            throw DecodingError.dataCorruptedError(
                forKey: .partLength, in: container,
                debugDescription: "Invalid part length: expected 5 MiB to 5 GiB minus 5 MiB.")
        }
        totalLength = try container.decodeIfPresent(Int64.self, forKey: .totalLength)
        guard totalLength.map({ $0 >= 0 }) ?? true else {
            throw DecodingError.dataCorruptedError(
                forKey: .totalLength, in: container, debugDescription: "Invalid total length: expected 0 or more bytes."
            )
        }
        fileModified = try container.decodeIfPresent(Int64.self, forKey: .fileModified)
        precondition = try Self.decodePrecondition(from: container)
        parts = try container.decode([Part].self, forKey: .parts)
    }

    /// Encodes the token.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key.rawValue, forKey: .key)
        try container.encode(uploadID, forKey: .uploadID)
        try container.encode(partLength, forKey: .partLength)
        try container.encodeIfPresent(totalLength, forKey: .totalLength)
        try container.encodeIfPresent(fileModified, forKey: .fileModified)
        if let precondition { try Self.encode(precondition, to: &container) }
        try container.encode(parts, forKey: .parts)
    }

    private static func encode(
        _ precondition: ObjectPrecondition, to container: inout KeyedEncodingContainer<CodingKeys>
    ) throws {
        switch precondition {
        case .ifAbsent: try container.encode(true, forKey: .ifAbsent)
        case .ifPresent: try container.encode(true, forKey: .ifPresent)
        default:
            let etag = try ETag(parsing: precondition.headerValue)
            let isMatch = precondition == .ifMatch(etag)
            try container.encode(etag, forKey: isMatch ? .ifMatch : .ifNoneMatch)
        }
    }

    private static func decodePrecondition(
        from container: KeyedDecodingContainer<CodingKeys>
    ) throws -> ObjectPrecondition? {
        func etag(_ key: CodingKeys) throws -> ETag {
            try container.decodeValidated(key) { (text) throws(R2ValidationError) in try ETag(parsing: text) }
        }
        if container.contains(.ifMatch) { return .ifMatch(try etag(.ifMatch)) }
        if container.contains(.ifNoneMatch) { return .ifNoneMatch(try etag(.ifNoneMatch)) }
        if try container.decodeIfPresent(Bool.self, forKey: .ifPresent) == true { return .ifPresent }
        return try container.decodeIfPresent(Bool.self, forKey: .ifAbsent) == true ? .ifAbsent : nil
    }
}

extension R2Upload.ResumeToken.Part: Codable {
    private enum CodingKeys: String, CodingKey { case number, etag, size }

    /// Decodes and validates a part.
    /// - Throws: A `DecodingError` if a value is missing or out of range.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        number = try container.decode(Int.self, forKey: .number)
        etag = try container.decodeValidated(.etag) { (text) throws(R2ValidationError) in try ETag(text) }
        size = try container.decode(Int64.self, forKey: .size)
        guard PartPlan.numbers.contains(number), (0...PartPlan.maximumPartLength).contains(size) else {
            throw DecodingError.dataCorruptedError(
                forKey: .number, in: container,
                debugDescription: "Invalid part: expected a number from 1 to 10,000 and at most 5 GiB minus 5 MiB.")
        }
    }

    /// Encodes the part.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(number, forKey: .number)
        try container.encode(etag.opaqueValue, forKey: .etag)
        try container.encode(size, forKey: .size)
    }
}

extension KeyedDecodingContainer {
    /// Decodes a string and creates a validated value with it.
    func decodeValidated<Value>(_ key: Key, _ make: (String) throws(R2ValidationError) -> Value) throws -> Value {
        let text = try decode(String.self, forKey: key)
        do {
            return try make(text)
        } catch {
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: error.message)
        }
    }
}
#endif
