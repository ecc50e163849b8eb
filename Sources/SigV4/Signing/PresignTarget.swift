/// Where a fast presigner's URLs point: one origin, one path prefix, one set of credentials.
package struct PresignTarget: Sendable {
    let credentials: SigningCredentials
    let region: String
    let service: String
    /// The host as it is sent.
    package let authority: String
    /// `https://example.com`.
    let origin: [UInt8]
    /// `/bucket/`, encoded.
    let pathPrefix: [UInt8]
    /// `host:example.com`, with a line feed at the end.
    let hostLine: [UInt8]
    /// `&X-Amz-Security-Token=…`, encoded, or nothing.
    let tokenParameter: [UInt8]

    /// Encodes beforehand what all URLs share.
    /// - Parameters:
    ///   - credentials: Whose signature the URLs carry.
    ///   - region: The region of the scope.
    ///   - service: The service of the scope.
    ///   - scheme: `https` or `http`.
    ///   - authority: The host as it is sent in the `host` header: with its port unless that is the scheme's own.
    ///   - pathPrefix: What comes before the key, not encoded, beginning and ending with `/`.
    package init(
        credentials: SigningCredentials, region: String, service: String, scheme: String, authority: String,
        pathPrefix: String
    ) {
        self.credentials = credentials
        self.region = region
        self.service = service
        self.authority = authority
        origin = Array("\(scheme)://\(authority)".utf8)
        hostLine = Array("host:\(authority)\n".utf8)
        var path: [UInt8] = []
        path.appendPercentEncoded(pathPrefix, keepingSlashes: true)
        self.pathPrefix = path
        var token: [UInt8] = []
        if let sessionToken = credentials.sessionToken {
            token.append("&X-Amz-Security-Token=")
            token.appendPercentEncoded(sessionToken.exposed)
        }
        tokenParameter = token
    }

    /// The path of a key, encoded.
    package func path(of key: String) -> String {
        var path = pathPrefix
        path.appendPercentEncoded(key, keepingSlashes: true)
        return String(decoding: path, as: UTF8.self)
    }
}
