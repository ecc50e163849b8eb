#if Storage
internal import NIOCore
internal import Synchronization

/// Writes a range's chunks to their place in the partial file, several at a time.
final class RangeWriter: Sendable {
    private struct State {
        /// Where the first of the gathered chunks belongs.
        var position: Int64
        var gathered: [ByteBuffer] = []
        var count = 0
    }

    /// How much is gathered before it is written.
    private static let writeLength = 512 * 1024

    private let file: PartialFile
    private let meter: ProgressMeter
    private let state: Mutex<State>

    init(_ file: PartialFile, at position: Int64, _ meter: ProgressMeter) {
        self.file = file
        self.meter = meter
        state = Mutex(State(position: position))
    }

    func take(_ chunk: ByteBuffer) async throws {
        meter.count(moved: Int64(chunk.readableBytes))
        let isEnough = state.withLock { state in
            state.gathered.append(chunk)
            state.count += chunk.readableBytes
            return state.count >= Self.writeLength
        }
        if isEnough { try await flush() }
    }

    /// Writes what has been gathered.
    func flush() async throws {
        let ready = state.withLock { state in
            defer { state = State(position: state.position + Int64(state.count)) }
            return state
        }
        guard ready.count > 0 else { return }
        do { try await file.write(ready.gathered, at: ready.position) } catch let error as R2FileError {
            throw TransferError.target(error)
        }
        meter.count(done: Int64(ready.count))
    }
}
#endif
