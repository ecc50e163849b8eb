internal import SigV4

/// Headers to sign, appended in the order of their names, with the position of `host` among them.
struct SortedHeaders {
    private var headers: [PresignHeader] = []
    private var countBeforeHost = 0

    /// The headers in the form that the presigner signs.
    var presignHeaders: PresignHeaders { .sorted(headers, countBeforeHost: countBeforeHost) }

    mutating func append(_ name: String, _ value: String) {
        headers.append(PresignHeader(name: name, value: value))
    }

    /// Marks the position of `host`, after the names that sort before it.
    mutating func appendHost() { countBeforeHost = headers.count }

    /// Appends a checksum whose header belongs here: `content-md5` sorts before `host`, the others after it.
    mutating func append(_ checksum: Checksum?, if belongs: (Checksum.Algorithm) -> Bool) {
        if let checksum, belongs(checksum.algorithm) { append(checksum.algorithm.headerName, checksum.base64) }
    }

    /// Appends user metadata as `x-amz-meta-NAME`.
    mutating func append(metadata: [String: String]) throws(R2ValidationError) {
        var length = 0
        var lowered: [(name: String, value: String)] = []
        for (name, value) in metadata {
            let isName = name.utf8.allSatisfy {
                ASCII.isLetter($0) || ASCII.isDigit($0) || "-_.".utf8.contains($0)
            }
            guard !name.isEmpty, isName else {
                throw R2ValidationError(
                    .invalidMetadata, "Invalid metadata name: expected letters, digits, '-', '_' and '.'.")
            }
            guard value.isEmpty || HeaderRules.isPlain(value) else {
                throw R2ValidationError(
                    .invalidMetadata,
                    "Invalid metadata value of \(name): expected printable ASCII or nothing, without spaces at its "
                        + "ends or two in a row. Keep other strings in the catalog.")
            }
            length += name.utf8.count + value.utf8.count
            lowered.append((name.lowercased(), value))
        }
        guard length <= HeaderRules.maximumMetadataLength else {
            throw R2ValidationError(
                .invalidMetadata,
                "Too much metadata: names and values have at most \(HeaderRules.maximumMetadataLength) bytes, "
                    + "not \(length).")
        }
        guard Set(lowered.map(\.name)).count == lowered.count else {
            throw R2ValidationError(
                .invalidMetadata, "Duplicate metadata names: two of them differ only in case, which headers ignore.")
        }
        for (name, value) in lowered.sorted(by: { $0.name < $1.name }) { append("x-amz-meta-\(name)", value) }
    }
}
