#if Storage
internal import NIOCore
internal import Synchronization

/// The content of an object as a sequence of chunks.
///
/// Each iterator runs its own download.
struct ObjectBytes: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = TransferError

    private let makeDownload: @Sendable (DownloadTarget) -> R2Download

    init(_ makeDownload: @escaping @Sendable (DownloadTarget) -> R2Download) { self.makeDownload = makeDownload }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: Reader(makeDownload)) }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: Reader

        mutating func next() async throws(TransferError) -> ByteBuffer? { try await reader.next() }
    }

    /// A download that starts with the first chunk, and is cancelled when the reader is released.
    fileprivate final class Reader: Sendable {
        private struct State: Sendable {
            var chunk: ByteBuffer?
            /// The result after the last chunk: `nil`, or an error.
            var end: Result<ByteBuffer?, TransferError>?
        }

        private let state: Monitor<State>
        private let download: R2Download
        private let task = Mutex<Task<Void, Never>?>(nil)

        init(_ makeDownload: (DownloadTarget) -> R2Download) {
            let state = Monitor(State())
            self.state = state
            download = makeDownload(.sink { chunk in try await Self.deliver(chunk, to: state) })
        }

        deinit { task.withLock { $0 }?.cancel() }

        func next() async throws(TransferError) -> ByteBuffer? {
            let task = startedTask()
            let next: Result<ByteBuffer?, TransferError>
            do {
                next = try await state.wait { state in
                    state.chunk.take().map { .success($0) } ?? state.end
                }
            } catch {
                // The download ends before its reader does, so that its token covers everything that was read.
                task.cancel()
                await task.value
                if case .failure(let error) = state.state.end { throw error }
                throw .download(error)
            }
            return try next.get()
        }

        private func startedTask() -> Task<Void, Never> {
            task.withLock { task in
                if let task { return task }
                let started = Task { [download, state] in
                    let end: Result<ByteBuffer?, TransferError>
                    do throws(TransferError) {
                        _ = try await download.run()
                        end = .success(nil)
                    } catch {
                        end = .failure(error)
                    }
                    state.change { $0.end = end }
                }
                task = started
                return started
            }
        }

        /// Returns when the reader has taken the chunk.
        private static func deliver(_ chunk: ByteBuffer, to state: Monitor<State>) async throws {
            state.change { $0.chunk = chunk }
            do {
                try await state.wait { $0.chunk == nil ? () : nil }
            } catch {
                // The reader may have taken the chunk in the meantime. Then it counts as read.
                if state.change({ $0.chunk.take() }) != nil { throw error }
            }
        }
    }
}
#endif
