import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Responses with documents")
struct DocumentResponseTests {
    @Test func `an upload is created and completed`() throws {
        let (id, key) = (try Sample.uploadID(), try Sample.key())
        let created =
            "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>ab/c+d=</UploadId>"
            + "</InitiateMultipartUploadResult>"
        #expect(try CreateMultipartUpload(key).output(from: Sample.response(200, body: created)) == id)
        for broken in ["<UploadId/>", "", "<UploadId>a b</UploadId>"] {
            let body = "<InitiateMultipartUploadResult>\(broken)</InitiateMultipartUploadResult>"
            #expect(
                try r2Error { _ = try CreateMultipartUpload(key).output(from: Sample.response(200, body: body)) }.code
                    == .invalidResponse)
        }
        let complete = CompleteMultipartUpload(id, key: key, parts: [])
        func etag(_ element: String) throws -> ETag? {
            let body = "  \n<CompleteMultipartUploadResult>\(element)</CompleteMultipartUploadResult>"
            return try complete.output(from: Sample.response(200, body: body)).etag
        }
        #expect(try etag("<ETag>\"\(Sample.etag)-2\"</ETag>")?.opaqueValue == "\(Sample.etag)-2")
        // Some servers send an empty one here and the right one in response to HEAD.
        #expect(try etag("<ETag></ETag>") == nil)
        #expect(try etag("") == nil)
    }

    @Test func `completed parts come from JSON or from a listing`() throws {
        let json = Data(#"[{"number": 2, "etag": "\"\#(Sample.etag)\""}]"#.utf8)
        let part = CompletedPart(2, etag: try Sample.tag())
        #expect(try JSONDecoder().decode([CompletedPart].self, from: json) == [part])
        #expect(try JSONDecoder().decode(CompletedPart.self, from: JSONEncoder().encode(part)) == part)

        let body =
            "<ListPartsResult><Part><PartNumber>2</PartNumber><ETag>\(Sample.etag)</ETag><Size>1</Size></Part>"
            + "<IsTruncated>false</IsTruncated></ListPartsResult>"
        let list = ListParts(try Sample.uploadID(), key: try Sample.key())
        let page = try list.output(from: Sample.response(200, body: body))
        #expect(page.parts.map(CompletedPart.init) == [part])
    }

    @Test func `a copy has its own ETag`() throws {
        let key = try Sample.key()
        let body =
            "<CopyObjectResult><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>\(Sample.etag)</ETag>"
            + "</CopyObjectResult>"
        let copy = try CopyObject(CopySource(key), to: key).output(from: Sample.response(200, body: body))
        #expect(copy.etag.opaqueValue == Sample.etag && copy.lastModified == Fixture.instant)
        let part = UploadPartCopy(1, of: try Sample.uploadID(), key: key, from: CopySource(key))
        #expect(try part.output(from: Sample.response(200, body: body)).etag == (try Sample.tag()))
        let own = "<CopyPartResult><ETag>\"\(Sample.etag)\"</ETag></CopyPartResult>"
        #expect(try part.output(from: Sample.response(200, body: own)).lastModified == nil)
        #expect(
            try r2Error { _ = try part.output(from: Sample.response(200, body: "<CopyPartResult/>")) }.code
                == .invalidResponse)
    }

    @Test func `a deletion reports a result for each key`() throws {
        let keys = try ["a", "b & c", "caf\u{E9}", "d"].map { try ObjectKey($0) }
        let body =
            "<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b &amp; c</Key><Code>AccessDenied</Code>"
            + "<Message>no</Message></Error><Deleted><Key>cafe\u{301}</Key></Deleted></DeleteResult>"
        let output = try DeleteObjects(keys).output(from: Sample.response(200, [("cf-ray", "r")], body: body))
        #expect(output.deleted.count == 2 && output.failures.count == 1)
        #expect(output.failures.first?.code == .accessDenied && output.failures.first?.key == keys[1])
        #expect(output.failures.first?.cfRay == "r" && output.unconfirmed == [keys[3]])
        for broken in ["<Deleted/>", "<Error><Code>A</Code></Error>", "<Deleted><Key/></Deleted>"] {
            let body = "<DeleteResult>\(broken)</DeleteResult>"
            #expect(
                try r2Error { _ = try DeleteObjects(keys).output(from: Sample.response(200, body: body)) }.code
                    == .invalidResponse)
        }
    }

    @Test func `deletions without a key belong to the keys that are not mentioned`() throws {
        let keys = try ["a", "b", "c"].map { try ObjectKey($0) }
        func output(_ body: String) throws -> DeleteObjects.Output {
            try DeleteObjects(keys).output(from: Sample.response(200, body: "<DeleteResult>\(body)</DeleteResult>"))
        }
        let all = try output("<Deleted></Deleted><Deleted/><Deleted></Deleted>")
        #expect(Set(all.deleted) == Set(keys) && all.failures.isEmpty && all.unconfirmed.isEmpty)
        let some = try output("<Deleted/><Error><Key>b</Key><Code>AccessDenied</Code></Error><Deleted/>")
        #expect(Set(some.deleted) == [keys[0], keys[2]] && some.failures.map(\.key) == [keys[1]])
        for unclear in ["<Deleted/><Deleted/>", "<Deleted/><Deleted/><Deleted/><Deleted/>"] {
            #expect(try r2Error { _ = try output(unclear) }.code == .invalidResponse)
        }
    }

    @Test func `both root elements of a part listing are read`() throws {
        func parts(_ body: String) throws -> [ListParts.Part] {
            let list = try ListParts(Sample.uploadID(), key: Sample.key())
            return try list.output(from: Sample.response(200, body: body)).parts
        }
        for name in ["ListPartsResult", "ListPartsResponse"] {
            #expect(try parts("<\(name)><IsTruncated>false</IsTruncated></\(name)>").isEmpty)
        }
        let error = try r2Error { _ = try parts("<html></html>") }
        #expect(error.code == .invalidResponse && error.message.contains("ListPartsResult"))
    }

    @Test func `configurations survive writing and reading`() throws {
        let cors = try CORSConfiguration(rules: [
            CORSConfiguration.Rule(
                allowedOrigins: ["https://a.example.com", "*"], allowedMethods: [.put, .get, .head, .delete, .post],
                allowedHeaders: ["content-type", "*"], exposedHeaders: ["ETag"], maxAge: .seconds(60)),
            CORSConfiguration.Rule(allowedOrigins: ["*"], allowedMethods: [.get]),
        ])
        #expect(try GetBucketCors().output(from: Sample.response(200, body: cors.xml)) == cors)
        let midnight = Date(timeIntervalSince1970: 1_767_312_000)
        let lifecycle = try LifecycleConfiguration(rules: [
            LifecycleConfiguration.Rule(id: "a", prefix: "tmp/<&>", expiration: .days(1), transition: .date(midnight)),
            LifecycleConfiguration.Rule(
                id: "b", isEnabled: false, expiration: .date(midnight), abortUploadsAfterDays: 7),
        ])
        let received = try GetBucketLifecycleConfiguration().output(from: Sample.response(200, body: lifecycle.xml))
        #expect(received == lifecycle)
    }

    @Test func `a rule that cannot be represented completely throws`() throws {
        let invalid = [
            "<Rule/>", "<Rule><Status>On</Status></Rule>",
            "<Rule><Status>Enabled</Status><Filter><Tag><Key>a</Key></Tag></Filter></Rule>",
            "<Rule><Status>Enabled</Status><Expiration><Days>1</Days></Expiration><Expiration><Days>2</Days></Expiration></Rule>",
        ]
        for rule in invalid {
            let body = "<LifecycleConfiguration>\(rule)</LifecycleConfiguration>"
            #expect(
                try r2Error {
                    _ = try GetBucketLifecycleConfiguration().output(from: Sample.response(200, body: body))
                }.code == .invalidResponse)
        }
        let cors = "<CORSConfiguration><CORSRule><AllowedMethod>PATCH</AllowedMethod></CORSRule></CORSConfiguration>"
        #expect(
            try r2Error { _ = try GetBucketCors().output(from: Sample.response(200, body: cors)) }.code
                == .invalidResponse)
        let error = try r2Error {
            _ = try GetBucketCors().output(
                from: Sample.response(404, body: "<Error><Code>NoSuchCORSConfiguration</Code></Error>"))
        }
        #expect(error.code == .noSuchCORSConfiguration && error.isNotFound)
    }

    /// A document for every operation that reads one.
    static let documents: [(name: String, document: String, operation: any R2Operation)] = {
        guard let key = try? Sample.key(), let id = try? Sample.uploadID() else { return [] }
        let etag = "<ETag>&quot;\(Sample.etag)&quot;</ETag>"
        let time = "2026-01-02T03:04:05.000Z"
        return [
            (
                "list",
                "<?xml version=\"1.0\"?><ListBucketResult><!-- c --><Contents><Key>\u{E9}&#x41;<![CDATA[<b>]]></Key>"
                    + "<Size>1</Size><LastModified>\(time)</LastModified>\(etag)</Contents>"
                    + "<IsTruncated>false</IsTruncated></ListBucketResult>", ListObjectsV2()
            ),
            (
                "parts",
                "<ListPartsResult><Part><PartNumber>1</PartNumber>\(etag)<Size>1</Size></Part>"
                    + "<IsTruncated>false</IsTruncated></ListPartsResult>", ListParts(id, key: key)
            ),
            (
                "uploads",
                "<ListMultipartUploadsResult><Upload><Key>a</Key><UploadId>b</UploadId><Initiated>\(time)</Initiated>"
                    + "</Upload><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>", ListMultipartUploads()
            ),
            (
                "create", "<InitiateMultipartUploadResult><UploadId>b</UploadId></InitiateMultipartUploadResult>",
                CreateMultipartUpload(key)
            ),
            (
                "complete", "<CompleteMultipartUploadResult>\(etag)</CompleteMultipartUploadResult>",
                CompleteMultipartUpload(id, key: key, parts: [])
            ),
            ("copy", "<CopyObjectResult>\(etag)</CopyObjectResult>", CopyObject(CopySource(key), to: key)),
            ("delete", "<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>", DeleteObjects([key])),
            ("empty", "<DeleteResult/>", DeleteObjects([key])),
            (
                "cors", "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>",
                GetBucketCors()
            ),
            (
                "lifecycle", "<LifecycleConfiguration><Rule><Status>Enabled</Status></Rule></LifecycleConfiguration>",
                GetBucketLifecycleConfiguration()
            ),
        ]
    }()

    @Test(arguments: 0..<10)
    func `a document that ends early at any byte, or continues after its end, throws`(_ index: Int) throws {
        let (name, document, operation) = Self.documents[index]
        let bytes = Array(document.utf8)
        _ = try operation.output(from: R2Response(status: 200, body: bytes))
        for end in bytes.indices {
            let response = R2Response(status: 200, body: Array(bytes[..<end]))
            let error = try r2Error { _ = try operation.output(from: response) }
            #expect(error.code == .incompleteResponse, "\(name), cut off at byte \(end)")
        }
        for more in ["x", "<a/>", document, "</a>", "\u{0}", "<!DOCTYPE a>", "]]>"] {
            let response = R2Response(status: 200, body: bytes + Array(more.utf8))
            #expect(throws: R2Error.self) { _ = try operation.output(from: response) }
        }
        _ = try operation.output(from: R2Response(status: 200, body: bytes + Array(" \n<!-- end -->".utf8)))
    }
}
