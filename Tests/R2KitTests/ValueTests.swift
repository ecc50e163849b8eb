import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Checked values")
struct ValueTests {
    @Test(arguments: ["abc", "a-b", "0a9", String(repeating: "a", count: 63)])
    func `bucket names that R2 allows`(name: String) throws {
        #expect(try BucketName(name).rawValue == name)
    }

    @Test(arguments: [
        "", "ab", "-ab", "ab-", "Abc", "a_b", "a.b", "a b", "äbc", "a/b", String(repeating: "a", count: 64),
    ])
    func `bucket names that R2 rejects`(name: String) {
        let error = #expect(throws: R2ValidationError.self) { try BucketName(name) }
        #expect(error?.code == .invalidBucketName)
    }

    @Test func `an account ID has 32 hexadecimal digits and is in lower case`() throws {
        #expect(try AccountID("0123456789ABCDEF0123456789abcdef").rawValue == Fixture.account)
        for id in ["", "0123", "g123456789abcdef0123456789abcdef", Fixture.account + "0"] {
            let error = #expect(throws: R2ValidationError.self) { try AccountID(id) }
            #expect(error?.code == .invalidAccountID)
        }
    }

    @Test func `a jurisdiction is an open set of names`() throws {
        #expect(try Jurisdiction("EU") == .eu)
        #expect(try Jurisdiction("mars").rawValue == "mars")
        for name in ["", "a.b", "-a", "a/", "default", "Default", "a b", "\u{212A}"] {
            let error = #expect(throws: R2ValidationError.self) { try Jurisdiction(name) }
            #expect(error?.code == .invalidJurisdiction)
        }
    }

