internal import HTTPTypes
internal import SigV4

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The source object of a copy, in any bucket of the same account and jurisdiction.
public struct CopySource: Sendable, Hashable {
    /// The object's key.
    public var key: ObjectKey
    /// The object's bucket, or `nil` for the bucket of the copy.
    public var bucket: BucketName?
    /// The SSE-C key that the object is encrypted with, if any.
    public var customerKey: SSECustomerKey?

    /// Creates a copy source.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - bucket: The object's bucket, or `nil` for the bucket of the copy.
    ///   - customerKey: The SSE-C key that the object is encrypted with, if any.
    public init(_ key: ObjectKey, in bucket: BucketName? = nil, customerKey: SSECustomerKey? = nil) {
        self.key = key
        self.bucket = bucket
        self.customerKey = customerKey
    }

    /// Sets the headers of a copy into the bucket `target`.
    func apply(to headers: inout HTTPFields, target: BucketName) {
        // R2 requires the leading slash.
        headers[named: "x-amz-copy-source"] = "/\(bucket ?? target)/\(PercentEncoding.encodePath(key.rawValue))"
        customerKey?.apply(to: &headers, prefix: "x-amz-copy-source-")
    }
}

/// The document in the response to a copy of an object or a part.
struct CopyResult {
    private(set) var etag: ETag?
    private(set) var lastModified: Date?

    init(_ scanner: inout XMLScanner) throws(XMLError) {
        while let name = try scanner.nextChild() {
            switch name {
            case "ETag": try scanner.read(&etag)
            case "LastModified": try scanner.read(&lastModified)
            default: try scanner.skip()
            }
        }
    }
}
