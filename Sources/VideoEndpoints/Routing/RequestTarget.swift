#if Delivery
internal import R2KitSupport

/// The path and the query of a request, taken apart.
///
/// Each segment of the path is decoded on its own, so that an encoded slash stays in its segment. Paths that another
/// program on the way may understand differently are refused.
struct RequestTarget: Sendable {
    /// A segment of the path.
    struct Segment: Sendable {
        /// The segment as it was received.
        let raw: String
        /// The segment without percent-encoding.
        let value: String
    }

    let segments: [Segment]
    let query: RequestQuery

    private static let maximumLength = 16_384

    init(_ target: String?) throws(EndpointProblem) {
        guard let target, target.utf8.first == UInt8(ascii: "/") else {
            throw .invalidPath("expected a path that starts with a slash")
        }
        guard target.utf8.count <= Self.maximumLength else {
            throw .invalidPath("expected at most \(Self.maximumLength) bytes with the query")
        }
        guard target.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") && $0 != 0x5C }) else {
            throw .invalidPath("expected visible ASCII without '#' and backslashes: percent-encode everything else")
        }
        let parts = target.utf8.split(
            separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        segments = try parts[0].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst().map {
            bytes throws(EndpointProblem) in try Self.segment(String(Substring(bytes)))
        }
        query = try RequestQuery(parts.count > 1 ? String(Substring(parts[1])) : "")
    }

    private static func segment(_ raw: String) throws(EndpointProblem) -> Segment {
        guard let value = PercentDecoding.decode(raw) else {
            throw .invalidPath("expected percent-encoded UTF-8")
        }
        let isRelative = value.utf8.elementsEqual(".".utf8) || value.utf8.elementsEqual("..".utf8)
        guard !isRelative, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .invalidPath("expected no '.', no '..' and no control characters")
        }
        return Segment(raw: raw, value: value)
    }
}

/// The parameters of a request's query, in the form that HTML forms have.
struct RequestQuery: Sendable {
    let parameters: [(name: String, value: String)]

    init(_ text: String) throws(EndpointProblem) {
        var parameters: [(name: String, value: String)] = []
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentDecoding.decode(String(Substring(halves[0])), plusIsSpace: true),
                let value = PercentDecoding.decode(
                    halves.count > 1 ? String(Substring(halves[1])) : "", plusIsSpace: true)
            else { throw EndpointProblem(.invalidQuery, "Invalid query: expected percent-encoded UTF-8.") }
            parameters.append((name, value))
        }
        self.parameters = parameters
    }

    /// Returns the value of a parameter, or `nil` if it's missing.
    func value(_ name: String) throws(EndpointProblem) -> String? {
        let values = self.values(name)
        guard values.count <= 1 else { throw .invalidQuery(name, "given once") }
        return values.first
    }

    /// Returns all values of a parameter.
    func values(_ name: String) -> [String] { parameters.filter { $0.name == name }.map(\.value) }

    /// Returns the value of a parameter in another form.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - expected: The values that are valid, as the problem describes them.
    ///   - convert: A closure that returns `nil` for a value that isn't valid.
    /// - Returns: The value, or `nil` if the parameter is missing.
    /// - Throws: An ``EndpointProblem`` with the code `invalidQuery`.
    func value<Value>(
        _ name: String, expected: String, _ convert: (String) -> Value?
    ) throws(EndpointProblem) -> Value? {
        guard let text = try value(name) else { return nil }
        guard let value = convert(text) else { throw .invalidQuery(name, expected) }
        return value
    }
}
#endif
