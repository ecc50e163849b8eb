#if Emulator
import Testing

@testable import R2Emulator

@Suite("Operations that R2 names and doesn't implement")
struct NamedOperationRules {
    private static func named(
        _ method: String, _ target: String, _ name: String, _ source: Rule.Source = .observed
    ) -> Rule {
        Rule(
            name: "\(method) \(target)", source: source, method: method, target: target,
            body: method == "PUT" ? "" : nil, status: 501, code: "NotImplemented", message: "\(name) not implemented")
    }

    private static let objects: [Rule] =
        [
            ("tagging", "Tagging"), ("acl", "Acl"), ("retention", "Retention"), ("legal-hold", "LegalHold"),
            ("attributes", "Attributes"), ("torrent", "Torrent"),
        ].map { named("GET", "/media/key?\($0.0)", "GetObject\($0.1)") }
        + [("tagging", "Tagging"), ("acl", "Acl"), ("retention", "Retention"), ("legal-hold", "LegalHold")]
        .map { named("PUT", "/media/key?\($0.0)", "PutObject\($0.1)") }

    private static let reads: [Rule] = [
        ("versions", "ListObjectVersions"), ("policy", "GetBucketPolicy"), ("website", "GetBucketWebsite"),
        ("notification", "GetBucketNotificationConfiguration"), ("requestPayment", "GetBucketRequestPayment"),
        ("logging", "GetBucketLogging"), ("accelerate", "GetBucketAccelerateConfiguration"),
        ("publicAccessBlock", "GetPublicAccessBlock"), ("ownershipControls", "GetBucketOwnershipControls"),
        ("intelligent-tiering", "GetBucketIntelligentTieringConfiguration"),
        ("inventory", "GetBucketInventoryConfiguration"), ("metrics", "GetBucketMetricsConfiguration"),
        ("analytics", "GetBucketAnalyticsConfiguration"), ("policyStatus", "GetGetBucketPolicyStatus"),
    ].map { named("GET", "/media?\($0.0)", $0.1) }

    /// Also where other parameters come first, so that a bucket is neither created nor deleted.
    private static let changes: [Rule] =
        [
            ("policy", "BucketPolicy"), ("website", "BucketWebsite"), ("tagging", "BucketTagging"),
            ("replication", "BucketReplication"), ("analytics", "BucketAnalyticsConfiguration"),
            ("intelligent-tiering", "BucketIntelligentTieringConfiguration"),
            ("inventory", "BucketInventoryConfiguration"), ("metrics", "BucketMetricsConfiguration"),
            ("ownershipControls", "BucketOwnershipControls"),
        ].flatMap { parameter, name in
            [("PUT", "Put"), ("DELETE", "Delete")].map { method, verb in
                named(method, "/media?other=1&\(parameter)", verb + name)
            }
        }
        + [
            ("accelerate", "BucketAccelerateConfiguration"), ("acl", "BucketAcl"), ("logging", "BucketLogging"),
            ("notification", "BucketNotificationConfiguration"), ("object-lock", "ObjectLockConfiguration"),
            ("publicAccessBlock", "PublicAccessBlock"), ("requestPayment", "BucketRequestPayment"),
        ].map { named("PUT", "/media?other=1&\($0.0)", "Put\($0.1)") }
        // R2 checks the document first, and no source has its response to a valid one.
        + [named("PUT", "/media?other=1&versioning", "PutBucketVersioning", .unsettled)]

    /// Subresources of other methods, which are parameters like any other.
    private static let unknown: [Rule] =
        ([
            "accelerate", "acl", "location", "logging", "notification", "object-lock", "policyStatus",
            "publicAccessBlock", "requestPayment", "versioning", "versions",
        ].map { ("DELETE", $0) } + ["location", "policyStatus", "versions"].map { ("PUT", $0) })
        .map { method, parameter in
            Rule(
                name: "\(method) ?\(parameter)", source: .observed, method: method,
                target: "/media?\(parameter)&junk", body: method == "PUT" ? "" : nil, status: 400,
                code: "InvalidArgument",
                message: "Unsupported search param(s) &quot;\(parameter)&quot;, &quot;junk&quot; "
                    + "on a \(method) bucket route")
        }

    /// Several subresources, of which the first in the query counts.
    private static let several: [Rule] = [
        Rule(
            name: "tagging before acl", source: .observed, target: "/media?tagging&acl", status: 404,
            code: "NoSuchTagSet"),
        Rule(
            name: "acl before tagging", source: .observed, target: "/media?acl&tagging", status: 200,
            contains: ["<AccessControlPolicy"]),
        named("GET", "/media?website&acl", "GetBucketWebsite"), named("GET", "/media?policy&cors", "GetBucketPolicy"),
        named("PUT", "/media?website&cors", "PutBucketWebsite"),
        named("DELETE", "/media?website&cors", "DeleteBucketWebsite"),
        named("GET", "/media/key?torrent&acl&tagging", "GetObjectTorrent"),
        named("PUT", "/media/key?legal-hold&acl", "PutObjectLegalHold"),
    ]

