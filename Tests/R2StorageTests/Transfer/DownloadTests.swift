#if Storage
import NIOCore
import NIOHTTP1
import R2Kit
import R2Storage
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct DownloadTests {
    private static let size: Int64 = 1_000_003
    /// Sixteen ranges of it.
    private static func options(
        concurrency: Int = 3, onFailure: FailurePolicy = .abort
    ) -> DownloadOptions {
        DownloadOptions(rangeLength: 65_536, concurrency: concurrency, onFailure: onFailure)
    }

    @Test(arguments: [0, 1, 65_536, 65_537, Self.size]) func `an object is downloaded to a file`(size: Int64)
        async throws
    {
        try await TransferFixture.run { fixture in
            let bytes = pattern(size)
            fixture.bucket.store(fixture.key.rawValue, bytes)
            let download = fixture.client.makeDownload(
                fixture.key, to: .file(fixture.path("target")), options: Self.options())
            let result = try await download.run()
            #expect(fixture.contents("target") == bytes)
            #expect(fixture.files == ["target"])
            #expect(result.size == size)
            #expect(result.bytesReceived == size)
            #expect(result.etag.opaqueValue == fixture.object?.etag)
            var progress = download.progress.makeAsyncIterator()
            #expect(await progress.next(isolation: nil) == TransferProgress(bytesDone: size, totalBytes: size))
            #expect(download.token == nil)
        }
    }

    @Test func `all ranges are of the same version`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(Self.size))
            try await fixture.client.download(
                fixture.key, to: .file(fixture.path("target")), options: Self.options())
            let gets = fixture.bucket.requests.filter { $0.name == "GetObject" }
            #expect(gets.count == 16)
            #expect(Set(gets.map { $0.headers["if-match"] }) == ["\"\(fixture.object?.etag ?? "")\""])
            #expect(Set(gets.compactMap { $0.headers["range"] }).count == 16)
        }
    }

    @Test(arguments: [FailurePolicy.abort, .keepForResume], [false, true])
    func `an object that changes during the download is an error and keeps the target`(
        policy: FailurePolicy, isDeleted: Bool
    ) async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(Self.size))
            _ = try fixture.file(ByteBuffer(string: "old"), "target")
            fixture.bucket.fail(
                "GetObject",
                .work { bucket in
                    let key = fixture.key.rawValue
                    if isDeleted { bucket.remove(key) } else { bucket.store(key, pattern(Self.size, seed: 2)) }
                })
            let error = try await transferError { () async throws(TransferError) in
                try await fixture.client.download(
                    fixture.key, to: .file(fixture.path("target")), options: Self.options(onFailure: policy))
            }
            #expect(error.code == .objectChanged)
            #expect(error.downloadToken == nil)
            #expect(fixture.contents("target") == ByteBuffer(string: "old"))
            #expect(fixture.files == ["target"])
        }
    }

    @Test func `the target is replaced when the download is complete`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(Self.size))
            _ = try fixture.file(ByteBuffer(string: "old"), "target")
            let latch = Latch()
            let download = fixture.client.makeDownload(
                fixture.key, to: .file(fixture.path("target")), options: Self.options(concurrency: 2))
            fixture.bucket.fail("GetObject", .wait(latch))
            async let result = download.run()
            try await eventually("all other ranges are written") { download.token?.finishedRanges.count == 15 }
            #expect(fixture.contents("target") == ByteBuffer(string: "old"))
            #expect(fixture.files.count == 2)
            latch.open()
            _ = try await result
            #expect(fixture.contents("target") == pattern(Self.size))
            #expect(fixture.files == ["target"])
        }
    }

    @Test func `an interrupted connection continues at its position`() async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(3_000_000)
            fixture.bucket.store(fixture.key.rawValue, bytes)
            fixture.bucket.fail("GetObject", times: 3, .cut(after: 500_000))
            var options = DownloadOptions()
            options.rangeLength = 4 * mebibyte
            let result = try await fixture.client.download(
                fixture.key, to: .file(fixture.path("target")), options: options)
            #expect(fixture.contents("target") == bytes)
            let ranges = fixture.bucket.requests.compactMap { $0.headers["range"] }
            #expect(ranges.count == 4)
            #expect(ranges.first == "bytes=0-2999999")
            // Only bytes in transit when the connection broke may be lost.
            #expect(result.bytesReceived == 3_000_000)
        }
    }

    /// Sixteen ranges that are interrupted once each, and one that is interrupted six times.
    ///
    /// Bytes may be lost when a connection breaks, so each attempt must leave enough to count as progress.
    @Test(arguments: [(Self.size, 65_536, 1000), (24 * mebibyte, 24 * mebibyte, 4_000_000)])
    func `a recovered failure doesn't use up the retries`(
        _ size: Int64, _ rangeLength: Int64, _ cut: Int
    ) async throws {
        try await TransferFixture.run(retry: RetryPolicy(maximumAttempts: 3, budget: 2)) { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(size))
            let isOneRange = size == rangeLength
            for _ in 0..<(isOneRange ? 6 : 16) {
                fixture.bucket.fail("GetObject", .cut(after: cut))
                if !isOneRange { fixture.bucket.fail("GetObject", .work { _ in }) }
            }
            try await fixture.client.download(
                fixture.key, to: .file(fixture.path("target")),
                options: DownloadOptions(rangeLength: rangeLength, concurrency: 1))
            #expect(fixture.contents("target") == pattern(size))
        }
    }

    @Test func `a download without progress ends`() async throws {
        try await TransferFixture.run(retry: RetryPolicy(maximumAttempts: 3)) { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(1000))
            fixture.bucket.fail("GetObject", times: 100, .cut(after: 0))
            let error = try await transferError { () async throws(TransferError) in
                try await fixture.client.download(fixture.key, to: .file(fixture.path("target")))
            }
            #expect(error.code == .requestFailed)
            #expect(error.r2Error?.code == .connectionFailed)
            #expect(fixture.bucket.count("GetObject") <= 9)
            #expect(fixture.files.isEmpty)
        }
    }

    @Test func `an object of an impossible size is an ordinary error`() async throws {
        try await StubServer.run { request in
            request.method == "HEAD" ? .head(.max) : .error(403, "AccessDenied")
        } _: { server in
            let (client, key) = (try server.client(), try Fixture.key())
            let error = try await transferError { () async throws(TransferError) in
                try await client.download(key, to: .sink { _ in })
            }
            #expect(error.r2Error?.code == .accessDenied)
        }
    }

    @Test func `a missing object leaves no file`() async throws {
        try await TransferFixture.run { fixture in
            let error = try await transferError { () async throws(TransferError) in
                try await fixture.client.download(fixture.key, to: .file(fixture.path("target")))
            }
            #expect(error.r2Error?.isNotFound == true)
            #expect(fixture.files.isEmpty)
        }
    }

    @Test func `an object with another ETag isn't downloaded`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(10))
            let options = DownloadOptions(etag: try ETag("9b2cf535f27731c974343645a3985328"))
            let error = try await transferError { () async throws(TransferError) in
                try await fixture.client.download(fixture.key, to: .file(fixture.path("target")), options: options)
            }
            #expect(error.code == .objectChanged && error.message.contains("doesn't have the requested ETag"))
            #expect(fixture.files.isEmpty)
        }
    }

    @Test func `a target that can't be written has its own error code`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(10))
            for target in [fixture.path("missing/target"), fixture.directory] {
                let error = try await transferError { () async throws(TransferError) in
                    try await fixture.client.download(fixture.key, to: .file(target))
                }
                #expect(error.code == .targetFailed)
            }
            // Detected before anything is fetched.
            #expect(fixture.bucket.count("GetObject") == 0)
            #expect(fixture.files.isEmpty)
        }
    }

    @Test func `a symbolic link stays, and the file that it names keeps its permissions`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(10))
            let (target, link) = (try fixture.file(ByteBuffer(string: "old"), "target"), fixture.path("link"))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: target)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target")
            try await fixture.client.download(fixture.key, to: .file(link))
            #expect(fixture.contents("target") == pattern(10))
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target")
            let attributes = try FileManager.default.attributesOfItem(atPath: target)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(fixture.files == ["link", "target"])
        }
    }

    @Test func `a FIFO is an error before anything is requested`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(10))
            let link = fixture.path("link")
            try #require(mkfifo(fixture.path("fifo"), 0o600) == 0)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "fifo")
            let error = try await transferError { () async throws(TransferError) in
                try await fixture.client.download(fixture.key, to: .file(link))
            }
            #expect(error.code == .targetFailed)
            #expect(fixture.bucket.requests.isEmpty)
            #expect(fixture.files == ["fifo", "link"])
        }
    }

    @Test func `a file that is created during the download is replaced only if that is allowed`() async throws {
        try await TransferFixture.run { fixture in
            let path = fixture.path("target")
            fixture.bucket.store(fixture.key.rawValue, pattern(Self.size))
            fixture.bucket.fail("GetObject", .work { _ in _ = try? fixture.file(ByteBuffer(string: "new"), "target") })
            let error = try await transferError { () async throws(TransferError) in
                try await fixture.client.download(
                    fixture.key, to: .file(path, replacesExisting: false),
                    options: Self.options(onFailure: .keepForResume))
            }
            #expect(error.code == .targetFailed)
            #expect((error.underlyingError as? R2FileError)?.errorNumber == EEXIST)
            #expect(fixture.contents("target") == ByteBuffer(string: "new"))
            let token = try #require(error.downloadToken)
            // It still exists at the start.
            let count = fixture.bucket.requests.count
            let again = try await transferError { () async throws(TransferError) in
                try await fixture.client.resume(token, to: .file(path, replacesExisting: false))
            }
            #expect(again.code == .targetFailed && again.downloadToken == token)
            #expect(fixture.bucket.requests.count == count)
            #expect(try await fixture.client.resume(token, to: .file(path)).bytesReceived == 0)
            #expect(fixture.contents("target") == pattern(Self.size))
            #expect(fixture.files == ["target"])
        }
    }

    @Test func `a new file is created without replacing one`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(Self.size))
            try await fixture.client.download(
                fixture.key, to: .file(fixture.path("a: new file?"), replacesExisting: false))
            #expect(fixture.contents("a: new file?") == pattern(Self.size))
            #expect(fixture.files == ["a: new file?"])
        }
    }

    #if os(Linux)
    @Test func `an object that is too large for the disk is an error before its content is requested`() async throws {
        try await StubServer.run { request in
            request.method == "HEAD" ? .head(.max) : .error(403, "AccessDenied")
        } _: { server in
            let scratch = try Scratch()
            // Not every file system can reserve space.
            let probe = try await RunningProgram.run(
                "/usr/bin/fallocate", ["-n", "-l", "1", scratch.path("probe")], environment: [:])
            guard probe.status == 0 else { return }
            try FileManager.default.removeItem(atPath: scratch.path("probe"))
            let (client, key) = (try server.client(), try Fixture.key())
            let error = try await transferError { () async throws(TransferError) in
                try await client.download(key, to: .file(scratch.path("target")))
            }
            #expect(error.code == .diskFull || error.code == .targetFailed)
            #expect(error.downloadToken == nil)
            #expect(server.requests.map(\.method) == ["HEAD"])
            #expect(try scratch.names().isEmpty)
        }
    }
    #endif

    @Test func `a cancelled download doesn't wait for a response`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(Self.size))
            let latch = Latch()
            fixture.bucket.fail("GetObject", .wait(latch))
            let download = fixture.client.makeDownload(
                fixture.key, to: .file(fixture.path("target")), options: Self.options())
            let running = Task { () -> TransferError? in
                do throws(TransferError) { _ = try await download.run() } catch { return error }
                return nil
            }
            try await eventually("the download is under way") { (download.token?.finishedRanges.count ?? 0) > 0 }
            running.cancel()
            let error = await running.value
            #expect(error?.code == .cancelled)
            #expect(error?.downloadToken == nil)
            #expect(fixture.files.isEmpty)
        }
    }
}
#endif
