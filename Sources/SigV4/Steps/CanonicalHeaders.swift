/// Step 1c: the headers, by lower-case name, values trimmed and joined.
struct CanonicalHeaders {
    /// `name:value\n` for every header, sorted by name.
    private(set) var lines: [UInt8] = []
    /// The names, joined by `;`.
    private(set) var names = ""

    /// The headers that a signer adds, in lower case.
    ///
    /// A request that already has one is refused.
    static let reserved: Set<String> = ["authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"]

    init(_ headers: [SignableRequest.Header]) throws(SigningError) {
        var values: [String: [String]] = [:]
        for header in headers {
            try Self.check(header)
            values[header.name.lowercased(), default: []].append(Self.collapsingSpaces(header.value))
        }
        guard values["host"]?.count == 1, values["host"] != [""] else {
            throw SigningError(.missingHost, "the request must have exactly one host header, and it must be signed")
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

    static func refuseReserved(_ headers: [SignableRequest.Header]) throws(SigningError) {
        for header in headers where reserved.contains(header.name.lowercased()) {
            throw SigningError(
                .reservedName, "the header \(header.name) is set by the signer: remove it from the request")
        }
    }

    private static func check(_ header: SignableRequest.Header) throws(SigningError) {
        guard !header.name.isEmpty, header.name.utf8.allSatisfy(isTokenByte) else {
            throw SigningError(
                .invalidHeader, "a header's name must be an HTTP token (letters, digits, !#$%&'*+-.^_`|~)")
        }
        guard header.value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }) else {
            throw SigningError(.invalidHeader, "the value of the header \(header.name) holds a control byte: remove it")
        }
    }

    /// RFC 9110 section 5.6.2.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Trims spaces and tabs, and makes every inner run of them one space.
    private static func collapsingSpaces(_ value: String) -> String {
        value.utf8.split { $0 == 32 || $0 == 9 }.map { String(Substring($0)) }.joined(separator: " ")
    }
}
