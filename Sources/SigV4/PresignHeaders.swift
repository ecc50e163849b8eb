/// The headers that a presigned URL signs besides `host`.
package enum PresignHeaders: Sendable {
    /// The length and the type of the body, one of them, or neither, as nearly every URL has.
    case body(length: Int?, type: String?)
    /// Any headers, sorted by name, with the number of those that sort before `host`.
    ///
    /// Names are in lower case, of letters, digits and `-._~`. Values are in the form of the canonical request.
    case sorted([PresignHeader], countBeforeHost: Int)

    package static let none = PresignHeaders.body(length: nil, type: nil)

    /// The headers one by one, sorted by name.
    package var list: [PresignHeader] {
        switch self {
        case .body(let length, let type):
            let headers = [
                length.map { PresignHeader(name: "content-length", value: String($0)) },
                type.map { PresignHeader(name: "content-type", value: $0) },
            ]
            return headers.compactMap { $0 }
        case .sorted(let headers, _): return headers
        }
    }

    /// The maximum size of the headers in the canonical request, in bytes, without `host` and its value.
    @inline(__always)
    var capacity: Int {
        switch self {
        case .body(_, let type): 128 + (type?.utf8.count ?? 0)
        case .sorted(let headers, _):
            headers.reduce(0) { $0 + 3 * $1.name.utf8.count + $1.value.utf8.count + 6 }
        }
    }
}

/// A header that a presigned URL signs.
package struct PresignHeader: Sendable, Hashable {
    /// The name, in lower case.
    package let name: String
    /// The value in the form of the canonical request.
    package let value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension PresignHeaders: Hashable {
    /// Compares the lists.
    package static func == (first: PresignHeaders, second: PresignHeaders) -> Bool { first.list == second.list }
    /// Hashes the list.
    package func hash(into hasher: inout Hasher) { hasher.combine(list) }
}

extension ByteSink {
    /// Appends the names of the signed headers, including `host`, with `;` or its encoded form between them.
    @inline(__always)
    mutating func appendNames(of headers: PresignHeaders, isEncoded: Bool) {
        switch headers {
        case .body(nil, nil): append("host")
        case .body(_, nil): append(isEncoded ? "content-length%3Bhost" : "content-length;host")
        case .body(nil, _): append(isEncoded ? "content-type%3Bhost" : "content-type;host")
        case .body: append(isEncoded ? "content-length%3Bcontent-type%3Bhost" : "content-length;content-type;host")
        case .sorted(let headers, let countBeforeHost):
            for header in headers[..<countBeforeHost] {
                append(header.name)
                append(isEncoded ? "%3B" : ";")
            }
            append("host")
            for header in headers[countBeforeHost...] {
                append(isEncoded ? "%3B" : ";")
                append(header.name)
            }
        }
    }

    /// Appends a line for every signed header, including `hostLine`.
    @inline(__always)
    mutating func appendLines(of headers: PresignHeaders, hostLine: [UInt8]) {
        switch headers {
        case .body(let length, let type):
            if let length {
                append("content-length:")
                appendDecimal(length)
                append(UInt8(ascii: "\n"))
            }
            if let type { appendLine("content-type", type) }
            append(bytes: hostLine)
        case .sorted(let headers, let countBeforeHost):
            for header in headers[..<countBeforeHost] { appendLine(header.name, header.value) }
            append(bytes: hostLine)
            for header in headers[countBeforeHost...] { appendLine(header.name, header.value) }
        }
    }

    @inline(__always)
    private mutating func appendLine(_ name: String, _ value: String) {
        append(name)
        append(UInt8(ascii: ":"))
        append(value)
        append(UInt8(ascii: "\n"))
    }
}
