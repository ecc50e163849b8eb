#if Storage
import NIOCore
import Synchronization

extension StrictBucket {
    func put(_ key: String, _ request: S3Request, _ body: ByteBuffer) -> BucketResponse {
        let object = Object(content: body, etag: Self.tag(body), headers: request.headers)
        return state.withLock { state in
            guard Self.holds(request, state.objects[key]) else { return .error(412, "PreconditionFailed") }
            state.objects[key] = object
            return BucketResponse(200, headers: [("etag", "\"\(object.etag)\"")])
        }
    }

    static func holds(_ request: S3Request, _ object: Object?) -> Bool {
        if request.headers["if-none-match"] == "*", object != nil { return false }
        if let tag = request.headers["if-match"] {
            return object.map { tag == "*" || tag == "\"\($0.etag)\"" } ?? false
        }
        return true
    }

    func get(_ key: String, _ request: S3Request) -> BucketResponse {
        guard let object = state.withLock({ $0.objects[key] }) else { return .error(404, "NoSuchKey") }
        guard Self.holds(request, object) else { return .error(412, "PreconditionFailed") }
        let total = object.content.readableBytes
        var headers = [
            ("etag", "\"\(object.etag)\""), ("last-modified", object.modified.http), ("accept-ranges", "bytes"),
            ("content-type", object.headers["content-type"] ?? "application/octet-stream"),
        ]
        // R2 ignores the range of a HEAD request.
        guard request.method == "GET", let text = request.headers["range"] else {
            headers.append(("content-length", String(total)))
            return BucketResponse(200, headers: headers, body: request.method == "GET" ? object.content : ByteBuffer())
        }
        guard let range = Self.range(text, of: total),
            let piece = object.content.getSlice(at: range.lowerBound, length: range.count)
        else { return .error(416, "InvalidRange") }
        headers.append(("content-range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(total)"))
        return BucketResponse(206, headers: headers, body: piece)
    }

    private static func range(_ text: String, of total: Int) -> Range<Int>? {
        let bounds = text.drop { $0 != "=" }.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
        guard text.hasPrefix("bytes="), bounds.count == 2 else { return nil }
        switch (Int(bounds[0]), Int(bounds[1])) {
        case (let first?, let last?) where first < total && first <= last: return first..<min(last + 1, total)
        case (let first?, nil) where first < total: return first..<total
        case (nil, let count?) where count > 0 && total > 0: return max(0, total - count)..<total
        default: return nil
        }
    }

    func copy(_ key: String, _ request: S3Request) -> BucketResponse {
        let source = S3Request(method: "GET", target: request.headers["x-amz-copy-source"] ?? "", headers: []).key ?? ""
        return state.withLock { state in
            guard var object = state.objects[source] else { return .error(404, "NoSuchKey") }
            object.modified = .now
            state.objects[key] = object
            return .xml(
                "CopyObjectResult",
                "<ETag>\"\(object.etag)\"</ETag><LastModified>\(object.modified.iso)</LastModified>")
        }
    }

    func deleteAll(_ body: ByteBuffer) -> BucketResponse {
        let keys = Self.elements("Key", in: String(buffer: body))
        state.withLock { state in
            for key in keys { state.objects[key] = nil }
        }
        return .xml(
            "DeleteResult",
            keys.map { "<Deleted><Key>\(BucketResponse.escaped($0))</Key></Deleted>" }.joined())
    }

    func list(_ request: S3Request) -> BucketResponse {
        let prefix = request.query["prefix"] ?? ""
        let start = request.query["continuation-token"] ?? request.query["start-after"] ?? ""
        let limit = request.query["max-keys"].flatMap(Int.init) ?? 1000
        let all = state.withLock { state in
            state.objects.filter { $0.key.hasPrefix(prefix) && $0.key > start }.sorted { $0.key < $1.key }
        }
        let page = all.prefix(limit)
        let entries = page.map { key, object in
            """
            <Contents><Key>\(BucketResponse.escaped(key))</Key><LastModified>\(object.modified.iso)</LastModified>\
            <ETag>"\(object.etag)"</ETag><Size>\(object.content.readableBytes)</Size></Contents>
            """
        }
        let next =
            page.count < all.count ? page.last.map { "<NextContinuationToken>\($0.key)</NextContinuationToken>" } : nil
        return .xml(
            "ListBucketResult",
            "<IsTruncated>\(next != nil)</IsTruncated>\(next ?? "")\(entries.joined())")
    }

    /// Returns the contents of the elements with a name, in order.
    static func elements(_ name: String, in text: String) -> [String] {
        var found: [String] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "<\(name)>"),
            let end = rest[start.upperBound...].firstRange(of: "</\(name)>")
        {
            let content = String(rest[start.upperBound..<end.lowerBound])
            found.append(
                content.replacing("&quot;", with: "\"").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
                    .replacing("&amp;", with: "&"))
            rest = rest[end.upperBound...]
        }
        return found
    }
}
#endif
