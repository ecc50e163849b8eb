#if Storage
/// The progress of a transfer.
public struct TransferProgress: Sendable, Hashable, Codable {
    /// The number of the object's bytes transferred so far, including those of earlier runs.
    ///
    /// Never decreases, even when a part is sent again, and equals ``totalBytes`` at the end. An upload counts bytes
    /// when the connection accepts them, slightly before they arrive.
    public var bytesDone: Int64
    /// The size of the object, in bytes, or `nil` for a stream of unknown length that hasn't ended yet.
    public var totalBytes: Int64?

    /// Creates a progress value.
    /// - Parameters:
    ///   - bytesDone: The number of bytes transferred so far.
    ///   - totalBytes: The size of the object, in bytes, or `nil` if it isn't known.
    public init(bytesDone: Int64, totalBytes: Int64?) {
        self.bytesDone = bytesDone
        self.totalBytes = totalBytes
    }

    /// The fraction of the bytes transferred so far, from 0 to 1, or `nil` if the total isn't known.
    public var fraction: Double? {
        totalBytes.map { $0 == 0 ? 1 : Double(bytesDone) / Double($0) }
    }
}

/// A policy for the remains of a transfer that fails or is cancelled.
public enum FailurePolicy: String, Sendable, Hashable, Codable {
    /// Keeps what has been transferred, so that the error's resume token can continue from there.
    ///
    /// R2 stores and bills the parts of an upload until the upload is resumed or aborted, or until the bucket's
    /// lifecycle rule removes them (after seven days by default).
    case keepForResume
    /// Aborts an upload, or removes the partial file of a download.
    case abort
}
#endif
