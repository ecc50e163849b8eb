#if Emulator && Delivery && SQLite
import HTTPTypes

/// The headers that every response has.
struct SecurityHeaders: Sendable {
    private let fields: HTTPFields

    /// Creates the headers.
    ///
    /// - Parameters:
    ///   - storageOrigin: The origin to which the page sends files, and from which it plays them.
    ///   - isSecure: A Boolean value that indicates whether the page has a URL with `https`.
    init(storageOrigin: String, isSecure: Bool) {
        var fields: HTTPFields = [
            .contentSecurityPolicy: [
                "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: \(storageOrigin)",
                "connect-src 'self' \(storageOrigin)", "media-src 'self' blob: \(storageOrigin)", "form-action 'self'",
                "base-uri 'none'", "frame-ancestors 'none'",
            ].joined(separator: "; "),
            .xContentTypeOptions: "nosniff",
        ]
        for (name, value) in [
            "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        ] {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        if isSecure { fields[.strictTransportSecurity] = "max-age=31536000" }
        self.fields = fields
    }

    /// Adds the headers to those of a response.
    ///
    /// Their own fields are appended to a copy, because to replace a field takes an index of all.
    func add(to headers: inout HTTPFields) {
        var all = fields
        for field in headers where field.name != .xContentTypeOptions { all.append(field) }
        headers = all
    }
}
#endif
