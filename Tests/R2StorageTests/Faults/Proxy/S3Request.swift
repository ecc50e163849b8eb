/// The head of a request in S3's terms.
struct S3Request: Sendable {
    let method: String
    /// The path without the query, as sent.
    let path: String
    let query: [String: String]
    /// The headers by their lowercase names.
    let headers: [String: String]

    init(method: String, target: String, headers: [(String, String)]) {
        self.method = method
        let sides = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        path = sides[0]
        var query: [String: String] = [:]
        for parameter in sides.dropFirst().joined().split(separator: "&") {
            let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            query[Self.decoded(pair[0])] = pair.count > 1 ? Self.decoded(pair[1]) : ""
        }
        self.query = query
        self.headers = Dictionary(headers.map { ($0.0.lowercased(), $0.1) }) { $0 + "," + $1 }
    }

    /// Parses the bytes of a head, including the empty line.
    init?(head: [UInt8]) {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: true)
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        let headers = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (String(line[..<colon]), String(value))
        }
        self.init(method: words[0], target: words[1], headers: headers)
    }

    var contentLength: Int { headers["content-length"].flatMap(Int.init) ?? 0 }

    /// The decoded key, or `nil` for a request for the bucket.
    var key: String? {
        let names = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: true)
        return names.count == 2 ? Self.decoded(String(names[1])) : nil
    }

    var partNumber: Int? { query["partNumber"].flatMap(Int.init) }

    /// The name of the S3 operation.
    var operation: String {
        let isCopy = headers["x-amz-copy-source"] != nil
        let isMultipart = query["uploadId"] != nil
        switch (method, key != nil) {
        case ("PUT", true) where isMultipart: return isCopy ? "UploadPartCopy" : "UploadPart"
        case ("PUT", true): return isCopy ? "CopyObject" : "PutObject"
        case ("GET", true): return isMultipart ? "ListParts" : "GetObject"
        case ("HEAD", true): return "HeadObject"
        case ("DELETE", true): return isMultipart ? "AbortMultipartUpload" : "DeleteObject"
        case ("POST", true): return isMultipart ? "CompleteMultipartUpload" : "CreateMultipartUpload"
        case ("POST", false): return "DeleteObjects"
        case ("GET", false): return query["uploads"] != nil ? "ListMultipartUploads" : "ListObjectsV2"
        case ("HEAD", false): return "HeadBucket"
        default: return "\(method) \(path)"
        }
    }

    /// Percent-decodes a string.
    static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
