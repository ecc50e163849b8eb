#if Emulator
internal import R2Kit

extension OperationContext {
    /// R2 (observed): the same response if the object doesn't exist.
    func deleteObject() async throws -> EmulatorResponse {
        try await store.delete([key], from: bucket)
        return EmulatorResponse(status: 204)
    }

    /// R2 (observed): `Content-MD5` is optional, and `Quiet` is checked and then ignored.
    func deleteObjects() async throws -> EmulatorResponse {
        let keys = try Self.keys(try await document(), limits)
        // Unsettled: R2's form for keys that temporary credentials don't cover. This is AWS's.
        let allowed = keys.filter { caller.allows(.deleteObjects, bucket: bucket, key: $0) }
        try await store.delete(allowed, from: bucket)
        let deleted = Set(allowed)
        var document = XMLDocument(root: "DeleteResult")
        for key in keys {
            if deleted.contains(key) {
                document.element("Deleted") { $0.element("Key", key) }
            } else {
                document.element("Error") { error in
                    error.element("Key", key)
                    error.element("Code", "AccessDenied")
                    error.element("Message", "Access Denied")
                }
            }
        }
        return EmulatorResponse(document)
    }

    /// Reads the document of DeleteObjects.
    ///
    /// R2 (observed): not well-formed, another root, no `Object`, an `Object` without `Key`, more than 1,000 of them,
    /// or a `Quiet` that isn't a Boolean value, is MalformedXML. Keys aren't trimmed.
    private static func keys(_ bytes: [UInt8], _ limits: R2Emulator.Limits) throws(Refusal) -> [String] {
        var keys: [String] = []
        do throws(XMLError) {
            var scanner = XMLScanner(bytes)
            guard try scanner.root() == "Delete" else { throw scanner.problem("another root") }
            while let name = try scanner.nextChild() {
                switch name {
                case "Quiet":
                    guard ["true", "false"].contains(try scanner.text()) else { throw scanner.problem("not Boolean") }
                case "Object":
                    var key: String?
                    while let name = try scanner.nextChild() {
                        if name == "Key" { key = try scanner.text() } else { try scanner.skip() }
                    }
                    guard let key, !key.isEmpty else { throw scanner.problem("no key") }
                    keys.append(key)
                default: try scanner.skip()
                }
            }
            try scanner.finish()
        } catch {
            throw .malformedXML
        }
        guard (1...limits.maximumPageLength).contains(keys.count) else { throw .malformedXML }
        return keys
    }
}
#endif
