#if Storage
/// How far a transfer has come.
public struct TransferProgress: Sendable, Hashable {
    /// How many of the object's bytes have been transferred, those of earlier attempts included.
    ///
    /// It never becomes less, also when something is sent again, and equals ``totalBytes`` at the end. Bytes of an
    /// upload count when the connection has taken them, which is a little before they arrive.
    public var bytesDone: Int64
    /// How many bytes the object has; `nil` until the end of a stream of unknown length has been seen.
    public var totalBytes: Int64?

    /// Combines the two.
    public init(bytesDone: Int64, totalBytes: Int64?) {
        self.bytesDone = bytesDone
        self.totalBytes = totalBytes
    }

    /// What part of the bytes has been transferred, from 0 to 1; `nil` while the total is not known.
    public var fraction: Double? {
        totalBytes.map { $0 == 0 ? 1 : Double(bytesDone) / Double($0) }
    }
}
#endif