    @Test func `a lifetime is 1 to 604800 whole seconds`() throws {
        let presigner = try Fixture.presigner()
        let key = try ObjectKey("k")
        for seconds in [1, 604_800] {
            let lifetime = Duration.seconds(seconds)
            #expect(R2Presigner.lifetimeRange.contains(lifetime))
            let request = try presigner.presignPlayback(of: key, expiresIn: lifetime, at: Fixture.instant)
            #expect(request.expiresAt == Fixture.instant.addingTimeInterval(Double(seconds)))
        }
        let refused = [Int.min, -1, 0, 604_801, Int.max].map { Duration.seconds($0) } + [.milliseconds(1500)]
        for lifetime in refused {
            let error = #expect(throws: R2ValidationError.self) {
                try presigner.presignPlayback(of: key, expiresIn: lifetime)
            }
            #expect(error?.code == .invalidLifetime)
            let account = try AccountID(Fixture.account)
            let config = #expect(throws: R2ConfigError.self) {
                try R2Config(
                    accountID: account, credentials: presigner.config.credentials, bucket: presigner.config.bucket,
                    uploadURLLifetime: lifetime, playbackURLLifetime: lifetime)
            }
            #expect(config?.problems.map(\.setting) == ["uploadURLLifetime", "playbackURLLifetime"])
        }
    }

    @Test func `a precondition is one header`() throws {
        let tag = try ETag("a")
        #expect(ObjectPrecondition.ifAbsent.description == "if-none-match: *")
        #expect(ObjectPrecondition.ifPresent.description == "if-match: *")
        #expect(ObjectPrecondition.ifMatch(tag).description == "if-match: \"a\"")
        #expect(ObjectPrecondition.ifNoneMatch(tag).description == "if-none-match: \"a\"")
    }

    @Test func `names and IDs are strings in JSON, and are checked when decoded`() throws {
        func check<Value: Codable & Equatable>(_ value: Value, _ json: String, wrong: String) throws {
            #expect(String(decoding: try JSONEncoder().encode([value]), as: UTF8.self) == "[\"\(json)\"]")
            #expect(try JSONDecoder().decode([Value].self, from: Data("[\"\(json)\"]".utf8)) == [value])
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode([Value].self, from: Data("[\"\(wrong)\"]".utf8))
            }
        }
        try check(try BucketName("media"), "media", wrong: "Media")
        try check(try AccountID(Fixture.account), Fixture.account, wrong: "0")
        try check(Jurisdiction.eu, "eu", wrong: "a.b")
        try check(try UploadID("b"), "b", wrong: "")
    }

    @Test func `an ETag is strong, and is quoted in headers`() throws {
        #expect(try ETag("abc").headerValue == "\"abc\"")
        #expect(try ETag("\"abc-2\"").opaqueValue == "abc-2")
        for tag in ["", "\"\"", "W/\"a\"", "*", "a b", "a\"b", "é"] {
            let error = #expect(throws: R2ValidationError.self) { try ETag(tag) }
            #expect(error?.code == .invalidETag)
        }
    }

    @Test func `an ETag is a string in JSON, and is checked when decoded`() throws {
        let tag = try ETag("\"abc-2\"")
        #expect(String(decoding: try JSONEncoder().encode([tag]), as: UTF8.self) == #"["abc-2"]"#)
        #expect(try JSONDecoder().decode([ETag].self, from: Data(#"["abc-2", "\"abc-2\""]"#.utf8)) == [tag, tag])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([ETag].self, from: Data(#"["W/a"]"#.utf8)) }
        let weak = Data(#"["W/\"a\""]"#.utf8)
        let tags = try JSONDecoder().decode([ETag].self, from: weak)
        #expect(tags.map(\.isWeak) == [true])
        #expect(try JSONDecoder().decode([ETag].self, from: JSONEncoder().encode(tags)) == tags)
    }

    @Test func `an upload ID can have any visible characters`() throws {
        #expect(try UploadID("A/b+c==").rawValue == "A/b+c==")
        for id in ["", " ", "a b", "a\n", "a\u{2003}b"] {
            let error = #expect(throws: R2ValidationError.self) { try UploadID(id) }
            #expect(error?.code == .invalidUploadID)
        }
    }

    @Test func `a checksum has its algorithm's length, in strict Base64`() throws {
        #expect(try Checksum(.crc32, bytes: [1, 2, 3, 4]).base64 == "AQIDBA==")
        #expect(try Checksum(.md5, base64: "1B2M2Y8AsgTpgAmY7PhCfg==").algorithm == .md5)
        for text in ["", "AQID", "AQIDBA", "AQIDBB==", "AQID BA==", "!!!!!!=="] {
            let error = #expect(throws: R2ValidationError.self) { try Checksum(.crc32, base64: text) }
            #expect(error?.code == .invalidChecksum)
        }
        let short = #expect(throws: R2ValidationError.self) { try Checksum(.sha256, bytes: [1, 2, 3]) }
        #expect(short?.code == .invalidChecksum)
    }

    @Test(arguments: [
        ("Lecture 1.mp4", #"attachment; filename="Lecture 1.mp4""#),
        ("Übung.mp4", #"attachment; filename="_bung.mp4"; filename*=UTF-8''%C3%9Cbung.mp4"#),
        ("a\"b\\c.mp4", #"attachment; filename="a_b_c.mp4"; filename*=UTF-8''a%22b%5Cc.mp4"#),
        ("a  b.mp4", #"attachment; filename="a _b.mp4"; filename*=UTF-8''a%20%20b.mp4"#),
        ("100%.mp4", #"attachment; filename="100_.mp4"; filename*=UTF-8''100%25.mp4"#),
        ("日本.mp4", #"attachment; filename="__.mp4"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.mp4"#),
    ])
    func `a filename is written for every client`(name: String, header: String) throws {
        #expect(try ContentDisposition.attachment(filename: name).headerValue == header)
    }

    @Test(arguments: ["", "a\nb", "a\0", "a\r\nX: y", "a\u{85}"])
    func `a filename can't have control characters`(name: String) {
        let error = #expect(throws: R2ValidationError.self) { try ContentDisposition.inline(filename: name) }
        #expect(error?.code == .invalidFilename)
    }
}
