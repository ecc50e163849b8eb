#if Emulator
import HTTPTypes
import R2Kit
import SigV4
import Testing

@testable import R2Emulator

/// Uploads by Chromium's own `fetch`, from a page of another origin.
///
/// The page is an object on the emulator's public origin, which has a port of its own.
@Suite("A page in Chromium", .inBrowser)
struct BrowserUploadTests {
    /// A request that the page sends.
    private struct PageRequest: Codable, Sendable {
        let method: String
        let url: String
        var headers: [String: String]
        /// The number of bytes to send, which all have one value.
        let length: Int
        let byte: UInt8

        init(_ request: PresignedRequest, length: Int, byte: UInt8 = 7) {
            method = request.method.rawValue
            url = request.url
            headers = Dictionary(request.browserHeaders.map { ($0.name.canonicalName, $0.value) }) { $1 }
            self.length = length
            self.byte = byte
        }
    }

    /// A response as the page sees it, or the reason why it sees none.
    private struct PageResponse: Codable, Sendable {
        var status: Int?
        var etag: String?
        var error: String?
    }

    private static let script = """
        return await Promise.all(input.map(async request => {
          try {
            const body = new Blob([new Uint8Array(request.length).fill(request.byte)]);
            const response = await fetch(request.url, { method: request.method, headers: request.headers, body });
            return { status: response.status, etag: response.headers.get("etag") };
          } catch (error) {
            return { error: String(error) };
          }
        }));
        """

    /// Runs a test with an emulator, and a browser that shows a page of another origin.
    private func withPage(_ body: (TestClient, Browser, _ origin: String) async throws -> Void) async throws {
        var options = R2Emulator.Options()
        options.keys = [TestClient.key]
        options.buckets = ["media", "site"]
        options.publicOrigin = R2Emulator.PublicOrigin(bucket: "site")
        try await TestClient.with(options) { client in
            let origin = try #require(client.emulator.publicURL)
            var site = client
            site.bucket = "site"
            try await site.put("index.html", "<!doctype html><title>Upload</title>", [("content-type", "text/html")])
            try await Browser.with { browser in
                try await browser.open("\(origin)/index.html")
                try await body(client, browser, origin)
            }
        }
    }

    private func send(_ requests: [PageRequest], from browser: Browser) async throws -> [PageResponse] {
        try await browser.run(Self.script, requests)
    }

    /// Stores the CORS rules that R2Kit makes for uploads from a page.
    private func allow(_ origin: String, _ client: TestClient) async throws {
        let request = try PutBucketCors(CORSConfiguration.browserUploads(from: [origin])).request()
        guard case .bytes(let document) = request.body else { throw RawResponse.NoResponse(head: "no document") }
        #expect(try await client.send("PUT", "/media?cors", body: document).status == 200)
    }

    @Test(.timeLimit(.minutes(30)))
    func `it uploads with a signed type and length, under a CORS rule for its origin only`() async throws {
        try await withPage { client, browser, origin in
            let presigner = R2Presigner(client.emulator.config)
            let length = 300_000
            func upload(_ name: String) throws -> PageRequest {
                PageRequest(
                    try presigner.presignUpload(
                        to: ObjectKey(name),
                        constraints: UploadConstraints(contentType: "video/mp4", contentLength: Int64(length))),
                    length: length)
            }
            func stored(_ name: String) async throws -> RawResponse { try await client.send("GET", "/media/\(name)") }

            for rule in [nil, "https://app.example"] {
                if let rule { try await allow(rule, client) }
                let refused = try await send([try upload("refused")], from: browser)
                #expect(refused.map(\.status) == [nil] && refused.first?.error != nil)
                #expect(try await stored("refused").status == 404)
            }
            // Only the preflight requests came.
            let asked = client.emulator.log.requests.filter { $0.key == "refused" && $0.method != "GET" }
            #expect(asked.map(\.method) == ["OPTIONS", "OPTIONS"] && asked.allSatisfy { $0.status == 403 })

            try await allow(origin, client)
            let good = try await send([try upload("good")], from: browser)
            #expect(good.map(\.status) == [200] && good.first?.etag != nil, "\(good)")
            let object = try await stored("good")
            #expect(object.body == Array(repeating: 7, count: length) && object["content-type"] == "video/mp4")

            // The signature covers the type and the length, which the browser sets itself.
            var otherType = try upload("bad")
            otherType.headers["content-type"] = "text/html"
            let otherLength = PageRequest(
                try presigner.presignUpload(
                    to: ObjectKey("bad"),
                    constraints: UploadConstraints(contentType: "video/mp4", contentLength: 300_001)),
                length: length)
            for bad in [otherType, otherLength] {
                let response = try await send([bad], from: browser)
                #expect(response.first?.status != 200, "\(response)")
            }
            let refusals = client.emulator.log.requests.filter { $0.key == "bad" && $0.method == "PUT" }
            #expect(refusals.map(\.code) == ["SignatureDoesNotMatch", "SignatureDoesNotMatch"])
            #expect(try await stored("bad").status == 404)
        }
    }

    @Test(.timeLimit(.minutes(30))) func `it uploads in parts at once, and reads their ETags`() async throws {
        try await withPage { client, browser, origin in
            try await allow(origin, client)
            let presigner = R2Presigner(client.emulator.config)
            let plan = try PartPlan(
                totalLength: 2 * PartPlan.minimumPartLength + 1000, partLength: PartPlan.minimumPartLength)
            let id = try await client.createUpload("parts.mp4")
            let uploadID = try UploadID(try #require(PercentEncoding.decode(id)))
            let requests = try presigner.presignParts(plan.parts, of: uploadID, key: ObjectKey("parts.mp4"))
            let sent = try await send(
                zip(plan.parts, requests).map { part, request in
                    PageRequest(request, length: Int(part.length), byte: UInt8(part.number))
                }, from: browser)
            #expect(sent.map(\.status) == [200, 200, 200], "\(sent)")
            let parts = try sent.enumerated().map { ($0.offset + 1, try #require($0.element.etag)) }
            #expect(try await client.complete(parts, of: id, "parts.mp4").status == 200)
            let stored = try await client.send("GET", "/media/parts.mp4").body
            let expected = plan.parts.flatMap { Array(repeating: UInt8($0.number), count: Int($0.length)) }
            let isWhole = stored == expected
            #expect(isWhole)
        }
    }
}
#endif
