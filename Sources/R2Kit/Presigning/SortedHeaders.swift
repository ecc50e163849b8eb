internal import SigV4

/// Headers to sign, appended in the order of their names, with the place of `host` among them.
struct SortedHeaders {
    private var headers: [PresignHeader] = []
    private var countBeforeHost = 0

    /// The headers, as the fast presigner wants them.
    var presignHeaders: PresignHeaders { .sorted(headers, countBeforeHost: countBeforeHost) }

    mutating func append(_ name: String, _ value: String) {
        headers.append(PresignHeader(name: name, value: value))
    }

    /// Marks where `host` belongs: call it after the names that sort before it.
    mutating func host() { countBeforeHost = headers.count }

    /// Appends a checksum whose header belongs here: `content-md5` sorts before `host`, the others after it.
    mutating func append(_ checksum: Checksum?, if belongs: (Checksum.Algorithm) -> Bool) {
        if let checksum, belongs(checksum.algorithm) { append(checksum.algorithm.headerName, checksum.base64) }
    }

    mutating func append(metadata: [String: String]) throws(R2KitError) {
        var length = 0
        var lowered: [(name: String, value: String)] = []
        for (name, value) in metadata {
            let isName = name.utf8.allSatisfy {
                ASCII.isLetter($0) || ASCII.isDigit($0) || "-_.".utf8.contains($0)
            }
            guard !name.isEmpty, isName else {
                throw R2KitError(
                    .invalidMetadata, "a metadata name is made of letters, digits, '-', '_' and '.', and is not empty")
            }
            guard HeaderText.isPlain(value) else {
                throw R2KitError(
                    .invalidMetadata,
                    "the metadata value of \(name) must be printable ASCII, not empty, without spaces at its ends or "
                        + "two in a row; keep other texts in the catalog")
            }
            length += name.utf8.count + value.utf8.count
            lowered.append((name.lowercased(), value))
        }
        guard length <= UploadConstraints.maximumMetadataLength else {
            throw R2KitError(.invalidMetadata, "metadata has at most 8192 bytes of names and values, not \(length)")
        }
        guard Set(lowered.map(\.name)).count == lowered.count else {
            throw R2KitError(.invalidMetadata, "two metadata names differ only in case; headers have none")
        }
        for (name, value) in lowered.sorted(by: { $0.name < $1.name }) { append("x-amz-meta-\(name)", value) }
    }
}
