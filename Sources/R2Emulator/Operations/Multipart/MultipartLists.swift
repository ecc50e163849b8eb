#if Emulator
extension OperationContext {
    /// R2 (documented): `max-parts` and `part-number-marker`.
    func listParts() throws(Refusal) -> EmulatorResponse {
        let size = try PageSize(request.parameter("max-parts"), limits)
        let marker = Int((request.parameter("part-number-marker") ?? "").trimmed) ?? 0
        let upload = try store.upload(uploadID, of: key, in: bucket)
        let all = upload.parts.values.filter { $0.number > marker }.sorted { $0.number < $1.number }
        let page = all.prefix(size.count)

        var document = XMLDocument(root: "ListPartsResult")
        document.element("Bucket", bucket)
        document.element("Key", key)
        document.element("UploadId", upload.id)
        document.element("PartNumberMarker", String(marker))
        document.element(
            "NextPartNumberMarker", optional: page.count < all.count ? page.last.map { String($0.number) } : nil)
        document.element("MaxParts", size.echo)
        document.element("IsTruncated", String(page.count < all.count))
        for part in page {
            document.element("Part") { element in
                element.element("PartNumber", String(part.number))
                element.element("LastModified", Timestamp.iso(part.modified))
                element.element("ETag", "\"\(part.etag)\"")
                element.element("Size", String(part.body.length))
                for (name, value) in part.checksums.sorted(by: { $0.key < $1.key }) {
                    element.element("Checksum\(name.uppercased())", value)
                }
            }
        }
        document.element("StorageClass", upload.properties.storageClass)
        for element in ["Initiator", "Owner"] {
            document.element(element) {
                $0.element("ID", settings.accountID)
                $0.element("DisplayName", settings.accountID)
            }
        }
        return EmulatorResponse(document)
    }

    /// R2 (documented): prefix, delimiter, key-marker, upload-id-marker, max-uploads and encoding-type.
    func listMultipartUploads() throws(Refusal) -> EmulatorResponse {
        let size = try PageSize(request.parameter("max-uploads"), limits)
        let encoding = try ListEncoding(request)
        let keyMarker = request.parameter("key-marker")
        let idMarker = request.parameter("upload-id-marker").flatMap { $0.isEmpty ? nil : $0 }
        let page = try uploads(after: keyMarker, idMarker, size)

        var document = XMLDocument(root: "ListMultipartUploadsResult")
        document.element("Bucket", bucket)
        document.element("KeyMarker", encoding.encode(keyMarker ?? ""))
        document.element("UploadIdMarker", idMarker ?? "")
        if page.isTruncated, let last = page.last {
            document.element("NextKeyMarker", encoding.encode(last))
            document.element("NextUploadIdMarker", page.entries.last { $0.key == last }?.id ?? "")
        }
        document.element("Prefix", encoding.encode(request.parameter("prefix") ?? ""))
        document.element("Delimiter", optional: request.parameter("delimiter").map(encoding.encode))
        document.element("MaxUploads", size.echo)
        document.element("IsTruncated", String(page.isTruncated))
        for upload in page.entries {
            document.element("Upload") { element in
                element.element("Key", encoding.encode(upload.key))
                element.element("UploadId", upload.id)
                element.element("Initiated", Timestamp.iso(upload.initiated))
                element.element("StorageClass", upload.properties.storageClass)
                for name in ["Initiator", "Owner"] {
                    element.element(name) {
                        $0.element("ID", settings.accountID)
                        $0.element("DisplayName", settings.accountID)
                    }
                }
            }
        }
        for prefix in page.prefixes {
            document.element("CommonPrefixes") { $0.element("Prefix", encoding.encode(prefix)) }
        }
        document.element("EncodingType", optional: encoding.encodes ? "url" : nil)
        return EmulatorResponse(document)
    }

    /// Returns a page of uploads by key, then by identifier.
    ///
    /// Each upload counts as an entry.
    private func uploads(
        after keyMarker: String?, _ idMarker: String?, _ size: PageSize
    ) throws(Refusal) -> ListPage<UploadRecord> {
        let all = try store.read(bucket) { Array($0.uploads.values) }
            .sorted { ($0.key, $0.id) < ($1.key, $1.id) }
            .filter { upload in
                guard let keyMarker else { return true }
                // The identifier only matters together with its key.
                return upload.key > keyMarker || upload.key == keyMarker && (idMarker.map { upload.id > $0 } ?? false)
            }
        let collector = ListCollector(
            prefix: request.parameter("prefix"), delimiter: request.parameter("delimiter"), count: size.count)
        let keys = all.map(\.key)
        var index = 0
        let bound = idMarker == nil ? keyMarker : nil
        return collector.page(of: keys, after: bound, first: { bound in keys.firstIndex { $0 >= bound } ?? keys.count })
        {
            key in
            // Keys repeat, and arrive in order.
            while index < all.count, all[index].key != key { index += 1 }
            defer { index += 1 }
            return index < all.count ? [all[index]] : []
        }
    }
}
#endif
