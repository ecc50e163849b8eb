#if Emulator
import Testing

@testable import R2Emulator

@Suite("Routes and headers")
struct RoutingRules {
    private static let rules: [Rule] = [
        Rule(
            name: "another method", source: .observed, method: "PATCH", target: "/media/key", status: 404,
            code: "RouteNotFound", message: "No route matches this url."),
        Rule(
            name: "another method on the account", source: .observed, method: "DELETE", target: "/", status: 404,
            code: "RouteNotFound"),
        Rule(
            name: "GET ?tagging", source: .observed, target: "/media/key?tagging", status: 501, code: "NotImplemented",
            message: "GetObjectTagging not implemented"),
        Rule(
            name: "PUT ?acl", source: .observed, method: "PUT", target: "/media/key?acl", body: "", status: 501,
            message: "PutObjectAcl not implemented"),
        Rule(
            name: "PUT ?legal-hold", source: .observed, method: "PUT", target: "/media/key?legal-hold", body: "",
            status: 501, message: "PutObjectLegalHold not implemented"),
        Rule(
            name: "GET ?torrent", source: .observed, target: "/media/key?torrent", status: 501,
            message: "GetObjectTorrent not implemented"),
        Rule(
            name: "a bucket that doesn't exist", source: .observed, target: "/missing/key", status: 404,
            code: "NoSuchBucket", message: "The specified bucket does not exist."),
        Rule(
            name: "a bucket that doesn't exist wins over the route", source: .observed, target: "/missing/key?tagging",
            status: 404, code: "NoSuchBucket"),
        Rule(
            name: "GET ?policy", source: .observed, target: "/media?policy", status: 501,
            message: "GetBucketPolicy not implemented"),
        Rule(
            name: "GET ?policyStatus", source: .observed, target: "/media?policyStatus", status: 501,
            message: "GetGetBucketPolicyStatus not implemented"),
        Rule(
            name: "GET ?publicAccessBlock", source: .observed, target: "/media?publicAccessBlock", status: 501,
            message: "GetPublicAccessBlock not implemented"),
        Rule(
            name: "PUT ?website", source: .observed, method: "PUT", target: "/media?website", body: "", status: 501,
            message: "PutBucketWebsite not implemented"),
        Rule(
            name: "a typo never deletes a bucket", source: .observed, method: "DELETE", target: "/media?corss&b=1",
            status: 400, code: "InvalidArgument",
            message: "Unsupported search param(s) &quot;corss&quot;, &quot;b&quot; on a DELETE bucket route"),
        Rule(
            name: "list-type=1", source: .observed, target: "/media?list-type=1", status: 501,
            message: "ListObjectsV1 not implemented"),
        Rule(
            name: "an unknown list parameter", source: .observed, target: "/media?list-type=2&marker=a", status: 501,
            message: "ListObjectsV2 search parameter marker not implemented"),
        Rule(
            name: "start-after on version 1", source: .observed, target: "/media?start-after=a", status: 501,
            message: "ListObjectsV1 search parameter start-after not implemented"),
        Rule(
            name: "continuation-token on version 1", source: .observed, target: "/media?continuation-token=a",
            status: 400, code: "InvalidArgument", message: "continuation-token not supported in ListObjects"),
        Rule(
            name: "x-purpose on a list", source: .documented, target: "/media?list-type=2&x-purpose=a", status: 200,
            contains: ["<ListBucketResult"]),
        Rule(
            name: "x-purpose beside the location", source: .documented, target: "/media?location&x-purpose=a",
            status: 200, contains: ["<LocationConstraint"]),
        Rule(
            name: "x-purpose on a bucket that's created", source: .documented, method: "PUT",
            target: "/other?x-purpose=a", body: "", status: 200),
        Rule(
            name: "a signed POST on a bucket", source: .observed, method: "POST", target: "/media", body: "",
            status: 200, responseHeaders: ["content-length": "0"]),
        Rule(
            name: "x-amz-expected-bucket-owner", source: .observed, target: "/media/key",
            headers: [("x-amz-expected-bucket-owner", "me")], status: 501,
            message: "Header &apos;x-amz-expected-bucket-owner&apos; with value &apos;me&apos; not implemented"),
        Rule(
            name: "x-amz-tagging on PUT", source: .observed, method: "PUT", target: "/media/key",
            headers: [("x-amz-tagging", "a=b")], body: "x", status: 501, code: "NotImplemented"),
        Rule(
            name: "x-amz-tagging on GET is ignored", source: .observed, prepare: anObject, target: "/media/key",
            headers: [("x-amz-tagging", "a=b")], status: 200),
        Rule(
            name: "x-amz-mfa on DELETE", source: .observed, method: "DELETE", target: "/media/key",
            headers: [("x-amz-mfa", "1")], status: 501),
        Rule(
            name: "a canned ACL", source: .observed, method: "PUT", target: "/media/key",
            headers: [("x-amz-acl", "public-read")], body: "x", status: 200),
        Rule(
            name: "another ACL", source: .observed, method: "PUT", target: "/media/key",
            headers: [("x-amz-acl", "everyone")], body: "x", status: 501, code: "NotImplemented"),
        Rule(
            name: "AES256", source: .observed, method: "PUT", target: "/media/key",
            headers: [("x-amz-server-side-encryption", "AES256")], body: "x", status: 200),
        Rule(
            name: "aws:kms", source: .observed, method: "PUT", target: "/media/key",
            headers: [("x-amz-server-side-encryption", "aws:kms")], body: "x", status: 501),
        Rule(
            name: "unknown x-amz headers are ignored", source: .observed, prepare: anObject, target: "/media/key",
            headers: [("x-amz-request-payer", "requester"), ("x-amz-nonsense", "1")], status: 200),
        Rule(
            name: "unknown parameters are ignored", source: .observed, prepare: anObject,
            target: "/media/key?versionId=1&x-id=GetObject", status: 200),
        Rule(
            name: "HEAD ignores subresources", source: .observed, prepare: anObject, method: "HEAD",
            target: "/media/key?tagging&uploadId=x", status: 200, responseHeaders: ["content-length": "10"]),
        Rule(
            name: "an error of HEAD has no body", source: .observed, method: "HEAD", target: "/media/missing",
            status: 404),
        Rule(
            name: "partNumber=x", source: .observed, method: "PUT", target: "/media/key?partNumber=x&uploadId=u",
            body: "x", status: 404, code: "RouteNotFound"),
        Rule(
            name: "partNumber=-1", source: .observed, method: "PUT", target: "/media/key?partNumber=-1&uploadId=u",
            body: "x", status: 400, code: "InvalidArgument",
            message: "Part number must be an integer between 1 and 10000, inclusive."),
        Rule(
            name: "an empty partNumber", source: .observed, method: "PUT", target: "/media/key?partNumber=&uploadId=u",
            body: "x", status: 400, code: "InvalidArgument"),
        Rule(
            name: "an upload that doesn't exist", source: .observed, method: "PUT",
            target: "/media/key?partNumber=01&uploadId=u", body: "x", status: 404, code: "NoSuchUpload",
            message: "The specified multipart upload does not exist."),
        Rule(
            name: "GET key?uploads", source: .observed, target: "/media/key?uploads", status: 200,
            contains: ["<ListMultipartUploadsResult", "<Bucket>media</Bucket>"]),
        Rule(
            name: "a PUT without a length", source: .documented, method: "PUT", target: "/media/key", status: 411,
            code: "MissingContentLength"),
    ]

