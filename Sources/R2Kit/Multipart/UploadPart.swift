internal import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An operation that stores one part of a multipart upload.
///
/// It replaces a part with the same number.
public struct UploadPart: R2Operation {
    /// The result of storing a part.
    public struct Output: Sendable, Hashable {
        /// The part's ETag, which the completion requires.
        public let etag: ETag
    }

    /// `UploadPart`.
    public static let name = "UploadPart"

    /// The part number, from 1 to 10,000.
    public var number: Int
    /// The upload's ID.
    public var uploadID: UploadID
    /// The key with which the upload was created.
    public var key: ObjectKey
    /// The exact length of the part, in bytes: see ``PartPlan``.
    public var contentLength: Int64
    /// The SHA-256 of the part as 64 lowercase hexadecimal digits, which is signed.
    ///
    /// R2 rejects any other body.
    public var contentSHA256: String?
    /// A checksum of the part, computed by the caller: MD5, CRC-32, or CRC-32C.
    ///
    /// R2 accepts no other algorithms for parts.
    public var checksum: Checksum?
    /// The SSE-C key with which the upload was created, if any.
    public var customerKey: SSECustomerKey?

    /// Creates the operation.
    ///
    /// The client provides the body.
    /// - Parameters:
    ///   - number: The part number, from 1 to 10,000.
    ///   - uploadID: The upload's ID.
    ///   - key: The key with which the upload was created.
    ///   - contentLength: The exact length of the part, in bytes.
    ///   - contentSHA256: The SHA-256 of the part as 64 lowercase hexadecimal digits, which is signed.
    ///   - checksum: A checksum of the part, computed by the caller: MD5, CRC-32, or CRC-32C.
    ///   - customerKey: The SSE-C key with which the upload was created, if any.
    public init(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, contentLength: Int64, contentSHA256: String? = nil,
        checksum: Checksum? = nil, customerKey: SSECustomerKey? = nil
    ) {
        self.number = number
        self.uploadID = uploadID
        self.key = key
        self.contentLength = contentLength
        self.contentSHA256 = contentSHA256
        self.checksum = checksum
        self.customerKey = customerKey
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        _ = try HeaderRules.check(contentLength: contentLength)
        var request = R2OperationRequest(
            method: .put, key: key, uploadID: uploadID, body: .provided(length: contentLength, sha256: contentSHA256))
        request.query.append(try .partNumber(number))
        if let checksum {
            try checksum.checkAllowedOnPart()
            request.headerFields[named: checksum.algorithm.headerName] = checksum.base64
        }
        customerKey?.apply(to: &request.headerFields)
        return request
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> Output {
        try checkStatus(of: response)
        return Output(etag: try strongETag(etag(in: response), in: response))
    }
}

/// An operation that copies an object, or a range of it, into one part of a multipart upload.
///
/// R2 supports no conditions on the source here. Compare its ETag before the first part and after the last one.
public struct UploadPartCopy: R2Operation {
    /// The result of copying a part.
    public struct Output: Sendable, Hashable {
        /// The part's ETag, which the completion requires.
        public let etag: ETag
        /// The date when the part was stored.
        public let lastModified: Date?
    }

    /// `UploadPartCopy`.
    public static let name = "UploadPartCopy"
    /// 64 KiB.
    public static let maximumResponseLength = 65_536
    /// `true`: the status is sent before the copy is complete.
    public static let mayFailWithSuccessStatus = true

    /// The part number, from 1 to 10,000.
    public var number: Int
    /// The upload's ID.
    public var uploadID: UploadID
    /// The key with which the upload was created.
    public var key: ObjectKey
    /// The object to copy from.
    public var source: CopySource
    /// The positions of the first and last byte to copy, or `nil` for the whole object.
    public var sourceRange: ClosedRange<Int64>?
    /// The SSE-C key with which the upload was created, if any.
    public var customerKey: SSECustomerKey?

    /// Creates the operation.
    /// - Parameters:
    ///   - number: The part number, from 1 to 10,000.
    ///   - uploadID: The upload's ID.
    ///   - key: The key with which the upload was created.
    ///   - source: The object to copy from.
    ///   - sourceRange: The positions of the first and last byte to copy, or `nil` for the whole object. The range has
    ///     at most ``PartPlan/maximumPartLength`` bytes.
    ///   - customerKey: The SSE-C key with which the upload was created, if any.
    public init(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, from source: CopySource,
        range sourceRange: ClosedRange<Int64>? = nil, customerKey: SSECustomerKey? = nil
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

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        var request = R2OperationRequest(method: .put, key: key, uploadID: uploadID)
        request.query.append(try .partNumber(number))
        request.copySource = source
        if let range = sourceRange {
            guard range.lowerBound >= 0, range.upperBound - range.lowerBound < PartPlan.maximumPartLength else {
                throw R2ValidationError(
                    .invalidRange,
                    "Invalid source range: expected a start of at least 0 and at most \(PartPlan.maximumPartLength) "
                        + "bytes (5 GiB minus 5 MiB).")
            }
            request.headerFields[named: "x-amz-copy-source-range"] = "bytes=\(range.lowerBound)-\(range.upperBound)"
        }
        customerKey?.apply(to: &request.headerFields)
        return request
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> Output {
        let result = try parse(response, root: ["CopyPartResult", "CopyObjectResult"], CopyResult.init)
        return Output(etag: try strongETag(result.etag, in: response), lastModified: result.lastModified)
    }
}
