#if Storage
public import NIOCore
public import R2Kit

extension R2Client {
    /// Asks about an object, without its content.
    /// - Parameters:
    ///   - key: The object.
    ///   - conditions: What must hold of it.
    /// - Returns: What is told of it.
    /// - Throws: As ``send(_:body:)`` does; `NoSuchKey` also if it is the bucket that is missing.
    public func head(_ key: ObjectKey, conditions: ObjectConditions = .none) async throws -> ObjectHead {
        try await send(HeadObject(key, conditions: conditions))
    }

    /// Whether there is an object under a key.
    /// - Parameter key: The key.
    /// - Returns: Whether there is one.
    /// - Throws: As ``send(_:body:)`` does, for other errors than that there is none.
    public func exists(_ key: ObjectKey) async throws -> Bool {
        do {
            _ = try await head(key)
            return true
        } catch let error as R2Error where error.isNotFound {
            return false
        }
    }

    /// Asks for an object, and hands over its content as it arrives.
    /// - Parameters:
    ///   - key: The object.
    ///   - range: The bytes to read; all if `nil`.
    ///   - conditions: What must hold of it.
    /// - Returns: What is told of the object, and its content.
    /// - Throws: As ``send(_:body:)`` does.
    public func get(
        _ key: ObjectKey, range: ByteRange? = nil, conditions: ObjectConditions = .none
    ) async throws -> R2ObjectStream {
        try await stream(GetObject(key, range: range, conditions: conditions))
    }

    /// Stores bytes as an object, in one request.
    /// - Parameters:
    ///   - bytes: The content.
    ///   - key: Where it goes.
    ///   - properties: What is kept with it, such as the content type.
    ///   - conditions: What must hold of the object under the key, or nothing is stored.
    /// - Returns: The version.
    /// - Throws: As ``send(_:body:)`` does.
    @discardableResult
    public func put(
        _ bytes: ByteBuffer, to key: ObjectKey, properties: ObjectProperties = ObjectProperties(),
        conditions: ObjectConditions = .none
    ) async throws -> PutObject.Output {
        try await put(.bytes(bytes), to: key, properties: properties, conditions: conditions)
    }

    /// Stores bytes as an object, in one request.
    /// - Parameters:
    ///   - bytes: The content.
    ///   - key: Where it goes.
    ///   - properties: What is kept with it, such as the content type.
    ///   - conditions: What must hold of the object under the key, or nothing is stored.
    /// - Returns: The version.
    /// - Throws: As ``send(_:body:)`` does.
    @discardableResult
    public func put(
        _ bytes: some Sequence<UInt8>, to key: ObjectKey, properties: ObjectProperties = ObjectProperties(),
        conditions: ObjectConditions = .none
    ) async throws -> PutObject.Output {
        try await put(.bytes(ByteBuffer(bytes: bytes)), to: key, properties: properties, conditions: conditions)
    }

    /// Stores a file as an object, in one request.
    ///
    /// The file is read while it is sent, from its beginning to the end that it has when the call begins.
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - key: Where it goes.
    ///   - properties: What is kept with it, such as the content type.
    ///   - conditions: What must hold of the object under the key, or nothing is stored.
    /// - Returns: The version.
    /// - Throws: As ``send(_:body:)`` does; ``R2FileError`` if the file cannot be read.
    @discardableResult
    public func put(
        fileAt path: String, to key: ObjectKey, properties: ObjectProperties = ObjectProperties(),
        conditions: ObjectConditions = .none
    ) async throws -> PutObject.Output {
        let length = try await TransferFile.reading(path).status().size
        return try await put(.file(path, length: length), to: key, properties: properties, conditions: conditions)
    }

    /// Stores a body of known length as an object, in one request.
    /// - Parameters:
    ///   - body: The content, such as `.sequence(chunks, length: 1024)`.
    ///   - key: Where it goes.
    ///   - properties: What is kept with it, such as the content type.
    ///   - conditions: What must hold of the object under the key, or nothing is stored.
    /// - Returns: The version.
    /// - Throws: As ``send(_:body:)`` does.
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
    ///   - source: What is copied.
    ///   - key: Where the copy goes.
    ///   - metadata: What becomes of the properties.
    /// - Returns: The copy's version.
    /// - Throws: As ``send(_:body:)`` does.
    @discardableResult
    public func copy(
        _ source: CopySource, to key: ObjectKey, metadata: CopyObject.Metadata = .copy
    ) async throws -> CopyObject.Output {
        try await send(CopyObject(source, to: key, metadata: metadata))
    }

    /// Deletes an object; that there is none is no error.
    /// - Parameter key: The object.
    /// - Throws: As ``send(_:body:)`` does.
    public func delete(_ key: ObjectKey) async throws { try await send(DeleteObject(key)) }
}
#endif
