#if Storage && os(Linux)
import NIOCore
import R2Kit
import R2Storage
import Synchronization
import Testing

/// Uploads on lines that are slower than the system's buffers are large.
@Suite struct SlowLineTests {
    @Test func `an upload counts what has left the machine, and isn't given up while it moves`() async throws {
        let reader = try SlowReader()
        defer { reader.stop() }
        let manual = ManualEnvironment(isStopped: true)
        let client = R2Client(
            try Fixture.config(port: reader.port), configuration: .init(retry: .none), environment: manual.environment)
        let length = 8 * 1024 * 1024
        let sent = Mutex(0)
        let isOver = Mutex(false)
        let body = R2RequestBody.bytes(ByteBuffer(repeating: 1, count: length)) { count in sent.withLock { $0 += count }
        }
        let call = Task {
            defer { isOver.withLock { $0 = true } }
            return try await client.put(body, to: Fixture.key())
        }
        try await reader.readHead()
        var received = 0
        let drip = 128 * 1024
        while received < length, !isOver.withLock({ $0 }) {
            try await reader.read(drip)
            received += drip
            // What has arrived was counted, except for a part of a chunk.
            try await eventually("bytes are counted") {
                sent.withLock { $0 } >= received - 256 * 1024 || isOver.withLock { $0 }
            }
            // What was counted has almost arrived: the rest is in small buffers.
            #expect(sent.withLock { $0 } - received <= 1024 * 1024)
            manual.advance(by: .seconds(15))
        }
        reader.respond("HTTP/1.1 200 OK\r\netag: \"tag\"\r\ncontent-length: 0\r\n\r\n")
        _ = try await call.value
        #expect(sent.withLock { $0 } == length)
    }

    @Test func `a line that stops moving is given up`() async throws {
        let reader = try SlowReader()
        defer { reader.stop() }
        let manual = ManualEnvironment(isStopped: true)
        let client = R2Client(
            try Fixture.config(port: reader.port), configuration: .init(retry: .none), environment: manual.environment)
        let call = Task {
            await r2Error { try await client.put([UInt8](repeating: 1, count: 8_000_000), to: Fixture.key()) }
        }
        try await reader.readHead()
        let isOver = Mutex(false)
        let watch = Task {
            let error = await call.value
            isOver.withLock { $0 = true }
            return error
        }
        try await eventually("the upload is given up") {
            manual.advance(by: .seconds(5))
            return isOver.withLock { $0 }
        }
        #expect(await watch.value?.code == .timedOut)
    }
}
#endif
