#if Emulator
import Foundation
import SigV4
import Testing

@testable import R2Emulator

@Suite("Multipart uploads")
struct MultipartRules {
    private static let eight = "12345678"

    @Test func `a whole upload`() async throws {
        try await TestClient.with { client in
            let created = try await client.send("POST", "/media/a/b?uploads", [("content-type", "video/mp4")], body: [])
            #expect(created["x-amz-abort-rule-id"] == "Default%20Multipart%20Abort%20Rule")
            #expect(created["x-amz-abort-date"] != nil)
            let raw = try #require(created.element("UploadId"))
            #expect(raw.contains("+") && raw.contains("/") && raw.contains("="))
            let id = PercentEncoding.encode(raw)
            let second = try await client.part(2, "end", of: id, "a/b")
            let first = try await client.part(1, Self.eight, of: id, "a/b")
            #expect(first == "\"25d55ad283aa400af464c76d713c07ad\"")
            // In any order, and with or without quotation marks. The shorter part needn't be listed last.
            let done = try await client.complete(
                [(2, second), (1, first.filter { $0 != "\"" })], of: id, "a/b")
            #expect(done.status == 200, "\(done.text)")
            #expect(done.element("Location") == "\(client.emulator.url)/media/a%2Fb")
            #expect(done.element("Bucket") == "media")
            let etag = try #require(done.element("ETag"))
            #expect(etag.hasSuffix("-2&quot;"))

            let got = try await client.send("GET", "/media/a/b")
            #expect(got.text == "12345678end")
            #expect(got["content-type"] == "video/mp4")
            let part = try await client.send("GET", "/media/a/b?partNumber=2")
            #expect(part.status == 206)
            #expect(part.text == "end")
            #expect(part["x-amz-mp-parts-count"] == "2")
            // R2 (observed): not a second time, while a second abort succeeds.
            let again = try await client.complete([(1, first), (2, second)], of: id, "a/b")
            #expect(again.element("Code") == "NoSuchUpload")
            #expect(try await client.send("DELETE", "/media/a/b?uploadId=\(id)").status == 204)
            #expect(try await client.send("DELETE", "/media/a/b?uploadId=never").status == 404)
            let late = try await client.send("PUT", "/media/a/b?partNumber=1&uploadId=\(id)", text: "x")
            #expect(late.element("Code") == "NoSuchUpload")
        }
    }