    @Test(arguments: rules) func rule(_ rule: Rule) async throws { try await rule.check() }

    @Test func `a POST without a signature isn't implemented, and with ?delete it isn't authorized`() async throws {
        try await TestClient.with { client in
            func post(_ target: String) async throws -> RawResponse {
                try await RawConnection.with(port: client.emulator.port) { exchange in
                    try await exchange.send("POST \(target) HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n".utf8)
                    return try await exchange.response()
                }
            }
            let form = try await post("/media")
            #expect(form.status == 501)
            #expect(form.element("Code") == "NotImplemented")
            #expect(form.element("Message") == "Presigned post requests are not yet implemented")
            let deletion = try await post("/media?delete")
            #expect(deletion.status == 400)
            #expect(deletion.element("Message") == "Authorization")
        }
    }

    @Test func `hazards: these requests write and delete`() async throws {
        try await TestClient.with { client in
            try await client.put("key")
            let id = try await client.createUpload("key")
            #expect(try await client.send("PUT", "/media/key?uploadId=\(id)", text: "1").status == 200)
            #expect(try await client.send("GET", "/media/key").text == "1")
            #expect(try await client.send("PUT", "/media/key?partNumber=1", text: "2").status == 200)
            #expect(try await client.send("GET", "/media/key").text == "2")
            let post = try await client.send("POST", "/media/key?anything", text: "3")
            #expect(post.status == 200)
            #expect(post.body.isEmpty)
            #expect(try await client.send("GET", "/media/key").text == "3")
            #expect(try await client.send("DELETE", "/media/key?tagging").status == 204)
            #expect(try await client.send("GET", "/media/key").status == 404)
        }
    }
}
#endif
