#if Emulator
import Testing

@testable import R2Emulator

@Suite("Buckets and their settings")
struct BucketRules {
    private static let rules: [Rule] = [
        Rule(
            name: "HeadBucket", source: .documented, method: "HEAD", target: "/media", status: 200,
            responseHeaders: ["x-amz-bucket-region": "auto"]),
        Rule(name: "HEAD of a missing bucket", source: .observed, method: "HEAD", target: "/missing", status: 404),
        Rule(
            name: "location", source: .observed, target: "/media?location", status: 200,
            contains: [
                #"<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">ENAM</LocationConstraint>"#
            ]),
        Rule(
            name: "location and more", source: .observed, target: "/media?location&prefix=a", status: 400,
            code: "InvalidArgument", message: "Search param prefix is unsupported for bucket location"),
        Rule(
            name: "encryption", source: .observed, target: "/media?encryption", status: 200,
            contains: [
                #"<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>"#
                    + "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>"
                    + "</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule>"
                    + "</ServerSideEncryptionConfiguration>"
            ]),
        Rule(
            name: "versioning", source: .observed, target: "/media?versioning", status: 200,
            contains: ["<VersioningConfiguration xmlns="]),
        Rule(
            name: "tagging", source: .observed, target: "/media?tagging", status: 404, code: "NoSuchTagSet",
            message: "The TagSet does not exist."),
        Rule(
            name: "object-lock", source: .observed, target: "/media?object-lock", status: 404,
            code: "ObjectLockConfigurationNotFoundError",
            message: "Object Lock configuration does not exist for this bucket."),
        Rule(
            name: "replication", source: .observed, target: "/media?replication", status: 404,
            code: "ReplicationConfigurationNotFoundError", message: "The replication configuration was not found."),
        Rule(name: "acl", source: .observed, target: "/media?acl", status: 200, contains: ["<Owner><ID>"]),
        Rule(
            name: "no CORS", source: .unsettled, target: "/media?cors", status: 404, code: "NoSuchCORSConfiguration",
            message: "The CORS configuration does not exist."),
        Rule(
            name: "the lifecycle of a new bucket", source: .live, target: "/media?lifecycle", status: 200,
            responseHeaders: ["content-type": "application/xml"],
            contains: [
                "<Rule><ID>Default Multipart Abort Rule</ID><Status>Enabled</Status><AbortIncompleteMultipartUpload>"
                    + "<DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>"
                    + "</LifecycleConfiguration>"
            ]),
        Rule(
            name: "no lifecycle", source: .unsettled,
            prepare: { client in
                try await client.send("DELETE", "/media?lifecycle")
                return ""
            }, target: "/media?lifecycle", status: 404, code: "NoSuchLifecycleConfiguration"),
        Rule(
            name: "an unknown element of a lifecycle", source: .documented, method: "PUT", target: "/media?lifecycle",
            body: "<LifecycleConfiguration><Rule><Status>Enabled</Status><Day>1</Day></Rule></LifecycleConfiguration>",
            status: 400, code: "MalformedXML"),
        Rule(
            name: "a rule without an action", source: .documented, method: "PUT", target: "/media?lifecycle",
            body: "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status></Rule></LifecycleConfiguration>",
            status: 400, code: "MalformedXML"),
        Rule(
            name: "a bucket that exists", source: .unsettled, method: "PUT", target: "/media", body: "", status: 409,
            code: "BucketAlreadyOwnedByYou"),
        Rule(
            name: "a bucket without object locks", source: .documented, method: "PUT", target: "/other",
            headers: [("x-amz-bucket-object-lock-enabled", "false")], body: "", status: 200),
        Rule(
            name: "a bucket with object locks", source: .documented, method: "PUT", target: "/other",
            headers: [("x-amz-bucket-object-lock-enabled", "true")], body: "", status: 501, code: "NotImplemented",
            message: "Header &apos;x-amz-bucket-object-lock-enabled&apos; with value &apos;true&apos; not implemented"),
        Rule(
            name: "an invalid bucket name", source: .documented, method: "PUT", target: "/No", body: "", status: 400,
            code: "InvalidBucketName"),
        Rule(
            name: "a bucket with objects", source: .documented, prepare: anObject, method: "DELETE", target: "/media",
            status: 409, code: "BucketNotEmpty"),
        Rule(
            name: "a bucket with an open upload", source: .live, prepare: { try await $0.createUpload("key") },
            method: "DELETE", target: "/media", status: 409, code: "BucketNotEmpty"),
        Rule(name: "an empty bucket", source: .documented, method: "DELETE", target: "/media", status: 204),
    ]

