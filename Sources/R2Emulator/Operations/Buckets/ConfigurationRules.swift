#if Emulator
/// Rules of the documents that configure a bucket.
enum ConfigurationRules {
    private static let cors = XMLSchema(
        root: "CORSConfiguration",
        children: [
            "CORSConfiguration": ["CORSRule"],
            "CORSRule": ["ID", "AllowedOrigin", "AllowedMethod", "AllowedHeader", "ExposeHeader", "MaxAgeSeconds"],
        ])

    private static let encryption = XMLSchema(
        root: "ServerSideEncryptionConfiguration",
        children: [
            "ServerSideEncryptionConfiguration": ["Rule"],
            "Rule": ["ApplyServerSideEncryptionByDefault", "BucketKeyEnabled"],
            "ApplyServerSideEncryptionByDefault": ["SSEAlgorithm", "KMSMasterKeyID"],
        ])

    /// Throws unless a document asks for the encryption that every bucket has.
    ///
    /// R2 (observed): the document is validated. Unsettled: the code for another algorithm, which is that of objects.
    static func checkEncryption(_ document: [UInt8]) throws(Refusal) {
        let algorithms = try encryption.check(document)["SSEAlgorithm", default: []]
        guard !algorithms.isEmpty else { throw .malformedXML }
        guard algorithms.allSatisfy({ $0 == "AES256" }) else { throw .encryptionAlgorithm }
    }

    /// Throws unless R2 accepts a CORS configuration.
    static func checkCORS(_ document: [UInt8]) throws(Refusal) {
        try cors.check(document)
        _ = try CORSRules(document)
    }
}
#endif
