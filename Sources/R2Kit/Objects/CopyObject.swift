internal import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An operation that copies an object within R2.
///
/// To copy an object larger than 5 GiB, copy it in parts: see ``UploadPartCopy``. The conditions on the source and on
/// the destination aren't checked in one atomic step.
public struct CopyObject: R2Operation {
    /// A choice of properties and user metadata for the copy.
    public enum Metadata: Sendable, Hashable {
        /// The copy has the source's properties.
        case copy
        /// The copy has these properties instead of the source's.
        case replace(ObjectProperties)
        /// The copy has the source's properties with these added or replaced.
        ///
        /// This is an extension of R2.
        case merge(ObjectProperties)
    }

    /// The result of a copy.
    public struct Output: Sendable, Hashable {
        /// The copy's ETag.
        ///
        /// It can differ from the source's ETag if the source was uploaded in parts.
        public let etag: ETag
        /// The date when the copy was stored.
        public let lastModified: Date?
    }

    /// `CopyObject`.
    public static let name = "CopyObject"
    /// 64 KiB.
    public static let maximumResponseLength = 65_536
    /// `true`: the status is sent before the copy is complete.
    public static let mayFailWithSuccessStatus = true

    /// The object to copy.
    public var source: CopySource
    /// The copy's key.
    public var key: ObjectKey
    /// The copy's properties and user metadata.
    public var metadata: Metadata
    /// The conditions that the source must meet.
    public var sourceConditions: ObjectConditions
    /// The conditions that the current object under the copy's key must meet.
    ///
    /// This is an extension of R2, in beta.
    public var destinationConditions: ObjectConditions
    /// The copy's storage class, or `nil` for the bucket's default.
    public var storageClass: StorageClass?
    /// The SSE-C key to encrypt the copy with, if any.
    public var customerKey: SSECustomerKey?

    /// Creates the operation.
    /// - Parameters:
    ///   - source: The object to copy.
    ///   - key: The copy's key.
    ///   - metadata: The copy's properties and user metadata.
    ///   - sourceConditions: The conditions that the source must meet.
    ///   - destinationConditions: The conditions that the current object under the copy's key must meet.
    ///   - storageClass: The copy's storage class, or `nil` for the bucket's default.
    ///   - customerKey: The SSE-C key to encrypt the copy with, if any.
    public init(
        _ source: CopySource, to key: ObjectKey, metadata: Metadata = .copy,
        sourceConditions: ObjectConditions = .none, destinationConditions: ObjectConditions = .none,
        storageClass: StorageClass? = nil, customerKey: SSECustomerKey? = nil
    ) {
        self.source = source
        self.key = key
        self.metadata = metadata
        self.sourceConditions = sourceConditions
        self.destinationConditions = destinationConditions
        self.storageClass = storageClass
        self.customerKey = customerKey
    }

    /// The copy.
    public var subject: ObjectKey? { key }

    /// ``RetrySafety/ambiguous`` if a condition can fail because of the copy that the first request made.
    ///
    /// A condition on the destination can, and so can one on the source if source and copy may be the same object.
    public var retrySafety: RetrySafety {
        let isCertain = destinationConditions.isEmpty && (sourceConditions.isEmpty || source.key != key)
        return isCertain ? .idempotent : .ambiguous
    }

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        var request = R2OperationRequest(method: .put, key: key)
        request.copySource = source
        switch metadata {
        case .copy: request.headerFields[named: "x-amz-metadata-directive"] = "COPY"
        case .replace(let properties):
            request.headerFields[named: "x-amz-metadata-directive"] = "REPLACE"
            try properties.apply(to: &request.headerFields)
        case .merge(let properties):
            request.headerFields[named: "x-amz-metadata-directive"] = "MERGE"
            try properties.apply(to: &request.headerFields)
        }
        try sourceConditions.apply(to: &request.headerFields, prefix: "x-amz-copy-source-")
        try destinationConditions.apply(to: &request.headerFields, prefix: "cf-copy-destination-")
        request.headerFields[named: "x-amz-storage-class"] = storageClass?.rawValue
        customerKey?.apply(to: &request.headerFields)
        return request
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> Output {
        let result = try parse(response, root: ["CopyObjectResult"], CopyResult.init)
        return Output(etag: try strongETag(result.etag, in: response), lastModified: result.lastModified)
    }
}