    @Test(arguments: rules) func rule(_ rule: Rule) async throws { try await rule.check() }

    /// Rules of an encryption document, and the status and the code of the response.
    private static let encryptions: [(rules: String, status: Int, code: String?)] = [
        ("<Rule>\(encryption("AES256"))</Rule>", 200, nil),
        ("<Rule>\(encryption("AES256"))<BucketKeyEnabled>false</BucketKeyEnabled></Rule>", 200, nil),
        ("<Rule>\(encryption("aws:kms"))</Rule>", 400, "InvalidEncryptionAlgorithmError"), ("", 400, "MalformedXML"),
        ("<Rule></Rule>", 400, "MalformedXML"), ("<Rules/>", 400, "MalformedXML"), ("<Rule>", 400, "MalformedXML"),
    ]

    private static func encryption(_ algorithm: String) -> String {
        "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>\(algorithm)</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
    }

    @Test(arguments: encryptions) func `encryption stays what it is`(_ rules: String, _ status: Int, _ code: String?)
        async throws
    {
        try await TestClient.with { client in
            let root = "ServerSideEncryptionConfiguration"
            let response = try await client.send(
                "PUT", "/media?encryption", text: "<\(root)>\(rules)</\(root)>")
            #expect(response.status == status)
            #expect(response.element("Code") == code)
            let read = try await client.send("GET", "/media?encryption")
            #expect(read.element("SSEAlgorithm") == "AES256")
            #expect(try await client.send("DELETE", "/media?encryption").status == 204)
            #expect(try await client.send("GET", "/media?encryption").text == read.text)
        }
    }

    @Test func `a location hint`() async throws {
        try await TestClient.with { client in
            func create(_ name: String, _ hint: String) async throws -> Int {
                let xml =
                    "<CreateBucketConfiguration><LocationConstraint>\(hint)</LocationConstraint></CreateBucketConfiguration>"
                return try await client.send("PUT", "/\(name)", text: xml).status
            }
            let created = try await create("europe", "weur")
            #expect(created == 200)
            #expect(try await client.send("GET", "/europe?location").text.contains(">WEUR<"))
            #expect(try await create("nowhere", "mars") == 400)
        }
    }

    @Test func `objects with a customer's key are read with that key alone`() async throws {
        try await TestClient.with { client in
            func headers(_ key: String, _ md5: String, algorithm: String? = "AES256") -> [(String, String)] {
                let prefix = "x-amz-server-side-encryption-customer-"
                return [("\(prefix)key", key), ("\(prefix)key-md5", md5)].filter { !$0.1.isEmpty }
                    + (algorithm.map { [("\(prefix)algorithm", $0)] } ?? [])
            }
            let key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
            let md5 = "hRasmdxgYDKV3nvbahU1MA=="
            let right = headers(key, md5)
            let other = headers("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "cLyPS3KoaSFGi/joRB3OUQ==")
            try await client.put("secret", "x", right)
            try await client.put("plain")
            #expect(try await client.send("GET", "/media/secret", right).text == "x")
            #expect(try await client.send("GET", "/media/secret").status == 400)
            #expect(try await client.send("GET", "/media/secret", other).status == 403)
            let plain = try await client.send("GET", "/media/plain", right)
            #expect(plain.element("Message") == "The encryption parameters are not applicable to this object.")
            let algorithm = try await client.send("GET", "/media/plain", headers(key, md5, algorithm: "AES128"))
            #expect(algorithm.element("Code") == "InvalidEncryptionAlgorithmError")
            for missing in [headers("", md5), headers(key, ""), headers(key, md5, algorithm: nil)] {
                #expect(try await client.send("GET", "/media/plain", missing).element("Code") == "InvalidArgument")
            }
        }
    }
}
#endif
