import HTTPTypes
import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A presigned request")
struct PresignedRequestTests {
    static func upload() throws -> PresignedRequest {
        let presigner = R2Presigner(try Fixture.config(sessionToken: Fixture.token))
        return try presigner.presignUpload(
            to: ObjectKey("videos/it's 1.mp4"),
            constraints: UploadConstraints(contentType: "video/mp4", contentLength: 12),
            at: Fixture.instant)
    }

    @Test func `has a JSON form with four members`() throws {
        let request = try Self.upload()
        let object = try #require(
            JSONValue.object(try JSONEncoder().encode(request)))
        #expect(Set(object.keys) == ["method", "url", "headers", "expiresAt"])
        #expect(object["method"] == .text("PUT"))
        #expect(object["url"] == .text(request.url))
        #expect(object["headers"] == .object(["content-type": "video/mp4", "content-length": "12"]))
        #expect(object["expiresAt"] == .text("2026-01-02T03:19:05Z"))
    }

    @Test func `stays the same through JSON, regardless of the date strategy`() throws {
        let request = try Self.upload()
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .secondsSince1970
        let decoded = try JSONDecoder().decode(PresignedRequest.self, from: encoder.encode(request))
        #expect(decoded == request)
        #expect(decoded.headers == request.headers)
    }

    @Test func `keeps all values of a header`() throws {
        var headers = HTTPFields()
        let name = try #require(HTTPField.Name("x-a"))
        headers.append(HTTPField(name: name, value: "1"))
        headers.append(HTTPField(name: name, value: "2"))
        headers[.cookie] = "a=b; c=d"
        let request = PresignedRequest(method: .get, url: "https://h", headers: headers, expiresAt: Fixture.instant)
        let decoded = try JSONDecoder().decode(PresignedRequest.self, from: JSONEncoder().encode(request))
        #expect(decoded.headers[name] == "1, 2")
        #expect(decoded.headers[.cookie] == "a=b; c=d")
        let again = try JSONDecoder().decode(PresignedRequest.self, from: JSONEncoder().encode(decoded))
        #expect(again == decoded)
    }

    @Test(arguments: [
        #"{}"#, #"{"method":"P UT","url":"u","headers":{},"expiresAt":"2026-01-02T03:19:05Z"}"#,
        #"{"method":"PUT","url":"u","headers":{"a b":"c"},"expiresAt":"2026-01-02T03:19:05Z"}"#,
        #"{"method":"PUT","url":"u","headers":{"a":"c","A":"d"},"expiresAt":"2026-01-02T03:19:05Z"}"#,
        #"{"method":"PUT","url":"u","headers":{"a":"c\nd"},"expiresAt":"2026-01-02T03:19:05Z"}"#,
        #"{"method":"PUT","url":"u","headers":{},"expiresAt":"tomorrow"}"#,
        #"{"method":"PUT","url":"u","headers":{},"expiresAt":"0000-01-01T00:00:00+2):59"}"#,
        #"{"method":"PUT","url":"u","headers":[],"expiresAt":"2026-01-02T03:19:05Z"}"#,
    ])
    func `isn't decoded from JSON that isn't valid`(json: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(PresignedRequest.self, from: Data(json.utf8))
        }
    }

    @Test func `isn't decoded with more headers than a request can have`() {
        let headers = (0..<70_000).map { #""h\#($0)":"v""# }.joined(separator: ",")
        let json = #"{"method":"PUT","url":"u","headers":{\#(headers)},"expiresAt":"2026-01-02T03:19:05Z"}"#
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(PresignedRequest.self, from: Data(json.utf8))
        }
    }

    @Test func `shows neither signature nor token when it is printed`() throws {
        let request = try Self.upload()
        let printed = Fixture.everythingPrinted(of: request)
        #expect(!request.signature.isEmpty)
        #expect(!printed.contains(request.signature))
        #expect(!printed.contains(Fixture.token))
        #expect(printed.contains("PUT https://"))
        #expect(printed.contains("content-type"))
    }

    @Test func `makes a curl command that any POSIX shell reads`() throws {
        let request = try Self.upload()
        #expect(
            request.curlCommand(file: "my file.mp4")
                == "curl --fail-with-body --globoff --upload-file 'my file.mp4' --header Expect: "
                + "--header 'content-type: video/mp4' '\(request.url)'")
        #expect(request.curlCommand().contains("--request PUT --data-binary '@-' "))
        #expect(!request.curlCommand().contains("content-length: 12"))
        #expect(request.curlCommand(file: "it's").contains(#"'it'\''s'"#))
        let injection = request.curlCommand(file: "a'\u{301}; id; '\u{301}")
        #expect(injection.utf8.split(separator: UInt8(ascii: "'")).contains { $0.starts(with: "\\".utf8) })
        #expect(request.curlCommand(file: "-").contains(" --upload-file ./- "))
        let odd = PresignedRequest(
            method: try #require(HTTPRequest.Method("A|id")), url: "https://a", expiresAt: Fixture.instant)
        #expect(odd.curlCommand().contains(" --request 'A|id' "))
        let key = try ObjectKey("k")
        let presigner = try Fixture.presigner()
        #expect(
            try presigner.presignHead(of: key).curlCommand().hasPrefix(
                "curl --fail-with-body --globoff --head 'https://"))
        #expect(try presigner.presignDelete(of: key).curlCommand().contains(" --request DELETE "))
        #expect(try presigner.presignPlayback(of: key).curlCommand(file: "o.mp4").contains(" --output o.mp4 "))
        let dotted = try presigner.presignPlayback(of: ObjectKey(unchecked: "a/../b"))
        #expect(dotted.curlCommand().contains(" --path-as-is "))
        let empty = try presigner.presignUpload(to: key, constraints: UploadConstraints(userMetadata: ["note": ""]))
        #expect(empty.headers[HTTPField.Name("x-amz-meta-note")!] == "")
        #expect(empty.curlCommand().contains(" --header 'x-amz-meta-note;' "))
    }
}

/// The part of JSON that a request's form needs.
enum JSONValue: Decodable, Equatable {
    case text(String)
    case object([String: String])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .object(try container.decode([String: String].self))
        }
    }

    static func object(_ data: Data) -> [String: JSONValue]? {
        try? JSONDecoder().decode([String: JSONValue].self, from: data)
    }
}
