internal import HTTPTypes
internal import SigV4

/// An object to copy from, in this bucket or another of the same account and jurisdiction.
public struct CopySource: Sendable, Hashable {
    /// The object.
    public var key: ObjectKey
    /// Its bucket; the one that is copied to if `nil`.
    public var bucket: BucketName?
    /// The key that it is encrypted with, if it was brought along.
    public var customerKey: CustomerKey?

    /// Names an object.
    public init(_ key: ObjectKey, in bucket: BucketName? = nil, customerKey: CustomerKey? = nil) {
        self.key = key
        self.bucket = bucket
        self.customerKey = customerKey
    }

    /// Sets the headers; `target` is the bucket that is copied to.
    func apply(to headers: inout HTTPFields, target: BucketName) {
        // R2 wants the slash at the beginning.
        headers[named: "x-amz-copy-source"] = "/\(bucket ?? target)/\(PercentEncoding.encodePath(key.rawValue))"
        customerKey?.apply(to: &headers, prefix: "x-amz-copy-source-")
    }
}
