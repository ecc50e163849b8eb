internal import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Stores one part of an upload, copied from an object within R2.
///
/// R2 takes no conditions on the source here: compare its ETag before the first part and after the last.
public struct UploadPartCopy: R2Operation {
    /// What R2 answers about the part.
    public struct Output: Sendable, Hashable {
        /// The part's tag, which the completion needs.
        public let etag: ETag
        /// When the part was stored.
        public let lastModified: Date?
    }

    /// `UploadPartCopy`.
    public static let name = "UploadPartCopy"
    /// 64 KiB.
    public static let maximumResponseLength = 65_536
    /// The status is sent before the copying is done.
    public static let mayFailWithSuccessStatus = true

    /// Which part, from 1 to 10,000.
    public var number: Int
    /// The upload.
    public var uploadID: UploadID
    /// The object's key, the same as at the upload's creation.
    public var key: ObjectKey
    /// What is copied from.
    public var source: CopySource
    /// The position of the first byte that is copied, and of the last; the whole object if `nil`.
    public var sourceRange: ClosedRange<Int64>?
    /// The key that the upload was begun with, if there was one.
    public var customerKey: CustomerKey?

    /// Describes the operation.
    public init(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, from source: CopySource,
        range sourceRange: ClosedRange<Int64>? = nil, customerKey: CustomerKey? = nil
    ) {
        self.number = number
        self.uploadID = uploadID
        self.key = key
        self.source = source
        self.sourceRange = sourceRange
        self.customerKey = customerKey
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        var request = R2OperationRequest(
            method: .put, key: key, query: [try .partNumber(number), .init("uploadId", uploadID.rawValue)])
        request.copySource = source
        if let range = sourceRange {
            guard range.lowerBound >= 0, range.upperBound - range.lowerBound < PartPlan.maximumPartLength else {
                throw R2KitError(
                    .invalidRange,
                    "a copied part begins at zero or later, and has up to \(PartPlan.maximumPartLength) bytes "
                        + "(5 GiB less 5 MiB)")
            }
            request.headerFields[named: "x-amz-copy-source-range"] = "bytes=\(range.lowerBound)-\(range.upperBound)"
        }
        customerKey?.apply(to: &request.headerFields)
        return request
    }

    /// Reads an answer; one of status 200 with an error in its body is an error.
    public func output(from response: R2Response) throws(R2Error) -> Output {
        let result = try parse(response, root: ["CopyPartResult", "CopyObjectResult"], CopyResult.init)
        guard let etag = result.etag else { throw invalid(response, "the answer has no strong ETag") }
        return Output(etag: etag, lastModified: result.lastModified)
    }
}
