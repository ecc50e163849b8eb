internal import R2KitSupport

/// Step 1: the request in the form that the signer and the service both compute.
public struct CanonicalRequest: Sendable, Hashable {
    /// The six parts, each on its line.
    public let bytes: [UInt8]
    /// The names of the signed headers: in lower case, sorted, joined by `;`.
    public let signedHeaders: String

    init(method: String, path: [UInt8], query: [UInt8], headers: CanonicalHeaders, payload: Payload) {
        var bytes: [UInt8] = []
        bytes.append(method)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(bytes: path)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(bytes: query)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(bytes: headers.lines)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(headers.names)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(payload.headerValue)
        self.bytes = bytes
        self.signedHeaders = headers.names
    }

    /// Creates the canonical request of a request that a server received, from bytes that it computed itself.
    /// - Parameters:
    ///   - bytes: The six parts, each on its line.
    ///   - signedHeaders: The names of the signed headers as the request lists them.
    package init(received bytes: [UInt8], signedHeaders: String) {
        self.bytes = bytes
        self.signedHeaders = signedHeaders
    }

    /// The bytes as a string.
    ///
    /// It contains the session token of temporary credentials: don't log it.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension CanonicalRequest: CustomStringConvertible, CustomReflectable {
    /// The signed headers alone, because the query may contain a session token.
    public var description: String { "CanonicalRequest(signedHeaders: \(signedHeaders))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Step 1a: the path as the service computes it to check the signature.
enum CanonicalPath {
    /// Checks a path, and returns its canonical form.
    /// - Parameters:
    ///   - path: The path as it's sent.
    ///   - rules: The service's rules.
    /// - Returns: The path's bytes.
    /// - Throws: ``SigningError`` with the code `invalidPath`.
    static func make(_ path: String, rules: ServiceRules) throws(SigningError) -> [UInt8] {
        let sent = Array(path.utf8)
        guard sent.first == UInt8(ascii: "/") else {
            throw SigningError(.invalidPath, "Invalid path: it must start with '/'.")
        }
        guard rules.doubleEncodesPath else {
            let path = rules.normalizesPath ? normalized(sent) : sent
            guard isStrictlyEncoded(path) else {
                throw SigningError(
                    .invalidPath,
                    "Invalid path: it must be percent-encoded as it's sent. Use PercentEncoding.encodePath(_:).")
            }
            return path
        }
        var encoded: [UInt8] = []
        let once = rules.normalizesPath ? normalized(sent) : sent
        once.withUnsafeBufferPointer { encoded.appendPercentEncoded($0, keepingSlashes: true) }
        return encoded
    }

    /// Returns whether decoding and encoding the path, as services do, results in the same bytes.
    private static func isStrictlyEncoded(_ path: [UInt8]) -> Bool {
        var index = 0
        while index < path.count {
            let byte = path[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < path.count, let high = upperHex(path[index + 1]), let low = upperHex(path[index + 2])
                else { return false }
                let decoded = high << 4 | low
                // %2F isn't allowed either: services decode it to a slash, and sign that.
                if PercentEncoding.keeps(decoded, slashes: true) { return false }
                index += 3
            } else {
                guard PercentEncoding.keeps(byte, slashes: true) else { return false }
                index += 1
            }
        }
        return true
    }

    /// Returns the value of a digit, unless it is a lowercase one.
    private static func upperHex(_ byte: UInt8) -> UInt8? {
        byte >= UInt8(ascii: "a") ? nil : Hexadecimal.value(of: byte)
    }

    /// Removes empty, `.` and `..` segments.
    ///
    /// A slash at the end stays, as with AWS's own signers.
    ///
    /// Source: RFC 3986 section 5.2.4. Signature Version 4 also drops empty segments.
    private static func normalized(_ path: [UInt8]) -> [UInt8] {
        var kept: [ArraySlice<UInt8>] = []
        let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for segment in segments {
            switch segment {
            case [], [UInt8(ascii: ".")]: continue
            case [UInt8(ascii: "."), UInt8(ascii: ".")]: _ = kept.popLast()
            default: kept.append(segment)
            }
        }
        guard !kept.isEmpty else { return [UInt8(ascii: "/")] }
        var result: [UInt8] = []
        for segment in kept {
            result.append(UInt8(ascii: "/"))
            result.append(contentsOf: segment)
        }
        if let last = segments.last, last.isEmpty { result.append(UInt8(ascii: "/")) }
        return result
    }
}

/// Step 1b: the query parameters, encoded and sorted.
enum CanonicalQuery {
    /// The parameters that a signer adds, in lower case.
    ///
    /// A request can't already have them.
    static let reserved: Set<String> = [
        "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-security-token", "x-amz-signature",
        "x-amz-signedheaders",
    ]

    /// Returns the parameters, sorted by the encoded name and then by the encoded value.
    static func make(_ parameters: [SignableRequest.Parameter]) -> [UInt8] {
        let encoded = parameters.map { (name: encode($0.name), value: encode($0.value)) }
        let sorted = encoded.sorted { first, second in
            first.name == second.name
                ? first.value.lexicographicallyPrecedes(second.value)
                : first.name.lexicographicallyPrecedes(second.name)
        }
        var query: [UInt8] = []
        for (name, value) in sorted {
            if !query.isEmpty { query.append(UInt8(ascii: "&")) }
            query.append(bytes: name)
            query.append(UInt8(ascii: "="))
            query.append(bytes: value)
        }
        return query
    }

    static func checkReserved(_ parameters: [SignableRequest.Parameter]) throws(SigningError) {
        for parameter in parameters where reserved.contains(parameter.name.lowercased()) {
            throw SigningError(
                .reservedName,
                "Reserved query parameter \(parameter.name): the signer sets it. Remove it from the request.")
        }
    }

    private static func encode(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendPercentEncoded(text)
        return bytes
    }
}

/// Step 1c: the headers by lowercase name, with trimmed and joined values.
struct CanonicalHeaders {
    /// `name:value\n` for every header, sorted by name.
    private(set) var lines: [UInt8] = []
    /// The names, joined by `;`.
    private(set) var names = ""

    /// The headers that a signer adds, in lower case.
    ///
    /// A request can't already have them.
    static let reserved: Set<String> = ["authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"]

    init(_ headers: [SignableRequest.Header]) throws(SigningError) {
        var values: [String: [String]] = [:]
        for header in headers {
            try Self.check(header)
            values[header.name.lowercased(), default: []].append(Self.collapsingSpaces(header.value))
        }
        guard values["host"]?.count == 1, values["host"] != [""] else {
            throw SigningError(
                .missingHost, "Missing host: the request must have exactly one host header, which must be signed.")
        }
        // Names are ASCII tokens, so that comparing strings compares bytes.
        let sorted = values.sorted { $0.key < $1.key }
        for (name, values) in sorted {
            lines.append(name)
            lines.append(UInt8(ascii: ":"))
            lines.append(values.joined(separator: ","))
            lines.append(UInt8(ascii: "\n"))
        }
        names = sorted.map(\.key).joined(separator: ";")
    }

    static func checkReserved(_ headers: [SignableRequest.Header]) throws(SigningError) {
        for header in headers where reserved.contains(header.name.lowercased()) {
            throw SigningError(
                .reservedName, "Reserved header \(header.name): the signer sets it. Remove it from the request.")
        }
    }

    private static func check(_ header: SignableRequest.Header) throws(SigningError) {
        guard !header.name.isEmpty, header.name.utf8.allSatisfy(isTokenByte) else {
            throw SigningError(
                .invalidHeader, "Invalid header name: expected an HTTP token (letters, digits, !#$%&'*+-.^_`|~).")
        }
        guard header.value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }) else {
            throw SigningError(
                .invalidHeader, "Invalid value of the header \(header.name): remove the control characters.")
        }
    }

    /// Returns whether a byte can be part of an HTTP token (RFC 9110 section 5.6.2).
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Trims spaces and tabs, and replaces every inner run of them with one space.
    private static func collapsingSpaces(_ value: String) -> String {
        value.utf8.split { $0 == 32 || $0 == 9 }.map { String(Substring($0)) }.joined(separator: " ")
    }
}
