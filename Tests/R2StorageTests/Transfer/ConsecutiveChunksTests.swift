#if Storage
import NIOCore
import TestSupport
import Testing

@testable import R2Storage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct ConsecutiveChunksTests {
    /// The error of a file that accepts nothing more.
    private struct FullFile: Error {}

    /// More chunks than the system takes at once, some of them empty, and some of them slices.
    private static func chunks(_ generator: inout SeededGenerator) -> [ByteBuffer] {
        (0..<300).map { _ in
            let size = Bool.random(using: &generator) ? Int.random(in: 0...3, using: &generator) : 700
            let bytes = (0..<size + 7).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            var chunk = ByteBuffer(bytes: bytes)
            chunk.moveReaderIndex(forwardBy: Int.random(in: 0...7, using: &generator))
            return chunk
        }
    }

    private static func joined(_ chunks: [ByteBuffer]) -> [UInt8] { chunks.flatMap { Array($0.readableBytesView) } }

    /// Appends up to `limit` bytes to a file, and returns their number.
    private static func append(_ memory: [iovec], upTo limit: Int, to file: inout [UInt8]) -> Int {
        let bytes = memory.flatMap { Array(UnsafeRawBufferPointer(start: $0.iov_base, count: $0.iov_len)) }
        file += bytes.prefix(limit)
        return min(limit, bytes.count)
    }

    @Test func `chunks arrive once and in order, however few bytes a call writes`() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("chunks: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let chunks = Self.chunks(&generator)
        var file: [UInt8] = []
        var largest = 0
        var consecutive = ConsecutiveChunks(chunks, at: 1000)
        try consecutive.write { memory, position in
            #expect(position == Int64(1000 + file.count))
            largest = max(largest, memory.count)
            return Self.append(memory, upTo: Int.random(in: 1...40_000, using: &generator), to: &file)
        }
        #expect(file == Self.joined(chunks))
        #expect(largest == ConsecutiveChunks.maximumCount)
    }

    @Test func `after an error, nothing more is written`() throws {
        var generator = SeededGenerator(seed: 1)
        let chunks = Self.chunks(&generator)
        var file: [UInt8] = []
        var calls = 0
        var consecutive = ConsecutiveChunks(chunks, at: 0)
        #expect(throws: FullFile.self) {
            try consecutive.write { memory, _ in
                calls += 1
                guard calls == 1 else { throw FullFile() }
                return Self.append(memory, upTo: 1001, to: &file)
            }
        }
        #expect(calls == 2)
        #expect(file == Array(Self.joined(chunks).prefix(1001)))
    }

    @Test func `a file has the chunks at their place`() async throws {
        var generator = SeededGenerator(seed: 2)
        let chunks = Self.chunks(&generator)
        let path = FileManager.default.temporaryDirectory.appending(path: "r2kit-chunks-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try await TransferFile.creating(LocalPath(path), isPrivate: true)
        try await file.write([], at: 3)
        try await file.write(chunks, at: 10)
        let expected = [UInt8](repeating: 0, count: 10) + Self.joined(chunks)
        #expect(try await file.read(at: 0, count: expected.count + 1) == ByteBuffer(bytes: expected))
    }
}
#endif
