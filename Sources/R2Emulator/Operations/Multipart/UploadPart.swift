#if Emulator
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension OperationContext {
    /// R2 (observed): the part's number, then the upload, then the body.
    func uploadPart() async throws -> EmulatorResponse {
        let (number, upload) = try part()
        let customerKey = try CustomerKey.read(request)
        try Self.check(customerKey, for: upload)
        let algorithm = upload.checksumAlgorithm.flatMap(ChecksumAlgorithm.init)
        let (body, digests) = try await receiveBody(
            limit: limits.maximumPutLength, computing: algorithm.map { [$0] } ?? [])
        let part = try await store.put(
            number, body: body, etag: digests.etag, checksums: digests.stored, of: upload.id, key: key, in: bucket)
        let checksums = part.checksums.sorted { $0.key < $1.key }.map { ("x-amz-checksum-\($0.key)", $0.value) }
        return EmulatorResponse(
            headers: [("ETag", "\"\(part.etag)\"")] + checksums + CustomerKey.headers(customerKey?.md5))
    }

    /// Reads the number and finds the upload.
    private func part() throws(Refusal) -> (Int, UploadRecord) {
        let number = try partNumber(request.parameter("partNumber") ?? "")
        return (number, try store.upload(uploadID, of: key, in: bucket))
    }

    /// Unsettled.
    ///
    /// R2's response to another key than the upload's. This is AWS's.
    private static func check(_ key: CustomerKey?, for upload: UploadRecord) throws(Refusal) {
        guard key?.md5 == upload.properties.customerKeyMD5 else {
            throw .invalidRequest(
                "The multipart upload initiate requested encryption. "
                    + "Subsequent part requests must include the appropriate encryption parameters.")
        }
    }

    func uploadPartCopy() async throws -> EmulatorResponse {
        let (number, upload) = try part()
        try Self.check(try CustomerKey.read(request), for: upload)
        let sourceKey = try CustomerKey.read(request, prefix: "x-amz-copy-source-")
        let (_, object) = try copySource(key: sourceKey)
        let range = try request.header("x-amz-copy-source-range").map { text throws(Refusal) in
            try Self.sourceRange(text, length: object.length)
        }
        let positions = range ?? 0..<object.length
        // R2 (documented): the limit of a part. Unsettled: the refusal of a copied one.
        guard positions.count <= limits.maximumPutLength else { throw Refusal.entityTooLarge }

        let (body, digests) = try await copy(object, positions, checksum: upload.checksumAlgorithm)
        let part = try await store.put(
            number, body: body, etag: digests.etag, checksums: digests.stored, of: upload.id, key: key, in: bucket)
        var document = XMLDocument(root: "CopyPartResult")
        document.element("ETag", "\"\(part.etag)\"")
        document.element("LastModified", Timestamp.iso(part.modified))
        return EmulatorResponse(document)
    }

    private func copy(
        _ object: ObjectRecord, _ positions: Range<Int64>, checksum: String?
    ) async throws -> (any StoredBody, BodyDigests) {
        var writer = try await store.backend.makeWriter(length: Int64(positions.count))
        var expected = ExpectedDigests()
        expected.computed = Set(checksum.flatMap(ChecksumAlgorithm.init).map { [$0] } ?? [])
        var digester = BodyDigester(expected)
        try await object.body.read(positions) { piece in
            digester.update(piece)
            try await writer.write(piece)
        }
        return (try await writer.finish(), try digester.finish())
    }

    /// R2 (observed): only `bytes=a-b`, with an end past the source's end moved to it, where AWS refuses that.
    private static func sourceRange(_ text: String, length: Int64) throws(Refusal) -> Range<Int64> {
        let sides =
            text.hasPrefix("bytes=") ? text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false) : []
        guard sides.count == 2, let first = RangeHeader.number(sides[0]), let last = RangeHeader.number(sides[1]) else {
            throw .invalidArgument("Invalid x-amz-copy-source-range: \(text)")
        }
        guard first <= last else { throw .invalidArgument("x-amz-copy-source-range must be positive.") }
        // Unsettled: a start past the source's end.
        guard first < length else { throw .invalidRange }
        return first..<min(last, length - 1) + 1
    }
}
#endif
