#if Delivery
internal import R2Kit

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A message about a change in a bucket, as R2 sends it to a queue.
///
/// Queues deliver messages at least once, late and in no particular order. Source: R2 "Event notifications".
public struct R2Event: Sendable, Hashable {
    /// The change that a message reports.
    ///
    /// An open set: R2 may add actions.
    public struct Action: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
        /// The name, such as `PutObject`.
        public let rawValue: String

        /// Creates an action from its name.
        ///
        /// - Parameter rawValue: The name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The name.
        public var description: String { rawValue }

        /// An object was stored.
        public static let putObject = Action(rawValue: "PutObject")
        /// An object was copied.
        public static let copyObject = Action(rawValue: "CopyObject")
        /// A multipart upload was completed.
        public static let completeMultipartUpload = Action(rawValue: "CompleteMultipartUpload")
        /// An object was deleted.
        public static let deleteObject = Action(rawValue: "DeleteObject")
        /// A lifecycle rule deleted an object.
        public static let lifecycleDeletion = Action(rawValue: "LifecycleDeletion")
    }

    /// The source of a copy.
    public struct CopySource: Sendable, Hashable {
        /// The bucket.
        public let bucket: String
        /// The key of the object.
        public let key: String
    }

    /// The identifier of the account.
    public let account: String
    /// The change.
    public let action: Action
    /// The name of the bucket.
    public let bucket: String
    /// The key of the object.
    public let key: String
    /// The size of the object, in bytes, or `nil` after a deletion.
    public let byteSize: Int64?
    /// The ETag of the object without quotation marks, or `nil` after a deletion.
    public let etag: String?
    /// The time of the change.
    public let time: Date
    /// The source, if the object was copied.
    public let copySource: CopySource?

    /// Creates an event from the body of a message.
    ///
    /// - Parameter body: JSON in UTF-8.
    /// - Throws: A `DecodingError` if the body isn't an event.
    public init(json body: some Sequence<UInt8>) throws {
        self = try JSONDecoder().decode(R2Event.self, from: Data(body))
    }

    /// Creates an event from the body of a message that was pulled over HTTP.
    ///
    /// Cloudflare encodes JSON bodies in base64 there. Source: Queues "Pull consumers".
    ///
    /// - Parameter body: JSON in base64.
    /// - Throws: A `DecodingError` if the body isn't an event.
    public init(base64 body: String) throws {
        guard let data = Data(base64Encoded: body) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: [], debugDescription: "The body of the message isn't base64."))
        }
        try self.init(json: data)
    }
}

extension R2Event: Decodable {
    private enum CodingKeys: String, CodingKey { case account, action, bucket, object, eventTime, copySource }
    private enum ObjectKeys: String, CodingKey { case key, size, eTag }
    private enum SourceKeys: String, CodingKey { case bucket, object }

    /// Creates an event by decoding the JSON object that R2 sends.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: A `DecodingError` for a missing key or an invalid value. Unknown keys are ignored.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        account = try container.decode(String.self, forKey: .account)
        action = Action(rawValue: try container.decode(String.self, forKey: .action))
        bucket = try container.decode(String.self, forKey: .bucket)
        let object = try container.nestedContainer(keyedBy: ObjectKeys.self, forKey: .object)
        key = try object.decode(String.self, forKey: .key)
        byteSize = try object.decodeIfPresent(Int64.self, forKey: .size)
        etag = try object.decodeIfPresent(String.self, forKey: .eTag)
        let text = try container.decode(String.self, forKey: .eventTime)
        guard let time = ISO8601Date.parse(text) else {
            throw DecodingError.dataCorruptedError(
                forKey: .eventTime, in: container,
                debugDescription: "Expected a time such as 2026-01-02T03:04:05.678Z.")
        }
        self.time = time
        guard container.contains(.copySource), try !container.decodeNil(forKey: .copySource) else {
            copySource = nil
            return
        }
        let source = try container.nestedContainer(keyedBy: SourceKeys.self, forKey: .copySource)
        copySource = CopySource(
            bucket: try source.decode(String.self, forKey: .bucket),
            key: try source.decode(String.self, forKey: .object))
    }
}
#endif
