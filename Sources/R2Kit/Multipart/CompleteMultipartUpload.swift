internal import HTTPTypes

/// A stored part, as the completion of a multipart upload lists it.
///
/// Its JSON form, in which a browser or an app can report its parts, is `{"number": 1, "etag": "…"}`.
public struct CompletedPart: Sendable, Hashable, Codable {
    /// The part number, from 1 to 10,000.
    public var number: Int
    /// The ETag that R2 returned when the part was stored.
    public var etag: ETag

    /// Creates a completed part.
    /// - Parameters:
    ///   - number: The part number, from 1 to 10,000.
    ///   - etag: The ETag that R2 returned when the part was stored.
    public init(_ number: Int, etag: ETag) {
        self.number = number
        self.etag = etag
    }

    /// Creates a completed part from a listed one.
    /// - Parameter part: A part from a ``ListParts`` page.
    public init(_ part: ListParts.Part) { self.init(part.number, etag: part.etag) }
}

/// An operation that creates an object from the parts of a multipart upload.
///
/// It doesn't check that the parts have the sizes that R2 requires: see ``PartPlan``. The response can take minutes.
public struct CompleteMultipartUpload: R2Operation {
    /// The result of completing an upload.
    public struct Output: Sendable, Hashable {
        /// The object's ETag, or `nil` if the server omits it.
        ///
        /// In that case, read it with ``HeadObject``.
        public let etag: ETag?

        package init(etag: ETag?) { self.etag = etag }
    }

    /// `CompleteMultipartUpload`.
    public static let name = "CompleteMultipartUpload"
    /// 64 KiB.
    public static let maximumResponseLength = 65_536
    /// `true`: the status is sent before the parts are joined.
    public static let mayFailWithSuccessStatus = true

    /// The upload's ID.
    public var uploadID: UploadID
    /// The key with which the upload was created.
    public var key: ObjectKey
    /// The parts, in any order.
    public var parts: [CompletedPart]
    /// The condition that the current object under the key must meet.
    ///
    /// If it fails, R2 aborts the upload.
    public var precondition: ObjectPrecondition?

    /// Creates the operation.
    /// - Parameters:
    ///   - uploadID: The upload's ID.
    ///   - key: The key with which the upload was created.
    ///   - parts: The parts, in any order, from 1 to 10,000 of them.
    ///   - precondition: The condition that the current object under the key must meet.
    public init(
        _ uploadID: UploadID, key: ObjectKey, parts: [CompletedPart], precondition: ObjectPrecondition? = nil
    ) {
        self.uploadID = uploadID
        self.key = key
        self.parts = parts
        self.precondition = precondition
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// ``RetrySafety/ambiguous``: if the first request completed the upload, it no longer exists.
    ///
    /// In that case, check whether the object exists.
    public var retrySafety: RetrySafety { .ambiguous }

    /// See ``R2Operation/request()``.
    ///
    /// The request lists the parts in ascending order.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        guard PartPlan.numbers.contains(parts.count) else {
            throw R2ValidationError(
                .invalidCount, "Invalid number of parts: expected 1 to 10,000, not \(parts.count).")
        }
        let sorted = parts.sorted { $0.number < $1.number }
        for (index, part) in sorted.enumerated() {
            try PartPlan.checkPartNumber(part.number)
            guard index == 0 || sorted[index - 1].number != part.number else {
                throw R2ValidationError(
                    .invalidPartNumber,
                    "Duplicate part number \(part.number): list each part once, with its latest ETag."
                )
            }
            guard !part.etag.isWeak else {
                throw R2ValidationError(
                    .invalidETag,
                    "Invalid ETag of part \(part.number): expected the strong one that R2 returned, not \(part.etag).")
            }
        }
        let body = XMLWriter.document("CompleteMultipartUpload") { upload in
            for part in sorted {
                upload.element("Part") {
                    $0.element("PartNumber", String(part.number))
                    $0.element("ETag", part.etag.headerValue)
                }
            }
        }
        var request = R2OperationRequest(
            method: .post, key: key, query: [QueryParameter(name: "uploadId", value: uploadID.rawValue)], xml: body)
        try ObjectConditions(precondition: precondition).apply(to: &request.headerFields)
        return request
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> Output {
        try parse(response, root: ["CompleteMultipartUploadResult"]) { (scanner) throws(XMLError) in
            var etag: ETag?
            while let name = try scanner.nextChild() {
                if name == "ETag" { try scanner.read(&etag) } else { try scanner.skip() }
            }
            return Output(etag: etag)
        }
    }
}

/// An operation that aborts a multipart upload and deletes its parts.
public struct AbortMultipartUpload: R2Operation {
    /// No output.
    public typealias Output = Void

    /// `AbortMultipartUpload`.
    public static let name = "AbortMultipartUpload"

    /// The upload's ID.
    public var uploadID: UploadID
    /// The key with which the upload was created.
    public var key: ObjectKey

    /// Creates the operation.
    /// - Parameters:
    ///   - uploadID: The upload's ID.
    ///   - key: The key with which the upload was created.
    public init(_ uploadID: UploadID, key: ObjectKey) {
        self.uploadID = uploadID
        self.key = key
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// ``RetrySafety/ambiguous``: if the first request aborted the upload, it no longer exists.
    public var retrySafety: RetrySafety { .ambiguous }

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        R2OperationRequest(method: .delete, key: key, uploadID: uploadID)
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) {
        try checkStatus(of: response, [200, 204])
    }
}
