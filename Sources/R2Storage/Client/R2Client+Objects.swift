#if Storage
public import NIOCore
public import R2Kit

extension R2Client {
    /// Fetches an object's metadata without its body.
    /// - Parameters:
    ///   - key: The key of the object.
    ///   - conditions: Conditions that the object must meet.
    /// - Returns: The object's metadata.
    /// - Throws: See ``send(_:body:)``. The code is `NoSuchKey` also if the bucket doesn't exist, because R2's response
    ///   has no body that tells the two apart.
    public func head(_ key: ObjectKey, conditions: ObjectConditions = .none) async throws -> ObjectMetadata {
        try await send(HeadObject(key, conditions: conditions))
    }

    /// Checks whether an object exists.
    /// - Parameter key: The key of the object.
    /// - Returns: `true` if R2 returns the object's metadata, `false` if it reports that the object doesn't exist.
    /// - Throws: See ``send(_:body:)``, except for the error that the object doesn't exist.
    public func exists(_ key: ObjectKey) async throws -> Bool {
        do {
            _ = try await head(key)
            return true
        } catch let error as R2Error where error.isNotFound {
            return false
        }
    }

    /// Fetches an object.
    /// - Parameters:
    ///   - key: The key of the object.
    ///   - range: The bytes to read, or `nil` for all of them.
    ///   - conditions: Conditions that the object must meet.
    /// - Returns: The object's metadata and a stream of its body.
    /// - Throws: See ``stream(_:)``.
    public func get(
        _ key: ObjectKey, range: ByteRange? = nil, conditions: ObjectConditions = .none
    ) async throws -> R2ObjectStream {
        try await stream(GetObject(key, range: range, conditions: conditions))
    }

    /// Fetches an object with an operation that you configured.
    ///
    /// The request is retried until the body starts to arrive. After that, the body's sequence throws the error. To
    /// continue, request the remaining range with the precondition that the ETag still matches.
    ///
    /// ```swift
    /// let stream = try await client.stream(GetObject(key))
    /// for try await chunk in stream.body { try await writer.write(chunk) }
    /// ```
    /// - Parameter operation: The operation, which names the object and the range to read.
    /// - Returns: The object's metadata and a stream of its body.
    /// - Throws: See ``send(_:body:)``.
    public func stream(_ operation: GetObject) async throws -> R2ObjectStream {
        let admission = try core.gate.enter(admission)
        do {
            return try await core.telemetry.withSpan(of: operation) { span in
                try await RetryingCall(self, operation, .none, span).run { response in
                    try await R2ObjectStream(response, to: operation, core, admission)
                }
            }
        } catch {
            admission.leave()
            throw error
        }
    }

    /// Fetches an object and passes its body to a closure, within the attempt that receives it.
    ///
    /// This takes no task in addition to the attempt's. The request is retried until the body starts to arrive.
    /// - Parameters:
    ///   - operation: The operation, which names the object and the range to read.
    ///   - check: A closure that receives the object's metadata before its body.
    ///   - take: A closure that receives the body, chunk by chunk.
    /// - Throws: An ``ObjectBodyError`` once the body has started to arrive, which wraps an error thrown by `check`,
    ///   `take` or the connection. Before that, see ``send(_:body:)``.
    func read(
        _ operation: GetObject, check: @escaping @Sendable (ObjectMetadata) throws -> Void,
        _ take: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        let admission = try core.gate.enter(admission)
        defer { admission.leave() }
        try await core.telemetry.withSpan(of: operation) { span in
            try await RetryingCall(self, operation, .none, span).run { response in
                let body = try await ObjectBody(response, to: operation)
                do {
                    try check(body.metadata)
                    try await body.forEach { chunk in
                        try await take(chunk)
                        return true
                    }
                } catch {
                    throw ObjectBodyError(underlyingError: error)
                }
            }
        }
    }

