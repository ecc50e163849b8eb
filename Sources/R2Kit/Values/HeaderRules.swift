internal import HTTPTypes

/// The rules for headers that are signed.
enum HeaderRules {
    /// The maximum size of the body of one request, in bytes: 5 GiB minus 5 MiB.
    ///
    /// Source: R2 "Limits".
    static let maximumContentLength: Int64 = 5 * 1024 * 1024 * 1024 - 5 * 1024 * 1024
    /// The maximum size of user metadata, in bytes of names and values.
    ///
    /// Source: R2 "Limits".
    static let maximumMetadataLength = 8192

    /// Checks that every client and server sends and signs a value alike.
    /// - Parameters:
    ///   - value: The value: printable ASCII with single spaces inside.
    ///   - header: The header's name in the error message.
    /// - Throws: ``R2ValidationError`` with the code `invalidHeaderValue`.
    static func check(_ value: String, for header: String) throws(R2ValidationError) {
        guard isPlain(value) else {
            throw R2ValidationError(
                .invalidHeaderValue,
                "Invalid value of \(header): expected printable ASCII, without spaces at its ends or two in a row.")
        }
    }

    static func isPlain(_ value: String) -> Bool {
        var value = value
        return value.withUTF8 { bytes in
            // Nearly all values have no spaces: printable, without one.
            if !bytes.isEmpty, bytes.allSatisfy({ $0 &- 0x21 <= 0x7E - 0x21 }) { return true }
            var previous = UInt8(ascii: " ")
            for byte in bytes {
                guard ASCII.isPrintable(byte) else { return false }
                if byte == UInt8(ascii: " ") && previous == byte { return false }
                previous = byte
            }
            return previous != UInt8(ascii: " ")
        }
    }

    /// Checks the content length of one request.
    /// - Parameter contentLength: The size of the body, in bytes.
    /// - Returns: The same length.
    /// - Throws: ``R2ValidationError`` with the code `invalidContentLength`.
    static func check(contentLength: Int64?) throws(R2ValidationError) -> Int? {
        guard let contentLength else { return nil }
        guard contentLength >= 0 else {
            throw R2ValidationError(
                .invalidContentLength, "Invalid content length: expected zero or more bytes, not \(contentLength).")
        }
        guard contentLength <= maximumContentLength else {
            throw R2ValidationError(
                .invalidContentLength,
                "Invalid content length: one request has at most \(maximumContentLength) bytes (5 GiB minus 5 MiB), "
                    + "not \(contentLength). Upload the object in parts, see PartPlan.")
        }
        return Int(contentLength)
    }

    /// Headers that the signer or the client sets, that R2 rejects, or that proxies change.
    private static let reserved: Set<String> = [
        "host", "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "accept-encoding",
        "connection", "expect", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        "user-agent",
    ]

    /// Checks the headers that a caller wants to have signed.
    /// - Parameters:
    ///   - headers: The headers.
    ///   - others: Further names, in lower case, that the signer sets itself.
    /// - Throws: ``R2ValidationError`` with the code `reservedName` or `invalidHeaderValue`.
    static func check(_ headers: HTTPFields, reserving others: Set<String> = []) throws(R2ValidationError) {
        var seen: Set<String> = []
        for field in headers {
            let name = field.name.canonicalName
            guard !reserved.contains(name), !others.contains(name) else {
                throw R2ValidationError(
                    .reservedName,
                    "Reserved header \(name): the signer or the client sets it, or R2 rejects it. Remove it.")
            }
            guard seen.insert(name).inserted else {
                throw R2ValidationError(.reservedName, "Duplicate header \(name): join its values with a comma.")
            }
            let isEmptyMetadata = field.value.isEmpty && name.utf8.starts(with: "x-amz-meta-".utf8)
            if !isEmptyMetadata { try check(field.value, for: name) }
        }
    }
}
