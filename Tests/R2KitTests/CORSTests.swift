import HTTPTypes
import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("CORS configurations")
struct CORSTests {
    @Test func `the preset allows pages to upload, play, and read ETags`() throws {
        let cors = try CORSConfiguration.browserUploads(
            from: ["https://app.example.com", "http://localhost:8080"], metadataNames: ["Course"])
        let rule = try #require(cors.rules.first)
        #expect(rule.allowedMethods == [.put, .get, .head])
        #expect(rule.exposedHeaders.contains("ETag"))
        let signable = UploadConstraints(
            contentType: "video/mp4", contentLength: 1, precondition: .ifAbsent,
            checksum: try Checksum(.crc32, bytes: [0, 0, 0, 0]), cacheControl: "no-store",
            contentDisposition: .attachment, userMetadata: ["course": "7"], storageClass: .standard)
        let request = try Fixture.presigner().presignUpload(to: ObjectKey("k"), constraints: signable)
        for field in request.browserHeaders { #expect(rule.allowedHeaders.contains(field.name.canonicalName)) }
    }

    @Test func `the XML is in the form that PutBucketCors expects`() throws {
        let rule = try CORSConfiguration.Rule(
            allowedOrigins: ["*"], allowedMethods: [.get], allowedHeaders: ["x-a&b"], exposedHeaders: ["ETag"],
            maxAge: .seconds(5))
        #expect(
            try CORSConfiguration(rules: [rule]).xml
                == #"<?xml version="1.0" encoding="UTF-8"?>"#
                + #"<CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><CORSRule>"#
                + "<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
                + "<AllowedHeader>x-a&amp;b</AllowedHeader><ExposeHeader>ETag</ExposeHeader>"
                + "<MaxAgeSeconds>5</MaxAgeSeconds></CORSRule></CORSConfiguration>")
    }

    @Test func `the JSON is in the form that the dashboard expects`() throws {
        struct Rule: Decodable {
            var AllowedOrigins: [String]
            var AllowedMethods: [String]
            var AllowedHeaders: [String]?
            var ExposeHeaders: [String]?
            var MaxAgeSeconds: Int?
        }
        let rule = try CORSConfiguration.Rule(allowedOrigins: ["https://a.example"], allowedMethods: [.put, .delete])
        let json = try CORSConfiguration(rules: [rule]).json
        let decoded = try JSONDecoder().decode([Rule].self, from: Data(json.utf8))
        #expect(decoded.map(\.AllowedOrigins) == [["https://a.example"]])
        #expect(decoded.map(\.AllowedMethods) == [["PUT", "DELETE"]])
        #expect(decoded[0].AllowedHeaders == nil && decoded[0].MaxAgeSeconds == nil)
    }

    @Test(arguments: [
        "*", "https://app.example.com", "http://localhost:8080", "https://*.example.com", "http://127.0.0.1:3000",
        "https://app.example.com:8443", "http://[::1]:3000",
    ])
    func `origins that R2 accepts are accepted`(origin: String) throws {
        #expect(try CORSConfiguration.browserUploads(from: [origin]).rules[0].allowedOrigins == [origin])
    }

    @Test(arguments: [
        "", "app.example.com", "https://app.example.com/", "https://app.example.com/path", "https://app.example.com?a",
        "http://localhost:*", "https://", "ftp://a", "https://App.example.com", "HTTPS://app.example.com",
        "https://app.example.com:443", "http://app.example.com:80", "http://localhost:080", "http://localhost:08080",
        "https://a:x", "https://*.*.example.com",
        "https://user@a", "null", "https://a b", "https://é.example",
    ])
    func `origins that R2 or browsers would not accept throw`(origin: String) {
        let error = #expect(throws: R2ValidationError.self) { try CORSConfiguration.browserUploads(from: [origin]) }
        #expect(error?.code == .invalidCORSRule)
    }

    @Test func `rules that R2 would reject throw`() throws {
        let origins = ["https://a.example"]
        let refused: [() throws -> Void] = [
            { _ = try CORSConfiguration(rules: []) },
            { _ = try CORSConfiguration.Rule(allowedOrigins: [], allowedMethods: [.get]) },
            { _ = try CORSConfiguration.Rule(allowedOrigins: origins, allowedMethods: []) },
            {
                _ = try CORSConfiguration.Rule(allowedOrigins: origins, allowedMethods: [.get], allowedHeaders: ["a b"])
            },
            { _ = try CORSConfiguration.Rule(allowedOrigins: origins, allowedMethods: [.get], exposedHeaders: [""]) },
            {
                _ = try CORSConfiguration.Rule(
                    allowedOrigins: origins, allowedMethods: [.get], maxAge: .seconds(86_401))
            },
            { _ = try CORSConfiguration.Rule(allowedOrigins: origins, allowedMethods: [.get], maxAge: .seconds(-1)) },
        ]
        for body in refused {
            let error = #expect(throws: R2ValidationError.self) { try body() }
            #expect(error?.code == .invalidCORSRule)
        }
    }
}