    private static let lists: [Rule] =
        ["continuation-token=1YQ", "start-after=a", "fetch-owner=true"].map { parameter in
            let name = parameter.prefix { $0 != "=" }
            return Rule(
                name: "version 1 with \(name)", source: .observed, target: "/media?\(parameter)",
                status: name == "continuation-token" ? 400 : 501,
                message: name == "continuation-token"
                    ? "continuation-token not supported in ListObjects"
                    : "ListObjectsV1 search parameter \(name) not implemented")
        }
        + [
            named("GET", "/media?list-type=2&marker=a", "ListObjectsV2 search parameter marker"),
            named("GET", "/media?list-type=2&corss", "ListObjectsV2 search parameter corss"),
            named("GET", "/media?list-type=3", "ListObjectsV3"),
            named("GET", "/?delimiter=a", "ListBuckets search parameter delimiter"),
        ]

    @Test(arguments: objects + reads + changes + unknown + several + lists)
    func rule(_ rule: Rule) async throws { try await rule.check() }

    @Test(arguments: ["tagging", "acl", "retention", "legal-hold", "attributes", "torrent", "versionId=1", "x=y"])
    func `hazards: a DELETE with any parameter deletes, and a HEAD reads the object`(_ parameter: String) async throws {
        try await TestClient.with { client in
            try await client.put("key", "0123456789")
            let head = try await client.send("HEAD", "/media/key?\(parameter)")
            #expect(head.status == 200)
            #expect(head["content-length"] == "10")
            #expect(try await client.send("DELETE", "/media/key?\(parameter)").status == 204)
            #expect(try await client.send("HEAD", "/media/key").status == 404)
        }
    }

    @Test func `hazards: a POST ignores a copy's source, and a copy with half a part's parameters is a whole copy`()
        async throws
    {
        try await TestClient.with { client in
            try await client.put("source", "0123456789")
            let source = [("x-amz-copy-source", "/media/source")]
            #expect(try await client.send("POST", "/media/key", source, text: "posted").status == 200)
            #expect(try await client.send("GET", "/media/key").text == "posted")
            let id = try await client.createUpload("key")
            for query in ["uploadId=\(id)", "partNumber=1"] {
                try await client.put("key", "before")
                let copy = try await client.send("PUT", "/media/key?\(query)", source, body: [])
                #expect(copy.text.contains("<CopyObjectResult"))
                #expect(try await client.send("GET", "/media/key").text == "0123456789")
            }
            #expect(try await client.send("GET", "/media/key?uploadId=\(id)").elements("PartNumber") == [])
        }
    }

    /// Part numbers, and whether a route takes them.
    @Test(arguments: [("1.0", false), ("1e2", false), ("0", true), ("10001", true), ("%20", true), ("-1", true)])
    func `part numbers that aren't`(_ number: String, _ hasRoute: Bool) async throws {
        try await TestClient.with { client in
            let id = try await client.createUpload("key")
            let target = "/media/key?partNumber=\(number)&uploadId=\(id)"
            let response = try await client.send("PUT", target, text: "x")
            #expect(response.status == (hasRoute ? 400 : 404))
            #expect(response.element("Code") == (hasRoute ? "InvalidArgument" : "RouteNotFound"))
            #expect(
                response.element("Message")
                    == (hasRoute
                        ? "Part number must be an integer between 1 and 10000, inclusive."
                        : "No route matches this url."))
        }
    }

    @Test func `parameters of signatures and client libraries pass everywhere`() async throws {
        try await TestClient.with { client in
            try await client.put("key")
            for target in [
                "/?x-id=ListBuckets", "/media?x-id=ListObjects&X-Amz-Other=1", "/media?list-type=2&x-id=ListObjectsV2",
                "/media?location&x-id=GetBucketLocation", "/media/key?x-id=GetObject",
            ] {
                #expect(try await client.send("GET", target).status == 200, "\(target)")
            }
            #expect(try await client.send("PUT", "/second?x-id=CreateBucket", body: []).status == 200)
            #expect(try await client.send("DELETE", "/second?x-id=DeleteBucket").status == 204)
            let typo = try await client.send("PUT", "/media?a&b=1", body: [])
            #expect(
                typo.element("Message")
                    == "Unsupported search param(s) &quot;a&quot;, &quot;b&quot; on a PUT bucket route")
            #expect(try await client.send("HEAD", "/").status == 404)
        }
    }
}
#endif
