import Foundation
import HTTPTypes
import R2Kit
import TestSupport
import Testing

/// Every test first shows that the request works, and then that the server rejects it after one change.
@Suite("Changed requests", .againstServers)
struct TamperingTests {
    /// A server can reject a changed URL as malformed before it verifies the signature.
    private static let rejections = [400, 403]

    @Test(arguments: ServerKind.allCases, Tampering.ofURL)
    func `a changed playback URL is rejected`(_ kind: ServerKind, _ tampering: Tampering) async throws {
        let server = try await kind.running()
        let (key, _) = try await twoObjects(on: server)
        let good = Message(try server.presigner.presignPlayback(of: key, expiresIn: .seconds(900)))
        #expect(try await good.send().body == Sample.text)

        let response = try await changed(good, by: tampering).send()
        #expect(Self.rejections.contains(response.status))
        #expect(response.body != Sample.text)
    }

    @Test(arguments: ServerKind.allCases, Tampering.ofURL)
    func `a changed upload URL is rejected`(_ kind: ServerKind, _ tampering: Tampering) async throws {
        let server = try await kind.running()
        let (key, other) = try await twoObjects(on: server)
        let upload = try server.presigner.presignUpload(to: key, expiresIn: .seconds(900))
        let uploaded = Sample.bytes(50)
        #expect(try await Message(upload, body: uploaded).send().status == 200)
        #expect(try await server.stored(key) == uploaded)

        let response = try await changed(Message(upload, body: Sample.bytes(60)), by: tampering).send()
        #expect(Self.rejections.contains(response.status))
        #expect(try await server.stored(key) == uploaded)
        #expect(try await server.stored(other) == Sample.text)
    }

    @Test(arguments: ServerKind.allCases, Tampering.ofURL)
    func `a changed deletion URL is rejected`(_ kind: ServerKind, _ tampering: Tampering) async throws {
        let server = try await kind.running()
        let (key, other) = try await twoObjects(on: server)
        let good = Message(try server.presigner.presignDelete(of: key, expiresIn: .seconds(900)))
        #expect(try await good.send().status == 204)
        #expect(try await server.stored(key) == nil)
        try await server.store(Sample.text, under: key)

        let response = try await changed(good, by: tampering).send()
        #expect(Self.rejections.contains(response.status))
        #expect(try await server.stored(key) == Sample.text)
        #expect(try await server.stored(other) == Sample.text)
    }

    @Test(arguments: ServerKind.allCases, Tampering.ofUpload)
    func `an upload that differs from the signed one is rejected`(_ kind: ServerKind, _ tampering: Tampering)
        async throws
    {
        let server = try await kind.running()
        let constraints = UploadConstraints(
            contentType: "video/mp4", contentLength: Int64(Sample.text.count), precondition: .ifAbsent,
            checksum: try Checksum(.md5, base64: "X/8YrsR8YCWSnUMFEBnVSQ=="), cacheControl: "private",
            contentDisposition: .inline, userMetadata: ["owner": "somebody"])
        let (first, second) = (try Sample.key(), try Sample.key())
        let presigner = try server.presigner
        #expect(
            try await Message(try presigner.presignUpload(to: first, constraints: constraints), body: Sample.text)
                .send().status == 200)

        // The same for an unused key, so that only the change can be the reason.
        let good = Message(try presigner.presignUpload(to: second, constraints: constraints), body: Sample.text)
        // The signature is the reason: a checksum or a condition would result in 400 or 412.
        #expect(try await changed(good, by: tampering).send().status == 403)
        #expect(try await server.stored(second) == nil)
        #expect(try await good.send().status == 200)
    }

    @Test(arguments: ServerKind.allCases, ["GET", "HEAD", "PUT", "DELETE"])
    func `a URL for another method is rejected`(_ kind: ServerKind, _ method: String) async throws {
        let server = try await kind.running()
        let (key, _) = try await twoObjects(on: server)
        let presigner = try server.presigner
        let requests = [
            try presigner.presignPlayback(of: key), try presigner.presignHead(of: key),
            try presigner.presignUpload(to: key), try presigner.presignDelete(of: key),
        ]
        for request in requests where request.method.rawValue != method {
            var message = Message(request, body: method == "PUT" ? Sample.bytes(50) : nil)
            message.method = method
            #expect(Self.rejections.contains(try await message.send().status), "signed for \(request.method)")
        }
        #expect(try await server.stored(key) == Sample.text)
        // Each is valid for its own method. The deletion comes last.
        for request in requests {
            let isPut = request.method == .put
            #expect(try await Message(request, body: isPut ? Sample.text : nil).send().isSuccess, "\(request.method)")
        }
    }

    @Test(arguments: ServerKind.allCases)
    func `a URL signed with another secret is rejected`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let (key, _) = try await twoObjects(on: server)
        let right = try server.config
        let wrong = try R2Config(
            endpoint: right.endpoint,
            credentials: R2Credentials(
                accessKeyID: server.accessKeyID, secretAccessKey: String(server.secretAccessKey.dropLast()) + "1"),
            bucket: right.bucket)
        let now = Date()
        for (config, isRight) in [(right, true), (wrong, false)] {
            let presigner = R2Presigner(config)
            let upload = Message(try presigner.presignUpload(to: key, at: now), body: Sample.text)
            #expect(try await (upload.send().status == 403) == !isRight)
            #expect(
                try await (Message(try presigner.presignPlayback(of: key, at: now)).send().status == 403) == !isRight)
            #expect(try await (Message(try presigner.presignDelete(of: key, at: now)).send().status == 403) == !isRight)
            #expect(try await (server.stored(key) == nil) == isRight)
            try await server.store(Sample.text, under: key)
        }
    }

    /// Stores two objects with the same body.
    private func twoObjects(on server: TestServer) async throws -> (key: ObjectKey, other: ObjectKey) {
        let directory = UUID().uuidString
        let key = try ObjectKey("\(directory)/\(Tampering.name)")
        let other = try ObjectKey("\(directory)/\(Tampering.otherName)")
        for key in [key, other] { try await server.store(Sample.text, under: key) }
        return (key, other)
    }

    private func changed(_ message: Message, by tampering: Tampering) throws -> Message {
        var changed = message
        tampering.apply(&changed)
        let isSame =
            changed.url == message.url && changed.body == message.body
            && changed.headers.elementsEqual(message.headers) { $0 == $1 }
        guard !isSame else { throw TestSupportError("'\(tampering.testDescription)' changed nothing.") }
        return changed
    }
}
