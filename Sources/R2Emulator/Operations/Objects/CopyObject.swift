#if Emulator
internal import R2KitSupport

/// The source of a copy.
struct CopySource: Sendable {
    let bucket: String
    let key: String

    /// Reads `x-amz-copy-source`.
    ///
    /// R2 (observed): decoded once, with or without a slash at its start. A version identifier isn't part of it.
    init(_ text: String) throws(Refusal) {
        let invalid = Refusal.invalidArgument("copy source bucket name")
        guard let decoded = PercentDecoding.decode(text) else { throw invalid }
        let path = decoded.utf8.first == UInt8(ascii: "/") ? Substring(decoded.utf8.dropFirst()) : decoded[...]
        guard let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")), slash > path.startIndex else { throw invalid }
        bucket = String(path[..<slash])
        key = String(path[path.utf8.index(after: slash)...])
        guard !key.isEmpty else { throw invalid }
    }
}

extension OperationContext {
    /// R2 (observed): the directive and the storage class, then the source's form, bucket, key and conditions.
    func copyObject() async throws -> EmulatorResponse {
        let customerKey = try CustomerKey.read(request)
        let sourceKey = try CustomerKey.read(request, prefix: "x-amz-copy-source-")
        let directive = request.header("x-amz-metadata-directive") ?? "COPY"
        guard ["COPY", "REPLACE", "MERGE"].contains(directive) else {
            throw Refusal.invalidArgument("metadata directive \(directive).")
        }
        let sent = try StoredProperties(request, customerKey: customerKey, limits: limits)
        let (source, object) = try copySource(key: sourceKey)
        try conditions(prefix: "x-amz-copy-source-").require(for: object)
        // Unsettled: whether R2 copies more than one PUT may have. This is the refusal of such a PUT.
        guard object.length <= limits.maximumPutLength else { throw Refusal.entityTooLarge }

        var properties = try merged(object.properties, sent, directive)
        properties.customerKeyMD5 = customerKey?.md5
        // R2 (documented): the conditions on the destination aren't atomic with those on the source.
        let destination = Conditions(request, prefix: "cf-copy-destination-", behavior: behavior)
        let body = try await store.backend.duplicate(object.body)
        let record = try await store.put(
            NewObject(
                key: key, body: body, etag: object.etag, properties: properties, checksums: object.checksums,
                partLengths: object.partLengths),
            in: bucket, action: .copyObject, copySource: (source.bucket, source.key)
        ) { old throws(Refusal) in try destination.require(for: old) }

        var document = XMLDocument(root: "CopyObjectResult")
        document.element("ETag", record.quotedETag)
        document.element("LastModified", Timestamp.iso(record.modified))
        var response = EmulatorResponse(document)
        // R2 (documented).
        response.set("x-amz-version-id", record.version)
        response.set("x-amz-copy-source-version-id", object.version)
        response.headers += CustomerKey.headers(customerKey?.md5)
        return response
    }

    /// Finds the source of a copy, which the caller must be able to read.
    func copySource(key customerKey: CustomerKey?) throws(Refusal) -> (CopySource, ObjectRecord) {
        let source = try CopySource(request.header("x-amz-copy-source") ?? "")
        try caller.check(.getObject, bucket: source.bucket, key: source.key)
        let object = try store.object(source.key, in: source.bucket)
        try CustomerKey.check(customerKey, for: object)
        return (source, object)
    }

    /// R2 (documented).
    ///
    /// `COPY` keeps the source's metadata, `REPLACE` takes the request's, and with `MERGE` the request's entries win
    /// and the others stay. The storage class is the request's, or else `STANDARD`.
    private func merged(
        _ old: StoredProperties, _ sent: StoredProperties, _ directive: String
    ) throws(Refusal) -> StoredProperties {
        var properties = directive == "REPLACE" ? sent : old
        properties.storageClass = sent.storageClass
        guard directive == "MERGE" else { return properties }
        properties.headers.merge(sent.headers) { $1 }
        properties.metadata.merge(sent.metadata) { $1 }
        guard properties.metadataLength <= limits.maximumMetadataLength else { throw .metadataTooLarge }
        return properties
    }
}
#endif
