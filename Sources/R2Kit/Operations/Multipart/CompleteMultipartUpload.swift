internal import HTTPTypes

/// Makes an object of the parts of an upload.
///
/// Whether parts have the sizes that R2 wants is looked at here: see ``PartPlan``. The answer may take minutes.
public struct CompleteMultipartUpload: R2Operation {
    /// A part that has been stored.
    ///
    /// Its JSON, in which a client tells what it has sent, is `{"number": 1, "etag": "…"}`.
    public struct Part: Sendable, Hashable, Codable {
        /// Its number, from 1 to 10,000.
        public var number: Int
        /// Its tag, as it was answered when the part was stored.
        public var etag: ETag

        /// Names a part.
        public init(_ number: Int, etag: ETag) {
            self.number = number
            self.etag = etag
        }

        /// Names a part that ListParts answered.
        public init(_ part: ListParts.Part) { self.init(part.number, etag: part.etag) }
    }

    /// What R2 answers about the object.
    public struct Output: Sendable, Hashable {
        /// The version; `nil` from servers that leave it out: ask with ``HeadObject`` then.
        public let etag: ETag?

        package init(etag: ETag?) { self.etag = etag }
    }

    /// `CompleteMultipartUpload`.
    public static let name = "CompleteMultipartUpload"
    /// 64 KiB.
    public static let maximumResponseLength = 65_536
    /// The status is sent before the parts are joined.
    public static let mayFailWithSuccessStatus = true

    /// The upload.
    public var uploadID: UploadID
    /// The object's key, the same as at the upload's creation.
    public var key: ObjectKey
    /// The parts, in any order.
    public var parts: [Part]
    /// The object under the key must be this version.
    ///
    /// If it is another, R2 aborts the upload.
    public var ifMatch: ObjectConditions.Tag?
    /// The object under the key must not be there, or be another version; if not, R2 aborts the upload.
    public var ifNoneMatch: ObjectConditions.Tag?

    /// Describes the operation.
    public init(
        _ uploadID: UploadID, key: ObjectKey, parts: [Part], ifMatch: ObjectConditions.Tag? = nil,
        ifNoneMatch: ObjectConditions.Tag? = nil
    ) {
        self.uploadID = uploadID
        self.key = key
        self.parts = parts
        self.ifMatch = ifMatch
        self.ifNoneMatch = ifNoneMatch
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// An upload that a first request completed is no longer there: ask for the object then.
    public var repetition: R2Repetition { .ambiguous }

    /// The request to sign and send; its parts are in ascending order.
    public func request() throws(R2KitError) -> R2OperationRequest {
        guard PartPlan.numbers.contains(parts.count) else {
            throw R2KitError(.invalidCount, "an upload is completed with 1 to 10000 parts, not \(parts.count)")
        }
        let sorted = parts.sorted { $0.number < $1.number }
        for (index, part) in sorted.enumerated() {
            _ = try R2OperationRequest.Parameter.partNumber(part.number)
            guard index == 0 || sorted[index - 1].number != part.number else {
                throw R2KitError(.invalidPartNumber, "part \(part.number) is there twice: name its latest ETag alone")
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
            method: .post, key: key, query: [.init("uploadId", uploadID.rawValue)], body: .bytes(body))
        request.headerFields[.contentType] = "application/xml"
        try ObjectConditions(ifMatch: ifMatch, ifNoneMatch: ifNoneMatch).apply(to: &request.headerFields)
        return request
    }

    /// Reads an answer; one of status 200 with an error in its body is an error.
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
