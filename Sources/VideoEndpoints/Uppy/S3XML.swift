#if Delivery
internal import HTTPTypes
internal import NIOCore
internal import R2Kit

/// The documents of S3's protocol that Uppy reads.
enum S3XML {
    /// The result of CreateMultipartUpload.
    static func upload(_ upload: UppyUpload) -> [UInt8] {
        XMLWriter.document("InitiateMultipartUploadResult") { writer in
            writer.text("Bucket", upload.bucket)
            writer.text("Key", upload.key)
            writer.text("UploadId", upload.uploadID)
        }
    }

    /// The result of ListParts, with all parts.
    static func parts(_ parts: [UppyPart], of target: UppyTarget, in bucket: String) -> [UInt8] {
        XMLWriter.document("ListPartsResult") { writer in
            writer.text("Bucket", bucket)
            writer.text("Key", target.key)
            writer.text("UploadId", target.uploadID)
            writer.text("IsTruncated", "false")
            for part in parts {
                writer.element("Part") { writer in
                    writer.text("PartNumber", String(part.number))
                    writer.text("ETag", part.etag)
                    writer.text("Size", String(part.size))
                }
            }
        }
    }

    /// The result of CompleteMultipartUpload.
    static func completion(_ completion: UppyCompletion) -> [UInt8] {
        XMLWriter.document("CompleteMultipartUploadResult") { writer in
            writer.text("Location", completion.location)
            writer.text("Bucket", completion.bucket)
            writer.text("Key", completion.key)
        }
    }

    /// An error.
    static func error(_ problem: EndpointProblem) -> [UInt8] {
        XMLWriter.document("Error", namespace: false) { writer in
            writer.text("Code", problem.code.rawValue)
            writer.text("Message", problem.detail.isEmpty ? problem.title : problem.detail)
        }
    }
}

extension XMLWriter {
    /// Writes an element that contains text of any kind.
    fileprivate mutating func text(_ name: StaticString, _ text: String) { element(name, Self.holdable(text)) }
}

extension EndpointResponse {
    /// Creates a response with a document, which no cache may store.
    init(_ status: HTTPResponse.Status = .ok, xml document: [UInt8]) {
        let fields: HTTPFields = [.contentType: "application/xml", .cacheControl: "no-store"]
        self.init(status, fields, body: EndpointBody(ByteBuffer(bytes: document)))
    }

    /// Creates the response that describes a problem to a client of S3.
    init(s3Problem problem: EndpointProblem) {
        self.init(HTTPResponse.Status(code: problem.status), xml: S3XML.error(problem))
        if let seconds = problem.secondsToWait { head.headerFields[.retryAfter] = String(seconds) }
    }
}
#endif
