#if Emulator && os(Linux)
import Foundation
import R2Kit
import TestSupport
import Testing

@testable import R2Emulator

/// The memory of a process of its own, while bodies that are larger than the limit pass through it.
@Suite("Memory")
struct MemoryTests {
    private static let bodyLength = 192 << 20
    private static let limit = 100 << 20

    @Test func `bodies stream to their file and from it, also to a client that doesn't read`() async throws {
        let scratch = try Scratch()
        let (program, exports) = try await CommandTests.start(
            ["--port", "0", "--directory=\(scratch.path("store"))"])
        defer { program.kill() }
        let config = try R2Config(environment: exports)
        let port = try #require(config.endpoint.port)
        let key = try ObjectKey("large")
        let upload = try R2Presigner(config).presignUpload(
            to: key, constraints: UploadConstraints(contentLength: Int64(Self.bodyLength)))
        let piece = Array(repeating: UInt8(ascii: "x"), count: 1 << 20)
        let status = try await RawConnection.with(port: port) { exchange in
            try await exchange.send(Self.head("PUT", upload.url, port, ["Content-Length: \(Self.bodyLength)"]).utf8)
            for _ in 0..<Self.bodyLength / piece.count { try await exchange.send(piece) }
            return try await exchange.response().status
        }
        #expect(status == 200)
        #expect(try Self.peak(of: program) < Self.limit, "after the upload")

        let playback = try R2Presigner(config).presignPlayback(of: key)
        try await RawConnection.with(port: port) { idle in
            try await idle.send(Self.head("GET", playback.url, port).utf8)
            // Reads the headers and no more, while another client reads everything.
            let head = try await idle.receive(until: "\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 200"))
            try await RawConnection.with(port: port) { exchange in
                try await exchange.send(Self.head("GET", playback.url, port).utf8)
                _ = try await exchange.receive(until: "\r\n\r\n")
                for _ in 0..<Self.bodyLength / piece.count {
                    let isEqual = try await exchange.receive(piece.count) == piece
                    #expect(isEqual)
                }
            }
            #expect(try Self.peak(of: program) < Self.limit, "after the downloads")
        }
    }

    private static func head(_ method: String, _ url: String, _ port: Int, _ headers: [String] = []) -> String {
        let host = "127.0.0.1:\(port)"
        let target = url.split(separator: host, maxSplits: 1).last.map { String($0) } ?? "/"
        return (["\(method) \(target) HTTP/1.1", "Host: \(host)"] + headers).joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Returns the largest resident memory of a process so far, in bytes.
    private static func peak(of program: RunningProgram) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(program.processIdentifier)/status", encoding: .utf8)
        let kibibytes = status.firstMatch(of: /VmHWM:\s*(\d+) kB/).flatMap { Int($0.1) }
        return try #require(kibibytes) * 1024
    }
}
#endif
