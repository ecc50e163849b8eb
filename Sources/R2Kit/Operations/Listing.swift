internal import R2KitSupport

/// A decoder for the keys and prefixes in a listing.
///
/// Listings request `encoding-type=url`, because a key can contain characters that XML can't. Some servers send a space
/// as `%20` and others as `+`. All of them send a plus as `%2B`.
struct ListDecoder {
    private let isEncoded: Bool

    /// Creates a decoder for a response's `EncodingType`.
    init(_ encodingType: String?, _ scanner: XMLScanner) throws(XMLError) {
        switch encodingType {
        case "url": isEncoded = true
        case nil, "": isEncoded = false
        default: throw scanner.problem("the encoding type is unknown")
        }
    }

    func text(_ name: String, _ scanner: XMLScanner) throws(XMLError) -> String {
        guard isEncoded else { return name }
        guard let decoded = Self.decode(name) else { throw scanner.problem("a name isn't percent-encoded correctly") }
        return decoded
    }

    func key(_ name: String, _ scanner: XMLScanner) throws(XMLError) -> ObjectKey {
        let text = try text(name, scanner)
        do { return try ObjectKey(unchecked: text) } catch { throw scanner.problem("a key is empty or too long") }
    }

    /// Returns a decoded name, or `nil` if a `%` isn't followed by two hexadecimal digits or the bytes aren't UTF-8.
    static func decode(_ text: String) -> String? {
        PercentDecoding.decode(text, plusIsSpace: true)
    }
}

extension XMLScanner {
    /// Reads the `Prefix` in a `CommonPrefixes` element.
    mutating func commonPrefix() throws(XMLError) -> String {
        var prefix: String?
        while let name = try nextChild() {
            if name == "Prefix" { try read(&prefix) } else { try skip() }
        }
        return try required(prefix, "Prefix")
    }
}

extension R2OperationRequest {
    /// Appends a parameter, unless its value is `nil` or empty, which mean the same in listings.
    mutating func append(_ value: String?, as name: String) {
        if let value, !value.isEmpty { query.append(QueryParameter(name: name, value: value)) }
    }

    /// Appends the maximum number of entries in a page.
    mutating func appendPageSize(_ size: Int?, as name: String) throws(R2ValidationError) {
        guard let size else { return }
        guard (1...1000).contains(size) else {
            throw R2ValidationError(.invalidListing, "Invalid page size \(size): expected 1 to 1,000 entries.")
        }
        query.append(QueryParameter(name: name, value: String(size)))
    }
}
