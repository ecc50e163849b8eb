/// A strict parser of endpoint URLs, which rejects what it doesn't know.
enum EndpointParser {
    /// The parts of a URL without a path.
    typealias Origin = (scheme: String, host: String, port: Int?)

    /// Parses a URL that nothing but a slash may follow.
    static func parseOrigin(_ url: String) throws(R2ValidationError) -> Origin {
        let (origin, path) = try parse(url)
        guard path.isEmpty else {
            throw problem("remove what follows the host and port. A path, query or fragment isn't allowed")
        }
        return origin
    }

    /// Parses a URL.
    /// - Returns: The origin, and the path without the slash at its end, which is empty if there is none.
    static func parse(_ url: String) throws(R2ValidationError) -> (origin: Origin, path: String) {
        guard let separator = range(of: "://", in: url) else {
            throw problem("expected an absolute URL, such as https://storage.example.com")
        }
        let scheme = url[..<separator.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else {
            throw problem("the URL must start with \"https://\" or \"http://\"")
        }

        let rest = url[separator.upperBound...]
        let authority = String(Substring(rest.utf8.prefix { $0 != UInt8(ascii: "/") }))
        if rest.utf8.contains(where: { "?#".utf8.contains($0) }) {
            throw problem("remove the query or fragment")
        }
        if authority.utf8.contains(UInt8(ascii: "@")) { throw problem("remove the user name or password") }
        let (host, port) = try hostAndPort(authority[...])
        let isDefault = port == (scheme == "https" ? 443 : 80)
        let path = try path(rest.utf8.dropFirst(authority.utf8.count))
        return ((scheme, host, isDefault ? nil : port), path)
    }

    /// Checks a path that every client sends, and every server signs, in the same form.
    ///
    /// Only characters that are never percent-encoded are allowed, and no segments that clients or proxies remove.
    /// - Parameter bytes: Nothing, or a slash and the rest of the path.
    /// - Returns: The path without the slash at its end.
    /// - Throws: ``R2ValidationError`` with the code `invalidEndpoint`.
    private static func path(_ bytes: Substring.UTF8View) throws(R2ValidationError) -> String {
        var segments = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
        if segments.last?.isEmpty == true { segments.removeLast() }
        for segment in segments {
            guard !segment.isEmpty, !segment.elementsEqual(".".utf8), !segment.elementsEqual("..".utf8) else {
                throw problem("the path can't contain '//', or '.' or '..' as a segment")
            }
            guard segment.allSatisfy({ ASCII.isLetter($0) || ASCII.isDigit($0) || "-._~".utf8.contains($0) }) else {
                throw problem("the path can contain only letters, digits and -._~ between its slashes")
            }
        }
        return segments.map { "/\(String(Substring($0)))" }.joined()
    }

    private static func hostAndPort(_ authority: Substring) throws(R2ValidationError) -> (host: String, port: Int?) {
        var host = authority
        var port: Int?
        let nameEnd = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : authority.startIndex
        if let nameEnd, let colon = authority[nameEnd...].firstIndex(of: ":") {
            host = authority[..<colon]
            guard let number = ASCII.wholeNumber(String(authority[authority.index(after: colon)...])),
                (1...65_535).contains(number)
            else { throw problem("the port must be a number from 1 to 65535") }
            port = number
        }
        guard isHostName(host) || isIPv6(host) else {
            throw problem(
                "the host must be an ASCII name, an IPv4 address, or an IPv6 address in brackets. "
                    + "Write an international name in its xn-- form")
        }
        guard !endsInNumber(host) || R2Endpoint.octets(of: host) != nil else {
            throw problem("an IPv4 address must be four numbers from 0 to 255, without leading zeros")
        }
        return (host.lowercased(), port)
    }

    private static func isHostName(_ host: Substring) -> Bool {
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return host.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count)
                    && label.allSatisfy {
                        ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                    }
            }
    }

    /// Returns whether systems read a host as an IPv4 address, including the unusual forms `127.1`, `0x7f.1` and
    /// `2130706433`.
    ///
    /// Source: the URL standard, "ends in a number".
    private static func endsInNumber(_ host: Substring) -> Bool {
        let last =
            host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).last ?? host.utf8[...]
        if last.allSatisfy(ASCII.isDigit) { return true }
        let isHexadecimal = last.starts(with: "0x".utf8) || last.starts(with: "0X".utf8)
        return isHexadecimal && last.dropFirst(2).allSatisfy(ASCII.isHexDigit)
    }

    /// Returns whether a host has eight groups of one to four hexadecimal digits, or fewer with one `::` in their
    /// place.
    private static func isIPv6(_ host: Substring) -> Bool {
        guard host.hasPrefix("["), host.hasSuffix("]"), host.utf8.count > 2 else { return false }
        let bytes = host.utf8.dropFirst().dropLast()
        let isGroup = { (group: Substring.UTF8View) in
            (1...4).contains(group.count) && group.allSatisfy(ASCII.isHexDigit)
        }
        let groups = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        if groups.allSatisfy(isGroup) { return groups.count == 8 }
        // One empty group is a `::` in the middle. At an end there are two, and `::` alone has three.
        let firstEmpty = groups.firstIndex { $0.isEmpty } ?? 0
        let lastEmpty = groups.lastIndex { $0.isEmpty } ?? 0
        let empty = groups.count { $0.isEmpty }
        let isOneRun = lastEmpty - firstEmpty + 1 == empty
        let isAtEnd = firstEmpty == 0 || lastEmpty == groups.count - 1
        let expected = groups.count == 3 && empty == 3 ? 3 : isAtEnd ? 2 : 1
        // A lone `:` has two empty groups as well.
        return isOneRun && empty == expected && groups.count >= 3 && groups.count - empty <= 7
            && groups.allSatisfy { $0.isEmpty || isGroup($0) }
    }

    private static func problem(_ message: String) -> R2ValidationError {
        R2ValidationError(.invalidEndpoint, "Invalid endpoint: \(message).")
    }

    /// Returns the first range of an ASCII string.
    private static func range(of text: String, in url: String) -> Range<String.Index>? {
        var start = url.startIndex
        while start < url.endIndex {
            if url[start...].hasPrefix(text) { return start..<url.index(start, offsetBy: text.count) }
            start = url.index(after: start)
        }
        return nil
    }
}
