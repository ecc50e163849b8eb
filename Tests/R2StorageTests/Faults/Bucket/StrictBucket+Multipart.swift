#if Storage
import Crypto
import NIOCore
import Synchronization

extension StrictBucket {
    static let leastPart = 5 * 1024 * 1024

    func create(_ key: String, _ request: S3Request) -> BucketResponse {
        let id = state.withLock { state in
            state.lastUpload += 1
            // Has characters that must be encoded in a query.
            let id = "upload/\(state.lastUpload)+="
            state.uploads[id] = Upload(key: key, began: .now, headers: request.headers)
            return id
        }
        return .xml("InitiateMultipartUploadResult", "<UploadId>\(id)</UploadId>")
    }

    func part(_ key: String, _ request: S3Request, _ body: ByteBuffer) -> BucketResponse {
        let part = Part(content: body, etag: Self.tag(body))
        return change(key, request) { upload in
            guard let number = request.partNumber, (1...10_000).contains(number) else {
                return .error(400, "InvalidArgument")
            }
            upload.parts[number] = part
            return BucketResponse(200, headers: [("etag", "\"\(part.etag)\"")])
        }
    }

    /// Creates an object from the listed parts if they all exist and, except for the last, have the same size.
    func complete(_ key: String, _ request: S3Request, _ body: ByteBuffer) -> BucketResponse {
        let text = String(buffer: body)
        let numbers = Self.elements("PartNumber", in: text).compactMap(Int.init)
        let tags = Self.elements("ETag", in: text).map { $0.filter { $0 != "\"" } }
        guard !numbers.isEmpty, numbers.count == tags.count, numbers == numbers.sorted() else {
            return .error(400, "MalformedXML")
        }
        let id = request.query["uploadId"] ?? ""
        guard let upload = state.withLock({ $0.uploads[id] }), upload.key == key else {
            return .error(404, "NoSuchUpload")
        }
        let parts = zip(numbers, tags).compactMap { number, tag in
            upload.parts[number].flatMap { $0.etag == tag ? $0 : nil }
        }
        guard parts.count == numbers.count else { return .error(400, "InvalidPart") }
        let sizes = parts.map(\.content.readableBytes)
        guard let last = sizes.last, Set(sizes.dropLast()).count <= 1, last <= sizes[0] else {
            return .error(400, "InvalidPart")
        }
        guard sizes.dropLast().allSatisfy({ $0 >= Self.leastPart }) else { return .error(400, "EntityTooSmall") }
        var content = ByteBuffer()
        content.reserveCapacity(sizes.reduce(0, +))
        var digest = Insecure.MD5()
        for part in parts {
            content.writeImmutableBuffer(part.content)
            part.content.withUnsafeReadableBytes { digest.update(data: Array(Insecure.MD5.hash(data: $0))) }
        }
        let tag = "\(Self.hex(digest.finalize()))-\(parts.count)"
        return state.withLock { state in
            // Another request may have been faster. A failed precondition ends the upload.
            guard state.uploads.removeValue(forKey: id) != nil else { return .error(404, "NoSuchUpload") }
            guard Self.holds(request, state.objects[key]) else { return .error(412, "PreconditionFailed") }
            state.objects[key] = Object(content: content, etag: tag, headers: upload.headers)
            return .xml(
                "CompleteMultipartUploadResult", "<Key>\(BucketResponse.escaped(key))</Key><ETag>\"\(tag)\"</ETag>")
        }
    }

    func abort(_ key: String, _ request: S3Request) -> BucketResponse {
        state.withLock { state in
            guard let id = request.query["uploadId"], state.uploads[id]?.key == key else {
                return .error(404, "NoSuchUpload")
            }
            state.uploads[id] = nil
            return BucketResponse(204)
        }
    }

    func parts(_ key: String, _ request: S3Request) -> BucketResponse {
        change(key, request) { upload in
            let after = request.query["part-number-marker"].flatMap(Int.init) ?? 0
            let limit = min(request.query["max-parts"].flatMap(Int.init) ?? 1000, partsPerPage)
            let all = upload.parts.filter { $0.key > after }.sorted { $0.key < $1.key }
            let page = all.prefix(limit)
            let entries = page.flatMap { number, part in
                [upload.leftovers[number], part, upload.leftovers[number]].compactMap(\.self).map { part in
                    """
                    <Part><PartNumber>\(number)</PartNumber><ETag>"\(part.etag)"</ETag>\
                    <Size>\(part.content.readableBytes)</Size></Part>
                    """
                }
            }
            let isTruncated = page.count < all.count
            let next = isTruncated ? "<NextPartNumberMarker>\(page.last?.key ?? 0)</NextPartNumberMarker>" : ""
            return .xml("ListPartsResult", "<IsTruncated>\(isTruncated)</IsTruncated>\(next)\(entries.joined())")
        }
    }

    func uploads(_ request: S3Request) -> BucketResponse {
        let prefix = request.query["prefix"] ?? ""
        let all = state.withLock { $0.uploads.filter { $0.value.key.hasPrefix(prefix) } }
        let entries = all.sorted { ($0.value.key, $0.key) < ($1.value.key, $1.key) }.map { id, upload in
            """
            <Upload><Key>\(BucketResponse.escaped(upload.key))</Key><UploadId>\(id)</UploadId>\
            <Initiated>\(upload.began.iso)</Initiated></Upload>
            """
        }
        return .xml("ListMultipartUploadsResult", "<IsTruncated>false</IsTruncated>\(entries.joined())")
    }

    /// Changes an upload, if it exists.
    private func change(_ key: String, _ request: S3Request, _ body: (inout Upload) -> BucketResponse) -> BucketResponse
    {
        state.withLock { state in
            guard let id = request.query["uploadId"], var upload = state.uploads[id], upload.key == key else {
                return .error(404, "NoSuchUpload")
            }
            // Removed first, so that nothing is copied.
            state.uploads[id] = nil
            defer { state.uploads[id] = upload }
            return body(&upload)
        }
    }
}
#endif