    /// Stores bytes as an object, in one request.
    /// - Parameters:
    ///   - bytes: The object's body.
    ///   - key: The key of the object.
    ///   - properties: The object's headers and metadata, such as the content type.
    ///   - conditions: Conditions that the existing object must meet. If they fail, nothing is stored.
    /// - Returns: The ETag and other properties of the stored object.
    /// - Throws: See ``send(_:body:)``.
    @discardableResult
    public func put(
        _ bytes: ByteBuffer, to key: ObjectKey, properties: ObjectProperties = ObjectProperties(),
        conditions: ObjectConditions = .none
    ) async throws -> PutObject.Output {
        try await put(.bytes(bytes), to: key, properties: properties, conditions: conditions)
    }

    /// Stores a sequence of bytes as an object, in one request.
    /// - Parameters:
    ///   - bytes: The object's body.
    ///   - key: The key of the object.
    ///   - properties: The object's headers and metadata, such as the content type.
    ///   - conditions: Conditions that the existing object must meet. If they fail, nothing is stored.
    /// - Returns: The ETag and other properties of the stored object.
    /// - Throws: See ``send(_:body:)``.
    @discardableResult
    public func put(
        _ bytes: some Sequence<UInt8>, to key: ObjectKey, properties: ObjectProperties = ObjectProperties(),
        conditions: ObjectConditions = .none
    ) async throws -> PutObject.Output {
        try await put(.bytes(ByteBuffer(bytes: bytes)), to: key, properties: properties, conditions: conditions)
    }

    /// Stores a file as an object, in one request.
    ///
    /// The file is read while it is sent. Its length is the one that it has when the call starts.
    /// - Parameters:
    ///   - path: The path of a regular file.
    ///   - key: The key of the object.
    ///   - properties: The object's headers and metadata, such as the content type.
    ///   - conditions: Conditions that the existing object must meet. If they fail, nothing is stored.
    /// - Returns: The ETag and other properties of the stored object.
    /// - Throws: See ``send(_:body:)``. An ``R2FileError`` if the file can't be read.
    @discardableResult
    public func put(
        fileAt path: String, to key: ObjectKey, properties: ObjectProperties = ObjectProperties(),
        conditions: ObjectConditions = .none
    ) async throws -> PutObject.Output {
        let length = try await TransferFile.reading(path).checkedSize()
        return try await put(.file(path, length: length), to: key, properties: properties, conditions: conditions)
    }

    /// Stores a body of known length as an object, in one request.
    /// - Parameters:
    ///   - body: The object's body, such as `.sequence(chunks, length: 1024)`.
    ///   - key: The key of the object.
    ///   - properties: The object's headers and metadata, such as the content type.
    ///   - conditions: Conditions that the existing object must meet. If they fail, nothing is stored.
    /// - Returns: The ETag and other properties of the stored object.
    /// - Throws: See ``send(_:body:)``.
    @discardableResult
    public func put(
        _ body: R2RequestBody, to key: ObjectKey, properties: ObjectProperties = ObjectProperties(),
        conditions: ObjectConditions = .none
    ) async throws -> PutObject.Output {
        let operation = PutObject(
            key, contentLength: body.length, properties: properties, conditions: conditions)
        return try await send(operation, body: body)
    }

    /// Copies an object within R2.
    /// - Parameters:
    ///   - source: The object to copy.
    ///   - key: The key of the copy.
    ///   - metadata: The way to derive the copy's headers and metadata.
    /// - Returns: The ETag and other properties of the copy.
    /// - Throws: See ``send(_:body:)``.
    @discardableResult
    public func copy(
        _ source: CopySource, to key: ObjectKey, metadata: CopyObject.Metadata = .copy
    ) async throws -> CopyObject.Output {
        try await send(CopyObject(source, to: key, metadata: metadata))
    }

    /// Deletes an object.
    ///
    /// Succeeds even if the object doesn't exist.
    /// - Parameter key: The key of the object.
    /// - Throws: See ``send(_:body:)``.
    public func delete(_ key: ObjectKey) async throws { try await send(DeleteObject(key)) }
}
#endif
