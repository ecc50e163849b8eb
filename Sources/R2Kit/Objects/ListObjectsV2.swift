internal import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An operation that lists a bucket's objects in pages, in the order of their keys' bytes.
///
/// To read the next page, pass ``Page/nextContinuationToken`` as `continuationToken`, until it is `nil`. Reading throws
/// if a page is cut off or doesn't state whether another one follows, so a listing is always complete.
public struct ListObjectsV2: R2Operation {
    /// A page of a listing.
    public struct Page: Sendable, Hashable {
        /// The objects.
        public let objects: [ListedObject]
        /// The common prefixes, up to and including the delimiter, that replace the objects below them.
        public let commonPrefixes: [String]
        /// The token that requests the next page, or `nil` if this is the last page.
        public let nextContinuationToken: String?
    }

    /// A page of the listing.
    public typealias Output = Page

    /// `ListObjectsV2`.
    public static let name = "ListObjectsV2"
    /// 8 MiB: a thousand of the longest keys, percent-encoded.
    public static let maximumResponseLength = 8 * 1024 * 1024

    /// The prefix of the keys to list.
    public var prefix: String?
    /// The delimiter that ends a common prefix, such as `/`.
    public var delimiter: String?
    /// The maximum number of objects and prefixes in a page, from 1 to 1,000.
    ///
    /// R2's default is 1,000.
    public var maxKeys: Int?
    /// The key after which the listing starts.
    public var startAfter: String?
    /// The token from the previous page.
    public var continuationToken: String?
    /// A Boolean value that indicates whether each object includes its owner.
    public var fetchOwner: Bool

    /// Creates the operation.
    /// - Parameters:
    ///   - prefix: The prefix of the keys to list.
    ///   - delimiter: The delimiter that ends a common prefix, such as `/`.
    ///   - maxKeys: The maximum number of objects and prefixes in a page, from 1 to 1,000.
    ///   - startAfter: The key after which the listing starts.
    ///   - continuationToken: The token from the previous page.
    ///   - fetchOwner: A Boolean value that indicates whether each object includes its owner.
    public init(
        prefix: String? = nil, delimiter: String? = nil, maxKeys: Int? = nil, startAfter: String? = nil,
        continuationToken: String? = nil, fetchOwner: Bool = false
    ) {
        self.prefix = prefix
        self.delimiter = delimiter
        self.maxKeys = maxKeys
        self.startAfter = startAfter
        self.continuationToken = continuationToken
        self.fetchOwner = fetchOwner
    }

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        var request = R2OperationRequest(method: .get)
        request.append("2", as: "list-type")
        request.append("url", as: "encoding-type")
        try request.appendPageSize(maxKeys, as: "max-keys")
        request.append(prefix, as: "prefix")
        request.append(delimiter, as: "delimiter")
        request.append(startAfter, as: "start-after")
        request.append(continuationToken, as: "continuation-token")
        if fetchOwner { request.append("true", as: "fetch-owner") }
        return request
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> Page {
        let page = try parse(response, root: ["ListBucketResult"], Page.init)
        if let token = page.nextContinuationToken, token == continuationToken {
            throw invalid(response, "Invalid listing: the page refers to itself as the next page.")
        }
        return page
    }
}

/// An object in a listing.
public struct ListedObject: Sendable, Hashable {
    /// The object's key, which may be one that ``ObjectKey/init(_:)`` doesn't accept.
    public let key: ObjectKey
    /// The object's length, in bytes.
    public let size: Int64
    /// The object's ETag, if the server includes it.
    public let etag: ETag?
    /// The date when the object was stored.
    public let lastModified: Date
    /// The storage class.
    public let storageClass: StorageClass
    /// The owner's ID, if it was requested.
    public let ownerID: String?
}

extension ListObjectsV2.Page {
    fileprivate init(_ scanner: inout XMLScanner) throws(XMLError) {
        var entries: [ListedObject.Entry] = []
        var prefixes: [String] = []
        var isTruncated: Bool?
        var token: String?
        var encodingType: String?
        while let name = try scanner.nextChild() {
            switch name {
            case "Contents": entries.append(try ListedObject.Entry(&scanner))
            case "CommonPrefixes": prefixes.append(try scanner.commonPrefix())
            case "IsTruncated": try scanner.read(&isTruncated)
            case "NextContinuationToken": try scanner.read(&token)
            case "EncodingType": try scanner.read(&encodingType)
            default: try scanner.skip()
            }
        }
        let decoder = try ListDecoder(encodingType, scanner)
        var objects: [ListedObject] = []
        objects.reserveCapacity(entries.count)
        for entry in entries { objects.append(try entry.object(decoder, scanner)) }
        self.objects = objects
        commonPrefixes = try prefixes.map { (name) throws(XMLError) in try decoder.text(name, scanner) }
        if try scanner.required(isTruncated, "IsTruncated") {
            guard let token, !token.isEmpty else {
                throw scanner.problem("the list is truncated and has no continuation token")
            }
            nextContinuationToken = token
        } else {
            nextContinuationToken = nil
        }
    }
}

extension ListedObject {
    /// The content of a `Contents` element, with an encoded key.
    fileprivate struct Entry {
        private var key: String?
        private var size: Int64?
        private var etag: ETag?
        private var lastModified: Date?
        private var storageClass: String?
        private var ownerID: String?

        init(_ scanner: inout XMLScanner) throws(XMLError) {
            while let name = try scanner.nextChild() {
                switch name {
                case "Key": try scanner.read(&key)
                case "Size": try scanner.read(&size)
                case "ETag": try scanner.read(&etag)
                case "LastModified": try scanner.read(&lastModified)
                case "StorageClass": try scanner.read(&storageClass)
                case "Owner": ownerID = try Self.ownerID(&scanner)
                default: try scanner.skip()
                }
            }
        }

        private static func ownerID(_ scanner: inout XMLScanner) throws(XMLError) -> String? {
            var id: String?
            while let name = try scanner.nextChild() {
                if name == "ID" { try scanner.read(&id) } else { try scanner.skip() }
            }
            return id
        }

        func object(_ decoder: ListDecoder, _ scanner: XMLScanner) throws(XMLError) -> ListedObject {
            ListedObject(
                key: try decoder.key(try scanner.required(key, "Key"), scanner),
                size: try scanner.required(size, "Size"), etag: etag,
                lastModified: try scanner.required(lastModified, "LastModified"),
                storageClass: storageClass.flatMap { $0.isEmpty ? nil : StorageClass($0) } ?? .standard,
                ownerID: ownerID)
        }
    }
}
