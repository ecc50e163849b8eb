/// Step 1a: the path as the service will write it when it checks the signature.
enum CanonicalPath {
    /// Checks the path, and writes it in that form.
    /// - Parameters:
    ///   - path: The path as it is sent.
    ///   - rules: How the service wants it.
    /// - Returns: The path's bytes.
    /// - Throws: ``SigningError`` with the code `invalidPath`.
    static func make(_ path: String, rules: ServiceRules) throws(SigningError) -> [UInt8] {
        let sent = Array(path.utf8)
        guard sent.first == UInt8(ascii: "/") else {
            throw SigningError(.invalidPath, "the path must begin with '/'")
        }
        guard rules.encodesPathAgain else {
            let path = rules.normalizesPath ? normalized(sent) : sent
            guard isStrictlyEncoded(path) else {
                throw SigningError(
                    .invalidPath,
                    "the path must be percent-encoded as it is sent: use PercentEncoding.encodePath(_:)")
            }
            return path
        }
        var encoded: [UInt8] = []
        let once = rules.normalizesPath ? normalized(sent) : sent
        once.withUnsafeBufferPointer { encoded.appendPercentEncoded($0, keepingSlashes: true) }
        return encoded
    }

    /// Whether decoding the path and encoding it again, which is what services do, would give the same bytes.
    private static func isStrictlyEncoded(_ path: [UInt8]) -> Bool {
        var index = 0
        while index < path.count {
            let byte = path[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < path.count, let high = upperHex(path[index + 1]), let low = upperHex(path[index + 2])
                else { return false }
                let decoded = high << 4 | low
                // %2F is refused as well: services decode it to a slash, and sign that.
                if PercentEncoding.keeps(decoded, slashes: true) { return false }
                index += 3
            } else {
                guard PercentEncoding.keeps(byte, slashes: true) else { return false }
                index += 1
            }
        }
        return true
    }

    private static func upperHex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        default: nil
        }
    }

    /// Removes empty, `.` and `..` segments; a slash at the very end stays, as AWS's own signers have it.
    ///
    /// Source: RFC 3986 section 5.2.4; Signature Version 4 also drops empty segments.
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
