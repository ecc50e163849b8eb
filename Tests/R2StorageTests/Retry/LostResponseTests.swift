#if Storage
import R2Kit
import R2Storage
import Testing

/// Responses that are lost after the work has been done.
@Suite struct LostResponseTests {
    /// The digests of "a" and "b", and the MD5 of the two together.
    static let digests = ["0cc175b9c0f1b6a831c399e269772661", "92eb5ffee6ae2fec3ad71c777531578f"]
    static let object = "96e024ba2074fe77e8e965ba43a704be-2"
    static let now = "Fri, 02 Jan 2026 03:04:05 GMT"

    struct Scene: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var first: [StubServer.Step] = [.close]
        var second: [StubServer.Step] = .error(404, "NoSuchUpload")
        var head: [StubServer.Step] = .head(9, ["etag": "\"\(object)\"", "last-modified": now])
        var tags = digests
        var isSuccess = false
    }

    static let scenes: [Scene] = [
        Scene(testDescription: "it was completed", isSuccess: true),
        Scene(
            testDescription: "it was completed, and the response was an error", first: .error(500, "InternalError"),
            isSuccess: true),
        Scene(
            testDescription: "it was completed, and the error had status 200",
            first: .response(200, [:], "<Error><Code>InternalError</Code></Error>"), isSuccess: true),
        Scene(testDescription: "the server reports a missing key", second: .error(404, "NoSuchKey"), isSuccess: true),
        Scene(
            testDescription: "its condition failed on itself", second: .error(412, "PreconditionFailed"),
            isSuccess: true),
        Scene(testDescription: "there is no object", head: .response(404)),
        Scene(testDescription: "the object can't be checked", head: .response(403)),
        Scene(
            testDescription: "the object is another one",
            head: .head(9, ["etag": "\"\(digests[0])-2\"", "last-modified": now])),
        Scene(
            testDescription: "the object existed before",
            head: .head(9, ["etag": "\"\(object)\"", "last-modified": "Fri, 02 Jan 2026 03:03:05 GMT"])),
        Scene(
            testDescription: "it was completed, and this machine's clock is two minutes ahead",
            second: .error(404, "NoSuchUpload", ["date": "Fri, 02 Jan 2026 03:02:05 GMT"]),
            head: .head(9, ["etag": "\"\(object)\"", "last-modified": "Fri, 02 Jan 2026 03:02:05 GMT"]),
            isSuccess: true),
        Scene(
            testDescription: "the object existed before, and this machine's clock is two minutes behind",
            second: .error(404, "NoSuchUpload", ["date": "Fri, 02 Jan 2026 03:06:05 GMT"]),
            head: .head(9, ["etag": "\"\(object)\"", "last-modified": "Fri, 02 Jan 2026 03:05:05 GMT"])),
        Scene(testDescription: "the object's age is unknown", head: .head(9, ["etag": "\"\(object)\""])),
        Scene(
            testDescription: "the ETags aren't digests", head: .head(9, ["etag": "\"tag-2\"", "last-modified": now]),
            tags: ["tag", "tog"]),
        Scene(testDescription: "the first attempt was rejected", first: .error(503, "SlowDown")),
        Scene(testDescription: "the second attempt fails for another reason", second: .error(400, "InvalidPart")),
    ]

    @Test(arguments: scenes)
    func `a completion whose response was lost succeeds only if the object is its own`(_ scene: Scene) async throws {
        try await StubServer.run { request in
            request.method == "HEAD" ? scene.head : request.index == 0 ? scene.first : scene.second
        } _: { server in
            let parts = try scene.tags.enumerated().map { index, tag in
                CompletedPart(index + 1, etag: try ETag(tag))
            }
            do {
                // In another order than that of their numbers.
                let output = try await server.client().completeMultipartUpload(
                    UploadID("u"), key: Fixture.key(), parts: parts.reversed())
                #expect(scene.isSuccess)
                #expect(output.etag?.opaqueValue == Self.object)
            } catch let error as R2Error {
                #expect(!scene.isSuccess, "\(error)")
                #expect(scene.second.containsCode(error.code))
            }
        }
    }

    @Test func `checking the object counts toward the call's time limit`() async throws {
        let manual = ManualEnvironment(isStopped: true)
        try await StubServer.run { request in
            switch (request.method, request.index) {
            case ("HEAD", _): [.wait { manual.advance(by: .seconds(15)) }, .hang]
            case (_, 0): [.close]
            default: [.wait { manual.advance(by: .seconds(50)) }] + .error(404, "NoSuchUpload")
            }
        } _: { server in
            let client = try server.client(
                manual, configuration: .init(timeLimit: .seconds(60), completionTimeout: .seconds(3600)))
            let error = await r2Error {
                try await client.completeMultipartUpload(
                    UploadID("u"), key: Fixture.key(), parts: [.init(1, etag: ETag(Self.digests[0]))])
            }
            #expect(error?.code == .noSuchUpload)
        }
    }

    @Test func `a first attempt that finds no upload throws`() async throws {
        try await StubServer.run { _ in
            .error(404, "NoSuchUpload")
        } _: { server in
            let error = await r2Error {
                try await server.client().completeMultipartUpload(
                    UploadID("u"), key: Fixture.key(), parts: [.init(1, etag: ETag(Self.digests[0]))])
            }
            #expect(error?.code == .noSuchUpload)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `deleting a missing object succeeds, whatever the server responds`() async throws {
        try await StubServer.run { _ in
            .error(404, "NoSuchKey")
        } _: { server in
            try await server.client().delete(Fixture.key())
        }
        for response: [StubServer.Step] in [.response(404), .error(404, "NoSuchBucket")] {
            try await StubServer.run { _ in
                response
            } _: { server in
                let error = await r2Error { try await server.client().delete(Fixture.key()) }
                #expect(error?.status == 404)
            }
        }
    }

    @Test func `a retry succeeds if the first attempt deleted or aborted`() async throws {
        try await StubServer.run {
            $0.index % 2 == 0 ? [.close] : .error(404, "NoSuchKey")
        } _: { server in
            try await server.client().delete(Fixture.key())
            try await server.client().abortMultipartUpload(UploadID("u"), key: Fixture.key())
            #expect(server.requests.count == 4)
        }
        try await StubServer.run { _ in
            .error(404, "NoSuchUpload")
        } _: { server in
            let error = await r2Error {
                try await server.client().abortMultipartUpload(UploadID("u"), key: Fixture.key())
            }
            #expect(error?.code == .noSuchUpload)
        }
        try await StubServer.run {
            $0.index == 0 ? [.close] : .error(404, "NoSuchBucket")
        } _: { server in
            let error = await r2Error { try await server.client().delete(Fixture.key()) }
            #expect(error?.code == .noSuchBucket)
        }
    }
}

extension [StubServer.Step] {
    /// Returns `true` if a response names an error code.
    fileprivate func containsCode(_ code: R2Error.Code) -> Bool {
        contains {
            if case .send(let bytes) = $0 {
                String(decoding: bytes, as: UTF8.self).contains("<Code>\(code)</Code>")
            } else {
                false
            }
        }
    }
}
#endif
