#if Storage
import NIOCore
import R2Kit
import R2Storage
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct DownloadResumeTests {
    private static let size: Int64 = 1_000_003

    private static func options(onFailure: FailurePolicy = .keepForResume) -> DownloadOptions {
        DownloadOptions(rangeLength: 65_536, concurrency: 1, onFailure: onFailure)
    }

    /// Downloads five ranges, and returns the resume token.
    private static func interrupted(_ fixture: TransferFixture, to target: DownloadTarget) async throws
        -> R2Download.ResumeToken
    {
        fixture.bucket.store(fixture.key.rawValue, pattern(size))
        fixture.bucket.fail("GetObject", times: 5, .work { _ in })
        fixture.bucket.fail("GetObject", .error(403, "AccessDenied"))
        let error = try await transferError { () async throws(TransferError) in
            try await fixture.client.download(fixture.key, to: target, options: Self.options())
        }
        #expect(error.r2Error?.code == .accessDenied)
        #expect(error.cleanupError == nil)
        let token = try #require(error.downloadToken)
        let json = try JSONEncoder().encode(token)
        let read = try JSONDecoder().decode(R2Download.ResumeToken.self, from: json)
        #expect(read == token)
        return read
    }

    @Test func `ranges in the partial file aren't fetched again`() async throws {
        try await TransferFixture.run { fixture in
            let target = DownloadTarget.file(fixture.path("target"))
            let token = try await Self.interrupted(fixture, to: target)
            #expect(token.finishedRanges == [0, 1, 2, 3, 4])
            #expect(fixture.files.count == 1 && fixture.contents("target") == nil)
            let download = fixture.client.makeDownload(resuming: token, to: target)
            let result = try await download.run()
            #expect(result.bytesReceived == Self.size - 5 * 65_536)
            #expect(fixture.contents("target") == pattern(Self.size))
            #expect(fixture.files == ["target"])
        }
    }

    @Test func `a partial file that moved with its folder is found beside the target`() async throws {
        try await TransferFixture.run { fixture in
            let (old, new) = (fixture.path("old"), fixture.path("new"))
            try FileManager.default.createDirectory(atPath: old, withIntermediateDirectories: false)
            let token = try await Self.interrupted(fixture, to: .file(old + "/target"))
            try FileManager.default.moveItem(atPath: old, toPath: new)
            let result = try await fixture.client.resume(token, to: .file(new + "/target"))
            #expect(result.bytesReceived == Self.size - 5 * 65_536)
            #expect(fixture.contents("new/target") == pattern(Self.size))
        }
    }

    @Test func `a closure receives the bytes after those it has received`() async throws {
        try await TransferFixture.run { fixture in
            let received = Shared(ByteBuffer())
            let target = DownloadTarget.sink { chunk in received.change { _ = $0.writeImmutableBuffer(chunk) } }
            let token = try await Self.interrupted(fixture, to: target)
            #expect(token.bytesDelivered == 5 * 65_536)
            try await fixture.client.resume(token, to: target)
            #expect(received.value == pattern(Self.size))
        }
    }

    @Test func `a changed object can't be resumed`() async throws {
        try await TransferFixture.run { fixture in
            let target = DownloadTarget.file(fixture.path("target"))
            let token = try await Self.interrupted(fixture, to: target)
            fixture.bucket.store(fixture.key.rawValue, pattern(Self.size, seed: 2))
            let error = try await transferError { () async throws(TransferError) in
                try await fixture.client.resume(token, to: target)
            }
            #expect(error.code == .objectChanged)
            #expect(fixture.files.isEmpty)
        }
    }

    @Test func `a missing or irregular partial file is an error`() async throws {
        try await TransferFixture.run { fixture in
            let target = DownloadTarget.file(fixture.path("target"))
            let token = try await Self.interrupted(fixture, to: target)
            let path = try #require(token.partialPath)
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/null")
            for _ in 0..<2 {
                let error = try await transferError { () async throws(TransferError) in
                    try await fixture.client.resume(token, to: target)
                }
                #expect(error.code == .partialFileLost)
                #expect(fixture.contents("target") == nil)
                try? FileManager.default.removeItem(atPath: path)
            }
        }
    }

    @Test func `a truncated partial file is never complete`() async throws {
        try await TransferFixture.run { fixture in
            let target = DownloadTarget.file(fixture.path("target"))
            var token = try await Self.interrupted(fixture, to: target)
            let json = String(decoding: try JSONEncoder().encode(token), as: UTF8.self)
            let all = (0..<16).map(String.init).joined(separator: ",")
            let changed = json.replacing("[0,1,2,3,4]", with: "[\(all)]")
            token = try JSONDecoder().decode(R2Download.ResumeToken.self, from: Data(changed.utf8))
            let error = try await transferError { [token] () async throws(TransferError) in
                try await fixture.client.resume(token, to: target)
            }
            #expect(error.code == .partialFileLost)
            #expect(fixture.contents("target") == nil)
        }
    }

    @Test(arguments: [0, 5 * 65_536 - 1])
    func `a shortened partial file is an error`(left: Int) async throws {
        try await TransferFixture.run { fixture in
            let target = DownloadTarget.file(fixture.path("target"))
            let token = try await Self.interrupted(fixture, to: target)
            let url = URL(filePath: try #require(token.partialPath))
            try Data(contentsOf: url).prefix(left).write(to: url)
            let error = try await transferError { () async throws(TransferError) in
                try await fixture.client.resume(token, to: target)
            }
            #expect(error.code == .partialFileLost)
            #expect(error.downloadToken == nil)
            #expect(fixture.files.isEmpty)
        }
    }

    @Test func `a resumption that fails immediately keeps the partial file`() async throws {
        try await TransferFixture.run { fixture in
            let target = DownloadTarget.file(fixture.path("target"))
            let token = try await Self.interrupted(fixture, to: target)
            fixture.bucket.fail("HeadObject", .error(403, "AccessDenied"))
            let error = try await transferError { () async throws(TransferError) in
                try await fixture.client.resume(token, to: target, options: Self.options(onFailure: .abort))
            }
            #expect(error.r2Error?.code == .accessDenied)
            #expect(error.downloadToken == token)
            let result = try await fixture.client.resume(token, to: target)
            #expect(result.bytesReceived == Self.size - 5 * 65_536)
            #expect(fixture.contents("target") == pattern(Self.size))
        }
    }

    @Test func `a token doesn't fit the other kind of target`() async throws {
        try await TransferFixture.run { fixture in
            let token = try await Self.interrupted(fixture, to: .file(fixture.path("target")))
            let error = try await transferError { () async throws(TransferError) in
                try await fixture.client.resume(token, to: .sink { _ in })
            }
            #expect(error.code == .invalidOptions)
            #expect(error.downloadToken == token)
        }
    }

    @Test(arguments: [
        #"{"key":"a","etag":"x","size":-1,"rangeLength":65536,"finishedRanges":[],"bytesDelivered":0}"#,
        #"{"key":"a","etag":"x","size":10,"rangeLength":1,"finishedRanges":[],"bytesDelivered":0}"#,
        #"{"key":"a","etag":"x","size":10,"rangeLength":65536,"finishedRanges":[1],"bytesDelivered":0}"#,
        #"{"key":"a","etag":"x","size":10,"rangeLength":65536,"finishedRanges":[0,0],"bytesDelivered":0}"#,
        #"{"key":"a","etag":"x","size":10,"rangeLength":65536,"finishedRanges":[],"bytesDelivered":11}"#,
    ]) func `a damaged token isn't decoded`(json: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(R2Download.ResumeToken.self, from: Data(json.utf8))
        }
    }
}
#endif
