#if Delivery
internal import HTTPTypes
internal import NIOCore

/// The documents of S3's protocol that Uppy reads.
enum S3XML {
    /// The result of CreateMultipartUpload.
    static func upload(_ upload: UppyUpload) -> String {
        document(
            "InitiateMultipartUploadResult",
            element("Bucket", upload.bucket) + element("Key", upload.key) + element("UploadId", upload.uploadID))
    }

    /// The result of ListParts, with all parts.
    static func parts(_ parts: [UppyPart], of target: UppyTarget, in bucket: String) -> String {
        let list = parts.map { part in
            "<Part>" + element("PartNumber", String(part.number)) + element("ETag", part.etag)
                + element("Size", String(part.size)) + "</Part>"
        }
        return document(
            "ListPartsResult",
            element("Bucket", bucket) + element("Key", target.key) + element("UploadId", target.uploadID)
                + element("IsTruncated", "false") + list.joined())
    }

    /// The result of CompleteMultipartUpload.
    static func completion(_ completion: UppyCompletion) -> String {
        document(
            "CompleteMultipartUploadResult",
            element("Location", completion.location) + element("Bucket", completion.bucket)
                + element("Key", completion.key))
    }

    /// An error.
    static func error(_ problem: EndpointProblem) -> String {
        let message = problem.detail.isEmpty ? problem.title : problem.detail
        return document("Error", element("Code", problem.code.rawValue) + element("Message", message), namespace: "")
    }

    private static func document(
        _ name: String, _ content: String, namespace: String = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""
    ) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<\(name)\(namespace)>\(content)</\(name)>\n"
    }

    private static func element(_ name: String, _ text: String) -> String { "<\(name)>\(escaped(text))</\(name)>" }

    /// Returns a string as the content of an element, in which characters that XML can't hold are replaced.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            case "\r": result += "&#13;"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension EndpointResponse {
    /// Creates a response with a document, which no cache may store.
    init(_ status: HTTPResponse.Status = .ok, xml document: String) {
        let fields: HTTPFields = [.contentType: "application/xml", .cacheControl: "no-store"]
        self.init(status, fields, body: EndpointBody(ByteBuffer(string: document)))
    }

    /// Creates the response that describes a problem to a client of S3.
    init(s3Problem problem: EndpointProblem) {
        self.init(HTTPResponse.Status(code: problem.status), xml: S3XML.error(problem))
        if let seconds = problem.retryAfter { head.headerFields[.retryAfter] = String(seconds) }
    }
}
#endif
