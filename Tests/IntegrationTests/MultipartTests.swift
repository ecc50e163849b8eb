import R2Kit
import TestSupport
import Testing

@Suite("Multipart uploads", .againstServers)
struct MultipartTests {
    @Test(arguments: ServerKind.allCases)
    func `the parts of a plan become the object`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let key = try Sample.key("long & winding.mp4")
        let body = Sample.bytes(2 * 5 * 1024 * 1024 + 4321)
        let plan = try PartPlan(totalLength: Int64(body.count), partLength: 5 * 1024 * 1024)
        let upload = try await MultipartUpload(of: key, on: server)
        let requests = try server.presigner.presignParts(plan.parts, of: upload.id, key: key)
        #expect(requests.count == 3)
        var tags: [String] = []
        for (part, request) in zip(plan.parts, requests) {
            let bytes = Body(body.bytes[Int(part.offset)..<Int(part.offset + part.length)])
            tags.append(try await upload.send(Message(request, body: bytes)))
        }
        try await upload.complete(tags)
        #expect(try await server.stored(key) == body)
    }

    @Test(arguments: ServerKind.allCases)
    func `a part with another length, number, or upload is rejected`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        let upload = try await MultipartUpload(of: key, on: server)
        let length = Int64(Sample.text.count)
        let request = try server.presigner.presignPart(
            1, of: upload.id, key: key, constraints: PartConstraints(contentLength: length))
        let good = Message(request, body: Sample.text)
        let tag = try await upload.send(good)

        var bad = good
        bad.body?.bytes.append(0)
        #expect(try await bad.send().status == 403, "another length")
        bad = good
        bad.url = bad.url.replacing("partNumber=1", with: "partNumber=2")
        #expect(bad.url != good.url)
        #expect(try await bad.send().status == 403, "another part number")
        bad = good
        bad.url = bad.url.replacing("uploadId=", with: "uploadId=0")
        #expect(bad.url != good.url)
        #expect(try await bad.send().status == 403, "another upload")

        // The part that was accepted is still the one.
        try await upload.complete([tag])
        #expect(try await server.stored(key) == Sample.text)
    }

    @Test(
        arguments: ServerKind.allCases, ChecksumTests.known.filter { $0.algorithm.isAllowedOnParts })
    func `the checksum of a part is verified`(_ kind: ServerKind, _ known: ChecksumTests.Known) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        let upload = try await MultipartUpload(of: key, on: server)
        let checksum = try Checksum(known.algorithm, base64: known.base64)
        let request = try server.presigner.presignPart(
            1, of: upload.id, key: key,
            constraints: PartConstraints(contentLength: Int64(Sample.text.count), checksum: checksum))
        var body = Sample.text
        body.bytes[0] ^= 1
        #expect(try await Message(request, body: body).send().status == 400)
        body.bytes.append(0)
        #expect(try await Message(request, body: body).send().status == 403, "another length")

        let tag = try await upload.send(Message(request, body: Sample.text))
        try await upload.complete([tag])
        #expect(try await server.stored(key) == Sample.text)
    }
}

/// A multipart upload that is created and completed with signed headers, as a server does it.
private struct MultipartUpload {
    let server: TestServer
    let key: ObjectKey
    let id: UploadID

    init(of key: ObjectKey, on server: TestServer) async throws {
        let response = try await server.signed("POST", key: key, query: [("uploads", "")]).send()
        guard let id = response.element("UploadId") else {
            throw TestSupportError("Creating the upload failed: \(response.text)")
        }
        self.server = server
        self.key = key
        self.id = try UploadID(id)
    }

    /// Uploads a part and returns its ETag.
    func send(_ part: Message) async throws -> String {
        let response = try await part.send()
        guard response.status == 200, let tag = response.headers["etag"] else {
            throw TestSupportError("UploadPart failed with status \(response.status): \(response.text)")
        }
        return tag
    }

    func complete(_ tags: [String]) async throws {
        let parts = tags.enumerated().map { index, tag in
            "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(tag)</ETag></Part>"
        }
        let xml = "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>"
        let response = try await server.signed(
            "POST", key: key, query: [("uploadId", id.rawValue)], body: Body(xml.utf8)
        )
        .send()
        guard response.status == 200, response.element("Code") == nil else {
            throw TestSupportError("the upload was not completed (\(response.status)): \(response.text)")
        }
    }
}
