#if Emulator
internal import R2KitSupport

/// A request as it arrived, byte for byte.
struct EmulatorRequest: Sendable {
    /// The method, in upper case as sent.
    var method: String
    /// The path and query as sent, never decoded.
    var target: String
    /// The headers in order, with their names as sent.
    var headers: [(name: String, value: String)] { didSet { valuesByName = Self.valuesByName(headers) } }
    /// The values of each header in order, by lowercase name.
    private var valuesByName: [String: [String]]
    /// The target before its first `?`.
    var rawPath: String
    /// The target after its first `?`, or `nil` without one.
    var rawQuery: String?
    /// The query parameters, decoded once.
    ///
    /// `+` is a space. An invalid percent-encoding stays as sent.
    var query: [(name: String, value: String)]

    /// Creates a request.
    /// - Parameters:
    ///   - method: The method.
    ///   - target: The path and query as sent.
    ///   - headers: The headers in order, with their names as sent, including `host`.
    init(method: String, target: String, headers: [(name: String, value: String)]) {
        self.method = method
        self.target = target
        self.headers = headers
        valuesByName = Self.valuesByName(headers)
        let parts = target.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        rawPath = String(Substring(parts[0]))
        rawQuery = parts.count > 1 ? String(Substring(parts[1])) : nil
        query = Self.parameters(rawQuery ?? "")
    }

    /// Returns the value of a header, joined by commas if it was sent more than once, or `nil` if it wasn't sent.
    func header(_ name: String) -> String? {
        let values = values(of: name)
        return values.count > 1 ? values.joined(separator: ",") : values.first
    }

    /// Returns the values of a header in order.
    /// - Parameter name: The name, in any case.
    /// - Returns: The values.
    func values(of name: String) -> [String] {
        // Nearly all callers have a lowercase name.
        valuesByName[name] ?? valuesByName[name.lowercased()] ?? []
    }

    /// Returns the first value of a query parameter, or `nil` if it wasn't sent.
    ///
    /// Names are compared exactly.
    func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// Returns a Boolean value that indicates whether a query parameter was sent, with or without a value.
    func hasParameter(_ name: String) -> Bool { query.contains { $0.name == name } }

    private static func valuesByName(_ headers: [(name: String, value: String)]) -> [String: [String]] {
        var values: [String: [String]] = [:]
        for (name, value) in headers { values[name.lowercased(), default: []].append(value) }
        return values
    }

    private static func parameters(_ query: String) -> [(name: String, value: String)] {
        query.utf8.split(separator: UInt8(ascii: "&")).map { pair in
            let sides = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = sides.map { side in
                let text = String(Substring(side))
                return PercentDecoding.decode(text, plusIsSpace: true) ?? text
            }
            return (decoded[0], decoded.count > 1 ? decoded[1] : "")
        }
    }
}
#endif
