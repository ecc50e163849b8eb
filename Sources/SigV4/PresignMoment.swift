import Crypto

/// A fast signer of URLs of one target within one second.
///
/// What is the same for every URL of that second is computed once: the query up to the lifetime, and the signing key's
/// hash state after the first lines of the string to sign. What remains for a URL is one pass that writes its canonical
/// request, one hash of that, two short hashes for the signature, and one string.
///
/// It's immutable, so that threads can share it. A thread that signs with a ``copy()`` of its own writes to no memory
/// that other threads use: signing counts references to the moment and its hash states.
///
/// ``Signer`` computes the same in the documented steps, and tests compare the two.
package final class PresignMoment: Sendable {
    package let time: SigningTime
    private let encoded: PresignTarget.Encoded
    /// The signing key's hash state after everything in the string to sign except the canonical request's hash.
    private let keyAfterPrefix: KeyedHash
    /// `X-Amz-Algorithm=` … `&X-Amz-Expires=`.
    private let queryPrefix: [UInt8]

    /// Creates the state that the URLs of one second share.
    /// - Parameters:
    ///   - target: The origin, path prefix and credentials of the URLs.
    ///   - time: The second.
    ///   - key: The target's signing key of the second's day.
    package init(target: PresignTarget, time: SigningTime, key: SigningKey) {
        self.time = time
        encoded = target.encoded
        keyAfterPrefix = key.hash.absorbing(StringToSign.prefix(time: time, scope: key.scope))
        var query: [UInt8] = []
        query.append("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=")
        query.appendPercentEncoded("\(target.credentials.accessKeyID)/\(key.scope)")
        query.append("&X-Amz-Date=")
        query.appendTimestamp(time)
        query.append("&X-Amz-Expires=")
        queryPrefix = query
    }

    private init(copying original: PresignMoment) {
        time = original.time
        encoded = original.encoded
        keyAfterPrefix = original.keyAfterPrefix.copy()
        queryPrefix = original.queryPrefix
    }

    /// Returns a moment that signs the same, with hash states of its own.
    package func copy() -> PresignMoment { PresignMoment(copying: self) }

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
        withURL(method: method, key: key, lifetime: lifetime, parameters: parameters, headers: headers) { url in
            String(unsafeUninitializedCapacity: url.count(after: encoded.origin)) {
                url.write(after: encoded.origin, to: $0)
            }
        }
    }

    /// Presigns one URL, and appends its bytes to an array.
    ///
    /// See ``url(method:key:lifetime:parameters:headers:)``.
    package func appendURL(
        to bytes: inout [UInt8], method: StaticString, key: String, lifetime: Int,
        parameters: [SignableRequest.Parameter] = [], headers: PresignHeaders = .none
    ) {
        withURL(method: method, key: key, lifetime: lifetime, parameters: parameters, headers: headers) { url in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: url.count(after: encoded.origin)) { memory in
                let count = url.write(after: encoded.origin, to: memory)
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: memory[..<count]))
            }
        }
    }

    /// Calls a closure with the parts of a presigned URL.
    @inline(__always)
    private func withURL<Result>(
        method: StaticString, key: String, lifetime: Int, parameters: [SignableRequest.Parameter],
        headers: PresignHeaders, _ body: (PresignedParts) -> Result
    ) -> Result {
        var capacity =
            method.utf8CodeUnitCount + 3 * key.utf8.count + encoded.pathPrefix.count + queryPrefix.count
            + encoded.tokenParameter.count + encoded.hostLine.count + 96 + headers.capacity
        for parameter in parameters { capacity += 3 * (parameter.name.utf8.count + parameter.value.utf8.count) + 2 }

        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { memory in
            var canonical = FixedBuffer(memory)
            canonical.append(method)
            canonical.append(UInt8(ascii: "\n"))
            let pathStart = canonical.count
            canonical.append(bytes: encoded.pathPrefix)
            canonical.appendPercentEncoded(key, keepingSlashes: true)
            let pathEnd = canonical.count
            canonical.append(UInt8(ascii: "\n"))
            appendQuery(to: &canonical, lifetime, parameters, headers)
            let queryEnd = canonical.count
            canonical.append(UInt8(ascii: "\n"))
            canonical.appendLines(of: headers, hostLine: encoded.hostLine)
            canonical.append(UInt8(ascii: "\n"))
            canonical.appendNames(of: headers, isEncoded: false)
            canonical.append("\nUNSIGNED-PAYLOAD")
            // The capacity has room for every byte written here. Even if it were wrong, nothing would be overrun.
            assert(!canonical.overflowed)

            let written = canonical.written
            return body(
                PresignedParts(
                    path: UnsafeBufferPointer(rebasing: written[pathStart..<pathEnd]),
                    query: UnsafeBufferPointer(rebasing: written[pathEnd + 1..<queryEnd]),
                    signature: signature(ofCanonicalRequest: UnsafeRawBufferPointer(written))))
        }
    }

    @inline(__always)
    private func appendQuery(
        to buffer: inout FixedBuffer, _ lifetime: Int, _ parameters: [SignableRequest.Parameter],
        _ headers: PresignHeaders
    ) {
        buffer.append(bytes: queryPrefix)
        buffer.appendDecimal(lifetime)
        buffer.append(bytes: encoded.tokenParameter)
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
}

