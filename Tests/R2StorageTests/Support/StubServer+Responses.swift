#if Storage
extension [StubServer.Step] {
    /// A response with a status, headers and a body.
    ///
    /// `content-length` is added if it is missing.
    static func response(_ status: Int, _ headers: [String: String] = [:], _ body: String = "") -> Self {
        var all = ["x-amz-request-id": "REQ-1", "cf-ray": "ray-1"]
        if status != 204, status != 304 { all["content-length"] = String(body.utf8.count) }
        for (name, value) in headers { all[name.lowercased()] = value }
        let lines = all.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        return [.send([UInt8]("HTTP/1.1 \(status) Status\r\n\(lines)\r\n\(body)".utf8))]
    }

    /// A response to HEAD: the headers without the body that they describe.
    static func head(_ length: Int, _ headers: [String: String] = [:]) -> Self {
        response(200, ["etag": "\"tag\"", "content-length": String(length)].merging(headers) { $1 })
    }

    /// A response with an object.
    static func object(_ body: String, _ headers: [String: String] = [:]) -> Self {
        response(200, ["etag": "\"tag\""].merging(headers) { $1 }, body)
    }

    /// A response to a write.
    static let stored = response(200, ["etag": "\"tag\""])

    /// An error response in the form of S3.
    static func error(_ status: Int, _ code: String, _ headers: [String: String] = [:]) -> Self {
        response(status, headers, "<Error><Code>\(code)</Code><Message>about \(code)</Message></Error>")
    }
}

/// Documents in responses.
enum Documents {
    static func list(_ keys: [String], prefixes: [String] = [], next: String? = nil) -> String {
        let contents = keys.map { key in
            "<Contents><Key>\(key)</Key><Size>3</Size><ETag>&quot;tag&quot;</ETag>"
                + "<LastModified>2026-01-02T03:04:05.000Z</LastModified></Contents>"
        }
        let common = prefixes.map { "<CommonPrefixes><Prefix>\($0)</Prefix></CommonPrefixes>" }
        let end = next.map { "<NextContinuationToken>\($0)</NextContinuationToken>" } ?? ""
        return "<ListBucketResult><IsTruncated>\(next != nil)</IsTruncated>\(contents.joined())\(common.joined())\(end)"
            + "</ListBucketResult>"
    }

    static func completed(_ etag: String) -> String {
        "<CompleteMultipartUploadResult><ETag>&quot;\(etag)&quot;</ETag></CompleteMultipartUploadResult>"
    }

    static let uploadCreated =
        "<InitiateMultipartUploadResult><UploadId>upload/1+=</UploadId></InitiateMultipartUploadResult>"
}
#endif
