#if Delivery && Emulator
import TestSupport
import Foundation
import HTTPTypes
import R2Kit
import Testing
import VideoCatalog
import VideoEndpoints

/// Uppy's own requests, as its option `signRequest` makes them.
private struct UppyClient {
    let world: EndpointWorld
    var person = Person.ada
    /// Uppy's own name for the upload, before it knows the key.
    let name = "t1"

    static let byteSize = UppyTests.byteSize
    static let file = #""filename": "lecture.mp4", "type": "video/mp4""#

    /// Asks for the URL of a request.
    func sign(_ method: String, key: String, uploadID: String? = nil, partNumber: Int? = nil) async throws -> Reply {
        var fields = [#""method": "\#(method)""#, #""key": "\#(key)""#]
        if let uploadID { fields.append(#""uploadId": "\#(uploadID)""#) }
        if let partNumber { fields.append(#""partNumber": \#(partNumber)"#) }
        if uploadID == nil {
            fields += [
                Self.file, #""metadata": {"byteSize": \#(Self.byteSize), "sessionID": "s1", "title": "Lecture 1"}"#,
            ]
        }
        return try await world.send(.post, "/s3/sign", json: "{\(fields.joined(separator: ", "))}", as: person)
    }

    /// Sends a request to one of the server's own URLs, which Uppy resolves against the page's.
    func send(
        _ method: HTTPRequest.Method, _ reply: Reply, type: String? = nil, body: String = ""
    ) async throws -> Reply {
        let path = try reply.string("url").dropFirst(EndpointWorld.prefix.count)
        var headers: HTTPFields = [:]
        headers[.contentType] = type ?? ""
        return try await world.send(method, String(path), json: body, as: person, headers: headers)
    }

    /// Begins an upload, and returns its key and its identifier.
    func begin() async throws -> (key: String, id: String, signed: Reply, created: Reply) {
        let signed = try await sign("POST", key: name)
        let created = try await send(.post, signed, type: "video/mp4")
        return (try signed.string("key"), try Self.element("UploadId", created), signed, created)
    }

    /// Returns the content of an element, as Uppy's own parser finds it.
    static func element(_ name: String, _ reply: Reply) throws -> String {
        let parts = reply.text.split(separator: "<\(name)>", maxSplits: 1)
        return try #require(
            parts.last?.split(separator: "</\(name)>", omittingEmptySubsequences: false).first.map(String.init))
    }
}

@Suite("Uppy's signRequest")
struct UppySigningTests {
    private static func with(_ body: (UppyClient) async throws -> Void) async throws {
        try await EndpointWorld.with(delivery: UppyTests.options) { try await body(UppyClient(world: $0)) }
    }

    private static func expectError(
        _ reply: Reply, _ status: Int, _ code: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(reply.status == status, "\(reply.text)", sourceLocation: sourceLocation)
        #expect(reply.headers[.contentType] == "application/xml", sourceLocation: sourceLocation)
        #expect(reply.text.contains("<Error><Code>\(code)</Code>"), "\(reply.text)", sourceLocation: sourceLocation)
    }

    @Test func `a file is sent in parts, continued and completed, under one key`() async throws {
        try await Self.with { uppy in
            let bytes = SampleVideo.mp4(UppyClient.byteSize)
            let middle = Int(PartPlan.minimumPartLength)
            let (key, id, signed, created) = try await uppy.begin()
            let names: KeyValuePairs = [id: "UPLOAD", PercentEncoded.of(id): "UPLOAD"]
            try Golden.expect("uppy-sign-create", signed, naming: names)
            try Golden.expect("uppy-s3-create", created, naming: names)
            let none = try await uppy.send(.get, uppy.sign("GET", key: key, uploadID: id))
            try Golden.expect("uppy-s3-parts-none", none, naming: names)

            let first = try await uppy.sign("PUT", key: key, uploadID: id, partNumber: 1)
            try Golden.expect("uppy-sign-part", first, naming: names)
            // Browsers send no header that Uppy didn't set, except the length.
            #expect(try first.string("url").contains("X-Amz-SignedHeaders=content-length%3Bhost&"))
            #expect(try await uppy.world.put(try first.string("url"), Array(bytes[..<middle])) == 200)
            // After a pause, Uppy lists the parts, and it repeats requests whose response was lost.
            let list = try await uppy.sign("GET", key: key, uploadID: id)
            try Golden.expect("uppy-sign-list", list, naming: names)
            try Golden.expect("uppy-s3-parts", try await uppy.send(.get, list), naming: names)
            let again = try await uppy.begin()
            #expect(again.key == key && again.id == id)

            let second = try await uppy.sign("PUT", key: key, uploadID: id, partNumber: 2)
            #expect(try await uppy.world.put(try second.string("url"), Array(bytes[middle...])) == 200)
            let complete = try await uppy.sign("POST", key: key, uploadID: id)
            let body =
                "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>"
            for attempt in 0..<2 {
                let completed = try await uppy.send(.post, complete, type: "application/xml", body: body)
                if attempt == 0 { try Golden.expect("uppy-s3-complete", completed, naming: names) }
                #expect(completed.status == 200)
                let location = try UppyClient.element("Location", completed).dropFirst(EndpointWorld.prefix.count)
                #expect(try await uppy.world.send(.get, String(location)).object["state"] as? String == "ready")
            }
            for reply in [signed, first, second, list, complete] { #expect(try reply.string("key") == key) }
        }
    }

    @Test func `an upload is canceled, and is then over`() async throws {
        try await Self.with { uppy in
            let (key, id, signed, _) = try await uppy.begin()
            let abort = try await uppy.sign("DELETE", key: key, uploadID: id)
            try Golden.expect("uppy-s3-abort", try await uppy.send(.delete, abort))
            Self.expectError(
                try await uppy.send(.get, uppy.sign("GET", key: key, uploadID: id)), 410, "uploadCanceled")
            Self.expectError(try await uppy.send(.post, signed, type: "video/mp4"), 410, "uploadCanceled")
            // A retry begins again with the same name.
            let retried = try await uppy.begin()
            #expect(retried.key != key && retried.id != id)
        }
    }

    @Test func `only parts are signed, and nothing can be deleted`() async throws {
        try await Self.with { uppy in
            let (key, id, _, _) = try await uppy.begin()
            let whole = try await uppy.sign("PUT", key: key)
            whole.expectProblem(422, "invalidFields")
            #expect(whole.text.contains("shouldUseMultipart: true") && whole.text.contains("6.2.1 or later"))
            try await uppy.sign("DELETE", key: key).expectProblem(422, "invalidFields")
            try await uppy.sign("GET", key: key).expectProblem(422, "invalidFields")
            try await uppy.sign("HEAD", key: key, uploadID: id).expectProblem(422, "invalidFields")
            for number in [nil, 0, 10_001] {
                try await uppy.sign("PUT", key: key, uploadID: id, partNumber: number)
                    .expectProblem(422, "invalidFields")
            }
            for method in ["GET", "POST", "DELETE"] {
                let url = try await uppy.sign(method, key: key, uploadID: id).string("url")
                #expect(url.hasPrefix("/api/s3/object?key=") && !url.contains("X-Amz-"))
            }
            let path = "/s3/object?key=\(PercentEncoded.of(key))"
            Self.expectError(try await uppy.world.send(.delete, path), 400, "invalidQuery")
            Self.expectError(try await uppy.world.send(.get, path), 400, "invalidQuery")
            #expect(try await uppy.send(.get, uppy.sign("GET", key: key, uploadID: id)).status == 200)
        }
    }

    @Test func `unknown keys and uploads of others are refused`() async throws {
        try await Self.with { uppy in
            let (key, id, signed, _) = try await uppy.begin()
            for unknown in ["t1", "videos/1/2/file", "lecture.mp4", key + "x"] {
                for method in ["GET", "POST", "DELETE", "PUT"] {
                    try await uppy.sign(method, key: unknown, uploadID: id, partNumber: 1).expectProblem(
                        404, "notFound")
                }
            }
            try await uppy.sign("GET", key: key, uploadID: "other").expectProblem(404, "notFound")
            var bob = uppy
            bob.person = .bob
            try await bob.sign("PUT", key: key, uploadID: id, partNumber: 1).expectProblem(404, "notFound")
            Self.expectError(try await bob.send(.post, signed, type: "video/mp4"), 404, "notFound")
            for (name, method) in [("GET", .get), ("DELETE", .delete), ("POST", .post)]
                as [(String, HTTPRequest.Method)]
            {
                let own = try await uppy.sign(name, key: key, uploadID: id)
                Self.expectError(try await bob.send(method, own, type: "application/xml"), 404, "notFound")
            }
            #expect(try await uppy.send(.get, uppy.sign("GET", key: key, uploadID: id)).status == 200)
        }
    }

    /// A form on another page can send these without asking first.
    @Test(arguments: ["", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
    func `a request that a form could send is refused`(type: String) async throws {
        try await Self.with { uppy in
            let (key, id, signed, _) = try await uppy.begin()
            Self.expectError(try await uppy.send(.post, signed, type: type), 415, "unsupportedMediaType")
            let complete = try await uppy.sign("POST", key: key, uploadID: id)
            Self.expectError(try await uppy.send(.post, complete, type: type), 415, "unsupportedMediaType")
        }
    }

    @Test func `a completion without all parts says which are missing`() async throws {
        try await Self.with { uppy in
            let (key, id, _, _) = try await uppy.begin()
            let complete = try await uppy.sign("POST", key: key, uploadID: id)
            let reply = try await uppy.send(.post, complete, type: "application/xml")
            Self.expectError(reply, 409, "notUploaded")
        }
    }
}
#endif
