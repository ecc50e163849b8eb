#if Storage
internal import NIOCore
internal import Synchronization

/// A writer that collects a range's chunks, and writes them to the partial file several at a time.
final class FileRangeWriter: Sendable {
    private struct State {
        /// The offset of the first collected chunk.
        var position: Int64
        var chunks: [ByteBuffer] = []
        var byteCount = 0
    }

    /// The number of bytes to collect before writing them.
    private static let writeLength = 512 * 1024

    private let file: PartialFile
    private let meter: ProgressMeter
    private let state: Mutex<State>

    init(_ file: PartialFile, at position: Int64, meter: ProgressMeter) {
        self.file = file
        self.meter = meter
        state = Mutex(State(position: position))
    }

    /// Adds the next chunk.
    func append(_ chunk: ByteBuffer) async throws {
        meter.addTransferred(Int64(chunk.readableBytes))
        let isFull = state.withLock { state in
            state.chunks.append(chunk)
            state.byteCount += chunk.readableBytes
            return state.byteCount >= Self.writeLength
        }
        if isFull { try await flush() }
    }

    /// Writes the collected chunks.
    func flush() async throws {
        let ready = state.withLock { state in
            defer { state = State(position: state.position + Int64(state.byteCount)) }
            return state
        }
        guard ready.byteCount > 0 else { return }
        do { try await file.write(ready.chunks, at: ready.position) } catch let error as R2FileError {
            throw TransferError.target(error)
        }
        meter.addCompleted(Int64(ready.byteCount))
    }
}
#endif
