#if Emulator
extension OperationContext {
    /// GetObject and HeadObject.
    ///
    /// R2 (observed): a malformed range is refused before the object is looked up, and HEAD obeys `Range`.
    func getObject() throws(Refusal) -> EmulatorResponse {
        let range = try request.header("range").map { text throws(Refusal) in try RangeHeader(text) }
        let customerKey = try CustomerKey.read(request)
        let part = try request.parameter("partNumber").map { text throws(Refusal) in try partNumber(text) }
        let object = try store.object(key, in: bucket)
        try CustomerKey.check(customerKey, for: object)

        var response = EmulatorResponse(headers: object.validators)
        // R2 (live reports): checksums are sent if the request asks for them, also with status 304.
        let checksums =
            request.header("x-amz-checksum-mode")?.uppercased() == "ENABLED" ? object.checksumHeaders : []
        switch conditions().outcome(for: object) {
        case .failed: throw .preconditionFailed
        case .notModified:
            // R2 (observed): headers without a body.
            response.status = 304
            response.headers += object.storedHeaders + checksums
            return response
        case .holds: break
        }

        let positions = try positions(of: object, range: range, part: part)
        response.headers += object.storedHeaders
        response.headers += object.properties.metadataHeaders + CustomerKey.headers(object.properties.customerKeyMD5)
        if object.properties.storageClass != "STANDARD" {
            response.set("x-amz-storage-class", object.properties.storageClass)
        }
        // Unsettled: R2's response to a part of the object. Client libraries compare a checksum with the bytes that
        // they receive, so it's only sent with all of them.
        if positions == nil || positions == 0..<object.length { response.headers += checksums }
        if let positions {
            response.status = 206
            response.set(
                "Content-Range", "bytes \(positions.lowerBound)-\(positions.upperBound - 1)/\(object.length)")
        }
        if part != nil, !object.partLengths.isEmpty {
            response.set("x-amz-mp-parts-count", String(object.partLengths.count))
        }
        response.set("x-amz-expiration", try store.read(bucket) { $0.lifecycle?.expirationHeader(of: object) })
        override(&response)
        response.set(object.body, positions ?? 0..<object.length)
        return response
    }

    /// Returns the positions of a range or a part, or `nil` for the whole object.
    private func positions(
        of object: ObjectRecord, range: RangeHeader?, part: Int?
    ) throws(Refusal) -> Range<Int64>? {
        guard let part else { return try range?.positions(in: object.length) }
        // Unsettled: R2's response to both. This is AWS's.
        guard range == nil else {
            throw .invalidRequest("Cannot specify both Range header and partNumber query parameter")
        }
        let lengths = object.partLengths.isEmpty ? [object.length] : object.partLengths
        // Unsettled: R2's response to a part that doesn't exist.
        guard part <= lengths.count else { throw .invalidRange }
        guard object.length > 0 else { return nil }
        let start = lengths.prefix(part - 1).reduce(0, +)
        return start..<start + lengths[part - 1]
    }

    /// Reads a part number.
    ///
    /// R2 (observed).
    func partNumber(_ text: String) throws(Refusal) -> Int {
        guard let number = Int(text.trimmed), (1...limits.maximumPartNumber).contains(number) else {
            throw .partNumber
        }
        return number
    }

    /// Replaces headers by `response-*` parameters.
    ///
    /// R2 (live reports for type and disposition). Unsettled: the other four.
    private func override(_ response: inout EmulatorResponse) {
        guard operation == .getObject || operation == .headObject else { return }
        for name in StoredProperties.headerNames {
            if let value = request.parameter("response-\(name)") { response.set(HeaderName.canonical(name), value) }
        }
    }
}

/// The spelling of header names in responses.
enum HeaderName {
    /// Returns `Content-Type` for `content-type`.
    static func canonical(_ name: String) -> String {
        name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
    }
}

extension ObjectRecord {
    /// The headers that identify the version.
    var validators: [(String, String)] {
        [("ETag", quotedETag), ("Last-Modified", Timestamp.http(modified)), ("Accept-Ranges", "bytes")]
    }

    /// The stored headers, with R2's type for an object that has none.
    ///
    /// Unsettled: the release notes say that R2 guesses a type from the body, a live report says it doesn't.
    var storedHeaders: [(String, String)] {
        var headers = properties.headers
        if headers["content-type"] == nil { headers["content-type"] = "application/octet-stream" }
        return StoredProperties.headerNames.compactMap { name in
            headers[name].map { (HeaderName.canonical(name), $0) }
        }
    }

    /// The stored checksums.
    var checksumHeaders: [(String, String)] {
        guard !checksums.isEmpty else { return [] }
        let isComposite = checksums.values.contains { $0.contains("-") }
        return checksums.sorted { $0.key < $1.key }.map { ("x-amz-checksum-\($0.key)", $0.value) }
            + [("x-amz-checksum-type", isComposite ? "COMPOSITE" : "FULL_OBJECT")]
    }
}
#endif
