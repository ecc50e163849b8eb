#if Emulator
internal import R2Kit

// Operations on the settings of a bucket.
extension OperationContext {
    // MARK: Fixed responses

    /// R2 (observed): the same for every bucket.
    func bucketEncryption() -> EmulatorResponse {
        var document = XMLDocument(root: "ServerSideEncryptionConfiguration")
        document.element("Rule") { rule in
            rule.element("ApplyServerSideEncryptionByDefault") { $0.element("SSEAlgorithm", "AES256") }
            rule.element("BucketKeyEnabled", "true")
        }
        return EmulatorResponse(document)
    }

    /// Every bucket is encrypted already, so that nothing changes.
    func putBucketEncryption() async throws -> EmulatorResponse {
        try ConfigurationRules.checkEncryption(try await document())
        return EmulatorResponse()
    }

    /// R2 (observed): an empty document.
    func bucketVersioning() -> EmulatorResponse { EmulatorResponse(XMLDocument(root: "VersioningConfiguration")) }

    /// R2 (observed): the account as the owner.
    ///
    /// Unsettled: the rest of the document is AWS's.
    func bucketACL() -> EmulatorResponse {
        var document = XMLDocument(root: "AccessControlPolicy")
        document.element("Owner") {
            $0.element("ID", settings.accountID)
            $0.element("DisplayName", settings.accountID)
        }
        document.element("AccessControlList") { list in
            list.element("Grant") { grant in
                grant.element("Grantee") { $0.element("ID", settings.accountID) }
                grant.element("Permission", "FULL_CONTROL")
            }
        }
        return EmulatorResponse(document)
    }

    // MARK: CORS

    func bucketCORS() throws(Refusal) -> EmulatorResponse {
        guard let document = try store.read(bucket, { $0.cors }) else { throw .noSuchCORS }
        return EmulatorResponse(headers: [("Content-Type", "application/xml")], body: .bytes(document))
    }

    func putBucketCORS() async throws -> EmulatorResponse {
        let document = try await document()
        try ConfigurationRules.checkCORS(document)
        try await store.configure(bucket) { $0.cors = document }
        return EmulatorResponse()
    }

    func deleteBucketCORS() async throws -> EmulatorResponse {
        try await store.configure(bucket) { $0.cors = nil }
        return EmulatorResponse(status: 204)
    }

    // MARK: Lifecycle

    func bucketLifecycle() throws(Refusal) -> EmulatorResponse {
        guard let rules = try store.read(bucket, { $0.lifecycle }) else { throw .noSuchLifecycle }
        return EmulatorResponse(headers: [("Content-Type", "application/xml")], body: .bytes(rules.document))
    }

    /// R2 (documented): the rules replace all others, the default rule included.
    func putBucketLifecycle() async throws -> EmulatorResponse {
        let rules = try LifecycleRules(try await document())
        try await store.configure(bucket) { $0.lifecycle = rules }
        return EmulatorResponse()
    }

    func deleteBucketLifecycle() async throws -> EmulatorResponse {
        try await store.configure(bucket) { $0.lifecycle = nil }
        return EmulatorResponse(status: 204)
    }
}
#endif
