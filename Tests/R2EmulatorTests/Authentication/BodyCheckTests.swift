#if Emulator
import SigV4
import Testing

@testable import R2Emulator

@Suite("The check of a body")
struct BodyCheckTests {
    private static let hash = Payload.bytes("abc".utf8).headerValue

    private static func refusal(_ header: String, _ chunks: [String]) -> Refusal? {
        do throws(Refusal) {
            var check = try BodyCheck(headerValue: header)
            for chunk in chunks { check.update(Array(chunk.utf8)) }
            try check.finish()
            return nil
        } catch {
            return error
        }
    }

    @Test func `compares the hash of all chunks`() {
        #expect(Self.refusal(Self.hash, ["abc"]) == nil)
        #expect(Self.refusal(Self.hash, ["", "a", "bc", ""]) == nil)
        #expect(Self.refusal(Self.hash.uppercased(), ["abc"]) == nil)
        for chunks in [[], ["ab"], ["abcd"], ["acb"]] {
            #expect(Self.refusal(Self.hash, chunks)?.code == "XAmzContentSHA256Mismatch", "\(chunks)")
        }
        #expect(Self.refusal(Payload.empty.headerValue, []) == nil)
    }

    @Test func `accepts every body that isn't signed`() {
        #expect(Self.refusal("UNSIGNED-PAYLOAD", ["anything"]) == nil)
    }

    @Test(arguments: [
        "unsigned-payload", "", "abc", String(BodyCheckTests.hash.dropLast()), "g" + String(repeating: "0", count: 63),
    ])
    func `refuses a value that isn't a hash`(_ value: String) {
        #expect(Self.refusal(value, [])?.code == "InvalidArgument")
    }

    /// Requests of operations that have no body, their headers, and the status without a mistake.
    private static let withoutBody: [(method: String, target: String, headers: [(String, String)], status: Int)] = [
        ("POST", "/media/new?uploads", [], 200), ("PUT", "/media/new", [("x-amz-copy-source", "/media/key")], 200),
        ("GET", "/media/key", [], 200), ("HEAD", "/media/key", [], 200), ("GET", "/media?list-type=2", [], 200),
        ("PUT", "/media/key?partNumber=1&uploadId={id}", [("x-amz-copy-source", "/media/key")], 200),
        ("DELETE", "/media/key?uploadId={id}", [], 204), ("DELETE", "/media/key", [], 204),
    ]

    @Test func `compares the hash of a body that an operation doesn't use`() async throws {
        try await TestClient.with { client in
            try await client.put("key")
            let id = try await client.createUpload("key")
            for (method, target, headers, status) in Self.withoutBody {
                let target = target.replacing("{id}", with: id)
                let head = try client.head(method, target, headers, body: Array("x".utf8))
                func send(_ body: String) async throws -> RawResponse {
                    let head = head.replacing("Content-Length: 1", with: "Content-Length: \(body.utf8.count)")
                    return try await RawConnection.with(port: client.emulator.port) { exchange in
                        try await exchange.send((head + body).utf8)
                        return try await exchange.response(toHead: method == "HEAD")
                    }
                }
                for body in ["", "y", "xx"] {
                    let refused = try await send(body)
                    #expect(refused.status == 400, "\(method) \(target)")
                    let code = method == "HEAD" ? nil : "XAmzContentSHA256Mismatch"
                    #expect(refused.element("Code") == code, "\(method) \(target)")
                }
                #expect(try await send("x").status == status, "\(method) \(target)")
            }
        }
    }

    @Test func `needs a length`() throws {
        func length(_ headers: [(String, String)]) throws(Refusal) -> Int64 {
            try BodyCheck.length(of: EmulatorRequest(method: "PUT", target: "/", headers: headers.map { ($0.0, $0.1) }))
        }
        #expect(try length([("Content-Length", "12")]) == 12)
        #expect(try length([("Content-Length", "0")]) == 0)
        for headers in [[], [("transfer-encoding", "chunked")], [("content-length", "-1")], [("content-length", "x")]] {
            let refusal = #expect(throws: Refusal.self) { try length(headers) }
            #expect(refusal?.status == 411)
            #expect(refusal?.code == "MissingContentLength")
            #expect(refusal?.message == "You must provide the Content-Length HTTP header.")
        }
    }
}
#endif