    /// Lengths of parts, and the expected status, code and message.
    private static let lengths: [([Int], Int, String?, String?)] = [
        ([8, 8, 3], 200, nil, nil), ([9, 9], 200, nil, nil), ([3], 200, nil, nil), ([0], 200, nil, nil),
        ([7, 8], 400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed object size."),
        ([8, 9], 400, "InvalidPart", "All non-trailing parts must have the same length."),
        ([9, 8, 9], 400, "InvalidPart", "All non-trailing parts must have the same length."),
    ]

    @Test(arguments: lengths) func `parts of equal length`(
        _ lengths: [Int], _ status: Int, _ code: String?, _ message: String?
    ) async throws {
        try await TestClient.with { client in
            let id = try await client.createUpload("key")
            var parts: [(Int, String)] = []
            for (index, length) in lengths.enumerated() {
                let text = String(repeating: "x", count: length)
                parts.append((index + 1, try await client.part(index + 1, text, of: id, "key")))
            }
            let response = try await client.complete(parts, of: id, "key")
            #expect(response.status == status)
            #expect(response.element("Code") == code)
            #expect(response.element("Message") == message)
            // A refused completion leaves the upload and no object.
            if status != 200 { #expect(try await client.send("HEAD", "/media/key").status == 404) }
        }
    }

    private static let documents: [(String, String, String)] = [
        ("<CompleteMultipartUpload/>", "MalformedXML", ""), ("", "MalformedXML", ""), ("<X/>", "MalformedXML", ""),
        (part("x", "e"), "MalformedXML", ""), (part("1", nil), "MalformedXML", ""),
        (part("0", "e"), "InvalidPart", "One or more of the specified parts could not be found."),
        (part("10001", "e"), "InvalidPart", "One or more of the specified parts could not be found."),
        (part("3", "e"), "InvalidPart", "One or more of the specified parts could not be found."),
        (part("1", "e"), "InvalidPart", "One or more of the specified parts could not be found."),
        (
            "<CompleteMultipartUpload>\(String(repeating: "<Part><PartNumber>1</PartNumber><ETag>e</ETag></Part>", count: 2))</CompleteMultipartUpload>",
            "InvalidPart", "There was a problem with the multipart upload."
        ),
    ]

    private static func part(_ number: String, _ etag: String?) -> String {
        let etag = etag.map { "<ETag>\($0)</ETag>" } ?? ""
        return
            "<CompleteMultipartUpload><Part><PartNumber>\(number)</PartNumber>\(etag)</Part></CompleteMultipartUpload>"
    }

    @Test(arguments: documents) func `documents that are refused`(
        _ document: String, _ code: String, _ message: String
    ) async throws {
        try await TestClient.with { client in
            let id = try await client.createUpload("key")
            _ = try await client.part(1, "x", of: id, "key")
            let response = try await client.send("POST", "/media/key?uploadId=\(id)", text: document)
            #expect(response.status == 400)
            #expect(response.element("Code") == code)
            if !message.isEmpty { #expect(response.element("Message") == message) }
        }
    }

    @Test func `the document is judged before the upload`() async throws {
        try await TestClient.with { client in
            let malformed = try await client.send("POST", "/media/key?uploadId=never", text: "<X/>")
            #expect(malformed.element("Code") == "MalformedXML")
            let unknown = try await client.complete([(1, "e")], of: "never", "key")
            #expect(unknown.status == 404)
        }
    }

    @Test func `a part again replaces it`() async throws {
        try await TestClient.with { client in
            let id = try await client.createUpload("key")
            let old = try await client.part(1, "old", of: id, "key")
            let new = try await client.part(1, "new", of: id, "key")
            #expect(try await client.complete([(1, old)], of: id, "key").element("Code") == "InvalidPart")
            #expect(try await client.complete([(1, new)], of: id, "key").status == 200)
            #expect(try await client.send("GET", "/media/key").text == "new")
        }
    }

    @Test func `copied parts`() async throws {
        try await TestClient.with { client in
            try await client.put("source", "0123456789")
            let id = try await client.createUpload("key")
            func copy(_ number: Int, _ range: String?) async throws -> RawResponse {
                let range = range.map { [("x-amz-copy-source-range", $0)] } ?? []
                return try await client.send(
                    "PUT", "/media/key?partNumber=\(number)&uploadId=\(id)",
                    [("x-amz-copy-source", "/media/source")] + range, body: [])
            }
            let invalid = try await copy(1, "bytes=0-")
            #expect(invalid.element("Message") == "Invalid x-amz-copy-source-range: bytes=0-")
            #expect(try await copy(1, "bytes=4-2").element("Message") == "x-amz-copy-source-range must be positive.")
            let first = try #require(try await copy(1, "bytes=0-7").element("ETag"))
            // R2 (observed): an end past the source's end is moved to it.
            let second = try #require(try await copy(2, "bytes=8-99").element("ETag"))
            let done = try await client.complete([(1, first), (2, second)], of: id, "key")
            #expect(done.status == 200, "\(done.text)")
            #expect(try await client.send("GET", "/media/key").text == "0123456789")
            let condition = try await client.send(
                "PUT", "/media/key?partNumber=1&uploadId=\(id)",
                [("x-amz-copy-source", "/media/source"), ("x-amz-copy-source-if-match", "*")], body: [])
            #expect(condition.status == 501)
        }
    }

    @Test func `lists of parts and uploads`() async throws {
        try await TestClient.with { client in
            let id = try await client.createUpload("b/1")
            for number in [1, 2, 5] { _ = try await client.part(number, Self.eight, of: id, "b/1") }
            let page = try await client.send("GET", "/media/b/1?uploadId=\(id)&max-parts=2")
            #expect(page.elements("PartNumber") == ["1", "2"])
            #expect(page.element("NextPartNumberMarker") == "2")
            #expect(page.element("IsTruncated") == "true")
            let rest = try await client.send("GET", "/media/b/1?uploadId=\(id)&part-number-marker=2")
            #expect(rest.elements("PartNumber") == ["5"])
            #expect(rest.elements("Size") == ["8"])

            for key in ["a", "b/1", "c"] { _ = try await client.createUpload(key) }
            let all = try await client.send("GET", "/media?uploads")
            #expect(all.elements("Key") == ["a", "b/1", "b/1", "c"])
            let grouped = try await client.send("GET", "/media?uploads&delimiter=%2F")
            #expect(grouped.elements("Key") == ["a", "c"])
            var found: [String] = []
            var query = ""
            repeat {
                let page = try await client.send("GET", "/media?uploads&max-uploads=1\(query)")
                found += page.elements("Key")
                let marker = page.element("NextKeyMarker").map(PercentEncoding.encode)
                let idMarker = page.element("NextUploadIdMarker").map(PercentEncoding.encode)
                query = marker.map { "&key-marker=\($0)&upload-id-marker=\(idMarker ?? "")" } ?? ""
            } while !query.isEmpty
            #expect(found == ["a", "b/1", "b/1", "c"])
        }
    }

    @Test func `the location of an object whose bucket is in the host`() async throws {
        try await TestClient.with { client in
            var client = client
            client.host = "media.localhost"
            let created = try await client.send("POST", "/a/b?uploads", body: [])
            let id = PercentEncoding.encode(try #require(created.element("UploadId")))
            let part = try await client.send("PUT", "/a/b?partNumber=1&uploadId=\(id)", text: "x")
            let etag = try #require(part["etag"])
            let listed = "<Part><PartNumber>1</PartNumber><ETag>\(etag)</ETag></Part>"
            let done = try await client.send(
                "POST", "/a/b?uploadId=\(id)",
                text: "<CompleteMultipartUpload>\(listed)</CompleteMultipartUpload>")
            #expect(done.element("Location") == "http://media.localhost:\(client.emulator.port)/a%2Fb")
        }
    }

    @Test func `checksums of parts`() async throws {
        try await TestClient.with { client in
            let algorithm = [("x-amz-checksum-algorithm", "CRC64NVME")]
            let two = try await client.createUpload("two", algorithm)
            var parts: [(Int, String)] = []
            for number in [1, 2] {
                parts.append((number, try await client.part(number, Self.eight, of: two, "two")))
            }
            #expect(try await client.complete(parts, of: two, "two").status == 200)
            let id = try await client.createUpload("key", algorithm)
            let etag = try await client.part(1, "123456789", of: id, "key")
            #expect(try await client.complete([(1, etag)], of: id, "key").status == 200)
            let head = try await client.send("HEAD", "/media/key", [("x-amz-checksum-mode", "ENABLED")])
            // The check value of CRC-64/NVME: 0xAE8B14860A799888.
            #expect(head["x-amz-checksum-crc64nvme"] == "rosUhgp5mIg=")
            #expect(head["x-amz-checksum-type"] == "FULL_OBJECT")
            for query in ["partNumber=1", "partNumber=2"] {
                let mode = [("x-amz-checksum-mode", "ENABLED")]
                let part = try await client.send("GET", "/media/two?\(query)", mode)
                #expect(part.status == 206)
                #expect(part["x-amz-checksum-crc64nvme"] == nil)
            }

            let refused = try await client.send(
                "PUT", "/media/key?partNumber=1&uploadId=\(id)", [("x-amz-checksum-sha256", "x")], text: "x")
            #expect(refused.status == 501)
        }
    }
}
#endif
