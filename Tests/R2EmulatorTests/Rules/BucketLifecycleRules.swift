#if Emulator
import Foundation
import Testing

@testable import R2Emulator

@Suite("Lifecycle rules")
struct BucketLifecycleRules {
    @Test func `a lifecycle is kept, and applied when the clock is turned`() async throws {
        try await TestClient.with { client in
            let xml = """
                <LifecycleConfiguration><Rule><ID>tmp</ID><Filter><Prefix>tmp/</Prefix></Filter><Status>Enabled</Status>\
                <Expiration><Days>1</Days></Expiration></Rule><Rule><ID>cold</ID><Filter><Prefix>cold/</Prefix></Filter>\
                <Status>Enabled</Status><Transition><Days>2</Days><StorageClass>STANDARD_IA</StorageClass></Transition>\
                </Rule></LifecycleConfiguration>
                """
            #expect(try await client.send("PUT", "/media?lifecycle", text: xml).status == 200)
            #expect(try await client.send("GET", "/media?lifecycle").text == xml)
            for key in ["tmp/a", "cold/a", "keep"] { try await client.put(key) }
            #expect(
                try await client.send("HEAD", "/media/tmp/a")["x-amz-expiration"]?.contains("rule-id=\"tmp\"") == true)
            try await client.emulator.advanceClock(by: .seconds(86_401))
            #expect(try await client.send("GET", "/media?list-type=2").elements("Key") == ["cold/a", "keep"])
            try await client.emulator.advanceClock(by: .seconds(86_400))
            #expect(try await client.send("HEAD", "/media/cold/a")["x-amz-storage-class"] == "STANDARD_IA")
            #expect(try await client.send("DELETE", "/media?lifecycle").status == 204)
            #expect(try await client.send("GET", "/media?lifecycle").status == 404)
        }
    }

    @Test func `unfinished uploads end after seven days`() async throws {
        try await TestClient.with { client in
            let id = try await client.createUpload("key")
            try await client.emulator.advanceClock(by: .seconds(7 * 86_400 - 60))
            _ = try await client.part(1, "x", of: id, "key")
            try await client.emulator.advanceClock(by: .seconds(61))
            let late = try await client.send("PUT", "/media/key?partNumber=1&uploadId=\(id)", text: "x")
            #expect(late.element("Code") == "NoSuchUpload")
        }
    }

    private static func abort(_ id: String, _ prefix: String, days: Int) -> String {
        "<Rule><ID>\(id)</ID><Filter><Prefix>\(prefix)</Prefix></Filter><Status>Enabled</Status>"
            + "<AbortIncompleteMultipartUpload><DaysAfterInitiation>\(days)</DaysAfterInitiation>"
            + "</AbortIncompleteMultipartUpload></Rule>"
    }

    private static func put(_ rules: String, _ client: TestClient) async throws {
        let xml = "<LifecycleConfiguration>\(rules)</LifecycleConfiguration>"
        #expect(try await client.send("PUT", "/media?lifecycle", text: xml).status == 200)
    }

    @Test func `only the bucket's own rules abort uploads`() async throws {
        try await TestClient.with { client in
            client.emulator.clock.stop(at: Date(timeIntervalSince1970: 1_767_323_045))
            func create(_ key: String) async throws -> [String?] {
                let created = try await client.send("POST", "/media/\(key)?uploads", body: [])
                return [created["x-amz-abort-date"], created["x-amz-abort-rule-id"]]
            }
            func keys() async throws -> [String] { try await client.send("GET", "/media?uploads").elements("Key") }
            #expect(
                try await create("default") == ["Fri, 09 Jan 2026 03:04:05 GMT", "Default%20Multipart%20Abort%20Rule"])
            try await Self.put(Self.abort("slow rule", "", days: 10) + Self.abort("tmp", "tmp/", days: 3), client)
            #expect(try await create("key") == ["Mon, 12 Jan 2026 03:04:05 GMT", "slow%20rule"])
            #expect(try await create("tmp/key") == ["Mon, 05 Jan 2026 03:04:05 GMT", "tmp"])
            try await client.emulator.advanceClock(by: .seconds(8 * 86_400))
            #expect(try await keys() == ["default", "key"])
            try await client.emulator.advanceClock(by: .seconds(2 * 86_400))
            #expect(try await keys() == [])

            #expect(try await client.send("DELETE", "/media?lifecycle").status == 204)
            #expect(try await create("kept") == [nil, nil])
            try await client.emulator.advanceClock(by: .seconds(100 * 86_400))
            #expect(try await keys() == ["kept"])
        }
    }

    @Test func `a limit sets the age of the default rule alone`() async throws {
        var options = TestClient.options
        options.limits.uploadLifetime = .seconds(60)
        try await TestClient.with(options) { client in
            client.emulator.clock.stop(at: Date(timeIntervalSince1970: 1_767_323_045))
            func survives(_ seconds: Int) async throws -> Bool {
                let id = try await client.createUpload("key")
                try await client.emulator.advanceClock(by: .seconds(seconds))
                return try await client.send("GET", "/media/key?uploadId=\(id)").status == 200
            }
            #expect(try await survives(59) == true)
            #expect(try await survives(60) == false)
            try await Self.put(Self.abort("Default Multipart Abort Rule", "", days: 1), client)
            #expect(try await survives(86_399) == true)
            #expect(try await survives(86_400) == false)
        }
    }

    @Test func `a rule without an identifier gets one when it's stored`() async throws {
        try await TestClient.with { client in
            try await client.put("key")
            try await Self.put(
                "<Rule><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>"
                    + "<Rule><ID>a b</ID><Filter><Prefix>b</Prefix></Filter><Status>Enabled</Status>"
                    + "<Expiration><Days>1</Days></Expiration></Rule>", client)
            let ids = try await client.send("GET", "/media?lifecycle").elements("ID")
            let id = try #require(ids.first)
            #expect(!id.isEmpty && ids.dropFirst() == ["a b"])
            let first = try #require(try await client.send("HEAD", "/media/key")["x-amz-expiration"])
            #expect(first.hasSuffix("rule-id=\"\(id)\""))
            #expect(try await client.send("HEAD", "/media/key")["x-amz-expiration"] == first)
            try await client.send("DELETE", "/media?lifecycle")
            try await Self.put(
                "<Rule><ID>a b</ID><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>", client)
            let named = try #require(try await client.send("HEAD", "/media/key")["x-amz-expiration"])
            #expect(named.hasSuffix("rule-id=\"a%20b\""))
        }
    }
}
#endif
