import R2Kit

/// A checksum, whose algorithm has the name of the static member.
struct ChecksumInput: Decodable {
    let algorithm: String
    let base64: String

    func checksum() throws -> Checksum {
        let algorithms: [String: Checksum.Algorithm] = [
            "md5": .md5, "crc32": .crc32, "crc32c": .crc32c, "sha1": .sha1, "sha256": .sha256,
        ]
        guard let algorithm = algorithms[algorithm] else { throw QuestionError("no checksum is called '\(algorithm)'") }
        return try Checksum(algorithm, base64: base64)
    }
}

struct DispositionInput: Decodable {
    let kind: String
    let filename: String?

    func disposition() throws -> ContentDisposition {
        switch (kind, filename) {
        case ("attachment", let filename?): try .attachment(filename: filename)
        case ("attachment", nil): .attachment
        case ("inline", let filename?): try .inline(filename: filename)
        case ("inline", nil): .inline
        default: throw QuestionError("no disposition is called '\(kind)'")
        }
    }
}

struct UploadInput: Decodable {
    let contentType: String?
    let contentLength: Int64?
    let ifNoneMatch: Bool?
    let ifMatch: String?
    let checksum: ChecksumInput?
    let cacheControl: String?
    let contentDisposition: DispositionInput?
    let metadata: [String: String]?
    let storageClass: String?

    func constraints() throws -> UploadConstraints {
        let classes: [String: StorageClass] = ["standard": .standard, "infrequentAccess": .infrequentAccess]
        let precondition =
            if let ifMatch {
                ObjectPrecondition.ifMatch(try ETag(ifMatch))
            } else {
                ifNoneMatch == true ? ObjectPrecondition.ifAbsent : nil
            }
        return UploadConstraints(
            contentType: contentType, contentLength: contentLength, precondition: precondition,
            checksum: try checksum?.checksum(), cacheControl: cacheControl,
            contentDisposition: try contentDisposition?.disposition(), userMetadata: metadata ?? [:],
            storageClass: try storageClass.map { name in
                guard let known = classes[name] else { throw QuestionError("no storage class is called '\(name)'") }
                return known
            })
    }
}

struct PartInput: Decodable {
    let number: Int
    let uploadID: String
    let contentLength: Int64?
    let checksum: ChecksumInput?

    func constraints() throws -> PartConstraints {
        PartConstraints(contentLength: contentLength, checksum: try checksum?.checksum())
    }
}

struct OverridesInput: Decodable {
    let contentDisposition: DispositionInput?
    let contentType: String?
    let cacheControl: String?

    func overrides() throws -> ResponseOverrides {
        ResponseOverrides(
            contentDisposition: try contentDisposition?.disposition(), contentType: contentType,
            cacheControl: cacheControl)
    }
}
