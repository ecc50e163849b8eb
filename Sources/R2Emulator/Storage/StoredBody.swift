#if Emulator
internal import NIOCore

/// The bytes of an object or a part, which never change.
///
/// The storage is freed when nothing refers to the body anymore, so that a reader can finish after the object was
/// replaced.
protocol StoredBody: AnyObject, Sendable {
    /// The number of bytes.
    var length: Int64 { get }

    /// Reads a range, in pieces.
    func read(_ range: Range<Int64>, _ consume: (ByteBuffer) async throws -> Void) async throws
}

/// A writer for a new body.
protocol BodyWriter: Sendable {
    /// Adds bytes.
    mutating func write(_ bytes: ByteBuffer) async throws

    /// Returns the body. A writer that is released before that leaves nothing behind.
    mutating func finish() async throws -> any StoredBody
}

/// A place where buckets are kept.
///
/// The functions that aren't `async` may block. They are called one at a time, and an action is final when its function
/// returns.
protocol StorageBackend: Sendable {
    /// A Boolean value that indicates whether the functions block, so that they must run on a thread of their own.
    var blocks: Bool { get }

    /// Returns a writer for a new body.
    /// - Parameter length: The expected length in bytes, if it's known.
    /// - Returns: The writer.
    /// - Throws: An error if there is no room for the body.
    func makeWriter(length: Int64?) async throws -> any BodyWriter

    /// Returns another body with the same bytes, for a copy.
    func duplicate(_ body: any StoredBody) async throws -> any StoredBody

    /// Returns one body with the bytes of others, in order.
    func join(_ bodies: [any StoredBody]) async throws -> any StoredBody

    /// Returns the buckets that an earlier emulator left behind.
    func load() throws -> [BucketState]

    /// Lets another emulator use the place. Nothing is saved afterwards.
    func close()

    func save(_ bucket: BucketState) throws
    func remove(_ bucket: BucketState) throws
    func save(_ object: ObjectRecord, replacing old: ObjectRecord?, in bucket: String) throws
    func remove(_ object: ObjectRecord, from bucket: String) throws
    func save(_ upload: UploadRecord, in bucket: String) throws
    func save(_ part: PartRecord, replacing old: PartRecord?, of upload: UploadRecord, in bucket: String) throws

    /// Removes an upload with its parts, and keeps its result.
    func end(_ upload: UploadRecord, _ result: FinishedUpload, in bucket: String) throws
}
#endif
