import Crypto

/// A fast signer of URLs of one target within one second.
///
/// What is the same for every URL of that second is computed once: the query up to the lifetime, and the signing key's
/// hash state after the first lines of the string to sign. What remains for a URL is one pass that writes its canonical
/// request, one hash of that, two short hashes for the signature, and one string. It's immutable, so that threads can
/// share it.
///
/// ``Signer`` computes the same in the documented steps, and tests compare the two.
package final class PresignMoment: Sendable {
    package let time: SigningTime
    private let target: PresignTarget
    private let key: SigningKey
    /// The key's hash state after everything in the string to sign except the canonical request's hash.
    private let keyAfterPrefix: KeyedHash
    /// `X-Amz-Algorithm=` … `&X-Amz-Expires=`.
    private let queryPrefix: [UInt8]

    /// Creates the state that the URLs of one second share.
    /// - Parameters:
    ///   - target: The origin, path prefix and credentials of the URLs.
    ///   - time: The second.
    ///   - previous: A moment of the same target, whose signing key is reused on the same day.
    package init(target: PresignTarget, time: SigningTime, after previous: PresignMoment? = nil) {
        self.time = time
        self.target = target
        if let previous, previous.time.day == time.day {
            key = previous.key
        } else {
            let scope = CredentialScope(time: time, region: target.region, service: target.service)
            key = SigningKey(secretAccessKey: target.credentials.secretAccessKey, scope: scope)
        }
        keyAfterPrefix = key.hash.absorbing(StringToSign.prefix(time: time, scope: key.scope))
        var query: [UInt8] = []
        query.append("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=")
        query.appendPercentEncoded("\(target.credentials.accessKeyID)/\(key.scope)")
        query.append("&X-Amz-Date=")
        query.appendTimestamp(time)
        query.append("&X-Amz-Expires=")
        queryPrefix = query
    }

    /// Presigns one URL with `UNSIGNED-PAYLOAD`.
    ///
    /// The caller has checked all arguments.
    /// - Parameters:
    ///   - method: The method, in upper case.
    ///   - key: The part of the path after the target's prefix, not percent-encoded.
    ///   - lifetime: The lifetime in seconds, from 1 to 604,800.
    ///   - parameters: Further parameters, not percent-encoded, sorted by name. Names are ASCII and start with a
    ///     lowercase letter, so that they sort after `X-Amz-`.
    ///   - headers: Headers to sign besides `host`.
    /// - Returns: The URL.
    package func url(
        method: StaticString, key: String, lifetime: Int, parameters: [SignableRequest.Parameter] = [],
        headers: PresignHeaders = .none
    ) -> String {
        var capacity =
            method.utf8CodeUnitCount + 3 * key.utf8.count + target.pathPrefix.count + queryPrefix.count
            + target.tokenParameter.count + target.hostLine.count + 96 + headers.capacity
        for parameter in parameters { capacity += 3 * (parameter.name.utf8.count + parameter.value.utf8.count) + 2 }

        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { memory in
            var canonical = FixedBuffer(memory)
            canonical.append(method)
            canonical.append(UInt8(ascii: "\n"))
            let pathStart = canonical.count
            canonical.append(bytes: target.pathPrefix)
            canonical.appendPercentEncoded(key, keepingSlashes: true)
            let pathEnd = canonical.count
            canonical.append(UInt8(ascii: "\n"))
            appendQuery(to: &canonical, lifetime, parameters, headers)
            let queryEnd = canonical.count
            canonical.append(UInt8(ascii: "\n"))
            canonical.appendLines(of: headers, hostLine: target.hostLine)
            canonical.append(UInt8(ascii: "\n"))
            canonical.appendNames(of: headers, isEncoded: false)
            canonical.append("\nUNSIGNED-PAYLOAD")
            // The capacity has room for every byte written here. Even if it were wrong, nothing would be overrun.
            assert(!canonical.overflowed)

            let written = canonical.written
            let signature = signature(ofCanonicalRequest: UnsafeRawBufferPointer(written))
            let path = UnsafeBufferPointer(rebasing: written[pathStart..<pathEnd])
            let query = UnsafeBufferPointer(rebasing: written[pathEnd + 1..<queryEnd])
            return makeURL(path: path, query: query, signature: signature)
        }
    }

    @inline(__always)
    private func appendQuery(
        to buffer: inout FixedBuffer, _ lifetime: Int, _ parameters: [SignableRequest.Parameter],
        _ headers: PresignHeaders
    ) {
        buffer.append(bytes: queryPrefix)
        buffer.appendDecimal(lifetime)
        buffer.append(bytes: target.tokenParameter)
        buffer.append("&X-Amz-SignedHeaders=")
        buffer.appendNames(of: headers, isEncoded: true)
        for parameter in parameters {
            buffer.append(UInt8(ascii: "&"))
            buffer.appendPercentEncoded(parameter.name)
            buffer.append(UInt8(ascii: "="))
            buffer.appendPercentEncoded(parameter.value)
        }
    }

    @inline(__always)
    private func signature(ofCanonicalRequest bytes: UnsafeRawBufferPointer) -> SHA256Digest {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        let digest = hash.finalize()
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { memory in
            var hex = FixedBuffer(memory)
            digest.withUnsafeBytes { hex.appendHex($0) }
            return keyAfterPrefix.authenticate(UnsafeRawBufferPointer(hex.written))
        }
    }

    @inline(__always)
    private func makeURL(
        path: UnsafeBufferPointer<UInt8>, query: UnsafeBufferPointer<UInt8>, signature: SHA256Digest
    ) -> String {
        let length = target.origin.count + path.count + 1 + query.count + 17 + 64
        return String(unsafeUninitializedCapacity: length) { memory in
            var url = FixedBuffer(memory)
            url.append(bytes: target.origin)
            url.append(contentsOf: path)
            url.append(UInt8(ascii: "?"))
            url.append(contentsOf: query)
            url.append("&X-Amz-Signature=")
            signature.withUnsafeBytes { url.appendHex($0) }
            return url.count
        }
    }
}

/// The origin, path prefix and credentials of a fast presigner's URLs.
package struct PresignTarget: Sendable {
    let credentials: SigningCredentials
    let region: String
    let service: String
    /// The host as it's sent.
    package let authority: String
    /// The scheme and host, such as `https://example.com`.
    let origin: [UInt8]
    /// The path before the key, such as `/bucket/`, percent-encoded.
    let pathPrefix: [UInt8]
    /// The canonical header line, such as `host:example.com`, with a line feed at the end.
    let hostLine: [UInt8]
    /// `&X-Amz-Security-Token=…`, percent-encoded.
    ///
    /// Empty without a session token.
    let tokenParameter: [UInt8]

    /// Creates a target, encoding in advance what all URLs share.
    /// - Parameters:
    ///   - credentials: The credentials that sign the URLs.
    ///   - region: The region of the scope.
    ///   - service: The service of the scope.
    ///   - scheme: `https` or `http`.
    ///   - authority: The value of the `host` header: the host, with its port unless that's the scheme's own.
    ///   - pathPrefix: The path before the key, not percent-encoded, starting and ending with `/`.
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

    /// Returns the path of a key, percent-encoded.
    package func path(of key: String) -> String {
        var path = pathPrefix
        path.appendPercentEncoded(key, keepingSlashes: true)
        return String(decoding: path, as: UTF8.self)
    }
}
