#if Emulator
internal import R2Kit

extension OperationContext {
    /// R2 (documented): `CreationDate` and `Owner`, and paging by parameters or by headers that start with `cf-`.
    func listBuckets() throws(Refusal) -> EmulatorResponse {
        let known = ["prefix", "start-after", "continuation-token", "max-keys"]
        for name in BucketSubresource.plainParameters(request) where !known.contains(name) {
            throw .notImplemented("ListBuckets search parameter \(name)")
        }
        func option(_ name: String) -> String? { request.parameter(name) ?? request.header("cf-\(name)") }
        let size = try PageSize(option("max-keys"), limits)
        let start = [option("start-after"), try option("continuation-token").map(ContinuationToken.key)]
            .compactMap(\.self).max()
        let all = store.allBuckets().filter { bucket in
            bucket.name.hasPrefix(option("prefix") ?? "") && start.map { bucket.name > $0 } != false
                && caller.allows(.listBuckets, bucket: bucket.name)
        }
        let page = all.prefix(size.count)
        var document = XMLDocument(root: "ListAllMyBucketsResult")
        document.element("Buckets") { buckets in
            for bucket in page {
                buckets.element("Bucket") {
                    $0.element("Name", bucket.name)
                    $0.element("CreationDate", Timestamp.iso(bucket.created))
                }
            }
        }
        document.element("Owner") {
            $0.element("ID", settings.accountID)
            $0.element("DisplayName", settings.accountID)
        }
        if page.count < all.count, let last = page.last {
            document.element("ContinuationToken", ContinuationToken.token(after: last.name))
        }
        return EmulatorResponse(document)
    }

    /// R2 (documented): a location hint in the body's `LocationConstraint`.
    func createBucket() async throws -> EmulatorResponse {
        guard (try? BucketName(bucket)) != nil else { throw Refusal.invalidBucketName }
        let location = try Self.locationHint(try await document())
        guard try await store.createBucket(bucket, location: location) else { throw Refusal.bucketExists }
        return EmulatorResponse(headers: [("Location", "/\(bucket)")])
    }

    /// Creates the bucket of a request that stores an object, if the request asks for that.
    ///
    /// R2 (documented): on PutObject and CreateMultipartUpload.
    func createBucketIfRequested() async throws {
        guard request.header("cf-create-bucket-if-missing")?.lowercased() == "true", !store.hasBucket(bucket),
            operation == .putObject || operation == .createMultipartUpload
        else { return }
        try caller.check(.createBucket, bucket: bucket)
        guard (try? BucketName(bucket)) != nil else { throw Refusal.invalidBucketName }
        try await store.createBucket(bucket, location: Self.defaultLocation)
    }

    func deleteBucket() async throws -> EmulatorResponse {
        try await store.deleteBucket(bucket)
        return EmulatorResponse(status: 204)
    }

    /// R2 (observed): the hint in upper case, such as `ENAM`.
    func bucketLocation() throws(Refusal) -> EmulatorResponse {
        let location = try store.read(bucket) { $0.location }
        return EmulatorResponse(text: location, root: "LocationConstraint")
    }

    static let defaultLocation = "ENAM"
    private static let hints = ["WNAM", "ENAM", "WEUR", "EEUR", "APAC", "OC"]

    /// Reads the hint of a `CreateBucketConfiguration`, which may be missing.
    private static func locationHint(_ bytes: [UInt8]) throws -> String {
        guard !bytes.isEmpty else { return defaultLocation }
        var hint: String?
        do {
            var scanner = XMLScanner(bytes)
            guard try scanner.root() == "CreateBucketConfiguration" else { throw Refusal.malformedXML }
            while let name = try scanner.nextChild() {
                if name == "LocationConstraint" { hint = try scanner.text() } else { try scanner.skip() }
            }
            try scanner.finish()
        } catch is XMLError {
            throw Refusal.malformedXML
        }
        guard let hint = hint?.uppercased(), !["", "AUTO", "US-EAST-1"].contains(hint) else { return defaultLocation }
        guard hints.contains(hint) else { throw Refusal.invalidLocation }
        return hint
    }
}
#endif
