#if Storage
import NIOCore
import R2Kit
import R2Storage
import Synchronization

/// Many small uploads and downloads at the same time.
struct Load {
    let count: Int
    let concurrency: Int

    func run() async throws {
        let client = R2Client(owningHTTPClientFor: try R2Config())
        let content = ByteBuffer(repeating: 7, count: 1024)
        let counter = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<concurrency {
                group.addTask {
                    let key = try ObjectKey("load/\(worker)")
                    while true {
                        let number = counter.next()
                        guard number <= count else { return }
                        _ = try await client.put(content, to: key)
                        let stored = try await client.get(key).collect(upTo: 4096)
                        guard stored == content else { throw LoadError(number: number) }
                        if number.isMultiple(of: max(1, count / 10)) { print("rss", MemoryUse.now() / 1024, number) }
                    }
                }
            }
            try await group.waitForAll()
        }
        print("done", count)
        try await client.shutdown()
        print("closed")
    }
}

/// A counter from 1 for several tasks.
private final class Counter: Sendable {
    private let last = Atomic(0)

    func next() -> Int { last.add(1, ordering: .relaxed).newValue }
}

/// An error that reports a download that differs from the upload.
struct LoadError: Error {
    let number: Int
}
#endif
