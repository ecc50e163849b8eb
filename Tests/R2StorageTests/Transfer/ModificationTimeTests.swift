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

/// File systems that move modification times by themselves.
@Suite struct ModificationTimeTests {
    private static let size = 3 * partLength + 100

    private static func options(ignoring isIgnored: Bool) -> UploadOptions {
        var options = TransferFixture.parts(concurrency: 1, onFailure: .keepForResume)
        options.ignoresModificationTime = isIgnored
        return options
    }

    private static func touch(_ path: String) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)], ofItemAtPath: path)
    }

    @Test func `a file whose time moves during the upload is an error, unless times are ignored`() async throws {
        try await TransferFixture.run { fixture in
            let path = try fixture.file(pattern(Self.size))
            fixture.bucket.fail("UploadPart 1", times: 2, .work { _ in try? Self.touch(path) })
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(
                    .file(path), to: fixture.key, options: Self.options(ignoring: false))
            }
            #expect(error.code == .sourceChanged)
            #expect(error.message.contains("has another modification time"))
            #expect(fixture.object == nil)
            _ = try fixture.file(pattern(Self.size))
            _ = try await fixture.client.upload(.file(path), to: fixture.key, options: Self.options(ignoring: true))
            #expect(fixture.object?.content == pattern(Self.size))
        }
    }

    /// 2300 doesn't fit into 64 bits of nanoseconds since 1970.
    @Test func `a file from a distant year is uploaded`() async throws {
        try await TransferFixture.run { fixture in
            let path = try fixture.file(pattern(10))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 10_413_792_000)], ofItemAtPath: path)
            _ = try await fixture.client.upload(.file(path), to: fixture.key)
            #expect(fixture.object?.content == pattern(10))
        }
    }

    /// Uploads until part 3 fails, with or without regard to times.
    private static func interrupted(
        _ fixture: TransferFixture, _ path: String, ignoring isIgnored: Bool
    ) async throws -> R2Upload.ResumeToken {
        fixture.bucket.fail("UploadPart 3", .error(403, "AccessDenied"))
        let error = try await transferError { () async throws(TransferError) in
            _ = try await fixture.client.upload(.file(path), to: fixture.key, options: options(ignoring: isIgnored))
        }
        return try #require(error.uploadToken)
    }

    @Test(arguments: [false, true]) func `a file whose time moved is resumed if times are ignored`(
        fromTheStart: Bool
    ) async throws {
        try await TransferFixture.run { fixture in
            let path = try fixture.file(pattern(Self.size))
            let token = try await Self.interrupted(fixture, path, ignoring: fromTheStart)
            try Self.touch(path)
            let before = fixture.bucket.requests.count
            _ = try await fixture.client.resume(token, from: .file(path), options: Self.options(ignoring: true))
            #expect(fixture.bucket.sentParts(after: before) == [3, 4])
            #expect(fixture.object?.content == pattern(Self.size))
        }
    }

    @Test(arguments: [false, true]) func `a file of other content isn't resumed, whatever is ignored`(
        fromTheStart: Bool
    ) async throws {
        try await TransferFixture.run { fixture in
            let path = try fixture.file(pattern(Self.size))
            let token = try await Self.interrupted(fixture, path, ignoring: fromTheStart)
            _ = try fixture.file(pattern(Self.size, seed: 2))
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.resume(token, from: .file(path), options: Self.options(ignoring: true))
            }
            #expect(error.code == .sourceChanged)
            #expect(error.message.contains("differs from the one in R2"))
            #expect(fixture.object == nil)
        }
    }
}
#endif