/// The parts of a presigned URL after its origin, in memory that is valid only in the closure that has been called with
/// them.
///
/// The origin isn't among them, because a copy would retain an array that all threads share.
private struct PresignedParts {
    let path: UnsafeBufferPointer<UInt8>
    let query: UnsafeBufferPointer<UInt8>
    let signature: SHA256Digest

    /// Returns the length of the URL, in bytes.
    @inline(__always)
    func count(after origin: [UInt8]) -> Int { origin.count + path.count + 1 + query.count + 17 + 64 }

    /// Writes the URL, and returns its length.
    @inline(__always)
    func write(after origin: [UInt8], to memory: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var url = FixedBuffer(memory)
        url.append(bytes: origin)
        url.append(contentsOf: path)
        url.append(UInt8(ascii: "?"))
        url.append(contentsOf: query)
        url.append("&X-Amz-Signature=")
        signature.withUnsafeBytes { url.appendHex($0) }
        return url.count
    }
}

/// The origin, path prefix and credentials of a fast presigner's URLs.
package struct PresignTarget: Sendable {
    let credentials: SigningCredentials
    let region: String
    let service: String
    /// The host as it's sent.
    package let authority: String
    let encoded: Encoded

    /// The parts that all URLs and canonical requests share, whatever their second.
    struct Encoded: Sendable {
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
    }

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
        var path: [UInt8] = []
        path.appendPercentEncoded(pathPrefix, keepingSlashes: true)
        var token: [UInt8] = []
        if let sessionToken = credentials.sessionToken {
            token.append("&X-Amz-Security-Token=")
            token.appendPercentEncoded(sessionToken.exposed)
        }
        encoded = Encoded(
            origin: Array("\(scheme)://\(authority)".utf8), pathPrefix: path,
            hostLine: Array("host:\(authority)\n".utf8), tokenParameter: token)
    }

    /// Returns the signing key for the day of a time.
    /// - Parameters:
    ///   - time: The time.
    ///   - previous: Another key of this target, which is returned if it's valid on that day.
    /// - Returns: The key.
    package func signingKey(at time: SigningTime, after previous: SigningKey? = nil) -> SigningKey {
        let scope = CredentialScope(time: time, region: region, service: service)
        if let previous, previous.scope == scope { return previous }
        return SigningKey(secretAccessKey: credentials.secretAccessKey, scope: scope)
    }

    /// Returns the path of a key, percent-encoded.
    package func path(of key: String) -> String {
        var path = encoded.pathPrefix
        path.appendPercentEncoded(key, keepingSlashes: true)
        return String(decoding: path, as: UTF8.self)
    }
}
