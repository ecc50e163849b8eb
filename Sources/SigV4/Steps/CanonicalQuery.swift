/// Step 1b: the query parameters, encoded and sorted.
enum CanonicalQuery {
    /// The parameters that a signer adds, in lower case.
    ///
    /// A request that already has one is refused.
    static let reserved: Set<String> = [
        "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-security-token", "x-amz-signature",
        "x-amz-signedheaders",
    ]

    /// Sorts by the encoded name, then by the encoded value; a name that is the beginning of another comes first.
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

    static func refuseReserved(_ parameters: [SignableRequest.Parameter]) throws(SigningError) {
        for parameter in parameters where reserved.contains(parameter.name.lowercased()) {
            throw SigningError(
                .reservedName, "the query parameter \(parameter.name) is set by the signer: remove it from the request")
        }
    }

    private static func encode(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendPercentEncoded(text)
        return bytes
    }
}
