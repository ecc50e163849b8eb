import HTTPTypes
import R2Kit
import Testing

@Suite("Requests that R2 takes for another operation")
struct RoutingRulesTests {
    /// A method, and parameters as they are in a query.
    struct Request: Sendable, CustomTestStringConvertible {
        let method: HTTPRequest.Method
        let query: String

        init(_ method: HTTPRequest.Method, _ query: String) {
            self.method = method
            self.query = query
        }

        var testDescription: String { "\(method) key?\(query)" }
        var parameters: [QueryParameter] {
            query.split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
                return QueryParameter(name: parts[0], value: parts.count > 1 ? parts[1] : "")
            }
        }
    }

    /// Returns the error of the presigner and of the request signer, which must agree.
    func error(
        _ request: Request, headers: HTTPFields = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> R2ValidationError? {
        let key = try ObjectKey("videos/a.mp4")
        let presigner = try Fixture.presigner()
        let signer = R2RequestSigner(try Fixture.config())
        let operation = R2OperationRequest(
            method: request.method, key: key, query: request.parameters, headerFields: headers)
        let signed = Result { () throws(R2ValidationError) in try signer.sign(operation, at: Fixture.instant) }
        var error: R2ValidationError?
        if case .failure(let failure) = signed { error = failure }
        // POST can't be presigned at all.
        guard request.method != .post else { return error }
        let presigned = Result { () throws(R2ValidationError) in
            try presigner.presign(
                request.method, key: key, parameters: request.parameters, headers: headers, at: Fixture.instant)
        }
        if case .failure(let failure) = presigned {
            #expect(failure == error, sourceLocation: sourceLocation)
        } else {
            #expect(error == nil, sourceLocation: sourceLocation)
        }
        return error
    }

    @Test(arguments: [
        (Request(.put, "uploadId=i"), "overwrite the object"),
        (Request(.put, "partNumber=1"), "overwrite the object"),
        (Request(.put, "x-id=UploadPart&uploadId=i"), "partNumber"),
        (Request(.put, "uploads"), "PutObject"), (Request(.put, "restore"), "PutObject"),
        (Request(.put, "attributes"), "PutObject"), (Request(.put, "torrent"), "PutObject"),
        (Request(.put, "renameObject"), "PutObject"), (Request(.put, "cors"), "PutObject"),
        (Request(.put, "encryption"), "PutObject"),
        (Request(.post, ""), "stores the body"), (Request(.post, "x-id=a"), "stores the body"),
        (Request(.post, "restore"), "PutObject"), (Request(.post, "select&select-type=2"), "PutObject"),
        (Request(.post, "delete"), "PutObject"), (Request(.post, "partNumber=1"), "stores the body"),
        (Request(.delete, "tagging"), "DeleteObject"), (Request(.delete, "acl"), "DeleteObject"),
        (Request(.delete, "retention"), "DeleteObject"), (Request(.delete, "legal-hold"), "DeleteObject"),
        (Request(.delete, "attributes"), "DeleteObject"), (Request(.delete, "uploads"), "DeleteObject"),
        (Request(.delete, "lifecycle"), "DeleteObject"), (Request(.delete, "versionId=v"), "versions"),
        (Request(.delete, "partNumber=1"), "delete the object"),
        (Request(.delete, "partNumber=1&uploadId=i"), "abort the whole upload"),
        (Request(.head, "tagging"), "HeadObject"), (Request(.head, "acl"), "HeadObject"),
        (Request(.head, "attributes"), "HeadObject"), (Request(.head, "uploadId=i"), "HeadObject"),
        (Request(.head, "uploadId=i&partNumber=1"), "HeadObject"), (Request(.head, "uploads"), "HeadObject"),
        (Request(.get, "uploads"), "ListMultipartUploads"), (Request(.get, "restore"), "GetObject"),
        (Request(.get, "list-type=2"), "GetObject"),
        (Request(.get, "uploads&uploadId=i"), "two operations"), (Request(.put, "acl&tagging"), "two operations"),
        (Request(.put, "partNumber=1&uploadId=i&tagging"), "two operations"),
        (Request(.delete, "uploadId=i&uploadId=j"), "two operations"), (Request(.post, "uploads&uploads"), "two"),
        (Request(.put, "partNumber=1&partNumber=2&uploadId=i"), "twice"),
    ])
    func `a parameter that R2 ignores, or understands differently`(request: Request, reason: String) throws {
        let error = try #require(try error(request))
        #expect(error.code == .misroutedRequest)
        #expect(error.message.contains(reason))
    }

    @Test(arguments: [
        Request(.put, "uploadid=i&partNumber=1"), Request(.put, "uploadId=i&partnumber=1"),
        Request(.put, "UploadId=i&PartNumber=1"), Request(.put, "Tagging"), Request(.get, "ACL"),
        Request(.get, "UPLOADID=i"), Request(.post, "Uploads"), Request(.post, "uploadID=i"),
        Request(.delete, "uploadID=i"), Request(.delete, "VersionID=v"), Request(.get, "Legal-Hold"),
    ])
    func `a parameter's name in another case`(request: Request) throws {
        let error = try #require(try error(request))
        #expect(error.code == .misroutedRequest)
        #expect(error.message.contains("names are case-sensitive"))
    }

    @Test(arguments: [
        "", "0", "10001", "01", "1.0", "+1", "-1", " 1", "1 ", "x", "1e3", "0x1", "\u{661}", "99999999999999999999",
    ])
    func `a part number that R2 doesn't read as one`(number: String) throws {
        for request in [
            Request(.put, "partNumber=\(number)&uploadId=i"), Request(.get, "partNumber=\(number)"),
            Request(.head, "partNumber=\(number)"), Request(.put, "partNumber=\(number)"),
        ] {
            #expect(try error(request)?.code == .invalidPartNumber)
        }
    }

    @Test func `an upload ID that is empty`() throws {
        for method in [HTTPRequest.Method.put, .get, .post, .delete] {
            let query = method == .put ? "partNumber=1&uploadId" : "uploadId"
            #expect(try error(Request(method, query))?.code == .invalidUploadID)
        }
    }

    @Test(arguments: [
        Request(.get, ""), Request(.get, "x-id=GetObject"), Request(.get, "versionId=v"), Request(.get, "uploadId=i"),
        Request(.get, "uploadId=i&max-parts=5&part-number-marker=3"), Request(.get, "partNumber=10000"),
        Request(.get, "tagging"), Request(.get, "acl"), Request(.get, "retention"), Request(.get, "legal-hold"),
        Request(.get, "attributes"), Request(.get, "torrent"), Request(.get, "response-content-type=a"),
        Request(.head, ""), Request(.head, "partNumber=1"), Request(.head, "x-id=HeadObject"),
        Request(.put, ""), Request(.put, "x-id=PutObject"), Request(.put, "partNumber=1&uploadId=i"),
        Request(.put, "uploadId=i&partNumber=10000&x-id=UploadPart"), Request(.put, "tagging"), Request(.put, "acl"),
        Request(.put, "retention"), Request(.put, "legal-hold"),
        Request(.post, "uploads"), Request(.post, "uploads=1&x-id=a"), Request(.post, "uploadId=i"),
        Request(.delete, ""), Request(.delete, "uploadId=i"), Request(.delete, "x-id=DeleteObject"),
        Request(.get, "upload=i&Prefix=a&taggings"),
    ])
    func `requests that R2 understands, or rejects itself, are signed`(request: Request) throws {
        #expect(try error(request) == nil)
    }

    @Test func `headers that R2 ignores where they are`() throws {
        let condition = [try #require(HTTPField.Name("x-amz-copy-source-if-match")): "a"] as HTTPFields
        let range = [try #require(HTTPField.Name("X-Amz-Copy-Source-Range")): "bytes=0-1"] as HTTPFields
        let append = [try #require(HTTPField.Name("x-amz-write-offset-bytes")): "5"] as HTTPFields
        let rename = [try #require(HTTPField.Name("x-amz-rename-source")): "/a"] as HTTPFields
        for headers in [condition, range, append, rename] {
            #expect(try error(Request(.put, ""), headers: headers)?.code == .misroutedRequest)
        }
        let presigner = try Fixture.presigner()
        let key = try Sample.key()
        var copy = [try #require(HTTPField.Name("x-amz-copy-source")): "/media/a"] as HTTPFields
        for method in [HTTPRequest.Method.get, .head, .delete] {
            #expect(try refusal { _ = try presigner.presign(method, key: key, headers: copy) } == .misroutedRequest)
        }
        copy.append(contentsOf: condition)
        _ = try presigner.presign(.put, key: key, headers: copy)
    }

    @Test func `a copy is a PUT of an object without a body`() throws {
        let signer = try Sample.signer()
        var request = try CopyObject(CopySource(Sample.key("a")), to: Sample.key("b")).request()
        _ = try signer.sign(request, at: Fixture.instant)
        request.body = .bytes([1])
        #expect(try refusal { _ = try signer.sign(request, at: Fixture.instant) } == .misroutedRequest)
        request.body = .empty
        request.key = nil
        #expect(try refusal { _ = try signer.sign(request, at: Fixture.instant) } == .misroutedRequest)
        request.key = try Sample.key("b")
        for method in [HTTPRequest.Method.get, .head, .delete, .post] {
            request.method = method
            #expect(try refusal { _ = try signer.sign(request, at: Fixture.instant) } == .misroutedRequest)
        }
    }

    @Test func `a POST to the bucket that does nothing`() throws {
        let signer = try Sample.signer()
        for query in ["", "Delete", "uploads", "x-id=a"] {
            let request = R2OperationRequest(method: .post, query: Request(.post, query).parameters)
            #expect(try refusal { _ = try signer.sign(request, at: Fixture.instant) } == .misroutedRequest)
        }
        let list = R2OperationRequest(method: .get, query: Request(.get, "Uploads").parameters)
        #expect(try refusal { _ = try signer.sign(list, at: Fixture.instant) } == .misroutedRequest)
        for (method, query) in [(HTTPRequest.Method.post, "delete"), (.get, "uploads"), (.put, ""), (.delete, "cors")] {
            let request = R2OperationRequest(method: method, query: Request(method, query).parameters)
            _ = try signer.sign(request, at: Fixture.instant)
        }
    }
}
