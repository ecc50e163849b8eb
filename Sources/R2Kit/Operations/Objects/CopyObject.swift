internal import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Copies an object within R2, without its bytes passing through the caller.
///
/// An object of more than 5 GiB is copied in parts: see ``UploadPartCopy``. Conditions on the source and on the
/// destination are not checked in one step.
public struct CopyObject: R2Operation {
    /// What becomes of the source's properties and metadata.
    public enum Metadata: Sendable, Hashable {
        /// They are copied.
        case copy
        /// They are left behind, and these are kept in their place.
        case replace(ObjectProperties)
        /// They are copied, and these are kept beside them or in their place (R2's own).
        case merge(ObjectProperties)
    }

    /// What R2 answers about the copy.
    public struct Output: Sendable, Hashable {
        /// The copy's version.
        ///
        /// It may differ from the source's, if that was uploaded in parts.
        public let etag: ETag
        /// When the copy was stored.
        public let lastModified: Date?
    }

    /// `CopyObject`.
    public static let name = "CopyObject"
    /// 64 KiB.
    public static let maximumResponseLength = 65_536
    /// The status is sent before the copying is done.
    public static let mayFailWithSuccessStatus = true

    /// What is copied.
    public var source: CopySource
    /// Where to.
    public var key: ObjectKey
    /// What becomes of the source's properties.
    public var metadata: Metadata
    /// What must hold of the source.
    public var sourceConditions: ObjectConditions
    /// What must hold of the object under the key that is copied to (R2's own, in beta).
    public var destinationConditions: ObjectConditions
    /// The copy's storage class; the bucket's if `nil`.
    public var storageClass: StorageClass?
    /// A key of one's own to encrypt the copy with.
    public var customerKey: CustomerKey?

    /// Describes the operation.
    public init(
        _ source: CopySource, to key: ObjectKey, metadata: Metadata = .copy,
        sourceConditions: ObjectConditions = .none, destinationConditions: ObjectConditions = .none,
        storageClass: StorageClass? = nil, customerKey: CustomerKey? = nil
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

    /// A condition on the destination may fail on what a first request copied there, and so may one on the source if
    /// that may be the same object.
    public var repetition: R2Repetition {
        let isCertain = destinationConditions.isEmpty && (sourceConditions.isEmpty || source.key != key)
        return isCertain ? .idempotent : .ambiguous
    }

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
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

    /// Reads an answer; one of status 200 with an error in its body is an error.
    public func output(from response: R2Response) throws(R2Error) -> Output {
        let result = try parse(response, root: ["CopyObjectResult"], CopyResult.init)
        guard let etag = result.etag else { throw invalid(response, "the answer has no strong ETag") }
        return Output(etag: etag, lastModified: result.lastModified)
    }
}

/// What is answered to a copy of an object or a part.
struct CopyResult {
    var etag: ETag?
    var lastModified: Date?

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
