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
        reader.respond()
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

    @Test func `an upload without a share of the line waits while another one moves`() async throws {
        try await SharedLine.run { line in
            // Twice the stall timeout, and less than several shares.
            for _ in 0..<3 { try await line.drip(advancing: .seconds(45)) }
            #expect(!line.isFirstOver)
            try await line.finish(0)
            #expect(await line.first.value == nil)
            try await line.finish(1)
            #expect(await line.second.value == nil)
        }
    }

    @Test func `an upload without a share of the line is given up after the other has sent several shares`()
        async throws
    {
        try await SharedLine.run { line in
            while !line.isFirstOver, line.received < SharedLine.length {
                try await line.drip(advancing: .seconds(20))
            }
            #expect(await line.first.value?.code == .timedOut)
            // More than a few times the buffers of a connection, and less than everything.
            #expect((2_400_000...6_000_000).contains(line.received))
            try await line.finish(1)
            #expect(await line.second.value == nil)
        }
    }

    @Test func `an upload without a share of the line is given up when the line stops`() async throws {
        try await SharedLine.run { line in
            for _ in 0..<3 { try await line.drip(advancing: .seconds(45)) }
            #expect(!line.isFirstOver)
            try await eventually("both are given up") {
                line.manual.advance(by: .seconds(5))
                return line.areBothOver
            }
            #expect(await line.first.value?.code == .timedOut)
            #expect(await line.second.value?.code == .timedOut)
        }
    }
}

/// Two uploads on one slow line: the first has filled its buffers and doesn't move, the second moves when a test says
/// so.
private final class SharedLine: Sendable {
    static let length = 8 * 1024 * 1024
    /// The length of a chunk.
    private static let dripLength = 256 * 1024

    private let reader: SlowReader
    let manual = ManualEnvironment(isStopped: true)
    let first: Task<R2Error?, Never>
    let second: Task<R2Error?, Never>
    private let state: Counts

    private final class Counts: Sendable {
        let sent = Mutex([0, 0])
        let received = Mutex([0, 0])
        let isOver = Mutex([false, false])
    }

    private init() async throws {
        let (reader, counts, length) = (try SlowReader(), Counts(), Self.length)
        let client = R2Client(
            try Fixture.config(port: reader.port), configuration: .init(retry: .none), environment: manual.environment)
        let key = try Fixture.key()
        let upload = { @Sendable (number: Int) in
            let body = R2RequestBody.bytes(ByteBuffer(repeating: 1, count: length)) { count in
                counts.sent.withLock { $0[number] += count }
            }
            let error = await r2Error { _ = try await client.put(body, to: key) }
            counts.isOver.withLock { $0[number] = true }
            return error
        }
        (self.reader, state) = (reader, counts)
        first = Task { await upload(0) }
        try await reader.readHead()
        try await eventually("the first upload fills its buffers") { counts.sent.withLock { $0[0] } > 0 }
        second = Task { await upload(1) }
        try await reader.readHead()
    }

    static func run(_ test: (SharedLine) async throws -> Void) async throws {
        let line = try await SharedLine()
        do { try await test(line) } catch {
            await line.stop()
            throw error
        }
        await line.stop()
    }

    var isFirstOver: Bool { state.isOver.withLock { $0[0] } }
    var areBothOver: Bool { state.isOver.withLock { $0 == [true, true] } }

    /// The number of bytes of the second upload that have arrived.
    var received: Int { state.received.withLock { $0[1] } }

    /// Moves bytes of the second upload until its connection accepts more, and lets the watchdog check both.
    func drip(advancing duration: Duration) async throws {
        let before = state.sent.withLock { $0[1] }
        // The clock stands still in the meantime.
        while !hasAccepted(moreThan: before) {
            try await read(min(Self.dripLength, Self.length - received), of: 1)
            // The system may need room for more than a chunk before it accepts the next.
            for _ in 0..<100 where !hasAccepted(moreThan: before) { try await Task.sleep(for: .milliseconds(2)) }
        }
        try await manual.advanceAndWait(by: duration)
    }

    private func hasAccepted(moreThan count: Int) -> Bool {
        received == Self.length || state.isOver.withLock { $0[1] } || state.sent.withLock { $0[1] } > count
    }

    /// Reads the rest of an upload, and responds.
    func finish(_ number: Int) async throws {
        try await read(Self.length - state.received.withLock { $0[number] }, of: number)
        reader.respond(on: number)
    }

    private func read(_ count: Int, of number: Int) async throws {
        try await reader.read(count, from: number)
        state.received.withLock { $0[number] += count }
    }

    private func stop() async {
        first.cancel()
        second.cancel()
        _ = (await first.value, await second.value)
        reader.stop()
    }
}
#endif
