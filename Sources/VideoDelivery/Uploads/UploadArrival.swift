#if Delivery
internal import NIOCore
internal import R2Kit
internal import R2Storage
internal import VideoCatalog

/// The part of an upload that R2 has.
enum UploadArrival {
    /// Nothing: no file, and no multipart upload.
    case nothing
    /// A multipart upload with these parts, which may be all.
    case parts([ListParts.Part])
    /// A file that a client sent in one request.
    case uploaded(ObjectMetadata)
    /// The marker of a canceled upload, which no client can replace.
    case closed
    /// The file under its own key.
    case file(ObjectMetadata)
}

extension VideoUploads {
    /// The user metadata of the empty object that takes the place of a canceled upload.
    static let closedMark = (name: "r2kit-upload", value: "canceled")

    /// Asks R2 what it has of an upload.
    func arrival(of upload: RowUpload) async throws -> UploadArrival {
        guard upload.plan == nil else { return try await arrivedParts(of: upload) }
        let object = try await head(upload.uploadKey)
        // Another caller may have copied an earlier file already and have freed the key for a later one. So the file
        // comes second, and counts first.
        if object == nil || upload.isVerifying, let file = try await head(upload.file) { return .file(file) }
        guard let object else { return .nothing }
        return object.userMetadata[Self.closedMark.name] == nil ? .uploaded(object) : .closed
    }

    private func arrivedParts(of upload: RowUpload) async throws -> UploadArrival {
        guard let id = upload.uploadID else { return .nothing }
        if upload.isVerifying, let file = try await head(upload.file) { return .file(file) }
        if let parts = try await listParts(of: id, key: upload.file) { return .parts(parts) }
        return try await head(upload.file).map(UploadArrival.file) ?? .nothing
    }

    /// Returns the metadata of an object, or `nil` if it doesn't exist.
    func head(_ key: ObjectKey) async throws -> ObjectMetadata? {
        do { return try await client.head(key) } catch let error as R2Error where error.isNotFound { return nil }
    }

    /// Returns all parts of a multipart upload, in order, or `nil` if it doesn't exist.
    func listParts(of id: UploadID, key: ObjectKey) async throws -> [ListParts.Part]? {
        do {
            var parts: [ListParts.Part] = []
            for try await part in client.listParts(of: id, key: key) { parts.append(part) }
            return parts
        } catch let error as R2Error where error.code == .noSuchUpload || error.code == .noSuchKey {
            return nil
        }
    }

    /// Makes sure that the key of an upload in one request stores nothing more.
    ///
    /// The URLs of the client store an object only if the key has none. So does this call, and the first
    /// one wins.
    ///
    /// - Returns: `true` if the key is closed, or `false` if a file has arrived.
    func close(_ upload: RowUpload) async throws -> Bool {
        let properties = ObjectProperties(userMetadata: [Self.closedMark.name: Self.closedMark.value])
        do {
            try await client.put(
                ByteBuffer(), to: upload.uploadKey, properties: properties,
                conditions: ObjectConditions(precondition: .ifAbsent))
            return true
        } catch let error as R2Error where error.isPreconditionFailed {
            let object = try await head(upload.uploadKey)
            guard let object else { throw RowChanged() }
            return object.userMetadata[Self.closedMark.name] != nil
        }
    }

    /// Removes what R2 has of an upload that is over in the catalog.
    ///
    /// Errors are logged only: the row still names the keys, and housekeeping deletes the objects again.
    func discard(_ upload: RowUpload, keepingUploadKey: Bool = false) async {
        if let id = upload.uploadID {
            await performOptional("abort the multipart upload", of: upload) {
                try await client.abortMultipartUpload(id, key: upload.file)
            }
        }
        await performOptional("delete the file", of: upload) { try await client.delete(upload.file) }
        if upload.plan == nil, !keepingUploadKey {
            await performOptional("delete the upload", of: upload) { try await client.delete(upload.uploadKey) }
        }
    }

    /// Performs a step whose failure doesn't matter to the caller, because housekeeping repeats it.
    func performOptional(_ step: String, of upload: RowUpload, _ body: () async throws -> Void) async {
        do { try await body() } catch {
            telemetry.stepFailed(step, of: upload, error)
        }
    }
}
#endif
