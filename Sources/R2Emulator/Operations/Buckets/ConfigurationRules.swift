#if Emulator
/// Rules of the documents that configure a bucket.
enum ConfigurationRules {
    private static let cors = XMLSchema(
        root: "CORSConfiguration",
        children: [
            "CORSConfiguration": ["CORSRule"],
            "CORSRule": ["ID", "AllowedOrigin", "AllowedMethod", "AllowedHeader", "ExposeHeader", "MaxAgeSeconds"],
        ])

    /// Throws unless R2 accepts a CORS configuration.
    static func checkCORS(_ document: [UInt8]) throws(Refusal) {
        try cors.check(document)
        _ = try CORSRules(document)
    }
}
#endif
