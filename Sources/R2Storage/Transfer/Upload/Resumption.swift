#if Storage
internal import R2Kit

/// An upload that has been begun before, and what R2 has of it.
struct Resumption: Sendable {
    let uploadID: UploadID
    let partLength: Int64
    let condition: UploadCondition?
    /// The parts that R2 has stored, by number.
    var finished: [Int: UploadToken.Part]
    /// Whether the source's bytes must be compared with the finished parts, since nothing else tells whether it changed.
    let comparesContent: Bool
    /// The object's tag, if the upload was completed although nobody heard of it.
    var completed: ETag?
}

/// Where an upload begins.
enum UploadStart: Sendable {
    case fresh
    case token(UploadToken)
    case uploadID(UploadID)
}

/// What is known of a source beforehand.
struct SourceFacts: Sendable {
    var length: Int64?
    var modified: Int64?
    var description: String
}

extension UploadSession {
    /// Finds out what R2 has of the upload; `nil` if it begins anew.
    func resumption(_ start: UploadStart, _ source: SourceFacts) async throws -> Resumption? {
        switch start {
        case .fresh: return nil
        case .token(let token): return try await resumption(token, source)
        case .uploadID(let id): return try await resumption(id, source)
        }
    }

    private func resumption(_ token: UploadToken, _ source: SourceFacts) async throws -> Resumption {
        if let expected = token.totalLength, let length = source.length, expected != length {
            throw TransferError(
                .sourceChanged,
                "\(source.description) has \(length) bytes, and had \(expected) when the upload began: begin a new one")
        }
        if let expected = token.fileModified, let modified = source.modified, expected != modified {
            throw TransferError.sourceChanged(source.description)
        }
        let known = Dictionary(token.parts.map { ($0.number, $0.etag) }) { $1 }
        let isSameFile = token.fileModified != nil && source.modified != nil && token.totalLength != nil
        var stored: [Int: UploadToken.Part] = [:]
        for part in try await storedParts(token.uploadID) {
            // One that somebody else has sent since is sent again.
            guard known[part.number] == nil || known[part.number] == part.etag else { continue }
            stored[part.number] = part
        }
        return resumption(
            token.uploadID, token.partLength, token.condition, stored, source, comparesContent: !isSameFile)
    }

    private func resumption(_ id: UploadID, _ source: SourceFacts) async throws -> Resumption {
        let parts = try await storedParts(id)
        let length = try partLength(of: parts, source)
        let stored = Dictionary(parts.map { ($0.number, $0) }) { $1 }
        return resumption(id, length, options.condition, stored, source, comparesContent: true)
    }

    private func resumption(
        _ id: UploadID, _ partLength: Int64, _ condition: UploadCondition?, _ stored: [Int: UploadToken.Part],
        _ source: SourceFacts, comparesContent: Bool
    ) -> Resumption {
        var finished = stored
        if let total = source.length {
            let plan = total > 0 ? try? PartPlan(totalLength: total, partLength: partLength) : nil
            finished = stored.filter { (try? plan?.part($0.key))?.length == $0.value.size }
        }
        if comparesContent {
            // A part whose tag is no MD5 cannot be compared: it is sent again.
            finished = finished.filter { options.customerKey == nil && MultipartETag.digest($0.value.etag) != nil }
        }
        return Resumption(
            uploadID: id, partLength: partLength, condition: condition, finished: finished,
            comparesContent: comparesContent)
    }

    /// All parts that R2 has.
    private func storedParts(_ id: UploadID) async throws -> [UploadToken.Part] {
        var parts: [UploadToken.Part] = []
        var marker: Int?
        repeat {
            let page = try await client.send(ListParts(id, key: key, partNumberMarker: marker))
            parts += page.parts.map { UploadToken.Part(number: $0.number, etag: $0.etag, size: $0.size) }
            marker = page.nextPartNumberMarker
        } while marker != nil
        return parts
    }

    /// The part size of an upload of which only the parts are known.
    private func partLength(of parts: [UploadToken.Part], _ source: SourceFacts) throws -> Int64 {
        guard let last = parts.max(by: { $0.number < $1.number }), let largest = parts.map(\.size).max() else {
            return try partLength(source.length)
        }
        var candidates: [Int64] = []
        if let wished = options.partLength {
            candidates = [wished]
        } else {
            candidates.append(largest)
            if let total = source.length {
                // The last part alone says nothing of its siblings but what they must share.
                if last.number > 1 { candidates.append((total - last.size) / Int64(last.number - 1)) }
                if last.number == 1, last.size == total { candidates.append(try partLength(total)) }
            }
        }
        for candidate in candidates {
            guard let total = source.length else {
                if candidate >= PartPlan.minimumPartLength { return candidate }
                continue
            }
            guard total > 0, let plan = try? PartPlan(totalLength: total, partLength: candidate) else { continue }
            let fits = parts.allSatisfy { (try? plan.part($0.number))?.length == $0.size }
            if fits { return candidate }
        }
        throw TransferError(
            .partsDoNotFit,
            "the \(parts.count) parts that R2 has are not of one size, or are none of \(source.description): abort the "
                + "upload, or resume it with its own source and partLength")
    }
}
#endif
