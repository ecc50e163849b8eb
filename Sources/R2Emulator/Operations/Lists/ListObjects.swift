#if Emulator
internal import SigV4

/// The `encoding-type` of a list.
///
/// R2 (observed): only `url`. It encodes keys and the like strictly, with `/` as `%2F`, but not tokens.
struct ListEncoding: Sendable {
    let encodes: Bool

    init(_ request: EmulatorRequest) throws(Refusal) {
        let type = request.parameter("encoding-type")
        guard type == nil || type == "url" else {
            throw .notImplemented("Unrecognized encoding-type \"\(type ?? "")\"")
        }
        encodes = type == "url"
    }

    func encode(_ text: String) -> String { encodes ? PercentEncoding.encode(text) : text }
}

extension OperationContext {
    /// R2 (observed): the order of the elements.
    func listObjectsV2() throws(Refusal) -> EmulatorResponse {
        let size = try PageSize(request.parameter("max-keys"), limits)
        let encoding = try ListEncoding(request)
        let token = request.parameter("continuation-token")
        let start = request.parameter("start-after")
        // R2 (documented semantics of bindings): the later of the two.
        let bound = [try token.map { text throws(Refusal) in try ContinuationToken.key(text) }, start]
            .compactMap(\.self).max()
        let page = try objects(after: bound, size)
        let ownerID = request.parameter("fetch-owner") == "true" ? settings.accountID : nil

        var document = XMLDocument(root: "ListBucketResult")
        write(page, encoding, owner: ownerID, &document)
        document.element("StartAfter", optional: start.map(encoding.encode))
        document.element("ContinuationToken", optional: token)
        if page.isTruncated, let last = page.last {
            document.element("NextContinuationToken", ContinuationToken.token(after: last))
        }
        document.element("MaxKeys", size.echo)
        document.element("KeyCount", String(page.entries.count + page.prefixes.count))
        document.element("EncodingType", optional: encoding.encodes ? "url" : nil)
        return EmulatorResponse(document)
    }

    /// R2 (observed): `Marker` is always there, `NextMarker` only in a truncated page, and no `KeyCount`.
    func listObjectsV1() throws(Refusal) -> EmulatorResponse {
        let size = try PageSize(request.parameter("max-keys"), limits)
        let encoding = try ListEncoding(request)
        let marker = request.parameter("marker")
        let page = try objects(after: marker, size)

        var document = XMLDocument(root: "ListBucketResult")
        write(page, encoding, owner: nil, &document)
        document.element("Marker", encoding.encode(marker ?? ""))
        if page.isTruncated, let last = page.last { document.element("NextMarker", encoding.encode(last)) }
        document.element("MaxKeys", size.echo)
        document.element("EncodingType", optional: encoding.encodes ? "url" : nil)
        return EmulatorResponse(document)
    }

    private func objects(after bound: String?, _ size: PageSize) throws(Refusal) -> ListPage<ObjectRecord> {
        let collector = ListCollector(
            prefix: request.parameter("prefix"), delimiter: request.parameter("delimiter"), count: size.count)
        return try store.read(bucket) { bucket in
            collector.page(
                of: bucket.objects.keys, after: bound, first: bucket.objects.firstIndex,
                entry: { key in bucket.objects[key].map { [$0] } ?? [] })
        }
    }

    /// Writes what both versions have in common, up to `Delimiter`.
    private func write(
        _ page: ListPage<ObjectRecord>, _ encoding: ListEncoding, owner: String?, _ document: inout XMLDocument
    ) {
        document.element("Name", bucket)
        for object in page.entries {
            document.element("Contents") { contents in
                contents.element("Key", encoding.encode(object.key))
                contents.element("Size", String(object.length))
                contents.element("LastModified", Timestamp.iso(object.modified))
                contents.element("ETag", object.quotedETag)
                contents.element("StorageClass", object.properties.storageClass)
                guard let owner else { return }
                contents.element("Owner") {
                    $0.element("ID", owner)
                    $0.element("DisplayName", owner)
                }
            }
        }
        document.element("IsTruncated", String(page.isTruncated))
        for prefix in page.prefixes {
            document.element("CommonPrefixes") { $0.element("Prefix", encoding.encode(prefix)) }
        }
        document.element("Prefix", encoding.encode(request.parameter("prefix") ?? ""))
        let delimiter = request.parameter("delimiter").flatMap { $0.isEmpty ? nil : $0 }
        document.element("Delimiter", optional: delimiter.map(encoding.encode))
    }
}
#endif
