#if Storage
public import NIOCore
public import R2Kit

/// An object whose body is arriving.
public struct R2ObjectStream: Sendable {
    /// The object's metadata.
    public let metadata: ObjectMetadata
    private let pump: BodyPump.Handle

    /// Creates a stream of the body of a response.
    /// - Throws: An `R2Error` if the response reports an error, or isn't a response to the operation.
    init(
        _ response: StreamedResponse, to operation: GetObject, _ core: ClientCore, _ admission: ShutdownGate.Admission
    ) async throws {
        var body = try await ObjectBody(response, to: operation)
        body.countReceived = core.telemetry.receivedBytesCounter(of: GetObject.name)
        metadata = body.metadata
        pump = BodyPump.Handle(BodyPump(body, core.watchdog, admission))
    }

    /// The body, in chunks of any size, which can be read once.
    ///
    /// The sequence throws an `R2Error` if the connection fails or stalls, or if the body isn't as long as announced.
    /// If you drop the sequence, or cancel the task that reads it, the rest isn't fetched.
    public var body: some AsyncSequence<ByteBuffer, any Error> & Sendable { BodySequence(pump: pump) }

    /// Reads the whole body, or what hasn't been read of it.
    /// - Parameter limit: The maximum size of the object, in bytes. A buffer holds less than 4 GiB.
    /// - Returns: The bytes.
    /// - Throws: An `R2Error`, with the code `EntityTooLarge` if the object is larger than `limit`. Nothing is read in
    ///   that case.
    public func collect(upTo limit: Int) async throws -> ByteBuffer {
        let limit = min(limit, Int(UInt32.max))
        guard metadata.contentLength <= Int64(limit) else {
            throw R2Error(
                .entityTooLarge,
                "The object is too large to collect: it has \(metadata.contentLength) bytes, and the limit is \(limit)."
            )
        }
        return try await pump.pump.collect(length: Int(metadata.contentLength))
    }
}

private struct BodySequence: AsyncSequence, Sendable {
    let pump: BodyPump.Handle

    struct AsyncIterator: AsyncIteratorProtocol {
        let pump: BodyPump.Handle

        mutating func next() async throws -> ByteBuffer? { try await pump.pump.next() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pump: pump) }
}
#endif
