#if Storage
public import NIOCore
internal import Synchronization

/// The content of an object in its order, fetched in several ranges at a time, all of one version.
///
/// ```swift
/// for try await chunk in client.bytes(of: key) { try await writer.write(chunk) }
/// ```
///
/// Each iterator is a download of its own. It begins when the first chunk is asked for, and is cancelled when the iterator
/// goes away, or the task that reads. Up to `rangeLength` times `concurrency` bytes are held for the reader, with the
/// defaults 64 MiB, and no more is fetched before they are read.
public struct R2Bytes: AsyncSequence, Sendable {
    /// Chunks of any size.
    public typealias Element = ByteBuffer
    /// Why the download failed, with a token that goes on after the last chunk that was read.
    public typealias Failure = TransferError

    private let download: @Sendable (DownloadTarget) -> R2Download

    init(_ download: @escaping @Sendable (DownloadTarget) -> R2Download) { self.download = download }

    /// Begins to read.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reading: Reading(download)) }

    /// Reads the content.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reading: Reading

        /// The next chunk; `nil` when the content has been read to its last byte.
        public mutating func next() async throws(TransferError) -> ByteBuffer? { try await reading.next() }
    }

    /// A download on its way to a reader, until nobody can read from it any more.
    fileprivate final class Reading: Sendable {
        private struct State: Sendable {
            var chunk: ByteBuffer?
            /// What comes after the last chunk: `nil`, or an error.
            var end: Result<ByteBuffer?, TransferError>?
        }

        private let state: Monitor<State>
        private let download: R2Download
        private let task = Mutex<Task<Void, Never>?>(nil)

        init(_ download: (DownloadTarget) -> R2Download) {
            let state = Monitor(State())
            self.state = state
            self.download = download(.sink { chunk in try await Self.hand(chunk, to: state) })
        }

        deinit { task.withLock { $0 }?.cancel() }

        func next() async throws(TransferError) -> ByteBuffer? {
            let task = started()
            let next: Result<ByteBuffer?, TransferError>
            do {
                next = try await state.wait { state in
                    state.chunk.take().map { .success($0) } ?? state.end
                }
            } catch {
                // The download ends before its reader does, so that its token tells all that was read.
                task.cancel()
                await task.value
                if case .failure(let error) = state.state.end { throw error }
                throw .download(error)
            }
            return try next.get()
        }

        private func started() -> Task<Void, Never> {
            task.withLock { task in
                if let task { return task }
                let begun = Task { [download, state] in
                    let end: Result<ByteBuffer?, TransferError>
                    do throws(TransferError) {
                        _ = try await download.run()
                        end = .success(nil)
                    } catch {
                        end = .failure(error)
                    }
                    state.change { $0.end = end }
                }
                task = begun
                return begun
            }
        }

        /// Returns when the reader has taken a chunk.
        private static func hand(_ chunk: ByteBuffer, to state: Monitor<State>) async throws {
            state.change { $0.chunk = chunk }
            do {
                try await state.wait { $0.chunk == nil ? () : nil }
            } catch {
                // The reader may have been faster: then the chunk counts as read.
                if state.change({ $0.chunk.take() }) != nil { throw error }
            }
        }
    }
}
#endif
