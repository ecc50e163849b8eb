#if Storage
internal import R2Kit

/// An interrupted upload, and the parts of it in R2.
struct UploadResumption: Sendable {
    let uploadID: UploadID
    let partLength: Int64
    let precondition: ObjectPrecondition?
    /// The parts that R2 has stored, by number.
    let finished: [Int: R2Upload.ResumeToken.Part]
    /// A Boolean value that indicates whether the source must be compared with the finished parts, because nothing else
    /// shows whether it has changed.
    let comparesContent: Bool
    /// The object's ETag, if an earlier run completed the upload without receiving the response.
    var completed: ETag?

    /// The total size of the finished parts, in bytes.
    var finishedBytes: Int64 { finished.values.reduce(0) { $0 + $1.size } }
}

/// The starting point of an upload.
enum UploadStart: Sendable {
    case new
    case token(R2Upload.ResumeToken)
    case uploadID(UploadID)
}

/// The properties of a source that are known before it is read.
struct SourceInfo: Sendable {
    /// The source's length, in bytes, if known.
    var length: Int64?
    /// The modification time of a file, in nanoseconds since 1970.
    var modified: Int64?
    /// The subject of a sentence about the source, such as "The stream".
    var description: String
}

extension R2Upload.ResumeToken {
    /// Returns a Boolean value that indicates whether both the token and the source have a modification time.
    ///
    /// Different times have been rejected before, so the times are equal then.
    func hasModificationTime(of source: SourceInfo) -> Bool { fileModified != nil && source.modified != nil }
}

extension UploadSession {
    /// Finds the parts in R2 of the upload to resume.
    ///
    /// Returns `nil` for a new upload.
    func resumption(of start: UploadStart, from source: SourceInfo) async throws -> UploadResumption? {
        switch start {
        case .new: return nil
        case .token(let token): return try await resumption(of: token, from: source)
        case .uploadID(let id): return try await resumption(of: id, from: source)
        }
    }

    private func resumption(
        of token: R2Upload.ResumeToken, from source: SourceInfo
    ) async throws -> UploadResumption {
        if let expected = token.totalLength, let length = source.length, expected != length {
            throw TransferError(
                .sourceChanged,
                "\(source.description) has \(length) bytes, but had \(expected) when the upload started: "
                    + "start a new upload.")
        }
        if let expected = token.fileModified, let modified = source.modified, expected != modified {
            throw TransferError.sourceChanged(description: source.description, onlyInTime: true)
        }
        let known = Dictionary(token.parts.map { ($0.number, $0.etag) }) { $1 }
        // A server that doesn't list parts doesn't show those that were stored after the token was created.
        let stored = (try await listedParts(of: token.uploadID) ?? token.parts).filter { part in
            // A part that another process has replaced since is sent again.
            known[part.number] == nil || known[part.number] == part.etag
        }
        let isSameFile = token.hasModificationTime(of: source) && token.totalLength != nil
        return UploadResumption(
            uploadID: token.uploadID, partLength: token.partLength, precondition: token.precondition,
            finished: usable(stored, partLength: token.partLength, source: source, comparesContent: !isSameFile),
            comparesContent: !isSameFile)
    }

    private func resumption(of id: UploadID, from source: SourceInfo) async throws -> UploadResumption {
        guard let parts = try await listedParts(of: id) else {
            throw TransferError(
                .partsNotListed,
                "The server doesn't list the parts of an upload: resume with the token of the interrupted upload, or "
                    + "abort the upload and start a new one.")
        }
        let length = try partLength(of: parts, source: source)
        return UploadResumption(
            uploadID: id, partLength: length, precondition: options.precondition,
            finished: usable(parts, partLength: length, source: source, comparesContent: true),
            comparesContent: true)
    }

    /// Returns the parts in R2 that don't have to be sent again.
    ///
    /// R2 lists a part once. Some servers list every attempt to send it, even one that stored only its beginning. So
    /// the largest one that can be used is taken.
    private func usable(
        _ stored: [R2Upload.ResumeToken.Part], partLength: Int64, source: SourceInfo, comparesContent: Bool
    ) -> [Int: R2Upload.ResumeToken.Part] {
        var usable = stored
        if let total = source.length {
            let plan = total > 0 ? try? PartPlan(totalLength: total, partLength: partLength) : nil
            usable = usable.filter { (try? plan?.part($0.number))?.length == $0.size }
        }
        if comparesContent {
            // A part can't be compared if its ETag isn't an MD5 digest.
            usable = usable.filter { options.customerKey == nil && MultipartETag.md5($0.etag) != nil }
        }
        return Dictionary(usable.map { ($0.number, $0) }) { $1.size >= $0.size ? $1 : $0 }
    }

    /// Returns all parts of an upload in R2, or `nil` if the server doesn't list parts.
    private func listedParts(of id: UploadID) async throws -> [R2Upload.ResumeToken.Part]? {
        do { return try await storedParts(of: id) } catch let error as R2Error where error.code == .notImplemented {
            return nil
        }
    }

    private func storedParts(of id: UploadID) async throws -> [R2Upload.ResumeToken.Part] {
        var parts: [R2Upload.ResumeToken.Part] = []
        var marker: Int?
        var order = PartListingOrder()
        repeat {
            let page = try await client.send(ListParts(id, key: key, partNumberMarker: marker))
            try order.add(page)
            parts += page.parts.map { R2Upload.ResumeToken.Part(number: $0.number, etag: $0.etag, size: $0.size) }
            marker = page.nextPartNumberMarker
        } while marker != nil
        return parts
    }

    /// Infers the part size of an upload of which only the parts are known.
    private func partLength(of parts: [R2Upload.ResumeToken.Part], source: SourceInfo) throws -> Int64 {
        guard let last = parts.max(by: { $0.number < $1.number }), let largest = parts.map(\.size).max() else {
            return try partLength(forSourceLength: source.length)
        }
        var candidates: [Int64] = []
        if let partLength = options.partLength {
            candidates = [partLength]
        } else {
            candidates.append(largest)
            if let total = source.length {
                // The last part alone shows only how many bytes the parts before it share.
                if last.number > 1 { candidates.append((total - last.size) / Int64(last.number - 1)) }
                if last.number == 1, last.size == total { candidates.append(try partLength(forSourceLength: total)) }
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
            "\(source.description) doesn't match the sizes of the \(parts.count) parts in R2: abort the upload, or "
                + "resume it with its original source and partLength.")
    }
}
#endif
